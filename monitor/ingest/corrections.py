"""Taking back: a fact retracted, an entry undone, and the word to those who were told.

Whoever was told of a development gets one more message in its thread: what was said, that it was
taken back, and what holds now. It goes the way the first message went, at once or by the digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from monitor.core.corrections import holding, last_event, taken_back, undone_with
from monitor.core.decide import follow_up
from monitor.core.heading import taken_back as headline_taken_back
from monitor.core.heading import with_headlines
from monitor.core.identity import alert_id, delivery_key
from monitor.core.ledger import Fact, FactEvent, Op, Status, project
from monitor.core.model import (
    Decision,
    Headline,
    Judgement,
    Note,
    Reason,
    Section,
    ToldDevelopment,
    Verdict,
)
from monitor.core.sections import to_json
from monitor.errors import CommandError
from monitor.ingest.arguments import Args, Result, actor, number, optional, text
from monitor.ingest.force import InForce
from monitor.ingest.messages import section_of, subject_of
from monitor.ingest.path import ItemPath
from monitor.ports import DeliveryDraft, FirstTold, Notifier, Unit

#: Facts that a correction names as holding now.
HOLDING = 5


class _Kind(Enum):
    """What a change by hand did to a fact, as the headline begins that says so."""

    GONE = "CORRECTED"
    UNSURE = "CORRECTED, NOT CONFIRMED"
    AGAIN = "HOLDS AGAIN"
    AGREED = "NOT DISPUTED"


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a change by hand did to one fact, and how that is told."""

    kind: _Kind
    fact: Fact
    words: str
    because: str = ""

    @property
    def reason(self) -> Reason:
        """Why there is a further message."""
        return Reason.STATE_CHANGED if self.kind is _Kind.AGAIN else Reason.CORRECTED


@dataclass(slots=True)
class _Sent:
    """What went out: headlines, rows of the outbox, channels that are configured no more."""

    headlines: list[str]
    deliveries: int = 0
    unreachable: tuple[str, ...] = ()


def retract(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Say that a fact no longer holds, and tell those who were told of it.

    What it had superseded stays so: that it was wrong does not make the earlier right again.
    """
    fact_id = text(args, "id")
    known = project(unit.fact_events(fact_id)).get(fact_id)
    if known is None:
        raise CommandError(f"there is no fact {fact_id}; see: parley baseline show")
    if known.status is Status.RETRACTED:
        raise CommandError(f"{fact_id} is retracted already")
    because = optional(args, "because", "") or ""
    gone = replace(known, status=Status.RETRACTED, because=because)
    (seq,) = unit.append([FactEvent(fact_id, Op.RETRACT, actor(args), now, gone)], now)
    sent = _tell(unit, path.rules, [_gone(known, args)], now)
    return {"id": fact_id, "seq": seq, "text": known.text, **_result(sent)}


def undo(unit: Unit, path: ItemPath, args: Args, now: datetime) -> Result:
    """Undo an entry of the ledger, or the last one of a fact, with the rest of the same step.

    `seq` names an entry, `id` a fact. What the step had superseded holds again.
    """
    events = unit.fact_events()
    event = _entry(events, number(args, "seq")) if "seq" in args else _last(events, args)
    step = undone_with(event, events)
    before = project(events)
    undoing = [FactEvent(each.fact_id, Op.UNDO, actor(args), now, undoes=each.seq) for each in step]
    seqs = unit.append(undoing, now)
    after = project(unit.fact_events())
    ids = list(dict.fromkeys(each.fact_id for each in step))
    turns = [
        turn
        for fact_id in ids
        if (turn := _turn(step, before.get(fact_id), after.get(fact_id), args)) is not None
    ]
    sent = _tell(unit, path.rules, turns, now)
    now_known = after.get(event.fact_id)
    return {
        "id": event.fact_id, "seq": seqs[0], "text": now_known.text if now_known else None,
        "undone": [each.seq for each in step],
        "facts": [_fact_now(fact_id, after.get(fact_id)) for fact_id in ids],
        **_result(sent),
    }  # fmt: skip


def _entry(events: Sequence[FactEvent], seq: int) -> FactEvent:
    """Give the entry of that number. Raises `CommandError` where it cannot be undone."""
    event = next((event for event in events if event.seq == seq), None)
    if event is None:
        raise CommandError(f"the ledger has no entry {seq}; see: parley baseline show --events")
    if event.op is Op.UNDO:
        raise CommandError(f"entry {seq} is an undo itself; set the fact as it should be")
    if any(other.undoes == seq for other in events):
        raise CommandError(f"entry {seq} is undone already")
    return event


def _last(events: Sequence[FactEvent], args: Args) -> FactEvent:
    """Give the last entry about a fact. Raises `CommandError` where it is undone already."""
    fact_id = text(args, "id")
    event = last_event(events, fact_id)
    if event is None:
        raise CommandError(f"there is no fact {fact_id}; see: parley baseline show --all")
    if event.op is Op.UNDO:
        raise CommandError(
            f"the last entry of {fact_id} is undone already, by entry {event.seq}; to go further"
            f" back, give the number of an entry: parley baseline show --events"
        )
    return event


def _fact_now(fact_id: str, fact: Fact | None) -> Result:
    return {
        "id": fact_id,
        "status": fact.status.value if fact else None,
        "text": fact.text if fact else None,
    }


# --- the word to those who were told -----------------------------------------------------------


def _turn(
    step: Sequence[FactEvent], before: Fact | None, after: Fact | None, args: Args
) -> _Turn | None:
    """Say what undoing did to a fact that readers may have heard of, None where nothing."""
    if before is None:
        return None
    if taken_back(before, after):
        return _gone(before, args)
    if taken_back(after, before):
        words = f"It was taken back, and holds again{_by(args)}."
        return _Turn(_Kind.AGAIN, before, words)
    if any(each.op is Op.CONFIRM and each.fact_id == before.id for each in step):
        words = f"That it is confirmed was taken back{_by(args)}; it is reported, as before."
        return _Turn(_Kind.UNSURE, before, words)
    if any(each.op is Op.DISPUTE and each.fact_id == before.id for each in step):
        words = f"That another side denies it was taken back{_by(args)}."
        return _Turn(_Kind.AGREED, before, words)
    return None


def _gone(fact: Fact, args: Args) -> _Turn:
    because = optional(args, "because", "") or ""
    words = f"It was taken back{_by(args)}{f': {because}' if because else ''}."
    return _Turn(_Kind.GONE, fact, words, because)


def _by(args: Args) -> str:
    return f" by {args['by']}" if args.get("by") else ""


def _tell(unit: Unit, rules: InForce, turns: Iterable[_Turn], now: datetime) -> _Sent:
    """Write a further message about each development that stands on a fact that turned."""
    sent = _Sent([])
    for turn in turns:
        told = unit.development_of(turn.fact.id)
        first = unit.first_told(told.key) if told else None
        if told is None or first is None or not _concerns(turn, told):
            continue
        here = tuple(name for name in told.channels if name in rules.channels)
        sent.unreachable += tuple(name for name in told.channels if name not in here)
        decision = _decision(rules, turn, told, first, here)
        unit.record(first.stored, decision, rules.book.version, now)
        if decision.outcome in {Reason.PUSH, Reason.FOLDED}:
            _send(unit, rules, turn, first, decision, sent, now)
    return sent


def _concerns(turn: _Turn, told: ToldDevelopment) -> bool:
    """Say whether readers have heard what is taken back: it may never have gone out."""
    heard = {_Kind.UNSURE: "confirmed", _Kind.AGREED: "denied"}
    return turn.kind not in heard or told.status == heard[turn.kind]


def _decision(
    rules: InForce, turn: _Turn, told: ToldDevelopment, first: FirstTold, channels: tuple[str, ...]
) -> Decision:
    """Give the decision to say it again, the way the first message went."""
    judged = Judgement(Verdict.UPDATE, turn.reason, severity=told.severity)
    decision = follow_up(
        Decision(turn.fact.watch, first.hit, judged, first.outcome), told, turn.reason
    )
    if decision.development is None:
        raise ValueError("a message that follows one up has a development")
    development = replace(decision.development, headline=f"{turn.kind.value}: {told.headline}")
    outcome = first.outcome if channels else Reason.ALREADY_TOLD
    after = replace(decision, outcome=outcome, development=development, channels=channels)
    made = _headlines(rules, turn, first) if turn.kind is _Kind.GONE else ()
    return with_headlines(after, made, rules.book.language) if made else after


def _headlines(rules: InForce, turn: _Turn, first: FirstTold) -> tuple[Headline, ...]:
    """Give the headlines that a fact was taken back; none where its watch or tracker is gone."""
    watch = rules.book.watch(turn.fact.watch)
    year = first.stored.item.published_at.year
    return headline_taken_back(turn.fact, watch, turn.because, year) if watch else ()


def _send(
    unit: Unit, rules: InForce, turn: _Turn, first: FirstTold, decision: Decision, sent: _Sent,
    now: datetime,
) -> None:  # fmt: skip
    made = section_of(first.stored, decision, first.placement, (), rules)
    section = replace(made, baseline_as_of=None)
    development = section.development
    folded = decision.outcome is Reason.FOLDED
    said = _words(turn, first, unit.facts(turn.fact.watch))
    alert = alert_id([(development.key, development.number)])
    drafts = [
        _draft(rules, rules.channels[name], recipient, alert, section, said, now, folded=folded)
        for name in decision.channels
        for recipient in rules.channels[name].recipients
    ]
    unit.add_alert(
        alert, "folded" if folded else "correction", subject_of([section]), development.thread,
        (development.key,), first.stored.id, now,
    )  # fmt: skip
    sent.headlines.append(development.headline)
    sent.deliveries += unit.enqueue(drafts, now)


def _words(turn: _Turn, first: FirstTold, facts: Iterable[Fact]) -> str:
    """Give the text of a correction: what was said, what became of it, what holds now."""
    item = first.stored.item
    lines = [f"Said on {item.published_at:%Y-%m-%d}: {turn.fact.text}", turn.words]
    if turn.kind is _Kind.GONE:
        held = holding(turn.fact, facts)[:HOLDING]
        lines += [f"What holds now: {each.text} ({each.state})" for each in held]
        if not held:
            lines.append("Nothing else is held of this question now.")
    return "\n".join(lines)


def _draft(
    rules: InForce, channel: Notifier, recipient: str, alert: str, section: Section, said: str,
    now: datetime, *, folded: bool,
) -> DeliveryDraft:  # fmt: skip
    """Render and key the message for one recipient; in a digest its section alone."""
    development = section.development
    key = delivery_key([(development.key, development.number)], channel.name, recipient)
    if folded:
        return DeliveryDraft(
            key=key, alert=alert, channel=channel.name, recipient=recipient, status="folded",
            reason=Reason.FOLDED, thread=development.thread, body=to_json(section),
        )  # fmt: skip
    note = Note(
        kind="alert", subject=subject_of([section]), created_at=now, thread=development.thread,
        sections=(section,), text=said, timezone=rules.book.timezone, alert=alert,
    )  # fmt: skip
    return DeliveryDraft(
        key=key, alert=alert, channel=channel.name, recipient=recipient, status="pending",
        reason=Reason.PUSH, thread=note.thread, body=channel.render(note, recipient, key),
        next_attempt_at=now,
    )  # fmt: skip


def _result(sent: _Sent) -> Result:
    """Give what went out as parts of an answer; nothing where nobody had been told."""
    if not sent.headlines and not sent.unreachable:
        return {}
    return {
        "corrected": sent.headlines, "deliveries": sent.deliveries,
        "unreachable": list(dict.fromkeys(sent.unreachable)),
    }  # fmt: skip
