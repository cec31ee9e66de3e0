"""Cutting a document into its entries, so that the parser sees only those that are new.

A feed repeats nearly everything at every poll. The text is cut at the tags of its entries by plain
searches, and each piece is hashed as it stands. Pieces whose print is known are left out of what
the parser of record reads; head, text between the entries and tail stay around the new ones.

That is right only where the pieces are independent of each other. What is known was looked at when
it was new, so the guards look at new pieces alone, and whatever is odd is not cut at all: an entry
without its end, an entry within an entry, in a comment or in CDATA, an id or a link that two share.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from monitor.sources import markup

#: Bytes of one print. With 1,000 pieces a feed, one of 10^13 changes goes unseen.
PRINT_BYTES = 8
#: Longer documents are read whole: the parser's own bounds look at the document as one.
MOST_CHARS = 2 * 1024 * 1024
_HEAD_CHARS = 64 * 1024

_ENTRY_NAMES = {"rss": "item", "rdf": "item", "feed": "entry"}
_AFTER_NAME = frozenset("> \t\r\n/")
_ROOT = re.compile(
    r"<(?:[\w.-]+:)?(?P<name>rss|rdf|feed)(?:\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)?>",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"<(?:[\w.-]+:)?channel(?:\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)?>")
_ROOT_END = re.compile(r"</(?:[\w.-]+:)?(?:rss|rdf|feed)\s*>", re.IGNORECASE)
#: A declaration that declares nothing; an internal subset could hold anything.
_PLAIN_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*>", re.IGNORECASE)
#: What identifies an entry within it: an id, a link as text or as an attribute.
_BEARERS = re.compile(
    r"<(?:[\w.-]+:)?(?:guid|id|identifier|(?P<link>link))(?P<inside>\s[^<>]*)?"
    r"(?:(?<=/)>|>\s*(?P<value>[^<]*(?:<!\[CDATA\[.{0,1024}?\]\]>[^<]*)*))",
    re.DOTALL | re.IGNORECASE,
)
#: What identifies it in its own tag (RDF).
_ABOUT = re.compile(r"about\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_BASE = re.compile(r"[\s:]base\s*=\s*(?:\"[^\"]|'[^'])")
_PLAIN_RUN = re.compile(r"[^&<>\s]+")
#: Where more of the entries are new than one in so many, looking at all is the shorter way.
_FEW = 4
#: Name and value; the name begins where a word does, so that a long one is looked at once.
ATTRIBUTE = re.compile(r"(?<!\w)(\w{1,20}+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")


@dataclass(frozen=True, slots=True)
class Cut:
    """A document in pieces: `spans` are the entries' places in `text`, `prints` say what they are.

    Both are in the document's order and hold the entries that are kept of it; `spared` counts the
    others, which are over the cap. All entries stand in [start, end) of the text. `based` says that
    what holds them sets a base for links; else a relative one in an entry reaches over its end.
    """

    text: str
    name: str
    start: int
    end: int
    spans: Sequence[tuple[int, int]]
    prints: Sequence[bytes]
    based: bool
    spared: int = 0

    @property
    def pieces(self) -> bytes:
        """The prints as one value, to be held until the next poll."""
        return b"".join(self.prints)

    def only(self, kept: Iterable[int] = ()) -> str:
        """Give the document with some of its entries alone, and all that stands around them.

        Where entries are over the cap, what stands between entries goes with them.
        """
        text, wanted = self.text, frozenset(kept)
        parts, at = [text[: self.start]], self.start
        for index, (start, end) in enumerate(self.spans):
            between = "" if self.spared else text[at:start]
            parts.append(between + text[start:end] if index in wanted else between)
            at = end
        return "".join([*parts, text[self.end :]])

    def independent(self, new: Sequence[int]) -> bool:
        """Say whether the new entries can be read without the others, and the others without them.

        Each must be one entry, closed in itself, and no two of the document share an id or a link.
        The known ones among themselves were looked at when they were new.
        """
        if not all(self._is_one(index) for index in new):
            return False
        if len(new) * _FEW < len(self.spans) and not any(self._echoed(index) for index in new):
            return not self._shared(new)
        return not self._shared(range(len(self.spans)))

    def _is_one(self, index: int) -> bool:
        start, end = self.spans[index]
        opening = "<" + self.name
        again = _find_opening(self.text, opening, start + len(opening), end)
        piece = self.text[start:end]
        return again < 0 and _closed(piece) and (self.based or not markup.has_relative_base(piece))

    def _echoed(self, index: int) -> bool:
        """Say whether what identifies an entry can be found anywhere else, be it as a mention."""
        start, end = self.spans[index]
        for _, value in _identifiers(self.text[start:end]):
            # The longest part that is written alike with and without references and CDATA.
            told = max(_PLAIN_RUN.findall(value), key=len, default="")
            if self.text.find(told, self.start, start) >= 0 or self.text.find(told, end) >= 0:
                return True
        return False

    def _shared(self, among: Iterable[int]) -> bool:
        seen: set[tuple[str, str]] = set()
        for index in among:
            start, end = self.spans[index]
            own = _identifiers(self.text[start:end])
            if not seen.isdisjoint(own):
                return True
            seen |= own
        return False


def cut(text: str, most: int) -> Cut | None:
    """Cut a document of XML, of which the newest `most` entries are kept; None where it is odd."""
    if len(text) > MOST_CHARS:
        return None
    found = _ROOT.search(text, 0, _HEAD_CHARS)
    if found is None:
        return None
    name = _ENTRY_NAMES[found["name"].lower()]
    spans = _spans(text, name)
    if not spans:
        return None
    start, end = spans[0][0], spans[-1][1]
    context = _context(text[:start], found["name"])
    if not context or not _ROOT_END.search(text, end):
        return None
    for (_, left), (right, _) in itertools.pairwise(spans):
        between = text[left:right]
        if between and not between.isspace() and (f"</{name}" in between or not _closed(between)):
            return None
    spared = max(0, len(spans) - most)
    if spared:
        spans = spans[markup.newest(text, markup.Shape(entries=spans), most)]
    salt = blake2b(context.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    prints = [print_of(text[start:end], salt) for start, end in spans]
    if len(set(prints)) < len(prints):
        return None
    based = _BASE.search(context) is not None
    return Cut(text, name, start, end, spans, prints, based, spared)


def unknown(prints: Sequence[bytes], known: bytes) -> list[int]:
    """Say which prints are not among the known ones, as indices."""
    before = {known[at : at + PRINT_BYTES] for at in range(0, len(known), PRINT_BYTES)}
    return [index for index, one in enumerate(prints) if one not in before]


def print_of(piece: str, salt: bytes = b"") -> bytes:
    """Give the print of a raw piece, `PRINT_BYTES` long."""
    raw = piece.encode("utf-8", "surrogatepass")
    return blake2b(raw, digest_size=PRINT_BYTES, salt=salt).digest()


def _find_opening(text: str, opening: str, at: int, end: int) -> int:
    """Give where the next tag of that name begins in [at, end), or -1."""
    size = len(opening)
    at = text.find(opening, at, end)
    while at >= 0 and text[at + size : at + size + 1] not in _AFTER_NAME:
        at = text.find(opening, at + size, end)
    return at


def _spans(text: str, name: str) -> list[tuple[int, int]]:
    """Give each entry from its tag to the next end tag; none where the last has no end."""
    opening, closing, whole = "<" + name, f"</{name}>", len(text)
    spans = []
    at = _find_opening(text, opening, 0, whole)
    while at >= 0:
        end = text.find(closing, at)
        if end < 0:
            return []
        end += len(closing)
        spans.append((at, end))
        at = _find_opening(text, opening, end, whole)
    return spans


def _context(head: str, root_name: str) -> str:
    """Give the tags that hold the entries, which say what the text within means; "" where odd.

    A print covers them: another base or namespace makes every entry another one.
    """
    bare = without(_PLAIN_DOCTYPE.sub("", without(head, "<?", "?>"), count=1), "<!--", "-->")
    bare = without(bare, "<![CDATA[", "]]>")
    root = _ROOT.search(bare)
    if root is None or root["name"] != root_name or "<!" in bare or "<?" in bare:
        return ""
    channel = _CHANNEL.search(bare, root.end())
    context = root[0] + (channel[0] if channel else "")
    return context if _BASE.search(context) or not markup.has_relative_base(bare) else ""


def without(text: str, opening: str, closing: str) -> str:
    """Give the text without what stands between the marks; what is never closed stays."""
    start = text.find(opening)
    if start < 0:
        return text
    parts, at = [], 0
    while start >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        parts.append(text[at:start])
        at = end + len(closing)
        start = text.find(opening, at)
    return "".join([*parts, text[at:]])


def _closed(piece: str) -> bool:
    """Say whether no comment, CDATA, instruction or declaration reaches over a piece's end."""
    at, outside = 0, 0  # a "<?" within CDATA is text, of which blogs about PHP are full
    asked = "<?" in piece
    start = piece.find("<!")
    while start >= 0:
        if piece.startswith("<![CDATA[", start):
            end = piece.find("]]>", start + 9)
        elif piece.startswith("<!--", start):
            end = piece.find("-->", start + 4)
        else:
            return False
        if end < 0:
            return False
        outside += asked and piece.find("<?", at, start) >= 0
        at = end + 3
        start = piece.find("<!", at)
    return not outside and not (asked and piece.find("<?", at) >= 0)


def _identifiers(piece: str) -> set[tuple[str, str]]:
    """Give what identifies an entry, as (kind, value); what its source is called does not."""
    piece = without(piece, "<source", "</source")
    found: set[tuple[str, str]] = set()
    about = _ABOUT.search(piece, 0, piece.index(">"))
    if about is not None:
        found.add(("id", _plain(about[1] or about[2])))
    for match in _BEARERS.finditer(piece):
        if match["link"]:
            found.add(("link", _plain(_target(match))))
        else:
            found.add(("id", _plain(match["value"] or "")))
    return {(kind, value) for kind, value in found if value}


def _target(match: re.Match[str]) -> str:
    """Give where a link leads that is the entry's own; "" for its comments, its licence..."""
    attributes = {
        name.lower(): double or single
        for name, double, single in ATTRIBUTE.findall(match["inside"] or "")
    }
    if "href" not in attributes:
        return match["value"] or ""
    return attributes["href"] if attributes.get("rel", "alternate") == "alternate" else ""


def _plain(value: str) -> str:
    if "<" in value:
        value = value.replace("<![CDATA[", "").replace("]]>", "")
    if "&" in value:
        value = html.unescape(value)
    return " ".join(value.split())
