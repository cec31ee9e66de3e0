"""What a program reads: the body of a webhook, as a model whose JSON Schema is published.

`docs/webhook.schema.json` is this model's schema. A field is only ever added; another meaning needs
another `version`. A body stays under 20,000 bytes (the size that Standard Webhooks 1.0.0 advises).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from monitor.core.model import Known, Note, Section, Severity, Verdict, Voice
from monitor.notify import wording
from monitor.notify.message import subject_of

#: A body must stay under this.
MAX_BYTES = 20_000

Text = Annotated[str, Field(max_length=2000)]
Time = Annotated[
    AwareDatetime,
    PlainSerializer(
        lambda at: at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        return_type=str,
        when_used="json",
    ),
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KnownLine(_Part):
    """A line of what was known before."""

    id: Text = Field(description="id of the fact")
    text: Text = Field(description="the fact, as a sentence")
    since: Time | None = Field(description="since when it is known; null: unknown")


class VoiceLine(_Part):
    """One who says something about the development, and where."""

    claimant: Text = Field(description="the side that is quoted; empty: nobody by name")
    says: Text = Field(description="what it says, in words")
    outlet: Text = Field(description="who published it")
    link: Text = Field(description="http(s) address of the report; empty: none")
    published_at: Time = Field(description="when it was published")


class DevelopmentPart(_Part):
    """One development: what changed, and the report that says so."""

    key: Text = Field(description="hash of what changed; the same change has the same key")
    number: int = Field(ge=0, description="which message about this development this is, from 1")
    watch: Text = Field(description="id of the watch that found it")
    title: Text = Field(description="title of that watch")
    verdict: Verdict = Field(description="how the report stands to what was known")
    reason: Text = Field(description="stable code of why")
    severity: Severity = Field(description="how much the change matters")
    headline: Text = Field(description="the change in one line")
    was: Text = Field(default="", description="what it was before; empty: not known, or nothing")
    now: Text = Field(
        default="", serialization_alias="is",
        description="what it is now; empty: no tracker tells it",
    )  # fmt: skip
    sentence: Text = Field(description="the sentence that says so, in its own language")
    language: Text = Field(description="BCP 47 tag of the sentence; empty: unknown")
    outlet: Text = Field(description="who published it")
    link: Text = Field(description="http(s) address of the report; empty: none")
    published_at: Time = Field(description="when it was published, at most 10 min after seen_at")
    seen_at: Time = Field(description="when Parley saw it")
    item: int = Field(description="row of the report, for `parley explain`")
    story: Text = Field(description="name of the story it belongs to")
    thread: Text = Field(
        description="what a reader follows; messages of one thread belong together"
    )
    reports: int = Field(ge=0, description="reports of the story so far")
    publishers: int = Field(ge=0, description="publishers that carry it so far")
    known: tuple[KnownLine, ...] = Field(description="what was known before")
    known_omitted: int = Field(ge=0, description="lines of `known` left out for size")
    baseline_as_of: Time | None = Field(description="date of the baseline it was held against")
    why: tuple[Text, ...] = Field(description="terms of the watch that were found")
    certainty: Text = Field(
        description="of a sensitive state: planned, said by one side, by both; else empty"
    )
    voices: tuple[VoiceLine, ...] = Field(
        description="who says so, or who differs, where a reader has to hear it"
    )
    voices_omitted: int = Field(ge=0, description="lines of `voices` left out for size")


class AlertPart(_Part):
    """The message: one development for an alert, several for a digest, none for ops and test."""

    subject: Text = Field(description="the message in one line")
    alert: Text = Field(description="id of the alert, for `parley explain`; empty: none")
    thread: Text = Field(description="thread of the message; empty: none")
    period: Text = Field(description="what a digest covers; empty for other messages")
    text: Text = Field(description="body of ops and test messages")
    developments: tuple[DevelopmentPart, ...] = Field(description="what changed")
    developments_omitted: int = Field(ge=0, description="developments left out for size")


class PayloadModel(_Part):
    """Body of a webhook sent by Parley. `id` stays the same over all attempts at one message."""

    version: Literal[1] = Field(description="changes when a field changes its meaning")
    type: Literal["parley.alert", "parley.digest", "parley.ops", "parley.test"] = Field(
        description="what kind of message this is"
    )
    id: Text = Field(description="the idempotency key, also in the header webhook-id")
    created_at: Time = Field(description="when the message was composed")
    alert: AlertPart = Field(description="the message")


def render(note: Note, key: str) -> bytes:
    """Give the body as UTF-8 JSON under `MAX_BYTES`: known lines go first, then words."""
    total = len(note.sections)
    for shown, known, words in _shrinking(total):
        sections = note.sections[:shown]
        body = _body(note, key, sections, known, words)
        if len(body) < MAX_BYTES:
            return body
    return _body(note, key, (), 0, 200)


def shortened(body: bytes) -> bytes | None:
    """Give a stored body without all that can be left out; None where it is no shorter.

    For a receiver that finds it too large. It follows the same schema, depends on `body` alone, and
    takes what an older Parley stored: nothing is added to it.
    """
    said = json.loads(body)
    alert = said.get("alert")
    if not isinstance(alert, dict):
        return None
    told = alert.get("developments", [])
    alert["developments"] = [_cut(part, _LISTS) for part in told[:1]]
    alert["developments_omitted"] = alert.get("developments_omitted", 0) + len(told[1:])
    short = json.dumps(
        {**said, "alert": _cut(alert, ())}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    return short if len(short) < len(body) else None


#: Lists that go where a body is shortened; some have a number beside them that says how many.
_LISTS = ("known", "voices", "why")


def _cut(part: dict[str, Any], lists: Sequence[str]) -> dict[str, Any]:
    """Shorten the texts of a part, and empty its `lists`; links stay as they are."""
    cut = {
        name: wording.shorten(value, 200) if isinstance(value, str) and name != "link" else value
        for name, value in part.items()
    }
    for name in lists:
        if f"{name}_omitted" in cut:
            cut[f"{name}_omitted"] = int(cut[f"{name}_omitted"]) + len(cut.get(name, ()))
        if name in cut:
            cut[name] = []
    return cut


def schema() -> dict[str, Any]:
    """Give the JSON Schema of the payload."""
    made = PayloadModel.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _shrinking(total: int) -> list[tuple[int, int, int]]:
    """Give (developments, known lines each, characters a text) from generous to meagre."""
    steps = [(total, 20, 2000), (total, 8, 1200), (total, 3, 600), (total, 0, 300), (total, 0, 200)]
    fewer = total // 2
    while fewer:
        steps.append((fewer, 0, 200))
        fewer //= 2
    return steps


def _body(note: Note, key: str, sections: tuple[Section, ...], known: int, words: int) -> bytes:
    omitted = len(note.sections) - len(sections)
    text = "\n".join(wording.lines(note.text))
    payload = PayloadModel(
        version=1,
        type=f"parley.{note.kind}",
        id=wording.one_line(key, 200),
        created_at=note.created_at,
        alert=AlertPart(
            subject=subject_of(note),
            alert=wording.one_line(note.alert, 64),
            thread=wording.one_line(note.thread, 200),
            period=wording.one_line(note.period, 80),
            text=wording.shorten(text, words),
            developments=tuple(
                _development(section, note.language, known, words) for section in sections
            ),
            developments_omitted=omitted,
        ),
    )
    said = payload.model_dump(mode="json", by_alias=True)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _development(section: Section, language: str, known: int, words: int) -> DevelopmentPart:
    def line(text: str, limit: int = words) -> str:
        return wording.one_line(text, min(limit, words))

    development = section.development
    composed = section.headline_in(language)
    return DevelopmentPart(
        key=line(development.key, 128),
        number=development.number,
        watch=line(development.watch, 120),
        title=line(section.watch_title, 120),
        verdict=development.verdict,
        reason=development.reason.value,
        severity=development.severity,
        headline=line(development.headline, 240),
        was=line(composed.was, 240) if composed else "",
        now=line(composed.now, 240) if composed else "",
        sentence=line(section.sentence),
        language=wording.language_tag(section.language),
        outlet=line(section.outlet, 120),
        link=wording.link(section.link),
        published_at=section.published_at,
        seen_at=section.seen_at,
        item=section.item_id,
        story=line(section.story, 128),
        thread=line(development.thread, 200),
        reports=section.reports,
        publishers=section.publishers,
        known=tuple(_known(fact, words) for fact in section.known[:known]),
        known_omitted=len(section.known) - len(section.known[:known]),
        baseline_as_of=section.baseline_as_of,
        why=tuple(line(term, 80) for term in section.why[:12]),
        certainty=line(section.certainty, 300),
        voices=tuple(_voice(voice) for voice in section.voices[:known]),
        voices_omitted=len(section.voices) - len(section.voices[:known]),
    )


def _voice(voice: Voice) -> VoiceLine:
    return VoiceLine(
        claimant=wording.one_line(voice.claimant, 60),
        says=wording.one_line(voice.says, 200),
        outlet=wording.one_line(voice.outlet, 120),
        link=wording.link(voice.link),
        published_at=voice.published_at,
    )


def _known(fact: Known, words: int) -> KnownLine:
    return KnownLine(
        id=wording.one_line(fact.id, 120),
        text=wording.one_line(fact.text, min(500, words)),
        since=fact.since,
    )
