"""What matching costs by how many watches there are, beside a naive loop and one big expression.

`python bench/matching.py [--json]`. Items and watches are made from a seed: items of about 550
bytes in words that are spread as words of a language are, watches of three to eight words and
phrases (any of these, and any of those, and none of a third kind). Every engine reads the same
items, cleaned, and must give the same hits. CPU time, the median of five runs; each size is a
process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
ITEMS = 2_000
WORDS_PER_ITEM = 75
VOCABULARY = 20_000
SIZES = (10, 100, 1_000, 10_000)
#: The peers are run on so many watches at most, and on so many items: they take too long else.
NAIVE_AT_MOST, NAIVE_ITEMS = 1_000, 200
_ONSETS = "b d f g k l m n p r s t v z br dr kr st tr pl".split()
_VOWELS = "a e i o u ai".split()
_TOKEN = re.compile(r"[^\W_]+")
Reader = Callable[[str], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Any of `these`, and any of `those` where there are any, and `none` of the last."""

    these: tuple[str, ...]
    those: tuple[str, ...]
    none: tuple[str, ...]

    def query(self) -> str:
        """Write it in the watch language, every word exact: peers know no inflection."""
        text = _group(self.these)
        if self.those:
            text += f" AND {_group(self.those)}"
        return f"{text} AND NOT {_group(self.none)}" if self.none else text


def _group(phrases: Sequence[str]) -> str:
    quoted = [f'"{" ".join("=" + word for word in phrase.split())}"' for phrase in phrases]
    return f"({' OR '.join(quoted)})"


def made_up(seed: int = 7) -> tuple[list[str], list[Rule]]:
    """Make the items and the most rules that are measured; fewer are their beginning."""
    rng = random.Random(seed)
    words = list(
        dict.fromkeys(
            "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.randint(1, 4)))
            for _ in range(VOCABULARY * 2)
        )
    )[:VOCABULARY]
    weights = [1 / (rank + 2.7) for rank in range(len(words))]  # Zipf, as Mandelbrot bent it
    items = []
    for _ in range(ITEMS):
        drawn = rng.choices(words, weights, k=WORDS_PER_ITEM)
        for stop in range(11, WORDS_PER_ITEM, 12):
            drawn[stop] += "."
        items.append(" ".join(drawn).capitalize())
    return items, [_rule(rng, words) for _ in range(max(SIZES))]


def _rule(rng: random.Random, words: Sequence[str]) -> Rule:
    def phrase() -> str:
        if rng.random() < 0.4:
            return f"{rng.choice(words[20:3000])} {rng.choice(words[20:3000])}"
        return rng.choice(words[800:12000])

    phrases = [phrase() for _ in range(rng.randint(3, 8))]
    these, rest = phrases[: len(phrases) // 2], phrases[len(phrases) // 2 :]
    none = rest[-1:] if len(rest) > 1 and rng.random() < 0.3 else []
    those = rest[: len(rest) - len(none)] if rng.random() < 0.5 else []
    return Rule(tuple(these), tuple(those), tuple(none))


def parley(rules: Sequence[Rule]) -> tuple[Reader, float]:
    """Give our reader and the CPU seconds that compiling took."""
    from monitor.core.match import Index  # noqa: PLC0415 - its import is no part of the peers'
    from monitor.core.model import Document  # noqa: PLC0415
    from monitor.core.rules import RuleBook, Watch  # noqa: PLC0415

    watches = tuple(
        Watch(id=str(number), title="", query=rule.query(), match_all=True)
        for number, rule in enumerate(rules)
    )
    book = RuleBook(watches=watches, concepts={}, seeds=(), routes=(), feeds=())
    began = time.process_time()
    index = Index(book)
    spent = time.process_time() - began

    def read(item: str) -> frozenset[int]:
        document = Document(item, language="en")
        return frozenset(int(hit.watch) for hit in index.hits(index.scan(document)))

    return read, spent


def _normalised(item: str) -> str:
    """Give the words of an item between blanks, a mark where a sentence ends."""
    return f" {' '.join(_TOKEN.findall(item.casefold().replace('.', ' zzend ')))} "


def naive(rules: Sequence[Rule]) -> Reader:
    """Ask each rule for each of its phrases."""
    padded = [
        tuple(tuple(f" {p} " for p in group) for group in (r.these, r.those, r.none)) for r in rules
    ]

    def read(item: str) -> frozenset[int]:
        text = _normalised(item)
        return frozenset(
            number
            for number, (these, those, none) in enumerate(padded)
            if any(p in text for p in these)
            and (not those or any(p in text for p in those))
            and not any(p in text for p in none)
        )

    return read


def big_expression(rules: Sequence[Rule]) -> Reader:
    """Find all phrases by one expression, then evaluate the rules that one of them opens."""
    ids: dict[str, int] = {}
    numbered = [
        tuple(frozenset(ids.setdefault(p, len(ids)) for p in group) for group in groups)
        for groups in ((r.these, r.those, r.none) for r in rules)
    ]
    by_phrase: dict[int, list[int]] = {}
    for number, (these, _, _) in enumerate(numbered):
        for phrase in these:
            by_phrase.setdefault(phrase, []).append(number)
    # one group a length: an alternative would else hide the longer one that begins like it
    singles = "|".join(sorted(p for p in ids if " " not in p))
    pairs = "|".join(sorted(p for p in ids if " " in p))
    expression = re.compile(rf"(?= (?:({pairs}) )?)(?= (?:({singles}) )?)")

    def read(item: str) -> frozenset[int]:
        found: set[int] = set()
        for match in expression.finditer(_normalised(item)):
            found.update(ids[text] for text in match.groups() if text)
        return frozenset(
            number
            for phrase in found
            for number in by_phrase.get(phrase, ())
            if (not numbered[number][1] or not numbered[number][1].isdisjoint(found))
            and numbered[number][2].isdisjoint(found)
        )

    return read


def _us(read: Reader, items: Sequence[str]) -> list[float]:
    figures = []
    for _ in range(RUNS):
        began = time.process_time()
        for item in items:
            read(item)
        figures.append((time.process_time() - began) / len(items) * 1e6)
    return figures


def measure(size: int) -> dict[str, object]:
    """Measure one number of watches in this process; microseconds an item, seconds, megabytes."""
    items, rules = made_up()
    rules = rules[:size]
    read, compiled_s = parley(rules)
    cold_began = time.process_time()
    hits = [read(item) for item in items]
    cold = (time.process_time() - cold_began) / len(items) * 1e6
    figures: dict[str, object] = {
        "watches": size, "compile_s": compiled_s, "cold_us": cold, "parley_us": _us(read, items),
        "hits_per_item": sum(map(len, hits)) / len(hits), "bytes": _bytes(items),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip
    if size <= NAIVE_AT_MOST:
        few = items[:NAIVE_ITEMS]
        for name, peer in (("naive_us", naive(rules)), ("expression_us", big_expression(rules))):
            for item, ours in zip(few, hits, strict=False):
                if peer(item) != ours:
                    raise SystemExit(f"{name} and Parley disagree about {item!r}")
            figures[name] = _us(peer, few)
    return figures


def _bytes(items: Sequence[str]) -> float:
    return statistics.mean(len(item.encode()) for item in items)


def main() -> None:
    """Run every size in a process of its own and print a table, or a JSON line a size."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--size", type=int, help="measure this number of watches, print JSON")
    ask.add_argument("--json", action="store_true", help="print a line of JSON for each size")
    options = ask.parse_args()
    if options.size:
        print(json.dumps(measure(options.size)))
        return
    for size in SIZES:
        ran = subprocess.run(
            [sys.executable, __file__, "--size", str(size)],
            check=True, capture_output=True, text=True, cwd=ROOT,
        )  # fmt: skip
        print(ran.stdout.strip() if options.json else _line(json.loads(ran.stdout)))


def _line(figures: dict[str, object]) -> str:
    def median(name: str) -> str:
        runs = figures.get(name)
        if not isinstance(runs, list):
            return "-"
        return f"{statistics.median(runs):.1f} ({min(runs):.1f} to {max(runs):.1f})"

    return (
        f"{figures['watches']:>6} watches: Parley {median('parley_us')} us an item,"
        f" cold {figures['cold_us']:.1f}; naive loop {median('naive_us')};"
        f" one expression {median('expression_us')}; {figures['hits_per_item']:.2f} hits;"
        f" compiled in {figures['compile_s']:.2f} s; peak {figures['peak_mb']:.0f} MB"
    )


if __name__ == "__main__":
    main()
