"""`parley explain`: why an item was told, or not, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    OFF,
    config_option,
    json_option,
    local,
    many,
    one_watch,
    print_json,
    print_table,
    reading,
    reading_file,
    reason_text,
    settings_of,
    uncollected,
)

if TYPE_CHECKING:
    from monitor.cli.near_misses import WhyNot
    from monitor.core.ledger import Fact
    from monitor.core.match import Index, Scan
    from monitor.core.model import Document, StoredItem
    from monitor.core.rules import RuleBook
    from monitor.ports import ClaimRow, DecisionRow, DeliveryRow, StoryItem
    from monitor.settings import Settings
    from monitor.store.history import SqliteHistory


STORY = ("name", "reports", "publishers")


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision with what stands behind it.

    `proof` holds (field, term, words), `known` (the id of a fact or story, its text), `facts` those
    of them that are facts; `claim` is the one that decided, None where none did.
    """

    row: DecisionRow
    proof: tuple[tuple[str, str, str], ...]
    known: tuple[tuple[str, str], ...]
    deliveries: tuple[DeliveryRow, ...]
    facts: Mapping[str, Fact]
    claim: ClaimRow | None

    @property
    def watch(self) -> str:
        """The watch, and the version of the item where that is not its first."""
        return self.row.watch + (f" (version {self.row.version})" if self.row.version != 1 else "")

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
            "facts": [asdict(fact) for fact in self.facts.values()],
            "claim": asdict(self.claim) if self.claim else None,
            "deliveries": [asdict(delivery) for delivery in self.deliveries],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trace:
    """An item with all that is known of its way; `matched` says how each watch takes it now.

    `placed` is how its newest version came to its story, which began with the headline `founder`;
    `elder` is the name under which that story goes on, where it is another.
    """

    stored: StoredItem
    read: str
    found: tuple[str, ...]
    matched: Mapping[str, str]  # watch -> "" for a hit, else what keeps it from being one
    story: tuple[str, int, int] | None
    placed: StoryItem | None  # None: in no story
    founder: str
    elder: str
    made: tuple[Explained, ...]


@click.command("explain")
@click.argument("reference", metavar="ITEM|ALERT")
@click.option(
    "--why-not", "why_not", metavar="WATCH", help="Say what keeps this watch from taking it."
)
@click.option(
    "--db", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Ask this database: a backup, or what a replay kept.",
)  # fmt: skip
@config_option
@json_option
@uncollected()
def command(
    reference: str, why_not: str | None, db: Path | None, config_dir: Path, as_json: bool
) -> None:
    """Show the way of an item: read, found, matched, gathered, judged, decided, delivered.

    ITEM is a row number, a feed's id of it or a link, ALERT the id of a message or a development
    (its beginning is enough). What was found and matched is said by the rules as they are on disk;
    the rest is what was written down when the item came.
    """
    settings = settings_of(config_dir)
    asked, off = one_watch(settings, why_not) if why_not else (settings, False)
    from monitor.app.wiring import lexicon_of
    from monitor.core.match import Index
    from monitor.core.model import document_of

    index = Index(settings.rules, lexicon_of(settings))
    with reading_file(db) if db else reading(settings) as reader:
        stored = find(reader, reference)
        scan = index.scan(document_of(stored.item))
        trace = _trace(reader, stored, settings.rules, (index, scan))
    if off:  # what else is said is of the watches that are on
        index = Index(asked.rules, index.lexicon)
        scan = index.scan(scan.document)
    detail = _why_not((index, scan), asked, why_not, off=off) if why_not else None
    if as_json:
        print_json({**_as_json(trace), "why_not": asdict(detail) if detail else None})
        return
    _show_item(trace, settings.rules.timezone)
    print_table(("", ""), _rows(trace, settings.rules))
    if not trace.made and why_not is None:
        click.echo("\nNo watch took it: --why-not WATCH says more of what one lacks.")
    if detail:
        click.echo(f"\n{detail.watch}: {detail.text}")
        print_table(("", ""), detail.rows())


def _why_not(matching: tuple[Index, Scan], settings: Settings, watch: str, *, off: bool) -> WhyNot:
    """Say what keeps a watch from an item; one that is off is held as if it were on."""
    from monitor.cli.near_misses import why_not_in_detail

    index, scan = matching
    detail = why_not_in_detail(index, settings.rules, watch, scan)
    return replace(detail, text=f"{OFF}; as if it were on: {detail.text}") if off else detail


def find(reader: SqliteHistory, reference: str) -> StoredItem:
    """Give the item that a reference means; of a development its first. Raises `CommandError`."""
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
                f"{alert.id} is of no single item ({alert.kind}): parley alerts show {alert.id}"
            )
        return found
    lives = reader.lives(beginning=reference) if len(reference) >= 3 and not alerts else ()
    if len(lives) == 1:
        return find(reader, str(lives[0].item_id))
    if alerts:
        raise CommandError(f"several alerts begin with {reference}; see: parley alerts")
    raise CommandError(
        f"nothing is known by {reference!r}: give a row number, a link, or the id of an alert"
    )


def _trace(
    reader: SqliteHistory, stored: StoredItem, book: RuleBook, matching: tuple[Index, Scan]
) -> Trace:
    from monitor.app.why import why_not
    from monitor.cli.wording import all_found, found_lines, how_told

    index, scan = matching
    document = scan.document
    tag = next((feed.language for feed in book.feeds if feed.name == stored.item.feed), "")
    hits = {hit.watch for hit in index.hits(scan)}
    matched = {}
    for watch in book.watches:
        deaf = watch.feeds and stored.item.feed not in watch.feeds
        its_own = f"takes only items of its own feeds, not of {stored.item.feed}" if deaf else ""
        matched[watch.id] = its_own or ("" if watch.id in hits else why_not(index, watch.id, scan))
    story, placed = reader.story_of(stored.id), reader.placements(stored.id)
    states = {(each.stored.version, one.watch): one.state for each in placed for one in each.judged}
    began = reader.stories(name=story[0]) if story else ()
    return Trace(
        stored, how_told(index, document, tag),
        tuple(found_lines(all_found(index, book.watches, scan), document)), matched,
        story, placed[-1] if placed else None, began[0].headline if began else "",
        began[0].name if story and began and began[0].name != story[0] else "",
        tuple(
            _explained(reader, stored, row, states.get((row.version, row.watch), ""), document)
            for row in reader.decisions(stored.id)
        ),
    )  # fmt: skip


def _explained(
    reader: SqliteHistory, stored: StoredItem, row: DecisionRow, state: str, newest: Document
) -> Explained:
    """Give a decision with the words behind its spans, the facts it names, and its deliveries."""
    from monitor.core.decide import field_text

    document = reader.document(stored.id, row.version) or newest
    proof = tuple(
        (field, term, field_text(document, field)[start:end])
        for field, start, end, term in row.spans
    )
    from monitor.cli.wording import deciding

    facts = {known.fact.id: known.fact for known in reader.facts(row.watch)}
    claims = [
        (claim, claim.bearing) for claim in reader.claims_of(stored.id)
        if (claim.version, claim.watch) == (row.version, row.watch)
    ]  # fmt: skip
    alerts = [
        alert for alert in reader.alerts_about(row.item_id)
        if row.development and row.development in alert.developments
    ]  # fmt: skip
    return Explained(
        row, proof, tuple((one, facts[one].text if one in facts else "") for one in row.known),
        tuple(delivery for alert in alerts for delivery in reader.deliveries_of(alert.id)),
        {one: facts[one] for one in row.known if one in facts}, deciding(claims, state),
    )  # fmt: skip


def _as_json(trace: Trace) -> dict[str, object]:
    stored, story = trace.stored, trace.story
    return {
        "id": stored.id, **asdict(stored.item), "version": stored.version, "read": trace.read,
        "found": trace.found,
        "matched": [
            {"watch": watch, "hit": not lacks, "why_not": lacks}
            for watch, lacks in trace.matched.items()
        ],
        "story": {
            **dict(zip(STORY, story, strict=True)), "founder": trace.founder,
            "elder": trace.elder,
            "similarity": trace.placed.similarity if trace.placed else None,
            "founds": trace.placed.founds if trace.placed else None,
        }
        if story
        else None,
        "decisions": [one.as_json() for one in trace.made],
    }  # fmt: skip


def _show_item(trace: Trace, zone: str) -> None:
    stored, item = trace.stored, trace.stored.item
    edited = f", version {stored.version}" if stored.edit else ""
    click.echo(item.title)
    if item.link:
        click.echo(item.link)
    click.echo(f"item {stored.id}{edited}, {item.feed}")
    click.echo(f"published {local(item.published_at, zone)}, seen {local(item.seen_at, zone)}\n")


def _rows(trace: Trace, book: RuleBook) -> Iterator[tuple[str, str]]:
    """Give the stages in their order, each named once."""
    from monitor.cli.alerts import delivery_lines

    zone = book.timezone
    stages: dict[str, list[str]] = {
        "read": [trace.read],
        "found": list(trace.found) or ["no word of any watch"],
        "matched": list(_matched(trace, book)),
        "gathered": [_story(trace)] if trace.made else [],
        "judged": [line for one in trace.made for line in _judged(one, zone)],
        "decided": [
            f"{one.watch}: {reason_text(one.row.outcome)} ({one.row.outcome}),"
            f" {local(one.row.decided_at, zone)}"
            for one in trace.made
        ],
        "delivered": [
            f"{one.watch}: {line}"
            for one in trace.made
            for line in delivery_lines(one.deliveries, zone)
        ],
    }
    for stage, lines in stages.items():
        for number, line in enumerate(lines):
            yield "" if number else stage, line


def _matched(trace: Trace, book: RuleBook) -> Iterator[str]:
    """Say for each watch whether the item is a hit now, and where that was otherwise decided."""
    then = {one.row.watch: one for one in trace.made}
    for watch, lacks in trace.matched.items():
        one = then.get(watch)
        changed = one is not None and one.row.rules != book.version
        if lacks and one is not None:
            yield f"{watch}: a hit by the rules of then: {_words(one)}; by those of now: {lacks}"
        elif lacks:
            yield f"{watch}: no hit: {lacks}"
        elif one is None:
            yield f"{watch}: a hit by the rules of now; it was none when the item was read"
        else:
            story = " through its story" if one.row.via == "story" else ""
            since = " (the rules were edited since)" if changed else ""
            yield f"{watch}: hit{story}: {_words(one)}{since}"


def _words(one: Explained) -> str:
    """Give the words that proved a hit, as they stood in the version that was judged."""
    texts = dict.fromkeys(" ".join(text.split()) for _, _, text in one.proof)
    return ", ".join(f"\u201c{text}\u201d" for text in texts) or "without any of its words"


def _story(trace: Trace) -> str:
    """Name the story of an item, how it came to it, and how many tell it."""
    if trace.story is None:
        return "in no story"
    name, reports, publishers = trace.story
    came = ""
    if trace.placed is not None:
        began = f"alike {trace.placed.similarity:.2f}, it began with \u201c{trace.founder}\u201d"
        came = ", which it began" if trace.placed.founds else f", {began}"
    came += f"; it goes on as {trace.elder}" if trace.elder else ""
    return f"story {name}{came}: {many(reports, 'report')}, {many(publishers, 'publisher')}"


def _judged(one: Explained, zone: str) -> Iterator[str]:
    """Give the verdict with its reason, the claim and the sentence it rests on, what is known."""
    from monitor.cli.life import fact_line
    from monitor.cli.wording import claim_text

    row, claim = one.row, one.claim
    detail = f" [{row.detail}]" if row.detail else ""
    yield f"{one.watch}: {row.verdict} ({row.severity}): {reason_text(row.reason)}{detail}"
    if claim is not None:
        yield f"  claim: {claim_text(claim)}"
        yield f"  said: \u201c{claim.sentence}\u201d ({claim.field} {claim.start}-{claim.end})"
    kind = "repeats" if row.reason == "says-known-fact" else "held against"
    for known, _ in one.known:
        fact = one.facts.get(known)
        yield f"  {kind}: " + (fact_line(fact, zone) if fact else f"story {known}")
