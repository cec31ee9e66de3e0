"""The guide to baselines does what it says: its files, reports, commands and answers, in order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from monitor.cli.baseline import command
from tests.cli.place import Place
from tests.test_guide import bring, desk, said, same

__all__ = ["desk"]

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "baselines.md").read_text(encoding="utf-8")
#: kind, what stands behind it (`fails`, `report`, `file NAME`), body
BLOCKS = re.findall(r"^```(\w*)([^\n]*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_guide_to_baselines_runs_from_its_first_file_to_its_last_command(desk: Place) -> None:
    commands = reports = 0
    for kind, more, body in BLOCKS:
        mark = more.strip()
        if kind == "yaml":
            name = re.match(r"# config/(\S+)\n", body)
            assert name, body
            desk.write(name[1], body)
        elif mark.startswith("file "):
            (desk.root / mark.removeprefix("file ")).write_text(body, encoding="utf-8")
        elif mark == "report":
            bring(desk, "BBC World", tuple(body.splitlines()))
            reports += 1
        else:
            typed, _, wanted = body.partition("\n")
            assert typed.startswith("$ parley "), typed
            done = desk.cli(*shlex.split(typed[2:])[1:])
            assert (done.code == 0) == (mark != "fails"), typed + said(done)
            assert same(wanted, said(done)), f"{typed}\n{said(done)}"
            commands += 1
    assert (commands, reports) >= (13, 1)


def test_the_guide_names_every_command_of_the_group() -> None:
    assert isinstance(command, click.Group)
    shown = " ".join(re.findall(r"`([^`\n]+)`|^\$ (.*)$", TEXT, re.MULTILINE).__str__().split())
    assert [name for name in command.commands if name not in shown] == []
