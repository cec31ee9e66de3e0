"""Trees of the watch language as functions over what was found in an item.

A condition says whether a tree is true, a locator where it stands. Both are made once for each
watch and run for each item that has one of the watch's words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.core.model import Document
from monitor.core.nearness import Ruler, pairs
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
    Ref,
    Term,
    Within,
    operands,
)
from monitor.core.regex import Regex
from monitor.core.terms import Occurrence, Row
from monitor.core.text import fold

#: Places of one part of a watch that are shown of one item: enough to prove it.
MAX_PLACES = 200
#: What can open a watch: a slot, a slot in the fields that only some watches read, or a filter's
#: kind and value.
Key = int | tuple[str, int] | tuple[str, str]
_BESIDE = "beside"
#: Slots that are asked for one after the other; of more, those found are looked for among them.
_FEW = 8
_LEAVES = (Term, Regex, Ref)


class Pairs(NamedTuple):
    """What of two parts stands in one sentence, the closest pairs first.

    `gaps` are the words between both, `places` reach from the first word of both to the last.
    """

    gaps: Sequence[int]
    places: Sequence[Occurrence]

    def within(self, words: int | None) -> int:
        """Give how many pairs are no further apart than so many words."""
        return len(self.gaps) if words is None else bisect_left(self.gaps, words)


@dataclass(slots=True)
class View:
    """What was found in one item: occurrences by slot, in title and summary and `beside` them.

    `present` are the slots found. `rulers`, `ordered` and `paired` hold what was worked out on the
    way: watches share much of it.
    """

    document: Document
    rows: Mapping[int, Row]
    found: dict[int, list[Occurrence]]
    beside: dict[int, list[Occurrence]] = field(default_factory=dict)
    present: KeysView[int] = field(init=False)
    rulers: dict[int, Ruler] = field(default_factory=dict)
    ordered: dict[Hashable, Sequence[Occurrence]] = field(default_factory=dict)
    paired: dict[Hashable, Pairs] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at the slots through one window that stays open."""
        self.present = self.found.keys()

    def ruler(self, number: int) -> Ruler:
        """Give what measures the row of a field."""
        made = self.rulers.get(number)
        if made is None:
            made = self.rulers[number] = Ruler(self.rows[number])
        return made

    def places(self, part: _Part) -> Sequence[Occurrence]:
        """Give the places of a part of a watch, each once, in order."""
        known = self.ordered.get(part.key)
        if known is None:
            known = self.ordered[part.key] = sorted(set(part.where(self)))
        return known

    def pairs(self, left: _Part, right: _Part) -> Pairs:
        """Give where two parts stand in one sentence, whichever of them comes first."""
        key = frozenset((left.key, right.key))
        known = self.paired.get(key)
        if known is None:
            ones = self.places(left)
            found = pairs(ones, self.places(right), self.ruler) if ones else {}
            by_gap = sorted((gap, place) for place, gap in found.items())
            known = Pairs([gap for gap, _ in by_gap], [place for _, place in by_gap])
            self.paired[key] = known
        return known

    def opening(self, *, named: bool) -> Iterator[Key]:
        """Give all that can open a watch; `named`, by the name of its source and publisher too."""
        yield from self.found
        for slot in self.beside:
            yield _BESIDE, slot
        if named:
            yield "source", fold(self.document.feed)
            yield "publisher", fold(self.document.publisher)


Condition = Callable[[View], bool]
Locator = Callable[[View], Sequence[Occurrence]]
Openers = frozenset[Key] | None
SlotOf = Callable[[Leaf], int]


def condition(node: Node, slot_of: SlotOf, fields: frozenset[str] = DEFAULT_FIELDS) -> Condition:
    """Make the function that says whether a tree is true of an item."""
    if isinstance(node, Within):
        return condition(node.operand, slot_of, node.fields)
    if isinstance(node, Not):
        negated = condition(node.operand, slot_of, fields)
        return lambda view: not negated(view)
    if isinstance(node, And):
        return _all_of(node, slot_of, fields)
    if isinstance(node, Or):
        return _any_of(node, slot_of, fields)
    if isinstance(node, Filter):
        return _filter(node)
    if isinstance(node, Near):
        near, words = _near(node, slot_of, fields), node.words
        return lambda view: near(view).within(words) > 0
    slot = slot_of(node)
    if fields == DEFAULT_FIELDS:
        return lambda view: slot in view.present
    where = locator(node, slot_of, fields)
    return lambda view: bool(where(view))


def _any_of(node: Or, slot_of: SlotOf, fields: frozenset[str]) -> Condition:
    """Make the function for alternatives; words and concepts among them are asked for at once."""
    slots = _few(frozenset().union(*(_plain(each, slot_of, fields) for each in node.operands)))
    rest = [
        (_slots(openers(each, slot_of, fields)), condition(each, slot_of, fields))
        for each in node.operands
        if not _plain(each, slot_of, fields)
    ]
    if not rest:
        return lambda view: not view.present.isdisjoint(slots)

    def holds(view: View) -> bool:
        found = view.present
        if not found.isdisjoint(slots):
            return True
        for needed, each in rest:  # of most alternatives an item has not one word
            if (needed is None or not found.isdisjoint(needed)) and each(view):
                return True
        return False

    return holds


def _all_of(node: And, slot_of: SlotOf, fields: frozenset[str]) -> Condition:
    """Make the function for what must all be true, the cheapest questions first."""
    needed: list[Collection[int]] = []
    vetoes: list[frozenset[int]] = []
    rest: list[Condition] = []
    # what opened the watch is true: it is asked for last
    for each in sorted(node.operands, key=_frequency, reverse=True):
        negated = isinstance(each, Not)
        slots = _plain(each.operand if isinstance(each, Not) else each, slot_of, fields)
        if slots:
            if negated:
                vetoes.append(slots)
            else:
                needed.append(_few(slots))
        else:
            rest.append(condition(each, slot_of, fields))

    vetoing = _few(frozenset().union(*vetoes))

    def holds(view: View) -> bool:  # loops: a generator costs more than most of these questions
        found = view.present
        for slots in needed:
            if found.isdisjoint(slots):
                return False
        if not found.isdisjoint(vetoing):
            return False
        for each in rest:  # noqa: SIM110
            if not each(view):
                return False
        return True

    return holds


def _few(slots: frozenset[int]) -> Collection[int]:
    """Give slots so that asking for them reads little memory: a set is three times a tuple."""
    return tuple(slots) if len(slots) <= _FEW else slots


def _plain(node: Node, slot_of: SlotOf, fields: frozenset[str]) -> frozenset[int]:
    """Give the slots of which one must be found, where a tree asks for nothing more."""
    if fields != DEFAULT_FIELDS:
        return frozenset()
    if isinstance(node, _LEAVES):
        return frozenset({slot_of(node)})
    if not isinstance(node, Or):
        return frozenset()
    leaves = [each for each in node.operands if isinstance(each, _LEAVES)]
    return frozenset(map(slot_of, leaves)) if len(leaves) == len(node.operands) else frozenset()


def _filter(node: Filter) -> Condition:
    values = frozenset(node.values)
    if node.kind == "language":
        return lambda view: _base(view.document.language) in values
    if node.kind == "tier":
        return lambda view: str(view.document.tier) in values
    if node.kind == "source":
        return lambda view: fold(view.document.feed) in values
    return lambda view: fold(view.document.publisher) in values


def _base(language: str) -> str:
    """Give a language without its region: feeds write `de-AT`, `pt_BR`."""
    return language.lower().replace("_", "-").partition("-")[0]


def locator(node: Node, slot_of: SlotOf, fields: frozenset[str] = DEFAULT_FIELDS) -> Locator:
    """Make the function that says where a tree stands in an item, nowhere where it is not true."""
    if isinstance(node, Within):
        return locator(node.operand, slot_of, node.fields)
    if isinstance(node, Near):
        near, words = _near(node, slot_of, fields), node.words
        return lambda view: (found := near(view)).places[: found.within(words)]
    if isinstance(node, Or):
        return _places_of_any(node, slot_of, fields)
    if isinstance(node, And):
        holds = condition(node, slot_of, fields)
        parts = [locator(each, slot_of, fields) for each in node.operands]
        return lambda view: (
            [place for where in parts for place in where(view)] if holds(view) else []
        )
    if isinstance(node, (Not, Filter)):
        return lambda _: ()
    return _leaf(slot_of(node), fields)


def _places_of_any(node: Or, slot_of: SlotOf, fields: frozenset[str]) -> Locator:
    """Make the locator of alternatives; of most of them, an item has not one word."""
    each_of = [
        (_slots(openers(each, slot_of, fields)), locator(each, slot_of, fields))
        for each in node.operands
    ]

    def where(view: View) -> Sequence[Occurrence]:
        found = view.present
        return [
            place
            for needed, each in each_of
            if needed is None or not found.isdisjoint(needed)
            for place in each(view)
        ]

    return where


def _slots(keys: Openers) -> frozenset[int] | None:
    """Give keys that are plain slots, None where they are not all, or none is needed."""
    plain = frozenset(key for key in keys or () if isinstance(key, int))
    return plain if keys and len(plain) == len(keys) else None


def _leaf(slot: int, fields: frozenset[str]) -> Locator:
    if fields == DEFAULT_FIELDS:
        return lambda view: view.found.get(slot, ())
    numbers = frozenset(FIELDS.index(name) for name in fields)
    if fields <= DEFAULT_FIELDS:
        return lambda view: [one for one in view.found.get(slot, ()) if one[0] in numbers]
    return lambda view: [one for one in view.beside.get(slot, ()) if one[0] in numbers]


class _Part(NamedTuple):
    """One side of a NEAR: what is the same for all that stand in the same places, and where."""

    key: Hashable
    where: Locator


def _near(node: Near, slot_of: SlotOf, fields: frozenset[str]) -> Callable[[View], Pairs]:
    """Make the function that gives what of both sides stands in one sentence, at any distance."""
    left, right = (
        _Part(_key(side, slot_of, fields), locator(side, slot_of, fields))
        for side in (node.left, node.right)
    )
    sides = (_slots(openers(side, slot_of, fields)) for side in (node.left, node.right))
    needed = [keys for keys in sides if keys is not None]

    def near(view: View) -> Pairs:
        for keys in needed:  # most items lack one side altogether
            if view.present.isdisjoint(keys):
                return _NO_PAIRS
        return view.pairs(left, right)

    return near


_NO_PAIRS = Pairs((), ())


def _key(node: Node, slot_of: SlotOf, fields: frozenset[str]) -> Hashable:
    """Give what is the same for all trees, of whatever watch, that stand in the same places."""
    if isinstance(node, Within):
        return _key(node.operand, slot_of, node.fields)
    if isinstance(node, (Or, Near)):
        words = node.words if isinstance(node, Near) else 0
        return type(node), words, *(_key(each, slot_of, fields) for each in operands(node))
    return (slot_of(node), fields) if isinstance(node, _LEAVES) else node


def openers(node: Node, slot_of: SlotOf, fields: frozenset[str] = DEFAULT_FIELDS) -> Openers:
    """Give keys of which an item must have one for a tree to be true; None where it needs none."""
    if isinstance(node, Within):
        return openers(node.operand, slot_of, node.fields)
    if isinstance(node, Not):
        return None
    if isinstance(node, Filter):
        named = node.kind in NAMING_FILTERS
        return frozenset((node.kind, value) for value in node.values) if named else None
    if isinstance(node, (And, Or, Near)):
        parts = operands(node)
        if not isinstance(node, Or):  # all are needed: those that are rarely found will do
            parts = tuple(sorted(parts, key=_frequency))
        each_of = [openers(each, slot_of, fields) for each in parts]
        known = [keys for keys in each_of if keys is not None]
        if isinstance(node, Or):
            return frozenset().union(*known) if len(known) == len(each_of) else None
        return known[0] if known else None
    slot = slot_of(node)
    return frozenset({slot if fields <= DEFAULT_FIELDS else (_BESIDE, slot)})


#: How often something is found, roughly, against a phrase.
_WORD, _BEGINNING, _CONCEPT = 5, 8, 20


def _frequency(node: Node) -> int:
    """Guess how many items have what opens a tree: it decides what a watch is filed under."""
    if isinstance(node, Ref):
        return _CONCEPT
    if isinstance(node, Term):
        (first, *more) = node.parts
        return 1 if more else _BEGINNING if first.prefix else _WORD
    if isinstance(node, Filter):
        return _WORD * len(node.values)
    each_of = [_frequency(each) for each in operands(node) if not isinstance(each, Not)]
    if isinstance(node, Or):
        return sum(each_of)
    return min(each_of, default=_CONCEPT)


def fields_of(node: Node) -> frozenset[str]:
    """Give the fields that a tree names."""
    own = node.fields if isinstance(node, Within) else frozenset()
    return own.union(*(fields_of(each) for each in operands(node)))
