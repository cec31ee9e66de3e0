"""The full text of an entry, who wrote it and under what it is filed, from every kind of feed."""

from __future__ import annotations

import json
import time

import pytest

from monitor.core.model import MAX_CONTENT
from tests.edges.documents import parse, rss

NAMES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:media="http://search.yahoo.com/mrss/"'
)
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
WHOLE = "<content:encoded><![CDATA[<p>The whole</p><p>text &amp; more</p>]]></content:encoded>"
TEXT = "The whole\ntext & more"


def of_rss(inner: str) -> tuple[str, str]:
    """Give summary and content of an RSS item."""
    document = rss(f"<item><title>T</title><link>http://x/1</link>{inner}</item>")
    (one,) = parse(document.replace(b"<rss ", f"<rss {NAMES} ".encode()))["items"]
    return one["summary"], one["content"]


def of_atom(inner: str) -> dict[str, object]:
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>u</id>'
    (one,) = parse(f"{head}<title>T</title>{inner}</entry></feed>".encode())["items"]
    return dict(one)


def of_json(**fields: object) -> dict[str, object]:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J",
            "items": [{"id": "1", "title": "T", **fields}]}  # fmt: skip
    (one,) = parse(json.dumps(feed).encode(), "application/json")["items"]
    return dict(one)


# --- content -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "summary", "content"),
    [
        (f"<description>Short</description>{WHOLE}", "Short", TEXT),
        (f"{WHOLE}<description>Short</description>", "Short", TEXT),
        ("<description>Short</description>", "Short", ""),
        (WHOLE, TEXT, ""),  # the content is the summary
        (f"<description>The whole text &amp;amp; more</description>{WHOLE}", TEXT.replace("\n", " "), ""),
        ("<description>Short</description><content:encoded> </content:encoded>", "Short", ""),
        (f"<description>&lt;img src='x'&gt;</description>{WHOLE}", TEXT, ""),
        # of several the longest: podcasts and pictures bring descriptions of their own
        (f"<description>Short</description><itunes:summary>Short</itunes:summary>{WHOLE}", "Short", TEXT),
        (f"<description>Short</description><media:description>A man</media:description>{WHOLE}", "Short", TEXT),
        (f"<description>Short</description>{WHOLE}<itunes:summary>Short</itunes:summary>", "Short", TEXT),
    ],
)  # fmt: skip
def test_the_content_of_rss_is_what_stands_beside_the_summary(
    inner: str, summary: str, content: str
) -> None:
    assert of_rss(inner) == (summary, content)


@pytest.mark.parametrize(
    ("inner", "summary", "content"),
    [
        ("<summary>S</summary><content>Plain</content>", "S", "Plain"),
        ('<content type="html">&lt;p&gt;Marked&lt;/p&gt;</content><summary>S</summary>', "S", "Marked"),
        (f'<summary>S</summary><content type="xhtml"><div {XHTML}><p>A</p><p>B</p></div></content>', "S", "A\nB"),
        ("<content>Plain</content>", "Plain", ""),
        ('<summary>S</summary><content type="text/html" src="http://x/y"/>', "S", ""),
        ('<summary>S</summary><content type="image/png">aGVsbG8gd29ybGQ=</content>', "S", ""),
    ],
)  # fmt: skip
def test_the_content_of_atom(inner: str, summary: str, content: str) -> None:
    one = of_atom(inner)
    assert (one["summary"], one["content"]) == (summary, content)


@pytest.mark.parametrize(
    ("fields", "summary", "content"),
    [
        ({"summary": "S", "content_text": "Plain"}, "S", "Plain"),
        ({"summary": "S", "content_html": "<p>A</p><p>B</p>"}, "S", "A\nB"),
        ({"summary": "S", "content_html": "<p>S</p>"}, "S", ""),
        ({"content_text": "Plain"}, "Plain", ""),
        ({"content_text": "Plain", "content_html": "<p>Plain and more</p>"}, "Plain", ""),
        ({"summary": "S", "content_html": {"a": 1}}, "S", ""),
    ],
)
def test_the_content_of_json_feed(fields: dict[str, object], summary: str, content: str) -> None:
    one = of_json(**fields)
    assert (one["summary"], one["content"]) == (summary, content)


def test_rdf_has_content_author_and_categories() -> None:
    (one,) = parse(
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {NAMES}'
        ' xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>T</title></channel>'
        '<item rdf:about="http://x/1"><title>T</title><link>http://x/1</link>'
        f"<description>Short</description><dc:creator>Ann</dc:creator>{WHOLE}"
        "<dc:subject>war</dc:subject><dc:subject>peace</dc:subject></item></rdf:RDF>".encode()
    )["items"]
    assert (one["summary"], one["content"]) == ("Short", TEXT)
    assert (one["author"], one["categories"]) == ("Ann", ["war", "peace"])


def test_long_content_ends_in_an_ellipsis_and_costs_no_more_than_its_length() -> None:
    word = "слово "
    exact = "a" * MAX_CONTENT
    assert of_rss(f"<description>S</description><content:encoded>{exact}</content:encoded>") == (
        "S",
        exact,
    )
    began = time.monotonic()
    summary, content = of_rss(
        f"<description>S</description><content:encoded>{word * 100_000}</content:encoded>"
    )
    assert time.monotonic() - began < 5.0
    assert summary == "S"
    assert content == (word * 100_000)[: MAX_CONTENT - 1].rstrip() + "\u2026"


def test_content_that_is_the_summary_is_known_for_it_beyond_the_bound() -> None:
    long = "word " * (MAX_CONTENT // 4)
    summary, content = of_rss(
        f"<description>{long}</description><content:encoded>{long}</content:encoded>"
    )
    assert len(summary) > MAX_CONTENT
    assert content == ""


def test_poison_in_the_content_costs_nothing_else() -> None:
    summary, content = of_rss(
        "<description>Short</description><content:encoded><![CDATA[a\x1b[31m &#8238;b&#8203;"
        "<script>alert(1)</script>]]></content:encoded>"
    )
    assert summary == "Short"
    assert not set(content) & set("\x1b\u202e\u200b")
    assert "alert" not in content


# --- author ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "author"),
    [
        ("<dc:creator>Ann</dc:creator>", "Ann"),
        ("<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>", "Ann, Bob"),
        ("<dc:creator>Ann</dc:creator><itunes:author>Ann</itunes:author>", "Ann"),
        ("<author>ann@x.example (Ann)</author>", "ann@x.example (Ann)"),
        ("<dc:creator>A &amp;amp; B\r\n</dc:creator>", "A & B"),
        ("", ""),
    ],
)
def test_every_author_of_an_rss_item_is_named(inner: str, author: str) -> None:
    document = rss(f"<item><title>T</title>{inner}</item>")
    (one,) = parse(document.replace(b"<rss ", f"<rss {NAMES} ".encode()))["items"]
    assert one["author"] == author


def test_authors_and_categories_of_atom() -> None:
    one = of_atom(
        "<author><name>Ann</name></author><author><name>Bob</name><email>b@x.example</email>"
        '</author><category term="w" label="War"/><category term="peace"/>'
    )
    assert (one["author"], one["categories"]) == ("Ann, Bob", ["War", "peace"])
