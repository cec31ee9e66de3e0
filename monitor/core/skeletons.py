"""Names and numbers as every language writes them: what one event's reports share everywhere.

A name is reduced to its consonants after transliteration: Зеленський, Selenskyj and Zelenski are
all `slnsk`. A number is its digits, also where it is written out. Neither needs a dictionary, so a
language that the rules do not speak is compared as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from monitor.core.text import Token, fold, tokens

#: Shorter words are no names that can be told from others, in letters.
SHORTEST_NAME = 4
#: So many letters of a skeleton are compared: what follows is inflection.
SKELETON_LETTERS = 5
#: A skeleton of fewer letters fits too many names.
SHORTEST_SKELETON = 3
#: A smaller number that is written out is mostly no count ("the two sides").
LEAST_WRITTEN_OUT = 5
#: A longer run of digits is no count of anything.
LONGEST_NUMBER = 9

_CYRILLIC = dict(
    zip(
        "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя",
        "a b v g g d e e ie zh z i i i i k l m n o p r s t u f kh ts ch sh sh  i  e iu ia".split(
            " "
        ),
        strict=True,
    )
)
#: Letters whose mark changes the sound, or that do not come apart into a letter and a mark.
_LATIN = {
    **dict.fromkeys("çčćşšśș", "ch"),
    **dict.fromkeys("žżź", "z"),
    "ł": "l", "ı": "i", "ß": "ss", "ø": "o", "đ": "d", "æ": "e", "œ": "e", "þ": "t", "ð": "d",
}  # fmt: skip
_LETTERS = str.maketrans({**_CYRILLIC, **_LATIN})
#: What different spellings write for one sound; the longest first.
_SOUNDS = re.compile("tsch|tch|sch|dsh|dzh|sh|sz|ch|cz|ts|tz|zh|kh|ph|th|x|[cqwyjz]")
_SOUND_OF = {
    **dict.fromkeys("tsch tch sch sh sz ch cz ts tz kh c q".split(), "k"),
    **dict.fromkeys(("dsh", "dzh", "y", "j"), "i"),
    "zh": "s", "z": "s", "ph": "f", "th": "t", "x": "ks", "w": "v",
}  # fmt: skip
_SILENT = re.compile("[aeiouh]")
_TWICE = re.compile(r"(.)\1+")

#: Number words of a language by value, forms of one value with slashes between.
_WRITTEN = {
    "en": "2 two 3 three 4 four 5 five 6 six 7 seven 8 eight 9 nine 10 ten 11 eleven 12"
    " twelve 20 twenty 30 thirty 40 forty 50 fifty 60 sixty 70 seventy 80 eighty 90"
    " ninety 100 hundred 1000 thousand",
    "de": "2 zwei 3 drei 4 vier 5 fünf 6 sechs 7 sieben 8 acht 9 neun 10 zehn 11 elf 12 zwölf"
    " 20 zwanzig 25 fünfundzwanzig 30 dreißig/dreissig 40 vierzig 50 fünfzig 60 sechzig"
    " 90 neunzig 100 hundert/einhundert 300 dreihundert 1000 tausend/eintausend 1200"
    " zwölfhundert 6000 sechstausend",
    "fr": "2 deux 3 trois 4 quatre 5 cinq 6 six 7 sept 8 huit 9 neuf 10 dix 11 onze 12 douze"
    " 20 vingt 30 trente 40 quarante 50 cinquante 60 soixante 100 cent/cents 1000 mille",
    "es": "2 dos 3 tres 4 cuatro 5 cinco 6 seis 7 siete 8 ocho 9 nueve 10 diez 11 once 12"
    " doce 20 veinte 25 veinticinco 30 treinta 40 cuarenta 50 cincuenta 60 sesenta 90"
    " noventa 100 cien/ciento 200 doscientos 300 trescientos 1000 mil",
    "it": "2 due 3 tre 4 quattro 5 cinque 6 sei 7 sette 8 otto 9 nove 10 dieci 12 dodici 20"
    " venti 25 venticinque 30 trenta 40 quaranta 50 cinquanta 60 sessanta 90 novanta"
    " 100 cento 200 duecento 300 trecento 1000 mille/mila 6000 seimila",
    "tr": "2 iki 3 üç 4 dört 5 beş 6 altı 7 yedi 8 sekiz 9 dokuz 10 on 20 yirmi 30 otuz 40"
    " kırk 50 elli 60 altmış 70 yetmiş 80 seksen 90 doksan 100 yüz 1000 bin",
    "pl": "2 dwa/dwie/dwóch 3 trzy/trzech 4 cztery/czterech 5 pięć/pięciu 6 sześć/sześciu 7"
    " siedem/siedmiu 8 osiem/ośmiu 9 dziewięć/dziewięciu 10 dziesięć/dziesięciu 12"
    " dwanaście 20 dwadzieścia/dwudziestu 30 trzydzieści/trzydziestu 50"
    " pięćdziesiąt/pięćdziesięciu 100 sto/stu 200 dwieście/dwustu 300 trzysta/trzystu"
    " 1000 tysiąc/tysiące/tysięcy/tysiąca",
    "ru": "2 два/две/двух 3 три/трех/трёх 4 четыре 5 пять/пяти 6 шесть/шести 7 семь/семи 8"
    " восемь/восьми 9 девять/девяти 10 десять/десяти 12 двенадцать 20 двадцать/двадцати"
    " 30 тридцать/тридцати 40 сорок/сорока 50 пятьдесят/пятидесяти 100 сто/ста 200"
    " двести/двухсот 300 триста/трехсот/трёхсот 1000 тысяча/тысячи/тысяч/тысячу",
    "uk": "2 два/дві/двох 3 три/трьох 4 чотири 5 п'ять/п'яти 6 шість/шести 7 сім/семи 8"
    " вісім/восьми 9 дев'ять/дев'яти 10 десять/десяти 12 дванадцять 20"
    " двадцять/двадцяти 30 тридцять/тридцяти 40 сорок/сорока 50 п'ятдесят/п'ятдесяти"
    " 100 сто/ста 200 двісті/двохсот 300 триста/трьохсот 1000"
    " тисяча/тисячі/тисяч/тисячу",
}
_HUNDRED, _THOUSAND = 100, 1000


def _values(listed: str) -> Mapping[str, int]:
    """Read a list of values, each before the words for it."""
    parts = listed.split()
    return {
        fold(word): int(value)
        for value, words in zip(parts[::2], parts[1::2], strict=True)
        for word in words.split("/")
    }


_VALUES = {language: _values(listed) for language, listed in _WRITTEN.items()}


@lru_cache(maxsize=20_000)
def skeleton(word: str) -> str:
    """Give the consonants of a folded word, at most five letters, "" where too few are left."""
    plain = unicodedata.normalize("NFD", word.translate(_LETTERS))
    letters = "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
    sounds = _SOUNDS.sub(lambda found: _SOUND_OF[found[0]], letters)
    if not sounds:
        return ""
    first = "i" if sounds[0] == "e" else sounds[0]  # Yermak and Ermak
    bones = _TWICE.sub(r"\1", first + _SILENT.sub("", sounds[1:]))[:SKELETON_LETTERS]
    return bones if len(bones) >= SHORTEST_SKELETON else ""


def names_and_numbers(text: str, language: str = "") -> frozenset[str]:
    """Give what a cleaned text has of names, as skeletons, and of numbers, as digits; no years.

    A name is a capitalised word. A German noun or the first word of a sentence is one too: such
    words stand in many stories and weigh little.
    """
    found = tokens(fold(text))
    return frozenset(
        bones
        for token in found
        if not token.is_number and not text[token.start : token.end].islower()
        for bones in (skeleton(_shortest(token)),)
        if bones
    ).union(_numbers(found, _VALUES.get(language, {})))


def _shortest(token: Token) -> str:
    """Give the word that is the name: İstanbul of İstanbul'da, échange of l'échange."""
    parts = [key for key in token.keys[1:] if len(key) >= SHORTEST_NAME]
    word = parts[0] if parts else token.word
    return word if len(word) >= SHORTEST_NAME else ""


def _numbers(found: Sequence[Token], values: Mapping[str, int]) -> Iterator[str]:
    """Give the numbers of a text; words behind digits or words ("6 тысяч") are one with them."""
    run: list[tuple[int, bool]] = []  # values, and whether each is in digits
    end = -1
    for token in found:
        digits = token.is_number and len(token.word) <= LONGEST_NUMBER
        value = int(token.word) if digits else values.get(token.word)
        goes_on = value is not None and token.start - end == 1
        if digits:  # "1 bin 200" is one number, "2 200" and "iki 200" are two
            goes_on = goes_on and run[-1:] == [(_THOUSAND, False)] and int(token.word) < _THOUSAND
        if run and not goes_on:
            yield from _together(run)
            run = []
        if value is not None and not (digits and _is_year(token)):
            run.append((value, digits))
        end = token.end
    if run:
        yield from _together(run)


def _together(run: Sequence[tuple[int, bool]]) -> Iterator[str]:
    """Give the number that a run of digits and number words tells: 2, thousand, hundred: 2100."""
    whole = part = 0
    for value, digits in run:
        if value == _THOUSAND and not digits:
            whole, part = whole + max(part, 1) * _THOUSAND, 0
        elif value == _HUNDRED and not digits:
            part = max(part, 1) * _HUNDRED
        else:
            part += value
    if run[0][1] or whole + part >= LEAST_WRITTEN_OUT:
        yield str(whole + part)


def _is_year(token: Token) -> bool:
    """Say whether a number is written as a year is: 2025, not 2,000."""
    return token.end - token.start == 4 and token.word[:2] in {"19", "20"}
