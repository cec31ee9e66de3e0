r"""`.env` files: `KEY=VALUE` a line, in the form that shells and docker compose share.

    # a comment
    export NAME=value          # an unquoted value ends before a blank and a #
    NAME='as it is, $ and \ too'
    NAME="with \n, \t, \", \\ and \$"

Nothing is filled in: `$NAME` stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from monitor.errors import ConfigError, Problem
from monitor.settings.reading import Reading, display, is_there, read_bytes
from monitor.settings.syntax import Trouble, decoded

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
_SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_COMMENT = re.compile(r"(?:^|\s+)#.*$")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def read_dotenv(path: Path) -> dict[str, str]:
    """Give what a `.env` file sets; nothing where there is none.

    Raises `ConfigError` with every line that cannot be read. Values never appear in it.
    """
    if not is_there(path):
        return {}
    reading = Reading({})
    content = read_bytes(path, reading)
    if content is None:
        raise ConfigError(reading.findings.errors)
    try:
        text = decoded(content)
    except Trouble as trouble:
        problem = Problem(
            display(path), trouble.line, trouble.column, trouble.message, trouble.hint
        )
        raise ConfigError([problem]) from trouble
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if not found:
            said, hint = "this line does not set a variable", "write NAME=value"
            problems.append(Problem(display(path), number, 1, said, hint))
            continue
        value = _value(found[2])
        if value is None:
            said, hint = "the quotes of this value do not end, or text follows", "close the quotes"
            problems.append(Problem(display(path), number, found.start(2) + 1, said, hint))
            continue
        values[found[1]] = value
    if problems:
        raise ConfigError(problems)
    return values


def environment(path: Path, real: Mapping[str, str]) -> dict[str, str]:
    """Give the real environment over what a `.env` file sets. Raises `ConfigError`."""
    return {**read_dotenv(path), **real}


def _value(written: str) -> str | None:
    """Give the value behind the equals sign, or None where its quotes do not end."""
    if written.startswith("'"):
        single = _SINGLE.fullmatch(written)
        return single[1] if single else None
    if written.startswith('"'):
        double = _DOUBLE.fullmatch(written)
        if not double:
            return None
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), double[1])
    return _COMMENT.sub("", written)
