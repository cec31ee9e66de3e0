"""What a YAML file consists of, with the place of everything in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A scalar (`text` is what it says), a list of nodes, or a list of keys and values in turn.

    `style` is that of a scalar: empty for plain, a quote, `|` or `>`; `[` for anything else.
    """

    kind: str  # scalar | list | map
    place: Place
    end: Place
    style: str = "["
    text: str = ""
    items: list[Node] = field(default_factory=list)
    closed: bool = False
