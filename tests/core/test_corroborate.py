"""What confirms a fact, by what its tracker asks: who is quoted as knowing, never how many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.claims import BOTH, Claim
from monitor.core.corroborate import confirms
from monitor.core.deeds import Modality
from monitor.core.ledger import Fact, Status
from monitor.core.rules import Tracker
from monitor.core.standing import Support
from tests.builders import AS_OF, T0

TRACKER = Tracker("exchange", "series", "Which?", "$captives", parties=("ukraine", "russia"))
FACT = Fact("f", "w", "300 exchanged", Status.REPORTED, T0, AS_OF, tracker="exchange")
#: Thirty houses that all quote Kyiv.
THIRTY = Support(T0, frozenset({"ukraine"}), frozenset(f"outlet {n}" for n in range(30)), 30)


def claim(by: str, party: str = "") -> Claim:
    return Claim("w", "exchange", "carry-out", "carried-out", Modality.ASSERTED,
                 claimant=by, party=party)  # fmt: skip


def asking(confirm: str, **more: object) -> Tracker:
    return replace(TRACKER, confirm=confirm, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("confirm", ["both_parties", "two_claimants"])
@pytest.mark.parametrize("by", ["ukraine", ""])
def test_thirty_publishers_of_one_voice_confirm_nothing(confirm: str, by: str) -> None:
    assert not confirms(claim(by), FACT, asking(confirm), THIRTY)


@pytest.mark.parametrize(
    ("confirm", "by", "sure"),
    [
        ("both_parties", "russia", True),
        ("both_parties", BOTH, True),
        ("both_parties", "turkey", False),  # a mediator's word is not the other side's
        ("two_claimants", "russia", True),
        ("two_claimants", "turkey", True),
        ("two_claimants", "", False),
    ],
)
def test_another_voice_confirms_where_it_is_one_that_counts(
    confirm: str, by: str, sure: bool
) -> None:
    assert confirms(claim(by), FACT, asking(confirm), THIRTY) is sure


def test_the_word_of_both_together_is_enough_at_once() -> None:
    assert confirms(claim(BOTH), FACT, asking("both_parties"), Support())


def test_where_no_party_is_named_any_two_confirm() -> None:
    tracker = asking("both_parties", parties=())
    assert confirms(claim("iran"), FACT, tracker, Support(T0, frozenset({"israel"})))
    assert not confirms(claim("iran"), FACT, tracker, Support(T0, frozenset({"iran"})))


@pytest.mark.parametrize(
    ("scope", "party", "by", "sure"),
    [
        ({"party": "russia"}, "", "russia", True),
        ({"party": "russia"}, "russia", "ukraine", False),
        ({}, "russia", "russia", True),  # the claim says whose stance it is
        ({}, "", "russia", False),  # nobody's stance
        ({"party": "russia"}, "russia", "", False),
    ],
)
def test_a_stance_is_confirmed_by_whose_it_is(
    scope: dict[str, object], party: str, by: str, sure: bool
) -> None:
    fact = replace(FACT, scope=scope)
    assert confirms(claim(by, party), fact, asking("own_word"), Support()) is sure


@pytest.mark.parametrize("confirm", ["", "no-such-rule"])
def test_a_tracker_that_asks_for_nothing_is_confirmed_by_nothing(confirm: str) -> None:
    assert not confirms(claim(BOTH), FACT, asking(confirm), THIRTY)
