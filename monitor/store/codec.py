"""Records to JSON and back, for the columns that hold what is shown and never searched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor.core.ledger import Fact, FactEvent, Op, Status
from monitor.core.model import Item
from monitor.store.connection import maybe, moment, stamp

#: Columns of `item_versions` (as `v`) that follow those of `items` where one version is asked for.
AS_WORDED = "v.title, v.summary, v.link, v.published_at, v.seen_at, v.author, v.categories"


def dumps(value: object) -> str:
    """Give compact JSON; times become stamps, anything else unknown its text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def fact_to_json(fact: Fact) -> str:
    """Give a fact as JSON."""
    said = asdict(fact)
    del said["told"]  # a column of its own: it moves on with every report
    return dumps(said)


def fact_from_json(text: str) -> Fact:
    """Give the fact of a JSON text."""
    raw: dict[str, Any] = json.loads(text)
    return Fact(
        **{
            **raw,
            "status": Status(raw["status"]),
            "known_since": moment(raw["known_since"]),
            "as_of": moment(raw["as_of"]),
            "said_by": tuple(raw["said_by"]),
            "evidence": tuple(raw["evidence"]),
        }
    )


def event_from_row(row: Mapping[str, Any]) -> FactEvent:
    """Give the ledger event of a row of `fact_events`."""
    return FactEvent(
        fact_id=row["fact_id"],
        op=Op(row["op"]),
        actor=row["actor"],
        at=moment(row["at"]),
        fact=fact_from_json(row["fact"]) if row["fact"] else None,
        content=row["content"],
        undoes=row["undoes"],
        seq=row["seq"],
    )


def item_from_row(row: Mapping[str, Any]) -> Item:
    """Give the item of a row of `items` with the `content` of one of its versions."""
    published = maybe(row["published_at"]) or moment(row["seen_at"])
    return Item(
        identity=row["identity"], feed=row["feed"], publisher=row["publisher"],
        language=row["language"], title=row["title"], summary=row["summary"], link=row["link"],
        published_at=published, seen_at=moment(row["seen_at"]), speaks_for=row["speaks_for"],
        tier=row["tier"], author=row["author"], categories=tuple(json.loads(row["categories"])),
        content=row["content"],
    )  # fmt: skip
