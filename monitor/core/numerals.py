"""Numbers in a text, in digits or in words, before anyone asks what they count.

Compounds that are written as one word (zweihundertfünfzig, duecentocinquanta, ikiyüz) are taken
apart; words and scales behind digits (6 тысяч, 1 bin 200) are one number with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.core import number_words as num
from monitor.core.text import fold

#: The largest number that is taken for a count.
LARGEST = 999_999_999
#: Longest word that is taken apart, in letters.
_LONGEST_WORD = 40
_HALF_A_THOUSAND = 500


@dataclass(frozen=True, slots=True)
class Word:
    """A word of letters, or a lump of digits with the marks inside it, in a folded text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number in words [first, last] of a row. A `weak` one is a numeral that means more.

    `low` is the lower end of a range, else 0; `plain` says that it is digits without groups.
    """

    first: int
    last: int
    start: int
    end: int
    value: int
    exact: bool = True
    each: bool = False
    unit: str = ""
    weak: bool = False
    plain: bool = False
    low: int = 0


_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,3}(?!\d|[.,:/']\d)|\d++(?:[.,:/'-]\d++)*+"
_SCAN = re.compile(_DIGITS + r"|[^\W\d_]++")
_SCAN_UKRAINIAN = re.compile(_DIGITS + r"|[^\W\d_]++(?:'[^\W\d_]++)*+")
_GROUPED = re.compile(r"[1-9]\d{0,2}([., '\u00a0\u202f])\d{3}(?:\1\d{3}){0,2}|[1-9]\d{0,8}")
_DECIMAL = re.compile(r"([1-9]\d{0,2})[.,](\d{1,2})")
_MARKS = re.compile(r"[., '\u00a0\u202f]")
_GAPS = frozenset(" \u00a0\u202f-")


def fold_for_numbers(text: str) -> str:
    """Fold a text as `text.fold` does, and Russian ё to е; the length stays."""
    return fold(text).replace("ё", "е")


def words_of(folded: str, language: str) -> list[Word]:
    """Cut a folded text into words and lumps of digits."""
    scan = _SCAN_UKRAINIAN if language == "uk" else _SCAN
    return [Word(m.start(), m.end(), m[0]) for m in scan.finditer(folded)]


def valued(listed: str) -> dict[str, int]:
    """Read a list of values, each before its words, with slashes between forms of one value."""
    values: dict[str, int] = {}
    value = 0
    for part in fold_for_numbers(listed).split():
        if part.isdecimal():
            value = int(part)
        else:
            values.update((word.lstrip("!"), value) for word in part.split("/"))
    return values


def _german(values: dict[str, int]) -> dict[str, int]:
    """Give every numeral of German below a hundred, fünfundzwanzig among them."""
    ones = {word: n for word, n in values.items() if n < 10 and word != "eins"}
    tens = {word: n for word, n in values.items() if n >= 20}
    joined = {f"{one}und{ten}": n + m for one, n in ones.items() for ten, m in tens.items()}
    return values | joined


def _italian(values: dict[str, int]) -> dict[str, int]:
    """Give every numeral of Italian below a hundred: ventuno, ventotto, ventitré."""
    ones = {word: n for word, n in values.items() if n < 10 and word != "una"}
    tens = {word: n for word, n in values.items() if n >= 20}
    joined = {
        (ten[:-1] if one[0] in "uo" else ten) + one: n + m
        for one, n in ones.items()
        for ten, m in tens.items()
    }
    return values | joined


class Numerals:
    """The numerals of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.values = valued(num.NUMERALS.get(language, ""))
        self.scales = valued(num.SCALES.get(language, ""))
        listed = fold(num.SCALES.get(language, "")).replace("/", " ").split()
        self.only_behind = {word[1:] for word in listed if word[0] == "!"}
        self.collectives = valued(num.COLLECTIVES.get(language, ""))
        self.halves = valued(num.HALVES.get(language, ""))
        self.shares = valued(num.DISTRIBUTIVES) if language == "tr" else {}
        self.ambiguous = set(fold(num.AMBIGUOUS.get(language, "")).split())
        self.indefinite = set(fold(num.INDEFINITE.get(language, "")).split())
        self.link = num.ANDS.get(language, "")
        build = {"de": _german, "it": _italian}.get(language)
        self.small = build(self.values) if build else self.values
        self.parts = {"de": ("tausend", "hundert"), "it": ("mila", "cento")}.get(language)
        whole = valued(f"{num.NUMERALS['tr']} {num.SCALES['tr']}") if language == "tr" else {}
        self._turkish = {word: n for word, n in whole.items() if n <= 1000 and len(word) > 1}

    def value_of(self, word: str) -> int:
        """Give the value of a numeral, a compound too; 0 for any other word."""
        word = word.replace("ß", "ss")
        found = self.small.get(word, 0)
        if found or len(word) > _LONGEST_WORD:
            return found
        if self.parts:
            return self._compound(word)
        if self._turkish and len(word) > 4:
            return self._glued(word)
        return _HALF_A_THOUSAND if word in num.HALF_THOUSANDS else 0

    def _compound(self, word: str) -> int:
        """Take a German or Italian numeral apart at its thousand, then at its hundred."""
        total = 0
        thousand, hundred = self.parts or ("", "")
        for part, worth in ((thousand, 1000), ("mille" if thousand == "mila" else "", 1000)):
            head, found, tail = word.partition(part) if part else ("", "", "")
            if found:
                many = self._below_thousand(head, hundred) if head else 1
                if not many or (part == "mille" and head):
                    return 0
                if not tail:
                    return many * worth
                total, word = many * worth, tail
                break
        word = word.removeprefix("und") if self.language == "de" and total else word
        rest = self._below_thousand(word, hundred)
        return total + rest if rest else 0

    def _below_thousand(self, word: str, hundred: str) -> int:
        head, found, tail = word.partition(hundred)
        if not found:
            return self.small.get(word, 0)
        many = self.small.get(head, 0) if head else 1
        tail = tail.removeprefix("und") if self.language == "de" else tail
        rest = self.small.get(tail, 0) if tail else 0
        return many * 100 + rest if 0 < many < 20 and (rest or not tail) else 0

    def _glued(self, word: str) -> int:
        """Read Turkish numerals that were written together."""
        total = part = place = 0
        while place < len(word):
            ends = range(min(len(word), place + 7), place + 1, -1)
            end = next((end for end in ends if word[place:end] in self._turkish), 0)
            if not end:
                return 0
            value = self._turkish[word[place:end]]
            if value == 1000:
                total, part = total + max(part, 1) * value, 0
            else:
                part = max(part, 1) * value if value == 100 else part + value
            place = end
        return total + part


@lru_cache(maxsize=16)
def numerals(language: str) -> Numerals:
    """Give the numerals of a language, empty where it has no tables."""
    return Numerals(language)


def numbers(words: Sequence[Word], folded: str, language: str) -> Iterator[Number]:
    """Give the numbers of a row of words in order, each read once."""
    table = numerals(language)
    at = 0
    while at < len(words):
        number = _Reader(words, folded, table, at).read()
        if number is not None:
            yield number
        at = number.last + 1 if number is not None else at + 1


class _Reader:
    """Reads one number that begins at a word."""

    def __init__(self, words: Sequence[Word], folded: str, table: Numerals, at: int) -> None:
        self.words, self.folded, self.table, self.first = words, folded, table, at
        self.last = at
        self.total = self.part = 0
        self.lowest = LARGEST + 1

    def read(self) -> Number | None:
        """Give the number, or None where none begins here."""
        word = self.words[self.first]
        if word.text[0].isdecimal():
            return self._digits(word)
        table = self.table
        if word.text in table.shares:
            self.part = table.shares[word.text]
            self._scale(self.first + 1)
            return self._made(each=True)
        if word.text in table.halves:
            return self._half(table.halves[word.text])
        if word.text in table.collectives:
            self.part = table.collectives[word.text]
            return None if self._is_behind_indefinite() else self._made(exact=False)
        if not (table.value_of(word.text) or word.text in table.scales):
            return None
        return self._spelled(word.text)

    def _spelled(self, begin: str) -> Number | None:
        at = self.first
        seen = 0
        while at < len(self.words) and self._take(at):
            self.last, seen = at, seen + 1
            at += 1
            if self._links(at):
                at += 1
        if not seen:
            return None
        value = self.total + self.part
        bare = begin in self.table.only_behind
        if self._is_behind_indefinite() or value < 2 or (bare and not self._may_stand(begin)):
            return None
        if self._next_is(self.table.collectives):
            self.last += 1
            self.total, self.part = value * self.table.collectives[self.words[self.last].text], 0
            return self._made(exact=False)
        return self._made(weak=seen == 1 and begin in self.table.ambiguous)

    def _may_stand(self, word: str) -> bool:
        """Say whether a plural scale word without a number is one: about a thousand."""
        before = self.folded[
            max(0, self.words[self.first].start - 24) : self.words[self.first].start
        ]
        cue = re.search(
            r"(?:около|более|больше|свыше|до|близько|понад|більше|менше|менее) $", before
        )
        return (word in num.GENITIVE_THOUSAND and cue is not None) or word == "bine"

    def _is_behind_indefinite(self) -> bool:
        return self.first > 0 and self.words[self.first - 1].text in self.table.indefinite

    def _touches(self, at: int) -> bool:
        """Say whether a word stands one blank or hyphen behind the one before it."""
        if not 0 < at < len(self.words):
            return False
        end, start = self.words[at - 1].end, self.words[at].start
        return start - end == 1 and self.folded[end] in _GAPS

    def _next_is(self, table: dict[str, int]) -> bool:
        at = self.last + 1
        return self._touches(at) and self.words[at].text in table

    def _take(self, at: int) -> bool:
        """Add a word to the number where it can follow what was read."""
        if at > self.first and not self._touches(at):
            return False
        word = self.words[at].text
        table = self.table
        scale = table.scales.get(word, 0)
        if scale == 100:
            if self.part >= 20 or (self.part and self.part % 10 == 0 and self.part != 10):
                return False
            self.part = max(self.part, 1) * 100
            return True
        if scale:
            if scale >= self.lowest:
                return False
            self.total += max(self.part, 1) * scale
            self.part, self.lowest = 0, scale
            return self.total <= LARGEST
        value = table.value_of(word)
        if value and self._fits(value):
            self.part += value
            return True
        if table.language == "fr" and word in ("vingt", "vingts") and self.part % 100 == 4:
            self.part += 76
            return True
        return False

    def _fits(self, value: int) -> bool:
        """Say whether a numeral can follow: tens behind hundreds, ones behind tens."""
        part = self.part
        if value >= self.lowest:
            return False
        if part == 0:
            return True
        if part % 1000 == 0:
            return value < 1000
        if part % 100 == 0:
            return value < 100
        if self.table.language == "fr" and part % 100 in (60, 80):
            return value < 20 and not (part % 100 == 80 and value == 20)
        return value < 10 and part % 10 == 0 and part % 100 >= 20

    def _links(self, at: int) -> bool:
        """Say whether an "and" inside the number stands at a place, and the number goes on."""
        link = self.table.link
        if not link or not self._touches(at) or self.words[at].text != link:
            return False
        if not self._touches(at + 1):
            return False
        value = self.table.value_of(self.words[at + 1].text)
        follows = self.words[at + 2].text if self._touches(at + 2) else ""
        part = self.part or self.total
        if link == "and":
            return 0 < value < 100 and part >= 100 and follows not in self.table.scales
        return 0 < value < 12 and self.part % 10 == 0 and self.part % 100 >= 20

    def _half(self, halves: int) -> Number | None:
        at = self.first + 1
        if self._touches(at) and self.words[at].text in ("a", "of"):
            at += 1
        if not self._touches(at):
            return None
        scale = self.table.scales.get(self.words[at].text) or self.table.collectives.get(
            self.words[at].text, 0
        )
        if not scale:
            return None
        self.last, self.part = at, scale * halves // 2
        return self._made(exact=scale not in self.table.collectives.values())

    def _digits(self, word: Word) -> Number | None:
        decimal = _DECIMAL.fullmatch(word.text)
        if decimal:
            if not self._next_is(self.table.scales):
                return None
            self.last += 1
            scale = self.table.scales[self.words[self.last].text]
            self.part = int(decimal[1]) * scale + int(decimal[2]) * scale // 10 ** len(decimal[2])
            return self._made()
        low, _, high = word.text.partition("-")
        if not _GROUPED.fullmatch(low) or (high and not _GROUPED.fullmatch(high)):
            return None
        self.part = int(_MARKS.sub("", high or low))
        below = int(_MARKS.sub("", low)) if high else 0
        if high and below >= self.part:
            return None
        plain = word.text.isdecimal() or (bool(high) and low.isdecimal() and high.isdecimal())
        if self._scale(self.first + 1):
            self._rest()
            plain = False
        number = self._made(exact=not high, plain=plain, low=below)
        return number if number.value <= LARGEST else None

    def _scale(self, at: int) -> bool:
        """Multiply by a scale word at a place."""
        if not self._touches(at) or self.words[at].text not in self.table.scales:
            return False
        self.total, self.part = self.part * self.table.scales[self.words[at].text], 0
        self.last = at
        return True

    def _rest(self) -> None:
        """Add digits behind a thousand: 1 bin 200."""
        at = self.last + 1
        fits = self._touches(at) and self.words[at].text.isdecimal() and self.total % 1000 == 0
        if fits and len(self.words[at].text) <= 3:
            self.part, self.last = int(self.words[at].text), at

    def _made(
        self, *, exact: bool = True, each: bool = False, weak: bool = False, plain: bool = False,
        low: int = 0,
    ) -> Number:  # fmt: skip
        start, end = self.words[self.first].start, self.words[self.last].end
        value = self.total + self.part
        return Number(self.first, self.last, start, end, value, exact, each, "", weak, plain, low)
