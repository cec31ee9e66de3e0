"""The news that is played: items as outlets would publish them, worded after real events.

Those whose id begins with `w` are what every newsroom also publishes: an agency's text taken over
as it is or nearly so, and a look back in the words of what is known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files

#: The baseline's date: what was published before is the feeds' past, what comes after is news.
AS_OF = datetime(2025, 6, 2, 20, tzinfo=UTC)
#: So many days after `AS_OF` are in the stream.
MOST_DAYS = 28


@dataclass(frozen=True, slots=True)
class Piece:
    """One item of the stream. `published` is aware UTC."""

    id: str
    language: str
    published: datetime
    source: str
    title: str
    summary: str
    link: str

    @property
    def feed(self) -> str:
        """The feed that carries it: one for each outlet and language."""
        return f"{self.source} ({self.language})"


def load(days: int = MOST_DAYS) -> list[Piece]:
    """Give the past and `days` days of news, in order of publication."""
    end = AS_OF + timedelta(days=days)
    text = files("monitor.demo").joinpath("stream.jsonl").read_text(encoding="utf-8")
    pieces = [_piece(json.loads(line)) for line in text.splitlines()]
    return sorted((p for p in pieces if p.published < end), key=lambda piece: piece.published)


def _piece(raw: dict[str, str]) -> Piece:
    return Piece(
        id=raw["id"],
        language=raw["lang"],
        published=datetime.fromisoformat(raw["published"]).astimezone(UTC),
        source=raw["source"],
        title=raw["title"],
        summary=raw["summary"],
        link=raw["link"],
    )
