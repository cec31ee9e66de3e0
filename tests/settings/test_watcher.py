from __future__ import annotations

import os

import pytest

from monitor.settings.watcher import ConfigWatcher, watched_paths
from tests.settings.home import Home


@pytest.fixture
def watcher(home: Home) -> ConfigWatcher:
    return ConfigWatcher(lambda: watched_paths(home.root, home.root.parent / ".env"))


def settle(watcher: ConfigWatcher, start: float) -> list[float]:
    """Ask every quarter of a second, for two seconds; give when a change was reported."""
    return [step * 0.25 for step in range(8) if watcher.settled(start + step * 0.25)]


def test_nothing_changed_nothing_is_reported(watcher: ConfigWatcher) -> None:
    assert settle(watcher, 100.0) == []


def test_an_edit_is_reported_once_it_stood_still(home: Home, watcher: ConfigWatcher) -> None:
    home.edit("watches/ceasefire.yaml", "alerts: fast", "alerts: careful")
    assert settle(watcher, 100.0) == [0.5]
    assert settle(watcher, 110.0) == []


def test_a_file_that_is_still_being_written_waits(home: Home, watcher: ConfigWatcher) -> None:
    for step in range(5):
        home.write("watches/new.yaml", "title: x" + "x" * step)
        assert not watcher.settled(100 + step * 0.25)
    assert settle(watcher, 101.25) == [0.25]


@pytest.mark.parametrize(
    "name", ["watches/new.yaml", "concepts/new.yaml", "baselines/n.yaml", "feeds.yaml", "../.env"]
)
def test_files_that_come_change_or_go_are_seen(
    home: Home, watcher: ConfigWatcher, name: str
) -> None:
    home.write(name, "a: 1\n")
    assert settle(watcher, 100.0) == [0.5]
    home.write(name, "a: 12\n")
    assert settle(watcher, 200.0) == [0.5]
    (home.root / name).unlink()
    assert settle(watcher, 300.0) == [0.5]


def test_an_editor_that_renames_over_the_file_is_seen(home: Home, watcher: ConfigWatcher) -> None:
    path = home.root / "watches" / "ceasefire.yaml"
    about = path.stat()
    other = path.with_name(".ceasefire.tmp")
    other.write_bytes(path.read_bytes().replace(b"fast", b"slow"))
    os.utime(
        other, ns=(about.st_atime_ns, about.st_mtime_ns)
    )  # same size, same time: another inode
    other.replace(path)
    assert settle(watcher, 100.0) == [0.5]


def test_files_that_are_no_configuration_do_not_count(home: Home, watcher: ConfigWatcher) -> None:
    home.write("watches/.ceasefire.yaml.swp", "x")
    home.write("README.md", "x")
    assert settle(watcher, 100.0) == []


def test_a_folder_that_comes_later_is_seen(empty: Home) -> None:
    watcher = ConfigWatcher(lambda: watched_paths(empty.root))
    empty.write("watches/w.yaml", "title: x\nquery: y1\n")
    assert settle(watcher, 100.0) == [0.5]


def test_a_change_taken_back_in_time_is_none(home: Home, watcher: ConfigWatcher) -> None:
    (home.root / "watches" / "new.yaml").write_text("x")
    assert not watcher.settled(100.0)
    (home.root / "watches" / "new.yaml").unlink()
    assert settle(watcher, 100.25) == []
