"""Three hundred broken forms of a watch's file under a running daemon."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.app.wiring import channel_kinds
from monitor.errors import ConfigError
from monitor.settings import load
from tests.torture.clock import FastClock
from tests.torture.feeds import Writer
from tests.torture.life import Life
from tests.torture.place import RECIPIENTS, Place, a_place, replace_file

FEEDS = ("amber",)
GOOD = """\
version: 1
watch: truce
title: A truce anywhere
query: truce AND NOT gaza
alerts: fast
notify: [desk, hook]
concepts:
  handover: {about: people come home, en: [handover]}
trackers:
  truce:
    kind: state
    topic: truce
    scope: [extent, party]
    states:
      agreed: {act: agree, severity: high}
tests:
  - {text: "A truce was agreed", lang: en, hit: true}
"""
#: A watch beside it that tells whatever comes, so that it shows whether news still arrives.
PLAIN = """\
title: Any truce
query: truce
notify: [desk, hook]
"""
#: What people and programs do to files: text of GOOD -> what stands there instead.
SWAPS = (
    ("version: 1", "version: 2"), ("version: 1", "version: [1]"), ("watch: truce", "watch: Not An Id!"),
    ("watch: truce", "wacth: truce"), ("title: A truce anywhere", "title: {}"),
    ("title: A truce anywhere", "title: [a, b]"), ("title: A truce anywhere\n", ""),
    ("query: truce AND NOT gaza", "query: truce AND"), ("query: truce AND NOT gaza", "query: (truce"),
    ("query: truce AND NOT gaza", "query: $handovr"), ("query: truce AND NOT gaza", "query: 7"),
    ("query: truce AND NOT gaza", "query: 'truce"), ("query: truce AND NOT gaza\n", ""),
    ("alerts: fast", "alerts: quick"), ("alerts: fast", "alerts: true"),
    ("notify: [desk, hook]", "notify: [desk, hok]"), ("notify: [desk, hook]", "notify: {desk: 1}"),
    ("notify: [desk, hook]", "notify: *desk"), ("  handover:", "\thandover:"),
    ("  handover:", "    handover:"), ("  truce:", "truce:"), ("    kind: state", "\tkind: state"),
    ("kind: state", "kind: sate"), ("kind: state", "kind: [state]"), ("topic: truce", "topic: $nothing"),
    ("act: agree", "act: agre"), ("severity: high", "severity: hgih"), ("severity: high", "severity: 3"),
    ("hit: true", "hit: maybe"), ("lang: en", "lang: english please"), ("tests:", "test:"),
    ("tests:", "tests: 4\nmore:"), ("version: 1\n", "version: 1\nversion: 1\n"),
    ("version: 1\n", "- version: 1\n"), ("version: 1\n", "version: 1\n---\n"),
    ("version: 1\n", "%YAML 9\n"), ("version: 1\n", "\x00"), ("version: 1\n", "a: &a [*a]\n"),
    ("A truce anywhere", "\x07 \u202e"), ("A truce anywhere", "!!python/object:os.system x"),
)  # fmt: skip


def mutations() -> Iterator[bytes]:
    """Give the file cut off at each byte, then with each swap, then with bytes that are no text."""
    whole = GOOD.encode()
    for end in range(len(whole)):
        yield whole[:end]
    for before, after in SWAPS:
        assert before in GOOD
        yield GOOD.replace(before, after, 1).encode()
    for junk in (b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"{" * 200, b"#" * 5000):
        yield junk + whole


ALL = tuple(mutations())


def problems_of(config: Path, nothing: Path) -> tuple[str, ...] | None:
    """Give what is wrong with a configuration, None where it is valid."""
    try:
        load(config, channel_kinds=channel_kinds(), env={}, shipped=nothing)
    except ConfigError as error:
        return tuple(str(problem) for problem in error.problems)
    return None


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with a_place(tmp_path, FastClock(time.time(), 40.0), FEEDS) as place:
        place.watch.write_text(GOOD)
        yield place


def test_each_is_valid_or_refused_with_file_line_column_and_hint(
    place: Place, tmp_path: Path
) -> None:
    nothing = tmp_path / "no-lexicon"
    nothing.mkdir()
    at = re.compile(r"^\S*watches/truce\.yaml:\d+:\d+: \S.{3,} \(.{3,}\)$", re.DOTALL)
    refused = 0
    for content in ALL:
        place.watch.write_bytes(content)
        problems = problems_of(place.config, nothing)
        assert problems is None or problems, content
        for problem in problems or ():
            assert at.match(problem), (content, problem)
        refused += problems is not None
    assert len(ALL) >= 300
    assert refused > 200
    place.watch.write_text(GOOD)
    assert problems_of(place.config, nothing) is None


def edits(life: Life) -> tuple[int, int]:
    """Give how many edits a daemon has taken and refused, by its own figures."""
    found = re.search(r"http://127\.0\.0\.1:\d+/", life.said())
    assert found is not None
    with urllib.request.urlopen(f"{found[0]}metrics", timeout=5) as answer:
        figures = answer.read().decode()
    counts = dict(
        re.findall(r'^parley_\w+total\{result="(taken|refused)"\} ([\d.]+)', figures, re.MULTILINE)
    )
    return int(float(counts.get("taken", 0))), int(float(counts.get("refused", 0)))


@pytest.mark.timeout(240)
def test_no_broken_edit_stops_a_daemon_and_the_next_good_one_is_taken(place: Place) -> None:
    writer = Writer(1)
    everywhere = {("desk", to) for to in RECIPIENTS} | {("hook", "webhook")}

    def arrives(life: Life) -> None:
        piece = writer.piece(FEEDS[0], place.clock.now())
        place.feeds.publish(FEEDS[0], piece)
        life.until(
            lambda: {(m.channel, m.recipient) for m in list(place.inbox.taken) if m.mark == piece.mark}
            == everywhere
        )  # fmt: skip

    place.watch.with_name("any.yaml").write_text(PLAIN)
    place.feeds.life = 1
    # the files are looked at more often than by `parley run`, or most of this would be waiting
    life = Life.begin(
        1, place.folder, ["-m", "tests.torture.daemon", "config"],
        {**place.clock.environment(), "TORTURE_WATCH_S": "0.1"},
    )  # fmt: skip
    try:
        life.until(lambda: "irst round" in life.said(), why="the first round")
        for content in ALL:  # as fast as an editor's autosave, and faster
            replace_file(place.watch, content)
            time.sleep(0.01)
        # these stand still until each was looked at: some of the cuts, most of the swaps
        slow = (*ALL[: len(GOOD) : 100], *ALL[len(GOOD) :][:32])
        assert len(slow) >= 36
        for content in slow:
            before = sum(edits(life))
            replace_file(place.watch, content)
            life.until(lambda seen=before: sum(edits(life)) > seen, 10, "looked at", 0.03)  # type: ignore[misc]
        taken, refused = edits(life)
        assert refused >= 25
        replace_file(place.watch, GOOD.replace("truce AND NOT gaza", "truce AND"))
        life.until(lambda: edits(life)[1] > refused, 10, "refused", 0.05)
        arrives(life)  # the rules before it are in force
        taken = edits(life)[0]
        replace_file(place.watch, GOOD)
        took = life.until(lambda: edits(life)[0] > taken, 10, "the good file is taken", 0.05)
        assert took <= 2.0
        arrives(life)
        assert re.search(
            r"edit refused, the rules before it stay in force: \S*truce\.yaml:\d+:\d+: ",
            life.said(),
        )
        assert "Traceback" not in life.said()
        life.stop()
    finally:
        life.end_anyhow()
