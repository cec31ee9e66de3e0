"""The rules in force: what a reload swaps as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.core.floods import FloodLimits
from monitor.core.match import Index
from monitor.core.rules import RuleBook
from monitor.ports import Notifier


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule book, its compiled index, and the channels by name.

    The console is always there, as the last resort; where it is not enabled it stands in `resort`
    and gets only what no other channel takes. `flood` says what of a feed is too much at once.
    """

    book: RuleBook
    index: Index
    channels: Mapping[str, Notifier]
    resort: frozenset[str] = frozenset()
    flood: FloodLimits = field(default_factory=FloodLimits)

    @property
    def enabled(self) -> frozenset[str]:
        """The names of the enabled channels."""
        return frozenset(self.channels) - self.resort
