"""The read-only HTTP face: /healthz, /readyz, /metrics, from threads that no lane can block.

Small on purpose. It speaks HTTP/1.0, one request a connection, bounds everything that a client
sends, and says nothing back of what it was asked.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import io
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from monitor.errors import CommandError
from monitor.telemetry.health import Health
from monitor.telemetry.logs import get_logger
from monitor.telemetry.metrics import Metrics
from monitor.telemetry.pages import JSON, Page, Pages, words

log = get_logger(__name__)

MAX_CONNECTIONS = 100
MAX_REQUEST_LINE_BYTES = 4 * 1024
MAX_HEAD_BYTES = 16 * 1024
#: A whole exchange, from connect to close. Ours are over in milliseconds.
EXCHANGE_S = 10.0
STOP_S = 0.5


class HealthServer:
    """Answers on `host`:`port` from `start` until `stop`. Port 0 takes a free one.

    `status` gives further lines for the index page; it is called on a thread of the server's.
    """

    def __init__(
        self,
        host: str,
        port: int,
        health: Health,
        metrics: Metrics,
        status: Callable[[], Mapping[str, object]] | None = None,
    ) -> None:
        self._host, self._port = host, port
        self._pages = Pages(health, metrics, status or dict)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Give host and port in use; the wanted ones while it does not run."""
        if self._server is None:
            return self._host, self._port
        host, port = self._server.server_address[:2]
        return str(host), int(port)

    def start(self) -> None:
        """Listen. Raises `CommandError` where the address cannot be had."""
        try:
            self._server = _Server(self._host, self._port, self._pages)
        except (OSError, OverflowError) as error:
            raise CommandError(_refusal(self._host, self._port, error)) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="health", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection; takes under a second."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()
        self._server = self._thread = None


class _Server(ThreadingHTTPServer):
    """Knows every open connection, so that a slow client costs itself and nobody else."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, pages: Pages) -> None:
        self.pages = pages
        self._open: dict[socket.socket, tuple[float, threading.Thread]] = {}
        self._lock = threading.Lock()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without the reverse look-up of HTTPServer, which can hang on a slow resolver."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept. Out of file descriptors, let the oldest connection go and do not spin."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._hang_up_oldest()
                time.sleep(0.05)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own; the oldest connection makes room for one too many."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="health-client",
            daemon=True,
        )
        with self._lock:
            full = len(self._open) >= MAX_CONNECTIONS
        if full:
            self._hang_up_oldest()
        with self._lock:
            self._open[request] = (time.monotonic() + EXCHANGE_S, thread)
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that is done."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Hang up on whoever takes too long; called ten times a second."""
        now = time.monotonic()
        with self._lock:
            late = [wire for wire, (deadline, _) in self._open.items() if deadline < now]
            for wire in late:
                del self._open[wire]
        for wire in late:
            _hang_up(wire)

    def _hang_up_oldest(self) -> None:
        with self._lock:
            wire = next(iter(self._open), None)
            if wire is not None:
                del self._open[wire]
        if wire is not None:
            _hang_up(wire)

    def hang_up(self) -> None:
        """End every connection and wait for its thread, half a second in all."""
        with self._lock:
            still_open = list(self._open.items())
        for wire, _ in still_open:
            _hang_up(wire)
        end = time.monotonic() + STOP_S
        for _, (_, thread) in still_open:
            if thread.ident is not None:
                thread.join(max(0.0, end - time.monotonic()))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong in an answer; socketserver would print a raw traceback."""
        del client_address
        text = "a health page cannot be made"
        log.error("health-page-failed", text=text, exc_info=sys.exc_info()[1])
        with contextlib.suppress(OSError):  # the client may be gone, which is its own affair
            request.sendall(b"HTTP/1.0 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, within bounds, and writes one page."""

    timeout = EXCHANGE_S
    requestline = ""
    default_request_version = request_version = "HTTP/1.0"  # an answer always has a status line
    command = ""

    def setup(self) -> None:
        super().setup()
        self.rfile = cast("io.BufferedIOBase", _Bounded(cast("BinaryIO", self.rfile)))

    def handle(self) -> None:
        """Answer one request. A client that leaves or dawdles gets nothing and is no error."""
        self.close_connection = True
        try:
            self._one_request()
        except http.client.LineTooLong:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except (ConnectionError, TimeoutError) as error:
            log.debug("health-client-gone", text=f"a client left: {type(error).__name__}")

    def _one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(MAX_REQUEST_LINE_BYTES + 1)
        if len(self.raw_requestline) > MAX_REQUEST_LINE_BYTES:
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif self.raw_requestline.strip() and self.parse_request():
            self._answer()

    def _answer(self) -> None:
        if self.command not in ("GET", "HEAD"):
            self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)
            return
        try:
            parts = urlsplit(self.path)
        except ValueError:  # "//[" is no address
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        as_json = "json" in parts.query.split("&") or JSON in self.headers.get("Accept", "")
        self._write(cast("_Server", self.server).pages.page(parts.path, as_json=as_json))

    def _write(self, page: Page) -> None:
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if page.status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the bare phrase of the status: the usual page quotes the request."""
        del message, explain
        status = HTTPStatus(code)
        self._write(words(status, [status.phrase.lower()]))

    def send_response(self, code: int, message: str | None = None) -> None:
        """Write the status line, always with the standard phrase."""
        del message
        super().send_response(code)

    def version_string(self) -> str:
        """Name the program and no version of anything."""
        return "parley"

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: a probe every few seconds is no news, and a path may hold anything."""


class _Bounded:
    """A reader that gives at most `MAX_HEAD_BYTES` and then says that the head is too large."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner
        self._left = MAX_HEAD_BYTES

    def readline(self, limit: int = MAX_HEAD_BYTES) -> bytes:
        """Read a line of at most `limit` bytes. Raises `http.client.LineTooLong`."""
        line = self._inner.readline(min(limit, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise http.client.LineTooLong("request head")
        return line

    def close(self) -> None:
        """Close what is read from."""
        self._inner.close()


def _hang_up(wire: socket.socket) -> None:
    """End a connection from outside its thread, which then reads the end of the stream."""
    with contextlib.suppress(OSError):  # closed in the meantime: what was wanted
        wire.shutdown(socket.SHUT_RDWR)


def _refusal(host: str, port: int, error: Exception) -> str:
    """Say why the address cannot be had and what to do."""
    hint = "set another `listen:` in parley.yaml, such as 127.0.0.1:8421"
    number = error.errno if isinstance(error, OSError) else None
    reason = {
        errno.EADDRINUSE: "is in use by another program",
        errno.EACCES: "may not be used by this user",
        errno.EADDRNOTAVAIL: "is no address of this machine",
    }.get(number or 0, f"cannot be listened on ({getattr(error, 'strerror', None) or error})")
    return f"{host}:{port} {reason}; {hint}"
