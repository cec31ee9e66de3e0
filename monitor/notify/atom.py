"""Atom: a feed file for each watch in a folder, for feed readers and web servers.

The file itself is what is remembered: a message is put among its entries, under an id that is the
same over all attempts, and the whole is written anew beside it and moved into its place. So a
reader sees the old file or the new one, and a message that is sent twice stands there once.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, field_validator

from monitor.core.model import Note, Section
from monitor.notify import chat, limits, wording
from monitor.notify.chat import Piece, Role
from monitor.notify.hands import Hands
from monitor.notify.message import HEADLINE_LIMIT
from monitor.notify.plugin import Options, Tools
from monitor.notify.posting import api_address, foreign, pack, unpack
from monitor.ports import Outcome, Receipt

RECIPIENT = "atom"
#: The file of messages that belong to no watch.
OWN_FILE = "parley"
ENDING = ".atom"
#: A file larger than this was not written here.
MAX_FILE_BYTES = 32 * 1024 * 1024

#: By this line a file is known for one of ours; another one is never written over.
_GENERATOR = "<generator>Parley</generator>"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
#: Within an entry every `<` of a text is escaped: so its last line cannot stand in a text.
_ENTRY = re.compile(r"<entry>\n.*?\n</entry>\n", re.DOTALL)
_ID = re.compile(r"^<id>([^<]+)</id>$", re.MULTILINE)
_UPDATED = re.compile(r"^<updated>([^<]+)</updated>$", re.MULTILINE)
_TITLE = re.compile(r"^<title>([^<]*)</title>$", re.MULTILINE)
#: Beyond these two, every sign that `limits.clean` leaves may stand in XML.
_NO_XML = re.compile("[\ufffe\uffff]")


class AtomOptions(Options):
    """Options of a channel of kind `atom`."""

    folder: str = Field(
        min_length=1, description="where the feeds are written; no other channel may write there"
    )
    entries: int = Field(default=100, ge=1, le=1000, description="newest entries kept in a feed")
    address: str = Field(
        default="", description="http(s) address under which the folder is published, if it is"
    )
    deadline_s: float = Field(default=10.0, gt=0, le=120, description="seconds for one attempt")

    @field_validator("folder")
    @classmethod
    def _folder_is_none_of_files(cls, folder: str) -> str:
        if Path(folder).exists() and not Path(folder).is_dir():
            raise ValueError("names a file: give a folder")
        return folder

    @field_validator("address")
    @classmethod
    def _address_is_one(cls, address: str) -> str:
        return api_address(address) if address else ""


class ForeignFile(Exception):
    """A file stands in the way that Parley did not write."""


class AtomNotifier:
    """Puts notes as entries into the feed files of their watches."""

    options_model: ClassVar[type[Options]] = AtomOptions
    kind = "atom"
    one_event_each = False

    def __init__(self, name: str, options: AtomOptions, tools: Tools) -> None:
        """Take the channel's name and options; the folder is made when it is first needed."""
        del tools  # neither the web nor a clock
        self.name = name
        self.recipients = (RECIPIENT,)
        self.deadline_s = options.deadline_s
        self._options = options
        self._hands: Hands[None] = Hands(f"notify-{name}")

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the entries: for each its file, the title of the feed, and its XML; see `pack`."""
        del recipient
        if note.sections:
            entries = [_of_section(note, section) for section in note.sections]
        else:
            entries = [_of_message(note, key)]
        return pack(self.kind, entries)

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Put the entries into their files, each once however often it is tried."""
        del recipient
        message = unpack(self.kind, body)
        if message is None:
            return foreign(self.kind)
        entries = message["parts"]
        try:
            await self._hands.do(key, lambda: self._write(entries), self.deadline_s)
        except TimeoutError:
            return Receipt(Outcome.LATER, "blocked", "the disk takes nothing at the moment")
        except ForeignFile as error:
            return Receipt(Outcome.LATER, "foreign-file", str(error))
        except OSError as error:
            said = error.strerror or type(error).__name__
            return Receipt(Outcome.LATER, "disk", f"the feed cannot be written: {said}")
        return Receipt(Outcome.SENT, "sent", "written")

    def _write(self, entries: list[Mapping[str, Any]]) -> None:
        folder = Path(self._options.folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys(entry["file"] for entry in entries):
            ours = [entry for entry in entries if entry["file"] == name]
            path = folder / f"{name}{ENDING}"
            text = _merged(_read(path), ours, self._options)
            _replace(path, text.encode())

    async def close(self) -> None:
        """Nothing is held open."""


# --- entries -----------------------------------------------------------------------------------


def _of_section(note: Note, section: Section) -> dict[str, str]:
    """Give the entry of a development, which stands in the file of its watch."""
    development = section.development
    pieces = chat.section_pieces(note, section)
    headline = next(piece.text for piece in pieces if piece.role is Role.HEAD)
    follows = development.number > 1 and development.reason in chat.FOLLOWS
    lines = [
        f"<id>{_id(f'{development.key}/{development.number}')}</id>",
        f"<title>{_xml(headline)}</title>",
        f"<published>{_time(note.created_at)}</published>",
        f"<updated>{_time(note.created_at)}</updated>",
        *_link(section),
        f'<category term="{_xml(limits.clean(development.watch, 120))}"/>',
        f'<content type="html">{_xml(_html(pieces))}</content>',
    ]
    return {
        "file": file_of(development.watch),
        "title": limits.clean(section.watch_title or development.watch, 200),
        "xml": _entry(lines),
        "over": _id(f"{development.key}/1") if follows else "",
        "mark": _mark(section),
    }


def _of_message(note: Note, key: str) -> dict[str, str]:
    """Give the entry of a message of the machine itself."""
    body = [limits.clean(line, 2000) for line in wording.lines(note.text)]
    pieces = tuple(Piece(Role.BODY, line) for line in body if line)
    lines = [
        f"<id>{_id(key)}</id>",
        f"<title>{_xml(chat.summary(note, HEADLINE_LIMIT))}</title>",
        f"<published>{_time(note.created_at)}</published>",
        f"<updated>{_time(note.created_at)}</updated>",
        f'<content type="html">{_xml(_html(pieces))}</content>',
    ]
    own = "News of Parley itself"
    return {"file": OWN_FILE, "title": own, "xml": _entry(lines), "over": "", "mark": ""}


def _entry(lines: list[str]) -> str:
    return "\n".join(["<entry>", *lines, "</entry>", ""])


def _link(section: Section) -> Iterator[str]:
    if link := wording.link(section.link):
        yield f'<link rel="alternate" href="{_xml(link)}"/>'


def _mark(section: Section) -> str:
    """Give what is written before the title of an entry that this one follows up on."""
    why = section.development.reason.text
    return f"[{why[:1].upper()}{why[1:]}] "


def _html(pieces: tuple[Piece, ...]) -> str:
    """Set the pieces of an entry as HTML; its head is the entry's title already."""
    return "".join(_paragraph(piece) for piece in pieces if piece.role is not Role.HEAD)


def _paragraph(piece: Piece) -> str:
    if piece.role is Role.QUOTE:
        direction = wording.direction(piece.language)
        return f'<blockquote dir="{direction}"><p>{escape(piece.text)}</p></blockquote>'
    if piece.link:
        return f'<p><a href="{escape(piece.link)}">{escape(piece.text)}</a>{escape(piece.rest)}</p>'
    text = escape(chat.line(piece))
    return f"<p><small>{text}</small></p>" if piece.role is Role.SMALL else f"<p>{text}</p>"


def file_of(watch: str) -> str:
    """Give the name of a watch's file without its ending: a plain word, whatever the watch is."""
    return limits.token(watch, 80)


def _id(text: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, text.encode("utf-8", "replace").decode()).urn


def _xml(text: str) -> str:
    return escape(_NO_XML.sub("", text))


def _time(at: datetime) -> str:
    try:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:  # the first or last day that a datetime can hold
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")


# --- files -------------------------------------------------------------------------------------


def _read(path: Path) -> str:
    """Give what stands in a feed, nothing where there is none. Raises `ForeignFile`."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return ""
    text = raw.decode("utf-8", "replace")
    if raw and (len(raw) > MAX_FILE_BYTES or _GENERATOR not in text[:4096]):
        raise ForeignFile(f"{path.name} is no feed that Parley wrote: move it away")
    return text


def _merged(before: str, ours: list[Mapping[str, Any]], options: AtomOptions) -> str:
    """Give a feed with entries put in: newest first, each id once, no more than are kept."""
    entries = {_first(_ID, entry): entry for entry in _ENTRY.findall(before)}
    for entry in ours:
        earlier = entries.get(entry["over"])
        if earlier is not None:
            entries[entry["over"]] = _marked(earlier, entry["mark"], _first(_UPDATED, entry["xml"]))
        entries[_first(_ID, entry["xml"])] = entry["xml"]
    newest = sorted(entries.values(), key=lambda entry: _first(_UPDATED, entry), reverse=True)
    kept = newest[: options.entries]
    name = f"{ours[-1]['file']}{ENDING}"
    at = f'<link rel="self" href="{_xml(options.address)}/{name}"/>\n' if options.address else ""
    return (
        f"{_HEAD}<id>{_id(f'feed/{name}')}</id>\n<title>{_xml(ours[-1]['title'])}</title>\n"
        f"<updated>{_first(_UPDATED, kept[0])}</updated>\n<author><name>Parley</name></author>\n"
        f"{_GENERATOR}\n{at}{''.join(kept)}</feed>\n"
    )


def _marked(entry: str, mark: str, updated: str) -> str:
    """Write what became of an entry before its title, once."""
    title = _first(_TITLE, entry)
    if title.startswith(_xml(mark)):
        return entry
    entry = _TITLE.sub(lambda _: f"<title>{_xml(mark)}{title}</title>", entry, count=1)
    return _UPDATED.sub(lambda _: f"<updated>{updated}</updated>", entry, count=1)


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _replace(path: Path, content: bytes) -> None:
    """Put a file into its place as a whole, on the disk before it is seen."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
