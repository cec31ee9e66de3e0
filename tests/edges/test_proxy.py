"""Feeds that are read through a proxy, and what of the guard still holds there."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import trustme

from monitor.core.rules import FetchPolicy
from monitor.ports import Body, Failure, Fetched, Request
from monitor.sources.http import HttpClient
from tests.edges.hostile import FEED

OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED)


@dataclass
class Proxy:
    """A proxy that plays every server behind it; `tunnels` speaks TLS inside a tunnel if given."""

    port: int = 0
    heads: list[str] = field(default_factory=list)
    connect: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n"
    plain: bytes = OK
    tunnels: ssl.SSLContext | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            if not head.startswith("CONNECT"):
                writer.write(self.plain)
                await writer.drain()
                return
            writer.write(self.connect)
            await writer.drain()
            if self.tunnels is not None:
                await writer.start_tls(self.tunnels)
                self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
                writer.write(OK)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


def through(
    proxy: Proxy,
    *urls: str,
    login: str = "",
    allow: Callable[[int], str] = lambda port: f"127.0.0.1:{port}",
    context: ssl.SSLContext | None = None,
    trust: trustme.CA | None = None,
) -> list[Fetched]:
    """Fetch through the proxy, whose place is allowed unless `allow` says otherwise."""

    async def run() -> list[Fetched]:
        listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=context)
        proxy.port = listener.sockets[0].getsockname()[1]
        policy = FetchPolicy(allow_private=(allow(proxy.port),), total_s=5.0)
        client = HttpClient(policy, user_agent="t")
        if trust is not None:
            trust.configure_trust(client._trusted)
        scheme = "http" if context is None else "https"
        place = f"{scheme}://{login}127.0.0.1:{proxy.port}"
        try:
            return [await client.fetch(Request(url, proxy=place)) for url in urls]
        finally:
            await client.close()
            listener.close()
            await listener.wait_closed()

    return asyncio.run(run())


def test_a_plain_feed_is_asked_of_the_proxy_by_its_whole_address() -> None:
    proxy = Proxy()
    (got,) = through(proxy, "http://feed.example/a?b=c", login="u:p%40ss@")
    assert isinstance(got, Body)
    assert got.url == "http://feed.example/a?b=c"
    first, *rest = proxy.heads[0].split("\r\n")
    assert first == "GET http://feed.example/a?b=c HTTP/1.1"
    assert "Host: feed.example" in rest
    assert "Proxy-Authorization: Basic dTpwQHNz" in rest


def test_a_feed_over_tls_is_read_through_a_tunnel_that_the_proxy_cannot_look_into() -> None:
    authority = trustme.CA()
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("feed.example").configure_cert(inside)
    proxy = Proxy(tunnels=inside)
    (got,) = through(proxy, "https://feed.example/a", login="u:p@", trust=authority)
    assert isinstance(got, Body)
    outside, within = proxy.heads
    assert outside.startswith("CONNECT feed.example:443 HTTP/1.1\r\n")
    assert "Proxy-Authorization" in outside
    assert within.startswith("GET /a HTTP/1.1\r\n")
    assert "Proxy-Authorization" not in within


def test_a_proxy_may_speak_tls_itself() -> None:
    authority = trustme.CA()
    inside, outside = (ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) for _ in range(2))
    authority.issue_cert("feed.example").configure_cert(inside)
    authority.issue_cert("127.0.0.1").configure_cert(outside)
    proxy = Proxy(plain=OK)
    (got,) = through(proxy, "http://feed.example/a", context=outside, trust=authority)
    assert isinstance(got, Body)
    (refused,) = through(Proxy(), "http://feed.example/a", context=outside)
    assert isinstance(refused, Failure)
    assert refused.code == "tls"


def test_the_certificate_behind_a_tunnel_is_checked() -> None:
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("feed.example").configure_cert(inside)
    (got,) = through(Proxy(tunnels=inside), "https://feed.example/a")
    assert isinstance(got, Failure)
    assert got.code == "tls"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n", "credentials"),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "403"),
        (b"HTTP/1.1 502 Gone\r\n\r\n", "502"),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "speaks before"),
    ],
)
def test_a_proxy_that_does_not_lead_there_is_named(answer: bytes, said: str) -> None:
    (got,) = through(Proxy(connect=answer), "https://feed.example/")
    assert isinstance(got, Failure)
    assert got.code == "proxy"
    assert said in got.message


def test_a_proxy_that_asks_for_credentials_is_named_for_plain_feeds_too() -> None:
    (got,) = through(Proxy(plain=b"HTTP/1.1 407 Who\r\n\r\n"), "http://feed.example/")
    assert isinstance(got, Failure)
    assert (got.code, "credentials" in got.message) == ("proxy", True)


def test_a_private_proxy_has_to_be_allowed() -> None:
    proxy = Proxy()
    (got,) = through(proxy, "http://feed.example/", allow=lambda port: "feed.example:80")
    assert isinstance(got, Failure)
    assert got.code == "blocked-address"
    assert proxy.heads == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/", "blocked-address"),
        ("http://127.1/", "blocked-address"),
        ("http://2130706433/", "blocked-address"),
        ("http://0x7f.1/", "blocked-address"),
        ("https://[::1]/", "blocked-address"),
        ("https://[::ffff:10.0.0.1]/", "blocked-address"),
        ("http://169.254.169.254/latest/", "blocked-address"),
        ("http://localhost/", "blocked-address"),
        ("http://LOCALHOST./", "blocked-address"),
        ("http://a.localhost/", "blocked-address"),
        ("https://feed.example:22/", "blocked-port"),
        ("http://feed.example:6379/", "blocked-port"),
    ],
)
def test_addresses_and_ports_that_are_refused_are_not_asked_of_a_proxy(url: str, code: str) -> None:
    proxy = Proxy()
    (got,) = through(proxy, url)
    assert isinstance(got, Failure)
    assert got.code == code
    assert proxy.heads == []


def test_a_redirect_behind_a_proxy_is_held_to_the_same() -> None:
    proxy = Proxy(plain=b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n")
    (got,) = through(proxy, "http://feed.example/")
    assert isinstance(got, Failure)
    assert got.code == "blocked-address"
    assert len(proxy.heads) == 1


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://", "http://a b/", "x"])
def test_a_proxy_that_cannot_be_used_is_named(proxy: str) -> None:
    async def run() -> Fetched:
        client = HttpClient(FetchPolicy(), user_agent="t")
        return await client.fetch(Request("http://feed.example/", proxy=proxy))

    got = asyncio.run(run())
    assert isinstance(got, Failure)
    assert got.code == "bad-proxy"
