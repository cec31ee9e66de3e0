"""A note as a reader sees it: one subject, a plain text and an HTML page that say the same.

Rendering is pure and never raises, whatever the note holds. The text says what is claimed, by whom
and since when; verdicts, reasons and severities are for programs and stay out of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from zoneinfo import ZoneInfo

from monitor.core.claims import BOTH
from monitor.core.headline_words import ENGLISH, FALLBACK, listed, side_of
from monitor.core.model import Note, Reason, Section, Verdict
from monitor.core.sections import counted
from monitor.notify import wording

#: Characters of a headline or subject; longer ones are cut by mail clients anyway.
HEADLINE_LIMIT = 240
SENTENCE_LIMIT = 1200
#: Lines of known facts shown for one development, and of voices.
KNOWN_LIMIT = 8
VOICES_LIMIT = 12
#: Developments told before that are named again.
EARLIER_LIMIT = 3
#: What stands over them.
_EARLIER_TITLE = "Told before:"


@dataclass(frozen=True, slots=True)
class Message:
    """What a reader gets: a subject of one line, plain text, and a whole HTML document."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Told:
    """One development in words, clean, ready to be set as text or HTML."""

    headline: str
    quote: str
    outlet: str
    language: str  # the tag
    link: str
    times: str
    reports: str
    changed: str
    certainty: str
    voices_title: str
    voices: tuple[str, ...]
    known_title: str
    known: tuple[str, ...]
    earlier: tuple[str, ...]
    why: str
    ids: str

    @property
    def source(self) -> str:
        """Who says it, and in which language where that is known."""
        name = wording.language_name(self.language)
        return f"{self.outlet} (in {name})" if name else self.outlet


def render(note: Note) -> Message:
    """Give subject, text and HTML of a note of any kind."""
    subject = subject_of(note)
    tz, zone_name = wording.zone(note.timezone)
    told = [_told(note, section, tz, zone_name) for section in note.sections]
    opening = _opening(note, subject)
    closing = f"Written by Parley on {wording.date_time(note.created_at, tz)} ({zone_name})."
    groups = _by_watch(note, told)
    return Message(
        subject,
        _text(opening, groups, closing),
        _html(subject, opening, groups, closing),
    )


def subject_of(note: Note) -> str:
    """Give the subject of one line; never empty."""
    subject = wording.one_line(note.subject, HEADLINE_LIMIT)
    if not subject and note.sections:
        subject = wording.one_line(note.sections[0].development.headline, HEADLINE_LIMIT)
    return subject or "News from Parley"


def _told(note: Note, section: Section, tz: ZoneInfo, zone_name: str) -> _Told:
    published = wording.date_time(section.published_at, tz)
    seen = wording.seen_time(section.published_at, section.seen_at, tz)
    known = list(_known(section, tz))
    if len(section.known) > KNOWN_LIMIT:
        known.append(f"and {section_rest(len(section.known) - KNOWN_LIMIT)}")
    as_of = section.baseline_as_of
    baseline = f"baseline of {wording.date_time(as_of, tz)}" if as_of else ""
    return _Told(
        headline=wording.one_line(section.development.headline, HEADLINE_LIMIT),
        quote=wording.one_line(section.sentence, SENTENCE_LIMIT),
        outlet=wording.one_line(section.outlet, 120) or "an outlet without a name",
        language=wording.language_tag(section.language),
        link=wording.link(section.link),
        times=f"Published {published}; seen {seen} ({zone_name}).",
        reports=_reports(note, section),
        changed=_changed(note, section),
        certainty=_how_sure(section),
        voices_title=_voices_title(section),
        voices=tuple(_voices(section, tz)),
        known_title=_known_title(baseline, known=bool(known)),
        known=tuple(known),
        earlier=tuple(_earlier(section, tz)),
        why=_why(section),
        ids=_ids(note, section),
    )


#: Reasons that say no more than what changed does.
_SAID_BY_CHANGE = frozenset(
    {Reason.NEW_STATE, Reason.STATE_CHANGED, Reason.NUMBER_CHANGED, Reason.DATE_CHANGED}
)


def _reports(note: Note, section: Section) -> str:
    """Say how many reports and publishers stand behind it, and why it is told if need be."""
    many = wording.count(section.reports, "report")
    told = f"{many} so far, from {wording.count(section.publishers, 'publisher')}."
    if _changed(note, section) and section.development.reason in _SAID_BY_CHANGE:
        return told
    return f"{_what_is_new(section)}. {told}"


def _changed(note: Note, section: Section) -> str:
    """Give what changed, old and new; "" where no tracker tells it."""
    composed = section.headline_in(note.language)
    if composed is None or not composed.now:
        return ""
    was, now = wording.one_line(composed.was, 240), wording.one_line(composed.now, 240)
    return f"What changed: {was} -> {now}." if was else f"Now: {now}."


def _how_sure(section: Section) -> str:
    """Give who says so and who denies it, and of a sensitive state how sure it is.

    In English, as all of the body, whatever the language of the headline.
    """
    said = [_name(side) for side in section.said_by if side != BOTH]
    denied = [_name(side) for side in section.denied_by]
    parts = []
    if BOTH in section.said_by:
        parts.append("Both sides say so.")
    elif said:
        many = f" ({len(said)} sides)" if len(said) > 1 else ""
        parts.append(f"Said by {listed(said, ENGLISH)}{many}.")
    elif section.headlines and not denied and not section.certainty and not section.voices:
        parts.append("Nobody is quoted.")
    if denied:
        parts.append(f"Denied by {listed(denied, ENGLISH)}.")
    parts.append(wording.one_line(section.certainty, SENTENCE_LIMIT))
    return " ".join(part for part in parts if part)


def _name(side: str) -> str:
    return wording.one_line(side_of(side, FALLBACK), 60)


def _earlier(section: Section, tz: ZoneInfo) -> Iterable[str]:
    """Give a line for each development that was told before, the newest first."""
    for told in section.earlier[:EARLIER_LIMIT]:
        yield f"{wording.date_time(told.at, tz)}: {wording.one_line(told.headline, HEADLINE_LIMIT)}"


#: How a report is told of that changes nothing: a digest may hold everything.
_CHANGES_NOTHING = {
    Verdict.POSSIBLE: "Possible",
    Verdict.REPEAT: "Nothing new",
    Verdict.BACKGROUND: "Background",
}


def _what_is_new(section: Section) -> str:
    """Say why a reader is told: what is new, or that nothing is."""
    development = section.development
    if development.reason is Reason.CONFIRMED and development.number == 1:
        return "What is new: confirmed now, as this watch asks before it tells"
    head = _CHANGES_NOTHING.get(development.verdict, "What is new")
    if development.reason is Reason.PROMOTED:
        head = "Please look"
    return f"{head}: {development.reason.text}"


def _voices_title(section: Section) -> str:
    if not section.voices:
        return ""
    return "Who says what:" if section.development.reason is Reason.DISPUTED else "Who says so:"


def _voices(section: Section, tz: ZoneInfo) -> Iterable[str]:
    """Give a line for each voice: who, what, where and when."""
    for voice in section.voices[:VOICES_LIMIT]:
        who = wording.one_line(voice.claimant, 60).capitalize() or "Nobody is quoted"
        where = wording.one_line(voice.outlet, 120)
        link = wording.link(voice.link)
        told = f"{where}, {wording.date_time(voice.published_at, tz)}"
        line = f"{who}: {wording.one_line(voice.says, 200)} ({told})"
        yield f"{line} {link}" if link else line
    if len(section.voices) > VOICES_LIMIT:
        yield f"and {section_rest(len(section.voices) - VOICES_LIMIT)}"


def _known_title(baseline: str, *, known: bool) -> str:
    if known:
        return f"Known before ({baseline}):" if baseline else "Known before:"
    return f"Held against the {baseline}." if baseline else ""


def section_rest(number: int) -> str:
    """Give the words for lines of known facts that are not shown."""
    return wording.count(number, "further line")


def _known(section: Section, tz: ZoneInfo) -> Iterable[str]:
    """Give the lines of what was known; since when is said where it is not the baseline's date."""
    for line in section.known[:KNOWN_LIMIT]:
        text = wording.one_line(line.text, 500)
        if line.since is not None and line.since != section.baseline_as_of:
            text = f"{text} (known since {wording.date_time(line.since, tz)})"
        yield text


def _why(section: Section) -> str:
    """Say which watch took the item, and by which of its words (without the concepts' names)."""
    words = [word for term in section.why[:12] for word in term.rpartition(": ")[2].split(", ")]
    terms = [wording.one_line(word, 80) for word in dict.fromkeys(words)]
    watch = wording.one_line(section.watch_title, 120) or wording.one_line(
        section.development.watch, 120
    )
    found = f" It found: {', '.join(terms)}." if terms else ""
    return f"You get this because of the watch \u201c{watch}\u201d.{found}"


def explain_id(note: Note, section: Section) -> str:
    """Give what `parley explain` wants: the alert where this is one, else the report's row."""
    alert = wording.one_line(note.alert, 64) if note.kind == "alert" else ""
    return alert or str(section.item_id)


def _ids(note: Note, section: Section) -> str:
    """Name the development, the alert where there is one, and the command that tells more."""
    known_by = explain_id(note, section)
    alert = f"alert {known_by} \u00b7 " if known_by != str(section.item_id) else ""
    short = wording.one_line(section.development.key, 64)[:12]
    return f"{alert}development {short} \u00b7 parley explain {known_by}"


def _opening(note: Note, subject: str) -> list[str]:
    """Give the lines before the developments."""
    if note.kind == "digest":
        return [subject, f"{counted(note.sections)}, grouped by watch"]
    if not note.sections:
        body = wording.lines(note.text)
        return [subject, *(line for line in body if line != subject)]
    return wording.lines(note.text) if note.text else []


def _by_watch(note: Note, told: list[_Told]) -> list[tuple[str, list[_Told]]]:
    """Group a digest by watch, in the order of first appearance; else one group without title."""
    if note.kind != "digest":
        return [("", told)]
    groups: dict[str, list[_Told]] = {}
    for section, words in zip(note.sections, told, strict=True):
        title = wording.one_line(section.watch_title or section.development.watch, 120)
        groups.setdefault(title, []).append(words)
    return list(groups.items())


# --- plain text ------------------------------------------------------------------------------


def _text(opening: list[str], groups: list[tuple[str, list[_Told]]], closing: str) -> str:
    blocks = ["\n".join(opening)] if opening else []
    for title, told in groups:
        if title:
            blocks.append(f"== {title} ==")
        blocks.extend(_section_text(words, mark="* " if title else "") for words in told)
    blocks.append("-- \n" + closing)  # mail clients fold away what follows this mark
    return "\n\n".join(blocks) + "\n"


def _section_text(told: _Told, *, mark: str) -> str:
    source = f"{told.source}: {told.link}" if told.link else told.source
    parts = [
        mark + told.headline,
        *([told.changed] if told.changed else []),
        *([told.certainty] if told.certainty else []),
        "",
        f"\u201c{told.quote}\u201d",
        source,
        told.times,
        told.reports,
    ]
    if told.voices:
        parts += ["", told.voices_title, *(f"- {line}" for line in told.voices)]
    if told.known_title:
        parts += ["", told.known_title, *(f"- {line}" for line in told.known)]
    if told.earlier:
        parts += ["", _EARLIER_TITLE, *(f"- {line}" for line in told.earlier)]
    parts += ["", told.why, told.ids]
    return "\n".join(parts)


# --- HTML ------------------------------------------------------------------------------------

# No colours but the reader's own: `color-scheme` lets the client choose light or dark.
_STYLE = (
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:1em auto;padding:0 1em}"
    "h1{font-size:1.2em;line-height:1.3;margin:0 0 .5em}h2{font-size:1.2em;margin:1.5em 0 .5em}"
    "h3{font-size:1.05em;line-height:1.3;margin:1.2em 0 .4em}"
    "blockquote{margin:.6em 0;padding:.1em .9em;border-inline-start:3px solid #8a8a8a}"
    "body{overflow-wrap:anywhere;-webkit-text-size-adjust:100%}"  # long links on a small screen
    "p{margin:.4em 0}.small{font-size:.85em;opacity:.8}"
    "section+section{border-top:1px solid #8a8a8a;margin-top:1.5em;padding-top:1.2em}"
)


def _html(
    subject: str, opening: list[str], groups: list[tuple[str, list[_Told]]], closing: str
) -> str:
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape(subject)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
    ]
    if opening:
        parts.append(f'<h1 dir="auto">{escape(opening[0])}</h1>')
        parts += [f'<p dir="auto">{escape(line)}</p>' for line in opening[1:] if line]
    level = "h3" if opening else "h1"
    for title, told in groups:
        if title:
            parts.append(f'<h2 dir="auto">{escape(title)}</h2>')
        parts += [_section_html(words, level) for words in told]
    parts.append(f'<hr>\n<p class="small">{escape(closing)}</p>\n</body>\n</html>\n')
    return "\n".join(parts)


def _section_html(told: _Told, level: str) -> str:
    tag = f' lang="{escape(told.language)}"' if told.language else ""
    outlet = f"<bdi>{escape(told.outlet)}</bdi>"
    if told.link:
        outlet = f'<a href="{escape(told.link)}">{outlet}</a>'
    name = wording.language_name(told.language)
    spoken = f" (in {escape(name)})" if name else ""
    parts = [
        f'<section>\n<{level} dir="auto">{escape(told.headline)}</{level}>',
        *([f'<p dir="auto">{escape(told.changed)}</p>'] if told.changed else []),
        *([f"<p>{escape(told.certainty)}</p>"] if told.certainty else []),
        f'<blockquote dir="{wording.direction(told.language)}"{tag}>',
        f"<p>\u201c{escape(told.quote)}\u201d</p>\n</blockquote>",
        f"<p>{outlet}{spoken}. {escape(told.times)}</p>\n<p>{escape(told.reports)}</p>",
    ]
    if told.voices:
        said = "\n".join(f'<li dir="auto">{escape(line)}</li>' for line in told.voices)
        parts.append(f"<p>{escape(told.voices_title)}</p>\n<ul>\n{said}\n</ul>")
    if told.known_title:
        parts.append(f"<p>{escape(told.known_title)}</p>")
    if told.known:
        known = "\n".join(f'<li dir="auto">{escape(line)}</li>' for line in told.known)
        parts.append(f"<ul>\n{known}\n</ul>")
    if told.earlier:
        said = "\n".join(f'<li dir="auto">{escape(line)}</li>' for line in told.earlier)
        parts.append(f"<p>{_EARLIER_TITLE}</p>\n<ul>\n{said}\n</ul>")
    small = f"<p>{escape(told.why)}</p>\n<p>{escape(told.ids)}</p>"
    parts.append(f'<div class="small">\n{small}\n</div>\n</section>')
    return "\n".join(parts)
