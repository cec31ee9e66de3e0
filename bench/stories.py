"""What gathering costs an item, by how many stories are open: `python bench/stories.py [--json]`.

Stories and items are made from a seed: events of some forty words, three names, a number and a
dozen of three hundred concepts, told in one of eight languages each time. Two out of three new
items tell an open story, the third founds one. An item is placed, added and adopted, as the desk
does it. CPU time, the median of five runs over fresh items.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core.model import Item, Placement
from monitor.core.stories import StoryBook, Telling

RUNS = 5
ITEMS = 200
SIZES = (50, 1_000, 5_000)
#: Words of a language, names, concepts in the world, and reports of an open story.
WORDS, NAMES, CONCEPTS, REPORTS = 8_000, 3_000, 300, 3
LANGUAGES = ("en", "de", "fr", "tr", "uk", "ru", "pl", "es")
NOW = datetime(2025, 6, 8, 12, 0, tzinfo=UTC)
_ONSETS = "b d f g k l m n p r s t v z br dr kr st tr pl".split()
_VOWELS = "a e i o u ai".split()


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: numbers of words, names, a number, concepts, and when."""

    words: tuple[int, ...]
    names: tuple[str, ...]
    number: int
    concepts: frozenset[str]
    claim: str
    at: datetime


class World:
    """Makes events, and items that tell them."""

    def __init__(self, seed: int) -> None:
        """Begin from a seed; the same one makes the same world."""
        self._chance = random.Random(seed)
        self._number = 0
        self._words = {tag: [self._word() for _ in range(WORDS)] for tag in LANGUAGES}
        self._names = [self._word().capitalize() for _ in range(NAMES)]

    def event(self) -> Event:
        """Make an event of the last six days; frequent words and concepts are in many."""
        return Event(
            tuple(self._often(WORDS) for _ in range(40)),
            tuple(self._names[self._often(NAMES)] for _ in range(3)),
            self._chance.randrange(20, 3_000),
            frozenset(f"c{self._often(CONCEPTS)}" for _ in range(16)),
            f"tracker{self._often(10)}:state{self._often(6)}",
            NOW - timedelta(hours=self._chance.uniform(0, 144)),
        )

    def telling(self, event: Event) -> tuple[Item, Telling]:
        """Tell an event in some language, with two thirds of its words."""
        self._number += 1
        tag = self._chance.choice(LANGUAGES)
        words = [self._words[tag][n] for n in self._chance.sample(event.words, 26)]
        title = f"{event.names[0]} {' '.join(words[:6])} {event.number}"
        summary = f"{' '.join(words[6:])} {' '.join(event.names[1:])}."
        at = event.at + timedelta(minutes=self._chance.uniform(0, 240))
        item = Item(f"i{self._number}", "feed", "outlet", tag, title, summary, "", at, at)
        concepts = frozenset(c for c in sorted(event.concepts) if self._chance.random() < 0.8)
        return item, Telling(tokens=concepts, claims=frozenset({event.claim}))

    def _word(self) -> str:
        return "".join(self._chance.choice(_ONSETS) + self._chance.choice(_VOWELS) for _ in "123")

    def _often(self, below: int) -> int:
        """Draw a number, small ones far more often, as words of a language are spread."""
        return int(below ** self._chance.random()) - 1


def opened(world: World, size: int) -> tuple[StoryBook, list[Event]]:
    """Give a book with so many open stories, each told a few times, and their events."""
    book, events = StoryBook(), [world.event() for _ in range(size)]
    draft = book.draft()
    for number, event in enumerate(events):
        for report in range(REPORTS):
            item, told = world.telling(event)
            name = f"s{number}"
            draft.add(item, report, Placement(name, founds=not report, founder_identity=name), told)
    book.adopt(draft, NOW)
    return book, events


def cost_ms(book: StoryBook, items: Sequence[tuple[Item, Telling]]) -> float:
    """Give the CPU milliseconds that an item costs, placed, added and adopted."""
    begun = time.process_time()
    for number, (item, told) in enumerate(items):
        draft = book.draft()
        draft.add(item, number, draft.place(item, told), told)
        book.adopt(draft, NOW)
    return (time.process_time() - begun) / len(items) * 1e3


def figures() -> Iterator[tuple[int, list[float]]]:
    """Give, for each number of open stories, the milliseconds of every run."""
    for size in SIZES:
        world = World(seed=7)
        book, events = opened(world, size)
        runs = []
        for run in range(RUNS):
            told = [events[(run * ITEMS + n) * 7 % size] for n in range(ITEMS)]
            items = [world.telling(world.event() if n % 3 == 2 else e) for n, e in enumerate(told)]
            runs.append(cost_ms(book, items))
        yield size, runs


def main() -> None:
    """Print a line a size, or everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    for size, runs in figures():
        middle, low, high = statistics.median(runs), min(runs), max(runs)
        if as_json:
            print(json.dumps({"stories": size, "ms_per_item": middle, "min": low, "max": high}))
        else:
            print(f"{size:>6,} open stories  {middle:.2f} ms an item  ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
