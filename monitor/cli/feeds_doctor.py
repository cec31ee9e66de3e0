"""`parley feeds doctor`: what happens when a feed is read, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    print_json,
    print_table,
    settings_of,
    uncollected,
)

if TYPE_CHECKING:
    from monitor.app.doctor import Report
    from monitor.core.model import Feed
    from monitor.settings import Settings

_MARKS = {True: "ok", False: "FAILS", None: "-"}


@click.command("doctor")
@click.argument("what", metavar="URL|NAME")
@config_option
@json_option
@uncollected()
def doctor(what: str, config_dir: Path, as_json: bool) -> None:
    """Read the feed at URL, or the configured feed NAME, and say what happens at each step.

    Names and addresses, connections, redirects, status, headers, size, encoding, what was parsed,
    what the items have, when the daemon would look next, and what to do. Nothing is stored. Exit 1
    where no items could be read.
    """
    from monitor.app.wiring import secrets_of
    from monitor.telemetry.redact import Redactor

    settings = settings_of(config_dir)
    report = asyncio.run(_examined(settings, _meant(settings, what)))
    hide = Redactor(secrets_of(settings)).text
    if as_json:
        print_json(_as_json(report, hide))
    else:
        click.echo(hide(report.url))
        rows = ((step.name, _MARKS[step.ok], hide(step.said)) for step in report.steps)
        print_table(("step", "", "what was seen"), rows)
        for line in report.advice:
            click.echo(f"Advice: {hide(line)}")
    if not report.ok:
        raise SystemExit(1)


async def _examined(settings: Settings, feed: Feed) -> Report:
    from monitor.app.clock import SystemClock
    from monitor.app.doctor import examine
    from monitor.app.finding import finder
    from monitor.app.wiring import in_force

    index = in_force(settings, {}, tested=False).index
    async with finder(settings) as found:
        return await examine(found, feed, index, settings, SystemClock().now())


def _meant(settings: Settings, what: str) -> Feed:
    """Give the feed that is meant: a configured one by name, else one of that address alone."""
    from monitor.app.finding import with_scheme
    from monitor.app.wiring import paced
    from monitor.cli.feeds_refresh import feed_named
    from monitor.core.model import Feed

    feeds = paced(settings)
    off = {feed.name: replace(feed, pace=feed.pace or settings.fetch.pace)
           for feed in settings.off_feeds}  # fmt: skip
    known = {**off, **feeds}
    if what in known:
        return known[what]
    if "://" in what or "/" in what:
        return Feed("", with_scheme(what), pace=settings.fetch.pace)
    if any(name.casefold().startswith(what.casefold()) for name in feeds):
        return feeds[feed_named(settings, what)]
    if "." in what:
        return Feed("", with_scheme(what), pace=settings.fetch.pace)
    return feeds[feed_named(settings, what)]


def _as_json(report: Report, hide: Callable[[str], str]) -> dict[str, object]:
    return {
        "url": hide(report.url), "ok": report.ok,
        "steps": [
            {"step": step.name, "ok": step.ok, "said": hide(step.said)} for step in report.steps
        ],
        "advice": [hide(line) for line in report.advice],
    }  # fmt: skip
