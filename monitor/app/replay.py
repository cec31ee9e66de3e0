"""Replay a file of items through the same judgement as the daemon's, without feeds or channels.

News time is the latest publication so far. First contact, floods and schedules do not exist here;
what would be pushed is printed, nothing is sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.core.identity import clean_link
from monitor.core.match import Index
from monitor.core.model import (
    MAX_CONTENT,
    Decision,
    Feed,
    Note,
    ParsedItem,
    Reason,
    StoredItem,
)
from monitor.core.rules import RuleBook
from monitor.core.text import clean_line, clean_text
from monitor.core.words import Lexicon
from monitor.errors import CommandError
from monitor.ingest import UNKNOWN, DeskThread, InForce, item_of, language_told
from monitor.ingest.tally import Tally
from monitor.ports import Outcome, Receipt
from monitor.store import SqliteStore

#: Bounds of a replayed item's texts, as for a feed's.
MAX_TITLE, MAX_SUMMARY = 1_000, 64 * 1024
MAX_NAME, MAX_CATEGORIES = 200, 50
#: Items judged in one transaction.
UNIT_ITEMS = 50


class Nobody:
    """A channel without recipients: whatever is routed to it leaves no row."""

    kind = "nobody"
    recipients: tuple[str, ...] = ()
    one_event_each = False
    deadline_s = 1.0

    def __init__(self, name: str) -> None:
        """Stand in for the channel of that name."""
        self.name = name

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give nothing: there is nobody to read it."""
        del note, recipient, key
        return b""

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Refuse: there is nobody to send to."""
        del body, recipient, key
        return Receipt(Outcome.REFUSED, "nobody", "a replay sends nothing")

    async def close(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one line: its decisions, and the story it was placed in."""

    id: str
    title: str
    published: datetime
    decisions: tuple[Decision, ...]
    story: str | None

    def _pushed(self) -> Iterator[tuple[str, int]]:
        """Give the watches of which something is pushed, and which message of its development."""
        for decision in self.decisions:
            if decision.outcome is Reason.PUSH and decision.development is not None:
                yield decision.watch, decision.development.number

    def as_json(self) -> dict[str, object]:
        """Give the line's answer in the form that a scorer reads."""
        return {
            "id": self.id,
            "hits": [d.watch for d in self.decisions],
            "via": {d.watch: d.hit.via for d in self.decisions},
            "verdicts": {
                d.watch: {
                    "verdict": d.judgement.verdict,
                    "state": d.judgement.state,
                    "reason": d.judgement.reason,
                }
                for d in self.decisions
            },
            "story": self.story,
            "alerts": [watch for watch, number in self._pushed() if number == 1],
            "followups": [watch for watch, number in self._pushed() if number > 1],
        }


class Replay:
    """A store of its own (in memory, or a file to keep) under a rule book."""

    def __init__(
        self, book: RuleBook, *, baseline: bool = True, keep: Path | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:  # fmt: skip
        """Make ready. `baseline` False forgets every seed. Raises `QueryError`, `StoreError`."""
        if not baseline:
            book = replace(book, seeds=())
        names = {"console", *(n for w in book.watches for n in w.notify or ()), *_routed(book)}
        channels = {name: Nobody(name) for name in names}
        self._rules = InForce(book, Index(book, lexicon), channels)
        self._feeds = {feed.name: feed for feed in book.feeds}
        self._store = SqliteStore(keep)
        self._desk = DeskThread(self._store, self._rules, beat=lambda: None)
        self._now: datetime | None = None
        self._opened = False

    def run(self, lines: Iterable[str]) -> Iterator[Replayed]:
        """Judge lines of JSON in order. Raises `CommandError` naming a line that cannot be read."""
        batch: list[tuple[str, ParsedItem, Feed, datetime]] = []
        for number, line in enumerate(lines, start=1):
            if line.strip():
                batch.append(self._read(line, number))
            if len(batch) == UNIT_ITEMS:
                yield from self._judge(batch)
                batch = []
        if batch:
            yield from self._judge(batch)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _judge(self, batch: list[tuple[str, ParsedItem, Feed, datetime]]) -> Iterator[Replayed]:
        path = self._desk.path
        if not self._opened:
            self._desk.open_now(batch[0][3])
            self._opened = True
        draft = path.draft()
        results = []
        with self._store.unit() as unit:
            for name, parsed, feed, now in batch:
                item = item_of(parsed, feed, now)
                decisions: list[Decision] = []
                story = None
                new = list(unit.add_new([item]))
                for stored in new:
                    decisions = path.judge_item(
                        unit, draft, stored, Tally(feed.name), now, quiet=False
                    )
                    story = draft.story_of(stored.item.identity) if decisions else None
                if not new:  # the same words from the same source again: judged, not stored twice
                    again = path.opinion(unit, draft, StoredItem(0, item), now, quiet=False)
                    decisions = list(again.decisions) if again else []
                    story = again.placement.story if again else None
                results.append(
                    Replayed(name, item.title, item.published_at, tuple(decisions), story)
                )
        path.adopt(draft, batch[-1][3])
        yield from results

    def _read(self, line: str, number: int) -> tuple[str, ParsedItem, Feed, datetime]:
        try:
            raw: Mapping[str, Any] = json.loads(line)
            published = datetime.fromisoformat(str(raw["published"]))
            if published.tzinfo is None:
                raise ValueError("published has no time zone")
            source, name = str(raw["source"]), str(raw["id"])
            title, language = str(raw["title"]), str(raw.get("lang") or "")
            categories = raw.get("categories") or []
            if not isinstance(categories, list):
                raise TypeError("categories is no list")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CommandError(
                f"line {number} is no item: {type(error).__name__}: {error}; it needs id, published"
                " (with a zone), source, title and may have lang, summary, link, content, author,"
                " categories"
            ) from None
        self._now = published if self._now is None else max(self._now, published)
        feed = self._feeds.get(source) or Feed(source, "", publisher=source)
        title = clean_line(title, MAX_TITLE)
        summary = clean_text(str(raw.get("summary") or ""), MAX_SUMMARY)
        tag = language or feed.language
        parsed = ParsedItem(
            guid=name,
            link=clean_link(str(raw.get("link") or "")),
            title=title,
            summary=summary,
            published=published,
            author=clean_line(str(raw.get("author") or ""), MAX_NAME),
            categories=_names(categories),
            language=language_told(self._rules.index, tag, title, summary) or UNKNOWN,
            content=clean_text(str(raw.get("content") or ""), MAX_CONTENT),
        )
        return name, parsed, feed, self._now


def _names(categories: list[Any]) -> tuple[str, ...]:
    """Give categories as a feed's come: cleaned, each once."""
    names = dict.fromkeys(clean_line(str(each), MAX_NAME) for each in categories)
    return tuple(name for name in names if name)[:MAX_CATEGORIES]


def _routed(book: RuleBook) -> Iterator[str]:
    for each in book.routes:
        yield from each.channels
