"""The courier's lane: take due deliveries from the outbox, send them, settle each.

At least once, under a constant key: a claim is committed before a send, a receipt after it. Each
channel has its own room, so that a dead one holds up no other, and a breaker, so that it is not
hammered; the schedule of attempts itself is rows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import LaneStopped, StoreError
from monitor.ports import ClaimedDelivery, Clock, Desk, Notifier, Outcome, Receipt, Settlement

log = logging.getLogger("parley.courier")
#: Deliveries of one channel on their way at once.
PER_CHANNEL = 4
#: Deliveries claimed at once.
BATCH = 50
#: Without a wake the outbox is looked at this often, in seconds.
SWEEP_S = 1.0
#: After n passing errors in a row a channel rests 2**(n-1) times this, at most `MAX_REST_S`.
REST_S, MAX_REST_S = 1.0, 60.0
#: A channel that wants no more messages (410) is left alone for a day.
GONE_REST_S = 24 * 3600.0
#: A receipt that the store refused is written again after so many seconds.
SETTLE_AGAIN_S = 1.0


@dataclass
class _Channel:
    """What the courier remembers about a channel between sends; nothing of it is truth."""

    sending: int = 0
    errors: int = 0
    rests_until: datetime | None = None
    said: str = ""  # of what people were told: "" nothing, "later" it fails, "gone" it is over


@dataclass(frozen=True, slots=True)
class Trouble:
    """A change in how a channel does, to be told once. `ok` says that it works again."""

    channel: str
    ok: bool
    text: str


class Courier:
    """Sends deliveries until stopped."""

    def __init__(
        self,
        *,
        desk: Desk,
        clock: Clock,
        delivered: Callable[[ClaimedDelivery, Receipt, datetime], None],
        trouble: Callable[[Trouble], None],
        store_trouble: Callable[[StoreError], None],
        beat: Callable[[], None],
    ) -> None:
        """`delivered` hears of every receipt, `trouble` of each change in a channel."""
        self._store_trouble = store_trouble
        self._desk, self._clock = desk, clock
        self._delivered, self._trouble, self._beat = delivered, trouble, beat
        self._notifiers: Mapping[str, Notifier] = {}
        self._channels: dict[str, _Channel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_hand: set[int] = set()
        self._wake = asyncio.Event()
        self._stopping = False

    def use(self, notifiers: Mapping[str, Notifier]) -> None:
        """Take over the channels of a new configuration; every breaker starts closed.

        What was said of a channel stays said, so that its recovery is told.
        """
        self._notifiers = notifiers
        known = {name: self._channels.get(name, _Channel()) for name in notifiers}
        self._channels = {
            name: _Channel(sending=state.sending, said=state.said) for name, state in known.items()
        }
        self.wake()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    @property
    def in_flight(self) -> int:
        """How many deliveries are on their way."""
        return len(self._tasks)

    async def run(self) -> None:
        """Claim and send until `stop`."""
        while not self._stopping:
            self._beat()
            try:
                claimed = await self._claim()
            except StoreError as error:
                self._store_trouble(error)
                claimed = ()
            except LaneStopped:
                return
            for delivery in claimed:
                self._send_soon(delivery)
            if claimed:
                continue  # there may be more
            try:
                await asyncio.wait_for(self._wake.wait(), SWEEP_S)
            except TimeoutError:
                continue
            self._wake.clear()

    async def stop(self, within_s: float) -> None:
        """Claim nothing more; let sends end, then cut them off: they are sent again."""
        self._stopping = True
        self.wake()
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _claim(self) -> tuple[ClaimedDelivery, ...]:
        """Claim for channels that have room and are not resting."""
        now = self._clock.now()
        open_channels = [
            name for name, state in self._channels.items()
            if state.sending < PER_CHANNEL
            and (state.rests_until is None or state.rests_until <= now)
        ]  # fmt: skip
        if not open_channels:
            return ()
        # a claim is for a send that begins now: no more than the fullest open channel has room for
        room = min(PER_CHANNEL - self._channels[name].sending for name in open_channels)
        return await self._desk.claim(now, min(BATCH, room), open_channels)

    def _send_soon(self, delivery: ClaimedDelivery) -> None:
        """Begin to send, unless we are stopping: the claim is void at the next start.

        A claim can run out while we hold it (a clock set ahead, a receipt that cannot be written
        down); what is on its way already is not sent beside itself.
        """
        if self._stopping or delivery.id in self._in_hand:
            return
        self._channels.setdefault(delivery.channel, _Channel()).sending += 1
        self._in_hand.add(delivery.id)
        task = asyncio.create_task(self._send(delivery), name=f"send {delivery.id}")
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(delivery, done))

    def _ended(self, delivery: ClaimedDelivery, task: asyncio.Task[None]) -> None:
        channel = delivery.channel
        self._tasks.discard(task)
        self._in_hand.discard(delivery.id)
        self._channels.setdefault(channel, _Channel()).sending -= 1
        self.wake()
        if not task.cancelled() and task.exception() is not None:
            log.error("%s: a delivery failed inside Parley", channel, exc_info=task.exception())

    async def _send(self, delivery: ClaimedDelivery) -> None:
        """Send once and write the receipt down, however often the store refuses it."""
        notifier = self._notifiers.get(delivery.channel)
        if notifier is None:
            receipt = Receipt(Outcome.LATER, "no-channel", "the channel is not configured any more")
        else:
            receipt = await self._attempt(notifier, delivery)
        self._note(delivery.channel, receipt)
        while True:
            at = self._clock.now()
            try:
                await self._desk.settle(Settlement(delivery, receipt, at))
            except StoreError as error:
                self._store_trouble(error)
                await asyncio.sleep(SETTLE_AGAIN_S)
                continue
            except LaneStopped:
                return
            self._delivered(delivery, receipt, at)
            return

    @staticmethod
    async def _attempt(notifier: Notifier, delivery: ClaimedDelivery) -> Receipt:
        """Send within the channel's deadline; an error of ours counts as a passing one."""
        try:
            async with asyncio.timeout(notifier.deadline_s + 5.0):
                return await notifier.send(delivery.body, delivery.recipient, delivery.key)
        except TimeoutError:
            return Receipt(Outcome.LATER, "timeout", f"no answer within {notifier.deadline_s:g} s")
        except Exception as error:
            log.exception("%s: sending failed inside Parley", notifier.name)
            return Receipt(
                Outcome.LATER, "bug", f"{type(error).__name__} in the {notifier.kind} channel"
            )

    def _note(self, channel: str, receipt: Receipt) -> None:
        """Open or close the breaker of a channel, and tell a change once."""
        state = self._channels.setdefault(channel, _Channel())
        if receipt.outcome in {Outcome.SENT, Outcome.REFUSED}:
            if state.said:
                self._trouble(Trouble(channel, True, "works again"))
            state.errors, state.rests_until, state.said = 0, None, ""
            return
        state.errors += 1
        rest = min(REST_S * 2.0 ** (state.errors - 1), MAX_REST_S)
        if receipt.outcome is Outcome.GONE:
            rest = GONE_REST_S
        elif receipt.retry_after_s is not None:
            rest = max(rest, receipt.retry_after_s)
        state.rests_until = self._clock.now() + timedelta(seconds=rest)
        if state.said not in {"gone", receipt.outcome.value}:
            state.said = receipt.outcome.value
            self._trouble(Trouble(channel, False, receipt.message))
