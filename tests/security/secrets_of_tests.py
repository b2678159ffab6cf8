"""Credentials that must never be found anywhere, and how they are looked for."""

import base64
import datetime as dt
import io
import secrets
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import jwt

CLIENT_SECRET = "cs+" + secrets.token_urlsafe(18) + "/canary=" + secrets.token_urlsafe(12)
"""With characters that JSON, HTML, addresses and base64 each write in their own way."""


def token(expires: dt.datetime, **claims: object) -> str:
    """A JWT signed with a key that nobody knows."""
    payload = {"sub": "canary", "nonce": secrets.token_hex(8), "exp": expires, **claims}
    return jwt.encode(payload, secrets.token_bytes(32), algorithm="HS256")


ACCESS_TOKEN = token(dt.datetime.now(dt.UTC) + dt.timedelta(days=300))


def forms(secret: str) -> set[bytes]:
    """The secret in each encoding in which it may have been quoted, and its tail."""
    plain = secret.encode()
    shown = {plain, plain[-8:], quote(secret, safe="").encode(), plain.hex().encode()}
    shown |= {base64.b64encode(plain).rstrip(b"=")[:-1], base64.urlsafe_b64encode(plain).rstrip(b"=")[:-1]}
    return shown | {secret.replace("/", "\\/").encode(), secret.replace("=", "\\u003d").encode()}


def found_in(data: bytes, *canaries: str) -> list[bytes]:
    """The forms of secrets that the data holds, whatever the case of its letters."""
    lower = data.lower()
    return [form for canary in canaries for form in forms(canary) if form.lower() in lower]


def leaks(folder: Path, *canaries: str) -> dict[str, list[bytes]]:
    """Each file below the folder that holds a secret, as it lies there, unzipped, or unpacked."""
    guilty = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        found = [form for data in _contents(path.read_bytes()) for form in found_in(data, *canaries)]
        if found:
            guilty[str(path.relative_to(folder))] = found
    return guilty


def _contents(data: bytes) -> list[bytes]:
    """The bytes, the parts of a workbook, and what a ledger keeps compressed."""
    contents = [data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            contents += [parts.read(name) for name in parts.namelist()]
    place = data.find(b"\x78\x01")
    while place >= 0:
        unpacked = zlib.decompressobj()
        with suppress(zlib.error):
            contents.append(unpacked.decompress(data[place:]))
        place = data.find(b"\x78\x01", place + 1)
    return contents
