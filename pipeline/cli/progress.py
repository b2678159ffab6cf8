"""What moves on a terminal while there is long work: what is being read, and how far sending has come."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

_LONGEST_NAME = 50


class _Rate(ProgressColumn):
    """Batches a second, over the last moments."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} a second" if task.speed else "", style="progress.data.speed")


class Working:
    """One moving line at a time, which leaves nothing behind; none at all where it would not be seen."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._unseen = unseen = quiet or not console.is_terminal
        self._reading = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=unseen,
        )
        self._sending = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            expand=True,
            transient=True,
            disable=unseen,
        )
        self._batches: TaskID | None = None

    def read(self, name: str) -> None:
        """A log is being read; the longest names show their ends."""
        for task in self._reading.task_ids:
            self._reading.remove_task(task)
        name = name if len(name) <= _LONGEST_NAME else f"…{name[-_LONGEST_NAME:]}"
        self._reading.add_task(f"Reading and checking {name}", total=None)
        self._reading.start()

    def send(self, batches: int) -> None:
        """So many batches are to be settled from now on."""
        self._reading.stop()
        if batches and not self._unseen:
            self._batches = self._sending.add_task("Registering", total=batches)
            self._sending.start()

    def settle(self) -> None:
        """One batch more is settled; after the last, what follows is counting and writing."""
        if self._batches is None:
            return
        self._sending.advance(self._batches)
        if self._sending.finished:
            self._sending.update(self._batches, description="Writing the results")

    def end(self) -> None:
        """No more batches are begun."""
        if self._batches is not None:
            self._sending.update(self._batches, description="Finishing")

    def stop(self) -> None:
        """Give the terminal back; again and again, it does nothing."""
        self._reading.stop()
        self._sending.stop()
