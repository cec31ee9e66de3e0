"""I7: new rules are in force with their feeds and facts, or the old ones are with theirs."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from monitor.core.match import Index
from monitor.errors import QueryError, StoreError
from tests.builders import after, book, entry, feed, in_force, poll, seed, watch
from tests.fakes import FakeNotifier, Fault, plant
from tests.ingest.rig import Rig

OLD = in_force(
    book(watch("old", "truce"), feeds=[feed("bbc")], seeds=[seed("a", "One", watch="old")]),
    FakeNotifier("console"),
)
NEW = in_force(
    book(watch("new", "weather"), feeds=[feed("bbc"), feed("dw")], seeds=[seed("b", "Two", watch="new")]),
    FakeNotifier("console"), FakeNotifier("desk"),
)  # fmt: skip


def in_store(rig: Rig) -> tuple[list[str], list[str]]:
    reader = rig.store.reader()
    held = [row.fact.id for row in reader.facts() if row.fact.status.value != "retracted"]
    return [row.name for row in reader.feeds()], held


def test_i7_a_swap_that_fails_at_any_statement_changes_nothing() -> None:
    for number in itertools.count():
        rig = Rig(OLD)
        heal = plant(rig.store, Fault(number))
        try:
            rig.desk._swap(NEW, after(1))
        except StoreError:
            heal()
            assert rig.desk.rules is OLD
            assert in_store(rig) == (["bbc"], ["a"])
            assert rig.ingest(poll(entry("Truce and weather"), at=after(2))).verdicts.keys() == {
                ("old", "new")
            }
        else:
            heal()
            assert rig.desk.rules is NEW
            assert in_store(rig) == (["bbc", "dw"], ["b"])
            assert {
                w for w, _ in rig.ingest(poll(entry("Truce and weather"), at=after(2))).verdicts
            } == {"new"}
            rig.close()
            break
        rig.close()
    assert number > 8


def test_i7_rules_that_cannot_be_read_never_come_into_force() -> None:
    broken = book(watch("fine", "truce"), watch("broken", "truce AND"))
    with pytest.raises(QueryError):
        Index(broken)


def test_i7_what_is_in_force_cannot_be_changed_in_place() -> None:
    for frozen, name in ((OLD, "book"), (OLD.book, "watches"), (OLD.book.watches[0], "query")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(frozen, name, None)


def test_i7_what_waits_goes_out_as_it_was() -> None:
    rig = Rig(OLD)
    rig.ingest(poll(entry("Truce and weather")))
    before = rig.outbox()
    rig.desk._swap(NEW, after(1))
    assert rig.outbox() == before
    assert len(before) == 1
    rig.close()
