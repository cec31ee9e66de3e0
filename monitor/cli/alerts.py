"""`parley alerts`: what was told, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    local,
    print_json,
    print_table,
    reading,
    reading_if_there,
    settings_of,
)
from monitor.cli.life import life_of, lines
from monitor.errors import CommandError

if TYPE_CHECKING:
    from monitor.ports import AlertRow, DeliveryRow, DevelopmentLife
    from monitor.store.history import SqliteHistory


class Alerts(click.Group):
    """The group of `alerts`: what is no subcommand is the id of a message to be shown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Read `alerts ID` as `alerts show ID`."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group("alerts", cls=Alerts, invoke_without_command=True)
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True,
              help="So many, the newest.")  # fmt: skip
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, limit: int, config_dir: Path, as_json: bool) -> None:
    """List the messages, newest first; `alerts show ID` tells what became of one."""
    if ctx.invoked_subcommand is not None:
        ctx.obj = (config_dir, as_json)
        return
    settings = settings_of(config_dir)
    with reading_if_there(settings) as there:
        listed = there.alerts(limit) if there else ()
    if as_json:
        print_json([asdict(alert) for alert in listed])
        return
    if not listed:
        click.echo("Nothing was told yet.")
        return
    zone = settings.rules.timezone
    print_table(
        ("when", "alert", "kind", "subject", "deliveries"),
        (
            (local(a.created_at, zone), a.id, a.kind, a.subject, counts(a.deliveries))
            for a in listed
        ),
    )


@command.command("show")
@click.argument("reference", metavar="ID")
@config_option
@json_option
@click.pass_context
def show(ctx: click.Context, reference: str, config_dir: Path, as_json: bool) -> None:
    """Show what a message or a development told, and what became of it since.

    ID is that of a message or a development, as messages carry it; its beginning is enough. Shown
    are what changed, who says so and who denies it, how many reports of how many publishers there
    are, the sentence that proved it, the facts, and every message with its deliveries.
    """
    config_dir, as_json = _options(ctx, config_dir, as_json=as_json)
    settings = settings_of(config_dir)
    with reading(settings) as reader:
        alert, told = meant(reader, reference)
        shown = [life_of(reader, one) for one in told]
        deliveries = reader.deliveries_of(alert.id) if alert else ()
    if as_json:
        own = {**asdict(alert), "deliveries": [asdict(row) for row in deliveries]} if alert else {}
        print_json({**own, "developments": [life.as_json() for life in shown]})
        return
    zone = settings.rules.timezone
    if alert is not None:
        click.echo(alert.subject)
        said = f"{alert.kind} {alert.id} of {local(alert.created_at, zone)}"
        click.echo(f"{said}, thread {alert.thread}")
    for life in shown:
        click.echo("" if alert else life.told.headline)
        print_table(("", ""), lines(life, zone))
    if not shown:
        click.echo("\nDeliveries")
        for line in delivery_lines(deliveries, zone) or ["none"]:
            click.echo(f"  {line}")


def _options(ctx: click.Context, config_dir: Path, *, as_json: bool) -> tuple[Path, bool]:
    """Give the options of a subcommand, or those that were given before its name."""
    given = click.core.ParameterSource.COMMANDLINE
    outer_dir, outer_json = ctx.obj
    own = ctx.get_parameter_source("config_dir") is given
    return (config_dir if own else outer_dir), as_json or outer_json


def meant(
    reader: SqliteHistory, reference: str
) -> tuple[AlertRow | None, tuple[DevelopmentLife, ...]]:
    """Give the message that an id means with its developments, or a development alone.

    Raises `CommandError`.
    """
    if not reader.alerts(1, reference):
        lives = reader.lives(beginning=reference)
        if len(lives) == 1:
            return None, lives
        if lives:
            raise CommandError(f"several developments begin with {reference}: {_keys(lives)}")
    alert = one_alert(reader, reference)
    return alert, reader.lives(alert.developments)


def _keys(lives: tuple[DevelopmentLife, ...]) -> str:
    return ", ".join(life.key[:12] for life in lives[:10])


def one_alert(reader: SqliteHistory, alert_id: str) -> AlertRow:
    """Give the one message whose id begins so. Raises `CommandError`."""
    found = reader.alerts(11, alert_id)
    exact = [alert for alert in found if alert.id == alert_id]
    if len(exact or found) == 1:
        return (exact or list(found))[0]
    if not found:
        raise CommandError(f"there is no alert {alert_id}; see: parley alerts")
    listed = ", ".join(alert.id for alert in found[:10])
    raise CommandError(f"several alerts begin with {alert_id}: {listed}")


def counts(deliveries: Mapping[str, int]) -> str:
    """Give counts by status in words: `2 sent, 1 pending`."""
    return ", ".join(f"{number} {status}" for status, number in deliveries.items()) or "none"


def delivery_lines(rows: tuple[DeliveryRow, ...], zone: str) -> list[str]:
    """Give a line for each delivery: where it goes, how it stands, and its last error."""
    lines = []
    for row in rows:
        when = ""
        if row.status == "pending":
            when = f", next try {local(row.next_attempt_at, zone)}"
        elif row.settled_at:
            when = f" {local(row.settled_at, zone)}"
        tries = f", {row.attempts} attempts" if row.attempts > 1 else ""
        error = f": {row.error_code}: {row.error}" if row.error and row.status != "sent" else ""
        lines.append(f"#{row.id} {row.channel} ({row.recipient}) {row.status}{when}{tries}{error}")
    return lines
