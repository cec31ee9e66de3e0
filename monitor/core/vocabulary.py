"""All listed words in one index, and texts as positions in it.

A text is cut at its blanks. What each piece stands for (which listed words, a full stop, nothing)
is worked out once and remembered by the piece as it is written, so that a text costs a look-up for
each of its words, however many watches there are and however its language inflects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import cast

from monitor.core.pieces import GROUPED, PIECE, cut, pieces_of
from monitor.core.terms import (
    ANY,
    CLAUSE_MARK,
    END_OF_LINE,
    ENDS,
    UNSAID,
    Anchored,
    Row,
    Terms,
    Word,
)
from monitor.core.text import Token
from monitor.core.words import Lexicon, compound, inflects, surfaces

#: Pieces of text remembered for one language; beyond it they are forgotten and learned anew.
MAX_PIECES = 40_000
#: Longest piece that is remembered, in characters: longer ones rarely come twice.
MAX_PIECE = 64
#: Words in a piece that is remembered, at most: more stand there only to fill the memory.
MAX_WORDS = 4
#: Words of queries of which each language's lemma is asked for; stems are asked for all of them.
MAX_LEMMAS_UNSAID = 2_000
#: Letters of a stem, at least: shorter ones are shared by words that have nothing in common (tennis
#: and tenir). The roots of Arabic have three.
SHORTEST_STEM, SHORTEST_ROOT = 4, 3
#: The one language whose compounds are taken apart.
_COMPOUNDING = "de"
_MARKS = (None, CLAUSE_MARK, END_OF_LINE)
_NO_WORD = ((0, 0, None, 0),)
#: What a piece of text stands for: a word, or several (or none) where it has several (or none).
_Read = Word | None | tuple[Word | None, ...]


class Pack:
    """The listed words of one language, with those valid in all, and the pieces learned so far."""

    def __init__(self, terms: Terms, language: str, lexicon: Lexicon) -> None:
        """Make ready. A language without words ("") takes the words of all as they are written."""
        self._language, self._lexicon = language, lexicon
        own = [language] if language else sorted(terms.languages)
        self._shelves = [terms.shelf(name) for name in (*own, ANY, UNSAID)]
        self._lengths = sorted({len(word) for shelf in self._shelves for word in shelf.prefixes})
        self._lemmas: dict[str, list[int]] = defaultdict(list)
        self._stems: dict[str, list[int]] = defaultdict(list)
        self._listed: Collection[str] = ()
        if language:
            self._inflect()
        self._words: dict[tuple[str, int], Word | None] = {}
        self._pieces = _Pieces(self)

    def row(self, text: str, *, whole: bool = False) -> Row:
        """Give a text as a row of words; unless `whole`, an empty one where no rule lists any.

        A list has a word for each piece between two blanks, a tuple has not.
        """
        learned = self._pieces.__getitem__
        if "\n" not in text and not GROUPED.search(text):
            read = list(map(learned, text.split()))
            if not whole and not any(read):
                return ()
            return tuple(_flat(read)) if tuple in map(type, read) else cast("Row", read)
        lines = [list(map(learned, PIECE.findall(line))) for line in text.split("\n")]
        if not whole and not any(map(any, lines)):
            return ()
        return tuple(word for line in lines for word in (*_flat(line), END_OF_LINE))

    def places(
        self, text: str, row: Row, wanted: Collection[int] | None = None
    ) -> dict[int, tuple[int, int]]:
        """Give where words of the row of a text stand: code points [start, end) by position.

        The `wanted` positions are among them; all are, where none are named.
        """
        if wanted is not None and (quick := self._quick_places(text, row, wanted)):
            return quick
        found: dict[int, tuple[int, int]] = {}
        position = 0
        for start, piece in pieces_of(text):
            for first, end, _, _ in cut(piece) if piece else _NO_WORD:
                found[position] = (start + first, start + end)
                position += 1
        if position == 1:  # no word, or one: the text is the place
            found[0] = found[0] if found[0][1] > found[0][0] else (0, len(text))
        return found

    def starts(self, text: str, row: Row) -> list[int]:
        """Give where each word of the row of a text begins, marks before it included."""
        pieces = text.split(" ") if isinstance(row, list) else ()
        if len(pieces) == len(row) and "" not in pieces:
            lengths = map(len, pieces[:-1])
            return list(accumulate(lengths, lambda start, size: start + size + 1, initial=0))
        places = self.places(text, row)
        return [places[position][0] for position in range(len(row))]

    def _quick_places(
        self, text: str, row: Row, wanted: Collection[int]
    ) -> dict[int, tuple[int, int]] | None:
        """Give places in a text with one word between any two blanks; None where it is not so."""
        pieces = text.split(" ") if isinstance(row, list) else ()
        if len(pieces) != len(row) or "" in pieces:
            return None
        ends = list(accumulate(map(len, pieces)))
        found: dict[int, tuple[int, int]] = {}
        for position in wanted:
            piece = pieces[position]
            start = ends[position] + position - len(piece)
            first, end = (0, len(piece)) if piece.isalpha() else cut(piece)[0][:2]
            found[position] = (start + first, start + end)
        return found

    def learn(self, texts: Iterable[str]) -> None:
        """Read texts once, so that each dictionary is asked for all of their words together."""
        wanted: set[str] = set()
        for text in texts:
            for match in PIECE.finditer(text):
                if match[0] not in self._pieces:
                    for _, _, token, _ in cut(match[0]):
                        wanted.update(self._asking(token) if token else ())
        if wanted:
            self._lexicon.lemmas(self._language, wanted)

    def read(self, piece: str) -> _Read:
        """Work out what a piece of text stands for: None where it is one unlisted word."""
        words = tuple(
            self._word(token, ends) if token else _MARKS[ends] for _, _, token, ends in cut(piece)
        )
        return words[0] if len(words) == 1 else words

    def _word(self, token: Token, ends: int) -> Word | None:
        """Give what a word stands for. Pieces share the words that they are made of."""
        key = (token.keys[0], ends)
        if key not in self._words:
            if len(self._words) >= MAX_PIECES:
                self._words.clear()
            word = self._work_out(token, ends)
            if len(token.keys[0]) > MAX_PIECE:
                return word
            self._words[key] = word
        return self._words[key]

    def _work_out(self, token: Token, ends: int) -> Word | None:
        numbers: set[int] = set()
        forms = surfaces(token)
        for form in forms:
            numbers.update(self._plain(form))
        split = False
        if self._language and not token.is_number:
            numbers.update(self._by_inflection(forms, self._asking(token)))
            parts = compound(forms[0], self._listed) if self._language == _COMPOUNDING else ()
            for part in parts:
                numbers.update(self._plain(part), self._lemmas.get(part, ()))
            split = len(parts) > 1
        if not numbers:
            return ENDS[ends]
        shelves, ordered = self._shelves, sorted(numbers)
        slots = dict.fromkeys(s for one in shelves for n in ordered for s in one.single.get(n, ()))
        after, before = self._neighbours(numbers)
        idle = not (slots or after or before)
        return Word(tuple(slots), after, before, frozenset(numbers), split, ends, idle)

    def _neighbours(
        self, numbers: Iterable[int]
    ) -> tuple[dict[int, list[Anchored]], dict[int, list[Anchored]]]:
        """Give the terms of which parts are the rarest, by the part that stands beside it."""
        after: dict[int, list[Anchored]] = {}
        before: dict[int, list[Anchored]] = {}
        numbers = list(numbers)
        for term in (t for one in self._shelves for n in numbers for t in one.anchored.get(n, ())):
            parts, place, _ = term
            if place + 1 < len(parts):
                after.setdefault(parts[place + 1], []).append(term)
            else:
                before.setdefault(parts[place - 1], []).append(term)
        return after, before

    def _plain(self, form: str) -> Iterator[int]:
        """Give the parts that a form is as it is written, or that it begins with."""
        for shelf in self._shelves:
            yield from shelf.surfaces.get(form, ())
            for length in self._lengths:
                if length > len(form):
                    break
                yield from shelf.prefixes.get(form[:length], ())

    @staticmethod
    def _asking(token: Token) -> list[str]:
        """Give the forms of a word that can be inflected ones."""
        return [form for form in surfaces(token) if inflects(form)]

    def _by_inflection(self, forms: Sequence[str], asking: Sequence[str]) -> Iterator[int]:
        for form in forms:
            yield from self._lemmas.get(form, ())
        for lemma in self._lexicon.lemmas(self._language, asking).values() if asking else ():
            yield from self._lemmas.get(lemma, ())
            for shelf in self._shelves:
                yield from shelf.inflected.get(lemma, ())
        for stem in self._lexicon.stems(self._language, asking) if asking else ():
            yield from self._stems.get(stem, ())

    def _inflect(self) -> None:
        """Ask the lexicon for lemmas and stems of the listed words of this language."""
        listed_here, _, unlisted = self._shelves
        own, unsaid = listed_here.inflected, unlisted.inflected
        asked = list(own)
        if len(unsaid) <= MAX_LEMMAS_UNSAID:
            asked += [word for word in unsaid if word not in own]
        lemmas = self._lexicon.lemmas(self._language, asked)
        for word, lemma in lemmas.items():
            self._lemmas[lemma] += [*own.get(word, ()), *unsaid.get(word, ())]
        shortest = SHORTEST_ROOT if self._language == "ar" else SHORTEST_STEM
        for words in (own, unsaid):
            listed = list(words)
            stems = self._lexicon.stems(self._language, listed)
            for word, stem in zip(listed, stems, strict=True):
                if len(stem) >= shortest:
                    self._stems[stem] += words[word]
        self._listed = frozenset({*own, *listed_here.prefixes, *lemmas.values()})


class _Pieces(dict[str, "_Read"]):
    """What pieces of text stand for; one not seen before is worked out on the way."""

    def __init__(self, pack: Pack) -> None:
        super().__init__()
        self._pack = pack

    def __missing__(self, piece: str) -> _Read:
        if len(self) >= MAX_PIECES:
            self.clear()
        read = self._pack.read(piece)
        if len(piece) <= MAX_PIECE and not (isinstance(read, tuple) and len(read) > MAX_WORDS):
            self[piece] = read
        return read


def _flat(read: Iterable[_Read]) -> list[Word | None]:
    row: list[Word | None] = []
    for piece in read:
        if isinstance(piece, tuple):
            row += piece
        else:
            row.append(piece)
    return row
