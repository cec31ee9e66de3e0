"""The part of a unit that writes feeds, items, stories and decisions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.identity import canonical_link, content_print, other_text, other_words
from monitor.core.model import (
    Decision,
    Feed,
    Item,
    Placement,
    Reason,
    Severity,
    StoredItem,
    ToldDevelopment,
)
from monitor.core.schedule import first_check
from monitor.ports import FeedCheck
from monitor.store.codec import AS_WORDED, dumps, item_from_row
from monitor.store.connection import moment, stamp
from monitor.store.statements import Row, Statements

#: The same words under another guid are the same item where their dates lie this close together.
SAME_WORDS_WITHIN = timedelta(hours=24)
#: What a development is after a further message about it.
_STATUS = {
    Reason.CONFIRMED: "confirmed",
    Reason.DISPUTED: "denied",
    Reason.CORRECTED: "corrected",
}
#: First looks at new feeds are spread over so many seconds.
FIRST_LOOKS_S = 5.0


class ItemVerbs:
    """Feeds, items, stories, decisions of one transaction."""

    _sql: Statements

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the rows of feeds agree with the configuration; known ones keep their schedule."""
        self._sql.run("UPDATE feeds SET active = 0")
        for feed in feeds:
            known = self._sql.one("SELECT url FROM feeds WHERE name = ?", [feed.name])
            if known is None:
                at = stamp(first_check(feed.name, now, FIRST_LOOKS_S))
                self._sql.run(
                    "INSERT INTO feeds (name, url, next_check_at) VALUES (?, ?, ?)",
                    [feed.name, feed.url, at],
                )
            elif known["url"] != feed.url:  # validators vouch for the old address only
                self._sql.run(
                    "UPDATE feeds SET active = 1, url = ?, etag = '', last_modified = '',"
                    " body_hash = '', next_check_at = ?, failures = 0, gone = 0 WHERE name = ?",
                    [feed.url, stamp(now), feed.name],
                )
            else:
                self._sql.run("UPDATE feeds SET active = 1 WHERE name = ?", [feed.name])

    def add_new(self, items: Iterable[Item]) -> Iterator[StoredItem]:
        """Store unseen and materially changed items one by one, and give exactly those."""
        for item in items:
            known = self._known(item)
            stored = self._insert(item) if known is None else self._edited(known, item)
            if stored is not None:
                yield stored

    def _known(self, item: Item) -> Row | None:
        """Find the row of an item: by identity, else by the same words at about the same time."""
        row = self._sql.one("SELECT * FROM items WHERE identity = ?", [item.identity])
        if row is not None:
            return row
        said = content_print(item.title, item.summary)
        for twin in self._sql.rows(
            "SELECT * FROM items WHERE feed = ? AND print = ?", [item.feed, said]
        ):
            apart = abs(moment(twin["published_at"]) - item.published_at)
            if apart <= SAME_WORDS_WITHIN:
                return twin
        return None

    def _insert(self, item: Item) -> StoredItem:
        said = content_print(item.title, item.summary)
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
        seen_before = self._sql.one(
            "SELECT 1 FROM item_versions WHERE item_id = ? AND print = ?", [known["id"], said]
        )
        if seen_before:  # two wordings taking turns
            return None
        version = int(known["version"]) + 1
        retitled = other_words(known["title"], item.title)
        # a new title is news of the moment at which it was seen, whatever date the page carries
        told = replace(
            item, identity=known["identity"],
            published_at=item.seen_at if retitled else item.published_at,
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
        material = retitled or other_text(known["summary"], item.summary)
        return StoredItem(known["id"], told, version) if material else None

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

    def record(self, item: StoredItem, decision: Decision, rules: str, now: datetime) -> None:
        """Write a decision, and its development where there is one."""
        judged, development = decision.judgement, decision.development
        self._sql.run(
            "INSERT INTO decisions (item_id, version, watch, via, spans, verdict, reason, detail,"
            " known, severity, outcome, development, rules, decided_at, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (item_id, version, watch) DO NOTHING",
            [
                item.id, item.version, decision.watch, decision.hit.via,
                dumps([[s.field, s.start, s.end, s.term] for s in decision.hit.spans]),
                judged.verdict, judged.reason, judged.detail, dumps(judged.known), judged.severity,
                decision.outcome, development.key if development else "", rules, stamp(now),
                judged.state or "",
            ],
        )  # fmt: skip
        if development is None:
            return
        told = int(decision.outcome in {Reason.PUSH, Reason.FOLDED})
        self._sql.run(
            "INSERT INTO developments (key, watch, thread, verdict, reason, severity, headline,"
            " item_id, opened_at, messages, tracker, cell, value, fact, status,"
            " channels) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET messages = messages + excluded.messages,"
            " status = excluded.status",
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

    def feed_checked(self, check: FeedCheck) -> None:
        """Write down one look at a feed: validators, schedule, outcome."""
        good = check.outcome != "failure"
        self._sql.run(
            "UPDATE feeds SET last_checked_at = ?, next_check_at = ?, outcome = ?, status = ?,"
            " error_code = ?, error = ?, failures = ?, gone = ?, checks = checks + 1,"
            " etag = coalesce(?, etag), last_modified = coalesce(?, last_modified),"
            " body_hash = coalesce(?, body_hash),"
            " first_contact_at ="
            " CASE WHEN ? THEN coalesce(first_contact_at, ?) ELSE first_contact_at END"
            " WHERE name = ?",
            [
                stamp(check.at), stamp(check.next_check_at), check.outcome, check.status,
                check.error_code, check.error, check.failures, int(check.gone), check.etag,
                check.last_modified, check.body_hash, int(good), stamp(check.at), check.feed,
            ],
        )  # fmt: skip

    def clamp_schedule(self, now: datetime, max_ahead_s: float) -> int:
        """Pull every `next_*` time that lies further ahead back to `now` plus the bound.

        What was planned by a clock that has been set back since (it looked or was made after `now`)
        is planned anew: a feed at its own interval from now, a delivery at once.
        """
        last = stamp(now + timedelta(seconds=max_ahead_s))
        pulled = 0
        for feed in self._sql.rows(
            "SELECT name, last_checked_at, next_check_at FROM feeds WHERE last_checked_at > ?",
            [stamp(now)],
        ):
            interval = moment(feed["next_check_at"]) - moment(feed["last_checked_at"])
            self._sql.run(
                "UPDATE feeds SET last_checked_at = ?, next_check_at = ? WHERE name = ?",
                [stamp(now), stamp(now + interval), feed["name"]],
            )
            pulled += 1
        pulled += self._sql.run(
            "UPDATE deliveries SET next_attempt_at = ? WHERE status = 'pending'"
            " AND next_attempt_at > ? AND coalesce(first_attempt_at, created_at) > ?",
            [stamp(now)] * 3,
        ).rowcount
        for table, column in (("feeds", "next_check_at"), ("deliveries", "next_attempt_at")):
            cursor = self._sql.run(
                f"UPDATE {table} SET {column} = ? WHERE {column} > ?",  # noqa: S608 - our own names
                [last, last],
            )
            pulled += cursor.rowcount
        return pulled
