"""The daemon as a process among others: its lock, signals, edits, and trouble outside of it.

Each test runs a real daemon against real servers on loopback. Where hours would have to pass it is
the daemon of `tests.torture`, whose news time runs faster.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.torture.clock import FastClock
from tests.torture.feeds import Piece, Writer
from tests.torture.life import Life
from tests.torture.place import RECIPIENTS, WATCH, Place, a_place, replace_file

FEEDS = ("amber", "birch")
#: A retry after a minute comes after a second and a half.
FACTOR = 40.0
#: Two seconds are promised of a machine that does nothing else; other tests run beside this one.
TAKEN_WITHIN_S = 8.0
ENDS_WITHIN_S = 10.0
EVERYWHERE = {("desk", to) for to in RECIPIENTS} | {("hook", "webhook")}


class Scene:
    """A place, a writer, and one daemon after the other."""

    def __init__(self, place: Place) -> None:
        self.place, self.writer = place, Writer(1)
        self._lives = 0

    @contextmanager
    def daemon(self, *, fast: bool = True, contact: bool = True) -> Iterator[Life]:
        """Run a daemon until the block ends; `contact` waits until every feed was read."""
        life = self.begin(fast=fast)
        try:
            if contact:
                self.place.feeds.life = life.number
                life.until(lambda: self.place.feeds.reads_of(life.number) > 0, why="feeds read")
                life.until(lambda: "irst round" in life.said(), why="the first round is over")
            yield life
        finally:
            life.end_anyhow()

    def begin(self, *, fast: bool = True) -> Life:
        self._lives += 1
        arguments = ["-m", "tests.torture.daemon", "config"] if fast else ["-m", "monitor", "run"]
        return Life.begin(
            self._lives,
            self.place.folder,
            arguments,
            self.place.clock.environment() if fast else {},
        )

    def publish(self, words: str = "") -> Piece:
        piece = self.writer.piece(FEEDS[0], self.place.clock.now())
        if words:
            piece = Piece(piece.mark, f"{words} {piece.title.removeprefix('Truce ')}", piece.summary,
                          piece.guid, piece.published)  # fmt: skip
        self.place.feeds.publish(FEEDS[0], piece)
        return piece

    def arrived(self, piece: Piece) -> set[tuple[str, str]]:
        taken = list(self.place.inbox.taken)
        return {(m.channel, m.recipient) for m in taken if m.mark == piece.mark}

    def wait_for(self, life: Life, piece: Piece, within_s: float = 30.0) -> None:
        life.until(lambda: self.arrived(piece) == EVERYWHERE, within_s, f"{piece.mark} everywhere")

    def once_each(self) -> bool:
        """Whether everything came under one key an item and receiver, and each key once."""
        taken = self.place.inbox.taken
        places = Counter((m.mark, m.channel, m.recipient) for m in taken)
        keys = Counter(m.key for m in taken)
        return all(m.sound for m in taken) and {*places.values(), *keys.values()} <= {1}


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    factor = getattr(request, "param", FACTOR)
    with a_place(tmp_path, FastClock(time.time(), factor), FEEDS) as place:
        scene = Scene(place)
        scene.publish()  # of the first contact, never told
        yield scene


def said(life: Life, words: str) -> int:
    return life.said().count(words)


# --- lock and signals --------------------------------------------------------------------------


def test_a_second_daemon_names_the_first_and_leaves_it_alone(scene: Scene) -> None:
    with scene.daemon(fast=False) as first:
        second = scene.begin(fast=False)
        try:
            assert second.wait(15) == 1
        finally:
            second.end_anyhow()
        since = time.strftime("%Y-%m-%d ", time.gmtime())
        assert f"in use by pid {first.pid} since {since}" in second.said()
        assert "Traceback" not in second.said()
        assert first.running
        assert first.stop(ENDS_WITHIN_S) < ENDS_WITHIN_S
    with scene.daemon(fast=False, contact=False) as third:  # and the folder is free again
        third.until(lambda: "Watching 2 feeds" in third.said(), why="it is up")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_leaves_no_process(scene: Scene, number: int) -> None:
    with scene.daemon(fast=False) as life:
        if Path("/proc/self/environ").exists():
            assert len(life.processes()) > 1  # its parser is there
        began = time.monotonic()
        os.kill(life.pid, number)
        assert life.wait(ENDS_WITHIN_S) == 0
        assert time.monotonic() - began < ENDS_WITHIN_S
        assert life.processes() == []
        assert "Traceback" not in life.said()


def test_it_ends_in_time_although_everybody_stalls_and_nothing_is_lost(scene: Scene) -> None:
    scene.place.inbox.hook_stalls_s = 60.0
    with scene.daemon() as life:
        piece = scene.publish()
        life.until(lambda: scene.place.inbox.refused > 0, why="the webhook was called")
        scene.place.feeds.stalls_s = 60.0
        life.until(lambda: scene.place.feeds.held > 0, why="a feed was asked")
        assert life.stop(ENDS_WITHIN_S) < ENDS_WITHIN_S
        assert life.processes() == []
    scene.place.inbox.hook_stalls_s = scene.place.feeds.stalls_s = 0.0
    with scene.daemon(contact=False) as life:
        scene.wait_for(life, piece)
        life.stop()
    assert scene.once_each()


def test_a_second_signal_ends_it_at_once(scene: Scene) -> None:
    scene.place.inbox.hook_stalls_s = 60.0
    with scene.daemon() as life:
        scene.publish()
        life.until(lambda: scene.place.inbox.refused > 0, why="the webhook was called")
        life.process.terminate()
        life.until(lambda: "shutting down" in life.said(), why="it heard the first signal")
        life.process.terminate()
        assert life.wait(3) == 1
        assert life.orphans() == []


# --- edits -------------------------------------------------------------------------------------


def test_an_edited_watch_takes_effect_within_seconds(scene: Scene) -> None:
    with scene.daemon() as life:
        replace_file(scene.place.watch, WATCH.replace("query: truce", "query: armistice"))
        took = life.until(lambda: said(life, "edit taken") == 1, why="the edit taken")
        assert took <= TAKEN_WITHIN_S
        silent, told = scene.publish(), scene.publish("Armistice")
        scene.wait_for(life, told)
        life.stop()
    assert scene.arrived(silent) == set()
    assert scene.once_each()


def test_sighup_reads_anew_what_has_not_changed(scene: Scene) -> None:
    with scene.daemon(fast=False) as life:
        os.kill(life.pid, signal.SIGHUP)
        assert life.until(lambda: said(life, "edit taken") == 1) <= TAKEN_WITHIN_S
        assert life.stop() < ENDS_WITHIN_S


def test_a_hundred_reloads_while_alerts_are_sent_lose_and_double_nothing(scene: Scene) -> None:
    with scene.daemon() as life:
        pieces = []
        for number in range(100):
            os.kill(life.pid, signal.SIGHUP)
            if number % 10 == 0:
                pieces.append(scene.publish())
            time.sleep(0.02)  # the pace of the signals, not a wait for anything
        for piece in pieces:
            scene.wait_for(life, piece)
        assert said(life, "edit taken") > 1
        life.stop()
    assert scene.once_each()


# --- trouble outside ---------------------------------------------------------------------------


def test_mail_that_cannot_be_handed_in_waits_until_the_server_is_back(scene: Scene) -> None:
    with scene.daemon() as life:
        scene.place.mail.shut()
        pieces = [scene.publish(), scene.publish()]
        life.until(
            lambda: all(scene.arrived(p) == {("hook", "webhook")} for p in pieces), why="webhooks"
        )
        life.until(lambda: said(life, "cannot deliver") == 1, why="said that mail fails")
        scene.place.mail.open()
        for piece in pieces:
            scene.wait_for(life, piece)
        life.until(lambda: said(life, "works again") == 1, why="said that mail works")
        assert said(life, "cannot deliver") == 1
        life.stop()
    assert scene.once_each()


def test_a_mail_server_that_says_not_now_gets_the_mail_later(scene: Scene) -> None:
    with scene.daemon() as life:
        scene.place.inbox.mail_answer = "451 not now"
        piece = scene.publish()
        life.until(lambda: scene.place.inbox.refused >= 2, why="tried")
        scene.place.inbox.mail_answer = ""
        scene.wait_for(life, piece)
        life.stop()
    assert scene.once_each()


@pytest.mark.parametrize("scene", [3 * FACTOR], indirect=True)  # it retries after five minutes
def test_a_webhook_that_answers_500_gets_the_event_later(scene: Scene) -> None:
    with scene.daemon() as life:
        scene.place.inbox.hook_status = 500
        piece = scene.publish()
        life.until(lambda: scene.place.inbox.refused >= 2, why="tried, and tried again")
        assert scene.arrived(piece) == EVERYWHERE - {("hook", "webhook")}
        assert said(life, "cannot deliver") == 1
        scene.place.inbox.hook_status = 200
        scene.wait_for(life, piece)
        life.until(lambda: said(life, "works again") == 1, why="said that it works")
        life.stop()
    assert scene.once_each()


def test_a_webhook_that_stalls_holds_up_no_mail(scene: Scene) -> None:
    scene.place.write(hook_deadline_s=0.5)
    scene.place.inbox.hook_stalls_s = 30.0
    with scene.daemon() as life:
        first, second = scene.publish(), scene.publish()
        mails = EVERYWHERE - {("hook", "webhook")}
        life.until(
            lambda: scene.arrived(first) == scene.arrived(second) == mails, 10, "mails at once"
        )
        life.until(lambda: said(life, "cannot deliver") == 1, why="said that the webhook fails")
        scene.place.inbox.hook_stalls_s = 0.0
        for piece in (first, second):
            scene.wait_for(life, piece)
        assert said(life, "cannot deliver") == 1
        life.stop()
    assert scene.once_each()


def test_a_webhook_that_is_gone_is_left_alone_and_loses_nothing(scene: Scene) -> None:
    with scene.daemon() as life:
        scene.place.inbox.hook_status = 410
        pieces = [scene.publish()]
        life.until(lambda: scene.place.inbox.refused == 1, why="called once")
        pieces.append(scene.publish())
        mails = EVERYWHERE - {("hook", "webhook")}
        life.until(lambda: all(scene.arrived(p) == mails for p in pieces), why="mails arrive")
        refused = scene.place.inbox.refused
        assert said(life, "cannot deliver") == 1
        scene.place.inbox.hook_status = 200
        enable = ["outbox", "enable", "hook", "--config", str(scene.place.config)]  # it is mended
        asked = subprocess.run(
            [sys.executable, "-m", "monitor", *enable],
            check=False, capture_output=True, text=True, timeout=60, cwd=scene.place.config.parent,
        )  # fmt: skip
        assert asked.returncode == 0, asked.stderr
        for piece in pieces:
            scene.wait_for(life, piece)
        assert refused == scene.place.inbox.refused == 1
        life.stop()
    assert scene.once_each()


HOLD = """\
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


def test_a_database_that_another_process_locks_is_waited_for(scene: Scene) -> None:
    locked_s = 8.0
    with scene.daemon() as life:
        command = [sys.executable, "-c", HOLD, str(scene.place.database), str(locked_s)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            began = time.monotonic()
            piece = scene.publish()
            life.until(lambda: holder.poll() is not None, locked_s + 10, "the lock is gone")
            assert time.monotonic() - began > locked_s - 1
        assert scene.arrived(piece) == set()
        scene.wait_for(life, piece)
        life.until(
            lambda: said(life, "the store takes writes again") == 1, why="said that it works"
        )
        assert said(life, "the store refuses") == 1
        assert "Traceback" not in life.said()
        life.stop()
    assert scene.once_each()
