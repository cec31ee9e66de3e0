"""One life of a daemon: a process, its folder, its children, its end."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: A child may outlive a daemon that was killed by so many seconds.
ORPHANS_END_S = 5.0
#: The longest that anything here is waited for.
PATIENCE_S = 60.0


class Breach(AssertionError):
    """Something happened that must not, and the run cannot go on."""


@dataclass
class Life:
    """A daemon's process. Its children are known by a folder for temporary files of their own."""

    number: int
    folder: Path
    process: subprocess.Popen[bytes]
    mark: Path
    log: Path
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0

    @classmethod
    def begin(
        cls, number: int, folder: Path, arguments: list[str], env: Mapping[str, str] | None = None
    ) -> Life:
        """Start `python ARGUMENTS` in a folder. Nothing of our environment reaches it but PATH."""
        mark = folder / "tmp" / f"life-{number}"
        mark.mkdir(parents=True)
        log = folder / f"life-{number}.log"
        environment = {
            "PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(ROOT), "TZ": "UTC",
            "TMPDIR": str(mark), "PYTHONDONTWRITEBYTECODE": "1", **(env or {}),
        }  # fmt: skip
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        return cls(number, folder, process, mark, log)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def wait(self, within_s: float) -> int | None:
        """Give the exit status, or None where it still runs."""
        try:
            status = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None
        self.ended = self.ended or time.monotonic()
        return status

    def until(
        self, what: Callable[[], bool], within_s: float = PATIENCE_S, why: str = "",
        every_s: float = 0.02,
    ) -> float:  # fmt: skip
        """Wait until something is so, while the daemon lives; gives the seconds it took."""
        began = time.monotonic()
        while not what():
            if not self.running:
                raise Breach(f"life {self.number} ended by itself: {self.said()[-2000:]}")
            if time.monotonic() - began > within_s:
                raise Breach(f"not within {within_s:g} s: {why or what}\n{self.said()[-3000:]}")
            time.sleep(every_s)
        return time.monotonic() - began

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.wait(10)

    def stop(self, within_s: float = 10.0) -> float:
        """Ask for the end by SIGTERM; gives the seconds it took. Anything but a clean end breaches."""
        began = time.monotonic()
        self.process.terminate()
        status = self.wait(within_s)
        if status is None:
            self.kill()
            raise Breach(f"life {self.number} did not end within {within_s:g} s of SIGTERM")
        if status != 0:
            raise Breach(f"life {self.number} ended with {status}: {self.said()[-2000:]}")
        return time.monotonic() - began

    def end_daemon(self) -> None:
        """For a `finally`: whatever happened, the daemon is gone."""
        if self.running:
            self.kill()

    def end_anyhow(self) -> None:
        """For a `finally`: leave neither the daemon nor a child behind."""
        self.end_daemon()
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def processes(self) -> list[int]:
        """Give the processes of this life that still are: those with its folder in their environment.

        Empty where there is no /proc to look into.
        """
        wanted = f"TMPDIR={self.mark}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:  # it ended, or is not ours to see
                continue
            if wanted in environment.split(b"\0") and not _is_zombie(entry):
                found.append(int(entry.name))
        return sorted(found)

    def orphans(self) -> list[int]:
        """Wait until the children of a daemon that is gone have ended; gives those that did not."""
        until = self.ended + ORPHANS_END_S
        while left := self.processes():
            if time.monotonic() > until:
                return left
            time.sleep(0.05)
        return []


def _is_zombie(entry: Path) -> bool:
    """Whether a process has ended and only waits for its parent to notice."""
    try:
        return re.search(r"\) Z ", (entry / "stat").read_text()) is not None
    except OSError:
        return True


def ask(database: Path, sql: str) -> list[tuple[object, ...]]:
    """Ask a database something, read-only; nothing where it is not there yet or in the making."""
    try:
        connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return []


def count(database: Path, sql: str) -> int | None:
    """Give the number that a question has for an answer, None where there is none yet."""
    rows = ask(database, sql)
    value = rows[0][0] if rows else None
    return value if isinstance(value, int) else None
