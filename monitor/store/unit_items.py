"""The part of a unit that writes items, stories and decisions."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.edits import Change, change_of, retitled
from monitor.core.identity import canonical_link, content_print
from monitor.core.model import (
    Decision,
    Development,
    Earlier,
    Item,
    Placement,
    Reason,
    Severity,
    StoredItem,
    ToldDevelopment,
    Verdict,
)
from monitor.store.codec import AS_WORDED, dumps, item_from_row
from monitor.store.connection import moment, stamp
from monitor.store.statements import Row
from monitor.store.unit_names import NameVerbs, has_guid

#: A wording of an item is taken up so often: two that take turns are not told again and again.
TIMES_WORDED = 2
#: What a development is after a further message about it.
_STATUS = {
    Reason.CONFIRMED: "confirmed",
    Reason.CORRECTED: "corrected",
}


class ItemVerbs(NameVerbs):
    """Items, stories, decisions of one transaction."""

    def add_new(self, items: Iterable[Item], shared: Collection[str] = ()) -> Iterator[StoredItem]:
        """Store unseen and materially changed items one by one, and give exactly those.

        `shared` are the canonical links that several entries of the document have: they name none.
        """
        for item in items:
            known = self._known(item, shared)
            stored = self._insert(item) if known is None else self._edited(known, item)
            if stored is not None:
                yield stored

    def _insert(self, item: Item) -> StoredItem:
        said = content_print(item.title, item.summary)
        name, holder = item.identity, self._named(item.identity)
        reused = holder is not None and has_guid(item, said)
        if holder is not None:
            item = self._made_unlike(item, holder)
        cursor = self._sql.run(
            "INSERT INTO items (identity, feed, publisher, speaks_for, tier, language, title,"
            " summary, link, link_key, print, author, categories, published_at, seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                item.identity, item.feed, item.publisher, item.speaks_for, item.tier, item.language,
                item.title, item.summary, item.link, canonical_link(item.link), said, item.author,
                dumps(item.categories), stamp(item.published_at), stamp(item.seen_at),
            ],
        )  # fmt: skip
        row = int(cursor.lastrowid or 0)
        if reused:
            self._give_name(name, row, item.seen_at)
        self._add_version(row, 1, item, said)
        self._sql.run("UPDATE feeds SET items = items + 1 WHERE name = ?", [item.feed])
        return StoredItem(row, item)

    def _edited(self, known: Row, item: Item) -> StoredItem | None:
        """Store a new wording of a known item; give it where the change is material.

        A wording is title and summary. A feed adds categories, names an author or completes the
        content of what it says already; then the version that was judged stays as it is.
        """
        said = content_print(item.title, item.summary)
        if known["print"] == said:
            return None
        change = change_of((known["title"], known["summary"]), (item.title, item.summary))
        if change is Change.NONE or not self._may_be_worded(known["id"], said):
            return None
        version = int(known["version"]) + 1
        # a new title is news of the moment at which it was seen, whatever date the page carries
        told = replace(
            item, identity=known["identity"],
            published_at=item.seen_at if retitled(known["title"], item.title)
            else item.published_at,
        )  # fmt: skip
        self._add_version(known["id"], version, told, said)
        self._sql.run(
            "UPDATE items SET title = ?, summary = ?, link = ?, link_key = ?, print = ?,"
            " author = ?, categories = ?, version = ? WHERE id = ?",
            [
                item.title, item.summary, item.link, canonical_link(item.link), said, item.author,
                dumps(item.categories), version, known["id"],
            ],
        )  # fmt: skip
        return StoredItem(known["id"], told, version) if change is Change.MATERIAL else None

    def _may_be_worded(self, row: int, said: str) -> bool:
        """Say whether a wording may be taken up: one that comes back may once.

        An edit that is taken back is news. An old copy that a server gives out in between is told
        as one, and what follows it as well, so that the last word is the feed's; then it ends.
        """
        times = self._sql.one(
            "SELECT count(*) AS times FROM item_versions WHERE item_id = ? AND print = ?",
            [row, said],
        )
        return times is None or times["times"] < TIMES_WORDED

    def _add_version(self, row: int, version: int, item: Item, said: str) -> None:
        """Keep what an item says; nothing changes it later, for spans of decisions point into it.

        The content stands here alone: it is the longest part by far, and few questions are about
        it.
        """
        self._sql.run(
            "INSERT INTO item_versions (item_id, version, title, summary, link, print,"
            " published_at, seen_at, author, categories, content)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                row, version, item.title, item.summary, item.link, said,
                stamp(item.published_at), stamp(item.seen_at), item.author,
                dumps(item.categories), item.content,
            ],
        )  # fmt: skip

    def place(self, item: StoredItem, placement: Placement) -> None:
        """Write down whose story an item is; a founder opens the story."""
        published = stamp(item.item.published_at)
        self._sql.run(
            "INSERT INTO stories (name, founder, opened_at, last_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET last_at = max(last_at, excluded.last_at)",
            [placement.story, placement.founder_identity, published, published],
        )
        if placement.alias:
            self._sql.run(
                "UPDATE stories SET elder = ? WHERE name = ? AND name <> ?",
                [placement.story, placement.alias, placement.story],
            )
        self._sql.run(
            "INSERT INTO story_items (item_id, version, story, similarity, copy_of, turned)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (item_id, version) DO NOTHING",
            [
                item.id, item.version, placement.story, placement.similarity, placement.copy_of,
                int(placement.founds),
            ],
        )  # fmt: skip

    def messages_of(self, development: str) -> int:
        """Give how many messages a development has had; 0 where it is unknown."""
        row = self._sql.one("SELECT messages FROM developments WHERE key = ?", [development])
        return int(row["messages"]) if row else 0

    def told_before(self, development: Development, most: int) -> tuple[Earlier, ...]:
        """Give developments of its watch that were told before it, those of its thread first."""
        rows = self._sql.rows(
            "SELECT headline, opened_at FROM developments"
            " WHERE watch = ? AND messages > 0 AND key <> ?"
            " ORDER BY thread = ? DESC, opened_at DESC, key LIMIT ?",
            [development.watch, development.key, development.thread, most],
        )
        return tuple(Earlier(row["headline"], moment(row["opened_at"])) for row in rows)

    def record(self, item: StoredItem, decision: Decision, rules: str, now: datetime) -> None:
        """Write a decision, and its development where there is one."""
        judged, development = decision.judgement, decision.development
        listed = decision.outcome is Reason.LISTED  # it changes nothing, so nothing develops
        key = development.key if development and not listed else ""
        self._sql.run(
            "INSERT INTO decisions (item_id, version, watch, via, spans, verdict, reason, detail,"
            " known, severity, outcome, development, rules, decided_at, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (item_id, version, watch) DO NOTHING",
            [
                item.id, item.version, decision.watch, decision.hit.via,
                dumps([[s.field, s.start, s.end, s.term] for s in decision.hit.spans]),
                judged.verdict, judged.reason, judged.detail, dumps(judged.known), judged.severity,
                decision.outcome, key, rules, stamp(now),
                judged.state or "",
            ],
        )  # fmt: skip
        if development is None or listed:
            return
        if development.reason is Reason.DISPUTED and judged.known:
            self._sql.run(
                "UPDATE developments SET status = 'denied' WHERE fact <> '' AND fact = ?",
                [judged.known[0]],
            )
        told = int(decision.outcome in {Reason.PUSH, Reason.FOLDED})
        self._sql.run(
            "INSERT INTO developments (key, watch, thread, verdict, reason, severity, headline,"
            " item_id, opened_at, messages, tracker, cell, value, fact, status,"
            " channels) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET messages = messages + excluded.messages,"
            " status = excluded.status,"
            # what was learned quietly or held, and is told now, has its channels from now on
            " channels = CASE WHEN channels = '[]' THEN excluded.channels ELSE channels END",
            [
                development.key, development.watch, development.thread, development.verdict,
                development.reason, development.severity, development.headline, item.id, stamp(now),
                told, judged.tracker, judged.cell, judged.value, decision.fact,
                _STATUS.get(development.reason, "reported"),
                dumps(decision.channels if told else ()),
            ],
        )  # fmt: skip

    def development_of(self, fact: str) -> ToldDevelopment | None:
        """Give the development that made a fact, None where none did.

        Its channels are those that its first message went to, whatever became of it there.
        """
        row = self._sql.one("SELECT * FROM developments WHERE fact = ?", [fact])
        if row is None:
            return None
        return ToldDevelopment(
            row["key"], row["thread"], Severity(row["severity"]), row["headline"],
            row["messages"], row["status"], tuple(json.loads(row["channels"])),
            Verdict(row["verdict"]),
        )  # fmt: skip

    def quarantine(self, item: StoredItem, error: str, now: datetime, *, quiet: bool) -> None:
        """Set an item aside that our own code could not judge, with the error.

        `quiet` is kept with it: what a first contact brought is not news when it is judged later.
        """
        self._sql.run(
            "INSERT INTO quarantine (item_id, version, quiet, error, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (item_id, version)"
            " DO UPDATE SET error = excluded.error, at = excluded.at, released_at = NULL",
            [item.id, item.version, int(quiet), error, stamp(now)],
        )

    def release_quarantined(
        self, ids: Sequence[int], now: datetime
    ) -> tuple[tuple[StoredItem, bool], ...]:
        """Take items out of quarantine (all where `ids` is empty), and say which are quiet."""
        released = []
        for row in self._sql.rows(
            f"SELECT i.*, {AS_WORDED}, v.content,"  # noqa: S608 - our own names
            " q.id AS place, q.version AS judged, q.quiet FROM quarantine q"
            " JOIN items i ON i.id = q.item_id"
            " JOIN item_versions v ON v.item_id = q.item_id AND v.version = q.version"
            " WHERE q.released_at IS NULL ORDER BY q.id"
        ):
            if ids and row["place"] not in ids:
                continue
            self._sql.run(
                "UPDATE quarantine SET released_at = ? WHERE id = ?", [stamp(now), row["place"]]
            )
            stored = StoredItem(row["id"], item_from_row(row), row["judged"])
            released.append((stored, bool(row["quiet"])))
        return tuple(released)
