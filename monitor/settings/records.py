"""Rules as plain values, to be kept as JSON, and back: a form for each record of the core.

A form reads nothing but data, and nothing of another shape than it wrote: it builds records of the
types that are named here, from texts, numbers, lists and mappings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.model import Feed, Severity
from monitor.core.rules import Concept, SeedFact, Tracker, TrackerState, Watch, WatchTest
from monitor.errors import Problem


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one kind are packed and unpacked.

    `unpack` raises `TypeError` or `ValueError` for what `pack` did not give. `names` are the fields
    of a record that are kept.
    """

    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]
    names: tuple[str, ...] = ()


def _as_it_is(*kinds: type) -> Form:
    def unpack(value: Any) -> Any:
        if type(value) not in kinds:
            raise TypeError("of another kind")
        return value

    return Form(lambda value: value, unpack)


TEXT, FLAG, COUNT = _as_it_is(str), _as_it_is(bool), _as_it_is(int)
TEXT_OR_NONE, COUNT_OR_NONE = _as_it_is(str, type(None)), _as_it_is(int, type(None))
NUMBER = _as_it_is(int, float)
#: A mapping of plain values, as YAML has them.
PLAIN = _as_it_is(dict)
MOMENT = Form(datetime.isoformat, datetime.fromisoformat)
SEVERITY = Form(str, Severity)
#: What a slot of a tracker holds: one name, or several.
SLOT = Form(
    lambda value: list(value) if isinstance(value, tuple) else value,
    lambda value: tuple(map(TEXT.unpack, value)) if type(value) is list else TEXT.unpack(value),
)


def rows(form: Form) -> Form:
    """Give the form of a tuple of such values."""

    def unpack(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise TypeError("no list")
        return tuple(map(form.unpack, value))

    return Form(lambda value: list(map(form.pack, value)), unpack)


def by_name(form: Form) -> Form:
    """Give the form of a mapping from names to such values."""

    def pack(value: Mapping[str, Any]) -> dict[str, Any]:
        return {name: form.pack(one) for name, one in value.items()}

    def unpack(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise TypeError("no mapping")
        return {name: form.unpack(one) for name, one in value.items()}

    return Form(pack, unpack)


def or_none(form: Form) -> Form:
    """Give the form of such a value, or None."""
    return Form(
        lambda value: None if value is None else form.pack(value),
        lambda value: None if value is None else form.unpack(value),
    )


def record(made: type[Any], /, **forms: Form) -> Form:
    """Give the form of a record, by its fields.

    A field without a form has its default when it is unpacked; whoever reads back what was packed
    sees that it is not the same.
    """
    names, unpacks = tuple(forms), tuple(form.unpack for form in forms.values())

    def pack(value: Any) -> list[Any]:
        return [form.pack(getattr(value, name)) for name, form in forms.items()]

    def unpack(value: Any) -> Any:
        if type(value) is not list:
            raise TypeError("no record")
        parts = zip(names, unpacks, value, strict=True)
        return made(**{name: unpack_one(one) for name, unpack_one, one in parts})

    return Form(pack, unpack, names)


TEXTS = rows(TEXT)
CONCEPT = record(
    Concept, id=TEXT, about=TEXT, words=by_name(TEXTS), side=TEXT, recurs=FLAG, query=TEXT
)
STATE = record(
    TrackerState, name=TEXT, acts=TEXTS, severity=SEVERITY, sensitive=FLAG, joint=FLAG, when=TEXT,
    lasts_s=NUMBER, then=TEXT, say=by_name(TEXT),
)  # fmt: skip
TRACKER = record(
    Tracker, id=TEXT, kind=TEXT, question=TEXT, topic=TEXT, scope=TEXTS, confirm=TEXT,
    parties=TEXTS, states=rows(STATE), slots=by_name(SLOT), values=by_name(by_name(TEXT)),
    again_after_s=NUMBER, apart_s=NUMBER, headline=TEXT, name=by_name(TEXT),
    say=by_name(by_name(TEXT)),
)  # fmt: skip
TEST = record(WatchTest, text=TEXT, language=TEXT, hit=FLAG, states=by_name(TEXT), line=COUNT)
WATCH = record(
    Watch, id=TEXT, title=TEXT, query=TEXT, alerts=TEXT, delivery=TEXT, notify=or_none(TEXTS),
    trackers=rows(TRACKER), concepts=by_name(CONCEPT), feeds=TEXTS, tests=rows(TEST),
    formerly=TEXTS, version=TEXT, file=TEXT, match_all=FLAG, promote_a_day=COUNT,
)  # fmt: skip
SEED_FACT = record(
    SeedFact, id=TEXT, watch=TEXT, text=TEXT, file=TEXT, as_of=MOMENT, tracker=TEXT_OR_NONE,
    scope=PLAIN, instance=PLAIN, state=TEXT_OR_NONE, values=PLAIN, said_by=TEXTS, date=TEXT,
    until=TEXT, source=TEXT, ref=TEXT,
)  # fmt: skip
FEED = record(
    Feed, name=TEXT, url=TEXT, language=TEXT, publisher=TEXT, speaks_for=TEXT, tier=COUNT,
    pace=TEXT, tags=TEXTS, headers=rows(rows(TEXT)), user_agent=TEXT, proxy=TEXT, verify=FLAG,
)  # fmt: skip
PROBLEM = record(
    Problem, file=TEXT, line=COUNT_OR_NONE, column=COUNT_OR_NONE, message=TEXT, hint=TEXT,
    excerpt=TEXT,
)  # fmt: skip
