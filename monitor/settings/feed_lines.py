"""New feeds in `feeds.yaml`: their lines put in, every other byte of the file left as it is.

What a person wrote, comments, order and the breaks of lines, is theirs. So nothing is dumped anew:
the place behind the last feed is looked up, lines are inserted there, and the file is read again
before it takes the place of the old one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from monitor.errors import CommandError, ConfigError
from monitor.settings.composer import composed
from monitor.settings.document import MAX_DEPTH, MAX_VALUES, Document, read
from monitor.settings.feeds import FeedList, read_feeds
from monitor.settings.nodes import Node
from monitor.settings.reading import MAX_FILE_BYTES, Reading, display
from monitor.settings.syntax import Trouble, decoded

FEEDS_FILE = "feeds.yaml"
#: Words that a reader of YAML 1.1 or 1.2 takes for something else than text.
_TYPED = frozenset("y n yes no on off true false null".split())
_PLAIN = re.compile(r"[A-Za-zÀ-ɏЀ-ӿ][\wÀ-ɏЀ-ӿ .'()-]*[\w)]|[A-Za-z]")
#: Characters that break a line for some readers, or that nobody sees.
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_EMPTY = "version: 1\nfeeds:\n"
#: Columns by which entries are set in, where no other entry shows how.
_INDENT = 2
_BEGIN = {"{": "}", "[": "]"}


def lines_of(entry: Mapping[str, object], indent: int = _INDENT, newline: str = "\n") -> str:
    """Give the lines of a feed: name and address, and below them whatever else is said."""
    head = {key: entry[key] for key in ("name", "url")}
    rest = {key: value for key, value in entry.items() if key not in head and value not in ("", [])}
    first = f"{' ' * indent}- {{{_pairs(head)}"
    if not rest:
        return f"{first}}}{newline}"
    return f"{first},{newline}{' ' * (indent + 3)}{_pairs(rest)}}}{newline}"


def with_feeds(content: bytes, entries: Sequence[Mapping[str, object]], file: str) -> bytes:
    """Give the bytes of a `feeds.yaml` with further feeds at the end of its list.

    Raises `CommandError` where the file is of a form into which no line can be put safely,
    `ConfigError` where the result would be refused.
    """
    newline = "\r\n" if b"\r\n" in content else "\n"
    try:
        text = decoded(content)
        root = composed(text, most=MAX_VALUES, deepest=MAX_DEPTH)
    except Trouble as trouble:
        raise CommandError(f"{file}:{trouble.line}: {trouble.message}") from trouble
    if text and not text.endswith("\n"):
        text += newline
    made = _inserted(text, root, entries, newline, file)
    marked = content.startswith(b"\xef\xbb\xbf")
    after = (b"\xef\xbb\xbf" if marked else b"") + made.encode()
    _hold(read(file, content), read(file, after), entries, file)
    return after


def write_feeds(
    config_dir: Path, entries: Sequence[Mapping[str, object]], env: Mapping[str, str]
) -> Path:
    """Write feeds into the `feeds.yaml` of a folder, whole or not at all; gives its path.

    Raises `CommandError` where it cannot be written, `ConfigError` where it would be refused.
    """
    path = config_dir / FEEDS_FILE
    name = display(path)
    try:
        place = path.resolve() if path.is_symlink() else path
        before = place.read_bytes() if place.exists() else b""
        after = with_feeds(before or _EMPTY.encode(), entries, name)
        _refuse_wrong(read(name, after), env)
        _replace(place, before, after, name)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise CommandError(f"{name} cannot be written: {why}") from error
    return path


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{key}: {_scalar(value)}" for key, value in values.items())


def _scalar(value: object) -> str:
    """Write a value so that every reader of YAML takes it for what it is."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_scalar(one) for one in value)}]"
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _TYPED:
        return value
    return _UNSEEN.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False)
    )


def _inserted(
    text: str, root: Node | None, entries: Sequence[Mapping[str, object]], newline: str, file: str
) -> str:
    """Give the text with the lines of the entries put in."""
    items = root.items if root is not None and root.kind == "map" else []
    names = {name.text: (name, value) for name, value in zip(items[::2], items[1::2], strict=True)}
    if "feeds" not in names:
        listed = "".join(lines_of(entry, newline=newline) for entry in entries)
        return f"{text}feeds:{newline}{listed}"
    name, node = names["feeds"]
    lines = text.splitlines(keepends=True)
    if node.kind == "list" and node.items and not _opens(lines, node):
        at, indent = _line_after(lines, node), node.place.column - 1
    elif node.kind == "scalar" and not node.text and not node.style:
        at, indent = name.place.line, _INDENT
    elif node.kind == "list" and not node.items:  # `feeds: []`
        row = node.place.line - 1
        head, _, tail = lines[row].partition("[]")
        if node.place.line != name.place.line or not tail.lstrip(" ").startswith(("\n", "\r", "#")):
            raise _no_place(file)
        lines[row] = head.rstrip() + (f"  {tail.lstrip(' ')}" if "#" in tail else newline)
        at, indent = row + 1, _INDENT
    else:
        raise _no_place(file)
    made = "".join(lines_of(entry, indent, newline) for entry in entries)
    return "".join([*lines[:at], made, *lines[at:]])


def _no_place(file: str) -> CommandError:
    said = f"{file} lists its feeds in a form that no line can be put into"
    return CommandError(f"{said}: add it by hand")


def _opens(lines: Sequence[str], node: Node) -> bool:
    """Whether a list or mapping is written in brackets."""
    line = lines[node.place.line - 1] if node.place.line <= len(lines) else ""
    return line[node.place.column - 1 : node.place.column] in _BEGIN


def _line_after(lines: Sequence[str], node: Node) -> int:
    """Give the index of the line behind the last entry of a list."""
    last, closing = node.items[-1], ""
    while True:
        if last.kind != "scalar" and _opens(lines, last):
            closing += _BEGIN[lines[last.place.line - 1][last.place.column - 1]]
        if not last.items:
            break
        last = last.items[-1]
    row, column = last.end.line - 1, last.end.column - 1
    if last.kind == "scalar" and last.style in {"|", ">"}:
        return row  # its end is the beginning of the line behind it
    while closing and row < len(lines):
        for char in lines[row][column:]:
            if char == "#":  # a comment: what closes stands on a later line
                break
            if closing and char == closing[-1]:
                closing = closing[:-1]
        row, column = (row + 1, 0) if closing else (row, column)
    return row + 1


def _hold(
    before: Document, after: Document, entries: Sequence[Mapping[str, object]], file: str
) -> None:
    """See that the file says what it said, and the new feeds at the end."""
    old, new = dict(before.data), dict(after.data)
    listed, grown = old.pop("feeds", []), new.pop("feeds", [])
    wanted = [
        {key: _plain(one) for key, one in entry.items() if one not in ("", [])} for entry in entries
    ]
    same = isinstance(listed, list) and grown == [*listed, *wanted]
    if after.problems or not same or old != new:
        raise _no_place(file)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _refuse_wrong(document: Document, env: Mapping[str, str]) -> None:
    reading = Reading(env)
    read_feeds(document, FeedList(), reading)
    if reading.findings.errors:
        raise ConfigError(list(reading.findings.errors))


def _replace(place: Path, before: bytes, after: bytes, name: str) -> None:
    """Put new content in a file's place at once. Raises `OSError`, `CommandError`."""
    if len(after) > MAX_FILE_BYTES:
        raise CommandError(f"{name} would be larger than {MAX_FILE_BYTES:,} bytes")
    part = place.with_name(f".{place.name}.part")
    try:
        with part.open("wb") as stream:
            stream.write(after)
            stream.flush()
            os.fsync(stream.fileno())
        if place.exists():
            shutil.copymode(place, part)
            if place.read_bytes() != before:
                raise CommandError(f"{name} was edited in the meantime: nothing was written")
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
