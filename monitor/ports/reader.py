"""The door to the store for whoever only reads: the lanes, the command line, the web."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from monitor.core.model import StoredItem
from monitor.core.standing import Support
from monitor.ports.feed_records import DueFeed, FeedRow
from monitor.ports.records import (
    AlertRow,
    ChannelOff,
    DecisionRow,
    DeliveryRow,
    FactRow,
    OpenStory,
)


class Reader(Protocol):
    """Questions about the store. Opened for a thread, answers from the last commit."""

    def due_feeds(self, now: datetime, limit: int) -> tuple[DueFeed, ...]:
        """Give feeds whose next check has come, the longest waiting first."""
        ...

    def next_moment(self) -> datetime | None:
        """Give the earliest time at which a feed or a delivery is due, or None."""
        ...

    def open_stories(self, since: datetime) -> tuple[OpenStory, ...]:
        """Give the stories that had an item at or after `since`."""
        ...

    def feeds(self) -> tuple[FeedRow, ...]:
        """Give every feed of the configuration in force."""
        ...

    def facts(self, watch: str | None = None, as_of: datetime | None = None) -> tuple[FactRow, ...]:
        """Give what is known, now or as it was known at a moment."""
        ...

    def supports(
        self, watch: str | None = None, as_of: datetime | None = None
    ) -> Mapping[str, Support]:
        """Give who has told each fact of a watch (or of all) so far; facts without a report lack.

        With `as_of`, of the reports that were read by then.
        """
        ...

    def alerts(self, limit: int = 50, alert: str | None = None) -> tuple[AlertRow, ...]:
        """Give messages, newest first; with `alert`, those whose id begins so."""
        ...

    def commands_asked(self) -> int:
        """Count the commands that people filed and nobody has done yet."""
        ...

    def deliveries(
        self,
        status: str | None = None,
        limit: int = 200,
        alert: str | None = None,
        channel: str | None = None,
    ) -> tuple[DeliveryRow, ...]:
        """Give rows of the outbox, newest first."""
        ...

    def channels_off(self) -> tuple[ChannelOff, ...]:
        """Give the channels that nothing is sent to."""
        ...

    def delivery_body(self, delivery_id: int) -> bytes | None:
        """Give the stored bytes of one delivery."""
        ...

    def find_item(self, reference: str) -> StoredItem | None:
        """Find an item by row id, identity, feed id, link, or the id of an alert that it caused."""
        ...

    def decisions(self, item_id: int) -> tuple[DecisionRow, ...]:
        """Give every decision about an item, oldest first."""
        ...

    def story_of(self, item_id: int) -> tuple[str, int, int] | None:
        """Give the story of an item, its number of reports and of publishers."""
        ...

    def quarantined(self) -> tuple[Mapping[str, object], ...]:
        """Give the items set aside, with their errors."""
        ...

    def summary(self) -> Mapping[str, object]:
        """Give the counts and delays that `status` shows."""
        ...

    def meta(self, key: str) -> str | None:
        """Give a word about the store itself."""
        ...

    def command_result(self, command_id: int) -> tuple[str, Mapping[str, object]] | None:
        """Give status and result of a filed command once it is done."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...
