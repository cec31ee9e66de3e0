"""`parley replay`: judge a file of items."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from monitor.cli.common import config_option, settings_of


@click.command("replay")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, in order.")
@click.option("--no-baseline", is_flag=True, help="Begin knowing nothing.")
@click.option(
    "--keep", type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the store of the replay in this file, for explain --db.",
)  # fmt: skip
def command(
    file: Path, config_dir: Path, as_json: bool, no_baseline: bool, keep: Path | None
) -> None:
    """Judge FILE (JSON lines: id, lang, published, source, title, summary, link) in order.

    News time is the latest `published` so far. Nothing is fetched, nothing is sent.
    """
    from monitor.app.replay import Replay
    from monitor.app.wiring import lexicon_of
    from monitor.errors import CommandError

    if keep is not None and keep.exists():
        raise CommandError(f"{keep} exists; a replay begins with an empty store: name another file")
    settings = settings_of(config_dir)
    replay = Replay(
        settings.rules, baseline=not no_baseline, keep=keep, lexicon=lexicon_of(settings)
    )
    told = count = 0
    try:
        with click.open_file(str(file), encoding="utf-8") as lines:
            for each in replay.run(lines):
                count += 1
                answer = each.as_json()
                told += bool(answer["alerts"])
                if as_json:
                    click.echo(json.dumps(answer, ensure_ascii=False))
                elif each.decisions:
                    _show(each.published.strftime("%Y-%m-%d %H:%M"), each.title, answer)
                if sys.stderr.isatty() and count % 500 == 0:
                    click.echo(f"\r{count} items", nl=False, err=True)
    finally:
        replay.close()
    if not as_json:
        click.echo(f"{count} items, {told} would have been told at once")


def _show(when: str, title: str, answer: dict[str, object]) -> None:
    verdicts = answer["verdicts"]
    if not isinstance(verdicts, dict):
        raise TypeError("verdicts are a mapping")
    said = ", ".join(f"{w}: {v['verdict']} ({v['reason']})" for w, v in verdicts.items())
    mark = "ALERT " if answer["alerts"] else "      "
    click.echo(f"{mark}{when} {title}\n             {said}")
