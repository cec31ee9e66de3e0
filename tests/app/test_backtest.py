"""Stored items held against rules: read in pages, compared, counted by day, drawn evenly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app.backtest import BATCH, Comparison, Day, Decided, Rule, compare
from monitor.core.match import Index
from monitor.core.model import Document, Item, StoredItem
from monitor.core.rules import Watch
from monitor.core.words import NoLexicon
from monitor.ingest.path import ItemPath
from monitor.ingest.tally import Tally
from monitor.store import SqliteStore
from monitor.store.connection import open_reader
from monitor.store.history import HeldItem, SqliteHistory
from tests.builders import T0, after, book, in_force, item, watch

TRUCE, RAIN = "Kremlin rejects truce", "Rain in the hills"


class Shelf:
    """A store on disk that items are judged into, and a read-only view of it."""

    def __init__(self, path: Path, *watches: Watch) -> None:
        self.rules = book(*watches)
        self.store = SqliteStore(path)
        self.path = ItemPath(self.store, in_force(self.rules))
        self.reader = SqliteHistory(open_reader(path))

    def bring(self, *items: Item) -> None:
        draft = self.path.draft()
        with self.store.unit() as unit:
            for stored in unit.add_new(items):
                self.path.judge_item(unit, draft, stored, Tally("bbc"), after(), quiet=False)
        self.path.adopt(draft, after())

    def held(
        self, since: datetime = T0, watches: Sequence[str] = ("ceasefire",), page_items: int = 2
    ) -> list[HeldItem]:
        last = self.reader.newest_item()
        found = list(self.reader.items_since(since, last, watches, page_items))
        assert len(found) == self.reader.count_since(since, last)
        return found

    def close(self) -> None:
        self.reader.close()
        self.store.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path / "parley.db")
    yield made
    made.close()


def rule(query: str, **more: object) -> Rule:
    one = watch(query=query, **more)
    return Rule.alone(book(one), one, NoLexicon())


def against(shelf: Shelf, old: str, new: str, **more: object) -> Comparison:
    return compare(shelf.held(), rule(old), rule(new), **more)  # type: ignore[arg-type]


# --- reading ---------------------------------------------------------------------------------


def test_items_are_read_in_pages_each_once_in_order(shelf: Shelf) -> None:
    titles = [f"Truce number {n}" for n in range(7)]
    shelf.bring(*(item(title, published=after(n)) for n, title in enumerate(titles)))
    for size in (1, 3, 7, 200):
        assert [one.stored.item.title for one in shelf.held(page_items=size)] == titles
    assert [one.stored.item.title for one in shelf.held(after(5))] == titles[5:]
    assert shelf.held(after(60)) == []


def test_an_item_comes_in_its_newest_wording_with_its_last_hit(shelf: Shelf) -> None:
    shelf.bring(item(TRUCE, identity="a"), item(RAIN, identity="b"))
    shelf.bring(item("Weather turns dry in the hills", identity="a"))
    first, second = shelf.held()
    assert (first.stored.item.title, first.stored.version) == ("Weather turns dry in the hills", 2)
    assert first.past is not None
    assert (first.past.version, first.past.document.title) == (1, TRUCE)
    assert [(s.field, s.start, s.end, s.term) for s in first.past.spans] == [
        ("title", 16, 21, "$truce")
    ]
    assert second.past is None


def test_hits_of_other_watches_are_not_taken_for_those_of_this_one(shelf: Shelf) -> None:
    shelf.bring(item(TRUCE))
    assert shelf.held(watches=["other"])[0].past is None
    assert shelf.held(watches=["other", "ceasefire"])[0].past is not None


def test_content_and_categories_are_read_as_they_were_stored(shelf: Shelf) -> None:
    shelf.bring(replace(item(RAIN), content="A truce at last.", categories=("War", "Peace")))
    (held,) = shelf.held()
    assert held.stored.item.content == "A truce at last."
    found = compare([held], rule("content:truce"), rule("category:peace"))
    (hit,) = found.kept.items
    assert found.hits == found.kept
    assert hit.old is not None
    assert hit.new is not None
    assert (hit.old.words, hit.new.words) == (("truce: truce",), ("peace: Peace",))


def test_what_comes_while_it_reads_is_left_for_the_next_time(shelf: Shelf) -> None:
    shelf.bring(item(TRUCE))
    last = shelf.reader.newest_item()
    reading = shelf.reader.items_since(T0, last, (), 1)
    assert next(reading).stored.item.title == TRUCE
    shelf.bring(item(RAIN))
    assert list(reading) == []


# --- comparing -------------------------------------------------------------------------------


def test_gained_lost_and_kept_with_the_words_of_each_side(shelf: Shelf) -> None:
    shelf.bring(item(TRUCE), item("Truce and rain", identity="b"), item(RAIN))
    found = against(shelf, "$truce", "rain")
    assert (found.gained.count, found.lost.count, found.kept.count) == (1, 1, 1)
    (gained,), (lost,) = found.gained.items, found.lost.items
    assert (gained.stored.item.title, gained.old) == (RAIN, None)
    assert gained.new is not None
    assert gained.new.words == ("rain: Rain",)
    assert (lost.stored.item.title, lost.new) == (TRUCE, None)
    assert lost.old is not None
    assert lost.old.words == ("$truce: truce",)
    assert found.total == Day(items=3, before=2, after=2, gained=1, lost=1)


def test_stored_decisions_are_a_side_too(shelf: Shelf) -> None:
    shelf.bring(item(TRUCE), item(RAIN))
    found = compare(shelf.held(), Decided(), rule("rain"))
    assert (found.gained.count, found.lost.count) == (1, 1)
    same = compare(shelf.held(), Decided(), rule("$truce"))
    assert (same.gained.count, same.lost.count, same.kept.count) == (0, 0, 1)


def test_an_index_of_all_watches_serves_as_well(shelf: Shelf) -> None:
    shelf.bring(item(TRUCE), item(RAIN))
    both = book(watch(), watch("rain", "rain"))
    index = Index(both)
    found = compare(shelf.held(), Rule(index, both.watches[0]), Rule(index, both.watches[1]))
    assert (found.gained.count, found.lost.count, found.kept.count) == (1, 1, 0)


def test_without_another_rule_nothing_is_gained_or_lost(shelf: Shelf) -> None:
    shelf.bring(item(TRUCE), item(RAIN))
    found = compare(shelf.held(), None, rule("$truce"))
    assert (found.hits.count, found.kept.count) == (1, 0)
    assert (found.gained.count, found.lost.count) == (0, 0)
    assert found.total == Day(items=2, after=1)


def test_a_day_begins_at_local_midnight(shelf: Shelf) -> None:
    late = datetime(2025, 6, 3, 21, 30, tzinfo=UTC)
    shelf.bring(item(TRUCE), item("Truce by night", published=late))
    assert list(against(shelf, "rain", "$truce").by_day) == [date(2025, 6, 3)]
    local = against(shelf, "rain", "$truce", zone="Europe/Istanbul").by_day
    assert list(local.items()) == [
        (date(2025, 6, 3), Day(items=1, after=1, gained=1)),
        (date(2025, 6, 4), Day(items=1, after=1, gained=1)),
    ]


def test_feeds_that_a_rule_does_not_listen_to_are_no_hits_of_it(shelf: Shelf) -> None:
    shelf.bring(item(TRUCE, feed="bbc"), item("Truce again", feed="dw"), item("Truce", feed="ap"))
    found = compare(shelf.held(), rule("$truce", feeds=("bbc",)), rule("$truce", feeds=("dw",)))
    assert [one.stored.item.feed for one in found.gained.items] == ["dw"]
    assert [one.stored.item.feed for one in found.lost.items] == ["bbc"]
    assert (found.left_out, found.total.items) == (1, 2)


def test_a_sample_is_bounded_alike_at_every_run_and_in_order(shelf: Shelf) -> None:
    many = [
        item(f"Truce {n}", identity=f"{n * 7919 % 1000:04}", published=after(n)) for n in range(60)
    ]
    shelf.bring(*many)
    held = shelf.held(page_items=50)
    found = compare(held, None, rule("$truce"), sample=5)
    backwards = compare(reversed(held), None, rule("$truce"), sample=5)
    assert found.hits == backwards.hits
    assert (found.hits.count, len(found.hits.items)) == (60, 5)
    times = [one.stored.item.published_at for one in found.hits.items]
    assert times == sorted(times)
    assert times[-1] - times[0] > timedelta(minutes=5)  # not the first five, nor the last
    assert compare(held, None, rule("$truce"), sample=0).hits.items == ()


class Listening(NoLexicon):
    """Counts how often it is asked for lemmas of words of items."""

    def __init__(self) -> None:
        self.asked: list[set[str]] = []

    def lemmas(self, language: str, words: object) -> dict[str, str]:
        assert isinstance(words, (set, list, frozenset))
        self.asked.append(set(words))
        return {}


def test_words_are_learned_together_before_items_are_read(shelf: Shelf) -> None:
    shelf.bring(*(item(f"Truce of day {n}", identity=str(n)) for n in range(12)))
    lexicon = Listening()
    one = watch()
    side = Rule(Index(book(one), lexicon), one)
    compare(shelf.held(page_items=5), None, side)
    first = next(asked for asked in lexicon.asked if "day" in asked)
    assert {"truce", "day"} <= first


def test_more_items_than_are_learned_at_once_are_all_read() -> None:
    held = [HeldItem(replace(_stored(), id=n), None) for n in range(2 * BATCH + 1)]
    found = compare(held, None, rule("$truce"))
    assert found.total.items == 2 * BATCH + 1
    assert found.hits.count == 2 * BATCH + 1


def _stored() -> StoredItem:
    return StoredItem(1, item(TRUCE))


def test_proof_is_of_the_wording_that_was_read() -> None:
    found = rule("truce").proof(HeldItem(_stored(), None))
    assert found is not None
    assert found.document == Document(TRUCE, language="en", feed="bbc", publisher="bbc", tier=2)
