"""Questions about claims, answered from the last commit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.core.standing import Support
from monitor.store.connection import moment, stamp


class ClaimQuestions(ABC):
    """The part of a reader that tells who stands behind what is known."""

    def supports(
        self, watch: str | None = None, as_of: datetime | None = None
    ) -> Mapping[str, Support]:
        """Give who has told each fact of a watch (or of all) so far; facts without a report lack.

        With `as_of`, of the reports that were read by then.
        """
        until = stamp(as_of) if as_of else None
        told: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in self._rows(
            "SELECT fact, publisher, claimant, published_at FROM claims"
            " WHERE fact <> '' AND bearing IN ('makes', 'supports')"
            " AND (? IS NULL OR watch = ?) AND (? IS NULL OR at <= ?)",
            [watch, watch, until, until],
        ):
            told[row["fact"]].append(row)
        return {
            fact: Support(
                max(moment(row["published_at"]) for row in rows),
                frozenset(row["claimant"] for row in rows if row["claimant"]),
                frozenset(row["publisher"] for row in rows),
                len(rows),
            )
            for fact, rows in told.items()
        }

    @abstractmethod
    def _rows(self, sql: str, values: Sequence[object] = ()) -> Sequence[Mapping[str, Any]]:
        """Give the rows of a statement, each by the names of its columns."""
        ...
