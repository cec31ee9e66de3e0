from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import trustme

from monitor.core.rules import FetchPolicy
from monitor.ports import Failure, Fetched, Request
from monitor.sources.http import HttpClient


def fetch_from(
    handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    scheme: str,
    context: ssl.SSLContext | None = None,
) -> Fetched:
    """Fetch from a server that is `handler` alone."""

    async def run() -> Fetched:
        done = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await asyncio.wait_for(handler(reader, writer), 2.0)
            finally:
                writer.close()
                done.set()

        async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as listener:
            port = listener.sockets[0].getsockname()[1]
            policy = FetchPolicy(allow_private=(f"127.0.0.1:{port}",), total_s=0.5)
            client = HttpClient(policy, user_agent="t")
            got = await client.fetch(Request(f"{scheme}://127.0.0.1:{port}/"))
            await client.close()
            if context is None:
                await done.wait()
        return got

    return asyncio.run(run())


def test_plain_http_on_a_tls_port_is_named() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    got = fetch_from(handler, "https")
    assert isinstance(got, Failure)
    assert got.code == "tls"


def test_a_stalled_handshake_ends_with_the_deadline_and_leaves_no_socket() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)  # until the client hangs up

    got = fetch_from(handler, "https")
    assert isinstance(got, Failure)
    assert got.code == "timeout"


def test_a_certificate_that_nobody_signed_is_not_trusted() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost", "127.0.0.1").configure_cert(context)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    got = fetch_from(handler, "https", context)
    assert isinstance(got, Failure)
    assert got.code == "tls"
    assert "not trusted" in got.message
