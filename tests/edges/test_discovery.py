"""Which feeds a page names, whatever the page looks like."""

from __future__ import annotations

import pytest

from monitor.ports import Body
from monitor.sources.discovery import MOST_LINKS, common_places, links_of

HOME = "https://www.example.org/news/today.html"


def found(page: str, kind: str = "text/html") -> list[str]:
    return [link.url for link in links_of(Body(HOME, page.encode(), kind))]


@pytest.mark.parametrize(
    ("page", "urls"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', ["https://www.example.org/rss"]),
        ("<LINK TYPE='application/atom+xml; charset=utf-8' HREF='a.xml' REL='x ALTERNATE'>", ["https://www.example.org/news/a.xml"]),
        ("<link rel=alternate type=application/feed+json href=//cdn.example.net/f.json>", ["https://cdn.example.net/f.json"]),
        ("<link rel=alternate type=application/rss+xml href='/f?a=1&amp;b=2&copy=3#top'>", ["https://www.example.org/f?a=1&b=2&copy=3"]),
        ("<link rel=alternate type=application/rss+xml href='feed:https://a.example.org/f'>", ["https://a.example.org/f"]),
        ("<link rel=alternate type=application/rss+xml href='feed://a.example.org/f'>", ["http://a.example.org/f"]),
        ("<link rel=alternate type=application/json href=/wp-json/><link rel=alternate type=application/json href=/feed.json>", ["https://www.example.org/feed.json"]),
        ("<link rel=feed href=/f>", ["https://www.example.org/f"]),
        ("<link rel=alternate hreflang=de href=/de/>", []),
        ("<link rel=stylesheet type=text/css href=/x.css>", []),
        ("<link rel=alternate type=application/rss+xml>", []),
        ("<link rel=alternate type=application/rss+xml href='javascript:alert(1)'>", []),
        ("<link rel=alternate type=application/rss+xml href='file:///etc/passwd'>", []),
        ("<link rel=alternate type=application/rss+xml href='http://[bad/'>", []),
        ("<!-- <link rel=alternate type=application/rss+xml href=/old> -->", []),
        ("<!-- never ends <link rel=alternate type=application/rss+xml href=/old>", []),
        ("<a href='/news/rss.xml'>RSS</a><a href=/about>x</a><a href='/feed/'>y</a>", ["https://www.example.org/news/rss.xml", "https://www.example.org/feed/"]),
        ("<a href=/a/feed>A</a><link rel=alternate type=application/rss+xml href=/b>", ["https://www.example.org/b", "https://www.example.org/a/feed"]),
        ("<base href='https://base.example.org/x/'><link rel=alternate type=text/xml href=y>", ["https://base.example.org/x/y"]),
        ("<link rel=alternate type=text/xml href=/y>" * 2, ["https://www.example.org/y"]),
    ],
)  # fmt: skip
def test_feeds_that_a_page_names(page: str, urls: list[str]) -> None:
    assert found(page) == urls


def test_titles_are_one_clean_line() -> None:
    page = "<link rel=alternate type=text/xml href=/y title=' The &quot;Post&quot;\n\x07 daily '>"
    (link,) = links_of(Body(HOME, page.encode()))
    assert link.title == 'The "Post" daily'


def test_a_page_in_another_encoding_is_read() -> None:
    page = "<meta charset=windows-1251><link rel=alternate type=text/xml href=/y title='Новости'>"
    (link,) = links_of(Body(HOME, page.encode("cp1251"), "text/html; charset=windows-1251"))
    assert link.title == "Новости"


def test_a_page_of_many_links_is_bounded() -> None:
    page = "".join(f"<link rel=alternate type=text/xml href=/{n}>" for n in range(5000))
    assert found(page) == [f"https://www.example.org/{n}" for n in range(MOST_LINKS)]


@pytest.mark.parametrize(
    "piece", ["<link ", "<!--", "<a href='", "<link a=", "<a a a a ", "<base href=x"]
)
def test_pages_that_are_made_to_hurt_end(piece: str) -> None:
    assert len(found(piece * 300_000)) <= MOST_LINKS


def test_common_places_begin_near_the_page() -> None:
    urls = [link.url for link in common_places("https://www.example.org/blog/?x=1")]
    assert urls[:3] == [
        "https://www.example.org/blog/feed", "https://www.example.org/blog/rss",
        "https://www.example.org/feed",
    ]  # fmt: skip
    assert common_places("https://www.example.org/")[0].url == "https://www.example.org/feed"
