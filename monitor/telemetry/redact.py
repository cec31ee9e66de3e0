"""Takes secrets and line breaks out of whatever is said to the outside.

Two nets, one behind the other: the exact values that the configuration named as secrets, in the
spellings under which they turn up, and shapes that are secret whoever wrote them (a password in a
URL, a token in its query, a webhook's signing key).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import quote, quote_plus

MASK = "***"

#: A shorter value would blot out half of every line; nobody's password should be three letters.
MIN_SECRET_CHARS = 4

#: A string longer than this is cut in its middle, after the secrets are out of it.
MAX_TEXT_CHARS = 16_000

# Every repetition is bounded, so that a hostile line costs time in proportion to its length.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"whsec_[A-Za-z0-9+/=_%-]{4,}"), MASK),
    (re.compile(r"(://)[^\s/\"<>]{1,512}@"), rf"\1{MASK}@"),
    (
        re.compile(
            r"([?&;][\w.\[\]-]{0,40}(?:token|secret|key(?!word)|pass|pwd|auth|sig|code|session)"
            r"[\w.\[\]-]{0,40}=)[^\s&#;\"'<>]+",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (  # a long value of mixed letters and digits is a token, whatever its name
        re.compile(
            r"([?&;][\w.\[\]-]{1,64}=)(?=[^\s&#]{0,200}?\d)(?=[^\s&#]{0,200}?[A-Za-z])"
            r"[\w.~%+/=-]{24,}"
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(
            r"(authorization['\"]?\s{0,4}[:=,]\s{0,4}['\"]?(?:(?:basic|bearer)\s{1,4})?)"
            r"[^\s'\",]{4,}",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(r"\b(bearer\s{1,4})(?=[^\s]{0,100}?\d)[\w.~+/=-]{12,}", re.IGNORECASE),
        rf"\1{MASK}",
    ),
)

_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase)|secret|token|authorization|api_?key|cookie", re.IGNORECASE
)

# C0, DEL and C1 controls, the two Unicode line separators, the marks that reorder what a terminal
# shows, and lone surrogates, which no encoder takes.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def one_line(text: str) -> str:
    r"""Give `text` with every control character spelled out (`\n`, `\u001b`): one line, no tricks.

    The spelling is also valid inside a JSON string.
    """
    return _UNPRINTABLE.sub(
        lambda found: _SHORT_ESCAPES.get(found[0], f"\\u{ord(found[0]):04x}"), text
    )


class Redactor:
    """Replaces secrets by `***`. May be asked and taught from any thread."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._known: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Learn further secret values. Old ones stay secret: a reload does not unsay them."""
        spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
        with self._lock:
            self._known |= spellings
            longest_first = sorted(self._known, key=len, reverse=True)
            alternatives = "|".join(re.escape(secret) for secret in longest_first)
            self._pattern = re.compile(alternatives) if alternatives else None

    def text(self, text: str) -> str:
        """Give `text` without secrets, cut in the middle where it is very long."""
        pattern = self._pattern
        if pattern is not None:
            text = pattern.sub(MASK, text)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return _shortened(text)

    def value(self, value: object) -> object:
        """Give `value` as something JSON can hold, with the strings inside it redacted."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return value if self.text(str(value)) == str(value) else MASK
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._named(str(key), item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item) for item in value]
        if isinstance(value, datetime):
            return value.isoformat()
        return self.text(value if isinstance(value, str) else str(value))

    def _named(self, name: str, value: object) -> object:
        """Redact a value under its name: what is called a password is one, whatever it holds."""
        return MASK if value and _SECRET_NAME.search(name) else self.value(value)


def _spellings(secret: str) -> set[str]:
    """Give the forms in which a secret turns up: as it is, in a URL, in JSON, in a repr."""
    forms = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        one_line(secret),
        secret.removeprefix("whsec_"),  # libraries that sign take the prefix off first
    }
    return {form for form in forms if len(form) >= MIN_SECRET_CHARS}


def _shortened(text: str) -> str:
    """Cut the middle out of a very long text: a traceback says most at its two ends."""
    over = len(text) - MAX_TEXT_CHARS
    if over <= 0:
        return text
    half = MAX_TEXT_CHARS // 2
    return f"{text[:half]} [... {over} characters left out ...] {text[-half:]}"
