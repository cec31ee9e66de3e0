"""Changes of health: told once, to the channels of the machine's own news, whatever is restarted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.feed_health import DEAD_S, FAILING_S
from monitor.ingest import InForce
from monitor.ports import Body, Failure, Parsed, Poll
from monitor.store.sqlite import SqliteUnit
from tests.builders import T0, entry, feed, in_force
from tests.fakes import FakeNotifier
from tests.ingest.rig import RULES, Rig

NOT_THERE = Failure("http-404", "the server knows no such page (404)", 404)
DOWN = Failure("timeout", "no whole answer within 30 s")
HTML = Failure("not-a-feed", "HTML instead of a feed")
DAY = 86400.0


def rules(*names: str) -> InForce:
    feeds = tuple(feed(name, language="en") for name in names)
    book = replace(RULES, feeds=feeds, ops=("desk", "console"))
    return in_force(book, FakeNotifier("desk"), FakeNotifier("console"))


class Watch(Rig):
    """A rig that looks at feeds and asks how they do; `messages` are those told so far."""

    def look(self, name: str, answer: Failure | Body | None, at_s: float) -> None:
        (one,) = [feed for feed in self.rules.book.feeds if feed.name == name]
        (due,) = [
            due for due in self.store.reader().due_feeds(T0 + timedelta(days=999), 99)
            if due.name == name
        ]  # fmt: skip
        fetched = answer or Body(one.url, b"x")
        parsed = None if isinstance(fetched, Failure) else Parsed(name, (entry(f"at {at_s}"),))
        self.ingest(
            Poll(one, T0 + timedelta(seconds=at_s), fetched, parsed, due=due,
                 first_contact=due.first_contact, failures=due.failures)
        )  # fmt: skip

    def ask(self, at_s: float) -> None:
        self.desk.watch_feeds_now(T0 + timedelta(seconds=at_s))

    def begin(self) -> None:
        for one in self.rules.book.feeds:
            self.look(one.name, None, 0)
        self.ask(1)

    @property
    def messages(self) -> list[str]:
        return [
            row[0]
            for row in self.rows(
                "SELECT subject FROM alerts WHERE kind = 'ops' ORDER BY created_at"
            )
        ]

    @property
    def health(self) -> dict[str, str]:
        return dict(self.rows("SELECT name, health FROM feeds"))  # type: ignore[arg-type]


@pytest.fixture
def rig() -> Iterator[Watch]:
    made = Watch(rules("bbc", "dw"))
    made.begin()
    yield made
    made.close()


def test_a_feed_that_fails_for_a_day_is_told_once_and_its_recovery_once(rig: Watch) -> None:
    for hours in range(25):
        rig.look("bbc", NOT_THERE, 60 + hours * 3600)
        rig.ask(61 + hours * 3600)
        rig.ask(120 + hours * 3600)
    assert rig.messages == ["Parley: bbc fails"]
    assert rig.health == {"bbc": "failing", "dw": "ok"}
    for hours in range(25, 30):
        rig.look("bbc", None, 60 + hours * 3600)
        rig.ask(61 + hours * 3600)
    assert rig.messages == ["Parley: bbc fails", "Parley: bbc is well again"]
    assert rig.health["bbc"] == "ok"


def test_every_channel_of_ops_gets_the_reason_and_what_to_do(rig: Watch) -> None:
    rig.look("bbc", NOT_THERE, 60)
    rig.look("bbc", NOT_THERE, 60 + FAILING_S)
    rig.ask(61 + FAILING_S)
    rows = rig.outbox("ops")
    assert [status for status, _, _ in rows] == ["pending"] * 2
    for _, _, body in rows:
        assert "bbc fails: not read for 24 h: the server knows no such page (404)" in body.decode()
        assert "parley feeds doctor" in body.decode()


def test_a_worse_state_is_told_again_and_several_feeds_in_one_message(rig: Watch) -> None:
    for name in ("bbc", "dw"):
        rig.look(name, NOT_THERE, 60)
        rig.look(name, NOT_THERE, 60 + FAILING_S)
    rig.ask(61 + FAILING_S)
    assert rig.messages == ["Parley: 2 feeds, 2 in trouble"]
    rig.look("dw", NOT_THERE, 60 + DEAD_S)
    rig.look("bbc", None, 60 + DEAD_S)
    rig.ask(61 + DEAD_S)
    assert rig.messages[1] == "Parley: 2 feeds, 1 well again, 1 in trouble"
    assert rig.health == {"bbc": "ok", "dw": "dead"}


def test_a_feed_that_turns_to_html_is_told_within_the_hour(rig: Watch) -> None:
    for minutes in (1, 20, 40, 62):
        rig.look("bbc", HTML, minutes * 60)
        rig.ask(minutes * 60 + 1)
    assert rig.messages == ["Parley: bbc serves HTML"]


def test_a_restart_tells_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "parley.db"
    first = Watch(rules("bbc"), path)
    first.begin()
    first.look("bbc", NOT_THERE, 60)
    first.look("bbc", NOT_THERE, 60 + FAILING_S)
    first.ask(61 + FAILING_S)
    first.close()
    again = Watch(rules("bbc"), path)
    again.ask(90 + FAILING_S)
    again.ask(2 * FAILING_S)
    assert again.messages == ["Parley: bbc fails"]
    again.close()


def test_a_unit_that_fails_leaves_neither_state_nor_message(
    rig: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.look("bbc", NOT_THERE, 60)
    rig.look("bbc", NOT_THERE, 60 + FAILING_S)

    def full(self: object, *rest: object) -> int:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteUnit, "enqueue", full)
        with pytest.raises(OSError, match="no room"):
            rig.ask(61 + FAILING_S)
    assert rig.messages == []
    assert rig.health["bbc"] == "ok"
    rig.ask(62 + FAILING_S)
    assert rig.messages == ["Parley: bbc fails"]
    assert rig.health["bbc"] == "failing"


def test_another_kind_of_failure_is_no_recovery(rig: Watch) -> None:
    for minutes in (1, 62):
        rig.look("bbc", HTML, minutes * 60)
    rig.ask(3800)
    rig.look("bbc", DOWN, 3900)
    rig.ask(3901)
    assert rig.messages == ["Parley: bbc serves HTML"]
    assert rig.health["bbc"] == "html"


def test_an_outage_of_everything_is_one_message_and_its_end_another() -> None:
    names = [f"house{n}" for n in range(8)]
    rig = Watch(rules(*names))
    rig.begin()
    at = 300.0
    while at < 300 + 2 * DAY:  # two days without a network: longer than any feed may fail
        for name in names:
            rig.look(name, DOWN if at < DAY else HTML, at)
        rig.ask(at + 1)
        at += 1800
    assert rig.messages == ["Parley: nothing can be reached"]
    assert set(rig.health.values()) == {"ok"}
    for name in names[:5]:
        rig.look(name, None, at)
    rig.ask(at + 1)
    assert rig.messages[1:] == ["Parley: feeds can be reached again"]
    (text,) = rig.rows("SELECT body FROM deliveries d JOIN alerts a ON a.id = d.alert WHERE"
                       " a.subject LIKE '%again' AND d.channel = 'desk'")[0]  # fmt: skip
    assert "It was out for 2 days" in text.decode()
    for name in names[5:]:  # these three stay away: that is told in its own time
        rig.look(name, DOWN, at + 60)
    rig.ask(at + 61)
    for name in names[5:]:
        rig.look(name, DOWN, at + 60 + DAY)
    rig.ask(at + 61 + DAY)
    assert rig.messages[2:] == ["Parley: 3 feeds, 3 in trouble"]
    rig.close()


def test_a_message_names_so_many_feeds_and_counts_the_rest() -> None:
    names = [f"house{n:02}" for n in range(25)]
    rig = Watch(rules(*names))
    rig.begin()
    for name in names:
        rig.look(name, NOT_THERE, 60)
        rig.look(name, NOT_THERE, 60 + FAILING_S)
    rig.ask(61 + FAILING_S)
    (body,) = [body for _, _, body in rig.outbox("ops")][:1]
    assert "house19" in body.decode()
    assert "house20" not in body.decode()
    assert "and 5 more: parley feeds" in body.decode()
    rig.close()


def test_that_alerts_are_paused_is_told_by_the_flood_guard_alone(rig: Watch) -> None:
    for why, state in (("all ids changed", "paused"), ("", "ok")):
        with rig.store.unit() as unit:
            if why:
                unit.pause_feed("bbc", why, T0)
            else:
                unit.resume_feed("bbc")
        rig.ask(60)
        assert rig.health["bbc"] == state
    assert rig.messages == []


def test_a_new_address_is_a_new_feed(rig: Watch) -> None:
    rig.look("bbc", NOT_THERE, 60)
    rig.look("bbc", NOT_THERE, 60 + FAILING_S)
    rig.ask(61 + FAILING_S)
    moved = replace(feed("bbc", language="en"), url="https://elsewhere.example.org/feed")
    with rig.store.unit() as unit:
        unit.sync_feeds([moved, feed("dw")], T0 + timedelta(seconds=70 + FAILING_S))
    rig.ask(80 + FAILING_S)
    assert rig.messages == ["Parley: bbc fails"]
    assert rig.health["bbc"] == "ok"
