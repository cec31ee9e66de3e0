"""A command imports what it needs and nothing else; every command in the table is there."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from monitor.cli.main import COMMANDS, parley
from tests.cli.place import Place, environment

HEAVY = {
    "aiosmtplib", "apscheduler", "asyncio", "feedparser", "httpx", "lark", "prometheus_client",
    "pydantic", "rich", "ruamel", "sqlite_utils", "structlog",
}  # fmt: skip
NAMES = [name for group in COMMANDS.values() for name in group]

_LOOK = """\
import sys
sys.argv = ["parley", *{args!r}]
from monitor.cli import main
try:
    main()
except SystemExit:
    pass
print("LOADED", *sorted(set(sys.modules) & {heavy!r}), file=sys.stderr)
"""


def loaded(place: Place, *args: str) -> set[str]:
    """Run a command in a process of its own and give the heavy modules that it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _LOOK.format(args=args, heavy=HEAVY)], cwd=place.root,
        env=environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    last = done.stderr.splitlines()[-1]
    assert last.startswith("LOADED"), done.stderr
    return set(last.split()[1:])


@pytest.mark.parametrize(
    "args", [("--help",), ("--version",), ("healthcheck",), ("baseline", "--help")]
)
def test_what_needs_nothing_loads_nothing(place: Place, args: tuple[str, ...]) -> None:
    assert loaded(place, *args) == set()


@pytest.mark.parametrize("args", [("check",), ("check", "--json")])
def test_check_loads_no_client_scheduler_or_feed_parser(
    place: Place, args: tuple[str, ...]
) -> None:
    assert not loaded(place, *args) & {
        "httpx", "apscheduler", "feedparser", "aiosmtplib", "prometheus_client", "rich", "structlog",
    }  # fmt: skip


@pytest.mark.parametrize(
    "args",
    [("status", "--json"), ("alerts",), ("baseline", "show", "--json"), ("outbox", "retry", "1"),
     ("try", "A bridge over the strait", "--json"), ("backup",), ("feeds", "--json")],
    ids=" ".join,
)  # fmt: skip
def test_commands_on_the_database_load_no_client_scheduler_or_parser(
    place: Place, args: tuple[str, ...]
) -> None:
    place.publish("The bridge over the strait opens")
    assert not loaded(place, *args) & {
        "httpx", "apscheduler", "feedparser", "aiosmtplib", "prometheus_client", "rich",
    } - ({"rich"} if "--json" not in args else set())  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_the_table_is_there_and_explains_itself(place: Place, name: str) -> None:
    command = parley.get_command(click.Context(parley), name)  # type: ignore[attr-defined]
    assert command is not None
    assert command.name == name
    done = place.cli(name, "--help")
    assert done.code == 0
    assert f"Usage: parley {name}" in done.out


def test_a_command_that_is_not_there_is_a_usage_error(place: Place) -> None:
    done = place.cli("statsu")
    assert done.code == 2
    assert "No such command" in done.err
