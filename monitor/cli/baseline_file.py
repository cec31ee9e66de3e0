"""`parley baseline export|seed`: from the ledger to a baseline file, and from a text to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from monitor.cli.common import (
    config_option,
    language_code,
    many,
    moment_of,
    notice,
    reading_if_there,
    settings_of,
    watch_named,
)

if TYPE_CHECKING:
    from monitor.core.ledger import Fact
    from monitor.settings import Settings

#: Longest text that is read for facts, in characters.
MAX_TEXT = 200_000


@click.command("export")
@click.option("--watch", help="Of this watch only.")
@config_option
def export(watch: str | None, config_dir: Path) -> None:
    """Print the facts that are held, as a baseline file.

    In an empty configuration with the same watches the file makes the same facts known. Its date
    is that of the newest fact. Facts that do not fit the watches as they are now stay out.
    """
    from monitor.core.corrections import misfits
    from monitor.settings.baselines import written

    settings = settings_of(config_dir)
    watch_named(settings, watch)
    facts: list[Fact] = []
    left: list[Fact] = []
    for fact in _held(settings, watch):
        owner = settings.rules.watch(fact.watch)
        fits = owner is not None and not list(misfits(fact, owner))
        (facts if fits else left).append(fact)
    if left:
        names = ", ".join(fact.id for fact in left)
        notice(f"left out, for they do not fit the watches as they are now: {names}")
    as_of = max((fact.as_of for fact in facts), default=datetime.now(UTC))
    click.echo(written(facts, as_of), nl=False)


@click.command("seed")
@click.argument("source", metavar="FILE|-", type=click.File("rb"))
@click.option("--watch", help="Facts of this watch only.")
@click.option("--lang", "language", default="", help="The language of the text, such as de.")
@click.option("--as-of", "when", metavar="WHEN", help="Until when the text knows; now.")
@click.option(
    "--write", "target", type=click.Path(path_type=Path), metavar="OUT.yaml",
    help="Write to this new file instead of the screen.",
)  # fmt: skip
@config_option
def seed(
    source: BinaryIO,
    watch: str | None,
    language: str,
    when: str | None,
    target: Path | None,
    config_dir: Path,
) -> None:
    """Read a text in prose, and propose the facts that it tells as a baseline file.

    Each sentence is read as a report would be; a comment says how sure the reading of it is.
    Nothing is stored: look the file through, and put it into config/baselines/.
    """
    from monitor.cli.baseline_seed import propose
    from monitor.settings.baselines import written

    language = language_code(language)
    settings = settings_of(config_dir)
    watch_named(settings, watch)
    if target is not None and target.exists():
        raise click.UsageError(f"{target} is there already: --write takes a new file")
    as_of = moment_of(when, settings.rules.timezone) if when else datetime.now(UTC)
    as_of = as_of.replace(microsecond=0)
    text = _text(source)
    proposed = propose(settings, text, language, watch, _held(settings, None), as_of)
    made = written(
        [each.fact for each in proposed], as_of, {each.fact.id: each.remark for each in proposed}
    )
    if target is None:
        click.echo(made, nl=False)
    else:
        _write(target, made)
    unsure = sum(each.unsure for each in proposed)
    said = f"{many(len(proposed), 'fact')} proposed"
    notice(f"{said}, {unsure} of them unsure; nothing is stored" if unsure else
           f"{said}; nothing is stored")  # fmt: skip


#: The commands of the group that read and write files.
FILES = (export, seed)


def _text(source: BinaryIO) -> str:
    """Give the text of a file. Raises a usage error for one that is no text."""
    from monitor.core.text import clean_text

    raw = source.read()
    try:
        return clean_text(raw.decode("utf-8-sig"), MAX_TEXT)
    except UnicodeDecodeError:
        raise click.UsageError("the file is no text in UTF-8") from None


def _write(target: Path, text: str) -> None:
    from monitor.errors import CommandError

    try:
        with target.open("x", encoding="utf-8") as file:  # `x`: never over one that came meanwhile
            file.write(text)
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}") from error


def _held(settings: Settings, watch: str | None) -> Sequence[Fact]:
    """Give the facts that are held; those of the baseline files where there is no database yet."""
    from monitor.core.ledger import HELD, seeded

    with reading_if_there(settings) as reader:
        if reader is None:
            now = datetime.now(UTC)
            facts = [seeded(each, now) for each in settings.rules.seeds]
        else:
            facts = [row.fact for row in reader.facts(watch)]
    return [fact for fact in facts if fact.status in HELD and watch in {None, fact.watch}]
