"""A note as chat and push services show it: short pieces, packed into as few messages as hold it.

The pieces are plain text, clean and defused; each service sets them in its own markup. What does
not fit is left out from the least important on (who else says so, what was known, the length of a
quotation), and what is left out of a digest is counted: a part too long is never refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from zoneinfo import ZoneInfo

from monitor.core.model import Note, Reason, Section, Severity
from monitor.core.sections import counted
from monitor.notify import limits, message, wording

#: A message is split into so many parts at most; of what they do not hold the number is told.
MAX_PARTS = 5
#: What is written over an earlier message takes up no more, in UTF-16 code units.
MARK_UNITS = 200
#: Developments after which something is told of one that a reader has read about before.
FOLLOWS = frozenset({Reason.CONFIRMED, Reason.DISPUTED, Reason.CORRECTED})


class Role(Enum):
    """What a piece is to a reader."""

    TITLE = "title"  # of a digest, or of a watch within it
    HEAD = "head"  # what changed
    BODY = "body"
    QUOTE = "quote"
    SOURCE = "source"  # who says it; `link` leads there
    LIST = "list"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Piece:
    """One line or paragraph. `link` is an http(s) address that `text` leads to, "" without one.

    `rest` follows `text` on the same line, outside of the link.
    """

    role: Role
    text: str
    link: str = ""
    rest: str = ""
    language: str = ""

    @property
    def words(self) -> str:
        """All that is to be read of it."""
        return self.text + self.rest


Block = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How much a service takes: of a block, of a message, and blocks in a message.

    `size` gives what a block takes up of both bounds, once it is set.
    """

    block: int
    part: int
    most: int
    size: Callable[[Block], int]
    between: int = 0  # what parts two blocks


@dataclass(frozen=True, slots=True)
class _Depth:
    """How much is said about one development: lines, characters of a text, and of a link."""

    lines: int
    words: int
    link: int


_DEPTHS = (_Depth(4, 700, 2000), _Depth(2, 400, 2000), _Depth(0, 240, 1000), _Depth(0, 80, 300))


@dataclass(frozen=True, slots=True)
class Follow:
    """That a message follows up on a development: its key, and what to write over the first one."""

    development: str
    mark: str


def parts(note: Note, room: Room) -> list[list[Block]]:
    """Give the messages that tell a note, one at least and `MAX_PARTS` at most.

    Several are numbered, in a small piece at the end of each.
    """
    opening = _opening(note, room)
    packed: list[list[Block]] = []
    for depth in range(len(_DEPTHS)):
        told = [_fitting(note, section, room, depth, title) for section, title in _titled(note)]
        packed = _packed([*opening, *told], room)
        if len(packed) <= MAX_PARTS:
            return _numbered(packed)
    kept = packed[:MAX_PARTS]
    shown = sum(map(len, kept)) - len(opening)
    left = len(note.sections) - shown
    ending = _rest(note, left)
    while room.size(ending) + _used(kept[-1], room) > _usable(room) and kept[-1]:
        kept[-1].pop()
        left += 1
        ending = _rest(note, left)
    kept[-1].append(ending)
    return _numbered(kept)


def summary(note: Note, limit: int) -> str:
    """Give the subject alone, clean: the line that a phone shows."""
    return limits.clean(message.subject_of(note), limit) or "News from Parley"


def severity(note: Note) -> Severity | None:
    """Give the highest severity among the developments, None for a message without any."""
    listed = [section.development.severity for section in note.sections]
    return max(listed, key=lambda each: each.rank) if listed else None


def section_pieces(note: Note, section: Section) -> Block:
    """Give all the pieces of one development, as where there is room for them."""
    return tuple(_section(note, section, _DEPTHS[0], ""))


def follow_of(note: Note) -> Follow | None:
    """Say on which development a message follows up, None where it is about something new."""
    if note.kind != "alert":
        return None
    for section in note.sections:
        development = section.development
        if development.number > 1 and development.reason in FOLLOWS:
            tz, _ = wording.zone(note.timezone)
            when = wording.date_time(note.created_at, tz)
            headline = limits.clean(development.headline, 120)
            why = development.reason.text
            mark = f"{why[:1].upper()}{why[1:]} ({when}): {headline}"
            return Follow(_name(development.key), limits.fit(mark, MARK_UNITS, limits.utf16))
    return None


def developments(note: Note) -> tuple[str, ...]:
    """Give the keys of the developments that an alert is the first to tell of."""
    told = note.sections if note.kind == "alert" else ()
    return tuple(_name(s.development.key) for s in told if s.development.number <= 1)


def _name(development: str) -> str:
    return limits.token(development, 64)


def line(piece: Piece) -> str:
    """Give a piece as one line of plain text, without its address."""
    return f"\u2022 {piece.words}" if piece.role is Role.LIST else piece.words


def plain(block: Block) -> str:
    """Give a block as plain text, addresses written out."""
    lines = ((line(piece), piece.link) if piece.link else (line(piece),) for piece in block)
    return "\n".join(chain.from_iterable(lines))


# --- one block a development -----------------------------------------------------------------


def _titled(note: Note) -> Iterator[tuple[Section, str]]:
    """Give the developments, those of a digest by watch, with the title where one begins."""
    if note.kind != "digest":
        yield from ((section, "") for section in note.sections)
        return
    groups: dict[str, list[Section]] = {}
    for section in note.sections:
        title = limits.clean(section.watch_title or section.development.watch, 120)
        groups.setdefault(title, []).append(section)
    for title, sections in groups.items():
        yield from zip(sections, chain([title], [""] * len(sections)), strict=False)


def _fitting(note: Note, section: Section, room: Room, depth: int, title: str) -> Block:
    """Say as much about a development as a block holds, from `depth` on."""
    block: Block = ()
    for each in _DEPTHS[depth:]:
        block = tuple(_section(note, section, each, title))
        if room.size(block) <= room.block:
            return block
    head = next(piece for piece in block if piece.role is Role.HEAD)
    return (Piece(Role.HEAD, limits.fit(head.text, room.block // 8)),)


def _section(note: Note, section: Section, depth: _Depth, title: str) -> Iterator[Piece]:
    tz, zone_name = wording.zone(note.timezone)
    if title:
        yield Piece(Role.TITLE, limits.clean(title, depth.words))
    shown = min(message.HEADLINE_LIMIT, depth.words)
    headline = limits.clean(section.development.headline, shown)
    yield Piece(Role.HEAD, headline or summary(note, shown))
    if certainty := limits.clean(section.certainty, depth.words):
        yield Piece(Role.BODY, certainty)
    if sentence := limits.clean(section.sentence, depth.words):
        yield Piece(Role.QUOTE, f"\u201c{sentence}\u201d", language=section.language)
    yield _source(section, depth, tz, zone_name)
    if depth.lines:
        yield Piece(Role.BODY, _reports(section))
        yield from _voices(section, depth, tz)
        yield from _known(section, depth, tz)
    watch = limits.clean(section.watch_title or section.development.watch, min(120, depth.words))
    explain = limits.clean(message.explain_id(note, section), 64)
    yield Piece(Role.SMALL, f"{watch} \u00b7 parley explain {explain}".removeprefix(" \u00b7 "))


def _source(section: Section, depth: _Depth, tz: ZoneInfo, zone_name: str) -> Piece:
    outlet = limits.clean(section.outlet, min(120, depth.words)) or "an outlet without a name"
    link = wording.link(section.link)
    language = wording.language_name(section.language)
    published = wording.date_time(section.published_at, tz)
    seen = wording.seen_time(section.published_at, section.seen_at, tz)
    spoken = f" (in {language})" if language else ""
    said = f"{spoken}, published {published}, seen {seen} ({limits.clean(zone_name, 40)})"
    return Piece(Role.SOURCE, outlet, link if len(link) <= depth.link else "", said)


def _reports(section: Section) -> str:
    why = section.development.reason.text
    return (
        f"{why[:1].upper()}{why[1:]}. {wording.count(section.reports, 'report')} so far, "
        f"from {wording.count(section.publishers, 'publisher')}."
    )


def _voices(section: Section, depth: _Depth, tz: ZoneInfo) -> Iterator[Piece]:
    for voice in section.voices[: depth.lines]:
        who = limits.clean(voice.claimant, 60).capitalize() or "Nobody is quoted"
        when = wording.date_time(voice.published_at, tz)
        where = f"{limits.clean(voice.outlet, 120)}, {when}"
        yield Piece(Role.LIST, f"{who}: {limits.clean(voice.says, 200)} ({where})")
    if (more := len(section.voices) - depth.lines) > 0:
        yield Piece(Role.LIST, f"and {wording.count(more, 'further voice')}")


def _known(section: Section, depth: _Depth, tz: ZoneInfo) -> Iterator[Piece]:
    for known in section.known[: depth.lines]:
        since = f" (since {wording.date_time(known.since, tz)})" if known.since else ""
        yield Piece(Role.LIST, f"Known before: {limits.clean(known.text, 300)}{since}")
    if (more := len(section.known) - depth.lines) > 0:
        yield Piece(Role.LIST, f"and {message.section_rest(more)}")


def _opening(note: Note, room: Room) -> list[Block]:
    """Give what stands before the developments: the subject, and the text of other messages."""
    subject = summary(note, message.HEADLINE_LIMIT)
    if note.kind == "digest":
        return [(Piece(Role.TITLE, subject), Piece(Role.SMALL, counted(note.sections)))]
    said = [line for line in wording.lines(note.text) if line and line != subject]
    body = [limits.clean(line, 600) for line in said[:20]]
    if note.sections and not body:
        return []
    head = () if note.sections else (Piece(Role.HEAD, subject),)
    block: Block = (*head, *(Piece(Role.BODY, line) for line in body))
    while room.size(block) > room.block and len(block) > 1:
        block = block[:-1]
    cut = len(body) < len(said) or len(block) < len(head) + len(body)
    return [(*block, Piece(Role.SMALL, limits.MARK))] if cut else [block]


# --- packing -----------------------------------------------------------------------------------

#: What `(3/5)` at the end of a message takes up, and what parts it from the rest.
_NUMBER_SIZE = 12


def _usable(room: Room) -> int:
    return room.part - _NUMBER_SIZE


def _used(blocks: Sequence[Block], room: Room) -> int:
    return sum(room.size(block) + room.between for block in blocks)


def _packed(blocks: Sequence[Block], room: Room) -> list[list[Block]]:
    """Put blocks into messages in their order, each as full as it may be."""
    packed: list[list[Block]] = [[]]
    used = 0
    for block in blocks:
        size = room.size(block) + room.between
        if packed[-1] and (used + size > _usable(room) or len(packed[-1]) >= room.most):
            packed.append([])
            used = 0
        packed[-1].append(block)
        used += size
    return packed


def _rest(note: Note, left: int) -> Block:
    """Give the block that counts what no message holds."""
    stories = len({section.story for section, _ in list(_titled(note))[-left:]}) if left else 0
    many = wording.count(left, "further development")
    where = "1 story" if stories == 1 else f"{stories} stories"
    explain = limits.clean(note.alert, 64)
    told = f" \u00b7 parley explain {explain}" if explain else ""
    return (Piece(Role.SMALL, f"and {many} in {where}{told}"),)


def _numbered(packed: list[list[Block]]) -> list[list[Block]]:
    """Number the messages where there are several."""
    if len(packed) == 1:
        return packed
    return [
        [*part[:-1], (*part[-1], Piece(Role.SMALL, f"({number}/{len(packed)})"))]
        for number, part in enumerate(packed, start=1)
    ]
