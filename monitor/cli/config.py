"""`parley config`: one's own configuration beside what is shipped."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, notice, print_json


@click.group("config")
def command() -> None:
    """Compare the configuration with what is shipped."""


@command.command("diff")
@click.argument("names", nargs=-1, metavar="[FILE]...")
@config_option
@json_option
def diff(names: tuple[str, ...], config_dir: Path, as_json: bool) -> None:
    """Show what differs from the shipped configuration, in all files or those named."""
    from monitor.settings.scaffold import diff as compare
    from monitor.settings.scaffold import shipped_config

    if config_dir.resolve() == shipped_config().resolve():
        raise click.UsageError(
            f"{config_dir} is the shipped configuration itself: Parley runs from its source tree. "
            "What you changed is shown by: git diff config"
        )
    found = [one for one in compare(config_dir) if not names or one.name in names]
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        if one.state == "changed":
            click.echo(one.text, nl=False)
        else:
            where = "shipped, not here" if one.state == "missing" else "here, not shipped"
            click.echo(f"{one.name}: {where}")
    if not found:
        notice("Nothing differs from what is shipped.")
