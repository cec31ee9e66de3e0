"""What decides between acts, and the claims that a topic makes without any act of its own.

A topic denied, counted or dated claims something by itself: no truce; 1,100 captives a side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor.core.claims import Claim
from monitor.core.clauses import Place
from monitor.core.deeds import Modality, state_for
from monitor.core.meanings import TALLY, is_of_names
from monitor.core.passage import (
    Passage,
    claimant_of,
    day_of,
    has_within,
    is_ahead,
    is_negated,
    party_of,
)
from monitor.core.query import FIELDS
from monitor.core.questions import Found, Question, count_of, place_of, scope_of, slot_values

#: A topic denied without an act (no truce) says this much less than an act beside it.
BARE = 0.2
#: A state told by words alone, without an act, says this much less than one that is.
BY_WORDS = 0.15
#: An act in the summary counts this much less than one in the title, each sentence a little less.
SUMMARY, SENTENCE = 0.25, 0.05
#: What undoes decides over what it undoes; what only counts, dates or looks ahead comes last.
UNDOING = frozenset({"deny", "cancel", "postpone", "reject", "violate", "expire", "extend", "fail"})
LAST = frozenset({"hold", "announce", "deadline", "tally"})
GIVES_WAY, COMES_LATER, COMES_LAST = 0.1, 0.04, 0.15


def rank_of(text: Passage, place: Place, act: str, modality: Modality) -> float:
    """Give how far a claim stands behind others of its item (less is better)."""
    rank = 0.0 if act in UNDOING else GIVES_WAY + COMES_LATER * text.order_of(place)
    rank += COMES_LAST if act in LAST else 0.0
    if text.name != "title":
        rank += SUMMARY + SENTENCE * text.layout.sentence_of(place.start)
    return rank + (0.3 if modality in (Modality.HEDGED, Modality.HISTORICAL) else 0.0)


def measured_topics(
    question: Question,
    found: Found,
    text: Passage,
    topics: Mapping[str, Sequence[Place]],
    speaks_for: str,
) -> Iterator[tuple[float, Claim]]:
    """Give the claims that a topic makes by a number or a day alone: a slot that is filled.

    "1,100 captives a side" tells an exchange, "Istanbul on 26 June" a round that is to come.
    """
    if text.name != "title" or question.tracker.kind != "series":
        return
    for topic in topics.get(text.name, ())[:1]:
        acts = []
        if count_of(question, text, topic):
            settled = text.settled or is_ahead(text, topic) or is_of_names(question, text, topic)
            acts.append("agree" if settled else TALLY)
        if "date" in question.tracker.slots and "round" in question.tracker.slots:
            acts += ["schedule"] if day_of(text, topic, ahead=True) else []
        for act in acts:
            known = state_for(question.tracker, act)
            if known is None or has_within(text, "past", text.layout.clause_of(topic)):
                continue
            start, end = text.layout.sentences[text.layout.sentence_of(topic.start)]
            yield BARE + rank_of(text, topic, TALLY, Modality.ASSERTED), Claim(
                question.watch, question.tracker.id, act, known[0].name, Modality.ASSERTED,
                scope=scope_of(question, found, text, topic, ""),
                claimant=speaks_for or claimant_of(text, topic),
                categories=slot_values(question, found, "category"),
                field=text.name, start=start, end=end, at=topic.start, distance=BARE + known[1],
                count=count_of(question, text, topic), day=day_of(text, topic, ahead=True),
            )  # fmt: skip


def denied_topics(
    question: Question,
    found: Found,
    text: Passage,
    topics: Mapping[str, Sequence[Place]],
    speaks_for: str,
) -> Iterator[tuple[float, Claim]]:
    """Give the claims of a topic denied without an act: `no truce` is a truce not agreed on."""
    found_state = state_for(question.tracker, "fail")
    if found_state is None or question.tracker.kind != "state":
        return
    state, _ = found_state
    for topic in topics.get(text.name, ()):
        if not is_negated(text, topic, reach=1):
            continue
        start, end = text.layout.sentences[text.layout.sentence_of(topic.start)]
        party = party_of(text, topic)
        claim = Claim(
            question.watch, question.tracker.id, "fail", state.name, Modality.DENIED,
            scope=scope_of(question, found, text, topic, party), party=party,
            claimant=speaks_for or claimant_of(text, topic),
            field=text.name, start=start, end=end, at=topic.start, distance=BARE,
        )  # fmt: skip
        yield BARE + rank_of(text, topic, "fail", Modality.DENIED), claim


def told_by_words(
    question: Question, found: Found, text: Passage, speaks_for: str
) -> Iterator[tuple[float, Claim]]:
    """Give the claim of a title that tells a state by what it brought, without an act.

    "Istanbul: a thousand for a thousand and no truce" says that the round is over.
    """
    if any(name in text.marks for name in ("if", "ask", "hedge")):
        return
    view, placed = found
    for name, where in question.when.items():
        state = next(each for each in question.tracker.states if each.name == name)
        places = [place_of(one, placed) for one in where(view) if FIELDS[one[0]] == text.name]
        for place in places[:1]:
            start, end = text.layout.sentences[text.layout.sentence_of(place.start)]
            yield BY_WORDS + rank_of(text, place, state.acts[0], Modality.ASSERTED), Claim(
                question.watch, question.tracker.id, state.acts[0], name, Modality.ASSERTED,
                scope=scope_of(question, found, text, place, ""),
                claimant=speaks_for or claimant_of(text, place),
                field=text.name, start=start, end=end, at=place.start, distance=BY_WORDS,
                by_words=True,
            )  # fmt: skip
