"""The part of a unit that keeps claims: who told what, and which fact it bears on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.core.claims import Claim
from monitor.core.deeds import Modality
from monitor.core.model import Reason, StoredItem, Verdict, Voice
from monitor.core.promotion import Unread
from monitor.core.standing import Column, Support, said_as
from monitor.store.codec import dumps
from monitor.store.connection import moment, stamp
from monitor.store.statements import Statements
from monitor.store.unit_ledger import LedgerVerbs

#: Publishers and claimants of one fact that are looked at, the newest first.
SUPPORT_OVER = 500
#: Voices about one fact that are named in a message.
VOICES = 20

#: Reports of a story that a watch did not understand, each with every side that it quotes.
_UNREAD = """
SELECT d.item_id, d.verdict, i.publisher, v.published_at,
       coalesce(c.claimant, nullif(i.speaks_for, ''), '') AS claimant
  FROM story_items si
  JOIN decisions d ON d.item_id = si.item_id AND d.version = si.version
  JOIN items i ON i.id = si.item_id
  JOIN item_versions v ON v.item_id = si.item_id AND v.version = si.version
  LEFT JOIN claims c ON c.item_id = si.item_id AND c.version = si.version AND c.watch = d.watch
 WHERE d.watch = ?1 AND si.story = ?2 AND v.published_at >= ?3 AND si.copy_of IS NULL
   AND d.verdict IN ('possible', 'repeat') AND d.reason IN ('wording-not-understood', 'same-story')
"""


class ClaimVerbs(LedgerVerbs):
    """Claims of one transaction."""

    _sql: Statements
    _supports: dict[str, Support]

    def claimed(
        self, item: StoredItem, claims: Sequence[tuple[Claim, str, str]], now: datetime
    ) -> None:
        """Write down what an item says: each claim, the id of its fact, and how it bears on it.

        The bearing is `makes`, `supports`, `denies`, or "" where the claim changes nothing; the
        fact is "" where it has none.
        """
        for number, (claim, fact, bearing) in enumerate(claims):
            self._sql.run(
                "INSERT INTO claims (item_id, version, number, watch, tracker, fact, bearing, act,"
                " state, modality, scope, party, claimant, publisher, count, day, field, start,"
                " finish, published_at, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (item_id, version, number) DO NOTHING",
                [
                    item.id, item.version, number, claim.watch, claim.tracker, fact, bearing,
                    claim.act, claim.state, claim.modality, dumps(dict(claim.scope)), claim.party,
                    claim.claimant, item.item.publisher, claim.count, claim.day, claim.field,
                    claim.start, claim.end, stamp(item.item.published_at), stamp(now),
                ],
            )  # fmt: skip
            self._supports.pop(fact, None)
            if bearing in {"makes", "supports"}:
                self.told_again(claim.watch, fact, item.item.published_at)

    def support(self, fact: str) -> Support:
        """Give who has told a fact so far, and when last."""
        known = self._supports.get(fact)
        if known is None:
            rows = self._sql.rows(
                "SELECT publisher, claimant, published_at, state, count, bearing, modality"
                " FROM claims WHERE fact = ? AND bearing <> '' ORDER BY published_at DESC LIMIT ?",
                [fact, SUPPORT_OVER],
            )
            telling = [row for row in rows if row["bearing"] != "denies"]
            columns: dict[str, Column] = {}
            for row in rows:
                denies = row["bearing"] == "denies" and row["modality"] == Modality.DENIED
                column = Column(row["claimant"], row["state"], row["count"], denies)
                if column.claimant:
                    columns.setdefault(column.claimant, column)
            known = self._supports[fact] = Support(
                moment(telling[0]["published_at"]) if telling else None,
                frozenset(row["claimant"] for row in telling if row["claimant"]),
                frozenset(row["publisher"] for row in telling),
                len(telling),
                tuple(columns.values()),
            )
        return known

    def voices(self, fact: str) -> tuple[Voice, ...]:
        """Give who says what of a fact, the first first: each that says the same in one place once.

        Of many the newest.
        """
        rows = self._sql.rows(
            "SELECT claimant, state, count, modality, feed, link, min(published_at) AS at FROM ("
            " SELECT c.claimant, c.state, c.count, c.modality, i.feed, v.link, c.published_at"
            " FROM claims c"
            " JOIN items i ON i.id = c.item_id"
            " JOIN item_versions v ON v.item_id = c.item_id AND v.version = c.version"
            " WHERE c.fact = ? AND c.bearing <> '')"
            " GROUP BY claimant, state, count, modality, feed ORDER BY at DESC LIMIT ?",
            [fact, VOICES],
        )
        return tuple(
            Voice(
                row["claimant"],
                said_as(row["state"], row["count"], denied=row["modality"] == Modality.DENIED),
                row["feed"], row["link"], moment(row["at"]),
            )
            for row in reversed(rows)
        )  # fmt: skip

    def unread(self, watch: str, story: str, since: datetime, spent_since: datetime) -> Unread:
        """Give the reports of a story since a moment that a watch did not understand.

        With it comes how many stories the watch has promoted since `spent_since`.
        """
        rows = self._sql.rows(_UNREAD, [watch, story, stamp(since)])
        told = self._sql.one(
            "SELECT 1 AS told FROM story_items si JOIN decisions d"
            " ON d.item_id = si.item_id AND d.version = si.version"
            # told under any watch: whoever follows the story knows of it
            " WHERE si.story = ? AND d.development <> ''"
            # an event that was told in another language has a story of its own
            " UNION SELECT 1 FROM developments WHERE watch = ? AND opened_at >= ? LIMIT 1",
            [story, watch, stamp(since)],
        )
        spent = self._sql.one(
            "SELECT count(*) AS n FROM developments WHERE watch = ? AND reason = ?"
            " AND opened_at >= ?",
            [watch, Reason.PROMOTED, stamp(spent_since)],
        )
        at_all = any(row["verdict"] == Verdict.POSSIBLE for row in rows)
        return Unread(
            len({row["item_id"] for row in rows}),
            frozenset(row["publisher"] for row in rows),
            frozenset(row["claimant"] for row in rows) - {""},
            min(moment(row["published_at"]) for row in rows) if at_all else None,
            told is not None,
            int(spent["n"]) if spent else 0,
        )

    def times_reached(self, watch: str, tracker: str, cell: str, value: str) -> int:
        """Give how often a value was a development of a cell before."""
        row = self._sql.one(
            "SELECT count(*) AS n FROM developments"
            " WHERE watch = ? AND tracker = ? AND cell = ? AND value = ?",
            [watch, tracker, cell, value],
        )
        return int(row["n"]) if row else 0
