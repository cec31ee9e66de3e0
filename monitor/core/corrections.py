"""Taking back and comparing: what is undone together, what a fact has to fit, what changed.

An item that reports a fact also supersedes what the fact replaces. Both are one step: undoing one
of them undoes the other, so that the earlier state holds again.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.core.ledger import HELD, Fact, FactEvent, Op, Status, in_force
from monitor.core.rules import Tracker, Watch

#: What an item may say of any fact, whatever the slots of its tracker.
COMMON_VALUES = ("number", "date", "category")
#: What people see of a fact; the rest says when and how it came to be known.
SHOWN = (
    "watch", "tracker", "scope", "instance", "state", "values", "date", "until", "text", "said_by",
    "source", "ref", "status",
)  # fmt: skip


def last_event(events: Iterable[FactEvent], fact_id: str) -> FactEvent | None:
    """Give the last entry about a fact, an undoing too, None where there is none."""
    return next((event for event in reversed(list(events)) if event.fact_id == fact_id), None)


def undone_with(event: FactEvent, events: Sequence[FactEvent]) -> list[FactEvent]:
    """Give what is undone where `event` is: itself first, then the rest of the same step.

    A step is what one item did to one watch at one moment, or what a person set with what that
    replaced, and nothing that is undone already. A fact that was superseded itself has handed its
    place on: undoing what made it then revives nothing, for what took its place holds for both.
    """
    if event.fact is None:
        return [event]
    counting = in_force(events)
    same = [
        other for other in counting
        if other.actor == event.actor and other.at == event.at
        and other.fact is not None and other.fact.watch == event.fact.watch
    ]  # fmt: skip
    step = same if event.actor.startswith("item:") else _set_by_hand(event, same)
    others = [other for other in step if other.seq != event.seq]
    if event.op in _MAKERS and _handed_on(event, counting):
        others = [other for other in others if other.op is not Op.SUPERSEDE]
    return [event, *others]


#: Events that may supersede other facts in the same step.
_MAKERS = frozenset({Op.REPORT, Op.SET})


def _set_by_hand(event: FactEvent, same: Sequence[FactEvent]) -> Sequence[FactEvent]:
    """Give what one command of a person did: what was superseded, then the fact that was set.

    Two commands can bear the same time, so it is the order of the entries that keeps them apart.
    """
    run: list[FactEvent] = []
    for other in same:
        if other.op not in {Op.SET, Op.SUPERSEDE}:
            continue
        run.append(other)
        if other.op is Op.SET:
            if event in run:
                return run
            run = []
    return ()


def _handed_on(event: FactEvent, counting: Sequence[FactEvent]) -> bool:
    return any(
        other.op is Op.SUPERSEDE and other.fact_id == event.fact_id and other.seq > event.seq
        for other in counting
    )


def replaces(new: Fact, old: Fact) -> bool:
    """Say whether a fact of a state takes the place of another: the same scope and party.

    A fact without a party is of all of them, and takes the place of every stance in its scope.
    """
    if new.id == old.id or (new.watch, new.tracker) != (old.watch, old.tracker):
        return False
    for name in {*new.scope, *old.scope} - {"party"}:
        one, other = new.scope.get(name), old.scope.get(name)
        if one and other and one != other:
            return False
    party = new.scope.get("party")
    return not party or old.scope.get("party", party) == party


# --- what a fact has to fit --------------------------------------------------------------------


def misfits(fact: Fact, watch: Watch, parties: Collection[str] = ()) -> Iterator[str]:
    """Give what is wrong with a fact in the eyes of its watch, each with what would fit.

    `parties` are the names of sides that are known beside those of the tracker: a name that is
    not among them may be a new one, unless it looks like a slip of one that is.
    """
    if fact.tracker is None:
        for key in ("state", "scope", "instance"):
            if getattr(fact, key):
                yield f"{fact.id} is a note, and a note has no {key}; name the tracker with it"
        return
    tracker = next((each for each in watch.trackers if each.id == fact.tracker), None)
    if tracker is None:
        hint = near(fact.tracker, [each.id for each in watch.trackers])
        yield f"{fact.watch} has no tracker {fact.tracker!r}{hint}"
        return
    states = [state.name for state in tracker.states]
    if fact.state is not None and fact.state not in states:
        yield f"{tracker.id} has no state {fact.state!r}{near(fact.state, states)}"
    if fact.instance and tracker.kind != "series":
        yield f"{tracker.id} is no series, so it has no instances"
    yield from _scope_misfits(fact, tracker)
    yield from _slips(fact, {*parties, *tracker.parties})


def _scope_misfits(fact: Fact, tracker: Tracker) -> Iterator[str]:
    for name, value in fact.scope.items():
        if name not in tracker.scope:
            yield f"{tracker.id} has no scope {name!r}{near(name, tracker.scope)}"
            continue
        known = list(tracker.values.get(name, ()))
        if known and str(value) not in known:
            yield f"{name} of {tracker.id} cannot be {value!r}{near(str(value), known)}"


def _slips(fact: Fact, parties: Collection[str]) -> Iterator[str]:
    named = [str(fact.scope["party"])] if fact.scope.get("party") else []
    for name in dict.fromkeys([*named, *fact.said_by]):
        close = difflib.get_close_matches(name, sorted(parties), n=1)
        if name not in parties and close:
            yield f"nobody is known as {name!r}; did you mean {close[0]}?"


def odd_values(names: Iterable[str], tracker: Tracker) -> Iterator[str]:
    """Give what is wrong with the names of some values of a tracker."""
    known = list(dict.fromkeys([*tracker.slots, *COMMON_VALUES]))
    for name in names:
        if name not in known:
            yield f"{tracker.id} has no value {name!r}{near(name, known)}"


def near(name: str, known: Sequence[str]) -> str:
    """Give `; it has: ...` as the end of a sentence, or the one that was meant."""
    close = difflib.get_close_matches(name, known, n=1)
    listed = f"it has: {', '.join(known) or 'none'}"
    return f"; did you mean {close[0]}? ({listed})" if close else f"; {listed}"


# --- what changed between two moments ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of what was known: `kind` is added, changed or gone.

    `before` is None for what was added. `after` of what is gone is the fact as it is kept now,
    superseded or retracted; None where all that was known of it was undone. `parts` are the names
    of what differs.
    """

    kind: str
    before: Fact | None
    after: Fact | None
    parts: tuple[str, ...] = ()


def changes(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> tuple[Change, ...]:
    """Give how two states of the ledger differ in what they hold, by fact id."""
    found = []
    for fact_id in sorted({*before, *after}):
        old, new = before.get(fact_id), after.get(fact_id)
        was = old if old is not None and old.status in HELD else None
        now = new if new is not None and new.status in HELD else None
        if was is None and now is not None:
            found.append(Change("added", None, now))
        elif was is not None and now is None:
            found.append(Change("gone", was, new))
        elif was is not None and now is not None:
            parts = tuple(name for name in SHOWN if getattr(was, name) != getattr(now, name))
            if parts:
                found.append(Change("changed", was, now, parts))
    return tuple(found)


def taken_back(before: Fact | None, after: Fact | None) -> bool:
    """Say whether a fact that stood, be it superseded, counts for nothing after a change."""
    return _stands(before) and not _stands(after)


def _stands(fact: Fact | None) -> bool:
    return fact is not None and fact.status is not Status.RETRACTED


def holding(fact: Fact, facts: Iterable[Fact]) -> list[Fact]:
    """Give what is held of the question that a fact answered: its scope, or its instance."""
    return [
        each for each in facts
        if each.id != fact.id and each.tracker == fact.tracker and fact.tracker is not None
        and each.instance == fact.instance
        and all(
            not each.scope.get(name) or each.scope[name] == value
            for name, value in fact.scope.items() if name != "party"
        )
    ]  # fmt: skip
