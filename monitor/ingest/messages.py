"""From what one item changed to rows of the outbox, rendered and keyed. Pure but for `render`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.core.decide import group_by_channel, telling_sentence, why_lines
from monitor.core.fact_words import related
from monitor.core.identity import alert_id, delivery_key, digest, period_key
from monitor.core.ledger import Fact
from monitor.core.model import Decision, Earlier, Note, Placement, Reason, Section, StoredItem
from monitor.core.sections import counted, to_json
from monitor.ingest.force import InForce
from monitor.ports import DeliveryDraft, Notifier

#: Longest subject of a message, in characters.
MAX_SUBJECT = 200


def section_of(
    stored: StoredItem, decision: Decision, placement: Placement, facts: Sequence[Fact],
    rules: InForce, earlier: Sequence[Earlier] = (),
) -> Section:  # fmt: skip
    """Give what a reader is told about one development; `earlier` was told before it."""
    item, development = stored.item, decision.development
    if development is None:
        raise ValueError("a decision without a development has no section")
    watch = rules.book.watch(decision.watch)
    return Section(
        development=development,
        watch_title=watch.title if watch else decision.watch,
        sentence=telling_sentence(item, decision.hit),
        language=item.language,
        outlet=item.feed,
        link=item.link,
        published_at=item.published_at,
        seen_at=item.seen_at,
        item_id=stored.id,
        story=placement.story,
        known=related(item, facts, first=decision.judgement.known),
        why=why_lines(item, decision.hit),
        reports=placement.reports,
        publishers=placement.publishers,
        baseline_as_of=rules.book.as_of(decision.watch),
        voices=decision.voices,
        certainty=decision.certainty,
        headlines=decision.headlines,
        said_by=decision.said_by,
        denied_by=decision.denied_by,
        earlier=tuple(earlier),
    )


class Outgoing:
    """The message that one item causes: its alert id, subject, a draft for every route taken."""

    def __init__(
        self,
        decisions: Sequence[Decision],
        sections: Sequence[Section],
        rules: InForce,
        now: datetime,
    ) -> None:
        """Group the developments by channel, render and key everything."""
        self._rules, self._now = rules, now
        by_key = {section.development.key: section for section in sections}
        self.pushed = [d for d in decisions if d.outcome is Reason.PUSH and d.development]
        self.folded = [
            d for d in decisions
            if d.outcome in {Reason.FOLDED, Reason.LISTED} and d.development
        ]  # fmt: skip
        self.drafts: list[DeliveryDraft] = []
        self.alerts: list[tuple[str, str, str, str, tuple[str, ...]]] = []
        if self.pushed:
            told = [by_key[d.development.key] for d in self.pushed if d.development]
            alert = self._alert("alert", told)
            for channel, parts in group_by_channel(self.pushed, by_key).items():
                self._push(alert, rules.channels[channel], parts)
        for decision in self.folded:
            if decision.development:
                self._fold(decision.channels, by_key[decision.development.key])

    def _alert(self, kind: str, sections: Sequence[Section]) -> str:
        keys = [(s.development.key, s.development.number) for s in sections]
        alert = alert_id(keys)
        thread = sections[0].development.thread
        self.alerts.append((alert, kind, subject_of(sections), thread, tuple(k for k, _ in keys)))
        return alert

    def _push(self, alert: str, channel: Notifier, sections: Sequence[Section]) -> None:
        groups = [[s] for s in sections] if channel.one_event_each else [list(sections)]
        for group in groups:
            keys = [(s.development.key, s.development.number) for s in group]
            note = Note(
                kind="alert",
                subject=subject_of(group),
                created_at=self._now,
                thread=group[0].development.thread,
                sections=tuple(group),
                timezone=self._rules.book.timezone,
                language=self._rules.book.language,
                alert=alert,
            )
            for recipient in channel.recipients:
                key = delivery_key(keys, channel.name, recipient)
                self.drafts.append(
                    DeliveryDraft(
                        key=key, alert=alert, channel=channel.name, recipient=recipient,
                        status="pending", reason=Reason.PUSH, thread=note.thread,
                        body=channel.render(note, recipient, key), next_attempt_at=self._now,
                    )
                )  # fmt: skip

    def _fold(self, channels: Sequence[str], section: Section) -> None:
        alert = self._alert("folded", [section])
        development = section.development
        for name in channels:
            for recipient in self._rules.channels[name].recipients:
                key = delivery_key([(development.key, development.number)], name, recipient)
                self.drafts.append(
                    DeliveryDraft(
                        key=key, alert=alert, channel=name, recipient=recipient, status="folded",
                        reason=Reason.FOLDED, thread=development.thread, body=to_json(section),
                    )
                )  # fmt: skip


def subject_of(sections: Sequence[Section]) -> str:
    """Give one line for a message: the first headline, and how many more there are."""
    watches = dict.fromkeys(s.development.watch for s in sections)
    first = sections[0].development.headline
    if len(sections) == 1:
        return first[:MAX_SUBJECT]
    bare = first.removesuffix(f" [{sections[0].development.watch}]")
    return f"{bare} [{', '.join(watches)}]"[:MAX_SUBJECT]


def digest_drafts(
    sections: Sequence[Section], channel: Notifier, recipient: str, day: str, until: datetime,
    rules: InForce, now: datetime,
) -> tuple[str, str, str, list[DeliveryDraft]]:  # fmt: skip
    """Give alert id, subject, thread and the draft of the digest of a local day, told `until`.

    A digest is one message even where a channel wants one development each.
    """
    period = until.isoformat()
    key = period_key("daily", period, channel.name, recipient)
    alert = digest("digest", period, channel.name, recipient, size=5)
    subject = f"Daily digest {day}: {counted(sections)}"
    thread = digest("digest-thread", channel.name, size=8)
    note = Note(
        kind="digest", subject=subject, created_at=now, thread=thread, sections=tuple(sections),
        timezone=rules.book.timezone, language=rules.book.language, period=day, alert=alert,
    )  # fmt: skip
    draft = DeliveryDraft(
        key=key, alert=alert, channel=channel.name, recipient=recipient, status="pending",
        reason=Reason.PUSH, body=channel.render(note, recipient, key), thread=thread,
        next_attempt_at=now,
    )  # fmt: skip
    return alert, subject, thread, [draft]


def ops_drafts(
    subject: str, text: str, channels: Sequence[Notifier], rules: InForce, now: datetime
) -> tuple[str, str, list[DeliveryDraft]]:
    """Give alert id, thread and drafts of a message about the machine itself."""
    alert = digest("ops", subject, text, now.isoformat(), size=5)
    thread = digest("ops-thread", subject, size=8)
    note = Note(
        kind="ops", subject=subject, created_at=now, thread=thread, text=text,
        timezone=rules.book.timezone, alert=alert,
    )  # fmt: skip
    drafts = []
    for channel in channels:
        for recipient in channel.recipients:
            key = period_key("ops", alert, channel.name, recipient)
            drafts.append(
                DeliveryDraft(
                    key=key, alert=alert, channel=channel.name, recipient=recipient,
                    status="pending", reason=Reason.PUSH, body=channel.render(note, recipient, key),
                    thread=thread, next_attempt_at=now,
                )
            )  # fmt: skip
    return alert, thread, drafts
