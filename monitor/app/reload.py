"""Reload: read all, check all, build all, then swap; or change nothing and say why."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from monitor.app.doors import Client, Doors
from monitor.app.edits import edit_between, weighed
from monitor.app.wiring import in_force, paced, secrets_of
from monitor.errors import CommandError, ConfigError, ParleyError, StoreError
from monitor.ingest import DeskThread, InForce
from monitor.ports import Notifier
from monitor.settings import Settings
from monitor.settings.watcher import ConfigWatcher
from monitor.store import DATABASE_FILE
from monitor.store.connection import open_reader
from monitor.store.history import SqliteHistory
from monitor.telemetry.health import CONFIG
from monitor.telemetry.logs import add_secrets

if TYPE_CHECKING:
    from monitor.app.daemon import Daemon

log = logging.getLogger("parley.config")
#: Problems of a refused edit that are said, to editors and in the log; `parley check` shows all.
SHOWN = 5


class Reloader:
    """Watches the files of the configuration and takes a good edit over."""

    def __init__(
        self,
        *,
        daemon: Daemon,
        desk: DeskThread,
        watcher: ConfigWatcher,
        client: Client,
        doors: Doors,
        stream: TextIO,
        channels: Mapping[str, Notifier],
        read: Callable[[], Settings],
    ) -> None:
        """Begin with the channels in force."""
        self._daemon, self._desk, self._watcher, self._client = daemon, desk, watcher, client
        self._doors, self._stream, self._read = doors, stream, read
        self._channels = channels
        self._asked = False
        self._over = threading.Event()
        self._one_at_a_time = asyncio.Lock()
        self._weighing: set[asyncio.Task[None]] = set()

    def ask(self) -> None:
        """Reload at the next occasion, whether or not a file changed."""
        self._asked = True

    def wanted(self, now_monotonic: float) -> bool:
        """Say whether somebody asked, or files changed and have stood still since."""
        changed = self._watcher.settled(now_monotonic)
        asked, self._asked = self._asked, False
        return changed or asked

    async def reload(self) -> bool:
        """Take the files over; False where they are refused, or wait, and nothing changed."""
        try:
            settings, rules = await asyncio.to_thread(self._build)
        except ParleyError as error:
            self._refuse(error)
            return False
        except Exception as error:
            # a bug of ours, met by an edit: the rules in force are whole, and go on
            log.exception("reading the configuration failed inside Parley")
            self._refuse(CommandError(f"{type(error).__name__} inside Parley: {error}"))
            return False
        old, before, notices = self._channels, self._desk.rules, None
        try:
            notices = await self._desk.swap(rules, self._daemon.clock.now())
        except StoreError as error:
            self._wait(error)
            return False
        finally:
            if notices is None:
                await _close(rules.channels)
        self._channels = rules.channels
        self._daemon.courier.use(rules.channels)
        self._daemon.watching.channels_gone(set(old) - set(rules.channels))
        await _close(old)
        await self._use_mended(settings)
        self._take(settings)
        self._weigh(before, rules)
        for notice in notices:
            log.warning("%s; to take it: %s", notice.message, notice.command)
        return True

    async def _use_mended(self, settings: Settings) -> None:
        """Use channels again that were switched off, and whose options the edit has changed."""
        daemon = self._daemon
        try:
            for name in daemon.watching.channels_off():
                if settings.channel(name) != daemon.settings.channel(name):
                    now = daemon.clock.now()
                    await self._desk.do("outbox.enable", {"channel": name}, now)
                    log.info("is used again, for it was edited", extra={"subject": name})
        except StoreError as error:
            daemon.watching.store_trouble(error)

    async def close(self) -> None:
        """Let go of the channels in force, and of edits that are still being weighed."""
        self._over.set()
        await asyncio.gather(*self._weighing)
        await _close(self._channels)

    def _build(self) -> tuple[Settings, InForce]:
        """Read and compile everything, on a thread: a large folder must not stop the beat."""
        settings = self._read()
        rules = in_force(settings, {}, self._desk.rules.index.lexicon)  # before the channels
        channels = self._doors.channels(settings, self._client, self._daemon.clock, self._stream)
        return settings, replace(rules, channels=channels)

    def _wait(self, error: StoreError) -> None:
        """Try again at the next look at the files: the edit is good, the database refuses it."""
        self._asked = True
        waits = f"an edit waits until the database takes it: {error}"
        self._daemon.health.set_state(CONFIG, ok=False, detail=waits)
        self._daemon.metrics.config_waits()
        self._daemon.watching.store_trouble(error)

    def _take(self, settings: Settings) -> None:
        daemon = self._daemon
        add_secrets(secrets_of(settings))
        daemon.poller.use(paced(settings))
        daemon.watching.first_round.left_out([feed.name for feed in settings.rules.feeds])
        restart = daemon.booted.needs_restart(settings)
        daemon.took(settings)
        daemon.metrics.config_edited(taken=True)
        daemon.health.set_state(CONFIG, ok=True)
        watches = len(settings.rules.watches)
        log.info("edit taken: %d watches, %d feeds", watches, len(settings.rules.feeds))
        if restart:
            log.warning("takes effect with the next start only: %s", ", ".join(restart))
        for warning in settings.warnings:
            log.warning("%s", warning)
        daemon.watching.say_stranded()

    def _weigh(self, before: InForce, after: InForce) -> None:
        """Say what the edit changes once that is known; it is in force already."""
        task = asyncio.create_task(self._say_what_changed(before, after))
        self._weighing.add(task)
        task.add_done_callback(self._weighing.discard)

    async def _say_what_changed(self, before: InForce, after: InForce) -> None:
        async with self._one_at_a_time:
            changed = await asyncio.to_thread(self._what_changed, before, after)
        if not self._over.is_set():
            log.info("the edit: %s", changed)
            in_force = f"{len(after.book.watches)} watches are in force."
            self._tell_editors("Parley: edit taken", f"{changed}\n{in_force}")

    def _what_changed(self, before: InForce, after: InForce) -> str:
        """Hold both rule books against stored items, on a thread with its own view of the store."""
        edit = edit_between(before.book, after.book)
        if not edit.any:
            return "no watch changed"
        now = self._daemon.clock.now()
        try:
            reader = SqliteHistory(open_reader(self._daemon.booted.data / DATABASE_FILE))
            try:
                hits = weighed(edit, (before, after), reader, now, stop=self._over.is_set)
            finally:
                reader.close()
        except StoreError as error:
            hits = f"not held against stored items: {error}"
        except Exception:
            # a bug of ours, met after the swap: the rules are in force, and the daemon goes on
            log.exception("holding an edit against stored items failed inside Parley")
            hits = "not held against stored items: see the log"
        return f"{edit.text}; {hits}"

    def _refuse(self, error: ParleyError) -> None:
        """Say what is wrong, and that the rules before the edit stay in force."""
        problems = error.problems if isinstance(error, ConfigError) else (error,)
        lines = [str(problem) for problem in problems]
        first = lines[0] if lines else str(error)
        self._daemon.health.set_state(CONFIG, ok=False, detail=f"edit refused: {first}")
        self._daemon.metrics.config_edited(taken=False)
        told = lines[:SHOWN]
        for line in told:
            log.error("edit refused, the rules before it stay in force: %s", line)
        if len(lines) > SHOWN:
            more = f"and {len(lines) - SHOWN} more; parley check shows all"
            log.error("%s", more)
            told.append(more)
        self._tell_editors("Parley: edit refused", "\n".join(told))

    def _tell_editors(self, subject: str, text: str) -> None:
        """Tell the editors' channels; on the console the log has said it already."""
        editors = [name for name in self._daemon.settings.rules.editors if name != "console"]
        if editors:
            self._daemon.watching.announce(subject, text, editors)


async def _close(channels: Mapping[str, Notifier]) -> None:
    for channel in channels.values():
        await channel.close()
