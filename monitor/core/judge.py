"""Is it known? What an item claims, held against the ledger and the open stories.

The order is that of the questions an editor would ask: is it old? a copy? does it look back? what
does it claim, and is that the state of affairs we know? Only a claim that changes the ledger, or a
new story of a watch without trackers, is a development; what is on the subject and not understood
is possible, and told as such.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.claims import Account, Claim
from monitor.core.deeds import Modality, turns
from monitor.core.disputes import differing
from monitor.core.fact_words import fact_that_says
from monitor.core.ledger import Fact
from monitor.core.model import (
    PUSHED,
    Hit,
    Item,
    Judgement,
    Placement,
    Reason,
    Severity,
    Verdict,
)
from monitor.core.rules import Tracker, Watch
from monitor.core.standing import Standing, Support, SupportOf, stand, state_of, told_at

#: A report that comes later than this after its publication, or of an event that it dates so long
#: before it, is history.
HISTORY_AFTER = timedelta(hours=72)
#: A claim in the summary counts only where it hangs together this closely (0 close to 1 far).
CLOSE = 0.3
#: A claim whose act and topic hang together no closer says less than the story that it stands in.
LOOSE = 0.2
#: A claim turns a story that the watch knows only where act and topic hang together so closely.
SURE = 0.15
#: A state that a story told before its last turn comes back no sooner than this.
COMES_BACK_AFTER = timedelta(hours=2)
#: Changes that turn a story however soon they come.
_TURNS = frozenset({Reason.DATE_CHANGED, Reason.OTHER_SIDE, Reason.DISPUTED})
#: So long after its first report a story may take a turn that is none of yes and no.
TURN_AFTER = timedelta(hours=4)
#: What a verdict counts for where an item makes several claims, the weightiest first.
_WEIGHT = [
    Verdict.CONTRADICTS, Verdict.UPDATE, Verdict.NEW, Verdict.REPEAT, Verdict.POSSIBLE,
    Verdict.BACKGROUND,
]  # fmt: skip


def _nobody(fact: str) -> Support:
    del fact
    return Support()


def _no_denial(text: str) -> bool:
    del text
    return False


@dataclass(frozen=True, slots=True)
class Case:
    """A hit with all that it is judged by.

    `facts` are those of the watch that are held, `support` gives who told each of them; `as_of` is
    the date of the watch's baseline (None: it has none); `edit` says that the item is a later
    version of one already judged; `denied` says whether the text of a fact denies something.
    """

    item: Item
    hit: Hit
    placement: Placement
    watch: Watch
    account: Account = field(default_factory=Account)
    facts: Sequence[Fact] = ()
    support: SupportOf = _nobody
    as_of: datetime | None = None
    edit: bool = False
    denied: Callable[[str], bool] = _no_denial

    @property
    def joined(self) -> bool:
        """Whether the item tells a story that the watch knows already."""
        return not self.placement.founds and self.hit.watch in self.placement.watches


@dataclass(frozen=True, slots=True)
class Ruling:
    """A judgement with the standing it rests on, None where no claim decided."""

    judgement: Judgement
    standing: Standing | None = None


def judge(case: Case) -> Ruling:
    """Say how a hit stands to what is known."""
    item, placement = case.item, case.placement
    claims = main_claims(case)
    state = asserted(case, claims)
    if case.as_of is not None and item.published_at < case.as_of:
        detail = case.as_of.isoformat()
        return _no(Verdict.BACKGROUND, Reason.OLDER_THAN_BASELINE, detail, state=state)
    if item.seen_at - item.published_at > HISTORY_AFTER:
        detail = item.published_at.isoformat()
        return _no(Verdict.BACKGROUND, Reason.OLD_NEWS, detail, state=state)
    if not case.watch.trackers:
        return _by_story(case)
    standings = [_stand(case, claim) for claim in claims]
    denials = _denials(case)
    denied = {each.claim.tracker for each in denials}  # that is what the title says of it
    standings = [each for each in standings if each.claim.tracker not in denied] + denials
    standings.sort(key=lambda each: _WEIGHT.index(each.verdict))
    best = standings[0] if standings else None
    if _is_copy(case) and not (best and best.verdict in PUSHED and _turns_story(case, best)):
        detail = f"item {placement.copy_of}"
        return _no(Verdict.REPEAT, Reason.COPY_OF_ITEM, detail, (placement.story,), state)
    if case.account.looks_back or case.account.reviews or case.account.digest:
        return _looking_back(case, best, state)
    if best is None:
        return _without_claim(case, state)
    return _ruling(case, best, state)


def _is_copy(case: Case) -> bool:
    """Say whether an item has the words of one already read, and no number that it had not."""
    placement = case.placement
    same = placement.copy_of is not None and not placement.new_numbers
    return case.joined and same and not case.edit


def _stand(case: Case, claim: Claim) -> Standing:
    """Hold one claim against the ledger; what is hedged or history changes nothing."""
    if claim.modality is Modality.HISTORICAL:
        return Standing(claim, Verdict.BACKGROUND, Reason.LOOKS_BACK)
    tracker = next(each for each in case.watch.trackers if each.id == claim.tracker)
    at = case.item.published_at
    found = None
    if claim.modality is not Modality.HEDGED:
        found = differing(claim, tracker, case.facts, case.support, at)
    found = found or stand(claim, tracker, case.facts, case.support, at, joined=case.joined)
    if claim.modality is Modality.HEDGED and found.verdict in PUSHED:
        return Standing(claim, Verdict.POSSIBLE, Reason.HEDGED, found.fact, found.moved)
    return found


def _denials(case: Case) -> list[Standing]:
    """Give how the denials of a title stand to facts that others tell; most to none."""
    found = []
    account = case.account
    for claim in (*account.denials, *(c for c in account.of(case.watch.id) if c.denied)):
        close = claim.watch == case.watch.id and claim.field == "title" and claim.distance <= LOOSE
        if close:
            tracker = next(each for each in case.watch.trackers if each.id == claim.tracker)
            at = case.item.published_at
            found.append(differing(claim, tracker, case.facts, case.support, at))
    return [each for each in found if each is not None]


def main_claims(case: Case) -> list[Claim]:
    """Give the claims that an item is judged by: of each tracker the best one of its title.

    Where the title makes none, the one that hangs together best beneath it.
    """
    claims = case.account.of(case.watch.id)
    title = [claim for claim in claims if claim.field == "title"]
    sure = [claim for claim in title if claim.modality is not Modality.HEDGED]
    chosen = sure or title or [c for c in claims if c.distance <= CLOSE][:1]
    best: dict[str, Claim] = {}
    for claim in chosen:
        best.setdefault(claim.tracker, claim)
    return list(best.values())


def asserted(case: Case, claims: Sequence[Claim]) -> str | None:
    """Give the state that an item asserts of what its watch follows first and foremost.

    That is the watch's first tracker, and those of its kind (captives and bodies alike). An item
    that makes no firm claim about them speaks of the matter as it stands: as its story has told
    it, else as it is known. "What we know about the exchange" is about the exchange as it is.
    """
    main = [each.id for each in case.watch.trackers if each.kind == case.watch.trackers[0].kind]
    firm = [claim for claim in claims if claim.tracker in main and claim.distance < LOOSE]
    if firm:
        return firm[0].state
    told = [label.partition(":") for label in case.placement.claims]
    stated = [(tracker, state) for tracker, _, state in told if tracker in main]
    if stated:
        return _by_now(case, *stated[0], case.placement.claimed_at)
    loose = [claim for claim in claims if claim.tracker in main]
    if loose:
        return loose[0].state
    known = [fact for fact in case.facts if fact.tracker in main]
    if not known:
        return None
    last = max(known, key=lambda fact: told_at(fact, case.support))
    return _by_now(case, last.tracker or "", last.state, told_at(last, case.support))


def _by_now(case: Case, tracker: str, state: str | None, told: datetime | None) -> str | None:
    """Give what a state has become since it was told: a session that began has ended by now."""
    listed = next(each for each in case.watch.trackers if each.id == tracker)
    found = state_of(listed, state) if state else None
    if found is None or not found.then or told is None:
        return state
    passed = (case.item.published_at - told).total_seconds() > found.lasts_s
    return found.then if passed else state


def _ruling(case: Case, best: Standing, state: str | None) -> Ruling:
    fact, claim = best.fact, best.claim
    known = (fact.id,) if fact else ()
    detail = best.moved or (fact.text if fact else "")
    if best.verdict is Verdict.POSSIBLE and case.joined:
        return _no(Verdict.REPEAT, Reason.SAME_STORY, case.placement.story, known, state)
    if (
        best.verdict in PUSHED
        and claim.field != "title"
        and case.watch.id not in case.account.titled
        and not _opens(case, claim)
    ):
        return _no(Verdict.BACKGROUND, Reason.IN_PASSING, detail, known, state)
    if best.reason is Reason.SAID_AGAIN and (claim.field != "title" or _said_by_fact(case)):
        return _no(Verdict.REPEAT, Reason.SAYS_KNOWN_FACT, detail, known, state)
    if best.verdict in PUSHED and case.joined and not _turns_story(case, best):
        return _no(Verdict.REPEAT, Reason.SAME_STORY, case.placement.story, known, state)
    if best.verdict not in PUSHED:
        return Ruling(
            Judgement(best.verdict, best.reason, detail, known, state, tracker=claim.tracker), best
        )
    tracker = next(each for each in case.watch.trackers if each.id == claim.tracker)
    told = claim.state or (fact.state if fact else None) or ""  # a bare denial is of the fact
    listed = state_of(tracker, told)
    return Ruling(
        Judgement(
            best.verdict, best.reason, detail, known, state,
            severity=listed.severity if listed else Severity.MEDIUM,
            tracker=claim.tracker, cell=cell_of(tracker, claim), value=told,
        ),
        best,
    )  # fmt: skip


def _opens(case: Case, claim: Claim) -> bool:
    """Say whether a title without its subject is told by the sentence right beneath it.

    "First quiet night in four years" says what happened, its first sentence says what it is.
    """
    told = claim.modality in (Modality.ASSERTED, Modality.PLANNED, Modality.DENIED)
    first = claim.field == "summary" and claim.start == 0
    return first and told and claim.distance <= SURE and case.account.plain and not case.joined


def is_sure(claim: Claim) -> bool:
    """Say whether a claim is read firmly enough to turn a story that is being told already."""
    return claim.field == "title" and claim.distance <= SURE


def _turns_story(case: Case, standing: Standing) -> bool:
    """Say whether a claim is a turn of a story that the watch knows, and no other wording of it.

    Outlets tell one event in different acts (agreed, set, will be freed) within hours. A turn is
    what says no where the story said yes, or the reverse; or what comes well after its beginning.
    """
    claim, placement, at = standing.claim, case.placement, case.item.published_at
    label = f"{claim.tracker}:{claim.state}"
    if claim.field != "title" or claim.distance > LOOSE or _comes_back_late(case, label):
        return False
    if _flips(case, claim):
        return True
    if not is_sure(claim):
        return False
    if standing.reason in _TURNS or standing.column:
        return True
    if placement.copy_of is not None and label not in placement.claims:
        return True  # nearly the same words, and one of them says something else
    return placement.opened_at is not None and at - placement.opened_at >= TURN_AFTER


def _comes_back_late(case: Case, label: str) -> bool:
    """Say whether a report tells how it was before the last turn, which is not long ago."""
    placement, turned = case.placement, case.placement.claimed_at
    if turned is None or label not in placement.claims[1:]:
        return False
    return case.item.published_at - turned < COMES_BACK_AFTER


def _flips(case: Case, claim: Claim) -> bool:
    """Say whether a claim says no where its story said yes last, or the reverse."""
    tracker = next(each for each in case.watch.trackers if each.id == claim.tracker)
    now = state_of(tracker, claim.state)
    for label in case.placement.claims:
        name, _, told = label.partition(":")
        before = state_of(tracker, told) if name == tracker.id else None
        if before is not None:
            return now is not None and turns(now, before)
    return False


def cell_of(tracker: Tracker, claim: Claim) -> str:
    """Name the scope of a claim within its tracker, `full/russia`; "" where it has none."""
    state = state_of(tracker, claim.state)
    joint = state is None or state.joint
    return "/".join(v for name, v in claim.scope if v and not (joint and name == "party"))


def _looking_back(case: Case, best: Standing | None, state: str | None) -> Ruling:
    """Judge a piece that looks back or sums up: what it says anew is possible, never pushed."""
    reason = Reason.LOOKS_BACK if case.account.looks_back else Reason.REVIEW
    known = (best.fact.id,) if best and best.fact else ()
    return _no(Verdict.BACKGROUND, reason, best.moved if best else "", known, state)


def _without_claim(case: Case, state: str | None) -> Ruling:
    """Judge an item that tells no act: a repeat of its story or a fact, else not understood."""
    if case.joined:
        story = case.placement.story
        return _no(Verdict.REPEAT, Reason.SAME_STORY, story, (story,), state)
    repeated = _said_by_fact(case)
    if repeated is not None:
        known = (repeated.id,)
        return _no(Verdict.REPEAT, Reason.SAYS_KNOWN_FACT, repeated.text, known, repeated.state)
    if case.account.plain and case.watch.id in case.account.titled:
        return Ruling(Judgement(Verdict.NEW, Reason.NOT_UNDERSTOOD, state=state))
    return _no(Verdict.POSSIBLE, Reason.NOT_UNDERSTOOD, state=state)


def _by_story(case: Case) -> Ruling:
    """Judge a hit of a watch without trackers: a new story, or a number that changed, is news."""
    placement = case.placement
    known = (placement.story,)
    turned = placement.new_numbers
    if _is_copy(case):
        detail = f"item {placement.copy_of}"
        return _no(Verdict.REPEAT, Reason.COPY_OF_ITEM, detail, known)
    if case.account.looks_back or case.account.reviews:
        return _no(Verdict.BACKGROUND, Reason.REVIEW)
    repeated = _said_by_fact(case)
    if repeated is not None:
        return _no(Verdict.REPEAT, Reason.SAYS_KNOWN_FACT, repeated.text, (repeated.id,))
    if not case.joined:
        return Ruling(Judgement(Verdict.NEW, Reason.FOUNDS_STORY))
    if turned:
        return Ruling(Judgement(Verdict.UPDATE, Reason.NUMBER_CHANGED, ", ".join(turned), known))
    return _no(Verdict.REPEAT, Reason.SAME_STORY, placement.story, known)


def _no(
    verdict: Verdict,
    reason: Reason,
    detail: str = "",
    known: tuple[str, ...] = (),
    state: str | None = None,
) -> Ruling:
    return Ruling(Judgement(verdict, reason, detail, known, state))


def _said_by_fact(case: Case) -> Fact | None:
    """Give the fact that says all that the title of an item says, None where none does."""
    return fact_that_says(case.item.title, case.facts, case.denied, denies=case.account.denies)
