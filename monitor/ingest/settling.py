"""What becomes of deliveries: receipts, channels switched off, alerts that nobody accepted.

Everything here is rows, so that a restart changes nothing of it. A channel that is switched off,
and the message that tells the others so, commit together.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from monitor.core.identity import period_key
from monitor.core.model import Note, Reason
from monitor.core.schedule import KEPT_OFF_S, next_attempt
from monitor.ingest.force import InForce
from monitor.ingest.messages import MAX_SUBJECT, ops_drafts
from monitor.ports import (
    OFF,
    DeliveryDraft,
    Notifier,
    Outcome,
    Settlement,
    UnacceptedAlert,
    Unit,
)

log = logging.getLogger("parley.outbox")
#: Word about the store: when the daemon that has it came up.
OPENED = "opened"
#: An alert older than this is not escalated any more: it is no news, and stands in the board.
ESCALATED_WITHIN = timedelta(days=1)
#: Kinds of channels that take everything, whether or not anybody reads it.
PASSIVE = frozenset({"atom", "console"})


def settle(unit: Unit, rules: InForce, settlement: Settlement) -> None:
    """Write down what became of an attempt, and when the next one is due."""
    delivery, receipt, now = settlement.delivery, settlement.receipt, settlement.at
    channel = rules.channels.get(delivery.channel)
    off = receipt.outcome is Outcome.GONE and receipt.code == OFF
    asked = receipt.outcome is Outcome.LATER and receipt.retry_after_s is not None
    again = None
    if off:
        again = now + timedelta(seconds=KEPT_OFF_S)  # until then it can be switched on
    elif receipt.outcome in {Outcome.LATER, Outcome.GONE}:
        again = next_attempt(
            channel.kind if channel else "", delivery.key, delivery.attempts,
            delivery.first_attempt_at, now, receipt.retry_after_s, delivery.waits,
        )  # fmt: skip
    unsent = "pending" if again else "dead"
    status = "sent" if receipt.outcome is Outcome.SENT else unsent
    unit.settle_delivery(
        delivery.id, status, now, next_attempt_at=again, error_code=receipt.code,
        error=receipt.message, asked=asked,
    )  # fmt: skip
    if off and unit.switch_off(delivery.channel, receipt.message, now):
        _tell_off(unit, rules, delivery.channel, receipt.message, now)


def _tell_off(unit: Unit, rules: InForce, name: str, why: str, now: datetime) -> None:
    """Tell the channels of the machine's own news, but for this one, that it is off."""
    others = [
        rules.channels[other] for other in rules.book.ops
        if other in rules.channels and other not in {name, "console"}
    ]  # fmt: skip
    subject = f"Parley: channel {name} is off"
    said = (
        f"{why}. Nothing more is sent to it. What waits for it is kept for a week; to use it again:"
        f" parley outbox enable {name}"
    )
    _enqueue_ops(unit, rules, subject, said, others, now)


def _enqueue_ops(
    unit: Unit, rules: InForce, subject: str, said: str, channels: list[Notifier], now: datetime
) -> None:
    if channels:
        alert, thread, drafts = ops_drafts(subject, said, channels, rules, now)
        unit.add_alert(alert, "ops", subject, thread, (), None, now)
        unit.enqueue(drafts, now)


def escalate(unit: Unit, rules: InForce, now: datetime) -> int:
    """Give up what waited too long for channels off; send what nobody accepted elsewhere, once.

    Gives how many deliveries came of it. After a start every alert has the whole time again before
    it counts as not accepted, unless it was tried before: a daemon that was off is no channel that
    fails.
    """
    given_up = unit.give_up_off(now - timedelta(seconds=KEPT_OFF_S), now)
    if given_up:
        log.error("%d deliveries given up, their channels were off for a week", given_up)
    plan = rules.book.escalate
    if plan is None:
        return 0
    before = now - timedelta(seconds=plan.after_s)
    opened = unit.meta(OPENED)
    tried = opened is None or datetime.fromisoformat(opened) > before
    made = 0
    passive = [name for name, channel in rules.channels.items() if channel.kind in PASSIVE]
    since = now - ESCALATED_WITHIN
    for alert in unit.unaccepted(since, before, tried=tried, passive=passive):
        for name in plan.channels:
            channel = rules.channels.get(name)
            if channel is not None and name not in alert.channels:
                made += unit.enqueue(_escalated(alert, channel, rules, now), now)
    return made


def _escalated(
    alert: UnacceptedAlert, channel: Notifier, rules: InForce, now: datetime
) -> list[DeliveryDraft]:
    """Give the message that an alert was not accepted, for each recipient of a channel.

    Its key is of the alert and the recipient alone: however often it is made, it is sent once.
    """
    minutes = int((now - alert.created_at).total_seconds() // 60)
    subject = f"Not delivered for {minutes} min: {alert.subject}"[:MAX_SUBJECT]
    note = Note(
        kind="ops", subject=subject, created_at=now, thread=alert.thread, text=_told(alert),
        timezone=rules.book.timezone, alert=alert.id,
    )  # fmt: skip
    drafts = []
    for recipient in channel.recipients:
        key = period_key("escalation", alert.id, channel.name, recipient)
        drafts.append(
            DeliveryDraft(
                key=key, alert=alert.id, channel=channel.name, recipient=recipient,
                status="pending", reason=Reason.PUSH, thread=alert.thread,
                body=channel.render(note, recipient, key), next_attempt_at=now,
            )
        )  # fmt: skip
    return drafts


def _told(alert: UnacceptedAlert) -> str:
    """Give what happened, what the report says, and how each channel stands."""
    lines = [alert.subject, ""]
    if alert.title:
        lines += [f"{alert.outlet}: {alert.title}", alert.link, ""]
    lines.append("No channel has accepted this alert:")
    for name, (status, attempts, error) in alert.channels.items():
        said = f": {error}" if error else ""
        lines.append(f"- {name}, {status}, {attempts} attempts{said}")
    lines.append(f"parley alerts show {alert.id}")
    return "\n".join(lines)
