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

ANN, BOB = "ann@example.org", "bob@example.org"


def delivery(
    number: int = 1, channel: str = "desk", attempts: int = 1, recipient: str = "me@example.org"
) -> ClaimedDelivery:
    return ClaimedDelivery(
        number, f"key {number}", channel, recipient, f"t{number}", b"body", attempts, T0
    )


def refused(message: str = "the receiver answered 400") -> Receipt:
    return Receipt(Outcome.REFUSED, "http-400", message)


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


# --- one recipient among several -------------------------------------------------------------


class Mail(FakeNotifier):
    """A mail server that answers each recipient by a script of his own, then takes his mail."""

    def __init__(self, **scripts: list[Receipt]) -> None:
        super().__init__("desk", recipients=(ANN, BOB))
        self.scripts = scripts

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        self.tried.append((recipient, key, body))
        listed = self.scripts.get(recipient.partition("@")[0])
        return listed.pop(0) if listed else SENT


async def one_by_one(lane: Lane, *deliveries: ClaimedDelivery) -> None:
    """Hand out each delivery once the one before it is settled; no time passes between them."""
    for number, each in enumerate(deliveries, start=len(lane.desk.settled) + 1):
        lane.desk.claims.append([each])
        await lane.until(lambda: len(lane.desk.settled) == number)  # noqa: B023


def told(lane: Lane) -> list[tuple[bool, str]]:
    return [(trouble.ok, trouble.text) for trouble in lane.troubles]


def test_a_bad_recipient_is_told_once_and_lets_nobody_elses_mail_wait() -> None:
    """Ann is fine, Bob's mailbox is full: his 452 is not the channel's."""
    mail = Mail(bob=[later("smtp-452") for _ in range(4)])
    lane = Lane(ScriptedDesk(), mail)
    pairs = [delivery(n, recipient=BOB if n % 2 else ANN) for n in range(1, 9)]

    async def story(lane: Lane) -> None:
        await one_by_one(lane, *pairs)  # the clock stands: nothing may rest
        assert [who for who, _, _ in mail.tried] == [BOB, ANN] * 4
        assert told(lane) == [(False, f"{BOB}: the other side says smtp-452")]
        await one_by_one(lane, delivery(9, recipient=BOB))

    lane.play(story)
    assert told(lane)[1:] == [(True, "works again")]


def test_a_failed_connection_is_the_channels_whoever_the_mail_was_for() -> None:
    mail = Mail(bob=[later("connect"), later("connect")])
    lane = Lane(ScriptedDesk(), mail)

    async def story(lane: Lane) -> None:
        lane.desk.claims.append([delivery(1, recipient=BOB)])
        await lane.until(lambda: len(lane.desk.settled) == 1)
        lane.desk.claims.append([delivery(2, recipient=ANN)])
        await asyncio.sleep(0.02)
        assert len(mail.tried) == 1  # it rests, for Ann too
        lane.clock.move(1.0)
        await lane.until(lambda: len(lane.desk.settled) == 2)

    lane.play(story)
    assert told(lane) == [(False, "the other side says connect"), (True, "works again")]


def test_what_is_left_of_a_trouble_is_told_when_the_channel_itself_is_back() -> None:
    mail = Mail(bob=[later("smtp-452")], ann=[later("connect")])
    lane = Lane(ScriptedDesk(), mail)

    async def story(lane: Lane) -> None:
        for number, who in enumerate((BOB, ANN, ANN, BOB), start=1):
            await one_by_one(lane, delivery(number, recipient=who))
            lane.clock.move(1.0)

    lane.play(story)
    full = f"{BOB}: the other side says smtp-452"
    assert told(lane) == [
        (False, full), (False, "the other side says connect"), (False, full), (True, "works again"),
    ]  # fmt: skip


def test_a_recipient_who_is_taken_out_leaves_no_trouble_behind() -> None:
    mail = Mail(bob=[later("smtp-452")])
    lane = Lane(ScriptedDesk(), mail)
    lane.play(lambda lane: one_by_one(lane, delivery(1, recipient=BOB)))
    lane.courier.use({"desk": FakeNotifier("desk", recipients=(ANN,))})
    assert [ok for ok, _ in told(lane)] == [False, True]


def test_a_channel_that_was_taken_out_while_it_sent_is_not_spoken_of() -> None:
    gate = asyncio.Event()

    class Slow(FakeNotifier):
        async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
            self.tried.append((recipient, key, body))
            await gate.wait()
            return later("connect")

    slow = Slow("desk")
    lane = Lane(ScriptedDesk([delivery()]), slow)

    async def story(lane: Lane) -> None:
        await lane.until(lambda: bool(slow.tried))
        lane.courier.use({})
        gate.set()
        await lane.until(lambda: len(lane.desk.settled) == 1)

    lane.play(story)
    assert lane.troubles == []


# --- a channel that refuses ------------------------------------------------------------------


def test_a_channel_that_refuses_everything_is_told_of_once_until_it_takes_something() -> None:
    hook = FakeNotifier("desk", [refused() for _ in range(5)], recipients=("webhook",))
    lane = Lane(ScriptedDesk(), hook)
    said = (False, "refuses every message, 3 in a row: the receiver answered 400")

    async def story(lane: Lane) -> None:
        await one_by_one(lane, *(delivery(n, recipient="webhook") for n in (1, 2)))
        assert told(lane) == []
        await one_by_one(lane, *(delivery(n, recipient="webhook") for n in (3, 4, 5)))
        assert told(lane) == [said]
        await one_by_one(lane, delivery(6, recipient="webhook"))

    lane.play(story)
    assert told(lane) == [said, (True, "works again")]


def test_refusals_with_something_accepted_between_them_are_no_trouble() -> None:
    script = [refused(), refused(), SENT, refused(), refused(), SENT]
    lane = Lane(ScriptedDesk(), FakeNotifier("desk", [*script]))
    lane.play(lambda lane: one_by_one(lane, *(delivery(n) for n in range(1, 7))))
    assert told(lane) == []


def test_a_refusal_does_not_say_that_a_channel_works_again() -> None:
    lane = Lane(ScriptedDesk(), FakeNotifier("desk", [later("http-500"), refused(), SENT]))

    async def story(lane: Lane) -> None:
        for number, oks in ((1, [False]), (2, [False]), (3, [False, True])):
            await one_by_one(lane, delivery(number))
            lane.clock.move(1.0)
            assert [ok for ok, _ in told(lane)] == oks

    lane.play(story)


# --- what else can befall it -----------------------------------------------------------------


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
