"""Where alerts arrive: a real SMTP server and a real webhook receiver that keep what they accept."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler

from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.torture.feeds import MARK, QuietServer, hold

SECRET = "whsec_" + base64.b64encode(b"a secret of the torture's own...").decode()


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message as a receiver took it. `key`: Message-ID or webhook-id; `body`: a hash of it."""

    channel: str
    recipient: str
    key: str
    mark: str
    body: str
    life: int
    at: float
    sound: bool = True  # the signature held; of a mail, that it could be read


@dataclass
class Inbox:
    """All that was accepted, over all lives, and what the receivers do besides."""

    life: int = 0
    taken: list[Accepted] = field(default_factory=list)
    open: int = 0  # conversations that have begun and not ended
    mail_answer: str = ""  # instead of 250, such as "451 not now"; nothing is taken then
    hook_status: int = 200
    hook_stalls_s: float = 0.0
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kill: tuple[int, int] | None = None

    def kill_at(self, pid: int, number: int) -> None:
        """End a process when so many further messages were taken, before the answer leaves."""
        with self._lock:
            self._kill = (pid, number)

    def take(self, message: Accepted) -> None:
        with self._lock:
            self.taken.append(message)
            if self._kill is None:
                return
            pid, left = self._kill
            self._kill = (pid, left - 1) if left > 1 else None
            if self._kill is None:
                os.kill(pid, signal.SIGKILL)

    def entered(self, change: int) -> None:
        with self._lock:
            self.open += change

    def quiet(self, within_s: float) -> bool:
        """Wait until no conversation is open any more."""
        until = time.monotonic() + within_s
        while self.open and time.monotonic() < until:
            time.sleep(0.005)
        return not self.open

    def last_at(self) -> float:
        with self._lock:
            return self.taken[-1].at if self.taken else 0.0

    def marks(self, channel: str) -> set[str]:
        with self._lock:
            return {message.mark for message in self.taken if message.channel == channel}


class _Post:
    """The handler of aiosmtpd."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_RCPT(  # noqa: N802 - found by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - found by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        inbox = self._inbox
        if inbox.mail_answer:
            inbox.refused += 1
            return inbox.mail_answer
        raw = envelope.original_content or b""
        mail = message_from_bytes(raw, policy=policy.default)
        # The mark is looked for in the subject: a body may quote what was known before.
        found = MARK.findall(str(mail["subject"]))
        inbox.take(
            Accepted(
                "desk", ",".join(envelope.rcpt_tos), str(mail["message-id"]), "".join(found),
                hashlib.sha256(raw).hexdigest(), inbox.life, time.time(), not mail.defects,
            )
        )  # fmt: skip
        return "250 accepted"


class _Server(SMTP):
    """aiosmtpd that counts its conversations."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler._inbox.entered(1)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler._inbox.entered(-1)
        super().connection_lost(error)


class MailServer:
    """An SMTP server in a thread of its own; it can be shut and opened again on the same port."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None
        self.port = 0

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        self._thread.start()
        try:
            self.open()
            yield self
        finally:
            self._call(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def open(self) -> None:
        self._call(self._open())

    def shut(self) -> None:
        """Refuse connections from now on."""
        self._call(self._shut())

    def _call(self, what: object) -> None:
        assert asyncio.iscoroutine(what)
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _open(self) -> None:
        def serve() -> SMTP:
            return _Server(_Post(self._inbox), hostname="mail.example.org", loop=self._loop)

        self._server = await self._loop.create_server(serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _end(self) -> None:
        await self._shut()
        tasks = asyncio.all_tasks(self._loop) - {asyncio.current_task(self._loop)}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def webhook_receiver(inbox: Inbox) -> Iterator[str]:
    """Run a receiver; gives its address."""
    judge = Webhook(SECRET)

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            inbox.entered(1)
            super().setup()

        def finish(self) -> None:
            super().finish()
            inbox.entered(-1)

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # killed while it was sending: nothing was received
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            if inbox.hook_stalls_s:
                inbox.refused += 1
                hold(lambda: not inbox.hook_stalls_s, inbox.hook_stalls_s)
                self.close_connection = True
                return
            if inbox.hook_status >= 300:
                inbox.refused += 1
            else:
                marks = set(MARK.findall(body.decode()))
                inbox.take(
                    Accepted(
                        "hook", "webhook", headers["webhook-id"], "".join(sorted(marks)),
                        hashlib.sha256(body).hexdigest(), inbox.life, time.time(),
                        _signed(judge, body, headers),
                    )
                )  # fmt: skip
            try:
                self.send_response(inbox.hook_status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True  # killed between our taking it and our answer

        def log_message(self, format: str, *args: object) -> None:
            """A run's output stays its own."""

    server = QuietServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/alerts"
    finally:
        inbox.hook_stalls_s = 0.0
        server.shutdown()
        thread.join()
        server.server_close()


def _signed(judge: Webhook, body: bytes, headers: dict[str, str]) -> bool:
    try:
        judge.verify(body, headers)
    except WebhookVerificationError:
        return False
    return True
