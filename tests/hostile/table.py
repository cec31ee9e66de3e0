"""The table of cases, and what of the catalogue it covers."""

from __future__ import annotations

from tests.hostile import (
    document_cases,
    encoding_cases,
    framing_cases,
    item_cases,
    line_cases,
    redirect_cases,
    status_cases,
    wire_cases,
)
from tests.hostile.case import Case

#: Every entry of the catalogue: faults of the network, and of what feeds hold.
CATALOGUE = (*(f"N{n:02}" for n in range(1, 42)), *(f"C{n:02}" for n in range(1, 29)))
CASES: tuple[Case, ...] = (
    *wire_cases.CASES,
    *framing_cases.CASES,
    *redirect_cases.CASES,
    *status_cases.CASES,
    *line_cases.CASES,
    *document_cases.CASES,
    *encoding_cases.CASES,
    *item_cases.CASES,
)


def by_entry() -> dict[str, list[Case]]:
    """Give the cases of each entry of the catalogue."""
    return {entry: [case for case in CASES if entry in case.catalogue] for entry in CATALOGUE}
