"""What headers say of freshness and identity, through the whole client and value by value."""

from __future__ import annotations

import httpx
import pytest

from monitor.ports import Body, Failure, Fetched, Request, Unchanged
from monitor.sources.answers import max_age_s
from monitor.sources.http import HttpClient
from tests.edges.hostile import WIRE_NOW, HostileServer, plain, with_server

YEAR_S = 366 * 86400.0


@pytest.mark.parametrize(
    ("lines", "fresh_s"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=300"}, 300.0),
        ({"Cache-Control": "public, MAX-AGE = 300, must-revalidate"}, 300.0),
        ({"Cache-Control": 'max-age="60"'}, 60.0),
        ({"Cache-Control": "s-maxage=600"}, 600.0),
        ({"Cache-Control": "s-maxage=600, max-age=60"}, 60.0),
        ({"Cache-Control": "max-age=0"}, 0.0),
        ({"Cache-Control": "max-age=31536000"}, 31536000.0),
        ({"Cache-Control": "max-age=999999999999"}, YEAR_S),
        ({"Cache-Control": "max-age=-5"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "no-cache, no-store"}, None),
        ({"Cache-Control": "stale-max-age=5"}, None),
        ({"Cache-Control": "x" * 100_000 + ", max-age=5"}, None),
        ({"Cache-Control": "max-age=300", "Age": "250"}, 50.0),
        ({"Cache-Control": "max-age=300", "Age": "9999"}, 0.0),
        ({"Cache-Control": "max-age=300", "Age": "old"}, 300.0),
        ({"Expires": "Mon, 02 Jun 2025 12:10:00 GMT"}, 600.0),
        ({"Expires": "Mon, 02 Jun 2025 12:10:00 GMT", "Cache-Control": "max-age=60"}, 60.0),
        ({"Expires": "Mon, 02 Jun 2025 13:00:00 GMT", "Date": "Mon, 02 Jun 2025 12:30:00 GMT"}, 1800.0),
        ({"Expires": "Mon, 02 Jun 2025 12:10:00 GMT", "Date": "yesterday"}, 600.0),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
        ({"Expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, YEAR_S),
        ({"Expires": "0"}, 0.0),
        ({"Expires": "-1"}, 0.0),
    ],
)  # fmt: skip
def test_freshness_is_read_in_seconds(lines: dict[str, str], fresh_s: float | None) -> None:
    assert max_age_s(httpx.Headers(lines), WIRE_NOW) == fresh_s


def test_a_document_and_an_unchanged_one_say_how_long_they_are_fresh() -> None:
    async def use(server: HostileServer, client: HttpClient) -> list[Fetched]:
        server.routes["/fresh"] = plain(headers="Cache-Control: max-age=300\r\n")
        lines = "Expires: Mon, 02 Jun 2025 12:10:00 GMT\r\n"
        server.routes["/same"] = plain("304 Same", lines, b"", length=False)
        whole = await client.fetch(Request(server.url("/fresh")))
        return [whole, await client.fetch(Request(server.url("/same"), '"v"'))]

    body, same = with_server(use)
    assert isinstance(body, Body)
    assert body.max_age_s == 300.0
    assert same == Unchanged(max_age_s=600.0)


def test_a_page_is_got_like_a_feed_and_asked_for_as_html() -> None:
    async def use(server: HostileServer, client: HttpClient) -> list[Fetched]:
        server.routes["/site"] = plain(headers="Content-Type: text/html\r\n", body=b"<html>")
        paths = ("/site", "/gzip", "/redirect-to-canary", "/endless-body")
        got = [await client.page(Request(server.url(path))) for path in paths]
        assert server.hits[0][1]["accept"].startswith("text/html")
        return got

    page, packed, inward, endless = with_server(use)
    assert isinstance(page, Body)
    assert (page.content, page.content_type) == (b"<html>", "text/html")
    assert isinstance(packed, Body)
    assert isinstance(inward, Failure)
    assert inward.code == "blocked-address"
    assert isinstance(endless, Failure)
    assert endless.code == "too-large"


def test_a_feeds_own_user_agent_is_sent_and_its_headers_win() -> None:
    async def use(server: HostileServer, client: HttpClient) -> list[str]:
        url = server.url("/good")
        await client.fetch(Request(url, user_agent="Reader/2"))
        await client.fetch(Request(url, user_agent="Reader/2", headers=(("user-agent", "Own"),)))
        await client.fetch(Request(url, headers=(("Accept", "text/xml"),)))
        assert server.hits[2][1]["accept"] == "text/xml"
        return [headers["user-agent"] for _, headers in server.hits]

    assert with_server(use) == ["Reader/2", "Own", "parley-test"]
