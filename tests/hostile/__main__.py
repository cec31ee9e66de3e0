"""Hold every case against the daemon at once, and print what became of each.

    python -m tests.hostile [--seconds 90] [--only WORD] [--quiet-seconds 40] [--json] [--keep DIR]

Exit 0 where every case ended as the table says and every bound held, else 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.hostile.run import Ran, run
from tests.hostile.table import CASES
from tests.hostile.verdict import Figures, judge_case, judge_run, share


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.hostile", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--seconds", type=float, default=90.0, help="under attack")
    parser.add_argument("--quiet-seconds", type=float, default=40.0, help="without attacks, before")
    parser.add_argument("--only", default="", help="cases whose name or entry holds this")
    parser.add_argument("--list", action="store_true", help="print the table and run nothing")
    parser.add_argument("--json", action="store_true", help="figures as JSON on stdout")
    parser.add_argument("--keep", type=Path, help="run in this new folder and leave it behind")
    asked = parser.parse_args()
    cases = [case for case in CASES if asked.only in case.name or asked.only in case.catalogue]
    if asked.list:
        for case in cases:
            print(f"{case.ids:<4} {case.name:<32} {case.does[:60]:<61} {case.must}")
        return 0
    with tempfile.TemporaryDirectory(prefix="parley-hostile-") as made:
        folder = asked.keep or Path(made)
        quiet = run(folder / "quiet", [], asked.quiet_seconds)
        ran = run(folder / "attacked", cases, asked.seconds)
    wrong = {case.name: judge_case(case, ran) for case in cases}
    figures = judge_run(ran, quiet)
    if asked.json:
        print(json.dumps({"cases": wrong, **asdict(figures)}, indent=1, ensure_ascii=False))
    else:
        _print(ran, wrong, figures, {case.name: case.ids for case in cases})
    return 1 if figures.wrong or any(wrong.values()) else 0


def _print(ran: Ran, wrong: dict[str, list[str]], figures: Figures, ids: dict[str, str]) -> None:
    for name, problems in wrong.items():
        of = ran.evidence.get(name) or ran.evidence[f"{name}-1"]
        last = of.seen[-1] if of.seen else None
        state = f"{last.code or last.outcome} ({last.checks} looks)" if last else "not looked at"
        print(f"{'  ' if not problems else '!!'} {ids[name]:<4} {name:<32} {state}")
        for problem in problems[:4]:
            print(f"        {problem[:300]}")
    bad = sum(map(bool, wrong.values()))
    print(
        f"\n{len(wrong)} cases, {len(wrong) - bad} as they must be, {bad} not; {figures.looks} looks"
    )
    print(f"good items: {figures.good_items}, lost {figures.lost}; median {figures.median_s:.2f} s, "
          f"p95 {figures.p95_s:.2f} s, worst {figures.worst_s:.2f} s (without attacks: median "
          f"{figures.quiet_median_s:.2f} s, p95 {figures.quiet_p95_s:.2f} s)")  # fmt: skip
    print(f"memory {figures.memory_mb:.0f} MB at most (daemon {ran.memory.daemon_mb:.0f} of it); longest fetch {figures.longest_fetch_s:.1f} s "
          f"({figures.longest_fetch}); canary {figures.canary}; CPU {figures.cpu_s:.0f} s")  # fmt: skip
    parts = [f"{share(ran.handled_s, part):.2f} s" for part in (0.5, 0.95, 1.0)]
    print(f"from the answer of a good feed to the receiver: median, p95, worst {', '.join(parts)}")
    for said in figures.wrong:
        print(f"!! {said}")


if __name__ == "__main__":
    sys.exit(main())
