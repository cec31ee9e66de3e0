"""The desk: one thread, in an order that lets nobody wait for long; what time and people cause."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.rules import Digest
from monitor.errors import CommandError, LaneStopped, StoreFull
from monitor.ingest import DeskThread
from monitor.ports import Outcome, Receipt, Settlement
from monitor.store import SqliteStore
from tests.builders import T0, after, book, entry, feed, in_force, poll, seed, watch
from tests.fakes import SENT, FakeNotifier, Fault, later, plant
from tests.ingest.rig import RULES, Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.close()


def running(body: Callable[[DeskThread], Awaitable[None]]) -> None:
    """Run a test against a desk that has its thread."""

    async def run() -> None:
        store = SqliteStore(None)
        desk = DeskThread(
            store, in_force(RULES, FakeNotifier("desk"), FakeNotifier("console")), lambda: None
        )
        desk.start()
        try:
            await desk.open(T0)
            await body(desk)
        finally:
            await desk.stop()
            store.close()

    asyncio.run(run())


async def queued(desk: DeskThread, count: int) -> None:
    """Let the loop run until so much waits in the desk's queue."""
    for _ in range(10_000):
        if desk.waiting >= count:
            return
        await asyncio.sleep(0.001)  # words are learned on a thread before they queue
    raise AssertionError("the questions never came to the desk's queue")


# --- the queue ---------------------------------------------------------------------------------------


def test_settlements_go_before_commands_before_known_feeds_before_first_contacts() -> None:
    async def body(desk: DeskThread) -> None:
        order: list[str] = []
        gate = threading.Event()
        blocked = asyncio.ensure_future(desk._ask(0, gate.wait))  # type: ignore[arg-type]
        await asyncio.sleep(0)

        async def note(name: str, work: Awaitable[object]) -> None:
            await work
            order.append(name)

        waiting = [
            asyncio.ensure_future(note(name, work))
            for name, work in (
                ("first contact", desk.ingest(poll(first_contact=True), T0)),
                ("known feed", desk.ingest(poll(feed=feed("dw")), T0)),
                (
                    "command",
                    desk.do("baseline.set", {"id": "x", "watch": "ceasefire", "text": "t"}, T0),
                ),
                ("claim", desk.claim(T0, 5, ["desk"])),
            )
        ]
        await queued(desk, 4)
        gate.set()
        await asyncio.gather(blocked, *waiting)
        assert order == ["claim", "command", "known feed", "first contact"]

    running(body)


def test_what_is_queued_is_finished_and_what_comes_later_is_refused() -> None:
    async def body(desk: DeskThread) -> None:
        await desk.ingest(poll(entry("Truce")), T0)
        queued = asyncio.ensure_future(desk.claim(T0, 10, ["desk"]))
        await asyncio.sleep(0)
        await desk.stop()
        assert len(await queued) == 1
        with pytest.raises(LaneStopped):
            await desk.tick(T0)

    running(body)


def test_an_error_goes_to_whoever_asked_and_the_desk_works_on() -> None:
    async def body(desk: DeskThread) -> None:
        with pytest.raises(CommandError, match="no command"):
            await desk.do("nonsense", {}, T0)
        assert (await desk.ingest(poll(entry("Truce")), T0)).deliveries == 1

    running(body)


def test_a_question_that_nobody_awaits_any_more_is_left_out() -> None:
    async def body(desk: DeskThread) -> None:
        gate = threading.Event()
        blocked = asyncio.ensure_future(desk._ask(0, gate.wait))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        given_up = asyncio.ensure_future(desk.ingest(poll(entry("Truce", guid="1")), T0))
        await queued(desk, 1)
        given_up.cancel()
        gate.set()
        await asyncio.gather(blocked, given_up, return_exceptions=True)
        assert (await desk.ingest(poll(entry("Truce", guid="1")), T0)).new_items == 1

    running(body)


# --- time ----------------------------------------------------------------------------------------------


def folded(rig: Rig, title: str, at: float, guid: str) -> None:
    rig.ingest(poll(entry(title, guid=guid, published=after(at)), at=after(at)))


def digests(rig: Rig) -> list[str]:
    return [body.decode() for _, _, body in rig.outbox("digest")]


def test_a_digest_tells_at_seven_local_what_was_folded_once(rig: Rig) -> None:
    rig.tick(after(0))  # 12:00 in Istanbul
    folded(rig, "Vatican offers to host", 10, "1")
    folded(rig, "An envoy flies to Ankara", 20, "2")
    assert [rig.tick(after(hours=h)) for h in (1, 12, 18.9)] == [0, 0, 0]
    assert rig.tick(after(hours=19)) == 1
    assert rig.tick(after(hours=19, minutes=1)) == 0
    both = "Vatican offers to host [diplomacy] / An envoy flies to Ankara [diplomacy]"
    assert digests(rig) == [f"digest|Daily digest 2025-06-04: 2 developments|{both}"]
    folded(rig, "Vatican names a second envoy, a nuncio", 20 * 60, "3")
    assert rig.tick(after(days=1, hours=19)) == 1
    assert len(digests(rig)) == 2


def test_nothing_folded_is_no_digest(rig: Rig) -> None:
    rig.tick(after(0))
    assert rig.tick(after(days=3)) == 0
    assert digests(rig) == []


def test_where_the_hour_is_edited_nothing_is_lost_between_two_digests_of_a_day(rig: Rig) -> None:
    rig.tick(after(-60))
    folded(rig, "Vatican offers to host", 0, "1")
    rig.tick(after(hours=19))
    folded(rig, "An envoy flies to Ankara", 20 * 60, "2")
    evening = replace(RULES, digest=Digest(hour=18))
    rig.desk._swap(
        in_force(evening, FakeNotifier("desk"), FakeNotifier("console")), after(hours=21)
    )
    assert rig.tick(after(hours=31)) == 1
    assert ["Ankara" in text for text in digests(rig)] == [False, True]
    assert rig.rows("SELECT count(*) FROM deliveries WHERE status = 'folded'") == [(0,)]


def test_what_was_folded_for_a_channel_that_is_off_waits_for_it(rig: Rig) -> None:
    rig.tick(after(0))
    folded(rig, "Vatican offers to host", 10, "1")
    channels = rig.rules
    rig.desk._swap(in_force(RULES, FakeNotifier("console")), after(60))
    assert rig.tick(after(hours=19)) == 0
    rig.desk._swap(channels, after(hours=20))
    assert rig.tick(after(days=1, hours=19)) == 1


# --- people ----------------------------------------------------------------------------------------------


def test_a_filed_command_is_done_once_and_answered(rig: Rig) -> None:
    rig.rows(
        "INSERT INTO commands (verb, args, asked_at) VALUES ('baseline.set',"
        ' \'{"id": "x", "watch": "ceasefire", "text": "A truce holds", "by": "ann"}\', \'t\')'
    )
    rig.tick(T0)
    rig.tick(after(1))
    reader = rig.store.reader()
    assert reader.command_result(1) == (
        "done",
        {"id": "x", "seq": 1, "text": "A truce holds", "before": None},
    )
    assert [(r.fact.text, r.actor) for r in reader.facts()] == [("A truce holds", "user:ann")]


@pytest.mark.parametrize(
    ("verb", "args", "said"),
    [
        ("baseline.set", '{"id": "x", "watch": "ceasfire", "text": "t"}', "did you mean ceasefire"),
        ("baseline.set", '{"id": "x", "watch": "ceasefire"}', "needs a text"),
        ("baseline.set", "{}", "id is missing"),
        ("baseline.retract", '{"id": "x"}', "no fact x"),
        ("baseline.undo", '{"seq": 7}', "no entry 7"),
        ("outbox.retry", '{"ids": [7]}', "no delivery 7"),
        ("outbox.drop", '{"ids": "all"}', "list of numbers"),
        ("nonsense", "{}", "no command"),
        ("outbox.drop", "[]", "AttributeError"),  # nobody's mistake but ours: answered all the same
    ],
)
def test_a_command_that_cannot_be_done_is_answered_and_never_comes_again(
    rig: Rig, verb: str, args: str, said: str
) -> None:
    rig.rows("INSERT INTO commands (verb, args, asked_at) VALUES (?, ?, 't')", verb, args)
    rig.tick(T0)
    reader = rig.store.reader()
    status, result = reader.command_result(1) or ("", {})
    assert status == "refused"
    assert said in str(result["error"])
    assert reader.commands_asked() == 0


def test_a_command_that_the_store_refused_is_done_at_the_next_tick(rig: Rig) -> None:
    rig.rows(
        "INSERT INTO commands (verb, args, asked_at) VALUES ('baseline.set',"
        ' \'{"id": "x", "watch": "ceasefire", "text": "t"}\', \'t\')'
    )
    rig.tick(T0)
    rig.rows("UPDATE commands SET status = 'asked'")
    heal = plant(rig.store, Fault(7))
    with pytest.raises(StoreFull):
        rig.tick(T0)
    heal()
    assert rig.store.reader().commands_asked() == 1
    rig.tick(T0)
    assert rig.store.reader().commands_asked() == 0


def test_a_fact_is_set_retracted_and_undone(rig: Rig) -> None:
    def do(verb: str, args: Mapping[str, object]) -> Mapping[str, object]:
        return rig.desk.do_now(verb, args, after(5))

    do("baseline.set", {"id": "x", "watch": "ceasefire", "text": "A truce holds", "by": "ann"})
    assert do("baseline.set", {"id": "x", "text": "It broke"})["before"] == "A truce holds"
    do("baseline.retract", {"id": "x"})
    with pytest.raises(CommandError, match="retracted already"):
        do("baseline.retract", {"id": "x"})
    assert do("baseline.undo", {"seq": 3})["text"] == "It broke"
    assert do("baseline.undo", {"seq": 2})["text"] == "A truce holds"
    for seq, said in ((2, "undone already"), (4, "undo itself")):
        with pytest.raises(CommandError, match=said):
            do("baseline.undo", {"seq": seq})


def test_a_file_edit_after_a_person_is_refused_until_it_is_taken_by_hand(rig: Rig) -> None:
    def start(text: str) -> list[str]:
        rules = in_force(
            replace(RULES, seeds=(seed(text=text),)), FakeNotifier("desk"), FakeNotifier("console")
        )
        return [notice.command for notice in rig.desk._swap(rules, after(1))]

    assert start("Refused") == []
    rig.desk.do_now("baseline.set", {"id": "refused", "text": "Accepted"}, after(2))
    assert start("Refused for good") == ["parley baseline set refused --from-file"]
    rig.desk.do_now("baseline.set", {"id": "refused", "from_file": True}, after(3))
    assert start("Refused for good") == []
    assert [row.fact.text for row in rig.store.reader().facts()] == ["Refused for good"]


# --- receipts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("receipt", "status", "wait_s"),
    [
        (SENT, "sent", None),
        (later("500"), "pending", 60.0),
        (later("429", retry_after_s=7200.0), "pending", 7200.0),
        (Receipt(Outcome.REFUSED, "550", "no such user"), "dead", None),
        (Receipt(Outcome.GONE, "410", "gone"), "pending", 60.0),
    ],
)
def test_a_receipt_says_what_becomes_of_a_delivery(
    rig: Rig, receipt: Receipt, status: str, wait_s: float | None
) -> None:
    rig.ingest(poll(entry("Truce")))
    (delivery,) = rig.desk._claim(T0, 5, ["desk", "nobody"])
    rig.desk._settle(Settlement(delivery, receipt, after(1)))
    (row,) = rig.store.reader().deliveries()
    assert (row.status, row.error_code) == (status, receipt.code)
    if wait_s is None:
        assert row.next_attempt_at is None
    else:
        assert row.next_attempt_at is not None
        waits = (row.next_attempt_at - after(1)).total_seconds()
        assert wait_s <= waits <= wait_s * 1.1


def test_a_delivery_is_given_up_in_the_end(rig: Rig) -> None:
    rig.ingest(poll(entry("Truce")))
    now, attempts = T0, 0
    while True:
        claimed = rig.desk._claim(now, 5, ["desk"])
        if not claimed:
            break
        attempts += 1
        rig.desk._settle(Settlement(claimed[0], later("down"), now))
        (row,) = rig.store.reader().deliveries()
        if row.next_attempt_at is None:
            assert row.status == "dead"
            break
        assert row.next_attempt_at > now
        now = row.next_attempt_at
    assert attempts > 100  # hourly, for five days
    assert now - T0 <= timedelta(days=5)
    assert rig.desk.do_now("outbox.retry", {"ids": [1]}, now)["retried"] == 1
    assert len(rig.desk._claim(now, 5, ["desk"])) == 1


def test_an_announcement_leaves_a_row_for_each_recipient(rig: Rig) -> None:
    args = {"subject": "A feed is gone", "text": "bbc answers 410", "channels": ["desk", "nobody"]}
    assert rig.desk.do_now("announce", args, T0)["deliveries"] == 1
    assert rig.desk.do_now("announce", args, T0)["deliveries"] == 0
    assert [body for _, _, body in rig.outbox("ops")] == [b"ops|A feed is gone|bbc answers 410"]


def test_a_watch_that_is_gone_tells_nothing(rig: Rig) -> None:
    rig.desk._swap(in_force(book(watch("other", "weather")), FakeNotifier("console")), T0)
    assert rig.ingest(poll(entry("Truce"))).hits == 0
