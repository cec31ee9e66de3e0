"""One YAML file as plain values, with the place of every key and value in it.

ruamel.yaml scans and parses (YAML 1.2); what its events say is put together in `composer`, with
bounds, because a file may come from anybody's editor half-written: a bomb of aliases, a thousand
brackets, a `!!python` tag or a key written twice is a problem with a line, never a crash.
Only words of the YAML 1.2 core schema have a type (`no`, `on`, `12:30` and dates stay text).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from monitor.errors import Problem
from monitor.settings.composer import composed
from monitor.settings.findings import shown
from monitor.settings.nodes import Node, Place
from monitor.settings.syntax import Trouble, decoded

#: Where a value is: the keys and list positions that lead to it.
Path = tuple[str | int, ...]

MAX_DEPTH = 32
MAX_VALUES = 200_000  # with every alias written out

_SURROGATE = re.compile("[\ud800-\udfff]")
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Spot(NamedTuple):
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


@lru_cache(maxsize=512)
def read(file: str, content: bytes) -> Document:
    """Read the bytes of a YAML file. Never raises: a document may consist of problems alone.

    Cached by content, so that a reload after one edit parses one file.
    """
    try:
        text = decoded(content)
        root = composed(text, most=MAX_VALUES, deepest=MAX_DEPTH)
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


class _Builder:
    """Turns nodes into plain values, writes down their places, counts what aliases expand to."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.spots: dict[Path, Spot] = {}
        self.problems: list[Problem] = []
        self._values = 0

    def plain(self, node: Node, path: Path, key: Place) -> object:
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

    def _mapping(self, node: Node, path: Path) -> dict[str, object]:
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

    def _scalar(self, node: Node) -> str | int | float | bool | None:
        text = node.text
        if node.style == "":
            if text in _WORDS:
                return _WORDS[text]
            if _INT.fullmatch(text):
                return int(text)
            if _FLOAT.fullmatch(text):
                return float(text)
        if _SURROGATE.search(text):
            try:
                return text.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                self._say(node, "half of a character (a lone surrogate)", "write the character")
                return ""
        return text

    def _say(self, node: Node, message: str, hint: str) -> None:
        self.problems.append(Problem(self.file, node.place.line, node.place.column, message, hint))
