"""The courier by itself, against a desk that does what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from monitor.courier import PER_CHANNEL, Courier, Trouble
from monitor.errors import LaneStopped, StoreBusy, StoreError
from monitor.ports import ClaimedDelivery, Ingested, Outcome, Poll, Receipt, Settlement
from tests.builders import T0
from tests.fakes import SENT, FakeNotifier, FrozenClock, later


def delivery(number: int = 1, channel: str = "desk", attempts: int = 1) -> ClaimedDelivery:
    return ClaimedDelivery(
        number, f"key {number}", channel, "me@example.org", f"t{number}", b"body", attempts, T0
    )


class ScriptedDesk:
    """Gives a list of claims, one at each question; settles after a number of refusals."""

    def __init__(self, *claims: Sequence[ClaimedDelivery], refusals: int = 0) -> None:
        self.claims = list(claims)
        self.asked: list[tuple[int, tuple[str, ...]]] = []
        self.settled: list[Settlement] = []
        self._refusals = refusals

    async def claim(
        self, now: datetime, limit: int, channels: Sequence[str]
    ) -> tuple[ClaimedDelivery, ...]:
        self.asked.append((limit, tuple(channels)))
        return tuple(self.claims.pop(0)) if self.claims else ()

    async def settle(self, settlement: Settlement) -> None:
        if self._refusals:
            self._refusals -= 1
            raise StoreBusy("another process keeps the database locked")
        self.settled.append(settlement)

    async def ingest(self, poll: Poll, now: datetime) -> Ingested:
        raise LaneStopped("no part of this")

    async def tick(self, now: datetime) -> int:
        raise LaneStopped("no part of this")

    async def do(
        self, verb: str, args: Mapping[str, object], now: datetime
    ) -> Mapping[str, object]:
        raise LaneStopped("no part of this")


class Lane:
    def __init__(self, desk: ScriptedDesk, *channels: FakeNotifier) -> None:
        self.desk, self.clock = desk, FrozenClock(T0)
        self.troubles: list[Trouble] = []
        self.store_troubles: list[StoreError] = []
        self.receipts: list[Receipt] = []
        self.courier = Courier(
            desk=desk, clock=self.clock, delivered=lambda d, r, at: self.receipts.append(r),
            trouble=self.troubles.append, store_trouble=self.store_troubles.append, beat=lambda: None,
        )  # fmt: skip
        self.courier.use({channel.name: channel for channel in channels})

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                self.courier.wake()
                await asyncio.sleep(0.002)

    def play(self, story: Callable[[Lane], object]) -> None:
        async def run() -> None:
            running = asyncio.ensure_future(self.courier.run())
            told = story(self)
            if asyncio.iscoroutine(told):
                await told
            await self.courier.stop(0.05)
            await running

        asyncio.run(run())


def test_a_receipt_that_the_store_refuses_is_written_again_and_nothing_is_sent_twice() -> None:
    """The claim has run out meanwhile, and the desk hands the same delivery out once more."""
    one, desk = delivery(), FakeNotifier("desk")
    lane = Lane(ScriptedDesk([one], [one], [one], refusals=1), desk)

    async def story(lane: Lane) -> None:
        await lane.until(lambda: len(lane.desk.settled) == 1)

    lane.play(story)
    assert len(desk.sent) == 1
    assert [error.code for error in lane.store_troubles] == ["store-busy"]
    assert lane.desk.settled[0].receipt is SENT


def test_no_more_than_a_few_are_on_their_way_on_a_channel() -> None:
    mute = FakeNotifier("desk", [None] * 9)
    lane = Lane(ScriptedDesk([delivery(n) for n in range(PER_CHANNEL)]), mute)

    async def story(lane: Lane) -> None:
        await lane.until(lambda: len(mute.tried) == PER_CHANNEL)
        asked = len(lane.desk.asked)
        for _ in range(20):
            lane.courier.wake()
            await asyncio.sleep(0.002)
        assert len(lane.desk.asked) == asked

    lane.play(story)


def test_a_channel_that_fails_rests_a_little_longer_each_time_and_is_told_of_once() -> None:
    script = [later("timeout"), later("http-500"), later("timeout"), SENT, SENT]
    desk = FakeNotifier("desk", script)
    lane = Lane(ScriptedDesk(), desk)

    async def story(lane: Lane) -> None:
        for number, rest_s in enumerate((1.0, 2.0, 4.0, 0.0, 0.0), start=1):
            lane.desk.claims.append([delivery(number)])
            await lane.until(lambda: len(lane.desk.settled) == number)  # noqa: B023
            asked = len(lane.desk.asked)
            lane.courier.wake()
            await asyncio.sleep(0.01)
            assert (len(lane.desk.asked) > asked) is (rest_s == 0.0)
            lane.clock.move(rest_s)

    lane.play(story)
    assert [(trouble.ok, trouble.text) for trouble in lane.troubles] == [
        (False, "the other side says timeout"), (True, "works again"),
    ]  # fmt: skip


def test_after_a_reload_the_end_of_a_trouble_is_still_told() -> None:
    desk = FakeNotifier("desk", [later("timeout")])
    lane = Lane(ScriptedDesk([delivery(1)]), desk)

    async def story(lane: Lane) -> None:
        await lane.until(lambda: len(lane.desk.settled) == 1)
        lane.courier.use({"desk": desk})  # its breaker is closed again
        lane.desk.claims.append([delivery(2)])
        await lane.until(lambda: len(lane.desk.settled) == 2)

    lane.play(story)
    assert [trouble.ok for trouble in lane.troubles] == [False, True]


def test_a_refusal_of_one_message_is_no_trouble_of_its_channel() -> None:
    desk = FakeNotifier("desk", [Receipt(Outcome.REFUSED, "550", "no such user")])
    lane = Lane(ScriptedDesk([delivery()]), desk)

    async def story(lane: Lane) -> None:
        await lane.until(lambda: len(lane.desk.settled) == 1)

    lane.play(story)
    assert lane.troubles == []
    assert [receipt.code for receipt in lane.receipts] == ["550"]


class Broken(FakeNotifier):
    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        raise ZeroDivisionError("a bug of the channel")


def test_a_bug_of_a_channel_loses_no_message() -> None:
    lane = Lane(ScriptedDesk([delivery()]), Broken("desk"))

    async def story(lane: Lane) -> None:
        await lane.until(lambda: len(lane.desk.settled) == 1)

    lane.play(story)
    receipt = lane.desk.settled[0].receipt
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "bug")


def test_what_is_claimed_while_it_stops_is_not_sent() -> None:
    desk = FakeNotifier("desk")
    gate = asyncio.Event()

    class Slow(ScriptedDesk):
        async def claim(
            self, now: datetime, limit: int, channels: Sequence[str]
        ) -> tuple[ClaimedDelivery, ...]:
            await gate.wait()
            return (delivery(),)

    lane = Lane(Slow(), desk)

    async def run() -> None:
        running = asyncio.ensure_future(lane.courier.run())
        await asyncio.sleep(0)
        await lane.courier.stop(0.05)
        gate.set()
        await running

    asyncio.run(run())
    assert desk.tried == []
    assert lane.courier.in_flight == 0


def test_a_full_desk_is_asked_for_no_more_than_there_is_room_for() -> None:
    mute, quick = FakeNotifier("mute", [None] * 9), FakeNotifier("quick")
    lane = Lane(ScriptedDesk([delivery(n, "mute") for n in range(3)]), mute, quick)

    async def story(lane: Lane) -> None:
        await lane.until(lambda: len(mute.tried) == 3)
        await lane.until(lambda: lane.desk.asked[-1][0] == PER_CHANNEL - 3)
        lane.desk.claims.append([delivery(9, "quick")])
        await lane.until(lambda: len(quick.sent) == 1)

    lane.play(story)
