"""What is done to the text of an XML document before the parser of record sees it.

Parsers are undone by what the text declares (entities), by its shape (depth, attributes) and by
everyday dirt (a bare ampersand, a warning of PHP before the prolog, an end cut off). Each is dealt
with here by scans that look at every character a bounded number of times.
"""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass, field
from xml.parsers import expat

from monitor.sources.dates import read_date

MAX_DEPTH = 200
MAX_ATTRIBUTES = 100
#: Characters kept of all who are named in one entry, and of its lists of keywords. The parser of
#: record looks for addresses in them in time that grows with the square of a word.
MAX_NAMES_CHARS = 4096
_MAX_WORD_CHARS = 320  # the longest address of mail there can be
#: Categories kept of one entry; the parser of record compares each with all before it.
MAX_CATEGORIES = 100
#: Ampersands of a document that begin no reference of XML or HTML; a megabyte of nothing else
#: would take a second to be mended and read.
MAX_STRAY_AMPERSANDS = 100_000
_MOST_DOCTYPES = 8
#: The parser of record reads what is not well-formed in time that grows with the square of this.
_LOOSE_CHARS = 2 * 1024 * 1024

#: What XML 1.0 does not allow, lone surrogates among it.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ROOT = re.compile(r"<(?:\?xml\s|!--|!DOCTYPE\s|(?:\w+:)?(?:rss|feed|rdf)[\s>])", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"<\?xml\s[^>]{0,400}\?>")
_OPAQUE = r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
_DOCTYPE = re.compile(_OPAQUE + r"|(?P<doctype><!DOCTYPE)", re.IGNORECASE | re.DOTALL)
_DTD_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[\[\]>]", re.DOTALL
)
_AMPERSAND = re.compile(
    _OPAQUE
    + r"|&(?:#(?P<dec>\d{1,9});|#[xX](?P<hex>[0-9a-fA-F]{1,8});|(?P<name>[A-Za-z]\w{0,31});)?",
    re.DOTALL,
)
_TAG = re.compile(
    _OPAQUE + r"|</(?P<end>[^\s<>/]+)\s*>"
    r"|<(?P<start>[A-Za-z_:][^\s<>/]*)"
    r"(?P<inside>(?:[^<>\"'/]|/(?!>)|\"[^\"<]*\"|'[^'<]*')*+)(?P<empty>/?)>",
    re.DOTALL,
)
_PUBLISHED = re.compile(
    r"<(?:pubDate|published|updated|dc:date)\s*>\s*([^<]{6,60}?)\s*<", re.IGNORECASE
)
_RELATIVE_BASE = re.compile(r"[\s:]base\s*=\s*[\"']\s*(?!\s|https?://)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"=\s*[\"']")
_KEPT_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LISTS = frozenset({"keywords", "tags"})
_NAMING = _LISTS | {"author", "creator", "managingeditor", "webmaster", "publisher"}
_COUNTED = _LISTS | {"category", "subject"}
_LONG_WORD = re.compile(
    rf"(?<![a-zA-Z0-9_.+-])[a-zA-Z0-9_.+-]{{{_MAX_WORD_CHARS}}}([a-zA-Z0-9_.+-]+)"
)
_MAX_REFERENCE_CHARS = 40
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


class TooComplex(ValueError):
    """A document is built to exhaust a parser, not to be read; the text says in which way."""


def without_doctype(text: str) -> str:
    """Cut out document type declarations, so that nothing can declare an entity.

    What stands in comments and CDATA is text and stays. Raises `TooComplex` for many of them.
    """
    if "<!d" not in text and "<!D" not in text:
        return text
    at = 0
    for _ in range(_MOST_DOCTYPES):
        found = next((m for m in _DOCTYPE.finditer(text, at) if m["doctype"]), None)
        if found is None:
            return text
        depth, at, end = 0, found.start(), len(text)
        for piece in _DTD_PIECE.finditer(text, found.end()):
            depth += (piece[0] == "[") - (piece[0] == "]")
            if piece[0] == ">" and depth <= 0:
                end = piece.end()
                break
        text = text[:at] + text[end:]
    raise TooComplex("a document of many document type declarations")


def tidy(text: str) -> str:
    """Give the document from its prolog to its root's end, in characters and references of XML.

    HTML's named entities become characters, unknown ones and bare ampersands plain text. Raises
    `TooComplex` for very many of those, and for many document type declarations.
    """
    text = _ILLEGAL.sub("", text).lstrip("\ufeff \t\r\n")
    start = _ROOT.search(text, 0, 64 * 1024)
    if start is not None and start.start() > 0:
        text = text[start.start() :]
    text = _XML_DECLARATION.sub("", text, count=1).lstrip() if text[:5] == "<?xml" else text
    text = without_doctype(text).strip()
    ends = [match.end() for match in _ROOT_END.finditer(text)]
    if ends:
        text = text[: ends[-1]]
    mended = _AMPERSAND.sub(_plain_reference, text)
    if mended.count("&amp;") - text.count("&amp;") > MAX_STRAY_AMPERSANDS:
        raise TooComplex(f"more than {MAX_STRAY_AMPERSANDS} ampersands that begin no reference")
    return mended


def _plain_reference(match: re.Match[str]) -> str:
    whole = match[0]
    if not whole.startswith("&"):
        return whole  # a comment, CDATA or instruction: not ours to change
    if match["dec"] or match["hex"]:
        code = int(match["dec"]) if match["dec"] else int(match["hex"], 16)
        legal = code < 0x110000 and not _ILLEGAL.match(chr(code))
        return whole if legal else "\ufffd"
    name = match["name"]
    if name in _KEPT_NAMES:
        return whole
    character = html.entities.html5.get(f"{name};") if name else None
    if character is None:
        return "&amp;" + whole[1:]
    return "".join(f"&#{ord(c)};" if c in "<>&\"'" else c for c in character)


@dataclass(slots=True)
class Shape:
    """What the scan of a document found. `entries` are spans [start, end) in document order.

    `root` is the local name of the outermost element, lower case; `open` are the elements that hold
    the entries, outermost first; `truncated` says that the outermost element never ends. `surplus`
    are spans, in order, of what is over the bounds on names and categories.
    """

    root: str = ""
    entries: list[tuple[int, int]] = field(default_factory=list)
    open: tuple[str, ...] = ()
    truncated: bool = False
    surplus: list[tuple[int, int]] = field(default_factory=list)


def scan(text: str) -> Shape:
    """Find the entries of a document and its outline. Raises `TooComplex`."""
    shape = Shape()
    stack: list[str] = []
    entry: tuple[int, int] | None = None  # where an entry begins, and at which depth
    allowance = outer = _Allowance(shape.surplus)
    for match in _TAG.finditer(text):
        if allowance.naming is not None:
            allowance.spend(text, match)
        if match["start"]:
            name = match["start"]
            if len(_ATTRIBUTE.findall(match["inside"])) > MAX_ATTRIBUTES:
                raise TooComplex(f"an element with more than {MAX_ATTRIBUTES} attributes")
            local = _local(name)
            shape.root = shape.root or local
            if local in _COUNTED or local in _NAMING:
                allowance.begin(local, match, len(stack))
            if match["empty"]:
                continue
            if entry is None and local in {"item", "entry"}:
                entry, shape.open = (match.start(), len(stack)), shape.open or tuple(stack)
                allowance = _Allowance(shape.surplus)
            stack.append(name)
            if len(stack) > MAX_DEPTH:
                raise TooComplex(f"elements nested more than {MAX_DEPTH} deep")
        elif match["end"] and match["end"] in stack:
            while stack.pop() != match["end"]:
                pass
            allowance.end(match, len(stack))
            if entry is not None and len(stack) <= entry[1]:
                own_end = len(stack) == entry[1]  # else what holds the entry ended first
                shape.entries.append((entry[0], match.end() if own_end else match.start()))
                entry, allowance = None, outer
    shape.truncated = bool(stack)
    return shape


class _Allowance:
    """What an entry may still hold of names and categories; what is over it goes to `surplus`."""

    __slots__ = ("_at", "_categories", "_chars", "_dropping", "_surplus", "naming")

    def __init__(self, surplus: list[tuple[int, int]]) -> None:
        self._surplus = surplus
        self._chars, self._categories = MAX_NAMES_CHARS, MAX_CATEGORIES
        self._at = 0
        self._dropping: tuple[int, int] | None = None  # where a category begins, at which depth
        self.naming: int | None = None  # the depth of an element of names that has begun

    def begin(self, local: str, tag: re.Match[str], depth: int) -> None:
        """See an element begin, unless within one that is left out as a whole."""
        if self._dropping is not None:
            return
        if local in _COUNTED:
            self._categories -= 1
            if self._categories < 0:
                if tag["empty"]:
                    self._surplus.append(tag.span())
                else:
                    self._dropping = tag.start(), depth
                return
        if local in _NAMING and self.naming is None and not tag["empty"]:
            self.naming, self._at = depth, tag.end()

    def spend(self, text: str, tag: re.Match[str]) -> None:
        """See the text before a tag that stands within names, and that of CDATA."""
        before, self._at = self._at, tag.end()
        if self._dropping is not None:
            return
        self._text(text, before, tag.start())
        if text.startswith(_CDATA, tag.start()):
            start, end = tag.start() + len(_CDATA), tag.end()
            self._text(text, start, end - len(_CDATA_END) * text.endswith(_CDATA_END, start, end))

    def end(self, tag: re.Match[str], depth: int) -> None:
        """See elements end, so that `depth` are left open."""
        if self.naming is not None and depth <= self.naming:
            self.naming = None
        if self._dropping is not None and depth <= self._dropping[1]:
            start, at_depth = self._dropping
            self._surplus.append((start, tag.end() if depth == at_depth else tag.start()))
            self._dropping = None

    def _text(self, text: str, start: int, end: int) -> None:
        kept = min(end, start + self._chars)
        if kept < end:
            reference = text.rfind("&", max(start, kept - _MAX_REFERENCE_CHARS), kept)
            if reference >= 0 and ";" not in text[reference:kept]:
                kept = reference
        self._chars -= kept - start
        if kept - start > _MAX_WORD_CHARS:
            self._surplus += (m.span(1) for m in _LONG_WORD.finditer(text, start, kept))
        if kept < end:
            self._surplus.append((kept, end))


def without_surplus(text: str, shape: Shape) -> str:
    """Give the text without what is over the bounds on names and categories of an entry."""
    parts, at = [], 0
    for start, end in shape.surplus:
        parts.append(text[at:start])
        at = end
    return "".join([*parts, text[at:]])


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def mended(text: str, shape: Shape) -> str:
    """End a document that was cut off after its last whole entry.

    An entry that lost its end is left out: half a title may say the opposite of the whole.
    """
    if not shape.truncated or not shape.entries:
        return text
    return text[: shape.entries[-1][1]] + "".join(f"</{name}>" for name in reversed(shape.open))


def only_entries(text: str, shape: Shape, kept: slice) -> str:
    """Give the document with some of its entries alone."""
    head, tail = text[: shape.entries[0][0]], text[shape.entries[-1][1] :]
    return head + "".join(text[start:end] for start, end in shape.entries[kept]) + tail


def newest(text: str, shape: Shape, most: int) -> slice:
    """Say which entries to keep: the first ones, or the last where dates rise down the document."""
    start, end = shape.entries[0]
    first = _PUBLISHED.search(text, start, end)
    last = _PUBLISHED.search(text, *shape.entries[-1])
    if first is not None and last is not None:
        dates = [read_date(match[1]) for match in (first, last)]
        if dates[0] is not None and dates[1] is not None and dates[0] < dates[1]:
            return slice(-most, None)
    return slice(0, most)


def has_relative_base(text: str) -> bool:
    """Say whether an element may set a base for its links that is itself relative."""
    return "base" in text and _RELATIVE_BASE.search(text) is not None


def loose_limit(text: str, shape: Shape) -> int:
    """Give how many entries may be read of a document that is not well-formed."""
    if len(text) <= _LOOSE_CHARS or not shape.entries or well_formed(text):
        return len(shape.entries)
    return sum(end <= _LOOSE_CHARS for _, end in shape.entries)


def well_formed(text: str) -> bool:
    """Say whether tidied text is well-formed, its namespaces too."""
    parser = expat.ParserCreate("utf-8", " ")
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        return False
    return True
