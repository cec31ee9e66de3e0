"""The line at which a problem stands, with a caret beneath the place, as compilers show it."""

from __future__ import annotations

import re
import unicodedata

from monitor.settings.document import Document, Path, Spot
from monitor.settings.nodes import Place

#: Columns of a terminal that an excerpt takes at most.
WIDTH = 100
_CUT = "…"
_ENDS = re.compile(r"[\s()\[\]{},\"']")


def excerpt_at(document: Document, path: Path, place: Place) -> str:
    """Show a place of the file within the value at `path`, and its key; nothing around them.

    Empty where the place is not in the value: a line of a file can hold a secret elsewhere.
    """
    spot = document.spots.get(path)
    lines = document.text.split("\n")
    if spot is None or not spot.value.line <= place.line <= min(spot.end.line, len(lines)):
        return ""
    first, last = _edges(spot, place.line, len(lines[place.line - 1]))
    if not first <= place.column <= last + 1:
        return ""
    line = lines[place.line - 1].rstrip("\r")[first - 1 : last]
    return excerpt(line, place.column - first)


def _edges(spot: Spot, line: int, length: int) -> tuple[int, int]:
    """Give the first and last column of a line that belong to a value and its key."""
    first = 1 if line > spot.value.line else spot.value.column
    if line == spot.key.line:
        first = min(first, spot.key.column)
    last = length if line < spot.end.line else spot.end.column - 1
    return first, last


def excerpt(line: str, offset: int) -> str:
    """Give a line, cut to `WIDTH` columns around `offset` (from 0), and the caret beneath it.

    The caret is as long as the word that it points at.
    """
    lead = min(len(line) - len(line.lstrip()), offset)
    shown = [_shown(char) for char in line[lead:].rstrip()]
    offset = min(max(offset - lead, 0), len(shown))
    end = offset + 1
    while end < len(shown) and not _ENDS.match(shown[end]) and not _ENDS.match(shown[offset]):
        end += 1
    start, stop = _window(shown, offset, end)
    before, after = _CUT if start else "", _CUT if stop < len(shown) else ""
    blank = " " * _columns([before, *shown[start:offset]])
    caret = "^" * max(_columns(shown[offset : min(end, stop)]), 1)
    return f"{before}{''.join(shown[start:stop])}{after}\n{blank}{caret}"


def _window(shown: list[str], offset: int, end: int) -> tuple[int, int]:
    """Give the part of a line that fits, with the place in it and most of what leads up to it."""
    room = WIDTH - 2 * len(_CUT)
    if _columns(shown) <= WIDTH:
        return 0, len(shown)
    start = offset
    while start > 0 and _columns(shown[start - 1 : offset]) <= room // 2:
        start -= 1
    stop = start
    used = 0
    while stop < len(shown) and used + _columns(shown[stop : stop + 1]) <= room:
        used += _columns(shown[stop : stop + 1])
        stop += 1
    return start, max(stop, min(end, offset + 1))


def _shown(char: str) -> str:
    """Give a character as it may be printed: a tab is one blank, what does not print a mark."""
    if char in {"\t", "\N{IDEOGRAPHIC SPACE}"}:
        return " "
    return (
        char if char.isprintable() or unicodedata.combining(char) else "\N{REPLACEMENT CHARACTER}"
    )


def _columns(text: list[str]) -> int:
    """Give how many columns a terminal takes: none for an accent, two for a wide letter."""
    width = 0
    for char in "".join(text):
        if not unicodedata.combining(char):
            width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return width
