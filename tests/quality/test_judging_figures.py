"""Alerts, states and stories on labelled streams: floors under what was measured last.

`unseen` was written before the vocabulary of acts; `fifth` (reversals, stages, terse agencies) was
read when the last words were written; nobody has read the misses of `sixth` (metaphors, ellipsis,
flashes of both sides). `seventh` (plain wire headlines) had at first contact, its matching mended, a
recall of 0.81, a precision of 0.74, states 0.84, stories 0.94; its wrong alerts were then read.
`eighth` (many small developments) had 0.94, 0.76, 0.64, 0.95; its wrong states alone were read.
Each is replayed with an empty ledger.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.app.replay import Replay
from monitor.app.wiring import read_settings
from monitor.language import SimplemmaLexicon

HERE = Path(__file__).parent
LABELLED = {"istanbul-talks", "ceasefire", "pow-exchange"}
TOLD = {"new", "update", "duplicate"}


@dataclass(frozen=True)
class Figures:
    """Shares of 1, but `each`: alerts for each development that was caught."""

    recall: float
    precision: float
    each: float
    state: float
    stories: float


FLOORS = {
    "unseen": Figures(recall=0.84, precision=0.76, each=1.25, state=0.74, stories=0.90),
    "fifth": Figures(recall=0.77, precision=0.76, each=1.3, state=0.72, stories=0.87),
    "sixth": Figures(recall=0.50, precision=0.60, each=1.4, state=0.60, stories=0.85),
    "eighth": Figures(recall=0.86, precision=0.72, each=1.3, state=0.64, stories=0.91),
    "seventh": Figures(recall=0.87, precision=0.77, each=1.3, state=0.79, stories=0.90),
}


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> SimplemmaLexicon:
    return SimplemmaLexicon(tmp_path_factory.mktemp("words"))


@pytest.mark.parametrize("stream", FLOORS)
def test_alerts_states_and_stories_are_no_worse(stream: str, lexicon: SimplemmaLexicon) -> None:
    lines = (HERE / f"{stream}.jsonl").read_text(encoding="utf-8").splitlines()
    rules = read_settings(HERE.parents[1] / "config", env={}).rules
    replay = Replay(rules, baseline=False, lexicon=lexicon)
    answers = {each.id: each.as_json() for each in replay.run(lines)}
    replay.close()
    found, floor = figures([json.loads(line) for line in lines], answers), FLOORS[stream]

    assert found.recall >= floor.recall, found
    assert found.precision >= floor.precision, found
    assert found.each <= floor.each, found
    assert found.state >= floor.state, found
    assert found.stories >= floor.stories, found


def figures(items: list[dict], answers: Mapping[str, dict]) -> Figures:
    """Count what a desk would: first reports told, alerts that tell something, each event once."""
    firsts = {i["development"] for i in items if i["first"] and i["development"]}
    told: Counter[str] = Counter()
    told_first: set[str] = set()
    alerts = fresh = 0
    for item in items:
        pushed = set(answers[item["id"]]["alerts"]) & LABELLED
        relevant = any(item["labels"].values())
        if not pushed or (not relevant and pushed <= set(item["borderline"])):
            continue
        alerts += 1
        if relevant and item["kind"] in TOLD and item["development"]:
            fresh += not told[item["development"]]
            told[item["development"]] += 1
            if item["first"]:
                told_first.add(item["development"])
    return Figures(
        recall=len(told_first) / len(firsts),
        precision=fresh / alerts,
        each=sum(told.values()) / len(told),
        state=_states(items, answers),
        stories=_stories(items, answers),
    )


def _states(items: list[dict], answers: Mapping[str, dict]) -> float:
    """Give the share of labelled states that were read, of the items that were hit."""
    right = total = 0
    for item in items:
        verdicts = answers[item["id"]]["verdicts"]
        for watch, state in item["state"].items():
            arguable = watch in item["borderline"]
            if not item["labels"].get(watch) or state == "none" or arguable:
                continue
            if watch in verdicts:
                total += 1
                right += verdicts[watch]["state"] == state
    return right / total


def _stories(items: list[dict], answers: Mapping[str, dict]) -> float:
    """Give the B-cubed F1 of the stories of relevant items."""
    pairs = [
        (item["story"], answers[item["id"]]["story"])
        for item in items
        if any(item["labels"].values()) and answers[item["id"]]["story"]
    ]
    wanted, got, both = Counter(p[0] for p in pairs), Counter(p[1] for p in pairs), Counter(pairs)
    precision = sum(both[p] / got[p[1]] for p in pairs) / len(pairs)
    recall = sum(both[p] / wanted[p[0]] for p in pairs) / len(pairs)
    return 2 * precision * recall / (precision + recall)
