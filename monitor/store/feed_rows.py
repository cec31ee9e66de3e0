"""Rows of `feeds` as the records that other rooms know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.ports import DueFeed, FeedRow, HostRest
from monitor.store.connection import maybe, moment


def due_feed(row: Mapping[str, Any]) -> DueFeed:
    """Give what the poller needs of a row."""
    return DueFeed(
        row["name"], row["etag"], row["last_modified"], row["body_hash"], row["failures"],
        first_contact=row["first_contact_at"] is None, pieces=bytes(row["pieces"]),
        moved_to=row["moved_to"], moved_times=row["moved_times"], paused=row["paused"],
        hints=row["hints"], rhythm=row["rhythm"], known_items=row["known_items"],
        status=row["status"], last_checked_at=maybe(row["last_checked_at"]),
        whole_at=maybe(row["whole_at"]), gap_at=maybe(row["gap_at"]), health=row["health"],
        gone=bool(row["gone"]), signs=row["signs"],
    )  # fmt: skip


def feed_row(row: Mapping[str, Any], rests: Mapping[str, HostRest]) -> FeedRow:
    """Give a row as people see it; `rests` are those that hosts asked for, by host."""
    return FeedRow(
        name=row["name"], url=row["url"], last_checked_at=maybe(row["last_checked_at"]),
        next_check_at=moment(row["next_check_at"]), outcome=row["outcome"], status=row["status"],
        error_code=row["error_code"], error=row["error"], failures=row["failures"],
        first_contact_at=maybe(row["first_contact_at"]), items=row["items"], checks=row["checks"],
        gone=bool(row["gone"]), why=row["why"], moved_to=row["moved_to"],
        moved_times=row["moved_times"], hints=row["hints"], rhythm=row["rhythm"],
        known_items=row["known_items"], last_new_at=maybe(row["last_new_at"]),
        gap_at=maybe(row["gap_at"]), gaps=row["gaps"], health=row["health"],
        health_since=maybe(row["health_since"]), paused=row["paused"],
        paused_at=maybe(row["paused_at"]), host=row["host"], rest=rests.get(row["host"]),
        signs=row["signs"],
    )  # fmt: skip
