"""The door to a channel: render a note for a recipient, send the stored bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from monitor.core.model import Note

#: Code of a receipt by which a receiver says that it wants nothing more, ever (410): the channel is
#: switched off until a person switches it on.
OFF = "gone"


class Outcome(StrEnum):
    """What became of one attempt."""

    SENT = "sent"  # accepted by the other side
    LATER = "later"  # a passing error: try again
    REFUSED = "refused"  # permanent for this message and recipient
    GONE = "gone"  # permanent for the whole channel: stop using it


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of one attempt. `code` is a stable word, `message` a sentence without secrets."""

    outcome: Outcome
    code: str = ""
    message: str = ""
    retry_after_s: float | None = None


class Notifier(Protocol):
    """One configured channel.

    `one_event_each`: whether a message must hold a single development (webhooks) or may hold all
    that one item changed (mail, console). `deadline_s` bounds one attempt, connection included.
    """

    name: str
    kind: str
    recipients: tuple[str, ...]
    one_event_each: bool
    deadline_s: float

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the bytes to send. Pure: the same note, recipient and key give the same bytes."""
        ...

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Try once to deliver the bytes that `render` gave. Never raises for the other side."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
