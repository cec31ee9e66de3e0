"""Is it known? First form: held against the baseline's words and date, and against open stories.

A miss costs more than a repeat: an item is a repeat only where nothing in its words is new. A fact
silences a title all of whose words it holds, never one that merely resembles it: "accepts" and
"refuses" make two headlines that are otherwise the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from monitor.core.acts import deed, denies, meets_any
from monitor.core.ledger import HELD, Fact
from monitor.core.model import Hit, Item, Judgement, Known, Placement, Reason, Severity, Verdict
from monitor.core.rules import Watch
from monitor.core.stories import STEM_LETTERS
from monitor.core.text import fold, tokens

#: A report that comes later than this after its publication is history.
HISTORY_AFTER = timedelta(hours=72)
#: A title needs so many words of weight before a fact can be said to hold them all.
MIN_FACT_WORDS = 4
#: A fact is shown beside an item with which it shares so many weighty words.
MIN_SHARED_WORDS = 2
#: Words that carry no news in the languages in which baselines are written.
_LIGHT = frozenset(
    "the and that this with from for are was were has have had its their they she her his him been "
    "will would into than then also about after over between both says said say day der die das "
    "und den dem des ein eine von mit für ist sind war les des une dans pour par sur est".split()
)


def _weighty(text: str) -> frozenset[str]:
    """Give the words of a text that could be news, by their first letters; short ones count too."""
    found = set()
    for token in tokens(fold(text)):
        if token.is_number or (len(token.word) > 1 and token.word not in _LIGHT):
            found.add(token.word if token.is_number else token.word[:STEM_LETTERS])
    return frozenset(found)


@lru_cache(maxsize=1024)
def _words_of_fact(text: str) -> frozenset[str]:
    """Give the weighty words of a fact's text: they are asked for with every hit."""
    return _weighty(text)


def _no_acts(text: str) -> frozenset[str]:
    del text
    return frozenset()


def judge(  # noqa: PLR0913 - each is a fact of the case
    item: Item,
    hit: Hit,
    placement: Placement,
    facts: Sequence[Fact],
    watch: Watch,
    *,
    as_of: datetime | None,
    edit: bool = False,
    acts: frozenset[str] = frozenset(),
    acts_of: Callable[[str], frozenset[str]] = _no_acts,
) -> Judgement:
    """Say how a hit stands to what is known.

    `facts` are those of the watch, `as_of` the date of its baseline (None: it has none), `edit`
    whether the item is a later version of one already judged, `acts` what its title tells of;
    `acts_of` gives the acts of a fact's text.
    """
    if as_of is not None and item.published_at < as_of:
        return Judgement(Verdict.BACKGROUND, Reason.OLDER_THAN_BASELINE, as_of.isoformat())
    if item.seen_at - item.published_at > HISTORY_AFTER:
        return Judgement(Verdict.BACKGROUND, Reason.OLD_NEWS, item.published_at.isoformat())
    known_story = not placement.founds and hit.watch in placement.watches
    turned = placement.new_acts or placement.new_numbers  # one word makes another headline
    if known_story and placement.copy_of is not None and not edit and not turned:
        detail = f"item {placement.copy_of}"
        return Judgement(Verdict.REPEAT, Reason.COPY_OF_ITEM, detail, (placement.story,))
    repeated = _fact_that_says(item, acts, facts, acts_of)
    if repeated is not None:
        return Judgement(Verdict.REPEAT, Reason.SAYS_KNOWN_FACT, repeated.text, (repeated.id,))
    severity = severity_of(watch, placement.new_acts)
    if not known_story:
        return Judgement(Verdict.NEW, Reason.FOUNDS_STORY, severity=severity)
    if placement.new_acts:
        said = ", ".join(placement.new_acts)
        return Judgement(
            Verdict.UPDATE, Reason.TURN, said, (placement.story,), severity=severity
        )  # fmt: skip
    if placement.new_numbers:
        said = ", ".join(placement.new_numbers)
        return Judgement(
            Verdict.UPDATE, Reason.NUMBER_CHANGED, said, (placement.story,), severity=severity
        )
    return Judgement(Verdict.REPEAT, Reason.SAME_STORY, placement.story, (placement.story,))


def severity_of(watch: Watch, acts: Sequence[str]) -> Severity:
    """Give the greatest severity that a watch's trackers give to acts; medium for none."""
    deeds = {deed(act) for act in acts}
    listed = [
        state.severity for tracker in watch.trackers for state in tracker.states
        if state.act in deeds
    ]  # fmt: skip
    return max(listed, key=lambda severity: severity.rank, default=Severity.MEDIUM)


def related(item: Item, facts: Sequence[Fact], most: int = 3) -> tuple[Known, ...]:
    """Give what was known, as lines to be told beside an item: the facts that share most with it.

    Where none shares anything (an item in another language), the newest of each tracker come first.
    """
    held = sorted((fact for fact in facts if fact.status in HELD), key=lambda f: f.ref or f.id)
    held.sort(key=lambda fact: fact.date, reverse=True)  # newest first, in the file's order
    said = _weighty(item.title) | _weighty(item.summary)
    shared = {fact.id: len(said & _words_of_fact(fact.text)) for fact in held}
    chosen = [fact for fact in held if shared[fact.id] >= MIN_SHARED_WORDS]
    chosen.sort(key=lambda fact: -shared[fact.id])
    if not chosen:
        tracked = [fact for fact in held if fact.tracker]
        first_of = {fact.tracker: fact for fact in reversed(tracked)}
        chosen = [fact for fact in tracked if first_of[fact.tracker] is fact]
        chosen += [fact for fact in tracked if fact not in chosen]
    return tuple(Known(fact.id, fact.text, fact.as_of) for fact in chosen[:most])


def _fact_that_says(
    item: Item,
    acts: frozenset[str],
    facts: Sequence[Fact],
    acts_of: Callable[[str], frozenset[str]],
) -> Fact | None:
    """Give the fact that holds every weighty word and every act of a title, or None.

    "Moscow agreed to a meeting" has only words of "Moscow has not agreed to a meeting": a fact that
    denies never silences a title that does not, nor the other way round.
    """
    title = _weighty(item.title)
    if len(title) < MIN_FACT_WORDS:
        return None
    for fact in facts:
        if fact.status not in HELD or not title <= _words_of_fact(fact.text):
            continue
        told = acts_of(fact.text)
        if denies(acts) == denies(told) and all(meets_any(act, told) for act in acts):
            return fact
    return None
