"""A real SMTP server on loopback (aiosmtpd) that misbehaves on request."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """What a server accepted, and what it answers: the first reply of each phase that is set."""

    sender_reply: str = ""
    recipient_reply: str = ""
    data_reply: str = ""
    drop: str = ""  # "data": at the command; "dot": after the message was taken
    accept_login: bool = True
    mails: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - found by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.commands.append("MAIL")
        if self.sender_reply:
            return self.sender_reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - found by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_reply:
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - found by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data_reply:
            return self.data_reply
        content = envelope.original_content or b""
        self.mails.append((envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        if self.drop == "dot":
            hang_up(server)
        return "250 accepted"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.password)
        return AuthResult(success=self.accept_login, handled=False)


def hang_up(server: SMTP) -> None:
    """End the connection at once, with a reset and without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class _Server(SMTP):
    """aiosmtpd, which can also hang up at DATA, before it has said go on."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - found by this name
        mailbox = self.event_handler
        if mailbox.drop == "data":
            hang_up(self)
            return
        await super().smtp_DATA(arg)


@contextlib.asynccontextmanager
async def smtp_server(
    mailbox: Mailbox,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    login: bool = False,
) -> AsyncIterator[Mailbox]:
    """Serve `mailbox` in the running loop; its port is in `mailbox.port`."""
    loop = asyncio.get_running_loop()

    def serve() -> SMTP:
        return _Server(
            mailbox,
            hostname="mail.example.org",
            tls_context=starttls,
            authenticator=mailbox.authenticate if login else None,
            auth_require_tls=False,
            loop=loop,
        )

    server = await loop.create_server(serve, "127.0.0.1", 0, ssl=tls)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        await server.wait_closed()
