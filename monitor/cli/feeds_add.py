"""`parley feeds add`: find the feed behind an address, and put it into the configuration."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    language_code,
    local,
    many,
    notice,
    print_json,
    print_table,
    settings_of,
    uncollected,
)
from monitor.errors import CommandError, ConfigError

if TYPE_CHECKING:
    from monitor.app.finding import Candidate, Search
    from monitor.settings import Settings


@click.command("add")
@click.argument("url")
@click.option("--name", help="What it is called; by default as it calls itself.")
@click.option("--lang", "--language", "language", default="", metavar="CODE",
              help="Its language; by default as its titles tell.")  # fmt: skip
@click.option("--publisher", help="The house behind it; by default guessed from its address.")
@click.option("--tier", type=click.IntRange(1, 5), help="1 first hand, 2 reports, 3 repeats.")
@click.option("--pace", type=click.Choice(["fast", "normal", "slow"]), help="How often to ask.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag. Repeatable.")
@click.option("--choose", type=click.IntRange(1), metavar="N", help="Of several take the Nth.")
@click.option("--dry-run", is_flag=True, help="Show what would be added, and write nothing.")
@config_option
@json_option
@uncollected()
def add(
    url: str,
    config_dir: Path,
    choose: int | None,
    dry_run: bool,
    as_json: bool,
    **given: object,
) -> None:
    """Add the feed at URL, or one that the page at URL names, to feeds.yaml.

    What it brings is shown: its title, language, how often, and which watches would have taken what
    it holds now. A running daemon takes the edit up by itself.
    """
    given["language"] = language_code(str(given["language"] or ""))
    settings = settings_of(config_dir)
    search = _search(settings, url)
    if not search.candidates:
        raise CommandError(
            f"no feed was found: {search.trouble}; parley feeds doctor {search.asked} shows why"
        )
    zone = settings.rules.timezone
    chosen = _chosen(search.candidates, choose, zone, as_json=as_json)
    if chosen.known:
        raise CommandError(f"{chosen.url} is there already, as {chosen.known}")
    entry = _entry(chosen, given, settings)
    line = _line(entry)
    if as_json:
        _add(config_dir, entry, dry_run=dry_run, quiet=True)
        found = [_as_json(one) for one in search.candidates]
        print_json({"found": found, "feed": entry, "line": line, "written": not dry_run})
        return
    print_table(("", ""), _facts(chosen, zone))
    for address, why in search.unread:
        notice(f"not read: {address}: {why}")
    click.echo(line, nl=False)
    _add(config_dir, entry, dry_run=dry_run, quiet=False)
    if dry_run:
        notice("nothing was written: --dry-run")
    else:
        _say_taken(settings)


def add_lines(config_dir: Path, entries: Sequence[Mapping[str, object]]) -> Path:
    """Write feeds into the configuration. Raises `CommandError`, `ConfigError`."""
    from monitor.app.wiring import environment
    from monitor.settings.feed_lines import write_feeds

    return write_feeds(config_dir, entries, environment())


def _search(settings: Settings, url: str) -> Search:
    from monitor.app.finding import finder, with_scheme
    from monitor.app.wiring import in_force

    async def find() -> Search:
        index = in_force(settings, {}, tested=False).index
        async with finder(settings) as found:
            return await found.search(with_scheme(url), index)

    return asyncio.run(find())


def _chosen(
    candidates: Sequence[Candidate], choose: int | None, zone: str, *, as_json: bool
) -> Candidate:
    """Give the one that is meant. Raises a usage error where nobody can be asked which."""
    if choose is not None and choose > len(candidates):
        raise click.UsageError(f"--choose {choose}: {many(len(candidates), 'feed')} were found")
    if choose is not None or len(candidates) == 1:
        return candidates[(choose or 1) - 1]
    if as_json:
        print_json({"found": [_as_json(one) for one in candidates], "feed": None, "written": False})
    else:
        print_table(
            ("", "feed", "title", "language", "items", "a day", "newest", "for watches"),
            (_row(number, one, zone) for number, one in enumerate(candidates, start=1)),
        )
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError(f"{len(candidates)} feeds were found: take one with --choose N")
    number = click.prompt("Which one", type=click.IntRange(1, len(candidates)))
    return candidates[int(number) - 1]


def _row(number: int, one: Candidate, zone: str) -> tuple[object, ...]:
    watches = ", ".join(f"{watch} {count}" for watch, (count, _) in one.hits.items())
    return (
        number, one.url, one.title, one.language or "-", one.items, often(one.a_day),
        local(one.newest, zone), watches or "-",
    )  # fmt: skip


def _facts(one: Candidate, zone: str) -> list[tuple[str, str]]:
    """Give what is known of a feed that is to be added."""
    from monitor.notify.wording import language_name

    rows = [
        ("Feed", one.url), ("Calls itself", one.title or "nothing"),
        ("Language", language_name(one.language) or one.language or "cannot be told"),
        ("Items", f"{one.items:,}; {often(one.a_day)}"), ("Newest", local(one.newest, zone)),
    ]  # fmt: skip
    if not one.hits:
        rows.append(("Watches", "none would have taken any of them"))
    for number, (watch, (count, titles)) in enumerate(one.hits.items()):
        said = f"{watch}: {many(count, 'item')}, such as: {titles[0]}"
        rows.append(("" if number else "Watches", said))
    return rows


def often(a_day: float | None) -> str:
    """Say how often a feed publishes."""
    if a_day is None:
        return "no dates to tell how often"
    if a_day >= 1.0:
        return f"about {a_day:.0f} a day"
    return f"about one in {1.0 / a_day:.0f} days"


def _entry(one: Candidate, given: Mapping[str, object], settings: Settings) -> dict[str, object]:
    """Give the feed as it is written down; what was not given is told by what was found."""
    from monitor.app.finding import free_name, house_of, safe

    taken = [feed.name for feed in (*settings.rules.feeds, *settings.off_feeds)]
    tags = given["tags"] if isinstance(given["tags"], tuple) else ()
    entry: dict[str, object] = {
        "name": given["name"] or free_name(one.title, one.url, taken),
        "url": safe(one.url),
        "language": given["language"] or one.language,
        "publisher": given["publisher"] or house_of(one.url, settings.rules.feeds),
        "tier": given["tier"] or 2,
        "pace": given["pace"] or "",
        "tags": list(tags),
    }
    return {key: value for key, value in entry.items() if value not in ("", [])}


def _line(entry: Mapping[str, object]) -> str:
    from monitor.settings.feed_lines import lines_of

    return lines_of(entry)


def _add(config_dir: Path, entry: Mapping[str, object], *, dry_run: bool, quiet: bool) -> None:
    """Write the feed, or hold it against the file. Where that cannot be, its line is printed."""
    if dry_run:
        return
    try:
        path = add_lines(config_dir, [entry])
    except (CommandError, ConfigError) as error:
        if quiet:
            raise
        raise CommandError(f"{error}; the lines above are what it would hold") from error
    if not quiet:
        notice(f"written to {path}")


def _say_taken(settings: Settings) -> None:
    from monitor.store.holder import holder_of

    if holder_of(settings.data) is not None:
        notice("the running daemon takes it up within seconds: parley feeds")
    else:
        notice("no daemon runs: it is read from the next start on")


def _as_json(one: Candidate) -> dict[str, object]:
    hits = {watch: {"items": n, "titles": list(titles)} for watch, (n, titles) in one.hits.items()}
    return {
        "url": one.url, "title": one.title, "items": one.items, "language": one.language or None,
        "items_a_day": one.a_day, "newest": one.newest, "undated": one.undated,
        "unlinked": one.unlinked, "repeated": one.repeated, "watches": hits,
        "known_as": one.known or None,
    }  # fmt: skip
