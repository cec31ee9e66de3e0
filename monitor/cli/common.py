"""What the commands share: options, tables, JSON, and the way to settings and store."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from monitor.core.rules import Watch
    from monitor.settings import Settings
    from monitor.store.history import SqliteHistory

F = TypeVar("F", bound=Callable[..., Any])
#: A table that goes into a pipe or a file is as wide as its widest row.
ENDLESS = 10_000
#: What is said of a watch that is asked about although it is switched off.
OFF = "is off (enabled: false)"
#: Row numbers that SQLite can hold.
ROW_ID = click.IntRange(1, 2**63 - 1)


def config_option(command: F) -> F:
    """Give a command `--config DIR`, by default `./config` or `PARLEY_CONFIG`."""
    return click.option(
        "--config", "config_dir", type=click.Path(file_okay=False, path_type=Path),
        default=Path("config"), envvar="PARLEY_CONFIG", show_default="./config", metavar="DIR",
        help="Folder of the configuration.",
    )(command)  # fmt: skip


def json_option(command: F) -> F:
    """Give a command `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def print_json(value: object) -> None:
    """Print a value as JSON; times in ISO 8601, UTC."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in columns, as wide as the terminal allows."""
    from rich.console import Console  # JSON output does not need it
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", show_header=any(heads))
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    if sys.stdout.isatty():
        Console(highlight=False).print(table)
        return
    console = Console(highlight=False, width=ENDLESS)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def notice(line: str) -> None:
    """Print a line for people on stderr, where it does not mix with data."""
    click.echo(line, err=True)


def settings_of(config_dir: Path) -> Settings:
    """Read the configuration. Raises `ConfigError`."""
    from monitor.app.wiring import read_settings

    return read_settings(config_dir)


@contextmanager
def uncollected() -> Iterator[None]:
    """Put the search for garbage off in a command that makes the rules, holds one item, and ends.

    To look through the rules again and again, while they are made, is a tenth of its time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def database_of(settings: Settings) -> Path:
    """Give the place of the database, there or not."""
    from monitor.store import DATABASE_FILE

    return settings.data / DATABASE_FILE


@contextmanager
def reading(settings: Settings) -> Iterator[SqliteHistory]:
    """Open the store for reading. Raises `CommandError` where there is none, `StoreError`."""
    from monitor.errors import CommandError

    path = database_of(settings)
    if not path.exists():
        raise CommandError(f"there is no database at {path} yet; parley run makes it")
    with reading_file(path) as reader:
        yield reader


@contextmanager
def reading_file(path: Path) -> Iterator[SqliteHistory]:
    """Open a database for reading, whatever its name: a backup, what a replay kept.

    Raises `CommandError` for one that Parley did not write, `StoreError`.
    """
    from monitor.errors import CommandError
    from monitor.store.connection import open_reader, schema_number
    from monitor.store.history import SqliteHistory

    db = open_reader(path)
    reader = SqliteHistory(db)
    try:
        if schema_number(db) == 0:
            raise CommandError(f"{path} is no database of Parley")
        yield reader
    finally:
        reader.close()


@contextmanager
def reading_if_there(settings: Settings) -> Iterator[SqliteHistory | None]:
    """Open the store for reading, or give None where there is none yet. Raises `StoreError`."""
    if not database_of(settings).exists():
        yield None
        return
    with reading(settings) as reader:
        yield reader


def local(moment: datetime | None, zone: str) -> str:
    """Give a time as people read it, with the name of its zone."""
    if moment is None:
        return "-"
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %Z")


def length(seconds: float | None) -> str:
    """Give a length of time in its two largest units: `0.4 s`, `5 min 2 s`, `3 days 4 h`."""
    if seconds is None:
        return "-"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, below, lesser in (
        (86400, "day", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            many, rest = whole // size, whole % size // below
            name = unit if unit != "day" or many == 1 else "days"
            return f"{many} {name}" + (f" {rest} {lesser}" if rest else "")
    return f"{whole} s"


def many(number: int, one: str, more: str = "") -> str:
    """Give a number with its noun: `1 feed`, `1,204 items`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def reason_text(code: str) -> str:
    """Give the sentence of a stored reason; the code itself where this version knows none."""
    from monitor.core.model import Reason

    try:
        return Reason(code).text
    except ValueError:  # written by another version
        return code


def watch_named(settings: Settings, name: str | None) -> str | None:
    """Give a watch that was asked for by name, None for none. Raises a usage error."""
    if name is None or settings.rules.watch(name) is not None:
        return name
    known = [watch.id for watch in settings.rules.watches]
    raise click.UsageError(f"there is no watch {name!r}{near(name, known)}")


def find_watch(settings: Settings, name: str) -> tuple[Watch | None, bool]:
    """Give the watch of that name, None where there is none; the flag says that it is off."""
    watch = settings.rules.watch(name)
    if watch is not None:
        return watch, False
    off = next((watch for watch in settings.off if watch.id == name), None)
    return off, off is not None


def one_watch(settings: Settings, name: str) -> tuple[Settings, bool]:
    """Give the settings with one watch alone in force, be it off or not; the flag says it is off.

    Raises a usage error where there is no such watch.
    """
    watch, off = find_watch(settings, name)
    if watch is None:
        raise click.UsageError(f"there is no watch {name!r}{near(name, all_watches(settings))}")
    return replace(settings, rules=replace(settings.rules, watches=(watch,))), off


def all_watches(settings: Settings) -> list[str]:
    """Give the names of all watches, also of those that are off."""
    return [watch.id for watch in (*settings.rules.watches, *settings.off)]


def near(name: str, known: Sequence[str]) -> str:
    """Give `; did you mean X?`, or what there is, as the end of a sentence."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(known)}" if known and len(known) <= 12 else ""


def language_code(code: str) -> str:
    """Give the language that was named, "" for none. Raises a usage error for what is no code."""
    from difflib import get_close_matches

    from pydantic_core import PydanticCustomError

    from monitor.notify.wording import language_name
    from monitor.settings.fields import LANGUAGES, language

    if not code:
        return ""
    try:
        return language(code.strip().lower().replace("_", "-")).partition("-")[0]
    except PydanticCustomError:
        names = {language_name(each).lower(): each for each in LANGUAGES}
        alike = get_close_matches(code.lower(), names, n=1)
        hint = f"did you mean {names[alike[0]]}?" if alike else "two letters, such as en, uk or tr"
        raise click.UsageError(f"--lang {code!r} is not the code of a language; {hint}") from None


def moment_of(text: str, zone: str) -> datetime:
    """Read an ISO date or time; without a zone it is local, a day alone means its end.

    Raises a usage error.
    """
    from datetime import time, timedelta
    from zoneinfo import ZoneInfo

    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=1)
            moment = datetime.combine(day, time(), ZoneInfo(zone)) - timedelta(microseconds=1)
        else:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(zone))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        said = f"{text!r} is no date or time: write 2025-06-02, or 2025-06-02T18:00, or with a zone"
        raise click.UsageError(said) from None
