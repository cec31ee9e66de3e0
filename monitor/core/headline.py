"""The headline of a development, composed from the ledger: was -> is, who says so, how sure.

It reads the same whichever language reported first. No adjectives, no verdicts: the phrases of a
tracker's values (`say:`), numbers, days, and the names of those who are quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from monitor.core.claims import BOTH
from monitor.core.headline_words import (
    FALLBACK,
    LANGUAGES,
    Words,
    bare,
    days_in,
    first_letter_up,
    listed,
    none_of,
    number_in,
    said_in,
    side_of,
    when,
    words_of,
)
from monitor.core.model import Headline, Reason
from monitor.core.rules import Tracker, Watch
from monitor.core.standing import state_of

#: Longest composed headline, in characters.
MAX_HEADLINE = 140
#: What is left of a headline's middle at least; the tail makes room for it.
MIN_MIDDLE = 40
#: What stands for the number in a phrase, and a part that is left out where there is none.
NUMBER = "{number}"
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
#: First acts of states that are over once they are reached.
_DONE = frozenset({"carry-out", "hold", "take-effect", "start"})
#: First acts of states by which what was to come does not.
_OFF = frozenset({"postpone", "cancel"})
#: First acts of states that can be said not to be so.
_REACHED = frozenset({"agree", "accept", "schedule", "extend"})


@dataclass(frozen=True, slots=True)
class Value:
    """One side of the arrow: a state, and what is counted and dated with it.

    `number` is `1200` or `30 days`, `day` an ISO day or two with a slash between; `by` is the party
    that did it.
    """

    state: str = ""
    number: str = ""
    day: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a headline is made of, in no language yet.

    `whose` is the party whose stance it is; `scope` are values of the scope and categories that do
    not go without saying. `planned` is the sensitive state that is only planned, `total` the number
    of which a stage is told, `counts` who counts what where they differ, `silent_days` how long the
    same was not said, `year` the year of the report, which dates leave out, `because` the words of
    whoever took it back. `joined` says that the other side says so too.
    """

    watch: str
    tracker: Tracker
    reason: Reason
    now: Value
    was: Value | None = None
    whose: str = ""
    scope: tuple[str, ...] = ()
    said_by: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    counts: tuple[tuple[str, str], ...] = ()
    planned: str = ""
    total: str = ""
    silent_days: int = 0
    joined: bool = False
    outlet: str = ""
    year: int = 0
    because: str = ""


def compose_all(change: Change) -> tuple[Headline, ...]:
    """Give the headline in every language that there are words for."""
    return tuple(compose(change, language) for language in LANGUAGES)


def compose(change: Change, language: str = FALLBACK) -> Headline:
    """Give the headline in a language, English where it has no words; `MAX_HEADLINE` at most."""
    return _Writer(change, language).headline()


def not_understood(watch: Watch, reports: int, minutes: int) -> tuple[Headline, ...]:
    """Give the headline of reports that nobody understood, in every language."""
    made = []
    for language, words in LANGUAGES.items():
        count = words.report if reports == 1 else words.reports.format(reports)
        named = watch.trackers[0].name if watch.trackers else {}
        topic = said_in(named, language, watch.title)
        text = words.unread.format(reports=count, topic=topic, minutes=minutes)
        if len(text) > MAX_HEADLINE:  # a title may be of any length
            room = len(topic) - (len(text) - MAX_HEADLINE)
            short = _cut(topic, room)
            text = words.unread.format(reports=count, topic=short, minutes=minutes)
        made.append(Headline(language, text))
    return tuple(made)


class _Writer:
    """Writes one headline in one language."""

    def __init__(self, change: Change, language: str) -> None:
        tag = language.partition("-")[0].lower()
        self.change, self.tracker = change, change.tracker
        self.language = tag if tag in LANGUAGES else FALLBACK
        self.words: Words = words_of(tag)
        default = self.tracker.id.replace("-", " ").replace("_", " ")
        self.name = said_in(self.tracker.name, self.language, default)
        self.was = self._was()
        self.now = self._now()

    def headline(self) -> Headline:
        lead, middle, tail, suffix = self._parts()
        if len(lead + middle + tail + suffix) > MAX_HEADLINE and not self._quoted():
            tail = ""  # which outlet has it stands beneath
        room = MAX_HEADLINE - len(lead + suffix)
        tail = _cut(tail, max(0, room - min(len(middle), MIN_MIDDLE)))
        text = lead + _cut(middle, room - len(tail)) + tail + suffix
        return Headline(self.language, _cut(text, MAX_HEADLINE), self.was, self.now)

    def _parts(self) -> tuple[str, str, str, str]:
        """Give what a headline begins with, what changed, who says so, and the watch."""
        change, words = self.change, self.words
        if change.reason is Reason.CORRECTED:
            because = f" - {change.because}" if change.because else ""
            return words.corrected, self._taken_back(), because, ""
        if change.reason is Reason.DISPUTED:
            return self._disputed()
        if change.reason is Reason.CONFIRMED:
            return words.confirmed, self._whole(), self._tail(), ""
        if change.planned:
            lead = words.planned.format(self._state(change.planned))
            return lead, self._plan(), self._tail(), ""
        moved = f"{self.was} -> {self.now}" if self.was and self.was != self.now else self.now
        return "", f"{self._head()}: {moved}", self._tail(), f" [{change.watch}]"

    # --- what it is about ----------------------------------------------------------------------

    def _subject(self) -> str:
        """Give the name with what sets it apart: `truce on energy sites`."""
        told = (self._value_name(value) for value in self.change.scope)
        return " ".join((bare(self.name), *told))

    def _head(self) -> str:
        whose = f", {self._side(self.change.whose)}" if self.change.whose else ""
        return first_letter_up(self._subject() + whose)

    def _value_name(self, value: str) -> str:
        plain = f"({value.replace('-', ' ')})"
        return said_in(self.tracker.say.get(value, {}), self.language, plain)

    def _side(self, side: str) -> str:
        return side_of(side, self.language, self.tracker.say)

    # --- what it was, and is -------------------------------------------------------------------

    def _was(self) -> str:
        before = self.change.was
        if before is None or not before.state:
            return ""
        if before.by == self.change.whose:
            before = replace(before, by="")
        return self._told(before)

    def _now(self) -> str:
        """Give what it is now; where only a number or a day changed, that alone."""
        change, now = self.change, self.change.now
        if change.silent_days:
            words = self.words
            days = words.again_one if change.silent_days == 1 else words.again
            return f"{self._told(now)}, {days.format(change.silent_days)}"
        if change.joined:
            return self.words.by_too.format(self._side(now.by))
        if change.total and now.number:
            words = self.words
            part = words.of.format(number_in(now.number, words), number_in(change.total, words))
            return f"{part} {self._told(replace(now, number=''))}"
        same = change.was is not None and change.was.state == now.state and bool(self.was)
        if same and change.reason is Reason.NUMBER_CHANGED and now.number:
            return number_in(now.number, self.words)
        if same and change.reason is Reason.DATE_CHANGED and now.day:
            return days_in(now.day, change.year, self.words)
        return self._told(now)

    def _told(self, value: Value) -> str:
        """Give one side of the arrow: `1,000 a side agreed`; `scheduled, 5 June`."""
        number = number_in(value.number, self.words) if value.number else ""
        said = self._state(value.state, number)
        if value.by:
            said = f"{said} {self.words.by.format(self._side(value.by))}"
        parts = [said] if said else []
        if value.day:
            parts.append(days_in(value.day, self.change.year, self.words))
        if number and NUMBER not in self._phrase(value.state):
            parts.append(number)
        return ", ".join(parts)

    def _phrase(self, name: str) -> str:
        state = state_of(self.tracker, name)
        return said_in(state.say if state else {}, self.language, name.replace("-", " "))

    def _state(self, name: str, number: str = "") -> str:
        """Give the phrase of a state; what is optional in it goes where there is no number."""
        kept = r"\1" if number else ""
        said = _OPTIONAL.sub(kept, self._phrase(name)).replace(NUMBER, number)
        return " ".join(said.split())

    def _whole(self) -> str:
        """Give subject and value in one: `truce on energy sites refused by Moscow`."""
        now = self.change.now
        return f"{self._subject()} {self._told(replace(now, by=now.by or self.change.whose))}"

    def _plan(self) -> str:
        """Give what is planned, without the state: `exchange at the weekend 7-8 June, 500`."""
        now = self.change.now
        said = self._subject()
        if now.day:
            said = f"{said} {when(now.day, self.change.year, self.words)}"
        return f"{said}, {number_in(now.number, self.words)}" if now.number else said

    # --- what is not so ------------------------------------------------------------------------

    def _none(self, *, done: bool) -> str:
        """Give what did not come about: `no exchange took place on 7 June`; `no truce agreed`."""
        now, words = self.change.now, self.words
        told = " ".join((none_of(self.name, words), *map(self._value_name, self.change.scope)))
        if not done:
            return words.not_so.format(no=told, state=self._state(now.state))
        day = f" {when(now.day, self.change.year, words)}" if now.day else ""
        return words.took_place.format(no=told, day=day)

    def _taken_back(self) -> str:
        if self._first_act() & _DONE and self.change.now.day:
            return self._none(done=True)
        return self.words.no_longer.format(self._whole())

    def _first_act(self) -> frozenset[str]:
        state = state_of(self.tracker, self.change.now.state)
        return frozenset(state.acts[:1]) if state else frozenset()

    def _disputed(self) -> tuple[str, str, str, str]:
        """Say who says what; where both sides say that nothing came of it, that."""
        change, words, acts = self.change, self.words, self._first_act()
        said, denied = self._names(change.said_by), self._names(change.denied_by)
        if change.counts:
            counted = ", ".join(
                f"{number_in(count, words)} {words.said.format(self._side(who))}"
                for who, count in change.counts
            )
            bare_value = self._without_number()
            return words.disputed, bare_value, f" - {counted}", ""
        if acts & _OFF and said and denied:
            tail = words.blame.format(listed(self._names(self._everyone()), words))
            return words.corrected, self._none(done=True), f" - {tail}", ""
        if acts & (_DONE | _REACHED) and denied and not said and self._both(change.denied_by):
            tail = words.denied.format(listed(denied, words))
            return words.corrected, self._none(done=bool(acts & _DONE)), f" - {tail}", ""
        told = [self._saying(change.said_by)] if said else []
        told += [words.denied.format(listed(denied, words))] if denied else []
        tail = f" - {', '.join(told)}" if told else ""
        return words.disputed, self._whole(), tail, ""

    def _without_number(self) -> str:
        now = replace(self.change.now, number="")
        return f"{self._subject()} {self._told(now)}"

    # --- who says so ---------------------------------------------------------------------------

    def _everyone(self) -> tuple[str, ...]:
        """Give all who are quoted, each once, in the order of the tracker's parties."""
        quoted = {*self.change.said_by, *self.change.denied_by} - {BOTH}
        first = [party for party in self.tracker.parties if party in quoted]
        return (*first, *sorted(quoted - set(first)))

    def _names(self, sides: tuple[str, ...]) -> list[str]:
        return [self._side(side) for side in sides if side != BOTH]

    def _both(self, sides: tuple[str, ...]) -> bool:
        parties = set(self.tracker.parties)
        return BOTH in sides or (bool(parties) and len(parties) == 2 and parties <= set(sides))

    def _quoted(self) -> bool:
        return bool(self.change.said_by)

    def _tail(self) -> str:
        """Say who says so; a party's own stance in its own words needs no second naming."""
        change, words = self.change, self.words
        own = change.whose or change.now.by
        if self._both(change.said_by):
            return f" - {words.both}"
        if change.said_by and set(change.said_by) != {own}:
            return f" - {self._saying(change.said_by)}"
        if change.said_by or not change.outlet:
            return ""
        return f" - {words.reported.format(change.outlet)}"

    def _saying(self, sides: tuple[str, ...]) -> str:
        if self._both(sides):
            return self.words.both
        names = self._names(sides)
        form = self.words.said if len(names) == 1 else self.words.said_many
        return form.format(listed(names, self.words))


def _cut(text: str, limit: int) -> str:
    """Give a text with at most `limit` characters; an ellipsis says that some were cut."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "\u2026" if limit > 0 else ""
