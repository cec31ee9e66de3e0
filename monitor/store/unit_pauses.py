"""The part of a unit that pauses feeds and lets them speak again."""

from __future__ import annotations

from datetime import datetime

from monitor.store.connection import moment, stamp
from monitor.store.statements import Statements


class PauseVerbs:
    """Pauses of feeds, in one transaction."""

    _sql: Statements

    def paused(self, feed: str) -> tuple[str, datetime] | None:
        """Give why a feed is paused and when it last flooded; None where it is not, or unknown."""
        row = self._sql.one(
            "SELECT paused, paused_at FROM feeds WHERE name = ? AND paused <> ''", [feed]
        )
        return (row["paused"], moment(row["paused_at"])) if row else None

    def pause_feed(self, feed: str, why: str, now: datetime) -> None:
        """Let no item of a feed be told at once from now on."""
        self._sql.run(
            "UPDATE feeds SET paused = ?, paused_at = ? WHERE name = ?", [why, stamp(now), feed]
        )

    def resume_feed(self, feed: str) -> bool:
        """Let a feed speak again; False where it was not paused, or there is none of that name."""
        return bool(
            self._sql.run(
                "UPDATE feeds SET paused = '', paused_at = NULL WHERE name = ? AND paused <> ''",
                [feed],
            ).rowcount
        )
