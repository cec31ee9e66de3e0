"""Connections: a socket read and written by hand, and TLS upon it, each counted in bytes.

Nothing reads ahead: what is not asked for stays in the system's buffers, so that a flood fills
those and not our memory.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from monitor.sources.guard import WireFault

#: A connection gives at most this much at a time, so a bound can be overrun by this much.
READ_BYTES = 64 * 1024
#: What may come before TLS stands: certificates, mostly.
HANDSHAKE_BYTES = 256 * 1024
#: So many reads in a row may find bytes ready before others get their turn.
_READS_IN_A_ROW = 4

T = TypeVar("T")


class Stream(Protocol):
    """A connection. Reading and writing raise `WireFault`."""

    async def read(self) -> bytes:
        """Give at least one byte and at most 64 KiB; nothing at the end."""
        ...

    async def write(self, data: bytes) -> None:
        """Write all of it."""
        ...

    def allow(self, more_bytes: int, code: str) -> None:
        """Let that much more come before reading fails with `code`."""
        ...

    def quiet(self) -> bool:
        """Tell whether the other side still holds the line and has said nothing unasked."""
        ...

    def close(self) -> None:
        """Close; more than once does nothing."""
        ...


class Plain:
    """A TCP connection. It counts every byte that comes, whatever is made of it above.

    This is what ends floods that never reach a body: interim answers, headers, trailers, chunk
    extensions, TLS records without content.
    """

    def __init__(self, connection: socket.socket) -> None:
        """Take a connected socket that does not block."""
        self._socket = connection
        self._loop = asyncio.get_running_loop()
        self._left_bytes, self._code = 0, "too-large"
        self._in_a_row = 0

    async def read(self) -> bytes:
        """Read, or raise `WireFault` once more came than was allowed."""
        self._in_a_row += 1
        if self._in_a_row % _READS_IN_A_ROW == 0:  # bytes that are there come without a pause
            await asyncio.sleep(0)
        try:
            data = await self._loop.sock_recv(self._socket, READ_BYTES)
        except OSError as error:
            raise WireFault("connection-lost", "the connection broke") from error
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            what = "headers are" if self._code == "headers-too-large" else "answer is"
            raise WireFault(self._code, f"the {what} larger than allowed")
        return data

    async def write(self, data: bytes) -> None:
        """Write all of it."""
        try:
            await self._loop.sock_sendall(self._socket, data)
        except OSError as error:
            raise WireFault("connection-lost", "the connection broke") from error

    def allow(self, more_bytes: int, code: str) -> None:
        """Let that much more come, and one reading beyond it."""
        self._left_bytes, self._code = more_bytes + READ_BYTES, code

    def quiet(self) -> bool:
        """Look without waiting: an end or a byte that waits here was not asked for."""
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class Tls:
    """TLS over another connection, itself perhaps TLS to a proxy."""

    def __init__(self, below: Stream, context: ssl.SSLContext, host: str) -> None:
        """Take the connection, and the name or address that the certificate has to be for."""
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=host.rstrip(".")
        )

    async def handshake(self) -> None:
        """Begin. Raises `WireFault` with `tls` and the reason."""
        self._below.allow(HANDSHAKE_BYTES, "tls")
        try:
            await self._through(self._tls.do_handshake)
        except ssl.SSLError as error:
            raise WireFault("tls", tls_sentence(error)) from error
        except WireFault as fault:
            if fault.code == "connection-lost":
                raise WireFault("tls", tls_sentence(None)) from fault
            raise

    async def read(self) -> bytes:
        """Read what was encrypted. An end without a farewell is an end: HTTP knows its lengths."""
        try:
            return await self._through(partial(self._tls.read, READ_BYTES))
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""
        except ssl.SSLError as error:
            raise WireFault("tls", tls_sentence(error)) from error

    async def write(self, data: bytes) -> None:
        """Write all of it, encrypted."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[await self._through(partial(self._tls.write, rest)) :]
        except ssl.SSLError as error:
            raise WireFault("tls", tls_sentence(error)) from error

    def allow(self, more_bytes: int, code: str) -> None:
        """Let that much more come, and a quarter for what TLS adds."""
        self._below.allow(more_bytes + more_bytes // 4, code)

    def quiet(self) -> bool:
        """Tell whether nothing waits, here or below."""
        return not self._incoming.pending and not self._tls.pending() and self._below.quiet()

    def close(self) -> None:
        """Close what is below."""
        self._below.close()

    async def _through(self, step: Callable[[], T]) -> T:
        """Take a step of TLS, carrying bytes between it and the connection as it wants them."""
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                await self._flush()
                data = await self._below.read()
                if data:
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            else:
                await self._flush()
                return done

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._below.write(self._outgoing.read())


def tls_sentence(error: ssl.SSLError | None) -> str:
    """Say why TLS failed; the reasons come from OpenSSL's fixed list, never from the server."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {error.verify_message.rstrip('.')}"
    if error is None or isinstance(error, ssl.SSLEOFError) or not error.reason:
        return "TLS failed: the connection was closed during the handshake"
    return f"TLS failed: {error.reason.replace('_', ' ').lower()}"


async def dial(address: str, port: int) -> Stream:
    """Connect to an address, which is no name. Raises `OSError`."""
    version = ipaddress.ip_address(address.partition("%")[0]).version
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(connection, (address, port))
    except BaseException:
        connection.close()
        raise
    return Plain(connection)
