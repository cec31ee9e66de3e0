"""Every mode of the table, by the whole way from the outbox, under a stepped news clock."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from monitor.core.schedule import JITTER, MAIL_RETRIES_S, WEBHOOK_RETRIES_S
from tests.builders import T0
from tests.delivery.hook_server import HookServer, bodies_by_key, hook_server
from tests.delivery.mail_sink import MailSink, mail_sink
from tests.delivery.modes import MAILS, MODES, WEBHOOKS, Mode
from tests.delivery.office import Office
from tests.fakes import FrozenClock

ANN = "ann@example.org"
SECRET = "whsec_cGxhbnRlZC13ZWJob29rLXNlY3JldC0zMi1ieXRlcy4="


def hook(url: str, **changed: Any) -> dict[str, Any]:
    """Give the options of a webhook."""
    return {"kind": "webhook", "url": url, "secret": SECRET, "deadline_s": 5, **changed}


def mail(port: int, **changed: Any) -> dict[str, Any]:
    """Give the options of a mail channel without encryption."""
    base = {"kind": "email", "host": "127.0.0.1", "port": port, "tls": "none", "deadline_s": 5}
    return {**base, "from": "parley@example.org", "to": ANN, **changed}


class Scene:
    """One mode, played to the end."""

    def __init__(self, mode: Mode, office: Office, hooks: HookServer, sink: MailSink) -> None:
        self.mode, self.office, self.hooks, self.sink = mode, office, hooks, sink

    @property
    def times(self) -> list[datetime]:
        """News times of all attempts; a message sent again shortened is one attempt."""
        if self.mode.by_mail:
            return list(dict.fromkeys(self.sink.connections))
        return [hit.at for hit in self.hooks.at("bad")]

    @property
    def accepted(self) -> list[str]:
        """The keys that the receiver accepted, repeats included, in order."""
        if self.mode.by_mail:
            return self.sink.ids(ANN)
        return [hit.key for hit in self.hooks.at("bad") if hit.taken]


def play(mode: Mode, folder: Path, *, alerts: int = 1) -> Scene:
    """Send alerts of one thread to a receiver of that mode and to one that works."""

    async def run() -> Scene:
        clock = FrozenClock(T0)
        tls, authority = _certificates(folder) if mode.encrypted else (None, "")
        moods = mode.script if mode.by_mail else ()
        async with hook_server(clock) as hooks, mail_sink(clock, *moods, tls=tls) as sink:
            hooks.play("good")
            options = {"other": hook(hooks.url("good"))}
            if mode.by_mail:
                safe = {"tls": "starttls", "ca_file": authority} if mode.encrypted else {}
                options["bad"] = mail(sink.port, **safe, **mode.options)
            else:
                options["bad"] = hook(hooks.play("bad", *mode.script), **mode.options)
            office = Office(folder, clock, options, allow=(hooks.address,))
            async with office.open():
                for number in range(1, alerts + 1):
                    await office.tell(number)
                await office.run()
            return Scene(mode, office, hooks, sink)

    return asyncio.run(run())


def _certificates(folder: Path) -> tuple[ssl.SSLContext, str]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, str(file)


def assert_on_schedule(mode: Mode, times: Sequence[datetime]) -> None:
    """See that each attempt came when the schedule says, and none before the receiver wished."""
    steps = MAIL_RETRIES_S if mode.by_mail else WEBHOOK_RETRIES_S
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(times)]
    for number, gap in enumerate(gaps):
        if number < len(mode.waits_s):
            assert mode.waits_s[number] <= gap <= mode.waits_s[number] * (1 + JITTER) + 1
        elif mode.fate == "dead" and mode.encrypted:  # a server that cannot be trusted: hourly
            assert 3600 * 1.0 <= gap + 3600 <= 2 * 3600 * (1 + JITTER)
        else:
            step = steps[min(number, len(steps) - 1)]
            assert step <= gap <= step * (1 + JITTER)


@pytest.mark.parametrize("mode", MODES, ids=[f"{mode.id}-{mode.name}" for mode in MODES])
def test_a_mode(mode: Mode, tmp_path: Path) -> None:
    scene = play(mode, tmp_path)
    assert len(scene.times) == pytest.approx(mode.tries, rel=0.02)
    assert_on_schedule(mode, scene.times)
    assert len(scene.accepted) == mode.taken
    assert len(set(scene.accepted)) == min(mode.taken, 1)  # one, once repeats of a key are dropped
    assert_fate(scene)
    assert_told_once(scene)
    assert_other_undisturbed(scene)
    assert_bodies_constant(scene)


def assert_fate(scene: Scene) -> None:
    """See how the message stands at the end."""
    statuses = scene.office.statuses("bad")
    expected = {"sent": ["sent"], "dead": ["dead"], "off": ["pending"]}[scene.mode.fate]
    assert statuses == expected


def assert_told_once(scene: Scene) -> None:
    """See that trouble is told once when it begins, and once when it is over."""
    mode, told = scene.mode, scene.office.told("bad")
    if not mode.told or mode.name == "400":  # a single refusal is no trouble of its channel
        assert told == []
        return
    assert [ok for ok, _ in told] == ([False, True] if mode.fate == "sent" else [False])
    assert mode.told in told[0][1]


def assert_other_undisturbed(scene: Scene) -> None:
    """See that the channel that works had everything at once, at the first attempt."""
    hits = [hit for hit in scene.hooks.at("good") if b"parley.alert" in hit.body]
    assert [hit.at for hit in hits] == [T0]


def assert_bodies_constant(scene: Scene) -> None:
    """See that no attempt changed a byte, and that nothing went where a redirect pointed."""
    assert all(len(bodies) == 1 for bodies in bodies_by_key(scene.hooks.at("bad")).values())
    assert len({mail.content for mail in scene.sink.mails}) <= 1
    assert scene.hooks.at("leak") == []
    assert_mail_is_one(scene)


def assert_mail_is_one(scene: Scene) -> None:
    """See that hostile words made no header, and nothing went out in clear that should not."""
    for sent in scene.sink.mails:
        assert sent.parsed["bcc"] is None
        assert sent.parsed["auto-submitted"] == "auto-generated"
        assert len(sent.parsed.get_all("message-id", [])) == 1
    if scene.mode.encrypted:
        verbs = {line.partition(" ")[0] for line in scene.sink.in_clear}
        assert verbs <= {"EHLO", "HELO", "STARTTLS", "QUIT"}


@pytest.mark.parametrize(
    "mode", [m for m in MODES if m.fate == "sent"], ids=lambda mode: f"{mode.id}-{mode.name}"
)
def test_the_order_of_a_thread_is_kept(mode: Mode, tmp_path: Path) -> None:
    scene = play(mode, tmp_path, alerts=4)
    assert scene.office.statuses("bad") == ["sent"] * 4
    first_seen = list(dict.fromkeys(scene.accepted))
    wanted = [row.key for row in scene.office.rows(channel="bad")]
    assert [key.strip("<>").partition("@")[0] for key in first_seen] == wanted


def test_the_table_has_every_kind_of_fault() -> None:
    covered = {mode.id for mode in MODES}
    assert covered == {f"A{number:02}" for number in (*range(1, 16),)}
    assert len(WEBHOOKS) + len(MAILS) == len(MODES)
