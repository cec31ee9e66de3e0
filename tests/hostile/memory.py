"""How much memory a life takes: the proportional share of all its processes, sampled."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.torture.life import Life

_EVERY_S = 0.5
_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(slots=True)
class Memory:
    """The most that was seen, in MB, of all processes together; the daemon's share of it."""

    most_mb: float = 0.0
    daemon_mb: float = 0.0
    processes: int = 0
    samples: int = 0


def pss_mb(pid: int) -> float:
    """Give the proportional set size of a process in MB, 0 where it is gone."""
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_bytes())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def watched(life: Life) -> Iterator[Memory]:
    """Sample until the block ends."""
    memory, over = Memory(), threading.Event()

    def sample() -> None:
        while not over.wait(_EVERY_S):
            sizes = {pid: pss_mb(pid) for pid in life.processes()}
            memory.samples += 1
            if sum(sizes.values()) > memory.most_mb:
                memory.most_mb = sum(sizes.values())
                memory.daemon_mb = sizes.get(life.pid, 0.0)
                memory.processes = len(sizes)

    thread = threading.Thread(target=sample, name="memory")
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()
