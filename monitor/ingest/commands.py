"""What people ask for: each verb works within one unit and gives a plain result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from monitor.errors import CommandError
from monitor.ingest import corrections, setting
from monitor.ingest.arguments import Args, Result, numbers, text, texts
from monitor.ingest.messages import ops_drafts
from monitor.ingest.path import ItemPath
from monitor.ports import Unit


def do(verb: str, unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Carry out a command. Raises `CommandError` with what would work."""
    if verb not in _VERBS:
        raise CommandError(f"there is no command {verb!r}")
    return _VERBS[verb](unit, path, args, now)


def _outbox_retry(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Send deliveries again now; a part of a digest goes into the next one."""
    del path
    before = {
        str(n): unit.fold_again(n) or unit.set_delivery(n, "pending", "retried by hand", now)
        for n in numbers(args, "ids")
    }
    return {"retried": len(before), "before": before}


def _outbox_drop(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Give deliveries up; their rows stay."""
    del path
    ids = numbers(args, "ids")
    before = {str(n): unit.set_delivery(n, "dropped", "dropped by hand", now) for n in ids}
    return {"dropped": len(before), "before": before}


def _outbox_drop_channel(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Give up all that waits for a channel; the rows stay."""
    del path
    before = unit.drop_channel(text(args, "channel"), "dropped by hand", now)
    return {"dropped": len(before), "before": {str(n): status for n, status in before.items()}}


def _outbox_enable(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Use a channel again that was switched off; what waits for it goes out at once."""
    name = text(args, "channel")
    switched = unit.switch_on(name, now)
    if switched is None:
        raise CommandError(f"the channel {name!r} is not off: parley status says which are")
    was, waiting = switched
    return {
        "channel": name, "off_since": was.at.isoformat(), "why": was.why, "waiting": waiting,
        "in_force": name in path.rules.channels,
    }  # fmt: skip


def _quarantine_retry(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Judge items again that were set aside."""
    items = unit.release_quarantined(numbers(args, "ids", required=False), now)
    tally = path.judge_again(unit, items, now)
    return {
        "judged": len(items), "developments": tally.developments, "set_aside": tally.quarantined,
    }  # fmt: skip


def _feeds_refresh(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Let feeds be looked at now, all of them where none is named; a host's rest is respected."""
    known = {feed.name for feed in path.rules.book.feeds}
    names = texts(args, "feeds") or sorted(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CommandError(f"there is no feed {unknown[0]!r}: parley feeds lists them")
    asked = [name for name in names if unit.look_now(name, now)]
    return {"asked": asked, "waiting": [name for name in names if name not in asked]}


def _feeds_resume(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Let a feed alert again that a flood has paused."""
    del now
    name = text(args, "feed")
    names = {feed.name for feed in path.rules.book.feeds}
    if name not in names:  # as `parley feeds NAME` takes it: any case, its beginning is enough
        wanted = name.casefold()
        found = [each for each in names if each.casefold() == wanted] or [
            each for each in names if each.casefold().startswith(wanted)
        ]
        if len(found) != 1:
            said = "several feeds begin with" if found else "there is no feed"
            raise CommandError(f"{said} {name!r}: parley feeds lists them")
        name = found[0]
    paused = unit.paused(name)
    if paused is None:
        raise CommandError(f"the feed {name} is not paused")
    unit.resume_feed(name)
    return {"feed": name, "was": paused[0]}


def _announce(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Tell channels about the machine itself: a refused edit, a channel in trouble."""
    subject, said = text(args, "subject"), text(args, "text")
    names = args.get("channels")
    listed = [str(name) for name in names] if isinstance(names, (list, tuple)) else []
    channels = [path.rules.channels[name] for name in listed if name in path.rules.channels]
    alert, thread, drafts = ops_drafts(subject, said, channels, path.rules, now)
    unit.add_alert(alert, "ops", subject, thread, (), None, now)
    return {"alert": alert, "deliveries": unit.enqueue(drafts, now)}


_VERBS: Mapping[str, Callable[[Unit, ItemPath, Args, datetime], Result]] = {
    "baseline.set": setting.set_fact,
    "baseline.retract": corrections.retract,
    "baseline.undo": corrections.undo,
    "outbox.retry": _outbox_retry,
    "outbox.drop": _outbox_drop,
    "outbox.enable": _outbox_enable,
    "outbox.drop-channel": _outbox_drop_channel,
    "quarantine.retry": _quarantine_retry,
    "feeds.refresh": _feeds_refresh,
    "feeds.resume": _feeds_resume,
    "announce": _announce,
}
