"""The arguments of a command: plain values that a process filed, read one by one.

Each function raises `CommandError` for a value that is missing or of another kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.errors import CommandError

Args = Mapping[str, object]
Result = Mapping[str, object]


def text(args: Args, name: str) -> str:
    """Give a text that has to be there."""
    value = args.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CommandError(f"{name} is missing")
    return value.strip()


def optional(args: Args, name: str, otherwise: str | None) -> str | None:
    """Give a text, or another where none is given."""
    value = args.get(name)
    return str(value) if value else otherwise


def number(args: Args, name: str) -> int:
    """Give a whole number that has to be there."""
    value = args.get(name)
    if not isinstance(value, int):
        raise CommandError(f"{name} must be a number")
    return value


def numbers(args: Args, name: str, *, required: bool = True) -> Sequence[int]:
    """Give a list of whole numbers."""
    value = args.get(name)
    if not isinstance(value, list) or not all(isinstance(n, int) for n in value):
        raise CommandError(f"{name} must be a list of numbers")
    if required and not value:
        raise CommandError(f"{name}: name at least one")
    return value


def texts(args: Args, name: str) -> Sequence[str]:
    """Give a list of texts, empty where none is given."""
    value = args.get(name)
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise CommandError(f"{name} must be a list of texts")
    return [str(one) for one in value]


def pairs(args: Args, name: str) -> Mapping[str, object]:
    """Give a mapping, empty where none is given."""
    value = args.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise CommandError(f"{name} must be pairs of a name and a value")
    return {str(key): each for key, each in value.items()}


def actor(args: Args) -> str:
    """Give the person who asks, as the ledger names people."""
    return f"user:{args.get('by') or 'unknown'}"
