"""How much of all documents together is in memory, and who waits when that is much.

One document is bounded by itself; forty at once of the largest that may be would still be a
gigabyte. What a document holds counts until nobody needs it any more, read by the parser or not.
"""

from __future__ import annotations

import asyncio
import weakref

from monitor.ports.wire import Body

#: Bytes of large documents in memory at once; one more may then still be read to its end.
MAX_HELD_BYTES = 64 * 1024 * 1024
#: So much of each document does not count and never waits: nearly all of them are smaller.
FREE_BYTES = 1024 * 1024
_LOOK_EVERY_S = 0.05


class Held:
    """The bytes of all documents that are read or waited for; belongs to one event loop."""

    def __init__(self, most_bytes: int = MAX_HELD_BYTES, free_bytes: int = FREE_BYTES) -> None:
        self.most_bytes, self.free_bytes = most_bytes, free_bytes
        self.held_bytes = 0
        self.growing: dict[Claim, None] = {}  # those over what is free, the oldest first


class Claim:
    """What one document holds. `end` or `lasts_with` must follow."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._counted = 0

    async def grow(self, size_bytes: int) -> None:
        """Say how large the document is by now; waits while all together are too large.

        The oldest that still grows never waits, so that there is always one that gets on.
        """
        held = self._held
        if size_bytes <= held.free_bytes:
            return
        held.growing.setdefault(self)
        held.held_bytes += size_bytes - held.free_bytes - self._counted
        self._counted = size_bytes - held.free_bytes
        # no event: the last reference to a document may go in any thread
        while held.held_bytes > held.most_bytes and next(iter(held.growing)) is not self:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY_S)

    def lasts_with(self, body: Body) -> None:
        """Hold on, whole as the document is now, until the last reference to it is gone."""
        self._held.growing.pop(self, None)
        if self._counted:
            weakref.finalize(body, self.end).atexit = False

    def end(self) -> None:
        """Give back what is held."""
        self._held.growing.pop(self, None)
        self._held.held_bytes -= self._counted
        self._counted = 0
