"""Commands that only look: each tells what a person wants to know, with and without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.app.clock import SystemClock
from monitor.cli.asking import open_desk
from monitor.core.model import Reason
from monitor.ports import Failure, Poll
from tests.cli.place import Place

NEWS = "The bridge over the strait opens at dawn"
COPY = "The bridge over the strait opens at dawn!"


@pytest.fixture
def told(place: Place) -> Place:
    """One development told, one copy held back, one item that no watch takes."""
    place.publish(NEWS, "Rain in the hills")
    place.publish("Bridge over the strait opens at dawn, the")
    return place


# --- status ----------------------------------------------------------------------------------


def test_status_before_the_first_start_says_what_is_configured(place: Place) -> None:
    done = place.cli("status")
    assert done.code == 0
    assert "not running: parley run starts it" in done.out
    assert "bridge: A bridge over the strait; baseline of 2025-06-02" in done.out
    assert "2 facts" in done.out
    assert "2 feeds configured, none looked at yet" in done.out


def test_status_counts_what_was_read_told_and_held_back(told: Place) -> None:
    store = told.cli("status", "--json").data["store"]
    assert (store["items"], store["hits"], store["developments"]) == (3, 2, 1)
    assert sum(store["held_back"].values()) == 1
    assert store["outbox"] == {"console": {"pending": 1}}
    assert store["outbox_waiting"] == 1
    (code,) = store["held_back"]
    text = told.cli("status").out
    assert f"1 {Reason(code).text} ({code})" in text
    assert "console: 1 pending" in text
    assert "none measured yet" in text


def test_status_gives_the_measured_delays(told: Place) -> None:
    settings, clock = told.settings, SystemClock()
    with open_desk(settings, clock, told.database) as desk:
        unit: Any
        with desk.path._store.unit() as unit:
            (claimed,) = unit.claim_deliveries(clock.now(), 1, {"console": 60.0})
            unit.settle_delivery(claimed.id, "sent", clock.now())
    delays = told.cli("status", "--json").data["store"]["delays"]
    assert delays["in_all"]["n"] == 1
    assert 0 <= delays["in_all"]["median_s"] < 60
    assert "published to accepted: median " in told.cli("status").out


def test_status_sees_a_lock_that_its_holder_left_behind(place: Place) -> None:
    place.database.parent.mkdir()
    (place.database.parent / "parley.lock").write_text("pid 1 since 2025-06-02 10:00:00 UTC\n")
    assert place.cli("status", "--json").data["daemon"]["running"] is False


# --- alerts ----------------------------------------------------------------------------------


def test_alerts_lists_the_newest_first_and_shows_one_by_the_beginning_of_its_id(
    told: Place,
) -> None:
    (alert,) = told.cli("alerts", "--json").data
    assert alert["subject"] == "Works: planned -> begun - reported by First Gazette [bridge]"
    assert alert["deliveries"] == {"pending": 1}
    assert alert["id"] in told.cli("alerts").out
    shown = told.cli("alerts", alert["id"][:4], "--json").data
    assert [row["channel"] for row in shown["deliveries"]] == ["console"]
    assert [row["headline"] for row in shown["developments"]] == [alert["subject"]]
    text = told.cli("alerts", alert["id"]).out
    assert "the state of affairs has changed" in text
    assert "#1 console (console) pending" in text


def test_an_alert_that_is_not_there_is_refused(told: Place) -> None:
    done = told.cli("alerts", "zzz")
    assert (done.code, done.out) == (1, "")
    assert "there is no alert zzz" in done.err


# --- feeds, outbox, quarantine ---------------------------------------------------------------


def test_feeds_says_how_each_does(told: Place) -> None:
    first, second = told.cli("feeds", "--json").data
    assert first["state"] == "read"
    assert first["store"]["items"] == 3
    assert second["state"] == "not looked at yet"
    assert "+03" in told.cli("feeds").out  # local times


def test_one_feed_is_shown_with_the_reason_for_its_next_look(told: Place) -> None:
    done = told.cli("feeds", "first")
    assert done.code == 0
    assert "every 1 min: pace fast, less up to a tenth" in done.out
    assert told.cli("feeds", "third").code == 2
    assert "several feeds" not in done.err


def test_feeds_keep_the_secrets_of_an_address_to_themselves(place: Place) -> None:
    place.edit(
        "feeds.yaml", '"http://127.0.0.1:9/first.xml"',
        '"https://user:hunter2@127.0.0.1:9/first.xml?token=s3cr3t&edition=world",'
        ' headers: {X-Key: planted-key}',
    )  # fmt: skip
    place.publish("A bridge over the strait")  # now the store holds the address too
    clock, settings = SystemClock(), place.settings
    failed = Failure("dns", "no answer to https://user:hunter2@127.0.0.1:9/ with planted-key")
    with open_desk(settings, clock, place.database) as desk:
        desk.path.ingest(Poll(settings.rules.feeds[0], clock.now(), failed), clock.now())
    for args in (("feeds",), ("feeds", "First"), ("feeds", "--json"), ("feeds", "First", "--json")):
        shown = place.cli(*args)
        assert shown.code == 0
        assert "First Gazette" in shown.out
        for secret in ("hunter2", "s3cr3t", "planted-key"):
            assert secret not in shown.out + shown.err, args
    said = place.cli("feeds", "First", "--json").data
    assert said["url"] == "https://***@127.0.0.1:9/first.xml?token=***&edition=world"
    assert said["store"]["url"] == said["url"]
    assert said["store"]["error"] == "no answer to https://***@127.0.0.1:9/ with ***"
    assert said["headers"] == ["X-Key"]


def test_feeds_before_the_first_start_are_those_of_the_file(place: Place) -> None:
    assert [feed["name"] for feed in place.cli("feeds", "--json").data] == [
        "First Gazette", "Second Gazette",
    ]  # fmt: skip


def test_outbox_shows_what_a_delivery_says_and_its_bytes_as_they_are_sent(told: Place) -> None:
    (row,) = told.cli("outbox", "list", "--json").data
    assert row["status"] == "pending"
    assert told.cli("outbox", "list", "--status", "dead").out == "No delivery is dead.\n"
    raw = told.cli("outbox", "show", row["id"], "--raw").out
    assert NEWS in raw
    shown = told.cli("outbox", "show", row["id"]).out
    assert raw in shown
    assert row["key"] in shown
    assert told.cli("outbox", "show", "99").code == 1


def test_quarantine_lists_what_could_not_be_judged(told: Place) -> None:
    assert told.cli("quarantine").out == "Nothing is set aside.\n"
    settings, clock = told.settings, SystemClock()
    with open_desk(settings, clock, told.database) as desk:
        unit: Any
        with desk.path._store.unit() as unit:
            reader: Any = desk.path._store.reader()
            unit.quarantine(
                reader.find_item("1"), "ValueError: planted", datetime.now(UTC), quiet=False
            )
            reader.close()
    (row,) = told.cli("quarantine", "list", "--json").data
    assert (row["item_id"], row["error"]) == (1, "ValueError: planted")
    assert "planted" in told.cli("quarantine").out
    done = told.cli("quarantine", "retry")
    assert done.out == "1 judged again: 0 developments, 0 set aside anew\n"
    assert told.cli("quarantine", "--json").data == []


# --- every command ---------------------------------------------------------------------------

READING = [
    ("status",), ("alerts",), ("explain", "1"), ("try", "A bridge over the strait"), ("check",),
    ("config", "diff"), ("baseline", "show"), ("baseline", "show", "--events"),
    ("baseline", "as-of", "2030-01-01"), ("feeds",), ("feeds", "First"), ("outbox", "list"),
    ("outbox", "show", "1"), ("quarantine",), ("quarantine", "list"), ("send-test",), ("backup",),
    ("outbox", "retry", "1"), ("outbox", "drop", "1"), ("quarantine", "retry"),
    ("baseline", "set", "x", "--watch", "bridge", "--text", "X"), ("baseline", "retract", "old-ferry"),
    ("baseline", "undo", "1"), ("init", "new"),
]  # fmt: skip


@pytest.mark.parametrize("args", READING, ids=" ".join)
def test_every_command_prints_json_for_programs(told: Place, args: tuple[str, ...]) -> None:
    done = told.cli(*args, "--json")
    assert done.code == 0, done.err
    assert isinstance(done.data, dict | list)


@pytest.mark.parametrize("args", READING[:13], ids=" ".join)
def test_a_configuration_that_is_refused_ends_every_command_with_2(
    place: Place, args: tuple[str, ...]
) -> None:
    place.edit("watches/bridge.yaml", "AND NOT toy", "AND NOT")
    if args == ("config", "diff"):  # compares files, and needs no right ones
        assert place.cli(*args).code == 0
        return
    done = place.cli(*args)
    assert (done.code, done.out) == (2, "")
    assert "watches/bridge.yaml:2:" in done.err
