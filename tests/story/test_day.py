"""A day of the daemon, told as a user would see it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.core.model import Note
from monitor.ports import Outcome, Receipt
from tests.builders import T0, after, book, entry, feed, watch
from tests.fakes import FakeNotifier, FakeParser, later
from tests.story.stage import Stage

NEWS = "Kremlin rejects 30-day truce"
MORE = "Odesa harbour reopens under naval ceasefire"


def play(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def test_thirty_outlets_with_one_story_are_one_mail(tmp_path: Path) -> None:
    feeds = [feed(f"outlet{n}") for n in range(30)]
    desk = FakeNotifier("desk")
    stage = Stage(
        tmp_path, book(watch(notify=("desk",)), feeds=feeds), desk, FakeNotifier("console")
    )

    async def story() -> None:
        for each in feeds:
            stage.publish(each.name)
        async with stage.daemon():
            await stage.round()
            for n, each in enumerate(feeds):
                stage.publish(
                    each.name, entry(NEWS, f"From our own man {n}", guid=str(n), published=None)
                )
            await stage.round()
            await stage.round()
        assert len(desk.sent) == 1
        assert desk.texts == [f"alert|{NEWS} [ceasefire]|{NEWS} [ceasefire]"]
        (count,) = stage.rows("SELECT count(DISTINCT item_id) AS n FROM story_items")
        assert count["n"] == 30

    play(story())


def test_the_first_look_at_a_feed_is_quiet_and_says_so_once(tmp_path: Path) -> None:
    desk = FakeNotifier("desk")
    stage = Stage(tmp_path, book(watch(notify=("desk",))), desk, FakeNotifier("console"))

    async def story() -> None:
        stage.publish("bbc", entry(NEWS, guid="1"), entry("Weather is fine", guid="2"))
        async with stage.daemon():
            await stage.round()
            assert desk.sent == []
            stage.publish("bbc", entry(MORE, guid="3", published=None), entry(NEWS, guid="1"))
            await stage.round()
        assert desk.texts == [f"alert|{MORE} [ceasefire]|{MORE} [ceasefire]"]
        summary = [line for line in stage.said if line.startswith("First round")]
        assert len(summary) == 1
        assert all(said in summary[0] for said in ("2 items", "quietly", "1 would have alerted"))

    play(story())


class Choking(FakeNotifier):
    def render(self, note: Note, recipient: str, key: str) -> bytes:
        if any("POISON" in section.development.headline for section in note.sections):
            raise ValueError("cannot be rendered")
        return super().render(note, recipient, key)


def test_a_poisoned_item_is_set_aside_and_the_others_of_its_feed_arrive(tmp_path: Path) -> None:
    desk = Choking("desk")
    stage = Stage(tmp_path, book(watch(notify=("desk",))), desk, FakeNotifier("console"))

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon():
            await stage.round()
            titles = (NEWS, "POISON gas claim clouds Donetsk ceasefire", MORE)
            stage.publish("bbc", *(entry(t, guid=t, published=None) for t in titles))
            await stage.round()
            assert len(desk.sent) == 2
            (row,) = stage.rows("SELECT error FROM quarantine")
            assert row["error"] == "ValueError: cannot be rendered"
            looks = stage.looks("bbc")
            await stage.round()
            assert stage.looks("bbc") == looks + 1

    play(story())


def test_a_bug_at_one_feed_is_a_failure_of_that_feed_and_not_a_storm(tmp_path: Path) -> None:
    feeds = [feed("bad", pace="normal"), feed("good")]
    stage = Stage(tmp_path, book(feeds=feeds), FakeNotifier("console"))
    stage.parser = FakeParser(break_on=lambda of: of.name == "bad")

    async def story() -> None:
        stage.publish("bad", entry(NEWS))
        stage.publish("good", entry(NEWS))
        async with stage.daemon():
            await stage.round()
            await stage.round("good", times=3)
            assert stage.looks("bad") == 1
            (row,) = stage.rows("SELECT error_code, failures, error FROM feeds WHERE name = 'bad'")
            assert (row["error_code"], row["failures"]) == ("bug", 1)
            await stage.move(300)
            await stage.until(lambda: stage.looks("bad") == 2)

    play(story())


def test_a_feed_that_does_not_answer_holds_up_no_other(tmp_path: Path) -> None:
    desk = FakeNotifier("desk")
    slow = [feed("slow"), feed("slow too")]
    rules = book(watch(notify=("desk",)), feeds=[*slow, feed("quick")])
    stage = Stage(tmp_path, rules, desk, FakeNotifier("console"))

    async def story() -> None:
        stage.publish("quick")
        for each in slow:
            stage.source.hold(each.url)
        async with stage.daemon():
            await stage.move(10)
            await stage.until(lambda: stage.looks("quick") == 1 and stage.looks("slow") == 1)
            await stage.until(lambda: stage.now.poller.in_flight == len(slow))
            stage.publish("quick", entry(NEWS, published=None))
            await stage.move(61)
            await stage.until(lambda: len(desk.sent) == 1)
            assert stage.now.poller.in_flight == len(slow)
            assert stage.looks("slow") == 1  # one look at a time
            for each in slow:
                stage.source.release(each.url)

    play(story())


def test_a_channel_that_never_answers_holds_up_no_other(tmp_path: Path) -> None:
    mute = FakeNotifier("mute", [None] * 50)
    quick = FakeNotifier("quick")
    stage = Stage(
        tmp_path, book(watch(notify=("mute", "quick"))), mute, quick, FakeNotifier("console")
    )

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon():
            await stage.round()
            titles = [
                NEWS, MORE, "Truce monitors reach Sumy border post", "Lviv doctors praise Easter ceasefire",
                "Harvest begins near Kherson thanks to truce", "Vote set for May should ceasefire hold",
            ]  # fmt: skip
            stage.publish("bbc", *(entry(t, guid=t, published=None) for t in titles))
            await stage.move(61)
            await stage.until(lambda: len(quick.sent) == len(titles))
            await stage.until(lambda: len(mute.tried) == 4)
            assert mute.sent == []
            # hours later, by the clock that dates claims: nothing that is on its way goes out beside itself
            await stage.move(7200)
            await stage.until(lambda: stage.now.courier.in_flight == 4)
            assert len({key for _, key, _ in mute.tried}) == len(mute.tried)
        stage.channels = (FakeNotifier("mute"), FakeNotifier("quick"), FakeNotifier("console"))
        async with stage.daemon():  # what was cut off at the end goes out at the next start
            again = stage.channels[0]
            assert isinstance(again, FakeNotifier)
            await stage.move(10)
            await stage.until(lambda: len(again.sent) == len(titles))
        assert {key for _, key, _ in mute.tried} <= {key for _, key, _ in again.sent}

    play(story())


def test_trouble_of_a_channel_is_said_once_elsewhere_and_so_is_its_end(tmp_path: Path) -> None:
    """500, then a time-out, then 429, then 410, then it works: two messages on the trouble, one on the end."""
    script = [
        later("http-500"), None, later("http-429", retry_after_s=600.0),
        Receipt(Outcome.GONE, "http-410", "the endpoint is gone"),
    ]  # fmt: skip
    hook = FakeNotifier("hook", script, kind="webhook", one_event_each=True, deadline_s=-4.95)
    ops = FakeNotifier("ops")
    rules = book(watch(notify=("hook",)))
    rules = replace(rules, ops=("ops", "hook"))
    stage = Stage(tmp_path, rules, hook, ops, FakeNotifier("console"))

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon():
            await stage.round()
            stage.publish("bbc", entry(NEWS, published=None))
            await stage.round()
            for tries, wait_s in ((2, 10), (3, 400), (4, 2500), (5, 25 * 3600)):
                await stage.move(wait_s)
                await stage.until(lambda: len(hook.tried) == tries)  # noqa: B023
                await stage.idle()
            await stage.until(lambda: len(ops.sent) == 3)
        assert [text.split("|")[1] for text in ops.texts] == [
            "Parley: channel hook cannot deliver",
            "Parley: channel hook cannot deliver",
            "Parley: channel hook works again",
        ]
        assert "http-500" in ops.texts[0]
        assert "gone" in ops.texts[1]
        assert len({(key, body) for _, key, body in hook.tried}) == 1  # one key, the same bytes
        assert len(hook.sent) == 1

    play(story())


def test_what_was_folded_comes_at_seven_once_also_after_a_restart(tmp_path: Path) -> None:
    desk = FakeNotifier("desk")
    rules = book(watch("diplomacy", "vatican OR envoy", delivery="digest", notify=("desk",)))
    stage = Stage(tmp_path, rules, desk, FakeNotifier("console"))
    seven = T0.replace(day=4, hour=4)  # 07:00 in Istanbul

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon():
            await stage.round()
            stage.publish("bbc", entry("Vatican offers to host", guid="1", published=None))
            await stage.round()
            assert desk.sent == []
        async with stage.daemon():
            stage.publish("bbc", entry("An envoy flies to Ankara", guid="2", published=None))
            await stage.round()
            await stage.move(to=seven - timedelta(minutes=1))
            await stage.idle()
            assert desk.sent == []
            await stage.move(to=seven + timedelta(seconds=1))
            await stage.until(lambda: len(desk.sent) == 1)
        async with stage.daemon():
            await stage.move(to=seven + timedelta(hours=2))
            await stage.idle()
        assert [text.split("|")[1] for text in desk.texts] == [
            "Daily digest 2025-06-04: 2 developments"
        ]

    play(story())


def test_news_that_came_while_it_was_down_is_told_once_at_the_next_start(tmp_path: Path) -> None:
    desk = FakeNotifier("desk")
    stage = Stage(tmp_path, book(watch(notify=("desk",))), desk, FakeNotifier("console"))

    async def story() -> None:
        stage.publish("bbc", entry(NEWS, guid="1"))
        async with stage.daemon():
            await stage.round()
        stage.publish("bbc", entry(MORE, guid="2", published=after(30)), entry(NEWS, guid="1"))
        for _ in range(3):
            async with stage.daemon():
                await stage.round()
        assert desk.texts == [f"alert|{MORE} [ceasefire]|{MORE} [ceasefire]"]

    play(story())
