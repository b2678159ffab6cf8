"""A server that speaks S3 (moto's), with somebody who may step in between any two requests."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

import boto3
import httpx
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

_OWNER = "owner"
Step = Callable[[str, str], str]
"""Is told method and path of a request before it is answered; a code that it returns refuses the request."""


class Buckets:
    """A server and its owner. `environment` is what a program needs to be let in."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.step_in: Step = lambda _method, _path: ""
        self._app = DomainDispatcherApplication(create_backend_app)
        self.server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        url = f"http://127.0.0.1:{self.server.server_port}"
        self.environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "AKIDOFTHETESTS",
            "AWS_SECRET_ACCESS_KEY": "the-secret-of-the-bucket",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        self._owner = boto3.client(
            "s3",
            endpoint_url=url,
            aws_access_key_id="o",
            aws_secret_access_key=_OWNER,
            region_name="us-east-1",
        )

    def make(self, bucket: str, **files: bytes | str) -> None:
        self._owner.create_bucket(Bucket=bucket)
        for key, content in files.items():
            self.put(bucket, key, content)

    def put(self, bucket: str, key: str, content: bytes | str) -> None:
        body = content.encode() if isinstance(content, str) else content
        self._owner.put_object(Bucket=bucket, Key=key, Body=body)

    def delete(self, bucket: str, key: str) -> None:
        self._owner.delete_object(Bucket=bucket, Key=key)

    def get(self, bucket: str, key: str) -> bytes:
        found: bytes = self._owner.get_object(Bucket=bucket, Key=key)["Body"].read()
        return found

    def keys(self, bucket: str) -> list[str]:
        found = self._owner.list_objects_v2(Bucket=bucket).get("Contents", [])
        return [each["Key"] for each in found]

    def before(self, method: str, ending: str, act: Callable[[], object], *, nth: int = 1) -> None:
        """Act once, before the nth request of this kind is answered."""
        left = [nth]

        def step(found: str, path: str) -> str:
            if found == method and path.endswith(ending):
                left[0] -= 1
                if left[0] == 0:
                    act()
            return ""

        self.step_in = step

    def _answer(self, environ: dict[str, Any], start: Any) -> Any:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if "AKIDOFTHETESTS" in environ.get("HTTP_AUTHORIZATION", ""):
            self.requests.append((method, path))
            if code := self.step_in(method, path):
                start("403 Forbidden", [("Content-Type", "application/xml")])
                return [f"<Error><Code>{escape(code)}</Code><Message>No.</Message></Error>".encode()]
        return self._app(environ, start)


@contextmanager
def serving() -> Iterator[Buckets]:
    buckets = Buckets()
    thread = threading.Thread(target=buckets.server.serve_forever)
    thread.start()
    try:
        httpx.post(f"{buckets.environment['AWS_ENDPOINT_URL']}/moto-api/reset").raise_for_status()
        yield buckets
    finally:
        buckets.server.shutdown()
        thread.join()
        buckets.server.server_close()
        buckets._owner.close()
