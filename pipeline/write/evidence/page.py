"""Evidence -> HTML."""

import datetime as dt
import hashlib
import json
import re
from typing import BinaryIO

import msgspec
from markupsafe import Markup, escape

from pipeline.evidence import Evidence, astray
from pipeline.write.template import template
from schemas.visible import visible

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # names that Windows keeps for itself
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def file_name(reference: str) -> str:
    """A name that every file system can hold, another one for each reference.

    What is no plain name is made one, and told apart by the beginning of its sha256.
    """
    plain = _UNSAFE.sub("_", reference).strip("._-")[:80] or "reference"
    if plain == reference == reference.lower() and not _DEVICES.fullmatch(reference):
        return f"{reference}.html"
    return f"{plain}-{hashlib.sha256(reference.encode()).hexdigest()[:12]}.html"


def as_json(evidence: Evidence) -> str:
    """The same for machines, in ASCII."""
    return json.dumps(msgspec.to_builtins(evidence), indent=2).replace("\x7f", "\\u007f")


def write_evidence(evidence: Evidence, file: BinaryIO) -> None:
    """Write the page. The same evidence, the same bytes."""
    text = template(__package__, "evidence.html", _finalized).render(
        it=evidence,
        astray=astray(evidence),
        boxed=_boxed,
        payload_shown=visible(evidence.payload),
        machine=as_json(evidence),
    )
    file.write(text.encode())


def _boxed(payload: str, name: str = "") -> Markup:
    """A payload with every character that it has: it is to be copied, and its sha256 worked out."""
    known = Markup(' id="{}"').format(name) if name else Markup()
    return Markup("<pre{}>{}</pre>").format(known, payload)


def _finalized(value: object) -> object:
    """Whatever the template puts on the page: what cannot be seen in it is named, nothing is cut."""
    match value:
        case Markup() | None:
            return value or ""
        case dt.datetime():
            return f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
    return escape("\n".join(visible(line) for line in str(value).split("\n")))
