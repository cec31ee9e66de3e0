"""What a look leaves behind on its feed: validators, advice, rhythm, the next look and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core import rhythm as rhythms
from monitor.core.feed_signs import Seen, answered, failed, kind_of, signs_read, signs_written
from monitor.core.polling import (
    GONE_AGAIN_S,
    MOVED_AFTER,
    Advice,
    Look,
    address_of,
    advice_read,
    advice_written,
    host_of,
    next_check,
    span,
)
from monitor.core.rhythm import Rhythm
from monitor.core.rules import PACES_S
from monitor.core.schedule import MAX_RETRY_AFTER_S
from monitor.ports import Body, DueFeed, Failure, FeedCheck, Poll, Unit

#: A host that answers 429 without a Retry-After rests for so long, in seconds.
REST_S = 60.0
#: Of a shorter document nobody can say that all of it was replaced and something lost.
GAP_ITEMS = 3
#: Stories are hot for so long after something of their watch was told, in seconds.
HOT_FOR_S = 2 * 3600.0
#: The feeds of hot watches are those among so many of the newest decisions.
HOT_DECISIONS = 2_000
#: Which feeds are hot is asked anew so often, in seconds.
HOT_EVERY_S = 60.0
#: Feeds that become hot are looked at within so long, in seconds, unless they ask for more.
HOT_WITHIN_S = 60.0


class HotFeeds:
    """Which feeds carry a story that is moving. Belongs to the desk's thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._feeds: frozenset[str] = frozenset()
        self._asked_at: datetime | None = None  # None: not yet

    def __contains__(self, feed: str) -> bool:
        """Say whether a feed carries one."""
        return feed in self._feeds

    def due(self, now: datetime) -> bool:
        """Say whether the store is to be asked anew."""
        return self._asked_at is None or not (
            0 <= (now - self._asked_at).total_seconds() < HOT_EVERY_S
        )

    def ask(self, unit: Unit, now: datetime) -> frozenset[str]:
        """Give the feeds that are hot now, and bring forward the looks at those that became so."""
        found = unit.hot_feeds(now - timedelta(seconds=HOT_FOR_S), HOT_DECISIONS)
        if self._asked_at and found - self._feeds:
            unit.bring_forward(sorted(found - self._feeds), now, HOT_WITHIN_S)
        return found

    def adopt(self, found: frozenset[str], now: datetime) -> None:
        """Take over what `ask` gave, after its unit has committed."""
        self._feeds, self._asked_at = found, now


def write_check(unit: Unit, poll: Poll, new_items: int, *, hot: bool) -> FeedCheck:
    """Write down a look, and the rest that a host asked for; gives what was written."""
    check = check_of(poll, new_items, hot=hot)
    unit.feed_checked(check)
    failure = poll.fetched
    if isinstance(failure, Failure) and failure.status in {429, 503}:
        rest = failure.retry_after_s
        if rest is None and failure.status == 429:
            rest = REST_S
        if rest:
            rest = min(rest, MAX_RETRY_AFTER_S)
            until = poll.started_at + timedelta(seconds=rest)
            why = f"{poll.feed.name} was answered {failure.status}: rest for {span(rest)}"
            due = _before(poll)
            asked = address_of(poll.feed.url, due.moved_to, due.moved_times)
            unit.rest_host(host_of(asked), until, why)
    return check


def check_of(poll: Poll, new_items: int, *, hot: bool = False) -> FeedCheck:
    """Give what a poll leaves behind on its feed. `hot` as in `Look`."""
    fetched, due = poll.fetched, _before(poll)
    failure = fetched if isinstance(fetched, Failure) else None
    body = fetched if isinstance(fetched, Body) else None
    failures = due.failures + (not poll.outage) if failure else 0
    said = advice_read(due.hints)
    advice = _advice(poll, said)
    rhythm = _learned(poll, due, new_items)
    known = max(0, _size(poll) + poll.older - new_items) if poll.parsed else None
    gap = _gap(poll, said, new_items)
    gone = bool(failure and failure.gone and _confirmed(poll, due))
    moved_to, moved_times = _moved(poll, due, failures)
    plan = next_check(
        Look(
            feed=due.name, pace=_pace(poll), started_at=poll.started_at, advice=advice,
            rhythm=rhythms.read(due.rhythm) if rhythm is None else rhythm, failures=failures,
            outage=poll.outage and failure is not None, gone=gone,
            refused=bool(failure and failure.gone and not gone),
            retry_after_s=failure.retry_after_s if failure else None,
            new_items=0 if poll.first_contact else new_items, known_items=known or 0,
            gap_at=poll.started_at if gap else due.gap_at, hot=hot,
        )
    )  # fmt: skip
    return FeedCheck(
        feed=due.name, at=poll.started_at, next_check_at=plan.at, why=plan.why,
        not_before=plan.not_before,
        outcome="failure" if failure else "body" if body else "unchanged", status=fetched.status,
        error_code=failure.code if failure else "", error=failure.message if failure else "",
        failures=failures, gone=gone,
        etag=body.etag if body else None, last_modified=body.last_modified if body else None,
        body_hash=poll.body_hash if body else None,
        pieces=poll.parsed.pieces if poll.parsed else None, whole=poll.whole and body is not None,
        new_items=new_items, known_items=known, gap=gap,
        hints=None if advice == said else advice_written(advice),
        rhythm=None if rhythm is None else rhythms.written(rhythm),
        moved_to=moved_to, moved_times=moved_times, signs=_signs(poll, due, new_items),
    )  # fmt: skip


def _before(poll: Poll) -> DueFeed:
    """Give a feed as it was before a look; of a look without a row, what the poll says."""
    if poll.due is not None:
        return poll.due
    return DueFeed(poll.feed.name, "", "", "", poll.failures, first_contact=poll.first_contact)


def _pace(poll: Poll) -> str:
    return poll.feed.pace if poll.feed.pace in PACES_S else "normal"


def _size(poll: Poll) -> int:
    """Count the items of the document itself, without those of older pages."""
    parsed = poll.parsed
    return len(parsed.items) + parsed.known - poll.older if parsed else 0


def _advice(poll: Poll, said: Advice) -> Advice:
    """Give what server and document ask for now; a look that failed changes nothing of it."""
    fetched = poll.fetched
    if isinstance(fetched, Failure):
        return said
    fresh_s = fetched.max_age_s
    if fresh_s is not None:
        said = replace(said, max_age_s=float(round(fresh_s)) or None)
    elif isinstance(fetched, Body):
        said = replace(said, max_age_s=None)
    if poll.parsed is None:
        return said
    hints = poll.parsed.hints
    return Advice(
        hints.ttl_s, hints.period_s, tuple(hints.skip_hours), tuple(hints.skip_days),
        said.max_age_s, _size(poll), hints.complete,
    )  # fmt: skip


def _learned(poll: Poll, due: DueFeed, new_items: int) -> Rhythm | None:
    """Give what a look adds to the rhythm of a feed; None where it adds nothing."""
    if not new_items or poll.parsed is None:
        return None
    at = poll.started_at
    if poll.first_contact:
        times = [item.published for item in poll.parsed.items if item.published]
        return rhythms.learned_past(times, at)
    since = due.last_checked_at or at - timedelta(seconds=PACES_S[_pace(poll)])
    return rhythms.learned(rhythms.read(due.rhythm), new_items, min(since, at), at)


def _gap(poll: Poll, said: Advice, new_items: int) -> int:
    """Give how many items at least came while nothing known was left; 0 where something was."""
    size = _size(poll)
    read_before = not poll.first_contact and said.items >= GAP_ITEMS
    if not read_before or size < GAP_ITEMS or poll.parsed is None or poll.parsed.hints.complete:
        return 0
    return new_items if new_items >= size + poll.older else 0


def _signs(poll: Poll, due: DueFeed, new_items: int) -> str | None:
    """Give the signs of a feed's health after a look; None where they are as before."""
    before, at_s = signs_read(due.signs), poll.started_at.timestamp()
    if isinstance(poll.fetched, Failure):
        signs = failed(before, kind_of(poll.fetched.code, poll.fetched.message), at_s)
    else:
        seen = None
        if poll.parsed is not None:
            new = poll.parsed.items[:new_items]  # what comes again says nothing again
            items = tuple((item.published is not None, bool(item.link)) for item in new)
            seen = Seen(poll.parsed.title, items, poll.spoken if new else "")
        signs = answered(before, seen, poll.feed.language, at_s)
    return None if signs == before else signs_written(signs)


def _confirmed(poll: Poll, due: DueFeed) -> bool:
    """Say whether a 410 confirms an earlier one, an hour ago at least."""
    if due.gone:
        return True
    last = due.last_checked_at
    return due.status == 410 and last is not None and (
        (poll.started_at - last).total_seconds() >= GONE_AGAIN_S
    )  # fmt: skip


def _moved(poll: Poll, due: DueFeed, failures: int) -> tuple[str | None, int | None]:
    """Give where a feed moved and how many looks in a row said so; None where that is as before.

    Only a look that led to a document, changed or not, says so. An address that fails twice is
    given up again.
    """
    fetched = poll.fetched
    if due.moved_times >= MOVED_AFTER:
        lost = isinstance(fetched, Failure) and failures > 1 and not poll.outage
        return ("", 0) if lost else (None, None)
    if isinstance(fetched, Failure):
        return None, None
    if not fetched.moved_to:
        return ("", 0) if due.moved_to else (None, None)
    return fetched.moved_to, due.moved_times + 1 if fetched.moved_to == due.moved_to else 1
