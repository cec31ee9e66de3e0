"""Trackers compiled: where the subject of a question stands in an item, and each of its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from monitor.core.clauses import Place
from monitor.core.compile import CompiledRules
from monitor.core.conditions import Locator, View, locator
from monitor.core.passage import Passage, same_sentence
from monitor.core.query import FIELDS
from monitor.core.rules import Tracker, Watch

#: What a value of a scope costs that stands in another sentence than the act.
ANOTHER_SENTENCE = 0.9
#: Units of time in which a duration is told.
SPANS = frozenset({"hours", "days", "weeks", "months"})
#: Code points of each position of the rows of an item, by the number of the field.
Placed = Mapping[int, Mapping[int, tuple[int, int]]]
#: What was found in an item, and where its words stand.
Found = tuple[View, Placed]


@dataclass(frozen=True, slots=True)
class Question:
    """A tracker of a watch, compiled: where its topic stands, where each value of a scope does."""

    watch: str
    tracker: Tracker
    topic: Locator
    values: Mapping[str, Sequence[tuple[str, Locator | None]]]
    when: Mapping[str, Locator]
    first: bool


def question_of(watch: Watch, tracker: Tracker, rules: CompiledRules, *, first: bool) -> Question:
    """Compile a tracker; the `first` of a watch is what its items are about.

    Raises `QueryError`.
    """
    concepts = {**rules.concepts, **watch.concepts}
    slot_of = partial(rules.slot_in, watch.id)

    def where(query: str) -> Locator:
        return locator(rules.read(query, concepts, match_all=True).root, slot_of)

    values = {
        name: [(value, where(query) if query.strip() else None) for value, query in each.items()]
        for name, each in tracker.values.items()
    }
    when = {state.name: where(state.when) for state in tracker.states if state.when.strip()}
    return Question(watch.id, tracker, where(tracker.topic), values, when, first)


def place_of(one: tuple[int, int, int], placed: Placed) -> Place:
    """Give where an occurrence stands in the text of its field."""
    number, first, last = one
    return Place(first, last, placed[number][first][0], placed[number][last][1])


def scope_of(
    question: Question, found: Found, text: Passage, place: Place, party: str
) -> tuple[tuple[str, str], ...]:
    """Give the values of a claim's scope: the party, and what its words say of the others."""
    scope = []
    for name in question.tracker.scope:
        if name == "party":
            scope.append((name, party))
        else:
            scope.append((name, _value(question, found, name, text, place)))
    return tuple(scope)


def _value(question: Question, found: Found, name: str, text: Passage, place: Place) -> str:
    """Give the value of a scope that is told nearest to an act, else the one that needs no word."""
    view, placed = found
    silent, near = "", []
    for value, where in question.values.get(name, ()):
        if where is None:
            silent = value
            continue
        for one in where(view):
            p = place_of(one, placed)
            same = FIELDS[one[0]] == text.name
            cost = (
                text.layout.cost(p, place)
                if same and same_sentence(text, p, place)
                else ANOTHER_SENTENCE
            )
            near.append((cost, value))
    return min(near)[1] if near else silent


def slot_values(question: Question, found: Found, name: str) -> tuple[str, ...]:
    """Give the values of a slot of which an item has the words."""
    view, _ = found
    return tuple(value for value, where in question.values.get(name, ()) if where and where(view))


def count_of(question: Question, text: Passage, place: Place) -> str:
    """Give the exact number of what a tracker counts that stands nearest in the sentence.

    A state with a slot `duration` counts time: `30 days`.
    """
    if "duration" in question.tracker.slots and question.tracker.kind == "state":
        spans = [
            (abs(each.start - place.start), f"{each.value} {each.unit}")
            for each in text.quantities
            if each.unit in SPANS and text.same_sentence(each.start, place.start)
        ]
        return min(spans)[1] if spans else ""
    units = {"bodies": ("bodies",), "people": ("people", "")}.get(_counted(question.tracker), ())
    near = [
        (abs(each.start - place.start), str(each.value))
        for each in text.quantities
        if each.exact
        and (each.unit in units and (each.unit or each.each))
        and text.same_sentence(each.start, place.start)
    ]
    return min(near)[1] if near else ""


def _counted(tracker: Tracker) -> str:
    """Give what a tracker counts, as its slot `number` says: people, unless it says `bodies`."""
    counted = tracker.slots.get("number", "")
    return "people" if counted == "number" else str(counted)
