"""What happens in the lanes, told to logs, metrics, health and people: each change once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.app.opening import FirstRound
from monitor.core.model import Verdict
from monitor.courier import Trouble
from monitor.errors import LaneStopped, StoreError
from monitor.ingest import DeskThread, Watched
from monitor.ports import ClaimedDelivery, Clock, Failure, Ingested, Outcome, Poll, Receipt
from monitor.store import SqliteReader
from monitor.telemetry.health import STORE, Health
from monitor.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from monitor.courier import Courier
    from monitor.poller import Poller

log = logging.getLogger("parley")

#: How all feeds do is judged so often, in seconds of news time.
FEEDS_S = 60.0
#: A message that was given up is shown on the health page for so long.
DEAD_FOR = timedelta(days=1)


class Watching:
    """Hears of everything the lanes do. Belongs to the event loop's thread."""

    def __init__(
        self,
        *,
        health: Health,
        metrics: Metrics,
        desk: DeskThread,
        reader: SqliteReader,
        clock: Clock,
        ops: Callable[[], Sequence[str]],
    ) -> None:
        """`ops` names the channels of the machine's own news."""
        self._health, self._metrics, self._desk, self._reader = health, metrics, desk, reader
        self._clock, self._ops = clock, ops
        self._store_said = ""
        self._failing: dict[str, str] = {}
        self._stranded: set[str] = set()
        self._off: set[str] = set()  # channels said to be switched off
        self._figured_at = float("-inf")
        self._watched_at: datetime | None = None  # None: not yet
        self._telling: set[asyncio.Task[None]] = set()
        #: Counts for the index page, of the last time that the store was asked.
        self.counts: Mapping[str, int] = {}

    def use(
        self, poller: Poller, courier: Courier, first_round: FirstRound, say: Callable[[str], None]
    ) -> None:
        """Take the lanes that are told of each other, and the round to sum up."""
        self._poller, self._courier = poller, courier
        self.first_round, self._say = first_round, say

    def polled(self, poll: Poll, ingested: Ingested) -> None:
        """Count a look at a feed, and say what changed about it."""
        failure = poll.fetched if isinstance(poll.fetched, Failure) else None
        outcome = "failure" if failure else "body" if poll.parsed else "unchanged"
        self._metrics.poll_done(outcome, ingested.new_items)
        for (watch, verdict), count in ingested.verdicts.items():
            self._metrics.hit(watch, count)
            self._metrics.judged(watch, Verdict(verdict).value, count)
        for reason, count in ingested.held.items():
            self._metrics.held(reason.value, count)
        if not poll.first_contact:
            for delay in ingested.delays_s:
                self._metrics.seen(delay)
        self._say_feed(poll, ingested, failure)
        if ingested.quarantined:
            log.error(
                "%d items could not be judged and were set aside: parley quarantine",
                ingested.quarantined, extra={"subject": poll.feed.name},
            )  # fmt: skip
        if ingested.deliveries:
            self._courier.wake()
        if self.first_round.polled(poll, ingested):
            for line in self.first_round.lines():
                self._say(line)

    def _say_feed(self, poll: Poll, ingested: Ingested, failure: Failure | None) -> None:
        """Log a feed that begins or ceases to fail, and one that brought something."""
        name, about = poll.feed.name, {"subject": poll.feed.name}
        if failure:
            known = self._failing.get(name)
            self._failing[name] = failure.code
            if known != failure.code:
                level = logging.DEBUG if not self.first_round.over else logging.WARNING
                log.log(level, "cannot be read: %s", failure.message, extra=about)
            return
        if self._failing.pop(name, None) is not None:
            log.info("can be read again", extra=about)
        if ingested.new_items and not poll.first_contact:
            log.info(
                "new items %d, for a watch %d, developments %d",
                ingested.new_items, ingested.hits, ingested.developments, extra=about,
            )  # fmt: skip

    async def watch_feeds(self, now: datetime) -> None:
        """Have the health of all feeds judged, once a minute. Raises `StoreError`."""
        before = self._watched_at
        if before is not None and 0.0 <= (now - before).total_seconds() < FEEDS_S:
            return
        watched = await self._desk.watch_feeds(now)
        self._watched_at = now
        self._metrics.feeds_are(watched.states)
        self._say_watched(watched)
        if watched.deliveries:
            self._courier.wake()

    def _say_watched(self, watched: Watched) -> None:
        """Log what changed; where the console is told it, it stands on the terminal already."""
        if "console" in self._ops():
            return
        if watched.outage:
            log.warning("%s", watched.outage)
        for change in watched.changes:
            log.warning("%s", change.line, extra={"subject": change.feed})

    def delivered(self, delivery: ClaimedDelivery, receipt: Receipt, at: datetime) -> None:
        """Count a receipt; a delivery that is refused for good is said aloud."""
        sent = receipt.outcome is Outcome.SENT
        delay = (at - delivery.seen_at).total_seconds() if sent and delivery.seen_at else None
        self._metrics.delivered(delivery.channel, receipt.outcome.value, delay)
        if receipt.outcome is Outcome.REFUSED:
            log.error(
                "refused for good by the other side: %s; parley outbox list --status dead",
                receipt.message, extra={"subject": delivery.channel},
            )  # fmt: skip

    def channels_gone(self, names: set[str]) -> None:
        """Say nothing more of how channels do that an edit took out."""
        for name in names:
            self._health.forget_state(f"channel {name}")

    def say_stranded(self) -> None:
        """Say what waits for channels that are not in force: at the start and after an edit.

        Raises `StoreError`.
        """
        for name, count in self._renew_stranded().items():
            log.warning(
                "%d deliveries wait for this channel, which is not in force: parley outbox list"
                " --channel %s shows them, parley outbox drop --channel %s gives them up",
                count, name, name, extra={"subject": name},
            )  # fmt: skip

    def _renew_stranded(self) -> Mapping[str, int]:
        """Give what waits for channels that are not in force, and keep it as degraded."""
        in_force = self._desk.rules.channels
        waiting = self._reader.waiting_by_channel()
        stranded = {name: count for name, count in waiting.items() if name not in in_force}
        for name in self._stranded - stranded.keys():
            self._health.forget_state(f"outbox of {name}")
        self._stranded = set(stranded)
        for name, count in stranded.items():
            detail = f"{count} wait for a channel not in force: parley outbox list --channel {name}"
            self._health.set_state(f"outbox of {name}", ok=False, detail=detail)
        return stranded

    def channels_off(self) -> Sequence[str]:
        """Give the channels that are switched off now. Raises `StoreError`."""
        return [row.channel for row in self._reader.channels_off()]

    def _renew_off(self) -> None:
        """Keep as degraded what is switched off, whenever that was, until it is switched on."""
        off = {row.channel: row for row in self._reader.channels_off()}
        for name in self._off - off.keys():
            self._health.forget_state(f"channel {name}")
        for name, row in off.items():
            said = f"off since {row.at:%Y-%m-%d %H:%M} UTC, {row.why}; parley outbox enable {name}"
            self._health.set_state(f"channel {name}", ok=False, detail=said)
            if name not in self._off:
                log.warning("%s", said, extra={"subject": name})
        self._off = set(off)

    def channel_trouble(self, trouble: Trouble) -> None:
        """Say once that a channel fails or works again, and tell it through the other ones."""
        part = f"channel {trouble.channel}"
        about = {"subject": trouble.channel}
        if trouble.ok:
            self._health.forget_state(part)
            log.info("works again", extra=about)
        else:
            hint = f"; parley outbox enable {trouble.channel}" if trouble.off else ""
            self._health.set_state(part, ok=False, detail=trouble.text + hint)
            log.warning("cannot deliver, what waits is kept: %s", trouble.text, extra=about)
        others = [name for name in self._ops() if name not in {trouble.channel, "console"}]
        if others and not trouble.off:  # the desk has told of that, with the row that says so
            state = "works again" if trouble.ok else "cannot deliver"
            text = trouble.text if not trouble.ok else "What waited is being sent."
            self.announce(f"Parley: channel {trouble.channel} {state}", text, others)

    def announce(self, subject: str, text: str, channels: Sequence[str]) -> None:
        """Send a message about the machine itself."""
        task = asyncio.create_task(self._announce(subject, text, list(channels)))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _announce(self, subject: str, text: str, channels: list[str]) -> None:
        args = {"subject": subject, "text": text, "channels": channels}
        try:
            await self._desk.do("announce", args, self._clock.now())
        except LaneStopped:
            return
        except StoreError as error:
            self.store_trouble(error)
            return
        self._courier.wake()

    def store_trouble(self, error: StoreError) -> None:
        """Say once that the store refuses; nothing is lost, what failed is done again."""
        self._health.set_state(STORE, ok=False, detail=str(error))
        if self._store_said != error.code:
            self._store_said = error.code
            log.error("the store refuses, everything is tried again: %s", error)

    @property
    def store_refuses(self) -> bool:
        """Whether the store refused a write and has taken none since."""
        return bool(self._store_said)

    def store_works(self) -> None:
        """Say once that the store takes writes again; call it after one that it took."""
        self._health.set_state(STORE, ok=True)
        if self._store_said:
            self._store_said = ""
            log.info("the store takes writes again")

    def renew_figures(self, waiting: int, every_s: float) -> None:
        """Renew the gauges; those that ask the store only now and then. Raises `StoreError`."""
        self._metrics.queue_is(waiting)
        self._metrics.lanes_are(self._health.ages_s())
        now = time.monotonic()
        if now - self._figured_at < every_s:
            return
        self._figured_at = now
        pending, oldest = self._reader.outbox_age()
        age = (self._clock.now() - oldest).total_seconds() if oldest else 0.0
        self._metrics.outbox_is(pending, age)
        counts = self._reader.troubles(self._clock.now() - DEAD_FOR)
        self._dead_are(counts["dead"])
        self._metrics.quarantine_is(counts["quarantine"])
        self._metrics.feeds_failing_is(counts["feeds_failing"])
        self._feeds_are(counts["feeds_failing"], counts["feeds"])
        self._renew_stranded()
        self._renew_off()
        self.counts = {
            "feeds": counts["feeds"], "feeds that cannot be read": counts["feeds_failing"],
            "deliveries waiting": pending, "items set aside": counts["quarantine"],
        }  # fmt: skip

    def _dead_are(self, dead: int) -> None:
        """Let the health page say that messages were given up lately."""
        if dead:
            said = f"{dead} given up within a day: parley outbox list --status dead"
            self._health.set_state("dead letters", ok=False, detail=said)
        else:
            self._health.forget_state("dead letters")

    def _feeds_are(self, failing: int, feeds: int) -> None:
        """Say in one line how many feeds fail; `parley feeds` names them."""
        if failing:
            detail = f"{failing} of {feeds} feeds cannot be read"
            self._health.set_state("feeds", ok=False, detail=detail)
        else:
            self._health.forget_state("feeds")
