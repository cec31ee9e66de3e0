"""Validate a document against a shape, and say in plain words, with a place, what does not fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.errors import Problem
from monitor.settings.document import Document, Path
from monitor.settings.findings import hint_for, shown

ShapeT = TypeVar("ShapeT", bound=BaseModel)

_KINDS = {
    "string_type": "text", "int_type": "a whole number", "int_parsing": "a whole number",
    "int_from_float": "a whole number", "float_type": "a number", "float_parsing": "a number",
    "bool_type": "true or false", "bool_parsing": "true or false", "list_type": "a list",
    "tuple_type": "a list", "dict_type": "a mapping of `key: value`",
    "model_type": "a mapping of `key: value`", "model_attributes_type": "a mapping of `key: value`",
}  # fmt: skip
#: What to write where a value is of the wrong kind.
_HOW = {
    "string_type": "write one piece of text", "int_type": "write digits, such as 5",
    "int_parsing": "write digits, such as 5", "int_from_float": "write digits, such as 5",
    "float_type": "write a number, such as 2.5", "float_parsing": "write a number, such as 2.5",
    "bool_type": "write true or false", "bool_parsing": "write true or false",
    "list_type": "write [one, two], or each on a line of its own after `- `",
    "tuple_type": "write [one, two], or each on a line of its own after `- `",
    "dict_type": "write its keys beneath it, further in",
    "model_type": "write its keys beneath it, further in",
    "model_attributes_type": "write its keys beneath it, further in",
}  # fmt: skip
_BOUNDS = {
    "greater_than": ("gt", "more than"), "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"), "less_than_equal": ("le", "at most"),
}  # fmt: skip


def fitted(
    document: Document, shape: type[ShapeT], data: object, path: Path = (), *, frank: bool = True
) -> tuple[ShapeT | None, list[tuple[Path, Problem]]]:
    """Give the shape filled with `data`, or None and each problem with the path it is about.

    `path` is where `data` stands in the document. Values are shown in problems only where `frank`.
    """
    try:
        return shape.model_validate(data), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=True)
        return None, [_told(document, shape, detail, path, frank=frank) for detail in details]
    except RecursionError:
        return None, [(path, document.problem(path, "this nests too deeply"))]


def _told(
    document: Document, shape: type[BaseModel], detail: ErrorDetails, base: Path, *, frank: bool
) -> tuple[Path, Problem]:
    """Turn one of pydantic's errors into a problem."""
    raw = tuple(detail["loc"])
    at_key = bool(raw) and raw[-1] == "[key]"
    inner = raw[:-1] if at_key else raw
    path = (*base, *inner)
    if path not in document.spots and path[-1:] == (0,) and path[:-1] in document.spots:
        path = path[:-1]  # one text where a list may stand
    kind = detail["type"]
    message, hint = _sentence(detail, frank=frank)
    if kind == "extra_forbidden":
        known = keys_of(shape, inner[:-1])
        message = f"there is no key {shown(inner[-1])} here"
        hint = hint_for(str(inner[-1]), known) or f"keys here: {', '.join(known)}"
        at_key = True
    elif kind == "missing":
        empty = path in document.spots
        message = f"'{inner[-1]}' is {'empty' if empty else 'missing'}"
        key = inner[-1]
        hint = f"write a value behind `{key}:`" if empty else f"write `{key}: ...`"
        where = path if empty else path[:-1]
        return path, document.problem(where, message, hint, at_key=not empty)
    return path, document.problem(path, message, hint, at_key=at_key)


def _sentence(detail: ErrorDetails, *, frank: bool) -> tuple[str, str]:
    """Give what is wrong with a value, and a hint."""
    kind, value = detail["type"], detail.get("input")
    context: Mapping[str, Any] = detail.get("ctx") or {}
    if kind == "parley":
        return str(context.get("message", "")), str(context.get("hint", ""))
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        if not allowed:
            expected = context.get("expected")
            return f"must be {expected}", f"this Parley knows {expected} and nothing else here"
        said = (
            f"{shown(value)} is not one of"
            if frank and isinstance(value, str)
            else "must be one of"
        )
        return f"{said} {', '.join(allowed)}", hint_for(str(value), allowed) if frank else ""
    if kind in _KINDS:
        hint = ""
        if kind == "string_type" and isinstance(value, bool | int | float):
            hint = "put it in quotes"
        elif kind == "string_type" and isinstance(value, dict):
            hint = "put text that holds ': ' or begins with { in quotes"
        hint = hint or _HOW.get(kind, "")
        return f"must be {_KINDS[kind]}, not {_kind_of(value)}", hint
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"must be {words} {context.get(key)}", "docs/configuration.md lists the bounds"
    if kind == "value_error":
        return str(context.get("error", detail["msg"])), ""
    if kind == "too_short":
        return "must not be empty", "write at least one"
    if kind in {"string_too_long", "too_long"}:
        most, what = (
            context.get("max_length", 0),
            "characters" if isinstance(value, str) else "entries",
        )
        return f"has more than {most:,} {what}", "write less, or split it into several"
    text = detail["msg"].removeprefix("Value error, ")
    return text[:1].lower() + text[1:], ""


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    for kind, name in (
        (str, "text"),
        (int | float, "a number"),
        (list, "a list"),
        (dict, "a mapping"),
    ):
        if isinstance(value, kind):
            return name
    return "empty" if value is None else "this"


def keys_of(shape: Any, path: Collection[str | int]) -> list[str]:
    """Give the keys that a shape knows at a path into it; none where anything goes."""
    here = [shape]
    for step in path:
        here = [inner for one in here for inner in _step(one, step)]
    keys: list[str] = []
    for model in here:
        if isinstance(model, type) and issubclass(model, BaseModel):
            keys += [field.alias or name for name, field in model.model_fields.items()]
    return keys


def _step(shape: Any, step: str | int) -> Iterator[Any]:
    """Give the types that stand one step further in."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            if step in {name, field.alias}:
                yield from _flat(field.annotation)
        return
    arguments = get_args(shape)
    if get_origin(shape) is dict:
        yield from _flat(arguments[1])
    elif get_origin(shape) in {list, tuple} and arguments:
        yield from _flat(arguments[0])


def _flat(annotation: Any) -> Iterator[Any]:
    """Give the types behind `Annotated` and unions."""
    if get_origin(annotation) is Annotated:
        yield from _flat(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, UnionType}:
        for one in get_args(annotation):
            yield from _flat(one)
    else:
        yield annotation
