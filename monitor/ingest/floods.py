"""The flood guard: which feeds may alert, and what is done with what a paused one would tell.

It looks at a document before its first item is judged, within the first unit, and writes there
what it decides: a document that is cut short by a crash finds its feed paused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.decide import LAST_RESORT
from monitor.core.floods import (
    CALM_FOR,
    CRITICAL_PASS,
    LEAST_ENTRIES,
    Kind,
    mass_change,
    too_many,
)
from monitor.core.model import Decision, Item, Reason, Severity, document_of
from monitor.ingest.force import InForce
from monitor.ingest.messages import ops_drafts
from monitor.ports import Poll, Unit

log = logging.getLogger("parley.floods")


@dataclass(slots=True)
class Valve:
    """What of a look is told at once. `paused` says why not all of it, "" where all is."""

    paused: str = ""
    passed: int = 0
    notices: int = 0

    def let(self, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
        """Give decisions as they are to be carried out: of a paused feed, into the digest.

        A few critical developments of a look go out all the same: another outlet's report of them
        would be a repeat.
        """
        if not self.paused:
            return tuple(decisions)
        return tuple(self._folded(decision) for decision in decisions)

    def _folded(self, decision: Decision) -> Decision:
        if decision.outcome is not Reason.PUSH:
            return decision
        told = decision.development
        if told is not None and told.severity is Severity.CRITICAL and self.passed < CRITICAL_PASS:
            self.passed += 1
            return decision
        return replace(decision, outcome=Reason.FOLDED)


def valve_of(
    unit: Unit,
    poll: Poll,
    items: Sequence[Item],
    shared: Collection[str],
    rules: InForce,
    now: datetime,
    beat: Callable[[], None],
) -> Valve:
    """Say what a look may tell at once; pauses its feed, or lets it speak again, where that is due.

    What a feed holds when it is first read is learned quietly in any case.
    """
    if poll.first_contact or poll.parsed is None or not items:
        return Valve()
    name = poll.feed.name
    before = unit.paused(name)
    why = _flood(unit, poll, items, shared, rules, beat)
    if why:
        unit.pause_feed(name, why, now)
        if before is not None:
            return Valve(why)
        log.warning("alerts are paused: %s; parley feeds resume lifts it", why,
                    extra={"subject": name})  # fmt: skip
        return Valve(why, notices=_notice(unit, rules, now, *_paused_text(name, why)))
    if before is None:
        return Valve()
    if now - before[1] < CALM_FOR:
        return Valve(before[0])
    unit.resume_feed(name)
    log.info("alerts again: no flood for an hour", extra={"subject": name})
    return Valve(notices=_notice(unit, rules, now, *_resumed_text(name)))


def _flood(
    unit: Unit,
    poll: Poll,
    items: Sequence[Item],
    shared: Collection[str],
    rules: InForce,
    beat: Callable[[], None],
) -> str:
    """Say why a look is a flood, "" where it is none. A short document costs nothing."""
    limits = rules.flood
    entries = len(items) + (poll.parsed.known if poll.parsed else 0)
    many = len(items) > limits.items
    if not many and (entries < LEAST_ENTRIES or len(items) <= limits.share * entries):
        return ""
    kinds = unit.kinds(items, shared)
    why = mass_change(kinds, entries, limits)
    if why or not many:
        return why
    matching = 0
    for item, kind in zip(items, kinds, strict=True):
        if kind in {Kind.NEW, Kind.AGAIN} and matching <= limits.items:
            matching += bool(rules.index.hits(rules.index.scan(document_of(item))))
            beat()
    return too_many(matching, limits)


def _paused_text(name: str, why: str) -> tuple[str, str]:
    text = (
        f"{why[0].upper()}{why[1:]}. All of it is stored and judged; what would have alerted goes"
        f" into the daily digest, critical developments excepted (at most {CRITICAL_PASS} of one"
        f' look). To let it alert again: parley feeds resume "{name}". By itself it does with the'
        " first look that brings something and no flood, an hour after the last flood."
    )
    return f"Alerts of the feed {name} are paused", text


def _resumed_text(name: str) -> tuple[str, str]:
    text = "There was no flood for an hour. What it brought meanwhile is in the daily digest."
    return f"The feed {name} alerts again", text


def _notice(unit: Unit, rules: InForce, now: datetime, subject: str, text: str) -> int:
    """Tell the channels of the machine's own news; gives how many deliveries that is."""
    named = [rules.channels[name] for name in rules.book.ops if name in rules.channels]
    channels = named or [rules.channels[LAST_RESORT]]
    alert, thread, drafts = ops_drafts(subject, text, channels, rules, now)
    unit.add_alert(alert, "ops", subject, thread, (), None, now)
    return unit.enqueue(drafts, now)
