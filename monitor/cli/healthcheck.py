"""`parley healthcheck`: whether a running daemon lives."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, print_json

VARIABLE = "PARLEY_LISTEN"
DEFAULT = "127.0.0.1:8420"
#: `listen: host:port` as a line of its own. Text at the first column of a YAML mapping is a key.
_LINE = re.compile(r"^listen:[ \t]+(['\"]?)([^\s'\"#{}$]+)\1[ \t]*(?:#.*)?$", re.MULTILINE)
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")


@click.command("healthcheck")
@config_option
@click.option(
    "--timeout", "timeout_s", type=click.FloatRange(0.1, 60), default=5.0, show_default=True,
    metavar="SECONDS", help="How long to wait for an answer.",
)  # fmt: skip
@json_option
def command(config_dir: Path, timeout_s: float, as_json: bool) -> None:
    """Ask the daemon that listens at the configured address whether every lane moves.

    Exit 0: it does, 1: it does not, or none answers. For containers and cron.
    """
    from monitor.telemetry.healthcheck import check

    well, line = check(listen_of(config_dir), timeout_s)
    if as_json:
        print_json({"well": well, "said": line})
    else:
        click.echo(line)
    sys.exit(0 if well else 1)


def listen_of(config_dir: Path) -> tuple[str, int]:
    """Give the address that the daemon listens on.

    A container asks every few seconds, so the plain ways to write it are read directly (a tenth of
    the time), and an edit that is refused elsewhere does not make a daemon look ill. Whatever is
    written otherwise is read with the rest. Raises `ConfigError`.
    """
    written = os.environ.get(VARIABLE) or _from_files(config_dir)
    found = _ADDRESS.fullmatch(written) if written else None
    if found is not None:
        return found[1].strip("[]"), int(found[2])
    from monitor.cli.common import settings_of

    return settings_of(config_dir).listen


def _from_files(config_dir: Path) -> str | None:
    """Give the address where `.env` does not set it and `parley.yaml` has it as a plain line."""
    dotenv, file = Path(".env"), config_dir / "parley.yaml"
    if dotenv.is_file() and VARIABLE in dotenv.read_text(encoding="utf-8", errors="replace"):
        return None
    if not file.is_file():
        return DEFAULT if config_dir.is_dir() else None
    text = file.read_text(encoding="utf-8", errors="replace")
    lines = _LINE.findall(text)
    if len(lines) == 1:
        return str(lines[0][1])
    return DEFAULT if "listen" not in text else None
