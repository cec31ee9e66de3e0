"""`parley alerts`: what was told."""

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
    reason_text,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.ports import AlertRow, DeliveryRow
    from monitor.store.history import SqliteHistory


@click.command("alerts")
@click.argument("alert_id", required=False)
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True,
              help="So many, the newest.")  # fmt: skip
@config_option
@json_option
def command(alert_id: str | None, limit: int, config_dir: Path, as_json: bool) -> None:
    """List the messages, newest first; with ALERT_ID (its beginning is enough) show one."""
    settings = settings_of(config_dir)
    zone = settings.rules.timezone
    if alert_id is not None:
        with reading(settings) as reader:
            _show(reader, one_alert(reader, alert_id), zone, as_json=as_json)
        return
    with reading_if_there(settings) as there:
        listed = there.alerts(limit) if there else ()
    if as_json:
        print_json([asdict(alert) for alert in listed])
        return
    if not listed:
        click.echo("Nothing was told yet.")
        return
    print_table(
        ("when", "alert", "kind", "subject", "deliveries"),
        (
            (local(a.created_at, zone), a.id, a.kind, a.subject, counts(a.deliveries))
            for a in listed
        ),
    )


def one_alert(reader: SqliteHistory, alert_id: str) -> AlertRow:
    """Give the one message whose id begins so. Raises `CommandError`."""
    from monitor.errors import CommandError

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


def _show(reader: SqliteHistory, alert: AlertRow, zone: str, *, as_json: bool) -> None:
    developments = reader.developments(alert.developments)
    deliveries = reader.deliveries_of(alert.id)
    if as_json:
        print_json({
            **asdict(alert),
            "developments": [asdict(row) for row in developments.values()],
            "deliveries": [asdict(row) for row in deliveries],
        })  # fmt: skip
        return
    click.echo(alert.subject)
    click.echo(f"{alert.kind} {alert.id} of {local(alert.created_at, zone)}, thread {alert.thread}")
    for row in developments.values():
        click.echo(f"\n{row.headline}")
        click.echo(f"  {row.verdict} ({row.severity}): {reason_text(row.reason)}")
        click.echo(f"  development {row.key}, parley explain {row.item_id}")
    click.echo("\nDeliveries")
    for line in delivery_lines(deliveries, zone) or ["none"]:
        click.echo(f"  {line}")
