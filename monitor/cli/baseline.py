"""`parley baseline`: what is known, and changing it by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    ROW_ID,
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
    from monitor.core.ledger import FactEvent
    from monitor.ports import FactRow
    from monitor.settings import Settings


class _Day(click.ParamType[str]):
    """A day, month or year, as a baseline file writes it."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        text = str(value)
        rest = {4: "-01-01", 7: "-01", 10: ""}.get(len(text), "?")
        try:
            date.fromisoformat(text + rest)
        except ValueError:
            self.fail("write 2025-06-02, or 2025-06, or 2025", param, ctx)
        return text


@click.group("baseline")
def command() -> None:
    """Show what is known, and change it; each change can be undone."""


@command.command("show")
@click.option("--watch", help="Of this watch only.")
@click.option("--events", is_flag=True, help="The entries of the ledger instead of the facts.")
@click.option("--all", "everything", is_flag=True, help="Retracted and superseded facts too.")
@config_option
@json_option
def show(
    watch: str | None, events: bool, everything: bool, config_dir: Path, as_json: bool
) -> None:
    """List the facts that are held as known, or the entries that made them."""
    settings = settings_of(config_dir)
    watch_named(settings, watch)
    with reading_if_there(settings) as reader:
        if reader is None:
            notice("There is no database yet: these are the lines of the baseline files.")
            rows: Sequence[FactRow] = _seeded(settings, watch)
            entries: Sequence[FactEvent] = ()
        else:
            rows = reader.facts(watch)
            entries = reader.fact_events() if events else ()
    if events:
        kept = {event.fact_id for event in entries if event.fact and event.fact.watch == watch}
        listed = [event for event in entries if watch is None or event.fact_id in kept]
        _print_events(listed, settings.rules.timezone, as_json=as_json)
    else:
        _print_facts(rows, settings.rules.timezone, everything=everything, as_json=as_json)


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
        rows = reader.facts(watch, moment)
    _print_facts(rows, settings.rules.timezone, everything=everything, as_json=as_json)


@command.command("set")
@click.argument("fact_id", metavar="ID")
@click.option("--watch", help="The watch that knows it; needed for a new fact.")
@click.option("--text", help="The sentence that people read; needed for a new fact.")
@click.option("--tracker", help="The question of the watch that it answers.")
@click.option("--state", help="The state of that tracker.")
@click.option(
    "--date",
    "day",
    type=_Day(),
    metavar="DATE",
    help="Since when it is so: 2025-06-02, 2025-06, 2025.",
)
@click.option("--source", help="Where that is from.")
@click.option("--from-file", is_flag=True, help="Take the line of the baseline file as it is now.")
@config_option
@json_option
def set_(
    fact_id: str, from_file: bool, config_dir: Path, as_json: bool, **parts: str | None
) -> None:
    """Set the fact ID: a new one, or parts of one that is known."""
    if from_file and any(parts.values()):
        raise click.UsageError("--from-file takes the whole line: give no other part with it")
    if not from_file and not any(parts.values()):
        raise click.UsageError("say what to set: --text, --state, --date, --source, or --from-file")
    given = {"date" if name == "day" else name: value for name, value in parts.items()}
    _change(
        config_dir,
        "baseline.set",
        {"id": fact_id, "from_file": from_file, **given},
        as_json=as_json,
    )


@command.command("retract")
@click.argument("fact_id", metavar="ID")
@config_option
@json_option
def retract(fact_id: str, config_dir: Path, as_json: bool) -> None:
    """Say that the fact ID does not hold any more."""
    _change(config_dir, "baseline.retract", {"id": fact_id}, as_json=as_json)


@command.command("undo")
@click.argument("seq", type=ROW_ID)
@config_option
@json_option
def undo(seq: int, config_dir: Path, as_json: bool) -> None:
    """Undo the entry SEQ of the ledger (its number stands in `show --events`)."""
    _change(config_dir, "baseline.undo", {"seq": seq}, as_json=as_json)


def _change(config_dir: Path, verb: str, args: Mapping[str, object], *, as_json: bool) -> None:
    """Ask for a change, and say what came of it."""
    from monitor.cli.asking import ask, said, who

    clean = {name: said(value) if isinstance(value, str) else value for name, value in args.items()}
    result = ask(config_dir, verb, {**clean, "by": who()})
    if as_json:
        print_json(result)
        return
    if result.get("before"):
        click.echo(f"was: {result['before']}")
    known = result.get("text")
    done = {"baseline.set": "is", "baseline.retract": "retracted", "baseline.undo": "is again"}[
        verb
    ]
    click.echo(f"{done}: {known}" if known else "nothing is known by that id any more")
    click.echo(
        f"entry {result['seq']} of the ledger; parley baseline undo {result['seq']} takes it back"
    )


def _seeded(settings: Settings, watch: str | None) -> Sequence[FactRow]:
    from monitor.core.ledger import seeded
    from monitor.ports import FactRow

    now = datetime.now(UTC)
    return [
        FactRow(seeded(seed, now), 0, f"file:{seed.file}", now)
        for seed in settings.rules.seeds
        if watch in {None, seed.watch}
    ]


def _print_facts(rows: Sequence[FactRow], zone: str, *, everything: bool, as_json: bool) -> None:
    from monitor.core.ledger import HELD

    shown = [row for row in rows if everything or row.fact.status in HELD]
    if as_json:
        print_json(
            [
                {**asdict(row.fact), "seq": row.seq, "actor": row.actor, "at": row.at}
                for row in shown
            ]
        )
        return
    if not shown:
        click.echo("Nothing is known.")
        return
    print_table(
        ("watch", "id", "status", "date", "state", "text", "by"),
        (
            (
                row.fact.watch, row.fact.id, row.fact.status, row.fact.date or "-",
                f"{row.fact.tracker}: {row.fact.state or '-'}" if row.fact.tracker else "note",
                row.fact.text, f"{row.actor}, {local(row.at, zone)[:10]}",
            )
            for row in shown
        ),
    )  # fmt: skip
    hidden = len(rows) - len(shown)
    if hidden:
        notice(f"{many(hidden, 'fact')} retracted or superseded: --all shows them")


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
