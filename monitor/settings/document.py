"""One YAML file as plain values, with the place of every key and value in it.

ruamel.yaml scans and parses (YAML 1.2); what its events say is put together here, iteratively and
with bounds, because a file may come from anybody's editor half-written: a bomb of aliases, a
thousand brackets, a `!!python` tag or a key written twice is a problem with a line, never a crash.
Only words of the YAML 1.2 core schema have a type (`no`, `on`, `12:30` and dates stay text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from monitor.errors import Problem
from monitor.settings.findings import shown
from monitor.settings.syntax import Trouble, decoded, friendly

#: Where a value is: the keys and list positions that lead to it.
Path = tuple[str | int, ...]

MAX_DEPTH = 32
MAX_VALUES = 200_000  # with every alias written out
MAX_ALIASES = 100

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a key and its value stand (for an entry of a list both are the value's).

    `style` is that of a scalar: empty for plain, a quote, `|` or `>`; `[` for anything else.
    """

    key: Place
    value: Place
    end: Place
    style: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file that could be read. `data` is a mapping of plain values without nulls.

    `origins` names the environment variable behind each value that does not come from the file;
    `written` is the file's data as it stands there, before the environment filled anything in.
    """

    file: str
    data: Mapping[str, object] = field(default_factory=dict, repr=False)
    spots: Mapping[Path, Spot] = field(default_factory=dict, repr=False)
    text: str = field(default="", repr=False)
    problems: tuple[Problem, ...] = ()
    origins: Mapping[Path, str] = field(default_factory=dict)
    written: Mapping[str, object] = field(default_factory=dict, repr=False)

    def problem(self, path: Path, message: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """Make a problem that points at a value (or its key), or at the nearest thing around it."""
        nearest = [path[:length] for length in range(len(path), -1, -1)]
        for near in nearest:
            if near in self.origins:
                return Problem(self.origins[near], None, None, message, hint)
        for near in nearest:
            if near in self.spots:
                spot = self.spots[near]
                exact = near == path and not at_key
                place = spot.value if exact else spot.key
                return Problem(self.file, place.line, place.column, message, hint)
        return Problem(self.file, None, None, message, hint)

    def literal(self, path: Path) -> str:
        """Give the text that stands in the file at a path; empty where there is none."""
        value: object = self.written
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return ""
        return value if isinstance(value, str) else ""

    def line(self, path: Path) -> int:
        """Give the line of a value, 0 where it has none."""
        return self.spots[path].value.line if path in self.spots else 0


@dataclass(slots=True)
class _Node:
    """A scalar (`value` is its text), a list of nodes, or a list of (key, value) pairs."""

    kind: str  # scalar | list | map
    place: Place
    end: Place
    style: str = "["
    text: str = ""
    items: list[_Node] = field(default_factory=list)
    closed: bool = False


@lru_cache(maxsize=512)
def read(file: str, content: bytes) -> Document:
    """Read the bytes of a YAML file. Never raises: a document may consist of problems alone.

    Cached by content, so that a reload after one edit parses one file.
    """
    try:
        text = decoded(content)
        root = _composed(text)
        if root is None:
            return Document(file, {}, {(): _START}, text)
        builder = _Builder(file)
        data = builder.plain(root, (), root.place)
    except Trouble as trouble:
        problem = Problem(file, trouble.line, trouble.column, trouble.message, trouble.hint)
        return Document(file, problems=(problem,))
    if data is None:
        data = {}
    if not isinstance(data, dict):
        place = root.place
        said = "the file must be a mapping: lines of the form `key: value`"
        hint = "begin with `version: 1`, or compare with the shipped file of this name"
        builder.problems.append(Problem(file, place.line, place.column, said, hint))
        data = {}
    builder.spots[()] = _START
    problems = tuple(builder.problems)
    return Document(file, data, builder.spots, text, problems, written=data)


_START = Spot(Place(1, 1), Place(1, 1), Place(1, 1), "[")


def _events(text: str) -> Iterator[Event]:
    """Give the parser's events. Raises `Trouble` for everything that the library raises."""
    yaml = YAML(typ="safe", pure=True)
    try:
        yield from yaml.parse(text)
    except YAMLError as error:
        raise friendly(text, error) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What ruamel.yaml's scanner lets through on broken escapes and directives.
        raise Trouble("this is not valid YAML", 1, 1, "look for odd escapes or % lines") from error


def _composed(text: str) -> _Node | None:
    """Put one document together. Raises `Trouble`."""
    composer = _Composer()
    for event in _events(text):
        composer.take(event)
    return composer.root


class _Composer:
    """Builds nodes from events on a stack of its own."""

    def __init__(self) -> None:
        self.root: _Node | None = None
        self._open: list[_Node] = []
        self._anchors: dict[str, _Node] = {}
        self._aliases = 0
        self._documents = 0
        self._values = 0

    def take(self, event: Event) -> None:
        """Add one event. Raises `Trouble` where a bound is passed."""
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Trouble("a second document starts here", place.line, place.column,
                              "one file holds one document: remove the line `---`")  # fmt: skip
        elif isinstance(event, AliasEvent):
            self._alias(event, place)
        elif isinstance(event, CollectionEndEvent):
            self._open.pop().closed = True
        elif isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent):
            self._node(event, place)

    def _alias(self, event: AliasEvent, place: Place) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            said = f"more than {MAX_ALIASES} aliases (`*name`) in one file"
            raise Trouble(said, place.line, place.column, "write the values out")
        target = self._anchors.get(event.anchor)
        if target is None or not target.closed:
            said = f"nothing above is named by an anchor {shown('&' + event.anchor)}"
            hint = "text that begins with * needs quotes"
            raise Trouble(said, place.line, place.column, hint)
        self._add(target)

    def _node(
        self, event: ScalarEvent | SequenceStartEvent | MappingStartEvent, place: Place
    ) -> None:
        tag = event.tag
        if tag not in (None, "!", "tag:yaml.org,2002:str"):
            said = f"the tag {shown(tag)} is refused: a configuration holds plain values only"
            raise Trouble(said, place.line, place.column, "remove the word that begins with !")
        self._values += 1
        if self._values > MAX_VALUES:
            raise Trouble(f"more than {MAX_VALUES:,} values in one file", place.line, place.column)
        end = Place(event.end_mark.line + 1, event.end_mark.column + 1)
        if isinstance(event, ScalarEvent):
            style = event.style or ("" if event.tag is None else "!")
            node = _Node("scalar", place, end, style, event.value, closed=True)
        else:
            kind = "map" if isinstance(event, MappingStartEvent) else "list"
            node = _Node(kind, place, end)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._add(node)
        if node.kind != "scalar":
            self._open.append(node)
            if len(self._open) > MAX_DEPTH:
                said = f"nested more than {MAX_DEPTH} deep"
                raise Trouble(said, place.line, place.column, "close the brackets before")

    def _add(self, node: _Node) -> None:
        if self._open:
            self._open[-1].items.append(node)
        else:
            self.root = node


class _Builder:
    """Turns nodes into plain values, writes down their places, counts what aliases expand to."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.spots: dict[Path, Spot] = {}
        self.problems: list[Problem] = []
        self._values = 0

    def plain(self, node: _Node, path: Path, key: Place) -> object:
        """Give the value of a node. Raises `Trouble` when aliases blow up."""
        self._values += 1
        if self._values > MAX_VALUES:
            said = f"aliases make more than {MAX_VALUES:,} values of this file"
            raise Trouble(said, node.place.line, node.place.column, "write the values out")
        if len(path) > 2 * MAX_DEPTH:
            said = f"aliases nest this file more than {2 * MAX_DEPTH} deep"
            raise Trouble(said, node.place.line, node.place.column, "write the values out")
        self.spots[path] = Spot(key, node.place, node.end, node.style)
        if node.kind == "scalar":
            return self._scalar(node)
        if node.kind == "list":
            entries = enumerate(node.items)
            return [self.plain(item, (*path, index), item.place) for index, item in entries]
        return self._mapping(node, path)

    def _mapping(self, node: _Node, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        seen: dict[str, Place] = {}
        for name, value in zip(node.items[::2], node.items[1::2], strict=True):
            if name.kind != "scalar" or not name.text:
                self._say(name, "a key must be a word", "quote text that begins with [ or {")
                continue
            if name.text in seen:
                first = seen[name.text]
                said = f"the key {shown(name.text)} is there twice"
                self._say(name, said, f"first on line {first.line}")
                continue
            seen[name.text] = name.place
            read_value = self.plain(value, (*path, name.text), name.place)
            if read_value is not None:  # `notify:` with nothing behind it is as good as absent
                result[name.text] = read_value
        return result

    def _scalar(self, node: _Node) -> str | int | float | bool | None:
        text = node.text
        if node.style == "":
            if text in _WORDS:
                return _WORDS[text]
            if _INT.fullmatch(text):
                return int(text)
            if _FLOAT.fullmatch(text):
                return float(text)
        if any("\ud800" <= char <= "\udfff" for char in text):
            try:
                return text.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                self._say(node, "half of a character (a lone surrogate)", "write the character")
                return ""
        return text

    def _say(self, node: _Node, message: str, hint: str) -> None:
        self.problems.append(Problem(self.file, node.place.line, node.place.column, message, hint))
