"""What it costs to start: the CPU time of a few commands, each a process of its own.

    python bench/start.py [RUNS]

Gives the median over some runs, and fails where a command takes more than it may: those that are
typed by people over and over, and asked for by containers every few seconds. What is kept from one
start to the next (docs/configuration.md) is there from the first run on, which is not counted.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: command -> CPU seconds it may take; None where there is no promise
LIMITS_S: dict[str, float | None] = {
    "--help": 0.2,
    "healthcheck": 0.3,
    "baseline --help": None,
    "check --quick": None,
    "status --json": None,
    "try --watch ceasefire": 1.0,
}
#: What a command is asked about, where it wants words.
WORDS = {"try": "Ukraine and Russia agree on a ceasefire from Monday"}


def cpu_s(command: str) -> float:
    """Run a command once and give the CPU time of its process, in seconds."""
    parts = command.split()
    words = [WORDS[parts[0]]] if parts[0] in WORDS else []
    before = os.times()
    # healthcheck finds no daemon and ends with 1: its cost is the same
    subprocess.run(
        [sys.executable, "-m", "monitor", *parts, *words],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
    )
    after = os.times()
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    failed = False
    for command, limit in LIMITS_S.items():
        cpu_s(command)  # what is kept is made
        began = time.monotonic()
        median = statistics.median(cpu_s(command) for _ in range(runs))
        wall = (time.monotonic() - began) / runs
        allowed = f", may take {limit:.2f} s" if limit else ""
        print(f"parley {command:16} CPU {median:.3f} s, {wall:.3f} s by the clock{allowed}")
        failed = failed or (limit is not None and median > limit)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
