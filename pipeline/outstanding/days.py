"""Days of the plant, told apart by a clock that may be set."""

import datetime as dt

_SET_BACK = dt.timedelta(days=1)


def is_another(day: dt.date, last: dt.date | None) -> bool:
    """Whether this is another day than the last on which something was told.

    Not the next day either: the clock was set back over midnight. One that lies farther ahead was never a day
    of this plant, and must not keep it silent until it comes.
    """
    return last is None or not day <= last <= day + _SET_BACK
