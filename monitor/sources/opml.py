"""OPML: lists of feeds as other readers write and read them.

A list comes from anybody. So there is a bound on its size, depth and number of feeds, and a
document type is refused: entities are made there, and with them bombs and ways to other files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from monitor.core.text import clean_line
from monitor.errors import CommandError
from monitor.sources.charset import decode

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_OUTLINES = 10_000
MAX_NAME, MAX_TAG = 120, 40
_NOT_IN_TAG = re.compile(r"[^\w.-]+")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
#: Characters that no XML may hold: a title with one must not spoil the whole list.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of a list: `tags` are the folders around it and its categories."""

    name: str
    url: str
    tags: tuple[str, ...] = ()
    language: str = ""


@dataclass(slots=True)
class _Reader:
    """Follows the outlines of a document: the folders that are open, the feeds so far."""

    folders: list[str] = field(default_factory=list)
    outlines: list[Outline] = field(default_factory=list)
    root: str = ""
    depth: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise CommandError(f"its outlines nest more than {MAX_DEPTH} deep")
        if not self.root:
            self.root = tag
            if tag.lower() != "opml":
                raise CommandError(f"this is no OPML: its root is <{clean_line(tag, 40)}>")
        if tag.lower() != "outline":
            return
        said = {name.lower(): value.strip() for name, value in attributes.items()}
        name = clean_line(said.get("text") or said.get("title") or "", MAX_NAME)
        url = said.get("xmlurl", "")
        self.folders.append("" if url else name)
        if not url:
            return
        if len(self.outlines) >= MAX_OUTLINES:
            raise CommandError(f"it lists more than {MAX_OUTLINES:,} feeds")
        categories = said.get("category", "").replace("/", ",").split(",")
        tags = dict.fromkeys(filter(None, map(_tag, [*self.folders, *categories])))
        self.outlines.append(
            Outline(name, url, tuple(tags), clean_line(said.get("language", ""), 20))
        )

    def end(self, tag: str) -> None:
        self.depth -= 1
        if tag.lower() == "outline":
            self.folders.pop()


def read_opml(content: bytes) -> tuple[Outline, ...]:
    """Give the feeds of a list, in its order. Raises `CommandError` that says what is wrong."""
    if len(content) > MAX_BYTES:
        raise CommandError(f"it is larger than {MAX_BYTES:,} bytes")
    text = _DECLARATION.sub("", decode(content).lstrip("\ufeff"), count=1)
    reader, parser = _Reader(), expat.ParserCreate("utf-8")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        said = f"it is not well-formed: {what} (line {error.lineno}, column {error.offset + 1})"
        raise CommandError(said) from error
    return tuple(reader.outlines)


def written_opml(title: str, feeds: Iterable[Mapping[str, str]]) -> str:
    """Give a list of feeds as OPML 2.0. Each has `name`, `url`, and maybe `tags`, `language`."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">',
        f"  <head><title>{_text(title)}</title></head>", "  <body>",
    ]  # fmt: skip
    for feed in feeds:
        name, more = _attribute(feed["name"]), ""
        for key, attribute in (("tags", "category"), ("language", "language")):
            if feed.get(key):
                more += f" {attribute}={_attribute(feed[key])}"
        url = _attribute(feed["url"])
        lines.append(f'    <outline type="rss" text={name} title={name} xmlUrl={url}{more}/>')
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _no_doctype(*_: object) -> None:
    raise CommandError("it declares a document type (DOCTYPE), which is refused: remove that line")


def _tag(name: str) -> str:
    """Give a folder's name as a tag: in small letters, with hyphens."""
    return _NOT_IN_TAG.sub("-", name.strip().lower()).strip("-.")[:MAX_TAG]


def _attribute(value: str) -> str:
    return quoteattr(_NO_XML.sub("", value))


def _text(value: str) -> str:
    return escape(_NO_XML.sub("", value))
