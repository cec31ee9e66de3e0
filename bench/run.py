"""Measure what Parley promises: `make bench`, or `python bench/run.py NAME...`.

Every figure is CPU time (user and system), the median of five runs with the smallest and largest
beside it; whole processes are measured as their user starts them. Wall time on a shared machine
says little and is not given.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARLEY = Path(sys.executable).with_name("parley")
STREAM = ROOT / "monitor" / "demo" / "stream.jsonl"
RUNS = 5
#: The stream is repeated so often under fresh ids, so that start-up does not count.
REPEATS = 30
Figure = tuple[str, list[float], str]


def child_cpu_s(arguments: list[str]) -> float:
    """Run a command and give the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start() -> Iterator[Figure]:
    """What a command costs before it does anything."""
    for words in (["--help"], ["check"], ["status", "--help"]):
        name = f"parley {' '.join(words)}"
        yield name, [child_cpu_s([str(PARLEY), *words]) for _ in range(RUNS)], "s"


def replay() -> Iterator[Figure]:
    """Items judged a second, start-up apart: the long stream's time less the short one's."""
    lines = STREAM.read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        long, short = Path(folder, "long.jsonl"), Path(folder, "short.jsonl")
        short.write_text(lines[0] + "\n", encoding="utf-8")
        long.write_text("".join(_repeated(lines)), encoding="utf-8")
        rates = []
        for _ in range(RUNS):
            command = [str(PARLEY), "replay", "--json"]
            spent = child_cpu_s([*command, str(long)]) - child_cpu_s([*command, str(short)])
            rates.append(len(lines) * REPEATS / spent)
    yield f"replay, {len(lines)} items x {REPEATS}", rates, "items/s"


def _repeated(lines: list[str]) -> Iterator[str]:
    for number in range(REPEATS):
        for line in lines:
            item = json.loads(line)
            item["id"] = f"{item['id']}-{number}"
            item["link"] = f"{item['link']}?copy={number}"
            yield json.dumps(item, ensure_ascii=False) + "\n"


def match() -> Iterator[Figure]:
    """Microseconds an item costs the shipped watches, its words learned before, and not.

    `bench/matching.py` measures by how many watches there are, beside other ways.
    """
    from monitor.app.wiring import lexicon_of, read_settings  # noqa: PLC0415 - only here
    from monitor.core.match import Index  # noqa: PLC0415
    from monitor.core.model import Document  # noqa: PLC0415

    settings = read_settings(ROOT / "config", env={})
    items = [json.loads(line) for line in STREAM.read_text(encoding="utf-8").splitlines()]
    documents = [Document(i["title"], i["summary"], i["lang"]) for i in items]
    lexicon = lexicon_of(settings)
    Index(settings.rules, lexicon).prepare(documents)  # its lemmas are in the cache from here on
    cold, warm = [], []
    for _ in range(RUNS):
        index = Index(settings.rules, lexicon)
        index.prepare([Document("", language=document.language) for document in documents])
        for figures in (cold, warm):
            spent = _cpu_s(lambda index=index: [index.hits(index.scan(each)) for each in documents])
            figures.append(spent / len(documents) * 1e6)
    yield "match, shipped watches, words learned", warm, "us/item"
    yield "match, shipped watches, new words", cold, "us/item"


def store() -> Iterator[Figure]:
    """Milliseconds that the desk takes for a document of 50 new items, on a real file."""
    from monitor.app.replay import Nobody  # noqa: PLC0415 - only this measurement needs these
    from monitor.app.wiring import read_settings  # noqa: PLC0415
    from monitor.core.match import Index  # noqa: PLC0415
    from monitor.core.model import Feed, ParsedItem  # noqa: PLC0415
    from monitor.ingest import DeskThread, InForce  # noqa: PLC0415
    from monitor.ports import Body, Parsed, Poll  # noqa: PLC0415
    from monitor.store import SqliteStore  # noqa: PLC0415

    book = read_settings(ROOT / "config", env={}).rules
    lines = [json.loads(line) for line in STREAM.read_text(encoding="utf-8").splitlines()]
    now = datetime(2025, 6, 12, tzinfo=UTC)
    rules = InForce(book, Index(book), {"console": Nobody("console")})
    figures = []
    for run in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            base = SqliteStore(Path(folder, "bench.db"))
            desk = DeskThread(base, rules, beat=lambda: None)
            desk.open_now(now)
            feed = Feed("bench", "http://bench.example/feed", language="en")
            documents = [
                Parsed("", tuple(
                    ParsedItem(f"{run}-{d}-{n}", "", f"{item['title']} {d}", item["summary"], now)
                    for n, item in enumerate(lines[:50])
                ))
                for d in range(20)
            ]  # fmt: skip
            polls = [Poll(feed, now, Body(feed.url, b""), document) for document in documents]
            spent = _cpu_s(lambda desk=desk, polls=polls: [desk.path.ingest(p, now) for p in polls])
            figures.append(spent / len(polls) * 1e3)
            base.close()
    yield "ingest, a document of 50 new items", figures, "ms"


def _cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


BENCHES: dict[str, Callable[[], Iterator[Figure]]] = {
    "start": start, "replay": replay, "match": match, "store": store,
}  # fmt: skip


def main(names: list[str]) -> int:
    """Run some benches, all without names."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    print(
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, median of {RUNS} (min - max), CPU"
    )
    for name in names or BENCHES:
        for label, figures, unit in BENCHES[name]():
            middle = statistics.median(figures)
            print(f"{label:45} {middle:10.3f} {unit:8} ({min(figures):.3f} - {max(figures):.3f})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
