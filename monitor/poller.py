"""The poller's lane: look at feeds that are due, hand what they hold to the desk.

The schedule is a column; this lane keeps only what is in flight. One slow host holds up its own
feeds and nobody else's.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from monitor.core.model import Feed
from monitor.core.rules import FetchPolicy
from monitor.errors import LaneStopped, ParleyError, StoreError
from monitor.ports import (
    Body,
    Clock,
    Desk,
    DueFeed,
    Failure,
    Ingested,
    Parsed,
    Parser,
    Poll,
    Reader,
    Request,
    Source,
)

log = logging.getLogger("parley.poller")
#: Due feeds looked up at one beat.
BATCH = 200
#: After the store refused a document its feed rests so long, in seconds; the next look finds it.
STORE_REST_S = 5.0


class Poller:
    """Looks at feeds. `beat` starts what is due; `idle` says that nothing is in flight."""

    def __init__(  # noqa: PLR0913 - its doors, and who hears of it
        self,
        *,
        source: Source,
        parser: Parser,
        desk: Desk,
        reader: Reader,
        clock: Clock,
        policy: FetchPolicy,
        polled: Callable[[Poll, Ingested], None],
        store_trouble: Callable[[StoreError], None],
        moved: Callable[[], None],
    ) -> None:
        """`polled` hears of every look that the desk wrote down, `store_trouble` of the others.

        `moved` is called whenever a look gets on (its document has come, is parsed, is written
        down) and at each beat that has nothing in flight. Looks that hang therefore show.
        """
        self._store_trouble, self._moved = store_trouble, moved
        self._source, self._parser, self._desk = source, parser, desk
        self._reader, self._clock, self._polled = reader, clock, polled
        self._feeds: Mapping[str, Feed] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(policy.per_host)
        )
        self._all = asyncio.Semaphore(policy.concurrency)
        self._stopping = False

    def use(self, feeds: Mapping[str, Feed]) -> None:
        """Take over the feeds of a new configuration; looks in flight end as they began."""
        self._feeds = feeds

    @property
    def in_flight(self) -> int:
        """How many feeds are being looked at."""
        return len(self._tasks)

    def beat(self) -> int:
        """Start a look at every feed that is due; gives how many. Raises `StoreError`."""
        if self._stopping:
            return 0
        started = 0
        for due in self._reader.due_feeds(self._clock.now(), BATCH):
            feed = self._feeds.get(due.name)
            if feed is None or due.name in self._tasks:
                continue
            task = asyncio.create_task(self._look(feed, due), name=f"poll {due.name}")
            self._tasks[due.name] = task
            task.add_done_callback(lambda done, name=due.name: self._ended(name, done))  # type: ignore[misc]
            started += 1
        if not self._tasks:
            self._moved()
        return started

    async def stop(self, within_s: float) -> None:
        """Start nothing more; let looks in flight end for a while, then cut them off."""
        self._stopping = True
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(name, None)
        self._moved()
        if not task.cancelled() and task.exception() is not None:
            log.error("%s: looking at it failed inside Parley", name, exc_info=task.exception())

    async def _look(self, feed: Feed, due: DueFeed) -> None:
        """Fetch, parse, hand over.

        What Parley itself trips over is written down as a failure of the feed: it is seen in
        `parley feeds`, and looked at again when its turn comes and not at every beat.
        """
        started = self._clock.now()
        try:
            try:
                async with self._hosts[urlsplit(feed.url).netloc], self._all:
                    poll = await self._poll(feed, due)
                ingested = await self._desk.ingest(poll, self._clock.now())
            except ParleyError:
                raise
            except Exception as error:
                log.exception("%s: looking at it failed inside Parley", feed.name)
                trouble = Failure("bug", f"{type(error).__name__} inside Parley while it was read")
                poll = Poll(
                    feed, started, trouble, first_contact=due.first_contact, failures=due.failures
                )
                ingested = await self._desk.ingest(poll, self._clock.now())
        except LaneStopped:
            return
        except StoreError as error:
            self._store_trouble(error)  # nothing of it was stored: the feed is still due
            self._moved()
            await asyncio.sleep(STORE_REST_S)
            return
        self._polled(poll, ingested)

    async def _poll(self, feed: Feed, due: DueFeed) -> Poll:
        started = self._clock.now()
        request = Request(feed.url, due.etag, due.last_modified, feed.headers)
        fetched = await self._source.fetch(request)
        self._moved()
        poll = Poll(feed, started, fetched, first_contact=due.first_contact, failures=due.failures)
        if not isinstance(fetched, Body):
            return poll
        body_hash = hashlib.blake2b(fetched.content, digest_size=16).hexdigest()
        if body_hash == due.body_hash:  # a server without validators: the same bytes again
            return replace(poll, body_hash=body_hash)
        parsed: Parsed | Failure = await self._parser.parse(fetched, feed)
        self._moved()
        if isinstance(parsed, Failure):
            return replace(poll, fetched=parsed)
        return replace(poll, parsed=parsed, body_hash=body_hash)
