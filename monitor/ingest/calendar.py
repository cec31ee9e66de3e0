"""What time alone causes: the daily digest. Idempotent, from rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from monitor.core.model import Section
from monitor.core.schedule import digest_moment, due_digest
from monitor.core.sections import from_json
from monitor.ingest.force import InForce
from monitor.ingest.messages import digest_drafts
from monitor.ports import Unit

#: Word about the store: until when digests have been told.
DIGESTED_UNTIL = "digested-until"


def tick(unit: Unit, rules: InForce, now: datetime) -> int:
    """Do what is due by now; gives how many deliveries came of it.

    The first tick of a new store only notes the time, so that a digest never looks further back.
    """
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
    waiting: dict[tuple[str, str], list[tuple[int, Section]]] = defaultdict(list)
    for row in unit.folded(before):
        waiting[row.channel, row.recipient].append((row.id, from_json(row.section)))
    made = 0
    for (name, recipient), entries in waiting.items():
        channel = rules.channels.get(name)
        if channel is None:  # switched off: its rows wait until it is back
            continue
        sections = [section for _, section in entries]
        alert, subject, thread, drafts = digest_drafts(
            sections, channel, recipient, day, before, rules, now
        )
        keys = [section.development.key for section in sections]
        unit.add_alert(alert, "digest", subject, thread, keys, None, now)
        made += unit.enqueue(drafts, now)
        unit.mark_digested([row for row, _ in entries], alert, now)
    return made
