"""`parley send-test`: whether a channel takes a message."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from monitor.cli.common import config_option, json_option, near, print_json, settings_of

if TYPE_CHECKING:
    from monitor.core.model import Note
    from monitor.ports import Notifier, Receipt
    from monitor.settings import Settings

TEXT = "This is a test of Parley's way to you. Nothing has happened."


@click.command("send-test")
@click.argument("channel", required=False)
@click.option(
    "--recipient", help="To this one only: a recipient of the channel, or any mail address."
)
@config_option
@json_option
def command(channel: str | None, recipient: str | None, config_dir: Path, as_json: bool) -> None:
    """Send a test message through CHANNEL, or through every enabled one, and print the answers.

    Exit 1 where one was not accepted. Nothing is tried again, nothing is stored.
    """
    from monitor.ports import Outcome

    settings = settings_of(config_dir)
    if recipient is not None and channel is None:
        raise click.UsageError("--recipient needs a CHANNEL")
    stream = sys.stderr if as_json else sys.stdout
    results = asyncio.run(_send(settings, channel, recipient, stream))
    if as_json:
        print_json([
            {"channel": name, "recipient": whom, **asdict(receipt)}
            for name, whom, receipt in results
        ])  # fmt: skip
    else:
        for name, whom, receipt in results:
            said = (
                "accepted" if receipt.outcome is Outcome.SENT else f"not accepted ({receipt.code})"
            )
            click.echo(f"{name} ({whom}): {said}: {receipt.message}")
    sys.exit(0 if all(receipt.outcome is Outcome.SENT for _, _, receipt in results) else 1)


async def _send(
    settings: Settings, name: str | None, recipient: str | None, stream: TextIO
) -> list[tuple[str, str, Receipt]]:
    """Render and send once for each channel and recipient."""
    from monitor.app.clock import SystemClock
    from monitor.app.doors import Doors
    from monitor.core.identity import period_key

    clock, doors = SystemClock(), Doors()
    client = doors.client(settings.fetch, clock)
    channels = doors.channels(settings, client, clock, stream)
    try:
        chosen = [_chosen(settings, channels, name)] if name else list(channels.values())
        results = []
        for channel in chosen:
            for whom in _recipients(channel, recipient):
                key = period_key("test", clock.now().isoformat(), channel.name, whom)
                note = _note(settings, channel.name, clock.now())
                receipt = await channel.send(channel.render(note, whom, key), whom, key)
                results.append((channel.name, whom, receipt))
        return results
    finally:
        for each in channels.values():
            await each.close()
        await client.close()


def _note(settings: Settings, channel: str, now: datetime) -> Note:
    from monitor.core.model import Note

    return Note(
        kind="test", subject=f"Parley: a test of the channel {channel}", created_at=now, thread="",
        text=TEXT, timezone=settings.rules.timezone,
    )  # fmt: skip


def _chosen(settings: Settings, channels: dict[str, Notifier], name: str) -> Notifier:
    """Give the enabled channel of that name. Raises a usage error."""
    if name in channels:
        return channels[name]
    if settings.channel(name) is not None:
        raise click.UsageError(
            f"the channel {name} is off: set `enabled: true`, or its variables in .env"
        )
    raise click.UsageError(f"there is no channel {name!r}{near(name, list(channels))}")


def _recipients(channel: Notifier, wanted: str | None) -> tuple[str, ...]:
    """Give whom to send to. Raises a usage error for one that the channel cannot reach."""
    if wanted is None:
        return channel.recipients
    if wanted not in channel.recipients:
        if channel.kind != "email":
            listed = ", ".join(channel.recipients)
            raise click.UsageError(f"{channel.name} has no recipient {wanted!r}; it has: {listed}")
        from monitor.notify.email import plain_address

        try:
            return (plain_address(wanted),)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    return (wanted,)
