"""The daemon under attack, as a process: `python -m tests.hostile.daemon CONFIG`.

It is the `Daemon` of `parley run`, with its own client, parser processes, store and channels. Its
news time runs faster (`tests.torture.clock`), so that a minute's feed is looked at many times in a
run; deadlines are real. And names lead where `tests.hostile.resolver` says, for no test can own
names on the internet.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from functools import partial
from pathlib import Path

import click

from monitor.app import doors
from monitor.app.daemon import Daemon
from monitor.app.doors import Doors
from monitor.app.wiring import read_settings
from monitor.cli.run import until_signalled
from monitor.core.rules import FetchPolicy
from monitor.ports import Clock
from monitor.sources.http import HttpClient
from monitor.telemetry import logs
from tests.hostile.resolver import Names, play_public
from tests.torture.clock import FastClock

#: Which port of `PUBLIC` is played by which address, as JSON.
PLAYED = "HOSTILE_PLAYED"
#: Seconds between beats; what is a second of `parley run` is a good part of an interval here.
BEAT_S = 0.1


def client(policy: FetchPolicy, clock: Clock) -> HttpClient:
    """Give the real client, with a resolver of our own."""
    made = HttpClient(
        policy, user_agent="parley-monitor/hostile", resolver=Names(), wire_now=clock.wire
    )
    played = json.loads(os.environ.get(PLAYED, "{}"))
    play_public(made, {int(port): address for port, address in played.items()})
    return made


def main() -> None:
    config, clock = Path(sys.argv[1]), FastClock.from_environment()
    logs.configure("json", "info")
    logs.log_uncaught()
    daemon = Daemon(
        read_settings(config),
        say=partial(click.echo, err=True),
        read=partial(read_settings, config),
        clock=clock,
        doors=Doors(client=client, parser=doors.parser_pool),
        beat_s=BEAT_S,
    )
    asyncio.run(until_signalled(daemon))


if __name__ == "__main__":
    main()
