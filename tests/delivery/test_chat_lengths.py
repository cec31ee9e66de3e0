"""Chat and push services: messages of every length, whatever a title holds."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.notify import chat
from monitor.ports import Outcome
from tests.delivery.chats import NAMES, Place, play
from tests.delivery.fake_slack import texts
from tests.delivery.fake_telegram import read
from tests.notes import KEY, alert, digest, message, section

HOSTILE = (
    "Truce\r\nBcc: evil@example.org <script>alert(1)</script> {{7*7}} ${x} %s @everyone @here "
    "<!channel> <@U1> /stop #tag \u202eevil\u2066 \u200b*bold* _x_ `c` [a](javascript:alert(1)) "
    "tg://resolve?domain=x <b>"
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [1, 8000])
def test_hostile_titles_of_any_length_are_sent(name: str, size: int) -> None:
    title = HOSTILE * size
    note = alert(section(title, title, outlet=title, watch_title=title, link="javascript:x"))

    async def story(where: Place) -> str:
        assert (await where.send(note, KEY)).outcome is Outcome.SENT
        (got,) = where.service.taken
        assert where.service.requests == [got]  # taken as it is, and not in a plainer form
        if name.startswith("slack"):
            assert "<" not in got.said["text"]
        assert "evil@example.org" not in str(got.headers)
        for ping in ("@everyone", "@here", "<!channel>", "<@U1>", " /stop", " #tag", "tg://"):
            assert ping not in str(got.said)
        for steering in ("\u202e", "\u2066", "\u200b", "\r"):
            assert steering not in str(got.said)
        assert "{{7*7}}" in str(got.said)
        return str(got.said)

    said = play(name, story)
    assert len(said) < 20_000


@pytest.mark.parametrize("name", NAMES)
def test_a_digest_that_fits_into_no_five_messages_counts_the_rest(name: str) -> None:
    told = [section("Number " + "1" * 300, "\U0001f600" * 400, key=f"k{n}") for n in range(900)]
    note = digest()
    long = alert(*told)
    note = type(note)(
        kind="digest", subject="Daily digest", created_at=note.created_at, thread="digest",
        sections=long.sections, timezone="UTC", alert="d-1",
    )  # fmt: skip

    async def story(where: Place) -> list[Any]:
        assert (await where.send(note, KEY)).outcome is Outcome.SENT
        return [got.said for got in where.service.taken]

    said = play(name, story)
    assert len(said) == chat.MAX_PARTS
    last = str(said[-1])
    assert "further developments in 1 story" in last
    assert "parley explain d-1" in last
    assert "(5/5)" in last


@pytest.mark.parametrize("name", NAMES)
def test_messages_of_the_machine_are_sent_too(name: str) -> None:
    async def story(where: Place) -> str:
        assert (await where.send(message("ops", "line\n" * 900), KEY)).outcome is Outcome.SENT
        return str(where.service.taken[0].said)

    assert "A feed is gone" in play(name, story)


def test_links_lead_where_they_say() -> None:
    async def telegram_story(where: Place) -> list[str]:
        await where.send(alert(section(link="https://e.org/?a=1&b=\"'<x>")), KEY)
        return read(where.service.taken[0].said["text"]).links

    assert play("telegram", telegram_story) == ["https://e.org/?a=1&b=\"'<x>"]

    async def slack_story(where: Place) -> list[str]:
        await where.send(alert(), KEY)
        return texts(where.service.taken[0].said["blocks"])

    assert "Ukrinform" in play("slack-hook", slack_story)


def test_what_ntfy_rings_for_follows_the_severity() -> None:
    async def story(where: Place) -> dict[str, Any]:
        await where.send(alert(), KEY)
        return where.service.taken[0].said

    said = play("ntfy", story)
    assert said["priority"] == 5
    assert said["click"] == "https://example.net/uk/2025/06/03/truce?from=rss&lang=uk"
    assert said["sequence_id"] == KEY
