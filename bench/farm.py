"""A farm of feeds on loopback addresses, for the measurements: made from a seed, served by itself.

    python bench/farm.py --feeds 1000 --seed 1

It prints one line of JSON with its port and what it holds, then obeys lines on its input and
answers each with a line of JSON: `change PERCENT` gives so many of the feeds one to three new
items, `each PERCENT` does so after each round of requests (as many as there are feeds), `items` tells how many there have been, `counts` how it answered since the last question,
`quit` ends it. Every feed has its
own path; feeds are spread over 200 addresses, for the daemon spares a host. Answers carry ETag,
Last-Modified and, for those who take it, gzip.

What it holds: RSS 2.0, Atom and RDF; six languages; an eighth of them not in UTF-8; three in ten
with full texts; one in thirty faulty (a bare ampersand, an entity without DTD, a tag that is never
closed, a control character). Words are those of the dictionaries that Parley has, the frequent ones
by far more often; three items in a hundred speak of what the shipped watches look for.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import itertools
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from html import escape

HOSTS = 200
#: Language, its share of the feeds, and the charset of those that are not in UTF-8.
LANGUAGES = (
    ("en", 46, "iso-8859-1"), ("ru", 14, "koi8-r"), ("uk", 10, "windows-1251"),
    ("de", 12, "windows-1252"), ("tr", 10, "iso-8859-9"), ("fr", 8, "iso-8859-15"),
)  # fmt: skip
#: What the shipped watches look for, in each language.
HOT = {
    "en": ("ceasefire", "prisoner exchange", "talks in Istanbul", "peace deal", "truce"),
    "ru": ("перемирие", "обмен пленными", "переговоры в Стамбуле", "прекращение огня"),
    "uk": ("перемир'я", "обмін полоненими", "переговори у Стамбулі", "припинення вогню"),
    "de": ("Waffenruhe", "Gefangenenaustausch", "Gespräche in Istanbul", "Waffenstillstand"),
    "tr": ("ateşkes", "esir takası", "İstanbul görüşmeleri"),
    "fr": ("cessez-le-feu", "échange de prisonniers", "pourparlers d'Istanbul", "trêve"),
}
FAULTS = ("amp", "entity", "tag", "control")
VOCABULARY = 8_000
#: The moment of the first item of a feed; each further one is some half an hour later.
BEGINNING = 1_748_736_000


@dataclass
class Feed:
    """What stays the same of a feed, and how often it has changed."""

    number: int
    language: str
    kind: str
    charset: str
    fault: str
    full: bool
    items: int
    newest: int = 0
    changes: int = 0
    answer: dict[str, object] = field(default_factory=dict)


class Farm:
    """All feeds, rendered. The same seed gives the same bytes."""

    def __init__(self, feeds: int, seed: int) -> None:
        self._seed = seed
        self._words = {language: _vocabulary(language, seed) for language, _, _ in LANGUAGES}
        self.feeds = [self._feed(number) for number in range(feeds)]
        self.changes = 0
        self.percent = 0.0  # of the feeds that change after each round
        for feed in self.feeds:
            self._render(feed)

    @property
    def items(self) -> int:
        """How many items there have been, those included that fell out of their feeds again."""
        return sum(feed.newest for feed in self.feeds)

    @property
    def faulty(self) -> int:
        """How many feeds are ill-formed."""
        return sum(bool(feed.fault) for feed in self.feeds)

    def change(self, percent: float) -> int:
        """Give some of the feeds new items; tells how many items in all."""
        self.changes += 1
        chance = random.Random(f"{self._seed}|change {self.changes}")
        before = self.items
        for feed in chance.sample(self.feeds, round(len(self.feeds) * percent / 100)):
            feed.newest += chance.randint(1, 3)
            feed.changes += 1
            self._render(feed)
        return self.items - before

    def _feed(self, number: int) -> Feed:
        chance = random.Random(f"{self._seed}|feed {number}")
        language, _, charset = chance.choices(LANGUAGES, [share for _, share, _ in LANGUAGES])[0]
        kind = chance.choices(("rss", "atom", "rdf"), (71, 25, 4))[0]
        drawn = chance.random()
        items = chance.randint(20, 60)
        return Feed(
            number, language, kind,
            "utf-16" if drawn < 0.012 else charset if drawn < 0.13 else "utf-8",
            chance.choice(FAULTS) if chance.random() < 0.034 else "",
            chance.random() < 0.3, items, newest=items,
        )  # fmt: skip

    def _render(self, feed: Feed) -> None:
        numbers = range(feed.newest, feed.newest - feed.items, -1)
        pieces = [self._item(feed, number) for number in numbers]
        text = _DOCUMENTS[feed.kind](feed, "".join(pieces))
        if feed.fault == "amp":
            text = text.replace("</title>", " R&D</title>", 3)
        elif feed.fault == "entity":
            text = text.replace("</title>", "&nbsp;&ndash;</title>", 3)
        elif feed.fault == "tag":
            text = text.replace("</title>", "<br></title>", 2)
        elif feed.fault == "control":
            text = text.replace("</title>", "\x0b</title>", 1)
        raw = text.encode(feed.charset, "xmlcharrefreplace")
        feed.answer = {
            "etag": f'"{hashlib.blake2b(raw, digest_size=8).hexdigest()}"',
            "modified": formatdate(BEGINNING + feed.newest * 1700 + feed.changes, usegmt=True),
            "gzip": gzip.compress(raw, 4, mtime=0),
        }

    def _item(self, feed: Feed, number: int) -> str:
        chance = random.Random(f"{self._seed}|item {feed.number} {number}")
        at = BEGINNING + number * 1700 + chance.randrange(1500)
        hot = chance.choice(HOT[feed.language]) if chance.random() < 0.03 else ""
        title = self._text(chance, feed.language, chance.randint(6, 12), hot).rstrip(".")
        base = f"https://site{feed.number:05d}.example"
        parts = {
            "title": escape(title),
            "link": f"{base}/news/{number}-{chance.randrange(10**6)}",
            "guid": f"tag:site{feed.number:05d}.example,2025:{number}",
            "summary": escape(self._html(chance, feed.language, chance.randint(25, 80), hot)),
            "content": "",
            "date": formatdate(at, usegmt=True),
            "iso": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
            "author": escape(self._text(chance, feed.language, 2, "").title().rstrip(".")),
        }
        if feed.full:
            parts["content"] = escape(
                self._html(chance, feed.language, chance.randint(150, 420), hot)
            )
        return _ITEMS[feed.kind](parts)

    def _html(self, chance: random.Random, language: str, words: int, hot: str) -> str:
        paragraphs = []
        while words > 0:
            size = chance.randint(12, 40)
            said = escape(self._text(chance, language, size, hot), quote=False)
            if chance.random() < 0.3:
                said += f' <a href="/story/{chance.randrange(10**6)}?utm_source=rss">'
                said += f"{self._text(chance, language, 3, '')}</a>"
            paragraphs.append(f"<p>{said}</p>")
            words -= size
            hot = ""
        return "".join(paragraphs)

    def _text(self, chance: random.Random, language: str, words: int, hot: str) -> str:
        known, weights = self._words[language]
        drawn = chance.choices(known, cum_weights=weights, k=words)
        if hot:
            drawn.insert(chance.randrange(words + 1), hot)
        for at in range(9, words, 11):
            drawn[at] += "."
        said = " ".join(drawn)
        return said[0].upper() + said[1:] + "."


def _vocabulary(language: str, seed: int) -> tuple[list[str], list[float]]:
    """Give words of a language and their weights, summed up: each rank is half as rare again."""
    from simplemma.strategies import DefaultDictionaryFactory  # noqa: PLC0415 - slow to import

    raw = DefaultDictionaryFactory().get_dictionary(language)
    words = sorted(str(word, "utf-8") if isinstance(word, bytes) else word for word in raw)
    words = [word for word in words if word.isalpha() and 2 <= len(word) <= 14]
    chance = random.Random(f"{seed}|words {language}")
    drawn = chance.sample(words, min(VOCABULARY, len(words)))
    return drawn, list(itertools.accumulate(1 / (rank + 8) for rank in range(len(drawn))))


def _rss(feed: Feed, items: str) -> str:
    return (
        f'<?xml version="1.0" encoding="{feed.charset}"?>\n<rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
        f"<title>Site {feed.number}</title><link>https://site{feed.number:05d}.example/</link>"
        f"<description>All of it</description><language>{feed.language}</language>\n"
        f"{items}</channel></rss>\n"
    )


def _atom(feed: Feed, items: str) -> str:
    return (
        f'<?xml version="1.0" encoding="{feed.charset}"?>\n<feed'
        f' xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}">\n'
        f"<title>Site {feed.number}</title><id>tag:site{feed.number:05d}.example,2025:feed</id>"
        f'<link href="https://site{feed.number:05d}.example/"/>\n{items}</feed>\n'
    )


def _rdf(feed: Feed, items: str) -> str:
    return (
        f'<?xml version="1.0" encoding="{feed.charset}"?>\n<rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="https://site{feed.number:05d}.example/">'
        f"<title>Site {feed.number}</title></channel>\n{items}</rdf:RDF>\n"
    )


def _rss_item(said: dict[str, str]) -> str:
    more = said["content"]
    content = f"  <content:encoded>{more}</content:encoded>\n" if more else ""
    return (
        f"<item>\n  <title>{said['title']}</title>\n  <link>{said['link']}?utm_source=rss</link>\n"
        f"  <description>{said['summary']}</description>\n  <pubDate>{said['date']}</pubDate>\n"
        f"  <dc:creator>{said['author']}</dc:creator>\n"
        f'  <guid isPermaLink="false">{said["guid"]}</guid>\n{content}</item>\n'
    )


def _atom_entry(said: dict[str, str]) -> str:
    content = f'  <content type="html">{said["content"]}</content>\n' if said["content"] else ""
    return (
        f"<entry>\n  <title>{said['title']}</title>\n"
        f'  <link rel="alternate" type="text/html" href="{said["link"]}"/>\n'
        f"  <id>{said['guid']}</id>\n  <published>{said['iso']}</published>"
        f"<updated>{said['iso']}</updated>\n  <author><name>{said['author']}</name></author>\n"
        f'  <summary type="html">{said["summary"]}</summary>\n{content}</entry>\n'
    )


def _rdf_item(said: dict[str, str]) -> str:
    return (
        f'<item rdf:about="{said["link"]}"><title>{said["title"]}</title>'
        f"<link>{said['link']}</link><description>{said['summary']}</description>"
        f"<dc:date>{said['iso']}</dc:date><dc:creator>{said['author']}</dc:creator></item>\n"
    )


_DOCUMENTS = {"rss": _rss, "atom": _atom, "rdf": _rdf}
_ITEMS = {"rss": _rss_item, "atom": _atom_entry, "rdf": _rdf_item}


class Connection(asyncio.Protocol):
    """Answers GET requests, one after the other."""

    def __init__(self, farm: Farm, counts: Counter[str]) -> None:
        self._farm, self._counts = farm, counts
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, self._read = self._read.split(b"\r\n\r\n", 1)
            self._answer(head.decode("latin-1").split("\r\n"))

    def _answer(self, lines: list[str]) -> None:
        path = lines[0].split(" ")[1]
        asked = {name.lower(): value.strip() for name, _, value in (
            line.partition(":") for line in lines[1:]
        )}  # fmt: skip
        feed = self._farm.feeds[int(path.removeprefix("/f").removesuffix(".xml"))]
        held, body, more = feed.answer, b"", ""
        status = "304 Not Modified" if asked.get("if-none-match") == held["etag"] else "200 OK"
        if status == "200 OK":
            packed = held["gzip"]
            assert isinstance(packed, bytes)
            body = packed
            if "gzip" in asked.get("accept-encoding", ""):
                more = "Content-Encoding: gzip\r\n"
            else:
                body = gzip.decompress(packed)
            more += f"Content-Type: application/xml\r\nContent-Length: {len(body)}\r\n"
        self._counts[status[:3]] += 1
        if not self._counts.total() % len(self._farm.feeds):  # a round is over
            asyncio.get_running_loop().call_soon(self._farm.change, self._farm.percent)
        close = asked.get("connection", "").lower() == "close"
        more += "Connection: close\r\n" if close else ""
        head = f"HTTP/1.1 {status}\r\nETag: {held['etag']}\r\nLast-Modified: {held['modified']}\r\n"
        self._transport.write(f"{head}{more}\r\n".encode("latin-1") + body)
        if close:
            self._transport.close()


async def serve(farm: Farm) -> None:
    """Serve the farm until it is told to quit, or its input ends."""
    loop = asyncio.get_running_loop()
    counts: Counter[str] = Counter()
    servers, port = [], 0
    for host in range(1, HOSTS + 1):
        server = await loop.create_server(
            lambda: Connection(farm, counts), f"127.0.0.{host}", port, backlog=512
        )
        port = port or server.sockets[0].getsockname()[1]
        servers.append(server)
    facts = {"port": port, "feeds": len(farm.feeds), "items": farm.items, "faulty": farm.faulty}
    print(json.dumps({**facts, "charsets": dict(Counter(f.charset for f in farm.feeds))}))
    sys.stdout.flush()
    while (line := await loop.run_in_executor(None, sys.stdin.readline)).strip() != "quit" and line:
        word, _, number = line.strip().partition(" ")
        answer: dict[str, int] = {}
        if word == "change":
            answer = {"items": farm.change(float(number))}
        elif word == "each":
            farm.percent = float(number)
            answer = {"items": farm.change(farm.percent)}
        elif word == "items":
            answer = {"items": farm.items}
        elif word == "counts":
            answer = dict(counts)
            counts.clear()
        print(json.dumps(answer), flush=True)
    for server in servers:
        server.close()


def main() -> None:
    about = argparse.ArgumentParser(description="A farm of feeds on loopback addresses.")
    about.add_argument("--feeds", type=int, default=200)
    about.add_argument("--seed", type=int, default=1)
    told = about.parse_args()
    asyncio.run(serve(Farm(told.feeds, told.seed)))


if __name__ == "__main__":
    main()
