"""Stories: one event as many outlets tell it, in whatever language, for a window of days.

The book remembers open stories between transactions. A transaction works on a draft over it, which
is adopted only after the commit has returned; a rolled-back draft is simply dropped.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import nlargest

from monitor.core.gathering import (
    OPEN_FOR,
    Closeness,
    Story,
    Telling,
    clash,
    closeness,
    decay,
)
from monitor.core.identity import content_print, digest
from monitor.core.likeness import STEM_LETTERS, Sketch, sketch_of
from monitor.core.model import Item, Placement
from monitor.core.text import numbers_of

__all__ = ["OPEN_FOR", "STEM_LETTERS", "Draft", "Story", "StoryBook", "Telling"]

#: The same headline over another text is a column, and no further report, after this long.
COLUMN_AFTER = timedelta(hours=6)
#: Share of words two items must have in common to be copies of one text.
COPY_OVERLAP = 0.8
#: A shorter title, in characters, is no proof of a copy.
TITLE_PRINTED = 25
#: So many stories without a key are supposed beside the open ones: among the first few of a new
#: start, what two reports share would else weigh less than what only one has.
SUPPOSED = 5.0
#: Stories are looked for by an item's rarest keys, until so many entries have been read.
LOOKED_UP = 1000
#: So many of those found are weighed by their age, and so many of these compared in full.
PROMISING, CANDIDATES = 40, 6
#: How a copy stands to its story.
COPIED = Closeness(1.0, 5.0)
#: An item that is so many times as close as need be to each of two stories shows them to be one.
LINKS = 2.0


@dataclass
class _Shelf:
    """Stories with the ways to find them: by word, by the hash of a whole text, by an alias.

    Words are keys of sketches: stems, and the names, numbers and tokens that stand beside them.
    """

    stories: dict[str, Story] = field(default_factory=dict)
    by_word: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_print: dict[str, tuple[str, int]] = field(default_factory=dict)
    elder: dict[str, str] = field(default_factory=dict)


class _Rarities(dict[str, float]):
    """The squared weight of keys by how few open stories have them, each computed once."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._stories = draft.stories()

    def __missing__(self, key: str) -> float:
        have = self._draft.frequency(key)
        rarity = self[key] = math.log(1.0 + (SUPPOSED + self._stories) / (1.0 + have)) ** 2
        return rarity


class Draft:
    """What one transaction adds to the book; sees the book and its own additions."""

    def __init__(self, base: _Shelf) -> None:
        """Begin with nothing added."""
        self._base = base
        self._new = 0
        self.added = _Shelf()
        self.placed: dict[str, str] = {}

    def place(self, item: Item, told: Telling, *, edit: bool = False) -> Placement:
        """Say whose story an item is. Changes nothing.

        An `edit` that tells another story altogether (a feed that uses one guid for everything)
        founds one under a name of its own: the item's identity has named a story before.
        """
        sketch = sketch_of(item, told.tokens)
        whole, title = _prints(item.title, item.summary)
        copied = self._printed(whole, item)
        titled = self._printed(title, item)
        if copied is None and titled is not None and titled[0].says(sketch.stems(), titled[1]):
            copied = titled
        if copied is not None:
            return self._join(item, copied[0], COPIED, copy_of=copied[1])
        # the same headline over another text, hours later: a column, not a further report
        column = titled[0].name if titled and _later(item, titled[0]) else ""
        close = self._closest(item, sketch, told, column)
        if not close:
            return _founds(item, edit=edit)
        closest, story = close[0]
        copy_of = _copy_in(story, sketch.stems())
        other = close[1] if len(close) > 1 and close[1][0].of_bar >= LINKS else None
        if other is None or clash(story, other[1]):
            return self._join(item, story, closest, copy_of=copy_of)
        elder, younger = sorted((story, other[1]), key=lambda s: (s.opened_at, s.name))
        return self._join(item, elder, closest, copy_of=copy_of, alias=younger.name)

    def add(self, item: Item, item_id: int, placement: Placement, told: Telling) -> None:
        """Remember where an item was placed, and what its placement links."""
        sketch = sketch_of(item, told.tokens)
        name = self._elder(placement.story)
        at = item.published_at
        story = self._story(name) or Story(name, placement.founder_identity, (sketch,), at, at)
        keys = () if story.centred else sketch.everything()
        self._put(story.joined(item, sketch, item_id, told), keys)
        if placement.alias:
            self.link(placement.alias, name)
        self.placed[item.identity] = name
        for mark in _prints(item.title, item.summary):
            self.added.by_print.setdefault(mark, (name, item_id))

    def story_of(self, identity: str) -> str | None:
        """Give the name of the story that an item was placed in by this draft, or None."""
        return self.placed.get(identity)

    def stories(self) -> int:
        """Count the open stories, its own with those of the book."""
        return len(self._base.stories) + self._new

    def frequency(self, key: str) -> int:
        """Count the open stories that have a key."""
        return len(self._base.by_word.get(key, ())) + len(self.added.by_word.get(key, ()))

    def _put(self, story: Story, keys: Iterable[str]) -> None:
        name = story.name
        self._new += name not in self._base.stories and name not in self.added.stories
        self.added.stories[name] = story
        for key in keys:
            if name not in self._base.by_word.get(key, ()):
                self.added.by_word[key].add(name)

    def link(self, younger: str, elder: str) -> None:
        """Take two stories for one from here on, under the elder's name."""
        other, story = self._story(younger), self._story(elder)
        if other is None or story is None or younger == elder:
            return
        self.added.elder[younger] = elder
        self._put(story.with_alias(other), other.centre.everything())

    def _elder(self, name: str) -> str:
        """Give the name under which a story goes on."""
        while elder := self.added.elder.get(name) or self._base.elder.get(name):
            name = elder
        return name

    def _printed(self, mark: str, item: Item) -> tuple[Story, int] | None:
        """Give the open story and the item that have told a text before, or None."""
        known = self.added.by_print.get(mark) or self._base.by_print.get(mark)
        story = self._story(self._elder(known[0])) if known else None
        if known is None or story is None or abs(item.published_at - story.last_at) > OPEN_FOR:
            return None
        return story, known[1]

    def _story(self, name: str) -> Story | None:
        return self.added.stories.get(name) or self._base.stories.get(name)

    def _join(
        self,
        item: Item,
        story: Story,
        close: Closeness,
        *,
        copy_of: int | None,
        alias: str = "",
    ) -> Placement:
        numbers = numbers_of(item.title) - story.numbers if story.numbers else frozenset()
        return Placement(
            story.name,
            founds=False,
            similarity=round(close.score, 4),
            closeness=round(close.of_bar, 3),
            opened_at=story.opened_at,
            claimed_at=max(story.claims.values(), default=None),
            copy_of=copy_of,
            founder_identity=story.founder_identity,
            new_numbers=tuple(sorted(numbers)),
            watches=story.watches,
            reports=story.reports + 1,
            publishers=len(story.publishers | {item.publisher}),
            alias=alias,
            claims=tuple(sorted(story.claims, key=lambda c: (story.claims[c], c), reverse=True)),
        )

    def _closest(
        self, item: Item, sketch: Sketch, told: Telling, column: str
    ) -> list[tuple[Closeness, Story]]:
        """Give the stories that an item is close enough to, the closest first."""
        rarities = _Rarities(self)
        close = [
            (closeness(item.published_at, sketch, told, story, rarities), story)
            for story in self._candidates(item.published_at, sketch, rarities)
            if story.name != column
        ]
        clear = [each for each in close if each[0].of_bar >= 1.0]
        return sorted(clear, key=lambda each: (-each[0].of_bar, each[1].opened_at, each[1].name))

    def _candidates(self, at: datetime, sketch: Sketch, rarities: _Rarities) -> Iterator[Story]:
        """Give the stories that share most with an item, by its rarest keys."""
        scores: dict[str, float] = defaultdict(float)
        read = 0
        for have, key in sorted((self.frequency(key), key) for key in sketch.everything()):
            read += have
            if read > LOOKED_UP and scores:
                break
            weight = rarities[key]
            for shelf in (self._base, self.added):
                for name in shelf.by_word.get(key, ()):
                    scores[name] += weight
        most = nlargest(PROMISING, ((score, name) for name, score in scores.items()))
        known = ((score, self._story(name)) for score, name in most if self._elder(name) == name)
        aged = [(score * decay(at, story), story) for score, story in known if story is not None]
        aged.sort(key=lambda each: (-each[0], each[1].name))
        return (story for score, story in aged[:CANDIDATES] if score)


class StoryBook:
    """The open stories that the desk remembers between transactions."""

    def __init__(self) -> None:
        """Begin empty; the store's open stories are put in at start."""
        self._shelf = _Shelf()
        self._marks: dict[str, set[str]] = defaultdict(set)
        self._oldest = datetime.max.replace(tzinfo=UTC)

    def draft(self) -> Draft:
        """Begin what one transaction adds."""
        return Draft(self._shelf)

    def adopt(self, draft: Draft, now: datetime) -> None:
        """Take over what a committed transaction added, and forget stories that have closed."""
        self._shelf.stories.update(draft.added.stories)
        self._shelf.elder.update(draft.added.elder)
        for key, names in draft.added.by_word.items():
            self._shelf.by_word[key] |= names
        for mark, known in draft.added.by_print.items():
            if self._shelf.by_print.setdefault(mark, known) == known:
                self._marks[known[0]].add(mark)
        # no story is older than this: most of the time none has to be looked at
        self._oldest = min(self._oldest, *(s.last_at for s in draft.added.stories.values()), now)
        if self._oldest < now - OPEN_FOR:
            self._forget_closed(now - OPEN_FOR)

    def __len__(self) -> int:
        """Count the open stories."""
        return len(self._shelf.stories)

    def _forget_closed(self, before: datetime) -> None:
        stories = self._shelf.stories
        for story in [story for story in stories.values() if story.last_at < before]:
            self._forget(story)
        self._oldest = min((story.last_at for story in stories.values()), default=before)

    def _forget(self, story: Story) -> None:
        """Take a closed story out, so that memory is what a new start would load."""
        del self._shelf.stories[story.name]
        self._shelf.elder.pop(story.name, None)
        for key in story.centre.everything():
            names = self._shelf.by_word.get(key, set())
            names.discard(story.name)
            if not names:
                self._shelf.by_word.pop(key, None)
        for mark in self._marks.pop(story.name, set()):
            self._shelf.by_print.pop(mark, None)


def _founds(item: Item, *, edit: bool) -> Placement:
    """Give the placement of an item that founds a story."""
    founder = item.identity
    if edit:
        founder = digest("edit", founder, content_print(item.title, item.summary))
    name = "s" + digest("story", founder, size=5)
    return Placement(name, founds=True, founder_identity=founder)


def _later(item: Item, story: Story) -> bool:
    return item.published_at - story.last_at >= COLUMN_AFTER


@lru_cache(maxsize=128)
def _prints(title: str, summary: str) -> tuple[str, str]:
    """Give the hashes by which a copy is found: of the whole text, and of a title long enough."""
    whole = content_print(title, summary)
    return (whole, content_print(title, "") if len(title) >= TITLE_PRINTED else whole)


def _copy_in(story: Story, words: frozenset[str]) -> int | None:
    """Give the item of a story that has nearly the same words, or None."""
    for told in reversed(story.told):
        union = len(words | told.words)
        if union and len(words & told.words) / union >= COPY_OVERLAP:
            return told.item_id
    return None
