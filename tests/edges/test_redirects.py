"""Where redirects lead, what of it is permanent, and what goes along."""

from __future__ import annotations

import asyncio

import pytest

from monitor.core.model import Feed
from monitor.core.rules import FetchPolicy
from monitor.ports import Body, Failure, Fetched, Request, Unchanged, request_of
from monitor.sources.http import HttpClient
from tests.edges.hostile import (
    FEED,
    PUBLIC,
    HostileServer,
    hostile_server,
    onto_loopback,
    plain,
    raw,
    to,
    with_server,
)


def through(*hops: str, end: str = "200 OK", etag: str = "") -> tuple[Fetched, str]:
    """Follow redirects of these statuses to an end; gives it and the address of the end."""

    async def use(server: HostileServer, client: HttpClient) -> tuple[Fetched, str]:
        for number, status in enumerate(hops):
            server.routes[f"/{number}"] = to(f"/{number + 1}", status)
        last = f"/{len(hops)}"
        body = FEED if end.startswith("200") else b""
        server.routes[last] = plain(end, body=body, length=bool(body))
        return await client.fetch(Request(server.url("/0"), etag)), server.url(last)

    return with_server(use)


@pytest.mark.parametrize("hops", [["301 Moved"], ["308 Moved"], ["301 Moved", "308 Moved"]])
def test_where_permanent_redirects_alone_lead_is_told(hops: list[str]) -> None:
    got, end = through(*hops)
    assert isinstance(got, Body)
    assert (got.url, got.moved_to) == (end, end)


def test_a_feed_that_moved_and_did_not_change_tells_both() -> None:
    got, end = through("301 Moved", end="304 Same", etag='"v"')
    assert got == Unchanged(moved_to=end)


@pytest.mark.parametrize(
    "hops",
    [
        [],
        ["302 Found"],
        ["303 See"],
        ["307 Temporary"],
        ["301 Moved", "302 Found"],
        ["302 Found", "301 Moved"],
    ],
)
def test_one_passing_redirect_among_them_and_the_old_address_stays(hops: list[str]) -> None:
    got, end = through(*hops)
    assert isinstance(got, Body)
    assert (got.url, got.moved_to) == (end, "")


def test_a_permanent_redirect_to_itself_with_another_end_is_no_move() -> None:
    async def use(server: HostileServer, client: HttpClient) -> Fetched:
        seen: list[int] = []

        async def once(server: HostileServer, writer: asyncio.StreamWriter) -> None:
            seen.append(1)
            handler = to("/once#top", "301 Moved") if len(seen) == 1 else plain()
            await handler(server, writer)

        server.routes["/once"] = once
        return await client.fetch(Request(server.url("/once")))

    got = with_server(use)
    assert isinstance(got, Body)
    assert got.moved_to == ""


def test_a_permanent_redirect_to_what_is_no_feed_is_a_failure_or_another_body() -> None:
    """Whether it is a feed is for the parser to say; an error status says it here."""
    got, _ = through("301 Moved", end="404 Nope")
    assert isinstance(got, Failure)
    assert got.code == "http-404"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        (b"ftp://feed.example/x", "bad-redirect"),
        (b"data:application/rss+xml,<rss/>", "bad-redirect"),
        (b"HTTP:///x", "bad-redirect"),
        (b"http://", "bad-redirect"),
        (b"//", "bad-redirect"),
        (b"http://[::1", "bad-redirect"),
        (b"http://feed.example:99999/", "bad-redirect"),
        (b"http://feed.example:x/", "bad-redirect"),
        (b"http://user@feed.example/", "bad-redirect"),
        (b"http://@feed.example/", "bad-redirect"),
        (b"http://feed.example\\@127.0.0.1/", "bad-redirect"),
        (b"http://127.0.0.1%2f@feed.example/", "bad-redirect"),
        (b"/a\tb", "bad-redirect"),
        (b"/a\x7fb", "bad-redirect"),
        (b"/good\r\nLocation: http://feed.example/", "bad-redirect"),
        (b"/good\rX-Injected: yes", "protocol"),
        (b"http://feed.example%00.org/", "dns"),
        (b"http://xn--/", "bad-url"),
        (b"http://10.1/", "blocked-address"),
        (b"http://0251.0376.0251.0376/", "bad-url"),
        (b"http://[::ffff:a9fe:a9fe]/", "blocked-address"),
        (b"http://[64:ff9b::a9fe:a9fe]/", "blocked-address"),
        (b"http://[2002:7f00:1::]/", "blocked-address"),
        (b"https://127.0.0.1/", "blocked-address"),
        (b"x" * 100_000, "headers-too-large"),
    ],
)
def test_odd_places_are_not_gone_to(location: bytes, code: str) -> None:
    async def use(server: HostileServer, client: HttpClient) -> Fetched:
        answer = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
        server.routes["/odd"] = raw(answer)
        return await client.fetch(Request(server.url("/odd")))

    got = with_server(use)
    assert isinstance(got, Failure)
    assert got.code == code


@pytest.mark.parametrize(
    "location", [b"/good", b"good", b"?x=1", b"//{place}/good", b" /good ", b"/go%6fd", b"./x/../good",
                 b"/good?q=\xd1\x82\xd0\xb0\xd0\xba", b"/good#part", b"HTTP://{place}/good"],
)  # fmt: skip
def test_places_written_oddly_are_found(location: bytes) -> None:
    async def use(server: HostileServer, client: HttpClient) -> Fetched:
        there = location.replace(b"{place}", server.place.encode())
        answer = b"HTTP/1.1 302 Found\r\nLocation: " + there + b"\r\nContent-Length: 0\r\n\r\n"
        seen: list[int] = []

        async def once(server: HostileServer, writer: asyncio.StreamWriter) -> None:
            seen.append(1)
            await (raw(answer) if len(seen) == 1 else plain())(server, writer)

        server.routes["/odd"] = once
        server.routes["/go%6fd"] = server.routes["/x/../good"] = plain()
        return await client.fetch(Request(server.url("/odd")))

    got = with_server(use)
    assert isinstance(got, Body)
    assert got.content == FEED


def test_the_same_place_named_twice_is_one_place() -> None:
    twice = b"HTTP/1.1 302 Found\r\nLocation: /good\r\nLocation: /good\r\n\r\n"

    async def use(server: HostileServer, client: HttpClient) -> Fetched:
        server.routes["/odd"] = raw(twice)
        return await client.fetch(Request(server.url("/odd")))

    assert isinstance(with_server(use), Body)


@pytest.mark.parametrize("hops", [4, 5, 6])
def test_five_redirects_are_followed_and_no_more(hops: int) -> None:
    got, _ = through(*["302 Found"] * hops)
    if hops <= 5:
        assert isinstance(got, Body)
    else:
        assert isinstance(got, Failure)
        assert got.code == "too-many-redirects"


@pytest.mark.parametrize("stays", [True, False])
def test_a_feed_that_has_moved_keeps_its_login_at_its_configured_origin_alone(stays: bool) -> None:
    async def run() -> dict[str, str]:
        async with hostile_server() as server:

            async def resolve(host: str, port: int) -> list[str]:
                return [PUBLIC]

            client = HttpClient(FetchPolicy(), user_agent="t", resolver=resolve)
            onto_loopback(client)
            feed = Feed("A", f"http://u:p@home.test:{server.port}/old", headers=(("X-Key", "k"),))
            host = "home.test" if stays else "other.test"
            request = request_of(feed, '"v"', url=f"http://{host}:{server.port}/good")
            assert isinstance(await client.fetch(request), Body)
            await client.close()
            return server.hits[0][1]

    sent = asyncio.run(run())
    assert ("authorization" in sent, "x-key" in sent) == (stays, stays)
    assert sent["if-none-match"] == '"v"'


def test_where_a_feed_has_moved_to_is_no_way_into_what_is_allowed_for_another_one() -> None:
    async def use(server: HostileServer, client: HttpClient) -> Fetched:
        feed = Feed("A", "http://feed.example/")
        return await client.fetch(request_of(feed, url=server.url("/good")))

    got = with_server(use)
    assert isinstance(got, Failure)
    assert got.code == "blocked-address"


def test_a_login_is_gone_for_good_once_another_origin_was_passed() -> None:
    """Home, abroad, and home again: what came back may have been asked for by the stranger."""

    async def run() -> list[tuple[str, bool]]:
        async with hostile_server() as server:

            async def resolve(host: str, port: int) -> list[str]:
                return [PUBLIC if host.endswith(".test") else host]

            client = HttpClient(
                FetchPolicy(allow_private=(server.place,)), user_agent="t", resolver=resolve
            )
            onto_loopback(client)
            server.routes["/out"] = to(f"http://other.test:{server.port}/back")
            server.routes["/back"] = to(f"http://home.test:{server.port}/good")
            url = f"http://u:p@home.test:{server.port}/out"
            assert isinstance(await client.fetch(Request(url)), Body)
            await client.close()
            return [(path, "authorization" in headers) for path, headers in server.hits]

    assert asyncio.run(run()) == [("/out", True), ("/back", False), ("/good", False)]
