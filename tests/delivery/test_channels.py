"""What concerns a channel as a whole: off, dead, full, too large, one recipient of three."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from monitor.core.rules import Escalation
from monitor.errors import CommandError
from tests.builders import T0, book
from tests.delivery.hook_server import HookServer, Reply, hook_server
from tests.delivery.mail_sink import MailSink, Mood, mail_sink
from tests.delivery.office import Office
from tests.delivery.test_modes import hook, mail
from tests.fakes import FrozenClock

ANN, BOB, EVE = "ann@example.org", "bob@example.org", "eve@example.org"


class Street:
    """A receiver of webhooks, a mail server, and offices that know both."""

    def __init__(self, folder: Path, hooks: HookServer, sink: MailSink, clock: FrozenClock) -> None:
        self.folder, self.hooks, self.sink, self.clock = folder, hooks, sink, clock
        self.hooks.play("good")

    def office(self, plan: Escalation | None = None, **options: Mapping[str, Any]) -> Office:
        """Give an office over the same folder; `other` is a webhook that works."""
        rules = replace(book(), ops=("other",), escalate=plan)
        all_of_them = {"other": hook(self.hooks.url("good")), **options}
        allow = (self.hooks.address,)
        return Office(self.folder, self.clock, all_of_them, rules=rules, allow=allow)

    def good(self, kind: str = "parley.alert") -> list[bytes]:
        """Give the bodies of a kind that the receiver which works has had."""
        return [hit.body for hit in self.hooks.at("good") if kind.encode() in hit.body]


def on(folder: Path, story: Callable[[Street], Awaitable[None]], *moods: Mood,
       tls: ssl.SSLContext | None = None) -> None:  # fmt: skip
    """Play a story with both servers up."""

    async def run() -> None:
        clock = FrozenClock(T0)
        async with hook_server(clock) as hooks, mail_sink(clock, *moods, tls=tls) as sink:
            await story(Street(folder, hooks, sink, clock))

    asyncio.run(run())


def test_one_of_three_recipients_is_refused_and_told_of_once(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        office = street.office(desk=mail(street.sink.port, to=[ANN, BOB, EVE]))
        async with office.open():
            for number in (1, 2):
                await office.tell(number, "desk")
            await office.run()
        for who in (ANN, EVE):
            assert len(street.sink.ids(who)) == len(set(street.sink.ids(who))) == 2
        assert street.sink.ids(BOB) == []
        dead = list(office.rows("dead"))
        assert [(row.recipient, row.error_code) for row in dead] == [(BOB, "smtp-550")] * 2
        [(ok, said)] = office.told("desk")
        assert (ok, said.startswith(f"{BOB}: refused for good")) == (False, True)

    on(tmp_path, story, Mood(recipients={BOB: "550 5.1.1 no such user"}))


def test_a_certificate_that_is_not_trusted_gets_nothing(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def story(street: Street) -> None:
        office = street.office(desk=mail(street.sink.port, tls="starttls"))
        async with office.open():
            await office.tell(1, "desk")
            await office.run(hours=5)
        assert street.sink.mails == []
        assert not [line for line in street.sink.in_clear if line.startswith(("MAIL", "AUTH"))]
        assert office.rows("pending")[0].error_code == "tls-certificate"

    on(tmp_path, story, tls=context)


# --- a channel that wants nothing more -------------------------------------------------------


def test_a_channel_off_stays_off_over_restarts_until_it_is_switched_on(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        bad = hook(street.hooks.play("bad", Reply(410)))
        office = street.office(desk=bad)
        async with office.open():
            await office.tell(1)
            await office.run(hours=30)
            await office.tell(2)
            await office.run(hours=30)
        again = street.office(desk=bad)
        async with again.open():
            await again.run(hours=30)
            assert len(street.hooks.at("bad")) == 1  # asked once, days ago
            [told] = street.good("parley.ops")
            assert b"parley outbox enable desk" in told
            with again.reader() as reader:
                [off] = reader.channels_off()
            assert (off.channel, off.at) == ("desk", T0)
            street.hooks.play("bad")
            said = await again.desk.do("outbox.enable", {"channel": "desk"}, street.clock.now())
            assert (said["waiting"], said["in_force"]) == (2, True)
            await again.run(hours=1)
        assert again.statuses("desk") == ["sent", "sent"]
        assert [row.attempts for row in again.rows(channel="desk")] == [1, 1]

    on(tmp_path, story)


def test_what_waits_for_a_channel_off_is_kept_for_a_week(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        office = street.office(desk=hook(street.hooks.play("bad", Reply(410))))
        async with office.open():
            await office.tell(1, "desk")
            await office.run(hours=1)
            for days, status in ((6.9, "pending"), (0.2, "dead")):
                street.clock.move(days * 86400)
                await office.desk.tick(street.clock.now())
                assert office.statuses("desk") == [status]
            assert office.rows("dead")[0].error_code == "channel-off"

    on(tmp_path, story)


def test_a_channel_that_is_not_off_cannot_be_switched_on(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        office = street.office()
        async with office.open():
            with pytest.raises(CommandError, match="is not off"):
                await office.desk.do("outbox.enable", {"channel": "other"}, T0)

    on(tmp_path, story)


# --- too large, too much ---------------------------------------------------------------------


def test_what_is_too_large_goes_once_more_shortened(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        street.hooks.play("bad")
        street.hooks.most_bytes = 1250
        office = street.office(desk=hook(street.hooks.url("bad")))
        async with office.open():
            await office.tell(1, "desk")
            await office.run()
        first, second = street.hooks.at("bad")
        assert first.key == second.key
        assert len(second.body) < 1250 < len(first.body)
        assert office.statuses("desk") == ["sent"]

    on(tmp_path, story)


def test_what_is_too_large_however_short_is_dead_after_two(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        street.hooks.play("bad", Reply(413))
        office = street.office(desk=hook(street.hooks.url("bad")))
        async with office.open():
            await office.tell(1, "desk")
            await office.run()
        assert len(street.hooks.at("bad")) == 2
        assert office.rows("dead")[0].error_code == "http-413"

    on(tmp_path, story)


def test_a_receiver_that_asks_for_time_at_every_second_message_gets_all(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        wait = Reply(429, ("Retry-After: 30",))
        street.hooks.play("bad", *(reply for _ in range(40) for reply in (Reply(), wait)), Reply())
        office = street.office(desk=hook(street.hooks.url("bad")))
        async with office.open():
            for number in range(80):
                await office.tell(number, "desk", thread=f"t{number % 8}")
            await office.run()
        hits = [hit for hit in street.hooks.at("bad") if hit.taken]
        assert len({hit.key for hit in hits}) == len(hits) == 80
        for lane in range(8):
            wanted = [row.key for row in office.rows() if row.id % 8 == (lane + 1) % 8]
            assert [hit.key for hit in hits if hit.key in wanted] == wanted
        assert office.troubles == []
        assert street.clock.now() - T0 < timedelta(hours=2)  # no wait moved it along the schedule

    on(tmp_path, story)


def test_four_channels_do_not_notice_that_the_fifth_is_dead(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        names = ("a", "b", "c")
        fine = {name: hook(street.hooks.play(name)) for name in names}
        dead = hook(street.hooks.play("bad", Reply(how="mute", takes=False)), deadline_s=0.2)
        office = street.office(desk=dead, **fine)
        async with office.open():
            for number in range(20):
                await office.tell(number, thread=f"t{number}")
            await office.run(hours=0.2)
        for name in (*names, "good"):
            alerts = [h for h in street.hooks.at(name) if b"parley.alert" in h.body]
            assert [hit.at for hit in alerts] == [T0] * 20
        assert office.statuses("desk") == ["pending"] * 20

    on(tmp_path, story)


# --- nobody accepts it -----------------------------------------------------------------------

PLAN = Escalation(1800.0, ("phone",))


def test_an_alert_that_nobody_accepted_goes_elsewhere_once(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        options = {"desk": hook(street.hooks.play("bad", Reply(500))),
                   "phone": hook(street.hooks.play("phone"))}  # fmt: skip
        for life in range(3):  # across restarts
            office = street.office(PLAN, **options)
            async with office.open():
                if not life:
                    await office.tell(1, "desk")
                    await office.run(hours=0.45)
                    assert street.hooks.at("phone") == []
                for _ in range(20):
                    street.clock.move(120)
                    await office.run(hours=0)
        [hit] = street.hooks.at("phone")
        assert b"Not delivered for" in hit.body
        assert b"the receiver answered 500" in hit.body
        assert timedelta(minutes=30) <= hit.at - T0 <= timedelta(minutes=40)

    on(tmp_path, story)


def test_an_alert_that_one_channel_accepted_is_not_escalated(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        office = street.office(
            PLAN, desk=hook(street.hooks.play("bad", Reply(500))),
            phone=hook(street.hooks.play("phone")),
        )  # fmt: skip
        async with office.open():
            await office.tell(1, "desk", "other")
            for _ in range(20):
                street.clock.move(300)
                await office.run(hours=0)
        assert street.hooks.at("phone") == []

    on(tmp_path, story)


def test_a_daemon_that_was_off_escalates_nothing_before_it_has_tried(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        office = street.office(PLAN, desk=hook(street.hooks.play("bad")),
                               phone=hook(street.hooks.play("phone")))  # fmt: skip
        async with office.open():
            office.courier.use({})  # killed before it could send
            await office.tell(1, "desk")
        street.clock.move(7200)
        async with street.office(PLAN, **{n: office.options[n] for n in ("desk", "phone")}).open():
            await office.desk.stop()
        again = street.office(PLAN, **{n: office.options[n] for n in ("desk", "phone")})
        async with again.open():
            await again.run()
        assert len(street.hooks.at("bad")) == 1
        assert street.hooks.at("phone") == []

    on(tmp_path, story)


def test_with_all_channels_dead_everything_is_kept_and_goes_out_afterwards(tmp_path: Path) -> None:
    async def story(street: Street) -> None:
        street.hooks.play("good", Reply(503))
        office = street.office(desk=mail(street.sink.port))
        async with office.open():
            for number in range(10):
                await office.tell(number)
            await office.run(hours=3)
            assert {row.status for row in office.rows()} == {"pending"}
            assert {name for name in ("desk", "other") if office.told(name)} == {"desk", "other"}
            street.hooks.play("good")
            street.sink.moods = [Mood()]
            await office.run()
        assert {row.status for row in office.rows()} == {"sent"}
        assert len(set(street.sink.ids(ANN))) == len(street.sink.ids(ANN)) == 10

    on(tmp_path, story, Mood("421 busy"))
