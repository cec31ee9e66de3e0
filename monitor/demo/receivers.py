"""Where alerts arrive: a mailbox behind an SMTP server, a webhook that checks signatures."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import re
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.demo.loopback import Answered, Asked

#: A signature older or newer than this is refused (the advice of Standard Webhooks), in seconds.
TOLERANCE_S = 300.0
#: Longest part of a subject in a file's name.
NAME_LETTERS = 48


class Mailbox:
    """Keeps every mail as `.eml`, and what a reader sees of it as `.html`."""

    def __init__(self, folder: Path) -> None:
        """Keep mails in a folder that is there."""
        self._folder = folder
        self.keys: Counter[str] = Counter()
        self.port = 0

    @property
    def accepted(self) -> int:
        """How many mails were taken."""
        return self.keys.total()

    async def handle_DATA(  # noqa: N802 - found by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take one mail: what was answered with 250 is on the disk."""
        del server, session
        content = envelope.original_content or b""
        mail = message_from_bytes(content, policy=policy.default)
        name = file_name(self.accepted + 1, str(mail["Subject"] or ""))
        (self._folder / f"{name}.eml").write_bytes(content)
        page = mail.get_body(("html",))
        if page is not None:
            text = str(page.get_content())
            (self._folder / f"{name}.html").write_text(text, encoding="utf-8")
        self.keys[str(mail["X-Parley-Key"] or "")] += 1
        return "250 accepted"

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Speak SMTP on a free port of loopback, in the running loop."""
        loop = asyncio.get_running_loop()
        # Named, for the server would otherwise look its own name up, which can take seconds.
        server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", loop=loop), "127.0.0.1", 0
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            await server.wait_closed()


class Hook:
    """Takes events whose signature is right, and keeps body and headers as they came."""

    def __init__(self, folder: Path, secret: str) -> None:
        """`secret` is `whsec_` and the key in base64; the folder is there."""
        self._folder = folder
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self._lock = threading.Lock()
        self.keys: Counter[str] = Counter()
        self.refused = 0

    @property
    def accepted(self) -> int:
        """How many events were taken, each with a signature that was right."""
        return self.keys.total()

    def answer(self, asked: Asked) -> Answered:
        """Take one event, or refuse it with 401."""
        if asked.method != "POST":
            return Answered(405)
        with self._lock:
            if not signed(self._key, asked.headers, asked.body, time.time()):
                self.refused += 1
                return Answered(401)
            path = self._folder / f"{self.accepted + 1:03}"
            path.with_suffix(".json").write_bytes(asked.body)
            lines = "".join(f"{name}: {value}\n" for name, value in asked.headers.items())
            path.with_suffix(".headers").write_text(lines, encoding="utf-8")
            self.keys[asked.headers["webhook-id"]] += 1
        return Answered(204)


def signed(key: bytes, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a request bears a signature of Standard Webhooks 1.0.0, made lately with `key`.

    `now` is in seconds since 1970.
    """
    name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not name or not stamp.isdecimal() or abs(now - int(stamp)) > TOLERANCE_S:
        return False
    made = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(made)
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split()
    return any(hmac.compare_digest(wanted, one) for one in given)


def file_name(number: int, subject: str) -> str:
    """Give a name that sorts by arrival and tells the subject as far as ASCII can."""
    plain = unicodedata.normalize("NFKD", subject).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"{number:03}-{words[:NAME_LETTERS].strip('-') or 'mail'}"
