"""The way to the desk for commands that change something: do it here, or ask the daemon.

Who holds the lock of the data folder is the only writer. Where nobody does, this process takes it
and runs the same verbs itself; where a daemon does, the command is filed and its answer awaited.
"""

from __future__ import annotations

import asyncio
import getpass
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.app.clock import SystemClock
from monitor.app.wiring import build_channels, in_force
from monitor.cli.common import database_of, notice, settings_of
from monitor.core.text import clean_line
from monitor.errors import CommandError, StoreInUse
from monitor.ingest import DeskThread
from monitor.ports import Answer, Failure
from monitor.store import FolderLock, SqliteReader, SqliteStore, file_command
from monitor.store.connection import open_reader

if TYPE_CHECKING:
    from monitor.settings import Settings

#: A daemon does what was filed at its tick, once a second; this long is waited for it.
WAIT_S = 10.0
LOOK_S, LOCK_S = 0.1, 1.0
#: Longest text of a fact, in characters.
MAX_TEXT = 2_000


class NoNetwork:
    """Stands in for the web where channels only render: whatever is posted fails."""

    async def post(
        self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], *, deadline_s: float
    ) -> Answer | Failure:
        """Refuse."""
        del url, body, headers, deadline_s
        return Failure("offline", "this command sends nothing")


def who() -> str:
    """Give the name of the person at the keyboard, for the ledger."""
    try:
        return clean_line(getpass.getuser(), 64) or "unknown"
    except (OSError, KeyError):  # a container may run under a number that has no name
        return "unknown"


def said(text: str | None) -> str | None:
    """Give a text from the command line as one clean line, as the store takes it."""
    return None if text is None else clean_line(text, MAX_TEXT)


def ask(config_dir: Path, verb: str, args: Mapping[str, object]) -> Mapping[str, object]:
    """Have a command done, here or by the daemon, and give its result.

    Raises `CommandError` for what cannot be done and where a daemon does not answer, `ConfigError`,
    `StoreError`.
    """
    settings = settings_of(config_dir)
    clock = SystemClock()
    lock = FolderLock(settings.data)
    try:
        lock.acquire(clock.wire())
    except StoreInUse:
        return _by_another(settings, verb, args, clock)
    try:
        with open_desk(settings, clock, database_of(settings)) as desk:
            return desk.do_now(verb, args, clock.now())
    finally:
        lock.release()


@contextmanager
def open_desk(settings: Settings, clock: SystemClock, path: Path) -> Iterator[DeskThread]:
    """Open a desk on the calling thread. The caller holds the lock of the data folder.

    Raises `ConfigError` for a watch that fails one of its tests, `StoreError`.
    """
    rules = in_force(settings, build_channels(settings, http=NoNetwork(), clock=clock))
    store = SqliteStore(path)
    try:
        desk = DeskThread(store, rules, beat=lambda: None)
        for each in desk.open_now(clock.now())[1]:
            notice(f"{each.message}; to take it: {each.command}")
        yield desk
    finally:
        store.close()


def _by_another(
    settings: Settings, verb: str, args: Mapping[str, object], clock: SystemClock
) -> Mapping[str, object]:
    """File a command and wait for its answer; where the holder lets go meanwhile, do it here."""
    path = database_of(settings)
    if not path.exists():
        raise CommandError("the daemon is still coming up; ask again in a moment")
    number = file_command(path, verb, args, clock.now())
    reader = SqliteReader(open_reader(path))
    try:
        began = locked_at = time.monotonic()
        while time.monotonic() - began < WAIT_S:
            answer = reader.command_result(number)
            if answer is not None:
                return _result(*answer)
            if time.monotonic() - locked_at >= LOCK_S:
                locked_at = time.monotonic()
                _work_off(settings, clock, path)
            time.sleep(LOOK_S)
    finally:
        reader.close()
    raise CommandError(
        f"the daemon has not answered within {WAIT_S:g} s; what was asked waits as command {number}"
        " and is done as soon as it can, or at the next start: see parley status"
    )


def _result(status: str, result: Mapping[str, object]) -> Mapping[str, object]:
    if status == "refused":
        raise CommandError(str(result.get("error") or "refused without a reason"))
    return result


def _work_off(settings: Settings, clock: SystemClock, path: Path) -> None:
    """Do what is filed, should nobody hold the folder any more: a daemon may end at any time."""
    lock = FolderLock(settings.data)
    try:
        lock.acquire(clock.wire())
    except StoreInUse:
        return
    try:
        with open_desk(settings, clock, path) as desk:
            asyncio.run(_tick(desk, clock.now()))
    finally:
        lock.release()


async def _tick(desk: DeskThread, now: datetime) -> None:
    desk.start()
    try:
        await desk.tick(now)
    finally:
        await desk.stop()
