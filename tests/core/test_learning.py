"""What is learned from a development: a fact, and what it takes the place of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.claims import Claim
from monitor.core.deeds import Modality
from monitor.core.learning import claim_label, events_of, fact_from, makes_fact
from monitor.core.ledger import Fact, Op, Status
from monitor.core.model import Reason, Verdict
from monitor.core.rules import Tracker, TrackerState
from monitor.core.standing import Standing
from tests.builders import AS_OF, T0, after, item

TRUCE = Tracker(
    "truce", "state", "Is there one?", "$truce", scope=("extent", "party"),
    states=(TrackerState("rejected", ("reject",)), TrackerState("agreed", ("agree",), joint=True)),
)  # fmt: skip
SWAP = Tracker(
    "exchange",
    "series",
    "Which?",
    "$captives",
    states=(TrackerState("agreed", ("agree",)), TrackerState("carried-out", ("carry-out",))),
)
NO = Claim(
    "ceasefire", "truce", "reject", "rejected", Modality.ASSERTED,
    scope=(("extent", "full"), ("party", "russia")), party="russia", claimant="russia",
)  # fmt: skip
YES = replace(NO, act="agree", state="agreed")
DEAL = Claim("pow-exchange", "exchange", "agree", "agreed", Modality.ASSERTED, count="1000",
             day="2025-06-09", categories=("wounded",))  # fmt: skip
DONE = replace(DEAL, act="carry-out", state="carried-out", count="390")


def learned(
    claim: Claim,
    tracker: Tracker,
    reason: Reason = Reason.NEW_STATE,
    before: Fact | None = None,
    title: str = "News",
) -> Fact:
    standing = Standing(claim, Verdict.NEW, reason, before)
    return fact_from(item(title), 7, standing, tracker, title, after(5))


def known(id: str, **more: object) -> Fact:
    made = Fact(id, "ceasefire", "text", Status.REPORTED, T0, AS_OF, tracker="truce", state="x")
    return replace(made, **more)  # type: ignore[arg-type]


def gone(fact: Fact, claim: Claim, facts: list[Fact], tracker: Tracker = TRUCE) -> set[str]:
    events = events_of(
        fact, Standing(claim, Verdict.NEW, Reason.NEW_STATE), tracker, facts, 7, after(5)
    )
    assert (events[-1].op, events[-1].fact) == (Op.REPORT, fact)
    assert {event.actor for event in events} == {"item:7"}
    assert all(event.at == after(5) for event in events)
    return {event.fact_id for event in events if event.op is Op.SUPERSEDE}


def test_a_fact_says_where_it_comes_from() -> None:
    fact = learned(NO, TRUCE, title="Moscow says no")
    assert (fact.watch, fact.tracker, fact.state) == ("ceasefire", "truce", "rejected")
    assert (fact.status, fact.text, fact.evidence) == (Status.REPORTED, "Moscow says no", (7,))
    assert (fact.source, fact.said_by, fact.date) == ("bbc", ("russia",), "2025-06-03")
    assert (fact.known_since, fact.as_of) == (after(5), T0)


def test_the_id_of_a_fact_stands_on_content_alone() -> None:
    standing = Standing(NO, Verdict.NEW, Reason.NEW_STATE)
    one = fact_from(item("News"), 7, standing, TRUCE, "News", after(5))
    other = fact_from(item("News"), 8, standing, TRUCE, "told otherwise", after(days=9))
    assert one.id == other.id
    assert learned(NO, TRUCE, title="Other news").id != one.id
    assert learned(YES, TRUCE).id != one.id


def test_a_stance_keeps_its_party_and_what_is_joint_has_none() -> None:
    assert learned(NO, TRUCE).scope == {"extent": "full", "party": "russia"}
    assert learned(YES, TRUCE).scope == {"extent": "full"}
    nobody = replace(NO, scope=(("extent", "full"), ("party", "")))
    assert learned(nobody, TRUCE).scope == {"extent": "full"}


def test_what_was_counted_dated_and_sorted_is_kept() -> None:
    assert learned(DEAL, SWAP).values == {
        "number": "1000", "date": "2025-06-09", "category": ["wounded"],
    }  # fmt: skip
    assert learned(NO, TRUCE).values == {}
    assert learned(NO, TRUCE).said_by == ("russia",)
    assert learned(replace(NO, claimant=""), TRUCE).said_by == ()


def test_a_series_moves_on_within_its_instance_and_another_begins_anew() -> None:
    deal = learned(DEAL, SWAP, title="Deal")
    assert deal.instance
    done = learned(DONE, SWAP, Reason.STATE_CHANGED, deal, title="Done")
    assert done.instance == deal.instance
    again = learned(DONE, SWAP, Reason.ANOTHER_INSTANCE, done, title="Again")
    assert again.instance
    assert again.instance != deal.instance


@pytest.mark.parametrize(
    ("reason", "makes"),
    [
        (Reason.NEW_STATE, True), (Reason.STATE_CHANGED, True), (Reason.ANOTHER_INSTANCE, True),
        (Reason.NUMBER_CHANGED, True), (Reason.DATE_CHANGED, True), (Reason.DENIES_FACT, True),
        (Reason.SAID_AGAIN, False), (Reason.SAYS_KNOWN_FACT, False), (Reason.HEDGED, False),
        (Reason.LATE_REPORT, False), (Reason.LOOKS_BACK, False),
    ],
)  # fmt: skip
def test_only_what_changes_something_makes_a_fact(reason: Reason, makes: bool) -> None:
    assert makes_fact(Standing(NO, Verdict.UPDATE, reason)) is makes


def test_a_stance_takes_the_place_of_its_own_partys_within_its_scope() -> None:
    facts = [
        known("mine", scope={"extent": "full", "party": "russia"}),
        known("theirs", scope={"extent": "full", "party": "ukraine"}),
        known("elsewhere", scope={"extent": "energy", "party": "russia"}),
        known("everybodys", scope={"extent": "full"}),
        known("another tracker", tracker="rounds", scope={"extent": "full", "party": "russia"}),
        known("note", tracker=None),
    ]
    assert gone(learned(NO, TRUCE), NO, facts) == {"mine", "everybodys"}


def test_what_is_joint_takes_the_place_of_every_stance_within_its_scope() -> None:
    facts = [
        known("mine", scope={"extent": "full", "party": "russia"}),
        known("theirs", scope={"extent": "full", "party": "ukraine"}),
        known("energy", scope={"extent": "energy", "party": "ukraine"}),
    ]
    assert gone(learned(YES, TRUCE), YES, facts) == {"mine", "theirs"}


def test_no_fact_takes_its_own_place() -> None:
    fact = learned(NO, TRUCE)
    assert gone(fact, NO, [fact]) == set()


def test_the_instances_of_a_series_stay() -> None:
    deal = learned(DEAL, SWAP, title="Deal")
    done = learned(DONE, SWAP, Reason.STATE_CHANGED, deal, title="Done")
    assert gone(done, DONE, [deal], SWAP) == set()


def test_a_number_that_changed_takes_the_place_of_the_one_before() -> None:
    deal = learned(DEAL, SWAP, title="Deal")
    more = replace(DEAL, count="1200")
    standing = Standing(more, Verdict.UPDATE, Reason.NUMBER_CHANGED, deal)
    fact = fact_from(item("More"), 8, standing, SWAP, "More", after(60))
    events = events_of(fact, standing, SWAP, [deal], 8, after(60))
    assert [(event.op, event.fact_id) for event in events] == [
        (Op.SUPERSEDE, deal.id), (Op.REPORT, fact.id),
    ]  # fmt: skip
    assert events[0].fact == replace(deal, status=Status.SUPERSEDED)
    assert fact.instance == deal.instance


def test_a_label_names_tracker_and_state() -> None:
    assert claim_label(NO) == "truce:rejected"
