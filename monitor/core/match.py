"""One index over all watches: an item pays for its words, not for how many watches exist.

Every term of every concept and query is filed under its first word; scanning an item looks each of
its words up once. Only watches with a word in the item are then evaluated.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.core.acts import NEGATION, label
from monitor.core.model import Hit, Span
from monitor.core.query import Node, Part, Query, Ref, Term, holds, leaves, parse_query, parse_term
from monitor.core.rules import Concept, RuleBook, Watch
from monitor.core.text import Token, fold, tokens

#: Between the words of a phrase there may be anything but the end of a sentence or clause.
_BREAK = re.compile(r"[.!?;:\n\u2026]")
#: The language of words that are valid in all.
ANY = "any"
#: Concepts whose ids begin so are acts: what is done (agreed, refused, postponed), in many words.
ACT = "act-"


@dataclass(frozen=True, slots=True)
class _Filed:
    """A term in the index: the slot it fills when found, the language it is written in."""

    slot: int
    language: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A watch with its query, and the slot of each leaf."""

    watch: Watch
    root: Node
    slots: Mapping[Term | Ref, int]
    positive: frozenset[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """An item as the rules read it: the watches it hits, and the acts that its title tells of.

    Acts are labels (see `acts`); `recurring` are those of them that can happen again.
    """

    hits: tuple[Hit, ...]
    acts: frozenset[str]
    recurring: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scan:
    """What of all watches' words an item contains: spans by slot."""

    spans: Mapping[int, tuple[Span, ...]]


class Index:
    """All watches of a rule book, compiled. Frozen after construction; safe to share."""

    def __init__(self, book: RuleBook) -> None:
        """Compile every watch. Raises `QueryError` for a query that cannot be read."""
        self._names: list[str] = []
        self._slot_of: dict[object, int] = {}
        self._exact: dict[str, list[_Filed]] = defaultdict(list)
        self._prefix: dict[str, list[_Filed]] = defaultdict(list)
        self._languages: set[str] = set()
        self._watches: list[_Compiled] = []
        self._by_slot: dict[int, list[int]] = defaultdict(list)
        for watch in book.watches:
            self._add(watch, {**book.concepts, **watch.concepts})
        self._acts = {
            self._slot(Ref(name), book.concepts): concept
            for name, concept in book.concepts.items()
            if name.startswith(ACT)
        }
        self._sides = {
            self._slot(Ref(name), book.concepts): concept.side
            for name, concept in book.concepts.items()
            if concept.side
        }
        self._lengths = sorted({len(stem) for stem in self._prefix})

    def read(self, title: str, summary: str, language: str) -> Reading:
        """Give the hits of an item, in the order of the watches, and the acts of its title."""
        scan = self.scan(title, summary, language)
        found = [self._acts[slot] for slot in self._acts if _in_title(scan, slot)]
        names = {concept.id.removeprefix(ACT).replace("-", "_"): concept for concept in found}
        negated = names.pop(NEGATION, None) is not None
        if negated and not names:
            return Reading(self.hits(scan), frozenset({label(NEGATION)}))
        side = self._leading_side(scan)
        labels = {label(name, side, negated=negated): c.recurs for name, c in names.items()}
        recurring = frozenset(act for act, recurs in labels.items() if recurs)
        return Reading(self.hits(scan), frozenset(labels), recurring)

    def acts_of(self, text: str, language: str) -> frozenset[str]:
        """Give the acts that a text tells of, such as that of a fact."""
        return self.read(text, "", language).acts

    def _leading_side(self, scan: Scan) -> str:
        """Give the side that a title names first, "" where it names none."""
        places = [
            (min(span.start for span in scan.spans[slot] if span.field == "title"), side)
            for slot, side in self._sides.items()
            if _in_title(scan, slot)
        ]
        return min(places)[1] if places else ""

    def hits(self, scan: Scan) -> tuple[Hit, ...]:
        """Give the hits that a scan stands for, with the spans that prove them."""
        candidates = sorted({n for slot in scan.spans for n in self._by_slot.get(slot, ())})
        hits = []
        for number in candidates:
            compiled = self._watches[number]
            slots = compiled.slots
            if holds(compiled.root, lambda leaf, s=slots: s[leaf] in scan.spans):  # type: ignore[misc]
                spans = [s for slot in sorted(compiled.positive) for s in scan.spans.get(slot, ())]
                hits.append(Hit(compiled.watch.id, _in_reading_order(spans)))
        return tuple(hits)

    def scan(self, title: str, summary: str, language: str) -> Scan:
        """Look every word of an item up once."""
        base = language.lower().replace("_", "-").split("-")[0]
        packs = {base, ANY} if base in self._languages else None
        found: dict[int, dict[tuple[str, int, int], Span]] = defaultdict(dict)
        for field, text in (("title", title), ("summary", summary)):
            folded = fold(text)
            words = tokens(folded)
            for position, token in enumerate(words):
                for filed in self._candidates(token):
                    if packs is not None and filed.language not in packs:
                        continue
                    end = _end_of(filed.parts, words, position, folded)
                    if end:
                        span = Span(field, token.start, end, self._names[filed.slot])
                        found[filed.slot].setdefault((field, token.start, end), span)
        return Scan({slot: tuple(spans.values()) for slot, spans in found.items()})

    def words_of(self, scan: Scan) -> tuple[str, ...]:
        """Give the names of what a scan found: `$concept` or the text of a term."""
        return tuple(dict.fromkeys(self._names[slot] for slot in sorted(scan.spans)))

    def lacking(self, watch_id: str, scan: Scan) -> tuple[str, ...]:
        """Give what a watch looks for and an item lacks, then what it has and should not."""
        for compiled in self._watches:
            if compiled.watch.id == watch_id:
                leaf_slots = [(compiled.slots[leaf], pos) for leaf, pos in leaves(compiled.root)]
                lacks = [self._names[s] for s, pos in leaf_slots if pos and s not in scan.spans]
                vetoes = [
                    f"NOT {self._names[s]}" for s, pos in leaf_slots if not pos and s in scan.spans
                ]
                return tuple(dict.fromkeys([*lacks, *vetoes]))
        return ()

    def _candidates(self, token: Token) -> Iterable[_Filed]:
        for key in token.keys:
            yield from self._exact.get(key, ())
            for length in self._lengths:
                if length > len(key):
                    break
                yield from self._prefix.get(key[:length], ())

    def _add(self, watch: Watch, concepts: Mapping[str, Concept]) -> None:
        query = parse_query(watch.query, concepts)
        slots = {leaf: self._slot(leaf, concepts) for leaf, _ in leaves(query.root)}
        positive = frozenset(slots[leaf] for leaf, is_positive in leaves(query.root) if is_positive)
        number = len(self._watches)
        self._watches.append(_Compiled(watch, query.root, slots, positive))
        for slot in positive:
            self._by_slot[slot].append(number)

    def _slot(self, leaf: Term | Ref, concepts: Mapping[str, Concept]) -> int:
        """Give the slot of a leaf, filing its words the first time it is seen."""
        concept = concepts[leaf.concept] if isinstance(leaf, Ref) else None
        key: object = id(concept) if concept is not None else leaf
        if key in self._slot_of:
            return self._slot_of[key]
        slot = self._slot_of[key] = len(self._names)
        self._names.append(f"${concept.id}" if concept else leaf.text)  # type: ignore[union-attr]
        if isinstance(leaf, Term):
            self._file(slot, ANY, leaf.parts)
        elif concept is not None:
            for language, entries in concept.words.items():
                for entry in entries:
                    self._file(slot, language, parse_term(entry).parts)
        return slot

    def _file(self, slot: int, language: str, parts: tuple[Part, ...]) -> None:
        if language != ANY:
            self._languages.add(language)
        first = parts[0]
        shelf = self._prefix if first.prefix else self._exact
        shelf[first.word].append(_Filed(slot, language, parts))


def _in_title(scan: Scan, slot: int) -> bool:
    return any(span.field == "title" for span in scan.spans.get(slot, ()))


def _end_of(parts: tuple[Part, ...], words: list[Token], position: int, folded: str) -> int:
    """Give where a term that begins at a word ends, 0 where its other words do not follow."""
    if position + len(parts) > len(words):
        return 0
    for offset, part in enumerate(parts[1:], start=1):
        token, before = words[position + offset], words[position + offset - 1]
        fits = (
            any(key.startswith(part.word) for key in token.keys)
            if part.prefix
            else part.word in token.keys
        )
        if not fits or _BREAK.search(folded, before.end, token.start):
            return 0
    return words[position + len(parts) - 1].end


def _in_reading_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    unique = dict.fromkeys(spans)
    return tuple(sorted(unique, key=lambda s: (s.field != "title", s.start, s.end, s.term)))


def read_query(watch: Watch, concepts: Mapping[str, Concept]) -> Query:
    """Read the query of a watch against shared concepts and its own. Raises `QueryError`."""
    return parse_query(watch.query, {**concepts, **watch.concepts})
