"""The part of a unit that writes feeds: what is configured, what each look left behind, rests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.core.model import Feed
from monitor.core.polling import host_of
from monitor.core.schedule import first_check
from monitor.ports import FeedCheck
from monitor.store.connection import moment, stamp
from monitor.store.statements import Statements

#: First looks at new feeds are spread over so many seconds.
FIRST_LOOKS_S = 5.0
#: One look at a feed. NULL leaves a column as it was; the numbers are the places in `_values`.
_CHECKED = """
UPDATE feeds SET last_checked_at = ?1, next_check_at = ?2, outcome = ?3, status = ?4,
  error_code = ?5, error = ?6, failures = ?7, gone = ?8, checks = checks + 1, why = ?9,
  etag = coalesce(?10, etag), last_modified = coalesce(?11, last_modified),
  body_hash = coalesce(?12, body_hash), pieces = coalesce(?13, pieces),
  hints = coalesce(?14, hints), rhythm = coalesce(?15, rhythm),
  moved_to = coalesce(?16, moved_to), moved_times = coalesce(?17, moved_times),
  known_items = coalesce(?18, known_items), host = coalesce(?19, host),
  first_contact_at = iif(?3 = 'failure', first_contact_at, coalesce(first_contact_at, ?1)),
  whole_at = iif(?20, ?1, whole_at), last_new_at = iif(?21 > 0, ?1, last_new_at),
  gap_at = iif(?22 > 0, ?1, gap_at), gaps = gaps + (?22 > 0),
  health_since = iif(coalesce(?23, health) <> health, ?1, health_since),
  health = coalesce(?23, health),
  paused_at = CASE WHEN ?24 IS NULL OR ?24 = paused THEN paused_at WHEN ?24 = '' THEN NULL
              ELSE ?1 END,
  paused = coalesce(?24, paused), not_before = ?25, signs = coalesce(?26, signs)
WHERE name = ?27
"""


class FeedVerbs:
    """Feeds and hosts of one transaction."""

    _sql: Statements

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the rows of feeds agree with the configuration; known ones keep their schedule."""
        self._sql.run("UPDATE feeds SET active = 0")
        for feed in feeds:
            known = self._sql.one("SELECT url, host FROM feeds WHERE name = ?", [feed.name])
            host = host_of(feed.url)
            if known is None:
                at = stamp(first_check(feed.name, now, FIRST_LOOKS_S))
                self._sql.run(
                    "INSERT INTO feeds (name, url, host, next_check_at) VALUES (?, ?, ?, ?)",
                    [feed.name, feed.url, host, at],
                )
            elif known["url"] != feed.url:  # all that is kept vouches for the old address only
                self._sql.run(
                    "UPDATE feeds SET active = 1, url = ?, host = ?, etag = '', last_modified = '',"
                    " body_hash = '', next_check_at = ?, failures = 0, gone = 0, pieces = x'',"
                    " not_before = NULL,"
                    " hints = '{}', moved_to = '', moved_times = 0, known_items = 0,"
                    " whole_at = NULL, paused = '', paused_at = NULL, signs = '{}', health = 'ok',"
                    " health_since = NULL, why = 'a new address'"
                    " WHERE name = ?",
                    [feed.url, host, stamp(now), feed.name],
                )
            else:
                self._sql.run(
                    "UPDATE feeds SET active = 1, host = iif(host = '', ?, host) WHERE name = ?",
                    [host, feed.name],
                )

    def feed_checked(self, check: FeedCheck) -> None:
        """Write down one look at a feed: validators, schedule, outcome."""
        self._sql.run(_CHECKED, _values(check))

    def rest_host(self, host: str, until: datetime, why: str) -> None:
        """Let nothing be asked of a host before a moment; a longer rest that it has stays."""
        self._sql.run(
            "INSERT INTO hosts (host, until, why) VALUES (?, ?, ?) ON CONFLICT (host) DO UPDATE"
            " SET until = excluded.until, why = excluded.why WHERE excluded.until > until",
            [host, stamp(until), why],
        )

    def bring_forward(self, feeds: Sequence[str], now: datetime, within_s: float) -> int:
        """Look at feeds soon, spread over some seconds; gives how many were to wait longer.

        What a server or a document asked for is not undercut, nor a look brought forward that is
        near already.
        """
        moved = 0
        for name in feeds:
            at = stamp(first_check(name, now, within_s))
            moved += self._sql.run(
                "UPDATE feeds SET next_check_at = max(?1, coalesce(not_before, '')), why = ?2"
                " WHERE name = ?3 AND next_check_at > max(?1, coalesce(not_before, ''))",
                [at, "brought forward", name],
            ).rowcount
        return moved

    def hot_feeds(self, told_since: datetime, decisions: int) -> frozenset[str]:
        """Give the feeds that brought a hit of a watch of which something was told lately.

        Only the newest `decisions` are looked through.
        """
        watches = self._sql.rows(
            "SELECT DISTINCT watch FROM developments WHERE opened_at >= ? AND messages > 0",
            [stamp(told_since)],
        )
        if not watches:
            return frozenset()
        rows = self._sql.rows(
            "SELECT DISTINCT items.feed, newest.watch FROM"
            " (SELECT item_id, watch FROM decisions ORDER BY id DESC LIMIT ?) AS newest"
            " JOIN items ON items.id = newest.item_id",
            [decisions],
        )
        hot = {row["watch"] for row in watches}
        return frozenset(row["feed"] for row in rows if row["watch"] in hot)

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
        for table, column in (
            ("feeds", "next_check_at"), ("feeds", "not_before"), ("hosts", "until"),
            ("deliveries", "next_attempt_at"),
        ):  # fmt: skip
            cursor = self._sql.run(
                f"UPDATE {table} SET {column} = ? WHERE {column} > ?",  # noqa: S608 - our own names
                [last, last],
            )
            pulled += cursor.rowcount
        return pulled


def _values(check: FeedCheck) -> list[object]:
    return [
        stamp(check.at), stamp(check.next_check_at), check.outcome, check.status, check.error_code,
        check.error, check.failures, int(check.gone), check.why, check.etag, check.last_modified,
        check.body_hash, check.pieces, check.hints, check.rhythm, check.moved_to,
        check.moved_times, check.known_items, check.host, int(check.whole), check.new_items,
        check.gap, check.health, check.paused,
        stamp(check.not_before) if check.not_before else None, check.signs, check.feed,
    ]  # fmt: skip
