"""What an edit changes, and what holding it against stored items may cost at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.app import edits
from monitor.app.edits import edit_between, weighed
from monitor.core.model import StoredItem
from monitor.core.rules import Concept, RuleBook, WatchTest
from monitor.store.history import HeldItem, SqliteHistory
from tests.builders import T0, book, in_force, item, watch


class Shelf(SqliteHistory):
    """Items that came one a minute before `T0`, newest last; counts what is read of them."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.read = 0
        self._items = [
            StoredItem(number, item(title, published=T0 - timedelta(minutes=len(titles) - number)))
            for number, title in enumerate(titles, start=1)
        ]

    def newest_item(self) -> int:
        return len(self._items)

    def count_since(self, since: datetime, last: int) -> int:
        return sum(one.item.published_at >= since for one in self._items[:last])

    def items_since(
        self, since: datetime, last: int, watches: Sequence[str], page_items: int = 200
    ) -> Iterator[HeldItem]:
        for one in self._items[:last]:
            if one.item.published_at >= since:
                self.read += 1
                yield HeldItem(one, None)


def hits(before: RuleBook, after: RuleBook, shelf: Shelf) -> str:
    return weighed(edit_between(before, after), (in_force(before), in_force(after)), shelf, T0)


def test_an_edit_names_what_was_added_changed_and_taken_away() -> None:
    tests = (WatchTest("Truce", "en", hit=True, line=3),)
    one, two, three = watch("one", tests=tests), watch("two"), watch("three")
    moved = replace(one, version="other", tests=(replace(tests[0], line=9),))
    assert not edit_between(book(one, two), book(moved, two)).any  # only where it stands
    new = edit_between(book(one, two), book(watch("one", "truce", tests=tests), three))
    assert new.text == "+1 watch (three), 1 changed (one), -1 watch (two): tests 1/1"
    renamed = edit_between(book(two), book(watch("deux", "truce", formerly=("two",))))
    assert renamed.text == "1 changed (deux)"
    many = edit_between(book(two), book(two, *(watch(f"w{number}") for number in range(8))))
    assert many.text == "+8 watches (w0, w1, w2, w3, w4 ...)"


def test_a_concept_that_was_edited_changes_the_watches_that_rest_on_it() -> None:
    def rules(entry: str) -> RuleBook:
        concepts = {
            "truce": Concept("truce", words={"en": (entry,)}),
            "news": Concept("news", query="$truce NEAR/3 today"),
        }
        return book(watch("direct"), watch("derived", "$news"), watch("plain", "rain"),
                    concepts=concepts)  # fmt: skip

    changed = edit_between(rules("truce"), rules("armistice")).changed
    assert [new.id for _, new in changed] == ["direct", "derived"]


def test_hits_more_and_fewer_are_counted_over_all_watches() -> None:
    shelf = Shelf(["A truce", "A pause", "Rain", "Rain again", "Wind"])
    before = book(watch("talks"), watch("wind", "wind"))
    after = book(watch("talks", "pause"), watch("rain", "rain"))
    assert hits(before, after, shelf) == "last 7 days: 3 more hits, 2 fewer"
    assert hits(before, after, Shelf([])) == "nothing came in the last 7 days to try it on"


def test_where_much_came_the_days_become_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "MOST_ITEMS", 1_500)
    shelf = Shelf(["A truce", *["Rain"] * 6_000])
    said = hits(book(watch(query="rain")), book(watch(query="rain OR truce")), shelf)
    assert said == "last day: 0 more hits, 0 fewer"
    assert 1_000 < shelf.read <= 1_500


def test_it_ends_when_its_time_is_over_or_somebody_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, after = book(watch(query="rain")), book(watch(query="truce"))
    rules = (in_force(before), in_force(after))
    edit = edit_between(before, after)
    shelf = Shelf(["Truce"] * 500)
    said = weighed(edit, rules, shelf, T0, stop=lambda: shelf.read > 100)
    assert said == "last 7 days: 100 more hits, 0 fewer (not all items: it took too long)"
    monkeypatch.setattr(edits, "MOST_S", 0.0)
    assert weighed(edit, rules, shelf, T0).startswith("last 7 days: 0 more hits")


def test_only_so_many_watches_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "MOST_WATCHES", 2)
    new = [watch(f"w{number}", "rain") for number in range(5)]
    said = hits(book(watch()), book(watch(), *new), Shelf(["Rain"]))
    assert said == "last 7 days: 2 more hits, 0 fewer (of the first 2 watches)"
