"""What reading a document costs: whole, unchanged, and with a few new entries.

    python bench/parsing.py [--items 40] [--runs 5]

Prints a table: milliseconds of CPU a document, the median of the runs, for documents of RSS, of
Atom and of JSON Feed made here (40 entries, some 75 kB). "feedparser" is that library alone, on the
same bytes in the same run; for JSON Feed it reads nothing. "cut" is what decides what is new: the
text cut into entries and their prints compared, without the decoding of bytes.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import statistics
import time
from collections.abc import Callable
from html import escape
from typing import Any

import feedparser

from monitor.sources import cut
from monitor.sources.parse import parse_document

URL = "https://feed.example/news.xml"
WORDS = (
    "talks ceasefire exchange of prisoners the a in on Istanbul Kyiv Moscow delegation said after "
    "minister president agreed refused second round tomorrow report city region days people"
).split()
NEW = (1, 2, 5, 10)


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))


def entry(kind: str, number: int) -> str:
    chance = random.Random(number)
    title, body = (
        words(chance, 9),
        "".join(f"<p>{words(chance, 55)} &amp; so</p>" for _ in range(4)),
    )
    link = f"https://feed.example/2025/06/{number}?from=rss&amp;n={number}"
    if kind == "json":
        return json.dumps(
            {
                "id": link,
                "url": link,
                "title": title,
                "content_html": body,
                "date_published": "2025-06-02T10:00:00Z",
                "tags": ["war"],
            }
        )
    if kind == "atom":
        return (
            f"<entry><title>{title}</title><link rel='alternate' href='{link}'/><id>tag:feed.example,2025:{number}</id>"
            f"<updated>2025-06-02T10:00:00Z</updated><author><name>A. Reporter</name></author><content type='html'>{escape(body)}</content></entry>\n"
        )
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>n{number}</guid><pubDate>Mon, 02 Jun 2025 10:00:00 GMT</pubDate>"
        f"<dc:creator>A. Reporter</dc:creator><category>war</category><description>{words(chance, 30)}</description>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item>\n"
    )


def document(kind: str, numbers: range) -> bytes:
    entries = [entry(kind, number) for number in numbers]
    if kind == "json":
        head = '{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": ['
        return f"{head}{', '.join(entries)}]}}".encode()
    if kind == "atom":
        head = "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title><id>urn:news</id>"
        return f"<?xml version='1.0'?>{head}{''.join(entries)}</feed>".encode()
    head = (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        "<channel><title>News</title><link>https://feed.example/</link><ttl>15</ttl>"
    )
    return f"<?xml version='1.0'?>{head}{''.join(entries)}</channel></rss>".encode()


def cpu_ms(work: Callable[[], Any], runs: int, rounds: int) -> float:
    """Give the median over the runs of the CPU milliseconds of one round."""
    took = []
    for _ in range(runs):
        began = time.process_time()
        for _ in range(rounds):
            work()
        took.append((time.process_time() - began) * 1000 / rounds)
    return statistics.median(took)


def main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asked.add_argument("--items", type=int, default=40)
    asked.add_argument("--runs", type=int, default=5)
    options = asked.parse_args()
    items, runs = options.items, options.runs
    print(
        f"| document | kB | feedparser | whole | unchanged | cut | {' | '.join(f'{n} new' for n in NEW)} |"
    )
    print(f"| --- |{' ---: |' * (5 + len(NEW))}")
    for kind in ("rss", "atom", "json"):
        known_bytes = document(kind, range(items))
        text = known_bytes.decode()
        known = bytes.fromhex(parse_document(known_bytes, "", URL, "en", 1000)["pieces"])
        assert len(known) == items * cut.PRINT_BYTES

        def read(content: bytes, known: bytes = known) -> dict[str, Any]:
            return parse_document(content, "", URL, "en", 1000, known)

        cells = [
            "-"
            if kind == "json"
            else f"{cpu_ms(lambda: feedparser.parse(io.BytesIO(known_bytes)), runs, 5):.2f}",  # noqa: B023
            f"{cpu_ms(lambda: read(known_bytes, b''), runs, 5):.2f}",  # noqa: B023
            f"{cpu_ms(lambda: read(known_bytes), runs, 100):.2f}",  # noqa: B023
            "-"
            if kind == "json"
            else f"{cpu_ms(lambda: cut.unknown(cut.cut(text, 1000).prints, known), runs, 100):.2f}",  # noqa: B023
        ]
        for new in NEW:
            changed = document(kind, range(new, items + new))
            assert len(read(changed)["items"]) == new
            cells.append(f"{cpu_ms(lambda: read(changed), runs, 20):.2f}")  # noqa: B023
        print(f"| {kind} | {len(known_bytes) // 1000} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
