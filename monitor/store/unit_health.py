"""The part of a unit that judges how feeds do: all rows at once, and the states that were told."""

from __future__ import annotations

from datetime import datetime

from monitor.ports import FeedRow
from monitor.store.connection import stamp
from monitor.store.feed_rows import feed_row
from monitor.store.statements import Statements


class HealthVerbs:
    """Health of feeds within one transaction."""

    _sql: Statements

    def feeds_now(self) -> tuple[FeedRow, ...]:
        """Give every feed of the configuration in force, without the rests of hosts."""
        rows = self._sql.rows("SELECT * FROM feeds WHERE active = 1 ORDER BY name")
        return tuple(feed_row(row, {}) for row in rows)

    def look_now(self, feed: str, now: datetime) -> bool:
        """Let a feed be looked at now, because a person asks; False where its server forbids it.

        That is a rest that its host asked for, or the Retry-After of its last failure. What servers
        and documents merely recommend does not bind a person.
        """
        at = stamp(now)
        return bool(
            self._sql.run(
                "UPDATE feeds SET next_check_at = min(next_check_at, ?1), not_before = NULL,"
                " why = 'asked for by hand' WHERE name = ?2 AND active = 1"
                " AND NOT (outcome = 'failure' AND coalesce(not_before, '') > ?1) AND NOT EXISTS"
                " (SELECT 1 FROM hosts WHERE hosts.host = feeds.host AND hosts.until > ?1)",
                [at, feed],
            ).rowcount
        )

    def set_health(self, feed: str, state: str, now: datetime) -> None:
        """Write down the state of a feed that is told now."""
        self._sql.run(
            "UPDATE feeds SET health = ?, health_since = ? WHERE name = ? AND health <> ?",
            [state, stamp(now), feed, state],
        )
