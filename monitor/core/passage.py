"""A field of an item as claims are read from it: where acts, marks, sides, numbers and days stand.

How an act is told (denied, hedged, planned, looked back on), by whom and when, is read from the
marks within its clause.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.claims import BOTH
from monitor.core.clauses import Layout, Place
from monitor.core.days import Day, days
from monitor.core.deeds import DENIED_AS, DENY, FORWARD, HEDGED_AS, PLANNED_AS, Modality
from monitor.core.quantities import Quantity, quantities

#: Languages in which the verb that governs stands last.
VERB_LAST = frozenset({"tr"})
#: Words between a mark and the act that it speaks of, at most.
NEGATION_REACH, HEDGE_REACH = 4, 8
#: Letters of an article, which may stand between `despite` and what it happened in spite of.
ARTICLE = 4
#: A negation that stands so far from an act (see `Layout.cost`) is of something else.
NEGATION_COST = 0.1
#: A word of denial speaks of an act that follows within so many words, and no further than this.
DENIAL_REACH, DENIAL_COST = 8, 0.25
#: Two sides named with so many words between them act together.
SIDE_BY_SIDE = 2
#: Acts beside which a count is of what was settled, wherever in the item they stand.
SETTLING = frozenset({"agree", "accept"})
#: Languages in which a negation may stand right behind what it denies.
NEGATION_BEHIND = frozenset({"de", "tr"})
#: Acts that a condition takes back: "if Kyiv agrees, Moscow will withdraw".
WITHDRAWING = frozenset({"reject", "postpone", "cancel"})
#: A number after these is told exactly: people are handed over, not more than so many.
_HANDED = re.compile(r"(?i)\b(?:hand|turn)(?:s|ed|ing)? over\b")
#: Days after which a day of the week comes again.
WEEK = 7
#: Numbers and dates are read in so many characters of a field: claims stand at its beginning.
MEASURED = 1_000
#: What a report itself dates this long before its publication is history.
HISTORY_AFTER = timedelta(hours=72)


@dataclass(slots=True)
class Passage:
    """One field of an item: where acts, marks, sides and topics stand in it."""

    name: str
    layout: Layout
    acts: list[tuple[str, Place]] = field(default_factory=list)
    marks: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    sides: list[tuple[str, Place]] = field(default_factory=list)
    quantities: tuple[Quantity, ...] = ()
    days: tuple[Day, ...] = ()
    published: datetime | None = None
    settled: bool = False
    language: str = ""

    def order_of(self, place: Place) -> int:
        """Give how many acts of its sentence come before one; after it, where verbs stand last."""
        sentence = self.layout.sentence_of(place.start)
        starts = {p.start for _, p in self.acts if self.layout.sentence_of(p.start) == sentence}
        if self.language in VERB_LAST:
            return sum(start > place.start for start in starts)
        return sum(start < place.start for start in starts)

    def measure(self, language: str, published: datetime | None) -> None:
        """Read the numbers and dates of the text."""
        self.language = language
        text = _HANDED.sub(lambda match: match[0][:-4] + " " * 4, self.layout.text[:MEASURED])
        self.quantities = quantities(text, language)
        self.published = published
        if published is not None:
            self.days = days(self.layout.text[:MEASURED], language, published)

    def same_sentence(self, start: int, other: int) -> bool:
        """Say whether two places, by their first code points, stand in one sentence."""
        return self.layout.sentence_of(start) == self.layout.sentence_of(other)


def same_sentence(text: Passage, one: Place, other: Place) -> bool:
    """Say whether two places stand in one sentence."""
    return text.layout.sentence_of(one.start) == text.layout.sentence_of(other.start)


def overlap(one: Place, other: Place) -> bool:
    """Say whether two places have a character in common."""
    return one.start < other.end and other.start < one.end


def is_under(text: Passage, place: Place) -> bool:
    """Say whether an act only names the deal under which something else is done."""
    if not any(overlap(mark, place) for mark in text.marks.get("under", ())):
        return False
    doers = [p for _, p in text.sides] + text.marks.get("both", []) + text.marks.get("at-talks", [])
    return not any(0 <= place.first - p.last - 1 <= 1 for p in doers)  # else they agree just now


def manner(text: Passage, act: str, place: Place, topic: Place | None) -> tuple[Modality, str]:
    """Give how an act is told of, and the act that it comes to."""
    clause = text.layout.clause_of(place)
    if act not in FORWARD and _long_ago(text, clause):
        return Modality.HISTORICAL, act
    negated = is_negated(text, place) or (topic is not None and is_negated(text, topic, reach=1))
    negated = negated or _denying(text, act, place) is not None
    if has_within(text, "past", clause) or _is_backdrop(text, place):
        return Modality.HISTORICAL, act
    conditional = any(same_sentence(text, each, place) for each in text.marks.get("if", ()))
    hedged = conditional or _marked(text, "hedge", place, clause)
    hedged = hedged or text.layout.text[: text.layout.sentences[-1][1]].rstrip().endswith("?")
    if negated:
        told = DENIED_AS.get(act, "")
        if not told or (hedged and act != "ready"):  # "not ready" is no reserve
            return Modality.HEDGED, HEDGED_AS.get(act, act)
        return Modality.DENIED, told
    spared = any(overlap(each, place) for each in text.marks.get("not-pseudo", ()))
    if spared or (conditional and act in WITHDRAWING) or (hedged and act not in FORWARD):
        return Modality.HEDGED, HEDGED_AS.get(act, act)
    infinitive = _right_before(text, "to", place)
    if infinitive and act in SETTLING:
        return Modality.HEDGED, HEDGED_AS[act]
    planned = (
        infinitive
        or _marked(text, "plan", place, clause)
        or _follows(text, "before", place, clause, HEDGE_REACH)
    )
    if act in PLANNED_AS and planned:
        return Modality.PLANNED, PLANNED_AS[act]
    return Modality.ASSERTED, act


def is_ahead(text: Passage, place: Place) -> bool:
    """Say whether a clause tells of what is to come, by its words or by the day that it names."""
    clause = text.layout.clause_of(place)
    if has_within(text, "plan", clause):
        return True
    if text.published is None:
        return False
    told = [each for each in text.days if text.same_sentence(each.start, place.start)]
    return bool(told) and all(each.first > text.published.date() for each in told)


def is_negated(text: Passage, place: Place, reach: int = NEGATION_REACH) -> bool:
    """Say whether a negation speaks of an act or topic, and of no other act between both.

    A `reach` of one word is that of a topic. Behind it stands the negation only in languages that
    put it there, and in Turkish it may be the end of the word itself.
    """
    behind = text.language in NEGATION_BEHIND
    for mark in text.marks.get("not", ()):
        if not same_sentence(text, mark, place) or _is_pseudo(text, mark):
            continue
        if reach == 1 and any(overlap(mark, p) for act, p in text.acts if act == "reject"):
            continue  # "says no to a truce": the negation is the act
        if overlap(mark, place):
            if text.language in VERB_LAST and mark.last == place.last and reach > 1:
                return True
            continue
        before = 0 <= place.first - mark.last - 1 <= reach
        after = behind and 0 <= mark.first - place.last - 1 <= (1 if reach > 1 else 0)
        if not (before or after) or text.layout.cost(mark, place) >= NEGATION_COST:
            continue
        low, high = min(mark.start, place.start), max(mark.end, place.end)
        others = [p for _, p in text.acts if not overlap(p, place) and not overlap(p, mark)]
        if any(low <= p.start and p.end <= high for p in others):
            continue
        if after and reach == 1 and any(0 <= p.first - mark.last - 1 <= 1 for p in others):
            continue  # it speaks of the act behind it
        return True
    return False


def _denying(text: Passage, act: str, place: Place) -> Place | None:
    """Give the word that denies an act: "Moscow **denies** agreeing to a truce"; None for none."""
    for name, deny in text.acts:
        if name != DENY or act == DENY or not same_sentence(text, deny, place):
            continue
        behind = text.language in VERB_LAST
        before, after = (place, deny) if behind else (deny, place)
        if overlap(deny, place) or not 0 <= after.first - before.last - 1 <= DENIAL_REACH:
            continue
        if text.layout.cost(deny, place) < DENIAL_COST and not is_negated(text, deny):
            return deny
    return None


def denier_of(text: Passage, act: str, place: Place) -> str:
    """Give the side that denies an act, or whose denial this is; "" for none."""
    deny = place if act == DENY else _denying(text, act, place)
    if deny is None:
        return ""
    party = party_of(text, deny)
    return "" if party == BOTH else party


def _is_pseudo(text: Passage, mark: Place) -> bool:
    return any(overlap(mark, pseudo) for pseudo in text.marks.get("not-pseudo", ()))


def _marked(text: Passage, mark: str, place: Place, clause: tuple[int, int]) -> bool:
    return any(
        clause[0] <= each.start < clause[1]
        and not (place.first <= each.first and each.last <= place.last)
        and -HEDGE_REACH <= place.first - each.last <= HEDGE_REACH
        for each in text.marks.get(mark, ())
    )


def _is_backdrop(text: Passage, place: Place) -> bool:
    """Say whether an act is only what something happens in spite of: despite the agreed truce."""
    return any(
        each.last < place.first and len(text.layout.text[each.end : place.start].strip()) <= ARTICLE
        for each in text.marks.get("despite", ())
    )


def _follows(text: Passage, mark: str, place: Place, clause: tuple[int, int], reach: int) -> bool:
    """Say whether an act stands within some words behind a mark of its clause.

    What stands behind `ahead of` is to come, what precedes it is not.
    """
    return any(
        clause[0] <= each.start < clause[1] and 0 < place.first - each.last <= reach
        for each in text.marks.get(mark, ())
    )


def _right_before(text: Passage, mark: str, place: Place) -> bool:
    return any(each.last + 1 == place.first for each in text.marks.get(mark, ()))


def has_within(text: Passage, mark: str, clause: tuple[int, int]) -> bool:
    """Say whether a mark stands in a clause, given as code points [start, end)."""
    return any(clause[0] <= each.start < clause[1] for each in text.marks.get(mark, ()))


def party_of(text: Passage, place: Place) -> str:
    """Give who acts: the side before the act in its clause, else the first of its sentence.

    Two sides joined by `and`, a comma or a hyphen, or words for both, act together; who stands
    before a colon only speaks; who stands behind `by` acts. Where verbs stand last the first side
    acts.
    """
    here = [(side, p) for side, p in text.sides if same_sentence(text, p, place)]
    if any(same_sentence(text, each, place) for each in text.marks.get("both", ())):
        return BOTH
    by = next((m for m in text.marks.get("by", ()) if 0 <= m.first - place.last - 1 <= 1), None)
    if by is not None:
        after = [side for side, p in here if 0 <= p.first - by.last - 1 <= SIDE_BY_SIDE]
        if after:
            return after[0]
    start = text.layout.sentences[text.layout.sentence_of(place.start)][0]
    colon = text.layout.text.find(":", start, place.start)
    acting = [each for each in here if each[1].start > colon] or here
    before = [(side, p) for side, p in acting if p.end <= place.start]
    if not before:
        return acting[0][0] if acting else ""
    opens, _ = text.layout.clause_of(place)
    near = [each for each in before if each[1].start >= opens]
    chosen = (near[0] if text.language in VERB_LAST else near[-1]) if near else before[0]
    joined = any(side != chosen[0] and _joined(text, p, chosen[1]) for side, p in before)
    return BOTH if joined else chosen[0]


def _joined(text: Passage, one: Place, other: Place) -> bool:
    """Say whether two places are told in one breath: `Russia and Ukraine`, `Russia-Ukraine`."""
    left, right = (one, other) if one.start <= other.start else (other, one)
    if right.first - left.last > SIDE_BY_SIDE + 1:
        return False
    between = text.layout.text[left.end : right.start]
    listed = any(left.end <= m.start < right.start for m in text.marks.get("and", ()))
    return listed or between.strip() in {",", "-", "\u2013", "/", "&"}


def claimant_of(text: Passage, place: Place) -> str:
    """Give the side beside a word of saying in the sentence, "" where nobody is said to say it."""
    said = [m for m in text.marks.get("said", ()) if same_sentence(text, m, place)]
    best: tuple[int, str] | None = None
    for mark in said:
        for side, p in text.sides:
            if same_sentence(text, p, mark):
                gap = min(abs(p.first - mark.last), abs(mark.first - p.last))
                best = min(best or (gap, side), (gap, side))
    if best:
        return best[1]
    start, _ = text.layout.sentences[text.layout.sentence_of(place.start)]
    colon = text.layout.text.find(":", start, place.start)
    speaking = [side for side, p in text.sides if start <= p.start < colon]
    return speaking[-1] if speaking else ""


def day_of(text: Passage, place: Place, *, ahead: bool) -> str:
    """Give the single day told in the sentence, as ISO: one to come for what is to come."""
    for each in text.days:
        if each.first != each.last or not text.same_sentence(each.start, place.start):
            continue
        day = each.first
        late = (text.published.date() - day).days if ahead and text.published else 0
        if 0 < late < WEEK and each.ahead is None:  # a weekday beside what is to come
            day, late = day + timedelta(days=WEEK), 0
        if late <= 0:
            return day.isoformat()
    return ""


def _long_ago(text: Passage, clause: tuple[int, int]) -> bool:
    """Say whether a clause dates what it tells well before the publication."""
    if text.published is None:
        return False
    before = (text.published - HISTORY_AFTER).date()
    told = [each for each in text.days if clause[0] <= each.start < clause[1]]
    return bool(told) and all(each.last < before for each in told)


def settles(text: Passage) -> bool:
    """Say whether a title names a table or a deal, or the first sentence beneath it.

    There a table says so only where no exchange is told as well: captives come home under a deal.
    """
    agreed = any(
        act in SETTLING and not is_under(text, place) and text.layout.sentence_of(place.start) == 0
        for act, place in text.acts
    )
    if agreed or text.name == "title":
        done = "under" in text.marks or any(act == "carry-out" for act, _ in text.acts)
        return agreed or "at-talks" in text.marks or ("at-table" in text.marks and not done)
    if "under" in text.marks or any(act == "carry-out" for act, _ in text.acts):
        return False
    return any(text.layout.sentence_of(p.start) == 0 for p in text.marks.get("at-talks", ()))


def is_plain(texts: Sequence[Passage], title: Passage) -> bool:
    """Say whether a headline tells something: it asks, hedges and explains nothing."""
    asks = any(place.first == 0 for place in title.marks.get("wh", ()))
    marked = any(name in title.marks for name in ("hedge", "if", "ask", "past", "review", "live"))
    explains = any("review" in text.marks or "live" in text.marks for text in texts)
    return not (asks or marked or explains or "?" in title.layout.text)
