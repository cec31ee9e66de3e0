"""`parley try`: judge a headline as the daemon would, and show the trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    database_of,
    json_option,
    print_json,
    print_table,
    settings_of,
    watch_named,
)

if TYPE_CHECKING:
    from monitor.core.match import Scan
    from monitor.core.model import Decision, Item, Note, Placement, StoredItem
    from monitor.ingest import DeskThread, InForce
    from monitor.ingest.path import Opinion
    from monitor.ports import Unit
    from monitor.settings import Settings
    from monitor.store import SqliteStore

#: The outlet of a tried headline, as the alert would name it.
OUTLET = "a headline of yours"


@dataclass(frozen=True, slots=True)
class Trial:
    """What the path said about one headline."""

    item: Item
    scan: Scan
    opinion: Opinion | None  # None: no watch is hit
    note: Note | None  # None: nothing would be said

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """One for each watch that is hit."""
        return self.opinion.decisions if self.opinion else ()


@click.command("try")
@click.argument("headline")
@click.option("--summary", default="", help="The text below the headline.")
@click.option(
    "--lang",
    "language",
    default="",
    help="Such as uk; without it words of all languages count.",
)
@click.option("--watch", help="Show this watch only.")
@config_option
@json_option
def command(
    headline: str, summary: str, language: str, watch: str | None, config_dir: Path, as_json: bool
) -> None:
    """Judge HEADLINE as the daemon would if a feed brought it now. Nothing is stored or sent.

    It is held against the rules as they are on disk, and against a copy of the database where there
    is one: its facts and its open stories.
    """
    settings = settings_of(config_dir)
    watch_named(settings, watch)
    store = _store(settings)
    try:
        desk, now = _desk(settings, store)
        trial = _judge(desk, store, (headline, summary, language), now)
        founder = _founder(store, trial)
    finally:
        store.close()
    if as_json:
        print_json(_as_json(trial, desk.rules, watch))
    else:
        print_table(("", ""), _lines(trial, desk.rules, watch, founder))
        if trial.note is not None:
            _print_alert(trial, desk.rules)


def _store(settings: Settings) -> SqliteStore:
    """Give a store in memory: a copy of the database, or an empty one where there is none."""
    from monitor.store import SqliteStore
    from monitor.store.backup import copy_in_memory

    path = database_of(settings)
    return copy_in_memory(path) if path.exists() else SqliteStore(None)


def _desk(settings: Settings, store: SqliteStore) -> tuple[DeskThread, datetime]:
    from monitor.app.clock import SystemClock
    from monitor.app.wiring import build_channels, in_force
    from monitor.cli.asking import NoNetwork
    from monitor.ingest import DeskThread

    clock = SystemClock()
    channels = build_channels(settings, http=NoNetwork(), clock=clock)
    desk = DeskThread(store, in_force(settings, channels), beat=lambda: None)
    desk.open_now(clock.now())
    return desk, clock.now()


def _judge(
    desk: DeskThread, store: SqliteStore, said: tuple[str, str, str], now: datetime
) -> Trial:
    """Walk the path with one item, in a unit of the store in memory."""
    from monitor.core.model import Feed, ParsedItem
    from monitor.core.text import clean_line, clean_text
    from monitor.ingest import item_of

    headline, summary, language = said
    parsed = ParsedItem(
        "", "", clean_line(headline, 1_000), clean_text(summary, 64 * 1024), now, language=language
    )
    # its name makes the item new, however often the same words are tried or were read
    item = item_of(parsed, Feed(OUTLET, "", publisher=OUTLET), now, guid=f"try {now.isoformat()}")
    rules, path = desk.rules, desk.path
    scan = rules.index.scan(item.title, item.summary, item.language)
    with store.unit() as unit:
        stored = next(iter(unit.add_new([item])))
        opinion = path.opinion(unit, path.draft(), stored, quiet=False)
        note = _note(unit, stored, opinion, rules, now) if opinion else None
    return Trial(item, scan, opinion, note)


def _note(
    unit: Unit, stored: StoredItem, opinion: Opinion, rules: InForce, now: datetime
) -> Note | None:
    """Give the message that would go out, None where nothing would be said."""
    from monitor.core.identity import alert_id
    from monitor.core.model import Note, Reason
    from monitor.ingest.messages import section_of, subject_of

    sections = [
        section_of(stored, one, opinion.placement, unit.facts(one.watch), rules)
        for one in opinion.decisions
        if one.outcome in {Reason.PUSH, Reason.FOLDED} and one.development
    ]
    if not sections:
        return None
    keys = [(section.development.key, section.development.number) for section in sections]
    return Note(
        kind="alert", subject=subject_of(sections), created_at=now,
        thread=sections[0].development.thread, sections=tuple(sections),
        timezone=rules.book.timezone, alert=alert_id(keys),
    )  # fmt: skip


def _founder(store: SqliteStore, trial: Trial) -> str:
    """Give the headline of the report that founded the story, empty for a new story."""
    if trial.opinion is None or trial.opinion.placement.founds:
        return ""
    reader = store.reader()
    founder = reader.find_item(trial.opinion.placement.founder_identity)
    reader.close()
    return founder.item.title if founder else ""


def _lines(
    trial: Trial, rules: InForce, watch: str | None, founder: str
) -> Iterator[tuple[str, str]]:
    from monitor.cli.wording import found_words, why_not
    from monitor.notify.wording import language_name

    item = trial.item
    yield "Headline", item.title
    name = language_name(item.language)
    yield "Language", name or "not said: words of every language count"
    spans = [span for found in trial.scan.spans.values() for span in found]
    heading = "Found"
    for found in found_words(spans, item.title, item.summary) or ("no word of any watch",):
        yield heading, found
        heading = ""
    by_watch = {decision.watch: decision for decision in trial.decisions}
    heading = "Watches"
    for one in rules.book.watches:
        if watch in {None, one.id}:
            decision = by_watch.get(one.id)
            if decision is None:
                why = why_not(rules.book, rules.index, one.id, trial.scan)
                yield heading, f"{one.id}: no hit: {why}"
            else:
                yield heading, f"{one.id}: hit; {judged(decision)}"
            heading = ""
    if trial.opinion:
        yield "Story", _story(trial.opinion.placement, founder)
    if trial.note is None:
        yield "Alert", "none would go out"


def _story(placement: Placement, founder: str) -> str:
    if placement.founds:
        return "begins a new one"
    alike = f"alike {placement.similarity:.2f}"
    return f"joins {placement.story} ({alike}), which began with \u201c{founder}\u201d"


def judged(decision: Decision) -> str:
    """Give verdict, reason and outcome of a decision in words."""
    made = decision.judgement
    detail = f" [{made.detail}]" if made.detail else ""
    said = f"{made.verdict} ({made.severity}): {made.reason.text}{detail}"
    if decision.outcome is made.reason:
        return said
    where = f": {', '.join(decision.channels)}" if decision.channels else ""
    return f"{said}; {decision.outcome.text}{where}"


def _channels(trial: Trial, rules: InForce) -> Mapping[str, tuple[str, ...]]:
    """Give the channels that would take something, with their recipients."""
    names = dict.fromkeys(name for decision in trial.decisions for name in decision.channels)
    return {name: rules.channels[name].recipients for name in names if name in rules.channels}


def _print_alert(trial: Trial, rules: InForce) -> None:
    from monitor.notify.message import render

    if trial.note is None:
        return
    said = render(trial.note)
    click.echo(f"\nThe alert\n\nSubject: {said.subject}\n\n{said.text}")
    for name, recipients in _channels(trial, rules).items():
        click.echo(f"To: {name} ({', '.join(recipients)})")
    click.echo("Nothing was stored or sent.")


def _as_json(trial: Trial, rules: InForce, watch: str | None) -> dict[str, object]:
    from monitor.cli.wording import found_words
    from monitor.notify.message import render

    item, placement = trial.item, trial.opinion.placement if trial.opinion else None
    spans = [span for found in trial.scan.spans.values() for span in found]
    said = render(trial.note) if trial.note else None
    hits = {decision.watch: decision for decision in trial.decisions}
    return {
        "headline": item.title,
        "summary": item.summary,
        "language": item.language,
        "found": list(found_words(spans, item.title, item.summary)),
        "watches": [
            {"watch": one.id, "hit": True, **_decision(hits[one.id])}
            if one.id in hits
            else {"watch": one.id, "hit": False, "lacking": rules.index.lacking(one.id, trial.scan)}
            for one in rules.book.watches
            if watch in {None, one.id}
        ],
        "story": {
            "name": placement.story,
            "founds": placement.founds,
            "alike": placement.similarity,
        }
        if placement
        else None,
        "alert": {"subject": said.subject, "text": said.text} if said else None,
        "channels": _channels(trial, rules),
    }


def _decision(decision: Decision) -> dict[str, object]:
    made = decision.judgement
    return {
        "verdict": made.verdict, "reason": made.reason, "reason_text": made.reason.text,
        "detail": made.detail, "known": made.known, "severity": made.severity,
        "outcome": decision.outcome, "outcome_text": decision.outcome.text,
        "channels": decision.channels,
    }  # fmt: skip
