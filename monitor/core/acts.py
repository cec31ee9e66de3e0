"""Acts: what a title says is done, by whom, and whether a story has told it already.

An act is a label: `agree`, `agree by russia` (the side that the title names first), `not agree by
russia` (the title denies). Two titles that share all their other words differ in these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: An act told before is news again where the story has taken another turn at least this long ago:
#: what comes sooner is a late report of how it was before that turn.
COMES_BACK_AFTER = timedelta(hours=2)
#: Something that happens over and over (an exchange carried out) happens anew after this long.
RECURS_AFTER = timedelta(hours=20)
#: The act of a title that denies: it turns every other act of the title round.
NEGATION = "not"
_BY, _NOT = " by ", "not "


def label(act: str, side: str = "", *, negated: bool = False) -> str:
    """Give the label of an act."""
    return (_NOT if negated else "") + act + (_BY + side if side else "")


def deed(act: str) -> str:
    """Give what a label says is done or not done, whoever does it."""
    return act.partition(_BY)[0]


@dataclass(frozen=True, slots=True)
class ActTold:
    """An act that a story has told: since when it has stood so, and how often it was reached."""

    reached_at: datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class ActMemory:
    """What a story has told so far: every act, and those of its last turn."""

    told: Mapping[str, ActTold] = field(default_factory=dict)
    current: frozenset[str] = frozenset()
    turned_at: datetime | None = None

    def fresh(
        self, acts: Iterable[str], at: datetime, recurring: frozenset[str] = frozenset()
    ) -> frozenset[str]:
        """Give the acts that are news to the story at a moment."""
        return frozenset(act for act in acts if self._is_fresh(act, at, recurs=act in recurring))

    def times(self, act: str) -> int:
        """Give how often an act will have been reached when it is told anew."""
        known = self._known(act)
        return known.times + 1 if known else 1

    def after(
        self, acts: frozenset[str], at: datetime, recurring: frozenset[str] = frozenset()
    ) -> ActMemory:
        """Give the memory with one more report. One that brings nothing fresh changes nothing."""
        fresh = self.fresh(acts, at, recurring)
        if not fresh:
            return self
        told = dict(self.told)
        for act in fresh:
            told[act] = ActTold(at, self.times(act))
        return ActMemory(told, acts, max(at, self.turned_at or at))

    def _is_fresh(self, act: str, at: datetime, *, recurs: bool) -> bool:
        known = self._known(act)
        if known is None:
            return True
        if recurs and at - known.reached_at >= RECURS_AFTER:
            return True
        if self.turned_at is None or self._stands(act):
            return False
        return at - self.turned_at >= COMES_BACK_AFTER

    def _stands(self, act: str) -> bool:
        """Say whether the last turn told an act, by this side or without naming one."""
        return meets_any(act, self.current)

    def _known(self, act: str) -> ActTold | None:
        """Find an act as it was told last; one without a side meets one with any."""
        met = [told for other, told in self.told.items() if _meets(act, other)]
        return max(met, key=lambda told: told.reached_at, default=None)


def meets_any(act: str, others: Iterable[str]) -> bool:
    """Say whether one of some labels can be the same act."""
    return any(_meets(act, other) for other in others)


def denies(acts: Iterable[str]) -> bool:
    """Say whether a title with these acts denies."""
    return any(act.startswith(_NOT) or act == NEGATION for act in acts)


def _meets(one: str, other: str) -> bool:
    """Say whether two labels can be the same act: the same side, or one of them names none."""
    if one == other:
        return True
    return deed(one) == deed(other) and (_BY not in one or _BY not in other)
