"""What chat and push services set bounds to, and what they would act on. Pure, and never raises.

A text is shortened before it is escaped, never after: so no cut can fall inside an escape, a pair
of UTF-16 surrogates or a tag. What a service would turn into a mention, a command or a link of a
scheme of its own is broken by an invisible WORD JOINER, which leaves it readable.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

from monitor.notify import wording

#: Says that something was cut off.
MARK = "\u2026"
#: Stands where a word is parted that must not be acted upon; it has no width.
JOINER = "\u2060"

#: Signs without width that carry nothing for a reader. The two joiners U+200C and U+200D stay:
#: Persian, Indic scripts and emoji are spelt with them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u2060-\u2065"
    "\u206a-\u206f\u3164\uffa0\U000e0000-\U000e0fff]"
)
#: Marks in a row on one letter; more are no spelling of any language but a smear over the lines.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILE = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
_MENTIONS = re.compile(r"@(?=[\w\u200c\u200d])|<(?=[!@#])")
_WORDS = re.compile(r"(?<![\w/:.<])[/#$](?=\w)")
_SCHEMES = re.compile(r"(?<![\w+.-])(?!https?:)[A-Za-z][A-Za-z0-9+.-]{0,30}:(?=//)", re.IGNORECASE)

Measure = Callable[[str], int]


def utf16(text: str) -> int:
    """Give the length in UTF-16 code units, by which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Give the length in bytes of UTF-8, by which ntfy counts."""
    return len(text.encode("utf-8", "surrogatepass"))


def clean(text: str, limit: int) -> str:
    """Give `text` on one line of at most `limit` characters, without what cannot be seen.

    It reads as it is written, and none of the services finds a mention or a command in it.
    """
    seen = _INVISIBLE.sub("", wording.one_line(text, limit * 2))
    return fit(defused(_PILE.sub(r"\1", seen)), limit)


def defused(text: str) -> str:
    """Give `text` without mentions, commands, tags and links of schemes other than http(s)."""
    text = _MENTIONS.sub(lambda found: found[0] + JOINER, text)
    text = _WORDS.sub(lambda found: found[0] + JOINER, text)
    return _SCHEMES.sub(lambda found: found[0] + JOINER, text)


def fit(text: str, limit: int, measure: Measure = len) -> str:
    """Give the longest beginning of `text` that measures `limit` at most, with a mark if cut.

    A letter is not parted from its marks, nor an emoji from what joins it to the next.
    """
    if measure(text) <= limit:
        return text
    room = limit - measure(MARK)
    if room < 0:
        return ""
    least, most = 0, min(len(text), limit)  # nothing measures less than one a character
    while least < most:
        middle = (least + most + 1) // 2
        if measure(text[:middle]) <= room:
            least = middle
        else:
            most = middle - 1
    return text[: _whole(text, least)].rstrip() + MARK


def _whole(text: str, end: int) -> int:
    """Give the last place at or before `end` that parts no letter from what belongs to it."""
    place = end
    while 0 < place < len(text) and end - place < 32 and _belongs(text[place - 1], text[place]):
        place -= 1
    return place if end - place < 32 else end


def _belongs(before: str, after: str) -> bool:
    """Whether two neighbours make one sign."""
    return (
        bool(unicodedata.combining(after))
        or "\ufe00" <= after <= "\ufe0f"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\u200d" in (before, after)
        or before == JOINER
    )


def token(text: str, size: int) -> str:
    """Give `text` where it is a plain word of at most `size` characters, else a hash of it."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", text) and len(text) <= size:
        return text
    raw = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, digest_size=min(64, size // 2)).hexdigest()
