"""How a claim stands to the facts of its tracker: the same, moved on, at odds, or new.

A `state` tracker has one value for each scope and, for stances, each party. A `series` tracker has
instances: the same state is another instance once it lies far enough apart, or counts otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.core.claims import BOTH, Claim
from monitor.core.deeds import FORWARD
from monitor.core.ledger import Fact
from monitor.core.model import Reason, Verdict
from monitor.core.rules import Tracker, TrackerState

#: A fact that was dated only by its day is taken as told at the end of that day, in hours.
_DAY = timedelta(hours=20)
#: A claim published so long before the fact that it would change is a late report.
LATE = timedelta(minutes=30)
#: What one party does for itself, though the state it brings about is of all: the other's is news.
ALONE = frozenset({"accept"})
#: Acts after which an instance is over: what is announced next is another.
_OVER = {("end",), ("hold",)}
#: Stages of a deal come within this time of it.
DEAL_OPEN = timedelta(days=30)
#: What happens over and over: the same number is no sign of the same event.
RECURRING = frozenset({"carry-out", "start", "hold", "end"})


@dataclass(frozen=True, slots=True)
class Column:
    """What one claimant says of a fact, by his last word; `count` is "" where he counts nothing."""

    claimant: str
    state: str
    count: str = ""
    denies: bool = False


@dataclass(frozen=True, slots=True)
class Support:
    """Who has told a fact so far, and when last; `columns` holds the word of each who is named."""

    last_at: datetime | None = None
    claimants: frozenset[str] = frozenset()
    publishers: frozenset[str] = frozenset()
    reports: int = 0
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a claim is to the ledger: a verdict, why, the fact it repeats or moves on from.

    `moved` says in words what changed: `rejected -> agreed`, `1000 -> 1200`. `denies` says that the
    claim is against the fact, `column` whose word about it changed, "" where the fact itself does.
    """

    claim: Claim
    verdict: Verdict
    reason: Reason
    fact: Fact | None = None
    moved: str = ""
    denies: bool = False
    column: str = ""


SupportOf = Callable[[str], Support]


def state_of(tracker: Tracker, name: str) -> TrackerState | None:
    """Give a state of a tracker by its name, None where there is none."""
    return next((state for state in tracker.states if state.name == name), None)


def said_as(state: str, count: str, *, denied: bool = False) -> str:
    """Give what a claim says in words for people: `carried out, 390`; `denies it`."""
    if denied:
        return "denies it"
    words = state.replace("-", " ")
    return f"{words}, {count}" if count else words


def told_at(fact: Fact, support: SupportOf) -> datetime:
    """Give when a fact was told last: by an item, else on its date, else when it was learned."""
    last = fact.told or support(fact.id).last_at
    if last is not None:
        return last
    if fact.date:
        day = _first_day(fact.date) + _DAY
        return min(day, fact.as_of) if fact.as_of > day - _DAY else day
    return fact.as_of


def _first_day(told: str) -> datetime:
    """Give the first day of a date that may be a year or a month alone."""
    return datetime.fromisoformat((told + "-01-01")[:10]).replace(tzinfo=UTC)


def stand(
    claim: Claim,
    tracker: Tracker,
    facts: Iterable[Fact],
    support: SupportOf,
    at: datetime,
    *,
    joined: bool,
) -> Standing:
    """Hold a claim against the facts of its tracker that are held.

    `at` is when its item was published, `joined` says that the item tells a story that the watch
    knows already.
    """
    scoped = [fact for fact in facts if fact.tracker == tracker.id and same_scope(fact, claim)]
    if tracker.kind == "series":
        return _in_series(claim, tracker, scoped, support, at)
    return _in_state(claim, tracker, scoped, support, at, joined=joined)


def same_scope(fact: Fact, claim: Claim) -> bool:
    """Say whether fact and claim speak of the same thing, whoever's stance it is."""
    return all(
        not value or not fact.scope.get(name) or fact.scope[name] == value
        for name, value in claim.scope
        if name != "party"
    )


def _in_state(
    claim: Claim,
    tracker: Tracker,
    facts: Sequence[Fact],
    support: SupportOf,
    at: datetime,
    *,
    joined: bool,
) -> Standing:
    state = state_of(tracker, claim.state)
    joint = state is None or state.joint
    whose = [fact for fact in facts if joint or _same_party(fact, claim)]
    same = [fact for fact in whose if fact.state == claim.state]
    if same:
        latest = max(same, key=lambda fact: told_at(fact, support))
        return _again(claim, tracker, latest, support, at, joined=joined)
    others = whose or facts
    if not others:
        return Standing(claim, Verdict.NEW, Reason.NEW_STATE, moved=claim.state)
    before = max(others, key=lambda fact: told_at(fact, support))
    if told_at(before, support) > at + LATE:
        return Standing(claim, Verdict.BACKGROUND, Reason.LATE_REPORT, before)
    moved = f"{before.state} -> {claim.state}"
    if not whose:  # another party's stance is no change of this one's
        return Standing(claim, Verdict.NEW, Reason.NEW_STATE, before, moved=claim.state)
    if claim.denied and any(claim.denied in each.acts for each in tracker.states
                            if each.name == before.state):  # fmt: skip
        return Standing(claim, Verdict.CONTRADICTS, Reason.DENIES_FACT, before, moved=moved)
    return Standing(claim, Verdict.UPDATE, Reason.STATE_CHANGED, before, moved=moved)


def _same_party(fact: Fact, claim: Claim) -> bool:
    party = fact.scope.get("party") or ""
    return not claim.party or not party or BOTH in (claim.party, party) or party == claim.party


def _again(
    claim: Claim,
    tracker: Tracker,
    fact: Fact,
    support: SupportOf,
    at: datetime,
    *,
    joined: bool,
) -> Standing:
    """Say what it is to tell a fact again: a repeat, unless it was long unsaid or counts anew."""
    number, day = str(fact.values.get("number", "")), str(fact.values.get("date", ""))
    if claim.count and number and claim.count != number and claim.field == "title":
        moved = f"{number} -> {claim.count}"
        return Standing(claim, Verdict.UPDATE, Reason.NUMBER_CHANGED, fact, moved=moved)
    if claim.day and day and claim.day > day and claim.act == "schedule":
        moved = f"{day} -> {claim.day}"
        return Standing(claim, Verdict.UPDATE, Reason.DATE_CHANGED, fact, moved=moved)
    parties = fact.values.get("parties")
    if claim.act in ALONE and claim.party and parties and not {claim.party, BOTH} & _set(parties):
        return Standing(claim, Verdict.UPDATE, Reason.OTHER_SIDE, fact, moved=claim.party)
    silent = at - told_at(fact, support)
    if not joined and silent > timedelta(seconds=tracker.again_after_s):
        days = f"after {silent.days} days"
        return Standing(claim, Verdict.UPDATE, Reason.SAID_AGAIN, fact, moved=days)
    return Standing(claim, Verdict.REPEAT, Reason.SAYS_KNOWN_FACT, fact)


def _in_series(
    claim: Claim,
    tracker: Tracker,
    facts: Sequence[Fact],
    support: SupportOf,
    at: datetime,
) -> Standing:
    known = _in_instance(claim, tracker, facts, support, at)
    if known is not None:
        return known
    if not facts:
        return Standing(claim, Verdict.NEW, Reason.NEW_STATE, moved=claim.state)
    before = max(facts, key=lambda fact: told_at(fact, support))
    if told_at(before, support) > at + timedelta(seconds=tracker.apart_s):
        return Standing(claim, Verdict.BACKGROUND, Reason.LATE_REPORT, before)
    deal = _open_deal(claim, facts, support, at)
    if deal is not None and before.state == claim.state:
        moved = f"{claim.count} of {deal.values['number']}"
        return Standing(claim, Verdict.UPDATE, Reason.STAGE, deal, moved=moved)
    if before.state == claim.state or _begins_anew(claim, tracker, before):
        return Standing(claim, Verdict.NEW, Reason.ANOTHER_INSTANCE, before, moved=claim.state)
    moved = f"{before.state} -> {claim.state}"
    return Standing(claim, Verdict.UPDATE, Reason.STATE_CHANGED, before, moved=moved)


def _in_instance(
    claim: Claim,
    tracker: Tracker,
    facts: Sequence[Fact],
    support: SupportOf,
    at: datetime,
) -> Standing | None:
    """Hold a claim against the instances of its state that lie near in time, None for none."""
    apart = timedelta(seconds=tracker.apart_s)
    same = sorted(
        (fact for fact in facts if fact.state == claim.state),
        key=lambda fact: told_at(fact, support),
        reverse=True,
    )
    near = [fact for fact in same if abs(at - told_at(fact, support)) <= apart]
    moved_day = next((fact for fact in near if _another_day(claim, fact)), None)
    if moved_day is not None:
        moved = f"{moved_day.values.get('date')} -> {claim.day}"
        return Standing(claim, Verdict.UPDATE, Reason.DATE_CHANGED, moved_day, moved=moved)
    equal = next((fact for fact in near if not _clashes(claim, fact)), None)
    if near and equal is None and claim.field == "title":
        moved = f"{near[0].values.get('number')} -> {claim.count}"
        return Standing(claim, Verdict.UPDATE, Reason.NUMBER_CHANGED, near[0], moved=moved)
    if near:
        return Standing(claim, Verdict.REPEAT, Reason.SAYS_KNOWN_FACT, equal or near[0])
    if not claim.count or RECURRING.intersection(claim_acts(tracker, claim)):
        return None
    silent = timedelta(seconds=tracker.again_after_s)
    for fact in same:
        counted = str(fact.values.get("number", "")) == claim.count
        if counted and abs(at - told_at(fact, support)) <= silent:
            return Standing(claim, Verdict.REPEAT, Reason.SAYS_KNOWN_FACT, fact)
    return None


def _begins_anew(claim: Claim, tracker: Tracker, before: Fact) -> bool:
    """Say whether what a claim announces can only be another instance: the last one is over."""
    state = state_of(tracker, before.state or "")
    return state is not None and state.acts[:1] in _OVER and claim.act in FORWARD


def _open_deal(
    claim: Claim, facts: Sequence[Fact], support: SupportOf, at: datetime
) -> Fact | None:
    """Give the deal of a greater number of which a claim counts a stage, the newest first."""
    if not claim.count.isdigit():
        return None
    deals = [
        fact
        for fact in facts
        if fact.state != claim.state
        and str(fact.values.get("number", "")).isdigit()
        and int(str(fact.values["number"])) > int(claim.count)
        and at - told_at(fact, support) <= DEAL_OPEN
    ]
    return max(deals, key=lambda fact: told_at(fact, support), default=None)


def claim_acts(tracker: Tracker, claim: Claim) -> tuple[str, ...]:
    """Give the acts that bring about the state of a claim."""
    state = state_of(tracker, claim.state)
    return state.acts if state else ()


def _set(value: object) -> set[str]:
    return set(map(str, value)) if isinstance(value, (list, tuple)) else {str(value)}


def _another_day(claim: Claim, fact: Fact) -> bool:
    """Say whether a claim sets another day than a fact for what is to come."""
    known = str(fact.values.get("date", ""))
    if claim.act not in FORWARD or not (claim.day and len(known) == len(claim.day)):
        return False
    return abs(date.fromisoformat(claim.day) - date.fromisoformat(known)) > timedelta(days=1)


def _clashes(claim: Claim, fact: Fact) -> bool:
    """Say whether claim and fact count otherwise, so that they are not the same event."""
    number = str(fact.values.get("number", ""))
    return bool(claim.count and number and claim.count != number)
