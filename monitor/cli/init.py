"""`parley init`: a configuration folder to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, notice, print_json


@click.command("init")
@click.argument(
    "folder", required=False, metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path)
)
@config_option
@json_option
def command(folder: Path | None, config_dir: Path, as_json: bool) -> None:
    """Write the shipped feeds, watches and baseline into DIR (else into the folder of --config).

    A file that is there already is never touched: then nothing is written at all.
    """
    from monitor.settings.scaffold import init, shipped_config

    target = folder or config_dir
    written = init(target)
    if shipped_config().name == "config":
        notice(f"Copied from {shipped_config()} of the source tree, with what was edited there.")
    if as_json:
        print_json({"folder": str(target), "written": [str(path) for path in written]})
        return
    for path in written:
        click.echo(str(path))
    notice(f"Next: parley check --config {target}, then parley run --config {target}")
    notice(
        f"For mail and webhook: copy {target / '.env.example'} to .env, where parley is started."
    )
