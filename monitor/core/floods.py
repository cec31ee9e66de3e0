"""When a feed is not to be believed for a while: all of it new at once, or too much of it.

A site that gives its pages other names, a template that is put before each title, a feed that is
taken over: each would be a storm of alerts. The feed is then paused: what it brings is stored and
judged as ever, and goes into the digest in place of alerts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

#: Shorter documents say nothing of a mass: three of four entries are edited on any busy morning.
LEAST_ENTRIES = 10
#: A pause ends by itself with the first look that brings something, and no flood, when so long has
#: passed since the last flood.
CALM_FOR = timedelta(hours=1)
#: Critical developments that a paused feed may still tell at once, of one look.
CRITICAL_PASS = 3


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """`share` of a document's entries (0..1), and `items` of one look that concern a watch."""

    share: float = 0.5
    items: int = 50


class Kind(Enum):
    """What an entry of a document is to the store."""

    NEW = "new"
    AGAIN = "again"  # would be new, though the feed has brought the same words before
    RETITLED = "retitled"  # known, under a title that says something else
    KNOWN = "known"


def mass_change(kinds: Sequence[Kind], entries: int, limits: FloodLimits) -> str:
    """Say why a document is taken for old entries under new names, "" where it is not.

    `entries` are all of the document, those included that were not looked at as they are unchanged.
    """
    if entries < LEAST_ENTRIES:
        return ""
    again, retitled = kinds.count(Kind.AGAIN), kinds.count(Kind.RETITLED)
    most = limits.share * entries
    if again > most:
        return f"{again} of {entries} entries came as new with words that are known"
    if retitled > most:
        return f"{retitled} of {entries} entries were given other titles at once"
    return ""


def too_many(matching: int, limits: FloodLimits) -> str:
    """Say why a look is taken for a flood, "" where it is not. `matching` may stop counting."""
    if matching <= limits.items:
        return ""
    return f"one look brought more than {limits.items} new items for a watch"
