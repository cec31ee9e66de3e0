"""Short ways to the outbox of a store."""

from __future__ import annotations

from datetime import datetime

from monitor.ports import DeliveryDraft
from monitor.store import SqliteStore
from tests.builders import T0


def draft(
    key: str, *, thread: str = "t", channel: str = "desk", status: str = "pending"
) -> DeliveryDraft:
    waits = status in {"pending", "held"}
    return DeliveryDraft(
        key, "alert", channel, "me@example.org", status, "push", b"\x00\xff" + key.encode(), thread,
        next_attempt_at=T0 if waits else None,
    )  # fmt: skip


def enqueue(store: SqliteStore, *drafts: DeliveryDraft) -> int:
    with store.unit() as unit:
        unit.add_alert("alert", "alert", "Subject", "t", ["d1"], None, T0)
        return unit.enqueue(drafts, T0)


def claim(store: SqliteStore, now: datetime = T0, limit: int = 9, **seconds: float) -> list[str]:
    with store.unit() as unit:
        return [c.key for c in unit.claim_deliveries(now, limit, seconds or {"desk": 60.0})]


def statuses(store: SqliteStore) -> dict[str, str]:
    return {row.key: row.status for row in store.reader().deliveries()}
