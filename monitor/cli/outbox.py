"""`parley outbox`: deliveries, and what to do about those that did not arrive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    ROW_ID,
    config_option,
    json_option,
    local,
    many,
    print_json,
    print_table,
    reading,
    reading_if_there,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.ports import DeliveryRow

STATUSES = (
    "pending",
    "sending",
    "sent",
    "dead",
    "dropped",
    "held",
    "folded",
    "digested",
    "suppressed",
)


@click.group("outbox")
def command() -> None:
    """List deliveries, look into one, send again, or give up."""


@command.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="Only those that stand so.")
@click.option("--channel", metavar="NAME", help="Only those of a channel, configured or not.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True,
              help="So many, the newest.")  # fmt: skip
@config_option
@json_option
def list_(
    status: str | None, channel: str | None, limit: int, config_dir: Path, as_json: bool
) -> None:
    """List deliveries, newest first."""
    settings = settings_of(config_dir)
    zone = settings.rules.timezone
    with reading_if_there(settings) as reader:
        rows = reader.deliveries(status, limit, channel=channel) if reader else ()
    if as_json:
        print_json([asdict(row) for row in rows])
    elif rows:
        print_table(
            ("id", "channel", "recipient", "status", "tries", "next try", "alert", "error"),
            (
                (
                    row.id, row.channel, row.recipient, row.status, row.attempts,
                    local(row.next_attempt_at, zone) if row.status == "pending" else "-", row.alert,
                    f"{row.error_code}: {row.error}" if row.error and row.status != "sent" else "",
                )
                for row in rows
            ),
        )  # fmt: skip
    elif status or channel:
        of = f" of {channel}" if channel else ""
        click.echo(f"No delivery{of} is {status or 'there'}.")
    else:
        click.echo("The outbox is empty.")


@command.command("show")
@click.argument("delivery", type=ROW_ID, metavar="ID")
@click.option("--raw", is_flag=True, help="Write the stored bytes alone, as they are sent.")
@config_option
@json_option
def show(delivery: int, raw: bool, config_dir: Path, as_json: bool) -> None:
    """Show the delivery ID and what it says."""
    from monitor.errors import CommandError

    settings = settings_of(config_dir)
    with reading(settings) as reader:
        row, body = reader.delivery(delivery), reader.delivery_body(delivery)
    if row is None or body is None:
        raise CommandError(f"there is no delivery {delivery}; see: parley outbox list")
    if raw:
        click.echo(body, nl=False)
    elif as_json:
        print_json({**asdict(row), "body": body})
    else:
        print_table(("", ""), _details(row, settings.rules.timezone))
        click.echo(f"\n{readable(body)}")


@command.command("retry")
@click.argument("deliveries", type=ROW_ID, nargs=-1, metavar="[ID]...")
@click.option("--all-dead", is_flag=True, help="Every delivery that was given up.")
@config_option
@json_option
def retry(deliveries: tuple[int, ...], all_dead: bool, config_dir: Path, as_json: bool) -> None:
    """Send deliveries now, and begin their schedule of attempts anew."""
    if all_dead == bool(deliveries):
        raise click.UsageError("name deliveries, or give --all-dead")
    listed = list(deliveries)
    if all_dead:
        with reading_if_there(settings_of(config_dir)) as reader:
            listed = list(reader.dead_deliveries()) if reader else []
    if not listed:
        result: Mapping[str, object] = {"retried": 0, "before": {}}
    else:
        result = _ask(config_dir, "outbox.retry", listed)
    _say(result, "sent again", as_json=as_json)


@command.command("drop")
@click.argument("deliveries", type=ROW_ID, nargs=-1, metavar="[ID]...")
@click.option("--channel", metavar="NAME",
              help="All that waits for a channel, configured or not.")  # fmt: skip
@config_option
@json_option
def drop(deliveries: tuple[int, ...], channel: str | None, config_dir: Path, as_json: bool) -> None:
    """Give deliveries up; their rows stay, and retry takes it back."""
    if bool(channel) == bool(deliveries):
        raise click.UsageError("name deliveries, or give --channel NAME")
    if channel:
        result = _ask(config_dir, "outbox.drop-channel", channel=channel)
    else:
        result = _ask(config_dir, "outbox.drop", list(deliveries))
    _say(result, "dropped", as_json=as_json)


@command.command("enable")
@click.argument("channel", metavar="CHANNEL")
@config_option
@json_option
def enable(channel: str, config_dir: Path, as_json: bool) -> None:
    """Use a channel again that wanted no more messages (410); what waits for it goes out."""
    result = _ask(config_dir, "outbox.enable", channel=channel)
    if as_json:
        print_json(result)
        return
    waiting = int(str(result["waiting"]))
    click.echo(f"{channel} is used again; {many(waiting, 'delivery', 'deliveries')} to be sent.")
    if not result["in_force"]:
        click.echo("It is not among the enabled channels of the configuration.")


def _ask(
    config_dir: Path, verb: str, ids: Sequence[int] = (), channel: str = ""
) -> Mapping[str, object]:
    from monitor.cli.asking import ask, who

    return ask(config_dir, verb, {"ids": list(ids), "channel": channel, "by": who()})


def _say(result: Mapping[str, object], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    before = result["before"]
    if not isinstance(before, Mapping) or not before:
        click.echo(f"Nothing to be {what}.")
        return
    listed = ", ".join(f"#{number} ({status})" for number, status in before.items())
    click.echo(f"{many(len(before), 'delivery', 'deliveries')} {what}: {listed}")


def _details(row: DeliveryRow, zone: str) -> list[tuple[str, str]]:
    lines = [
        ("Delivery", f"{row.id} of alert {row.alert}"), ("To", f"{row.channel} ({row.recipient})"),
        ("Status", f"{row.status}: {row.reason}"), ("Key", row.key),
        ("Made", local(row.created_at, zone)), ("Tries", str(row.attempts)),
    ]  # fmt: skip
    if row.status == "pending":
        lines.append(("Next try", local(row.next_attempt_at, zone)))
    if row.settled_at:
        lines.append(("Settled", local(row.settled_at, zone)))
    if row.error:
        lines.append(("Last said", f"{row.error_code}: {row.error}"))
    return lines


def readable(body: bytes) -> str:
    """Give the stored bytes of a delivery as people read them: a mail's text, indented JSON."""
    from email import policy
    from email.parser import BytesParser

    text = body.decode("utf-8", "replace")
    if text.startswith("{"):
        try:
            return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        except ValueError:  # a console's text may begin so too
            return text
    if b"\r\nMessage-ID:" in body:
        mail = BytesParser(policy=policy.default).parsebytes(body)
        part = mail.get_body(("plain",))
        if part is not None:
            return f"Subject: {mail['Subject']}\n\n{part.get_content()}"
    return text
