"""The store on SQLite: one writing connection, IMMEDIATE transactions, read-only views."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.core.ledger import Fact
from monitor.errors import StoreError
from monitor.store.codec import dumps
from monitor.store.connection import open_reader, open_writer, our_errors, stamp, translated
from monitor.store.reader import SqliteReader
from monitor.store.statements import Statements
from monitor.store.unit_channels import ChannelVerbs
from monitor.store.unit_claims import ClaimVerbs
from monitor.store.unit_feeds import FeedVerbs
from monitor.store.unit_health import HealthVerbs
from monitor.store.unit_items import ItemVerbs
from monitor.store.unit_outbox import OutboxVerbs
from monitor.store.unit_pauses import PauseVerbs

#: The database's file inside the data folder.
DATABASE_FILE = "parley.db"


class SqliteUnit(
    FeedVerbs, ItemVerbs, OutboxVerbs, ChannelVerbs, ClaimVerbs, HealthVerbs, PauseVerbs
):
    """One IMMEDIATE transaction (see `ports.Unit`)."""

    def __init__(self, db: Database, facts: Mapping[str, tuple[Fact, ...]]) -> None:
        """Begin with the facts that the last commit left in memory."""
        self._sql = Statements(db)
        self._facts = dict(facts)
        self._supports = {}

    def end(self) -> Mapping[str, tuple[Fact, ...]]:
        """Refuse further statements; give the facts as this unit leaves them."""
        self._sql.end()
        return self._facts


class SqliteStore:
    """The database of one data folder, or one in memory where `path` is None."""

    def __init__(self, path: Path | None) -> None:
        """Open or create it. Raises the `StoreError`s of `open_writer`."""
        self.path = path
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"the data folder {path.parent} cannot be made: {error.strerror}"
                ) from error
        self._db = open_writer(path)
        self._facts: Mapping[str, tuple[Fact, ...]] = {}

    @property
    def database(self) -> Database:
        """The writing connection, for tests that ask for its pragmas or plant faults."""
        return self._db

    @contextmanager
    def unit(self) -> Iterator[SqliteUnit]:
        """Begin one IMMEDIATE transaction; commit at a clean exit, roll back at an error.

        What the store remembers between units (facts by watch) changes only after the commit.
        """
        connection = self._db.conn
        with our_errors():
            connection.execute("BEGIN IMMEDIATE")
        unit = SqliteUnit(self._db, self._facts)
        committed = False
        try:
            yield unit
            if not connection.in_transaction:
                raise StoreError("the transaction was ended from beneath")
            try:
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise translated(error) from error
            committed = True
        finally:
            facts = unit.end()
            if committed:
                self._facts = facts
            elif connection.in_transaction:
                with our_errors():
                    connection.execute("ROLLBACK")

    def reader(self) -> SqliteReader:
        """Open a read-only view for the calling thread; in memory, a view of the one connection."""
        return SqliteReader(
            self._db if self.path is None else open_reader(self.path), shared=self.path is None
        )

    def backup(self, target: Path) -> None:
        """Write a consistent copy while in use, whole or not at all. Raises `StoreError`."""
        copy_to(self._db.conn, target)

    def close(self) -> None:
        """Fold the log into the database and close the writing connection."""
        self._db.conn.close()


def copy_to(source: sqlite3.Connection, target: Path) -> None:
    """Copy a database through SQLite's own backup, then rename it into place."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with our_errors():
            copy = sqlite3.connect(part)
            try:
                source.backup(copy)
            finally:
                copy.close()
        part.replace(target)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error


def file_command(path: Path, verb: str, args: Mapping[str, object], now: datetime) -> int:
    """File a command for a running daemon from another process; gives its number.

    A single short statement of its own. Raises `StoreError`.
    """
    with our_errors():
        connection = sqlite3.connect(path, timeout=5.0)
        try:
            with connection:
                cursor = connection.execute(
                    "INSERT INTO commands (verb, args, asked_at) VALUES (?, ?, ?)",
                    [verb, dumps(args), stamp(now)],
                )
                return int(cursor.lastrowid or 0)
        finally:
            connection.close()
