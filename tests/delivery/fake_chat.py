"""A chat service on loopback that limits the rate: what the fakes of each service share."""

from __future__ import annotations

import contextlib
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from monitor.ports import Clock


@dataclass(frozen=True)
class Reply:
    """An answer; `lost` closes the connection instead."""

    status: int = 200
    body: Any = None
    retry_after: str = ""
    lost: bool = False


@dataclass(frozen=True)
class Got:
    """One request as the service saw it."""

    path: str
    headers: dict[str, str]
    said: dict[str, Any]


class FakeChat(ABC):
    """Takes `burst` messages in `window_s` seconds of the clock; whoever comes too early, is early.

    `script` holds answers to be given first, one a request. What was taken stands in `taken`, the
    requests that came before a wait was over in `undercut`. Of the requests whose numbers stand in
    `lost_answers`, from 1, the message is taken, and the connection then closed without a word.
    """

    def __init__(self, clock: Clock, *, burst: int = 1000, window_s: int = 60) -> None:
        self.clock, self.burst, self.window_s = clock, burst, window_s
        self.url = ""
        self.script: list[Reply] = []
        self.requests: list[Got] = []
        self.taken: list[Got] = []
        self.undercut = 0
        self.lost_answers: set[int] = set()
        self._lock = threading.Lock()
        self._window: tuple[datetime, int] | None = None
        self._closed_until: datetime | None = None

    def answer(self, got: Got) -> Reply:
        """Decide about one request, one at a time."""
        with self._lock:
            self.requests.append(got)
            reply = self.script.pop(0) if self.script else self._limited(got)
            if reply.status == 200 and not reply.lost and self.is_ok(reply):
                self.taken.append(got)
            return Reply(lost=True) if len(self.requests) in self.lost_answers else reply

    def is_ok(self, reply: Reply) -> bool:
        return True

    @abstractmethod
    def accept(self, got: Got) -> Reply:
        """Give the answer to a message that is taken."""

    def busy(self, wait_s: int) -> Reply:
        """Give the answer to a message that comes too early."""
        return Reply(429, "", str(wait_s))

    def _limited(self, got: Got) -> Reply:
        now = self.clock.now()
        if self._closed_until is not None and now < self._closed_until:
            self.undercut += 1
        start, used = self._window or (now, 0)
        ends = start + timedelta(seconds=self.window_s)
        if now >= ends:
            start, used = now, 0
            ends = start + timedelta(seconds=self.window_s)
        if used >= self.burst:
            self._closed_until = ends
            return self.busy(int((ends - now).total_seconds()))
        self._window = (start, used + 1)
        return self.accept(got)


@contextlib.contextmanager
def serving(service: FakeChat) -> Iterator[FakeChat]:
    """Run a service for the time of a test."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = service.answer(Got(self.path, headers, json.loads(body)))
            if reply.lost:
                self.close_connection = True
                return
            said = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            raw = said.encode()
            self.send_response(reply.status)
            if reply.retry_after:
                self.send_header("Retry-After", reply.retry_after)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """A test's output stays its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
