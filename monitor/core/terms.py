"""Listed terms by the words they are made of, and texts as rows of such words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, count

from monitor.core.pieces import CLAUSE, SENTENCE
from monitor.core.query import Part, Term, parse_term
from monitor.core.text import Token
from monitor.core.words import inflects, surfaces

#: The language of words that are valid in all, and of words in queries, which name none.
ANY, UNSAID = "any", ""
#: Bits that stand for parts: a number of two digits of Python's.
_BITS = 60
#: A term of several words: its parts, the place of its rarest word among them, its slot.
Anchored = tuple[tuple[int, ...], int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """What a word of a text stands for.

    `slots` are those of the one-word terms it is; `after` and `before` are the longer terms whose
    rarest word it is, by the part that must stand after or before it; `parts` are all parts of
    terms that it can be. `split` says that it was taken apart, so that two ideas may stand in it.
    `ends` says what ends with it: nothing, a clause (no phrase goes on), a sentence (nothing is
    near it). An `idle` word begins no search: it only stands beside others.

    `after_bits`, `before_bits` and `part_bits` stand for `after`, `before` and `parts`: where two
    have no bit in common, the sets behind them need not be fetched from memory, which costs most.
    """

    slots: tuple[int, ...] = ()
    after: Mapping[int, Sequence[Anchored]] = field(default_factory=dict)
    before: Mapping[int, Sequence[Anchored]] = field(default_factory=dict)
    parts: frozenset[int] = frozenset()
    split: bool = False
    ends: int = 0
    idle: bool = False
    after_bits: int = field(init=False, repr=False, compare=False)
    before_bits: int = field(init=False, repr=False, compare=False)
    part_bits: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work the bits out."""
        object.__setattr__(self, "after_bits", _bits(self.after))
        object.__setattr__(self, "before_bits", _bits(self.before))
        object.__setattr__(self, "part_bits", _bits(self.parts))


def _bits(parts: Iterable[int]) -> int:
    """Give a bit for each part; so few that the number is one machine word, so many share it."""
    bits = 0
    for part in parts:
        bits |= 1 << part % _BITS
    return bits


#: A word of no rule that ends a clause, or a sentence.
ENDS = (None, Word(ends=CLAUSE, idle=True), Word(ends=SENTENCE, idle=True))
#: A mark that stands alone, as French writes a colon, and the end of a line: these are no words.
CLAUSE_MARK, END_OF_LINE = Word(ends=CLAUSE, idle=True), Word(ends=SENTENCE, idle=True)
#: A text as a row of words; None is a word that no rule lists.
Row = Sequence[Word | None]
#: Where something stands: the number of a field, the first and the last position in its row.
Occurrence = tuple[int, int, int]


class Shelf:
    """The terms of one language, by the words they are made of.

    `surfaces` and `prefixes` give parts of terms by how they are written, `inflected` those that
    inflection is asked of; `single` gives the slots of a part that is a term, `anchored` the terms
    whose rarest word a part is.
    """

    def __init__(self, numbers: Iterator[int]) -> None:
        """Begin without a term. `numbers` gives each part one that no other shelf uses."""
        self._fresh = numbers
        self._numbers: dict[Part, int] = {}
        self.surfaces: dict[str, list[int]] = defaultdict(list)
        self.prefixes: dict[str, list[int]] = defaultdict(list)
        self.inflected: dict[str, list[int]] = defaultdict(list)
        self.single: dict[int, list[int]] = defaultdict(list)
        self.anchored: dict[int, list[Anchored]] = defaultdict(list)

    def add(self, slot: int, term: Term) -> None:
        """File a term, which fills `slot` where it is found, under its rarest word."""
        parts = tuple(self._part(part) for part in term.parts)
        if len(parts) == 1:
            self.single[parts[0]].append(slot)
            return
        # the longest word is taken for the rarest: it is compared with the fewest texts
        place = max(range(len(parts)), key=lambda i: (len(term.parts[i].word), -i))
        self.anchored[parts[place]].append((parts, place, slot))

    def _part(self, part: Part) -> int:
        known = self._numbers.get(part)
        if known is not None:
            return known
        number = self._numbers[part] = next(self._fresh)
        by_form = self.prefixes if part.prefix else self.surfaces
        for form in surfaces(Token(0, len(part.word), (part.word,))):
            by_form[form].append(number)
        if not (part.prefix or part.exact) and inflects(part.word):
            self.inflected[part.word].append(number)
        return number


class Terms:
    """Every term of every concept and query. Those of a language are filed at its first item."""

    def __init__(self) -> None:
        """Begin without a term."""
        self._numbers = count()
        self._entries: dict[str, list[tuple[int, Term | str]]] = defaultdict(list)
        self._shelves: dict[str, Shelf] = {}

    @property
    def languages(self) -> frozenset[str]:
        """The languages that have words."""
        return frozenset(self._entries) - {ANY, UNSAID}

    def add(self, slot: int, language: str, term: Term | str) -> None:
        """Take a term, or an entry that is one, which fills `slot` where it is found.

        All must be taken before the shelf of their language is asked for.
        """
        self._entries[language].append((slot, term))

    def shelf(self, language: str) -> Shelf:
        """Give the terms of a language. Raises `QueryError` for an entry that is no term."""
        shelf = self._shelves.get(language)
        if shelf is None:  # two threads may both make one: either is whole
            shelf = Shelf(self._numbers)
            for slot, term in self._entries.get(language, ()):
                shelf.add(slot, parse_term(term) if isinstance(term, str) else term)
            self._shelves[language] = shelf
        return shelf


def find(row: Row, number: int, found: dict[int, list[Occurrence]]) -> None:
    """Add what stands in a row, that of the field of a number, to `found`, by slot."""
    last = len(row) - 1
    for position, word in compress(enumerate(row), row):
        if word is None or word.idle:
            continue
        for slot in word.slots:
            found[slot].append((number, position, position))
        if (bits := word.after_bits) and position < last:
            beside = row[position + 1]
            if beside is not None and beside.part_bits & bits:
                _find_terms(row, position, (beside, word.after), (number, found))
        if (bits := word.before_bits) and position:
            beside = row[position - 1]
            if beside is not None and beside.part_bits & bits:
                _find_terms(row, position, (beside, word.before), (number, found))


def _find_terms(
    row: Row, position: int, beside: tuple[Word, Mapping[int, Sequence[Anchored]]],
    into: tuple[int, dict[int, list[Occurrence]]],
) -> None:  # fmt: skip
    """Add the terms of several words whose rarest word stands at a position."""
    neighbour, terms = beside
    number, found = into
    for part in neighbour.parts:
        for parts, place, slot in terms.get(part, ()):
            start = position - place
            if start >= 0 and _stands(row, start, parts):
                found[slot].append((number, start, start + len(parts) - 1))


def _stands(row: Row, start: int, parts: tuple[int, ...]) -> bool:
    """Say whether the parts of a term follow each other from a position on, in one clause."""
    end = start + len(parts)
    if end > len(row):
        return False
    for position, part in enumerate(parts, start):
        word = row[position]
        if word is None or part not in word.parts or (word.ends and position < end - 1):
            return False
    return True
