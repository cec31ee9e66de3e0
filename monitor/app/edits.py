"""What an edit changes, for those who made it: which watches, their tests, hits on stored items."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.app.backtest import Rule, compare
from monitor.core.rules import Concept, RuleBook, Watch
from monitor.ingest import InForce
from monitor.settings.queries import named
from monitor.store.history import HeldItem, SqliteHistory

#: An edit is held against what came within so many days.
LOOKS_BACK_DAYS = 7
#: Items that an edit is held against at most; where more came, the days become fewer.
MOST_ITEMS = 10_000
#: It may take so long, in seconds: it shares the processor with the lanes.
MOST_S = 20.0
#: Watches that an edit is weighed for at most: each reads the items anew.
MOST_WATCHES = 20
#: Names that a line lists.
LISTED = 5


@dataclass(frozen=True, slots=True)
class Edit:
    """What one rule book has that another has not: pairs are of a watch before and after."""

    added: tuple[Watch, ...]
    changed: tuple[tuple[Watch, Watch], ...]
    gone: tuple[Watch, ...]

    @property
    def any(self) -> bool:
        """Whether a watch was touched at all."""
        return bool(self.added or self.changed or self.gone)

    @property
    def text(self) -> str:
        """`+1 watch (rain), 1 changed (bridge): tests 6/6`."""
        said = ", ".join(
            f"{sign}{len(watches)}{noun} ({_names(watches)})"
            for sign, noun, watches in (
                ("+", _watches(self.added), self.added),
                ("", " changed", [new for _, new in self.changed]),
                ("-", _watches(self.gone), self.gone),
            )
            if watches
        )
        tests = sum(len(watch.tests) for watch in (*self.added, *(new for _, new in self.changed)))
        return f"{said}: tests {tests}/{tests}" if tests else said


def edit_between(old: RuleBook, new: RuleBook) -> Edit:
    """Say which watches differ, by what is written in them or in the concepts they rest on."""
    before = {watch.id: watch for watch in old.watches}
    pairs = [(_before(watch, before), watch) for watch in new.watches]
    kept = {one.id for one, _ in pairs if one is not None}
    return Edit(
        added=tuple(watch for one, watch in pairs if one is None),
        changed=tuple(
            (one, watch) for one, watch in pairs
            if one is not None and _meaning(one, old) != _meaning(watch, new)
        ),
        gone=tuple(watch for watch in old.watches if watch.id not in kept),
    )  # fmt: skip


def weighed(
    edit: Edit,
    rules: tuple[InForce, InForce],
    reader: SqliteHistory,
    now: datetime,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> str:
    """Say how many hits more and fewer the stored items of the last days would have made.

    `rules` are those before and after. Takes `MOST_S` at most, or until `stop` says so. Reads
    through `reader`, on the thread that opened it. Raises `StoreError`.
    """
    old, new = rules
    since, last, count = _window(reader, now)
    if not count:
        return f"nothing came in the last {LOOKS_BACK_DAYS} days to try it on"
    spent = _Spent(stop)
    more = fewer = 0
    jobs: list[tuple[Rule | None, Rule, int]] = [
        *((Rule(old.index, one), Rule(new.index, other), 0) for one, other in edit.changed),
        *((None, Rule(new.index, watch), 1) for watch in edit.added),
        *((None, Rule(old.index, watch), -1) for watch in edit.gone),
    ]
    for before, after, sign in jobs[:MOST_WATCHES]:
        items = reader.items_since(since, last, [after.watch.id])
        found = compare(spent.within(items), before, after, sample=0)
        more += found.gained.count + (found.hits.count if sign > 0 else 0)
        fewer += found.lost.count + (found.hits.count if sign < 0 else 0)
    days = max(1, round((now - since) / timedelta(days=1)))
    span = f"last {days} days" if days > 1 else "last day"
    hits = "hit" if more == 1 else "hits"
    left = f" (of the first {MOST_WATCHES} watches)" if len(jobs) > MOST_WATCHES else ""
    short = " (not all items: it took too long)" if spent.over else ""
    return f"{span}: {more:,} more {hits}, {fewer:,} fewer{left}{short}"


class _Spent:
    """Lets items through until the time is over."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._ends = time.monotonic() + MOST_S
        self.over = False

    def within(self, items: Iterable[HeldItem]) -> Iterator[HeldItem]:
        for item in items:
            if self._stop() or time.monotonic() > self._ends:
                self.over = True
                return
            yield item


def _window(reader: SqliteHistory, now: datetime) -> tuple[datetime, int, int]:
    """Give since when to look back, up to which item, and how many that are."""
    last = reader.newest_item()
    back = timedelta(days=LOOKS_BACK_DAYS)
    count = reader.count_since(now - back, last)
    while count > MOST_ITEMS and back > timedelta(hours=1):
        back = max(back * MOST_ITEMS / count * 0.9, timedelta(hours=1))
        count = reader.count_since(now - back, last)
    return now - back, last, count


def _before(watch: Watch, before: Mapping[str, Watch]) -> Watch | None:
    """Give what a watch was before: by its id, or by one that it formerly had."""
    names = (watch.id, *watch.formerly)
    return next((before[name] for name in names if name in before), None)


def _meaning(watch: Watch, book: RuleBook) -> tuple[Watch, Mapping[str, Concept]]:
    """Give what a watch says with the concepts it rests on, wherever in its file that stands."""
    tests = tuple(replace(test, line=0) for test in watch.tests)
    bare = replace(watch, version="", file="", tests=tests, formerly=(), concepts={})
    return bare, named([watch.query], {**book.concepts, **watch.concepts})


def _watches(watches: Sequence[Watch]) -> str:
    return " watch" if len(watches) == 1 else " watches"


def _names(watches: Sequence[Watch]) -> str:
    rest = " ..." if len(watches) > LISTED else ""
    return ", ".join(watch.id for watch in watches[:LISTED]) + rest
