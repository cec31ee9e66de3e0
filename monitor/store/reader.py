"""Questions about the store, answered from the last commit."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.core.identity import canonical_link, item_identity
from monitor.core.ledger import project
from monitor.core.model import Reason, StoredItem
from monitor.core.schedule import percentile
from monitor.ports import (
    AlertRow,
    ChannelOff,
    DecisionRow,
    DeliveryRow,
    DueFeed,
    FactRow,
    FeedRow,
    HostRest,
    OpenStory,
    PlacedItem,
)
from monitor.store.claims_reader import ClaimQuestions
from monitor.store.codec import AS_WORDED, event_from_row, item_from_row
from monitor.store.connection import maybe, moment, our_errors, schema_number, stamp
from monitor.store.feed_rows import due_feed, feed_row
from monitor.store.stories_reader import StoryQuestions

#: Delays in `status` are taken over so many of the newest deliveries.
DELAYS_OVER = 1_000


class SqliteReader(ClaimQuestions, StoryQuestions):
    """A read-only view for one thread (see `ports.Reader`)."""

    def __init__(self, db: Database, *, shared: bool = False) -> None:
        """Read through `db`; `shared` leaves the connection open at `close`."""
        self._db = db
        self._shared = shared

    def due_feeds(self, now: datetime, limit: int) -> tuple[DueFeed, ...]:
        """Give feeds whose next check has come, the longest waiting first."""
        rows = self._rows(
            "SELECT * FROM feeds WHERE active = 1 AND next_check_at <= ? AND NOT EXISTS"
            " (SELECT 1 FROM hosts WHERE hosts.host = feeds.host AND hosts.until > ?)"
            " ORDER BY next_check_at, name LIMIT ?",
            [stamp(now), stamp(now), limit],
        )
        return tuple(map(due_feed, rows))

    def next_moment(self) -> datetime | None:
        """Give the earliest time at which a feed or a delivery is due, or None."""
        row = self._one(
            "SELECT min(t) AS t FROM (SELECT min(next_check_at) AS t FROM feeds WHERE active = 1"
            " UNION ALL SELECT min(next_attempt_at) FROM deliveries WHERE status = 'pending')"
        )
        return maybe(row["t"]) if row else None

    def open_stories(self, since: datetime) -> tuple[OpenStory, ...]:
        """Give the stories that had an item at or after `since`; their items lack the content.

        Stories are told by titles and summaries, and a week's full texts would fill the memory.
        """
        outcomes: dict[tuple[int, int], dict[str, Reason]] = defaultdict(dict)
        for row in self._rows(
            "SELECT d.item_id, d.version, d.watch, d.outcome FROM decisions d JOIN story_items si"
            " ON si.item_id = d.item_id AND si.version = d.version"
            " JOIN stories s ON s.name = si.story WHERE s.last_at >= ?",
            [stamp(since)],
        ):
            outcomes[row["item_id"], row["version"]][row["watch"]] = Reason(row["outcome"])
        stories: dict[str, tuple[str, str, list[PlacedItem]]] = {}
        for row in self._rows(
            f"SELECT i.*, {AS_WORDED}, '' AS content, s.name AS story,"  # noqa: S608 - our names
            " s.founder, s.elder, si.version AS placed, si.turned FROM stories s"
            " JOIN story_items si ON si.story = s.name JOIN items i ON i.id = si.item_id"
            " JOIN item_versions v ON v.item_id = si.item_id AND v.version = si.version"
            " WHERE s.last_at >= ? ORDER BY si.place",
            [stamp(since)],
        ):
            items = stories.setdefault(row["story"], (row["founder"], row["elder"], []))[2]
            stored = StoredItem(row["id"], item_from_row(row), row["placed"])
            told = outcomes.get((row["id"], row["placed"]), {})
            items.append(PlacedItem(stored, told, bool(row["turned"])))
        return tuple(
            OpenStory(name, founder, tuple(items), elder)
            for name, (founder, elder, items) in stories.items()
        )

    def feeds(self) -> tuple[FeedRow, ...]:
        """Give every feed of the configuration in force."""
        rests = {
            r["host"]: HostRest(r["host"], moment(r["until"]), r["why"])
            for r in self._rows("SELECT * FROM hosts")
        }
        rows = self._rows("SELECT * FROM feeds WHERE active = 1 ORDER BY name")
        return tuple(feed_row(row, rests) for row in rows)

    def facts(self, watch: str | None = None, as_of: datetime | None = None) -> tuple[FactRow, ...]:
        """Give what is known, now or as it was known at a moment; retracted facts too."""
        where, values = ("WHERE at <= ?", [stamp(as_of)]) if as_of else ("", [])
        events = [
            event_from_row(row)
            for row in self._rows(
                f"SELECT * FROM fact_events {where} ORDER BY seq",  # noqa: S608 - no value in it
                values,
            )
        ]
        last = {event.fact_id: event for event in events}
        found = []
        for fact in project(events).values():
            if watch is None or fact.watch == watch:
                event = last[fact.id]
                found.append(FactRow(fact, event.seq, event.actor, event.at))
        return tuple(sorted(found, key=lambda row: (row.fact.watch, row.fact.date, row.fact.id)))

    def alerts(self, limit: int = 50, alert: str | None = None) -> tuple[AlertRow, ...]:
        """Give messages, newest first; with `alert`, those whose id begins so."""
        rows = self._rows(
            "SELECT * FROM alerts WHERE substr(id, 1, length(?)) = ?"
            " ORDER BY created_at DESC, rowid DESC LIMIT ?",
            [alert or "", alert or "", limit],
        )
        return tuple(
            AlertRow(
                id=r["id"], kind=r["kind"], subject=r["subject"], thread=r["thread"],
                created_at=moment(r["created_at"]), item_id=r["item_id"],
                developments=tuple(json.loads(r["developments"])),
                deliveries=self._counts("deliveries", "status", "WHERE alert = ?", [r["id"]]),
            )
            for r in rows
        )  # fmt: skip

    def deliveries(
        self,
        status: str | None = None,
        limit: int = 200,
        alert: str | None = None,
        channel: str | None = None,
    ) -> tuple[DeliveryRow, ...]:
        """Give rows of the outbox, newest first."""
        rows = self._rows(
            "SELECT * FROM deliveries WHERE (? IS NULL OR status = ?) AND (? IS NULL OR alert = ?)"
            " AND (? IS NULL OR channel = ?) ORDER BY id DESC LIMIT ?",
            [status, status, alert, alert, channel, channel, limit],
        )
        return tuple(
            DeliveryRow(
                id=r["id"], key=r["key"], alert=r["alert"], channel=r["channel"],
                recipient=r["recipient"], status=r["status"], reason=r["reason"],
                attempts=r["attempts"], created_at=moment(r["created_at"]),
                next_attempt_at=maybe(r["next_attempt_at"]), settled_at=maybe(r["settled_at"]),
                error_code=r["error_code"], error=r["error"],
            )
            for r in rows
        )  # fmt: skip

    def delivery_body(self, delivery_id: int) -> bytes | None:
        """Give the stored bytes of one delivery."""
        row = self._one("SELECT body FROM deliveries WHERE id = ?", [delivery_id])
        return bytes(row["body"]) if row else None

    def find_item(self, reference: str) -> StoredItem | None:
        """Find an item by row id, identity, feed id, link, or the id of an alert that it caused."""
        feeds = [row["name"] for row in self._rows("SELECT name FROM feeds")]
        names = json.dumps(
            [reference, *(item_identity(name, reference, "", "", "") for name in feeds)]
        )
        link = canonical_link(reference)
        number = int(reference) if reference.isdecimal() and len(reference) < 18 else -1
        row = self._one(
            "SELECT i.*, v.content FROM items i"
            " JOIN item_versions v ON v.item_id = i.id AND v.version = i.version"
            " WHERE i.id = ? OR (? <> '' AND i.link_key = ?)"
            " OR i.id = (SELECT item_id FROM alerts WHERE id = ?)"
            " OR i.identity IN (SELECT value FROM json_each(?)) ORDER BY i.id DESC",
            [number, link, link, reference, names],
        )
        return StoredItem(row["id"], item_from_row(row), row["version"]) if row else None

    def decisions(self, item_id: int) -> tuple[DecisionRow, ...]:
        """Give every decision about an item, oldest first."""
        rows = self._rows("SELECT * FROM decisions WHERE item_id = ? ORDER BY id", [item_id])
        return tuple(
            DecisionRow(
                item_id=r["item_id"], version=r["version"], watch=r["watch"], via=r["via"],
                spans=tuple((s[0], s[1], s[2], s[3]) for s in json.loads(r["spans"])),
                verdict=r["verdict"], reason=r["reason"], detail=r["detail"],
                known=tuple(json.loads(r["known"])), severity=r["severity"], outcome=r["outcome"],
                development=r["development"], decided_at=moment(r["decided_at"]), rules=r["rules"],
            )
            for r in rows
        )  # fmt: skip

    def story_of(self, item_id: int) -> tuple[str, int, int] | None:
        """Give the story of an item, its number of reports and of publishers."""
        row = self._one(
            "SELECT b.story, count(DISTINCT b.item_id) AS reports,"
            " count(DISTINCT i.publisher) AS publishers"
            " FROM story_items b JOIN items i ON i.id = b.item_id WHERE b.story ="
            " (SELECT story FROM story_items WHERE item_id = ? ORDER BY version DESC LIMIT 1)"
            " GROUP BY b.story",
            [item_id],
        )
        return (row["story"], row["reports"], row["publishers"]) if row else None

    def quarantined(self) -> tuple[Mapping[str, object], ...]:
        """Give the items set aside, with their errors."""
        return tuple(
            self._rows(
                "SELECT q.id, q.item_id, q.error, q.at, i.title, i.feed, i.link FROM quarantine q"
                " JOIN items i ON i.id = q.item_id WHERE q.released_at IS NULL ORDER BY q.id"
            )
        )

    def summary(self) -> Mapping[str, object]:
        """Give the counts and delays that `status` shows; delays in seconds."""
        count = self._count
        return {
            "feeds": count("SELECT count(*) FROM feeds WHERE active = 1"),
            "feeds_read": count(
                "SELECT count(*) FROM feeds WHERE active = 1 AND first_contact_at NOT NULL"
            ),
            "feeds_failing": count("SELECT count(*) FROM feeds WHERE active = 1 AND failures > 0"),
            "feeds_health": self._counts("feeds", "health", "WHERE active = 1"),
            "feeds_waiting": count(
                "SELECT count(*) FROM feeds WHERE active = 1 AND last_checked_at IS NULL"
            ),
            "items": count("SELECT count(*) FROM items"),
            "stories": count("SELECT count(*) FROM stories"),
            "hits": count("SELECT count(DISTINCT item_id) FROM decisions"),
            "developments": count("SELECT count(*) FROM developments WHERE messages > 0"),
            "alerts": count("SELECT count(*) FROM alerts"),
            "quarantine": count("SELECT count(*) FROM quarantine WHERE released_at IS NULL"),
            "outcomes": self._counts("decisions", "outcome"),
            "promoted": self._promoted(),
            "deliveries": self._counts("deliveries", "status"),
            "facts": count("SELECT count(*) FROM facts"),
            "delays": self._delays(),
            "schema": schema_number(self._db),
        }

    def _promoted(self) -> Mapping[str, int]:
        """Count the stories told as not understood, and those of which a fact came later."""
        row = self._one(
            "SELECT count(*) FILTER (WHERE d.outcome = 'push') AS told,"
            " count(*) FILTER (WHERE d.outcome <> 'push') AS folded,"
            " count(*) FILTER (WHERE EXISTS (SELECT 1 FROM developments v"
            "   JOIN story_items o ON o.item_id = v.item_id"
            "   WHERE v.watch = d.watch AND v.fact <> '' AND o.story = si.story)) AS borne_out"
            " FROM decisions d JOIN story_items si"
            " ON si.item_id = d.item_id AND si.version = d.version WHERE d.reason = 'promoted'"
        )
        names = ("told", "folded", "borne_out")
        return {name: row[name] for name in names} if row else dict.fromkeys(names, 0)

    def channels_off(self) -> tuple[ChannelOff, ...]:
        """Give the channels that nothing is sent to."""
        rows = self._rows("SELECT channel, at, why FROM channels_off ORDER BY channel")
        return tuple(ChannelOff(r["channel"], moment(r["at"]), r["why"]) for r in rows)

    def outbox_age(self) -> tuple[int, datetime | None]:
        """Give how many deliveries wait, and since when the oldest does."""
        row = self._one(
            "SELECT count(*) AS n, min(created_at) AS t FROM deliveries"
            " WHERE status IN ('pending', 'sending')"
        )
        return (row["n"], maybe(row["t"])) if row else (0, None)

    def waiting_by_channel(self) -> Mapping[str, int]:
        """Count what waits to be sent or told, by channel, configured or not."""
        waiting = "WHERE status IN ('pending', 'sending', 'folded', 'held')"
        return self._counts("deliveries", "channel", waiting)

    def troubles(self, dead_since: datetime) -> Mapping[str, int]:
        """Count what somebody should look at: items set aside, dead letters, feeds that fail."""
        count = self._count
        dead = self._one(
            "SELECT count(*) AS n FROM deliveries WHERE status = 'dead' AND settled_at >= ?",
            [stamp(dead_since)],
        )
        return {
            "dead": dead["n"] if dead else 0,
            "quarantine": count("SELECT count(*) FROM quarantine WHERE released_at IS NULL"),
            "feeds": count("SELECT count(*) FROM feeds WHERE active = 1"),
            "feeds_failing": count("SELECT count(*) FROM feeds WHERE active = 1 AND failures > 0"),
        }

    def last_trouble(self) -> Mapping[str, Mapping[str, object]]:
        """Give, by channel, the newest error among deliveries that are not sent yet."""
        rows = self._rows(
            # beside max(), SQLite takes the bare columns from the row that holds the maximum
            "SELECT channel, error_code, error, count(*) AS waiting, min(created_at) AS since,"
            " max(coalesce(settled_at, next_attempt_at, created_at)) AS newest"
            " FROM deliveries WHERE status IN ('pending', 'sending', 'dead') AND error_code <> ''"
            " GROUP BY channel"
        )
        return {row["channel"]: row for row in rows}

    def meta(self, key: str) -> str | None:
        """Give a word about the store itself."""
        row = self._one("SELECT value FROM meta WHERE key = ?", [key])
        return str(row["value"]) if row else None

    def commands_asked(self) -> int:
        """Count the commands that people filed and nobody has done yet."""
        return self._count("SELECT count(*) FROM commands WHERE status = 'asked'")

    def command_result(self, command_id: int) -> tuple[str, Mapping[str, object]] | None:
        """Give status and result of a filed command once it is done."""
        row = self._one("SELECT status, result FROM commands WHERE id = ?", [command_id])
        return (
            (row["status"], json.loads(row["result"])) if row and row["status"] != "asked" else None
        )

    def close(self) -> None:
        """Close the connection."""
        if not self._shared:
            self._db.conn.close()

    def _delays(self) -> Mapping[str, Mapping[str, float | int | None]]:
        rows = self._rows(
            "SELECT i.published_at, i.seen_at, d.settled_at FROM deliveries d"
            " JOIN alerts a ON a.id = d.alert JOIN items i ON i.id = a.item_id"
            " WHERE d.status = 'sent' AND a.kind = 'alert' AND d.settled_at IS NOT NULL"
            " ORDER BY d.id DESC LIMIT ?",
            [DELAYS_OVER],
        )
        steps: dict[str, list[float]] = {
            "published_to_seen": [],
            "seen_to_accepted": [],
            "in_all": [],
        }
        for row in rows:
            published, seen = moment(row["published_at"]), moment(row["seen_at"])
            settled = moment(row["settled_at"])
            steps["published_to_seen"].append(max(0.0, (seen - published).total_seconds()))
            steps["seen_to_accepted"].append(max(0.0, (settled - seen).total_seconds()))
            steps["in_all"].append(max(0.0, (settled - published).total_seconds()))
        return {
            name: {"n": len(v), "median_s": percentile(v, 0.5), "p90_s": percentile(v, 0.9)}
            for name, v in steps.items()
        }

    def _counts(
        self, table: str, column: str, where: str = "", values: Sequence[object] = ()
    ) -> dict[str, int]:
        # no value in it: names of tables and columns are our own
        sql = f"SELECT {column} AS k, count(*) AS n FROM {table} {where} GROUP BY {column}"  # noqa: S608
        return {row["k"]: row["n"] for row in self._rows(sql, values)}

    def _count(self, sql: str) -> int:
        with our_errors():
            return int(self._db.execute(sql).fetchone()[0])

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        with our_errors():
            cursor = self._db.execute(sql, list(values))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _one(self, sql: str, values: Sequence[object] = ()) -> dict[str, Any] | None:
        return next(iter(self._rows(sql, values)), None)
