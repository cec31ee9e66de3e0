"""One index over all watches: an item pays for its words, not for how many watches exist.

Every leaf of every query has a slot. Reading an item fills slots; only watches with a word in the
item are then evaluated.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain

from monitor.core.claim_reader import ClaimReader
from monitor.core.claims import Account
from monitor.core.compile import CompiledRules, CompiledWatch
from monitor.core.conditions import MAX_PLACES, View, condition, locator
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
#: What is done and how it is said are no tokens of a story.
_NO_TOKEN = (f"${ACT}", "$mark-")
_NUMBER_OF = {name: number for number, name in enumerate(FIELDS)}
#: The numbers of the fields in which a word without a field is looked for.
_DEFAULT = frozenset(_NUMBER_OF[name] for name in DEFAULT_FIELDS)
_Places = dict[int, list[Occurrence]]
#: What stands somewhere, by its name, and where.
_Part = tuple[str, Sequence[Occurrence]]


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
        self._claims = ClaimReader(book, rules)
        self._languages = rules.terms.languages
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

    def account(
        self,
        scan: Scan,
        watches: Sequence[str],
        speaks_for: str = "",
        published: datetime | None = None,
    ) -> Account:
        """Give what an item says about the trackers of some watches.

        `speaks_for` is the party whose official voice its feed is.
        """
        pack, fields = self._pack(scan.pack), dict(self._texts(scan.document))
        fields = {number: text for number, text in fields.items() if number in scan.view.rows}
        wanted = self._claims.wanted(scan.view, watches)
        placed = {
            number: pack.places(fields[number], scan.view.rows[number], positions)
            for number, positions in wanted.items()
        }
        return self._claims.read(scan.view, fields, placed, watches, speaks_for, published)

    def on_topic(self, scan: Scan) -> tuple[str, ...]:
        """Give the watches of which an item has the subject of a tracker, hit or not."""
        return self._claims.on_topic(scan.view)

    def denies(self, text: str, language: str) -> bool:
        """Say whether a text, such as that of a fact, has a word of denial."""
        return self.account(self.scan(Document(text, language=language)), ()).denies

    def concepts_of(self, scan: Scan) -> frozenset[str]:
        """Give the concepts whose words an item has, by their ids; not acts, and how it is said."""
        names = (self._rules.names[slot] for slot in scan.view.found)
        return frozenset(
            name for name in names if name.startswith("$") and not name.startswith(_NO_TOKEN)
        )

    def scan(self, document: Document) -> Scan:
        """Look every word of an item up once."""
        name = self._pack_of(document.language)
        pack = self._pack(name)
        found: dict[int, list[Occurrence]] = defaultdict(list)
        beside: dict[int, list[Occurrence]] = defaultdict(list)
        rows: dict[int, Row] = {}
        for number, text in self._texts(document):
            rows[number] = row = pack.row(text)
            into = found if number in _DEFAULT else beside
            if row:
                find(row, number, into)
            if self._rules.regexes:
                self._find_expressions(pack, (number, text), rows, into)
        view = View(document, rows, found, beside)
        for one in self._rules.derived:
            opened = one.keys is None or beside or not found.keys().isdisjoint(one.keys)
            if opened and (places := one.where(view)):
                found[one.slot] = list(dict.fromkeys([*found[one.slot], *places]))
            if beside and (places := one.elsewhere(view)):
                beside[one.slot] = list(dict.fromkeys([*beside[one.slot], *places]))
        return Scan(document, view, name)

    def hits(self, scan: Scan) -> tuple[Hit, ...]:
        """Give the hits that a scan stands for, with the spans that prove them."""
        candidates = set(self._rules.always)
        for key in scan.view.opening(named=self._rules.named):
            candidates.update(self._rules.opened.get(key, ()))
        watches, view = self._rules.watches, scan.view
        held = [each for n in sorted(candidates) if (each := watches[n]).holds(view)]
        if not held:
            return ()
        proofs = self._proofs(held, scan)
        return tuple(Hit(each.watch.id, spans) for each, spans in zip(held, proofs, strict=True))

    def spans(self, scan: Scan) -> tuple[Span, ...]:
        """Give the spans of all that watches name themselves, in reading order."""
        found, names = scan.view.found, self._rules.names
        shown = [slot for slot in found if slot in self._rules.shown]
        groups = self._spans(scan, [(names[slot], found[slot]) for slot in shown])
        return _in_order(groups)

    def query_of(self, watch_id: str) -> Node:
        """Give the tree of a watch's query. Raises `LookupError` for an unknown watch."""
        return self._rules.watch(watch_id).root

    def holds(self, watch_id: str, node: Node, scan: Scan) -> bool:
        """Say whether a part of a watch's query is true of an item."""
        return condition(node, partial(self._rules.slot_in, watch_id))(scan.view)

    def where(self, watch_id: str, node: Node, scan: Scan) -> tuple[Span, ...]:
        """Give where a part of a watch's query stands in an item."""
        places = locator(node, partial(self._rules.slot_in, watch_id))(scan.view)
        return self._spans(scan, [(written(node), places)])[0]

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

    def _pack_of(self, language: str) -> str:
        base = language.lower().replace("_", "-").partition("-")[0]
        return base if base in self._languages else UNSAID

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
                yield _NUMBER_OF[name], "\n".join(document.categories)
            else:
                yield _NUMBER_OF[name], str(getattr(document, name))

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

    def _proofs(self, held: Sequence[CompiledWatch], scan: Scan) -> list[tuple[Span, ...]]:
        """Give the spans that prove each of some watches. What they share is worked out once."""
        present, found, names = scan.view.present, scan.view.found, self._rules.names
        number_of: dict[int, int] = {}
        parts: list[_Part] = []
        proving: list[list[int]] = []
        for each in held:
            numbers: list[int] = []
            for slot in each.plain:
                if slot in present:
                    number = number_of.setdefault(slot, len(parts))
                    if number == len(parts):
                        parts.append((names[slot], found[slot][:MAX_PLACES]))
                    numbers.append(number)
            for name, where in each.joined:
                numbers.append(len(parts))
                parts.append((name, where(scan.view)[:MAX_PLACES]))
            proving.append(numbers)
        spans = self._spans(scan, parts)
        return [
            spans[numbers[0]] if len(numbers) == 1 else _in_order([spans[n] for n in numbers])
            for numbers in proving
        ]

    def _spans(self, scan: Scan, parts: Sequence[_Part]) -> list[tuple[Span, ...]]:
        """Turn the places of each part into spans of code points, each once, in reading order."""
        wanted: dict[int, set[int]] = {}
        for _, places in parts:
            for at, first, last in places:
                wanted.setdefault(at, set()).update((first, last))
        if not wanted:
            return [()] * len(parts)
        pack, texts, rows = self._pack(scan.pack), dict(self._texts(scan.document)), scan.view.rows
        offsets = {
            at: pack.places(texts[at], rows[at], positions) for at, positions in wanted.items()
        }
        spans: list[tuple[Span, ...]] = []
        for name, places in parts:
            if len(places) == 1:  # most words stand once
                ((at, first, last),) = places
                ends = offsets[at]
                spans.append((Span(FIELDS[at], ends[first][0], ends[last][1], name),))
            else:
                each_of = {
                    (at, offsets[at][first][0], offsets[at][last][1]) for at, first, last in places
                }
                spans.append(
                    tuple(Span(FIELDS[at], start, end, name) for at, start, end in sorted(each_of))
                )
        return spans


def _in_order(groups: Sequence[tuple[Span, ...]]) -> tuple[Span, ...]:
    """Give the spans of several parts together, each once, in reading order."""
    return tuple(sorted(set(chain.from_iterable(groups)), key=_reading_order))


def _reading_order(span: Span) -> tuple[int, Span]:
    return _NUMBER_OF[span.field], span
