"""What is found wrong, or odd, while a configuration is read; and near misses for hints."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.errors import Problem


@dataclass(slots=True)
class Findings:
    """Problems that refuse the configuration, and warnings that only want to be read."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, problem: Problem) -> None:
        """Refuse the configuration for this reason."""
        self.errors.append(problem)

    def warn(self, problem: Problem) -> None:
        """Say this, and go on."""
        self.warnings.append(problem)


def near_miss(word: str, known: Iterable[str]) -> str:
    """Give `did you mean 'x'?` where a known word is close to `word`, else an empty text."""
    listed = sorted(set(known))
    folded = {name.casefold(): name for name in listed}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if not found and len(word) > 2:
        found = [name for name in folded if name.startswith(word.casefold())]
    return f"did you mean '{folded[found[0]]}'?" if len(found) == 1 else ""


def hint_for(word: str, known: Iterable[str], *, what: str = "known") -> str:
    """Give the near miss, or the few words that exist, or an empty text where there are many."""
    listed = sorted(set(known))
    near = near_miss(word, listed)
    if near or not listed or len(listed) > 12:
        return near
    return f"{what}: {', '.join(listed)}"


def shown(value: object, limit: int = 60) -> str:
    """Give a value of a file as one short printable line in quotes."""
    text = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)
    )
    return f"'{text if len(text) <= limit else text[: limit - 1] + '…'}'"
