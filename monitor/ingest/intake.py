"""A poll that is taken in: what of its document are items, and what is left of it to be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.identity import canonical_link, item_identity
from monitor.core.model import Feed, Item, ParsedItem
from monitor.ingest.floods import Valve
from monitor.ingest.language import known
from monitor.ingest.tally import Tally
from monitor.ingest.units import in_units
from monitor.ports import Poll

#: A published time that lies further ahead than this is the feed's error, not news from tomorrow.
AHEAD = timedelta(minutes=10)


@dataclass(slots=True)
class Intake:
    """A poll that is being taken in: the units that are left, and the counts of those before."""

    poll: Poll
    now: datetime
    units: list[list[Item]]
    tally: Tally
    #: Links that several entries of the document have.
    shared: frozenset[str] = frozenset()
    #: What may be told at once; None before the first unit.
    valve: Valve | None = None


def begun(poll: Poll, now: datetime) -> Intake:
    """Give a poll of which nothing has been judged yet."""
    items, shared = _items_of(poll, now)
    tally = Tally(poll.feed.name)
    tally.cut = poll.parsed.cut if poll.parsed else 0
    return Intake(poll, now, in_units(items), tally, shared)


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


def _items_of(poll: Poll, now: datetime) -> tuple[list[Item], frozenset[str]]:
    """Give the items of a poll and the links that several of its entries have.

    The earliest published come first, so that the first report founds.
    """
    if poll.parsed is None:
        return [], frozenset()
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
    shared = frozenset(link for link, times in pages.items() if link and times > 1)
    return sorted(_once(items), key=lambda item: item.published_at), shared


def _once(items: Sequence[Item]) -> Iterator[Item]:
    seen = set()
    for item in items:
        if item.identity not in seen:
            seen.add(item.identity)
            yield item
