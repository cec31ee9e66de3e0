"""Which stored item an entry of a feed is: guid, link and words together.

None of the three can be trusted alone. Feeds give each entry a new guid at every look, give one
guid to story after story, give all entries of a page its one link, and head two bulletins alike.
Two that agree name an item; one alone does within bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from monitor.core.common_words import COMMON_WORDS
from monitor.core.text import fold, tokens

#: The same words alone name an item where their dates, or when they were last served, lie this
#: close together.
SAME_WORDS_WITHIN = timedelta(hours=24)
#: Titles that share less than this of their words of weight tell something quite other, under one
#: guid ...
ALIKE_TITLES = 0.25
#: ... and under another guid with the link of an item; or whole texts that share less than this.
MUCH_ALIKE = 0.5


class Tie(IntEnum):
    """What ties an entry to a stored item, from the weakest to the strongest; the stronger wins."""

    NOTHING = 0
    WORDS = 1  # the same words, not long ago
    LINK = 2  # a link that is of one item alone
    GUID_ALIKE = 3  # its guid, and words much alike
    LINK_WORDS = 4  # its link and its words
    GUID = 5  # its guid, with its link or its words


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored item that something of an entry names.

    `guid`, `link`, `words` say what of the entry is the item's own; `alone` that no other item has
    the link. `apart` is how far the dates lie apart, or how long ago its words were last served,
    the lesser.
    """

    id: int
    title: str
    summary: str
    guid: bool
    link: bool
    words: bool
    alone: bool
    apart: timedelta


def recognise(
    title: str, summary: str, *, has_guid: bool, candidates: Sequence[Candidate]
) -> tuple[int, Tie] | None:
    """Give the id of the item that an entry is and what says so, None where it is a new one.

    Of two that are named alike, the newer.
    """
    best = max(
        ((tie_of(title, summary, one, has_guid=has_guid), one.id) for one in candidates),
        default=(Tie.NOTHING, 0),
    )
    return (best[1], best[0]) if best[0] else None


def tie_of(title: str, summary: str, one: Candidate, *, has_guid: bool) -> Tie:
    """Say what ties an entry to a candidate.

    A guid over another link and quite other words was given to another story. A link under another
    guid is the same item only where its words are like it: a page that tells one thing after the
    other has one link for all.
    """
    if one.guid and (one.link or one.words):
        return Tie.GUID
    if one.link and one.words:
        return Tie.LINK_WORDS
    before, now = (one.title, one.summary), (title, summary)
    if one.guid and alike(before, now, ALIKE_TITLES):
        return Tie.GUID_ALIKE
    if one.link and one.alone and (not has_guid or alike(before, now, MUCH_ALIKE)):
        return Tie.LINK
    if one.words and one.apart <= SAME_WORDS_WITHIN:
        return Tie.WORDS
    return Tie.NOTHING


def alike(one: tuple[str, str], other: tuple[str, str], titles: float) -> bool:
    """Say whether two wordings, (title, summary) each, may be of one piece.

    `titles` is the share of their words that the titles must have in common.
    """
    if _share(one[0], other[0]) >= titles:
        return True
    return _share("\n".join(one), "\n".join(other)) >= MUCH_ALIKE


def _share(one: str, other: str) -> float:
    """Give the share of the words of weight of two texts that both have, 0..1."""
    old, new = _weighty(one), _weighty(other)
    return len(old & new) / len(old | new) if old and new else 0.0


def _weighty(text: str) -> frozenset[str]:
    words = frozenset(token.word for token in tokens(fold(text)))
    return (words - COMMON_WORDS) or words
