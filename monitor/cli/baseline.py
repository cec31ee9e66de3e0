"""`parley baseline`: what is known, and changing it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.baseline_change import CHANGES
from monitor.cli.baseline_file import FILES
from monitor.cli.common import (
    config_option,
    json_option,
    local,
    many,
    moment_of,
    notice,
    print_json,
    print_table,
    reading_if_there,
    settings_of,
    watch_named,
)

if TYPE_CHECKING:
    from monitor.core.corrections import Change
    from monitor.core.ledger import Fact, FactEvent
    from monitor.core.standing import Support
    from monitor.ports import FactRow
    from monitor.settings import Settings


@click.group("baseline")
def command() -> None:
    """Show what is known, and change it; each change can be undone."""


for each in (*CHANGES, *FILES):
    command.add_command(each)


@command.command("show")
@click.option("--watch", help="Of this watch only.")
@click.option("--events", is_flag=True, help="The entries of the ledger instead of the facts.")
@click.option("--all", "everything", is_flag=True, help="Retracted and superseded facts too.")
@config_option
@json_option
def show(
    watch: str | None, events: bool, everything: bool, config_dir: Path, as_json: bool
) -> None:
    """List the facts that are held as known, newest first, or the entries that made them.

    `behind` counts the reports of a fact, their publishers, and names who is quoted as knowing.
    """
    settings = settings_of(config_dir)
    watch_named(settings, watch)
    with reading_if_there(settings) as reader:
        if reader is None:
            notice("There is no database yet: these are the lines of the baseline files.")
            rows: Sequence[FactRow] = _seeded(settings, watch)
            entries: Sequence[FactEvent] = ()
            behind: Mapping[str, Support] = {}
        else:
            rows, behind = reader.facts(watch), reader.supports(watch)
            entries = reader.fact_events() if events else ()
    if events:
        kept = {event.fact_id for event in entries if event.fact and event.fact.watch == watch}
        listed = [event for event in entries if watch is None or event.fact_id in kept]
        _print_events(listed, settings.rules.timezone, as_json=as_json)
    else:
        told = _Told(settings.rules.timezone, behind, everything, as_json)
        _print_facts(rows, told)


@command.command("as-of")
@click.argument("when")
@click.option("--watch", help="Of this watch only.")
@click.option("--all", "everything", is_flag=True, help="Retracted and superseded facts too.")
@config_option
@json_option
def as_of(when: str, watch: str | None, everything: bool, config_dir: Path, as_json: bool) -> None:
    """List what Parley knew at WHEN: a day (its end), or a moment such as 2025-06-02T18:00."""
    from monitor.cli.common import reading

    settings = settings_of(config_dir)
    watch_named(settings, watch)
    moment = moment_of(when, settings.rules.timezone)
    with reading(settings) as reader:
        rows, behind = reader.facts(watch, moment), reader.supports(watch, moment)
    _print_facts(rows, _Told(settings.rules.timezone, behind, everything, as_json))


@command.command("diff")
@click.option("--from", "since", metavar="WHEN", help="The earlier moment; a day before --to.")
@click.option("--to", "until", metavar="WHEN", help="The later moment; now.")
@click.option("--watch", help="Of this watch only.")
@config_option
@json_option
def diff(
    since: str | None, until: str | None, watch: str | None, config_dir: Path, as_json: bool
) -> None:
    """Say what was added, changed and gone of what is held, between two moments."""
    from monitor.cli.common import reading
    from monitor.core.corrections import changes

    settings = settings_of(config_dir)
    watch_named(settings, watch)
    zone = settings.rules.timezone
    to = moment_of(until, zone) if until else datetime.now(UTC)
    start = moment_of(since, zone) if since else to - timedelta(days=1)
    if start > to:
        raise click.UsageError("--from is later than --to")
    with reading(settings) as reader:
        before, after = (
            {row.fact.id: row.fact for row in reader.facts(watch, moment)} for moment in (start, to)
        )
    found = changes(before, after)
    if as_json:
        print_json([asdict(change) for change in found])
        return
    if not found:
        click.echo(f"Nothing changed from {local(start, zone)} to {local(to, zone)}.")
    for change in found:
        for line in _change_lines(change):
            click.echo(line)


def _seeded(settings: Settings, watch: str | None) -> Sequence[FactRow]:
    from monitor.core.ledger import seeded
    from monitor.ports import FactRow

    now = datetime.now(UTC)
    return [
        FactRow(seeded(seed, now), 0, f"file:{seed.file}", now)
        for seed in settings.rules.seeds
        if watch in {None, seed.watch}
    ]


@dataclass(frozen=True, slots=True)
class _Told:
    """How facts are to be printed: the zone, who stands behind them, which, and for whom."""

    zone: str
    behind: Mapping[str, Support]
    everything: bool
    as_json: bool


def _change_lines(change: Change) -> Iterator[str]:
    fact = change.after if change.kind == "added" else change.before
    if fact is None:
        return
    what = f"{fact.watch} {fact.id}"
    if change.kind == "added":
        yield f"+ {what}: {fact.text}{_state(fact)}"
    elif change.kind == "gone":
        became = change.after.status.value if change.after else "undone"
        yield f"- {what}: {fact.text}{_state(fact)} ({became})"
    else:
        yield f"~ {what}: {fact.text}"
        for name in change.parts:
            old, new = getattr(change.before, name), getattr(change.after, name)
            yield f"    {name}: {_shown(old)} -> {_shown(new)}"


def _state(fact: Fact) -> str:
    return f" [{fact.tracker}: {fact.state}]" if fact.tracker and fact.state else ""


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={each}" for name, each in value.items()) or "-"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value) if value else "-"


def _print_facts(rows: Sequence[FactRow], told: _Told) -> None:
    from monitor.core.ledger import HELD

    shown = [row for row in rows if told.everything or row.fact.status in HELD]
    shown.sort(key=lambda row: row.seq, reverse=True)
    shown.sort(key=lambda row: row.fact.date or row.fact.as_of.date().isoformat(), reverse=True)
    if told.as_json:
        print_json([_fact_json(row, told.behind) for row in shown])
        return
    if not shown:
        click.echo("Nothing is known.")
        return
    print_table(
        ("watch", "id", "status", "date", "state", "text", "by", "behind"),
        (
            (
                row.fact.watch, row.fact.id, _status(row.fact), row.fact.date or "-",
                f"{row.fact.tracker}: {row.fact.state or '-'}" if row.fact.tracker else "note",
                row.fact.text, f"{row.actor}, {local(row.at, told.zone)[:10]}",
                _behind(row.fact, told.behind.get(row.fact.id)),
            )
            for row in shown
        ),
    )  # fmt: skip
    hidden = len(rows) - len(shown)
    if hidden:
        notice(f"{many(hidden, 'fact')} retracted or superseded: --all shows them")


def _fact_json(row: FactRow, behind: Mapping[str, Support]) -> dict[str, object]:
    support = behind.get(row.fact.id)
    return {
        **asdict(row.fact), "seq": row.seq, "actor": row.actor, "at": row.at,
        "reports": support.reports if support else 0,
        "publishers": sorted(support.publishers) if support else [],
        "claimants": sorted(support.claimants) if support else [],
        "last_told": support.last_at if support else None,
    }  # fmt: skip


def _status(fact: Fact) -> str:
    return f"{fact.status} ({fact.because})" if fact.because else str(fact.status)


def _behind(fact: Fact, support: Support | None) -> str:
    """Say how many reports and publishers stand behind a fact, and who is quoted as knowing."""
    said = ", ".join(sorted(support.claimants if support else fact.said_by))
    if support is None:
        return said or "-"
    reports, houses = many(support.reports, "report"), many(len(support.publishers), "publisher")
    return f"{reports} of {houses}" + (f"; say {said}" if said else "")


def _print_events(events: Sequence[FactEvent], zone: str, *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(event) for event in events])
        return
    print_table(
        ("seq", "when", "op", "fact", "by", "text"),
        (
            (
                event.seq, local(event.at, zone), event.op, event.fact_id, event.actor,
                event.fact.text if event.fact else f"undoes entry {event.undoes}",
            )
            for event in events
        ),
    )  # fmt: skip
