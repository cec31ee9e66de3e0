"""What a round costs: a farm of feeds on loopback, read by `parley once --all` as its user runs it.

    python bench/cycle.py [--feeds 200,1000] [--runs 3] [--changed 10] [--seed 1] [--json]

Three kinds of rounds, the shipped watches in force: cold (nothing stored, every item new), all 304
(nothing has changed), and a share of the feeds changed before each round. CPU is that of the
process and all its workers. `gross` is a whole process: one round where it is cold, else three
(`once --repeat 3`). `net` is one round: where there is no document what `once` says of it, else
gross less `start` (what a process takes besides its rounds), shared by the rounds. The first
documents of a process cost more than later ones: dictionaries are loaded, parsers started. `kept` compares the rows of the store with what the farm has given out, ill-formed feeds
included; `cores` is CPU over wall time. Words of the vocabulary are worked out before (as they are
once in the life of a data folder). Quote CPU, and ratios of one run: wall time on a shared machine
says little.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from farming import Farm, Run, farm, parley, write_config

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of rounds: medians of some runs. Seconds and megabytes."""

    feeds: int
    kind: str
    net_s: float
    gross_s: float
    start_s: float
    wall_s: float
    cores: float
    peak_mb: float
    new_items: int
    runs: int
    spread_s: tuple[float, float]


def measure(feeds: int, runs: int, changed: float, seed: int) -> tuple[list[Line], dict[str, Any]]:
    """Measure rounds of one number of feeds; gives the lines, and what was kept of all items."""
    with tempfile.TemporaryDirectory() as folder, farm(feeds, seed) as served:
        urls = served.urls(feeds)
        config = write_config(Path(folder), urls[:1])
        once(config)  # works out the words
        (Path(folder) / "data" / "parley.db").unlink()
        served.ask("counts")
        write_config(Path(folder), urls)
        cold = once(config)
        quiet = [once(config, ROUNDS) for _ in range(runs)]
        start_s = statistics.median(run.cpu_s - sum(_each(run, "cpu_s")) for run in quiet)
        some = [_changed(served, config, changed) for _ in range(runs)]
        last = once(config)  # what changed after the last round
        kept = _kept(Path(folder) / "data" / "parley.db", served, sum(_told([*some, last])))
    net = [cpu_s for run in quiet for cpu_s in _each(run, "cpu_s")]
    wall = [wall_s for run in quiet for wall_s in _each(run, "wall_s")]
    return [
        _line(feeds, "cold", [cold], start_s),
        Line(
            feeds, "all 304", statistics.median(net), statistics.median(r.cpu_s for r in quiet),
            start_s, statistics.median(wall), sum(net) / sum(wall),
            statistics.median(run.peak_mb for run in quiet), 0, len(net), (min(net), max(net)),
        ),
        _line(feeds, f"{changed:g} % changed", some, start_s),
    ], kept  # fmt: skip


def once(config: Path, repeat: int = 1) -> Run:
    """Run some rounds in a process of their own."""
    return parley("once", "--all", f"--repeat={repeat}", f"--config={config}", "--json")


def _changed(served: Farm, config: Path, percent: float) -> Run:
    """Run rounds before each of which some feeds have changed."""
    served.ask(f"each {percent}")
    run = once(config, ROUNDS)
    served.ask("each 0")
    return run


def _line(feeds: int, kind: str, runs: Sequence[Run], start_s: float) -> Line:
    net = [(run.cpu_s - start_s) / len(_each(run, "cpu_s")) for run in runs]
    wall = [statistics.mean(_each(run, "wall_s")) for run in runs]
    return Line(
        feeds, kind, statistics.median(net), statistics.median(run.cpu_s for run in runs), start_s,
        statistics.median(wall), statistics.median(n / w for n, w in zip(net, wall, strict=True)),
        max(run.peak_mb for run in runs), round(statistics.median(_told(runs))), len(runs),
        (min(net), max(net)),
    )  # fmt: skip


def _each(run: Run, figure: str) -> list[float]:
    return [float(one[figure]) for one in json.loads(run.output)]


def _told(runs: Sequence[Run]) -> list[int]:
    return [round(sum(_each(run, "items"))) for run in runs]


def _kept(path: Path, served: Farm, told: int) -> dict[str, Any]:
    """Compare the store with the farm."""
    given = served.ask("items")["items"]
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as store:
        rows = store.execute("SELECT count(*) FROM items").fetchone()[0]
        failing = store.execute("SELECT count(*) FROM feeds WHERE failures > 0").fetchone()[0]
    return {
        "feeds": served.facts["feeds"], "faulty": served.facts["faulty"], "failing": failing,
        "items": given, "kept": rows, "share": rows / given, "of_changed": told,
    }  # fmt: skip


def shown(line: Line) -> str:
    """Give a line of the table."""
    low, high = line.spread_s
    return (
        f"{line.feeds:6,} {line.kind:13} {line.net_s:7.2f} ({low:.2f} - {high:.2f})"
        f" {line.net_s / line.feeds * 1e3:6.2f} {line.gross_s:8.2f} {line.start_s:6.2f}"
        f" {line.wall_s:7.2f} {line.cores:6.2f} {line.peak_mb:7.0f} {line.new_items:9,}"
    )


def main() -> None:
    about = argparse.ArgumentParser(description="What a round costs.")
    about.add_argument("--feeds", default="200,1000")
    about.add_argument("--runs", type=int, default=3)
    about.add_argument("--changed", type=float, default=10)
    about.add_argument("--seed", type=int, default=1)
    about.add_argument("--json", action="store_true", dest="as_json")
    told = about.parse_args()
    lines: list[Line] = []
    if not told.as_json:
        print(
            " feeds round          net CPU s (min - max)  ms/feed gross s  start  wall s  cores"
            " peak MB new items"
        )
    keeps = []
    for feeds in (int(number) for number in told.feeds.split(",")):
        measured, kept = measure(feeds, told.runs, told.changed, told.seed)
        lines += measured
        keeps.append(kept)
        if not told.as_json:
            print(*map(shown, measured), sep="\n", flush=True)
            print(
                f"       kept {kept['kept']:,} of {kept['items']:,} items ({kept['share']:.2%}),"
                f" {kept['faulty']} ill-formed feeds among them, {kept['failing']} failing"
            )
    if told.as_json:
        print(json.dumps({"rounds": [asdict(line) for line in lines], "kept": keeps}))


if __name__ == "__main__":
    main()
