"""The part of a unit that keeps claims: who told what, and which fact it bears on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.core.claims import Claim
from monitor.core.model import StoredItem
from monitor.core.standing import Support
from monitor.store.codec import dumps
from monitor.store.connection import moment, stamp
from monitor.store.statements import Statements

#: Publishers and claimants of one fact that are looked at, the newest first.
SUPPORT_OVER = 500


class ClaimVerbs:
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

    def support(self, fact: str) -> Support:
        """Give who has told a fact so far, and when last."""
        known = self._supports.get(fact)
        if known is None:
            rows = self._sql.rows(
                "SELECT publisher, claimant, published_at FROM claims"
                " WHERE fact = ? AND bearing IN ('makes', 'supports')"
                " ORDER BY published_at DESC LIMIT ?",
                [fact, SUPPORT_OVER],
            )
            known = self._supports[fact] = Support(
                moment(rows[0]["published_at"]) if rows else None,
                frozenset(row["claimant"] for row in rows if row["claimant"]),
                frozenset(row["publisher"] for row in rows),
                len(rows),
            )
        return known

    def times_reached(self, watch: str, tracker: str, cell: str, value: str) -> int:
        """Give how often a value was a development of a cell before."""
        row = self._sql.one(
            "SELECT count(*) AS n FROM developments"
            " WHERE watch = ? AND tracker = ? AND cell = ? AND value = ?",
            [watch, tracker, cell, value],
        )
        return int(row["n"]) if row else 0
