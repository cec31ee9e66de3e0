"""Whatever is in a file: it is a valid configuration, or it is refused with a place and a sentence."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.settings import Settings
from tests.settings.home import Home

FILES = (
    "parley.yaml", "feeds.yaml", "concepts/shared.yaml", "watches/ceasefire.yaml",
    "watches/pow-exchange.yaml", "baselines/2025-06-02.yaml",
)  # fmt: skip


def holds(home: Home, name: str, content: bytes) -> bool:
    """Load with `content` in a file; gives whether it was taken."""
    home.write(name, content)
    try:
        settled = home.load()
    except ConfigError as error:
        problems = error.problems
    else:
        assert isinstance(settled, Settings)
        return True
    assert problems
    for problem in problems:
        assert problem.message
        if problem.line is None:
            assert problem.message.startswith(("cannot be read", "the file is larger"))
        else:
            assert problem.line >= 1
            assert problem.column is not None
            assert problem.column >= 1
    return False


@pytest.mark.parametrize("name", FILES)
def test_cut_off_at_each_byte(home: Home, name: str) -> None:
    """As a daemon may find it while an editor writes."""
    content = (home.root / name).read_bytes()
    taken = [holds(home, name, content[:end]) for end in range(len(content))]
    assert not all(taken)
    assert holds(home, name, content)


def mutations(rng: random.Random, text: str) -> Iterator[str]:
    """Give the ways in which people and programs break a file."""
    lines = text.splitlines(keepends=True)
    row = rng.randrange(len(lines))
    char = rng.randrange(len(text))
    indent = len(lines[row]) - len(lines[row].lstrip())
    junk = rng.choice(
        [
            "\t",
            ": ",
            "'",
            '"',
            "[",
            "{",
            "}",
            "- ",
            "#",
            "&a ",
            "*a ",
            "!!x ",
            "| ",
            "%",
            "@",
            "\0",
            "\ufeff",
            "é",
            "null",
        ]
    )
    yield text[:char] + junk + text[char:]
    yield text[:char] + text[char + rng.randrange(1, 9) :]
    yield "".join([*lines[:row], " " * indent + "zzz: 1\n", *lines[row:]])
    yield "".join([*lines[:row], "\t" + lines[row], *lines[row + 1 :]])
    yield "".join([*lines[:row], *lines[row + 1 :]])
    yield "".join([*lines[:row], lines[row], *lines[row:]])
    yield "".join([*lines[:row], " " + lines[row], *lines[row + 1 :]])
    key = lines[row].split(":")[0]
    yield "".join(
        [
            *lines[:row],
            f"{key}: {rng.choice(['[1, 2]', '{a: b}', '7', 'true', 'x', '1.5', '~', '[[]]'])}\n",
            *lines[row + 1 :],
        ]
    )
    for value in (
        "7",
        "true",
        "[a]",
        "{a: b}",
        "''",
        "x: y",
        "99999999999999999999999",
        "-1",
        ".nan",
    ):
        yield text.replace(
            rng.choice(["high", "fast", "en", "agree", "truce", "state", "1", "console"]), value, 1
        )


@pytest.mark.parametrize("name", FILES)
def test_three_hundred_mutations(home: Home, name: str) -> None:
    rng = random.Random(name)
    text = (home.root / name).read_text(encoding="utf-8")
    made = [one for _ in range(18) for one in mutations(rng, text)]
    assert len(made) >= 300
    taken = sum(holds(home, name, one.encode("utf-8", "surrogatepass")) for one in made)
    assert 0 < taken < len(made)


yamlish = st.text(st.sampled_from("abz019 \n\t:-[]{}#&*!|>'\"%@`,.?~$=()\\éж\u2028"), max_size=80)


@pytest.mark.parametrize("name", FILES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.one_of(st.binary(max_size=80), yamlish.map(str.encode)), data=st.data())
def test_any_bytes(home: Home, name: str, content: bytes, data: st.DataObject) -> None:
    held = (home.root / name).read_bytes()
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(held)))
        content = held[:at] + content + held[at:]
    try:
        assert holds(home, name, content) in {True, False}
    finally:
        home.write(name, held)
