"""What a server may do to HTTP/1.1 itself: lengths, chunks, status lines, interim answers."""

from __future__ import annotations

import asyncio
import time

import pytest

from monitor.ports import Body, Failure, Fetched, Request
from monitor.sources.http import HttpClient
from tests.edges.hostile import FEED, Handler, HostileServer, plain, raw, with_server

SIZE = len(FEED)
OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n" % SIZE
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def answered(*handlers: Handler, total_s: float = 5.0, etag: str = "") -> list[Fetched]:
    """Give what becomes of each answer, each fetched once from a server of its own path."""

    async def use(server: HostileServer, client: HttpClient) -> list[Fetched]:
        got = []
        for number, handler in enumerate(handlers):
            server.routes[f"/{number}"] = handler
            got.append(await client.fetch(Request(server.url(f"/{number}"), etag)))
        return got

    return with_server(use, total_s=total_s)


def sent(data: bytes) -> Fetched:
    return answered(raw(data))[0]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(OK + LENGTH + b"\r\n" + FEED, id="length"),
        pytest.param(OK + LENGTH * 2 + b"\r\n" + FEED, id="the same length twice"),
        pytest.param(OK + LENGTH + b"\r\n" + FEED + b"more", id="surplus"),
        pytest.param(OK + LENGTH + b"\r\n" + FEED + OK + LENGTH + b"\r\n" + FEED, id="second answer"),
        pytest.param(OK + b"\r\n" + FEED, id="until it closes"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n" + FEED, id="1.0"),
        pytest.param(OK + CHUNKED + b"\r\n%x\r\n%s\r\n0\r\n\r\n" % (SIZE, FEED), id="chunked"),
        pytest.param(OK + CHUNKED + b"\r\n%x;a=b\r\n%s\r\n0\r\nX: y\r\n\r\n" % (SIZE, FEED), id="extension"),
        pytest.param(OK + CHUNKED + LENGTH + b"\r\n%x\r\n%s\r\n0\r\n\r\n" % (SIZE, FEED), id="both"),
        pytest.param((OK + LENGTH).replace(b"\r\n", b"\n") + b"\n" + FEED, id="line feeds alone"),
        pytest.param(b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + FEED, id="no reason"),
        pytest.param(b"HTTP/1.1 103 Hints\r\n\r\n" * 10 + OK + LENGTH + b"\r\n" + FEED, id="ten interim"),
    ],
)  # fmt: skip
def test_a_feed_in_odd_but_clear_framing_is_read(data: bytes) -> None:
    got = sent(data)
    assert isinstance(got, Body)
    assert got.content == FEED


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(OK + b"Content-Length: -1\r\n\r\n" + FEED, "protocol", id="negative"),
        pytest.param(OK + b"Content-Length: many\r\n\r\n" + FEED, "protocol", id="garbage"),
        pytest.param(OK + LENGTH + b"Content-Length: 7\r\n\r\n" + FEED, "protocol", id="two lengths"),
        pytest.param(OK + b"Content-Length: 1%s\r\n\r\n" % (b"0" * 15), "too-large", id="10^15"),
        pytest.param(OK + b"Content-Length: %s\r\n\r\n" % (b"9" * 5000), "protocol", id="5,000 digits"),
        pytest.param(OK + b"Content-Length: %d\r\n\r\n" % (SIZE + 1) + FEED, "truncated", id="one short"),
        pytest.param(OK + CHUNKED + b"\r\n%x\r\n%s\r\n" % (SIZE, FEED), "truncated", id="no last chunk"),
        pytest.param(OK + CHUNKED + b"\r\n%x\r\n%s" % (SIZE + 9, FEED), "truncated", id="short chunk"),
        pytest.param(OK + CHUNKED + b"\r\n-5\r\n<rss>\r\n", "protocol", id="negative chunk"),
        pytest.param(OK + CHUNKED + b"\r\n8000000000000000\r\n<rss>", "truncated", id="2^63"),
        pytest.param(OK + CHUNKED + b"\r\n%s\r\n<rss>" % (b"f" * 40), "protocol", id="2^160"),
        pytest.param(OK + CHUNKED + b"\r\n5;%s\r\n" % (b"x" * 200_000), "headers-too-large", id="extension"),
        pytest.param(OK + CHUNKED + b"\r\n" + b"1\r\n<\r\n" * 20_000, "protocol", id="crumbs"),
        pytest.param(OK + b"Transfer-Encoding: gzip\r\n\r\n" + FEED, "protocol", id="transfer gzip"),
        pytest.param(b"<rss></rss>", "protocol", id="HTTP/0.9"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", "protocol", id="SSH"),
        pytest.param(b"220 mail.example ESMTP\r\n", "protocol", id="SMTP"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x46", "protocol", id="TLS"),
        pytest.param(b"HTTP/1.1 OK 200\r\n\r\n", "protocol", id="broken status line"),
        pytest.param(b"HTTP/1.1 99 Low\r\n\r\n", "protocol", id="status 99"),
        pytest.param(OK + b"X: a\0b\r\n\r\n", "protocol", id="NUL in a header"),
        pytest.param(OK + b"X Y: z\r\n\r\n", "protocol", id="blank in a name"),
        pytest.param(OK + b"no colon\r\n\r\n", "protocol", id="no colon"),
        pytest.param(OK + b"X: y", "connection-lost", id="ends within the headers"),
        pytest.param(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "protocol", id="another protocol"),
        pytest.param(b"HTTP/1.1 103 H\r\n\r\n" * 11 + OK + b"\r\n", "headers-too-large", id="eleven interim"),
        pytest.param(b"HTTP/1.1 103 H\r\nX: %s\r\n\r\n" % (b"x" * 20_000) * 9, "headers-too-large", id="interim bytes"),
    ],
)  # fmt: skip
def test_framing_that_cannot_be_trusted_fails_in_words(data: bytes, code: str) -> None:
    got = sent(data)
    assert isinstance(got, Failure)
    assert got.code == code
    assert got.message


def test_a_server_that_does_not_speak_http_is_left_at_its_first_bytes() -> None:
    async def waits(server: HostileServer, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()
        await asyncio.sleep(20)

    began = time.monotonic()
    (got,) = answered(waits, total_s=10.0)
    assert isinstance(got, Failure)
    assert got.code == "protocol"
    assert time.monotonic() - began < 5.0


def test_a_flood_that_is_always_ready_does_not_hold_up_the_others() -> None:
    """A connection that never has to be waited for still lets the event loop turn."""

    async def use(server: HostileServer, client: HttpClient) -> float:
        flood = asyncio.create_task(client.fetch(Request(server.url("/endless-body"))))
        longest_s = 0.0
        while not flood.done():
            before = time.monotonic()
            await asyncio.sleep(0)
            longest_s = max(longest_s, time.monotonic() - before)
        got = await flood
        assert isinstance(got, Failure)
        assert got.code == "too-large"
        return longest_s

    assert with_server(use, total_s=20.0) < 1.0


@pytest.mark.parametrize("status", ["201 Created", "203 Other", "204 None", "206 Part", "300 Many",
                                    "400 Bad", "401 Who", "406 No", "418 Teapot", "451 Law",
                                    "500 Oops", "502 Gate", "599 Odd", "999 Linked"])  # fmt: skip
def test_a_status_that_brings_no_document_fails_though_a_feed_comes_with_it(status: str) -> None:
    body = b"" if status.startswith("204") else FEED
    (got,) = answered(plain(status, body=body, length=bool(body)))
    assert isinstance(got, Failure)
    assert (got.code, got.status) == (f"http-{status[:3]}", int(status[:3]))


def test_credentials_and_challenges_are_named() -> None:
    login, challenge, refusal = answered(
        plain("401 Who", 'WWW-Authenticate: Basic realm="\x01"\r\n'.replace("\x01", "x"), b""),
        plain("503 Wait", "cf-mitigated: challenge\r\n", b""),
        plain("403 No", body=b""),
    )
    assert isinstance(login, Failure)
    assert isinstance(challenge, Failure)
    assert isinstance(refusal, Failure)
    assert "credentials" in login.message
    assert "person" in challenge.message
    assert "refuses" in refusal.message


@pytest.mark.parametrize(
    "etag", [b'"a\tb"', b'"' + b"e" * 2000 + b'"', b'"a"\r\nETag: "b"', b'"\xff\xfe"', b"no quotes"]
)
def test_an_odd_etag_is_sent_back_as_it_came_or_not_at_all(etag: bytes) -> None:
    async def use(server: HostileServer, client: HttpClient) -> tuple[str, str | None]:
        server.routes["/odd"] = raw(OK + b"ETag: " + etag + b"\r\n" + LENGTH + b"\r\n" + FEED)
        got = await client.fetch(Request(server.url("/odd")))
        assert isinstance(got, Body)
        await client.fetch(Request(server.url("/good"), got.etag))
        return got.etag, server.hits[-1][1].get("if-none-match")

    kept, back = with_server(use)
    if len(etag) > 1000 or b"\n" in etag:
        assert (kept, back) == ("", None)
    else:
        assert back == kept == etag.decode("latin-1")


def test_a_thousand_cookies_are_not_kept() -> None:
    async def use(server: HostileServer, client: HttpClient) -> dict[str, str]:
        flood = "".join(f"Set-Cookie: c{n}=v\r\n" for n in range(1000))
        server.routes["/cookies"] = plain(headers=flood)
        for _ in range(3):
            assert isinstance(await client.fetch(Request(server.url("/cookies"))), Body)
        return server.hits[-1][1]

    assert "cookie" not in with_server(use)
