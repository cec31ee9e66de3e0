"""The way from the outbox to the receivers, whole: real store, desk, courier, channels, sockets.

News time is stepped from one due moment to the next, so that five days pass in a second. Nothing is
waited for but the other side's answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.core.identity import alert_id, delivery_key
from monitor.core.model import Note
from monitor.core.rules import FetchPolicy, RuleBook
from monitor.courier import Courier, Trouble
from monitor.ingest import DeskThread
from monitor.notify import registry
from monitor.ports import (
    ClaimedDelivery,
    DeliveryDraft,
    DeliveryRow,
    Notifier,
    Outcome,
    Receipt,
)
from monitor.sources.http import HttpClient
from monitor.store import SqliteReader, SqliteStore
from monitor.store.connection import open_reader
from tests.builders import T0, book, in_force
from tests.fakes import FrozenClock
from tests.notes import KNOWN, alert, section

#: Nothing here takes this long; what does has failed.
PATIENCE_S = 30.0
#: A headline that would be more than one, were it not cleaned.
HOSTILE = "Truce agreed\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script> {{7*7}} [w]"


class Office:
    """An outbox in a folder that outlives the daemon, and the channels that it goes out by.

    `options` gives the options of each channel by name, its kind under `kind`.
    """

    def __init__(
        self,
        folder: Path,
        clock: FrozenClock,
        options: Mapping[str, Mapping[str, Any]],
        *,
        rules: RuleBook | None = None,
        allow: Sequence[str] = (),
    ) -> None:
        self.folder, self.clock, self.options = folder, clock, options
        self.rules = rules or replace(book(), ops=("other",))
        self.allow = tuple(allow)
        self.troubles: list[Trouble] = []
        self.receipts: list[tuple[str, Receipt]] = []
        self.beats = 0
        self._view: SqliteReader | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Come up as a daemon does; go down in good order."""
        policy = FetchPolicy(allow_private=self.allow)
        http = HttpClient(policy, user_agent="a channel names its own", wire_now=self.clock.wire)
        channels: dict[str, Notifier] = {}
        for name, said in self.options.items():
            given = {key: value for key, value in said.items() if key != "kind"}
            channels[name] = registry.build(name, said["kind"], given, http=http, clock=self.clock)
        store = SqliteStore(self.folder / "parley.db")
        self.channels = channels
        self.desk = DeskThread(store, in_force(self.rules, *channels.values()), beat=lambda: None)
        self.desk.start()
        await self.desk.open(self.clock.now())
        self.courier = Courier(
            desk=self.desk, clock=self.clock, delivered=self._delivered,
            trouble=self.troubles.append, store_trouble=self._refused, beat=self._beat,
        )  # fmt: skip
        self.courier.use(channels)
        running = asyncio.ensure_future(self.courier.run())
        self._view = SqliteReader(open_reader(self.folder / "parley.db"))
        try:
            yield
        finally:
            self._view.close()
            self._view = None
            await self.courier.stop(PATIENCE_S)
            await running
            await self.desk.stop()
            store.close()
            await http.close()

    def _delivered(self, delivery: ClaimedDelivery, receipt: Receipt, at: datetime) -> None:
        del at
        self.receipts.append((delivery.channel, receipt))

    @staticmethod
    def _refused(error: Exception) -> None:
        raise error

    def _beat(self) -> None:
        self.beats += 1

    async def tell(self, number: int, *names: str, thread: str = "ceasefire/truce") -> None:
        """Put the alert of one development into the outbox, for channels (all, where none)."""
        unit_of = self.desk._store.unit
        drafts: list[DeliveryDraft] = []
        development = f"dev{number:06}"
        told = section(f"{number}: {HOSTILE}", key=development, item_id=number, known=KNOWN)
        note = replace(alert(told), thread=thread, alert=alert_id([(development, 1)]))
        for name in names or tuple(self.channels):
            drafts += self._drafts(note, development, self.channels[name])

        def write() -> None:
            with unit_of() as unit:
                unit.add_alert(
                    note.alert, "alert", f"Development {number}", thread, [development], None,
                    self.clock.now(),
                )  # fmt: skip
                unit.enqueue(drafts, self.clock.now())

        await self.desk._ask(1, write)  # type: ignore[arg-type]
        self.courier.wake()

    def _drafts(self, note: Note, development: str, channel: Notifier) -> list[DeliveryDraft]:
        drafts = []
        for recipient in channel.recipients:
            key = delivery_key([(development, 1)], channel.name, recipient)
            drafts.append(
                DeliveryDraft(
                    key, note.alert, channel.name, recipient, "pending", "push",
                    channel.render(note, recipient, key), note.thread, self.clock.now(),
                )
            )  # fmt: skip
        return drafts

    async def quiet(self) -> None:
        """Wait until nothing is on its way, and nothing that may go out now is left."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                before, beats = len(self.receipts), self.beats
                while self.beats < beats + 2:
                    self.courier.wake()
                    await asyncio.sleep(0)
                if self.courier.in_flight == 0 and len(self.receipts) == before:
                    return
                await asyncio.sleep(0.001)

    async def run(
        self,
        hours: float = 130.0,
        *,
        until: Callable[[], bool] = lambda: False,
        each: Callable[[], object] = lambda: None,
    ) -> None:
        """Step from due moment to due moment for so many hours of news time."""
        end = self.clock.now() + timedelta(hours=hours)
        while True:
            await self.desk.tick(self.clock.now())
            await self.quiet()
            each()
            moment = self._next()
            if until() or moment is None or moment > end:
                return
            self.clock.move((moment - self.clock.now()).total_seconds())

    def _next(self) -> datetime | None:
        now = self.clock.now()
        planned = [row.next_attempt_at for row in self.rows("pending") if row.next_attempt_at]
        moments = [*planned, *self.courier.resting.values()]
        return min((moment for moment in moments if moment > now), default=None)

    def rows(self, status: str | None = None, channel: str | None = None) -> list[DeliveryRow]:
        """Give the deliveries, oldest first."""
        with self.reader() as reader:
            return [*reversed(reader.deliveries(status, 100_000, channel=channel))]

    @contextlib.contextmanager
    def reader(self) -> Iterator[SqliteReader]:
        """Look into the store beside the daemon; one view serves while it is open."""
        if self._view is not None:
            yield self._view
            return
        reader = SqliteReader(open_reader(self.folder / "parley.db"))
        try:
            yield reader
        finally:
            reader.close()

    def statuses(self, channel: str) -> list[str]:
        """Give how the deliveries of a channel stand, oldest first."""
        return [row.status for row in self.rows(channel=channel)]

    def told(self, channel: str) -> list[tuple[bool, str]]:
        """Give the troubles of a channel that were told, in order."""
        return [(one.ok, one.text) for one in self.troubles if one.channel == channel]

    def outcomes(self, channel: str) -> list[Outcome]:
        """Give what became of each attempt of a channel."""
        return [receipt.outcome for name, receipt in self.receipts if name == channel]


def hours_since_start(at: datetime) -> float:
    """Give the hours of news time since the test began."""
    return (at - T0).total_seconds() / 3600.0
