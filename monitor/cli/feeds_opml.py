"""`parley feeds export` and `parley feeds import`: lists of feeds for and from other readers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    many,
    notice,
    print_json,
    print_table,
    settings_of,
)
from monitor.errors import CommandError

if TYPE_CHECKING:
    from monitor.core.model import Feed
    from monitor.settings import Settings
    from monitor.sources.opml import Outline


@dataclass(frozen=True, slots=True)
class Line:
    """A feed of a list: what it would be added as, or `why` it is left out."""

    name: str
    url: str
    why: str
    entry: Mapping[str, object]


@click.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@config_option
@json_option
def export(file: Path | None, config_dir: Path, as_json: bool) -> None:
    """Write the feeds as OPML to FILE, which must not be there, or to standard output.

    Feeds whose address holds a password or token are left out.
    """
    from monitor.sources.opml import written_opml

    feeds, secret = _open(settings_of(config_dir))
    listed = [
        {"name": feed.name, "url": feed.url, "tags": ",".join(feed.tags), "language": feed.language}
        for feed in feeds
    ]
    text = written_opml("Parley", listed)
    if file is not None:
        _write_new(file, text)
    if as_json:
        where = str(file) if file else None
        print_json({"file": where, "feeds": listed, "left_out": [feed.name for feed in secret]})
    elif file is None:
        click.echo(text, nl=False)
    else:
        click.echo(f"{file}: {many(len(feeds), 'feed')}")
    for feed in secret:
        notice(f"left out, because its address holds a secret: {feed.name}")


@click.command("import")
@click.argument("file", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would be added, and write nothing.")
@config_option
@json_option
def import_(file: Path, dry_run: bool, config_dir: Path, as_json: bool) -> None:
    """Add the feeds of the OPML list FILE (`-` for standard input) to feeds.yaml.

    Folders become tags. What is there already, or twice in the list, is skipped.
    """
    from monitor.cli.feeds_add import add_lines
    from monitor.sources.opml import read_opml

    settings = settings_of(config_dir)
    try:
        outlines = read_opml(_content(file))
    except CommandError as error:
        raise CommandError(f"{_shown(file)} cannot be taken: {error}") from error
    lines = list(_lines(outlines, settings))
    new = [line for line in lines if not line.why]
    if not as_json:
        _show(lines)
    if new and not dry_run:
        add_lines(config_dir, [line.entry for line in new])
    if as_json:
        listed = [
            {"name": line.name, "url": line.url, "skipped": line.why or None} for line in lines
        ]
        print_json({"feeds": listed, "added": 0 if dry_run else len(new), "new": len(new)})
        return
    skipped = f"; {len(lines) - len(new):,} skipped" if len(new) < len(lines) else ""
    if dry_run:
        notice(f"{many(len(new), 'feed')} would be added{skipped}: nothing was written (--dry-run)")
    else:
        notice(f"{many(len(new), 'feed')} added{skipped}")


def _open(settings: Settings) -> tuple[list[Feed], list[Feed]]:
    """Give the feeds that may be written out, and those whose address nobody else is to see."""
    from monitor.app.wiring import secrets_of
    from monitor.settings.hidden import SecretText
    from monitor.telemetry.redact import Redactor

    hide = Redactor(secrets_of(settings)).text
    feeds = [*settings.rules.feeds, *settings.off_feeds]
    secret = [f for f in feeds if isinstance(f.url, SecretText) or hide(f.url) != f.url]
    return [feed for feed in feeds if feed not in secret], secret


def _write_new(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise CommandError(f"{_shown(file)} is there already: take another name") from error
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise CommandError(f"{_shown(file)} cannot be written: {why}") from error


def _content(file: Path) -> bytes:
    """Give the bytes of a list, one more than may be at most."""
    from monitor.sources.opml import MAX_BYTES

    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise CommandError(f"it cannot be read: {why}") from error


def _lines(outlines: Sequence[Outline], settings: Settings) -> Iterator[Line]:
    """Say of each feed of a list what becomes of it."""
    from monitor.app.finding import free_name, safe
    from monitor.core.identity import canonical_link
    from monitor.settings.fields import LANGUAGES, http_url

    known = [*settings.rules.feeds, *settings.off_feeds]
    seen = {canonical_link(feed.url): f"there already, as {feed.name}" for feed in known}
    taken = [feed.name for feed in known]
    for outline in outlines:
        url = safe(outline.url)
        try:
            url = http_url(url)
        except ValueError as error:
            yield Line(outline.name, outline.url, str(error), {})
            continue
        key = canonical_link(url)
        if key in seen:
            yield Line(outline.name, url, seen[key], {})
            continue
        name = free_name(outline.name, url, taken)
        taken.append(name)
        seen[key] = f"in the list already, as {name}"
        code = outline.language.lower().replace("_", "-").partition("-")[0]
        language = code if code in LANGUAGES else ""
        entry = {"name": name, "url": url, "language": language, "tags": list(outline.tags)}
        yield Line(name, url, "", entry)


def _show(lines: Sequence[Line]) -> None:
    print_table(
        ("", "feed", "tags", "address"),
        (
            (
                "skipped" if line.why else "new", line.name,
                line.why or ", ".join(map(str, _tags(line))), line.url,
            )
            for line in lines
        ),
    )  # fmt: skip


def _tags(line: Line) -> Sequence[object]:
    tags = line.entry.get("tags")
    return tags if isinstance(tags, list) else ()


def _shown(file: Path) -> str:
    from monitor.settings.reading import display

    return display(file)
