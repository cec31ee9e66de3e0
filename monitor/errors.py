"""Every error Parley raises on purpose, in one tree.

ParleyError
├── ConfigError        the configuration is refused; carries every problem at once
├── QueryError         a watch query cannot be read; knows its column and what was expected
├── CommandError       a command asked for something that cannot be done
├── StoreError         the database
│   ├── StoreBusy      another process holds the database for longer than the time-out
│   ├── StoreInUse     another daemon owns the data folder
│   ├── StoreTooNew    the schema was written by a newer Parley
│   ├── StoreDamaged   the integrity check failed
│   ├── StoreFull      no room left: disk, quota, page limit
│   └── UnitOver       a statement came after its transaction had ended
└── LaneStopped        work was handed to a lane that is shutting down

Expected failures of the outside world (a feed that times out, a mail server that says "later") are
values, `ports.Failure` and `ports.Receipt`, and never appear here. `code` is stable and documented;
`retryable` says whether the same call can succeed later without anybody changing anything.
"""

from __future__ import annotations

from dataclasses import dataclass


class ParleyError(Exception):
    """The root. `code` is a stable word for logs, `retryable` whether waiting can help."""

    code = "error"
    retryable = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the configuration: where it is, what it is, what to do about it.

    `excerpt` is empty, or two lines: what stands there, and a caret beneath the place. Only what
    cannot hold a secret is quoted so: queries and words.
    """

    file: str
    line: int | None
    column: int | None
    message: str
    hint: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        """`file:line:column: message (hint)`, leaving out what is not known. One line."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")

    @property
    def told(self) -> str:
        """The line for people, and the excerpt indented beneath it where there is one."""
        return "\n    ".join((str(self), *self.excerpt.splitlines()))


class ConfigError(ParleyError):
    """The configuration is refused. Nothing of it was applied."""

    code = "config"

    def __init__(self, problems: list[Problem]) -> None:
        """Keep every problem, so that one run of `parley check` shows them all."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class QueryError(ParleyError):
    """A watch query cannot be read. `column` counts from 1 within `line` (from 1) of the query."""

    code = "query"

    def __init__(self, message: str, *, line: int = 1, column: int = 1, hint: str = "") -> None:
        """Say what is wrong, where, and what could be meant."""
        self.line, self.column, self.hint = line, column, hint
        self.message = message
        super().__init__(f"{message} (at {line}:{column})" + (f"; {hint}" if hint else ""))


class CommandError(ParleyError):
    """What was asked cannot be done; the text says why and what would work."""

    code = "command"


class StoreError(ParleyError):
    """The database refused."""

    code = "store"


class StoreBusy(StoreError):
    """Another process holds the database's write lock for longer than the time-out."""

    code = "store-busy"
    retryable = True


class StoreInUse(StoreError):
    """Another daemon owns this data folder."""

    code = "store-in-use"


class StoreTooNew(StoreError):
    """The database was written by a newer Parley than this one."""

    code = "store-too-new"


class StoreDamaged(StoreError):
    """The database fails its integrity check."""

    code = "store-damaged"


class StoreFull(StoreError):
    """No room left for a write: disk, quota or page limit."""

    code = "store-full"
    retryable = True


class UnitOver(StoreError):
    """A statement was given to a unit whose transaction has already ended."""

    code = "unit-over"


class LaneStopped(ParleyError):
    """Work was handed to a lane that is shutting down; the next start does it."""

    code = "lane-stopped"
    retryable = True
