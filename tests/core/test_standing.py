"""How a claim stands to the facts of its tracker, as a table of small cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.claims import BOTH, Claim
from monitor.core.deeds import Modality
from monitor.core.ledger import Fact, Status
from monitor.core.model import Reason, Verdict
from monitor.core.rules import Tracker, TrackerState
from monitor.core.standing import LATE, Standing, Support, stand, state_of, told_at
from tests.builders import AS_OF, T0, after

TRUCE = Tracker(
    "truce", "state", "Is there one?", "$truce", scope=("extent", "party"),
    states=(
        TrackerState("proposed", ("propose",)),
        TrackerState("rejected", ("reject", "fail")),
        TrackerState("agreed", ("agree",), joint=True),
        TrackerState("violated", ("violate",), joint=True),
    ),
)  # fmt: skip
SWAP = Tracker(
    "exchange", "series", "Which?", "$captives",
    states=(
        TrackerState("agreed", ("agree",)),
        TrackerState("carried-out", ("carry-out",)),
        TrackerState("postponed", ("postpone",)),
    ),
)  # fmt: skip


def claim(state: str, party: str = "", extent: str = "full", **more: object) -> Claim:
    act = next(each.acts[0] for each in TRUCE.states if each.name == state)
    made = Claim("w", "truce", act, state, Modality.ASSERTED,
                 scope=(("extent", extent), ("party", party)), party=party)  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def swap(state: str, count: str = "", **more: object) -> Claim:
    act = next(each.acts[0] for each in SWAP.states if each.name == state)
    made = Claim("w", "exchange", act, state, Modality.ASSERTED, count=count)
    return replace(made, **more)  # type: ignore[arg-type]


def fact(state: str, party: str = "", extent: str = "full", *, at: datetime = T0, id: str = "f",
         **more: object) -> Fact:  # fmt: skip
    scope = {"extent": extent, "party": party} if party else {"extent": extent}
    made = Fact(id, "w", state, Status.REPORTED, at, at, tracker="truce", state=state, scope=scope)
    return replace(made, **more)  # type: ignore[arg-type]


def held(state: str, number: str = "", *, at: datetime = T0, id: str = "f") -> Fact:
    values: Mapping[str, object] = {"number": number} if number else {}
    return Fact(id, "w", state, Status.REPORTED, at, at, tracker="exchange", state=state,
                values=values)  # fmt: skip


def nobody(fact: str) -> Support:
    del fact
    return Support()


def stands(told: Claim, *facts: Fact, at: datetime | None = None, joined: bool = False) -> Standing:
    tracker = SWAP if told.tracker == "exchange" else TRUCE
    return stand(told, tracker, facts, nobody, at or after(hours=6), joined=joined)


# ------------------------------------------------------------------------------------------ states
NO, YES = claim("rejected", "russia"), claim("agreed", "russia")
STATES: dict[str, tuple[Claim, list[Fact], Verdict, Reason]] = {
    "nothing was known": (NO, [], Verdict.NEW, Reason.NEW_STATE),
    "the same": (NO, [fact("rejected", "russia")], Verdict.REPEAT, Reason.SAYS_KNOWN_FACT),
    "refused, then agreed": (YES, [fact("rejected", "russia")], Verdict.UPDATE, Reason.STATE_CHANGED),
    "agreed, then refused": (NO, [fact("agreed")], Verdict.UPDATE, Reason.STATE_CHANGED),
    "another side's stance is its own": (
        NO, [fact("rejected", "ukraine")], Verdict.NEW, Reason.NEW_STATE),
    "another side's stance changes nothing of mine": (
        NO, [fact("proposed", "ukraine"), fact("rejected", "russia", id="mine")],
        Verdict.REPEAT, Reason.SAYS_KNOWN_FACT),
    "a joint state has no side": (
        claim("agreed", "ukraine"), [fact("agreed")], Verdict.REPEAT, Reason.SAYS_KNOWN_FACT),
    "both say what one said": (
        claim("rejected", BOTH), [fact("rejected", "russia")],
        Verdict.REPEAT, Reason.SAYS_KNOWN_FACT),
    "nobody is named": (
        claim("rejected"), [fact("rejected", "russia")], Verdict.REPEAT, Reason.SAYS_KNOWN_FACT),
    "each extent has a life of its own": (
        claim("agreed", extent="energy"), [fact("rejected", "russia")],
        Verdict.NEW, Reason.NEW_STATE),
    "another tracker's fact is none of it": (
        NO, [fact("rejected", "russia", tracker="rounds")], Verdict.NEW, Reason.NEW_STATE),
    "what is denied was held": (
        claim("rejected", "russia", denied="agree"), [fact("agreed")],
        Verdict.CONTRADICTS, Reason.DENIES_FACT),
    "what is denied was not held": (
        claim("rejected", "russia", denied="agree"), [fact("proposed", "russia")],
        Verdict.UPDATE, Reason.STATE_CHANGED),
}  # fmt: skip


@pytest.mark.parametrize("case", STATES)
@pytest.mark.parametrize("joined", [True, False])
def test_a_state(case: str, joined: bool) -> None:
    told, facts, verdict, reason = STATES[case]
    found = stands(told, *facts, joined=joined)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert found.claim is told
    if verdict in {Verdict.UPDATE, Verdict.CONTRADICTS, Verdict.REPEAT}:
        assert found.fact in facts


def test_a_change_says_what_from_and_what_to() -> None:
    assert stands(YES, fact("rejected", "russia")).moved == "rejected -> agreed"


def test_the_latest_fact_is_what_it_moves_on_from() -> None:
    older, newer = fact("proposed", "russia"), fact("rejected", "russia", at=after(60), id="newer")
    assert stands(YES, newer, older).fact is newer


def test_a_late_report_is_history_and_half_an_hour_is_not_late() -> None:
    newer = fact("agreed", at=after(hours=6) + LATE)
    assert stands(NO, newer).reason is Reason.STATE_CHANGED
    found = stands(NO, replace(newer, as_of=newer.as_of + timedelta(seconds=1)))
    assert (found.verdict, found.reason) == (Verdict.BACKGROUND, Reason.LATE_REPORT)


def test_said_again_after_a_long_silence_is_news_and_not_before() -> None:
    said = fact("rejected", "russia")
    silence = timedelta(seconds=TRUCE.again_after_s)
    assert stands(NO, said, at=T0 + silence).verdict is Verdict.REPEAT
    found = stands(NO, said, at=T0 + silence + timedelta(minutes=1))
    assert (found.verdict, found.reason, found.fact) == (Verdict.UPDATE, Reason.SAID_AGAIN, said)
    assert stands(NO, said, at=T0 + 2 * silence, joined=True).verdict is Verdict.REPEAT


def test_a_silence_is_counted_from_the_last_report() -> None:
    said = fact("rejected", "russia")
    last = Support(after(days=9), frozenset(), frozenset({"bbc"}), 4)
    found = stand(NO, TRUCE, [said], lambda _: last, after(days=10), joined=False)
    assert found.verdict is Verdict.REPEAT


def test_a_number_and_a_day_move_on() -> None:
    known = fact("proposed", "russia", values={"number": "30", "date": "2025-06-10"})
    told = claim("proposed", "russia", count="60")
    found = stands(told, known)
    assert (found.verdict, found.reason) == (Verdict.UPDATE, Reason.NUMBER_CHANGED)
    assert found.moved == "30 -> 60"
    later = stands(claim("proposed", "russia", act="schedule", day="2025-06-12"), known)
    assert (later.reason, later.moved) == (Reason.DATE_CHANGED, "2025-06-10 -> 2025-06-12")
    same = stands(claim("proposed", "russia", act="schedule", day="2025-06-10"), known)
    assert same.verdict is Verdict.REPEAT


# ------------------------------------------------------------------------------------------ series
DAYS = timedelta(days=1)
SERIES: dict[str, tuple[Claim, list[Fact], timedelta, Verdict, Reason]] = {
    "the first": (swap("agreed", "1000"), [], DAYS, Verdict.NEW, Reason.NEW_STATE),
    "the same once more": (
        swap("carried-out", "300"), [held("carried-out", "300")], DAYS / 4,
        Verdict.REPEAT, Reason.SAYS_KNOWN_FACT),
    "the same without its number": (
        swap("carried-out"), [held("carried-out", "300")], DAYS / 4,
        Verdict.REPEAT, Reason.SAYS_KNOWN_FACT),
    "agreed, then done": (
        swap("carried-out", "300"), [held("agreed", "1000")], 7 * DAYS,
        Verdict.UPDATE, Reason.STATE_CHANGED),
    "a thousand, then twelve hundred": (
        swap("agreed", "1200"), [held("agreed", "1000")], DAYS / 4,
        Verdict.UPDATE, Reason.NUMBER_CHANGED),
    "another one four days later": (
        swap("carried-out", "300"), [held("carried-out", "250")], 4 * DAYS,
        Verdict.NEW, Reason.ANOTHER_INSTANCE),
    "another one without numbers": (
        swap("carried-out"), [held("carried-out")], 4 * DAYS,
        Verdict.NEW, Reason.ANOTHER_INSTANCE),
    "another one that counts the same": (
        swap("carried-out", "300"), [held("carried-out", "300")], 4 * DAYS,
        Verdict.NEW, Reason.ANOTHER_INSTANCE),
    "long before what is known": (
        swap("agreed", "1000"), [held("carried-out", "300")], -3 * DAYS,
        Verdict.BACKGROUND, Reason.LATE_REPORT),
}  # fmt: skip


@pytest.mark.parametrize("case", SERIES)
def test_a_series(case: str) -> None:
    told, facts, later, verdict, reason = SERIES[case]
    found = stands(told, *facts, at=T0 + later)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_count_that_changed_names_both() -> None:
    known = held("agreed", "1000")
    found = stands(swap("agreed", "1200"), known)
    assert (found.moved, found.fact) == ("1000 -> 1200", known)


def test_a_number_beneath_the_title_changes_nothing() -> None:
    found = stands(swap("agreed", "1200", field="summary"), held("agreed", "1000"))
    assert found.verdict is Verdict.REPEAT


def test_one_of_two_instances_of_a_day_is_enough_to_be_known() -> None:
    facts = [held("carried-out", "307"), held("carried-out", "390", id="g", at=after(60))]
    assert stands(swap("carried-out", "307"), *facts).fact is facts[0]


# -------------------------------------------------------------------------------------------- when
@pytest.mark.parametrize(
    ("date", "as_of", "told"),
    [
        ("", AS_OF, AS_OF),
        ("2025-05-16", AS_OF, datetime(2025, 5, 16, 20, tzinfo=UTC)),
        ("2025-06-02", AS_OF - timedelta(hours=5), AS_OF - timedelta(hours=5)),
    ],
)
def test_a_fact_without_reports_was_told_on_its_day(
    date: str, as_of: datetime, told: datetime
) -> None:
    assert told_at(fact("rejected", date=date, as_of=as_of), nobody) == told


def test_a_report_says_when_a_fact_was_told_last() -> None:
    last = Support(after(days=3))
    assert told_at(fact("rejected", date="2025-05-16"), lambda _: last) == after(days=3)


def test_a_state_is_found_by_its_name() -> None:
    assert state_of(TRUCE, "agreed") is TRUCE.states[2]
    assert state_of(TRUCE, "no such state") is None
