"""Every case of the table against a running daemon, all at once: one run, and what came of each.

`python -m tests.hostile` is the same run, longer, and prints its figures. What one document does
to the parser, or one answer to the client, is tested in tests/edges; here the daemon is whole.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass

import pytest

from tests.hostile.case import Case
from tests.hostile.run import CONNECT_S, INTERVAL_S, PARSE_S, TOTAL_S, Ran, run
from tests.hostile.table import CASES, CATALOGUE, by_entry
from tests.hostile.verdict import MOST_MEMORY_MB, judge_case, longest_fetch, share
from tests.torture.life import ROOT

pytestmark = [
    # What is counted is counted by address and by process: loopback of 127.0.0.0/8, and /proc.
    pytest.mark.skipif(sys.platform != "linux", reason="needs 127.0.0.0/8 and /proc of Linux"),
    pytest.mark.xdist_group("hostile"),
    pytest.mark.timeout(240),  # the run counts for the first test
]
QUIET_S, ATTACKED_S = 14.0, 52.0
#: Room for a machine that runs other tests beside it; `python -m tests.hostile` holds the strict
#: bounds, and says by how much.
SLACK_S, WORST_S = 6.0, 6 * INTERVAL_S + 20.0


@dataclass(frozen=True, slots=True)
class Both:
    """A run without attacks, and one with all of them."""

    quiet: Ran
    attacked: Ran


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder = tmp_path_factory.mktemp("hostile")
    return Both(run(folder / "quiet", [], QUIET_S), run(folder / "attacked", CASES, ATTACKED_S))


# --- the table ---------------------------------------------------------------------------------


def test_the_table_covers_the_catalogue() -> None:
    assert [entry for entry, cases in by_entry().items() if not cases] == []
    assert {entry for case in CASES for entry in case.catalogue} == set(CATALOGUE)
    assert len(CASES) >= 170
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []


def test_the_page_about_it_tells_the_truth() -> None:
    page = (ROOT / "docs" / "hostile.md").read_text("utf-8")
    rows = re.findall(r"^\| ([NC]\d\d) \| .* \| (\d+) \| .* \|$", page, re.MULTILINE)
    assert {entry: int(count) for entry, count in rows} == {
        entry: len(cases) for entry, cases in by_entry().items()
    }
    assert f" in {len(CASES)} ways" in page
    assert f"(`total_s` {TOTAL_S:g}, `connect_s` {CONNECT_S:g}, `parse_s` {PARSE_S:g})" in page


# --- the run -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.ids}-{case.name}")
def test_a_case_ends_as_the_table_says(case: Case, both: Both) -> None:
    assert judge_case(case, both.attacked) == []


def test_nothing_internal_was_reached(both: Both) -> None:
    assert both.attacked.canary == []


def test_no_secret_went_to_a_stranger(both: Both) -> None:
    heads = [head.replace("/secret-check", "") for head in both.attacked.told_strangers]
    assert heads
    assert [head for head in heads if "secret" in head] == []


def test_no_fetch_outlasts_its_deadline(both: Both) -> None:
    lasted, whose = longest_fetch(both.attacked.visits)
    assert lasted <= TOTAL_S + SLACK_S, whose


def test_memory_stays_within_its_bound(both: Both) -> None:
    assert both.attacked.memory.samples > 10
    assert both.attacked.memory.most_mb < MOST_MEMORY_MB * 1.25


def test_good_feeds_lose_nothing(both: Both) -> None:
    assert both.attacked.unread == []
    assert both.attacked.lost == 0
    assert len(both.attacked.delays_s) > 100


def test_good_feeds_go_on_under_attack(both: Both) -> None:
    """Bounds in seconds are held by `python -m tests.hostile`, on a machine that does no more."""
    assert share(both.attacked.delays_s, 1.0) <= WORST_S


def test_the_daemon_trips_over_nothing_and_leaves_nothing(both: Both) -> None:
    log = both.attacked.log
    assert "Traceback" not in log
    assert "failed inside Parley" not in log
    assert both.attacked.orphans == 0
