from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.settings.home import SAMPLE, Home


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    root = tmp_path / "config"
    root.mkdir()
    return Home(root)


@pytest.fixture
def home(empty: Home) -> Home:
    for name, text in SAMPLE.items():
        empty.write(name, text)
    return empty


@pytest.fixture
def sample() -> Mapping[str, str]:
    return {name: textwrap.dedent(text) for name, text in SAMPLE.items()}


@pytest.fixture
def place(sample: Mapping[str, str]) -> Callable[[str, str], str]:
    """Give `file:line:column` of the first time that a text stands in a sample's file."""

    def find(name: str, text: str) -> str:
        offset = sample[name].index(text)
        line = sample[name].count("\n", 0, offset) + 1
        return f"{name}:{line}:{offset - sample[name].rfind(chr(10), 0, offset)}"

    return find
