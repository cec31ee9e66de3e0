"""What became of a development: what changed, who says so, who denies it, whom it was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from monitor.cli.common import local, many, reason_text
from monitor.cli.wording import deciding

if TYPE_CHECKING:
    from monitor.core.ledger import Fact
    from monitor.core.model import Document, Item
    from monitor.ports import AlertRow, Backing, ClaimRow, DecisionRow, DeliveryRow, DevelopmentLife
    from monitor.store.history import SqliteHistory

#: Houses and languages that are named; beyond them they are only counted.
NAMED = 12


@dataclass(frozen=True, slots=True)
class Message:
    """One message about a development, with the report that caused it and where it went.

    `caused_by` is None for a digest.
    """

    alert: AlertRow
    caused_by: Item | None
    deliveries: tuple[DeliveryRow, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """A development with all that stands behind it.

    `moved` says what changed (`rejected -> agreed`, `1000 -> 1200`). `made` is the fact it made,
    `stood_on` the one it was held against; each is None where there is none. `sentence` is of the
    report that told it first.
    """

    told: DevelopmentLife
    moved: str
    report: Item
    sentence: str
    claim: ClaimRow | None
    made: Fact | None
    stood_on: Fact | None
    backing: Backing
    messages: tuple[Message, ...]

    def as_json(self) -> dict[str, object]:
        """Give it for programs."""
        return {
            **asdict(self.told), "reason_text": reason_text(self.told.reason),
            "moved": self.moved, "sentence": self.sentence, "outlet": self.report.feed,
            "language": self.report.language, "link": self.report.link,
            "published_at": self.report.published_at,
            "claim": asdict(self.claim) if self.claim else None,
            "made": asdict(self.made) if self.made else None,
            "stood_on": asdict(self.stood_on) if self.stood_on else None,
            "reports": self.backing.reports, "publishers": list(self.backing.publishers),
            "languages": list(self.backing.languages),
            "claimants": list(self.backing.claimants), "denying": list(self.backing.denying),
            "messages": [
                {
                    **asdict(one.alert),
                    "deliveries": [asdict(delivery) for delivery in one.deliveries],
                }
                for one in self.messages
            ],
        }  # fmt: skip


def life_of(reader: SqliteHistory, told: DevelopmentLife) -> Life:
    """Give a development with all that the store knows of it."""
    decision = _first_decision(reader, told)
    version = decision.version if decision else 1
    document = reader.document(told.item_id, version)
    stored = reader.find_item(str(told.item_id))
    if stored is None or document is None:
        raise LookupError(f"development {told.key} names item {told.item_id}, which is not there")
    claim = _claim(reader, told, version)
    facts = {row.fact.id: row.fact for row in reader.facts(told.watch)}
    known = [facts[name] for name in decision.known if name in facts] if decision else []
    return Life(
        told, decision.detail if decision else "", stored.item, _sentence(claim, document), claim,
        facts.get(told.fact), known[0] if known else None, reader.backing(told),
        tuple(_message(reader, alert) for alert in reader.messages_about(told.key)),
    )  # fmt: skip


def _first_decision(reader: SqliteHistory, told: DevelopmentLife) -> DecisionRow | None:
    return next(
        (row for row in reader.decisions(told.item_id) if row.development == told.key), None
    )


def _claim(reader: SqliteHistory, told: DevelopmentLife, version: int) -> ClaimRow | None:
    """Give the claim by which a development was told, None where no claim decided."""
    claims = [
        claim for claim in reader.claims_of(told.item_id)
        if claim.version == version and claim.watch == told.watch and claim.tracker == told.tracker
    ]  # fmt: skip
    return deciding([(claim, claim.bearing) for claim in claims], told.value)


def _sentence(claim: ClaimRow | None, document: Document) -> str:
    return (claim.sentence if claim else "") or document.title


def _message(reader: SqliteHistory, alert: AlertRow) -> Message:
    caused = reader.find_item(str(alert.item_id)) if alert.item_id is not None else None
    return Message(alert, caused.item if caused else None, reader.deliveries_of(alert.id))


# --- for people ------------------------------------------------------------------------------


def lines(life: Life, zone: str) -> Iterator[tuple[str, str]]:
    """Give a development as rows of two columns: what, and what of it."""
    told, backing = life.told, life.backing
    yield "what", f"{told.watch}: {what_changed(life)}"
    yield "status", f"{told.status}, {told.severity}; {told.verdict}: {reason_text(told.reason)}"
    yield "reports", counted(backing)
    yield "say so", _names(backing.claimants) or "nobody is quoted by name"
    if backing.denying:
        yield "deny it", _names(backing.denying)
    yield "sentence", f"\u201c{life.sentence}\u201d"
    language = f" ({life.report.language})" if life.report.language else ""
    link = f", {life.report.link}" if life.report.link else ""
    yield "", f"{life.report.feed}{language}, {local(life.report.published_at, zone)}{link}"
    if life.made is not None:
        yield "made", fact_line(life.made, zone)
    if life.stood_on is not None:
        yield "held against", fact_line(life.stood_on, zone)
    yield from _message_rows(life, zone)
    yield "more", f"development {told.key[:12]}, parley explain {told.item_id}"


def what_changed(life: Life) -> str:
    """Say what changed: `truce (full): rejected -> agreed`; without a tracker the headline."""
    told = life.told
    if not told.tracker:
        moved = f" [{life.moved}]" if life.moved else ""
        return f"{told.headline.removesuffix(f' [{told.watch}]')}{moved}"
    cell = f" ({told.cell})" if told.cell else ""
    before = life.stood_on.state if life.stood_on is not None else None
    if "->" in life.moved:
        change = life.moved if told.value in life.moved else f"{told.value}, {life.moved}"
    elif before == told.value and life.moved:  # another instance, or the same said again
        again = "" if life.moved == told.value else f" {life.moved}"
        change = f"{told.value} again{again}"
    else:
        change = f"{before or 'nothing known'} -> {told.value}"
    return f"{told.tracker}{cell}: {change}"


def counted(backing: Backing) -> str:
    """Give the counts: `30 reports of 28 publishers, 1 claimant, in 8 languages`."""
    said = f"{many(backing.reports, 'report')} of {many(len(backing.publishers), 'publisher')}"
    said += f", {many(len(backing.claimants), 'claimant')}"
    if len(backing.languages) > 1:
        said += f", in {many(len(backing.languages), 'language')}"
    return f"{said}: {_names(backing.publishers)}" if backing.publishers else said


def fact_line(fact: Fact, zone: str) -> str:
    """Give a fact with its id, how it is held and since when: `x (seed, since ...): text`."""
    state = f" [{fact.tracker}: {fact.state}]" if fact.tracker and fact.state else ""
    return f"{fact.id} ({fact.status}, {since(fact, zone)}): {fact.text}{state}"


def since(fact: Fact, zone: str) -> str:
    """Say since when a fact is so, and where that differs since when it is known."""
    known = local(fact.known_since, zone)
    return f"of {fact.date}, known since {known}" if fact.date else f"known since {known}"


def _names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _message_rows(life: Life, zone: str) -> Iterator[tuple[str, str]]:
    from monitor.cli.alerts import delivery_lines

    for number, one in enumerate(life.messages):
        head = "message" if not number else "follow-up" if one.alert.kind != "digest" else "digest"
        by = f", caused by {one.caused_by.feed}" if one.caused_by and number else ""
        yield (
            head,
            f"{one.alert.id} of {local(one.alert.created_at, zone)}{by}: {one.alert.subject}",
        )
        for line in delivery_lines(one.deliveries, zone) or ["no delivery"]:
            yield "", line
