"""What holds for every implementation of the store of feeds, hosts and their schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.ports import DueFeed, FeedCheck, FeedRow
from monitor.store import SqliteStore
from tests.builders import T0, after, feed


def checked(at: datetime = T0, name: str = "bbc", **more: object) -> FeedCheck:
    return FeedCheck(name, at, at + timedelta(minutes=1), "body", **more)  # type: ignore[arg-type]


def begin(store: SqliteStore, *checks: FeedCheck) -> None:
    with store.unit() as unit:
        unit.sync_feeds([feed("bbc"), feed("dw")], T0)
        for check in checks:
            unit.feed_checked(check)


def due(store: SqliteStore, name: str = "bbc") -> DueFeed:
    (found,) = [d for d in store.reader().due_feeds(after(days=9), 99) if d.name == name]
    return found


def row(store: SqliteStore, name: str = "bbc") -> FeedRow:
    (found,) = [r for r in store.reader().feeds() if r.name == name]
    return found


def test_a_new_feed_knows_nothing(store: SqliteStore) -> None:
    begin(store)
    assert due(store) == DueFeed("bbc", "", "", "", 0, first_contact=True)
    shown = row(store)
    assert (shown.why, shown.gaps, shown.health, shown.paused) == ("", 0, "ok", "")
    assert (shown.last_new_at, shown.gap_at, shown.paused_at, shown.health_since) == (None,) * 4
    assert shown.host == "bbc.example.org"


def test_what_a_look_leaves_behind_comes_back(store: SqliteStore) -> None:
    full = checked(
        status=200, etag='"1"', body_hash="h", pieces=b"12345678", why="every 4 min",
        hints='{"ttl_s":60}', rhythm='{"s":1}', moved_to="https://new.example.org/", moved_times=2,
        known_items=7, gap=5, whole=True, health="silent", paused="all ids changed", new_items=3,
    )  # fmt: skip
    begin(store, full)
    assert due(store) == DueFeed(
        "bbc", '"1"', "", "h", 0, first_contact=False, pieces=b"12345678",
        moved_to="https://new.example.org/", moved_times=2, paused="all ids changed",
        hints='{"ttl_s":60}', rhythm='{"s":1}', known_items=7, status=200, last_checked_at=T0,
        whole_at=T0, gap_at=T0, health="silent",
    )  # fmt: skip
    shown = row(store)
    assert (shown.why, shown.gaps, shown.gap_at, shown.last_new_at) == ("every 4 min", 1, T0, T0)
    assert (shown.health, shown.health_since, shown.paused_at) == ("silent", T0, T0)


def test_what_a_look_does_not_say_stays_as_it_was(store: SqliteStore) -> None:
    first = checked(pieces=b"12345678", hints="{}", moved_to="m", moved_times=1, known_items=7,
                    gap=5, whole=True, health="silent", paused="held", new_items=3)  # fmt: skip
    begin(store, first)
    before = due(store)
    with store.unit() as unit:
        unit.feed_checked(FeedCheck("bbc", after(1), after(2), "unchanged", status=304))
    assert due(store) == replace(before, status=304, last_checked_at=after(1))
    shown = row(store)
    assert (shown.gaps, shown.gap_at, shown.last_new_at, shown.health_since) == (1, T0, T0, T0)
    with store.unit() as unit:
        unit.feed_checked(checked(after(3), health="silent", paused="held", moved_to=""))
        unit.feed_checked(checked(after(4), health="ok", paused=""))
    shown = row(store)
    assert (shown.health, shown.health_since) == ("ok", after(4))
    assert (shown.paused, shown.paused_at, shown.moved_to) == ("", None, "")


def test_a_new_address_forgets_what_the_old_one_said(store: SqliteStore) -> None:
    said = checked(pieces=b"12345678", hints='{"ttl_s":60}', moved_to="m", moved_times=3, gone=True,
                   whole=True, paused="held", rhythm='{"s":1}', not_before=after(60))  # fmt: skip
    begin(store, said)
    with store.unit() as unit:
        unit.sync_feeds([feed("bbc", url="https://new.example.org:8443/"), feed("dw")], after(1))
    found = due(store)
    assert (found.pieces, found.hints, found.moved_to, found.moved_times) == (b"", "{}", "", 0)
    assert (found.whole_at, found.paused, found.gone) == (None, "", False)
    assert found.rhythm == '{"s":1}'  # the house publishes as it did
    assert row(store).host == "new.example.org:8443"
    assert row(store).next_check_at == after(1)


def test_feeds_of_a_host_that_rests_are_not_due_until_it_has_rested(store: SqliteStore) -> None:
    begin(store)
    with store.unit() as unit:
        unit.rest_host("bbc.example.org", after(10), "429")
        unit.rest_host("bbc.example.org", after(5), "a shorter one changes nothing")
    reader = store.reader()
    assert [d.name for d in reader.due_feeds(after(9), 9)] == ["dw"]
    assert [d.name for d in reader.due_feeds(after(10), 9)] == ["bbc", "dw"]
    rest = row(store).rest
    assert rest is not None
    assert (rest.until, rest.why) == (after(10), "429")
    assert row(store, "dw").rest is None
    with store.unit() as unit:
        unit.rest_host("bbc.example.org", after(20), "503")
    assert [d.name for d in store.reader().due_feeds(after(15), 9)] == ["dw"]


def test_looks_are_brought_forward_but_not_beyond_what_was_asked_for(store: SqliteStore) -> None:
    far = FeedCheck("bbc", T0, after(60), "unchanged", not_before=after(30))
    begin(store, far, FeedCheck("dw", T0, after(60), "unchanged"))
    with store.unit() as unit:
        assert unit.bring_forward(["bbc", "dw", "unknown"], after(1), 60.0) == 2
        assert unit.bring_forward(["bbc", "dw"], after(5), 60.0) == 0
    assert row(store).next_check_at == after(30)
    assert after(1) <= row(store, "dw").next_check_at <= after(2)
    assert row(store, "dw").why == "brought forward"


def test_a_clock_set_back_shortens_rests(store: SqliteStore) -> None:
    begin(store)
    with store.unit() as unit:
        unit.rest_host("bbc.example.org", after(days=9), "429")
        assert unit.clamp_schedule(T0, 3600.0) == 1
    rest = row(store).rest
    assert rest is not None
    assert rest.until == after(60)


def test_health_is_written_when_it_changes_and_since_then(store: SqliteStore) -> None:
    begin(store, checked(signs='{"title":"BBC"}'))
    with store.unit() as unit:
        assert [row.name for row in unit.feeds_now()] == ["bbc", "dw"]
        unit.set_health("bbc", "failing", after(5))
        unit.set_health("bbc", "failing", after(9))
    assert (row(store).health, row(store).health_since) == ("failing", after(5))
    assert (row(store).signs, due(store).signs) == ('{"title":"BBC"}', '{"title":"BBC"}')
    assert row(store, "dw").health_since is None
    with store.unit() as unit:  # nothing said of it leaves it as it was
        unit.feed_checked(checked(after(10)))
    assert (row(store).health, row(store).signs) == ("failing", '{"title":"BBC"}')
    assert store.reader().summary()["feeds_health"] == {"failing": 1, "ok": 1}


def test_a_person_is_bound_by_rests_alone(store: SqliteStore) -> None:
    later, rest = after(600), after(300)
    begin(
        store,
        FeedCheck("bbc", T0, later, "body", host="bbc.example.org", not_before=later),
        FeedCheck("dw", T0, later, "failure", host="dw.example.org", not_before=rest),
    )
    with store.unit() as unit:
        assert unit.look_now("bbc", after(1))  # max-age and ttl are advice
        assert not unit.look_now("dw", after(1))  # Retry-After is not
        assert not unit.look_now("nobody", after(1))
    assert (row(store).next_check_at, row(store).why) == (after(1), "asked for by hand")
    assert row(store, "dw").next_check_at == later
    with store.unit() as unit:
        assert unit.look_now("dw", after(301))
        unit.rest_host("bbc.example.org", rest, "bbc was answered 429")
        assert not unit.look_now("bbc", after(2))
