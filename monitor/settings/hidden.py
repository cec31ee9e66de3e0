"""Secrets: values that work where they are needed and never show where they are printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from monitor.errors import Problem

#: What is shown in place of a secret.
STARS = "***"


class SecretText(str):
    """Text whose `repr` is hidden, so that a record which holds it can be printed.

    `str()` gives the text itself. Pickles as a plain `str`: a worker process needs nothing of ours.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"'{STARS}'"

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return (str, ("".join(self),))


@dataclass(slots=True)
class Vault:
    """The secrets met while one configuration is read; blots them out of what is said about it."""

    _known: set[str] = field(default_factory=set, repr=False)

    def keep(self, values: Iterable[str]) -> None:
        """Remember secrets. What is shorter than three characters cannot be told from text."""
        self._known.update(value for value in values if len(value) >= 3)

    def blot(self, text: str) -> str:
        """Give the text with every secret in it replaced by stars, the longest first."""
        for secret in sorted(self._known, key=len, reverse=True):
            for shown in (secret, repr(secret)[1:-1]):
                text = text.replace(shown, STARS)
        return text

    def blotted(self, problem: Problem) -> Problem:
        """Give a problem whose sentences hold no secret.

        An excerpt that holds one is left out: stars would move what its caret points at.
        """
        excerpt = problem.excerpt if self.blot(problem.excerpt) == problem.excerpt else ""
        message, hint = self.blot(problem.message), self.blot(problem.hint)
        return replace(problem, message=message, hint=hint, excerpt=excerpt)
