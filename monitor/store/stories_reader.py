"""Questions about stories, claims and developments that only people ask."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.core.model import Reason, StoredItem
from monitor.ports import (
    AlertRow,
    Backing,
    ClaimRow,
    DevelopmentLife,
    Judged,
    StoryItem,
    StoryRow,
)
from monitor.store.codec import AS_WORDED, dumps, item_from_row
from monitor.store.connection import moment, stamp

#: The reports of a development, by its watch ?1, value ?2, fact ?3 and the names of its story ?4:
#: what supports its fact, and what tells the same within its story since it was opened (?5).
_REPORTS = """
SELECT d.item_id, d.version FROM decisions d
  JOIN story_items si ON si.item_id = d.item_id AND si.version = d.version
 WHERE d.watch = ?1 AND d.decided_at >= ?5 AND (?2 = '' OR d.state = ?2) AND si.story IN
       (SELECT value FROM json_each(?4))
UNION
SELECT c.item_id, c.version FROM claims c
 WHERE ?3 <> '' AND c.fact = ?3 AND c.bearing IN ('makes', 'supports')
"""
#: Who is quoted in these reports as saying so of its tracker ?6: a possibility, and what was once,
#: say nothing.
_SAYING = f"""
SELECT DISTINCT c.claimant FROM claims c
  JOIN ({_REPORTS}) r ON r.item_id = c.item_id AND r.version = c.version
 WHERE c.watch = ?1 AND c.tracker = ?6 AND c.state = ?2
   AND c.modality NOT IN ('hedged', 'historical')
"""  # noqa: S608 - our own text
#: Who is quoted as denying it: in a claim against its fact, in a report that was judged to
#: contradict it, or in a denial of the same question within its story.
_DENYING = """
SELECT c.claimant FROM claims c WHERE ?3 <> '' AND c.fact = ?3 AND c.bearing = 'denies'
UNION
SELECT c.claimant FROM decisions d, json_each(d.known) k
  JOIN claims c ON c.item_id = d.item_id AND c.version = d.version
 WHERE d.watch = ?1 AND d.verdict = 'contradicts' AND k.value = ?3
   AND c.watch = ?1 AND c.tracker = ?6 AND c.bearing <> ''
UNION
SELECT c.claimant FROM claims c
  JOIN story_items si ON si.item_id = c.item_id AND si.version = c.version
 WHERE c.watch = ?1 AND c.tracker = ?6 AND c.modality = 'denied' AND c.state <> ?2 AND c.at >= ?5
   AND si.story IN (SELECT value FROM json_each(?4))
"""


class StoryQuestions(ABC):
    """The part of a reader that tells stories, and what became of developments."""

    def stories(
        self, since: datetime | None = None, watch: str | None = None, name: str = ""
    ) -> tuple[StoryRow, ...]:
        """Give stories, the newest report first.

        Those that had a report at or after `since`, that `watch` took an item of, whose name (or
        that of a story that goes on under it) begins with `name`.
        """
        rows = self._rows(
            "SELECT s.name FROM stories s"
            " WHERE s.last_at >= ? AND substr(s.name, 1, length(?)) = ?"
            " AND (? IS NULL OR EXISTS (SELECT 1 FROM story_items si JOIN decisions d"
            "      ON d.item_id = si.item_id AND d.version = si.version"
            "      WHERE si.story = s.name AND d.watch = ?))",
            [stamp(since) if since else "", name, name, watch, watch],
        )
        eldest = self._eldest()
        names = dict.fromkeys(eldest.get(row["name"], row["name"]) for row in rows)
        found = [self._story(_family([each], eldest)) for each in names]
        return tuple(sorted(found, key=lambda story: (story.last_at, story.name), reverse=True))

    def _eldest(self) -> Mapping[str, str]:
        """Give, for each story that goes on under another's name, the name of the eldest."""
        rows = self._rows("SELECT name, elder FROM stories WHERE elder <> ''")
        elder = {row["name"]: row["elder"] for row in rows}
        eldest = {}
        for name in elder:
            last, seen = name, {name}
            while (above := elder.get(last)) is not None and above not in seen:
                last = above
                seen.add(above)
            eldest[name] = last
        return eldest

    def _story(self, family: tuple[str, ...]) -> StoryRow:
        """Give the story of some names, of which it goes on under the first."""
        name, names = family[0], dumps(family)
        (head,) = self._rows(
            "SELECT s.opened_at, v.title, i.feed, (SELECT max(last_at) FROM stories WHERE name IN"
            " (SELECT value FROM json_each(?))) AS last_at FROM stories s"
            " JOIN story_items o ON o.place ="
            " (SELECT min(place) FROM story_items WHERE story = s.name)"
            " JOIN items i ON i.id = o.item_id"
            " JOIN item_versions v ON v.item_id = o.item_id AND v.version = o.version"
            " WHERE s.name = ?",
            [names, name],
        )
        counted = self._rows(
            "SELECT i.publisher, i.language, i.id FROM story_items si"
            " JOIN items i ON i.id = si.item_id"
            " WHERE si.story IN (SELECT value FROM json_each(?))",
            [names],
        )
        watches = self._rows(
            "SELECT DISTINCT d.watch FROM story_items si JOIN decisions d"
            " ON d.item_id = si.item_id AND d.version = si.version"
            " WHERE si.story IN (SELECT value FROM json_each(?)) ORDER BY d.watch",
            [names],
        )
        return StoryRow(
            name=name, headline=head["title"], outlet=head["feed"],
            opened_at=moment(head["opened_at"]), last_at=moment(head["last_at"]),
            reports=len({one["id"] for one in counted}),
            publishers=len({one["publisher"] for one in counted}),
            languages=tuple(sorted({one["language"] for one in counted} - {""})),
            watches=tuple(one["watch"] for one in watches), told=self._told_in(names),
            aliases=family[1:],
        )  # fmt: skip

    def _told_in(self, names: str) -> tuple[DevelopmentLife, ...]:
        """Give what was told last of each tracker of each watch by the items of a story."""
        rows = self._rows(
            "SELECT DISTINCT v.* FROM developments v JOIN decisions d ON d.development = v.key"
            " JOIN story_items si ON si.item_id = d.item_id AND si.version = d.version"
            " WHERE si.story IN (SELECT value FROM json_each(?)) AND v.item_id = d.item_id"
            " AND v.messages > 0 ORDER BY v.opened_at, v.key",
            [names],
        )
        newest = {(row["watch"], row["tracker"]): row for row in rows}
        return tuple(_life(row) for _, row in sorted(newest.items()))

    def story_items(self, story: str) -> tuple[StoryItem, ...]:
        """Give the items of a story, under all its names, in the order in which they were placed.

        Without contents.
        """
        names = dumps(_family([story], self._eldest()))
        return self._placed("si.story IN (SELECT value FROM json_each(?))", [names])

    def placements(self, item_id: int) -> tuple[StoryItem, ...]:
        """Give where each version of an item was placed, the first first, without contents."""
        return self._placed("si.item_id = ?", [item_id])

    def _placed(self, where: str, values: Sequence[object]) -> tuple[StoryItem, ...]:
        judged: dict[tuple[int, int], list[Judged]] = defaultdict(list)
        for row in self._rows(
            "SELECT d.* FROM decisions d"  # noqa: S608 - our own text
            " JOIN story_items si ON si.item_id = d.item_id AND si.version = d.version"
            f" WHERE {where} ORDER BY d.id",
            values,
        ):
            judged[row["item_id"], row["version"]].append(
                Judged(row["watch"], row["verdict"], row["reason"], row["outcome"], row["state"])
            )
        rows = self._rows(
            f"SELECT i.*, {AS_WORDED}, '' AS content, si.story,"  # noqa: S608 - our names
            " si.version AS placed, si.similarity, si.copy_of, si.place ="
            " (SELECT min(place) FROM story_items WHERE story = si.story) AS founds"
            " FROM story_items si JOIN items i ON i.id = si.item_id"
            " JOIN item_versions v ON v.item_id = si.item_id AND v.version = si.version"
            f" WHERE {where} ORDER BY si.place",
            values,
        )
        return tuple(
            StoryItem(
                StoredItem(row["id"], item_from_row(row), row["placed"]), row["story"],
                bool(row["founds"]), row["similarity"], row["copy_of"],
                tuple(judged[row["id"], row["placed"]]),
            )
            for row in rows
        )  # fmt: skip

    def claims_of(self, item_id: int) -> tuple[ClaimRow, ...]:
        """Give what the versions of an item claim, each version's claims best first."""
        return self._claims("c.item_id = ?", [item_id])

    def claims_about(self, fact: str) -> tuple[ClaimRow, ...]:
        """Give the claims that bear on a fact, in the order of the items."""
        return self._claims("c.fact = ? AND c.fact <> ''", [fact])

    def _claims(self, where: str, values: Sequence[object]) -> tuple[ClaimRow, ...]:
        rows = self._rows(
            "SELECT c.*, CASE c.field"  # noqa: S608 - our own text
            " WHEN 'title' THEN v.title WHEN 'summary' THEN v.summary"
            " WHEN 'content' THEN v.content ELSE '' END AS text"
            " FROM claims c JOIN item_versions v"
            " ON v.item_id = c.item_id AND v.version = c.version"
            f" WHERE {where} ORDER BY c.item_id, c.version, c.number",
            values,
        )
        return tuple(
            ClaimRow(
                item_id=r["item_id"], version=r["version"], watch=r["watch"], tracker=r["tracker"],
                fact=r["fact"], bearing=r["bearing"], act=r["act"], state=r["state"],
                modality=r["modality"], scope=json.loads(r["scope"]), party=r["party"],
                claimant=r["claimant"], publisher=r["publisher"], count=r["count"], day=r["day"],
                field=r["field"], start=r["start"], end=r["finish"],
                sentence=r["text"][r["start"] : r["finish"]],
            )
            for r in rows
        )  # fmt: skip

    def lives(self, keys: Iterable[str] = (), beginning: str = "") -> tuple[DevelopmentLife, ...]:
        """Give developments by their keys, in that order, or those whose key begins so."""
        if beginning:
            rows = self._rows(
                "SELECT * FROM developments WHERE substr(key, 1, length(?)) = ? ORDER BY key",
                [beginning, beginning],
            )
            return tuple(map(_life, rows))
        found = (self._rows("SELECT * FROM developments WHERE key = ?", [key]) for key in keys)
        return tuple(_life(row) for rows in found for row in rows)

    def messages_about(self, development: str) -> tuple[AlertRow, ...]:
        """Give every message that tells of a development, oldest first; digests too."""
        rows = self._rows(
            "SELECT a.id FROM alerts a, json_each(a.developments) k WHERE k.value = ?"
            " ORDER BY a.created_at, a.rowid",
            [development],
        )
        return tuple(alert for row in rows for alert in self.alerts(1, row["id"]))

    def backing(self, life: DevelopmentLife) -> Backing:
        """Count who stands behind a development: an item counts once, whatever its versions.

        Copies and further reports within its story count, and whatever else supports its fact.
        """
        if life.reason == Reason.DISPUTED:
            life = self._disputed(life)
        placed = self._rows("SELECT story FROM story_items WHERE item_id = ?", [life.item_id])
        story = _family((row["story"] for row in placed), self._eldest())
        values = [life.watch, life.value, life.fact, dumps(story), stamp(life.opened_at)]
        named = [*values, life.tracker]
        items = self._rows(
            "SELECT DISTINCT i.id, i.publisher, i.language"  # noqa: S608 - our own text
            f" FROM items i WHERE i.id IN (SELECT item_id FROM ({_REPORTS}))",
            values,
        )
        return Backing(
            reports=len(items),
            publishers=tuple(sorted({row["publisher"] for row in items})),
            languages=tuple(sorted({row["language"] for row in items} - {""})),
            claimants=self._names(_SAYING, named), denying=self._names(_DENYING, named),
        )  # fmt: skip

    def _disputed(self, life: DevelopmentLife) -> DevelopmentLife:
        """Give what a dispute is about: the development that told it, else the fact itself."""
        rows = self._rows(
            "SELECT k.value AS fact FROM decisions d, json_each(d.known) k"
            " WHERE d.development = ? LIMIT 1",
            [life.key],
        )
        fact = rows[0]["fact"] if rows else ""
        told = self._rows("SELECT * FROM developments WHERE fact <> '' AND fact = ?", [fact])
        return _life(told[0]) if told else replace(life, fact=fact)

    def _names(self, sql: str, values: Sequence[object]) -> tuple[str, ...]:
        return tuple(sorted({row["claimant"] for row in self._rows(sql, values)} - {""}))

    @abstractmethod
    def alerts(self, limit: int = 50, alert: str | None = None) -> tuple[AlertRow, ...]:
        """Give messages, newest first; with `alert`, those whose id begins so."""
        ...

    @abstractmethod
    def _rows(self, sql: str, values: Sequence[object] = ()) -> Sequence[Mapping[str, Any]]:
        """Give the rows of a statement, each by the names of its columns."""
        ...


def _family(names: Iterable[str], eldest: Mapping[str, str]) -> tuple[str, ...]:
    """Give all names under which the same stories were told, the eldest first."""
    heads = dict.fromkeys(eldest.get(name, name) for name in names)
    return (*heads, *sorted(name for name, head in eldest.items() if head in heads))


def _life(row: Mapping[str, Any]) -> DevelopmentLife:
    return DevelopmentLife(
        key=row["key"], watch=row["watch"], thread=row["thread"], verdict=row["verdict"],
        reason=row["reason"], severity=row["severity"], headline=row["headline"],
        item_id=row["item_id"], opened_at=moment(row["opened_at"]), messages=row["messages"],
        tracker=row["tracker"], cell=row["cell"], value=row["value"], fact=row["fact"],
        status=row["status"], channels=tuple(json.loads(row["channels"])),
    )  # fmt: skip
