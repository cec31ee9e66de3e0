"""How all feeds do: judged once a minute, each change written down and told in the same unit.

What was told stands in the rows, so a restart tells nothing twice. Changes that come together are
one message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.core.decide import LAST_RESORT
from monitor.core.feed_health import ADVICE, FeedNow, Health, State, health_of
from monitor.core.feed_outage import Count, Outage, outage_after, outage_read, outage_written
from monitor.core.feed_signs import signs_read
from monitor.core.model import Feed
from monitor.core.polling import span
from monitor.ingest.force import InForce
from monitor.ingest.messages import ops_drafts
from monitor.ports import FeedRow, Unit

#: Feeds named in one message; `parley feeds` shows all.
MOST_NAMED = 20
#: Word about the store: the last outage of everything.
OUTAGE = "outage"
_SAID = {
    State.PAUSED: "is paused", State.GONE: "is gone", State.DEAD: "is dead",
    State.HTML: "serves HTML", State.FAILING: "fails", State.DRIFTED: "has drifted",
    State.SILENT: "is silent", State.MOVED: "has moved", State.OK: "is well again",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A feed that does otherwise than was told last; `was` since `since` (None: ever since)."""

    feed: str
    was: str
    now: Health
    since: datetime | None

    @property
    def told(self) -> bool:
        """Whether people hear of it here: that alerts are paused or go on, the flood guard says."""
        if self.now.state is State.PAUSED:
            return self.was in {State.FAILING, State.DEAD, State.HTML, State.GONE}
        return self.was != State.PAUSED or self.now.state not in {State.OK, State.MOVED}

    @property
    def line(self) -> str:
        """What is told, without the name of the feed."""
        return f"{_SAID[self.now.state]}: {self.now.why}" if self.now.why else _SAID[self.now.state]


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look over all feeds found: changes, the word about an outage, feeds by state."""

    changes: tuple[Change, ...] = ()
    outage: str = ""
    states: Mapping[str, int] = field(default_factory=dict)
    deliveries: int = 0


def watch_feeds(unit: Unit, rules: InForce, now: datetime) -> Watched:
    """Judge all feeds; write down and tell what changed. Nothing is said of feeds in an outage."""
    feeds = {feed.name: feed for feed in rules.book.feeds}
    rows = [row for row in unit.feeds_now() if row.name in feeds]
    judged = [feed_now(row, feeds[row.name]) for row in rows]
    before = outage_read(unit.meta(OUTAGE))
    outage, count = outage_after(before, judged, now)
    if outage != before:
        unit.set_meta(OUTAGE, outage_written(outage))
        subject, text = _outage_said(outage, count, rules.book.timezone)
        sent = _tell(unit, rules, subject, text, now)
        return Watched(outage=subject, states=_states(rows, ()), deliveries=sent)
    if outage.on:
        return Watched(states=_states(rows, ()))
    changes = tuple(
        Change(row.name, row.health, health, row.health_since)
        for row, feed in zip(rows, judged, strict=True)
        if (health := health_of(feed, outage.ended)).state != row.health
    )
    for change in changes:
        unit.set_health(change.feed, change.now.state.value, now)
    told = tuple(change for change in changes if change.told)
    sent = _tell(unit, rules, *_changes_said(told, now), now) if told else 0
    return Watched(told, states=_states(rows, changes), deliveries=sent)


def feed_now(row: FeedRow, feed: Feed) -> FeedNow:
    """Give a row as its health is judged by."""
    return FeedNow(
        name=row.name, url=row.url, language=feed.language, signs=signs_read(row.signs),
        rhythm=row.rhythm, read=row.first_contact_at is not None, gone=row.gone, error=row.error,
        paused=row.paused, moved_to=row.moved_to, moved_times=row.moved_times,
        last_checked_at=row.last_checked_at, last_new_at=row.last_new_at, health=row.health,
    )  # fmt: skip


def _states(rows: Sequence[FeedRow], changes: Sequence[Change]) -> dict[str, int]:
    """Count feeds by state, every state with its number."""
    now = {change.feed: change.now.state.value for change in changes}
    counts = Counter(now.get(row.name, row.health) for row in rows)
    return {state.value: counts[state.value] for state in State}


def _outage_said(outage: Outage, count: Count | None, zone: str) -> tuple[str, str]:
    since = outage.since.astimezone(ZoneInfo(zone)).strftime("%H:%M %Z") if outage.since else ""
    if outage.on and count is not None:
        kinds = ", ".join(sorted(count.kinds, key=lambda kind: (-count.kinds[kind], kind)))
        said = (
            f"Since {since} {count.down} of {count.asked} hosts fail that worked before ({kinds})."
            " The network of this machine is down, or a login page stands before it. All feeds are"
            " tried again and again; nothing is said of single ones until it is over."
        )
        return "Parley: nothing can be reached", said
    lasted = ""
    if outage.since and outage.ended:
        lasted = f" It was out for {span((outage.ended - outage.since).total_seconds())}."
    return "Parley: feeds can be reached again", f"The network answers again.{lasted}"


def _changes_said(changes: Sequence[Change], now: datetime) -> tuple[str, str]:
    """Give subject and text of the message about changes."""
    lines = []
    for change in changes[:MOST_NAMED]:
        lines.append(f"{change.feed} {change.line}")
        if change.now.state is State.OK and change.since is not None:
            lasted = span((now - change.since).total_seconds())
            lines[-1] += f" (was told as {change.was} {lasted} ago)"
        elif change.now.state is not State.OK:
            lines.append(f"  {ADVICE[change.now.state].replace('NAME', repr(change.feed))}")
    if len(changes) > MOST_NAMED:
        lines.append(f"and {len(changes) - MOST_NAMED} more: parley feeds")
    if len(changes) == 1:
        return f"Parley: {changes[0].feed} {_SAID[changes[0].now.state]}", "\n".join(lines)
    well = sum(change.now.state is State.OK for change in changes)
    parts = [f"{well} well again"] * bool(well)
    parts += [f"{len(changes) - well} in trouble"] * (well < len(changes))
    return f"Parley: {len(changes)} feeds, {', '.join(parts)}", "\n".join(lines)


def _tell(unit: Unit, rules: InForce, subject: str, text: str, now: datetime) -> int:
    """Tell the channels of the machine's own news; gives how many deliveries that makes."""
    named = [rules.channels[name] for name in rules.book.ops if name in rules.channels]
    channels = named or [rules.channels[LAST_RESORT]]
    alert, thread, drafts = ops_drafts(subject, text, channels, rules, now)
    unit.add_alert(alert, "ops", subject, thread, (), None, now)
    return unit.enqueue(drafts, now)
