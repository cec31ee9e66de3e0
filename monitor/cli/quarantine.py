"""`parley quarantine`: items that our own code could not judge."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli.common import (
    ROW_ID,
    config_option,
    json_option,
    local,
    many,
    print_json,
    print_table,
    reading_if_there,
    settings_of,
)


@click.group("quarantine", invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, config_dir: Path, as_json: bool) -> None:
    """List the items that were set aside with an error, or have them judged again."""
    if ctx.invoked_subcommand is None:
        _list(config_dir, as_json=as_json)


@command.command("list")
@config_option
@json_option
def list_(config_dir: Path, as_json: bool) -> None:
    """List the items that were set aside, with their errors."""
    _list(config_dir, as_json=as_json)


@command.command("retry")
@click.argument("places", type=ROW_ID, nargs=-1, metavar="[ID]...")
@config_option
@json_option
def retry(places: tuple[int, ...], config_dir: Path, as_json: bool) -> None:
    """Judge the items ID again, or all of them; what still fails is set aside anew."""
    from monitor.cli.asking import ask, who

    result = ask(config_dir, "quarantine.retry", {"ids": list(places), "by": who()})
    if as_json:
        print_json(result)
        return
    judged, again = result["judged"], result["set_aside"]
    click.echo(
        f"{judged} judged again: {result['developments']} developments, {again} set aside anew"
    )


def _list(config_dir: Path, *, as_json: bool) -> None:
    settings = settings_of(config_dir)
    with reading_if_there(settings) as reader:
        rows = reader.quarantined() if reader else ()
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo("Nothing is set aside.")
        return
    zone = settings.rules.timezone
    print_table(
        ("id", "when", "feed", "title", "error"),
        (
            (row["id"], local(datetime.fromisoformat(str(row["at"])), zone),
             row["feed"], row["title"], row["error"])
            for row in rows
        ),
    )  # fmt: skip
    click.echo(f"{many(len(rows), 'item')}: parley quarantine retry [ID]... judges them again")
