"""I4: `now` is an argument, aware UTC, and news time never goes back within a process."""

from __future__ import annotations

import ast
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app.clock import SteppedClock, SystemClock
from tests.builders import T0, after
from tests.fakes import FakeWall

MONITOR = Path(__file__).parents[2] / "monitor"
INNER = sorted(
    [*(MONITOR / "core").rglob("*.py"), *(MONITOR / "ingest").rglob("*.py"),
     *(MONITOR / "ports").rglob("*.py"), *(MONITOR / "poller").rglob("*.py"),
     MONITOR / "courier.py"]
)  # fmt: skip
#: What reads a clock, or chance.
CLOCKS = {
    "datetime": {"now", "utcnow", "today"}, "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "localtime", "gmtime", "perf_counter"},
}  # fmt: skip


def reads_of_clocks(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in CLOCKS.get(node.value.id, ()):
                found.append(f"{node.lineno}: {node.value.id}.{node.attr}")
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
            )
            found.extend(
                f"{node.lineno}: {name}" for name in names if name in {"time", "random", "secrets"}
            )
    return found


@pytest.mark.parametrize("file", INNER, ids=lambda path: str(path.relative_to(MONITOR)))
def test_i4_core_and_lanes_read_no_clock(file: Path) -> None:
    assert reads_of_clocks(file.read_text()) == []


def test_i4_a_read_of_a_clock_would_be_noticed() -> None:
    planted = "import time\nfrom datetime import datetime\nx = datetime.now()\ny = time.time()\n"
    assert len(reads_of_clocks(planted)) == 3


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("run"), st.floats(0, 7200)),
            st.tuples(st.just("step"), st.floats(-1e7, 1e7)),
        ),
        max_size=30,
    )
)
def test_i4_news_time_never_goes_back_and_never_stands_still(
    steps: list[tuple[str, float]],
) -> None:
    wall = FakeWall(T0)
    clock = SystemClock(wall.read_wall, wall.read_mono)
    last = clock.now()
    for what, seconds in steps:
        if what == "run":
            wall.run(seconds)
        else:
            wall.step(seconds)
        now = clock.now()
        ran = timedelta(seconds=seconds if what == "run" else 0)
        assert now - last >= ran - timedelta(microseconds=5)
        assert now >= wall.wall - timedelta(microseconds=5)
        assert now.tzinfo is UTC
        last = now


def test_i4_a_clock_that_is_moved_by_hand_only_moves_forward() -> None:
    clock = SteppedClock(T0)
    clock.step_to(after(5))
    clock.step_to(after(2))
    assert clock.now() == after(5)
    assert clock.wire().tzinfo is not None
