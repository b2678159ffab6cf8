"""A message to people, by apprise: mail, chats, and whatever else it knows."""

import warnings
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pipeline.tell.quiet import unheard
from pipeline.transport import Hidden


def send(urls: Sequence[Hidden], subject: str, body: str) -> list[str]:
    """Send it to each address; a sentence for each that failed, which tells its place in the settings only.

    What the library would say of a failure may hold a part of the address, so nobody hears it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries, about one another; cron would mail them
        return list(_failed(urls, subject, body))


def _failed(urls: Sequence[Hidden], subject: str, body: str) -> Iterator[str]:
    import apprise

    for number, url in enumerate(urls, 1):
        place = apprise.Apprise()
        try:
            with unheard("apprise", "urllib3.connectionpool", "requests"):
                sent = place.add(url.reveal()) and place.notify(
                    body=body, title=subject, body_format=apprise.NotifyFormat.TEXT
                )
        except Exception:  # noqa: BLE001  it is a hundred libraries, and none is a reason to end a night
            sent = False
        if not sent:
            kind = urlsplit(url.reveal()).scheme
            yield (
                f"The message could not be sent to entry {number} ({kind}://…) of urls under [notify]; "
                "see that the address is right and can be reached."
            )
