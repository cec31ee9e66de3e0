"""Reports that are not understood and come together: somebody should look, though nothing is read.

One such report is a wording; two houses that tell the same story are news in words not known yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.heading import with_headlines
from monitor.core.headline import not_understood
from monitor.core.identity import development_key, digest
from monitor.core.judge import Case, Ruling
from monitor.core.model import Decision, Development, Reason, Verdict
from monitor.core.rules import Watch

#: So many houses, or so many sides quoted, have to stand behind a story that is not understood.
HOUSES = 2
#: Reports further apart than this do not stand behind one another.
TOGETHER = timedelta(hours=6)
#: The budget of a watch counts what was promoted in so long a time.
BUDGET_OVER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Unread:
    """Reports of one story that a watch did not understand, copies left out.

    `told` says that something of the story was told under any watch, or the watch told anything
    since; `spent` is how many stories it has promoted within `BUDGET_OVER`; `first_at` is None
    where there is no report yet.
    """

    reports: int = 0
    publishers: frozenset[str] = frozenset()
    claimants: frozenset[str] = frozenset()
    first_at: datetime | None = None
    told: bool = False
    spent: int = 0


def is_unread(case: Case, ruling: Ruling) -> bool:
    """Say whether an item is on the subject, makes no claim that is known, and is no copy."""
    judged = ruling.judgement
    possible = judged.verdict is Verdict.POSSIBLE and judged.reason is Reason.NOT_UNDERSTOOD
    further = judged.reason is Reason.SAME_STORY and ruling.standing is None
    return (possible or further) and case.placement.copy_of is None and bool(case.watch.trackers)


def promoted(decision: Decision, case: Case, unread: Unread, language: str) -> Decision:
    """Ask somebody to look where enough stands behind a story; the rest goes into the digest.

    `language` is that of the headline. Channels are still to be found. Gives the decision as it was
    where too little stands behind it.
    """
    item, watch = case.item, case.watch
    houses = unread.publishers | {item.publisher}
    sides = unread.claimants | ({item.speaks_for} - {""})
    if unread.told or unread.first_at is None or max(len(houses), len(sides)) < HOUSES:
        return decision
    count = unread.reports + 1
    minutes = max(round((item.published_at - unread.first_at).total_seconds() / 60), 0)
    about = case.placement.founder_identity or item.identity
    said = f"{count} reports on {watch.title} in {minutes} min"
    development = Development(
        key=development_key(watch.id, about, Reason.PROMOTED.value),
        watch=watch.id,
        thread=digest("thread", watch.id, about, size=8),
        number=1,
        verdict=Verdict.POSSIBLE,
        reason=Reason.PROMOTED,
        severity=decision.judgement.severity,
        headline="",
    )
    judgement = replace(
        decision.judgement, verdict=Verdict.POSSIBLE, reason=Reason.PROMOTED, detail=said
    )
    after = replace(
        decision, judgement=judgement, development=development, outcome=_way(watch, unread.spent)
    )
    return with_headlines(after, not_understood(watch, count, minutes), language)


def _way(watch: Watch, spent: int) -> Reason:
    folded = watch.delivery == "digest" or spent >= watch.promote_a_day
    return Reason.FOLDED if folded else Reason.PUSH
