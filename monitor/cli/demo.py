"""`parley demo`: June 2025 in a minute."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.common import json_option, print_json

#: Real seconds that a person has to read a line that tells something.
PAUSE_S = 0.25


@click.command("demo")
@click.option(
    "--data", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("data/demo"),
    show_default=True, help="Folder for mails, events and the store; made anew at each run.",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(1, 28), default=28, show_default=True,
    help="Days of news after 2 June 2025.",
)  # fmt: skip
@click.option("--fast", is_flag=True, help="Leave no time to read along.")
@json_option
def command(folder: Path, days: int, fast: bool, as_json: bool) -> None:
    """Replay June 2025 through the daemon, on this machine alone.

    Feeds, mailbox and webhook receiver listen on loopback; no internet, no keys. Mails are left as
    .eml and .html, events as .json. Exit 1 where something that was enqueued did not arrive.
    """
    import asyncio

    from rich.console import Console

    from monitor.demo.run import run

    console = Console(quiet=as_json)
    if not console.is_terminal:
        console = Console(quiet=as_json, width=120)
    pause_s = PAUSE_S if console.is_terminal and not (fast or as_json) else 0.0
    summary = asyncio.run(run(folder, days=days, pause_s=pause_s, console=console))
    if as_json:
        print_json(summary.as_json())
    sys.exit(0 if summary.ok else 1)
