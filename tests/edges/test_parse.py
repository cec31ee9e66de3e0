from __future__ import annotations

import json
import time
from typing import Any

import feedparser
import pytest

from monitor.core.text import clean_text
from monitor.sources.dates import read_zoned
from tests.edges.documents import at, item, parse, rss, titles

# --- what a feed says ------------------------------------------------------------------------


def test_an_rss_item_comes_with_everything_it_says() -> None:
    got = parse(
        rss(
            "<item><title>AT&amp;T &lt;b&gt;bold&lt;/b&gt;</title><link>/a?x=1&amp;y=2</link><guid isPermaLink='false'>tag:1</guid>"
            "<pubDate>Mon, 02 Jun 2025 14:05:00 +0300</pubDate><author>Jane</author><category>war</category><category>war</category>"
            "<description><![CDATA[<p>One &amp; two</p><p>Three</p>]]></description></item>",
            "<language>en-US</language>",
        )
    )
    (one,) = got["items"]
    assert got["title"] == "T"
    assert got["cut"] == 0
    assert one["title"] == "AT&T bold"
    assert one["link"] == "http://feed.example/a?x=1&y=2"
    assert one["guid"] == "tag:1"
    assert at(one["published"]) == "2025-06-02T11:05:00+00:00"
    assert one["author"] == "Jane"
    assert one["categories"] == ["war"]
    assert one["summary"].split("\n") == ["One & two", "Three"]
    assert one["language"] == "en"
    assert one["position"] == 0


def test_an_atom_entry_with_content_alone_has_that_as_summary() -> None:
    got = parse(
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"><title>A</title><entry><id>urn:1</id><title>B</title>'
        b'<link rel="alternate" href="http://feed.example/b"/><updated>2025-06-02T10:00:00Z</updated>'
        b'<content type="html">&lt;p&gt;Body&lt;/p&gt;</content></entry></feed>'
    )
    (one,) = got["items"]
    assert (one["title"], one["summary"], one["language"]) == ("B", "Body", "uk")
    assert at(one["published"]) == "2025-06-02T10:00:00+00:00"


def test_the_configured_language_outweighs_the_documents() -> None:
    got = parse(rss(item(1), "<language>en</language>"), language="tr")
    assert got["items"][0]["language"] == "tr"


def test_an_id_stays_as_it_is_when_the_feed_moves() -> None:
    got = parse(rss("<item><title>x</title><guid>12345</guid></item>"))
    assert (got["items"][0]["guid"], got["items"][0]["link"]) == ("12345", "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon, 02 Jun 2025 14:05:00 GMT", "2025-06-02T14:05:00+00:00"),
        ("Mon, 02 Jun 2025 14:05:00 MSK", "2025-06-02T11:05:00+00:00"),
        ("Mon, 02 Jun 2025 14:05:00 TRT", "2025-06-02T11:05:00+00:00"),
        ("Mon, 02 Jun 2025 14:05 EEST", "2025-06-02T11:05:00+00:00"),
        ("Mon, 02 Jun 2025 14:05:00 CEST", "2025-06-02T12:05:00+00:00"),
        ("Mon, 02 Jun 2025 14:05:00 EDT", "2025-06-02T18:05:00+00:00"),
        ("2025-06-02 14:05 MSK", "2025-06-02T11:05:00+00:00"),
        ("2025-06-02T14:05:00+03:00", "2025-06-02T11:05:00+00:00"),
        ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00+00:00"),
        ("1601-01-01T00:00:00Z", None),
        ("Mon, 02 Jun 99999 14:05:00 GMT", None),
        ("-0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        ("0000-00-00", None),
        ("99999999999999999999", None),
    ],
)
def test_dates(written: str, meant: str | None) -> None:
    got = parse(rss(item(1, f"<pubDate>{written}</pubDate>")))
    assert at(got["items"][0]["published"]) == meant


def test_a_zone_that_means_several_is_left_alone() -> None:
    assert read_zoned("Mon, 02 Jun 2025 14:05:00 IST") is None
    assert read_zoned("x" * 1000) is None


# --- poison ----------------------------------------------------------------------------------


def test_control_characters_line_ends_and_directions_are_gone() -> None:
    got = parse(
        rss(
            "<item><title>Talks\r\nBcc: a@b.c\x1b[31m &#8238;abc&#8203;</title><link>http://x/1</link></item>"
        )
    )
    (title,) = titles(got)
    assert title.startswith("Talks Bcc: a@b.c")
    assert not set(title) & set("\r\n\x1b\u202e\u200b")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://user:pw@x/",
        "http://x/ a b",
        "http://[bad/",
        "http://x:99999999/",
        "vbscript:x",
        "http://" + "a" * 5000,
    ],
)
def test_links_that_are_none_leave_the_item(link: str) -> None:
    got = parse(
        rss(
            f"<item><title>x</title><guid isPermaLink='false'>1</guid><link>{link}</link></item>"
            + item(2)
        )
    )
    assert [one["link"] for one in got["items"]] == ["", "http://feed.example/2"]


def test_what_is_too_long_is_shortened_and_a_long_id_hashed() -> None:
    long = "".join(f"<category>c{n}</category>" for n in range(5000))
    got = parse(
        rss(
            f"<item><title>{'t' * 200_000}</title><guid>{'g' * 100_000}</guid><description>{'d ' * 300_000}</description>{long}</item>"
        )
    )
    (one,) = got["items"]
    assert len(one["title"]) <= 1000
    assert len(one["summary"]) <= 64 * 1024
    assert one["guid"].startswith("sha256:")
    assert len(one["categories"]) == 50


def test_ids_that_several_stories_share_identify_none() -> None:
    same = "".join(
        f"<item><title>Story {n}</title><link>http://x/{n}</link><guid isPermaLink='false'>same</guid></item>"
        for n in range(3)
    )
    twice = item(7) + item(7)
    got = parse(rss(same + twice))
    assert [one["guid"] for one in got["items"]] == ["", "", "", "g7", "g7"]


def test_an_entry_that_breaks_the_parser_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = feedparser.parse

    def brittle(stream: Any, **options: Any) -> Any:
        if b"POISON" in stream.getvalue():
            raise AttributeError("a bug of the parser")
        return whole(stream, **options)

    monkeypatch.setattr(feedparser, "parse", brittle)
    got = parse(rss(item(1) + item(2, "<description>POISON</description>") + item(3)))
    assert titles(got) == ["Story 1", "Story 3"]
    assert got["title"] == "T"


def test_an_entry_that_breaks_a_field_keeps_its_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.sources import fields as module  # noqa: PLC0415

    def brittle(source: str, limit: int) -> str:
        if "POISON" in source:
            raise RecursionError
        return clean_text(source, limit)

    monkeypatch.setattr(module, "clean_text", brittle)
    got = parse(
        rss(
            item(1, "<description>POISON</description>")
            + item(2, "<description>fine</description>")
        )
    )
    assert titles(got) == ["Story 1", "Story 2"]
    assert [one["summary"] for one in got["items"]] == ["", "fine"]


# --- how many --------------------------------------------------------------------------------


def test_the_newest_entries_are_kept_and_the_rest_counted() -> None:
    got = parse(rss("".join(item(n) for n in range(50))), most=10)
    assert titles(got) == [f"Story {n}" for n in range(10)]
    assert got["cut"] == 40


def test_where_dates_rise_the_newest_are_the_last() -> None:
    days = "".join(
        item(n, f"<pubDate>{n:02d} Jun 2025 10:00:00 GMT</pubDate>") for n in range(1, 31)
    )
    got = parse(rss(days), most=3)
    assert titles(got) == ["Story 28", "Story 29", "Story 30"]
    assert got["cut"] == 27


def test_a_hundred_thousand_entries_are_read_in_seconds() -> None:
    began = time.monotonic()
    got = parse(rss("".join(item(n) for n in range(100_000))), most=1000)
    assert (len(got["items"]), got["cut"]) == (1000, 99_000)
    assert time.monotonic() - began < 15.0


# --- no feed, and JSON Feed ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty document"),
        (b" \r\n\t ", "empty document"),
        (b"\xef\xbb\xbf", "empty document"),
        (
            b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Wi-Fi</body></html>",
            "HTML",
        ),
        (b"<html>" + b"<div>" * 150 + b"</html>", "HTML"),
        (b"<p>no page</p>", "no feed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, "no feed"),
        (b'{"error": "not found"}', "JSON"),
        (b'{"items": "x", "version": "https://jsonfeed.org/version/1"}', "JSON"),
        (b"{" * 200_000, "JSON"),
        (b'{"a":' * 200_000, "JSON"),
        (b"just text", "no feed"),
    ],
)
def test_what_is_no_feed_is_named(content: bytes, sentence: str) -> None:
    got = parse(content)
    assert got["code"] == "not-a-feed"
    assert sentence in got["message"]


def test_a_feed_without_entries_is_a_feed() -> None:
    got = parse(rss(""))
    assert (got["items"], got["title"]) == ([], "T")


def test_a_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "language": "de-DE",
        "items": [
            {
                "id": 7,
                "url": "http://x/1",
                "title": "Waffenruhe",
                "content_html": "<p>Text</p>",
                "date_published": "2025-06-02T14:00:00+02:00",
                "authors": [{"name": "A"}, {"name": "B"}],
                "tags": ["x", 5],
            },
            {
                "id": [1],
                "url": {"a": 1},
                "title": None,
                "summary": "only a summary",
                "authors": "x",
                "tags": {"a": 1},
                "date_published": 5,
            },
            "no object",
            {"id": "3", "title": "Third", "external_url": "javascript:x"},
        ],
    }
    content = json.dumps(feed).replace('"id": 7', '"id": ' + "7" * 5000).encode()
    got = parse(content, "application/json")
    first, second, third = got["items"]
    assert (got["title"], first["title"], first["summary"], first["language"]) == (
        "J",
        "Waffenruhe",
        "Text",
        "de",
    )
    assert at(first["published"]) == "2025-06-02T12:00:00+00:00"
    assert (first["author"], first["categories"]) == ("A, B", ["x", "5"])
    assert first["guid"].startswith("sha256:")
    assert (second["summary"], second["guid"], second["link"], second["published"]) == (
        "only a summary",
        "",
        "",
        None,
    )
    assert (third["title"], third["link"]) == ("Third", "")


def test_lone_surrogates_in_json_are_gone() -> None:
    got = parse(
        b'{"version": "https://jsonfeed.org/version/1", "title": "\\ud800", "items": [{"title": "a\\ud800b\\uffff", "id": "\\udfff1", "url": "http://x/"}]}'
    )
    (one,) = got["items"]
    assert one["title"].replace("\ufffd", "") == "ab"
    assert not any(0xD800 <= ord(c) <= 0xDFFF for c in one["guid"] + one["title"] + got["title"])
