"""What is done about a hit, and why: told at once, folded into the digest, or held back.

`decide` gives a reason for everything, "no" included; `route` says which channels get it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from monitor.core.identity import development_key, digest
from monitor.core.judge import Ruling
from monitor.core.model import (
    PUSHED,
    Decision,
    Development,
    Document,
    Hit,
    Item,
    Judgement,
    Placement,
    Reason,
    Section,
    Severity,
    ToldDevelopment,
    Verdict,
)
from monitor.core.rules import RuleBook, Watch
from monitor.core.standing import Standing
from monitor.core.text import sentences

#: The channel that is used where no other is left.
LAST_RESORT = "console"
#: Longest wording of a find in a message, in characters.
SHORT = 60
#: What words that a NEAR found are told as.
_NEAR = "near each other"
_PARTING = re.compile(r"[,:]\s")


def development_of(
    item: Item, watch: Watch, ruling: Ruling, placement: Placement, times: int
) -> Development:
    """Name the development that a hit tells of. Its key stands on content alone.

    `times` counts the earlier developments that reached the same value of the same cell.
    """
    judged, standing = ruling.judgement, ruling.standing
    if standing is not None and judged.tracker:
        series = any(t.id == judged.tracker and t.kind == "series" for t in watch.trackers)
        about = cell_key(item, standing, judged, series=series)
        # of whom it is told: two parties that refuse one truce are two developments of one thread
        slot, value = judged.reason.value, f"{judged.cell}|{judged.value}|{standing.moved}#{times}"
    else:
        about, slot, value = placement.founder_identity or item.identity, "", ""
        if judged.reason is Reason.NUMBER_CHANGED:
            slot, value = "numbers", ",".join(placement.new_numbers)
    return Development(
        key=development_key(watch.id, about, slot, value),
        watch=watch.id,
        thread=digest("thread", watch.id, about, size=8),
        number=1,
        verdict=judged.verdict,
        reason=judged.reason,
        severity=judged.severity,
        headline=f"{item.title} [{watch.id}]",
    )


def cell_key(item: Item, standing: Standing, judged: Judgement, *, series: bool) -> str:
    """Name what a reader follows: the instance of a series, or the scope of a state.

    An instance is named by the item that founded it. The parties of one scope share a thread.
    """
    claim, fact = standing.claim, standing.fact
    if not series or claim.scope:
        scope = "/".join(value for name, value in claim.scope if name != "party")
        return f"{claim.tracker}/{scope}"
    begins = judged.reason in {Reason.NEW_STATE, Reason.ANOTHER_INSTANCE}
    if fact is None or begins:
        return f"{claim.tracker}/{digest('instance', item.identity, size=5)}"
    return f"{claim.tracker}/{fact.instance.get('founded', fact.id)}"


def follow_up(decision: Decision, told: ToldDevelopment, reason: Reason) -> Decision:
    """Turn a decision into a further message about what was told, to those who were told."""
    verdict = Verdict.UPDATE
    development = Development(
        key=told.key,
        watch=decision.watch,
        thread=told.thread,
        number=told.messages + 1,
        verdict=verdict,
        reason=reason,
        severity=told.severity,
        headline=f"{reason.name}: {told.headline}",
    )
    return replace(decision, outcome=Reason.PUSH, development=development, channels=told.channels)


def told_at_last(
    decision: Decision, told: ToldDevelopment, watch: Watch, channels: Sequence[str]
) -> Decision:
    """Turn the decision that confirms what was held into its first message."""
    development = Development(
        key=told.key,
        watch=decision.watch,
        thread=told.thread,
        number=told.messages + 1,
        verdict=told.verdict,
        reason=Reason.CONFIRMED,
        severity=told.severity,
        headline=told.headline,
    )
    return replace(
        decision, outcome=way_of(watch), development=development, channels=tuple(channels)
    )


def held(decision: Decision) -> Decision:
    """Hold back what is not confirmed: it is possible, and its development waits untold."""
    judgement = decision.judgement
    if judgement.reason is not Reason.NOT_UNDERSTOOD:
        judgement = replace(judgement, reason=Reason.UNCONFIRMED)
    return replace(
        decision,
        judgement=replace(judgement, verdict=Verdict.POSSIBLE),
        outcome=judgement.reason,
        development=decision.development if decision.fact else None,
        channels=(),
    )


def listed(
    decision: Decision, item: Item, placement: Placement, channels: Sequence[str]
) -> Decision:
    """List an item that changes nothing in the digest of a watch that wants everything."""
    judged = decision.judgement
    development = Development(
        key=development_key(decision.watch, item.identity, Reason.LISTED.value, judged.reason),
        watch=decision.watch,
        thread=digest("thread", decision.watch, placement.founder_identity, size=8),
        number=1,
        verdict=judged.verdict,
        reason=judged.reason,
        severity=judged.severity,
        headline=f"{item.title} [{decision.watch}]",
    )
    return replace(
        decision, outcome=Reason.LISTED, development=development, channels=tuple(channels)
    )


def way_of(watch: Watch) -> Reason:
    """Give how a watch tells: at once, or in its digest."""
    return Reason.FOLDED if watch.delivery == "digest" else Reason.PUSH


def decide(
    hit: Hit,
    judgement: Judgement,
    development: Development,
    watch: Watch,
    channels: Sequence[str],
    *,
    told: int,
    first_contact: bool,
) -> Decision:
    """Say what becomes of a hit.

    `told` counts the messages that the development has had; `first_contact` whether the feed is
    being read for the first time; `channels` is what `route` gave.
    """
    if judgement.verdict not in PUSHED:
        return Decision(watch.id, hit, judgement, judgement.reason)
    if told:
        return Decision(watch.id, hit, judgement, Reason.ALREADY_TOLD)
    if first_contact:
        return Decision(watch.id, hit, judgement, Reason.FIRST_CONTACT, development)
    return Decision(watch.id, hit, judgement, way_of(watch), development, tuple(channels))


def route(book: RuleBook, watch: Watch, severity: Severity, enabled: Collection[str]) -> list[str]:
    """Give the channels of an alert, each once.

    The watch's `notify` and every route that fits add up. Every enabled channel gets it only where
    the watch has no `notify` and no route speaks of the watch: a route narrows, so what is below
    its severity must not go further than what it takes. Where nothing is left, the console gets it.
    """
    named = list(watch.notify or ())
    about_it = [each for each in book.routes if not each.watches or watch.id in each.watches]
    for each in about_it:
        if each.severity is None or severity.rank >= each.severity.rank:
            named.extend(each.channels)
    if watch.notify is None and not about_it:
        named = sorted(enabled)
    chosen = [name for name in dict.fromkeys(named) if name in enabled]
    return chosen or [LAST_RESORT]


def group_by_channel(
    decisions: Sequence[Decision], sections: Mapping[str, Section]
) -> dict[str, list[Section]]:
    """Give, for each channel, the sections of what one item changed and is told at once."""
    grouped: dict[str, list[Section]] = {}
    for decision in decisions:
        if decision.outcome is Reason.PUSH and decision.development is not None:
            for channel in decision.channels:
                grouped.setdefault(channel, []).append(sections[decision.development.key])
    return grouped


def telling_sentence(item: Item, hit: Hit) -> str:
    """Give the sentence that proves a hit: the summary's with most spans, else the title."""
    best, most = item.title, 0
    for start, end in sentences(item.summary):
        inside = {
            span.term for span in hit.spans
            if span.field == "summary" and start <= span.start < end
        }  # fmt: skip
        if len(inside) > most:
            best, most = item.summary[start:end], len(inside)
    return best


def field_text(piece: Item | Document, field: str) -> str:
    """Give the text of a field, by the name that spans and queries have for it."""
    return "\n".join(piece.categories) if field == "category" else str(getattr(piece, field))


def why_lines(item: Item, hit: Hit) -> tuple[str, ...]:
    """Give the words of an item that made a watch take it, as `$concept: words`.

    What stands close together is told as the words themselves, a long stretch by its ends; commas
    and colons inside it would look like those of the line.
    """
    seen: dict[str, list[str]] = {}
    for span in hit.spans:
        text = _in_short(field_text(item, span.field)[span.start : span.end])
        words = seen.setdefault(_NEAR if " NEAR/" in span.term else span.term, [])
        if text not in words:
            words.append(text)
    return tuple(f"{term}: {', '.join(words[:3])}" for term, words in seen.items())


def _in_short(text: str) -> str:
    bare = " ".join(_PARTING.sub(" ", text).split())
    if len(bare) <= SHORT:
        return bare
    head, tail = bare[: SHORT // 2], bare[-SHORT // 2 :]
    return f"{head.rpartition(' ')[0] or head} \u2026 {tail.partition(' ')[2] or tail}"
