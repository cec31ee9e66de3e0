"""`parley run`: the daemon."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from monitor.cli.common import config_option

if TYPE_CHECKING:
    from monitor.app.daemon import Daemon


@click.command("run")
@config_option
@click.option(
    "--log", "kind", type=click.Choice(["auto", "people", "json", "console"]), default="auto",
    envvar="PARLEY_LOG", show_default=True, help="Form of the log on stderr.",
)  # fmt: skip
@click.option(
    "--log-level", default="info", envvar="PARLEY_LOG_LEVEL", show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]), help="What is logged.",
)  # fmt: skip
def command(
    config_dir: Path, kind: Literal["auto", "people", "json", "console"], log_level: str
) -> None:
    """Watch the feeds until stopped.

    Ctrl-C or SIGTERM ends it, SIGHUP reads the configuration anew; an edit is taken by itself.
    """
    from zoneinfo import ZoneInfo

    from monitor.app.daemon import Daemon
    from monitor.app.wiring import read_settings
    from monitor.telemetry import logs

    settings = read_settings(config_dir)
    zone = ZoneInfo(settings.rules.timezone)
    logs.configure(kind, log_level, zone=zone)
    logs.log_uncaught()
    for warning in settings.warnings:
        click.echo(f"warning: {warning}", err=True)
    daemon = Daemon(
        settings,
        say=lambda line: click.echo(line, err=True),
        read=lambda: read_settings(config_dir),
    )
    asyncio.run(until_signalled(daemon))


async def until_signalled(daemon: Daemon) -> None:
    """Run a daemon; the first signal asks it to end, a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    asked = 0

    def end() -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            sys.exit(1)
        daemon.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    await daemon.run()
