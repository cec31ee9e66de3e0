"""Questions that only people ask, on top of those of the lanes: the ledger, one item's messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.core.ledger import FactEvent
from monitor.ports import AlertRow, DeliveryRow
from monitor.store.codec import event_from_row
from monitor.store.reader import SqliteReader

#: No message has more deliveries than this: one for each channel and recipient.
MOST_DELIVERIES = 10_000


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
