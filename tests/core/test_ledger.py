"""The ledger: facts are what its events leave, and files never overrule people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.ledger import (
    Fact,
    FactEvent,
    Op,
    SeedNotice,
    Status,
    plan_seeding,
    project,
    seed_content,
)
from monitor.core.rules import SeedFact
from tests.builders import T0, after, fact, seed


class Ledger:
    """Events in a list, numbered as the store does."""

    def __init__(self) -> None:
        self.events: list[FactEvent] = []
        self.minute = 0

    def add(self, *events: FactEvent) -> None:
        for event in events:
            self.events.append(replace(event, seq=len(self.events) + 1))

    def seed(self, *seeds: SeedFact) -> tuple[list[FactEvent], list[SeedNotice]]:
        """Take baseline files over, as a start or a reload does."""
        self.minute += 1
        history: dict[str, list[FactEvent]] = {}
        for event in self.events:
            history.setdefault(event.fact_id, []).append(event)
        events, notices = plan_seeding(seeds, history, after(self.minute))
        self.add(*events)
        return events, notices

    def set(self, text: str, fact_id: str = "refused", op: Op = Op.SET) -> None:
        self.minute += 1
        status = Status.RETRACTED if op is Op.RETRACT else Status.CONFIRMED
        held = replace(fact(text, id=fact_id), status=status)
        self.add(FactEvent(fact_id, op, "user:ann", after(self.minute), held))

    def undo(self, seq: int) -> None:
        self.minute += 1
        fact_id = self.events[seq - 1].fact_id
        self.add(FactEvent(fact_id, Op.UNDO, "user:ann", after(self.minute), undoes=seq))

    @property
    def facts(self) -> dict[str, Fact]:
        return project(self.events)

    @property
    def ops(self) -> list[Op]:
        return [event.op for event in self.events]


def test_an_unseen_line_is_seeded_and_a_known_one_is_not_seeded_again() -> None:
    ledger = Ledger()
    ledger.seed(seed())
    events, notices = ledger.seed(seed())
    assert (events, notices) == ([], [])
    assert ledger.facts["refused"].status is Status.SEED
    assert ledger.facts["refused"].known_since == after(1)


def test_a_changed_line_is_an_edit_and_known_since_the_first() -> None:
    ledger = Ledger()
    ledger.seed(seed(text="Refused"))
    ledger.seed(seed(text="Refused again"))
    assert ledger.ops == [Op.SEED, Op.EDIT]
    assert ledger.facts["refused"].text == "Refused again"
    assert ledger.facts["refused"].known_since == after(1)


def test_a_line_that_someone_has_overruled_is_refused_with_the_command_that_takes_it() -> None:
    ledger = Ledger()
    ledger.seed(seed(text="Refused"))
    ledger.set("Accepted")
    assert ledger.seed(seed(text="Refused")) == ([], [])  # the file says nothing new
    events, (notice,) = ledger.seed(seed(text="Refused for good"))
    assert events == []
    assert notice.fact_id == "refused"
    assert notice.command == "parley baseline set refused --from-file"
    assert "baselines/june.yaml" in notice.message
    assert ledger.facts["refused"].text == "Accepted"


def test_what_a_person_retracted_is_never_seeded_back() -> None:
    ledger = Ledger()
    ledger.seed(seed())
    ledger.set("Refused", op=Op.RETRACT)
    assert ledger.seed(seed()) == ([], [])
    assert ledger.facts["refused"].status is Status.RETRACTED


def test_a_line_taken_out_retracts_only_what_nobody_has_touched() -> None:
    ledger = Ledger()
    ledger.seed(seed("mine", "Untouched"), seed("theirs", "Touched"))
    ledger.set("Set by hand", "theirs")
    ledger.set("Only by hand", "own")
    ledger.seed()
    held = {name: f.status for name, f in ledger.facts.items()}
    assert held == {
        "mine": Status.RETRACTED, "theirs": Status.CONFIRMED, "own": Status.CONFIRMED,
    }  # fmt: skip
    assert ledger.seed() == ([], [])


def test_a_line_put_back_is_known_again() -> None:
    ledger = Ledger()
    ledger.seed(seed())
    ledger.seed()
    ledger.seed(seed())
    assert ledger.ops == [Op.SEED, Op.RETRACT, Op.EDIT]
    assert ledger.facts["refused"].status is Status.SEED


def test_undoing_brings_back_what_was_known_before() -> None:
    ledger = Ledger()
    ledger.seed(seed(text="Refused"))
    ledger.set("Accepted")
    ledger.undo(2)
    assert ledger.facts["refused"].text == "Refused"
    ledger.undo(1)
    assert ledger.facts == {}


def test_what_was_known_at_a_moment_is_what_its_events_until_then_leave() -> None:
    ledger = Ledger()
    ledger.seed(seed(text="Refused"))
    ledger.set("Accepted")
    ledger.undo(2)
    at = [
        project(e for e in ledger.events if e.at <= after(minute))["refused"].text
        for minute in (1, 2, 3)
    ]
    assert at == ["Refused", "Accepted", "Refused"]


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "Other"}, {"state": "agreed"}, {"tracker": "truce"}, {"date": "2025-06-01"},
        {"until": "2025-07-01"}, {"source": "BBC"}, {"ref": "r"}, {"said_by": ("ukraine",)},
        {"scope": {"extent": "full"}}, {"instance": {"n": 2}}, {"values": {"number": 1000}},
        {"as_of": T0}, {"watch": "pow"},
    ],
)  # fmt: skip
def test_whatever_a_line_says_is_part_of_its_content(changed: dict[str, object]) -> None:
    assert seed_content(replace(seed(), **changed)) != seed_content(seed())  # type: ignore[arg-type]


def test_the_order_of_keys_is_not() -> None:
    one = seed(scope={"extent": "full", "party": "russia"})
    other = seed(scope={"party": "russia", "extent": "full"})
    assert seed_content(one) == seed_content(other)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("seed"), st.lists(st.sampled_from("abc"), max_size=3, unique=True)),
        st.tuples(st.just("edit"), st.lists(st.sampled_from("abc"), max_size=3, unique=True)),
        st.tuples(st.just("set"), st.lists(st.sampled_from("abc"), min_size=1, max_size=1)),
        st.tuples(st.just("retract"), st.lists(st.sampled_from("abc"), min_size=1, max_size=1)),
        st.tuples(st.just("undo"), st.just([])),
    ),
    max_size=12,
)


@given(STEPS)
def test_seeding_twice_is_seeding_once_and_never_overrules_a_person(
    steps: Sequence[tuple[str, list[str]]],
) -> None:
    ledger = Ledger()
    for number, (what, ids) in enumerate(steps):
        if what in {"seed", "edit"}:
            said = "first" if what == "seed" else f"edit {number}"
            touched = {e.fact_id for e in ledger.events if e.actor.startswith("user:")}
            before = {name: held for name, held in ledger.facts.items() if name in touched}
            files = [seed(name, said) for name in ids]
            ledger.seed(*files)
            assert {name: held for name, held in ledger.facts.items() if name in touched} == before
            again, _ = ledger.seed(*files)
            assert again == []
        elif what == "undo":
            open_ends = [
                e.seq for e in ledger.events
                if e.op is not Op.UNDO and all(o.undoes != e.seq for o in ledger.events)
            ]  # fmt: skip
            if open_ends:
                ledger.undo(open_ends[-1])
        else:
            ledger.set("by hand", ids[0], Op.SET if what == "set" else Op.RETRACT)
    assert project(ledger.events) == project(list(ledger.events))
