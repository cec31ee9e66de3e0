from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from monitor.core.rules import FetchPolicy
from monitor.ports import Body, Failure, Fetched, Request
from monitor.sources.http import HttpClient
from tests.edges.hostile import FEED, PUBLIC, onto_loopback


def fetch_from(
    handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    scheme: str,
    context: ssl.SSLContext | None = None,
    *,
    authority: trustme.CA | None = None,
    verify: bool = True,
    total_s: float = 0.5,
) -> Fetched:
    """Fetch from a server that is `handler` alone; `authority` is trusted beside the others."""

    async def run() -> Fetched:
        done = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await asyncio.wait_for(handler(reader, writer), 9.0)
            except (OSError, asyncio.IncompleteReadError):
                return
            finally:
                writer.close()
                done.set()

        async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as listener:
            port = listener.sockets[0].getsockname()[1]
            policy = FetchPolicy(allow_private=(f"127.0.0.1:{port}",), total_s=total_s)
            client = HttpClient(policy, user_agent="t")
            if authority is not None:
                authority.configure_trust(client._trusted)
            got = await client.fetch(Request(f"{scheme}://127.0.0.1:{port}/", verify=verify))
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


def shown_by(authority: trustme.CA, *names: str, expires: datetime | None = None) -> ssl.SSLContext:
    """Give the TLS of a server with a certificate for these names."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate = authority.issue_cert(
        *names, not_after=expires, not_before=datetime(2020, 1, 1, tzinfo=UTC)
    )
    certificate.configure_cert(context)
    return context


async def feed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED))
    await writer.drain()


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def alerts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"\x15\x03\x03\x00\x02\x02\x28")  # fatal: handshake failure
    await writer.drain()


def test_a_certificate_of_a_trusted_authority_is_enough() -> None:
    authority = trustme.CA()
    got = fetch_from(
        feed, "https", shown_by(authority, "127.0.0.1"), authority=authority, total_s=5.0
    )
    assert isinstance(got, Body)
    assert got.content == FEED


@pytest.mark.parametrize(
    ("name", "expires", "said"),
    [
        ("127.0.0.1", datetime.now(UTC) - timedelta(days=1), "certificate has expired"),
        ("127.0.0.2", None, "IP address mismatch"),
        ("feed.example", None, "IP address mismatch"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    name: str, expires: datetime | None, said: str
) -> None:
    authority = trustme.CA()
    context = shown_by(authority, name, expires=expires)
    got = fetch_from(feed, "https", context, authority=authority, total_s=5.0)
    assert isinstance(got, Failure)
    assert got.code == "tls"
    assert said in got.message


@pytest.mark.parametrize("expires", [None, datetime(2021, 1, 1, tzinfo=UTC)])
def test_a_feed_that_says_so_is_read_with_any_certificate(expires: datetime | None) -> None:
    context = shown_by(trustme.CA(), "somewhere.else", expires=expires)
    got = fetch_from(feed, "https", context, verify=False, total_s=5.0)
    assert isinstance(got, Body)


def test_any_certificate_will_do_at_the_feeds_own_origin_alone() -> None:
    async def run() -> Fetched:
        context = shown_by(trustme.CA(), "anything")
        there = ""

        async def home(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {there}\r\n\r\n".encode())
            writer.close()

        async def resolve(host: str, port: int) -> list[str]:
            return [PUBLIC]

        async with (
            await asyncio.start_server(home, "127.0.0.1", 0, ssl=context) as first,
            await asyncio.start_server(feed, "127.0.0.1", 0, ssl=context) as second,
        ):
            ports = [one.sockets[0].getsockname()[1] for one in (first, second)]
            there = f"https://other.test:{ports[1]}/"
            client = HttpClient(FetchPolicy(total_s=5.0), user_agent="t", resolver=resolve)
            onto_loopback(client)
            got = await client.fetch(Request(f"https://feed.test:{ports[0]}/", verify=False))
            await client.close()
            return got

    got = asyncio.run(run())
    assert isinstance(got, Failure)
    assert got.code == "tls"
    assert "not trusted" in got.message


@pytest.mark.parametrize(
    ("handler", "said"), [(hangs_up, "closed during the handshake"), (alerts, "handshake failure")]
)
def test_a_handshake_that_fails_is_named(
    handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], said: str
) -> None:
    got = fetch_from(handler, "https", total_s=5.0)
    assert isinstance(got, Failure)
    assert got.code == "tls"
    assert said in got.message


def test_tls_on_a_port_that_was_asked_in_the_clear_is_named() -> None:
    got = fetch_from(alerts, "http", total_s=5.0)
    assert isinstance(got, Failure)
    assert got.code == "protocol"
    assert "https" in got.message


@pytest.mark.parametrize("size", [0, 1, 16_384, 3_000_000])
def test_bodies_of_any_size_come_whole_over_tls(size: int) -> None:
    body = (b"0123456789abcdef" * (size // 16 + 1))[:size]

    async def sends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + body)
        await writer.drain()

    authority = trustme.CA()
    context = shown_by(authority, "127.0.0.1")
    got = fetch_from(sends, "https", context, authority=authority, total_s=10.0)
    assert isinstance(got, Body)
    assert got.content == body


def test_a_flood_over_tls_is_cut() -> None:
    async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            writer.write(bytes(65536))
            await writer.drain()

    authority = trustme.CA()
    context = shown_by(authority, "127.0.0.1")
    got = fetch_from(floods, "https", context, authority=authority, total_s=10.0)
    assert isinstance(got, Failure)
    assert got.code == "too-large"
