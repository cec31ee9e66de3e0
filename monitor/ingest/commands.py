"""What people ask for: each verb works within one unit and gives a plain result."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.ledger import Fact, FactEvent, Op, Status, project, seed_content, seeded
from monitor.errors import CommandError
from monitor.ingest.messages import ops_drafts
from monitor.ingest.path import ItemPath
from monitor.ports import Unit

Args = Mapping[str, object]
Result = Mapping[str, object]


def do(verb: str, unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Carry out a command. Raises `CommandError` with what would work."""
    if verb not in _VERBS:
        raise CommandError(f"there is no command {verb!r}")
    return _VERBS[verb](unit, path, args, now)


def _baseline_set(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Set a fact: a new one (`watch` and `text` given), or parts of a known one."""
    fact_id, actor = _text(args, "id"), f"user:{args.get('by') or 'unknown'}"
    if args.get("from_file"):
        return _from_file(unit, path, fact_id, actor, now)
    known = _current(unit, fact_id)
    watch_id = str(args.get("watch") or (known.watch if known else ""))
    watch = path.rules.book.watch(watch_id)
    if watch is None:
        listed = [w.id for w in path.rules.book.watches]
        near = difflib.get_close_matches(watch_id, listed, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(listed)}"
        raise CommandError(f"{fact_id} needs a watch, and there is no {watch_id!r}{hint}")
    text = str(args.get("text") or (known.text if known else ""))
    if not text:
        raise CommandError(f"{fact_id} is new, so it needs a text: --text 'what is known'")
    base = known or Fact(fact_id, watch_id, text, Status.CONFIRMED, now, now)
    fact = replace(
        base, watch=watch_id, text=text, status=Status.CONFIRMED, as_of=now,
        date=str(args.get("date") or base.date), source=str(args.get("source") or base.source),
        tracker=_optional(args, "tracker", base.tracker),
        state=_optional(args, "state", base.state),
    )  # fmt: skip
    _known_state(path, fact)
    (seq,) = unit.append([FactEvent(fact_id, Op.SET, actor, now, fact)], now)
    return {"id": fact_id, "seq": seq, "text": fact.text, "before": known.text if known else None}


def _from_file(unit: Unit, path: ItemPath, fact_id: str, actor: str, now: datetime) -> Result:
    """Take the line of the baseline file although something else has touched the fact."""
    seed = next((seed for seed in path.rules.book.seeds if seed.id == fact_id), None)
    if seed is None:
        raise CommandError(f"no baseline file holds {fact_id}")
    event = FactEvent(fact_id, Op.SET, actor, now, seeded(seed, now), seed_content(seed))
    (seq,) = unit.append([event], now)
    return {"id": fact_id, "seq": seq, "text": seed.text}


def _baseline_retract(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Say that a fact no longer holds."""
    del path
    fact_id = _text(args, "id")
    known = _current(unit, fact_id)
    if known is None:
        raise CommandError(f"there is no fact {fact_id}; see: parley baseline show")
    if known.status is Status.RETRACTED:
        raise CommandError(f"{fact_id} is retracted already")
    gone = replace(known, status=Status.RETRACTED)
    actor = f"user:{args.get('by') or 'unknown'}"
    (seq,) = unit.append([FactEvent(fact_id, Op.RETRACT, actor, now, gone)], now)
    return {"id": fact_id, "seq": seq, "text": known.text}


def _baseline_undo(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Undo one entry of the ledger."""
    del path
    seq = _number(args, "seq")
    events = unit.fact_events()
    event = next((event for event in events if event.seq == seq), None)
    if event is None:
        raise CommandError(f"the ledger has no entry {seq}; see: parley baseline show --events")
    if event.op is Op.UNDO:
        raise CommandError(f"entry {seq} is an undo itself; set the fact as it should be")
    if any(other.undoes == seq for other in events):
        raise CommandError(f"entry {seq} is undone already")
    actor = f"user:{args.get('by') or 'unknown'}"
    (number,) = unit.append([FactEvent(event.fact_id, Op.UNDO, actor, now, undoes=seq)], now)
    now_known = _current(unit, event.fact_id)
    return {"id": event.fact_id, "seq": number, "text": now_known.text if now_known else None}


def _outbox_retry(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Send deliveries again now; a part of a digest goes into the next one."""
    del path
    before = {
        str(n): unit.fold_again(n) or unit.set_delivery(n, "pending", "retried by hand", now)
        for n in _numbers(args, "ids")
    }
    return {"retried": len(before), "before": before}


def _outbox_drop(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Give deliveries up; their rows stay."""
    del path
    ids = _numbers(args, "ids")
    before = {str(n): unit.set_delivery(n, "dropped", "dropped by hand", now) for n in ids}
    return {"dropped": len(before), "before": before}


def _outbox_drop_channel(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Give up all that waits for a channel; the rows stay."""
    del path
    before = unit.drop_channel(_text(args, "channel"), "dropped by hand", now)
    return {"dropped": len(before), "before": {str(n): status for n, status in before.items()}}


def _quarantine_retry(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Judge items again that were set aside."""
    items = unit.release_quarantined(_numbers(args, "ids", required=False), now)
    tally = path.judge_again(unit, items, now)
    return {
        "judged": len(items), "developments": tally.developments, "set_aside": tally.quarantined,
    }  # fmt: skip


def _announce(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Tell channels about the machine itself: a refused edit, a channel in trouble."""
    subject, text = _text(args, "subject"), _text(args, "text")
    names = args.get("channels")
    listed = [str(name) for name in names] if isinstance(names, (list, tuple)) else []
    channels = [path.rules.channels[name] for name in listed if name in path.rules.channels]
    alert, thread, drafts = ops_drafts(subject, text, channels, path.rules, now)
    unit.add_alert(alert, "ops", subject, thread, (), None, now)
    return {"alert": alert, "deliveries": unit.enqueue(drafts, now)}


_VERBS: Mapping[str, Callable[[Unit, ItemPath, Args, datetime], Result]] = {
    "baseline.set": _baseline_set,
    "baseline.retract": _baseline_retract,
    "baseline.undo": _baseline_undo,
    "outbox.retry": _outbox_retry,
    "outbox.drop": _outbox_drop,
    "outbox.drop-channel": _outbox_drop_channel,
    "quarantine.retry": _quarantine_retry,
    "announce": _announce,
}


def _current(unit: Unit, fact_id: str) -> Fact | None:
    """Give a fact as the ledger holds it now, a retracted one too."""
    return project(unit.fact_events(fact_id)).get(fact_id)


def _known_state(path: ItemPath, fact: Fact) -> None:
    """Refuse a tracker or state that the watch does not have."""
    watch = path.rules.book.watch(fact.watch)
    if watch is None or fact.tracker is None:
        return
    tracker = next((t for t in watch.trackers if t.id == fact.tracker), None)
    if tracker is None:
        listed = ", ".join(t.id for t in watch.trackers) or "none"
        raise CommandError(f"{fact.watch} has no tracker {fact.tracker!r}; it has: {listed}")
    states = [state.name for state in tracker.states]
    if fact.state is not None and fact.state not in states:
        raise CommandError(
            f"{fact.tracker} has no state {fact.state!r}; it has: {', '.join(states)}"
        )


def _text(args: Args, name: str) -> str:
    value = args.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CommandError(f"{name} is missing")
    return value.strip()


def _optional(args: Args, name: str, otherwise: str | None) -> str | None:
    value = args.get(name)
    return str(value) if value else otherwise


def _number(args: Args, name: str) -> int:
    value = args.get(name)
    if not isinstance(value, int):
        raise CommandError(f"{name} must be a number")
    return value


def _numbers(args: Args, name: str, *, required: bool = True) -> Sequence[int]:
    value = args.get(name)
    if not isinstance(value, list) or not all(isinstance(n, int) for n in value):
        raise CommandError(f"{name} must be a list of numbers")
    if required and not value:
        raise CommandError(f"{name}: name at least one")
    return value
