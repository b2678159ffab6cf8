"""What drivers raise, as a refusal in plain words. Pure: the classes are known by name, none is imported.

What a driver says is not repeated, for an address or an answer that it quotes may hold a credential.
"""

import re

from pipeline.elsewhere.place import Remote
from pipeline.model import Refusal

MISSING = "file_missing"
_NO_CREDENTIALS = frozenset(
    (
        "NoCredentialsError",  # botocore, and so are the next three
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "TokenRetrievalError",
        "ProfileNotFound",
        "DefaultCredentialsError",  # google.auth
        "RefreshError",
        "CredentialUnavailableError",  # azure.identity
    )
)
_DENIED = frozenset(
    (
        "PermissionError",
        "ClientAuthenticationError",  # azure.core
        "AuthenticationException",  # paramiko
    )
)
_NETWORK = frozenset(
    (
        "EndpointConnectionError",  # botocore, and so are the next four
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "ConnectionClosedError",
        "HTTPClientError",
        "ClientConnectionError",  # aiohttp
        "ServiceRequestError",  # azure.core
        "ServiceResponseError",
        "SSHException",  # paramiko
        "NoValidConnectionsError",
        "ConnectionError",
        "TimeoutError",  # asyncio's and fsspec's too
        "gaierror",
    )
)
_CODE = re.compile(r"[A-Za-z0-9]{1,60}")


class NotHadError(Exception):
    """What lies elsewhere could not be read or written. `refusal` says why, and what to do."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def no_driver(remote: Remote) -> NotHadError:
    return NotHadError(
        Refusal(
            "address_without_driver",
            f"“{remote}” cannot be reached: what reads {remote.kind}:// is not installed.",
            "Install it once with: make install-cluster.",
        )
    )


def failed(error: Exception, remote: Remote) -> Refusal:
    """What this failure of a driver means for the address."""
    names = {each.__name__ for each in type(error).__mro__}
    why = _code(error) or type(error).__name__
    if "UnknownHostKeyError" in names:
        return Refusal(
            "host_key_unknown",
            f"“{remote}” was not asked for: nobody has confirmed the key of its host yet.",
            "Compare the key with what its owner says, and have it in ~/.ssh/known_hosts, as ssh does at a "
            "first login by hand.",
        )
    if "BadHostKeyException" in names:
        return Refusal(
            "host_key_changed",
            f"“{remote}” was not asked for: its host shows another key than ~/.ssh/known_hosts has.",
            "Ask its owner whether the key was changed. Only then replace it in ~/.ssh/known_hosts; "
            "until then another may be answering.",
        )
    if "FileNotFoundError" in names:
        return Refusal(MISSING, f"“{remote}” does not exist.", "Check the name and the folder.")
    if names & {"IsADirectoryError", "NotADirectoryError"}:
        return Refusal("not_a_file", f"“{remote}” is not a file.", "Name the log itself, not its folder.")
    if names & _NO_CREDENTIALS or ("ValueError" in names and remote.kind in {"abfs", "abfss"}):
        return Refusal(
            "address_without_credentials",
            f"“{remote}” was not asked for: there are no credentials for it that can be used ({why}).",
            "Set them where the driver looks for them: docs/engineer.md says where.",
        )
    if names & _DENIED or _is_denied(error, remote):
        return Refusal(
            "address_denied",
            f"“{remote}” may not be read or written with these credentials ({why}).",
            "See that the credentials are the right ones and still good, and that they give the right "
            "to this address.",
        )
    if names & _NETWORK:
        return Refusal(
            "address_unreachable",
            f"“{remote}” cannot be reached ({why}).",
            "Check the address and the network, and run the same again.",
        )
    return Refusal(
        "file_unreadable",
        f"“{remote}” cannot be read or written ({why}).",
        "Look at it with the tools of its owner, or copy the file to this machine and name its path.",
    )


def _is_denied(error: Exception, remote: Remote) -> bool:
    """What gcsfs and azure raise without a class of its own."""
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    return status in {401, 403} or (remote.kind == "gs" and str(error).startswith("Forbidden:"))


def _code(error: Exception) -> str:
    """The code of the service's own answer, such as AccessDenied, and nothing else of it."""
    response = getattr(error.__cause__, "response", None)
    found = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return found if isinstance(found, str) and _CODE.fullmatch(found) else ""
