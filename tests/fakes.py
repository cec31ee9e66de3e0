"""What stands behind the ports in tests, written by hand: each does what its script says."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlite_utils import Database

from monitor.core.model import Feed, Note, ParsedItem
from monitor.ports import (
    Answer,
    Body,
    Failure,
    Fetched,
    Outcome,
    Parsed,
    Receipt,
    Request,
    Unchanged,
)
from monitor.store import SqliteStore

SENT = Receipt(Outcome.SENT)


def later(code: str = "refused", retry_after_s: float | None = None) -> Receipt:
    return Receipt(Outcome.LATER, code, f"the other side says {code}", retry_after_s)


class FrozenClock:
    """News time that stands still until it is moved; wire time is real."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def wire(self) -> datetime:
        return datetime.now(UTC)

    def move(self, seconds: float) -> datetime:
        self._now += timedelta(seconds=seconds)
        return self._now


class FakeWall:
    """A wall clock and a monotonic one; the wall can be stepped, the other only runs."""

    def __init__(self, start: datetime) -> None:
        self.wall, self.mono = start, 100.0

    def run(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.mono += seconds

    def step(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    def read_wall(self) -> datetime:
        return self.wall

    def read_mono(self) -> float:
        return self.mono


def document(*entries: ParsedItem, etag: str = "", url: str = "") -> Body:
    """A body that `FakeParser` can read: its entries as JSON."""
    said = [
        {
            "guid": e.guid, "link": e.link, "title": e.title, "summary": e.summary,
            "published": e.published.isoformat() if e.published else None, "language": e.language,
        }
        for e in entries
    ]  # fmt: skip
    return Body(url, json.dumps(said).encode(), etag=etag)


class FakeSource:
    """Feeds by address: each has a list of answers, the last of which stays; counts what is asked.

    `hold` gives the address of a host that does not answer before `release` is called.
    """

    def __init__(self, answers: dict[str, list[Fetched]] | None = None) -> None:
        self.answers = answers or {}
        self.asked: dict[str, list[Request]] = defaultdict(list)
        self._held: dict[str, asyncio.Event] = {}

    def hold(self, url: str) -> None:
        self._held[url] = asyncio.Event()

    def release(self, url: str) -> None:
        self._held.pop(url).set()

    async def fetch(self, request: Request) -> Fetched:
        self.asked[request.url].append(request)
        held = self._held.get(request.url)
        if held is not None:
            await held.wait()
        listed = self.answers.get(request.url)
        if not listed:
            return Failure("no-answer", "nobody answers there")
        answer = listed[0] if len(listed) == 1 else listed.pop(0)
        if isinstance(answer, Body) and answer.etag and answer.etag == request.etag:
            return Unchanged()
        return answer

    async def post(
        self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], *, deadline_s: float
    ) -> Answer | Failure:
        return Failure("no-answer", "nobody answers there")

    async def close(self) -> None:
        for event in self._held.values():
            event.set()


class FakeParser:
    """Reads what `document` wrote; what is none is a failure with a plain reason."""

    def __init__(self, break_on: Callable[[Feed], bool] = lambda feed: False) -> None:
        self._break_on = break_on

    async def parse(self, body: Body, feed: Feed, known_pieces: bytes = b"") -> Parsed | Failure:
        if self._break_on(feed):
            raise ZeroDivisionError("a bug of the parser's door")
        try:
            raw = json.loads(body.content)
        except ValueError:
            return Failure("not-a-feed", "the document is no feed")
        items = [
            ParsedItem(
                e["guid"], e["link"], e["title"], e["summary"],
                datetime.fromisoformat(e["published"]) if e["published"] else None,
                language=e["language"], position=n,
            )
            for n, e in enumerate(raw)
        ]  # fmt: skip
        return Parsed("News", tuple(items))

    async def close(self) -> None:
        return None


class FakeNotifier:
    """A channel that answers by a script, then with `SENT`; keeps what it was given.

    A receipt of the script that is None stands for a send that never ends by itself.
    """

    def __init__(
        self,
        name: str = "desk",
        script: Iterable[Receipt | None] = (),
        *,
        kind: str = "email",
        recipients: Sequence[str] = ("reader@example.org",),
        one_event_each: bool = False,
        deadline_s: float = 15.0,
    ) -> None:
        self.name, self.kind, self.recipients = name, kind, tuple(recipients)
        self.one_event_each, self.deadline_s = one_event_each, deadline_s
        self.script = list(script)
        self.tried: list[tuple[str, str, bytes]] = []
        self.sent: list[tuple[str, str, bytes]] = []
        self.closed = False

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        heads = " / ".join(section.development.headline for section in note.sections)
        return f"{note.kind}|{note.subject}|{heads or note.text}".encode()

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        self.tried.append((recipient, key, body))
        receipt = self.script.pop(0) if self.script else SENT
        if receipt is None:
            await asyncio.Event().wait()
            raise AssertionError("nobody ends this send")
        if receipt.outcome is Outcome.SENT:
            self.sent.append((recipient, key, body))
        return receipt

    async def close(self) -> None:
        self.closed = True

    @property
    def texts(self) -> list[str]:
        return [body.decode() for _, _, body in self.sent]


class Fault:
    """Fails the statement of that number once. `ends` also ends the transaction, as SQLite may."""

    def __init__(self, at: int, *, code: int = sqlite3.SQLITE_FULL, ends: bool = False) -> None:
        self.at, self.code, self.ends = at, code, ends
        self.statements: list[str] = []
        self.fired = ""

    def meet(self, connection: sqlite3.Connection, sql: str) -> None:
        self.statements.append(sql)
        if len(self.statements) - 1 == self.at and not self.fired:
            self.fired = sql
            if self.ends and connection.in_transaction:
                connection.execute("ROLLBACK")
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = self.code
            raise error


class _FaultyConnection:
    def __init__(self, connection: sqlite3.Connection, fault: Fault) -> None:
        self._connection, self._fault = connection, fault

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        if sql != "ROLLBACK":  # what cleans up after a fault is none of the statements
            self._fault.meet(self._connection, sql)
        return self._connection.execute(sql, values)

    def close(self) -> None:
        self._connection.close()


class _FaultyDatabase:
    def __init__(self, db: Database, fault: Fault) -> None:
        self.conn = _FaultyConnection(db.conn, fault)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self.conn.execute(sql, values)


def plant(store: SqliteStore, fault: Fault) -> Callable[[], None]:
    """Let `store` meet `fault`; gives what takes it out again."""
    sound = store.database
    store._db = cast("Database", _FaultyDatabase(sound, fault))

    def heal() -> None:
        store._db = sound

    return heal


def trace(store: SqliteStore, heard: Callable[[str], None]) -> None:
    """Let `heard` hear of every statement that the writing connection runs."""
    store.database.conn.set_trace_callback(heard)
