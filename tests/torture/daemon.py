"""The daemon as a process that kills itself: `python -m tests.torture.daemon CONFIG`.

It is the same `Daemon` that `parley run` starts, under the same signals, with two differences.

**Its ports are wrapped.** Each wrapper hands everything on and does nothing else until the moment
that `TORTURE_AIM=POINT:N` names: there, at the n-th time, the process gets SIGKILL from itself. No
handler runs, no buffer is flushed, no transaction is rolled back by us: as with `kill -9`, or a
power cut of the process.

**Its news time runs faster** (`tests.torture.clock`), forty times in a torture run: a feed of pace
fast is due each second and a half, an item that its feed keeps for ten minutes is there for fifteen
seconds, a retry after five minutes comes after seven and a half, and none of the schedule's numbers
had to be changed for the test. What must not shrink with it is how long a claim holds, for sending
takes its real time: the wrapped channels name their deadline in news seconds, the real one times
the factor, and keep the real one within.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import click

from monitor.app import daemon as app_daemon
from monitor.app import doors
from monitor.app.daemon import Daemon
from monitor.app.doors import Client, ClosingParser, Doors
from monitor.app.wiring import read_settings
from monitor.cli.run import until_signalled
from monitor.core.model import Feed, Note
from monitor.core.rules import FetchPolicy
from monitor.ports import (
    Answer,
    Body,
    Clock,
    Failure,
    Fetched,
    Http,
    Notifier,
    Parsed,
    Receipt,
    Request,
)
from monitor.settings import Settings
from monitor.store import SqliteStore
from monitor.store.sqlite import SqliteUnit
from monitor.telemetry import logs
from tests.torture.clock import FastClock

AIM = "TORTURE_AIM"
#: Seconds between looks at the files of the configuration, where not those of `parley run`.
WATCH = "TORTURE_WATCH_S"
#: Seconds between beats; `parley run` has one a second, and here that is most of a minute.
BEAT_S = 0.1
#: Where a process can be told to end, in the order of the path, and what has happened by then.
POINTS = {
    "opening": "at start, claims voided and feeds synced, before the commit",
    "response": "a feed's whole answer has come",
    "parse": "the document was parsed",
    "in-unit": "an item's deliveries are written, its feed's validators not yet",
    "before-commit": "everything of a document is written, not committed",
    "after-commit": "items, alerts, deliveries and validators are committed",
    "before-send": "the claim is committed, nothing was sent",
    "after-send": "the receiver has answered, nothing of it is written",
    "before-settle": "the receipt is written, not committed",
    "after-settle": "the receipt is committed",
}


class Aim:
    """Ends this process when a point is reached for the n-th time."""

    def __init__(self, text: str) -> None:
        self.point, _, count = text.partition(":")
        self._left = int(count or 0)
        if self.point and self.point not in POINTS:
            raise ValueError(f"no such point: {self.point}")

    def at(self, point: str) -> None:
        if point == self.point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class AimedClient:
    """The real client; `response` is an answer with a body (a 304 has nothing to lose)."""

    def __init__(self, inner: Client, aim: Aim) -> None:
        self._inner, self._aim = inner, aim

    async def fetch(self, request: Request) -> Fetched:
        fetched = await self._inner.fetch(request)
        if isinstance(fetched, Body):
            self._aim.at("response")
        return fetched

    async def post(
        self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], *, deadline_s: float
    ) -> Answer | Failure:
        return await self._inner.post(url, body, headers, deadline_s=deadline_s)

    async def close(self) -> None:
        await self._inner.close()


class AimedParser:
    """The real pool of parser processes."""

    def __init__(self, inner: ClosingParser, aim: Aim) -> None:
        self._inner, self._aim = inner, aim

    async def parse(self, body: Body, feed: Feed, known_pieces: bytes = b"") -> Parsed | Failure:
        parsed = await self._inner.parse(body, feed, known_pieces)
        if isinstance(parsed, Parsed):
            self._aim.at("parse")
        return parsed

    async def close(self) -> None:
        await self._inner.close()


class AimedUnit:
    """A real unit that remembers which verbs were called, and so what kind of unit it is."""

    def __init__(self, inner: SqliteUnit, aim: Aim) -> None:
        self._inner, self._aim = inner, aim
        self.called: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.called.add(name)
        return getattr(self._inner, name)

    def enqueue(self, *args: Any) -> int:
        """Only what adds a row counts: a repeat enqueues nothing."""
        added = self._inner.enqueue(*args)
        if added:
            self.called.add("enqueue")
            self._aim.at("in-unit")
        return added


class AimedStore(SqliteStore):
    """The real store, with a moment before and one after the commit of units that matter."""

    def __init__(self, aim: Aim, path: Path | None) -> None:
        super().__init__(path)
        self._aim = aim

    @contextmanager
    def unit(self) -> Iterator[SqliteUnit]:
        with super().unit() as inner:
            unit = AimedUnit(inner, self._aim)
            yield unit  # type: ignore[misc]  # it answers to every name of a unit
            if "release_claims" in unit.called:
                self._aim.at("opening")
            if {"enqueue", "feed_checked"} <= unit.called:
                self._aim.at("before-commit")
            if "settle_delivery" in unit.called:
                self._aim.at("before-settle")
        if {"enqueue", "feed_checked"} <= unit.called:
            self._aim.at("after-commit")
        if "settle_delivery" in unit.called:
            self._aim.at("after-settle")


class AimedNotifier:
    """A real channel; the console's sends are not aimed at."""

    def __init__(self, inner: Notifier, aim: Aim, factor: float) -> None:
        self._inner, self._aim = inner, aim
        self.name, self.kind, self.recipients = inner.name, inner.kind, inner.recipients
        self.one_event_each = inner.one_event_each
        self.deadline_s = inner.deadline_s * factor

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        return self._inner.render(note, recipient, key)

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        if self.kind != "console":
            self._aim.at("before-send")
        receipt = await self._inner.send(body, recipient, key)
        if self.kind != "console":
            self._aim.at("after-send")
        return receipt

    async def close(self) -> None:
        await self._inner.close()


def aimed_doors(aim: Aim, factor: float) -> Doors:
    """Wrap every port of the real doors."""

    def channels(
        settings: Settings, http: Http, clock: Clock, stream: TextIO
    ) -> dict[str, Notifier]:
        made = doors.channels(settings, http, clock, stream)
        return {name: AimedNotifier(inner, aim, factor) for name, inner in made.items()}

    def client(policy: FetchPolicy, clock: Clock) -> Client:
        return AimedClient(doors.http_client(policy, clock), aim)

    def parser(policy: FetchPolicy) -> ClosingParser:
        return AimedParser(doors.parser_pool(policy), aim)

    return Doors(client=client, parser=parser, store=partial(AimedStore, aim), channels=channels)


def main() -> None:
    config = Path(sys.argv[1])
    aim, clock = Aim(os.environ.get(AIM, "")), FastClock.from_environment()
    app_daemon.WATCH_S = float(os.environ.get(WATCH, app_daemon.WATCH_S))
    logs.configure("json", "info")
    logs.log_uncaught()
    daemon = Daemon(
        read_settings(config),
        say=partial(click.echo, err=True),
        read=partial(read_settings, config),
        clock=clock,
        doors=aimed_doors(aim, clock.factor),
        beat_s=BEAT_S,
    )
    asyncio.run(until_signalled(daemon))


if __name__ == "__main__":
    main()
