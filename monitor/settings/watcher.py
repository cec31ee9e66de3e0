"""Sees that configuration files have changed, and waits until an editor is done with them.

No thread and no clock of its own: the app asks every quarter of a second. Files are known by size,
times and inode, so that an editor which writes beside a file and renames over it is seen too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from monitor.settings.reading import FOLDERS

#: For each file its path, size in bytes, times of change in ns, inode; -1 for an unreadable one.
Signature = tuple[tuple[str, int, int, int, int], ...]

#: Seconds that files must have stood still.
STILL_S = 0.3


def watched_paths(config_dir: Path, *others: Path) -> tuple[Path, ...]:
    """Give what belongs to a configuration: its folders, and further files such as `.env`."""
    return (config_dir, *(config_dir / name for name in FOLDERS), *others)


class ConfigWatcher:
    """Compares the files of a configuration with what they were.

    `paths` gives files and folders at each look, missing ones included; of a folder the `*.yaml`
    files directly in it count. Make it before the files are first read, so that nothing is missed.
    """

    def __init__(self, paths: Callable[[], Iterable[Path]]) -> None:
        self._paths = paths
        self._reported = self._seen = self.scan()
        self._since = 0.0

    def scan(self) -> Signature:
        """Give what the files are now."""
        found: set[tuple[str, int, int, int, int]] = set()
        for path in self._paths():
            for file in _files(path):
                try:
                    about = file.stat()
                except FileNotFoundError:
                    continue
                except OSError:
                    found.add((str(file), -1, -1, -1, -1))
                    continue
                times = (about.st_mtime_ns, about.st_ctime_ns)
                found.add((str(file), about.st_size, *times, about.st_ino))
        return tuple(sorted(found))

    def settled(self, now_monotonic: float) -> bool:
        """Whether the files differ from what was last reported and have stood still since.

        `now_monotonic` is in seconds of a clock that never goes back. Each change is reported once;
        a change that is taken back before it was reported is none.
        """
        now = self.scan()
        if now != self._seen:
            self._seen, self._since = now, now_monotonic
            return False
        if now == self._reported or now_monotonic - self._since < STILL_S:
            return False
        self._reported = now
        return True


def _files(path: Path) -> list[Path]:
    """Give the files that a path stands for."""
    try:
        if path.is_dir():
            return [file for file in path.iterdir() if file.name.endswith(".yaml")]
    except OSError:
        return [path]
    return [path]
