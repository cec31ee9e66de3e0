"""From what was judged to what a headline tells: the change, out of a claim, a standing, a fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.core.certainty import planned_state
from monitor.core.claims import BOTH, Claim
from monitor.core.days import days
from monitor.core.decide import field_text
from monitor.core.deeds import Modality
from monitor.core.headline import Change, Value, compose_all
from monitor.core.headline_words import FALLBACK
from monitor.core.judge import Case, Ruling
from monitor.core.ledger import Fact
from monitor.core.model import PUSHED, Decision, Development, Headline, Item, Reason
from monitor.core.rules import COMPOSED, Tracker, Watch
from monitor.core.standing import ALONE, Standing, state_of, told_at

#: Days that a plan names together are told where they are no more than so many.
MAX_SPAN = timedelta(days=3)
#: Acts that are a plan, though they are told as done.
_PLANS = frozenset({"announce", "schedule"})
#: What a plan can be told as: something new, or a change of state.
_PLANNED = frozenset({Reason.NEW_STATE, Reason.ANOTHER_INSTANCE, Reason.STATE_CHANGED})
#: Reasons by which something was otherwise before.
_MOVED = frozenset(
    {
        Reason.STATE_CHANGED, Reason.NUMBER_CHANGED, Reason.DATE_CHANGED, Reason.DENIES_FACT,
        Reason.OTHER_SIDE,
    }
)  # fmt: skip
#: First acts of states in a series that one party alone brings about.
_ONE_SIDED = frozenset({"postpone", "cancel", "reject"})
#: How a count is held: `1200`, `30 days`.
_COUNT = re.compile(r"\d{1,12}( [a-z]+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def headed(decision: Decision, case: Case, ruling: Ruling, language: str) -> Decision:
    """Give a decision the headline that is composed of what changed, and who says so.

    Where nothing can be composed (no tracker tells it, or its headlines are the reports' own) the
    report's headline stands.
    """
    development, standing = decision.development, ruling.standing
    if development is None or standing is None or development.verdict not in PUSHED:
        return decision
    change = _change(development, case, standing)
    if change is None:
        return decision
    headed_by = decision
    if _is_composed(change.tracker):
        headed_by = with_headlines(decision, compose_all(change), language)
    return replace(headed_by, said_by=change.said_by, denied_by=change.denied_by)


def with_headlines(decision: Decision, made: Sequence[Headline], language: str) -> Decision:
    """Give a decision headlines; its development is named by the one in `language`."""
    development = decision.development
    if development is None:
        return decision
    by_language = {each.language: each for each in made}
    chosen = by_language.get(language.partition("-")[0].lower()) or by_language[FALLBACK]
    return replace(
        decision, development=replace(development, headline=chosen.text), headlines=tuple(made)
    )


def taken_back(fact: Fact, watch: Watch, because: str, year: int) -> tuple[Headline, ...]:
    """Give the headline that a fact was taken back, in every language; none without a tracker."""
    tracker = next((each for each in watch.trackers if each.id == fact.tracker), None)
    if tracker is None or not fact.state or not _is_composed(tracker):
        return ()
    now = _value_of(fact)
    if not now.day and _DAY.fullmatch(fact.date):
        now = replace(now, day=fact.date)
    change = Change(
        watch.id, tracker, Reason.CORRECTED, now, whose=_party_of(fact),
        scope=_scope_of(fact, tracker), because=because, year=year,
    )  # fmt: skip
    return compose_all(change)


def _is_composed(tracker: Tracker) -> bool:
    return tracker.headline == COMPOSED


def _change(development: Development, case: Case, standing: Standing) -> Change | None:
    """Give what changed, None where the claim comes to no state."""
    claim, fact = standing.claim, standing.fact
    tracker = next(each for each in case.watch.trackers if each.id == claim.tracker)
    year, outlet = case.item.published_at.year, case.item.feed
    base = Change(
        case.watch.id, tracker, development.reason, Value(), outlet=outlet, year=year,
        said_by=_quoted([claim.claimant]),
    )  # fmt: skip
    if development.reason is Reason.CONFIRMED:
        return _confirmed(base, development, case, standing)
    if development.reason is Reason.DISPUTED:
        return _disputed(base, case, standing)
    state = claim.state or (fact.state if fact else "") or ""
    if not state:
        return None
    change = replace(
        base,
        now=Value(state, claim.count, claim.day, _doer(claim, tracker, state)),
        whose=_whose(claim, tracker, state),
        scope=_scope(claim, tracker),
    )
    return _moved(_planned(change, claim, case.item), case, standing)


def _moved(change: Change, case: Case, standing: Standing) -> Change:
    """Add what it was before, where the same was otherwise before."""
    fact, claim = standing.fact, standing.claim
    if fact is None:
        return change
    if change.reason is Reason.SAID_AGAIN:
        return replace(change, silent_days=_days_silent(case, fact))
    if change.reason is Reason.STAGE:
        return replace(change, total=_value_of(fact).number)
    if change.reason not in _MOVED:
        return change
    was = replace(_value_of(fact), by=_party_of(fact))
    if was.number == change.now.number or _of_other_kind(fact, claim):
        was = replace(was, number="")
    if standing.column:  # his own last word is what has changed
        counts = {each.claimant: each.count for each in case.support(fact.id).columns}
        was = replace(was, number=counts.get(standing.column) or was.number)
    if change.reason is Reason.OTHER_SIDE:
        first = _texts(fact.values.get("parties"))
        was, now = replace(was, by=next(iter(first), "")), replace(change.now, by=claim.party)
        return replace(change, was=was, now=now, whose="", joined=True)
    if change.reason is Reason.STATE_CHANGED and change.now.day:
        was = replace(was, day="")  # the day that counts is the one it is now
    return replace(change, was=was)


def _of_other_kind(fact: Fact, claim: Claim) -> bool:
    """Say whether a fact counts others than a claim does: the wounded, and not bodies."""
    kinds = set(_texts(fact.values.get("category")))
    return bool(claim.categories) and kinds.isdisjoint(claim.categories)


def _days_silent(case: Case, fact: Fact) -> int:
    return max((case.item.published_at - told_at(fact, case.support)).days, 1)


def _planned(change: Change, claim: Claim, item: Item) -> Change:
    """Mark a plan as one, with the state that it has not reached, and the days that it names."""
    if change.reason not in _PLANNED:
        return change
    tracker = change.tracker
    planned = planned_state(claim, tracker)
    if not planned and claim.act in _PLANS and claim.modality is not Modality.HEDGED:
        planned = next((each.name for each in tracker.states if each.sensitive), "")
    state = state_of(tracker, change.now.state)
    if not planned or (state is not None and state.sensitive):
        return change
    day = change.now.day or _span(claim, item)
    return replace(change, planned=planned, now=replace(change.now, day=day))


def _span(claim: Claim, item: Item) -> str:
    """Give the days that a sentence names together, as `2025-06-07/2025-06-08`; "" for none."""
    sentence = field_text(item, claim.field)[claim.start : claim.end]
    for each in days(sentence, item.language, item.published_at):
        if timedelta(0) < each.last - each.first < MAX_SPAN:
            return f"{each.first.isoformat()}/{each.last.isoformat()}"
    return ""


def _confirmed(
    base: Change, development: Development, case: Case, standing: Standing
) -> Change | None:
    """Tell a fact with all who say so; as something new to whoever has not heard of it."""
    fact, claim = standing.fact, standing.claim
    if fact is None or not fact.state:
        return None
    support = case.support(fact.id)
    said = _quoted([*support.claimants, *fact.said_by, claim.claimant])
    reason = Reason.CONFIRMED if development.number > 1 else Reason.NEW_STATE
    return replace(
        base, reason=reason, now=_value_of(fact), whose=_party_of(fact),
        scope=_scope_of(fact, base.tracker), said_by=said,
    )  # fmt: skip


def _disputed(base: Change, case: Case, standing: Standing) -> Change | None:
    """Tell a fact with who says so and who denies it, or what each side counts."""
    fact, claim = standing.fact, standing.claim
    if fact is None or not fact.state:
        return None
    columns = case.support(fact.id).columns
    denying = {each.claimant for each in columns if each.denies}
    tellers = ({each.claimant for each in columns} | set(fact.said_by)) - denying
    now = _value_of(fact)
    counts: tuple[tuple[str, str], ...] = ()
    if claim.denied:
        denying |= {standing.column}
        tellers -= {standing.column}
    elif claim.count and now.number:
        others = [(who, now.number) for who in _quoted(tellers - {standing.column})]
        counts = (*others, (standing.column, claim.count))
    return replace(
        base, now=now, whose=_party_of(fact), scope=_scope_of(fact, base.tracker),
        said_by=_quoted(tellers), denied_by=_quoted(denying), counts=counts,
    )  # fmt: skip


# --- parts of a claim, and of a fact -----------------------------------------------------------


def _whose(claim: Claim, tracker: Tracker, state: str) -> str:
    """Give the party whose stance a claim tells; "" for what is of all together."""
    if "party" not in tracker.scope:
        return ""
    listed = state_of(tracker, state)
    joint = listed is not None and listed.joint
    if joint and claim.act not in ALONE:
        return ""
    party = dict(claim.scope).get("party") or claim.party
    return "" if party == BOTH else party


def _doer(claim: Claim, tracker: Tracker, state: str) -> str:
    """Give the party that called off an instance of a series, "" where none is named."""
    listed = state_of(tracker, state)
    alone = listed is not None and bool(_ONE_SIDED.intersection(listed.acts[:1]))
    return claim.party if tracker.kind == "series" and alone and claim.party != BOTH else ""


def _scope(claim: Claim, tracker: Tracker) -> tuple[str, ...]:
    told = [value for name, value in claim.scope if _is_told(tracker, name, value)]
    return (*told, *claim.categories)


def _scope_of(fact: Fact, tracker: Tracker) -> tuple[str, ...]:
    told = [str(v) for name, v in fact.scope.items() if _is_told(tracker, name, str(v))]
    return (*told, *_texts(fact.values.get("category")))


def _is_told(tracker: Tracker, name: str, value: str) -> bool:
    """Say whether a value of the scope is told: the party is elsewhere, one goes without saying."""
    goes_without = tracker.values.get(name, {}).get(value) == ""
    return bool(value) and name != "party" and not goes_without


def _party_of(fact: Fact) -> str:
    party = str(fact.scope.get("party") or "")
    return "" if party == BOTH else party


def _value_of(fact: Fact) -> Value:
    """Give what a fact says: its state, with number and day where it has them in plain form."""
    number = str(fact.values.get("number") or fact.values.get("duration") or "")
    day = str(fact.values.get("date") or "")
    return Value(
        fact.state or "",
        number if _COUNT.fullmatch(number) else "",
        day if _DAY.fullmatch(day) else "",
    )


def _quoted(sides: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({side for side in sides if side}))


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(map(str, value))
    return (str(value),) if value else ()
