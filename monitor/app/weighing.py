"""Which words and names of a text weigh most: the ones it repeats, and the ones of its headline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from monitor.app.everyday import EVERYDAY, GENERAL
from monitor.core.query import parse_term
from monitor.core.text import fold, tokens
from monitor.core.words import Lexicon
from monitor.errors import QueryError
from monitor.settings.letters import mixed_words

#: Shortest word that says what a text is about, in letters: shorter ones are mostly grammar.
SHORTEST = 4
#: Shortest name all in capitals, and shortest part of a watch's name that counts, in letters.
SHORTEST_NAME = 2
#: Words of a headline that begin with a capital, as a share, beyond which capitals say nothing.
CAPITALS = 0.6
#: Longest run of names that is one name, in words.
LONGEST_NAME = 4
#: What a word of the headline weighs, and one by which the watch is called; any other weighs one.
IN_HEADLINE, CALLED = 3, 6
#: Words that no dictionary knows, of which it is asked whether they are two words in one.
MOST_COMPOUNDS = 40
_APOSTROPHES = re.compile(r"['\u2019\u02bc`]")
#: Joins between the parts of a compound, as in Sicherheit-s-lücke.
_JOINTS = ("", "s", "n", "en", "es")

#: A word as it is written, and where it stands in its line.
_Word = tuple[str, int, int]


@dataclass(slots=True)
class Weights:
    """How much each word and name weighs; `written` is how a word stands in the text.

    `general` are words that say little alone: such as any news has, and verbs.
    """

    topics: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    written: dict[str, str] = field(default_factory=dict)
    general: set[str] = field(default_factory=set)


def weights_of(lines: Sequence[str], language: str, lexicon: Lexicon, called: str = "") -> Weights:
    """Weigh the words of a text: how often they stand in it, more in its first line.

    A word that the name of the watch, `called`, begins weighs more.
    """
    result = Weights()
    unsure: Counter[str] = Counter()  # begins a sentence: it may be a name or not
    rare = _rare(lines, language, lexicon)
    calls = [part for part in re.split(r"[-_]+", called) if len(part) >= SHORTEST_NAME]
    for number, line in enumerate(lines):
        weight = IN_HEADLINE if number == 0 else 1
        words = _words(line)
        runs = list(_names(line, words, language)) if _capitals_tell(words, language) else []
        for name, _ in runs:
            result.names[name] += weight
        inside = {at for _, places in runs for at in places}
        for at, (word, start, _) in enumerate(words):
            key = fold(word)
            named = any(_calls(part, key) for part in calls)
            if at in inside or not (_is_long(word) or named) or not can_stand(word):
                continue
            heavy = weight + (CALLED if named else 0)
            tail = len(word) < SHORTEST and line[start - 1 : start] == "-"  # the IP of BIG-IP
            if word[0].isupper() and not tail and (key in rare or (named and word.isupper())):
                result.names[word] += heavy
            elif len(word) >= SHORTEST:
                result.written.setdefault(key, word)
                first = start == words[0][1] and word[:1].isupper()
                (unsure if first else result.topics)[key] += heavy
    _settle(result, unsure)
    result.general = {
        key for key in result.topics if _is_general(result.written[key], language, lexicon)
    }
    return result


def _calls(part: str, key: str) -> bool:
    """Say whether a part of a watch's name is meant for a word: it begins it; a short one is it."""
    return key.startswith(part) if len(part) >= SHORTEST else key == part


def _settle(weights: Weights, unsure: Counter[str]) -> None:
    """Count what begins a sentence as what it is elsewhere, and a long name as its short one."""
    known = {fold(name): name for name in weights.names}
    for key, weight in unsure.items():
        if key in known:
            weights.names[known[key]] += weight
        else:
            weights.topics[key] += weight
    for name in list(weights.names):  # Merkel, where Angela Merkel is named as well
        parts = name.split()
        if len(parts) > 1 and parts[-1] in weights.names:
            weights.names[parts[-1]] += weights.names.pop(name)


def _words(line: str) -> list[_Word]:
    """Give the words of a line as they are written, without numbers, with their places.

    A number right behind capitals is a part of their word: F5.
    """
    found: list[_Word] = []
    for token in tokens(fold(line)):
        if token.is_number:
            if found and found[-1][2] == token.start and found[-1][0].isupper():
                _, start, _ = found.pop()
                found.append((line[start : token.end], start, token.end))
            continue
        piece = line[token.start : token.end]
        longest = max(_APOSTROPHES.split(piece), key=len) if len(token.keys) > 1 else piece
        found.append((longest, token.start, token.end))
    return found


# --- names ------------------------------------------------------------------------------------


def _capitals_tell(words: Sequence[_Word], language: str) -> bool:
    """Say whether capitals mark names: not in a headline where nearly every word has one.

    A German one is never written so.
    """
    if language == "de":
        return True
    long = [word for word, _, _ in words if len(word) >= SHORTEST]
    return len(long) < 4 or sum(word[0].isupper() for word in long) <= CAPITALS * len(long)


def _names(line: str, words: Sequence[_Word], language: str) -> Iterator[tuple[str, range]]:
    """Give names, and the numbers of the words that they are: capitals within a sentence.

    German writes every noun so: there only several in a row are taken for a name.
    """
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and end - at < LONGEST_NAME and _continues(
            line, words, at, end, language
        ):  # fmt: skip
            end += 1
        least = 2 if language == "de" or at == 0 else 1
        if end - at >= least:
            name = words[at][0] + "".join(
                line[before : word[1]] + word[0] for (_, _, before), word in pairwise(words[at:end])
            )
            if can_stand(name) and any(_is_long(word) for word, _, _ in words[at:end]):
                yield name, range(at, end)
        at = max(end, at + 1)


def _is_long(word: str) -> bool:
    return len(word) >= SHORTEST or (len(word) >= SHORTEST_NAME and word.isupper())


def _continues(line: str, words: Sequence[_Word], first: int, at: int, language: str) -> bool:
    """Say whether a word is a part of the name that begins at `first`."""
    word, start, _ = words[at]
    key = fold(word)
    if not word[0].isupper() or key in EVERYDAY or (language == "de" and key == "die"):
        return False
    before, _, end = words[max(at - 1, first)]
    joint = line[end:start]
    return at == first or joint == " " or (joint == "-" and before.isupper() and word.isupper())


def _rare(lines: Sequence[str], language: str, lexicon: Lexicon) -> frozenset[str]:
    """Give the words with a capital that the dictionary does not know: names, nearly all.

    None where it knows less than half of the text: there it says nothing. Two words in one, such as
    Hafenverwaltung, are known if both are.
    """
    words = {fold(word): word for line in lines for word, _, _ in _words(line)}
    known = lexicon.lemmas(language, words) if language else {}
    if 2 * len(known) < len(words) or not known:
        return frozenset()
    large = {
        fold(word) for line in lines for word, _, _ in _words(line)
        if word[0].isupper() and fold(word) not in known and _is_long(word)
    }  # fmt: skip
    halves = {
        key: [(key[:at], key[at:]) for at in range(3, len(key) - 3)]
        for key in sorted(large)[:MOST_COMPOUNDS]
    }
    asked = {
        part for splits in halves.values() for head, tail in splits
        for part in (tail, *_without_joint(head))
    }  # fmt: skip
    parts = lexicon.lemmas(language, asked)
    compounds = {
        key for key, splits in halves.items()
        if any(tail in parts and any(one in parts for one in _without_joint(head))
               for head, tail in splits)
    }  # fmt: skip
    return frozenset(large - compounds)


def _without_joint(head: str) -> Iterator[str]:
    """Give what the first part of a compound may be: Sicherheit, in Sicherheits-lücke."""
    yield from (head.removesuffix(one) for one in _JOINTS if head.endswith(one) and len(head) > 4)
    if len(head) <= SHORTEST:
        yield head


# --- entries ----------------------------------------------------------------------------------


def fault_in(entry: str, common: frozenset[str]) -> str:
    """Say why an entry is none to look for: the loader would refuse it, or it is in any news."""
    try:
        term = parse_term(entry)
    except QueryError as error:
        return f"{error.message} ({error.hint})"
    if all(part.word in common or part.word.isdigit() for part in term.parts):
        return "nearly any text has it"
    return next((f"{found.message} ({found.hint})" for found in mixed_words(entry)), "")


def can_stand(entry: str) -> bool:
    """Say whether an entry may be looked for: the loader takes it, and not any news has it."""
    return not fault_in(entry, EVERYDAY)


def keys_of(entry: str) -> frozenset[str]:
    """Give the folded words of an entry."""
    return frozenset(key for token in tokens(fold(entry)) for key in token.keys)


def lemma_of(word: str, language: str, lexicon: Lexicon) -> str:
    """Give a word as its dictionary lists it, where that is clearly the same word.

    Empty where that is an everyday word. Turkish is left as it stands: a folded lemma has lost
    which i it has.
    """
    if language in {"", "tr"}:
        return word
    key = fold(word)
    lemma = lexicon.lemmas(language, [key]).get(key, "")
    if lemma in EVERYDAY:
        return ""
    if language == "de" and word[0].isupper():  # its noun may be listed as an adjective: Linke
        return word
    alike = SHORTEST <= len(lemma) <= len(key) and lemma[:3] == key[:3]
    return lemma if alike and can_stand(lemma) else key


def _is_general(word: str, language: str, lexicon: Lexicon) -> bool:
    """Say whether a word says little alone: a general one, or a verb where writing shows it.

    German nouns have a capital; an English word in -ed is of a verb.
    """
    key = fold(word)
    lemma = lexicon.lemmas(language, [key]).get(key, "") if language else ""
    if language == "de" and word[0].islower():
        return True
    if language == "en" and key.endswith("ed") and lemma and lemma != key:
        return True
    return key in GENERAL or lemma in GENERAL
