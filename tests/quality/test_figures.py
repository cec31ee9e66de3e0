"""The shipped watches against labelled streams that their words were not written from.

Each stream was written by people who had seen neither the watches nor the vocabulary, and scored
before anybody read it (first contact):

- `unseen`, 220 items in ten languages, for the first vocabulary: macro F1 0.85
- `second`, 150 items in nine languages, metaphors and ellipsis: 0.66 with that first vocabulary;
  its kinds of misses were then mended
- `third`, 150 items, ministries, tabloids, compounds: 0.87 with the vocabulary as it was by then;
  its kinds of misses were then mended
- `fourth`, 150 items as a desk receives them in a day: 0.93 with the vocabulary as it was
- `fifth`, 250 items, reversals and stages, terse: 0.82; its misses were then read and mended
- `sixth`, 276 items, metaphors, ellipsis, flashes: 0.71, and 0.74 after `fifth` was mended
- `seventh`, 264 items, mostly plain wire headlines in nine languages: 0.92; its misses were then
  read and mended
- `eighth`, 251 items in the style of feeds, many small developments: 0.92; nobody has read its
  misses

The floors are below what was measured last, so that a change that makes matching worse fails here.
An item whose label is arguable for a watch is left out.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.app.replay import Replay, Replayed
from monitor.app.wiring import read_settings
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.language import SimplemmaLexicon

HERE = Path(__file__).parent
WATCHES = ("istanbul-talks", "ceasefire", "pow-exchange")
#: stream -> least macro F1, least precision and recall of any watch
FLOORS = {
    "unseen": (0.90, 0.88, 0.85),
    "second": (0.86, 0.85, 0.72),
    "third": (0.90, 0.88, 0.85),
    "fourth": (0.88, 0.88, 0.78),
    "fifth": (0.95, 0.93, 0.93),
    "sixth": (0.68, 0.70, 0.45),
    "seventh": (0.93, 0.86, 0.78),
    "eighth": (0.88, 0.78, 0.85),
}


def labelled(stream: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / f"{stream}.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    settings = read_settings(HERE.parents[1] / "config", env={})
    return Index(settings.rules, SimplemmaLexicon(tmp_path_factory.mktemp("words")))


@pytest.fixture(scope="module")
def answers() -> dict[str, Replayed]:
    settings = read_settings(HERE.parents[1] / "config", env={})
    replay = Replay(settings.rules)
    lines = (HERE / "unseen.jsonl").read_text(encoding="utf-8").splitlines()
    found = {each.id: each for each in replay.run(lines)}
    replay.close()
    assert len(found) == len(lines)
    return found


def precision_and_recall(
    watch: str, items: list[dict], hits: list[set[str]]
) -> tuple[float, float]:
    right = wrong = missed = 0
    for item, found in zip(items, hits, strict=True):
        if watch in item["borderline"]:
            continue
        hit, wanted = watch in found, bool(item["labels"][watch])
        right += hit and wanted
        wrong += hit and not wanted
        missed += wanted and not hit
    return right / (right + wrong), right / (right + missed)


@pytest.mark.parametrize("stream", FLOORS)
def test_watches_find_what_they_were_not_written_from(stream: str, index: Index) -> None:
    items = labelled(stream)
    documents = [Document(each["title"], each["summary"], each["lang"]) for each in items]
    hits = [{hit.watch for hit in index.hits(index.scan(document))} for document in documents]
    figures = {watch: precision_and_recall(watch, items, hits) for watch in WATCHES}
    scores = [2 * p * r / (p + r) for p, r in figures.values()]
    macro, precision, recall = FLOORS[stream]

    assert sum(scores) / len(scores) >= macro, figures
    assert min(p for p, _ in figures.values()) >= precision, figures
    assert min(r for _, r in figures.values()) >= recall, figures


def test_nothing_from_before_the_baseline_alerts(answers: dict[str, Replayed]) -> None:
    early = [item["id"] for item in labelled("unseen") if not item["after_baseline"]]

    assert early
    assert not [name for name in early if answers[name].as_json()["alerts"]]
