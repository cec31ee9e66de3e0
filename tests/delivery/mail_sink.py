"""A mail server that misbehaves as it is told, spoken by hand so that no fault is out of reach."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from monitor.ports import Clock
from tests.delivery.talks import Talks


@dataclass(frozen=True)
class Mood:
    """What one connection meets: the reply of each phase, and what else goes wrong.

    `how` is "" (nothing), mute, dribble, endless (a reply without end), lost-at-data,
    lost-after-dot, stripped (no STARTTLS is offered), injected (words in clear after its 220).
    `recipients` answers single ones; `grey` refuses the first tries of each. `auth` is the reply to
    a login, "" where none is offered; `size` the most bytes that are taken, 0 for any number.
    """

    banner: str = "220 sink ready"
    how: str = ""
    mail: str = "250 OK"
    recipients: Mapping[str, str] = field(default_factory=dict)
    grey: int = 0
    data: str = "250 taken"
    auth: str = ""
    size: int = 0


@dataclass(frozen=True)
class Mail:
    """A message that was taken, for whom, and at which news time."""

    at: datetime
    recipient: str
    content: bytes

    @property
    def parsed(self) -> Message:
        """The message as a mail program reads it."""
        return message_from_bytes(self.content)

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.parsed["message-id"])


@dataclass
class MailSink:
    """One mood a connection, the last of which stays."""

    clock: Clock
    moods: list[Mood] = field(default_factory=lambda: [Mood()])
    tls: ssl.SSLContext | None = None
    mails: list[Mail] = field(default_factory=list)
    #: News times of connections, and of attempts at each recipient.
    connections: list[datetime] = field(default_factory=list)
    tried: list[tuple[datetime, str]] = field(default_factory=list)
    #: Lines that came before anything was encrypted.
    in_clear: list[str] = field(default_factory=list)
    port: int = 0
    talks: Talks = field(default_factory=Talks)
    _grey: Counter[str] = field(default_factory=Counter)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client."""
        mood = self.moods[0] if len(self.moods) == 1 else self.moods.pop(0)
        self.connections.append(self.clock.now())
        with self.talks.talk(writer):
            await _Talk(self, mood, reader, writer).run()

    def rcpt(self, mood: Mood, recipient: str) -> str:
        """Give the reply to a recipient."""
        self.tried.append((self.clock.now(), recipient))
        self._grey[recipient] += 1
        if self._grey[recipient] <= mood.grey:
            return "450 4.7.1 greylisted, come back"
        return mood.recipients.get(recipient, "250 OK")

    def ids(self, recipient: str) -> list[str]:
        """Give the Message-IDs that a recipient has, repeats included, in order of arrival."""
        return [mail.message_id for mail in self.mails if mail.recipient == recipient]


class _Talk:
    """One connection."""

    def __init__(
        self,
        sink: MailSink,
        mood: Mood,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.sink, self.mood, self.reader, self.writer = sink, mood, reader, writer
        self.recipient = ""
        self.encrypted = False

    async def run(self) -> None:
        if self.mood.how == "mute":
            await self.reader.read()
            return
        if self.mood.how in {"dribble", "endless"}:
            await self._without_end()
            return
        await self._say(self.mood.banner)
        while line := await self.reader.readline():
            text = line.decode("latin-1").strip()
            if not self.encrypted:
                self.sink.in_clear.append(text)
            if not await self._heard(text):
                return

    async def _without_end(self) -> None:
        piece = b"2" if self.mood.how == "dribble" else b"220-and so on\r\n" * 64
        while not self.writer.transport.is_closing():
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0.02)

    async def _heard(self, text: str) -> bool:
        """Answer one command; False where that was the last."""
        verb = text.partition(" ")[0].upper()
        mood = self.mood
        if verb in {"EHLO", "HELO"}:
            await self._say(*self._offers())
        elif verb == "STARTTLS":
            return await self._encrypt()
        elif verb == "AUTH":
            await self._say(mood.auth)
        elif verb == "MAIL":
            too_large = mood.size and int((re.findall(r"SIZE=(\d+)", text) or ["0"])[0]) > mood.size
            await self._say("552 5.3.4 too large" if too_large else mood.mail)
        elif verb == "RCPT":
            self.recipient = text.partition("<")[2].partition(">")[0]
            await self._say(self.sink.rcpt(mood, self.recipient))
        elif verb == "DATA":
            return await self._data()
        elif verb == "QUIT":
            await self._say("221 bye")
            return False
        else:
            await self._say("250 OK")
        return True

    def _offers(self) -> list[str]:
        offers = ["sink"]
        if self.sink.tls and not self.encrypted and self.mood.how != "stripped":
            offers.append("STARTTLS")
        if self.mood.auth:
            offers.append("AUTH PLAIN LOGIN")
        if self.mood.size:
            offers.append(f"SIZE {self.mood.size}")
        return [f"250{'-' if n < len(offers) else ' '}{each}" for n, each in enumerate(offers, 1)]

    async def _encrypt(self) -> bool:
        if self.mood.how == "injected":  # what is buffered here must not be taken as encrypted
            self.writer.write(b"220 go on\r\n250-sink\r\n250 AUTH PLAIN\r\n")
        else:
            self.writer.write(b"220 go on\r\n")
        await self.writer.drain()
        assert self.sink.tls is not None
        await self.writer.start_tls(self.sink.tls)
        self.encrypted = True
        return True

    async def _data(self) -> bool:
        if self.mood.how == "lost-at-data":
            self.writer.transport.abort()
            return False
        await self._say("354 go on")
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        content = raw[:-3].replace(b"\r\n..", b"\r\n.")
        reply = self.mood.data
        if max(content) > 127:
            reply = "554 5.6.1 eight bits are not taken here"
        elif self.mood.size and len(content) > self.mood.size:
            reply = "552 5.3.4 too large"
        if reply.startswith("250"):
            self.sink.mails.append(Mail(self.sink.clock.now(), self.recipient, content))
        if self.mood.how == "lost-after-dot":
            self.writer.transport.abort()
            return False
        await self._say(reply)
        return True

    async def _say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()


@contextlib.asynccontextmanager
async def mail_sink(
    clock: Clock, *moods: Mood, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[MailSink]:
    """Run a mail server in the running loop."""
    state = MailSink(clock, list(moods) or [Mood()], tls)
    server = await asyncio.start_server(state.serve, "127.0.0.1", port)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        await state.talks.end()
        await server.wait_closed()
