"""The courier's lane: take due deliveries from the outbox, send them, settle each.

At least once, under a constant key: a claim is committed before a send, a receipt after it. Each
channel has its own room, so that a dead one holds up no other, and a breaker, so that it is not
hammered. What is one recipient's fault opens no breaker: the schedule of attempts, which is rows,
lets that recipient rest. Both are told once, when they begin and when they are over. A receiver
that asks for a little time is given it, and that is no trouble at all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.errors import LaneStopped, StoreError
from monitor.ports import (
    OFF,
    ClaimedDelivery,
    Clock,
    Desk,
    Notifier,
    Outcome,
    Receipt,
    Settlement,
)

log = logging.getLogger("parley.courier")
#: Deliveries of one channel on their way at once.
PER_CHANNEL = 4
#: Deliveries claimed at once.
BATCH = 50
#: Without a wake the outbox is looked at this often, in seconds.
SWEEP_S = 1.0
#: After n passing errors in a row a channel rests 2**(n-1) times this, at most `MAX_REST_S`.
REST_S, MAX_REST_S = 1.0, 60.0
#: A channel that cannot work at all (a token that is not accepted) is left alone for a day.
GONE_REST_S = 24 * 3600.0
#: So many messages refused in a row, none accepted between them, are a trouble of their recipient.
REFUSED_IN_A_ROW = 3
#: What has a code that begins so is about the recipient: the channel itself worked.
RECIPIENTS_OWN = "smtp-"
#: A receiver may ask for so many seconds before that is a trouble to be told.
PATIENCE_S = 600.0
#: The trouble of a channel as a whole stands under this name, where a recipient's has his.
WHOLE = ""
#: A receipt that the store refused is written again after so many seconds.
SETTLE_AGAIN_S = 1.0


@dataclass
class _Channel:
    """What the courier remembers about a channel between sends; nothing of it is truth."""

    sending: int = 0
    errors: int = 0  # of the channel itself, in a row
    rests_until: datetime | None = None
    refused: dict[str, int] = field(default_factory=dict)  # by recipient, in a row
    said: dict[str, str] = field(default_factory=dict)  # troubles told of: recipient -> sentence
    gone: bool = False  # that it cannot work at all was told
    off: bool = False  # by 410: the desk tells it with the row that says so

    def settled(self, recipient: str) -> None:
        """Forget the troubles of a channel and of a recipient that has taken a message."""
        self.reached()
        self.refused.pop(recipient, None)
        self.said.pop(recipient, None)

    def reached(self) -> None:
        """Forget the troubles of the channel itself: it worked."""
        self.errors, self.rests_until, self.gone, self.off = 0, None, False, False
        self.said.pop(WHOLE, None)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A change in how a channel does, to be told once. `ok` says that all of it works again.

    `off` says that the desk has switched it off, and tells the other channels itself.
    """

    channel: str
    ok: bool
    text: str
    off: bool = False


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

        What was said of a channel stays said, so that its recovery is told. A recipient who was
        taken out has no troubles any more.
        """
        self._notifiers = notifiers
        before, self._channels = self._channels, {}
        for name, notifier in notifiers.items():
            old = before.get(name, _Channel())
            there = {WHOLE, *notifier.recipients}
            self._channels[name] = _Channel(
                sending=old.sending,
                refused={who: times for who, times in old.refused.items() if who in there},
                said={who: text for who, text in old.said.items() if who in there},
                gone=old.gone,
                off=old.off,
            )
            self._tell(name, old.said)
        self.wake()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    @property
    def resting(self) -> Mapping[str, datetime]:
        """The channels that nothing is claimed for, and until when."""
        now = self._clock.now()
        return {
            name: state.rests_until for name, state in self._channels.items()
            if state.rests_until is not None and state.rests_until > now
        }  # fmt: skip

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
            if name in self._notifiers and state.sending < PER_CHANNEL
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
        state = self._channels.setdefault(channel, _Channel())
        state.sending = max(0, state.sending - 1)  # an edit may have forgotten it meanwhile
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
        self._note(delivery.channel, delivery.recipient, receipt)
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

    def _note(self, channel: str, recipient: str, receipt: Receipt) -> None:
        """Open or close the breaker of a channel, and tell a change once."""
        if channel not in self._notifiers:
            return  # an edit took it out while this was on its way: nobody is to be told of it
        state = self._channels[channel]
        before = dict(state.said)
        if receipt.outcome is Outcome.SENT:
            state.settled(recipient)
        elif receipt.outcome is Outcome.REFUSED:  # says nothing about the next message
            times = state.refused[recipient] = state.refused.get(recipient, 0) + 1
            if times >= REFUSED_IN_A_ROW:
                said = f"refuses every message, {times} in a row: {receipt.message}"
                state.said.setdefault(recipient, said)
            elif receipt.code.startswith(RECIPIENTS_OWN):  # a mailbox that is not there, mostly
                state.said.setdefault(recipient, f"refused for good: {receipt.message}")
        elif receipt.outcome is Outcome.LATER and receipt.code.startswith(RECIPIENTS_OWN):
            state.reached()
            state.said.setdefault(recipient, receipt.message)
        else:
            self._rest(state, receipt)
        self._tell(channel, before)

    def _rest(self, state: _Channel, receipt: Receipt) -> None:
        """Let a channel rest that does not work at all, or that asked for time."""
        gone = receipt.outcome is Outcome.GONE
        asked_s = receipt.retry_after_s
        if not gone and asked_s is not None and asked_s <= PATIENCE_S:
            until = self._clock.now() + timedelta(seconds=max(asked_s, REST_S))
            state.rests_until = max(until, state.rests_until or until)
            return
        state.errors += 1
        rest = min(REST_S * 2.0 ** (state.errors - 1), MAX_REST_S)
        if receipt.code == OFF:  # the desk switches it off, and hands nothing more out for it
            rest = REST_S
        elif gone:
            rest = GONE_REST_S
        elif receipt.retry_after_s is not None:
            rest = max(rest, receipt.retry_after_s)
        state.rests_until = self._clock.now() + timedelta(seconds=rest)
        if WHOLE not in state.said or (gone and not state.gone):
            state.gone = gone
            state.said[WHOLE] = receipt.message
            state.off = receipt.code == OFF

    def _tell(self, channel: str, before: Mapping[str, str]) -> None:
        """Tell what has changed since `before` among the troubles of a channel: one sentence."""
        now = self._channels[channel].said
        if now == before:
            return
        if not now:
            self._trouble(Trouble(channel, True, "works again"))
            return
        begun = [who for who in now if now[who] != before.get(who)]
        who = begun[0] if begun else next(iter(now))
        several = who != WHOLE and len(self._notifiers[channel].recipients) > 1
        said = f"{who}: {now[who]}" if several else now[who]
        off = who == WHOLE and self._channels[channel].off
        self._trouble(Trouble(channel, False, said, off))
