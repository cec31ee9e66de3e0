"""The `Http` door as tests of channels use it, and a webhook receiver on loopback."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from monitor.core.rules import FetchPolicy
from monitor.ports import Answer, Failure
from monitor.sources.http import HttpClient


class LoopbackHttp:
    """The real guarded client, allowed to reach the port it is asked for, made for one post."""

    async def post(
        self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], *, deadline_s: float
    ) -> Answer | Failure:
        policy = FetchPolicy(allow_private=(urlsplit(url).netloc,))
        client = HttpClient(policy, user_agent="not used where a channel names its own")
        try:
            return await client.post(url, body, headers, deadline_s=deadline_s)
        finally:
            await client.close()


@dataclass
class Received:
    """One request as the receiver saw it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers by path: `/STATUS`, with `retry_after`; `/slow` never; all requests are kept."""

    url: str = ""
    retry_after: str = ""
    requests: list[Received] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver for the time of a test."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.requests.append(Received(self.path, headers, body))
            if self.path == "/slow":
                state.release.wait(30)
                return
            status = int(self.path.strip("/").split("?")[0])
            self.send_response(status)
            if state.retry_after:
                self.send_header("Retry-After", state.retry_after)
            if 300 <= status < 400:
                self.send_header("Location", f"{state.url}/200")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            state.requests.append(Received(self.path, {}, b""))
            self.send_error(405)

        def log_message(self, format: str, *args: object) -> None:
            """A test's output stays its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        state.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
