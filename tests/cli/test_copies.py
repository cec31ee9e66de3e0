"""`backup` and `restore`: a copy is whole or not there; nothing is lost by putting one back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.store import FolderLock, backup
from tests.cli.place import Place

OLD, NEW = (
    "The bridge over the strait opens",
    "Protesters delay bridge, strait ferries overflow with commuters",
)


@pytest.fixture
def saved(place: Place) -> Place:
    """A database with two items, and a backup of it from when it had one."""
    place.publish(OLD)
    assert place.cli("backup", "saved.db").code == 0
    place.publish(NEW)
    return place


def titles(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT title FROM items ORDER BY id")]


def test_a_backup_is_one_whole_file_under_a_dated_name(place: Place) -> None:
    place.publish(OLD)
    data = place.cli("backup", "--json").data
    target = Path(data["file"])
    assert target.parent == Path("data/backups")
    assert data["items"] == 1
    assert titles(target) == [OLD]
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_backup_is_taken_while_the_daemon_runs(place: Place) -> None:
    place.publish(OLD)
    with place.daemon():
        done = place.cli("backup", "saved.db")
    assert done.code == 0, done.err
    assert "1 item, 3 facts, 1 alert" in done.out
    assert titles(place.root / "saved.db") == [OLD]


def test_a_backup_replaces_nothing_and_leaves_nothing_half_done(place: Place) -> None:
    assert place.cli("backup").code == 1  # nothing to copy yet
    place.publish(OLD)
    Path("there.db").write_text("mine")
    refused = place.cli("backup", "there.db")
    assert refused.code == 1
    assert "there.db exists" in refused.err
    assert Path("there.db").read_text() == "mine"
    Path("file").write_text("")
    blocked = place.cli("backup", "file/saved.db")
    assert blocked.code == 1
    assert sorted(path.name for path in Path().iterdir()) == ["config", "data", "file", "there.db"]


def test_restore_puts_a_backup_back_and_keeps_what_was_there(saved: Place) -> None:
    done = saved.cli("restore", "saved.db", "--yes", "--json")
    assert done.code == 0, done.err
    assert titles(saved.database) == [OLD]
    before = Path(done.data["before"])
    assert before.name.startswith("parley.db.before-restore-")
    assert titles(before) == [OLD, NEW]
    assert titles(saved.root / "saved.db") == [OLD]
    saved.publish("A third bridge over the strait")  # the daemon's way into it works
    assert saved.cli("status", "--json").data["store"]["items"] == 2


def test_restore_asks_first(saved: Place) -> None:
    done = saved.cli("restore", "saved.db", stdin="n\n")
    assert done.code == 1
    assert "Put it in the place of data/parley.db?" in done.err
    assert titles(saved.database) == [OLD, NEW]
    assert saved.cli("restore", "saved.db", stdin="y\n").code == 0
    assert titles(saved.database) == [OLD]


def test_restore_is_refused_while_somebody_holds_the_folder(saved: Place) -> None:
    lock = FolderLock(saved.database.parent)
    lock.acquire(datetime.now(UTC))
    done = saved.cli("restore", "saved.db", "--yes")
    lock.release()
    assert done.code == 1
    assert "in use by pid" in done.err
    assert titles(saved.database) == [OLD, NEW]


def test_an_old_log_is_never_played_into_the_restored_database(saved: Place) -> None:
    reader = sqlite3.connect(saved.database)  # keeps the log beside the database
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM items").fetchall()
    saved.publish("A third bridge over the strait")
    log = saved.database.with_name("parley.db-wal")
    assert log.stat().st_size > 0
    done = saved.cli("restore", "saved.db", "--yes", "--json")
    reader.close()
    assert done.code == 0, done.err
    assert titles(saved.database) == [OLD]
    assert len(titles(Path(done.data["before"]))) == 3


def test_a_damaged_database_is_put_aside_as_it_is(saved: Place) -> None:
    saved.database.write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)
    saved.database.with_name("parley.db-wal").write_bytes(b"old log")
    done = saved.cli("restore", "saved.db", "--yes", "--json")
    assert done.code == 0, done.err
    assert titles(saved.database) == [OLD]
    before = Path(done.data["before"])
    assert before.read_bytes().endswith(b"\xff" * 100)
    assert before.with_name(before.name + "-wal").read_bytes() == b"old log"


def test_restore_into_an_empty_folder_and_twice_within_a_second(saved: Place) -> None:
    saved.database.rename(saved.root / "gone.db")
    first = saved.cli("restore", "saved.db", "--yes", "--json").data
    assert first["before"] is None
    second = saved.cli("restore", "saved.db", "--yes", "--json").data
    third = saved.cli("restore", "saved.db", "--yes", "--json").data
    assert len({second["before"], third["before"]}) == 2
    assert titles(saved.database) == [OLD]


@pytest.mark.parametrize("kind", ["text", "foreign", "damaged", "newer", "empty"])
def test_what_is_no_sound_backup_is_refused_and_changes_nothing(saved: Place, kind: str) -> None:
    bad = saved.root / "bad.db"
    if kind == "text":
        bad.write_text("not a database, but long enough to be taken for one " * 100)
    elif kind == "empty":
        bad.write_bytes(b"")
    elif kind == "damaged":
        content = bytearray((saved.root / "saved.db").read_bytes())
        content[4096:40960] = b"\x5a" * 36864
        bad.write_bytes(content)
    else:
        if kind == "newer":
            bad.write_bytes((saved.root / "saved.db").read_bytes())
        with closing(sqlite3.connect(bad)) as connection:
            if kind == "foreign":
                connection.execute("CREATE TABLE items (id INTEGER)")
            else:
                connection.execute(
                    "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
                    " VALUES ('parley', 'm999', '2030')"
                )
            connection.commit()
    done = saved.cli("restore", "bad.db", "--yes")
    assert done.code == 1
    assert done.err.startswith("parley: ")
    assert titles(saved.database) == [OLD, NEW]
    assert not list(saved.database.parent.glob("*restor*"))


def test_a_copy_that_fails_its_check_is_never_given_its_name(
    saved: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(source: sqlite3.Connection, target: Path) -> None:
        target.write_bytes((saved.root / "saved.db").read_bytes()[:8192])

    monkeypatch.setattr(backup, "copy_to", half)
    with pytest.raises(StoreError):
        backup.back_up(saved.database, saved.root / "new.db")
    assert not list(saved.root.glob("new.db*"))
