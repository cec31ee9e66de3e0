"""Two accounts of one instance that differ: who denies what another side says, or counts otherwise.

Each claimant has a column of his own: what he says last of a fact. That the columns differ is told
once; then only a column that changes is news.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.core.claims import BOTH, Claim
from monitor.core.deeds import DENY, goes_ahead
from monitor.core.ledger import Fact, Status
from monitor.core.model import Reason, Verdict
from monitor.core.rules import Tracker
from monitor.core.standing import Column, Standing, SupportOf, same_scope, state_of, told_at


def differing(
    claim: Claim, tracker: Tracker, facts: Sequence[Fact], support: SupportOf, at: datetime
) -> Standing | None:
    """Hold what a side says against what others say of the same, None where nothing differs.

    A denial by whoever said so himself is a change, and a denial that nobody is named for is no
    column: both are judged as claims of a state are.
    """
    who = claim.claimant
    if not who or who == BOTH:
        return None
    near = timedelta(seconds=tracker.apart_s if tracker.kind == "series" else tracker.again_after_s)
    mine = [
        fact for fact in facts
        if fact.tracker == tracker.id and fact.state and same_scope(fact, claim)
    ]  # fmt: skip
    for fact in sorted(mine, key=lambda each: told_at(each, support), reverse=True):
        recent = abs(at - told_at(fact, support)) <= near
        denied = claim.denied and _denies(claim, fact, tracker)
        denied = denied and (recent or tracker.kind == "state")
        if not (denied or recent or fact.status is Status.DISPUTED):
            continue  # who said what of it need not be looked up
        columns = support(fact.id).columns
        found = None
        if denied:
            found = _denial(claim, who, fact, columns)
        elif _same_refusal(claim, who, fact, columns):
            found = _silent(claim, fact, denies=True)
        elif recent:
            found = _count(claim, who, fact, columns)
        if found is not None:
            return found
    return None


def _denies(claim: Claim, fact: Fact, tracker: Tracker) -> bool:
    state = state_of(tracker, fact.state or "")
    if state is None:
        return False
    return goes_ahead(state) if claim.act == DENY else claim.denied in state.acts


def _denial(claim: Claim, who: str, fact: Fact, columns: Sequence[Column]) -> Standing | None:
    """Judge a denial: the first one that another side makes is told, further ones are silent."""
    if any(column.denies for column in columns):
        return _silent(claim, fact, denies=True)
    if who in _tellers(fact, columns):
        return None
    said = ", ".join(sorted(_tellers(fact, columns)))
    words = (fact.state or "").replace("-", " ")
    moved = f"{words}{f' ({said})' if said else ''}; denied ({who})"
    return Standing(
        claim, Verdict.CONTRADICTS, Reason.DISPUTED, fact, moved=moved, denies=True, column=who
    )


def _same_refusal(claim: Claim, who: str, fact: Fact, columns: Sequence[Column]) -> bool:
    """Say whether a claim is what its claimant's column holds of a disputed fact already."""
    own = next((column for column in columns if column.claimant == who), None)
    disputed = fact.status is Status.DISPUTED and own is not None and own.denies
    return disputed and own is not None and own.state == claim.state != fact.state


def _count(claim: Claim, who: str, fact: Fact, columns: Sequence[Column]) -> Standing | None:
    """Judge a count of the same that is not the known one: another's is a column of its own."""
    known = str(fact.values.get("number", ""))
    if claim.state != fact.state or not (claim.count and known and claim.field == "title"):
        return None
    own = next((column for column in columns if column.claimant == who), None)
    if fact.status is Status.DISPUTED and any(each.count == claim.count for each in columns):
        return _silent(claim, fact, denies=claim.count != known)
    tellers = _tellers(fact, columns)
    if fact.status is Status.DISPUTED and own is not None and own.count:
        moved = f"{own.count} -> {claim.count} ({who})"
        return Standing(
            claim, Verdict.UPDATE, Reason.NUMBER_CHANGED, fact, moved=moved,
            denies=claim.count != known, column=who,
        )  # fmt: skip
    if claim.count == known or not tellers or who in tellers:
        return None
    moved = f"{known} ({', '.join(sorted(tellers))}); {claim.count} ({who})"
    return Standing(
        claim, Verdict.CONTRADICTS, Reason.DISPUTED, fact, moved=moved, denies=True, column=who
    )


def _silent(claim: Claim, fact: Fact, *, denies: bool) -> Standing:
    return Standing(claim, Verdict.REPEAT, Reason.SAYS_KNOWN_FACT, fact, denies=denies)


def _tellers(fact: Fact, columns: Sequence[Column]) -> frozenset[str]:
    """Give who says that a fact is so."""
    said = {column.claimant for column in columns if not column.denies}
    return frozenset(said | set(fact.said_by))
