"""What `parley try` shows of a headline that was judged: the trace, and the alert."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from monitor.cli.common import OFF

if TYPE_CHECKING:
    from monitor.core.claims import Claim
    from monitor.core.ledger import Fact
    from monitor.core.match import Scan
    from monitor.core.model import Decision, Item, Note, Placement
    from monitor.core.rules import Watch
    from monitor.ingest import InForce
    from monitor.ingest.judging import Opinion

#: The outlet of a tried headline, as the alert would name it.
OUTLET = "a headline of yours"
#: A filter in a query as it is written, of which a headline alone says nothing.
_BROUGHT_BY = re.compile(r"\b(source|publisher|tier):")


@dataclass(frozen=True, slots=True)
class Trial:
    """What the path said about one headline."""

    item: Item
    told: str  # what its language is, and how that was told
    scan: Scan
    opinion: Opinion | None  # None: no watch is hit
    note: Note | None  # None: nothing would be said
    facts: Mapping[str, Fact]  # those that are known, by id
    founder: str = ""  # the headline that founded its story, "" for a new one
    off: bool = False  # the one watch that was asked for is off

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """One for each watch that is hit."""
        return self.opinion.decisions if self.opinion else ()

    def claims_of(self, watch: str) -> tuple[tuple[Claim, bool], ...]:
        """Give what is claimed about a watch that is hit; the flag is of the one that decided."""
        from monitor.cli.wording import deciding

        if self.opinion is None:
            return ()
        for decision, learned in zip(self.opinion.decisions, self.opinion.learned, strict=True):
            if decision.watch == watch:
                bearing = [(claim, bears) for claim, _, bears in learned.claims]
                best = deciding(bearing, decision.judgement.state or "")
                return tuple((claim, claim is best) for claim, _, _ in learned.claims)
        return ()


def lines(trial: Trial, rules: InForce, watch: str | None) -> Iterator[tuple[str, str]]:
    """Give the trace as rows of two columns; with `watch` its query part by part."""
    from monitor.app.why import found_words
    from monitor.cli.wording import all_found, query_parts

    yield "Headline", trial.item.title
    yield "Language", trial.told
    spans = all_found(rules.index, rules.book.watches, trial.scan)
    found = found_words(spans, trial.scan.document) or ("no word of any watch",)
    yield from _beneath("Found", found)
    yield from _beneath("Watches", _outcomes(trial, rules, watch))
    if watch is not None:
        yield from _beneath("Query", map(str, query_parts(rules.index, watch, trial.scan)))
    yield from _beneath("Claims", _claims(trial, rules))
    yield from _beneath("Held against", _known(trial, rules.book.timezone))
    if trial.opinion:
        yield "Story", _story(trial.opinion.placement, trial.founder)
    if trial.note is None:
        yield "Alert", "none would go out"


def _beneath(heading: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines):
        yield "" if number else heading, line


def _outcomes(trial: Trial, rules: InForce, watch: str | None) -> Iterator[str]:
    by_watch = {decision.watch: decision for decision in trial.decisions}
    for one in rules.book.watches:
        if watch in {None, one.id}:
            decision = by_watch.get(one.id)
            off = f"{OFF}; as if it were on: " if trial.off else ""
            if decision is not None:
                yield f"{one.id}: {off}hit; {judged(decision)}"
            else:
                yield f"{one.id}: {off}no hit: {_why_not(one, trial, rules)}"


def _why_not(watch: Watch, trial: Trial, rules: InForce) -> str:
    from monitor.app.why import why_not

    if watch.feeds and trial.item.feed not in watch.feeds:
        return f"takes only items of its own feeds ({watch.feeds[0]}, with --feed)"
    said = why_not(rules.index, watch.id, trial.scan)
    if trial.item.feed == OUTLET and _BROUGHT_BY.search(said):
        return f"{said} (--feed NAME says who brings it)"
    return said


def _story(placement: Placement, founder: str) -> str:
    if placement.founds:
        return "begins a new one"
    alike = f"alike {placement.similarity:.2f}"
    return f"joins {placement.story} ({alike}), which began with \u201c{founder}\u201d"


def judged(decision: Decision) -> str:
    """Give verdict, reason and outcome of a decision in words."""
    made = decision.judgement
    detail = f" [{made.detail}]" if made.detail else ""
    said = f"{made.verdict} ({made.severity}): {made.reason.text}{detail}"
    if decision.outcome is made.reason:
        return said
    where = f": {', '.join(decision.channels)}" if decision.channels else ""
    return f"{said}; {decision.outcome.text}{where}"


def _claims(trial: Trial, rules: InForce) -> Iterator[str]:
    """Give a line for each claim about a watch that is hit, the one that decided marked so."""
    from monitor.app.why import claim_words
    from monitor.cli.wording import claim_text

    for decision in trial.decisions:
        for claim, decided in trial.claims_of(decision.watch):
            words = claim_words(rules.index, rules.book, trial.scan, claim)
            at = ", ".join(f"\u201c{word}\u201d" for word in words)
            mark = "; it decided" if decided else ""
            yield f"{decision.watch}: {claim_text(claim)}; at {at} in the {claim.field}{mark}"


def _known(trial: Trial, zone: str) -> Iterator[str]:
    """Give a line for each fact that a verdict names."""
    from monitor.cli.life import fact_line

    for decision in trial.decisions:
        for name in decision.judgement.known:
            if name in trial.facts:
                yield f"{decision.watch}: {fact_line(trial.facts[name], zone)}"


def _channels(trial: Trial, rules: InForce) -> Mapping[str, tuple[str, ...]]:
    """Give the channels that would take something, with their recipients."""
    decisions = () if trial.off else trial.decisions
    names = dict.fromkeys(name for decision in decisions for name in decision.channels)
    return {name: rules.channels[name].recipients for name in names if name in rules.channels}


def print_alert(trial: Trial, rules: InForce) -> None:
    """Print the message that would go out, and who would get it."""
    from monitor.notify.message import render

    if trial.note is None:
        return
    said = render(trial.note)
    click.echo(f"\nThe alert\n\nSubject: {said.subject}\n\n{said.text}")
    for name, recipients in _channels(trial, rules).items():
        click.echo(f"To: {name} ({', '.join(recipients)})")
    click.echo("Nothing was stored or sent.")


def as_json_of(trial: Trial, rules: InForce, watch: str | None) -> dict[str, object]:
    """Give the whole trace for programs."""
    from monitor.app.why import found_words
    from monitor.cli.wording import all_found
    from monitor.notify.message import render

    item, placement = trial.item, trial.opinion.placement if trial.opinion else None
    spans = all_found(rules.index, rules.book.watches, trial.scan)
    said = render(trial.note) if trial.note else None
    return {
        "headline": item.title,
        "summary": item.summary,
        "language": item.language,
        "language_told": trial.told,
        "feed": item.feed,
        "found": list(found_words(spans, trial.scan.document)),
        "watches": [
            _watch(one, trial, rules, parts=watch is not None)
            for one in rules.book.watches
            if watch in {None, one.id}
        ],
        "story": {
            "name": placement.story,
            "founds": placement.founds,
            "alike": placement.similarity,
            "founder": trial.founder or item.title,
            "copy_of": placement.copy_of,
        }
        if placement
        else None,
        "alert": {"subject": said.subject, "text": said.text} if said else None,
        "channels": _channels(trial, rules),
    }


def _watch(watch: Watch, trial: Trial, rules: InForce, *, parts: bool) -> dict[str, object]:
    """Give what became of one watch, with the parts of its query where they are asked for."""
    from monitor.app.why import claim_words
    from monitor.cli.wording import query_parts
    from monitor.core.decide import field_text

    decision = next((one for one in trial.decisions if one.watch == watch.id), None)
    said: dict[str, object] = {"watch": watch.id, "off": trial.off, "hit": decision is not None}
    if decision is not None:
        said |= _decision(decision, trial)
        said["claims"] = [
            {
                **asdict(claim), "scope": dict(claim.scope), "decided": decided,
                "words": claim_words(rules.index, rules.book, trial.scan, claim),
                "sentence": field_text(trial.item, claim.field)[claim.start : claim.end],
            }
            for claim, decided in trial.claims_of(watch.id)
        ]  # fmt: skip
    else:
        said["lacking"] = rules.index.lacking(watch.id, trial.scan)
        said["why_not"] = _why_not(watch, trial, rules)
    if parts:
        said["query"] = [asdict(part) for part in query_parts(rules.index, watch.id, trial.scan)]
    return said


def _decision(decision: Decision, trial: Trial) -> dict[str, object]:
    made = decision.judgement
    facts = [trial.facts[name] for name in made.known if name in trial.facts]
    return {
        "verdict": made.verdict, "reason": made.reason, "reason_text": made.reason.text,
        "detail": made.detail, "known": made.known, "severity": made.severity,
        "state": made.state, "tracker": made.tracker, "cell": made.cell, "value": made.value,
        "facts": [asdict(fact) for fact in facts],
        "outcome": decision.outcome, "outcome_text": decision.outcome.text,
        "channels": decision.channels,
    }  # fmt: skip
