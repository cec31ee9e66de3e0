"""The part of a unit that switches channels off and on, and finds alerts that nobody accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.ports import ChannelOff, UnacceptedAlert
from monitor.store.codec import dumps
from monitor.store.connection import moment, stamp
from monitor.store.statements import Statements

#: Alerts made in a time span of which a delivery waits or was given up, and none was accepted.
#: "Deliveries" of digests, parts of digests and the machine's own news are of other kinds.
_UNACCEPTED = """
SELECT DISTINCT a.id, a.subject, a.thread, a.created_at,
       coalesce(i.feed, '') AS outlet, coalesce(i.title, '') AS title, coalesce(i.link, '') AS link
FROM deliveries AS d INDEXED BY deliveries_unaccepted
JOIN alerts AS a ON a.id = d.alert LEFT JOIN items AS i ON i.id = a.item_id
WHERE d.status IN ('pending', 'sending', 'dead') AND d.created_at >= ? AND d.created_at < ?
  AND a.kind = 'alert' AND (? = 0 OR d.error_code <> '' OR d.status = 'dead')
  AND d.channel NOT IN (SELECT value FROM json_each(?))
  AND NOT EXISTS (SELECT 1 FROM deliveries AS s
                  WHERE s.alert = d.alert AND s.status IN ('sent', 'held', 'folded', 'digested')
                    AND s.channel NOT IN (SELECT value FROM json_each(?)))
ORDER BY a.created_at, a.id
"""


class ChannelVerbs:
    """Channels off, and alerts that nobody accepted, in one transaction."""

    _sql: Statements

    def switch_off(self, channel: str, why: str, now: datetime) -> bool:
        """Hand out nothing more for a channel; False where that is so already."""
        return bool(
            self._sql.run(
                "INSERT INTO channels_off (channel, at, why) VALUES (?, ?, ?)"
                " ON CONFLICT (channel) DO NOTHING",
                [channel, stamp(now), why],
            ).rowcount
        )

    def switch_on(self, channel: str, now: datetime) -> tuple[ChannelOff, int] | None:
        """Use a channel again, what waits for it at once; None where it is not off.

        Gives how it stood, and how many deliveries wait. Their schedule begins anew.
        """
        row = self._sql.one("SELECT at, why FROM channels_off WHERE channel = ?", [channel])
        if row is None:
            return None
        self._sql.run("DELETE FROM channels_off WHERE channel = ?", [channel])
        waiting = self._sql.run(
            "UPDATE deliveries SET next_attempt_at = ?, first_attempt_at = NULL, attempts = 0,"
            " waits = 0 WHERE channel = ? AND status = 'pending'",
            [stamp(now), channel],
        ).rowcount
        return ChannelOff(channel, moment(row["at"]), row["why"]), waiting

    def give_up_off(self, before: datetime, now: datetime) -> int:
        """Give up what has waited since before a moment for channels off; gives how many.

        Both the delivery and the channel's being off have to be as old as that.
        """
        return self._sql.run(
            "UPDATE deliveries SET status = 'dead', settled_at = ?, next_attempt_at = NULL,"
            " error_code = 'channel-off', error = 'the channel was off for too long'"
            " WHERE status = 'pending' AND created_at < ?"
            " AND channel IN (SELECT channel FROM channels_off WHERE at < ?)",
            [stamp(now), stamp(before), stamp(before)],
        ).rowcount

    def unaccepted(
        self, since: datetime, before: datetime, *, tried: bool, passive: Sequence[str] = ()
    ) -> tuple[UnacceptedAlert, ...]:
        """Give the alerts made in [since, before) that no channel has accepted.

        Only those of which an attempt has failed, or that were given up, where `tried`. Alerts of
        which a person dropped every delivery are not among them, nor those that wait for a digest.
        What `passive` channels take counts as nothing.
        """
        unread = dumps(list(passive))
        rows = self._sql.rows(_UNACCEPTED, [stamp(since), stamp(before), tried, unread, unread])
        found = []
        for row in rows:
            stands = self._sql.rows(
                "SELECT channel, status, attempts, error FROM deliveries WHERE alert = ?"
                " ORDER BY id",
                [row["id"]],
            )
            found.append(
                UnacceptedAlert(
                    row["id"], row["subject"], row["thread"], moment(row["created_at"]),
                    row["outlet"], row["title"], row["link"],
                    {s["channel"]: (s["status"], s["attempts"], s["error"]) for s in stands},
                )
            )  # fmt: skip
        return tuple(found)
