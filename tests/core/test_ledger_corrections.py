"""What is undone together, what a fact has to fit, and what changed between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.core.corrections import (
    changes,
    holding,
    misfits,
    odd_values,
    replaces,
    taken_back,
    undone_with,
)
from monitor.core.ledger import (
    Fact,
    FactEvent,
    Op,
    Status,
    is_fact_id,
    plan_seeding,
    project,
    seed_content,
)
from monitor.core.rules import Tracker, TrackerState
from tests.builders import AS_OF, after, seed, watch

STATES = (TrackerState("rejected", ("reject",)), TrackerState("agreed", ("agree",), joint=True))
TRUCE = Tracker(
    "truce", "state", "Is there a truce?", "$truce", scope=("extent", "party"),
    parties=("ukraine", "russia"), states=STATES, slots={"duration": "text"},
    values={"extent": {"full": "", "air": "sky"}},
)  # fmt: skip
ROUNDS = Tracker("rounds", "series", "Which rounds?", "$talks", states=STATES)
WATCH = watch(trackers=(TRUCE, ROUNDS))


def held(id: str = "a", state: str = "rejected", **more: object) -> Fact:
    scope = more.pop("scope", {"extent": "full", "party": "russia"})
    made = Fact(
        id, "ceasefire", f"Text of {id}", Status.REPORTED, AS_OF, AS_OF, tracker="truce",
        state=state, scope=scope,  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def ledger(*events: FactEvent) -> list[FactEvent]:
    return [replace(event, seq=n) for n, event in enumerate(events, 1)]


def report(fact: Fact, actor: str, minute: float, *gone: Fact) -> list[FactEvent]:
    """What an item does: it supersedes some facts and reports one."""
    at = after(minute)
    over = [
        FactEvent(old.id, Op.SUPERSEDE, actor, at, replace(old, status=Status.SUPERSEDED))
        for old in gone
    ]
    return [*over, FactEvent(fact.id, Op.REPORT, actor, at, fact)]


def undo(events: Sequence[FactEvent], seq: int) -> tuple[list[int], dict[str, Fact]]:
    """Undo an entry with its step; gives the entries that were undone, and the facts then."""
    step = undone_with(events[seq - 1], events)
    undoing = [FactEvent(e.fact_id, Op.UNDO, "user:ann", after(99), undoes=e.seq) for e in step]
    return sorted(e.seq for e in step), project(ledger(*events, *undoing))


A, B, C = held("a"), held("b", "agreed", scope={"extent": "full"}), held("c")


@pytest.mark.parametrize("seq", [2, 3])
def test_a_report_and_what_it_superseded_are_one_step(seq: int) -> None:
    events = ledger(*report(A, "item:1", 1), *report(B, "item:2", 2, A))
    undone, facts = undo(events, seq)
    assert undone == [2, 3]
    assert {name: fact.status for name, fact in facts.items()} == {"a": Status.REPORTED}


def test_a_fact_whose_place_was_taken_since_revives_nothing() -> None:
    events = ledger(*report(A, "item:1", 1), *report(B, "item:2", 2, A), *report(C, "item:3", 3, B))
    undone, facts = undo(events, 3)
    assert undone == [3]
    assert {name: fact.status for name, fact in facts.items()} == {
        "a": Status.SUPERSEDED, "c": Status.REPORTED,
    }  # fmt: skip


def test_what_the_same_item_did_to_another_watch_stays() -> None:
    other = held("other", watch="diplomacy")
    events = ledger(*report(A, "item:1", 1), *report(other, "item:1", 1))
    assert undo(events, 1)[0] == [1]


def test_an_entry_by_hand_is_undone_alone_unless_it_replaced_something() -> None:
    at, who = after(2), "user:ann"
    gone = replace(A, status=Status.SUPERSEDED)
    events = ledger(
        *report(A, "item:1", 1),
        FactEvent("note", Op.SET, who, at, held("note")),
        FactEvent("a", Op.SUPERSEDE, who, at, gone),
        FactEvent("b", Op.SET, who, at, B),
        FactEvent("b", Op.SET, who, at, replace(B, text="Other words")),
    )
    assert undo(events, 2)[0] == [2]
    assert undo(events, 3)[0] == undo(events, 4)[0] == [3, 4]
    assert undo(events, 5)[0] == [5]


def test_an_older_entry_is_undone_beneath_one_that_only_changed_how_sure_it_is() -> None:
    events = ledger(
        FactEvent("a", Op.SEED, "file:f", after(1), held("a", text="Refused")),
        FactEvent("a", Op.SET, "user:ann", after(2), held("a", text="Accepted")),
        FactEvent(
            "a", Op.CONFIRM, "item:1", after(3),
            held("a", text="Accepted", status=Status.CONFIRMED, said_by=("russia",)),
        ),
    )  # fmt: skip
    _, facts = undo(events, 2)
    assert (facts["a"].text, facts["a"].status) == ("Refused", Status.CONFIRMED)
    assert facts["a"].said_by == ("russia",)


@pytest.mark.parametrize("op", [Op.SUPERSEDE, Op.CONFIRM])
def test_a_fact_that_an_item_touched_is_never_seeded_back(op: Op) -> None:
    line = seed()
    status = Status.SUPERSEDED if op is Op.SUPERSEDE else Status.CONFIRMED
    events, _ = plan_seeding([line], {}, after(1))
    (seeding,) = ledger(*events)
    assert seeding.fact is not None
    touch = FactEvent(
        "refused", op, "item:7", after(2), replace(seeding.fact, status=status), seq=2
    )
    past = {"refused": [seeding, touch]}
    assert plan_seeding([line], past, after(3)) == ([], [])
    changed, (notice,) = plan_seeding([replace(line, text="Otherwise")], past, after(3))
    assert changed == []
    assert notice.command == "parley baseline set refused --from-file"
    assert plan_seeding([], past, after(3)) == ([], [])  # the line taken out retracts nothing
    assert project([seeding, touch])["refused"].status is status
    assert seed_content(line) == seeding.content


def test_a_stance_gives_way_to_the_same_side_and_to_what_is_of_all() -> None:
    assert replaces(held("b", "agreed"), A)
    assert replaces(B, A)
    assert not replaces(held("b", scope={"extent": "full", "party": "ukraine"}), A)
    assert not replaces(held("b", scope={"extent": "air", "party": "russia"}), A)
    assert not replaces(A, A)


def test_what_holds_beside_a_fact_is_of_its_scope_or_instance() -> None:
    ukraine = held("u", scope={"extent": "full", "party": "ukraine"})
    air = held("air", scope={"extent": "air"})
    assert holding(A, [A, ukraine, air, held("n", tracker=None)]) == [ukraine]
    one, two = (held(n, tracker="rounds", scope={}, instance={"n": n}) for n in "12")
    assert holding(one, [one, two, replace(one, id="later")]) == [replace(one, id="later")]


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (held(tracker="trcue"), "did you mean truce? (it has: truce, rounds)"),
        (held(state="rejcted"), "did you mean rejected?"),
        (held(state="x"), "truce has no state 'x'; it has: rejected, agreed"),
        (held(scope={"extnet": "full"}), "did you mean extent?"),
        (held(scope={"extent": "fll"}), "extent of truce cannot be 'fll'; did you mean full?"),
        (held(scope={"party": "rusia"}), "nobody is known as 'rusia'; did you mean russia?"),
        (held(said_by=("ukrane",)), "did you mean ukraine?"),
        (held(instance={"round": 2}), "truce is no series"),
        (held(tracker=None), "a note has no state"),
    ],
)
def test_what_a_watch_has_no_place_for_is_said_with_what_it_has(fact: Fact, said: str) -> None:
    assert said in "\n".join(misfits(fact, WATCH))


def test_what_fits_is_not_complained_of() -> None:
    assert list(misfits(held(said_by=("vatican",)), WATCH)) == []
    assert list(misfits(held(scope={"party": "rus"}), WATCH, {"rus"})) == []
    assert list(odd_values(["duration", "number"], TRUCE)) == []
    assert "did you mean duration?" in next(odd_values(["durations"], TRUCE))


def test_two_moments_are_compared_by_what_is_held() -> None:
    gone = replace(A, status=Status.RETRACTED)
    was = {"a": A, "b": B, "c": C, "d": gone}
    now = {"a": gone, "b": replace(B, state="rejected", known_since=after(5)), "d": A, "e": C}
    found = changes(was, now)
    assert [(c.kind, c.parts) for c in found] == [
        ("gone", ()), ("changed", ("state",)), ("gone", ()), ("added", ()), ("added", ()),
    ]  # fmt: skip
    assert found[0].after is gone
    assert found[2].after is None
    assert changes(now, now) == ()


def test_a_superseded_fact_can_still_be_taken_back_a_retracted_one_not_again() -> None:
    over, gone = replace(A, status=Status.SUPERSEDED), replace(A, status=Status.RETRACTED)
    assert taken_back(over, None)
    assert taken_back(A, gone)
    assert not taken_back(gone, None)
    assert not taken_back(None, A)


@pytest.mark.parametrize(
    ("text", "good"), [("a.B-1_x", True), ("-a", False), ("a b", False), ("", False)]
)
def test_an_id_is_one_that_a_file_would_take(text: str, *, good: bool) -> None:
    assert is_fact_id(text) is good
