"""Where the words of a text stand to each other: sentences, clauses, how far two places are apart.

Clauses are told by punctuation and by the words that begin one. A comma parts less than a semicolon
or a dash, and a colon parts least: headlines name their subject before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: What each kind of boundary costs two places that stand on either side of it (0 near to 1 far).
COMMA, COLON, BREAK = 0.12, 0.10, 0.30
#: What each word between two places costs, beyond the first few.
WORD, FREE_WORDS = 0.02, 3
_MARK = re.compile(r"(?P<colon>:\s)|(?P<comma>,\s)|(?P<strong>[;()\u2013\u2014\u00ab\u00bb]|\s-\s)")
_COST = {"colon": COLON, "comma": COMMA, "strong": BREAK}


@dataclass(frozen=True, slots=True)
class Place:
    """Words [first, last] of the row of a field, as code points [start, end) of its text."""

    first: int
    last: int
    start: int
    end: int


@dataclass(slots=True)
class Layout:
    """The boundaries of one text, in code points."""

    text: str
    sentences: Sequence[tuple[int, int]]
    marks: list[tuple[int, float]] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find the marks once."""
        self._ends = [start for start, _ in self.sentences]
        found = _MARK.finditer(self.text)
        self.marks = [(m.start(), _COST[m.lastgroup or "strong"]) for m in found]

    def part_at(self, starts: Iterable[int]) -> None:
        """Let a clause begin at each of some places, such as the word `but`."""
        self.marks = sorted([*self.marks, *((start, BREAK) for start in starts)])

    def sentence_of(self, start: int) -> int:
        """Give the number of the sentence in which a place stands."""
        return max(bisect_right(self._ends, start) - 1, 0)

    def cost(self, one: Place, other: Place) -> float:
        """Give how far two places of one sentence are apart: 0 side by side, 1 or more too far."""
        left, right = (one, other) if one.start <= other.start else (other, one)
        between = sum(price for at, price in self.marks if left.end <= at <= right.start)
        return between + WORD * max(right.first - left.last - 1 - FREE_WORDS, 0)

    def clause_of(self, place: Place) -> tuple[int, int]:
        """Give the clause around a place, as code points [start, end): commas part none."""
        start, end = self.sentences[self.sentence_of(place.start)]
        for at, price in self.marks:
            if price < BREAK:
                continue
            if start < at < place.start:
                start = at
            elif place.end <= at < end:
                end = at
        return start, end
