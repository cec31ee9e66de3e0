"""`parley try`: judge a headline as the daemon would, and show the trace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
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
from monitor.cli.trial import OUTLET, Trial, as_json_of, lines, print_alert

if TYPE_CHECKING:
    from monitor.core.match import Scan
    from monitor.core.model import Feed, Note, StoredItem
    from monitor.ingest import DeskThread, InForce
    from monitor.ingest.judging import Opinion
    from monitor.ports import Unit
    from monitor.settings import Settings
    from monitor.store import SqliteStore

#: Longest summary or content that is tried, in characters, as of a feed's item.
MAX_TEXT = 64 * 1024
#: Longest headline, in characters.
MAX_TITLE = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """What was given at the keyboard. `language` and `feed` are "" where none was."""

    headline: str
    summary: str
    content: str
    language: str
    feed: str


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
    finally:
        store.close()
    if as_json:
        print_json(as_json_of(trial, desk.rules, watch))
    else:
        print_table(("", ""), lines(trial, desk.rules, watch))
        if trial.note is not None:
            print_alert(trial, desk.rules)


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
    feeds = {feed.name: feed for feed in (*settings.rules.feeds, *settings.off_feeds)}
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
        opinion = path.opinion(unit, path.draft(), stored, now, quiet=False)
        note = _note(unit, stored, opinion, rules, now) if opinion else None
    reader = store.reader()
    facts = {row.fact.id: row.fact for row in reader.facts()}
    founder = reader.find_item(opinion.placement.founder_identity) if opinion else None
    reader.close()
    began = founder.item.title if founder else ""
    return Trial(item, told, scan, opinion, note, facts, began)


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
