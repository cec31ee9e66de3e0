"""Does an item belong to a story? The scores, the vetoes, and what a story remembers for them.

An item must be like a story's centre and like its founder, or the story would drift from report to
report. What speaks against one event (other exact numbers of the same things, days apart) is a
veto. What is claimed (a tracker's state) lowers or raises the bar, and never decides alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from monitor.core.likeness import Sketch, likeness
from monitor.core.model import Item
from monitor.core.text import numbers_of

#: A story takes no further item after this long without one.
OPEN_FOR = timedelta(days=7)
#: Spread of the time decay: two reports so many hours apart count 0.6 of two at the same time.
#: Nearly all reports of an event come within hours; a day later the same words are often the next
#: one (a second exchange, a new refusal). 72 h, as the literature has it for news at large, costs
#: 0.06 of B-cubed F1 here.
DECAY_H = 18.0
#: An item joins where it is so close to a story's centre that has reports in its language, ...
JOIN = 0.30
#: ... where only names, numbers and tokens can be compared, ...
JOIN_ACROSS = 0.17
#: ... and this share of that close to its founder.
FOUNDER = 0.6
#: So many founders a story of several is compared with.
FOUNDERS = 3
#: Claims agree where the story told the same state so long ago, at most; the bar is lower then.
AGREES_FOR = timedelta(hours=30)
AGREED = 0.85
#: A story that told another state of the same tracker lately is further away.
CLASHED = 1.4
#: So many keys an item and a story must share: two short titles are alike by chance.
MIN_SHARED = 3
#: Days told for one event lie so close together: time zones, and "in the night to Monday".
DAYS_APART = 1
#: Two texts under one headline are one where the shorter has this share of its words in the other.
SAME_TEXT = 0.6
#: A new item is compared with so many of a story's last ones to find a copy.
REMEMBERED = 20
#: The first so many reports make a story's centre: what comes later changes it no more.
CENTRED = 30


@dataclass(frozen=True, slots=True)
class Telling:
    """What is known of an item beside its text, and what it adds to its story.

    `watches` are those it counts for; `tokens` are ids of concepts found in it, in no language;
    `claims` labels "tracker:state"; `counts` exact counted numbers "kind:1000" (approximate ones
    are left out); `days` the ISO days on which it says things happen.
    """

    watches: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """One item of a story as the book remembers it."""

    item_id: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Story:
    """An open story: founders, centre (summed weights of its items), what it has said so far.

    It has more than one founder where other stories turned out to be the same.
    """

    name: str
    founder_identity: str
    founders: tuple[Sketch, ...]
    opened_at: datetime
    last_at: datetime
    centre: Sketch = field(default_factory=Sketch)
    claims: Mapping[str, datetime] = field(default_factory=dict)
    counts: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    watches: frozenset[str] = frozenset()
    told: tuple[Told, ...] = ()
    reports: int = 0
    publishers: frozenset[str] = frozenset()

    def says(self, words: frozenset[str], item_id: int) -> bool:
        """Say whether an item of the story has most of some words, or they have most of its."""
        known = next((t.words for t in self.told if t.item_id == item_id), self.centre.stems())
        smaller = min(len(words), len(known))
        return not smaller or len(words & known) / smaller >= SAME_TEXT

    @property
    def centred(self) -> bool:
        """Whether its centre is made, so that further reports no longer move it."""
        return self.reports >= CENTRED

    def joined(self, item: Item, sketch: Sketch, item_id: int, told: Telling) -> Story:
        """Give the story with one more item."""
        at = item.published_at
        claimed = {claim: max(at, self.claims.get(claim, at)) for claim in told.claims}
        return replace(
            self,
            centre=self.centre if self.centred else self.centre.plus(sketch),
            opened_at=min(self.opened_at, at),
            last_at=max(self.last_at, at),
            claims={**self.claims, **claimed},
            counts=self.counts | told.counts,
            days=self.days | told.days,
            numbers=self.numbers | numbers_of(item.title) | numbers_of(item.summary),
            watches=self.watches | told.watches,
            told=(*self.told[-REMEMBERED:], Told(item_id, sketch.stems())),
            reports=self.reports + 1,
            publishers=self.publishers | {item.publisher},
        )

    def with_alias(self, other: Story) -> Story:
        """Give the story with all that another one has told, which turned out to be the same."""
        return replace(
            self,
            founders=(*self.founders, *other.founders)[:FOUNDERS],
            centre=self.centre.plus(other.centre),
            last_at=max(self.last_at, other.last_at),
            claims={**other.claims, **self.claims},
            counts=self.counts | other.counts,
            days=self.days | other.days,
            numbers=self.numbers | other.numbers,
            watches=self.watches | other.watches,
            told=(*other.told, *self.told)[-REMEMBERED - 1 :],
            reports=self.reports + other.reports,
            publishers=self.publishers | other.publishers,
        )


@dataclass(frozen=True, slots=True)
class Closeness:
    """How an item stands to a story: `score` 0 to 1, and what that is of the bar (1.0 clears)."""

    score: float
    of_bar: float


FAR = Closeness(0.0, 0.0)


def decay(at: datetime, story: Story) -> float:
    """Give what the time between an item and a story leaves of their likeness, 0 to 1."""
    apart = max(at - story.last_at, story.opened_at - at, timedelta(0))
    if apart > OPEN_FOR:
        return 0.0
    hours = apart.total_seconds() / 3600
    return math.exp(-(hours**2) / (2 * DECAY_H**2))


def closeness(
    at: datetime, sketch: Sketch, told: Telling, story: Story, rarity: Mapping[str, float]
) -> Closeness:
    """Give how an item of a moment stands to a story, under the squared rarity of keys."""
    fading = decay(at, story)
    if not fading or clash(told, story) or _shared(sketch, story.centre) < MIN_SHARED:
        return FAR
    centre = fading * likeness(sketch, story.centre, rarity)
    founder = fading * max(likeness(sketch, each, rarity) for each in story.founders)
    bar = JOIN if story.centre.words_for(sketch) else JOIN_ACROSS
    bar *= _claimed(at, told.claims, story)
    return Closeness(centre, min(centre / bar, founder / (bar * FOUNDER)))


def clash(told: Telling | Story, story: Story) -> bool:
    """Say whether exact numbers or days show that two tell of different events.

    Numbers of one kind clash where none is common to both: 390 freed, 303 freed. A story of which
    an item told the number before is not vetoed by the others that it has told.
    """
    mine, theirs = _by_kind(told.counts), _by_kind(story.counts)
    if any(kind in theirs and not numbers & theirs[kind] for kind, numbers in mine.items()):
        return True
    if not told.days or not story.days:  # a day that is not told speaks for nothing
        return False
    days = [date.fromisoformat(day).toordinal() for day in told.days]
    known = [date.fromisoformat(day).toordinal() for day in story.days]
    return min(abs(one - other) for one in days for other in known) > DAYS_APART


def _by_kind(counts: frozenset[str]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for count in counts:
        kind, _, number = count.rpartition(":")
        kinds.setdefault(kind, set()).add(number)
    return kinds


def _claimed(at: datetime, claims: frozenset[str], story: Story) -> float:
    """Give what claims make of the bar: lower where both claim the same of one day, else higher."""
    recent = {claim for claim, when in story.claims.items() if abs(at - when) <= AGREES_FOR}
    if claims & recent:
        return AGREED
    trackers = {claim.partition(":")[0] for claim in recent}
    return CLASHED if any(c.partition(":")[0] in trackers for c in claims) else 1.0


def _shared(sketch: Sketch, centre: Sketch) -> int:
    """Count what an item shares with a story, words or what stands for them in all languages."""
    across = len(sketch.names.keys() & centre.names.keys())
    across += len(sketch.tokens.keys() & centre.tokens.keys())
    return max(len(sketch.words_for(sketch).keys() & centre.words_for(sketch).keys()), across)
