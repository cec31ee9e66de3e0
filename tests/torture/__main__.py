"""Kill the daemon many times, and count what was lost and what came twice.

    python -m tests.torture --kills 150 [--seed S] [--json]
    python -m tests.torture --fast-feed      how long an item takes to the mailbox, in real time

Exit 0 where nothing was lost or doubled and no process was left, else 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.torture import fast_feed
from tests.torture.run import run, table


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture",
        description="Kill the daemon many times, and count what was lost and what came twice.",
    )
    parser.add_argument("--kills", type=int, default=150)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")
    parser.add_argument("--keep", type=Path, help="run in this new folder and leave it behind")
    parser.add_argument("--fast-feed", action="store_true", help="measure the delay in real time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-torture-") as made:
        folder = asked.keep or Path(made)
        if asked.fast_feed:
            delay = fast_feed.measure(folder)
            print(json.dumps({"fast_feed_s": delay.seconds}) if asked.json else delay)
            return 1 if delay.breach else 0
        result = run(folder, asked.kills, asked.seed, told=Ticker())
    print(file=sys.stderr)
    print(json.dumps(result.as_json(), indent=2) if asked.json else table(result))
    return 1 if result.breaches else 0


class Ticker:
    """A dot a death, on stderr."""

    def __init__(self) -> None:
        self._dots = 0

    def __call__(self, point: str) -> None:
        self._dots += 1
        end = f" {self._dots}\n" if self._dots % 50 == 0 else ""
        print(".", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
