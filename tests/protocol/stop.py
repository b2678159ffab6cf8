"""A run that stands still at a point, as under SIGSTOP, while something else is done."""

import threading
from collections.abc import Callable

from tests.protocol.plant import Power


class Stop(Power):
    """Not a power cut: at the point, `meanwhile` is done in another thread, and then the run goes on."""

    def __init__(self, point: str, about: str, meanwhile: Callable[[], object], *, turn: int = 1) -> None:
        super().__init__(point=point, about=about, turn=turn)
        self._meanwhile = meanwhile
        self._failure: BaseException | None = None

    def _end_if(self, ends: bool) -> None:
        if ends:
            other = threading.Thread(target=self._do)
            other.start()
            other.join()
            if self._failure:
                raise self._failure

    def _do(self) -> None:
        try:
            self._meanwhile()
        except BaseException as failure:  # noqa: BLE001  told to whoever waits
            self._failure = failure
