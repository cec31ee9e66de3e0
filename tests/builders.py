"""Small values for tests, each with defaults: a test names only what it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from monitor.core.ledger import Fact, Status
from monitor.core.match import Index
from monitor.core.model import Document, Feed, Hit, Item, ParsedItem, Placement, Severity, Span
from monitor.core.rules import (
    Concept,
    Digest,
    Route,
    RuleBook,
    SeedFact,
    Tracker,
    TrackerState,
    Watch,
)
from monitor.core.words import Lexicon
from monitor.ingest import InForce
from monitor.ports import Body, Failure, Notifier, Parsed, Poll, Unchanged
from tests.fakes import FakeNotifier

#: The morning after the baseline; every test begins here.
T0 = datetime(2025, 6, 3, 9, 0, tzinfo=UTC)
#: Until when the baseline of tests knows.
AS_OF = datetime(2025, 6, 2, 20, 0, tzinfo=UTC)

TRUCE = Concept(
    "truce",
    words={
        "en": ("ceasefire", "cease-fire", "truce"),
        "de": ("Waffenruhe",),
        "uk": ("перемир'я",),
        "tr": ("ateşkes*",),
    },
)
CAPTIVES = Concept("captives", words={"en": ("prisoners", "prisoner swap")})
AGREE = Concept("act-agree", words={"en": ("accepts", "agrees", "agreed", "agree")})
REJECT = Concept("act-reject", words={"en": ("rejects", "refuses", "rejected")})
CONCEPTS = {c.id: c for c in (TRUCE, CAPTIVES, AGREE, REJECT)}

TRUCE_TRACKER = Tracker(
    "truce",
    "state",
    "Is there a truce?",
    "$truce",
    states=(
        TrackerState("agreed", ("agree",), Severity.CRITICAL),
        TrackerState("rejected", ("reject",), Severity.HIGH),
    ),
)


def after(minutes: float = 0.0, *, hours: float = 0.0, days: float = 0.0) -> datetime:
    return T0 + timedelta(minutes=minutes, hours=hours, days=days)


def feed(name: str = "bbc", *, pace: str = "fast", language: str = "en", **more: object) -> Feed:
    url = str(more.pop("url", f"https://{name}.example.org/feed"))
    return Feed(name, url, language=language, pace=pace, **more)  # type: ignore[arg-type]


def entry(
    title: str = "Kremlin rejects 30-day truce",
    summary: str = "",
    *,
    guid: str = "",
    link: str = "",
    published: datetime | None = T0,
    language: str = "",
    position: int = 0,
) -> ParsedItem:
    """One entry of a feed, as the parser gives it."""
    return ParsedItem(guid, link, title, summary, published, language=language, position=position)


def item(
    title: str = "Kremlin rejects 30-day truce",
    summary: str = "",
    *,
    identity: str = "",
    feed: str = "bbc",
    publisher: str = "",
    language: str = "en",
    link: str = "",
    published: datetime = T0,
    seen: datetime | None = None,
) -> Item:
    return Item(
        identity=identity or f"id of {title}",
        feed=feed,
        publisher=publisher or feed,
        language=language,
        title=title,
        summary=summary,
        link=link,
        published_at=published,
        seen_at=seen or published,
    )


def watch(id: str = "ceasefire", query: str = "$truce", **more: object) -> Watch:
    title = str(more.pop("title", f"Watch {id}"))
    return Watch(id, title, query, **more)  # type: ignore[arg-type]


def seed(
    id: str = "refused",
    text: str = "Russia refused an unconditional truce of thirty days in the second round",
    *,
    watch: str = "ceasefire",
    file: str = "baselines/june.yaml",
    as_of: datetime = AS_OF,
    **more: object,
) -> SeedFact:
    return SeedFact(id, watch, text, file, as_of, **more)  # type: ignore[arg-type]


def fact(
    text: str = "Russia refused an unconditional truce of thirty days in the second round",
    *,
    id: str = "refused",
    watch: str = "ceasefire",
    status: Status = Status.SEED,
    as_of: datetime = AS_OF,
    **more: object,
) -> Fact:
    return Fact(id, watch, text, status, as_of, as_of, **more)  # type: ignore[arg-type]


def book(
    *watches: Watch,
    concepts: Mapping[str, Concept] = CONCEPTS,
    feeds: Sequence[Feed] = (),
    seeds: Sequence[SeedFact] = (),
    routes: Sequence[Route] = (),
    zone: str = "Europe/Istanbul",
    digest: Digest | None = None,
    version: str = "rules-1",
) -> RuleBook:
    return RuleBook(
        watches or (watch(),),
        concepts,
        tuple(seeds),
        tuple(routes),
        tuple(feeds) or (feed(),),
        timezone=zone,
        digest=digest or Digest(),
        version=version,
    )


class Dictionary:
    """A lexicon of a few words: lemmas by language, and endings that stems are without.

    `asked` holds what was asked of its lemmas, in order.
    """

    def __init__(
        self,
        lemmas: Mapping[str, Mapping[str, str]] | None = None,
        endings: Mapping[str, tuple[str, ...]] | None = None,
        language: str = "",
    ) -> None:
        self._lemmas, self._endings, self._language = lemmas or {}, endings or {}, language
        self.asked: list[tuple[str, frozenset[str]]] = []

    def stems(self, language: str, words: Sequence[str]) -> Sequence[str]:
        return [self._stem(word, self._endings.get(language, ())) for word in words]

    @staticmethod
    def _stem(word: str, endings: tuple[str, ...]) -> str:
        if not endings:
            return ""
        return next((word.removesuffix(each) for each in endings if word.endswith(each)), word)

    def lemmas(self, language: str, words: Collection[str]) -> Mapping[str, str]:
        self.asked.append((language, frozenset(words)))
        known = self._lemmas.get(language, {})
        return {word: known[word] for word in words if word in known}

    def detect(self, text: str) -> str:
        del text
        return self._language


def index_of(
    *queries: str,
    lexicon: Lexicon | None = None,
    match_all: bool = False,
    **words: Mapping[str, tuple[str, ...]] | str,
) -> Index:
    """An index of watches `w0`, `w1`... `words` are concepts: words by language, or a query."""
    made = {
        name: Concept(name, query=said) if isinstance(said, str) else Concept(name, words=said)
        for name, said in words.items()
    }
    watches = [watch(f"w{n}", text, match_all=match_all) for n, text in enumerate(queries)]
    return Index(book(*watches, concepts={**CONCEPTS, **made}), lexicon)


def hits_of(made: Index, document: Document) -> tuple[Hit, ...]:
    """The hits of an item, in the order of the watches."""
    return made.hits(made.scan(document))


def found_in(made: Index, document: Document) -> list[str]:
    """What the hits of an item are proven by: the field and the words as they stand."""
    spans = sorted({(s.field, s.start, s.end) for h in hits_of(made, document) for s in h.spans})
    texts = {
        "title": document.title,
        "summary": document.summary,
        "content": document.content,
        "author": document.author,
        "category": "\n".join(document.categories),
        "link": document.link,
        "feed": document.feed,
    }
    return [f"{field}: {texts[field][start:end]}" for field, start, end in spans]


def in_force(rules: RuleBook | None = None, *channels: Notifier) -> InForce:
    """Rules with their channels; a console is always among them."""
    rules = rules or book()
    listed = channels or (FakeNotifier("console"),)
    return InForce(rules, Index(rules), {channel.name: channel for channel in listed})


def poll(
    *entries: ParsedItem,
    feed: Feed | None = None,
    at: datetime = T0,
    fetched: Body | Unchanged | Failure | None = None,
    etag: str = '"1"',
    first_contact: bool = False,
    failures: int = 0,
) -> Poll:
    """One finished look at a feed that held `entries`, or that ended as `fetched` says."""
    looked_at = feed or Feed("bbc", "https://bbc.example.org/feed", language="en", pace="fast")
    got = fetched or Body(looked_at.url, b"", etag=etag, last_modified=f"{at:%a} {etag}")
    parsed = Parsed("News", entries) if isinstance(got, Body) else None
    return Poll(
        looked_at,
        at,
        got,
        parsed=parsed,
        body_hash=etag if parsed else "",
        first_contact=first_contact,
        failures=failures,
    )


def hit(watch: str = "ceasefire", spans: Iterable[Span] = ()) -> Hit:
    return Hit(watch, tuple(spans) or (Span("title", 22, 27, "$truce"),))


def placement(
    story: str = "s1",
    *,
    founds: bool = False,
    copy_of: int | None = None,
    numbers: tuple[str, ...] = (),
    watches: Iterable[str] = ("ceasefire",),
    founder: str = "founder",
) -> Placement:
    return Placement(
        story,
        founds,
        similarity=0.5,
        copy_of=copy_of,
        founder_identity=founder,
        new_numbers=numbers,
        watches=frozenset(() if founds else watches),
    )
