"""Stories, first form: near copies and same words, over all outlets, for a window of days.

The book remembers open stories between transactions. A transaction works on a draft over it, which
is adopted only after the commit has returned; a rolled-back draft is simply dropped.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.acts import ActMemory
from monitor.core.identity import content_print, digest
from monitor.core.model import Item, Placement
from monitor.core.text import fold, numbers_of, tokens

#: A story takes no further item after this long without one.
OPEN_FOR = timedelta(days=7)
#: Spread of the time decay: two reports three days apart count 0.6 of two at the same time.
DECAY_H = 72.0
#: An item joins where it is this close to a story's centre and this close to its founder.
JOIN_CENTRE = 0.30
JOIN_FOUNDER = 0.18
#: ... and shares so many words with it: two short titles are alike by chance.
MIN_SHARED = 3
#: The same headline over another text is a column, and no further report, after this long.
COLUMN_AFTER = timedelta(hours=6)
#: Share of words two items must have in common to be copies of one text.
COPY_OVERLAP = 0.8
#: Two texts under one headline are one where the shorter has this share of its words in the other.
SAME_TEXT = 0.6
#: A text of so many characters that comes again word for word is the same article, however late.
REPUBLISHED = 80
#: Words shorter than this carry no story (numbers do).
MIN_LETTERS = 3
#: So many stories are compared in full, the most promising first.
CANDIDATES = 12
#: A new item is compared with so many of a story's last ones to find a copy.
REMEMBERED = 20
#: Endings that differ within one word's forms: words are compared by so many first letters.
STEM_LETTERS = 6


def story_words(title: str, summary: str) -> dict[str, float]:
    """Give the words that carry a story with their weight: 2 in the title, 1 in the summary."""
    weights: dict[str, float] = {}
    for text, weight in ((summary, 1.0), (title, 2.0)):
        for token in tokens(fold(text)):
            word = token.keys[1] if len(token.keys) > 1 and len(token.keys[1]) > 2 else token.word
            if token.is_number or len(word) >= MIN_LETTERS:
                weights[word if token.is_number else word[:STEM_LETTERS]] = weight
    return weights


@dataclass(frozen=True, slots=True)
class Telling:
    """What an item adds to its story: acts, those that can recur, watches it counts for."""

    acts: frozenset[str] = frozenset()
    recurring: frozenset[str] = frozenset()
    watches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """One item of a story as the book remembers it."""

    item_id: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Story:
    """An open story: founder, centre (summed weights of its items), what it has said so far."""

    name: str
    founder_identity: str
    founder: Mapping[str, float]
    centre: Mapping[str, float]
    last_at: datetime
    numbers: frozenset[str] = frozenset()
    acts: ActMemory = field(default_factory=ActMemory)
    watches: frozenset[str] = frozenset()
    told: tuple[Told, ...] = ()
    reports: int = 0
    publishers: frozenset[str] = frozenset()

    def says(self, words: Mapping[str, float], item_id: int) -> bool:
        """Say whether an item of the story has most of some words, or they have most of its."""
        known = next((t.words for t in self.told if t.item_id == item_id), self.centre.keys())
        smaller = min(len(words), len(known))
        return not smaller or len(words.keys() & known) / smaller >= SAME_TEXT

    def joined(self, item: Item, item_id: int, told: Telling, *, turns: bool) -> Story:
        """Give the story with one more item; `turns` says whether its acts count."""
        words = story_words(item.title, item.summary)
        centre = dict(self.centre)
        for word, weight in words.items():
            centre[word] = centre.get(word, 0.0) + weight
        return replace(
            self,
            centre=centre,
            last_at=max(self.last_at, item.published_at),
            numbers=self.numbers | numbers_of(item.title) | numbers_of(item.summary),
            acts=self.acts.after(told.acts, item.published_at, told.recurring)
            if turns
            else self.acts,
            watches=self.watches | told.watches,
            told=(*self.told[-REMEMBERED:], Told(item_id, frozenset(words))),
            reports=self.reports + 1,
            publishers=self.publishers | {item.publisher},
        )


@dataclass
class _Shelf:
    """Stories with the two ways to find them: by word and by the hash of a whole text."""

    stories: dict[str, Story] = field(default_factory=dict)
    by_word: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_print: dict[str, tuple[str, int]] = field(default_factory=dict)

    def put(self, story: Story, words: Iterable[str]) -> None:
        self.stories[story.name] = story
        for word in words:
            self.by_word[word].add(story.name)


class Draft:
    """What one transaction adds to the book; sees the book and its own additions."""

    def __init__(self, base: _Shelf) -> None:
        """Begin with nothing added."""
        self._base = base
        self.added = _Shelf()
        self.placed: dict[str, str] = {}

    def place(self, item: Item, told: Telling, *, edit: bool = False) -> Placement:
        """Say whose story an item is. Changes nothing.

        An `edit` that tells another story altogether (a feed that uses one guid for everything)
        founds one under a name of its own: the item's identity has named a story before.
        """
        words = story_words(item.title, item.summary)
        whole, title = _prints(item)
        copied = self._printed(whole, item)
        titled = self._printed(title, item)
        if copied is not None and len(item.summary) >= REPUBLISHED:
            told = Telling()  # the very same article once more tells nothing anew
        if copied is None and titled is not None and titled[0].says(words, titled[1]):
            copied = titled
        if copied is not None:
            return self._join(item, told, copied[0], 1.0, copied[1])
        # the same headline over another text, hours later: a column, not a further report
        column = titled[0].name if titled and _later(item, titled[0]) else ""
        best: tuple[float, Story] | None = None
        for story in self._candidates(words):
            score = self._similarity(item, words, story) if story.name != column else 0.0
            if score and (best is None or score > best[0]):
                best = (score, story)
        if best is None:
            founder = item.identity
            if edit:
                founder = digest("edit", founder, content_print(item.title, item.summary))
            name = "s" + digest("story", founder, size=5)
            acts = tuple(sorted(told.acts))
            return Placement(name, founds=True, founder_identity=founder, new_acts=acts)
        return self._join(item, told, best[1], best[0], _copy_in(best[1], frozenset(words)))

    def add(self, item: Item, item_id: int, placement: Placement, told: Telling) -> None:
        """Remember where an item was placed."""
        words = story_words(item.title, item.summary)
        turns = placement.founds or bool(placement.new_acts)
        story = self._story(placement.story) or Story(
            placement.story, placement.founder_identity, words, {}, item.published_at
        )
        self.added.put(story.joined(item, item_id, told, turns=turns), words)
        self.placed[item.identity] = story.name
        for mark in _prints(item):
            self.added.by_print.setdefault(mark, (story.name, item_id))

    def story_of(self, identity: str) -> str | None:
        """Give the name of the story that an item was placed in by this draft, or None."""
        return self.placed.get(identity)

    def _printed(self, mark: str, item: Item) -> tuple[Story, int] | None:
        """Give the open story and the item that have told a text before, or None."""
        known = self.added.by_print.get(mark) or self._base.by_print.get(mark)
        story = self._story(known[0]) if known else None
        if known is None or story is None or abs(item.published_at - story.last_at) > OPEN_FOR:
            return None
        return story, known[1]

    def _story(self, name: str) -> Story | None:
        return self.added.stories.get(name) or self._base.stories.get(name)

    def _join(
        self, item: Item, told: Telling, story: Story, score: float, copy_of: int | None
    ) -> Placement:
        numbers = numbers_of(item.title) - story.numbers if story.numbers else frozenset()
        fresh = story.acts.fresh(told.acts, item.published_at, told.recurring)
        new_acts = tuple(sorted(fresh))
        return Placement(
            story.name,
            founds=False,
            similarity=round(score, 4),
            copy_of=copy_of,
            founder_identity=story.founder_identity,
            new_numbers=tuple(sorted(numbers)),
            new_acts=new_acts,
            times=tuple(story.acts.times(act) for act in new_acts),
            watches=story.watches,
            reports=story.reports + 1,
            publishers=len(story.publishers | {item.publisher}),
        )

    def _frequency(self, word: str) -> int:
        ours = len(self.added.by_word.get(word, ()))
        return len(self._base.by_word.get(word, ())) + ours

    def _rarity(self, word: str) -> float:
        stories = len(self._base.stories) + len(self.added.stories)
        return math.log(1.0 + (1.0 + stories) / (1.0 + self._frequency(word)))

    def _candidates(self, words: Mapping[str, float]) -> Iterator[Story]:
        common = max(20, (len(self._base.stories) + len(self.added.stories)) // 4)
        scores: dict[str, float] = defaultdict(float)
        for word, weight in words.items():
            if self._frequency(word) > common:
                continue
            gain = self._rarity(word) * weight
            for shelf in (self._base, self.added):
                for name in shelf.by_word.get(word, ()):
                    scores[name] += gain
        for name in sorted(scores, key=lambda n: (-scores[n], n))[:CANDIDATES]:
            story = self._story(name)
            if story is not None:
                yield story

    def _similarity(self, item: Item, words: Mapping[str, float], story: Story) -> float:
        """Give the decayed likeness to a story, 0 where the item is too far from it."""
        apart = abs(item.published_at - story.last_at)
        if apart > OPEN_FOR:
            return 0.0
        if len(words.keys() & story.centre.keys()) < MIN_SHARED:
            return 0.0
        centre = self._cosine(words, story.centre)
        hours = apart.total_seconds() / 3600
        score = centre * math.exp(-(hours**2) / (2 * DECAY_H**2))
        if score < JOIN_CENTRE or self._cosine(words, story.founder) < JOIN_FOUNDER:
            return 0.0
        return score

    def _cosine(self, one: Mapping[str, float], other: Mapping[str, float]) -> float:
        rarity = {word: self._rarity(word) for word in {*one, *other}}
        dot = sum(weight * other[w] * rarity[w] ** 2 for w, weight in one.items() if w in other)
        if not dot:
            return 0.0
        norms = [
            math.sqrt(sum((v * rarity[w]) ** 2 for w, v in side.items())) for side in (one, other)
        ]
        return dot / (norms[0] * norms[1])


class StoryBook:
    """The open stories that the desk remembers between transactions."""

    def __init__(self) -> None:
        """Begin empty; the store's open stories are put in at start."""
        self._shelf = _Shelf()
        self._marks: dict[str, set[str]] = defaultdict(set)

    def draft(self) -> Draft:
        """Begin what one transaction adds."""
        return Draft(self._shelf)

    def adopt(self, draft: Draft, now: datetime) -> None:
        """Take over what a committed transaction added, and forget stories that have closed."""
        for name, story in draft.added.stories.items():
            self._shelf.stories[name] = story
        for word, names in draft.added.by_word.items():
            self._shelf.by_word[word] |= names
        for mark, known in draft.added.by_print.items():
            if self._shelf.by_print.setdefault(mark, known) == known:
                self._marks[known[0]].add(mark)
        for story in [s for s in self._shelf.stories.values() if s.last_at < now - OPEN_FOR]:
            self._forget(story)

    def __len__(self) -> int:
        """Count the open stories."""
        return len(self._shelf.stories)

    def _forget(self, story: Story) -> None:
        """Take a closed story out, so that memory is what a new start would load."""
        del self._shelf.stories[story.name]
        for word in story.centre:
            names = self._shelf.by_word.get(word, set())
            names.discard(story.name)
            if not names:
                self._shelf.by_word.pop(word, None)
        for mark in self._marks.pop(story.name, set()):
            self._shelf.by_print.pop(mark, None)


def _later(item: Item, story: Story) -> bool:
    return item.published_at - story.last_at >= COLUMN_AFTER


def _prints(item: Item) -> tuple[str, str]:
    """Give the hashes by which a copy is found: of the whole text, and of a title long enough."""
    title = content_print(item.title, "")
    whole = content_print(item.title, item.summary)
    return (whole, title if len(item.title) >= 25 else whole)


def _copy_in(story: Story, words: frozenset[str]) -> int | None:
    """Give the item of a story that has nearly the same words, or None."""
    for told in reversed(story.told):
        union = len(words | told.words)
        if union and len(words & told.words) / union >= COPY_OVERLAP:
            return told.item_id
    return None
