"""`parley feeds`: the feeds and how they do."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    local,
    many,
    near,
    print_json,
    print_table,
    reading_if_there,
    settings_of,
)
from monitor.cli.feeds_add import add
from monitor.cli.feeds_doctor import doctor
from monitor.cli.feeds_opml import export, import_
from monitor.cli.feeds_refresh import refresh

if TYPE_CHECKING:
    from monitor.core.feed_health import Health
    from monitor.core.model import Feed
    from monitor.ports import FeedRow
    from monitor.settings import Settings


@dataclass(frozen=True, slots=True)
class Known:
    """A feed of the configuration, and its row where the store has one.

    `off` is the watch that it belongs to, where that is switched off, else "".
    """

    feed: Feed
    row: FeedRow | None
    off: str = ""

    @property
    def state(self) -> str:
        """How it does, in words."""
        row = self.row
        if self.off:
            return f"not read: its watch {self.off} is off"
        if row is None or row.last_checked_at is None:
            return "not looked at yet"
        if row.gone:
            return "gone: the server wants no more requests"
        if row.failures:
            return f"failing, {many(row.failures, 'look')} in a row: {row.error_code}"
        if row.paused:
            return f"read, its alerts paused: {row.paused}"
        return "read, unchanged" if row.outcome == "unchanged" else "read"


class Feeds(click.Group):
    """The group of `feeds`: what is no subcommand is the name of a feed to be shown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Read `feeds NAME` as `feeds show NAME`."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group("feeds", cls=Feeds, invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, config_dir: Path, as_json: bool) -> None:
    """List the feeds; `feeds show NAME` tells of one, and why it waits."""
    if ctx.invoked_subcommand is None:
        _show(None, config_dir, as_json=as_json)
    else:
        ctx.obj = (config_dir, as_json)


@command.command("show")
@click.argument("name")
@config_option
@json_option
@click.pass_context
def show(ctx: click.Context, name: str, config_dir: Path, as_json: bool) -> None:
    """Show the feed NAME (its beginning is enough), and why it waits."""
    config_dir, as_json = _options(ctx, config_dir, as_json=as_json)
    _show(name, config_dir, as_json=as_json)


@command.command("resume")
@click.argument("name")
@config_option
@json_option
@click.pass_context
def resume(ctx: click.Context, name: str, config_dir: Path, as_json: bool) -> None:
    """Let the feed NAME (its beginning is enough) alert again, after a flood paused it."""
    from monitor.cli.asking import ask, who

    config_dir, as_json = _options(ctx, config_dir, as_json=as_json)
    result = ask(config_dir, "feeds.resume", {"feed": name, "by": who()})
    if as_json:
        print_json(result)
    else:
        click.echo(f"{result['feed']} alerts again; it was paused: {result['was']}")


def _options(ctx: click.Context, config_dir: Path, *, as_json: bool) -> tuple[Path, bool]:
    """Give the options of a subcommand, or those that were given before its name."""
    outer_dir, outer_json = ctx.obj
    own = ctx.get_parameter_source("config_dir") is click.core.ParameterSource.COMMANDLINE
    return (config_dir if own else outer_dir), as_json or outer_json


for each in (add, doctor, refresh, export, import_):
    command.add_command(each)


def _show(name: str | None, config_dir: Path, *, as_json: bool) -> None:
    settings = settings_of(config_dir)
    feeds, zone = _known(settings), settings.rules.timezone
    if name is not None:
        one = _named(feeds, name)
        if as_json:
            print_json(_as_json(one))
        else:
            print_table(("", ""), _details(one, zone))
    elif as_json:
        print_json([_as_json(one) for one in feeds])
    else:
        print_table(
            ("feed", "health", "state", "last look", "next look", "items", "error"),
            (
                (
                    one.feed.name, one.row.health if one.row and not one.off else "-", one.state,
                    local(one.row.last_checked_at if one.row else None, zone),
                    local(one.row.next_check_at if one.row else None, zone),
                    one.row.items if one.row else 0, one.row.error if one.row else "",
                )
                for one in feeds
            ),
        )  # fmt: skip


def _known(settings: Settings) -> list[Known]:
    """Give all feeds as they may be shown, those of watches that are off last."""
    from monitor.app.wiring import paced, secrets_of
    from monitor.telemetry.redact import Redactor

    with reading_if_there(settings) as reader:
        rows = {row.name: row for row in reader.feeds()} if reader else {}
    hide = Redactor(secrets_of(settings)).text
    feeds = [_shown(feed, rows.get(feed.name), hide) for feed in paced(settings).values()]
    owner = {feed: watch.id for watch in settings.off for feed in watch.feeds}
    return feeds + [
        replace(_shown(feed, rows.get(feed.name), hide), off=owner[feed.name])
        for feed in settings.off_feeds
    ]


def _shown(feed: Feed, row: FeedRow | None, hide: Callable[[str], str]) -> Known:
    """Give a feed as it may be shown: a password or token in its address is nobody's business."""
    if row is not None:
        row = replace(
            row, url=hide(row.url), error=hide(row.error), moved_to=hide(row.moved_to),
            host=hide(row.host), why=hide(row.why), paused=hide(row.paused),
        )  # fmt: skip
    return Known(replace(feed, url=hide(feed.url)), row)


def _named(feeds: Sequence[Known], name: str) -> Known:
    """Give the one feed of that name, or whose name begins so. Raises a usage error."""
    wanted = name.casefold()
    found = [one for one in feeds if one.feed.name.casefold() == wanted] or [
        one for one in feeds if one.feed.name.casefold().startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(one.feed.name for one in found[:10])
        raise click.UsageError(f"several feeds begin with {name!r}: {listed}")
    raise click.UsageError(f"there is no feed {name!r}{near(name, [o.feed.name for o in feeds])}")


def _as_json(one: Known) -> dict[str, object]:
    feed = asdict(one.feed)
    feed["headers"] = [header for header, _ in one.feed.headers]  # their values may be secrets
    row = None
    if one.row:
        row = {**asdict(one.row), "hints": json.loads(one.row.hints)}
        # numbers for schedule and health alone; what follows from them stands in words
        del row["rhythm"], row["signs"]
    health = health_said(one)
    return {
        **feed, "state": one.state, "health": health.state if health else None,
        "health_why": health.why if health else "", "store": row, "why_then": why_then(one),
    }  # fmt: skip


def health_said(one: Known) -> Health | None:
    """Give the state that was told last, and why it holds; None for a feed without a row."""
    from monitor.core.feed_health import Health, State, health_of
    from monitor.ingest import feed_now

    if one.row is None or one.off:
        return None
    told, now = State(one.row.health), health_of(feed_now(one.row, one.feed))
    return now if now.state is told else Health(told)


def _details(one: Known, zone: str) -> list[tuple[str, str]]:
    feed, row = one.feed, one.row
    lines = [
        ("Feed", feed.name), ("Address", feed.url), ("State", one.state),
        ("Language", feed.language or "not said"), ("Publisher", feed.publisher or "not said"),
        ("Speaks for", feed.speaks_for or "nobody's official voice"), ("Tier", str(feed.tier)),
    ]  # fmt: skip
    health = health_said(one)
    if row is not None and health is not None:
        since = f" since {local(row.health_since, zone)}" if row.health_since else ""
        lines.append(("Health", f"{health.state}{since}{': ' if health.why else ''}{health.why}"))
    if row is not None:
        first = local(row.first_contact_at, zone)
        lines += [
            ("Last look", local(row.last_checked_at, zone)),
            ("Next look", f"{local(row.next_check_at, zone)}: {why_then(one, zone)}"),
            ("First read", first if row.first_contact_at else "never"),
            ("Looks", f"{row.checks:,}"), ("Items", f"{row.items:,}"),
            ("Last new", local(row.last_new_at, zone) if row.last_new_at else "nothing so far"),
        ]  # fmt: skip
        if row.moved_to:
            times = many(row.moved_times, "look")
            lines.append(("Moved to", f"{row.moved_to} ({times} in a row led there)"))
        if row.paused:
            lines.append(("Alerts paused", f"{local(row.paused_at, zone)}: {row.paused}"))
        if row.gap_at:
            missed = f"{many(row.gaps, 'time')}, last {local(row.gap_at, zone)}"
            lines.append(("Turned over between two looks", missed))
        if row.status is not None:
            lines.append(("HTTP status", str(row.status)))
        if row.error:
            lines.append(("Error", f"{row.error_code}: {row.error}"))
    return lines


def why_then(one: Known, zone: str = "UTC") -> str:
    """Say why the next look at a feed is when it is."""
    feed, row = one.feed, one.row
    if one.off:
        return f"none, until the watch {one.off} is switched on"
    if row is None or row.last_checked_at is None:
        return "a first look, soon after the start"
    why = row.why or f"pace {feed.pace}"
    if row.rest is not None and row.rest.until > row.next_check_at:
        return f"{why}; its host rests until {local(row.rest.until, zone)}: {row.rest.why}"
    return why
