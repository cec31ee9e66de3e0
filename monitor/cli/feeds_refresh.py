"""`parley feeds refresh`: a look now, whatever the schedule."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    many,
    near,
    notice,
    print_json,
    reading,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.settings import Settings

#: So long is waited for the outcome of a look at one feed, in seconds.
WAIT_S = 20.0
LOOK_S = 0.2


@click.command("refresh")
@click.argument("name", required=False)
@config_option
@json_option
def refresh(name: str | None, config_dir: Path, as_json: bool) -> None:
    """Have the feed NAME (its beginning is enough) looked at now, or all of them.

    A server that asked for a rest gets it. Of one feed the outcome is awaited where a daemon runs;
    without one the look comes with the next start, or with parley once.
    """
    from monitor.cli.asking import ask, who
    from monitor.store.holder import holder_of

    settings = settings_of(config_dir)
    names = [feed_named(settings, name)] if name is not None else []
    running = holder_of(settings.data) is not None
    before = _last_look(settings, names[0]) if names and running else None
    result = ask(config_dir, "feeds.refresh", {"feeds": names, "by": who()})
    asked, waiting = _listed(result, "asked"), _listed(result, "waiting")
    came = _await(settings, names[0], before) if running and asked and names else ""
    if as_json:
        print_json({**result, "daemon": running, "outcome": came or None})
    else:
        _say(names, asked, waiting, came, running=running)
    if not asked:
        raise SystemExit(1)


def _say(
    names: Sequence[str], asked: Sequence[str], waiting: Sequence[str], came: str, *, running: bool
) -> None:
    """Say in words what was asked and what came of it."""
    if asked:
        what = names[0] if names else many(len(asked), "feed")
        when = "now" if running else "with the next start, or parley once: no daemon runs"
        click.echo(f"{what}: looked at {when}")
    for each in waiting:
        notice(f"{each} waits: its server asked for a rest; parley feeds show says until when")
    if came:
        click.echo(came)


def feed_named(settings: Settings, name: str) -> str:
    """Give the name of the one feed that is meant. Raises a usage error."""
    names = [feed.name for feed in settings.rules.feeds]
    wanted = name.casefold()
    found = [each for each in names if each.casefold() == wanted] or [
        each for each in names if each.casefold().startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"several feeds begin with {name!r}: {', '.join(found[:10])}")
    raise click.UsageError(f"there is no feed {name!r}{near(name, names)}")


def _listed(result: Mapping[str, object], key: str) -> Sequence[str]:
    value = result.get(key)
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []


def _last_look(settings: Settings, name: str) -> datetime | None:
    with reading(settings) as reader:
        return next((row.last_checked_at for row in reader.feeds() if row.name == name), None)


def _await(settings: Settings, name: str, before: datetime | None) -> str:
    """Wait for the look, and say what came of it; that it is still awaited after a while."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        with reading(settings) as reader:
            row = next((row for row in reader.feeds() if row.name == name), None)
        if row is not None and row.last_checked_at is not None and row.last_checked_at != before:
            if row.outcome == "failure":
                return f"it cannot be read: {row.error}"
            return "it is unchanged" if row.outcome == "unchanged" else "it was read"
        time.sleep(LOOK_S)
    return f"no outcome within {WAIT_S:g} s; parley feeds show follows it"
