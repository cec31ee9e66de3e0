"""Trees of the watch language as functions over what was found in an item.

A condition says whether a tree is true, a locator where it stands. Both are made once for each
watch and run for each item that has one of the watch's words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice

from monitor.core.model import Document
from monitor.core.pieces import SENTENCE
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
from monitor.core.terms import CLAUSE_MARK, Occurrence, Row
from monitor.core.text import fold

#: Places of one part of a watch that are given of one item, and those of the rarer side of a NEAR
#: that are compared: enough for any text that people write.
MAX_PLACES = 200
MAX_COMPARED = 1_000
#: What can open a watch: a slot, a slot in the fields that only some watches read, or a filter's
#: kind and value.
Key = int | tuple[str, int] | tuple[str, str]
_BESIDE = "beside"
_LEAVES = (Term, Regex, Ref)


@dataclass(frozen=True, slots=True)
class View:
    """What was found in one item: occurrences by slot, in title and summary and `beside` them.

    `rulers` and `nears` hold what was worked out on the way: watches share much of it.
    """

    document: Document
    rows: Mapping[int, Row]
    found: dict[int, list[Occurrence]]
    beside: dict[int, list[Occurrence]] = field(default_factory=dict)
    rulers: dict[int, _Ruler] = field(default_factory=dict)
    nears: dict[Hashable, Sequence[Occurrence]] = field(default_factory=dict)

    def ruler(self, number: int) -> _Ruler:
        """Give what measures the row of a field."""
        made = self.rulers.get(number)
        if made is None:
            made = self.rulers[number] = _Ruler(self.rows[number])
        return made

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
        where = locator(node, slot_of, fields)
        return lambda view: bool(where(view))
    slot = slot_of(node)
    if fields == DEFAULT_FIELDS:
        return lambda view: slot in view.found
    where = locator(node, slot_of, fields)
    return lambda view: bool(where(view))


def _any_of(node: Or, slot_of: SlotOf, fields: frozenset[str]) -> Condition:
    """Make the function for alternatives; words and concepts among them are asked for at once."""
    slots = frozenset().union(*(_plain(each, slot_of, fields) for each in node.operands))
    rest = [
        (_slots(openers(each, slot_of, fields)), condition(each, slot_of, fields))
        for each in node.operands
        if not _plain(each, slot_of, fields)
    ]
    if not rest:
        return lambda view: not view.found.keys().isdisjoint(slots)

    def holds(view: View) -> bool:
        found = view.found.keys()
        if not found.isdisjoint(slots):
            return True
        for needed, each in rest:  # of most alternatives an item has not one word
            if (needed is None or not found.isdisjoint(needed)) and each(view):
                return True
        return False

    return holds


def _all_of(node: And, slot_of: SlotOf, fields: frozenset[str]) -> Condition:
    """Make the function for what must all be true, the cheapest questions first."""
    needed: list[frozenset[int]] = []
    vetoes: list[frozenset[int]] = []
    rest: list[Condition] = []
    for each in node.operands:
        negated = isinstance(each, Not)
        slots = _plain(each.operand if isinstance(each, Not) else each, slot_of, fields)
        if slots:
            (vetoes if negated else needed).append(slots)
        else:
            rest.append(condition(each, slot_of, fields))

    def holds(view: View) -> bool:
        found = view.found.keys()
        for slots in needed:
            if found.isdisjoint(slots):
                return False
        for slots in vetoes:
            if not found.isdisjoint(slots):
                return False
        return all(each(view) for each in rest)

    return holds


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
        return _near(node, slot_of, fields)
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
        found = view.found.keys()
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


class _Ruler:
    """Measures a row: how many words, and ends of sentences, stand before each position."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._words = [0, *accumulate(word is not CLAUSE_MARK for word in row)]
        self._ends = [0, *accumulate(word is not None and word.ends == SENTENCE for word in row)]

    def beyond(self, end: int, start: int, words: int | None) -> bool:
        """Say whether a place that starts there is too far from one that ends before it."""
        if self._ends[start] != self._ends[end]:
            return True
        return words is not None and self._words[start] - self._words[end + 1] >= words

    def near(self, one: Occurrence, other: Occurrence, words: int | None) -> bool:
        """Say whether two places are in one sentence, and so near.

        Places that overlap are near only in a word that was taken apart: a word is not near itself.
        """
        first, second = (one, other) if one[1] <= other[1] else (other, one)
        if second[1] > first[2]:
            return not self.beyond(first[2], second[1], words)
        if one != other or one[1] != one[2]:
            return False
        word = self._row[one[1]]
        return word is not None and word.split


def _near(node: Near, slot_of: SlotOf, fields: frozenset[str]) -> Locator:
    left, right = locator(node.left, slot_of, fields), locator(node.right, slot_of, fields)
    key = _key(node, slot_of, fields)
    sides = (_slots(openers(side, slot_of, fields)) for side in (node.left, node.right))
    needed = [keys for keys in sides if keys is not None]

    def where(view: View) -> Sequence[Occurrence]:
        for keys in needed:  # most items lack one side altogether
            if view.found.keys().isdisjoint(keys):
                return ()
        known = view.nears.get(key)
        if known is None:
            ones = left(view)
            few, many = sorted((ones, right(view) if ones else ()), key=len)
            pairs = _pairs(view, few[:MAX_COMPARED], many, node.words)
            known = view.nears[key] = list(islice(pairs, MAX_PLACES)) if few else ()
        return known

    return where


def _key(node: Node, slot_of: SlotOf, fields: frozenset[str]) -> Hashable:
    """Give what is the same for all trees, of whatever watch, that stand in the same places."""
    if isinstance(node, Within):
        return _key(node.operand, slot_of, node.fields)
    if isinstance(node, (Or, Near)):
        words = node.words if isinstance(node, Near) else 0
        return type(node), words, *(_key(each, slot_of, fields) for each in operands(node))
    return (slot_of(node), fields) if isinstance(node, _LEAVES) else node


def _pairs(
    view: View, ones: Sequence[Occurrence], others: Sequence[Occurrence], words: int | None
) -> Iterator[Occurrence]:
    """Give all that is near each other, from the first word of both to the last.

    Each place is compared with its neighbours only: the work grows with the text, not its square.
    """
    ordered = sorted(set(others))
    longest = max((last - first for _, first, last in ordered), default=0)
    for one in ones:
        number, first, last = one
        ruler = view.ruler(number)
        for place in range(bisect_left(ordered, (number, first, 0)), len(ordered)):
            other = ordered[place]
            if other[0] != number or (other[1] > last and ruler.beyond(last, other[1], words)):
                break
            if ruler.near(one, other, words):
                yield number, first, max(last, other[2])
        for place in range(bisect_left(ordered, (number, first, 0)) - 1, -1, -1):
            other = ordered[place]
            reach = other[1] + longest
            if other[0] != number or (reach < first and ruler.beyond(reach, first, words)):
                break
            if ruler.near(one, other, words):
                yield number, other[1], max(last, other[2])


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
        each_of = [openers(each, slot_of, fields) for each in operands(node)]
        known = [keys for keys in each_of if keys is not None]
        if isinstance(node, Or):
            return frozenset().union(*known) if len(known) == len(each_of) else None
        return min(known, key=len, default=None)  # all are needed: the fewest keys will do
    slot = slot_of(node)
    return frozenset({slot if fields <= DEFAULT_FIELDS else (_BESIDE, slot)})


def fields_of(node: Node) -> frozenset[str]:
    """Give the fields that a tree names."""
    own = node.fields if isinstance(node, Within) else frozenset()
    return own.union(*(fields_of(each) for each in operands(node)))
