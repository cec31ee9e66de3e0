"""Reading claims from what an index found in an item: acts beside the subjects of trackers.

An act (agreed, refused, carried out) counts where a topic of a tracker stands near it; how it is
said (denied, hedged, planned, looked back on) is read from marks within its clause. Everything is
vocabulary: topics are queries of trackers, acts and marks are concepts named `act-...`, `mark-...`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from monitor.core.bare_topics import (
    denied_topics,
    measured_topics,
    rank_of,
    told_by_words,
)
from monitor.core.claims import Account, Claim
from monitor.core.clauses import Layout, Place
from monitor.core.compile import CompiledRules
from monitor.core.conditions import Locator, View
from monitor.core.deeds import DENY, FORWARD, Modality, state_for
from monitor.core.meanings import act_meant
from monitor.core.passage import (
    Passage,
    claimant_of,
    day_of,
    denier_of,
    is_plain,
    is_under,
    manner,
    party_of,
    same_sentence,
    settles,
)
from monitor.core.query import FIELDS
from monitor.core.questions import (
    Found,
    Placed,
    Question,
    count_of,
    place_of,
    question_of,
    scope_of,
    slot_values,
)
from monitor.core.rules import RuleBook
from monitor.core.text import sentences

_TITLE = FIELDS.index("title")
#: Concepts whose ids begin so are acts, and marks of how something is said.
ACT, MARK = "act-", "mark-"
#: An act further than this from a topic says nothing of it (0 side by side to 1 far).
TOO_FAR = 0.75
#: What an act is apart from a topic that its sentence does not name: the watch itself, which the
#: item was taken for; and from one that only stands elsewhere in the item.
UNNAMED, ELSEWHERE = 0.45, 0.35
#: Of a tracker of which the title tells a state by an act so close, words alone tell none.
BY_ACT = 0.3
#: Beside an act that is planned, hedged or denied a number alone tells nothing that was done.
UNDONE = frozenset({Modality.PLANNED, Modality.HEDGED, Modality.DENIED})
#: An act so much closer to one topic than to another says nothing of the other.
OTHERS = 0.05
#: An act that names the deal under which something is done says this much less.
UNDER_A_DEAL = 0.25
#: Of several acts in a sentence what undoes decides (a proposal rejected is rejected, an agreed
#: exchange postponed is postponed); then the one that comes first, for it governs the others (agree
#: to exchange, end with an offer); last what only counts, names a date or looks ahead.
DECIDING = (
    "deny", "cancel", "postpone", "reject", "violate", "expire", "extend", "fail", "accept",
    "take-effect", "agree", "propose", "schedule", "start", "end", "carry-out", "hold", "announce",
    "deadline", "ready", "tally",
)  # fmt: skip


class ClaimReader:
    """Reads claims from what an index found in an item. Made once for a rule book."""

    def __init__(self, book: RuleBook, rules: CompiledRules) -> None:
        """File the words of acts, marks, sides and topics. Raises `QueryError` for a topic."""
        asked = (act for watch in book.watches for each in watch.trackers for act in each.acts)
        acts = {*DECIDING, *asked}  # acts of one's own too: neither undoing nor last, so between
        named = [
            name
            for name in book.concepts
            if name.startswith(MARK) or name.removeprefix(ACT) in acts
        ]
        self._names = {rules.slot_of_concept(name): name for name in named}
        self._sides = {
            rules.slot_of_concept(name): concept.side
            for name, concept in book.concepts.items()
            if concept.side
        }
        self._questions = {
            watch.id: [
                question_of(watch, tracker, rules, first=number == 0)
                for number, tracker in enumerate(watch.trackers)
            ]
            for watch in book.watches
        }

    def read(
        self,
        view: View,
        fields: Mapping[int, str],
        placed: Placed,
        watches: Collection[str],
        speaks_for: str = "",
        published: datetime | None = None,
    ) -> Account:
        """Give what an item says about the trackers of some watches.

        `published` is what its dates are relative to; without it none are read. `fields` are texts
        by their number, `placed` the code points of each position of their rows.
        """
        texts = self._texts(view, fields, placed)
        settled = any(settles(text) for text in texts)
        for text in texts:
            text.settled = settled
            text.measure(view.document.language, published)
        ranked: list[tuple[float, Claim]] = []
        titled = set()
        for watch in watches:
            for question in self._questions.get(watch, ()):
                if any(one[0] == _TITLE for one in question.topic(view)):
                    titled.add(watch)
                ranked += _claims(question, view, texts, placed, speaks_for)
        read = _nearest(ranked, self._others(view, texts, placed, set(watches)))
        claims = tuple(claim for claim in read if claim.state)
        title = next((each for each in texts if each.name == "title"), None)
        marks = title.marks if title else {}
        asks = bool(title and title.layout.text.rstrip().endswith(("?", ";")))
        return Account(
            claims,
            looks_back="past" in marks,
            reviews="review" in marks,
            digest="live" in marks,
            asks=asks or "ask" in marks,
            denies="not" in marks,
            titled=frozenset(titled - _elsewhere(ranked, claims)),
            plain=title is not None and is_plain(texts, title),
            denials=tuple(claim for claim in read if not claim.state),
        )

    def on_topic(self, view: View) -> tuple[str, ...]:
        """Give the watches of which an item has the subject of a tracker."""
        return tuple(
            watch
            for watch, questions in self._questions.items()
            if any(question.topic(view) for question in questions)
        )

    def wanted(self, view: View, watches: Collection[str]) -> dict[int, set[int]]:
        """Give the positions whose code points `read` asks for, by the number of their field."""
        found: dict[int, set[int]] = defaultdict(set)
        places = [one for slot in view.found if slot in self._names for one in view.found[slot]]
        places += [one for slot in view.found if slot in self._sides for one in view.found[slot]]
        for watch, questions in self._questions.items():
            for question in questions:
                places += question.topic(view)
                for where in _asides(question) if watch in watches else ():
                    places += where(view)
        for number, first, last in places:
            found[number].update((first, last))
        return found

    def _others(
        self, view: View, texts: Sequence[Passage], placed: Placed, watches: Collection[str]
    ) -> Iterator[tuple[tuple[str, int], float]]:
        """Give how far each act is from the topics of the watches that an item is no hit of."""
        for watch, questions in self._questions.items():
            if watch in watches:
                continue
            for question in questions:
                topics = _topics(question, view, placed)
                for text in texts:
                    for _, place in text.acts if text.name in topics else ():
                        if _topic_beside(text, place, topics) is not None:
                            distance = _distance(text, place, topics)
                            yield (text.name, place.start), distance or 0.0

    def _texts(
        self,
        view: View,
        fields: Mapping[int, str],
        placed: Placed,
    ) -> list[Passage]:
        texts = {
            number: Passage(FIELDS[number], Layout(text, sentences(text)))
            for number, text in fields.items()
            if text.strip()
        }
        for slot, places in view.found.items():
            name, side = self._names.get(slot, ""), self._sides.get(slot, "")
            if not name and not side:
                continue
            for one in dict.fromkeys(places):
                text, place = texts.get(one[0]), place_of(one, placed)
                if text is None:
                    continue
                if side:
                    text.sides.append((side, place))
                elif name.startswith(ACT):
                    text.acts.append((name.removeprefix(ACT), place))
                else:
                    text.marks[name.removeprefix(MARK)].append(place)
        for text in texts.values():
            text.sides.sort(key=lambda each: each[1].start)
            text.layout.part_at(place.start for place in text.marks.get("clause", ()))
        return list(texts.values())


def _claims(
    question: Question,
    view: View,
    texts: Sequence[Passage],
    placed: Placed,
    speaks_for: str,
) -> list[tuple[float, Claim]]:
    """Give the claims of an item about one tracker, each with its rank (less is better)."""
    topics = _topics(question, view, placed)
    if not topics and not question.first:
        return []
    ranked: list[tuple[float, Claim]] = []
    for text in texts:
        before = len(ranked)
        for act, place in text.acts:
            found = _claim(question, (view, placed), text, (act, place), topics, speaks_for)
            if found is not None:
                ranked.append(found)
        if not any(claim.modality in UNDONE for _, claim in ranked[before:]):
            ranked += measured_topics(question, (view, placed), text, topics, speaks_for)
        ranked += denied_topics(question, (view, placed), text, topics, speaks_for)
        if text.name == "title":
            ranked += told_by_words(question, (view, placed), text, speaks_for)
    return ranked


def _asides(question: Question) -> Iterator[Locator]:
    """Give where the words stand that a tracker reads beside its acts and its topic."""
    for values in question.values.values():
        yield from (where for _, where in values if where)
    yield from question.when.values()


def _topics(question: Question, view: View, placed: Placed) -> dict[str, list[Place]]:
    topics: dict[str, list[Place]] = defaultdict(list)
    for one in dict.fromkeys(question.topic(view)):
        topics[FIELDS[one[0]]].append(place_of(one, placed))
    return topics


def _nearest(
    ranked: Sequence[tuple[float, Claim]], others: Iterable[tuple[tuple[str, int], float]]
) -> tuple[Claim, ...]:
    """Give the claims, best first, without those whose act clearly belongs to another topic.

    "Russia offers a pause of two days" proposes a truce, and no round of talks; nor does "refused a
    truce at the second round" undo the round, though the item be no hit of a watch on truces:
    `others` are the distances of acts (field, start) from topics that are not asked about.
    """
    least: dict[tuple[str, int], float] = {}
    for act, distance in others:
        least[act] = min(least.get(act, 1.0), distance)
    for _, claim in ranked:
        act = (claim.field, claim.at)
        least[act] = min(least.get(act, 1.0), claim.distance)
    best: dict[tuple[object, ...], Claim] = {}
    for _, claim in sorted(ranked, key=lambda each: each[0]):
        if claim.by_words or claim.distance <= least[claim.field, claim.at] + OTHERS:
            key = (claim.watch, claim.tracker, claim.scope, claim.state, claim.modality)
            best.setdefault(key, claim)
    told = {
        (claim.watch, claim.tracker)
        for claim in best.values()
        if claim.field == "title" and claim.distance < BY_ACT and not claim.by_words
    }
    return tuple(c for c in best.values() if not c.by_words or (c.watch, c.tracker) not in told)


def _elsewhere(ranked: Sequence[tuple[float, Claim]], kept: Sequence[Claim]) -> set[str]:
    """Give the watches whose acts in the title are all of another subject: they are understood."""
    read = {claim.watch for _, claim in ranked if claim.field == "title"}
    return read - {claim.watch for claim in kept if claim.field == "title"}


def _claim(
    question: Question,
    found: Found,
    text: Passage,
    act: tuple[str, Place],
    topics: Mapping[str, Sequence[Place]],
    speaks_for: str,
) -> tuple[float, Claim] | None:
    """Give the claim that an act makes about a tracker, with its rank (less is better)."""
    name, place = act
    distance = _distance(text, place, topics)
    if distance is None:
        return None
    topic = _topic_beside(text, place, topics)
    if distance > TOO_FAR:
        return None
    name = act_meant(question, text, name, place, topic)
    if is_under(text, place):
        distance += UNDER_A_DEAL
    modality, told = manner(text, name, place, topic)
    known = state_for(question.tracker, told)
    if known is None and not (name == DENY and modality is Modality.ASSERTED):
        return None
    state, kin = (known[0].name, known[1]) if known else ("", 0.0)
    if known is None:  # something of the topic is not so
        modality = Modality.DENIED
    distance += kin
    party = party_of(text, place) or (speaks_for if text.name != "title" else "")
    start, end = text.layout.sentences[text.layout.sentence_of(place.start)]
    claim = Claim(
        question.watch, question.tracker.id, told, state, modality,
        scope=scope_of(question, found, text, place, party),
        party=party,
        claimant=speaks_for or claimant_of(text, place) or denier_of(text, name, place),
        categories=slot_values(question, found, "category"),
        field=text.name, start=start, end=end, at=place.start, distance=round(distance, 3),
        denied=name if modality is Modality.DENIED else "",
        count=count_of(question, text, place),
        day=day_of(text, place, ahead=name in FORWARD or modality is Modality.PLANNED),
    )  # fmt: skip
    return distance + rank_of(text, place, name, modality), claim


def _distance(text: Passage, place: Place, topics: Mapping[str, Sequence[Place]]) -> float | None:
    """Give how far an act is from the nearest topic: in its sentence, in the item, in the watch."""
    near = [
        text.layout.cost(topic, place)
        for topic in topics.get(text.name, ())
        if same_sentence(text, topic, place)
    ]
    if near:
        return min(near)
    if text.name != "title":  # beneath the title an act is of whatever its sentence is about
        return None
    return ELSEWHERE if topics else UNNAMED


def _topic_beside(
    text: Passage, place: Place, topics: Mapping[str, Sequence[Place]]
) -> Place | None:
    near = [t for t in topics.get(text.name, ()) if same_sentence(text, t, place)]
    return min(near, key=lambda t: text.layout.cost(t, place), default=None)
