"""A fact set by hand: a new one, parts of a known one, or the line of a baseline file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from monitor.core.corrections import misfits, odd_values, replaces
from monitor.core.ledger import (
    Fact,
    FactEvent,
    Op,
    Status,
    is_fact_id,
    project,
    seed_content,
    seeded,
)
from monitor.core.rules import RuleBook, Watch
from monitor.errors import CommandError
from monitor.ingest.arguments import Args, Result, actor, optional, pairs, text
from monitor.ingest.path import ItemPath
from monitor.ports import Unit


def set_fact(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Set a fact: a new one (`watch` and `text` given), or parts of a known one.

    Where it answers a question of state anew, `replace` supersedes the facts whose place it takes;
    without it they go on to hold, and the answer names them.
    """
    fact_id = text(args, "id")
    if args.get("from_file"):
        return _from_file(unit, path, fact_id, actor(args), now)
    known = project(unit.fact_events(fact_id)).get(fact_id)
    if known is None and not is_fact_id(fact_id):
        raise CommandError(f"{fact_id!r} is no id: letters, digits, '.', '-' and '_', at most 100")
    watch = _watch_of(path.rules.book, fact_id, str(args.get("watch") or _watch_id(known)))
    fact = _changed(fact_id, known, watch, args, now)
    _refuse_misfits(path.rules.book, watch, fact, args)
    others = _replaced(unit, watch, known, fact)
    gone = others if args.get("replace") else []
    who = actor(args)
    events = [
        FactEvent(each.id, Op.SUPERSEDE, who, now, replace(each, status=Status.SUPERSEDED))
        for each in gone
    ]
    seqs = unit.append([*events, FactEvent(fact_id, Op.SET, who, now, fact)], now)
    return {
        "id": fact_id, "seq": seqs[-1], "text": fact.text,
        "before": known.text if known else None,
        **({"replaced" if gone else "beside": [each.id for each in others]} if others else {}),
    }  # fmt: skip


def _from_file(unit: Unit, path: ItemPath, fact_id: str, who: str, now: datetime) -> Result:
    """Take the line of the baseline file although something else has touched the fact."""
    seed = next((seed for seed in path.rules.book.seeds if seed.id == fact_id), None)
    if seed is None:
        raise CommandError(f"no baseline file holds {fact_id}")
    event = FactEvent(fact_id, Op.SET, who, now, seeded(seed, now), seed_content(seed))
    (seq,) = unit.append([event], now)
    return {"id": fact_id, "seq": seq, "text": seed.text}


def _watch_id(known: Fact | None) -> str:
    return known.watch if known else ""


def _watch_of(book: RuleBook, fact_id: str, watch_id: str) -> Watch:
    watch = book.watch(watch_id)
    if watch is None:
        listed = [each.id for each in book.watches]
        close = difflib.get_close_matches(watch_id, listed, n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; there are: {', '.join(listed)}"
        raise CommandError(f"{fact_id} needs a watch, and there is no {watch_id!r}{hint}")
    return watch


def _changed(fact_id: str, known: Fact | None, watch: Watch, args: Args, now: datetime) -> Fact:
    """Give the fact as it is to be: what was known of it, and over it what is given now."""
    said = str(args.get("text") or (known.text if known else ""))
    if not said:
        raise CommandError(f"{fact_id} is new, so it needs a text: --text 'what is known'")
    base = known or Fact(fact_id, watch.id, said, Status.CONFIRMED, now, now)
    said_by = args.get("said_by")
    return replace(
        base, watch=watch.id, text=said, status=Status.CONFIRMED, as_of=now, because="",
        date=str(args.get("date") or base.date), source=str(args.get("source") or base.source),
        tracker=optional(args, "tracker", base.tracker),
        state=optional(args, "state", base.state),
        scope=_over(base.scope, pairs(args, "scope")),
        instance=_over(base.instance, pairs(args, "instance")),
        values=_over(base.values, pairs(args, "values")),
        said_by=tuple(map(str, said_by)) if isinstance(said_by, list) and said_by
        else base.said_by,
    )  # fmt: skip


def _over(known: Mapping[str, object], given: Mapping[str, object]) -> Mapping[str, object]:
    """Lay given pairs over known ones; an empty value takes the pair out."""
    return {name: value for name, value in {**known, **given}.items() if value != ""}


def _refuse_misfits(book: RuleBook, watch: Watch, fact: Fact, args: Args) -> None:
    """Refuse what the watch has no place for, all of it at once."""
    sides = {concept.side for concept in book.concepts.values()}
    voices = {feed.speaks_for for feed in book.feeds}
    listed = {str(seed.scope["party"]) for seed in book.seeds if seed.scope.get("party")}
    listed |= {name for seed in book.seeds for name in seed.said_by}
    wrong = list(misfits(fact, watch, (sides | voices | listed) - {""}))
    tracker = next((each for each in watch.trackers if each.id == fact.tracker), None)
    if tracker is not None:
        wrong += odd_values(pairs(args, "values"), tracker)
    if wrong:
        raise CommandError("\n".join(wrong))


def _replaced(unit: Unit, watch: Watch, known: Fact | None, fact: Fact) -> list[Fact]:
    """Give the held facts whose place a fact takes; none where it answers as it did before."""
    tracker = next((each for each in watch.trackers if each.id == fact.tracker), None)
    if tracker is None or tracker.kind != "state" or fact.state is None:
        return []
    if known is not None and _answer(known) == _answer(fact):
        return []
    return [each for each in unit.facts(watch.id) if replaces(fact, each)]


def _answer(fact: Fact) -> tuple[object, ...]:
    return fact.watch, fact.tracker, dict(fact.scope), fact.state
