"""Sections of messages as JSON: so a folded development waits in the outbox for its digest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor.core.model import (
    PUSHED,
    Development,
    Earlier,
    Headline,
    Known,
    Reason,
    Section,
    Severity,
    Verdict,
    Voice,
)


def to_json(section: Section) -> bytes:
    """Give a section as JSON."""
    plain = json.dumps(asdict(section), ensure_ascii=False, default=_iso)
    return plain.encode()


def from_json(raw: bytes) -> Section:
    """Give the section that `to_json` wrote."""
    data: dict[str, Any] = json.loads(raw)
    said = data["development"]
    development = Development(
        **{
            **said,
            "verdict": Verdict(said["verdict"]),
            "reason": Reason(said["reason"]),
            "severity": Severity(said["severity"]),
        }
    )
    return Section(
        **{
            **data,
            "development": development,
            "published_at": datetime.fromisoformat(data["published_at"]),
            "seen_at": datetime.fromisoformat(data["seen_at"]),
            "known": tuple(Known(k["id"], k["text"], _maybe(k["since"])) for k in data["known"]),
            "why": tuple(data["why"]),
            "baseline_as_of": _maybe(data["baseline_as_of"]),
            # a section that was folded by an earlier version names nobody
            "voices": tuple(_voice(each) for each in data.get("voices", ())),
            "headlines": tuple(Headline(**each) for each in data.get("headlines", ())),
            "said_by": tuple(data.get("said_by", ())),
            "denied_by": tuple(data.get("denied_by", ())),
            "earlier": tuple(_earlier(each) for each in data.get("earlier", ())),
        }
    )


def counted(sections: Sequence[Section]) -> str:
    """Give how many developments there are, and reports that change nothing beside them."""
    news = sum(section.development.verdict in PUSHED for section in sections)
    rest = len(sections) - news
    said = _many(news, "development")
    return f"{said}, {_many(rest, 'further report')}" if rest else said


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _voice(said: dict[str, Any]) -> Voice:
    return Voice(**{**said, "published_at": datetime.fromisoformat(said["published_at"])})


def _earlier(told: dict[str, Any]) -> Earlier:
    return Earlier(told["headline"], datetime.fromisoformat(told["at"]))


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a section")


def _maybe(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
