"""The part of a unit that knows which stored item an entry is (see core/recognition)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.edits import retitled
from monitor.core.floods import Kind
from monitor.core.identity import canonical_link, content_print, digest, item_identity
from monitor.core.model import Item
from monitor.core.recognition import SAME_WORDS_WITHIN, Candidate, Tie, recognise
from monitor.store.connection import moment, stamp
from monitor.store.statements import Row, Statements

#: Candidates of one link or one wording that are looked at, the newest first.
CANDIDATES = 8
#: That words are served on is noted anew when the last note is so old.
NOTED_EVERY = timedelta(hours=1)


class NameVerbs:
    """Names of items, in one transaction."""

    _sql: Statements

    def kinds(self, items: Sequence[Item], shared: Collection[str] = ()) -> tuple[Kind, ...]:
        """Say of each entry of a document what it is to the store, and write nothing."""
        return tuple(self._kind(item, shared) for item in items)

    def _kind(self, item: Item, shared: Collection[str]) -> Kind:
        row, _ = self._recognised(item, shared)
        if row is not None:
            return Kind.RETITLED if retitled(row["title"], item.title) else Kind.KNOWN
        said = content_print(item.title, item.summary)
        return Kind.AGAIN if self._with_words(item.feed, said) else Kind.NEW

    def _known(self, item: Item, shared: Collection[str]) -> Row | None:
        """Find the row of the item that an entry is, None for a new one; keeps what it learns."""
        row, tie = self._recognised(item, shared)
        if row is not None and tie is not Tie.GUID:
            self._note(item, row, tie)
        return row

    def _recognised(self, item: Item, shared: Collection[str]) -> tuple[Row | None, Tie]:
        """Find the row of the item that an entry is, and what says so.

        `shared` are the links that several entries of the document have: they name none of them.
        """
        link, said = canonical_link(item.link), content_print(item.title, item.summary)
        named_by_guid = has_guid(item, said)
        rows: dict[int, Row] = {}
        guid = self._named(item.identity) if named_by_guid else None
        if guid is not None:
            rows[guid["id"]] = guid
            if guid["link_key"] == link or guid["print"] == said:  # "" where neither has a link
                return guid, Tie.GUID
        linked = self._with_link(item.feed, link) if link else []
        worded = self._with_words(item.feed, said)
        rows.update((row["id"], row) for row in (*linked, *worded))
        served = self._served(item.feed, said) if worded else None
        candidates = [
            Candidate(
                id=row["id"], title=row["title"], summary=row["summary"],
                guid=guid is not None and row["id"] == guid["id"],
                link=bool(link) and row["link_key"] == link, words=row["print"] == said,
                alone=len(linked) == 1 and link not in shared,
                apart=_apart(row, item, served),
            )
            for row in rows.values()
        ]  # fmt: skip
        found = recognise(
            item.title, item.summary, has_guid=named_by_guid, candidates=candidates
        )  # fmt: skip
        return (rows[found[0]], found[1]) if found else (None, Tie.NOTHING)

    def _named(self, identity: str) -> Row | None:
        """Give the row that a guid names now: what it was given to last, else what it made."""
        return self._sql.one(
            "SELECT i.* FROM item_names n JOIN items i ON i.id = n.item_id WHERE n.name = ?",
            [identity],
        ) or self._sql.one("SELECT * FROM items WHERE identity = ?", [identity])

    def _with_link(self, feed: str, link: str) -> list[Row]:
        return self._sql.rows(
            "SELECT * FROM items WHERE link_key = ? AND feed = ? ORDER BY id DESC LIMIT ?",
            [link, feed, CANDIDATES],
        )

    def _with_words(self, feed: str, said: str) -> list[Row]:
        return self._sql.rows(
            "SELECT * FROM items WHERE feed = ? AND print = ? ORDER BY id DESC LIMIT ?",
            [feed, said, CANDIDATES],
        )

    def _served(self, feed: str, said: str) -> tuple[int, datetime] | None:
        """Give the item that words of a feed are served on as, and when that was noted last."""
        row = self._sql.one(
            "SELECT item_id, seen_at FROM item_names WHERE name = ?", [_words_name(feed, said)]
        )
        return (row["item_id"], moment(row["seen_at"])) if row else None

    def _note(self, item: Item, row: Row, tie: Tie) -> None:
        """Keep the name by which an item may be met next time.

        Of guids that a feed makes anew at every look, the first is enough. Words that are served on
        under ever new names and dates are noted by the hour, so that they stay known.
        """
        said = content_print(item.title, item.summary)
        if has_guid(item, said) and tie in {Tie.LINK, Tie.LINK_WORDS, Tie.WORDS}:
            self._sql.run(
                "INSERT INTO item_names (name, item_id, seen_at) SELECT ?1, ?2, ?3"
                " WHERE NOT EXISTS (SELECT 1 FROM item_names WHERE item_id = ?2 OR name = ?1)"
                " AND NOT EXISTS (SELECT 1 FROM items WHERE identity = ?1)",
                [item.identity, row["id"], stamp(item.seen_at)],
            )
        if tie is Tie.WORDS and _dates_apart(row, item) > SAME_WORDS_WITHIN / 2:
            self._sql.run(
                "INSERT INTO item_names (name, item_id, seen_at) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (name) DO UPDATE SET item_id = ?2, seen_at = ?3 WHERE seen_at < ?4",
                [
                    _words_name(item.feed, said), row["id"], stamp(item.seen_at),
                    stamp(item.seen_at - NOTED_EVERY),
                ],
            )  # fmt: skip

    def _made_unlike(self, item: Item, holder: Row) -> Item:
        """Give a new item whose identity `holder` has an identity of its own, with its words in it.

        It is a guid that was given to another story, or a link of many. A date that came along with
        it from the story before is not the new one's.
        """
        said, published = content_print(item.title, item.summary), item.published_at
        if published <= moment(holder["published_at"]):
            published = item.seen_at
        for more in ((), (stamp(item.published_at),), (stamp(item.seen_at),)):
            identity = digest("another", item.identity, said, *more)
            if self._sql.one("SELECT 1 FROM items WHERE identity = ?", [identity]) is None:
                break
        return replace(item, identity=identity, published_at=published)

    def _give_name(self, guid: str, row: int, at: datetime) -> None:
        """Let a guid name another item from now on."""
        self._sql.run(
            "INSERT INTO item_names (name, item_id, seen_at) VALUES (?1, ?2, ?3)"
            " ON CONFLICT (name) DO UPDATE SET item_id = ?2, seen_at = ?3",
            [guid, row, stamp(at)],
        )


def has_guid(item: Item, said: str) -> bool:
    """Say whether an item is named by a guid; `said` is the print of its words."""
    return item.identity not in {
        item_identity(item.feed, "", item.link, item.title, item.summary),
        digest("words", item.feed, said),
    }


def _words_name(feed: str, said: str) -> str:
    return digest("served", feed, said)


def _dates_apart(row: Row, item: Item) -> timedelta:
    return abs(moment(row["published_at"]) - item.published_at)


def _apart(row: Row, item: Item, served: tuple[int, datetime] | None) -> timedelta:
    """Give how far a row and an entry lie apart: by their dates, or since it was last served."""
    dates = _dates_apart(row, item)
    if served is None or served[0] != row["id"]:
        return dates
    return min(dates, abs(item.seen_at - served[1]))
