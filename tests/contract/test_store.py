"""What holds for every implementation of the store, verb by verb."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.decide import decide, development_of
from monitor.core.identity import item_identity
from monitor.core.judge import Case, judge
from monitor.core.model import Decision, Item, Reason, StoredItem, document_of
from monitor.errors import StoreError, UnitOver
from monitor.ports import FeedCheck
from monitor.store import SqliteStore
from monitor.store.connection import moment, stamp
from monitor.store.history import SqliteHistory
from tests.builders import T0, after, feed, hit, item, placement, watch
from tests.contract.outbox import claim, draft, enqueue


def add(store: SqliteStore, *items: Item) -> list[StoredItem]:
    with store.unit() as unit:
        return list(unit.add_new(items))


def told(of: StoredItem, *, outcome: Reason = Reason.PUSH) -> Decision:
    """A decision to tell of an item that founds its story."""
    founds = placement(founds=True, founder=of.item.identity)
    ruling = judge(Case(of.item, hit(), founds, watch()))
    made = decide(
        hit(), ruling.judgement, development_of(of.item, watch(), ruling, founds, times=0), watch(),
        ["desk"], told=0, first_contact=outcome is Reason.FIRST_CONTACT,
    )  # fmt: skip
    assert made.outcome is outcome
    return made


# --- a unit ------------------------------------------------------------------------------------


def test_a_unit_holds_as_a_whole_or_not_at_all(store: SqliteStore) -> None:
    def fails() -> None:
        with store.unit() as unit:
            assert len(list(unit.add_new([item("One"), item("Two")]))) == 2
            unit.set_meta("word", "said")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert store.reader().summary()["items"] == 0
    assert store.reader().meta("word") is None
    assert len(add(store, item("One"))) == 1


def test_a_unit_that_has_ended_takes_nothing_more(store: SqliteStore) -> None:
    with store.unit() as unit:
        unit.set_meta("a", "1")
    with pytest.raises(UnitOver):
        unit.set_meta("a", "2")
    assert store.reader().meta("a") == "1"


def test_a_unit_whose_transaction_was_ended_beneath_it_fails_as_a_whole(store: SqliteStore) -> None:
    def fails() -> None:
        with store.unit() as unit:
            unit.set_meta("a", "1")
            store.database.conn.execute("ROLLBACK")
            with pytest.raises(UnitOver):
                unit.set_meta("b", "1")

    with pytest.raises(StoreError, match="ended from beneath"):
        fails()
    assert (store.reader().meta("a"), store.reader().meta("b")) == (None, None)
    with store.unit() as unit:
        unit.set_meta("c", "1")
    assert store.reader().meta("c") == "1"


# --- times -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at",
    [
        T0, datetime(99, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2025, 6, 3, 12, 0, tzinfo=UTC).replace(microsecond=1),
    ],
)  # fmt: skip
def test_times_come_back_as_they_went_in_and_sort_as_text(at: datetime) -> None:
    assert moment(stamp(at)) == at
    assert (stamp(at) < stamp(T0)) is (at < T0)
    assert len(stamp(at)) == 27


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        stamp(datetime(2025, 6, 3))  # noqa: DTZ001 - that is the point


# --- items -------------------------------------------------------------------------------------


def test_an_item_comes_back_as_it_went_in(store: SqliteStore) -> None:
    given = replace(
        item("Перемир'я 😀", "a\nb", link="https://www.example.org/a/?utm_source=x"),
        categories=("war", "peace"), author="Ann", content="Весь\nтекст 😀",
        identity=item_identity("bbc", "the-feed's-guid", "", "", ""), speaks_for="ukraine", tier=1,
    )  # fmt: skip
    with store.unit() as unit:
        unit.sync_feeds([feed("bbc")], T0)
    (one,) = add(store, given)
    reader = store.reader()
    for reference in (str(one.id), "the-feed's-guid", "http://example.org/a"):
        assert reader.find_item(reference) == one
    assert reader.find_item("nothing") is None
    assert reader.find_item("9" * 40) is None
    assert one.item == given


def test_only_what_is_new_or_materially_changed_is_given(store: SqliteStore) -> None:
    first = item("Truce agreed", "x", identity="a")
    assert [s.version for s in add(store, first)] == [1]
    assert add(store, first) == []
    assert add(store, replace(first, title="TRUCE agreed!")) == []  # cosmetic
    first = replace(first, summary="The goverment says so")
    assert [s.version for s in add(store, first)] == [2]
    first = replace(first, summary="The government says so")
    assert add(store, first) == []  # kept as a version, not judged
    seen = after(hours=3)
    (edit,) = add(
        store, replace(first, title="Truce not agreed", link="https://a.b/2", seen_at=seen)
    )
    assert (edit.version, edit.edit, edit.item.title) == (4, True, "Truce not agreed")
    assert (edit.item.link, edit.item.published_at) == ("https://a.b/2", seen)  # news of then
    assert [s.version for s in add(store, first)] == [5]  # an edit taken back is one more
    off = replace(first, title="Truce not agreed")
    assert [s.version for s in add(store, off)] == [6]
    assert add(store, first, off, first) == []  # two wordings taking turns
    assert store.reader().summary()["items"] == 1


def test_only_title_and_summary_make_an_edit(store: SqliteStore) -> None:
    first = replace(item("Truce agreed", "x", identity="a"), content="all of it", author="Ann")
    (one,) = add(store, first)
    for change in (
        {"content": "another text altogether"}, {"content": ""}, {"author": "Bob"},
        {"categories": ("war",)}, {"content": "more", "author": "", "categories": ("peace",)},
    ):  # fmt: skip
        assert add(store, replace(first, **change)) == []
    assert store.reader().find_item(str(one.id)) == one  # as it was judged


def test_each_version_of_an_item_keeps_what_it_was_judged_by(store: SqliteStore) -> None:
    first = replace(
        item("Truce agreed", "x", identity="a"), content="one", author="Ann", categories=("war",)
    )
    (one,) = add(store, first)
    (edit,) = add(
        store,
        replace(first, title="Truce off", content="two", author="Bob", categories=("peace",)),
    )
    found = store.reader().find_item(str(one.id))
    assert found is not None
    assert (found.version, found.item.content, found.item.author, found.item.categories) == (
        2,
        "two",
        "Bob",
        ("peace",),
    )
    history = SqliteHistory(store.database, shared=True)
    assert history.document(one.id, 1) == document_of(one.item)
    assert history.document(one.id, 2) == document_of(edit.item)
    assert history.document(one.id, 3) is None
    with store.unit() as unit:
        unit.quarantine(one, "KeyError: x", T0, quiet=False)
        unit.quarantine(edit, "KeyError: x", T0, quiet=False)
        released = unit.release_quarantined([], after(1))
    assert [stored for stored, _ in released] == [one, edit]


def test_the_same_words_under_another_guid_are_the_same_item_for_a_day(store: SqliteStore) -> None:
    add(store, item("Truce agreed", identity="a"))
    same = item("Truce agreed!", identity="b", published=after(hours=23))
    served = item("Truce agreed", identity="c", published=after(hours=46))
    later = item("Truce agreed", identity="d", published=after(hours=71))
    elsewhere = item("Truce agreed", identity="e", feed="dw")
    assert add(store, same, served) == []  # a day after it was last served
    assert [s.item.identity for s in add(store, later, elsewhere)] == ["d", "e"]


# --- feeds -------------------------------------------------------------------------------------


def check(
    name: str = "bbc", *, at: datetime = T0, wait_s: float = 60.0, **more: object
) -> FeedCheck:
    return FeedCheck(name, at, at + timedelta(seconds=wait_s), "body", **more)  # type: ignore[arg-type]


def test_feeds_follow_the_configuration_and_keep_their_schedule(store: SqliteStore) -> None:
    with store.unit() as unit:
        unit.sync_feeds([feed("bbc"), feed("dw")], T0)
        unit.feed_checked(check(etag='"1"', last_modified="Mon", body_hash="h", status=200))
    reader = store.reader()
    with store.unit() as unit:
        unit.sync_feeds([feed("bbc"), feed("ard")], after(1))
    assert [row.name for row in reader.feeds()] == ["ard", "bbc"]
    (due,) = [d for d in reader.due_feeds(after(2), 9) if d.name == "bbc"]
    assert (due.etag, due.last_modified, due.body_hash, due.first_contact) == (
        '"1"',
        "Mon",
        "h",
        False,
    )
    assert [d.name for d in reader.due_feeds(T0 + timedelta(seconds=59), 9)] == []
    with store.unit() as unit:  # another address: what vouched for the old one is void
        unit.sync_feeds([feed("bbc", url="https://elsewhere.example.org/")], after(1))
    (moved,) = reader.due_feeds(after(1), 9)
    assert (moved.etag, moved.last_modified, moved.body_hash) == ("", "", "")


def test_a_look_that_failed_keeps_the_validators_and_is_no_contact(store: SqliteStore) -> None:
    failed = replace(
        check(), outcome="failure", failures=1, error_code="timeout", error="no answer in 30 s"
    )
    with store.unit() as unit:
        unit.sync_feeds([feed()], T0)
        unit.feed_checked(failed)
    (row,) = store.reader().feeds()
    assert (row.failures, row.error_code, row.first_contact_at, row.checks) == (
        1,
        "timeout",
        None,
        1,
    )
    with store.unit() as unit:
        unit.feed_checked(check(etag='"1"', body_hash="h", last_modified=""))
        unit.feed_checked(failed)
    (due,) = store.reader().due_feeds(after(2), 9)
    assert (due.etag, due.failures, due.first_contact) == ('"1"', 1, False)


def test_the_longest_waiting_feeds_come_first(store: SqliteStore) -> None:
    names = ["c", "a", "b"]
    with store.unit() as unit:
        unit.sync_feeds([feed(name) for name in names], T0)
        for number, name in enumerate(names):
            unit.feed_checked(check(name, wait_s=number))
    assert [d.name for d in store.reader().due_feeds(after(1), 2)] == ["c", "a"]
    assert store.reader().next_moment() == T0


def test_a_schedule_far_ahead_is_pulled_back(store: SqliteStore) -> None:
    enqueue(store, draft("k"))
    with store.unit() as unit:
        unit.sync_feeds([feed("far"), feed("near")], T0)
        unit.feed_checked(check("far", wait_s=1e6))
        unit.feed_checked(check("near"))
        assert unit.clamp_schedule(T0, 3600.0) == 1
    rows = {row.name: row.next_check_at for row in store.reader().feeds()}
    assert rows == {"far": after(60), "near": after(1)}


def test_after_a_clock_was_set_back_feeds_and_deliveries_wait_no_longer_than_they_would(
    store: SqliteStore,
) -> None:
    ahead = after(hours=5)
    with store.unit() as unit:
        unit.sync_feeds([feed()], ahead)
        unit.feed_checked(check(at=ahead))
        unit.add_alert("alert", "alert", "Subject", "t", [], None, ahead)
        unit.enqueue([replace(draft("k"), next_attempt_at=ahead)], ahead)
        assert unit.clamp_schedule(T0, 24 * 3600.0) == 2
    assert store.reader().feeds()[0].next_check_at == after(1)
    assert claim(store, T0) == ["k"]


# --- stories and decisions -----------------------------------------------------------------------


def test_open_stories_come_back_with_their_items_in_order_and_as_they_were_worded(
    store: SqliteStore,
) -> None:
    full = replace(item("One", identity="a"), content="The whole text", author="Ann")
    one, two = add(store, full, item("Two", identity="b", publisher="x"))
    with store.unit() as unit:
        unit.place(one, placement("s1", founds=True, founder="a"))
        unit.record(one, told(one), "r", T0)
        unit.place(two, placement("s1", founder="a"))
        unit.record(two, replace(told(two), watch="pow"), "r", T0)
        (edit,) = unit.add_new([item("Another matter", identity="a")])
        unit.place(edit, placement("s2", founds=True, founder="edit"))
    stories = {s.name: s for s in store.reader().open_stories(T0)}
    assert stories["s1"].founder_identity == "a"
    assert [(p.stored.item.title, p.outcomes, p.turned) for p in stories["s1"].items] == [
        ("One", {"ceasefire": Reason.PUSH}, True),
        ("Two", {"pow": Reason.PUSH}, False),
    ]
    assert stories["s1"].items[0].stored.item == replace(full, content="")  # too long to remember
    (edited,) = stories["s2"].items
    assert (edited.stored.item.title, edited.stored.version) == ("Another matter", 2)
    assert store.reader().story_of(two.id) == ("s1", 2, 2)
    assert store.reader().story_of(one.id) == ("s2", 1, 1)
    assert store.reader().open_stories(after(1)) == ()


def test_a_decision_is_stored_once_with_its_evidence(store: SqliteStore) -> None:
    (one,) = add(store, item())
    made = told(one)
    assert made.development is not None
    with store.unit() as unit:
        assert unit.messages_of(made.development.key) == 0
        unit.record(one, made, "rules-1", T0)
        unit.record(one, replace(made, outcome=Reason.FOLDED), "rules-2", T0)
    (row,) = store.reader().decisions(one.id)
    assert (row.reason, row.outcome, row.rules) == (Reason.FOUNDS_STORY, Reason.PUSH, "rules-1")
    assert row.spans == (("title", 22, 27, "$truce"),)
    with store.unit() as unit:
        assert unit.messages_of(made.development.key) >= 1


def test_what_was_learned_quietly_counts_no_message(store: SqliteStore) -> None:
    (one,) = add(store, item())
    made = told(one, outcome=Reason.FIRST_CONTACT)
    assert made.development is not None
    with store.unit() as unit:
        unit.record(one, made, "r", T0)
        assert unit.messages_of(made.development.key) == 0


def test_quarantine_keeps_the_error_until_the_item_is_released(store: SqliteStore) -> None:
    one, two = add(store, item("One"), item("Two"))
    with store.unit() as unit:
        unit.quarantine(one, "KeyError: x", T0, quiet=False)
        unit.quarantine(two, "ValueError: y", T0, quiet=True)
        unit.quarantine(one, "KeyError: z", after(1), quiet=False)
    rows = store.reader().quarantined()
    assert [row["error"] for row in rows] == ["KeyError: z", "ValueError: y"]
    with store.unit() as unit:
        assert unit.release_quarantined([int(str(rows[1]["id"]))], after(2)) == ((two, True),)
    assert len(store.reader().quarantined()) == 1
    with store.unit() as unit:
        assert unit.release_quarantined([], after(3)) == ((one, False),)
        assert unit.release_quarantined([], after(3)) == ()
