"""`parley try`: judge a headline as the daemon would, and show the trace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    OFF,
    config_option,
    database_of,
    json_option,
    language_code,
    near,
    one_watch,
    print_json,
    print_table,
    settings_of,
    uncollected,
)

if TYPE_CHECKING:
    from monitor.core.match import Scan
    from monitor.core.model import Decision, Feed, Item, Note, Placement, StoredItem
    from monitor.core.rules import Watch
    from monitor.ingest import DeskThread, InForce
    from monitor.ingest.path import Opinion
    from monitor.ports import Unit
    from monitor.settings import Settings
    from monitor.store import SqliteStore

#: The outlet of a tried headline, as the alert would name it.
OUTLET = "a headline of yours"
#: Longest summary or content that is tried, in characters, as of a feed's item.
MAX_TEXT = 64 * 1024
#: Longest headline, in characters.
MAX_TITLE = 1_000
#: A filter in a query as it is written, of which a headline alone says nothing.
_BROUGHT_BY = re.compile(r"\b(source|publisher|tier):")


@dataclass(frozen=True, slots=True)
class Said:
    """What was given at the keyboard. `language` and `feed` are "" where none was."""

    headline: str
    summary: str
    content: str
    language: str
    feed: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What the path said about one headline."""

    item: Item
    told: str  # what its language is, and how that was told
    scan: Scan
    opinion: Opinion | None  # None: no watch is hit
    note: Note | None  # None: nothing would be said
    off: bool = False  # the one watch that was asked for is off

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """One for each watch that is hit."""
        return self.opinion.decisions if self.opinion else ()


@click.command("try")
@click.argument("headline")
@click.option("--summary", default="", help="The text below the headline.")
@click.option("--content", default="", help="The full text.")
@click.option(
    "--lang", "language", default="",
    help="Its code, such as uk; without it the language is told by the letters and words.",
)  # fmt: skip
@click.option("--feed", default="", metavar="NAME", help="As if this feed had brought it.")
@click.option("--watch", help="Hold it against this watch only, its query part by part.")
@config_option
@json_option
@uncollected()
def command(
    headline: str,
    summary: str,
    content: str,
    language: str,
    feed: str,
    watch: str | None,
    config_dir: Path,
    as_json: bool,
) -> None:
    """Judge HEADLINE as the daemon would if a feed brought it now. Nothing is stored or sent.

    It is held against the rules as they are on disk, also where a watch fails its own tests, and
    against the facts and open stories of the database where there is one. A watch that is off is
    held with --watch as if it were on, but no alert of it would go out.
    """
    headline, language = _headline(headline), language_code(language)
    settings = settings_of(config_dir)
    settings, off = one_watch(settings, watch) if watch is not None else (settings, False)
    brought_by = _feed(settings, feed)
    store, now = _store(settings)
    try:
        desk = _desk(settings, store, now)
        said = Said(headline, summary, content, language, feed)
        trial = _judge(desk, store, said, brought_by, now)
        trial = replace(trial, note=None, off=True) if off else trial
        founder = _founder(store, trial)
    finally:
        store.close()
    if as_json:
        print_json(_as_json(trial, desk.rules, watch))
    else:
        print_table(("", ""), _lines(trial, desk.rules, watch, founder))
        if trial.note is not None:
            _print_alert(trial, desk.rules)


def _headline(text: str) -> str:
    """Give the headline as a feed's item would have it. Raises a usage error for an empty one."""
    from monitor.core.text import clean_line

    title = clean_line(text, MAX_TITLE)
    if not title:
        raise click.UsageError("the headline is empty")
    return title


def _feed(settings: Settings, name: str) -> Feed:
    """Give the feed that brings the headline. Raises a usage error for one that is not there."""
    from monitor.core.model import Feed

    if not name:
        return Feed(OUTLET, "", publisher=OUTLET)
    feeds = {feed.name: feed for feed in settings.rules.feeds}
    if name not in feeds:
        raise click.UsageError(f"there is no feed {name!r}{near(name, list(feeds))}")
    return feeds[name]


def _store(settings: Settings) -> tuple[SqliteStore, datetime]:
    """Give a store in memory with what judging asks for, empty without a database; and the time."""
    from monitor.app.clock import SystemClock
    from monitor.core.stories import OPEN_FOR
    from monitor.store import SqliteStore
    from monitor.store.excerpt import excerpt_in_memory

    path, now = database_of(settings), SystemClock().now()
    return (excerpt_in_memory(path, now - OPEN_FOR) if path.exists() else SqliteStore(None)), now


def _desk(settings: Settings, store: SqliteStore, now: datetime) -> DeskThread:
    from monitor.app.clock import SystemClock
    from monitor.app.wiring import build_channels, in_force
    from monitor.cli.asking import NoNetwork
    from monitor.ingest import DeskThread

    channels = build_channels(settings, http=NoNetwork(), clock=SystemClock())
    # what a failing test lacks is asked of this command: it must not be refused for it
    desk = DeskThread(store, in_force(settings, channels, tested=False), beat=lambda: None)
    desk.open_now(now)
    return desk


def _judge(desk: DeskThread, store: SqliteStore, said: Said, feed: Feed, now: datetime) -> Trial:
    """Walk the path with one item, in a unit of the store in memory."""
    from monitor.cli.wording import text_for_language
    from monitor.core.model import ParsedItem, document_of
    from monitor.core.text import clean_text
    from monitor.ingest import item_of

    rules, path = desk.rules, desk.path
    summary = clean_text(said.summary, MAX_TEXT)
    language = rules.index.language_of(
        said.language or feed.language, text_for_language(said.headline, summary)
    )
    parsed = ParsedItem(
        "",
        "",
        said.headline,
        summary,
        now,
        language=language,
        content=clean_text(said.content, MAX_TEXT),
    )
    # its name makes the item new, however often the same words are tried or were read
    item = item_of(parsed, feed, now, guid=f"try {now.isoformat()}")
    scan = rules.index.scan(document_of(item))
    told = _told(rules, scan, said.language, feed)
    with store.unit() as unit:
        stored = next(iter(unit.add_new([item])))
        opinion = path.opinion(unit, path.draft(), stored, quiet=False)
        note = _note(unit, stored, opinion, rules, now) if opinion else None
    return Trial(item, told, scan, opinion, note)


def _told(rules: InForce, scan: Scan, wanted: str, feed: Feed) -> str:
    """Say what the language is; and, where the letters contradict what was `wanted`, that."""
    from monitor.cli.wording import how_told
    from monitor.notify.wording import language_name

    found = scan.document.language
    if not wanted:
        return how_told(rules.index, scan.document, feed.language)
    if found == wanted:
        return language_name(found) or found
    told = how_told(rules.index, scan.document, "")
    return f"{told} (its letters cannot be {language_name(wanted) or wanted}, as --lang says)"


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
    from monitor.app.why import found_words
    from monitor.cli.wording import all_found, query_parts

    yield "Headline", trial.item.title
    yield "Language", trial.told
    spans = all_found(rules.index, rules.book.watches, trial.scan)
    found = found_words(spans, trial.scan.document) or ("no word of any watch",)
    yield from _beneath("Found", found)
    yield from _beneath("Watches", _outcomes(trial, rules, watch))
    if watch is not None:
        yield from _beneath("Query", map(str, query_parts(rules.index, watch, trial.scan)))
    if trial.opinion:
        yield "Story", _story(trial.opinion.placement, founder)
    if trial.note is None:
        yield "Alert", "none would go out"


def _beneath(heading: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines):
        yield "" if number else heading, line


def _outcomes(trial: Trial, rules: InForce, watch: str | None) -> Iterator[str]:
    by_watch = {decision.watch: decision for decision in trial.decisions}
    for one in rules.book.watches:
        if watch in {None, one.id}:
            decision = by_watch.get(one.id)
            off = f"{OFF}; as if it were on: " if trial.off else ""
            if decision is not None:
                yield f"{one.id}: {off}hit; {judged(decision)}"
            else:
                yield f"{one.id}: {off}no hit: {_why_not(one, trial, rules)}"


def _why_not(watch: Watch, trial: Trial, rules: InForce) -> str:
    from monitor.app.why import why_not

    if watch.feeds and trial.item.feed not in watch.feeds:
        return f"takes only items of its own feeds ({watch.feeds[0]}, with --feed)"
    said = why_not(rules.index, watch.id, trial.scan)
    if trial.item.feed == OUTLET and _BROUGHT_BY.search(said):
        return f"{said} (--feed NAME says who brings it)"
    return said


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
    decisions = () if trial.off else trial.decisions
    names = dict.fromkeys(name for decision in decisions for name in decision.channels)
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
    from monitor.app.why import found_words
    from monitor.cli.wording import all_found
    from monitor.notify.message import render

    item, placement = trial.item, trial.opinion.placement if trial.opinion else None
    spans = all_found(rules.index, rules.book.watches, trial.scan)
    said = render(trial.note) if trial.note else None
    return {
        "headline": item.title,
        "summary": item.summary,
        "language": item.language,
        "language_told": trial.told,
        "feed": item.feed,
        "found": list(found_words(spans, trial.scan.document)),
        "watches": [
            _watch(one, trial, rules, parts=watch is not None)
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


def _watch(watch: Watch, trial: Trial, rules: InForce, *, parts: bool) -> dict[str, object]:
    """Give what became of one watch, with the parts of its query where they are asked for."""
    from monitor.cli.wording import query_parts

    decision = next((one for one in trial.decisions if one.watch == watch.id), None)
    said: dict[str, object] = {"watch": watch.id, "off": trial.off, "hit": decision is not None}
    if decision is not None:
        said |= _decision(decision)
    else:
        said["lacking"] = rules.index.lacking(watch.id, trial.scan)
        said["why_not"] = _why_not(watch, trial, rules)
    if parts:
        said["query"] = [asdict(part) for part in query_parts(rules.index, watch.id, trial.scan)]
    return said


def _decision(decision: Decision) -> dict[str, object]:
    made = decision.judgement
    return {
        "verdict": made.verdict, "reason": made.reason, "reason_text": made.reason.text,
        "detail": made.detail, "known": made.known, "severity": made.severity,
        "outcome": decision.outcome, "outcome_text": decision.outcome.text,
        "channels": decision.channels,
    }  # fmt: skip
