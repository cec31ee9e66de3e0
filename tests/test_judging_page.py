"""The page on judging has every reason with its words, and every bound as the program has it."""

from __future__ import annotations

import importlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.deeds import DENIED_AS, HEDGED_AS, KIN, PLANNED_AS
from monitor.core.model import Reason, Verdict
from monitor.settings.watches import ACTS

ROOT = Path(__file__).parents[1]
JUDGING = (ROOT / "docs" / "judging.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
#: Where the bounds of the table stand.
MODULES = [
    importlib.import_module(f"monitor.{name}")
    for name in (
        "core.judge", "core.fact_words", "core.bare_topics", "core.promotion", "core.standing", "core.claim_reader", "core.passage", "core.deeds",
        "core.corroborate", "core.gathering", "core.stories", "ingest.judging", "ingest.path",
        "store.unit_claims",
    )
]  # fmt: skip
BOUNDS = [
    (name, value)
    for names, values in re.findall(
        r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \| ([^|]+) \| no \|", JUDGING, re.MULTILINE
    )
    for name, value in zip(
        re.findall(r"[A-Z_]+", names), re.split(r", (?=\d)", values), strict=True
    )
]


def test_every_reason_stands_there_in_its_words() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", JUDGING, re.MULTILINE))
    assert {reason: rows.get(reason) for reason in Reason} == {r: r.text for r in Reason}
    assert [verdict for verdict in Verdict if verdict not in rows] == []


@pytest.mark.parametrize(("name", "written"), BOUNDS)
def test_every_bound_is_as_the_program_has_it(name: str, written: str) -> None:
    found = {getattr(module, name) for module in MODULES if hasattr(module, name)}
    assert len(found) == 1
    (value,) = found
    number, _, unit = written.partition(" ")
    wanted = float(number.replace(",", ""))
    if isinstance(value, timedelta):
        assert value == timedelta(**{"days" if unit == "days" else "hours": wanted})
    else:
        assert value == wanted


def test_every_act_stands_there_with_what_it_comes_to() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| [^|`]+ \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$",
        CONFIGURATION, re.MULTILINE,
    )  # fmt: skip
    listed = {act: [re.findall(r"`([a-z-]+)`", cell) for cell in cells] for act, *cells in rows}
    assert listed == {
        act: [[table[act]] if act in table else [] for table in (DENIED_AS, PLANNED_AS, HEDGED_AS)]
        + [list(KIN.get(act, ()))]
        for act in ACTS
    }
