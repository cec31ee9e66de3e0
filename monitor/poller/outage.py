"""Whether the network is down: then no feed is to blame, and all are looked at after the return."""

from __future__ import annotations

from monitor.core.polling import host_of
from monitor.ports import Failure, Poll

#: Failures of which the other side knows nothing.
NETWORK = frozenset({"dns", "timeout", "refused", "unreachable"})
#: So many different hosts that answered before have to fail, and none to answer in between.
OUTAGE_HOSTS = 3


class Outage:
    """Follows the looks, in the order in which they end."""

    def __init__(self) -> None:
        """Begin with a network that works."""
        self._hosts: set[str] = set()
        self._feeds: set[str] = set()

    @property
    def on(self) -> bool:
        """Whether nothing at all can be reached."""
        return len(self._hosts) >= OUTAGE_HOSTS

    def saw(self, poll: Poll) -> tuple[str, ...]:
        """Take note of a look; gives the feeds to look at soon where it ends an outage."""
        fetched = poll.fetched
        if isinstance(fetched, Failure) and fetched.status is None:
            if fetched.code in NETWORK and not poll.first_contact and (
                not poll.failures or poll.feed.name in self._feeds
            ):  # fmt: skip
                self._hosts.add(host_of(poll.feed.url))
                self._feeds.add(poll.feed.name)
            return ()
        missed = tuple(sorted(self._feeds)) if self.on else ()
        self._hosts.clear()
        self._feeds.clear()
        return missed
