"""Every implementation of the store, for what must hold of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import DATABASE_FILE, SqliteReader, SqliteStore


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "data" / DATABASE_FILE if request.param == "file" else None)
    opened: list[SqliteReader] = []
    open_reader = made.reader

    def reader() -> SqliteReader:
        opened.append(open_reader())
        return opened[-1]

    made.reader = reader  # type: ignore[method-assign]
    yield made
    for each in opened:
        each.close()
    made.close()
