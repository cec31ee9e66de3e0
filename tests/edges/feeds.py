"""Feeds as Hypothesis draws them: every dialect, dirt of every day, and what becomes of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from html import escape

from hypothesis import strategies as st

DIALECTS = ("rss", "rss091", "rdf", "atom", "json")
_NAMESPACES = (
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
    "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:a='http://www.w3.org/2005/Atom' "
    "xmlns:fh='http://purl.org/syndication/history/1.0' xmlns:media='http://search.yahoo.com/mrss/'"
)
_WORDS = (
    "ceasefire", "Waffenruhe", "перемир'я", "ateşkes", "A & B", "<b>bold</b>", "1 < 2", "x\u00a0y", "«so»", "\U0001f54a",
    "<p>One</p><p>Two</p>", "&amp;", "nothing", "]] >",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(" ".join)
#: What a fault of a template, a proxy or an enemy puts into a document.
JUNK = (
    "<br>", "&", "&nbsp;", "\x01", "\x0b", "<item>", "</item>", "<entry>", "</entry>", "<item/>", "<!--", "-->", "<![CDATA[", "]]>", "<?php ?>",
    "<?x", "<!DOCTYPE x>", "<title>", "</title>", "<item><title>junk</title></item>", "<!-- <item><title>c</title></item> -->", "<media:x/>",
    "<undeclared:x/>", " xml:base='/sub/'", "'", '"', ">", "<", "{", "}", ",", "\ufeff", "</channel>", "</rss>", "</feed>", "<guid>7</guid>",
    "<title>Second</title>", "<image><title>In the image</title></image>", "<ttl>7</ttl>", "<id>tag:x,2025:1</id>",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    number: int
    title: str
    text: str
    full: str
    style: int  # bits: which of the optional parts it has, and how it is written
    base: str = ""

    @property
    def link(self) -> str:
        path = f"news/{self.number}?a=1&b={self.number}"
        return path if self.style & 1 else f"http://feed.example/{path}"

    @property
    def id(self) -> str:
        return str(self.number) if self.style & 2 else f"tag:feed.example,2025:{self.number}"

    def written(self, value: str) -> str:
        cdata = self.style & 4 and "]]>" not in value
        return f"<![CDATA[{value}]]>" if cdata else escape(value)


@dataclass(frozen=True)
class Document:
    dialect: str
    entries: tuple[Entry, ...]
    title: str
    head: int  # bits: which of the optional parts the head has
    between: str
    encoding: str
    base: str = ""

    def text(self) -> str:
        return {"json": _json, "atom": _atom, "rdf": _rdf}.get(self.dialect, _rss)(self)

    def content(self, text: str | None = None) -> bytes:
        text = self.text() if text is None else text
        if self.dialect == "json":
            return text.encode("utf-8", "replace")
        # a character that the encoding lacks would be a different story in every test
        return f"<?xml version='1.0' encoding='{self.encoding}'?>\n{text}".encode(
            self.encoding, "xmlcharrefreplace" if self.encoding != "utf-16" else "replace"
        )


ENTRIES = st.builds(
    Entry,
    number=st.integers(1, 60),
    title=TEXTS,
    text=TEXTS,
    full=TEXTS,
    style=st.integers(0, 511),
    base=st.sampled_from(["", "", "", "http://base.example/a/", "sub/"]),
)
DOCUMENTS = st.builds(
    Document,
    dialect=st.sampled_from(DIALECTS),
    entries=st.lists(ENTRIES, max_size=7, unique_by=lambda entry: entry.number).map(tuple),
    title=TEXTS,
    head=st.integers(0, 255),
    between=st.sampled_from(["", "\n", "\n  ", "<!-- a comment -->", "<x/>\n", "<!-- <item/> -->"]),
    encoding=st.sampled_from(
        ["utf-8", "utf-8", "utf-16", "windows-1251", "iso-8859-1", "utf-8-sig"]
    ),
    base=st.sampled_from(["", "", "http://base.example/", "/blog/"]),
).map(lambda one: replace(one, encoding="utf-8") if one.encoding == "utf-8-sig" else one)


@st.composite
def polls(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A document, and what its server answers the next time."""
    before = draw(DOCUMENTS)
    entries = list(before.entries)
    for step in draw(
        st.lists(st.sampled_from(["edit", "prepend", "reorder", "drop", "share"]), max_size=3)
    ):
        if step == "prepend":
            numbers = {entry.number for entry in entries}
            fresh = draw(
                st.lists(ENTRIES, min_size=1, max_size=2, unique_by=lambda one: one.number)
            )
            entries[:0] = [
                replace(one, number=one.number + 100)
                for one in fresh
                if one.number + 100 not in numbers
            ]
        elif step == "reorder":
            entries = list(draw(st.permutations(entries)))
        elif entries:
            at = draw(st.integers(0, len(entries) - 1))
            if step == "edit":
                entries[at] = replace(
                    entries[at], **{draw(st.sampled_from(["title", "text", "full"])): draw(TEXTS)}
                )
            elif step == "share":  # two stories under one id
                entries[at] = replace(entries[at], number=entries[0].number)
            else:
                del entries[at]
    after = replace(
        before, entries=tuple(entries), title=draw(st.sampled_from([before.title, "Renamed"]))
    )
    text = after.text()
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(JUNK)) + text[at:]
    if draw(st.sampled_from([False] * 5 + [True])):
        text = text[: draw(st.integers(0, len(text)))]
    return before.content(), after.content(text)


def _optional(bits: int, *parts: str) -> str:
    return "".join(part for n, part in enumerate(parts) if bits >> n & 1)


def _item(entry: Entry, about: str = "") -> str:
    base = f" xml:base='{entry.base}'" if entry.base else ""
    full = f"<content:encoded{base}>{entry.written(entry.full)}</content:encoded>"
    parts = _optional(
        entry.style >> 3,
        full,
        "<dc:creator>Jane Doe</dc:creator>",
        f"<dc:date>2025-06-0{entry.number % 9 + 1}T10:00:00Z</dc:date>",
        "<category>war</category><category domain='x'>talks &amp; more</category>",
        "<x:own xmlns:x='http://own.example/'>1</x:own><!-- of its own -->",
        "<source url='http://other.example/'>Other</source>",
    )
    guid = "" if about else f"<guid isPermaLink='false'>{entry.written(entry.id)}</guid>"
    return (
        f"<item{about}><title>{entry.written(entry.title)}</title><link>{escape(entry.link)}</link>{guid}"
        f"<description>{entry.written(entry.text)}</description>{parts}</item>"
    )


def _channel_parts(one: Document) -> str:
    return _optional(
        one.head,
        "<link>http://feed.example/</link>",
        "<language>uk</language>",
        "<ttl>30</ttl>",
        "<!-- a head with <item> in a comment -->",
        "<image><title>A picture</title><url>/i.png</url></image>",
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
        "<skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>",
        "<a:link rel='next' href='/page/2'/><fh:complete/>",
    )


def _rss(one: Document) -> str:
    version = "0.91" if one.dialect == "rss091" else "2.0"
    base = f" xml:base='{one.base}'" if one.base else ""
    items = one.between.join(_item(entry) for entry in one.entries)
    return (
        f"<rss version='{version}' {_NAMESPACES}{base}><channel><title>{escape(one.title)}</title>"
        f"{_channel_parts(one)}{items}</channel></rss>"
    )


def _rdf(one: Document) -> str:
    items = one.between.join(_item(entry, f" rdf:about='{entry.id}'") for entry in one.entries)
    listed = "".join(f"<rdf:li rdf:resource='{entry.id}'/>" for entry in one.entries)
    return (
        f"<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' {_NAMESPACES}>"
        f"<channel rdf:about='http://feed.example/'><title>{escape(one.title)}</title>{_channel_parts(one)}"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>{items}</rdf:RDF>"
    )


def _entry(entry: Entry) -> str:
    base = f" xml:base='{entry.base}'" if entry.base else ""
    parts = _optional(
        entry.style >> 3,
        f"<content type='html'{base}>{entry.written(entry.full)}</content>",
        "<author><name>Jane</name></author><author><name>John</name></author>",
        "<published>2025-06-01T10:00:00+03:00</published>",
        "<category term='war'/><link rel='license' href='http://licence.example/'/>",
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A <b>bold</b> &amp; word</div></content>",
        "<source><id>urn:other</id><title>Other</title></source>",
    )
    return (
        f"<entry><title type='html'>{entry.written(entry.title)}</title><link href='{escape(entry.link)}'/>"
        f"<id>{entry.written(entry.id)}</id><updated>2025-06-02T10:00:00Z</updated><summary>{entry.written(entry.text)}</summary>{parts}</entry>"
    )


def _atom(one: Document) -> str:
    base = f" xml:base='{one.base}'" if one.base else ""
    lang = " xml:lang='tr'" if one.head & 2 else ""
    parts = _optional(
        one.head,
        "<link href='http://feed.example/'/>",
        "",
        "<link rel='prev-archive' href='archive/1'/>",
        "<!-- a head with <entry> in a comment -->",
    )
    entries = one.between.join(_entry(entry) for entry in one.entries)
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom' {_NAMESPACES}{base}{lang}><title>{escape(one.title)}</title>"
        f"<id>urn:feed</id>{parts}{entries}</feed>"
    )


def _json(one: Document) -> str:
    items = [
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "summary": entry.text,
            "content_html": entry.full,
            "tags": ["war", entry.style],
        }
        for entry in one.entries
    ]
    document = {"version": "https://jsonfeed.org/version/1.1", "title": one.title, "items": items}
    if one.head & 1:
        document["next_url"] = "/page/2"
    return json.dumps(document, ensure_ascii=bool(one.head & 2))
