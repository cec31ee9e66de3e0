"""How a long document is cut: what is written in one transaction, and taken as one piece of work.

Between two units of a document the desk does what waits meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.model import Item

#: Items of a unit at most.
UNIT_ITEMS = 50
#: Characters of text of a unit, which ends before the item that would exceed them (one item is a
#: unit whatever its length). Fifty items of 5,000 characters, a full text each, are one unit still;
#: of the costliest texts that we know, a unit is some two seconds of judging.
UNIT_CHARS = 250_000


def in_units(items: Sequence[Item]) -> list[list[Item]]:
    """Cut a document's items, in their order. What holds none is one empty unit."""
    units: list[list[Item]] = [[]]
    spent = 0
    for item in items:
        chars = len(item.title) + len(item.summary) + len(item.content)
        if units[-1] and (len(units[-1]) == UNIT_ITEMS or spent + chars > UNIT_CHARS):
            units.append([])
            spent = 0
        units[-1].append(item)
        spent += chars
    return units
