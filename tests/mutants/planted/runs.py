"""Bugs in how runs live beside each other, and begin and end."""

from tests.mutants.bug import Bug, Edit

_ORDER = "tests/protocol/test_order.py"
_TAKEN_OVER = "tests/protocol/test_taken_over.py"
_NIGHT = "pipeline/run/night.py"
_FAILED_NIGHTS = "tests/protocol/test_nights_fail.py"

BUGS = (
    Bug(
        "claims-kept-while-waiting",
        "Two runs that each hold what the other wants wait for ever.",
        (
            Edit(
                "pipeline/run/register.py",
                "            await self.journal.call(self.ledger.release, self.run_id, self.now())\n",
                "",
            ),
        ),
        (f"{_TAKEN_OVER}::test_a_run_that_waits_for_another_holds_nothing[sqlite]",),
    ),
    Bug(
        "inbox-not-locked",
        "Two runs work on the same inbox at once.",
        (
            Edit(
                "pipeline/inbox.py",
                '    lock = FileLock(folder / ".lock", timeout=0)\n',
                '    lock = FileLock(folder / f".lock{os.getpid()}", timeout=0)\n',
            ),
        ),
        ("tests/test_inbox.py::test_another_process_that_holds_the_lock_is_told_of_at_once",),
    ),
    Bug(
        "archived-before-the-report",
        "A kill leaves a file in the archive of which nothing was registered, and nobody looks there.",
        (
            Edit(
                "pipeline/run/drop.py",
                "        ended = upload(ready, settings, world.without_links())\n"
                "        _archive(ended, settings)\n",
                "        day = world.now().date()\n"
                "        ready = [inbox.archive(each, settings.home, day=day) for each in ready]\n"
                "        ended = upload(ready, settings, world.without_links())\n",
            ),
        ),
        (
            "tests/protocol/test_kill_points.py::test_a_run_that_died_at_this_point_is_healed_by_the_next[sqlite-file.parsed-]",
        ),
    ),
    Bug(
        "unfinished-file-archived",
        "A file with unknown rows leaves the inbox, so that the next night does not heal it.",
        (
            Edit(
                "pipeline/run/drop.py",
                "    if unfinished or ended.command in ONLY_LOOKS:\n",
                "    if ended.command in ONLY_LOOKS and unfinished:\n",
            ),
        ),
        (f"{_ORDER}::test_a_file_of_which_a_row_is_not_settled_stays_in_the_inbox",),
    ),
    Bug(
        "waiting-lost-by-a-failed-night",
        "A night that could not read anything takes what waits for a person for done with.",
        (Edit(_NIGHT, "looked = tonight.found == 0 or report is not None", "looked = True"),),
        (_FAILED_NIGHTS,),
    ),
    Bug(
        "locked-night-counts",
        "A night that found another at work says in its place what waits, and people are told by none.",
        (Edit(_NIGHT, "            if tonight.found is None:\n", "            if tonight.found == -1:\n"),),
        (_FAILED_NIGHTS,),
    ),
    Bug(
        "token-told-to-nobody",
        "A token ends without a word, because the night that was to speak of it failed.",
        (Edit(_NIGHT, "    if failed or code == Exit.USAGE:  # what", "    if code == -1:  # what"),),
        (_FAILED_NIGHTS,),
    ),
    Bug(
        "refused-credentials-heal",
        "Credentials that are refused in the middle of a night are told a night late.",
        (Edit(_NIGHT, "heals = code in HEALS and not denied", "heals = code in HEALS"),),
        (_FAILED_NIGHTS,),
    ),
)
