from __future__ import annotations

import asyncio
import time
import tracemalloc

import pytest

from monitor.core.rules import FetchPolicy
from monitor.ports import Body, Failure, Fetched, Request, Unchanged
from monitor.sources.answers import retry_after_s
from monitor.sources.http import HttpClient
from tests.edges.hostile import (
    FEED,
    PUBLIC,
    WIRE_NOW,
    HostileServer,
    hostile_server,
    onto_loopback,
    to,
    with_server,
)


def fetch(path: str, *, total_s: float = 5.0) -> Fetched:
    return with_server(
        lambda server, client: client.fetch(Request(server.url(path))), total_s=total_s
    )


def test_a_good_feed_comes_whole_with_its_validators() -> None:
    got = fetch("/good")
    assert isinstance(got, Body)
    assert got.content == FEED
    assert (got.etag, got.last_modified) == ('W/"é1"', "Mon, 02 Jun 2025 10:00:00 GMT")


def test_validators_go_back_exactly_as_they_came() -> None:
    async def use(server: HostileServer, client: HttpClient) -> None:
        got = await client.fetch(Request(server.url("/good")))
        assert isinstance(got, Body)
        again = Request(server.url("/304"), etag=got.etag, last_modified=got.last_modified)
        assert isinstance(await client.fetch(again), Unchanged)
        sent = server.hits[-1][1]
        assert sent["if-none-match"] == 'W/"é1"'
        assert sent["if-modified-since"] == "Mon, 02 Jun 2025 10:00:00 GMT"
        assert sent["accept-encoding"] == "gzip, deflate"
        assert sent["user-agent"] == "parley-test"

    with_server(use)


@pytest.mark.parametrize(
    "path",
    [
        "/gzip",
        "/gzip-unlabelled",
        "/gzip-members",
        "/gzip-padded",
        "/deflate",
        "/deflate-raw",
        "/early-hints",
        "/reset-once",
        "/redirect-good",
        "/redirect-blank",
    ],
)
def test_odd_but_whole_answers_are_read(path: str) -> None:
    got = fetch(path)
    assert isinstance(got, Body)
    assert got.content == FEED


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/gzip-truncated", "truncated"),
        ("/gzip-bad-crc", "bad-encoding"),
        ("/gzip-says-but-is-not", "bad-encoding"),
        ("/brotli", "bad-encoding"),
        ("/encoding-chain", "bad-encoding"),
        ("/gzip-bomb-nested", "too-large"),
        ("/announced-huge", "too-large"),
        ("/truncated-length", "truncated"),
        ("/truncated-chunked", "truncated"),
        ("/chunk-garbage", "protocol"),
        ("/ssh", "protocol"),
        ("/http09", "protocol"),
        ("/close", "connection-lost"),
        ("/reset-mid-body", "connection-lost"),
        ("/huge-header", "headers-too-large"),
        ("/many-headers", "headers-too-large"),
        ("/continue-flood", "headers-too-large"),
        ("/304", "not-modified-unasked"),
        ("/204", "http-204"),
        ("/206", "http-206"),
        ("/500", "http-500"),
        ("/404", "http-404"),
        ("/403-challenge", "http-403"),
        ("/redirect-loop", "too-many-redirects"),
        ("/redirect-to-metadata", "blocked-address"),
        ("/redirect-to-canary", "blocked-address"),
        ("/redirect-to-canary-decimal", "blocked-address"),
        ("/redirect-to-canary-hex", "blocked-address"),
        ("/redirect-to-canary-short", "blocked-address"),
        ("/redirect-to-canary-zero", "blocked-address"),
        ("/redirect-to-canary-mapped", "blocked-address"),
        ("/redirect-to-canary-name", "blocked-address"),
        ("/redirect-to-file", "bad-redirect"),
        ("/redirect-to-gopher", "bad-redirect"),
        ("/redirect-to-javascript", "bad-redirect"),
        ("/redirect-empty", "bad-redirect"),
        ("/redirect-missing", "bad-redirect"),
        ("/redirect-userinfo", "bad-redirect"),
        ("/redirect-backslash", "bad-redirect"),
        ("/redirect-long", "bad-redirect"),
        ("/redirect-to-smtp", "blocked-port"),
    ],
)
def test_what_must_be_refused_fails_with_a_plain_code(path: str, code: str) -> None:
    got = fetch(path)
    assert isinstance(got, Failure)
    assert got.code == code
    assert len(got.message) > 10


@pytest.mark.parametrize(
    "path",
    [
        "/slowloris-headers",
        "/slow-body",
        "/stall-mid-body",
        "/never-respond",
        "/slow-continue",
        "/redirect-slow-chain",
    ],
)
def test_one_deadline_ends_everything_that_is_slow(path: str) -> None:
    began = time.monotonic()
    got = fetch(path, total_s=0.6)
    assert isinstance(got, Failure)
    assert got.code == "timeout"
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize("path", ["/gzip-bomb", "/endless-body", "/endless-trailers"])
def test_floods_are_cut_within_little_memory(path: str) -> None:
    tracemalloc.start()
    try:
        got = fetch(path, total_s=30.0)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(got, Failure)
    assert got.code in {"too-large", "protocol", "headers-too-large"}
    assert peak_bytes < 100 * 1024 * 1024


def test_a_broken_connection_is_tried_once_more_and_not_for_ever() -> None:
    async def use(server: HostileServer, client: HttpClient) -> int:
        await client.fetch(Request(server.url("/reset-mid-body")))
        return len(server.hits)

    assert with_server(use) == 2


def test_410_says_that_the_feed_is_gone() -> None:
    got = fetch("/410")
    assert isinstance(got, Failure)
    assert (got.code, got.status, got.gone) == ("http-410", 410, True)


@pytest.mark.parametrize(
    ("path", "wait_s"),
    [("/429-seconds", 120.0), ("/429-date", 600.0), ("/429-huge", 86400.0), ("/429-garbage", None)],
)
def test_retry_after_is_read_as_seconds_or_date(path: str, wait_s: float | None) -> None:
    got = fetch(path)
    assert isinstance(got, Failure)
    assert (got.status, got.retry_after_s) == (429, wait_s)


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("-5", None),
        ("1e3", None),
        ("", None),
        ("Sun, 01 Jun 2025 12:00:00 GMT", 0.0),
        ("Fri, 02 Jun 2199 12:00:00 GMT", 86400.0),
        ("Mon, 02 Jun 2025 14:00:30 -0000", 7230.0),
        ("Mon, 99 Jun 2025 12:00:00 GMT", None),
        ("9" * 5000, 86400.0),
        ("²", None),
    ],
)
def test_odd_retry_after_values(header: str, wait_s: float | None) -> None:
    assert retry_after_s(header, WIRE_NOW) == wait_s


def test_an_etag_with_control_characters_is_not_kept() -> None:
    got = fetch("/etag-control")
    # The HTTP library may refuse the whole answer; what may not happen is that the tag is kept.
    assert isinstance(got, (Body, Failure))
    assert getattr(got, "etag", "") == ""


def test_cookies_are_not_kept() -> None:
    async def use(server: HostileServer, client: HttpClient) -> dict[str, str]:
        await client.fetch(Request(server.url("/cookies")))
        await client.fetch(Request(server.url("/cookies")))
        return server.hits[-1][1]

    assert "cookie" not in with_server(use)


def test_a_feeds_credentials_stay_with_its_origin() -> None:
    async def run() -> tuple[dict[str, str], dict[str, str]]:
        async with hostile_server() as first, hostile_server() as second:
            first.routes["/abroad"] = to(f"http://other.test:{second.port}/canary")

            async def resolve(host: str, port: int) -> list[str]:
                return [PUBLIC if host == "other.test" else host]

            policy = FetchPolicy(allow_private=(first.place,))
            client = HttpClient(policy, user_agent="parley-test", resolver=resolve)
            onto_loopback(client)
            request = Request(
                first.url("/abroad").replace("//", "//user:p%40ss@"),
                etag='"v"',
                headers=(("X-Api-Key", "hunter2"),),
            )
            assert isinstance(await client.fetch(request), Body)
            await client.close()
            return first.hits[0][1], second.hits[0][1]

    at_home, abroad = asyncio.run(run())
    assert at_home["authorization"] == "Basic dXNlcjpwQHNz"
    assert at_home["x-api-key"] == "hunter2"
    assert "authorization" not in abroad
    assert "x-api-key" not in abroad
    assert abroad["if-none-match"] == '"v"'


def test_headers_stay_while_the_origin_stays() -> None:
    async def use(server: HostileServer, client: HttpClient) -> dict[str, str]:
        request = Request(server.url("/redirect-good"), headers=(("X-Api-Key", "k"),))
        assert isinstance(await client.fetch(request), Body)
        return server.hits[-1][1]

    assert with_server(use)["x-api-key"] == "k"


SECRET = "s3cr3t-t0ken"


@pytest.mark.parametrize(
    "url",
    [
        "http://user:{s}@127.0.0.1:{p}/404?token={s}",
        "http://127.0.0.1:{p}/redirect-loop?token={s}",
        "http://127.0.0.1:{p}/ssh?token={s}",
        "http://127.0.0.1:{p}/never-respond?token={s}",
        "http://127.0.0.1:1/{s}",
        "http://user:{s}@no-such-host.invalid/",
        "http://a b/{s}",
        "http://[{s}/",
        "http://x:{s}/",
        "ftp://user:{s}@example.org/",
        "http:///{s}",
        "http://exa%00mple.org/{s}",
        "http://" + "a" * 5000 + "/{s}",
        "",
        "\\\\host\\{s}",
        "http://ex\u0000ample/{s}",
        "http://xn--\u00e9/{s}",
        "http://*.example.org/{s}",
    ],
)
def test_no_failure_names_a_secret_of_the_address(url: str) -> None:
    async def use(server: HostileServer, client: HttpClient) -> Fetched:
        there = url.replace("{s}", SECRET).replace("{p}", str(server.port))
        return await client.fetch(Request(there))

    got = with_server(use, total_s=1.0)
    assert isinstance(got, Failure)
    assert SECRET not in f"{got.code} {got.message}"


def test_a_refused_connection_and_an_unknown_name_are_named() -> None:
    async def use(server: HostileServer, client: HttpClient) -> Fetched:
        del server
        return await client.fetch(Request("http://no-such-host.invalid/"))

    unknown = with_server(use)
    assert isinstance(unknown, Failure)
    assert unknown.code == "dns"

    async def closed_port() -> Fetched:
        listener = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        listener.close()
        await listener.wait_closed()
        client = HttpClient(FetchPolicy(allow_private=(f"127.0.0.1:{port}",)), user_agent="t")
        try:
            return await client.fetch(Request(f"http://127.0.0.1:{port}/"))
        finally:
            await client.close()

    refused = asyncio.run(closed_port())
    assert isinstance(refused, Failure)
    assert refused.code == "refused"


def test_headers_that_cannot_be_sent_are_a_failure_and_not_an_error() -> None:
    async def use(server: HostileServer, client: HttpClient) -> list[str]:
        bad = [("X-A", "line\r\nX-B: injected"), ("näme", "v"), ("X A", "v")]
        got = [await client.fetch(Request(server.url("/good"), headers=(one,))) for one in bad]
        assert all("x-b" not in headers for _, headers in server.hits)
        return [one.code for one in got if isinstance(one, Failure)]

    assert with_server(use) == ["bad-request"] * 3


def test_cancelling_a_fetch_leaves_nothing_behind() -> None:
    async def use(server: HostileServer, client: HttpClient) -> Fetched:
        task = asyncio.create_task(client.fetch(Request(server.url("/never-respond"))))
        await server.asked(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await client.fetch(Request(server.url("/good")))

    assert isinstance(with_server(use), Body)
