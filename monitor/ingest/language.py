"""What an item's language is, and its words learned, before the desk has its turn.

Dictionaries take seconds to load. That happens here, on a thread of its own, so that neither a
transaction nor the desk's beat waits for it.
"""

from __future__ import annotations

from dataclasses import replace

from monitor.core.match import Index
from monitor.core.model import Document
from monitor.ports import Poll

#: Characters of a summary that are looked at, behind the title, to tell a language.
_LOOKED_AT = 200
#: The tag of a text whose language was asked for and cannot be told (BCP 47: undetermined).
UNKNOWN = "und"
#: Titles of a document that are looked at together, to tell what language it is in.
_TITLES = 6


def language_told(index: Index, tag: str, title: str, summary: str) -> str:
    """Give the language of a cleaned title and summary; `tag` is what the feed says, if anything.

    The daemon, a replay and `try` all ask here.
    """
    return index.language_of(tag, f"{title}\n{summary[:_LOOKED_AT]}")


def prepared(poll: Poll, index: Index) -> Poll:
    """Give a poll whose entries carry the language they are in, their words learned.

    The feed's word counts unless the letters contradict it; see `core.words.language_of`.
    """
    if poll.parsed is None:
        return poll
    feed = poll.feed
    entries = tuple(
        replace(
            entry,
            language=language_told(
                index, entry.language or feed.language, entry.title, entry.summary
            )
            or UNKNOWN,
        )
        for entry in poll.parsed.items
    )
    index.prepare(
        Document(
            title=entry.title, summary=entry.summary, language=known(entry.language),
            content=entry.content, author=entry.author, categories=entry.categories,
            link=entry.link, feed=feed.name,
        )
        for entry in entries
    )  # fmt: skip
    parsed = replace(poll.parsed, items=entries)
    return replace(poll, parsed=parsed, spoken=_spoken(index, poll))


def _spoken(index: Index, poll: Poll) -> str:
    """Give the language that a document is in, whatever its feed says; one question a document."""
    if poll.parsed is None or not poll.feed.language:
        return ""
    titles = [entry.title for entry in poll.parsed.items[:_TITLES]]
    return index.language_of("", "\n".join(titles)) if titles else ""


def known(language: str) -> str:
    """Give a language, "" for one that was asked for in vain."""
    return "" if language == UNKNOWN else language
