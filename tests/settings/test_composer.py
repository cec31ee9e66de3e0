"""Both readers of YAML give the same nodes, place for place, wherever the quick one is asked."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import yaml

from monitor.settings import composer
from monitor.settings.composer import _Composer, _events, _quick_events, composed
from monitor.settings.nodes import Node
from monitor.settings.syntax import Trouble

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*ROOT.glob("config/**/*.yaml"), *ROOT.glob("monitor/lexicon/*.yaml")])
BOUNDS = {"most": 100_000, "deepest": 100}
#: What people put into YAML by accident, and what the two versions of it read differently.
SLIPS = [
    ":", ": ", " :", "-", "- ", "#", " #", "'", '"', ",", "[", "]", "{", "}", "&a ", "*a", "!x ", "|", ">",
    "|-", "?", "? ", "@", "`", "%", "\n", "\n  ", "\n\n", "  ", "\\", "~", "yes", "0o7", "1:30", "=", "<<",
    "''", '""', "a: b", "{a:b}", "[a,b]", "\u00a0", "\u2003", "é", "…", "---", "...",
]  # fmt: skip


def by_library(text: str, quick: bool) -> Node | str | None:
    try:
        if quick:
            return _Composer(**BOUNDS).root_of(_quick_events(text))
        return _Composer(**BOUNDS).root_of(_events(text))
    except (Trouble, yaml.YAMLError):
        return "refused"


def flat(node: Node | None) -> object:
    if node is None or isinstance(node, str):
        return node
    inner = [flat(item) for item in node.items]
    end = node.end if node.kind == "scalar" else None
    return (node.kind, node.place, end, node.style, node.text, inner)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_is_shipped_is_read_alike(path: Path) -> None:
    text = path.read_text("utf-8")

    assert flat(by_library(text, quick=True)) == flat(by_library(text, quick=False))


def test_damaged_files_are_read_alike_but_for_what_one_library_forgives() -> None:
    rng = random.Random(11)
    samples = [
        path.read_text("utf-8").splitlines() for path in SHIPPED if "lexicon" not in str(path)
    ]
    compared = differing = 0
    for _ in range(3_000):
        lines = rng.choice(samples)
        start = rng.randrange(len(lines))
        text = "\n".join(lines[start : start + rng.randint(1, 12)]) + "\n"
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(SLIPS) + text[at + rng.randint(0, 2) :]
        quick = by_library(text, quick=True)
        if composer._ODD.search(text) or quick == "refused":
            continue
        compared += 1
        differing += flat(quick) != flat(by_library(text, quick=False))
    assert compared > 500
    assert differing * 500 < compared  # slips that one of two YAML libraries forgives


def test_a_machine_without_libyaml_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SHIPPED[0].read_text("utf-8")
    quick = composed(text, **BOUNDS)
    monkeypatch.setattr(composer, "_QUICK", None)

    assert flat(composed(text, **BOUNDS)) == flat(quick)


def test_what_is_wrong_is_said_by_the_reader_that_explains() -> None:
    with pytest.raises(Trouble) as said:
        composed("watch: a\n  title: b\n", **BOUNDS)

    assert re.search("line|indent|colon|:", str(said.value))
