"""Edits under a running daemon that go wrong: refused, kept until they can be taken, never lost."""

from __future__ import annotations

import asyncio
import logging
import socket
import sqlite3
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.app.daemon import Daemon
from monitor.app.reload import SHOWN
from monitor.core.rules import RuleBook, Watch, WatchTest
from monitor.errors import ConfigError
from monitor.settings import Settings
from monitor.telemetry.health import CONFIG
from tests.builders import book, entry, feed, watch
from tests.fakes import FakeNotifier, Fault, later, plant
from tests.story.stage import PATIENCE_S, Stage

NEWS = "Kremlin rejects 30-day truce"


def play(story: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        async with asyncio.timeout(2 * PATIENCE_S):
            await story()

    asyncio.run(within())


def degraded(daemon: Daemon) -> str:
    return "\n".join(daemon.health.readiness().degraded)


def figure(daemon: Daemon, name: str) -> float:
    lines = daemon.metrics.render().decode().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))


def ruled(rules: RuleBook) -> Callable[[Settings], Settings]:
    return lambda settings: replace(settings, rules=rules)


@pytest.mark.parametrize("error", [ssl.SSLError("NO_CERTIFICATE"), ZeroDivisionError("planted")])
def test_an_edit_that_breaks_while_it_is_built_is_refused_and_the_daemon_goes_on(
    tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    console = FakeNotifier("console")
    stage = Stage(tmp_path, book(watch()), console)

    def broken(settings: Settings) -> Settings:
        raise error

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            stage.edit = broken
            daemon.reload()
            await stage.until(lambda: "edit refused" in degraded(daemon))
            assert type(error).__name__ in degraded(daemon)
            assert figure(daemon, "parley_config_ok") == 0
            stage.publish("bbc", entry(NEWS, published=None))
            await stage.round()
            await stage.until(lambda: len(console.sent) == 1)
            stage.edit = lambda settings: settings
            daemon.reload()
            await stage.until(lambda: figure(daemon, "parley_config_ok") == 1)
            assert CONFIG not in degraded(daemon)

    with caplog.at_level(logging.ERROR, "parley"):
        play(story)
    assert [r.exc_info[1] for r in caplog.records if r.exc_info] == [error]


class Refusing(Fault):
    """The database refuses statements that begin in some way, for as long as it is `on`."""

    def __init__(self, *begins: str) -> None:
        super().__init__(-1)
        self.begins, self.on, self.refused, self.units = begins, True, 0, 0

    def meet(self, connection: sqlite3.Connection, sql: str) -> None:
        self.units += sql == "BEGIN IMMEDIATE"
        if self.on and sql.startswith(self.begins):
            self.refused += 1
            error = sqlite3.OperationalError("planted")
            error.sqlite_errorcode = self.code
            raise error


def test_an_edit_that_the_database_refuses_is_taken_when_it_takes_writes_again(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path, book(watch()), FakeNotifier("console"), FakeNotifier("old"))
    fault = Refusing("UPDATE feeds SET active = 0")

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            before, built = stage.channels, []
            daemon.health.set_state("channel old", ok=False, detail="planted")
            plant(daemon._desk._store, fault)  # type: ignore[arg-type]

            def edit(settings: Settings) -> Settings:
                built.append(FakeNotifier("new"))
                stage.channels = (FakeNotifier("console"), built[-1])
                return replace(settings, rules=book(watch("other")))

            stage.edit = edit
            daemon.reload()
            await stage.until(lambda: fault.refused >= 2, "asked again by itself")
            assert "an edit waits until the database takes it" in degraded(daemon)
            assert "channel old: planted" in degraded(daemon)
            assert figure(daemon, "parley_config_ok") == 0
            assert daemon._desk.rules.book.watch("other") is None
            assert built[0].closed
            assert [old for old in before if getattr(old, "closed", True)] == []
            fault.on = False
            await stage.until(lambda: figure(daemon, "parley_config_ok") == 1)
            assert daemon._desk.rules.book.watch("other") is not None
            assert daemon._desk.rules.channels["new"] is built[-1]
            assert not built[-1].closed
            assert [old for old in before if not getattr(old, "closed", False)] == []
            assert all(name not in degraded(daemon) for name in ("channel old", CONFIG))

    play(story)


def test_a_full_disk_is_said_once_and_stays_said_until_a_write_goes_through(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An empty commit succeeds on a full disk: it proves nothing."""
    console = FakeNotifier("console")
    stage = Stage(tmp_path, book(watch()), console)
    fault = Refusing("INSERT", "UPDATE", "DELETE", "REPLACE")

    def said(text: str) -> int:
        return sum(text in record.getMessage() for record in caplog.records)

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            plant(daemon._desk._store, fault)  # type: ignore[arg-type]
            stage.publish("bbc", entry(NEWS, published=None))
            await stage.move(61)
            await stage.until(lambda: not daemon.health.readiness().ready)
            ready, until = [], fault.units + 30

            def so_many_units_later() -> bool:
                ready.append(daemon.health.readiness().ready)
                return fault.units >= until

            await stage.until(so_many_units_later)
            assert not any(ready)
            assert (said("the store refuses"), said("takes writes again")) == (1, 0)
            fault.on = False
            await stage.until(lambda: daemon.health.readiness().ready)
            await stage.until(lambda: len(console.sent) == 1)
            assert (said("the store refuses"), said("takes writes again")) == (1, 1)

    with caplog.at_level(logging.INFO, "parley"):
        play(story)


def test_systemd_hears_of_a_reload_and_of_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    stage = Stage(tmp_path, book(watch()), FakeNotifier("console"))

    def refused(settings: Settings) -> Settings:
        raise ZeroDivisionError("planted")

    def heard() -> list[str]:
        said = []
        while True:
            try:
                said.append(wire.recv(4096).decode().partition("\n")[0])
            except BlockingIOError:
                return said

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            assert sorted(heard()) == ["READY=1", "WATCHDOG=1"]  # one sign of life in 20 s
            for edit in (ruled(book(watch("other"))), refused):
                stage.edit = edit
                daemon.reload()
                said: list[str] = []

                def both(said: list[str] = said) -> bool:
                    said += heard()
                    return len(said) >= 2

                await stage.until(both)
                assert said == ["RELOADING=1", "READY=1"]
        assert heard() == ["STOPPING=1"]

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(path)
        wire.setblocking(False)
        play(story)


def test_what_waits_for_a_channel_that_an_edit_took_out_is_said_until_it_is_given_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk, console = FakeNotifier("desk", [later("timeout")] * 9), FakeNotifier("console")
    stage = Stage(tmp_path, book(watch(notify=("desk",))), desk, console)
    command = "parley outbox list --channel desk"

    def warned() -> int:
        return sum(command in record.getMessage() for record in caplog.records)

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            stage.publish("bbc", entry(NEWS, published=None))
            await stage.round()
            await stage.until(lambda: len(desk.tried) >= 1)
            await stage.idle()
            assert (warned(), command in degraded(daemon)) == (0, False)
            stage.channels, stage.edit = (console,), ruled(book(watch()))
            daemon.reload()
            await stage.until(lambda: command in degraded(daemon))
            assert "outbox of desk: 1 wait for a channel not in force" in degraded(daemon)
            assert warned() == 1
        stage.rules = book(watch())
        async with stage.daemon() as daemon:
            assert warned() == 2
            assert command in degraded(daemon)
            done: Mapping[str, object] = await daemon._desk.do(
                "outbox.drop-channel", {"channel": "desk"}, stage.clock.now()
            )
            assert done["dropped"] == 1
            daemon.watching.renew_figures(0, 0.0)
            assert command not in degraded(daemon)

    with caplog.at_level(logging.WARNING, "parley"):
        play(story)


def test_feeds_that_cannot_be_read_are_one_line_and_the_index_counts(tmp_path: Path) -> None:
    feeds = [feed(name) for name in ("bbc", "dw", "ard")]
    stage = Stage(tmp_path, book(watch(), feeds=feeds), FakeNotifier("console"))

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            daemon.watching.renew_figures(0, 0.0)
            lines = daemon.health.readiness().degraded
            assert [line.partition(" (for")[0] for line in lines] == [
                "feeds: 2 of 3 feeds cannot be read"
            ]
            index = await asyncio.to_thread(page, daemon.address)
            assert "watches: 1\nfeeds: 3\nfeeds that cannot be read: 2\n" in index
            assert "deliveries waiting: 0\nitems set aside: 0\n" in index
            for name in ("dw", "ard"):
                stage.publish(name)
            await stage.move(3600)
            await stage.until(lambda: stage.looks("dw") > 1 and stage.looks("ard") > 1)
            await stage.idle()
            daemon.watching.renew_figures(0, 0.0)
            assert degraded(daemon) == ""

    play(story)


def page(address: tuple[str, int]) -> str:
    with socket.create_connection(address, timeout=5) as wire:
        wire.sendall(b"GET / HTTP/1.0\r\n\r\n")
        parts = []
        while part := wire.recv(65536):
            parts.append(part)
    return b"".join(parts).decode()


def edited_by_desk(*watches: Watch) -> RuleBook:
    return replace(book(*watches), editors=("desk",))


def test_editors_are_told_what_an_edit_changes_and_what_it_would_have_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk, console = FakeNotifier("desk"), FakeNotifier("console")
    before = edited_by_desk(watch(notify=("console",)))
    stage = Stage(tmp_path, before, desk, console)
    tests = (WatchTest("Gaza truce", "en", hit=True), WatchTest("Football", "en", hit=False))
    wider = watch(query="$truce OR pause", notify=("console",), tests=tests)
    rain = watch("rain", "rain", notify=("console",), tests=tests[1:])

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            titles = (NEWS, "A pause in the war", "A pause for tea", "Rain in the hills")
            stage.publish("bbc", *(entry(title, published=None) for title in titles))
            await stage.round()
            stage.edit = ruled(edited_by_desk(wider, rain))
            daemon.reload()
            await stage.until(lambda: len(desk.sent) == 1)
            stage.edit = ruled(edited_by_desk(rain))
            daemon.reload()
            await stage.until(lambda: len(desk.sent) == 2)
            daemon.reload()  # asked for, with nothing edited
            await stage.until(lambda: len(desk.sent) == 3)

    with caplog.at_level(logging.INFO, "parley.config"):
        play(story)
    first, second, third = (body.decode() for _, _, body in desk.sent)
    assert "Parley: edit taken" in first
    assert (
        "+1 watch (rain), 1 changed (ceasefire): tests 3/3; last 7 days: 3 more hits, 0 fewer"
        in first
    )
    assert "2 watches are in force." in first
    assert "-1 watch (ceasefire); last 7 days: 0 more hits, 3 fewer" in second
    assert "no watch changed" in third
    said = [record.getMessage() for record in caplog.records]
    assert sum(line.startswith("the edit: +1 watch (rain)") for line in said) == 1


def test_an_edit_whose_own_test_fails_is_refused_and_the_rules_before_it_stay(
    tmp_path: Path,
) -> None:
    desk, console = FakeNotifier("desk"), FakeNotifier("console")
    before = edited_by_desk(watch(notify=("console",)))
    stage = Stage(tmp_path, before, desk, console)
    wrong = watch(
        notify=("console",), file="watches/ceasefire.yaml",
        tests=tuple(WatchTest(f"Toy {n}", "en", hit=True, line=7 + n) for n in range(SHOWN + 2)),
    )  # fmt: skip

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            stage.edit = ruled(edited_by_desk(wrong))
            daemon.reload()
            await stage.until(lambda: len(desk.sent) == 1)
            assert daemon._desk.rules.book.watches == before.watches
            assert "ceasefire.yaml:7: a test of ceasefire fails" in degraded(daemon)

    play(story)
    told = desk.sent[0][2].decode()
    assert "Parley: edit refused" in told
    assert "no hit for \u201cToy 0\u201d (en) (lacks $truce)" in told
    assert told.count("no hit for") == SHOWN
    assert told.endswith("\nand 2 more; parley check shows all")


def test_a_daemon_does_not_come_up_over_a_watch_whose_own_test_fails(tmp_path: Path) -> None:
    wrong = watch(tests=(WatchTest("A toy", "en", hit=True),))
    stage = Stage(tmp_path, book(wrong), FakeNotifier("console"))

    async def story() -> None:
        with pytest.raises(ConfigError, match="a test of ceasefire fails"):
            async with stage.daemon():
                pass

    play(story)
    assert not (tmp_path / "data" / "parley.db").exists()
