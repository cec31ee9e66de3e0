"""One submission by SMTP: a connection, one sender, one recipient, one message, a receipt.

Never raises for the other side. Every phase has its own plain code, because what a failure means
depends on when it came: before the data nothing was sent; once data began, nobody knows.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum

import aiosmtplib
from pydantic import SecretStr

from monitor.notify import wording
from monitor.ports import Outcome, Receipt

#: Seconds to wait after a refused login: every further try brings a lock-out nearer.
AUTH_RETRY_S = 3600.0
#: Seconds to wait where the server will not take mail from our address at all.
SENDER_RETRY_S = 3600.0
#: The code of a receipt for a message that the server finds too large (RFC 1870).
TOO_LARGE = "smtp-552"
#: Replies that speak of logging in, in whatever phase they come (RFC 4954, section 6).
_AUTH_REPLIES = frozenset({454, 530, 534, 535, 538})


class _Phase(StrEnum):
    """How far an attempt got; the value is the code of a failure in it."""

    CONNECT = "connect"
    TLS = "tls-required"
    AUTH = "auth"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "unknown-outcome"


_IN_WORDS = {
    _Phase.CONNECT: "the mail server could not be reached",
    _Phase.TLS: "the mail server did not agree to encrypt; nothing was sent",
    _Phase.AUTH: "the mail server did not accept user and password",
    _Phase.SENDER: "the mail server did not accept the sender",
    _Phase.RECIPIENT: "the mail server did not accept the recipient",
    _Phase.DATA: "the connection was lost after the message began; it may have arrived",
}


class Submission:
    """Where mail is handed in, and as whom: one connection a message, all within `deadline_s`."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: str,
        user: str,
        password: SecretStr,
        sender: str,
        ca_file: str,
        deadline_s: float,
    ) -> None:
        """Take where to go and as whom. Raises OSError where `ca_file` cannot be read."""
        self._host, self._port, self._tls = host, port, tls
        self._user, self._password, self._sender = user, password, sender
        self._deadline_s = deadline_s
        self._context = None if tls == "none" else ssl.create_default_context()
        if self._context and ca_file:
            self._context.load_verify_locations(cafile=ca_file)

    async def submit(
        self,
        message: bytes,
        recipient: str,
        shortened: Callable[[bytes], bytes | None] = lambda _: None,
    ) -> Receipt:
        """Hand in `message` for one recipient; what `shortened` gives of it if it is too large.

        Both within one `deadline_s`.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + self._deadline_s
        receipt = await self._submit(message, recipient, until)
        shorter = shortened(message) if receipt.code == TOO_LARGE else None
        return await self._submit(shorter, recipient, until) if shorter is not None else receipt

    async def _submit(self, message: bytes, recipient: str, until: float) -> Receipt:
        attempt = _Attempt()
        try:
            async with asyncio.timeout_at(until), self._connection(attempt) as client:
                await self._hand_in(client, attempt, message, recipient)
        except aiosmtplib.SMTPException as error:
            return attempt.receipt or self._receipt(attempt.phase, error)
        except TimeoutError:
            return attempt.receipt or self._late(attempt.phase)
        except (OSError, ssl.SSLError) as error:
            return attempt.receipt or self._broken(attempt.phase, error)
        except ValueError:  # an address that the client will not put on the wire
            return Receipt(Outcome.REFUSED, "address", "the address cannot be sent to")
        return attempt.receipt or self._lost(attempt.phase)

    @asynccontextmanager
    async def _connection(self, attempt: _Attempt) -> AsyncIterator[aiosmtplib.SMTP]:
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls == "tls",
            start_tls=False,  # done by hand below, so that a refusal has its own code
            tls_context=self._context,
            timeout=self._deadline_s,
            # Not the machine's own name: looking it up can block, and it is nobody's business.
            local_hostname=self._sender.rpartition("@")[2],
        )
        try:
            await client.connect()
            if self._tls == "starttls":
                attempt.phase = _Phase.TLS
                await client.starttls()
            if self._user:
                attempt.phase = _Phase.AUTH
                await client.login(self._user, self._password.get_secret_value())
            yield client
        finally:
            client.close()

    async def _hand_in(
        self, client: aiosmtplib.SMTP, attempt: _Attempt, message: bytes, recipient: str
    ) -> None:
        attempt.phase = _Phase.SENDER
        await client.ehlo()
        size = [f"SIZE={len(message)}"] if client.supports_extension("size") else []
        await client.mail(self._sender, options=size)
        attempt.phase = _Phase.RECIPIENT
        await client.rcpt(recipient)
        attempt.phase = _Phase.DATA
        await client.data(message)
        # Accepted. Whatever happens to the farewell changes nothing of that.
        attempt.receipt = Receipt(Outcome.SENT, "sent", "accepted by the mail server")
        await client.quit()

    def _receipt(self, phase: _Phase, error: aiosmtplib.SMTPException) -> Receipt:
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._answered(phase, error.code, error.message)
        if isinstance(error, aiosmtplib.SMTPTimeoutError):
            return self._late(phase)
        if isinstance(error.__cause__, ssl.SSLError):
            return self._broken(phase, error.__cause__)
        if phase in (_Phase.TLS, _Phase.AUTH) and not isinstance(error, ConnectionError):
            # The server lives, but does not offer what we insist on.
            return Receipt(Outcome.LATER, phase, _IN_WORDS[phase], _wait_s(phase))
        return self._lost(phase)

    def _answered(self, phase: _Phase, code: int, reply: str) -> Receipt:
        """Give the receipt for a reply that says no, or that cannot be read."""
        if phase in (_Phase.SENDER, _Phase.RECIPIENT, _Phase.DATA) and code in _AUTH_REPLIES:
            phase = _Phase.AUTH
        if phase in (_Phase.TLS, _Phase.AUTH):
            # The reply is left out: some servers repeat what they were given.
            return Receipt(Outcome.LATER, phase, f"{_IN_WORDS[phase]} ({code})", _wait_s(phase))
        message = f"{code} {self._quoted(reply)}".strip()
        if 500 <= code < 600:
            return self._permanent(phase, code, message)
        if 400 <= code < 500:
            return Receipt(Outcome.LATER, _reply_code(phase, code), message)
        if phase is _Phase.DATA:  # 2xx but 250 is unheard of; anything else is no SMTP
            return Receipt(Outcome.SENT, "sent", message) if code // 100 == 2 else self._lost(phase)
        return Receipt(Outcome.LATER, "protocol", "the mail server's answer could not be read")

    def _permanent(self, phase: _Phase, code: int, message: str) -> Receipt:
        """Tell a fault of this message or recipient (refused) from one of the channel (later)."""
        if phase in (_Phase.RECIPIENT, _Phase.DATA) or (phase is _Phase.SENDER and code == 552):
            return Receipt(Outcome.REFUSED, f"smtp-{code}", message)
        return Receipt(Outcome.LATER, _reply_code(phase, code), message, _wait_s(phase))

    def _late(self, phase: _Phase) -> Receipt:
        code = phase if phase is _Phase.DATA else "timeout"
        said = f"no answer within {self._deadline_s:g} s ({_IN_WORDS[phase]})"
        return Receipt(Outcome.LATER, code, said)

    def _broken(self, phase: _Phase, error: OSError) -> Receipt:
        if isinstance(error, ssl.SSLCertVerificationError):
            said = f"the mail server's certificate was not accepted: {error.verify_message}"
            return Receipt(Outcome.LATER, "tls-certificate", said)
        if isinstance(error, ssl.SSLError) and phase is not _Phase.DATA:
            return Receipt(Outcome.LATER, "tls", "no encrypted connection could be made")
        return self._lost(phase)

    def _lost(self, phase: _Phase) -> Receipt:
        code = phase if phase in (_Phase.CONNECT, _Phase.DATA) else "connection-lost"
        return Receipt(
            Outcome.LATER,
            code,
            _IN_WORDS[phase] if code == phase else "the mail server closed the connection",
        )

    def _quoted(self, reply: str) -> str:
        """Give a server's reply, clean, short, and without our password should it repeat it."""
        secret = self._password.get_secret_value()
        return wording.one_line(reply.replace(secret, "***") if secret else reply, 200)


def _reply_code(phase: _Phase, code: int) -> str:
    """Name a reply by whom it is about: `smtp-` the recipient or the message, `server-` all mail.

    421 closes the connection, whenever it comes (RFC 5321, section 3.8).
    """
    about_one = phase in (_Phase.RECIPIENT, _Phase.DATA) and code != 421
    return f"smtp-{code}" if about_one else f"server-{code}"


def _wait_s(phase: _Phase) -> float | None:
    return {_Phase.AUTH: AUTH_RETRY_S, _Phase.SENDER: SENDER_RETRY_S}.get(phase)


class _Attempt:
    """How far one attempt got, and its receipt once the server has accepted the message."""

    def __init__(self) -> None:
        self.phase = _Phase.CONNECT
        self.receipt: Receipt | None = None
