"""A message to people, by apprise: mail, chats, and whatever else it knows.

It is sent by a child process. The libraries of a hundred services have time limits of their own, or none, and
threads that cannot be abandoned; a child can be ended, and the night goes on.
"""

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence

from pipeline.tell.quiet import unheard
from pipeline.transport import Hidden

LONGEST = 60.0
"""Seconds that all addresses of a message may take together."""


def send(urls: Sequence[Hidden], subject: str, body: str, *, longest: float = LONGEST) -> list[str]:
    """Send it to each address; a sentence for each that failed, telling its place in the settings only."""
    if not urls:
        return []
    request = json.dumps([[url.reveal() for url in urls], subject, body])
    try:
        sent = subprocess.run(
            [sys.executable, "-P", "-m", "pipeline.tell"],
            input=request.encode(),
            capture_output=True,
            timeout=longest,
            check=True,
        )
        failed: list[str] = json.loads(sent.stdout)
    except subprocess.TimeoutExpired:
        return [f"The message could not be sent within {longest:g} seconds: see urls under [notify]."]
    except (subprocess.CalledProcessError, OSError, ValueError):
        return ["The message could not be sent: see urls under [notify]."]
    return failed


def delivered(urls: Sequence[str], subject: str, body: str) -> list[str]:
    """The sending itself, in the child. What libraries say may hold parts of addresses: nobody hears it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries, about one another; cron would mail them
        return list(_failed(urls, subject, body))


def _failed(urls: Sequence[str], subject: str, body: str) -> Iterator[str]:
    import apprise

    for number, url in enumerate(urls, 1):
        place = apprise.Apprise()
        try:
            with unheard("apprise", "urllib3.connectionpool", "requests"):
                sent = place.add(url) and place.notify(
                    body=body, title=subject, body_format=apprise.NotifyFormat.TEXT
                )
        except Exception:  # noqa: BLE001  it is a hundred libraries, and none is a reason to end a night
            sent = False
        if not sent:
            yield (
                f"The message could not be sent to entry {number} ({scheme(url)}://…) of urls under "
                "[notify]; see that the address is right and can be reached."
            )


def scheme(url: str) -> str:
    """What an address begins with. The rest is a password's, and may be no address to a parser of such."""
    return url.partition("://")[0]
