"""What a case is: a feed that misbehaves in one way, and what must become of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

#: Entries of the catalogue of which one look shows nothing.
_OFTEN = {"N22", "N27", "N28", "N31", "N32", "N41", *(f"C{n}" for n in range(14, 29))}


class Way(Enum):
    """How a case listens."""

    HTTP = "plain HTTP"
    TLS = "TLS, a certificate that the daemon trusts"
    TLS_SELF = "TLS, a certificate that nobody signed"
    TLS_EXPIRED = "TLS, a certificate of last year"
    TLS_OTHER = "TLS, a certificate of another host"
    HTTPS_PLAIN = "plain HTTP where https is asked for"
    PLAIN_TLS = "TLS where http is asked for"
    HTTPS_MUTE = "accepts, and never shakes hands"
    BARE = "bytes, no matter what is asked"
    REFUSED = "nobody listens"
    FULL = "a queue of connections that is full: SYN is dropped"

    @property
    def scheme(self) -> str:
        return "https" if self.name.startswith(("TLS", "HTTPS")) else "http"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as a case sees it.

    `number` counts the requests of this path from 1. `path` is what follows the case's own address,
    "" for the feed itself. `base` is that address, `place` its host and port; `canary_port` is on
    loopback where nobody may go, `stranger` a public host of somebody else, `other` the private
    host of another feed, which only that feed may read.
    """

    path: str
    number: int
    headers: dict[str, str]
    base: str
    place: str
    canary_port: int
    stranger: str
    other: str

    def filled(self, text: str) -> str:
        """Fill {base}, {place}, {canary} and {stranger} in."""
        for name, value in (
            ("base", self.base), ("place", self.place), ("stranger", self.stranger),
            ("canary", str(self.canary_port)), ("other", self.other),
        ):  # fmt: skip
            text = text.replace("{" + name + "}", value)
        return text


#: Writes one answer; the connection is closed behind it.
Answer = Callable[[Ask, asyncio.StreamWriter], Awaitable[None]]
#: What was found of a case after the run; a check gives what is wrong with it, "" where nothing is.
Check = Callable[["Evidence"], str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A feed as the store had it at one moment of the run."""

    checks: int
    outcome: str
    code: str
    items: int
    status: int | None


@dataclass(slots=True)
class Evidence:
    """All that is known of one feed of a case at the end.

    `asked` are the moments of the requests for the feed's own address, in seconds from the start;
    `titles` those of its stored items, in the order of storing; `alerts` the headlines that were
    told of it; `row` is what `parley feeds --json` says of it.
    """

    seen: list[Seen] = field(default_factory=list)
    row: dict[str, object] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Must:
    """What must happen at every look: it is read where `reads`, or fails with one of `codes`.

    `items` are the least and the most that the store holds of it at the end; `also` says what else
    is checked. `at_last` judges the last look alone, where the looks differ. `looked` is off where
    a queue may keep it out for the whole run.
    """

    reads: bool
    codes: tuple[str, ...] = ()
    items: tuple[int, int] = (0, 0)
    also: tuple[Check, ...] = ()
    at_last: bool = False
    looked: bool = True

    def __str__(self) -> str:
        least, most = self.items
        count = f"{least}" if least == most else f"{least} to {most}"
        said = [f"read, {count} items"] if self.reads else []
        if self.codes:
            kept = f", {count} items stay" if not self.reads and most else ""
            said.append("fails: " + " or ".join(self.codes) + kept)
        return "; ".join(["; or ".join(said), *(check.__name__.strip("_") for check in self.also)])


def ok(items: int = 3, *also: Check, most: int | None = None, at_last: bool = False) -> Must:
    """It is read, with so many items in the store."""
    return Must(True, (), (items, items if most is None else most), also, at_last)


def fails(*codes: str, also: tuple[Check, ...] = (), stay: int = 0, at_last: bool = False) -> Must:
    """It fails with one of these codes; only what was there before stays."""
    return Must(False, codes, (stay, stay), also, at_last)


def either(items: tuple[int, int], *codes: str, also: tuple[Check, ...] = ()) -> Must:
    """A clean read and a named failure are both right; nothing else is."""
    return Must(True, codes, items, also)


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table. `ids` are those of the catalogue; `feeds` how many share the case."""

    name: str
    ids: str
    does: str
    answer: Answer
    must: Must
    way: Way = Way.HTTP
    feeds: int = 1
    host: str = ""  # a name instead of an address; the daemon's resolver says what it is
    own_hosts: bool = True  # each of several feeds on an address of its own
    path: str = ""
    url: str = ""  # instead of the place where it listens; {canary} is filled in
    together: tuple[Callable[[list[Evidence]], str], ...] = ()  # checks of all its feeds at once
    headers: dict[str, str] = field(default_factory=dict)  # that the feed is configured with

    @property
    def catalogue(self) -> tuple[str, ...]:
        return tuple(self.ids.split())

    @property
    def pace(self) -> str:
        """Give the pace of its feeds: fast where what matters takes several looks."""
        return "fast" if self.must.at_last or _OFTEN & set(self.catalogue) else "normal"

    def names(self) -> list[str]:
        """Give the names of its feeds."""
        if self.feeds == 1:
            return [self.name]
        return [f"{self.name}-{number}" for number in range(1, self.feeds + 1)]
