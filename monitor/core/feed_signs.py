"""Signs of how a feed does, as each look leaves them: a short line of JSON on the feed's row."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from monitor.core.text import fold, tokens

#: So many documents in a row in another language than the configured one are no chance.
LANGUAGE_LOOKS = 3
#: So many looks in a row at which a feed called itself otherwise are no slip.
TITLE_LOOKS = 3
#: A new title becomes the norm after so long, in seconds: then the feed is what it is.
TITLE_KEPT_S = 14 * 86400.0
#: So many items with a date (or a link) make it the norm of a feed to have one ...
NORM_ITEMS = 10
#: ... and so many in a row without one are against it.
WITHOUT_ITEMS = 10
#: Longest title that is remembered, in characters.
MAX_TITLE = 120
#: Counts end here: what is beyond it says nothing new, and a line that stays needs no writing.
_MOST = 10
#: Languages that short texts are mistaken for each other in.
_ALIKE = (
    frozenset({"no", "nb", "nn", "da", "sv"}), frozenset({"hr", "sr", "bs", "sl"}),
    frozenset({"id", "ms"}), frozenset({"cs", "sk"}), frozenset({"uk", "ru", "be", "bg"}),
    frozenset({"es", "pt", "gl", "ca"}), frozenset({"tr", "az"}), frozenset({"fa", "ar", "ur"}),
)  # fmt: skip
#: Of these neighbours texts with letters of their own are told apart well enough.
_SURE = frozenset({frozenset({"uk", "ru"}), frozenset({"es", "pt"}), frozenset({"ru", "bg"})})


@dataclass(frozen=True, slots=True)
class Signs:
    """What the looks so far say.

    `kind` is that of the present failures ("" while it can be read), `since` when they began
    (seconds since 1970), `mixed` whether they were of several kinds. `title` is what the feed
    called itself, `new_title` what it has called itself for `renamed` looks, since `renamed_at`.
    `foreign` counts documents in a row in a language that is not the configured one, `spoken` is
    that. `dated` and `linked` count items that had one, `undated` and `unlinked` those in a row
    that had none; all counts end at 10.
    """

    kind: str = ""
    since: float = 0.0
    mixed: bool = False
    title: str = ""
    new_title: str = ""
    renamed: int = 0
    renamed_at: float = 0.0
    foreign: int = 0
    spoken: str = ""
    dated: int = 0
    undated: int = 0
    linked: int = 0
    unlinked: int = 0


NO_SIGNS = Signs()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look saw of a document. `items` are (has a date, has a link), newest first.

    `spoken` is the language of its new titles, "" where it cannot be told.
    """

    title: str = ""
    items: tuple[tuple[bool, bool], ...] = ()
    spoken: str = ""


def signs_read(text: str) -> Signs:
    """Give the signs that `signs_written` wrote."""
    return NO_SIGNS if text == "{}" else Signs(**json.loads(text))


def signs_written(signs: Signs) -> str:
    """Give signs as JSON, without what is not said."""
    said = {name: getattr(signs, name) for name in signs.__slots__}
    kept = {name: value for name, value in said.items() if value}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)


def failed(signs: Signs, kind: str, at_s: float) -> Signs:
    """Give the signs after a look that failed; `at_s` is when, in seconds since 1970."""
    if not signs.kind:
        return replace(signs, kind=kind, since=float(round(at_s)), mixed=False)
    if signs.kind == kind:
        return signs
    return replace(signs, kind=kind, mixed=True)


def answered(signs: Signs, seen: Seen | None, language: str, at_s: float) -> Signs:
    """Give the signs after a look that brought a document, or None for one that is unchanged."""
    if signs.kind:
        signs = replace(signs, kind="", since=0.0, mixed=False)
    if seen is None:
        return signs
    signs = _named(signs, seen.title[:MAX_TITLE], at_s)
    signs = _counted(signs, seen)
    if not language or not seen.spoken:
        return signs
    if same_language(language, seen.spoken):
        return replace(signs, foreign=0, spoken="")
    if signs.spoken and signs.spoken != seen.spoken and signs.foreign < LANGUAGE_LOOKS:
        return replace(signs, foreign=1, spoken=seen.spoken)
    return replace(signs, foreign=min(_MOST, signs.foreign + 1), spoken=seen.spoken)


def kind_of(code: str, message: str) -> str:
    """Give the kind of a failure: `html` for a page instead of a feed, else its code."""
    return "html" if code == "not-a-feed" and message.startswith("HTML") else code


def same_language(one: str, other: str) -> bool:
    """Say whether two codes mean one language, or two that are easily mistaken."""
    one, other = (code.lower().replace("_", "-").partition("-")[0] for code in (one, other))
    pair = frozenset({one, other})
    return one == other or (pair not in _SURE and any(pair <= group for group in _ALIKE))


def _named(signs: Signs, title: str, at_s: float) -> Signs:
    """Follow what a feed calls itself: a title without a word of the one before is another."""
    if not title:
        return signs
    if not signs.title:
        return replace(signs, title=title)
    if _alike(signs.title, title):
        return replace(signs, new_title="", renamed=0, renamed_at=0.0) if signs.renamed else signs
    if not signs.renamed or not _alike(signs.new_title, title):
        return replace(signs, new_title=title, renamed=1, renamed_at=float(round(at_s)))
    if at_s - signs.renamed_at >= TITLE_KEPT_S:
        return replace(signs, title=title, new_title="", renamed=0, renamed_at=0.0)
    return replace(signs, renamed=min(_MOST, signs.renamed + 1))


def _alike(one: str, other: str) -> bool:
    """Say whether two titles have a word in common, or one cannot be read as words."""
    words, others = _words(one), _words(other)
    return not words or not others or not words.isdisjoint(others)


def _words(title: str) -> frozenset[str]:
    return frozenset(token.word for token in tokens(fold(title)))


def _counted(signs: Signs, seen: Seen) -> Signs:
    """Count items with and without date and link, the oldest first."""
    dated, undated, linked, unlinked = signs.dated, signs.undated, signs.linked, signs.unlinked
    for has_date, has_link in reversed(seen.items):
        dated, undated = (
            (min(_MOST, dated + 1), 0) if has_date else (dated, min(_MOST, undated + 1))
        )
        linked, unlinked = (
            (min(_MOST, linked + 1), 0) if has_link else (linked, min(_MOST, unlinked + 1))
        )
    return replace(signs, dated=dated, undated=undated, linked=linked, unlinked=unlinked)
