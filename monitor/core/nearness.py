"""What stands near each other: pairs of places in one sentence, and the words between them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice

from monitor.core.pieces import SENTENCE
from monitor.core.terms import CLAUSE_MARK, Occurrence, Row

#: Pairs of which all are given: more than any text that people write has of two ideas.
MAX_PAIRS = 1_000
_Pair = tuple[Occurrence, int]


class Ruler:
    """Measures a row: how many words, and ends of sentences, stand before each position."""

    def __init__(self, row: Row) -> None:
        """Count once through a row."""
        self._row = row
        self._words = [0, *accumulate(word is not CLAUSE_MARK for word in row)]
        self._ends = [0, *accumulate(word is not None and word.ends == SENTENCE for word in row)]

    def gap(self, end: int, start: int) -> int | None:
        """Give how many words stand between two positions, None where a sentence ends there."""
        if self._ends[start] != self._ends[end]:
            return None
        return self._words[start] - self._words[end + 1]

    def splits(self, position: int) -> bool:
        """Say whether a word was taken apart, so that two ideas may stand in it."""
        word = self._row[position]
        return word is not None and word.split


def pairs(
    ones: Sequence[Occurrence], others: Sequence[Occurrence], ruler: Callable[[int], Ruler]
) -> dict[Occurrence, int]:
    """Give what of two lists, each in order, stands in one sentence of a field.

    A pair reaches from the first word of both to the last, with the words that stand between. Of
    very many, each first and each last word keeps its closest pair, so that no word said over and
    over hides another: what is near one of the pairs is near one that is kept.
    """
    found = _closest(_in_one_word(ones, others, ruler))
    ways = [(ones, others)] if ones == others else [(ones, others), (others, ones)]
    few = [pair for way in ways for pair in islice(_all(*way, ruler), MAX_PAIRS + 1)]
    if len(few) <= MAX_PAIRS:
        return _closest(few, found)
    for earlier, later in ways:
        _closest(_followed(earlier, later, ruler), found)
        _closest(_preceded(earlier, later, ruler), found)
    return found


def _closest(
    several: Iterator[_Pair] | Sequence[_Pair], into: dict[Occurrence, int] | None = None
) -> dict[Occurrence, int]:
    found = {} if into is None else into
    for place, gap in several:
        if found.get(place, gap) >= gap:
            found[place] = gap
    return found


def _in_one_word(
    ones: Sequence[Occurrence], others: Sequence[Occurrence], ruler: Callable[[int], Ruler]
) -> Iterator[_Pair]:
    """Give words that were taken apart and are both: any other word is not near itself."""
    there = set(others)
    for one in ones:
        number, first, last = one
        if first == last and one in there and ruler(number).splits(first):
            yield one, 0


def _all(
    earlier: Sequence[Occurrence], later: Sequence[Occurrence], ruler: Callable[[int], Ruler]
) -> Iterator[_Pair]:
    """Give every pair of a place and one that begins behind its end."""
    for number, first, last in earlier:
        for place in range(bisect_left(later, (number, last + 1, 0)), len(later)):
            field, start, end = later[place]
            gap = ruler(number).gap(last, start) if field == number else None
            if gap is None:
                break
            yield (number, first, end), gap


def _followed(
    earlier: Sequence[Occurrence], later: Sequence[Occurrence], ruler: Callable[[int], Ruler]
) -> Iterator[_Pair]:
    """Give the closest pair that begins with each first word."""
    best: dict[tuple[int, int], tuple[int, int]] = {}
    for number, first, last in earlier:
        place = bisect_left(later, (number, last + 1, 0))
        if place < len(later) and later[place][0] == number:
            gap = ruler(number).gap(last, later[place][1])
            if gap is not None:
                known = best.get((number, first))
                best[number, first] = min(known or (gap, later[place][2]), (gap, later[place][2]))
    return (((number, first, end), gap) for (number, first), (gap, end) in best.items())


def _preceded(
    earlier: Sequence[Occurrence], later: Sequence[Occurrence], ruler: Callable[[int], Ruler]
) -> Iterator[_Pair]:
    """Give the closest pair that ends with each last word."""
    by_end = sorted((number, last, first) for number, first, last in earlier)
    best: dict[tuple[int, int], tuple[int, int]] = {}
    for number, start, end in later:
        place = bisect_left(by_end, (number, start, 0)) - 1
        if place >= 0 and by_end[place][0] == number:
            gap = ruler(number).gap(by_end[place][1], start)
            if gap is not None:
                known = best.get((number, end))
                best[number, end] = min(known or (gap, by_end[place][2]), (gap, by_end[place][2]))
    return (((number, first, end), gap) for (number, end), (gap, first) in best.items())
