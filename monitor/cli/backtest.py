"""`parley backtest`: what a watch would have taken of the stored items."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from monitor.cli.common import (
    OFF,
    all_watches,
    config_option,
    find_watch,
    json_option,
    local,
    many,
    near,
    notice,
    print_json,
    print_table,
    reading,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.app.backtest import Change, Comparison, Day, Decided, Drawn, Rule
    from monitor.app.candidate import Candidate
    from monitor.settings import Settings
    from monitor.store.history import HeldItem

#: Widest bar of the table, in characters.
BAR = 24
#: Up to so many days a row is a day, up to so many it is a week, beyond it a month.
DAYS_BY_DAY, DAYS_BY_WEEK = 62, 400
_AGO = re.compile(r"(\d{1,5})\s*([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


@click.command("backtest")
@click.argument("watch")
@click.option(
    "--rules", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Compare with this watch file, or with the concepts of this file.",
)  # fmt: skip
@click.option(
    "--since", default="30d", show_default=True, metavar="WHEN",
    help="How far back: 12h, 30d, 2w, or a date.",
)  # fmt: skip
@click.option(
    "--sample", type=click.IntRange(0, 1000), default=10, show_default=True,
    help="Show so many items of each kind.",
)  # fmt: skip
@config_option
@json_option
def command(
    watch: str, rules: Path | None, since: str, sample: int, config_dir: Path, as_json: bool
) -> None:
    """Hold the stored items against WATCH, and say what another rule would gain or lose.

    Without --rules, the watch as its file is now is compared with what was decided when the items
    came. Items count in their newest wording, by the day of publication. Nothing is stored or sent.
    A watch that is off is held against them as if it were on.
    Exit 1: nothing is stored, or there is no such watch.
    """
    from monitor.app.backtest import compare
    from monitor.app.clock import SystemClock
    from monitor.errors import CommandError

    settings = settings_of(config_dir)
    zone = settings.rules.timezone
    now = SystemClock().now()
    start = since_of(since, zone, now)
    old, new, said = _sides(settings, watch, rules)
    with reading(settings) as reader:
        last = reader.newest_item()
        count = reader.count_since(start, last)
        if not count:
            raise CommandError(f"nothing is stored since {local(start, zone)}; see parley feeds")
        names = (watch, *new.watch.formerly)
        items = _with_progress(reader.items_since(start, last, names), count)
        found = compare(items, old, new, zone=zone, sample=sample)
    if as_json:
        print_json(_as_json(found, (old, new), said, start))
    else:
        _show(found, (old, new), said, (start, now, zone))


def since_of(text: str, zone: str, now: datetime) -> datetime:
    """Read `12h`, `30d`, `2w` before `now`, or an ISO date (its beginning) or time.

    Without a zone it is local. Raises a usage error.
    """
    try:
        if ago := _AGO.fullmatch(text.strip().lower()):
            return now - timedelta(hours=int(ago[1]) * _HOURS[ago[2]])
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        said = f"--since {text!r}: write 12h, 30d, 2w, a date as 2025-06-02, or 2025-06-02T18:00"
        raise click.UsageError(said) from None


def _sides(
    settings: Settings, name: str, rules: Path | None
) -> tuple[Rule | Decided | None, Rule, Mapping[str, str]]:
    """Give what is compared (before, after), and the same in words."""
    from monitor.app.backtest import Decided, Rule
    from monitor.app.candidate import read_candidate
    from monitor.app.wiring import environment, lexicon_of
    from monitor.errors import CommandError

    book, lexicon = settings.rules, lexicon_of(settings)
    watch, off = find_watch(settings, name)
    stranger = CommandError(f"there is no watch {name!r}{near(name, all_watches(settings))}")
    as_it_is = f"{watch.file} as it is" + (f"; {name} {OFF}" if off else "") if watch else ""
    if rules is None:
        if watch is None:
            raise stranger
        said = {"before": "what was decided when the items came", "after": as_it_is}
        return Decided(), Rule.alone(book, watch, lexicon), said
    candidate = read_candidate(rules, settings, name, environment())
    if candidate is None or (watch is None and name not in {rules.stem, candidate.calls_itself}):
        raise stranger  # a new watch is asked for by its own name
    new = Rule.alone(candidate.book, candidate.watch, lexicon)
    old = Rule.alone(book, watch, lexicon) if watch is not None else None
    return old, new, {"before": as_it_is, "after": _told(candidate, rules, name)}


def _told(candidate: Candidate, rules: Path, name: str) -> str:
    """Say in words what a file stands for, and what of it has no effect."""
    if candidate.is_watch:
        other = candidate.calls_itself
        itself = f" (which calls itself {other})" if other not in {"", name} else ""
        return f"{rules}{itself}" + (f", which {OFF}" if candidate.off else "")
    idle = [f"${key}" for key in candidate.concepts if key not in candidate.used]
    if idle:
        notice(f"{name} does not rest on {', '.join(idle)}: changes there have no effect on it.")
    used = ", ".join(f"${key}" for key in candidate.used) or "nothing"
    return f"the same query with {used} from {rules}"


def _with_progress(items: Iterable[HeldItem], count: int) -> Iterator[HeldItem]:
    """Pass items on, with a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(items, "Reading", total=count, console=console, transient=True)


# --- for people ------------------------------------------------------------------------------


def _show(
    found: Comparison, sides: tuple[Rule | Decided | None, Rule], said: Mapping[str, str],
    times: tuple[datetime, datetime, str],
) -> None:  # fmt: skip
    from monitor.app.backtest import Rule

    old, new = sides
    start, now, zone = times
    total = found.total
    click.echo(f"{new.watch.id}: {new.watch.title}")
    if old is not None:
        click.echo(f"before: {said['before']}\nafter:  {said['after']}")
    else:
        click.echo(f"{said['after']}, which is not in force: there is nothing to compare it with")
    left = f"; {many(found.left_out, 'item')} of other feeds left out" if found.left_out else ""
    click.echo(f"\n{many(total.items, 'item')} since {local(start, zone)}{left}")
    if not total.items:
        return
    spanned = (max(found.by_day) - min(found.by_day)).days + 1
    days = max(1.0, min(spanned, (now - start) / timedelta(days=1)))
    click.echo(
        f"{many(total.after, 'hit')}, {total.after / days:.1f} a day" + _difference(found, old)
    )
    click.echo()
    _show_days(found.by_day, compared=old is not None)
    before = old if isinstance(old, Rule) else None
    _show_changes("+ gained", found.gained, lambda one: _gained(one, before), zone)
    _show_changes("- lost", found.lost, lambda one: _lost(one, new), zone)
    name, taken = ("hits", found.hits) if old is None else ("= kept", found.kept)
    _show_changes(name, taken, lambda one: _gained(one, None), zone)


def _difference(found: Comparison, old: Rule | Decided | None) -> str:
    if old is None:
        return ""
    total = found.total
    return f"; before {total.before:,}: {total.gained:,} gained, {total.lost:,} lost"


def _show_days(by_day: Mapping[date, Day], *, compared: bool) -> None:
    """Print a row a day, week or month, with a bar; spans without items have their row too."""
    rows = list(_rows(by_day))
    most = max(day.after for _, day in rows) or 1
    heads = ("from", "items", "before", "after", "gained", "lost", "")
    show = [True, True, compared, True, compared, compared, True]
    table = []
    for name, day in rows:
        bar = "\u2587" * max(round(BAR * day.after / most), 1 if day.after else 0)
        gained, lost = (
            f"{sign}{n}" if n else "" for sign, n in (("+", day.gained), ("-", day.lost))
        )
        table.append((name, day.items, day.before, day.after, gained, lost, bar))
    names = [head if compared or head != "after" else "hits" for head in heads]
    print_table(
        [name for name, shown in zip(names, show, strict=True) if shown],
        [[cell for cell, shown in zip(row, show, strict=True) if shown] for row in table],
    )


def _rows(by_day: Mapping[date, Day]) -> Iterator[tuple[str, Day]]:
    """Give each span of time with its counts, in order, empty ones too."""
    from monitor.app.backtest import Day

    first, last = min(by_day), max(by_day)
    days = (last - first).days + 1
    starts: dict[date, Day] = {}
    for number in range(days):
        day = first + timedelta(days=number)
        if days > DAYS_BY_WEEK:
            begin = day.replace(day=1)
        else:
            begin = day if days <= DAYS_BY_DAY else day - timedelta(days=day.weekday())
        starts[begin] = starts.get(begin, Day()) + by_day.get(day, Day())
    yield from ((begin.isoformat(), counts) for begin, counts in starts.items())


def _show_changes(
    name: str, drawn: Drawn, lines: Callable[[Change], Iterator[str]], zone: str
) -> None:
    if not drawn.count:
        return
    some = f", {len(drawn.items)} of them" if len(drawn.items) < drawn.count else ""
    click.echo(f"\n{name}: {many(drawn.count, 'item')}{some}")
    for change in drawn.items:
        item = change.stored.item
        language = item.language or "no language"
        click.echo(
            f"  {change.stored.id}  {local(item.published_at, zone)}  {item.feed} ({language})"
        )
        click.echo(f"    {item.title}")
        for line in lines(change):
            click.echo(f"      {line}")


def _gained(change: Change, old: Rule | None) -> Iterator[str]:
    """Give the words that made a hit of an item, and what it lacked before where that is known."""
    if change.new is not None:
        yield from change.new.words
    if old is not None:
        yield f"before: {_why_not(change, old)}"


def _lost(change: Change, new: Rule) -> Iterator[str]:
    """Give the words that made a hit of an item, and what it lacks now."""
    if change.old is not None:
        older = change.old.version != change.stored.version
        mark = f" (in its wording {change.old.version})" if older else ""
        yield from (f"had {words}{mark}" for words in change.old.words)
    yield f"now: {_why_not(change, new)}"


def _why_not(change: Change, rule: Rule) -> str:
    from monitor.app.why import why_not
    from monitor.core.model import document_of

    item = change.stored.item
    if rule.watch.feeds and item.feed not in rule.watch.feeds:
        return f"does not listen to {item.feed}"
    return why_not(rule.index, rule.watch.id, rule.index.scan(document_of(item)))


# --- for programs ----------------------------------------------------------------------------


def _as_json(
    found: Comparison, sides: tuple[Rule | Decided | None, Rule], said: Mapping[str, str],
    start: datetime,
) -> dict[str, object]:  # fmt: skip
    from monitor.app.backtest import Rule

    old, new = sides
    before = old if isinstance(old, Rule) else None
    return {
        "watch": new.watch.id, "since": start,
        "compared": said if old is not None else None,
        **asdict(found.total), "kept": found.kept.count if old is not None else None,
        "left_out": found.left_out,
        "days": [{"day": day, **asdict(counts)} for day, counts in found.by_day.items()],
        "gained_items": [
            {**_item(one), "why_not_before": _why_not(one, before) if before else None}
            for one in found.gained.items
        ],
        "lost_items": [{**_item(one), "why_not": _why_not(one, new)} for one in found.lost.items],
        "kept_items": [_item(one) for one in found.kept.items],
        "hit_items": [_item(one) for one in found.hits.items],
    }  # fmt: skip


def _item(change: Change) -> dict[str, object]:
    item = change.stored.item
    return {
        "id": change.stored.id, "version": change.stored.version, "feed": item.feed,
        "language": item.language, "published_at": item.published_at, "title": item.title,
        "link": item.link,
        "words_before": change.old.words if change.old else None,
        "words": change.new.words if change.new else None,
    }  # fmt: skip
