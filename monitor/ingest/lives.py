"""The life of a development: held until it is confirmed, confirmed, listed for who wants all.

Each step takes a decision with what is learned beside it, and gives both as they are after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.certainty import certainty
from monitor.core.claims import Claim
from monitor.core.corroborate import confirms
from monitor.core.decide import follow_up, held, listed, route, told_at_last, way_of
from monitor.core.deeds import Modality
from monitor.core.judge import Case, Ruling
from monitor.core.ledger import Fact, FactEvent, Op, Status
from monitor.core.model import PUSHED, Decision, Reason, StoredItem, ToldDevelopment, Verdict, Voice
from monitor.core.promotion import BUDGET_OVER, TOGETHER, is_unread, promoted
from monitor.core.rules import Tracker, Watch
from monitor.core.standing import Support, said_as
from monitor.ingest.force import InForce
from monitor.ports import Unit

#: What is said with a reserve, or of the past, is nobody's word that it is so.
NO_WORD = frozenset({Modality.HEDGED, Modality.HISTORICAL})
#: Statuses of a development that a confirmation changes.
OPEN = frozenset({"reported", "corrected", "denied"})


@dataclass(frozen=True, slots=True)
class Learned:
    """What the ledger takes from a hit: events, and each claim with its fact and its bearing."""

    events: tuple[FactEvent, ...] = ()
    claims: tuple[tuple[Claim, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A hit that was judged, within its unit. `made` is the fact that it makes, if any."""

    unit: Unit
    stored: StoredItem
    case: Case
    ruling: Ruling
    rules: InForce
    now: datetime
    made: Fact | None = None

    @property
    def watch(self) -> Watch:
        """The watch that took the item."""
        return self.case.watch

    def tracker(self, claim: Claim) -> Tracker:
        """Give the tracker that a claim is about."""
        return next(each for each in self.watch.trackers if each.id == claim.tracker)

    def sure(self, fact: Fact, claim: Claim) -> tuple[FactEvent, Fact]:
        """Give the event by which a claim confirms a fact, and the fact as it is then."""
        said_by = tuple(sorted({*fact.said_by, claim.claimant} - {""}))
        after = replace(fact, status=Status.CONFIRMED, said_by=said_by)
        return FactEvent(fact.id, Op.CONFIRM, f"item:{self.stored.id}", self.now, after), after

    def voices(self, fact: str, claim: Claim) -> tuple[Voice, ...]:
        """Give all who bear on a fact so far, the first first, this item the last."""
        item = self.case.item
        said = said_as(claim.state, claim.count, denied=bool(claim.denied))
        own = Voice(claim.claimant, said, item.feed, item.link, item.published_at)
        return (*self.unit.voices(fact), own)


Step = tuple[Decision, Learned]


def careful(matter: Matter, decision: Decision, learned: Learned) -> Step:
    """Hold what a careful watch would tell before what its tracker asks for stands behind it."""
    if matter.watch.alerts != "careful" or decision.outcome not in {Reason.PUSH, Reason.FOLDED}:
        return decision, learned
    standing = matter.ruling.standing
    if standing is None:  # what no tracker tells, nothing confirms
        return held(decision), learned
    claim = standing.claim
    fact = matter.made or standing.fact
    if fact is None:
        return held(decision), learned
    if standing.column:  # whoever has not heard it need not hear that it is denied
        first = matter.unit.development_of(fact.id)
        known = fact.status in {Status.CONFIRMED, Status.SEED} or bool(first and first.messages)
        return (decision if known else held(decision)), learned
    told = matter.made is None and fact.status is Status.CONFIRMED
    support = Support() if matter.made else matter.unit.support(fact.id)
    if told or not confirms(claim, fact, matter.tracker(claim), support):
        return (decision if told else held(decision)), learned
    event, _ = matter.sure(fact, claim)
    voices = matter.voices(fact.id, claim)
    return replace(decision, voices=voices), replace(learned, events=(*learned.events, event))


def disputed(matter: Matter, decision: Decision, learned: Learned) -> Step:
    """Mark a fact that another side denies as disputed, and name all voices to who is told."""
    standing = matter.ruling.standing
    if standing is None or not standing.column or standing.fact is None:
        return decision, learned
    if decision.judgement.verdict not in PUSHED and decision.outcome is not Reason.UNCONFIRMED:
        return decision, learned
    fact = standing.fact
    if fact.status is not Status.DISPUTED:
        after = replace(fact, status=Status.DISPUTED)
        event = FactEvent(fact.id, Op.DISPUTE, f"item:{matter.stored.id}", matter.now, after)
        learned = replace(learned, events=(*learned.events, event))
    return replace(decision, voices=matter.voices(fact.id, standing.claim)), learned


def confirmed(matter: Matter, decision: Decision, learned: Learned) -> Step:
    """Turn a repeat that confirms a fact into a message: to those who were told, or now to all."""
    standing = matter.ruling.standing
    if standing is None or standing.verdict is not Verdict.REPEAT or standing.denies:
        return decision, learned
    if standing.fact is None:
        return decision, learned
    fact, claim = standing.fact, standing.claim
    if fact.status not in {Status.REPORTED, Status.DISPUTED} or claim.modality in NO_WORD:
        return decision, learned
    if not confirms(claim, fact, matter.tracker(claim), matter.unit.support(fact.id)):
        return decision, learned
    event, _ = matter.sure(fact, claim)
    learned = replace(learned, events=(*learned.events, event))
    told = matter.unit.development_of(fact.id)
    if told is None or told.status not in OPEN:
        return decision, learned
    voices = matter.voices(fact.id, claim)
    if told.channels:
        after = follow_up(decision, told, Reason.CONFIRMED)
        return replace(after, outcome=way_of(matter.watch), voices=voices), learned
    if _is_held(matter.unit, told):
        channels = route(matter.rules.book, matter.watch, told.severity, matter.rules.enabled)
        after = told_at_last(decision, told, matter.watch, channels)
        return replace(after, voices=voices), learned
    return decision, learned


def _is_held(unit: Unit, told: ToldDevelopment) -> bool:
    """Say whether a development waits to be confirmed; others were learned quietly."""
    first = unit.first_told(told.key) if not told.messages else None
    return first is not None and first.outcome is Reason.UNCONFIRMED


def sensitive(matter: Matter, decision: Decision, learned: Learned) -> Step:
    """Say of a sensitive state whether it is planned, said by one side, or by both."""
    standing = matter.ruling.standing
    if standing is None or decision.outcome not in {Reason.PUSH, Reason.FOLDED}:
        return decision, learned
    claim = standing.claim
    if standing.column or (matter.made is None and standing.fact is None):
        return decision, learned  # the voices say who differs
    said = {claim.claimant}
    if matter.made is None and standing.fact is not None:
        said |= {*matter.unit.support(standing.fact.id).claimants, *standing.fact.said_by}
    how = certainty(claim, matter.tracker(claim), said)
    return replace(decision, certainty=how), learned


def looked_at(matter: Matter, decision: Decision, learned: Learned, *, quiet: bool) -> Step:
    """Ask somebody to look at a story that is not understood and that several houses tell."""
    case = matter.case
    if quiet or not is_unread(case, matter.ruling):
        return decision, learned
    if decision.outcome is not decision.judgement.reason:
        return decision, learned
    since = case.item.published_at - TOGETHER
    unread = matter.unit.unread(
        matter.watch.id, case.placement.story, since, matter.now - BUDGET_OVER
    )
    after = promoted(decision, case, unread, matter.rules.book.language)
    if after is decision:
        return decision, learned
    channels = route(
        matter.rules.book, matter.watch, decision.judgement.severity, matter.rules.enabled
    )
    return replace(after, channels=tuple(channels)), learned


def complete(matter: Matter, decision: Decision, learned: Learned, *, quiet: bool) -> Step:
    """List in the digest what is possible, and what a watch that wants everything is not told.

    Copies are left out, and what waits for a confirmation: it is told when that comes.
    """
    judged = decision.judgement
    possible = judged.verdict is Verdict.POSSIBLE and judged.reason is not Reason.UNCONFIRMED
    wanted = (possible or matter.watch.alerts == "complete") and not quiet
    if not wanted or judged.verdict in PUSHED or decision.outcome is not judged.reason:
        return decision, learned
    if judged.reason is Reason.COPY_OF_ITEM or matter.case.placement.copy_of is not None:
        return decision, learned
    channels = route(matter.rules.book, matter.watch, judged.severity, matter.rules.enabled)
    return listed(decision, matter.case.item, matter.case.placement, channels), learned
