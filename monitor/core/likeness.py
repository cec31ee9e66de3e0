"""How alike an item and a story are: words of one language, names and numbers, tokens of none.

An item is reduced to a sketch, three weighted sets. A story has a sketch of its founder and one of
all its items together. What only one language can say (words) is compared where both sides speak
it; names, numbers and tokens are compared always, and weigh more where they stand alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from monitor.core.model import Item
from monitor.core.skeletons import names_and_numbers
from monitor.core.text import fold, tokens

#: Words shorter than this carry no story (numbers do).
MIN_LETTERS = 3
#: Endings that differ within one word's forms: words are compared by so many first letters.
STEM_LETTERS = 6
#: What is said in the title weighs so much, what is said below it 1.
TITLE = 2.0
#: How much words, names with numbers, and tokens count for the likeness of two texts.
WORDS, NAMES, TOKENS = 0.4, 0.3, 0.3
#: Names and tokens in common count n / (n + this): one or two are in common by chance.
FEW_NAMES, FEW_TOKENS = 0.5, 1.0

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of a text, or of a story's texts together, is compared, each with its weight.

    `words` are by language. Every key begins with the letter of its channel (`w`, `n`, `t`), those
    of words with their language too: one index holds all, and no two languages meet by chance.
    """

    words: Mapping[str, Weights] = field(default_factory=dict)
    names: Weights = field(default_factory=dict)
    tokens: Weights = field(default_factory=dict)

    def everything(self) -> Iterator[str]:
        """Give every key of the sketch."""
        return chain(*self.words.values(), self.names, self.tokens)

    def stems(self) -> frozenset[str]:
        """Give the keys of all its words."""
        return frozenset(chain(*self.words.values()))

    def words_for(self, other: Sketch) -> Weights:
        """Give its words in the language of an item's sketch, empty where it has none."""
        return next((self.words[tag] for tag in other.words if tag in self.words), {})

    def plus(self, other: Sketch) -> Sketch:
        """Give the sketch of two texts together."""
        spoken = {tag: _sum(self.words.get(tag, {}), words) for tag, words in other.words.items()}
        return Sketch(
            {**self.words, **spoken},
            _sum(self.names, other.names),
            _sum(self.tokens, other.tokens),
        )


def story_words(title: str, summary: str) -> dict[str, float]:
    """Give the words that carry a story with their weight: 2 in the title, 1 in the summary."""
    weights: dict[str, float] = {}
    for text, weight in ((summary, 1.0), (title, TITLE)):
        for token in tokens(fold(text)):
            word = token.keys[1] if len(token.keys) > 1 and len(token.keys[1]) > 2 else token.word
            if token.is_number or len(word) >= MIN_LETTERS:
                weights[word if token.is_number else word[:STEM_LETTERS]] = weight
    return weights


@lru_cache(maxsize=128)
def sketch_of_text(title: str, summary: str, language: str) -> Sketch:
    """Give the words, names and numbers of a text. An item is placed, then added: twice asked."""
    prefix = f"w{language}:"
    words = {prefix + word: weight for word, weight in story_words(title, summary).items()}
    names = {"n" + name: 1.0 for name in sorted(names_and_numbers(summary, language))}
    names |= {"n" + name: TITLE for name in sorted(names_and_numbers(title, language))}
    return Sketch({language: words}, names)


def sketch_of(item: Item, told: Iterable[str]) -> Sketch:
    """Give the sketch of an item: its text, and the tokens that were found in it."""
    text = sketch_of_text(item.title, item.summary, item.language)
    return Sketch(text.words, text.names, {"t" + token: 1.0 for token in sorted(told)})


def likeness(one: Sketch, story: Sketch, rarity: Mapping[str, float]) -> float:
    """Give how alike an item and a story's sketch are, 0 to 1; `rarity` is squared already.

    What cannot be compared, because one side has nothing of it in a language of the other, leaves
    its weight to the rest.
    """
    total = weight = 0.0
    for share, few, mine, theirs in (
        (WORDS, 0.0, one.words_for(one), story.words_for(one)),
        (NAMES, FEW_NAMES, one.names, story.names),
        (TOKENS, FEW_TOKENS, one.tokens, story.tokens),
    ):
        if mine and theirs:
            common = len(mine.keys() & theirs.keys())
            weight += share
            if common:
                total += share * cosine(mine, theirs, rarity) * common / (common + few)
    return total / weight if weight else 0.0


def cosine(one: Weights, other: Weights, rarity: Mapping[str, float]) -> float:
    """Give the cosine of two weighted sets, 0 to 1, under a squared rarity."""
    dot = sum([w * other[key] * rarity[key] for key, w in one.items() if key in other])
    if not dot:
        return 0.0
    squares = [sum([v * v * rarity[key] for key, v in side.items()]) for side in (one, other)]
    return dot / math.sqrt(squares[0] * squares[1])


def _sum(one: Weights, other: Weights) -> dict[str, float]:
    summed = dict(one)
    for key, weight in other.items():
        summed[key] = summed.get(key, 0.0) + weight
    return summed
