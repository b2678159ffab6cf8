"""How long an access token is good for, read from the token itself before anything is done with it.

Its signature is not checked: that is the registry's business. A token that is no JWT, such as the
local registry's, says nothing about its time, and is taken as it is.
"""

import datetime as dt

from msgspec import Struct

from pipeline.errors import SettingsError
from pipeline.settings.secret import Secret

LONGEST_RUN = dt.timedelta(hours=1)
"""What a run without `--max-duration` is taken to need at most."""
_SOON = dt.timedelta(days=30)
_DOTS = 2
"""In a JWT: between its header, its claims and its signature."""
_SKEW = dt.timedelta(seconds=60)
_RENEW = "Make a new one at the registry, and put it where the old one was."


class Validity(Struct, frozen=True):
    """From when until when a token is accepted; None where it does not say."""

    begins: dt.datetime | None = None
    ends: dt.datetime | None = None

    def judged(
        self, now: dt.datetime, max_duration: float | None = None, ended_by: str = "--max-duration"
    ) -> str:
        """What to tell the operator, if anything. SettingsError: the run would not get to its end.

        `ended_by` is what lets this run end earlier.
        """
        if self.begins and now + _SKEW < self.begins:
            raise SettingsError(
                f"The access token is not valid before {_shown(self.begins)}, and it is {_shown(now)} by "
                "this machine's clock. Nothing was sent. Set the clock, or wait."
            )
        if self.ends is None:
            return ""
        if self.ends <= now:
            raise SettingsError(
                f"The access token expired on {_shown(self.ends)}. Nothing was sent. {_RENEW}"
            )
        needs = dt.timedelta(seconds=max_duration) if max_duration else LONGEST_RUN
        if self.ends - now < needs:
            raise SettingsError(
                f"The access token expires on {_shown(self.ends)}, before this run is sure to have ended. "
                f"Nothing was sent. {_RENEW} (Or let the run end earlier, with {ended_by}.)"
            )
        if self.ends - now < _SOON:
            days = (self.ends - now).days
            return f"The access token expires on {_shown(self.ends)}, in {days} days. {_RENEW}"
        return ""


def validity(token: Secret) -> Validity:
    """What the token says of its own time."""
    if token.reveal().count(".") != _DOTS:
        return Validity()
    import jwt

    try:
        claims = jwt.decode(token.reveal(), options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return Validity()
    return Validity(_moment(claims.get("nbf")), _moment(claims.get("exp")))


def _moment(seconds: object) -> dt.datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _shown(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
