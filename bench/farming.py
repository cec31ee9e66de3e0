"""What the measurements of rounds share: the farm as a process, a configuration for it, and time.

The server has a process of its own, so that what it takes is not counted as Parley's.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOSTS = 200
#: How often the memory of a process and its children is looked at, in seconds.
LOOK_S = 0.05


class Farm:
    """The farm's process, spoken to by lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid
        self.facts = self._answer()

    def ask(self, words: str) -> dict[str, Any]:
        """Say a line and give the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()
        return self._answer()

    def urls(self, feeds: int) -> list[str]:
        """Give the addresses of so many feeds."""
        port = self.facts["port"]
        return [f"http://127.0.0.{1 + n % HOSTS}:{port}/f{n}.xml" for n in range(feeds)]

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the farm has ended; what it said stands above")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer


@contextmanager
def farm(feeds: int, seed: int = 1) -> Iterator[Farm]:
    """Run a farm for as long as the block takes."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "bench" / "farm.py"), f"--feeds={feeds}", f"--seed={seed}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Farm(process)
    finally:
        process.kill()
        process.wait()


def write_config(folder: Path, urls: Sequence[str], *, pace: str = "normal") -> Path:
    """Write a configuration: the shipped watches, and these feeds. Gives its folder."""
    config = folder / "config"
    shutil.copytree(ROOT / "config", config, dirs_exist_ok=True)
    hosts = sorted({url.split("/")[2] for url in urls})
    (config / "parley.yaml").write_text(
        f"version: 1\ndata: {folder / 'data'}\nlisten: 127.0.0.1:0\n"
        f"fetch:\n  contact: bench@example.org\n  allow_private: {json.dumps(hosts)}\n"
        "channels:\n  console: {kind: console}\n",
        encoding="utf-8",
    )
    lines = [
        f"  - {{name: f{n:05d}, url: {json.dumps(url)}, publisher: p{n}, pace: {pace}}}\n"
        for n, url in enumerate(urls)
    ]
    text = f"version: 1\nfeeds:\n{''.join(lines)}"
    (config / "feeds.yaml").write_text(text, encoding="utf-8")
    return config


@dataclass(frozen=True, slots=True)
class Run:
    """One process: CPU and wall time in seconds, the most memory it and its children had at once.

    The memory is resident, pages that they share counted once for each, in megabytes.
    """

    output: str
    cpu_s: float
    wall_s: float
    peak_mb: float


def parley(*words: str) -> Run:
    """Run a command of Parley, its workers included. Raises `SystemExit` where it fails."""
    began = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "monitor", *words]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=complained)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, tree_mb(process.pid))
            time.sleep(LOOK_S)
        wall_s = time.monotonic() - began
        said.seek(0)
        complained.seek(0)
        output, trouble = said.read().decode(), complained.read().decode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"parley {' '.join(words)} ended with {process.returncode}\n{trouble}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(output, cpu_s, wall_s, peak)


def tree_mb(process: int) -> float:
    """Give the resident memory of a process and its children, in megabytes; Linux alone tells."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except (OSError, IndexError):  # it has just ended
        return 0.0
    here = pages * resource.getpagesize() / 2**20
    return here + sum(tree_mb(int(child)) for child in children)
