"""One transaction's way to the database: every statement is guarded, rows are plain mappings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database

from monitor.errors import StoreError, UnitOver
from monitor.store.connection import our_errors

Row = Mapping[str, Any]


class Statements:
    """Runs SQL inside one transaction, and refuses once that has ended or the store has erred.

    SQLite may roll a whole transaction back inside a savepoint (disk full, I/O error). A statement
    that followed would run, and commit, on its own: half a unit. So the first error ends it all.
    """

    def __init__(self, db: Database) -> None:
        """Work within the transaction that is open on `db`."""
        self._db = db
        self._over = False

    def end(self) -> None:
        """Refuse everything from here on."""
        self._over = True

    def run(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run one statement. Raises a `StoreError`, after which the unit is over."""
        if self._over or not self._db.conn.in_transaction:
            self._over = True
            raise UnitOver("the transaction of this unit has ended")
        with self._our_errors():
            return self._db.execute(sql, values)

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, and end the unit with the first."""
        try:
            with our_errors():
                yield
        except StoreError:
            self._over = True
            raise

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Give all rows of a query."""
        cursor = self.run(sql, values)
        names = [column[0] for column in cursor.description]
        with self._our_errors():  # a damaged page is met only where it is read
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Give the first row of a query, or None."""
        return next(iter(self.rows(sql, values)), None)
