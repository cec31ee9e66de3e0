"""`parley once`: one round, for cron and for measuring."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

import click

from monitor.cli.common import (
    config_option,
    json_option,
    length,
    many,
    notice,
    print_json,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.app.daemon import Daemon
    from monitor.app.once import Round
    from monitor.settings import Settings


@click.command("once")
@click.option(
    "--all", "every_feed", is_flag=True, help="Look at every feed now, whatever its schedule."
)
@click.option(
    "--repeat", type=click.IntRange(1, 1_000_000), default=1, show_default=True, metavar="N",
    help="So many rounds, one after the other, with a line of figures each on stderr.",
)  # fmt: skip
@config_option
@json_option
def command(every_feed: bool, repeat: int, config_dir: Path, as_json: bool) -> None:
    """Look at the feeds that are due, judge, deliver what is due, and end.

    Refused while a daemon runs on the same data. What a channel does not take stays in the outbox.
    Exit 1 where feeds were looked at and none could be read.
    """
    from monitor.telemetry import logs

    settings = settings_of(config_dir)
    for warning in settings.warnings:
        notice(f"warning: {warning}")
    logs.configure("auto", "warning", zone=ZoneInfo(settings.rules.timezone))
    # alerts of a console channel would stand between the data
    stream = sys.stderr if as_json else sys.stdout
    done = asyncio.run(_run(settings, repeat, every_feed=every_feed, stream=stream))
    if as_json:
        print_json([{**asdict(one), "read": one.read} for one in done])
    elif done:
        for line in summary(done):
            click.echo(line)
    looked = sum(one.feeds for one in done)
    sys.exit(1 if looked and not any(one.read for one in done) else 0)


async def _run(settings: Settings, repeat: int, *, every_feed: bool, stream: TextIO) -> list[Round]:
    from monitor.app.once import rounds

    def started(daemon: Daemon) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, daemon.stop)

    done: list[Round] = []
    async for one in rounds(
        settings, repeat, every_feed=every_feed, stream=stream, started=started
    ):
        done.append(one)
        if repeat > 1:
            notice(f"round {len(done)} of {repeat}: {figures(one)}")
    return done


def figures(one: Round) -> str:
    """Give what a round did and took, on one line."""
    units = 1024 if sys.platform == "linux" else 1024 * 1024
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / units
    did = f"{many(one.feeds, 'feed')}, {many(one.items, 'new item')}, {one.sent} sent"
    return f"{did}, {one.wall_s:.2f} s, CPU {one.cpu_s:.2f} s, at most {peak_mib:.0f} MiB"


def summary(done: list[Round]) -> list[str]:
    """Give what all rounds did, in lines for people."""
    looked, read = sum(one.feeds for one in done), sum(one.read for one in done)
    items, hits = sum(one.items for one in done), sum(one.hits for one in done)
    told, quiet = sum(one.developments for one in done), sum(one.quiet for one in done)
    failed: dict[str, int] = {}
    for one in done:
        for code, number in one.failed.items():
            failed[code] = failed.get(code, 0) + number
    wall = sum(one.wall_s for one in done)
    times = f" in {many(len(done), 'round')}" if len(done) > 1 else ""
    brought = f"{many(items, 'new item')}, {hits} concern a watch, {many(told, 'development')}"
    lines = [f"Looked at {many(looked, 'feed')}{times} within {length(wall)}: {brought}."]
    if quiet:
        lines.append(f"{quiet} would have alerted, but their feeds were read for the first time.")
    if failed:
        why = ", ".join(f"{code} {number}" for code, number in sorted(failed.items()))
        which = "None" if not read else f"{looked - read} of them"
        verb = "could be read" if not read else "could not be read"
        lines.append(f"{which} {verb} ({why}); parley feeds names each with its reason.")
    sent = sum(one.sent for one in done)
    lines.append(f"{many(sent, 'message')} accepted, {done[-1].waiting} waiting in the outbox.")
    return lines
