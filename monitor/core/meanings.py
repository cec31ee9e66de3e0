"""What an act means by what it is done to: bodies accepted are received, dates agreed are set.

The word of an act is the same whatever its object; which act of a tracker it is shows in the words
beside it. Every rule here is one of language, and holds for any tracker of the kind.
"""

from __future__ import annotations

from monitor.core.clauses import Place
from monitor.core.passage import Passage, has_within, is_ahead, overlap, same_sentence
from monitor.core.questions import Question, count_of

#: So many for so many: it has been carried out, unless it was settled at a table.
TALLY = "tally"
#: An act whose word is the topic itself (a swap) only names it, as a tally does.
_NOUNS = frozenset({"carry-out"})
#: Acts that are done to people or bodies, and may be done to a list of their names instead.
_HANDED = frozenset({"carry-out", "accept", TALLY})
#: Between an act of accepting and the people or bodies that are received stand so few words.
_RECEIVED = 3
#: An act and the date that is agreed on stand so close.
_DATED = 5


def act_meant(
    question: Question, text: Passage, name: str, place: Place, topic: Place | None
) -> str:
    """Give the act that a word of an act stands for, by what stands beside it."""
    if name in _HANDED and is_of_names(question, text, place):
        return "announce"
    if name == "accept" and _receives(question, text, place, topic):
        return "carry-out"
    if name in _NOUNS and any(overlap(m, place) for m in text.marks.get("swap-noun", ())):
        name = TALLY
    if name == TALLY and (text.settled or is_ahead(text, place)):
        return "agree"
    if name in {"agree", "accept"} and _sets_date(question, text, place):
        return "announce" if has_within(text, "plan", text.layout.clause_of(place)) else "schedule"
    if name in {"extend", "accept"} and _has_deadline(text, place):
        return "deadline"
    return name


def is_of_names(question: Question, text: Passage, place: Place) -> bool:
    """Say whether lists of names are what is handed over: an exchange is prepared, not made."""
    counts = question.tracker.kind == "series" and question.tracker.slots.get("number")
    return bool(counts) and any(
        same_sentence(text, mark, place) for mark in text.marks.get("names", ())
    )


def _receives(question: Question, text: Passage, place: Place, topic: Place | None) -> bool:
    """Say whether what is accepted are people or bodies: they are received, and nothing agreed.

    "Kyiv accepted 1,212 bodies": what a series counts stands right behind the act.
    """
    if question.tracker.kind != "series" or not question.tracker.slots.get("number"):
        return False
    gap = topic.first - place.last - 1 if topic is not None else _RECEIVED
    counted = any(place.end <= each.start for each in text.quantities)
    return 0 <= gap < _RECEIVED and counted and bool(count_of(question, text, place))


def _sets_date(question: Question, text: Passage, place: Place) -> bool:
    """Say whether a date is what is agreed on: a round is scheduled, and has not ended."""
    slots = question.tracker.slots
    return "round" in slots and "date" in slots and any(
        same_sentence(text, mark, place)
        and min(abs(mark.first - place.last), abs(place.first - mark.last)) <= _DATED
        for mark in text.marks.get("date", ())
    )  # fmt: skip


def _has_deadline(text: Passage, place: Place) -> bool:
    """Say whether a deadline is extended, or set for accepting: it asks, and settles nothing."""
    return any(act == "deadline" and same_sentence(text, p, place) for act, p in text.acts)
