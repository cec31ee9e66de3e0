"""What time alone causes: the daily digest, escalations. Idempotent, from rows."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

from monitor.core.schedule import digest_moment, due_digest
from monitor.core.sections import from_json
from monitor.ingest.force import InForce
from monitor.ingest.messages import digest_drafts
from monitor.ingest.settling import escalate
from monitor.ports import DeliveryDraft, FoldedSection, Notifier, Unit

log = logging.getLogger("parley.digest")
#: Keys of the developments that a digest tells; its alert id, subject, thread and drafts.
_Made = tuple[tuple[str, ...], tuple[str, str, str, list[DeliveryDraft]]]
#: Word about the store: until when digests have been told.
DIGESTED_UNTIL = "digested-until"


def tick(unit: Unit, rules: InForce, now: datetime) -> int:
    """Do what is due by now; gives how many deliveries came of it.

    The first tick of a new store only notes the time, so that a digest never looks further back.
    """
    return escalate(unit, rules, now) + _digest(unit, rules, now)


def _digest(unit: Unit, rules: InForce, now: datetime) -> int:
    """Write the daily digest, once its time has come; gives how many deliveries came of it."""
    noted = unit.meta(DIGESTED_UNTIL)
    if noted is None:
        unit.set_meta(DIGESTED_UNTIL, now.isoformat())
        return 0
    book = rules.book
    zone, hour, minute = book.timezone, book.digest.hour, book.digest.minute
    day = due_digest(datetime.fromisoformat(noted), now, zone, hour, minute)
    if day is None:
        return 0
    moment = digest_moment(date.fromisoformat(day), zone, hour, minute)
    made = _digests(unit, rules, day, moment, now)
    unit.set_meta(DIGESTED_UNTIL, moment.isoformat())
    return made


def _digests(unit: Unit, rules: InForce, day: str, before: datetime, now: datetime) -> int:
    """Write one digest for each channel and recipient that something was folded for.

    It is keyed by the moment until which it tells, not by the day: where its hour is edited, a day
    has two, and the second must not be taken for the first.
    """
    waiting: dict[tuple[str, str], list[FoldedSection]] = defaultdict(list)
    for row in unit.folded(before):
        waiting[row.channel, row.recipient].append(row)
    made = 0
    for (name, recipient), rows in waiting.items():
        channel = rules.channels.get(name)
        if channel is None:  # switched off: its rows wait until it is back, and are said to
            continue

        def drafted(
            some: Sequence[FoldedSection], channel: Notifier = channel, recipient: str = recipient
        ) -> _Made:
            sections = [from_json(row.section) for row in some]
            keys = tuple(section.development.key for section in sections)
            return keys, digest_drafts(sections, channel, recipient, day, before, rules, now)

        fine, broken, result = _what_can_be_told(rows, drafted)
        for row, error in broken:
            about = {"subject": name}
            log.error("part %d of a digest cannot be written, set aside: %s; parley outbox list"
                      " --status dead", row.id, error, exc_info=error, extra=about)  # fmt: skip
            said = f"{type(error).__name__} inside Parley: {error}"
            unit.set_aside(row.id, "bug", said, now)
        if result is None:
            continue
        keys, (alert, subject, thread, drafts) = result
        unit.add_alert(alert, "digest", subject, thread, keys, None, now)
        made += unit.enqueue(drafts, now)
        unit.mark_digested([row.id for row in fine], alert, now)
    return made


def _what_can_be_told(
    rows: Sequence[FoldedSection], drafted: Callable[[Sequence[FoldedSection]], _Made]
) -> tuple[Sequence[FoldedSection], Sequence[tuple[FoldedSection, Exception]], _Made | None]:
    """Give the rows that can be rendered, those that cannot with the error, and the digest.

    `drafted` is pure. Where all of them fail together, each is tried alone, so that one that breaks
    costs no other its digest; what fails only in company is set aside with its company.
    """
    try:
        return rows, (), drafted(rows)
    except Exception as together:  # noqa: BLE001 - a bug of ours must not come again for ever
        fine, broken = [], []
        for row in rows:
            try:
                drafted([row])
                fine.append(row)
            except Exception as alone:  # noqa: BLE001
                broken.append((row, alone))
        if not broken:
            return (), [(row, together) for row in rows], None
    if not fine:
        return (), broken, None
    rest, worse, result = _what_can_be_told(fine, drafted)
    return rest, [*broken, *worse], result
