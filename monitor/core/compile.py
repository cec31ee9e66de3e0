"""From a rule book to slots, conditions and keys: what can be worked out before an item comes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from monitor.core.conditions import (
    Condition,
    Key,
    Locator,
    View,
    condition,
    fields_of,
    locator,
    openers,
)
from monitor.core.query import (
    DEFAULT_FIELDS,
    FIELDS,
    NAMING_FILTERS,
    And,
    Filter,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Query,
    Ref,
    Term,
    Within,
    leaves,
    written,
)
from monitor.core.regex import MAX_SET_SIZE, Regex, size_of
from monitor.core.rules import Asked, Concept, RuleBook, Watch
from monitor.core.terms import UNSAID, Occurrence, Terms
from monitor.errors import QueryError

#: Fields that are read only where a watch names one of them.
ELSEWHERE = frozenset(FIELDS) - DEFAULT_FIELDS
_NAME = re.compile(r'\$([^\s()"$*,:]+)')


@dataclass(frozen=True, slots=True)
class CompiledWatch:
    """A watch with its query, and how it is held against an item.

    `plain` are slots that prove a hit wherever they stand, `joined` what proves it by where it
    stands, each with its name.
    """

    watch: Watch
    root: Node
    concepts: Mapping[str, Concept]
    holds: Condition
    plain: tuple[int, ...]
    joined: Sequence[tuple[str, Locator]]


@dataclass(frozen=True, slots=True)
class DerivedConcept:
    """A concept that a query finds: its slot, where it stands, what must be there first."""

    slot: int
    where: Locator
    elsewhere: Locator
    keys: frozenset[Key] | None


class CompiledRules:
    """The watches of a rule book, every leaf of their queries with a slot of its own.

    `names` gives what a slot stands for, `shown` those that watches name themselves; `opened` the
    watches that a key opens, `always` those that need none; `named` says that some are opened by
    a source or publisher; `derived` are in the order in which
    they rest on each other.
    """

    def __init__(self, book: RuleBook) -> None:
        """Compile every watch. Raises `QueryError` for a query that cannot be read."""
        self.concepts = book.concepts
        self._read_before = book.queries
        self._slot_of: dict[object, int] = {}
        self._number_of: dict[str, int] = {}
        self._deriving: list[int] = []
        self.terms = Terms()
        self.names: list[str] = []
        self.shown: set[int] = set()
        self.regexes: dict[Regex, int] = {}
        self._room = MAX_SET_SIZE
        self.derived: list[DerivedConcept] = []
        self.elsewhere: set[str] = set()
        self.watches: list[CompiledWatch] = []
        self.opened: dict[Key, list[int]] = defaultdict(list)
        self.always: list[int] = []
        for watch in book.watches:
            try:
                self._add(watch)
            except QueryError as error:
                said = f"the watch {watch.id}: {error.message}"
                raise QueryError(
                    said, line=error.line, column=error.column, hint=error.hint
                ) from None
        self.named = any(isinstance(key, tuple) and key[0] in NAMING_FILTERS for key in self.opened)

    def watch(self, watch_id: str) -> CompiledWatch:
        """Give a watch by its id. Raises `LookupError` where there is none."""
        number = self._number_of.get(watch_id)
        if number is None:
            raise LookupError(f"there is no watch {watch_id}")
        return self.watches[number]

    def slot_of_concept(self, name: str) -> int:
        """Give the slot of a shared concept, filing its words if no watch has named it."""
        return self._slot(Ref(name), self.concepts)

    def slot_in(self, watch_id: str, leaf: Leaf) -> int:
        """Give the slot of a leaf as a watch reads it, with the concepts of its own."""
        return self._slot(leaf, self.watch(watch_id).concepts)

    def read(
        self, text: str, concepts: Collection[str], *, match_all: bool = False,
        of_concept: bool = False,
    ) -> Query:  # fmt: skip
        """Give the tree of a query: the rule book's, where it was read before. `QueryError`."""
        asked = asking(text, concepts, match_all=match_all, of_concept=of_concept)
        known = self._read_before.get(asked)
        if known is not None:
            return known
        return parsed(text, concepts, match_all=match_all, of_concept=of_concept)

    def _add(self, watch: Watch) -> None:
        concepts = {**self.concepts, **watch.concepts} if watch.concepts else self.concepts
        root = self.read(watch.query, concepts, match_all=watch.match_all).root
        slot_of = partial(self._slot, concepts=concepts)
        plain: list[int] = []
        joined: list[tuple[str, Locator]] = []
        for node, fields in _proving(root, DEFAULT_FIELDS):
            if isinstance(node, Near) or fields != DEFAULT_FIELDS:
                joined.append((written(node), locator(node, slot_of, fields)))
            else:
                plain.append(slot_of(node))
        self.shown.update(slot_of(leaf) for leaf, _ in leaves(root))
        self.elsewhere.update(fields_of(root) - DEFAULT_FIELDS)
        number = len(self.watches)
        self._number_of[watch.id] = number
        holds = condition(root, slot_of)
        compiled = CompiledWatch(watch, root, concepts, holds, tuple(dict.fromkeys(plain)), joined)
        self.watches.append(compiled)
        keys = openers(root, slot_of)
        for key in keys or ():
            self.opened[key].append(number)
        if keys is None:
            self.always.append(number)

    def _slot(self, leaf: Leaf, concepts: Mapping[str, Concept]) -> int:
        """Give the slot of a leaf, filing its words the first time it is seen."""
        concept = concepts[leaf.concept] if isinstance(leaf, Ref) else None
        key: object = id(concept) if concept is not None else leaf
        known = self._slot_of.get(key)
        if known is not None:
            if known in self._deriving:
                self._refuse_circle(known)
            return known
        slot = self._slot_of[key] = len(self.names)
        self.names.append(written(leaf))
        if isinstance(leaf, Term):
            self.terms.add(slot, UNSAID, leaf)
        elif isinstance(leaf, Regex):
            self.regexes[leaf] = slot
            self._room -= size_of(leaf)
            if self._room < 0:
                raise QueryError(
                    f"with it {len(self.regexes):,} regular expressions are too large together",
                    hint="use words, phrases and NEAR for most of them",
                )
        elif concept is not None:
            for language, entries in concept.words.items():
                for entry in entries:
                    self.terms.add(slot, language, entry)
            if concept.query:
                shared = self.concepts.get(concept.id) is concept
                self._derive(slot, concept, self.concepts if shared else concepts)
        return slot

    def _derive(self, slot: int, concept: Concept, concepts: Mapping[str, Concept]) -> None:
        """Compile the query of a concept. What it rests on is compiled, and later found, first."""
        self._deriving.append(slot)
        root = self.read(concept.query, concepts, of_concept=True).root
        slot_of = partial(self._slot, concepts=concepts)
        self.elsewhere.update(fields_of(root) - DEFAULT_FIELDS)
        for leaf, _ in leaves(root):  # all words are filed before the first of them is looked for
            slot_of(leaf)
        where = _at_need(lambda: locator(root, slot_of))
        beside = _at_need(lambda: locator(root, slot_of, ELSEWHERE))
        self.derived.append(DerivedConcept(slot, where, beside, openers(root, slot_of)))
        self._deriving.pop()

    def _refuse_circle(self, slot: int) -> None:
        circle = [self.names[one] for one in self._deriving[self._deriving.index(slot) :]]
        raise QueryError(
            f"the concept {circle[0]} rests on itself: {' -> '.join([*circle, circle[0]])}",
            hint="let one of them have words instead of a query",
        )


def parsed(
    text: str, concepts: Collection[str], *, match_all: bool = False, of_concept: bool = False
) -> Query:
    """Read a query as `parse_query` or `parse_concept_query` does, the same text once.

    Who checks a configuration and who compiles it read the same queries. Raises `QueryError`.
    """
    try:
        return _parsed(asking(text, concepts, match_all=match_all, of_concept=of_concept))
    except QueryError:  # said once more, for the nearest of all names is told with it
        return _read(text, concepts, match_all=match_all, of_concept=of_concept)


def asking(
    text: str, concepts: Collection[str], *, match_all: bool = False, of_concept: bool = False
) -> Asked:
    """Give all that the reading of a query depends on."""
    known = frozenset(name for name in _NAME.findall(text) if name in concepts)
    return Asked(text, known, match_all, of_concept)


@lru_cache(maxsize=1_000)
def _parsed(asked: Asked) -> Query:
    return _read(asked.text, asked.known, match_all=asked.match_all, of_concept=asked.of_concept)


def _read(text: str, concepts: Collection[str], *, match_all: bool, of_concept: bool) -> Query:
    # the parser takes a while to load, and where all was read before nothing is left for it to do
    from monitor.core.grammar import parse_concept_query, parse_query  # noqa: PLC0415

    if of_concept:
        return parse_concept_query(text, concepts)
    return parse_query(text, concepts, match_all=match_all)


def _at_need(make: Callable[[], Locator]) -> Locator:
    """Give a locator that is made when it is first used: most items have use for few of them."""
    made: list[Locator] = []

    def where(view: View) -> Sequence[Occurrence]:
        if not made:  # two threads may both make one: either is whole
            made.append(make())
        return made[0](view)

    return where


def _proving(node: Node, fields: frozenset[str]) -> Iterator[tuple[Leaf | Near, frozenset[str]]]:
    """Give the parts of a tree that prove a hit where they are found, and in which fields."""
    if isinstance(node, Within):
        yield from _proving(node.operand, node.fields)
    elif isinstance(node, (And, Or)):
        for each in node.operands:
            yield from _proving(each, fields)
    elif not isinstance(node, (Not, Filter)):
        yield node, fields
