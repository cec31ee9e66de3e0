"""What acts come to: denied, planned, hedged, and by their kin."""

from __future__ import annotations

import pytest

from monitor.core.deeds import DENIED_AS, FORWARD, HEDGED_AS, KIN, PLANNED_AS, state_for
from monitor.core.rules import Tracker, TrackerState

#: States of the shipped kinds of tracker, with the acts that bring them about.
EXCHANGE = Tracker(
    "exchange", "series", "Which?", "$captives",
    states=(
        TrackerState("agreed", ("agree", "schedule")),
        TrackerState("carried-out", ("carry-out",)),
        TrackerState("postponed", ("postpone",)),
    ),
)  # fmt: skip
TRUCE = Tracker(
    "truce", "state", "Is there one?", "$truce",
    states=(
        TrackerState("proposed", ("propose",)),
        TrackerState("rejected", ("reject", "fail")),
        TrackerState("agreed", ("agree",)),
        TrackerState("violated", ("violate",)),
    ),
)  # fmt: skip


def named(tracker: Tracker, act: str) -> str | None:
    found = state_for(tracker, act)
    return found[0].name if found else None


def test_an_act_brings_about_the_state_that_lists_it() -> None:
    assert [named(TRUCE, act) for act in ("propose", "reject", "fail", "agree", "violate")] == [
        "proposed", "rejected", "rejected", "agreed", "violated",
    ]  # fmt: skip
    found = state_for(TRUCE, "agree")
    assert found is not None
    assert found[1] == 0


@pytest.mark.parametrize(
    ("tracker", "act", "state"),
    [
        (TRUCE, "accept", "agreed"),
        (TRUCE, "announce", "proposed"),
        (TRUCE, "extend", "agreed"),
        (EXCHANGE, "accept", "agreed"),
        (EXCHANGE, "start", "carried-out"),
        (EXCHANGE, "cancel", "postponed"),
        (EXCHANGE, "announce", "agreed"),
    ],
)
def test_an_act_without_a_state_goes_by_its_kin_and_counts_less(
    tracker: Tracker, act: str, state: str
) -> None:
    found = state_for(tracker, act)
    assert found is not None
    assert (found[0].name, found[1] > 0) == (state, True)


@pytest.mark.parametrize("act", ["violate", "expire", "no-such-act", ""])
def test_an_act_that_is_foreign_to_a_tracker_brings_nothing_about(act: str) -> None:
    assert state_for(EXCHANGE, act) is None


@pytest.mark.parametrize("act", ["reject", "postpone", "cancel", "propose", "violate", "expire"])
def test_what_is_not_refused_is_not_agreed(act: str) -> None:
    assert act not in DENIED_AS


@pytest.mark.parametrize(
    ("tracker", "act", "state"),
    [(TRUCE, "agree", "rejected"), (TRUCE, "accept", "rejected"), (TRUCE, "take-effect", "rejected"),
     (EXCHANGE, "carry-out", "postponed")],
)  # fmt: skip
def test_a_denied_act_is_not_an_asserted_one(tracker: Tracker, act: str, state: str) -> None:
    assert named(tracker, DENIED_AS[act]) == state


def test_a_plan_to_carry_out_is_an_agreement_and_never_the_deed() -> None:
    assert named(EXCHANGE, PLANNED_AS["carry-out"]) == "agreed"
    assert not {*PLANNED_AS.values(), *HEDGED_AS.values()} & {"carry-out", "take-effect", "hold"}
    assert not FORWARD & set(PLANNED_AS)


@pytest.mark.parametrize("act", ["agree", "accept"])
def test_ready_to_accept_is_an_offer_at_most(act: str) -> None:
    assert named(TRUCE, HEDGED_AS[act]) == "proposed"


def test_no_kin_turns_an_act_into_its_opposite() -> None:
    yes, no = {"agree", "accept", "take-effect", "carry-out"}, {"reject", "cancel", "fail"}
    for act, kin in KIN.items():
        assert not (act in yes and no & set(kin)), act
        assert not (act in no and yes & set(kin)), act
