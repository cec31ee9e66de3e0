"""What the daemon says when it comes up, and after its first round over all feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.ledger import HELD
from monitor.core.rules import RuleBook, Watch
from monitor.ports import FactRow, Failure, Ingested, Notifier, Poll
from monitor.settings import Settings

#: A baseline older than this is said to be old.
OLD_BASELINE = timedelta(days=14)
#: A fact's text is shown up to this length.
SHOWN_FACT = 110


@dataclass(frozen=True, slots=True)
class StoreNow:
    """What the store holds at start: the facts, and the feeds whose last look failed."""

    facts: Sequence[FactRow]
    failing: Sequence[str]


def opening_lines(
    settings: Settings,
    channels: Mapping[str, Notifier],
    state: StoreNow,
    now: datetime,
    address: tuple[str, int],
) -> Iterator[str]:
    """Give what it watches, from how many feeds, what it knows and since when, where alerts go."""
    book = settings.rules
    languages = len({feed.language for feed in book.feeds if feed.language})
    yield (
        f"Watching {_many(len(book.feeds), 'feed')} in {_many(languages, 'language')} for "
        f"{_many(len(book.watches), 'watch', 'watches')}:"
    )
    for watch in book.watches:
        yield f"  {watch.id}: {watch.title}"
        yield from _known_lines(book, watch, state.facts)
    if state.failing:
        many = f"{len(state.failing)} of {_many(len(book.feeds), 'feed')}"
        yield f"{many} could not be read when last looked at; parley feeds names each."
    yield from _age_lines(book, now)
    yield from _where(channels)
    host, port = address
    yield f"Health and metrics: http://{host}:{port}/readyz and /metrics. Stop with Ctrl-C."


def _known_lines(book: RuleBook, watch: Watch, facts: Sequence[FactRow]) -> Iterator[str]:
    """Give a line for each question that a watch follows: the newest fact, and its date.

    Of several facts of one day the one that stands first in the baseline's file is shown.
    """
    order = {seed.id: -place for place, seed in enumerate(book.seeds)}
    for tracker in watch.trackers:
        held = [
            row.fact
            for row in facts
            if row.fact.watch == watch.id
            and row.fact.tracker == tracker.id
            and row.fact.status in HELD
        ]
        if not held:
            yield f"    {tracker.question} Nothing is known yet."
            continue
        newest = max(held, key=lambda fact: (fact.date, order.get(fact.id, 1)))
        more = f" (+{len(held) - 1} more)" if len(held) > 1 else ""
        text = newest.text if len(newest.text) <= SHOWN_FACT else newest.text[:SHOWN_FACT] + "..."
        yield f"    {tracker.question} {newest.date or 'undated'}: {text}{more}"
    if book.as_of(watch.id) is None:
        yield "    It has no baseline: every new story is news."


def _age_lines(book: RuleBook, now: datetime) -> Iterator[str]:
    """Say how old the baselines are, a line for each date."""
    dates: dict[datetime, list[str]] = {}
    for watch in book.watches:
        as_of = book.as_of(watch.id)
        if as_of is not None:
            dates.setdefault(as_of, []).append(watch.id)
    for as_of, watches in dates.items():
        whose = "The baseline" if len(dates) == 1 else f"The baseline of {', '.join(watches)}"
        age = now - as_of
        old = f", {age.days} days old: what came since is not in it" if age > OLD_BASELINE else ""
        yield f"{whose} is of {as_of:%d %B %Y}{old}."


def _where(channels: Mapping[str, Notifier]) -> Iterator[str]:
    shown = [
        f"{name} ({', '.join(channel.recipients)})"
        if channel.kind != "console"
        else "this terminal"
        for name, channel in channels.items()
    ]
    yield f"Alerts go to: {'; '.join(shown)}."
    if not any(channel.kind == "email" for channel in channels.values()):
        yield (
            "For mail put PARLEY_SMTP_URL=smtps://user:password@host:465 "
            "and PARLEY_MAIL_TO=you@example.org in .env"
        )


class FirstRound:
    """Gathers the first look at every feed, and says once what it brought."""

    def __init__(self, feeds: Sequence[str]) -> None:
        """Wait for these feeds."""
        self._waiting = set(feeds)
        self._feeds = len(self._waiting)
        self._items = self._learned = self._hits = self._quiet = self._told = 0
        self._failed: Counter[str] = Counter()

    @property
    def over(self) -> bool:
        """Whether every feed has been looked at."""
        return not self._waiting

    def polled(self, poll: Poll, ingested: Ingested) -> bool:
        """Count one look; gives True for the one that ends the round."""
        if poll.feed.name not in self._waiting:
            return False
        self._waiting.discard(poll.feed.name)
        if isinstance(poll.fetched, Failure):
            self._failed[poll.fetched.code] += 1
        if poll.first_contact:
            self._learned += ingested.new_items
        else:
            self._items += ingested.new_items
        self._hits += ingested.hits
        self._quiet += ingested.quiet_developments
        self._told += ingested.developments
        return not self._waiting

    def left_out(self, names: Sequence[str]) -> None:
        """Wait no longer for feeds that an edit took out."""
        self._waiting &= set(names)

    def lines(self) -> Iterator[str]:
        """Give the summary."""
        failed = sum(self._failed.values())
        read = self._feeds - failed
        if read:
            parts = [f"{self._hits} for a watch"]
            if self._learned:
                parts.insert(0, f"{_many(self._learned, 'item')} read quietly")
                parts.append(f"{self._quiet} would have alerted")
            if self._items or not self._learned:
                parts.insert(0, _many(self._items, "new item"))
                parts.append(f"{self._told} told")
            yield f"First round over {_many(read, 'feed')}: {', '.join(parts)}."
        if failed:
            why = ", ".join(f"{code} {count}" for code, count in self._failed.most_common())
            which = "None of the feeds" if not read else f"{failed} of {self._feeds} feeds"
            verb = "could be read" if not read else "could not be read"
            yield f"{which} {verb} ({why}); they are tried again."
            yield "parley feeds names each with its reason."


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
