from __future__ import annotations

import json
import time
from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings

from monitor.sources import cut, jsonfeed, parse
from monitor.sources.hints import hints_of, title_of
from monitor.sources.parse import parse_document
from tests.edges.documents import URL, item, rss
from tests.edges.feeds import polls


def read(content: bytes, known: bytes = b"", most: int = 100) -> dict[str, Any]:
    return parse_document(content, "", URL, "", most, known)


def uncut(content: bytes, most: int = 100) -> dict[str, Any]:
    """The document as it is read where nothing can be cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parse.cut, "cut", lambda text, most: None)
        patch.setattr(jsonfeed.JsonFeed, "prints", lambda feed: None)
        return read(content, b"", most)


def pieces(got: dict[str, Any]) -> bytes:
    return bytes.fromhex(got["pieces"])


def said(got: dict[str, Any], *but: str) -> dict[str, Any]:
    return {name: value for name, value in got.items() if name not in {"pieces", "known", *but}}


def prints(got: dict[str, Any]) -> list[bytes]:
    whole = pieces(got)
    return [whole[at : at + cut.PRINT_BYTES] for at in range(0, len(whole), cut.PRINT_BYTES)]


def check(before: bytes, after: bytes, most: int = 100) -> None:
    """Reading what is new gives what the whole gives of the new ones, field by field."""
    first, whole = read(before, most=most), uncut(after, most)
    assert said(read(after, most=most)) == said(whole)
    known = pieces(first) if "pieces" in first else b""
    got = read(after, known, most)
    if "code" in whole or not got["pieces"]:
        assert said(got) == said(whole)
        return
    old = set(prints(first))
    new = {index for index, one in enumerate(prints(got)) if one not in old}
    assert got["known"] == len(prints(got)) - len(new)
    assert said(got, "items") == said(whole, "items")
    assert got["items"] == [one for one in whole["items"] if one["position"] in new]
    places = {one: index for index, one in enumerate(prints(first))}
    then = {one["position"]: one for one in first["items"]}
    for one in whole["items"]:  # what was left out says what it said
        if one["position"] not in new:
            place = places[prints(got)[one["position"]]]
            assert {**then[place], "position": one["position"]} == one


@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(polls())
def test_reading_what_is_new_gives_what_the_whole_gives(poll: tuple[bytes, bytes]) -> None:
    check(*poll)
    check(*poll, most=3)


# --- what is cut, and what is odd ------------------------------------------------------------

STORIES = item(1) + item(2) + item(3)


def told(before: bytes, after: bytes) -> tuple[list[str], int, bool]:
    """The titles that are read at the second poll, how many were known, and whether it was cut."""
    got = read(after, pieces(read(before)))
    assert [one["position"] for one in got["items"]] == sorted(
        one["position"] for one in got["items"]
    )
    return [one["title"] for one in got["items"]], got["known"], bool(got["pieces"])


def test_what_stands_as_it_stood_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    known = pieces(read(rss(STORIES, "<language>uk</language>")))

    def parser(*args: Any, **options: Any) -> None:
        raise AssertionError("the parser of record was asked")

    monkeypatch.setattr(feedparser, "parse", parser)
    got = read(rss(item(3) + item(1), "<ttl>15</ttl>"), known)
    assert (got["title"], got["items"], got["known"]) == ("T", [], 2)
    assert got["hints"] == {"ttl_s": 900.0}
    assert pieces(got) == known[16:] + known[:8]


def test_the_parser_sees_what_is_new_and_what_stands_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bytes] = []
    whole = feedparser.parse

    def watching(stream: Any, **options: Any) -> Any:
        seen.append(stream.getvalue())
        return whole(stream, **options)

    known = pieces(read(rss(STORIES)))
    monkeypatch.setattr(feedparser, "parse", watching)
    got = read(rss(item(1) + "<!-- here -->" + item(9) + item(3)), known)
    assert [(one["title"], one["position"]) for one in got["items"]] == [("Story 9", 1)]
    (document,) = seen
    assert document.count(b"<item>") == 1
    assert b"<!-- here --><item><title>Story 9" in document
    assert document.startswith(b"<rss")
    assert document.endswith(b"</rss>")


@pytest.mark.parametrize(
    "after",
    [
        rss(item(9) + STORIES)[:-30],
        rss(item(9) + STORIES.replace("</item>", "</item >", 1)),
        rss(item(9) + STORIES + "</item>" + item(4)),
        rss(item(9, "<description><![CDATA[an <item> of HTML]]></description>") + STORIES),
        rss(item(9) + "<!-- " + item(1) + " -->" + item(2)),
        rss(item(9) + "<x><![CDATA[" + item(1) + "]]></x>" + item(2)),
        rss(item(9) + "<?php " + item(1) + " ?>" + item(2)),
        rss(item(9, item(10)) + STORIES),
        rss(item(9, "<entry><title>Entry</title></entry>") + STORIES),
        rss(item(9, "<description>a<br>b</description>") + STORIES),
        rss(item(9, "<a xml:base='sub/'/>") + STORIES),
        rss(item(9, "<a xml:base='sub/'/>") + STORIES).replace(
            b"<channel>", b"<channel xmlns:g='http://base.google.com/ns/1.0'>"
        ),
        rss(item(9, "<guid>g2</guid>") + STORIES),
        rss(item(9, "<guid><![CDATA[ g2 ]]></guid>") + STORIES),
        rss(item(9).replace("/9<", "/2<") + STORIES),
        rss(item(9) + "<item/>" + STORIES),
        rss(item(9) + STORIES + item(1)),
        rss(item(9) + "<ITEM><title>Capital</title></ITEM>" + STORIES),
        rss(item(9) + STORIES, prolog="<!DOCTYPE rss [<!ENTITY x '<item>'>]>"),
    ],
    ids=(
        "truncated another-end-tag surplus-end-tag tag-in-cdata in-a-comment in-cdata in-an-instruction nested other-entry"
        " ill-formed relative-base relative-base-beside-a-namespace shared-id shared-id-in-cdata shared-link empty-entry twice capital entity"
    ).split(),
)
def test_what_is_odd_is_read_whole(after: bytes) -> None:
    got = read(after, pieces(read(rss(STORIES))))
    assert (got["pieces"], got["known"]) == ("", 0)
    assert said(got) == said(uncut(after))
    assert len(got["items"]) >= 2


@pytest.mark.parametrize(
    "after",
    [
        rss(
            item(9, "<description><![CDATA[<?php echo 1 ?> <!-- x --> &]]></description>") + STORIES
        ),
        rss(item(9, "<content xml:base='http://x.example/'>t</content>") + STORIES),
        rss(item(9) + STORIES, head="<items><x/></items><!-- items -->"),
        rss(item(9) + STORIES, prolog="<!DOCTYPE rss PUBLIC '-//x//y' 'http://x/x.dtd'>"),
        rss(item(9, "<description>Q & A &nbsp; \x01</description>") + STORIES),
        rss(item(9) + "<textInput><title>Search</title></textInput>" + STORIES),
        rss(item(9, "<description>see http://feed.example/2 and g2</description>") + STORIES),
        rss(item(9, "<source url='http://x/'>Other</source>") + STORIES).decode().encode("utf-16"),
    ],
    ids="code base items doctype dirt between mention utf-16".split(),
)
def test_what_is_only_unusual_is_cut(after: bytes) -> None:
    assert told(rss(STORIES), after) == (["Story 9"], 3, True)


def test_another_base_or_namespace_of_the_document_makes_every_entry_another() -> None:
    moved = rss(STORIES).replace(
        b'<rss version="2.0">', b'<rss version="2.0" xml:base="http://b/">'
    )
    titles, known, _ = told(rss(STORIES), moved)
    assert (len(titles), known) == (3, 0)


def test_an_entry_that_spoils_the_document_costs_the_cut_until_it_is_gone() -> None:
    bad = rss(item(9, "<description>a<br>b</description>") + STORIES)
    assert told(rss(STORIES), bad)[1:] == (0, False)
    assert told(bad, rss(STORIES))[1:] == (0, True)


def test_a_head_that_is_no_longer_well_formed_is_not_taken_for_nothing_new() -> None:
    got = read(rss(STORIES, head="<br>"), pieces(read(rss(STORIES))))
    assert (got["pieces"], len(got["items"])) == ("", 3)


def test_over_the_cap_the_newest_are_cut_and_the_rest_counted() -> None:
    def dated(*days: int) -> bytes:
        return rss(
            "".join(item(n, f"<pubDate>{n:02d} Jun 2025 10:00:00 GMT</pubDate>") for n in days)
        )

    first = read(dated(*range(1, 21)), most=5)
    assert (len(first["pieces"]), first["cut"]) == (5 * 16, 15)
    got = read(dated(*range(1, 22)), pieces(first), most=5)
    assert [(one["title"], one["position"]) for one in got["items"]] == [("Story 21", 4)]
    assert (got["known"], got["cut"]) == (4, 16)


def test_a_long_document_is_read_whole() -> None:
    long = rss(item(1, f"<description>{'x ' * cut.MOST_CHARS}</description>"))
    assert read(long)["pieces"] == ""


@pytest.mark.parametrize(
    "piece",
    [
        "<id><![CDATA[" * 20_000,
        "<link " * 50_000,
        "<source" * 50_000,
        "<guid" + " a" * 100_000 + ">",
        "<guid " + "a" * 200_000 + ">",
        "<!--" * 50_000,
        "about=" * 50_000,
        "<item " * 50_000,
        "</item>" * 50_000,
        "<?" * 100_000,
    ],
)
def test_cutting_takes_time_in_proportion_to_the_text(piece: str) -> None:
    began = time.monotonic()
    for text in (
        f"<rss><channel><item><![CDATA[{piece}]]></item><item>{piece}</item></channel></rss>",
        f"<rss><channel>{piece}<item>1</item>{piece}<item>2</item>{piece}</channel></rss>",
    ):
        found = cut.cut(text, 10)
        if found is not None:
            found.independent(range(len(found.spans)))
            hints_of(found.only(), URL)
            title_of(found.only())
    assert time.monotonic() - began < 4.0


def test_json_items_are_known_by_their_text() -> None:
    def feed(*numbers: int, text: str = "") -> bytes:
        items = [{"id": str(n), "url": f"http://x/{n}", "title": f"J{n}{text}"} for n in numbers]
        version = "https://jsonfeed.org/version/1.1"
        return json.dumps({"version": version, "title": "J", "items": items}).encode()

    assert told(feed(1, 2), feed(3, 1, 2)) == (["J3"], 2, True)
    assert told(feed(1, 2), feed(2, 1)) == ([], 2, True)
    assert told(feed(1, 2), feed(1, 2, text="!")) == (["J1!", "J2!"], 0, True)
    assert told(feed(1, 2), feed(1, 2, 2)) == (["J1", "J2", "J2"], 0, False)


# --- what is said around the entries ---------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "said_of_it"),
    [
        ("<ttl> 60 </ttl>", {"ttl_s": 3600.0}),
        ("<ttl>0</ttl><ttl>soon</ttl>", {}),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", {"period_s": 21_600.0}),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", {"period_s": 604_800.0}),
        ("<sy:updateFrequency>2</sy:updateFrequency>", {"period_s": 43_200.0}),
        ("<sy:updatePeriod>never</sy:updatePeriod>", {}),
        ("<sy:updateFrequency>0</sy:updateFrequency>", {}),
        ("<skipHours><hour>2</hour><hour> 24 </hour><hour>99</hour></skipHours>", {"skip_hours": [0, 2]}),
        ("<skipDays><day>Monday</day><day>sunday</day><day>Holiday</day></skipDays>", {"skip_days": [0, 6]}),
        ("<a:link rel='prev-archive' href='/2025/05'/>", {"archive": "http://feed.example/2025/05"}),
        ("<a:link href='?page=2&amp;n=1' rel='http://www.iana.org/assignments/relation/next'/>", {"older": "http://feed.example/news/feed.xml?page=2&n=1"}),
        ("<a:link rel='next' href='javascript:x'/>", {}),
        ("<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/>", {"complete": True}),
        ("<x:complete/><!-- <ttl>5</ttl> -->", {}),
    ],
)  # fmt: skip
def test_hints(head: str, said_of_it: dict[str, Any]) -> None:
    outer = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:a='http://www.w3.org/2005/Atom' xmlns:x='http://x/'"
    content = rss(item(1, "<ttl>99</ttl>"), head).replace(b"<rss ", f"<rss {outer} ".encode(), 1)
    first = read(content)
    assert first["hints"] == said_of_it
    assert read(content, pieces(first))["hints"] == said_of_it


def test_hints_of_a_document_that_is_odd_and_of_json() -> None:
    odd = rss(item(1) + item(1), "<ttl>5</ttl>")
    assert read(odd)["hints"] == {"ttl_s": 300.0}
    assert read(rss("", "<ttl>5</ttl>"))["hints"] == {"ttl_s": 300.0}
    content = b'{"version": "https://jsonfeed.org/version/1", "items": [], "next_url": "?p=2"}'
    assert read(content)["hints"] == {"older": f"{URL}?p=2"}


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("<title>Q &amp;amp; A</title>", "Q & A"),
        ("<title><![CDATA[<b>Q</b> & A]]> &lt;3</title>", "Q & A <3"),
        ("<image><title>Picture</title></image><title>News</title>", "News"),
        ("<title/>", ""),
        ("<dc:title xmlns:dc='http://purl.org/dc/elements/1.1/'>By Dublin Core</dc:title>", "By Dublin Core"),
    ],
)  # fmt: skip
def test_a_title_is_the_same_where_nothing_is_new(title: str, read_as: str) -> None:
    content = rss(STORIES).replace(b"<title>T</title>", title.encode())
    first = read(content)
    again = read(content, pieces(first))
    assert (first["title"], again["title"], again["known"]) == (read_as, read_as, 3)
