"""A web server on loopback, in threads of its own, for as long as a `with` block lasts."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Self

#: A request's body is read up to this length, in bytes.
MAX_BODY_BYTES = 256 * 1024
#: A connection that says nothing for so long is closed, in seconds.
SILENT_S = 10.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a request."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class _Server(socketserver.ThreadingTCPServer):
    """Not http.server's own: that one looks its host's name up, which can take seconds."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128  # where the queue is full a connection is tried again after a second


class LoopbackServer:
    """Answers every request by calling `answer`, from several threads at once."""

    def __init__(self, answer: Callable[[Asked], Answered]) -> None:
        """Take a free port; nothing is answered before the `with` block begins."""

        class Handler(_Handler):
            respond = staticmethod(answer)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo-web"
        )

    @property
    def address(self) -> str:
        """`host:port`."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and give the port back."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, writes the answer in one piece, logs nothing."""

    timeout = SILENT_S
    wbufsize = -1  # head and body leave together: two small writes would wait for each other
    respond: Callable[[Asked], Answered]

    def do_GET(self) -> None:
        """Answer a look at a feed."""
        self._serve(b"")

    def do_POST(self) -> None:
        """Take a message."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.send_error(413 if length.isdecimal() else 411)
            return
        self._serve(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the news."""

    def _serve(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.respond(Asked(self.command, self.path, headers, body))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.status != 304:
            self.wfile.write(answer.body)
