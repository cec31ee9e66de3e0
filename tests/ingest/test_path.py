"""The path of an item: what feeds do to it, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.model import Note, Reason
from monitor.core.rules import Route
from monitor.ingest import item_of
from monitor.ports import Failure, Unchanged
from tests.builders import T0, after, book, entry, feed, in_force, poll, watch
from tests.fakes import FakeNotifier
from tests.ingest.rig import Rig, tracked

BBC = feed("bbc")
SUMY = "Truce monitors reach Sumy border post"
ODESA = "Odesa harbour reopens under naval ceasefire"
LVIV = "Lviv hosts doctors' talk on Easter truce"
POISON = "POISON gas claim clouds Donetsk ceasefire"


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.close()


def alerts(rig: Rig) -> int:
    return len(rig.outbox())


# --- identity (C14 to C19) -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guid", "link"),
    [("", ""), ("same", ""), ("", "https://example.org/"), ("same", "https://example.org/news")],
)
def test_ten_stories_that_share_guid_and_link_are_ten_items(rig: Rig, guid: str, link: str) -> None:
    places = "Kyiv Odesa Lviv Dnipro Sumy Kherson Poltava Vinnytsia Rivne Lutsk".split()
    entries = [entry(f"{place}: ceasefire begins", guid=guid, link=link) for place in places]
    assert rig.ingest(poll(*entries)).new_items == 10
    assert rig.ingest(poll(*reversed(entries), at=after(1))).new_items == 0


def test_guids_and_links_made_anew_at_each_look_bring_nothing_new(rig: Rig) -> None:
    for look in range(5):
        entries = [
            entry(title, guid=f"{n}-{look}", link=f"https://e.org/{n}?s={look}")
            for n, title in enumerate((SUMY, ODESA, LVIV))
        ]
        got = rig.ingest(poll(*entries, at=after(look)))
        assert got.new_items == (3 if look == 0 else 0)
    assert alerts(rig) == 3


def test_a_guid_that_is_used_for_another_story_is_news(rig: Rig) -> None:
    rig.ingest(poll(entry("Kremlin rejects 30-day truce", guid="live")))
    rig.ingest(poll(entry("Gaza ceasefire list handed to mediators", guid="live"), at=after(10)))
    rig.ingest(poll(entry("Naval truce near harbour", guid="live"), at=after(days=20)))
    assert alerts(rig) == 3
    assert {outcome for _, outcome in rig.outcomes()} == {Reason.PUSH}


@pytest.mark.parametrize(
    ("title", "summary", "more"),
    [
        ("KREMLIN rejects 30-day truce!", "", 0),
        ("Kremlin rejects 30-day truce", "A longer text", 0),
        ("Kremlin again rejects 30-day truce", "", 0),
        ("Kremlin rejects 60-day truce", "", 1),
    ],
)
def test_an_edit_in_place_alerts_where_it_tells_something_else(
    rig: Rig, title: str, summary: str, more: int
) -> None:
    rig.ingest(poll(entry("Kremlin rejects 30-day truce", guid="a")))
    rig.ingest(poll(entry(title, summary, guid="a"), at=after(5)))
    assert alerts(rig) == 1 + more
    threads = {row[0] for row in rig.rows("SELECT thread FROM deliveries")}
    assert len(threads) == 1
    rig.ingest(poll(entry("Kremlin rejects 30-day truce", guid="a"), at=after(9)))
    assert alerts(rig) == 1 + more  # wordings that take turns


def test_an_edit_in_place_that_turns_the_state_is_told_once() -> None:
    rig = Rig(tracked())
    rig.ingest(poll(entry("Kremlin rejects 30-day truce", guid="a")))
    rig.ingest(poll(entry("Kremlin accepts 30-day truce", guid="a"), at=after(5)))
    rig.ingest(poll(entry("Kremlin rejects 30-day truce", guid="a"), at=after(9)))
    assert rig.outcomes() == [
        ("new-state", "push"), ("state-changed", "push"), ("same-story", "same-story"),
    ]  # fmt: skip
    rig.close()


def test_what_turns_one_state_hangs_together_whoever_reports_it() -> None:
    rig = Rig(tracked())
    for minutes, (name, act) in enumerate(
        [("bbc", "rejects"), ("dw", "accepts"), ("ard", "refuses")]
    ):
        at = after(240 * minutes)
        rig.ingest(poll(entry(f"Kremlin {act} 30-day truce", published=at), feed=feed(name), at=at))
    assert alerts(rig) == 3
    assert rig.rows("SELECT count(DISTINCT thread), count(DISTINCT key) FROM developments") == [
        (1, 3)
    ]
    rig.close()


def test_reordered_vanished_and_dated_anew_is_nothing_new(rig: Rig) -> None:
    one, two = entry(SUMY, guid="1"), entry(ODESA, guid="2")
    looks = [(one, two), (two, one), (two,), (one, two), (replace(one, published=after(50)), two)]
    new = [rig.ingest(poll(*entries, at=after(n))).new_items for n, entries in enumerate(looks)]
    assert new == [2, 0, 0, 0, 0]
    assert alerts(rig) == 2


@pytest.mark.parametrize(
    ("published", "dated", "told"),
    [
        (None, T0, True),
        (datetime(2099, 1, 1, tzinfo=UTC), T0 + timedelta(minutes=10), True),
        (T0 + timedelta(minutes=5), T0 + timedelta(minutes=5), True),
        (T0 - timedelta(hours=4), T0 - timedelta(hours=4), True),
        (T0 - timedelta(days=9), T0 - timedelta(days=9), False),
    ],
)
def test_what_a_feed_says_of_the_time_is_believed_within_reason(
    rig: Rig, published: datetime | None, dated: datetime, told: bool
) -> None:
    assert item_of(entry(published=published), BBC, T0).published_at == dated
    rig.ingest(poll(entry(published=published)))
    assert alerts(rig) == int(told)


# --- how much (C20 to C22) -------------------------------------------------------------------------


def test_the_first_contact_with_a_feed_is_quiet(rig: Rig) -> None:
    old = [
        entry(f"Truce of {chr(97 + n % 26)}{chr(97 + n // 26)}x", guid=str(n)) for n in range(300)
    ]
    first = rig.ingest(poll(*old, first_contact=True))
    assert (first.new_items, first.developments, first.deliveries) == (300, 0, 0)
    assert first.quiet_developments > 0
    assert first.held[Reason.FIRST_CONTACT] == first.quiet_developments
    again = rig.ingest(
        poll(*old, entry("Kremlin accepts the 30-day plan: ceasefire", guid="new"), at=after(1))
    )
    assert (again.new_items, again.developments) == (1, 1)
    # what was learned is known at other feeds too
    elsewhere = rig.ingest(poll(entry(old[7].title, guid="z"), feed=feed("dw"), at=after(2)))
    assert (elsewhere.new_items, elsewhere.developments) == (1, 0)


def test_thirty_outlets_with_one_story_are_one_alert(rig: Rig) -> None:
    for n in range(30):
        rig.ingest(
            poll(
                entry("Kremlin rejects 30-day truce", f"Our man in Moscow, number{n}", guid=str(n)),
                feed=feed(f"outlet{n}"),
                at=after(n),
            )
        )
    assert alerts(rig) == 1
    reader = rig.store.reader()
    assert reader.story_of(1) is not None
    assert reader.story_of(1) == reader.story_of(30)
    assert rig.rows("SELECT count(*) FROM story_items") == [(30,)]


# --- poison ----------------------------------------------------------------------------------------


class Choking(FakeNotifier):
    """A channel whose `render` cannot stand one word."""

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        if any("POISON" in section.development.headline for section in note.sections):
            raise ValueError("cannot be rendered")
        return super().render(note, recipient, key)


def test_a_poisoned_item_is_set_aside_and_its_feed_goes_on() -> None:
    rules = in_force(book(), Choking("console"))
    rig = Rig(rules)
    got = rig.ingest(poll(entry(SUMY, guid="1"), entry(POISON, guid="2"), entry(LVIV, guid="3")))
    assert (got.new_items, got.quarantined, got.deliveries) == (3, 1, 2)
    reader = rig.store.reader()
    (row,) = reader.quarantined()
    assert (row["title"], row["error"]) == (POISON, "ValueError: cannot be rendered")
    assert rig.memory() == rig.memory_anew(after(1))
    assert rig.ingest(poll(entry(POISON, guid="2"), at=after(1))).quarantined == 0
    # after an upgrade it is judged again, and told
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Choking, "render", FakeNotifier.render)
        said = rig.desk.do_now("quarantine.retry", {"ids": []}, after(5))
    assert said == {"judged": 1, "developments": 1, "set_aside": 0}
    assert len(rig.outbox()) == 3
    assert rig.memory() == rig.memory_anew(after(6))
    rig.close()


def test_an_item_that_cannot_be_judged_again_stays_set_aside() -> None:
    rig = Rig(in_force(book(), Choking("console")))
    rig.ingest(poll(entry(POISON, guid="2")))
    assert rig.desk.do_now("quarantine.retry", {"ids": []}, after(5))["set_aside"] == 1
    assert len(rig.store.reader().quarantined()) == 1
    rig.close()


# --- looks that bring no items ------------------------------------------------------------------------


def test_a_look_that_failed_or_found_nothing_new_is_written_down(rig: Rig) -> None:
    failure = Failure("timeout", "no answer within 30 s", retry_after_s=900)
    assert rig.ingest(poll(fetched=failure, failures=2)).new_items == 0
    assert rig.rows("SELECT outcome, failures, error_code FROM feeds WHERE name = 'bbc'") == [
        ("failure", 3, "timeout")
    ]
    (waits,) = [row for row in rig.store.reader().feeds() if row.name == "bbc"]
    assert waits.next_check_at == after(15)
    rig.ingest(poll(fetched=Unchanged(), at=after(15)))
    assert rig.rows("SELECT outcome, failures, status FROM feeds WHERE name = 'bbc'") == [
        ("unchanged", 0, 304)
    ]


# --- who is told, and how --------------------------------------------------------------------------------


def test_what_one_item_changes_goes_to_a_channel_in_one_message_and_to_a_webhook_one_each() -> None:
    desk = FakeNotifier("desk", recipients=("ann@example.org", "bob@example.org"))
    hook = FakeNotifier("hook", kind="webhook", recipients=("https://e.org",), one_event_each=True)
    rules = book(watch("ceasefire"), watch("captives", "$captives"))
    rig = Rig(in_force(rules, desk, hook, FakeNotifier("console", recipients=())))
    got = rig.ingest(poll(entry("Truce for prisoners", guid="1")))
    assert (got.hits, got.developments, got.deliveries) == (1, 1, 4)
    rows = rig.rows("SELECT channel, recipient, body FROM deliveries ORDER BY id")
    heads = [(channel, recipient, body.decode().split("|")[2]) for channel, recipient, body in rows]
    both = "Truce for prisoners [ceasefire] / Truce for prisoners [captives]"
    assert heads[:2] == [("desk", "ann@example.org", both), ("desk", "bob@example.org", both)]
    assert [text for channel, _, text in heads if channel == "hook"] == both.split(" / ")
    assert len({key for _, key, _ in rig.outbox()}) == 4
    rig.close()


def test_a_watch_without_a_channel_tells_the_console() -> None:
    rules = book(watch(notify=("gone",)), routes=[Route(("gone too",))])
    rig = Rig(in_force(rules, FakeNotifier("console"), FakeNotifier("desk")))
    rig.ingest(poll(entry("Truce")))
    assert rig.rows("SELECT channel FROM deliveries") == [("console",)]
    rig.close()


def test_counts_are_of_what_committed(rig: Rig) -> None:
    got = rig.ingest(
        poll(
            entry("Sumy truce", guid="1", published=after(-2)),
            entry("Weather is fine", guid="2"),
            entry("Vatican offers to host", guid="3"),
        )
    )
    assert (got.new_items, got.hits, got.developments, got.deliveries) == (3, 2, 2, 2)
    assert sorted(got.delays_s) == [0.0, 120.0]
    assert dict(got.held) == {}
    assert sum(got.verdicts.values()) == 2


def test_what_was_just_out_when_a_feed_was_first_read_is_told_by_the_next_report(rig: Rig) -> None:
    """A feed that is added while news breaks must not silence it for the feeds known long."""
    title = "Kremlin accepts 30-day truce"
    rig.ingest(poll(entry("Weather", guid="w"), feed=feed("bbc")))
    new = poll(entry(title, guid="n", published=after(-5)), feed=feed("added"), first_contact=True)
    assert rig.ingest(new).developments == 0
    known = poll(entry(title, guid="k", published=after(1)), feed=feed("bbc"), at=after(2))
    assert rig.ingest(known).developments == 1
    again = poll(entry(title, guid="z", published=after(3)), feed=feed("dw"), at=after(4))
    assert rig.ingest(again).developments == 0
    assert rig.memory() == rig.memory_anew(after(4))


def test_an_edit_is_judged_by_when_it_was_seen_and_told_with_its_own_link(rig: Rig) -> None:
    old = entry(
        "Live: Kremlin talks go on", guid="live", link="https://a.b/1", published=after(days=-9)
    )
    rig.ingest(poll(old))
    new = entry("Live: Kremlin accepts truce", guid="live", link="https://a.b/2",
                published=after(days=-9))  # fmt: skip
    assert rig.ingest(poll(new, at=after(1))).developments == 1
    (row,) = rig.rows("SELECT link, published_at FROM item_versions WHERE version = 2")
    assert row == ("https://a.b/2", "2025-06-03T09:01:00.000000Z")


def test_a_watch_with_feeds_of_its_own_takes_no_others() -> None:
    rules = in_force(book(watch(feeds=("dw",))), FakeNotifier("console"))
    rig = Rig(rules)
    title = "Kremlin accepts 30-day truce"
    assert rig.ingest(poll(entry(title, guid="a"), feed=feed("bbc"))).hits == 0
    assert rig.ingest(poll(entry(title, guid="b"), feed=feed("dw"))).hits == 1
    rig.close()
