"""The lane: what is due is looked at, a host's feeds one after the other, and written down.

The schedule is a column; this lane keeps only what is in flight. One slow host holds up its own
feeds and nobody else's. Looks that bring no document are most, and are written down together.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from monitor.core.model import Feed
from monitor.core.polling import address_of, host_of
from monitor.core.rules import FetchPolicy
from monitor.errors import LaneStopped, ParleyError, StoreError
from monitor.poller.look import Looker
from monitor.poller.outage import Outage
from monitor.poller.turns import Turns
from monitor.ports import (
    Clock,
    Desk,
    DueFeed,
    Failure,
    Ingested,
    Parser,
    Poll,
    Reader,
    Source,
)

log = logging.getLogger("parley.poller")
#: Due feeds taken up at one beat.
BATCH = 200
#: Looks that brought no document are written down when so many have come together ...
QUIET_BATCH = 64
#: ... or when the first of them has waited for so long, in seconds.
QUIET_WAIT_S = 0.05
#: A feed whose document took its parser so long, in seconds of CPU, counts as doubtful next time.
SLOW_CPU_S = 0.5
#: After the store refused a document its feed rests so long, in seconds; the next look finds it.
STORE_REST_S = 5.0
#: After an outage every feed that missed its turn is looked at within so long, in seconds.
RETURN_S = 60.0


class Poller:
    """Looks at feeds. `beat` starts what is due; `in_flight` says how many looks are under way."""

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
        self._store_trouble, self._moved, self._polled = store_trouble, moved, polled
        self._desk, self._reader, self._clock = desk, reader, clock
        self._looker = Looker(source, parser, clock, moved)
        self._loop = asyncio.get_running_loop()
        self._turns = Turns(policy, self._loop.time)
        self._outage = Outage()
        self._feeds: Mapping[str, Feed] = {}
        self._open: set[str] = set()
        self._slow: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet: list[Poll] = []
        self._timer: asyncio.TimerHandle | None = None
        self._more = False
        self._stopping = False

    def use(self, feeds: Mapping[str, Feed]) -> None:
        """Take over the feeds of a new configuration; looks in flight end as they began."""
        self._feeds = feeds

    @property
    def in_flight(self) -> int:
        """How many feeds are being looked at, those included that are still to be written down."""
        return len(self._open)

    @property
    def network_down(self) -> bool:
        """Whether nothing at all can be reached."""
        return self._outage.on

    def beat(self) -> int:
        """Start a look at every feed that is due; gives how many. Raises `StoreError`."""
        if self._stopping:
            return 0
        started = 0
        # those in flight are due still: without room for them they would keep the others out
        listed = self._reader.due_feeds(self._clock.now(), BATCH + len(self._open))
        self._more = len(listed) == BATCH + len(self._open)
        for due in listed:
            feed = self._feeds.get(due.name)
            if feed is None or due.name in self._open:
                continue
            self._open.add(due.name)
            self._start(self._look(feed, due), due.name)
            started += 1
        if not self._open:
            self._moved()
        return started

    async def stop(self, within_s: float) -> None:
        """Start nothing more; let looks in flight end for a while, then cut them off."""
        self._stopping = True
        until = self._loop.time() + within_s
        self._flush()
        while self._tasks and (left := until - self._loop.time()) > 0:
            await asyncio.wait(list(self._tasks), timeout=left)
            self._flush()
        late = list(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=f"poll {name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s failed inside Parley", task.get_name(), exc_info=task.exception())
        if not self._tasks:
            self._flush()  # nobody else is coming: nothing to wait for

    def _closed(self, name: str) -> None:
        """A look has ended, written down or not; ask for further ones that are due already."""
        self._open.discard(name)
        self._moved()
        if self._more and len(self._open) <= BATCH // 2 and not self._stopping:
            self._more = False
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        try:
            self.beat()
        except StoreError as error:  # the next beat asks again
            self._store_trouble(error)

    async def _look(self, feed: Feed, due: DueFeed) -> None:
        """Fetch, parse, hand over.

        What Parley itself trips over is written down as a failure of the feed: it is seen in
        `parley feeds`, and looked at again when its turn comes and not at every beat.
        """
        started, kept = self._clock.now(), False
        try:
            try:
                poll = await self._in_turn(feed, due)
            except ParleyError:
                raise
            except Exception as error:
                log.exception("%s: looking at it failed inside Parley", feed.name)
                trouble = Failure("bug", f"{type(error).__name__} inside Parley while it was read")
                poll = Poll(
                    feed, started, trouble, first_contact=due.first_contact,
                    failures=due.failures, due=due,
                )  # fmt: skip
            missed = self._outage.saw(poll)
            if isinstance(poll.fetched, Failure) and self._outage.on:
                poll = replace(poll, outage=True)
            if missed:
                await self._desk.bring_forward(missed, self._clock.now(), RETURN_S)
            if poll.parsed is None:
                kept = True
                self._keep(poll)
                return
            await self._hand_over(poll)
        except LaneStopped:
            return
        except StoreError as error:
            await self._refused(error)
        finally:
            if not kept:
                self._closed(feed.name)

    async def _in_turn(self, feed: Feed, due: DueFeed) -> Poll:
        """Look at a feed when its turn has come."""
        host = host_of(address_of(feed.url, due.moved_to, due.moved_times))
        doubtful = due.first_contact or due.failures > 0 or feed.name in self._slow
        await self._turns.take(host, doubtful=doubtful)
        try:
            poll = await self._looker.look(feed, due, lambda: self._turns.pause(host))
        finally:
            self._turns.give_back(host, doubtful=doubtful)
        if poll.parsed is not None:
            self._slow.discard(feed.name)
            if poll.parsed.cpu_s > SLOW_CPU_S:
                self._slow.add(feed.name)
        return poll

    async def _hand_over(self, poll: Poll) -> None:
        """Let the desk judge a document; what it trips over is a failure of the feed's."""
        try:
            ingested = await self._desk.ingest(poll, self._clock.now())
        except ParleyError:
            raise
        except Exception as error:
            log.exception("%s: judging it failed inside Parley", poll.feed.name)
            trouble = Failure("bug", f"{type(error).__name__} inside Parley while it was judged")
            poll = replace(poll, fetched=trouble, parsed=None, older=0)
            ingested = await self._desk.ingest(poll, self._clock.now())
        if ingested.gap:
            log.warning(
                "nothing of the last document was left: %d items at least since the last look,"
                " older ones may be missing", ingested.gap, extra={"subject": poll.feed.name},
            )  # fmt: skip
        self._polled(poll, ingested)

    def _keep(self, poll: Poll) -> None:
        """Keep a look that brought no document until some have come together."""
        self._quiet.append(poll)
        if len(self._quiet) >= QUIET_BATCH:
            self._flush()
        elif self._timer is None:
            self._timer = self._loop.call_later(QUIET_WAIT_S, self._flush)

    def _flush(self) -> None:
        """Have the looks that were kept written down."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._quiet:
            polls, self._quiet = self._quiet, []
            self._start(self._settle(polls), f"{len(polls)} quiet looks")

    async def _settle(self, polls: list[Poll]) -> None:
        """Write down looks that brought no document, all in one unit."""
        try:
            told = await self._desk.checked(polls, self._clock.now())
            for poll, ingested in zip(polls, told, strict=True):
                self._polled(poll, ingested)
        except LaneStopped:
            return
        except StoreError as error:
            await self._refused(error)
        finally:
            for poll in polls:
                self._closed(poll.feed.name)

    async def _refused(self, error: StoreError) -> None:
        """Say that nothing was stored; the feed is still due, and rests before its next look."""
        self._store_trouble(error)
        self._moved()
        await asyncio.sleep(STORE_REST_S)
