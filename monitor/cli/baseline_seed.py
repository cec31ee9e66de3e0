"""Facts read from a text in prose: each sentence as a report of its own, with how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.app.wiring import lexicon_of
from monitor.core.claims import BOTH, Account, Claim
from monitor.core.deeds import Modality
from monitor.core.ledger import Fact, Status
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.rules import Tracker
from monitor.core.standing import state_of
from monitor.core.text import sentences
from monitor.settings import Settings

#: How an act may be told of in a fact: a guess or a look back is none.
TAKEN = frozenset({Modality.ASSERTED, Modality.DENIED, Modality.PLANNED})
#: Act and subject that stand so close belong together (see `Claim.distance`) ...
CLOSE = 0.15
#: ... and from here on the sentence does not name the subject.
UNNAMED = 0.35


@dataclass(frozen=True, slots=True)
class Proposed:
    """A fact that a sentence tells, and how sure the reading of it is, in words."""

    fact: Fact
    remark: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as the rules read it."""

    text: str
    account: Account


def propose(
    settings: Settings,
    text: str,
    language: str,
    watch: str | None,
    known: Sequence[Fact],
    as_of: datetime,
) -> list[Proposed]:
    """Give the facts that a text tells, each once, in the order of the text.

    `language` is "" where it is to be told by the text; `known` are the facts that are held.
    """
    index = Index(settings.rules, lexicon_of(settings))
    language = language or index.language_of("", text)
    trackers = {
        (each.id, tracker.id): tracker
        for each in settings.rules.watches
        for tracker in each.trackers
    }
    found: dict[tuple[object, ...], Proposed] = {}
    ids = {fact.id for fact in known} | {each.id for each in settings.rules.seeds}
    day = as_of.astimezone(ZoneInfo(settings.rules.timezone)).date().isoformat()
    for sentence in _sentences(index, text, language, watch):
        for claim in _claims(sentence.account):
            tracker = trackers[claim.watch, claim.tracker]
            fact = _fact(claim, tracker, sentence.text, as_of, day, ids)
            which = (claim.count, claim.day) if tracker.kind == "series" else ()
            answer = (fact.watch, fact.tracker, str(fact.scope), fact.state, which)
            if which and not claim.count and any(key[:4] == answer[:4] for key in found):
                continue  # it counts nothing: the same event once more
            before = found.get(answer)
            if before is None or (before.unsure and claim.distance < UNNAMED):
                ids.add(fact.id)
                found[answer] = Proposed(
                    fact,
                    _remark(claim, tracker, sentence.account, fact, known),
                    claim.distance >= UNNAMED,
                )
    return list(found.values())


def _sentences(index: Index, text: str, language: str, watch: str | None) -> Iterator[_Sentence]:
    """Read sentence by sentence; a watch that takes the whole text takes those on its subject."""
    pieces = [text[start:end] for start, end in sentences(text)]
    if not pieces:
        return
    whole = index.scan(Document(pieces[0], summary="\n".join(pieces[1:]), language=language))
    concerned = {hit.watch for hit in index.hits(whole)}
    for piece in pieces:
        line = " ".join(piece.split())
        scan = index.scan(Document(line, language=language))
        watches = [hit.watch for hit in index.hits(scan)]
        watches += [each for each in index.on_topic(scan) if each in concerned]
        asked = [each for each in dict.fromkeys(watches) if watch in {None, each}]
        yield _Sentence(line, index.account(scan, asked))


def _claims(account: Account) -> Iterator[Claim]:
    """Give the claims of a sentence that are facts: of each question and side the best one."""
    if account.asks:
        return
    seen = set()
    for claim in account.claims:
        about = claim.watch, claim.tracker, claim.scope
        if claim.state and claim.modality in TAKEN and about not in seen:
            seen.add(about)
            yield claim


def _fact(
    claim: Claim, tracker: Tracker, sentence: str, as_of: datetime, day: str, ids: set[str]
) -> Fact:  # fmt: skip
    state = state_of(tracker, claim.state)
    joint = state is None or state.joint
    scope = {
        name: value for name, value in claim.scope if value and not (joint and name == "party")
    }
    said_by = (tracker.parties or ()) if claim.claimant == BOTH else (claim.claimant,)
    values: dict[str, object] = {}
    if claim.count:
        values["number"] = int(claim.count) if claim.count.isdecimal() else claim.count
    if claim.day:
        values["date"] = claim.day
    if claim.categories:
        values["category"] = list(claim.categories)
    return Fact(
        id=_new_id(claim, scope, ids), watch=claim.watch, text=sentence, status=Status.SEED,
        known_since=as_of, as_of=as_of, tracker=claim.tracker, scope=scope, state=claim.state,
        values=values, said_by=tuple(name for name in said_by if name),
        date=day,
    )  # fmt: skip


def _new_id(claim: Claim, scope: Mapping[str, object], ids: set[str]) -> str:
    """Give an id that people can read and that nothing has yet."""
    name = "-".join([claim.tracker, claim.state, *map(str, scope.values())])[:90]
    number, made = 1, name
    while made in ids:
        number += 1
        made = f"{name}-{number}"
    return made


def _remark(
    claim: Claim, tracker: Tracker, account: Account, fact: Fact, known: Sequence[Fact]
) -> str:
    """Say how sure the reading is, and what an editor should look at."""
    if claim.distance < CLOSE:
        parts = ["sure: the act stands beside its subject"]
    elif claim.distance < UNNAMED:
        parts = ["fairly sure: act and subject stand in one sentence"]
    else:
        parts = ["unsure: the sentence does not name the subject"]
    if claim.modality is not Modality.ASSERTED:
        parts.append(f"told as {claim.modality}")
    if account.looks_back:
        parts.append("it looks back: check the date")
    if "party" in dict(claim.scope) and not claim.party:
        parts.append("whose stance it is, it does not say")
    if not fact.said_by:
        parts.append("nobody is quoted")
    same = [each.id for each in known if _same(each, fact)]
    if same:
        said = "known already as" if tracker.kind == "state" else "of this kind is known"
        parts.append(f"{said} {', '.join(same[:3])}")
    return "; ".join(parts)


def _same(one: Fact, other: Fact) -> bool:
    return (one.watch, one.tracker, one.state, dict(one.scope)) == (
        other.watch, other.tracker, other.state, dict(other.scope)
    )  # fmt: skip
