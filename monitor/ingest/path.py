"""The path of one item, from a parsed document to rows of the outbox, in one readable function.

Everything between a unit's begin and its commit is either a pure opinion of core/ or a verb of the
unit. What the desk remembers (open stories) changes only after the commit has returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import (
    Decision,
    Item,
    Placement,
    Reason,
    StoredItem,
    document_of,
)
from monitor.core.stories import Draft, StoryBook, Telling
from monitor.errors import StoreError
from monitor.ingest.checks import HotFeeds, write_check
from monitor.ingest.floods import Valve, valve_of
from monitor.ingest.force import InForce
from monitor.ingest.intake import Intake, begun
from monitor.ingest.judging import Judging, Opinion, telling
from monitor.ingest.messages import Outgoing, section_of
from monitor.ingest.tally import TOLD, Tally
from monitor.ports import Ingested, Poll, Reader, Store, Unit

#: Outcomes that leave a message or a part of a digest.
SAID = TOLD | {Reason.LISTED}
#: Developments told before that a message names again.
EARLIER = 3
#: An item that is younger than this when its feed is first read is news that nobody was told.
JUST_OUT = timedelta(hours=1)


class ItemPath:
    """Judges what polls bring, under the rules in force. Belongs to the desk's thread."""

    def __init__(self, store: Store, rules: InForce) -> None:
        """Begin with no story in memory; `remember` loads them."""
        self._store = store
        self._stories = StoryBook()
        self._pending: Draft | None = None
        self.rules = rules
        #: Feeds that carry a story which is moving.
        self.hot = HotFeeds()

    def ingest(
        self, poll: Poll, now: datetime, beat: Callable[[], None] = lambda: None
    ) -> Ingested:
        """Judge what a poll brought, all its units at once (see `go_on`)."""
        intake = begun(poll, now)
        while intake.units:
            self.go_on(intake, beat)
        return intake.tally.result()

    def go_on(self, intake: Intake, beat: Callable[[], None]) -> None:
        """Judge the next unit, and `beat` after each item. Raises the `StoreError` of the unit.

        Validators commit with the last unit: after a crash the document is fetched again, and the
        items of the units before it are known.
        """
        poll, now = intake.poll, intake.now
        draft, counted = self._stories.draft(), Tally(poll.feed.name)
        with self._store.unit() as unit:
            if intake.valve is None:
                items = [item for some in intake.units for item in some]
                valve = valve_of(unit, poll, items, intake.shared, self.rules, now, beat)
                counted.deliveries += valve.notices
            else:
                valve = replace(intake.valve)
            for stored in unit.add_new(intake.units[0], intake.shared):
                self.judge_item(
                    unit, draft, stored, counted, now, quiet=poll.first_contact, valve=valve
                )
                beat()
            if len(intake.units) == 1:
                new = counted.new + intake.tally.new
                check = write_check(unit, poll, new, hot=poll.feed.name in self.hot)
                counted.gap = check.gap
        self._stories.adopt(draft, now)
        intake.tally.add(counted)
        intake.tally.paused, intake.valve = valve.paused, valve
        del intake.units[0]

    def checked(self, polls: Sequence[Poll]) -> tuple[Ingested, ...]:
        """Write down looks that brought no document, all in one unit; an answer for each."""
        with self._store.unit() as unit:
            for poll in polls:
                write_check(unit, poll, 0, hot=poll.feed.name in self.hot)
        return tuple(Ingested(poll.feed.name) for poll in polls)

    def judge_item(
        self,
        unit: Unit,
        draft: Draft,
        stored: StoredItem,
        tally: Tally,
        now: datetime,
        *,
        quiet: bool,
        valve: Valve | None = None,
    ) -> list[Decision]:
        """Match, gather, judge, decide, record and enqueue one item within a unit.

        `valve` says what may be told at once; without one, all. An error of our own code sets the
        item aside with its error, and the rest goes on; an error of the store ends the unit.
        """
        tally.new += 1
        try:
            opinion = self.opinion(unit, draft, stored, now, quiet=quiet)
            if opinion is None:
                return []
            if valve is not None:
                opinion = replace(opinion, decisions=valve.let(opinion.decisions))
            sections = [
                section_of(
                    stored,
                    d,
                    opinion.placement,
                    unit.facts(d.watch),
                    self.rules,
                    unit.told_before(d.development, EARLIER),
                )
                for d in opinion.decisions
                if d.development is not None and d.outcome in SAID
            ]
            outgoing = Outgoing(opinion.decisions, sections, self.rules, now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever our own code trips over, it is kept
            unit.quarantine(stored, f"{type(error).__name__}: {error}", now, quiet=quiet)
            tally.quarantined += 1
            return []
        unit.place(stored, opinion.placement)
        for decision in opinion.decisions:
            unit.record(stored, decision, self.rules.book.version, now)
        unit.claimed(stored, [claim for each in opinion.learned for claim in each.claims], now)
        for learned in opinion.learned:
            unit.append(learned.events, now)
        for alert, kind, subject, thread, developments in outgoing.alerts:
            unit.add_alert(alert, kind, subject, thread, developments, stored.id, now)
        tally.deliveries += unit.enqueue(outgoing.drafts, now)
        outcomes = {decision.watch: decision.outcome for decision in opinion.decisions}
        told = replace(opinion.told, watches=_counting(stored.item, outcomes))
        draft.add(stored.item, stored.id, opinion.placement, told)
        tally.count(stored.item, opinion.decisions)
        return list(opinion.decisions)

    def opinion(
        self, unit: Unit, draft: Draft, stored: StoredItem, now: datetime, *, quiet: bool
    ) -> Opinion | None:
        """Say what is to be done about an item, and write nothing; None where no watch is hit."""
        return Judging(self.rules).opinion(unit, draft, stored, now, quiet=quiet)

    def draft(self) -> Draft:
        """Begin what a unit adds to the stories in memory."""
        return self._stories.draft()

    def adopt(self, draft: Draft, now: datetime) -> None:
        """Take over a draft, after its unit has committed."""
        self._stories.adopt(draft, now)

    def judge_again(
        self, unit: Unit, items: Sequence[tuple[StoredItem, bool]], now: datetime
    ) -> Tally:
        """Judge items that were set aside; nothing is adopted until the caller has committed."""
        draft, tally = self._stories.draft(), Tally("")
        for stored, quiet in items:
            self.judge_item(unit, draft, stored, tally, now, quiet=quiet)
        self._pending = draft
        return tally

    def committed(self, now: datetime) -> None:
        """Take over what `judge_again` placed, after its unit has committed."""
        if self._pending is not None:
            self._stories.adopt(self._pending, now)
            self._pending = None

    def rolled_back(self) -> None:
        """Drop what `judge_again` placed: its unit did not commit."""
        self._pending = None

    def remember(self, reader: Reader, since: datetime, now: datetime) -> int:
        """Load the open stories of the store; gives how many there are."""
        draft = self._stories.draft()
        stories = reader.open_stories(since)
        for story in stories:
            for placed in story.items:
                item = placed.stored.item
                counting = _counting(item, placed.outcomes)
                placement = Placement(
                    story.name, founds=placed.turned, founder_identity=story.founder_identity
                )
                told = replace(self._telling(item, list(placed.outcomes)), watches=counting)
                draft.add(item, placed.stored.id, placement, told)
        for story in stories:
            if story.elder:
                draft.link(story.name, story.elder)
        self._stories.adopt(draft, now)
        return len(self._stories)

    def _telling(self, item: Item, watches: Sequence[str]) -> Telling:
        """Read again what an item added to its story."""
        index = self.rules.index
        scan = index.scan(document_of(item))
        watches = list(dict.fromkeys([*watches, *index.on_topic(scan)]))
        account = index.account(scan, watches, item.speaks_for, item.published_at)
        return telling(account, index.concepts_of(scan))


def _counting(item: Item, outcomes: Mapping[str, Reason]) -> frozenset[str]:
    """Give the watches for which an item makes its story known.

    What a feed held when it was first read is learned quietly. Where it was hours old, further
    reports of it are repeats; where it had just been published, nobody has been told, and the next
    report of it by a known feed is the first. An item without a date counts as old.
    """
    just_out = timedelta(0) < item.seen_at - item.published_at < JUST_OUT
    return frozenset(
        watch
        for watch, outcome in outcomes.items()
        if not (just_out and outcome is Reason.FIRST_CONTACT)
    )
