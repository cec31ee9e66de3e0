"""The nouns of Parley, as frozen records.

Times are aware `datetime`s in UTC. Spans are code-point offsets [start, end) into the cleaned
text of one field of an item. Names of feeds, watches, channels are their ids in the configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from monitor.core.reasons import PUSHED, Reason, Severity, Verdict

__all__ = [
    "MAX_CONTENT",
    "PUSHED",
    "Decision",
    "Development",
    "Document",
    "Earlier",
    "Feed",
    "Headline",
    "Hit",
    "Item",
    "Judgement",
    "Known",
    "Note",
    "ParsedItem",
    "Placement",
    "Reason",
    "Section",
    "Severity",
    "Span",
    "StoredItem",
    "ToldDevelopment",
    "Verdict",
    "Voice",
    "document_of",
]

#: Longest content of an item that is kept, in characters; what is longer ends in an ellipsis.
MAX_CONTENT = 20_000


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed as configured. `speaks_for` names the party whose official voice it is."""

    name: str
    url: str
    language: str = ""
    publisher: str = ""
    speaks_for: str = ""
    tier: int = 2
    pace: str = ""  # empty: the pace of `fetch:`
    tags: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    user_agent: str = ""  # empty: Parley's own
    proxy: str = ""  # the URL of an HTTP proxy; empty: none
    verify: bool = True  # False: any certificate will do


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """One entry of a feed document, cleaned: valid Unicode, one line where one line is meant.

    `content` is the full text where the feed carries one beside the summary, else empty.
    `published` is what the feed says, not yet clamped; None where it says nothing readable.
    `position` counts entries from 0 in document order.
    """

    guid: str
    link: str
    title: str
    summary: str
    published: datetime | None
    author: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""
    position: int = 0
    content: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One published piece as Parley judges it.

    `identity` is a hash of content (never of row ids): feed, and guid, else link, else words.
    `published_at` is clamped: never later than ten minutes after `seen_at`. Whether an item is an
    edit of one seen before depends on its title and summary alone, never on `content`.
    """

    identity: str
    feed: str
    publisher: str
    language: str
    title: str
    summary: str
    link: str
    published_at: datetime
    seen_at: datetime
    speaks_for: str = ""
    tier: int = 2
    author: str = ""
    categories: tuple[str, ...] = ()
    content: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What matching reads: the text of an item by its fields, and what filters ask about it.

    `language` is the primary tag, "" where unknown; `tier` 0 where no feed gave one.
    """

    title: str
    summary: str = ""
    language: str = ""
    content: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()
    link: str = ""
    feed: str = ""
    publisher: str = ""
    tier: int = 0


def document_of(item: Item) -> Document:
    """Give what matching reads of an item."""
    return Document(
        title=item.title,
        summary=item.summary,
        language=item.language,
        content=item.content,
        author=item.author,
        categories=item.categories,
        link=item.link,
        feed=item.feed,
        publisher=item.publisher,
        tier=item.tier,
    )


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item with its row. `edit` is True where it is a new version of an item seen before."""

    id: int
    item: Item
    version: int = 1

    @property
    def edit(self) -> bool:
        """Whether this is a later version of an item that was seen before."""
        return self.version > 1


class Span(NamedTuple):
    """Proof of a match: code points [start, end) of `field`, and what they stand for.

    A tuple and no dataclass: thousands are made a second.
    """

    field: str  # a name of `query.FIELDS`
    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that a watch matched, with the spans that prove it."""

    watch: str
    spans: tuple[Span, ...]
    via: str = "query"  # "query" | "story"


@dataclass(frozen=True, slots=True)
class Placement:
    """Whose story an item is: one that is open, or a new one that it founds.

    `story` is the story's own name (from its founder's identity, so it never changes).
    `copy_of` is the item id of the near copy, where there is one; `similarity` is 0..1, `closeness`
    what that is of what it takes to join (1 and above). `new_numbers` are what the item says and no
    report of the story said before, `claims` labels "tracker:state" that the story told, the newest
    first; `watches` are those that the story's earlier items hit; `reports` and `publishers` count
    the story with this item. `alias` names a younger open story that the item shows to be the same:
    what was told of it stays, and what comes now is of the elder.
    """

    story: str
    founds: bool
    similarity: float = 0.0
    copy_of: int | None = None
    founder_identity: str = ""
    new_numbers: tuple[str, ...] = ()
    watches: frozenset[str] = frozenset()
    reports: int = 1
    publishers: int = 1
    claims: tuple[str, ...] = ()
    closeness: float = 0.0
    opened_at: datetime | None = None  # of its first report
    claimed_at: datetime | None = None  # of its newest claim
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a hit stands to what is known, and what it repeats where it repeats something.

    `known` names the fact ids or the story it was held against; `state` is the asserted tracker
    state where one was read. `tracker`, `cell` and `value` name what changed: `cell` the scope or
    instance within the tracker, `value` what it is now.
    """

    verdict: Verdict
    reason: Reason
    detail: str = ""
    known: tuple[str, ...] = ()
    state: str | None = None
    severity: Severity = Severity.MEDIUM
    tracker: str = ""
    cell: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Development:
    """A change of what is known.

    `key` is a hash of content (watch, founding item's identity, slot, value), so that a restored
    backup makes the same key again. `number` counts messages within the development from 1.
    `thread` is what a reader follows; mails of one thread hang together.
    """

    key: str
    watch: str
    thread: str
    number: int
    verdict: Verdict
    reason: Reason
    severity: Severity
    headline: str


@dataclass(frozen=True, slots=True)
class Headline:
    """What changed, in one line of a language: `was` and `now` are its two sides, `was` may be "".

    `language` is a primary tag.
    """

    language: str
    text: str
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done about one hit, and why. Stored for every hit, "no alert" included.

    `development` is None where nothing changed. `outcome` says what became of a development:
    PUSH, FOLDED, or the reason it was held back. `fact` is the id of the fact that it made, "" for
    none. `voices` are those who say so, or who differ, where a reader has to hear it; `certainty`
    how sure a sensitive state is, as a sentence. `headlines` say what changed in every language
    that there are words for, none where no tracker tells it; `said_by` and `denied_by` are the
    sides quoted.
    """

    watch: str
    hit: Hit
    judgement: Judgement
    outcome: Reason
    development: Development | None = None
    channels: tuple[str, ...] = ()
    fact: str = ""
    voices: tuple[Voice, ...] = ()
    certainty: str = ""
    headlines: tuple[Headline, ...] = ()
    said_by: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldDevelopment:
    """A development as it was told: its messages so far, and the channels that got the first."""

    key: str
    thread: str
    severity: Severity
    headline: str
    messages: int
    status: str  # reported | confirmed | denied | corrected | retracted
    channels: tuple[str, ...]
    verdict: Verdict = Verdict.NEW


@dataclass(frozen=True, slots=True)
class Known:
    """A line of what was known before: its text, its id, and since when."""

    id: str
    text: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Voice:
    """One who says something about a fact, and where: `claimant` is "" where nobody is quoted."""

    claimant: str
    says: str
    outlet: str
    link: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """A development that was told before in the same thread or watch: its headline, and when."""

    headline: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """One development inside a message, with all that a reader needs to trust it.

    `earlier` are developments told before it, the newest first.
    """

    development: Development
    watch_title: str
    sentence: str
    language: str
    outlet: str
    link: str
    published_at: datetime
    seen_at: datetime
    item_id: int
    story: str
    known: tuple[Known, ...] = ()
    why: tuple[str, ...] = ()
    reports: int = 1
    publishers: int = 1
    baseline_as_of: datetime | None = None
    voices: tuple[Voice, ...] = ()
    certainty: str = ""
    headlines: tuple[Headline, ...] = ()
    said_by: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    earlier: tuple[Earlier, ...] = ()

    def headline_in(self, language: str) -> Headline | None:
        """Give the composed headline in a language, else in English; None where there is none."""
        tag = language.partition("-")[0].lower()
        by_language = {each.language: each for each in self.headlines}
        return by_language.get(tag) or by_language.get("en")


@dataclass(frozen=True, slots=True)
class Note:
    """One message to be rendered by a channel. `kind`: alert, digest, ops or test.

    `sections` holds one entry a development for alerts and digests; `text` is the body of ops and
    test messages; `period` the local day of a digest; `alert` the short id that people type.
    `language` is that of headlines.
    """

    kind: str
    subject: str
    created_at: datetime
    thread: str
    sections: tuple[Section, ...] = ()
    text: str = ""
    timezone: str = "UTC"
    period: str = ""
    alert: str = ""
    language: str = "en"
