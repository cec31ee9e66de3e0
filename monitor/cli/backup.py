"""`parley backup`: copy the database while it is in use."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.common import (
    config_option,
    database_of,
    json_option,
    many,
    print_json,
    settings_of,
)


@click.command("backup")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@config_option
@json_option
def command(file: Path | None, config_dir: Path, as_json: bool) -> None:
    """Write a checked copy to FILE (else data/backups/parley-YYYYmmdd-HHMMSS.db, in UTC).

    The daemon may run. FILE must not be there: a backup replaces nothing.
    """
    from monitor.errors import CommandError
    from monitor.store.backup import back_up

    path = database_of(settings_of(config_dir))
    if not path.exists():
        raise CommandError(f"there is no database at {path} yet, so there is nothing to copy")
    name = f"parley-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
    target = file or path.parent / "backups" / name
    contents = back_up(path, target)
    if as_json:
        print_json({"file": str(target), **asdict(contents)})
        return
    held = (
        many(contents.items, "item"),
        many(contents.facts, "fact"),
        many(contents.alerts, "alert"),
    )
    click.echo(f"{target}: {', '.join(held)}, {contents.size_bytes:,} bytes, checked")
