"""`parley explain`: why an item was told, or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    local,
    many,
    print_json,
    reading,
    reason_text,
    settings_of,
    watch_named,
)

if TYPE_CHECKING:
    from monitor.core.model import StoredItem
    from monitor.ports import DecisionRow, DeliveryRow
    from monitor.settings import Settings
    from monitor.store.history import SqliteHistory


STORY = ("name", "reports", "publishers")


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision with what stands behind it: (field, term, words), (fact or story, its text)."""

    row: DecisionRow
    proof: tuple[tuple[str, str, str], ...]
    known: tuple[tuple[str, str], ...]
    deliveries: tuple[DeliveryRow, ...]

    def as_json(self) -> dict[str, object]:
        """Give it for programs."""
        spans = [
            {"field": field, "start": start, "end": end, "term": term, "text": proof[2]}
            for (field, start, end, term), proof in zip(self.row.spans, self.proof, strict=True)
        ]
        return {
            **asdict(self.row), "spans": spans, "reason_text": reason_text(self.row.reason),
            "outcome_text": reason_text(self.row.outcome),
            "known": [{"id": known, "text": text} for known, text in self.known],
            "deliveries": [asdict(delivery) for delivery in self.deliveries],
        }  # fmt: skip


@click.command("explain")
@click.argument("reference", metavar="ITEM|ALERT")
@click.option(
    "--why-not", "why_not", metavar="WATCH", help="Say what keeps this watch from taking it."
)
@config_option
@json_option
def command(reference: str, why_not: str | None, config_dir: Path, as_json: bool) -> None:
    """Show every decision about an item: the words that prove it, the verdict, what became of it.

    ITEM is a row number or a link, ALERT the id of a message (its beginning is enough).
    """
    settings = settings_of(config_dir)
    watch_named(settings, why_not)
    with reading(settings) as reader:
        stored = find(reader, reference)
        lacking = _lacking(settings, stored, why_not) if why_not else None
        story = reader.story_of(stored.id)
        made = [_explained(reader, stored, row) for row in reader.decisions(stored.id)]
    if as_json:
        print_json({
            "id": stored.id, **asdict(stored.item), "version": stored.version,
            "story": dict(zip(STORY, story, strict=True)) if story else None,
            "decisions": [one.as_json() for one in made], "why_not": lacking,
        })  # fmt: skip
        return
    zone = settings.rules.timezone
    _show_item(stored, story, zone)
    if not made:
        click.echo("\nNo watch took it: --why-not WATCH says what it lacks.")
    for one in made:
        _show_decision(one, zone)
    if lacking:
        click.echo(f"\n{lacking['watch']}: {lacking['text']}")


def find(reader: SqliteHistory, reference: str) -> StoredItem:
    """Give the item that a reference means. Raises `CommandError`."""
    from monitor.errors import CommandError

    found = reader.find_item(reference)
    if found is not None:
        return found
    alerts = reader.alerts(2, reference) if len(reference) >= 3 else ()
    if len(alerts) == 1:
        (alert,) = alerts
        found = reader.find_item(str(alert.item_id)) if alert.item_id is not None else None
        if found is None:
            raise CommandError(
                f"{alert.id} is of no single item ({alert.kind}): parley alerts {alert.id}"
            )
        return found
    if alerts:
        raise CommandError(f"several alerts begin with {reference}; see: parley alerts")
    raise CommandError(
        f"nothing is known by {reference!r}: give a row number, a link, or the id of an alert"
    )


def _lacking(settings: Settings, stored: StoredItem, watch: str) -> Mapping[str, object]:
    """Say what keeps a watch, as its file is now, from taking an item."""
    from monitor.cli.wording import why_not
    from monitor.core.match import Index

    index, item = Index(settings.rules), stored.item
    scan = index.scan(item.title, item.summary, item.language)
    if any(hit.watch == watch for hit in index.hits(scan)):
        return {"watch": watch, "lacking": (), "text": "its query, as it is now, takes this item"}
    lacking = index.lacking(watch, scan)
    return {
        "watch": watch,
        "lacking": lacking,
        "text": f"no hit: {why_not(settings.rules, index, watch, scan)}",
    }


def _explained(reader: SqliteHistory, stored: StoredItem, row: DecisionRow) -> Explained:
    """Give a decision with the words behind its spans, the facts it names, and its deliveries."""
    words = reader.wording(stored.id, row.version) or (stored.item.title, stored.item.summary)
    proof = tuple(
        (field, term, (words[0] if field == "title" else words[1])[start:end])
        for field, start, end, term in row.spans
    )
    texts = {known.fact.id: known.fact.text for known in reader.facts(row.watch)}
    alerts = [
        alert for alert in reader.alerts_about(row.item_id)
        if row.development and row.development in alert.developments
    ]  # fmt: skip
    return Explained(
        row, proof, tuple((one, texts.get(one, "")) for one in row.known),
        tuple(delivery for alert in alerts for delivery in reader.deliveries_of(alert.id)),
    )  # fmt: skip


def _show_item(stored: StoredItem, story: tuple[str, int, int] | None, zone: str) -> None:
    item = stored.item
    edited = f", version {stored.version}" if stored.edit else ""
    click.echo(item.title)
    if item.link:
        click.echo(item.link)
    click.echo(f"item {stored.id}{edited}, {item.feed}, language {item.language or 'not said'}")
    click.echo(f"published {local(item.published_at, zone)}, seen {local(item.seen_at, zone)}")
    if story:
        reports, publishers = many(story[1], "report"), many(story[2], "publisher")
        click.echo(f"story {story[0]}: {reports}, {publishers}")


def _show_decision(one: Explained, zone: str) -> None:
    from monitor.cli.alerts import delivery_lines

    row = one.row
    version = f" (version {row.version})" if row.version != 1 else ""
    by_story = " through its story" if row.via == "story" else ""
    click.echo(f"\n{row.watch}{version}: hit{by_story}, decided {local(row.decided_at, zone)}")
    for field, term, text in one.proof:
        click.echo(f"  found    {term}: \u201c{text}\u201d in the {field}")
    detail = f" [{row.detail}]" if row.detail else ""
    click.echo(f"  verdict  {row.verdict} ({row.severity}): {reason_text(row.reason)}{detail}")
    for known, text in one.known:
        click.echo(f"  known    {known}" + (f": {text}" if text else ""))
    click.echo(f"  outcome  {reason_text(row.outcome)} ({row.outcome})")
    for line in delivery_lines(one.deliveries, zone):
        click.echo(f"  delivery {line}")
