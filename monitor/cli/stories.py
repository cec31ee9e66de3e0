"""`parley stories`: what the outlets tell, one event a line; with a name, its reports in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.backtest import since_of
from monitor.cli.common import (
    config_option,
    json_option,
    local,
    many,
    print_json,
    print_table,
    reading,
    reading_if_there,
    reason_text,
    settings_of,
    watch_named,
)

if TYPE_CHECKING:
    from monitor.ports import DevelopmentLife, StoryItem, StoryRow
    from monitor.store.history import SqliteHistory


@click.command("stories")
@click.argument("name", required=False)
@click.option("--watch", help="Those that this watch took an item of.")
@click.option(
    "--since", default="7d", show_default=True, metavar="WHEN",
    help="Those with a report since: 12h, 30d, 2w, or a date.",
)  # fmt: skip
@config_option
@json_option
def command(
    name: str | None, watch: str | None, since: str, config_dir: Path, as_json: bool
) -> None:
    """List the stories that were told of late, newest first; with NAME, the reports of one.

    The beginning of NAME is enough. What readers were told last stands beside a story, of each
    tracker of a watch.
    """
    from monitor.app.clock import SystemClock

    settings, now = settings_of(config_dir), SystemClock().now()
    zone = settings.rules.timezone
    if name is not None:
        with reading(settings) as reader:
            story = one_story(reader, name)
            items = reader.story_items(story.name)
        if as_json:
            print_json({**_as_json(story, now), "items": [_item_json(item) for item in items]})
        else:
            _show(story, items, zone, is_open=_is_open(story, now))
        return
    watch_named(settings, watch)
    start = since_of(since, zone, now)
    with reading_if_there(settings) as there:
        listed = there.stories(start, watch) if there else ()
    if as_json:
        print_json([_as_json(story, now) for story in listed])
        return
    if not listed:
        click.echo(f"No story since {local(start, zone)}.")
        return
    print_table(
        ("last", "story", "headline", "reports", "languages", "watches", "told last"),
        (
            (
                local(story.last_at, zone), _names(story), story.headline, _reports(story),
                ", ".join(story.languages) or "-", ", ".join(story.watches) or "-",
                "; ".join(map(told_line, story.told)) or "-",
            )
            for story in listed
        ),
    )  # fmt: skip


def one_story(reader: SqliteHistory, name: str) -> StoryRow:
    """Give the one story whose name begins so. Raises `CommandError`."""
    from monitor.errors import CommandError

    found = reader.stories(name=name) if name else ()
    exact = [story for story in found if story.name == name]
    if len(exact or found) == 1:
        return (exact or list(found))[0]
    if not found:
        raise CommandError(f"there is no story {name}; see: parley stories")
    listed = ", ".join(story.name for story in found[:10])
    raise CommandError(f"several stories begin with {name}: {listed}")


def told_line(life: DevelopmentLife) -> str:
    """Give what was told of a question: `ceasefire: truce agreed (full), confirmed`."""
    what = f"{life.tracker} {life.value}" if life.tracker else "the story itself"
    cell = f" ({life.cell})" if life.cell else ""
    return f"{life.watch}: {what}{cell}, {life.status}"


def _names(story: StoryRow) -> str:
    return story.name + (f" (also {', '.join(story.aliases)})" if story.aliases else "")


def _reports(story: StoryRow) -> str:
    return f"{many(story.reports, 'report')} of {many(story.publishers, 'publisher')}"


def _is_open(story: StoryRow, now: datetime) -> bool:
    """Say whether a further report would still join a story."""
    from monitor.core.stories import OPEN_FOR

    return now - story.last_at <= OPEN_FOR


def _as_json(story: StoryRow, now: datetime) -> dict[str, object]:
    return {**asdict(story), "open": _is_open(story, now)}


def _show(story: StoryRow, items: Sequence[StoryItem], zone: str, *, is_open: bool) -> None:
    languages = f", in {', '.join(story.languages)}" if story.languages else ""
    click.echo(f"{story.headline} ({story.outlet})")
    click.echo(f"story {_names(story)}: {_reports(story)}{languages}")
    click.echo(
        f"from {local(story.opened_at, zone)} to {local(story.last_at, zone)}"
        f", {'open' if is_open else 'closed'}"
    )
    for life in story.told:
        click.echo(f"told: {told_line(life)}, parley alerts show {life.key[:12]}")
    click.echo()
    print_table(("", ""), (row for item in items for row in _item_rows(item, story, zone)))


def _item_rows(item: StoryItem, story: StoryRow, zone: str) -> Iterator[tuple[str, str]]:
    told = item.stored.item
    language = f", {told.language}" if told.language else ""
    yield f"#{item.stored.id}", told.title
    yield "", f"{told.feed}{language}, {local(told.published_at, zone)}, {_place(item, story)}"
    for one in item.judged:
        state = f", {one.state}" if one.state else ""
        became = "" if one.outcome == one.reason else f"; {reason_text(one.outcome)}"
        yield "", f"{one.watch}: {one.verdict}{state}: {reason_text(one.reason)}{became}"


def _place(item: StoryItem, story: StoryRow) -> str:
    """Say how an item came to its story: it began it, is alike, or a copy."""
    edited = f", version {item.stored.version}" if item.stored.edit else ""
    if item.founds:
        begun = "it" if item.story == story.name else f"{item.story}, which goes on as this one"
        return f"begins {begun}{edited}"
    copy = f", a copy of #{item.copy_of}" if item.copy_of is not None else ""
    return f"alike {item.similarity:.2f}{copy}{edited}"


def _item_json(item: StoryItem) -> dict[str, object]:
    stored = item.stored
    return {
        "id": stored.id, "version": stored.version, "story": item.story, "founds": item.founds,
        "similarity": item.similarity, "copy_of": item.copy_of, "title": stored.item.title,
        "summary": stored.item.summary, "feed": stored.item.feed,
        "publisher": stored.item.publisher, "language": stored.item.language,
        "link": stored.item.link, "published_at": stored.item.published_at,
        "judged": [asdict(one) for one in item.judged],
    }  # fmt: skip
