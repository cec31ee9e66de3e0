"""The path of one item, from a parsed document to rows of the outbox, in one readable function.

Everything between a unit's begin and its commit is either a pure opinion of core/ or a verb of the
unit. What the desk remembers (open stories) changes only after the commit has returned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.identity import canonical_link, item_identity
from monitor.core.model import (
    Decision,
    Feed,
    Item,
    ParsedItem,
    Placement,
    Reason,
    StoredItem,
    Verdict,
    document_of,
)
from monitor.core.rules import PACES_S
from monitor.core.schedule import next_check
from monitor.core.stories import Draft, StoryBook, Telling
from monitor.errors import StoreError
from monitor.ingest.force import InForce
from monitor.ingest.judging import Judging, Opinion, telling
from monitor.ingest.language import known
from monitor.ingest.messages import Outgoing, section_of
from monitor.ingest.units import in_units
from monitor.ports import Body, Failure, FeedCheck, Ingested, Poll, Reader, Store, Unit

#: Outcomes of which somebody hears, now or in a digest.
TOLD = frozenset({Reason.PUSH, Reason.FOLDED})
#: An item that is younger than this when its feed is first read is news that nobody was told.
JUST_OUT = timedelta(hours=1)
#: A published time that lies further ahead than this is the feed's error, not news from tomorrow.
AHEAD = timedelta(minutes=10)


class ItemPath:
    """Judges what polls bring, under the rules in force. Belongs to the desk's thread."""

    def __init__(self, store: Store, rules: InForce) -> None:
        """Begin with no story in memory; `remember` loads them."""
        self._store = store
        self._stories = StoryBook()
        self._pending: Draft | None = None
        self.rules = rules

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
            for stored in unit.add_new(intake.units[0]):
                self.judge_item(unit, draft, stored, counted, now, quiet=poll.first_contact)
                beat()
            if len(intake.units) == 1:
                unit.feed_checked(_check_of(poll, counted.new + intake.tally.new))
        self._stories.adopt(draft, now)
        intake.tally.add(counted)
        del intake.units[0]

    def judge_item(
        self,
        unit: Unit,
        draft: Draft,
        stored: StoredItem,
        tally: Tally,
        now: datetime,
        *,
        quiet: bool,
    ) -> list[Decision]:
        """Match, gather, judge, decide, record and enqueue one item within a unit.

        An error of our own code sets the item aside with its error, and the rest goes on; an error
        of the store ends the unit.
        """
        tally.new += 1
        try:
            opinion = self.opinion(unit, draft, stored, now, quiet=quiet)
            if opinion is None:
                return []
            sections = [
                section_of(stored, d, opinion.placement, unit.facts(d.watch), self.rules)
                for d in opinion.decisions
                if d.development is not None and d.outcome in TOLD
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


class Tally:
    """Counts of one poll, kept apart per unit so that only what committed is told."""

    def __init__(self, feed: str) -> None:
        """Begin at nothing."""
        self.feed = feed
        self.new = self.hits = self.developments = self.quiet = self.deliveries = (
            self.quarantined
        ) = 0
        self.held: Counter[Reason] = Counter()
        self.verdicts: Counter[tuple[str, Verdict]] = Counter()
        self.delays_s: list[float] = []

    def count(self, item: Item, decisions: Sequence[Decision]) -> None:
        """Count the decisions about one item; an item that several watches hit counts once."""
        self.verdicts.update((d.watch, d.judgement.verdict) for d in decisions)
        self.delays_s.append((item.seen_at - item.published_at).total_seconds())
        outcomes = [decision.outcome for decision in decisions]
        self.hits += 1
        if any(outcome in TOLD for outcome in outcomes):
            self.developments += 1
        elif Reason.FIRST_CONTACT in outcomes:
            self.quiet += 1
        self.held.update(o for o in outcomes if o not in TOLD)

    def add(self, other: Tally) -> None:
        """Take over the counts of a unit that has committed."""
        for name in ("new", "hits", "developments", "quiet", "deliveries", "quarantined"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.held.update(other.held)
        self.verdicts.update(other.verdicts)
        self.delays_s.extend(other.delays_s)

    def result(self) -> Ingested:
        """Give the counts as the lanes hand them on."""
        return Ingested(
            self.feed, self.new, self.hits, self.developments, self.quiet, self.deliveries,
            self.quarantined, dict(self.held), dict(self.verdicts), tuple(self.delays_s),
        )  # fmt: skip


@dataclass(slots=True)
class Intake:
    """A poll that is being taken in: the units that are left, and the counts of those before."""

    poll: Poll
    now: datetime
    units: list[list[Item]]
    tally: Tally


def begun(poll: Poll, now: datetime) -> Intake:
    """Give a poll of which nothing has been judged yet."""
    return Intake(poll, now, in_units(_items_of(poll, now)), Tally(poll.feed.name))


def item_of(
    parsed: ParsedItem,
    feed: Feed,
    seen_at: datetime,
    *,
    guid: str | None = None,
    page: str | None = None,
) -> Item:
    """Give the item of a parsed entry.

    `guid` and `page` replace the entry's own guid and link where those are no identity.
    """
    guid = parsed.guid if guid is None else guid
    page = parsed.link if page is None else page
    published = min(parsed.published or seen_at, seen_at + AHEAD)
    return Item(
        identity=item_identity(feed.name, guid, page, parsed.title, parsed.summary),
        feed=feed.name,
        publisher=feed.publisher or feed.name,
        language=known(parsed.language or feed.language),
        title=parsed.title,
        summary=parsed.summary,
        link=parsed.link,
        published_at=published,
        seen_at=seen_at,
        speaks_for=feed.speaks_for,
        tier=feed.tier,
        author=parsed.author,
        categories=parsed.categories,
        content=parsed.content,
    )


def _items_of(poll: Poll, now: datetime) -> list[Item]:
    """Give the items of a poll, the earliest published first, so that the first report founds."""
    if poll.parsed is None:
        return []
    guids = Counter(entry.guid for entry in poll.parsed.items if entry.guid)
    pages = Counter(canonical_link(entry.link) for entry in poll.parsed.items)
    items = [
        item_of(
            entry, poll.feed, now,
            guid="" if guids[entry.guid] > 1 else entry.guid,
            page="" if pages[canonical_link(entry.link)] > 1 else entry.link,
        )
        for entry in reversed(poll.parsed.items)
    ]  # fmt: skip
    return sorted(_once(items), key=lambda item: item.published_at)


def _once(items: Sequence[Item]) -> Iterator[Item]:
    seen = set()
    for item in items:
        if item.identity not in seen:
            seen.add(item.identity)
            yield item


def _check_of(poll: Poll, new_items: int) -> FeedCheck:
    """Give what a poll leaves behind on its feed."""
    fetched, feed = poll.fetched, poll.feed
    failure = fetched if isinstance(fetched, Failure) else None
    body = fetched if isinstance(fetched, Body) else None
    failures = poll.failures + 1 if failure else 0
    pace = feed.pace if feed.pace in PACES_S else "normal"
    return FeedCheck(
        feed=feed.name,
        at=poll.started_at,
        next_check_at=next_check(
            feed.name, pace, poll.started_at, failures=failures,
            retry_after_s=failure.retry_after_s if failure else None,
            gone=bool(failure and failure.gone),
        ),
        outcome="failure" if failure else "body" if body else "unchanged",
        status=fetched.status,
        error_code=failure.code if failure else "",
        error=failure.message if failure else "",
        failures=failures,
        etag=body.etag if body else None,
        last_modified=body.last_modified if body else None,
        body_hash=poll.body_hash if body else None,
        new_items=new_items,
        gone=bool(failure and failure.gone),
    )  # fmt: skip
