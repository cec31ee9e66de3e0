"""One demo from beginning to end: servers up, daemon up, news played, daemon down, figures."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import secrets
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from rich.console import Console

from monitor.app.clock import SteppedClock
from monitor.app.daemon import Daemon
from monitor.app.wiring import read_settings
from monitor.demo.account import Account
from monitor.demo.feeds import Outlets
from monitor.demo.folder import Addresses, Folder
from monitor.demo.loopback import LoopbackServer
from monitor.demo.player import Player
from monitor.demo.receivers import Hook, Mailbox
from monitor.demo.screen import Screen
from monitor.demo.stream import AS_OF, load
from monitor.demo.summary import Summary, sum_up
from monitor.settings import Settings
from monitor.store import DATABASE_FILE, FolderLock, SqliteReader
from monitor.store.connection import open_reader
from monitor.telemetry import logs


@dataclass(frozen=True, slots=True)
class Stage:
    """What surrounds the daemon: outlets and receivers, each listening."""

    outlets: Outlets
    mailbox: Mailbox
    hook: Hook
    at: Addresses


async def run(path: Path, *, days: int, pause_s: float, console: Console) -> Summary:
    """Play `days` days of June 2025 into the folder `path`, and sum up.

    `pause_s` are real seconds to wait after each line that tells something. SIGINT and SIGTERM end
    it early and cleanly. Raises `CommandError`, `ConfigError`, `StoreError`.
    """
    began = time.monotonic()
    folder = Folder(path)
    folder.claim()
    with _locked(folder):
        folder.clear()
        pieces = load(days)
        async with _stage(folder, Outlets(pieces)) as stage:
            folder.write_config(stage.outlets.languages, stage.at)
            settings = read_settings(folder.config, {})
            screen = Screen(console, settings.rules.timezone)
            languages = len(set(stage.outlets.languages.values()))
            screen.opening(folder, stage.at, len(stage.outlets.languages), languages)
            clock = SteppedClock(AS_OF)
            with folder.console.open("w", encoding="utf-8") as terminal, _logging(folder):
                async with _daemon(settings, clock, terminal) as daemon:
                    with _reader(folder) as reader:
                        player = Player(daemon, clock, stage.outlets, reader, screen, pause_s)
                        stopped = await _until_signalled(player.play(pieces))
        with _reader(folder) as reader:
            totals = Account(reader).totals()
        summary = sum_up(
            totals, stage.outlets, stage.mailbox, stage.hook, folder, stopped=stopped,
            seconds=time.monotonic() - began,
        )  # fmt: skip
        screen.closing(summary)
        return summary


@contextlib.contextmanager
def _locked(folder: Folder) -> Iterator[None]:
    """Keep a second demo out of the folder."""
    lock = FolderLock(folder.path)
    lock.acquire(datetime.now(UTC))
    try:
        yield
    finally:
        lock.release()


@contextlib.asynccontextmanager
async def _stage(folder: Folder, outlets: Outlets) -> AsyncIterator[Stage]:
    """Let outlets and receivers listen, each on a free port of loopback."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    mailbox, hook = Mailbox(folder.mail), Hook(folder.webhook, secret)
    with LoopbackServer(outlets.answer) as feeds, LoopbackServer(hook.answer) as events:
        async with mailbox.serving():
            at = Addresses(feeds.address, events.address, mailbox.port, secret)
            yield Stage(outlets, mailbox, hook, at)


@contextlib.asynccontextmanager
async def _daemon(
    settings: Settings, clock: SteppedClock, terminal: TextIO
) -> AsyncIterator[Daemon]:
    """Run the daemon of `parley run` on a stepped clock; what it says goes to `terminal`."""

    def say(line: str) -> None:
        terminal.write(f"{line}\n")

    def read() -> Settings:
        return read_settings(settings.config_dir, {})

    daemon = Daemon(settings, say=say, read=read, clock=clock, stream=terminal)
    running = asyncio.create_task(daemon.run(), name="daemon")
    ready = asyncio.create_task(daemon.ready.wait(), name="daemon is ready")
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running  # raises what kept it from coming up
        yield daemon
    finally:
        ready.cancel()
        daemon.stop()
        await running


async def _until_signalled(playing: Awaitable[None]) -> bool:
    """Wait for the end; True where a signal came first."""
    loop = asyncio.get_running_loop()
    signalled = asyncio.Event()
    task = asyncio.ensure_future(playing)
    asked = asyncio.create_task(signalled.wait(), name="signal")
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled.set)
    try:
        await asyncio.wait({task, asked}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task  # raises what went wrong
            return False
        return True
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        for each in (task, asked):
            each.cancel()
        await asyncio.gather(task, asked, return_exceptions=True)


@contextlib.contextmanager
def _logging(folder: Folder) -> Iterator[None]:
    """Write the daemon's log to a file: the terminal belongs to the news."""
    root = logging.getLogger()
    with folder.log.open("w", encoding="utf-8") as stream:
        logs.configure("people", "info", stream=stream)
        try:
            yield
        finally:
            for handler in [h for h in root.handlers if isinstance(h, logs.LineHandler)]:
                root.removeHandler(handler)


@contextlib.contextmanager
def _reader(folder: Folder) -> Iterator[SqliteReader]:
    reader = SqliteReader(open_reader(folder.store / DATABASE_FILE))
    try:
        yield reader
    finally:
        reader.close()
