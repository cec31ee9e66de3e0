"""What YAML libraries read, put together as nodes, iteratively and with bounds.

libyaml (by PyYAML) reads most files thirty times as fast as ruamel.yaml. Whatever it refuses, and
whatever YAML 1.1, which it speaks, may read otherwise than 1.2, is read by ruamel.yaml, whose
complaints are those that people are shown. The tests compare the two, place for place, also on
damaged files: of those, libyaml forgives one in some thousands that ruamel.yaml refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from monitor.settings.findings import shown
from monitor.settings.nodes import Node, Place
from monitor.settings.syntax import Trouble

MAX_ALIASES = 100
#: Line breaks other than \n, tabs, marks of byte order, directives and further documents, comments
#: that touch the head of a block, keys marked by ?, colons that touch what follows a quotation.
_ODD = re.compile(
    "[\t\r\x85\u2028\u2029\ufeff]|^(?:---|\\.\\.\\.|%)|[|>][-+0-9]*#"
    "|(?:^|[\\[{,:-])\\s*\\?|[\"']:[^ \n]",
    re.MULTILINE,
)
_QUICK: Any = getattr(yaml, "CLoader", None)  # where PyYAML was built without libyaml: none
#: The names that both libraries give to what opens a node.
_KINDS = {"ScalarEvent": "scalar", "SequenceStartEvent": "list", "MappingStartEvent": "map"}


def composed(text: str, *, most: int, deepest: int) -> Node | None:
    """Put one document together, of at most so many values and levels. Raises `Trouble`."""
    if _QUICK is not None and not _ODD.search(text):
        try:
            return _Composer(most, deepest).root_of(_quick_events(text))
        except yaml.YAMLError:
            pass  # what is wrong, if it is, is said by the other
    return _Composer(most, deepest).root_of(_events(text))


def _quick_events(text: str) -> Iterator[Any]:
    """Give the events of libyaml. Raises `YAMLError`, for a value that is missing too.

    Where nothing is written the two libraries see it in different places.
    """
    for event in yaml.parse(text, Loader=_QUICK):
        if isinstance(event, yaml.ScalarEvent) and not event.value and not event.style:
            raise yaml.YAMLError("nothing is written here")
        yield event


def _events(text: str) -> Iterator[Any]:
    """Give the events of ruamel.yaml. Raises `Trouble` for everything that the library raises."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - most files need it not, and it takes a while
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    from monitor.settings.complaints import friendly  # noqa: PLC0415

    reader = YAML(typ="safe", pure=True)
    try:
        yield from reader.parse(text)
    except YAMLError as error:
        raise friendly(text, error) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What ruamel.yaml's scanner lets through on broken escapes and directives.
        raise Trouble("this is not valid YAML", 1, 1, "look for odd escapes or % lines") from error


class _Composer:
    """Builds nodes from events on a stack of its own."""

    def __init__(self, most: int, deepest: int) -> None:
        self._most, self._deepest = most, deepest
        self.root: Node | None = None
        self._open: list[Node] = []
        self._anchors: dict[str, Node] = {}
        self._aliases = 0
        self._documents = 0
        self._values = 0

    def root_of(self, events: Iterable[Any]) -> Node | None:
        """Put all events together. Raises `Trouble`."""
        for event in events:
            self._take(event, type(event).__name__)
        return self.root

    def _take(self, event: Any, name: str) -> None:
        """Add one event. Raises `Trouble` where a bound is passed."""
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        if name == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise Trouble("a second document starts here", place.line, place.column,
                              "one file holds one document: remove the line `---`")  # fmt: skip
        elif name == "AliasEvent":
            self._alias(event.anchor, place)
        elif name in {"SequenceEndEvent", "MappingEndEvent"}:
            self._open.pop().closed = True
        elif name in _KINDS:
            self._node(event, _KINDS[name], place)

    def _alias(self, anchor: str, place: Place) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            said = f"more than {MAX_ALIASES} aliases (`*name`) in one file"
            raise Trouble(said, place.line, place.column, "write the values out")
        target = self._anchors.get(anchor)
        if target is None or not target.closed:
            said = f"nothing above is named by an anchor {shown('&' + anchor)}"
            hint = "text that begins with * needs quotes"
            raise Trouble(said, place.line, place.column, hint)
        self._add(target)

    def _node(self, event: Any, kind: str, place: Place) -> None:
        tag = event.tag
        if tag not in (None, "!", "tag:yaml.org,2002:str"):
            said = f"the tag {shown(tag)} is refused: a configuration holds plain values only"
            raise Trouble(said, place.line, place.column, "remove the word that begins with !")
        self._values += 1
        if self._values > self._most:
            raise Trouble(f"more than {self._most:,} values in one file", place.line, place.column)
        end = Place(event.end_mark.line + 1, event.end_mark.column + 1)
        if kind == "scalar":
            style = event.style or ("" if event.tag is None else "!")
            node = Node(kind, place, end, style, event.value, closed=True)
        else:
            node = Node(kind, place, end)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._add(node)
        if node.kind != "scalar":
            self._open.append(node)
            if len(self._open) > self._deepest:
                said = f"nested more than {self._deepest} deep"
                raise Trouble(said, place.line, place.column, "close the brackets before")

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1].items.append(node)
        else:
            self.root = node
