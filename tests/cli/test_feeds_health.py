"""`feeds`, `feeds show`, `status`: how feeds do; `feeds refresh`: a look now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.app.clock import SystemClock
from monitor.cli.asking import open_desk
from monitor.core.feed_signs import NO_SIGNS, failed, signs_written
from monitor.ports import FeedCheck
from tests.cli.place import Place


@pytest.fixture
def ill(place: Place) -> Place:
    """The first feed has failed for two days and was told so; its server asked for no rest."""
    place.database.parent.mkdir(exist_ok=True)
    now = SystemClock().now()
    with open_desk(place.settings, SystemClock(), place.database) as desk:
        began = now - timedelta(hours=50, minutes=30)
        with desk._store.unit() as unit:
            unit.feed_checked(
                FeedCheck(
                    "First Gazette", now, now + timedelta(hours=6), "failure", 404, "http-404",
                    "the server knows no such page (404)", 9,
                    signs=signs_written(failed(NO_SIGNS, "http-404", began.timestamp())),
                )
            )  # fmt: skip
        desk.watch_feeds_now(now)
    return place


def test_health_is_a_column_with_its_reason_behind_it(ill: Place) -> None:
    heads, first, second = ill.cli("feeds").out.splitlines()
    assert heads.split()[:3] == ["feed", "health", "state"]
    assert first.startswith("First Gazette   failing  failing, 9 looks in a row: http-404")
    assert second.startswith("Second Gazette  ok       not looked at yet")
    shown = dict(
        line.split(maxsplit=1) for line in ill.cli("feeds", "show", "first").out.splitlines()
    )
    assert shown["Health"].startswith("failing since ")
    assert shown["Health"].endswith(": not read for 2.1 days: the server knows no such page (404)")
    data = ill.cli("feeds", "first", "--json").data
    assert data["health"] == "failing"
    assert data["health_why"] == "not read for 2.1 days: the server knows no such page (404)"
    assert "signs" not in data["store"]


def test_status_counts_feeds_that_are_not_well(ill: Place) -> None:
    assert "1 failing: parley feeds" in ill.cli("status").out
    assert ill.cli("status", "--json").data["store"]["feeds_health"] == {"failing": 1, "ok": 1}


def test_the_notice_waits_in_the_outbox(ill: Place) -> None:
    (alert,) = ill.cli("alerts", "--json").data
    assert (alert["kind"], alert["subject"]) == ("ops", "Parley: First Gazette fails")


def test_refresh_without_a_daemon_plans_the_look(ill: Place) -> None:
    done = ill.cli("feeds", "refresh", "first")
    assert done.code == 0
    assert (
        done.out == "First Gazette: looked at with the next start, or parley once: no daemon runs\n"
    )
    store = ill.cli("feeds", "first", "--json").data["store"]
    assert store["why"] == "asked for by hand"
    assert store["next_check_at"] <= SystemClock().now().isoformat().replace("+00:00", "Z")


def test_refresh_gives_a_host_the_rest_that_it_asked_for(ill: Place) -> None:
    now = SystemClock().now()
    with (
        open_desk(ill.settings, SystemClock(), ill.database) as desk,
        desk._store.unit() as unit,
    ):
        unit.rest_host("127.0.0.1:9", now + timedelta(hours=1), "429")
    done = ill.cli("feeds", "refresh", "--json")
    assert done.code == 1
    assert done.data["asked"] == []
    assert done.data["waiting"] == ["First Gazette", "Second Gazette"]
    said = ill.cli("feeds", "refresh", "first")
    assert said.code == 1
    assert "First Gazette waits: its server asked for a rest" in said.err


def test_refresh_of_a_feed_that_is_not_there(ill: Place) -> None:
    done = ill.cli("feeds", "refresh", "nobody")
    assert done.code == 2
    assert "there is no feed 'nobody'" in done.err
