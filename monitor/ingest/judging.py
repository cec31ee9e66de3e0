"""What is thought of one item: whose story it is, what it claims, and a decision for each hit.

Nothing is written here: an opinion holds all that the path then records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.claims import Account, Claim
from monitor.core.decide import decide, development_of, route
from monitor.core.heading import headed
from monitor.core.judge import Case, Ruling, is_sure, judge
from monitor.core.learning import claim_label, events_of, fact_from, makes_fact
from monitor.core.ledger import Fact, FactEvent
from monitor.core.model import (
    PUSHED,
    Decision,
    Hit,
    Placement,
    Reason,
    StoredItem,
    Verdict,
    document_of,
)
from monitor.core.rules import Tracker, Watch
from monitor.core.standing import Standing
from monitor.core.stories import Draft, Telling
from monitor.ingest.force import InForce
from monitor.ingest.lives import (
    Learned,
    Matter,
    careful,
    complete,
    confirmed,
    disputed,
    looked_at,
    sensitive,
)
from monitor.ports import Unit

#: How close an item must be to a story of a watch to be taken for a hit of it (1 is what it takes
#: to join the story).
THROUGH = 1.3


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is to be done about one item."""

    told: Telling
    placement: Placement
    decisions: tuple[Decision, ...]
    learned: tuple[Learned, ...] = ()
    account: Account = field(default_factory=Account)


class Judging:
    """Judges items under the rules in force, within a unit."""

    def __init__(self, rules: InForce) -> None:
        """Judge by these rules."""
        self.rules = rules

    def opinion(
        self, unit: Unit, draft: Draft, stored: StoredItem, now: datetime, *, quiet: bool
    ) -> Opinion | None:
        """Say what is to be done about an item, and write nothing; None where no watch is hit."""
        item, index = stored.item, self.rules.index
        scan = index.scan(document_of(item))
        hits = [hit for hit in index.hits(scan) if self._listens(hit.watch, item.feed)]
        nearby = index.on_topic(scan)
        if not hits and not nearby:
            return None
        heard = [watch for watch in nearby if self._listens(watch, item.feed)]
        watches = list(dict.fromkeys([*(hit.watch for hit in hits), *heard]))
        account = index.account(scan, watches, item.speaks_for, item.published_at)
        told = telling(account, index.concepts_of(scan))
        placement = draft.place(item, told, edit=stored.edit)
        hits += self._through_story(hits, nearby, placement, item.feed)
        if not hits:
            return None
        judged = [
            self._judge(unit, stored, hit, placement, account, now, quiet=quiet) for hit in hits
        ]
        decisions = tuple(decision for decision, _ in judged)
        return Opinion(told, placement, decisions, tuple(each for _, each in judged), account)

    def _through_story(
        self, hits: Sequence[Hit], nearby: Sequence[str], placement: Placement, feed: str
    ) -> list[Hit]:
        """Give the watches that take an item because it clearly tells one of their stories.

        It must have the subject of a tracker of theirs, and be closer than what joins a story.
        """
        if placement.founds or placement.closeness < THROUGH:
            return []
        taken = {hit.watch for hit in hits}
        return [
            Hit(watch, (), via="story")
            for watch in nearby
            if watch in placement.watches and watch not in taken and self._listens(watch, feed)
        ]

    def _listens(self, watch_id: str, feed: str) -> bool:
        """Say whether a watch takes items of a feed: one with feeds of its own takes only those."""
        watch = self.rules.book.watch(watch_id)
        return watch is None or not watch.feeds or feed in watch.feeds

    def _judge(
        self,
        unit: Unit,
        stored: StoredItem,
        hit: Hit,
        placement: Placement,
        account: Account,
        now: datetime,
        *,
        quiet: bool,
    ) -> tuple[Decision, Learned]:
        book = self.rules.book
        watch = book.watch(hit.watch)
        if watch is None:
            raise LookupError(f"the index holds the watch {hit.watch}, the rule book does not")
        facts = unit.facts(hit.watch)
        case = Case(
            stored.item, hit, placement, watch, account, facts, unit.support,
            as_of=book.as_of(hit.watch), edit=stored.edit, denied=self._denied,
        )  # fmt: skip
        ruling = judge(case)
        decision = self._decide(unit, case, ruling, quiet=quiet)
        fact, learned = self._learn(stored, case, ruling, decision, now)
        decision = replace(decision, fact=fact.id if fact else "")
        matter = Matter(unit, stored, case, ruling, self.rules, now, fact)
        decision, learned = careful(matter, decision, learned)
        decision, learned = disputed(matter, decision, learned)
        decision, learned = confirmed(matter, decision, learned)
        decision, learned = sensitive(matter, decision, learned)
        decision, learned = looked_at(matter, decision, learned, quiet=quiet)
        decision, learned = complete(matter, decision, learned, quiet=quiet)
        return headed(decision, case, ruling, book.language), learned

    def _denied(self, text: str) -> bool:
        """Say whether the text of a fact denies something, in the language of the baseline."""
        index = self.rules.index
        return index.denies(text, self.rules.book.language)

    def _decide(self, unit: Unit, case: Case, ruling: Ruling, *, quiet: bool) -> Decision:
        judged = ruling.judgement
        times = 0  # without a tracker a development is known by the report that founds it
        if judged.tracker:
            times = unit.times_reached(case.watch.id, judged.tracker, judged.cell, judged.value)
        development = development_of(case.item, case.watch, ruling, case.placement, times)
        return decide(
            case.hit,
            judged,
            development,
            case.watch,
            route(self.rules.book, case.watch, judged.severity, self.rules.enabled),
            told=unit.messages_of(development.key),
            first_contact=quiet,
        )

    def _learn(
        self, stored: StoredItem, case: Case, ruling: Ruling, decision: Decision, now: datetime
    ) -> tuple[Fact | None, Learned]:
        """Give the fact that a development makes, the events for it, and the item's claims."""
        standing = ruling.standing
        made: Fact | None = None
        events: list[FactEvent] = []
        if standing is not None and decision.development is not None and makes_fact(standing):
            tracker = tracker_of(case.watch, standing.claim)
            made = fact_from(case.item, stored.id, standing, tracker, case.item.title, now)
            events = events_of(made, standing, tracker, case.facts, stored.id, now)
        account = case.account.of(case.watch.id)
        if standing is not None and standing.claim not in account:  # a denial of it knows not what
            account = (*account, standing.claim)
        claims = [(claim, *_bearing(claim, standing, made)) for claim in account]
        return made, Learned(tuple(events), tuple(claims))


def telling(account: Account, concepts: frozenset[str]) -> Telling:
    """Give what an item adds to its story: concepts, claims, counts and days."""
    best: dict[tuple[str, str], Claim] = {}
    for claim in account.claims:
        if is_sure(claim):
            best.setdefault((claim.watch, claim.tracker), claim)
    claims = frozenset(claim_label(claim) for claim in best.values())
    return Telling(
        tokens=concepts,
        claims=claims,
        counts=frozenset(f"{c.tracker}:{c.count}" for c in account.claims if c.count),
        days=frozenset(claim.day for claim in account.claims if claim.day),
    )


def tracker_of(watch: Watch, claim: Claim) -> Tracker:
    """Give the tracker that a claim is about."""
    return next(tracker for tracker in watch.trackers if tracker.id == claim.tracker)


def _bearing(claim: Claim, standing: Standing | None, made: Fact | None) -> tuple[str, str]:
    """Give the fact that a claim bears on, and how: it makes it, supports it, or denies it."""
    if standing is None or claim is not standing.claim:
        return "", ""
    if made is not None:
        return made.id, "makes"
    if standing.fact is None:
        return "", ""
    if standing.denies:
        return standing.fact.id, "denies"
    repeats = standing.verdict is Verdict.REPEAT or standing.reason is Reason.SAID_AGAIN
    if standing.column or repeats:
        return standing.fact.id, "supports"
    return (standing.fact.id, "denies") if standing.verdict in PUSHED else ("", "")
