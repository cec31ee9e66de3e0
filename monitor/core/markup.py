"""From HTML to the text that a reader would see, in time that grows with the text and not faster.

The standard library's parser needs half a minute for sixty kilobytes of `<a <a <a` (measured on
3.11) and raises on `<![foo[`; a feed's text is anybody's. Here a tag is looked at once, and what
is no markup stays as it is.
"""

from __future__ import annotations

import html
import re
from functools import cache

#: Elements after which a reader sees a new line.
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table td th tr ul".split()
)
#: Elements whose content is no text.
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "math", "iframe", "object"})
#: Quotation marks in a tag hide a `>` within so many characters; a longer tag ends at the first.
_LONGEST_TAG = 2048
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)")
#: A character by its number, too long to be one: `int` refuses 4,300 digits by raising.
_LONG_NUMBER = re.compile(r"&#[xX]?0*+[0-9a-fA-F]{8,};?")


class _Reader:
    """Walks over a source once; `find` remembers where each kind of end comes next."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._next: dict[str, int] = {}
        self.parts: list[str] = []

    def read(self) -> None:
        source, done = self._source, 0
        while (at := source.find("<", done)) >= 0:
            self._say(source[done:at])
            done = self._markup(at)
            if done == at:  # only a sign that says "less than"
                self.parts.append("<")
                done = at + 1
        self._say(source[done:])

    def _say(self, text: str) -> None:
        if "&" in text:
            text = html.unescape(_LONG_NUMBER.sub("\ufffd", text))
        self.parts.append(text)

    def _markup(self, at: int) -> int:
        """Give where the markup that begins at `at` ends; `at` itself where there is none."""
        source = self._source
        if source.startswith("<!--", at):
            return self._behind("-->", at + 4, otherwise=at + 4)
        if source.startswith("<![CDATA[", at):
            end = self._find("]]>", at)
            self.parts.append(source[at + 9 : end if end >= 0 else at + 9])
            return end + 3 if end >= 0 else at + 9
        if source.startswith(("<!", "<?"), at):
            return self._behind(">", at, otherwise=at)
        tag = _TAG.match(source, at, at + _LONGEST_TAG) or _NAME.match(source, at)
        if tag is None:
            return at
        end = tag.end() if tag.lastindex == 3 else self._behind(">", tag.end(), otherwise=at)
        return self._element(tag[1], tag[2].lower(), end) if end > at else at

    def _element(self, closing: str, name: str, end: int) -> int:
        """Note a line where an element breaks it; give where what a reader sees goes on."""
        if name in _BLOCKS:
            self.parts.append("\n")
        if name not in _SILENT or closing or self._source[end - 2] == "/":
            return end
        close = _closing(name).search(self._source, end)
        return close.end() if close else len(self._source)

    def _behind(self, mark: str, start: int, *, otherwise: int) -> int:
        end = self._find(mark, start)
        return end + len(mark) if end >= 0 else otherwise

    def _find(self, mark: str, start: int) -> int:
        known = self._next.get(mark)
        if known is not None and (known == -1 or known >= start):
            return known
        found = self._next[mark] = self._source.find(mark, start)
        return found


@cache
def _closing(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?![^\s/>])[^>]*>?", re.IGNORECASE)


def text_of_html(source: str) -> str:
    """Give what a reader of `source` would see, blocks on lines of their own, entities resolved."""
    reader = _Reader(source)
    reader.read()
    return "".join(reader.parts)


def unescape(text: str) -> str:
    """Resolve entities; a number that stands for no character becomes the replacement character."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text))
