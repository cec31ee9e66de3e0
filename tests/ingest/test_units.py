"""A long document is taken a unit at a time, and lets what waits go between two of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest

from monitor.errors import StoreFull
from monitor.ingest.units import UNIT_CHARS, UNIT_ITEMS, in_units
from monitor.ports import Ingested, Poll
from tests.builders import T0, after, book, entry, feed, in_force, item, poll
from tests.fakes import FakeNotifier, Fault, plant, trace
from tests.ingest.rig import RULES, Rig

#: Two of these are a unit.
LONG = "x" * (UNIT_CHARS // 2 - 100)
PLACES = ("Sumy", "Odesa", "Lviv", "Kherson", "Poltava")


class Stall:
    """Holds the desk up at the first item that it stores, so that its document is in work."""

    def __init__(self, rig: Rig) -> None:
        self.reached, self.over = threading.Event(), threading.Event()
        trace(rig.store, self._heard)

    def _heard(self, sql: str) -> None:
        if sql.startswith("INSERT INTO items"):
            self.reached.set()
            self.over.wait(20)


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.close()


def long_document(name: str = "bbc", *, first_contact: bool = False) -> Poll:
    """Five hostile items, in three units."""
    entries = [
        entry(f"{place} truce of {name}", LONG, guid=place, published=after(number))
        for number, place in enumerate(PLACES)
    ]
    return poll(*reversed(entries), feed=feed(name), at=after(9), first_contact=first_contact)


def short(name: str, *, first_contact: bool = False) -> Poll:
    return poll(
        entry(f"Truce by {name}"), feed=feed(name), at=after(9), first_contact=first_contact
    )


def while_in_work(rig: Rig, first: Poll, *then: Callable[[], Awaitable[object]]) -> list[object]:
    """Ask the desk for more while a document is in work; give the answers in the order they came.

    An error stands among them for itself. The desk is stopped as soon as it goes on.
    """
    answers: list[object] = []
    stall = Stall(rig)

    async def note(work: Awaitable[object]) -> None:
        try:
            answers.append(await work)
        except StoreFull as error:
            answers.append(error)

    async def story() -> None:
        rig.desk.start()
        asked = [asyncio.ensure_future(note(rig.desk.ingest(first, after(9))))]
        assert await asyncio.to_thread(stall.reached.wait, 20)
        for number, work in enumerate(then, start=1):
            asked.append(asyncio.ensure_future(note(work())))
            await waiting(rig, number)
        stall.over.set()
        await rig.desk.stop()
        await asyncio.gather(*asked)

    asyncio.run(story())
    return answers


async def waiting(rig: Rig, count: int) -> None:
    for _ in range(10_000):
        if rig.desk.waiting >= count:
            return
        await asyncio.sleep(0.001)
    raise AssertionError("the work never came to the desk's queue")


def taken(rig: Rig) -> list[str]:
    """The feeds whose items were stored, in order."""
    return [name for (name,) in rig.rows("SELECT feed FROM items ORDER BY id")]


def validators(rig: Rig) -> list[str]:
    return [tag for (tag,) in rig.rows("SELECT etag FROM feeds WHERE name = 'bbc'")]


# --- where a document is cut ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lengths", "units"),
    [
        ([], [0]),
        ([100] * 120, [UNIT_ITEMS, UNIT_ITEMS, 20]),
        ([5_000] * 50, [50]),
        ([62_000] * 9, [4, 4, 1]),
        ([UNIT_CHARS * 3, 10, 10], [1, 2]),
        ([10, UNIT_CHARS * 3, 10], [1, 1, 1]),
    ],
)
def test_a_unit_ends_at_fifty_items_or_so_many_characters(
    lengths: list[int], units: list[int]
) -> None:
    items = [item(f"{n:04}", "x" * (length - 4)) for n, length in enumerate(lengths)]
    cut = in_units(items)
    assert [len(unit) for unit in cut] == units
    assert [one for unit in cut for one in unit] == items


# --- what goes between two units --------------------------------------------------------------


def test_all_that_waits_goes_before_the_rest_of_a_hostile_document(
    rig: Rig,
) -> None:
    facts = {"id": "x", "watch": "ceasefire", "text": "t", "by": "ann"}
    answers = while_in_work(
        rig,
        long_document(),
        lambda: rig.desk.ingest(short("ard", first_contact=True), after(9)),
        lambda: rig.desk.ingest(short("dw"), after(9)),
        lambda: rig.desk.do("baseline.set", facts, T0),
        lambda: rig.desk.claim(after(9), 9, ["desk"]),
    )
    claimed, command, other, document, newcomer = answers
    assert isinstance(claimed, tuple)
    assert len(claimed) == 1  # what the first unit told is sent while the rest waits
    assert isinstance(command, dict)
    assert command["id"] == "x"
    assert [one.feed for one in (other, document, newcomer) if isinstance(one, Ingested)] == [
        "dw",
        "bbc",
        "ard",
    ]
    assert taken(rig) == ["bbc", "bbc", "dw", "bbc", "bbc", "bbc", "ard"]
    assert validators(rig) == ['"1"']


def test_a_document_keeps_its_order_and_is_counted_whole(rig: Rig) -> None:
    answers = while_in_work(
        rig, long_document(), lambda: rig.desk.ingest(long_document("dw"), after(9))
    )
    done = {one.feed: one for one in answers if isinstance(one, Ingested)}
    assert taken(rig) == ["bbc", "bbc", "dw", "dw", "bbc", "bbc", "dw", "dw", "bbc", "dw"]
    for name in ("bbc", "dw"):
        assert (done[name].new_items, done[name].hits) == (5, 5)
        titles = rig.rows("SELECT title FROM items WHERE feed = ? ORDER BY id", name)
        assert titles == [(f"{place} truce of {name}",) for place in PLACES]


def test_feeds_that_are_first_read_take_turns_and_let_known_ones_go_first(rig: Rig) -> None:
    while_in_work(
        rig,
        long_document("ard", first_contact=True),
        lambda: rig.desk.ingest(long_document("dw", first_contact=True), after(9)),
        lambda: rig.desk.ingest(long_document("bbc"), after(9)),
    )
    known = ["bbc"] * 5
    assert taken(rig) == ["ard", "ard", *known, "dw", "dw", "ard", "ard", "dw", "dw", "ard", "dw"]


# --- when it does not come to its end ---------------------------------------------------------


def test_validators_of_a_document_that_was_cut_short_are_not_stored(
    rig: Rig,
) -> None:
    """The database refuses the second unit: what went between stands, the rest is read again."""
    document = long_document()

    answers = while_in_work(
        rig, document, lambda: rig.desk._ask(0, lambda: plant(rig.store, Fault(3)))  # type: ignore[arg-type]
    )  # fmt: skip
    heal, error = answers
    assert isinstance(error, StoreFull)
    assert callable(heal)
    heal()
    assert taken(rig) == ["bbc", "bbc"]
    assert validators(rig) == [""]
    assert rig.memory() == rig.memory_anew(after(10))
    again = rig.ingest(document)
    assert again.new_items == 3
    assert validators(rig) == ['"1"']


def test_what_is_left_of_a_document_whose_address_was_replaced_is_dropped(
    rig: Rig,
) -> None:
    moved = feed("bbc", url="https://elsewhere.example.org/feed")
    rules = in_force(
        book(*RULES.watches, feeds=[moved]), FakeNotifier("desk"), FakeNotifier("console")
    )
    answers = while_in_work(rig, long_document(), lambda: rig.desk.swap(rules, after(9)))
    told = answers[-1]
    assert isinstance(told, Ingested)
    assert (told.new_items, told.hits) == (2, 2)  # of what was stored before
    assert taken(rig) == ["bbc", "bbc"]
    assert validators(rig) == [""]
