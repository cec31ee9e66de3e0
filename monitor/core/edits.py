"""What became of a wording: nothing, a correction of letters, or something that may be news.

A change that may be news is judged again, which costs little: what it says that is known is told to
nobody. So only what surely changes no meaning is passed over: punctuation and case (they are no
words at all), counters, stamps and labels that a page hangs on its headlines, articles, a slip of
the pen put right.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from enum import IntEnum

from monitor.core.text import fold, tokens

#: Words of fewer letters are not taken for a slip: two such words are two words.
SLIP_LETTERS = 7
#: So many words of a text may have been put right at once.
SLIPS = 2
#: Words without weight: they may come and go. Prepositions, negations and auxiliaries have some.
_WEIGHTLESS = frozenset("a the der das den ein eine einen le la les une el los las il gli".split())
#: Latin letters that are taken for one another by ear.
_SOUND_ALIKE = frozenset(map(frozenset, ("mn", "iy", "sz", "ck", "cs")))
#: What a page says of itself: "update", "live", in the languages of the vocabulary.
_LABEL = (
    r"(?:(?:last )?updated?|upd|breaking(?: news)?|live|watch|video|photos?|exclusive"
    r"|aktualisiert|aktualisierung|eilmeldung|eil|mise? à jour|direct|actualizad[oa]"
    r"|aggiornato|aktualizacja|pilne|güncellendi|güncelleme|son dakika|canlı"
    r"|обновлено|обновляется|дополнено|видео|фото|оновлено|оновлюється|доповнено|відео)"
)
_TIME = r"(?:\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?(?:am|pm|uhr|gmt|utc|msk))?)"
_COUNTED = (
    r"(?:comments?|views?|shares?|likes?|replies|reactions|kommentare?|aufrufe|commentaires?|vues"
    r"|comentarios?|commenti|komentarz\w*|yorum|görüntüleme|комментари\w*|просмотр\w*|коментар\w*"
    r"|перегляд\w*)"
)
_SPAN = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|sekunden?|minuten?|stunden?|heures?|minutos?"
    r"|horas?|dakika|dk|saat|минут\w*|мин|час\w*|хвилин\w*|хв|годин\w*)"
)
#: What counts by itself, stamps, and labels at the edges; read on folded text.
_PASSING = re.compile(
    rf"\b\d[\d.,\u00a0\u202f ]{{0,12}}[km]? ?{_COUNTED}\b|\b{_COUNTED}: ?\d[\d.,]{{0,12}}"
    rf"|\b\d{{1,3}} {_SPAN} (?:ago|önce|назад|тому)\b|\b(?:vor|il y a|hace) \d{{1,3}} {_SPAN}\b"
    rf"|\b\d{{1,3}}[ -]min(?:ute)?s?[ -]read\b"
    rf"|\b{_LABEL}:? (?:at |um |à |a las |в |о )?{_TIME}"
    rf"|\A\W{{0,4}}{_LABEL}\b(?=\W{{0,4}}[:|\])\u2013\u2014-])|\b{_LABEL}\W{{0,4}}\Z"
)


class Change(IntEnum):
    """What an edit did to what is said, from least to most."""

    NONE = 0  # the same words, or only what counts by itself
    COSMETIC = 1  # kept as a version, and not judged again
    MATERIAL = 2  # judged again


def change_of(before: tuple[str, str], after: tuple[str, str]) -> Change:
    """Say what became of a wording; each is (title, summary).

    A summary that is gone says nothing new.
    """
    title = _change(before[0], after[0])
    if not after[1].strip():
        return max(title, Change.COSMETIC if before[1].strip() else Change.NONE)
    return max(title, _change(before[1], after[1]))


def retitled(before: str, after: str) -> bool:
    """Say whether a title says something else than it did."""
    return _change(before, after) is Change.MATERIAL


def _change(before: str, after: str) -> Change:
    if before == after:
        return Change.NONE
    old, new = _words(before), _words(after)
    if old == new:
        return Change.NONE
    gone, came = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if not gone and not came:  # "A accepts the plan of B" and the other way round
        return Change.MATERIAL
    lost = [word for word in gone.elements() if word not in _WEIGHTLESS]
    won = [word for word in came.elements() if word not in _WEIGHTLESS]
    if not lost and not won:
        return Change.COSMETIC
    if len(lost) == len(won) <= SLIPS and all(map(_is_slip, lost, won)):
        return Change.COSMETIC
    return Change.MATERIAL


def _words(text: str) -> list[str]:
    """Give the words and numbers of a text in order, without what counts by itself."""
    return [token.word for token in tokens(_PASSING.sub(" ", fold(text)))]


def _is_slip(before: str, after: str) -> bool:
    """Say whether a word is another with a letter put right.

    That is a letter more or less inside it, two neighbours changed round, an accent, or a Latin
    letter that sounds like the other. Any letter in the place of any other makes another word too
    often: in Russian "cancelled" and "noted" differ by one.
    """
    if min(len(before), len(after)) < SLIP_LETTERS or before[0].isdigit():
        return False
    if _bare(before) == _bare(after):
        return True
    if before[0] != after[0] or before[-1] != after[-1] or abs(len(before) - len(after)) > 1:
        return False
    short, long = sorted((before, after), key=len)
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return frozenset((short[at], long[at])) in _SOUND_ALIKE
    return short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]


def _bare(word: str) -> str:
    """Give a word without accents, but of the letters that are their own in Cyrillic."""
    marked = unicodedata.normalize("NFD", word.replace("ё", "е"))
    latin = "".join(c for c in marked if not unicodedata.combining(c))
    return latin if latin.isascii() else word.replace("ё", "е")
