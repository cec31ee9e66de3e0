"""One index over all watches: an item pays for its words, not for how many watches exist.

Every leaf of every query has a slot. Reading an item fills slots; only watches with a word in the
item are then evaluated.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from monitor.core.acts import NEGATION, label
from monitor.core.compile import CompiledRules, CompiledWatch
from monitor.core.conditions import (
    MAX_COMPARED,
    MAX_PLACES,
    View,
    condition,
    locator,
)
from monitor.core.model import Document, Hit, Span
from monitor.core.query import (
    DEFAULT_FIELDS,
    FIELDS,
    Node,
    leaves,
    written,
)
from monitor.core.regex import RegexSet
from monitor.core.rules import RuleBook
from monitor.core.terms import UNSAID, Occurrence, Row, find
from monitor.core.vocabulary import Pack
from monitor.core.words import Lexicon, NoLexicon, language_of

#: Concepts whose ids begin so are acts: what is done (agreed, refused, postponed), in many words.
ACT = "act-"
_TITLE = FIELDS.index("title")
_Places = dict[int, list[Occurrence]]


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
    """What of all watches' words an item contains. `pack` names the words that were looked for."""

    document: Document
    view: View
    pack: str


class Index:
    """All watches of a rule book, compiled. Safe to share between threads once made."""

    def __init__(self, book: RuleBook, lexicon: Lexicon | None = None) -> None:
        """Compile every watch. Raises `QueryError` for a query that cannot be read."""
        self.lexicon = lexicon or NoLexicon()
        self._rules = rules = CompiledRules(book)
        self._packs: dict[str, Pack] = {}
        self._acts = {
            rules.slot_of_concept(name): concept
            for name, concept in book.concepts.items()
            if name.startswith(ACT)
        }
        self._sides = {
            rules.slot_of_concept(name): concept.side
            for name, concept in book.concepts.items()
            if concept.side
        }
        self._regex_set = RegexSet(list(rules.regexes))

    def language_of(self, tag: str, text: str) -> str:
        """Give the language of a text: its feed's tag unless the script contradicts it."""
        return language_of(tag, text, self.lexicon)

    def prepare(self, documents: Iterable[Document]) -> None:
        """Learn the words of items ahead: what is slow, loading a dictionary, happens here.

        May be called from any thread. What was not prepared is learned when it is read.
        """
        by_pack: dict[str, list[str]] = defaultdict(list)
        for document in documents:
            texts = by_pack[self._pack_of(document.language)]
            texts.extend(text for _, text in self._texts(document))
        for name, texts in by_pack.items():
            self._pack(name).learn(texts)

    def read(self, document: Document) -> Reading:
        """Give the hits of an item, in the order of the watches, and the acts of its title."""
        scan = self.scan(document)
        found = [self._acts[s] for s in scan.view.found if s in self._acts and _in_title(scan, s)]
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
        return self.read(Document(text, language=language)).acts

    def scan(self, document: Document) -> Scan:
        """Look every word of an item up once."""
        name = self._pack_of(document.language)
        pack = self._pack(name)
        found: dict[int, list[Occurrence]] = defaultdict(list)
        beside: dict[int, list[Occurrence]] = defaultdict(list)
        rows: dict[int, Row] = {}
        for number, text in self._texts(document):
            rows[number] = row = pack.row(text)
            into = found if FIELDS[number] in DEFAULT_FIELDS else beside
            if row:
                find(row, number, into)
            if self._rules.regexes:
                self._find_expressions(pack, (number, text), rows, into)
        view = View(document, rows, found, beside)
        for one in self._rules.derived:
            opened = one.keys is None or beside or not found.keys().isdisjoint(one.keys)
            if opened and (places := one.where(view)):
                found[one.slot] = _once([*found[one.slot], *places])
            if beside and (places := one.elsewhere(view)):
                beside[one.slot] = _once([*beside[one.slot], *places])
        return Scan(document, view, name)

    def hits(self, scan: Scan) -> tuple[Hit, ...]:
        """Give the hits that a scan stands for, with the spans that prove them."""
        candidates = set(self._rules.always)
        for key in scan.view.opening(named=self._rules.named):
            candidates.update(self._rules.opened.get(key, ()))
        watches = [self._rules.watches[number] for number in sorted(candidates)]
        proofs = [(w.watch.id, self._proof(w, scan)) for w in watches if w.holds(scan.view)]
        if not proofs:
            return ()
        spans = self._spans(scan, [places for _, places in proofs])
        return tuple(Hit(watch, each) for (watch, _), each in zip(proofs, spans, strict=True))

    def spans(self, scan: Scan) -> tuple[Span, ...]:
        """Give the spans of all that watches name themselves, in reading order."""
        found, names = scan.view.found, self._rules.names
        shown = [slot for slot in found if slot in self._rules.shown]
        return self._spans(scan, [[(names[slot], one) for slot in shown for one in found[slot]]])[0]

    def words_of(self, scan: Scan) -> tuple[str, ...]:
        """Give the names of what a scan found: `$concept` or the text of a term."""
        return tuple(dict.fromkeys(self._rules.names[slot] for slot in sorted(scan.view.found)))

    def query_of(self, watch_id: str) -> Node:
        """Give the tree of a watch's query. Raises `LookupError` for an unknown watch."""
        return self._rules.watch(watch_id).root

    def holds(self, watch_id: str, node: Node, scan: Scan) -> bool:
        """Say whether a part of a watch's query is true of an item."""
        return condition(node, partial(self._rules.slot_in, watch_id))(scan.view)

    def where(self, watch_id: str, node: Node, scan: Scan) -> tuple[Span, ...]:
        """Give where a part of a watch's query stands in an item."""
        places = locator(node, partial(self._rules.slot_in, watch_id))(scan.view)
        return self._spans(scan, [[(written(node), one) for one in places]])[0]

    def lacking(self, watch_id: str, scan: Scan) -> tuple[str, ...]:
        """Give what a watch looks for and an item lacks, then what it has and should not."""
        root = self.query_of(watch_id)
        named = [
            (written(leaf), self.holds(watch_id, leaf, scan), positive)
            for leaf, positive in leaves(root)
        ]
        lacks = [name for name, there, positive in named if positive and not there]
        vetoes = [f"NOT {name}" for name, there, positive in named if there and not positive]
        return tuple(dict.fromkeys([*lacks, *vetoes]))

    def _leading_side(self, scan: Scan) -> str:
        """Give the side that a title names first, "" where it names none."""
        places = [
            (one[1], side)
            for slot, side in self._sides.items()
            for one in scan.view.found.get(slot, ())
            if one[0] == _TITLE
        ]
        return min(places)[1] if places else ""

    def _pack_of(self, language: str) -> str:
        base = language.lower().replace("_", "-").partition("-")[0]
        return base if base in self._rules.terms.languages else UNSAID

    def _pack(self, name: str) -> Pack:
        pack = self._packs.get(name)
        if pack is None:
            pack = self._packs[name] = Pack(self._rules.terms, name, self.lexicon)
        return pack

    def _texts(self, document: Document) -> Iterator[tuple[int, str]]:
        """Give the texts that some watch reads, by the number of their field."""
        yield 0, document.title
        yield 1, document.summary
        for name in self._rules.elsewhere:
            if name == "category":
                yield FIELDS.index(name), "\n".join(document.categories)
            else:
                yield FIELDS.index(name), str(getattr(document, name))

    def _find_expressions(
        self, pack: Pack, field: tuple[int, str], rows: dict[int, Row], into: _Places
    ) -> None:
        """Add what regular expressions find in a field, by the words that they touch."""
        at, text = field
        slots = list(self._rules.regexes.values())
        starts: list[int] = []
        for number, places in self._regex_set.found(text):
            if not starts:
                rows[at] = pack.row(text, whole=True) or (None,)  # a text of marks is a place
                starts = pack.starts(text, rows[at])
            for start, end in places:
                blanks = len(text[start:end]) - len(text[start:end].lstrip())
                first = max(bisect_right(starts, start + blanks) - 1, 0)
                last = max(bisect_left(starts, end) - 1, first)
                into[slots[number]].append((at, first, last))

    def _proof(self, compiled: CompiledWatch, scan: Scan) -> list[tuple[str, Occurrence]]:
        """Give the places that prove a hit, each with the name of what stands there."""
        found, names = scan.view.found, self._rules.names
        places = [
            (names[slot], one)
            for slot in compiled.plain
            if slot in found
            for one in found[slot][:MAX_PLACES]
        ]
        places += [
            (name, one) for name, where in compiled.joined for one in where(scan.view)[:MAX_PLACES]
        ]
        return places

    def _spans(
        self, scan: Scan, groups: Sequence[Sequence[tuple[str, Occurrence]]]
    ) -> list[tuple[Span, ...]]:
        """Turn groups of places into spans of code points, each once, in reading order."""
        wanted: dict[int, set[int]] = defaultdict(set)
        for _, (at, first, last) in chain.from_iterable(groups):
            wanted[at].update((first, last))
        pack, texts = self._pack(scan.pack), dict(self._texts(scan.document))
        rows = scan.view.rows
        offsets = {
            at: pack.places(texts[at], rows[at], positions) for at, positions in wanted.items()
        }
        return [
            tuple(
                Span(FIELDS[at], start, end, name)
                for at, start, end, name in sorted(
                    {
                        (at, offsets[at][first][0], offsets[at][last][1], name)
                        for name, (at, first, last) in group
                    }
                )
            )
            for group in groups
        ]


def _once(places: list[Occurrence]) -> list[Occurrence]:
    """Give places each once, and no more than are compared.

    Concepts rest on each other in chains, and each link would else multiply them.
    """
    return list(dict.fromkeys(places))[:MAX_COMPARED]


def _in_title(scan: Scan, slot: int) -> bool:
    return any(one[0] == _TITLE for one in scan.view.found.get(slot, ()))
