"""Facts beside items by their words: what a fact says already, and what to tell beside a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from monitor.core.ledger import HELD, Fact
from monitor.core.model import Item, Known
from monitor.core.stories import STEM_LETTERS
from monitor.core.text import fold, tokens

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


@lru_cache(maxsize=4096)
def _words_of_fact(text: str) -> frozenset[str]:
    """Give the weighty words of a fact's text: they are asked for with every hit."""
    return _weighty(text)


def related(
    item: Item, facts: Sequence[Fact], most: int = 3, *, first: Sequence[str] = ()
) -> tuple[Known, ...]:
    """Give what was known, as lines to be told beside an item: the facts that share most with it.

    Those whose ids are named `first`, such as the one that it changes, come before all others.
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
    chosen = [*(f for f in held if f.id in first), *(f for f in chosen if f.id not in first)]
    return tuple(Known(fact.id, fact.text, fact.as_of) for fact in chosen[:most])


def fact_that_says(
    title: str, facts: Sequence[Fact], denied: Callable[[str], bool], *, denies: bool
) -> Fact | None:
    """Give the fact that holds every weighty word of a title, or None.

    "Moscow agreed to a meeting" has only words of "Moscow has not agreed to a meeting": a fact that
    denies never silences a title that does not, nor the other way round. `denies` says it of the
    title, `denied` of the text of a fact.
    """
    words = _weighty(title)
    if len(words) < MIN_FACT_WORDS:
        return None
    for fact in facts:
        says = fact.status in HELD and words <= _words_of_fact(fact.text)
        if says and denies == denied(fact.text):
            return fact
    return None
