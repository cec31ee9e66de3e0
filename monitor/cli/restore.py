"""`parley restore`: put a backup in the database's place."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.common import (
    config_option,
    database_of,
    json_option,
    local,
    many,
    notice,
    print_json,
    settings_of,
)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
@json_option
def command(file: Path, yes: bool, config_dir: Path, as_json: bool) -> None:
    """Check the backup FILE and put a copy of it in the database's place.

    The daemon must have ended. The database that was there stays beside it under another name.
    """
    from monitor.store import FolderLock
    from monitor.store.backup import look_into, put_back

    settings = settings_of(config_dir)
    path, now = database_of(settings), datetime.now(UTC)
    lock = FolderLock(settings.data)
    lock.acquire(now)
    try:
        contents = look_into(file)
        newest = (
            f"the newest of {local(contents.newest, settings.rules.timezone)}"
            if contents.newest
            else ""
        )
        holds = ", ".join(
            filter(None, (many(contents.items, "item"), newest, many(contents.facts, "fact")))
        )
        notice(f"{file}: schema {contents.schema}, {holds}")
        if not yes:
            click.confirm(f"Put it in the place of {path}?", abort=True, err=True)
        aside = put_back(file, path, now)
    finally:
        lock.release()
    if as_json:
        print_json(
            {"database": str(path), "before": str(aside) if aside else None, **asdict(contents)}
        )
        return
    click.echo(f"{path} is now what {file} held.")
    if aside:
        click.echo(f"What was there before: {aside}")
