"""What judging costs an item with a hundred watches, and whether a long run stays as it began.

`python bench/judging.py [--items N] [--watches N] [--json]`. The labelled headlines of tests/quality
(of which only the words are used) are told again and again, a week later each time, to the shipped
watches and to others made from a seed, each with a tracker of its own. A line for every tenth of
the run: CPU milliseconds an item, matching and storing included, and memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.app.replay import Replay
from monitor.app.wiring import read_settings
from monitor.core.rules import RuleBook, Tracker, TrackerState, Watch
from monitor.language import SimplemmaLexicon

ROOT = Path(__file__).resolve().parent.parent
STREAMS = sorted((ROOT / "tests" / "quality").glob("*.jsonl"))
#: Days between two tellings of the streams, which span some months each.
LATER_DAYS = 7
_STATES = (
    TrackerState("proposed", ("propose",)),
    TrackerState("agreed", ("agree", "accept")),
    TrackerState("rejected", ("reject", "fail")),
)
_PARTS = "ba ko ti mer dun sal vi ro fen gar lo pis".split()


def made_watch(number: int, chance: random.Random) -> Watch:
    """Give a watch on words of nobody's language, with a tracker of its own."""
    words = ["".join(chance.choice(_PARTS) for _ in "123") for _ in range(6)]
    query = f"({words[0]} OR {words[1]} OR {words[2]}) AND ({words[3]} OR {words[4]})"
    tracker = Tracker("deal", "state", "Is there a deal?", words[5], states=_STATES)
    return Watch(f"made-{number}", f"Made {number}", query, trackers=(tracker,))


def with_watches(book: RuleBook, count: int) -> RuleBook:
    """Give the rule book with made watches beside its own, `count` in all."""
    chance = random.Random(7)
    more = tuple(made_watch(number, chance) for number in range(count - len(book.watches)))
    return replace(book, watches=(*book.watches, *more))


def lines(count: int) -> Iterator[str]:
    """Give so many items as lines of JSON, each round of the streams some days later."""
    items = [json.loads(line) for path in STREAMS for line in path.read_text().splitlines()]
    items.sort(key=lambda item: item["published"])
    first = datetime.fromisoformat(items[0]["published"])
    last = datetime.fromisoformat(items[-1]["published"])
    span = last - first + timedelta(days=LATER_DAYS)
    for number in range(count):
        turn, item = number // len(items), items[number % len(items)]
        at = datetime.fromisoformat(item["published"]) + span * turn
        told = {key: item[key] for key in ("lang", "source", "title", "summary")}
        link = f"https://example.org/{number}"
        yield json.dumps(
            {**told, "id": str(number), "published": at.isoformat(), "link": link,
             "title": f"{told['title']} {turn or ''}".strip()}
        )  # fmt: skip


def memory_mb() -> float:
    """Give what this process holds now, in megabytes; the peak where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1024 / 1024


def figures(count: int, watches: int) -> Iterator[dict[str, float]]:
    """Give the figures of each tenth of a run."""
    book = with_watches(read_settings(ROOT / "config", env={}).rules, watches)
    with tempfile.TemporaryDirectory() as folder:
        replay = Replay(book, keep=Path(folder) / "run.db", lexicon=SimplemmaLexicon(None))
        step, begun, hits = max(count // 10, 1), time.process_time(), 0
        for number, answer in enumerate(replay.run(lines(count)), start=1):
            hits += len(answer.decisions)
            if number % step == 0:
                spent = time.process_time() - begun
                yield {
                    "items": number, "ms_per_item": spent / step * 1e3,
                    "hits_per_item": hits / step, "mb": memory_mb(),
                }  # fmt: skip
                begun, hits = time.process_time(), 0
        replay.close()


def main() -> None:
    """Print a line for every tenth of the run, or everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--watches", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    for each in figures(asked.items, asked.watches):
        if asked.json:
            print(json.dumps(each), flush=True)
        else:
            print(
                f"{each['items']:>8,.0f} items  {each['ms_per_item']:.2f} ms an item,"
                f" {each['hits_per_item']:.2f} hits, {each['mb']:.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
