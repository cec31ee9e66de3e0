"""A commit that fails once, at each statement: after the refetch it is as if nothing had been."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import replace

import pytest

from monitor.core.model import ParsedItem, Reason, Severity
from monitor.core.rules import Concept, TrackerState
from monitor.errors import StoreBusy, StoreError, StoreFull
from monitor.ports import Poll
from tests.builders import (
    CONCEPTS,
    TRUCE_TRACKER,
    after,
    book,
    entry,
    feed,
    in_force,
    poll,
    watch,
)
from tests.fakes import FakeNotifier, Fault, plant
from tests.ingest.rig import Rig

BBC, DW = feed("bbc"), feed("dw")
FIRST = entry(
    "Kremlin rejects truce offered for 1,000 prisoners", guid="first", published=after(-5)
)
#: what the second of three items is -> the item, the outcome of its decision, deliveries in all
SUBJECTS: dict[str, tuple[ParsedItem, Reason, int]] = {
    "new": (entry("Naval ceasefire begins off Odesa", guid="x"), Reason.PUSH, 4),
    "update by number": (
        entry("Kremlin rejects truce offered for 1,200 prisoners", guid="x"), Reason.PUSH, 4),
    "edit": (entry("Kremlin rejects truce offered for 1,300 prisoners", guid="first",
                   published=after(-5)), Reason.PUSH, 4),
    "repeat": (entry("Kremlin rejects truce offered for 1,000 prisoners", "It said.", guid="x"),
               Reason.COPY_OF_ITEM, 3),
    "background": (entry("Old truce of last month in Luhansk", guid="x", published=after(days=-5)),
                   Reason.OLD_NEWS, 3),
    "folded": (entry("Vatican envoy offers to host talks", guid="x"), Reason.FOLDED, 4),
}  # fmt: skip


#: The same where the state of the truce is followed, and whoever speaks is known.
AGREED = entry("Kremlin says truce agreed for 1,000 prisoners", guid="first", published=after(-5))
STATES: dict[str, tuple[ParsedItem, Reason, int]] = {
    "state changed": (entry("Moscow rejects truce offered", guid="x"), Reason.PUSH, 2),
    "state contradicted": (entry("Truce not agreed, Kyiv says", guid="x"), Reason.PUSH, 2),
    "state confirmed": (entry("Kyiv says truce for prisoners agreed", guid="x"), Reason.PUSH, 2),
    "state repeated": (
        entry("They agreed truce of Easter", guid="x"), Reason.SAYS_KNOWN_FACT, 1),
    "state hedged": (entry("Moscow may agree on truce offered", guid="x"), Reason.LISTED, 2),
    "state edited": (entry("Kremlin says truce rejected for 1,000 prisoners", guid="first",
                           published=after(-5)), Reason.PUSH, 2),
}  # fmt: skip
SPOKEN = {
    "mark-not": Concept("mark-not", words={"en": ("not",)}),
    "mark-hedge": Concept("mark-hedge", words={"en": ("may",)}),
    "mark-said": Concept("mark-said", words={"en": ("says",)}),
    "russia": Concept("russia", words={"en": ("Moscow", "Kremlin")}, side="russia"),
    "ukraine": Concept("ukraine", words={"en": ("Kyiv",)}, side="ukraine"),
}
TRUCE = replace(
    TRUCE_TRACKER, confirm="both_parties", parties=("russia", "ukraine"),
    states=(
        TrackerState("agreed", ("agree",), Severity.CRITICAL, joint=True),
        TrackerState("rejected", ("reject",), Severity.HIGH),
        TrackerState("failed", ("fail",), Severity.HIGH),
        TrackerState("proposed", ("propose",)),
    ),
)  # fmt: skip
FOLLOWING = book(
    watch(trackers=(TRUCE,), notify=("desk",)), concepts={**CONCEPTS, **SPOKEN}, feeds=[BBC, DW]
)


def polls(name: str) -> tuple[Poll, Poll]:
    """A poll that is known, and one of three items whose second is the subject."""
    known = AGREED if name in STATES else FIRST
    titles = ("Weather stays fine", "Rain in the hills") if name in STATES else (
        "Ceasefire for Easter lasts in Kharkiv", "Mayor greets truce inspectors at Kherson bridge"
    )  # fmt: skip
    before = poll(known, feed=BBC, at=after(0), etag='"0"')
    three = poll(
        entry(titles[0], guid="a", published=after(-6)),
        {**SUBJECTS, **STATES}[name][0],
        entry(titles[1], guid="c", published=after(3)),
        feed=BBC, at=after(5), etag='"1"',
    )  # fmt: skip
    return before, three


def begun(name: str) -> tuple[Rig, Poll]:
    channels = FakeNotifier("desk"), FakeNotifier("console")
    rig = Rig(in_force(FOLLOWING, *channels) if name in STATES else None)
    before, three = polls(name)
    rig.ingest(before)
    return rig, three


@pytest.mark.parametrize("name", [*SUBJECTS, *STATES])
@pytest.mark.parametrize("ends", [False, True], ids=["holds", "rolled back"])
def test_each_statement_of_each_verdict_may_fail_once(name: str, ends: bool) -> None:
    _, outcome, deliveries = {**SUBJECTS, **STATES}[name]
    sound, three = begun(name)
    sound.ingest(three)
    assert outcome.value in {found for _, found in sound.outcomes()}
    assert len(sound.rows("SELECT 1 FROM deliveries")) == deliveries
    wanted = sound.truth()
    sound.close()
    for number in itertools.count():
        rig, three = begun(name)
        remembered = rig.memory()
        fault = Fault(number, ends=ends)
        heal = plant(rig.store, fault)
        if number and len(fault.statements) > 300:
            pytest.fail("there is no end to the statements")
        try:
            rig.ingest(three)
        except StoreFull:
            heal()
            assert rig.rows("SELECT etag FROM feeds WHERE name = 'bbc'") == [('"0"',)], fault.fired
            assert rig.memory() == remembered == rig.memory_anew(after(6)), fault.fired
            rig.ingest(three)
        else:
            heal()
            assert not fault.fired
            assert number > 20
            rig.close()
            break
        assert rig.truth() == wanted, fault.fired
        assert rig.memory() == rig.memory_anew(after(6)), fault.fired
        rig.close()


def test_a_long_document_keeps_the_units_that_committed() -> None:
    """120 items are three units: the third fails, and the refetch adds what is missing."""
    entries = [
        entry(f"Truce{chr(97 + n % 26)}{chr(97 + n // 26)} truce", guid=str(n)) for n in range(120)
    ]
    long = poll(*entries, feed=BBC, at=after(1))
    sound = Rig()
    sound.ingest(long)
    rig = Rig()
    begins = [n for n, sql in enumerate(statements(long)) if sql == "BEGIN IMMEDIATE"]
    assert len(begins) == 3
    heal = plant(rig.store, Fault(begins[2] + 7))
    with pytest.raises(StoreFull):
        rig.ingest(long)
    heal()
    assert rig.rows("SELECT count(*) FROM items") == [(100,)]
    assert rig.rows("SELECT DISTINCT etag FROM feeds") == [("",)]
    assert rig.memory() == rig.memory_anew(after(2))
    assert rig.ingest(long).new_items == 20
    assert rig.truth() == sound.truth()
    rig.close()
    sound.close()


def statements(of: Poll) -> list[str]:
    rig = Rig()
    fault = Fault(-1)
    plant(rig.store, fault)
    rig.ingest(of)
    rig.close()
    return fault.statements


def test_a_busy_database_is_worth_another_try_and_loses_nothing() -> None:
    rig, three = begun("new")
    heal = plant(rig.store, Fault(0, code=sqlite3.SQLITE_BUSY))
    with pytest.raises(StoreBusy):
        rig.ingest(three)
    heal()
    assert rig.ingest(three).new_items == 3
    rig.close()


def test_each_statement_of_a_digest_may_fail_once() -> None:
    def folded() -> Rig:
        rig = Rig()
        rig.tick(after(0))
        rig.ingest(poll(entry("Vatican offers to host", guid="v"), feed=BBC, at=after(1)))
        return rig

    sound = folded()
    morning = after(hours=20)
    assert sound.tick(morning) == 1
    wanted = sound.truth()
    sound.close()
    for number in itertools.count():
        rig = folded()
        heal = plant(rig.store, Fault(number))
        try:
            rig.tick(morning)
        except StoreError:
            heal()
            assert rig.tick(morning) == 1
        else:
            heal()
            rig.close()
            break
        assert rig.truth() == wanted
        assert rig.tick(morning) == 0
        rig.close()
    assert number > 8
