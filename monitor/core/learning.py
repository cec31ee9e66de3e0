"""What is learned from a development: the fact that it makes, and what that fact replaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.core.claims import Claim
from monitor.core.corrections import replaces
from monitor.core.identity import digest
from monitor.core.ledger import Fact, FactEvent, Op, Status
from monitor.core.model import Item, Reason
from monitor.core.rules import Tracker
from monitor.core.standing import Standing, state_of

#: Reasons by which a development makes a fact of its own; any other only supports the one it names.
_MAKES_FACT = frozenset(
    {
        Reason.NEW_STATE, Reason.STATE_CHANGED, Reason.ANOTHER_INSTANCE, Reason.NUMBER_CHANGED,
        Reason.DATE_CHANGED, Reason.DENIES_FACT, Reason.OTHER_SIDE, Reason.STAGE,
    }
)  # fmt: skip
#: ... and those by which it begins another instance of a series.
_BEGINS = frozenset({Reason.NEW_STATE, Reason.ANOTHER_INSTANCE})


def makes_fact(standing: Standing) -> bool:
    """Say whether a standing is one from which a fact is made."""
    return standing.reason in _MAKES_FACT and not standing.column


def fact_from(
    item: Item, item_id: int, standing: Standing, tracker: Tracker, text: str, now: datetime
) -> Fact:
    """Give the fact that an item states. Its id stands on content alone."""
    claim = standing.claim
    state = state_of(tracker, claim.state)
    joint = state is None or state.joint
    scope = {
        name: value for name, value in claim.scope if value and not (joint and name == "party")
    }
    before = standing.fact
    instance: Mapping[str, object] = {}
    if tracker.kind == "series" and before is not None and standing.reason not in _BEGINS:
        instance = {**before.instance, "founded": before.instance.get("founded") or before.id}
    if tracker.kind == "series" and not instance:
        instance = {"founded": digest("instance", item.identity, size=5)}
    values: dict[str, object] = {}
    if claim.count:
        values["number"] = claim.count
    if claim.day:
        values["date"] = claim.day
    if joint and claim.party:
        known = standing.fact.values.get("parties", []) if standing.fact else []
        said = list(known) if isinstance(known, list) else []
        values["parties"] = (
            [*said, claim.party] if standing.reason is Reason.OTHER_SIDE else [claim.party]
        )
    if claim.categories:
        values["category"] = list(claim.categories)
    mark = digest("fact", claim.watch, tracker.id, claim.state, item.identity, size=4)
    return Fact(
        id=f"{tracker.id}-{claim.state}-{mark}",
        watch=claim.watch,
        text=text,
        status=Status.REPORTED,
        known_since=now,
        as_of=item.published_at,
        tracker=tracker.id,
        scope=scope,
        instance=instance,
        state=claim.state,
        values=values,
        said_by=(claim.claimant,) if claim.claimant else (),
        date=item.published_at.date().isoformat(),
        source=item.feed,
        evidence=(item_id,),
    )


def events_of(
    fact: Fact, standing: Standing, tracker: Tracker, facts: Iterable[Fact], item_id: int,
    now: datetime,
) -> list[FactEvent]:  # fmt: skip
    """Give the events by which the ledger takes a fact up, and lets go of what it replaces.

    In a `state` tracker there is one value a scope and party; the instances of a series stay.
    """
    actor = f"item:{item_id}"
    events = []
    if tracker.kind == "state":
        gone = [each for each in facts if replaces(fact, each)]
        events = [
            FactEvent(each.id, Op.SUPERSEDE, actor, now, replace(each, status=Status.SUPERSEDED))
            for each in gone
        ]
    elif standing.fact is not None and standing.reason is Reason.NUMBER_CHANGED:
        over = replace(standing.fact, status=Status.SUPERSEDED)
        events = [FactEvent(over.id, Op.SUPERSEDE, actor, now, over)]
    return [*events, FactEvent(fact.id, Op.REPORT, actor, now, fact)]


def claim_label(claim: Claim) -> str:
    """Give a claim as the stories compare it: `tracker:state`."""
    return f"{claim.tracker}:{claim.state}"
