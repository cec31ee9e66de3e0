"""Questions that only people ask, on top of those of the lanes: the ledger, one item's messages."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.ledger import FactEvent
from monitor.core.model import Document, Span, StoredItem, document_of
from monitor.ports import AlertRow, DeliveryRow
from monitor.store.codec import AS_WORDED, event_from_row, item_from_row
from monitor.store.connection import stamp
from monitor.store.reader import SqliteReader

#: No message has more deliveries than this: one for each channel and recipient.
MOST_DELIVERIES = 10_000
#: Items read at once: some MB where each has a full text.
PAGE_ITEMS = 200


@dataclass(frozen=True, slots=True)
class DevelopmentRow:
    """A development as it was written down when it was first seen."""

    key: str
    watch: str
    headline: str
    verdict: str
    reason: str
    severity: str
    item_id: int
    messages: int


@dataclass(frozen=True, slots=True)
class PastHit:
    """What made a watch's query take an item when it came: a wording, and the places in it."""

    version: int
    document: Document
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item in its newest wording; `past` is the last hit that was stored, None for none."""

    stored: StoredItem
    past: PastHit | None


class SqliteHistory(SqliteReader):
    """The read-only view of the command line. Belongs to the thread that opened it."""

    def fact_events(self, fact_id: str | None = None) -> tuple[FactEvent, ...]:
        """Give the entries of the ledger about one fact, or all, oldest first."""
        rows = self._rows(
            "SELECT * FROM fact_events WHERE ? IS NULL OR fact_id = ? ORDER BY seq",
            [fact_id, fact_id],
        )
        return tuple(event_from_row(row) for row in rows)

    def alerts_about(self, item_id: int) -> tuple[AlertRow, ...]:
        """Give the messages that an item caused, oldest first; digests are of no single item."""
        rows = self._rows(
            "SELECT id FROM alerts WHERE item_id = ? ORDER BY created_at, rowid", [item_id]
        )
        return tuple(alert for row in rows for alert in self.alerts(1, row["id"]))

    def developments(self, keys: Iterable[str]) -> Mapping[str, DevelopmentRow]:
        """Give developments by key; what the store does not know is left out."""
        found = {}
        for key in keys:
            row = self._one("SELECT * FROM developments WHERE key = ?", [key])
            if row is not None:
                found[key] = DevelopmentRow(
                    key, row["watch"], row["headline"], row["verdict"], row["reason"],
                    row["severity"], row["item_id"], row["messages"],
                )  # fmt: skip
        return found

    def deliveries_of(self, alert: str) -> tuple[DeliveryRow, ...]:
        """Give every delivery of one message, oldest first."""
        return self.deliveries(limit=MOST_DELIVERIES, alert=alert)[::-1]

    def delivery(self, delivery_id: int) -> DeliveryRow | None:
        """Give one row of the outbox, or None."""
        row = self._one("SELECT alert FROM deliveries WHERE id = ?", [delivery_id])
        rows = self.deliveries_of(row["alert"]) if row else ()
        return next((each for each in rows if each.id == delivery_id), None)

    def dead_deliveries(self) -> tuple[int, ...]:
        """Give the numbers of all deliveries that were given up, oldest first."""
        rows = self._rows("SELECT id FROM deliveries WHERE status = 'dead' ORDER BY id")
        return tuple(row["id"] for row in rows)

    def outbox(self) -> Mapping[str, Mapping[str, int]]:
        """Count deliveries by channel, and within it by status."""
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self._rows(
            "SELECT channel, status, count(*) AS n FROM deliveries GROUP BY channel, status"
        ):
            counts[row["channel"]][row["status"]] = row["n"]
        return counts

    def wording(self, item_id: int, version: int) -> tuple[str, str] | None:
        """Give title and summary of one version of an item, or None."""
        row = self._one(
            "SELECT title, summary FROM item_versions WHERE item_id = ? AND version = ?",
            [item_id, version],
        )
        return (row["title"], row["summary"]) if row else None

    def document(self, item_id: int, version: int) -> Document | None:
        """Give one version of an item as it was matched, with all its fields, or None."""
        row = self._one(
            f"SELECT i.*, {AS_WORDED}, v.content FROM items i"  # noqa: S608 - our own names
            " JOIN item_versions v ON v.item_id = i.id WHERE i.id = ? AND v.version = ?",
            [item_id, version],
        )
        return document_of(item_from_row(row)) if row else None

    def newest_item(self) -> int:
        """Give the number of the item that came last, 0 where there is none."""
        return self._count("SELECT coalesce(max(id), 0) FROM items")

    def count_since(self, since: datetime, last: int) -> int:
        """Count the items up to the number `last` whose newest wording is of `since` or later."""
        row = self._one(
            "SELECT count(*) AS n FROM items i JOIN item_versions v ON v.item_id = i.id"
            " AND v.version = i.version WHERE i.id <= ? AND v.published_at >= ?",
            [last, stamp(since)],
        )
        return int(row["n"]) if row else 0

    def items_since(
        self, since: datetime, last: int, watches: Sequence[str], page_items: int = PAGE_ITEMS
    ) -> Iterator[HeldItem]:
        """Give the items that `count_since` counts, in the order in which they came.

        `watches` are the names, present and former, under which hits of a watch were stored. Read
        in pages, each a short question of its own: however long the caller takes between items, the
        log of a running daemon can be folded into its database.
        """
        after = 0
        while True:
            rows = self._rows(
                f"SELECT i.*, {AS_WORDED}, v.content FROM items i"  # noqa: S608 - our own names
                " JOIN item_versions v ON v.item_id = i.id AND v.version = i.version"
                " WHERE i.id > ? AND i.id <= ? AND v.published_at >= ? ORDER BY i.id LIMIT ?",
                [after, last, stamp(since), page_items],
            )
            if not rows:
                return
            past = self._past_hits(rows[0]["id"], rows[-1]["id"], watches)
            for row in rows:
                stored = StoredItem(row["id"], item_from_row(row), row["version"])
                yield HeldItem(stored, past.get(row["id"]))
            after = rows[-1]["id"]

    def _past_hits(self, first: int, last: int, watches: Sequence[str]) -> Mapping[int, PastHit]:
        """Give the newest hit by a query of each item from `first` to `last` that has one."""
        rows = self._rows(
            f"SELECT i.*, {AS_WORDED}, v.content, d.version AS judged, d.spans"  # noqa: S608 - ours
            " FROM decisions d JOIN items i ON i.id = d.item_id"
            " JOIN item_versions v ON v.item_id = d.item_id AND v.version = d.version"
            " WHERE d.item_id BETWEEN ? AND ? AND d.via = 'query'"
            " AND d.watch IN (SELECT value FROM json_each(?)) ORDER BY d.item_id, d.version",
            [first, last, json.dumps(list(watches))],
        )
        return {
            row["id"]: PastHit(
                row["judged"],
                document_of(item_from_row(row)),
                tuple(Span(*span) for span in json.loads(row["spans"])),
            )
            for row in rows
        }
