"""The part of a unit that writes alerts and the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from monitor.errors import CommandError
from monitor.ports import ClaimedDelivery, DeliveryDraft, FoldedSection
from monitor.store.codec import dumps
from monitor.store.connection import maybe, moment, stamp
from monitor.store.statements import Statements

#: What is due of one channel, in order: an index gives it so, and the first few end the search,
#: however much waits. Blocked is what an earlier message of its thread is still to go before.
_DUE = """
SELECT d.id, d.next_attempt_at FROM deliveries AS d INDEXED BY deliveries_waiting
WHERE d.channel = ? AND d.status = ? AND d.{column} <= ?
  AND d.channel NOT IN (SELECT channel FROM channels_off)
  AND NOT EXISTS (
      SELECT 1 FROM deliveries AS e INDEXED BY deliveries_open
      WHERE e.channel = d.channel AND e.recipient = d.recipient AND e.thread = d.thread
        AND e.id < d.id AND e.status IN ('pending', 'sending'))
ORDER BY d.next_attempt_at, d.id LIMIT ?
"""
_PENDING, _EXPIRED = _DUE.format(column="next_attempt_at"), _DUE.format(column="claimed_until")
_CLAIMED = """
SELECT d.*, i.seen_at FROM deliveries AS d
JOIN alerts AS a ON a.id = d.alert LEFT JOIN items AS i ON i.id = a.item_id WHERE d.id = ?
"""


class OutboxVerbs:
    """Alerts and deliveries of one transaction."""

    _sql: Statements

    def add_alert(
        self,
        alert: str,
        kind: str,
        subject: str,
        thread: str,
        developments: Sequence[str],
        item_id: int | None,
        now: datetime,
    ) -> None:
        """Write a message; one that is there already stays as it is."""
        self._sql.run(
            "INSERT INTO alerts (id, kind, subject, thread, developments, item_id, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            [alert, kind, subject, thread, dumps(list(developments)), item_id, stamp(now)],
        )

    def enqueue(self, drafts: Sequence[DeliveryDraft], now: datetime) -> int:
        """Add rows to the outbox; gives how many were not there before."""
        added = 0
        for draft in drafts:
            at = draft.next_attempt_at
            cursor = self._sql.run(
                "INSERT INTO deliveries (key, alert, channel, recipient, thread, status, reason,"
                " body, created_at, next_attempt_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (key) DO NOTHING",
                [
                    draft.key, draft.alert, draft.channel, draft.recipient, draft.thread,
                    draft.status, draft.reason, draft.body, stamp(now), stamp(at) if at else None,
                ],
            )  # fmt: skip
            added += cursor.rowcount
        return added

    def claim_deliveries(
        self, now: datetime, limit: int, claim_s: Mapping[str, float]
    ) -> tuple[ClaimedDelivery, ...]:
        """Claim due deliveries of the channels in `claim_s` (channel: seconds that a claim holds).

        Keeps the order within a channel, recipient and thread: a later message waits until the
        earlier one is sent, dead or dropped.
        """
        found = [
            (row["next_attempt_at"] or "", row["id"])
            for channel in claim_s
            for query, status in ((_PENDING, "pending"), (_EXPIRED, "sending"))
            for row in self._sql.rows(query, [channel, status, stamp(now), limit])
        ]
        claimed = []
        for _, number in sorted(found)[:limit]:
            row = self._sql.rows(_CLAIMED, [number])[0]
            until = now + timedelta(seconds=claim_s[row["channel"]])
            self._sql.run(
                "UPDATE deliveries SET status = 'sending', attempts = attempts + 1,"
                " claimed_until = ?, first_attempt_at = coalesce(first_attempt_at, ?) WHERE id = ?",
                [stamp(until), stamp(now), row["id"]],
            )
            claimed.append(
                ClaimedDelivery(
                    id=row["id"], key=row["key"], channel=row["channel"],
                    recipient=row["recipient"],
                    thread=row["thread"], body=row["body"], attempts=row["attempts"] + 1,
                    first_attempt_at=maybe(row["first_attempt_at"]) or now,
                    seen_at=maybe(row["seen_at"]), waits=row["waits"],
                )
            )  # fmt: skip
        return tuple(claimed)

    def settle_delivery(
        self,
        delivery_id: int,
        status: str,
        now: datetime,
        *,
        next_attempt_at: datetime | None = None,
        error_code: str = "",
        error: str = "",
        asked: bool = False,
    ) -> None:
        """Write what became of a claimed delivery: sent, pending (again at a time) or dead.

        `asked` says that the other side named the time of the next attempt.

        A hand can change a delivery whose claim ran out while it is still on its way. What the hand
        said then stays, unless the other side has accepted: sent is sent.
        """
        self._sql.run(
            "UPDATE deliveries SET status = ?, next_attempt_at = ?, claimed_until = NULL,"
            " settled_at = ?, error_code = ?, error = ?, waits = waits + ?"
            " WHERE id = ? AND (status = 'sending' OR ? = 'sent')",
            [
                status, stamp(next_attempt_at) if next_attempt_at else None,
                None if status == "pending" else stamp(now), error_code, error, asked, delivery_id,
                status,
            ],
        )  # fmt: skip

    def release_claims(self, now: datetime) -> int:
        """Void every claim: at start they are all of a process that is gone."""
        return self._sql.run(
            "UPDATE deliveries SET status = 'pending', claimed_until = NULL, next_attempt_at = ?"
            " WHERE status = 'sending'",
            [stamp(now)],
        ).rowcount

    def folded(self, before: datetime) -> tuple[FoldedSection, ...]:
        """Give what was folded before a moment and is in no digest yet, oldest first."""
        rows = self._sql.rows(
            "SELECT id, channel, recipient, body, created_at FROM deliveries"
            " WHERE status = 'folded' AND created_at < ? ORDER BY id",
            [stamp(before)],
        )
        return tuple(
            FoldedSection(r["id"], r["channel"], r["recipient"], r["body"], moment(r["created_at"]))
            for r in rows
        )

    def mark_digested(self, ids: Sequence[int], digest: str, now: datetime) -> None:
        """Tie folded rows to the digest that tells them."""
        for row in ids:
            self._sql.run(
                "UPDATE deliveries SET status = 'digested', digest = ?, settled_at = ?"
                " WHERE id = ? AND status = 'folded'",
                [digest, stamp(now), row],
            )

    def set_aside(self, delivery_id: int, error_code: str, error: str, now: datetime) -> None:
        """Give a part of a digest up that cannot be rendered: dead, with its error."""
        self._sql.run(
            "UPDATE deliveries SET status = 'dead', error_code = ?, error = ?, settled_at = ?"
            " WHERE id = ? AND status = 'folded'",
            [error_code, error, stamp(now), delivery_id],
        )

    def fold_again(self, delivery_id: int) -> str | None:
        """Put a part of a digest that was given up back into the next digest.

        Gives the status it had, None for any other delivery: its body is no message to be sent.
        """
        row = self._sql.one(
            "SELECT d.status FROM deliveries d JOIN alerts a ON a.id = d.alert"
            " WHERE d.id = ? AND a.kind = 'folded' AND d.status IN ('dead', 'dropped')",
            [delivery_id],
        )
        if row is None:
            return None
        self._sql.run(
            "UPDATE deliveries SET status = 'folded', settled_at = NULL, error_code = '',"
            " error = '' WHERE id = ?",
            [delivery_id],
        )
        return str(row["status"])

    def drop_channel(self, channel: str, reason: str, now: datetime) -> Mapping[int, str]:
        """Give up all that waits for a channel; gives the status that each delivery had.

        What is being sent at this moment is left alone.
        """
        rows = self._sql.rows(
            "SELECT id, status FROM deliveries WHERE channel = ? AND (status IN"
            " ('pending', 'folded', 'held') OR (status = 'sending' AND claimed_until <= ?))"
            " ORDER BY id",
            [channel, stamp(now)],
        )
        for row in rows:
            self._sql.run(
                "UPDATE deliveries SET status = 'dropped', reason = ?, settled_at = ?,"
                " next_attempt_at = NULL, claimed_until = NULL WHERE id = ?",
                [reason, stamp(now), row["id"]],
            )
        return {int(row["id"]): str(row["status"]) for row in rows}

    def set_delivery(self, delivery_id: int, status: str, reason: str, now: datetime) -> str:
        """Change a delivery by hand (pending: send again now; dropped); gives the status it had.

        Raises `CommandError` for one that is not there, already sent, or on its way: nobody knows
        yet whether the other side takes it.
        """
        row = self._sql.one(
            "SELECT status, claimed_until FROM deliveries WHERE id = ?", [delivery_id]
        )
        if row is None:
            raise CommandError(f"there is no delivery {delivery_id}; see: parley outbox list")
        before = str(row["status"])
        if before in {"sent", "digested", "folded"}:
            raise CommandError(
                f"delivery {delivery_id} is {before}; only one not yet sent can change"
            )
        claimed_until = maybe(row["claimed_until"])
        if before == "sending" and claimed_until is not None and claimed_until > now:
            wait_s = ceil((claimed_until - now).total_seconds())
            raise CommandError(
                f"delivery {delivery_id} is being sent at this moment; its receipt comes within"
                f" {wait_s} s: ask again then"
            )
        again = status == "pending"
        self._sql.run(
            "UPDATE deliveries SET status = ?, reason = ?, next_attempt_at = ?, settled_at = ?,"
            " claimed_until = NULL,"
            # by hand the schedule begins anew, and so does the count of attempts that it goes by
            " first_attempt_at = CASE WHEN ? THEN NULL ELSE first_attempt_at END,"
            " attempts = CASE WHEN ? THEN 0 ELSE attempts END,"
            " waits = CASE WHEN ? THEN 0 ELSE waits END WHERE id = ?",
            [
                status, reason, stamp(now) if again else None, None if again else stamp(now), again,
                again, again, delivery_id,
            ],
        )  # fmt: skip
        return before
