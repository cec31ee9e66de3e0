"""Channels: which there are, and their options, read by the model of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, get_args

from pydantic import BaseModel, SecretStr

from monitor.settings.document import Document, Path
from monitor.settings.explain import fitted, keys_of
from monitor.settings.findings import hint_for, shown
from monitor.settings.machine import ChannelFile
from monitor.settings.model import ChannelConfig
from monitor.settings.reading import Reading, readable_by_all
from monitor.settings.secret_file import secret_of

_SECRET_KEY = re.compile(r"pass|secret|token|key|auth|header|url", re.IGNORECASE)
_BREAKS = re.compile("[\x00-\x08\n-\x1f\x7f\x85\u2028\u2029]")

Kinds = Mapping[str, type[BaseModel]]


def is_off(channel: object) -> bool:
    """Whether a channel as written in the file is disabled: then nothing of it is looked up."""
    return isinstance(channel, Mapping) and channel.get("enabled") in (False, "false")


def readable_channels(document: Document) -> dict[str, ChannelFile]:
    """Give the channels of a file that is wrong elsewhere, so that theirs is said with the rest."""
    listed = document.data.get("channels")
    shapes = {
        name: fitted(document, ChannelFile, one)[0]
        for name, one in (listed.items() if isinstance(listed, Mapping) else ())
    }
    return {name: shape for name, shape in shapes.items() if shape is not None}


def read_channels(
    document: Document,
    channels: Mapping[str, ChannelFile],
    kinds: Kinds,
    root: FilePath,
    reading: Reading,
) -> tuple[ChannelConfig, ...]:
    """Give every channel whose options are right, `console` among them; the rest is said.

    Where the file has channels but no `console`, there is one that is off: the last resort.
    """
    read = []
    for name, channel in channels.items():
        one = _channel(document, name, channel, kinds, root, reading)
        if one is not None:
            read.append(one)
    if "console" not in channels and "console" in kinds:
        only = not channels
        read.insert(0, ChannelConfig("console", "console", only, kinds["console"]()))
    return tuple(read)


def _channel(
    document: Document, name: str, channel: ChannelFile, kinds: Kinds, root: FilePath,
    reading: Reading,
) -> ChannelConfig | None:  # fmt: skip
    path: Path = ("channels", name)
    model = kinds.get(channel.kind)
    if model is None:
        said = f"there is no kind of channel {shown(channel.kind)}"
        hint = hint_for(channel.kind, kinds, what="kinds")
        reading.findings.error(document.problem((*path, "kind"), said, hint))
        return None
    options = dict(channel.model_extra or {})
    reading.vault.keep(_secrets(options))
    unread = _unread(options, model) if not channel.enabled else frozenset()
    if channel.enabled:
        _warn_of_open_file(document, name, options, model, reading)
        options = _with_files(document, path, options, model, root, reading)
    for key, value in options.items():
        for inner, text in _texts(value, (*path, key)):
            if _BREAKS.search(text):
                said = "line breaks and control characters are not allowed here"
                reading.findings.error(document.problem(inner, said, "write one line"))
                return None
    read, problems = fitted(document, model, options, path, frank=False)
    for where, problem in problems:
        below = where[len(path) :]
        if not (unread and (not below or below[0] in unread)):
            reading.findings.error(problem)
    if read is None and not unread:
        return None
    return ChannelConfig(name, channel.kind, channel.enabled, read)


def _unread(options: Mapping[str, object], model: type[BaseModel]) -> frozenset[str]:
    """Give the keys of a disabled channel whose values are not known, for nobody looks them up."""
    names: set[str] = set()
    for key, value in options.items():
        if any("${" in text for _, text in _texts(value, ())):
            names.add(key)
        if _file_of(key, model):
            names |= {key, key.removesuffix("_file")}
    return frozenset(names)


def _file_of(key: str, model: type[BaseModel]) -> str:
    """Give the option that `key` names a file for, or an empty text."""
    known = keys_of(model, ())
    base = key.removesuffix("_file")
    return base if base != key and key not in known and base in known else ""


def _with_files(
    document: Document, path: Path, options: dict[str, object], model: type[BaseModel],
    root: FilePath, reading: Reading,
) -> dict[str, object]:  # fmt: skip
    """Replace each `NAME_file` by `NAME` with the file's text, its last line break cut off."""
    result: dict[str, object] = {}
    for key, value in options.items():
        base = _file_of(key, model)
        if not base:
            result[key] = value
            continue
        if base in options:
            said = f"'{base}' and '{key}' are both given"
            reading.findings.error(document.problem((*path, key), said, "keep one", at_key=True))
        elif not isinstance(value, str):
            reading.findings.error(document.problem((*path, key), "must be the path of a file"))
        else:
            result[base] = secret_of(document, (*path, key), root / value, reading)
    return result


def _warn_of_open_file(
    document: Document, name: str, options: Mapping[str, object], model: type[BaseModel],
    reading: Reading,
) -> None:  # fmt: skip
    """Warn where a secret stands literally in a file that everybody may read."""
    for key, field in model.model_fields.items():
        written = field.alias or key
        path: Path = ("channels", name, written)
        if (
            written not in options
            or not _holds_secret(field.annotation)
            or path in document.origins
        ):
            continue
        literal = document.literal(path)
        if literal and "${" not in literal and readable_by_all(FilePath(document.file)):
            said = "a secret stands in a file that everybody on this machine can read"
            hint = f"write ${{NAME}} and set NAME in .env, use {written}_file, or chmod 600"
            reading.findings.warn(document.problem(path, said, hint))


def _holds_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_holds_secret(one) for one in get_args(annotation))


def _secrets(options: Mapping[str, object]) -> Iterator[str]:
    """Give what must not be shown: what stands under a key that sounds like a secret."""
    for key, value in options.items():
        if _SECRET_KEY.search(key) and not key.endswith("_file"):
            yield from (text for _, text in _texts(value, ()))


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Give every text within a value, and where."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))
