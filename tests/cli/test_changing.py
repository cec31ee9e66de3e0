"""Commands that change something: here where nobody holds the folder, else through the daemon."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest

from monitor.cli import asking
from monitor.store import FolderLock
from tests.cli.place import Place


@pytest.fixture
def waiting(place: Place) -> Place:
    place.publish(
        "The bridge over the strait opens",
        "Protesters delay bridge, strait ferries overflow with commuters",
    )
    return place


# --- the baseline ----------------------------------------------------------------------------


def test_a_fact_is_set_shown_retracted_and_brought_back(place: Place) -> None:
    done = place.cli(
        "baseline", "set", "third", "--watch", "bridge", "--text", "A third bridge is begun",
        "--tracker", "works", "--state", "begun", "--date", "2025-07", "--source", "the ministry",
    )  # fmt: skip
    assert done.code == 0
    assert "is: A third bridge is begun" in done.out
    facts = {row["id"]: row for row in place.cli("baseline", "show", "--json").data}
    assert set(facts) == {"two-bridges", "old-ferry", "third"}
    assert facts["third"]["actor"] == "user:ada"
    assert (facts["third"]["state"], facts["third"]["date"]) == ("begun", "2025-07")
    retracted = place.cli("baseline", "retract", "third", "--json").data
    assert "third" not in place.cli("baseline", "show").out
    assert "third" in place.cli("baseline", "show", "--all").out
    place.cli("baseline", "undo", retracted["seq"])
    assert "third" in place.cli("baseline", "show").out
    events = place.cli("baseline", "show", "--events", "--json").data
    assert [event["op"] for event in events] == ["seed", "seed", "set", "retract", "undo"]
    assert f"undoes entry {retracted['seq']}" in place.cli("baseline", "show", "--events").out


def test_as_of_shows_what_was_known_then(place: Place) -> None:
    place.publish("Rain")
    before = datetime.now(UTC).isoformat()
    place.cli("baseline", "set", "two-bridges", "--text", "Three bridges are planned")
    then = {row["id"]: row["text"] for row in place.cli("baseline", "as-of", before, "--json").data}
    assert then["two-bridges"] == "Two bridges over the strait are planned"
    assert "Three bridges" in place.cli("baseline", "as-of", "2100-01-01").out
    assert place.cli("baseline", "as-of", "2001-01-01").out == "Nothing is known.\n"
    assert place.cli("baseline", "as-of", "yesterday").code == 2


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("set", "x"), 2, "say what to set"),
        (("set", "x", "--text", "X", "--from-file"), 2, "--from-file takes the whole line"),
        (("set", "x", "--text", "X"), 1, "needs a watch"),
        (("set", "x", "--text", "X", "--watch", "brigde"), 1, "did you mean bridge?"),
        (("set", "x", "--watch", "bridge"), 1, "needs a text"),
        (("set", "old-ferry", "--date", "2025-13"), 2, "write 2025-06-02"),
        (("set", "two-bridges", "--state", "begnu"), 1, "it has: planned, halted, begun"),
        (("retract", "nothing"), 1, "there is no fact nothing"),
        (("undo", "999"), 1, "the ledger has no entry 999"),
        (("undo", "99999999999999999999999"), 2, "not in the range"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_what_would_work(
    place: Place, args: tuple[str, ...], code: int, said: str
) -> None:
    done = place.cli("baseline", *args)
    assert done.code == code
    assert said in done.err
    assert done.out == ""


def test_text_from_the_keyboard_is_cleaned_before_it_is_stored(place: Place) -> None:
    done = place.cli(
        "baseline", "set", "odd", "--watch", "bridge", "--text", "A \udcff\x1b[1m bridge\nand"
    )
    assert done.code == 0
    fact = next(f for f in place.cli("baseline", "show", "--json").data if f["id"] == "odd")
    assert fact["text"].isprintable()


# --- the outbox ------------------------------------------------------------------------------


def test_a_delivery_is_dropped_and_sent_again(waiting: Place) -> None:
    assert waiting.cli("outbox", "drop", "1").out == "1 delivery dropped: #1 (pending)\n"
    assert waiting.cli("outbox", "show", "1", "--json").data["status"] == "dropped"
    assert waiting.cli("outbox", "retry", "1").out == "1 delivery sent again: #1 (dropped)\n"
    assert waiting.cli("outbox", "show", "1", "--json").data["status"] == "pending"
    assert waiting.cli("outbox", "retry", "--all-dead").out == "Nothing to be sent again.\n"
    assert waiting.cli("outbox", "retry").code == 2
    assert waiting.cli("outbox", "drop", "77").code == 1


def test_all_that_was_given_up_is_sent_again_at_once(waiting: Place) -> None:
    settings = waiting.settings
    clock = asking.SystemClock()
    with (
        asking.open_desk(settings, clock, waiting.database) as desk,
        desk.path._store.unit() as unit,
    ):
        # both are of one thread: the second is sent once the first is settled
        while claimed := unit.claim_deliveries(clock.now(), 9, {"console": 60.0}):
            for each in claimed:
                unit.settle_delivery(each.id, "dead", clock.now(), error_code="x", error="planted")
    listed = waiting.cli("outbox", "list", "--status", "dead")
    assert "planted" in listed.out
    assert waiting.cli("outbox", "retry", "--all-dead", "--json").data["retried"] == 2
    assert waiting.cli("outbox", "list", "--status", "dead", "--json").data == []


def test_what_waits_for_a_channel_that_is_configured_no_more_is_said_and_given_up(
    place: Place,
) -> None:
    console, hook = (
        "  console: {kind: console}\n",
        "  hook: {kind: webhook, url: 'https://x.example.org/', secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz}\n",
    )
    place.edit("parley.yaml", console, console + hook)
    place.publish("The bridge over the strait opens", "A second bridge over the strait is planned")
    listed = place.cli("outbox", "list", "--channel", "hook", "--json").data
    assert {row["channel"] for row in listed} == {"hook"}
    waiting = len(listed)
    assert waiting >= 1
    assert place.cli("status", "--json").data["store"]["waiting_for_no_channel"] == {}
    place.edit("parley.yaml", hook, "")
    store = place.cli("status", "--json").data["store"]
    assert store["waiting_for_no_channel"] == {"hook": waiting}
    assert f"hook: {waiting} wait although the channel is not enabled" in place.cli("status").out
    dropped = place.cli("outbox", "drop", "--channel", "hook", "--json").data
    assert dropped["dropped"] == waiting
    assert place.cli("status", "--json").data["store"]["waiting_for_no_channel"] == {}
    assert place.cli("outbox", "drop", "--channel", "hook").out == "Nothing to be dropped.\n"
    assert place.cli("outbox", "list", "--channel", "hok").out == "No delivery of hok is there.\n"
    assert place.cli("outbox", "drop").code == 2
    assert place.cli("outbox", "drop", "1", "--channel", "hook").code == 2


# --- through the one who holds the folder ----------------------------------------------------


def test_a_running_daemon_does_what_is_asked_and_answers(place: Place) -> None:
    with place.daemon() as process:
        status = place.cli("status", "--json").data["daemon"]
        assert status["running"] is True
        assert status["well"] is True
        assert status["holder"].startswith(f"pid {process.pid} since ")
        done = place.cli(
            "baseline", "set", "third", "--watch", "bridge", "--text", "A third bridge is planned"
        )
        assert done.code == 0, done.err
        assert "third" in place.cli("baseline", "show").out
        refused = place.cli("baseline", "retract", "fourth")
        assert refused.code == 1
        assert "there is no fact fourth" in refused.err
        held = place.cli("once")
        assert held.code == 1
        assert f"is in use by pid {process.pid} since" in held.err
    assert place.cli("healthcheck").code == 1
    assert place.cli("status", "--json").data["daemon"]["running"] is False


def test_a_daemon_that_does_not_answer_is_said_and_the_command_waits(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.publish("Rain")
    monkeypatch.setattr(asking, "WAIT_S", 0.5)
    lock = FolderLock(place.database.parent)
    lock.acquire(datetime.now(UTC))
    done = place.cli("baseline", "retract", "old-ferry")
    lock.release()
    assert done.code == 1
    assert "has not answered within 0.5 s" in done.err
    assert "1 command wait for a daemon" in place.cli("status").out.replace("  ", " ")


def test_where_the_holder_lets_go_meanwhile_the_command_is_done_here(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.publish("Rain")
    monkeypatch.setattr(asking, "LOCK_S", 0.05)
    lock = FolderLock(place.database.parent)
    lock.acquire(datetime.now(UTC))
    release = threading.Timer(0.4, lock.release)
    release.start()
    began = time.monotonic()
    done = place.cli("baseline", "retract", "old-ferry")
    release.join()
    assert done.code == 0, done.err
    assert time.monotonic() - began < asking.WAIT_S
    assert "old-ferry" not in place.cli("baseline", "show").out


def test_a_name_is_found_for_the_ledger_where_the_system_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody() -> str:
        raise OSError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert asking.who() == "unknown"
