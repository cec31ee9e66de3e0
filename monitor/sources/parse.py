"""From the bytes of a feed document to clean entries. The only file that knows feedparser.

It runs in a worker process (`monitor.sources.worker`): what hostile bytes do to a parser in time
and memory must happen where it can be killed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import feedparser

from monitor.core.text import clean_line
from monitor.sources import cut, jsonfeed, markup
from monitor.sources.charset import decode
from monitor.sources.dates import read_zoned
from monitor.sources.fields import NAME_CHARS, POISON, items_of, safely
from monitor.sources.hints import HintFields, absolute, hints_of, title_of

feedparser.registerDateHandler(read_zoned)

#: Anything joined to this stays as it is.
_NOWHERE = "nowhere:"
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)


class Refused(Exception):
    """A document holds no feed that can be read; `code` and text become a `ports.Failure`."""

    def __init__(self, code: str, message: str) -> None:
        """Take the stable code and the sentence for people."""
        self.code = code
        super().__init__(message)


@dataclass(slots=True)
class _Reading:
    """What was read of a document: the new entries, each with its place among those kept."""

    title: str
    entries: list[tuple[int, Mapping[str, Any]]]
    language: str = ""
    spared: int = 0
    known: int = 0
    pieces: bytes = b""
    hints: HintFields = field(default_factory=HintFields)


def parse_document(
    content: bytes,
    content_type: str,
    url: str,
    language: str,
    max_items: int,
    known_pieces: bytes = b"",
) -> dict[str, Any]:
    """Give `{title, items, cut, known, pieces, hints}`, or `{code, message}` for what is no feed.

    `items` are `EntryFields` in document order, of the newest `max_items` those that are not among
    `known_pieces`; `cut` counts what is over the cap, `known` what was left out. `pieces` is in
    hexadecimal. `language` is the configured one; without it the document's own is used.
    """
    try:
        text = decode(content, content_type, language)
        if not text.strip():
            raise Refused("not-a-feed", "empty document")
        of = _of_json if text.lstrip("\ufeff \t\r\n").startswith("{") else _of_xml
        read = of(text, url, max_items, known_pieces)
    except Refused as refusal:
        return {"code": refusal.code, "message": str(refusal)}
    return {
        "title": safely(lambda: clean_line(read.title, NAME_CHARS), ""),
        "items": items_of(read.entries, url, language or read.language),
        "cut": read.spared,
        "known": read.known,
        "pieces": read.pieces.hex(),
        "hints": read.hints,
    }


def _of_json(text: str, url: str, max_items: int, known: bytes) -> _Reading:
    feed = jsonfeed.read(text)
    if feed is None:
        raise Refused("not-a-feed", "JSON that is no feed")
    spared = max(0, len(feed.items) - max_items)
    del feed.items[max_items:]
    prints = feed.prints() if len(text) <= cut.MOST_CHARS else None
    new = range(len(feed.items)) if prints is None else cut.unknown(prints, known)
    older = absolute(feed.older, url)
    return _Reading(
        title=feed.title,
        entries=[(index, jsonfeed.entry(feed.items[index])) for index in new],
        language=feed.language,
        spared=spared,
        known=len(feed.items) - len(new),
        pieces=b"".join(prints or ()),
        hints=HintFields(older=older) if older else HintFields(),
    )


def _of_xml(text: str, url: str, max_items: int, known: bytes) -> _Reading:
    """Read what is new of a document that can be cut, and the whole of one that cannot."""
    pieces = cut.cut(text, max_items)
    if pieces is None:
        return _whole(text, url, max_items)[0]
    new = cut.unknown(pieces.prints, known)
    if not new:
        return _nothing_new(pieces, url) or _whole(text, url, max_items)[0]
    everything = len(new) == len(pieces.prints)
    if pieces.independent(new):
        read, orderly = _whole(text if everything else pieces.only(new), url, max_items)
        if orderly and len(read.entries) == len(new):
            read.entries = [(new[index], entry) for index, entry in read.entries]
            read.known = len(pieces.prints) - len(new)
            read.pieces, read.spared = pieces.pieces, pieces.spared
            return read
        if everything:
            return read
    return _whole(text, url, max_items)[0]


def _nothing_new(pieces: cut.Cut, url: str) -> _Reading | None:
    """Read what stands around known entries; None where it is not well-formed.

    The entries are, for they were read in good order; what is around them may have changed. The
    parser is asked for a title at most.
    """
    frame = _tidy(pieces.only())[0]
    if not markup.well_formed(frame):
        return None
    title = title_of(frame)
    if title is None:
        title = _whole(frame, url, 0)[0].title
    return _Reading(
        title=title,
        entries=[],
        spared=pieces.spared,
        known=len(pieces.prints),
        pieces=pieces.pieces,
        hints=hints_of(frame, url),
    )


def _tidy(text: str) -> tuple[str, markup.Shape]:
    """Give the text that the parser may see, and its outline. Raises `Refused`."""
    try:
        text = markup.tidy(text)
        shape = markup.scan(text)
        if shape.surplus:
            text = markup.without_surplus(text, shape)
            shape = markup.scan(text)
        return text, shape
    except markup.TooComplex as error:
        raise Refused("too-complex", str(error)) from error


def _whole(text: str, url: str, max_items: int) -> tuple[_Reading, bool]:
    """Read a document, and say whether it was in good order: well-formed, every entry read."""
    text, shape = _tidy(text)
    if shape.root == "html":
        raise Refused("not-a-feed", "HTML instead of a feed")
    text = markup.mended(text, shape)
    frame = markup.only_entries(text, shape, slice(0)) if shape.entries else text
    most = min(max_items, markup.loose_limit(text, shape))
    spared = len(shape.entries) - most
    if spared > 0:
        text = markup.only_entries(text, shape, markup.newest(text, shape, most))
    try:
        document = _feedparser(text)
    except POISON:
        document = _one_by_one(text)
    entries = list(document["entries"])
    if not document.get("version") and not entries:
        html = _HTML.search(text, 0, 4096)
        what = "HTML instead of a feed" if html else "no feed was found in the document"
        raise Refused("not-a-feed", what)
    feed = document["feed"]
    read = _Reading(
        title=str(feed.get("title") or ""),
        entries=list(enumerate(entries[:max_items])),
        language=str(feed.get("language") or ""),
        spared=max(spared, 0) + max(0, len(entries) - max_items),
        hints=hints_of(frame, url),
    )
    return read, not shape.truncated and document.get("bozo") is False


def _feedparser(text: str) -> Any:
    """Let feedparser read text of XML. As bytes: a str it may take for a URL or a file's name.

    It is not told where the document came from: it would resolve ids against that address, and an
    id must stay what it is when a feed moves. Links are resolved in `fields`. What it is told is an
    address that resolves nothing: without any, the base of one entry stays in force for the next
    ones. That would undo a base that is relative; then it is told none.
    """
    headers = {"content-type": "application/xml; charset=utf-8"}
    if not markup.has_relative_base(text):
        headers["content-location"] = _NOWHERE
    return feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,  # within the HTML of summaries, of which only text is kept
    )


def _one_by_one(text: str) -> dict[str, Any]:
    """Read each entry as a document of its own, so that a poisoned one costs no other."""
    shape = markup.scan(text)
    if not shape.entries:
        raise Refused("not-a-feed", "the document breaks the parser")
    gathered: dict[str, Any] = {"entries": [], "version": "", "feed": {}}
    for index in range(len(shape.entries)):
        try:
            document = _feedparser(markup.only_entries(text, shape, slice(index, index + 1)))
        except POISON:
            continue
        gathered["entries"] += document["entries"]
        gathered["version"] = gathered["version"] or document["version"]
        gathered["feed"] = gathered["feed"] or document["feed"]
    return gathered
