"""Chat and push services: what their answers mean, their limits, and that nothing is lost."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from typing import Any

import pytest

from monitor.core.model import Reason
from monitor.notify import ntfy, posting
from monitor.ports import Outcome, Receipt
from tests.delivery.chats import (
    NAMES,
    SECRETS,
    ListDesk,
    Place,
    deliver,
    follow_up,
    notes,
    play,
)  # fmt: skip
from tests.delivery.fake_chat import Reply
from tests.delivery.fake_ntfy import FakeNtfy, failure
from tests.delivery.fake_telegram import refusal
from tests.notes import KEY, alert, section


def test_a_day_s_quota_of_ntfy_is_waited_for() -> None:
    async def story(where: Place) -> Receipt:
        where.service.script = [failure(42908, 429, "limit reached: daily message quota reached")]
        return await where.send(alert(), KEY)

    assert play("ntfy", story).retry_after_s == ntfy.QUOTA_WAIT_S


# --- secrets ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_shows_whatever_a_service_says(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Each of them echoes the whole request, its address and its headers among it."""

    async def story(where: Place) -> list[str]:
        echo = " ".join(SECRETS)
        said = []
        for status in (200, 302, 400, 401, 403, 404, 410, 429, 500):
            where.service.script = [Reply(status, echo, echo)] * 3
            said.append(repr(await where.send(alert(), KEY, where.anew())))
        where.service.script = [Reply(lost=True)]
        said.append(repr(await where.send(alert(), KEY, where.anew())))
        channel = where.anew()
        return [
            *said,
            repr(channel),
            repr(vars(channel)),
            channel.render(alert(), "x", KEY).decode(),
        ]

    with caplog.at_level(logging.DEBUG):
        said = play(name, story)
    for secret in SECRETS:
        assert not [text for text in (*said, caplog.text) if secret in text]


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_names_the_address_does_not_get_it_through(name: str) -> None:
    class Leaky:
        async def post(self, url: str, body: bytes, headers: Any, *, deadline_s: float) -> Any:
            said = f"cannot reach {url} with {dict(headers).get('authorization')}"
            return posting.Failure("dns", said)

    async def story(where: Place) -> Receipt:
        where._http = Leaky()  # type: ignore[assignment]
        return await where.send(alert(), KEY, where.anew())

    receipt = play(name, story)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "dns")
    assert not [secret for secret in SECRETS if secret in repr(receipt)]


# --- limits of rate --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_of_two_hundred_alerts_at_once_none_is_lost_and_none_comes_twice(name: str) -> None:
    async def story(where: Place) -> None:
        bodies = [
            (f"{n:032x}", where.channel.render(note, "x", f"{n:032x}"))
            for n, note in enumerate(notes(200))
        ]
        desk = ListDesk(where.channel.kind, bodies)
        await deliver(desk, where.channel, where.clock)
        assert desk.dead == {}
        assert len(desk.sent) == 200
        told = [str(got.said) for got in where.service.taken]
        assert len(told) == 200
        assert all(sum(f"Development {n} of" in each for each in told) == 1 for n in range(200))
        assert where.service.undercut == 0

    play(name, story, burst=20)


def test_a_short_wait_is_waited_for_at_once() -> None:
    async def story(where: Place) -> Receipt:
        where.service.script = [refusal(429, "Too Many Requests: retry after 1", retry_after=1)]
        return await where.send(alert(), KEY)

    assert play("telegram", story).outcome is Outcome.SENT


@pytest.mark.parametrize("name", NAMES)
def test_a_wait_holds_for_the_whole_channel_and_no_longer(name: str) -> None:
    async def story(where: Place) -> None:
        where.service.script = [Reply(429, "", "40")]
        first = await where.send(alert(), "one")
        where.clock.move(15)
        second = await where.send(alert(), "two")
        assert (first.retry_after_s, second.retry_after_s) == (40, 25)
        assert second.outcome is Outcome.LATER
        assert len(where.service.requests) == 1
        where.clock.move(25)
        assert (await where.send(alert(), "two")).outcome is Outcome.SENT

    play(name, story)


def test_messages_go_one_after_another_at_the_pace_that_is_set() -> None:
    async def story(where: Place) -> list[float]:
        channel, loop = where.anew(every_s=0.05), asyncio.get_running_loop()
        at: list[float] = []
        answer = where.service.answer

        def noting(got: Any) -> Reply:
            at.append(loop.time())
            return answer(got)

        where.service.answer = noting  # type: ignore[method-assign]
        sent = await asyncio.gather(
            *(where.send(note, str(n), channel) for n, note in enumerate(notes(4)))
        )
        assert {receipt.outcome for receipt in sent} == {Outcome.SENT}
        return at

    at = play("telegram", story)
    assert len(at) == 4
    assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(at))


# --- answers that are lost -------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_lost_answer_repeats_one_part_and_no_more(name: str) -> None:
    async def story(where: Place) -> None:
        many = [section(f"Part {n}: " + "word " * 40, "w " * 300, key=f"k{n}") for n in range(24)]
        body = where.channel.render(alert(*many), "x", KEY)
        where.service.lost_answers = {2}
        receipt = await where.channel.send(body, "x", KEY)
        assert receipt.outcome is Outcome.LATER
        assert "part 2 of" in receipt.message
        assert (await where.channel.send(body, "x", KEY)).outcome is Outcome.SENT
        said = [repr(got.said) for got in where.service.taken]
        assert len(json.loads(body)["parts"]) == len(set(said)) == len(said) - 1
        assert said[1] == said[2]
        if isinstance(where.service, FakeNtfy):  # a phone shows it once all the same
            assert len(where.service.shown) == len(set(said))

    play(name, story)


# --- what became of it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.CONFIRMED, "Confirmed since it was told"),
        (Reason.DISPUTED, "Denied by another side since it was told"),
        (Reason.CORRECTED, "Taken back since it was told"),
    ],
)
def test_telegram_writes_over_the_first_message_and_answers_it(reason: Reason, words: str) -> None:
    async def story(where: Place) -> None:
        await where.send(next(notes(1)), "one")
        await where.send(follow_up(reason, "It is not as it was"), "two")
        first, edit, reply = (got for got in where.service.taken)
        assert edit.path.endswith("/editMessageText")
        assert edit.said["message_id"] == 100
        assert edit.said["text"].startswith(f"<b>{words} (")
        assert edit.said["text"].endswith(first.said["text"])
        assert reply.path.endswith("/sendMessage")
        assert reply.said["reply_parameters"]["message_id"] == 100
        assert "It is not as it was" in reply.said["text"]

    play("telegram", story)


def test_slack_writes_over_the_first_message_and_answers_in_its_thread() -> None:
    async def story(where: Place) -> None:
        await where.send(next(notes(1)), "one")
        await where.send(follow_up(Reason.CORRECTED, "It is not as it was"), "two")
        first, edit, reply = (got for got in where.service.taken)
        assert edit.path == "/api/chat.update"
        assert edit.said["ts"] == "1748965000.000100"
        assert edit.said["text"].startswith("Taken back since it was told (")
        assert edit.said["blocks"][1:] == first.said["blocks"]
        assert reply.path == "/api/chat.postMessage"
        assert reply.said["thread_ts"] == "1748965000.000100"
        assert reply.said["reply_broadcast"] is True

    play("slack-bot", story)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_restart_made_forgotten_is_told_all_the_same(name: str) -> None:
    async def story(where: Place) -> None:
        await where.send(next(notes(1)), "one")
        later = where.anew()
        receipt = await where.send(follow_up(Reason.CORRECTED, "CORRECTED: no truce"), "two", later)
        assert receipt.outcome is Outcome.SENT
        assert len(where.service.taken) == 2
        assert "CORRECTED: no truce" in str(where.service.taken[1].said)

    play(name, story)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("slack-bot", Reply(200, {"ok": False, "error": "message_not_found"})),
        ("telegram", refusal(400, "Bad Request: message to edit not found")),
    ],
)
def test_a_message_that_was_taken_away_stops_no_correction(name: str, gone: Reply) -> None:
    async def story(where: Place) -> None:
        await where.send(next(notes(1)), "one")
        where.service.script = [gone]
        receipt = await where.send(follow_up(Reason.CORRECTED, "CORRECTED: no truce"), "two")
        assert receipt.outcome is Outcome.SENT
        assert "CORRECTED: no truce" in str(where.service.taken[-1].said)

    play(name, story)


def test_an_edit_that_has_to_wait_comes_before_the_answer() -> None:
    async def story(where: Place) -> None:
        await where.send(next(notes(1)), "one")
        where.service.script = [refusal(429, "Too Many Requests", retry_after=50)]
        note = follow_up(Reason.CORRECTED, "CORRECTED: no truce")
        assert (await where.send(note, "two")).retry_after_s == 50
        where.clock.move(50)
        assert (await where.send(note, "two")).outcome is Outcome.SENT
        paths = [got.path.rpartition("/")[2] for got in where.service.taken]
        assert paths == ["sendMessage", "editMessageText", "sendMessage"]

    play("telegram", story)


def test_an_edit_that_failed_is_made_by_the_next_attempt() -> None:
    async def story(where: Place) -> None:
        await where.send(next(notes(1)), "one")
        where.service.script = [Reply(500, "")]
        note = follow_up(Reason.CORRECTED, "CORRECTED: no truce")
        assert (await where.send(note, "two")).outcome is Outcome.LATER
        assert (await where.send(note, "two")).outcome is Outcome.SENT
        paths = [got.path.rpartition("/")[2] for got in where.service.taken]
        assert paths == ["chat.postMessage", "chat.update", "chat.postMessage"]

    play("slack-bot", story)


# --- forms that are refused ------------------------------------------------------------------


def test_slack_gets_plain_text_where_it_takes_no_blocks() -> None:
    async def story(where: Place) -> None:
        where.service.script = [Reply(400, "invalid_blocks")]
        assert (await where.send(alert(), KEY)).outcome is Outcome.SENT
        assert "blocks" not in where.service.taken[0].said
        assert "Moscow accepts" in where.service.taken[0].said["text"]

    play("slack-hook", story)


def test_telegram_gets_plain_text_where_it_takes_no_markup() -> None:
    async def story(where: Place) -> None:
        where.service.script = [refusal(400, "Bad Request: can't parse entities: what is this")]
        assert (await where.send(alert(), KEY)).outcome is Outcome.SENT
        said = where.service.taken[0].said
        assert "parse_mode" not in said
        assert "<b>" not in said["text"]
        assert "https://example.net/uk/2025/06/03/truce?from=rss&lang=uk" in said["text"]

    play("telegram", story)


def test_a_group_that_became_a_supergroup_is_found_under_its_new_id() -> None:
    async def story(where: Place) -> None:
        where.service.script = [
            refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=-100999,
            )
        ]
        assert (await where.send(alert(), "one")).outcome is Outcome.SENT
        assert (await where.send(alert(), "two")).outcome is Outcome.SENT
        assert [got.said["chat_id"] for got in where.service.taken] == ["-100999", "-100999"]

    play("telegram", story)


# --- memory ------------------------------------------------------------------------------------


def test_what_a_channel_remembers_is_bounded() -> None:
    memory = posting.Memory()
    for n in range(posting.MOST_REMEMBERED + 50):
        memory.accepted(str(n), 1)
        memory.told(str(n), posting.Mark("1", {}))
    assert memory.done("0") == 0
    assert memory.mark("0") is None
    assert memory.done(str(posting.MOST_REMEMBERED)) == 1
