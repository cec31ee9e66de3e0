"""What happens when a feed is read, step by step, and what to do about the step that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.app.finding import Candidate, Finder, Reading, described
from monitor.core.feed_signs import kind_of, same_language
from monitor.core.match import Index
from monitor.core.model import Feed
from monitor.core.rules import PACES_S
from monitor.ingest.checks import check_of
from monitor.ports import Body, DueFeed, Failure, Poll
from monitor.settings import Settings
from monitor.sources.discovery import links_of
from monitor.sources.trace import Hop, Lookup

#: A document that is larger costs a server and a line more than a feed should, in bytes.
LARGE_BYTES = 2 * 1024 * 1024
_CHARSET = re.compile(r"charset=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}encoding=[\"']([\w.:-]{1,40})")

#: What to do about each kind of failure; those of HTTP by their number.
ADVICE = {
    "dns": "the name does not exist, or the name server of this machine does not answer",
    "blocked-address": "private addresses are asked only if fetch.allow_private names host:port",
    "blocked-port": "the port belongs to another kind of service: check the address",
    "refused": "nothing listens there: check host and port",
    "unreachable": "no way leads there from here: a firewall, a proxy that is needed, or no IPv6",
    "timeout": "the server is slow or drops what comes from here; try again later",
    "tls": "the certificate is not valid for this name; verify: false would trust any",
    "html": "this is a page: parley feeds add finds the feeds that it names",
    "not-a-feed": "the address holds something else; open it in a browser",
    "too-many-redirects": "it leads in a circle, often for clients without cookies",
    "http-401": "it wants a login: auth or headers in its line",
    "http-403": "it refuses us: a user_agent with a contact helps with some, a proxy with others",
    "http-404": "the address is wrong or old: parley feeds add with the page of the outlet",
    "http-410": "it is gone for good",
    "http-429": "too many requests: a slower pace, and fewer feeds of this host",
    "http-503": "it is out of service, or wants proof that a person is asking",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: whether it went well (None: nothing to say for or against), and what was seen."""

    name: str
    ok: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class Report:
    """The steps as far as they got, and advice; `ok` where items were read."""

    url: str
    ok: bool
    steps: tuple[Step, ...]
    advice: tuple[str, ...]


async def examine(
    finder: Finder, feed: Feed, index: Index, settings: Settings, now: datetime
) -> Report:
    """Look at a feed once, as the daemon would at its first look, and say what happened."""
    reading = await finder.look(feed)
    client = finder.client
    steps = [*_way(client.lookups, client.hops, reading), *_document(reading)]
    seen = described(reading, index, settings.rules) if reading.parsed is not None else None
    if seen is not None:
        steps += _content(seen, feed)
        steps.append(_schedule(feed, reading, seen, now))
    advice = tuple(_advice(feed, reading, seen))
    return Report(feed.url, seen is not None and seen.items > 0, tuple(steps), advice)


def _way(lookups: Sequence[Lookup], hops: Sequence[Hop], reading: Reading) -> Iterator[Step]:
    """Give the steps of the network: names, addresses, connections, each request."""
    trouble = reading.trouble
    for lookup in {(one.host, one.port): one for one in lookups}.values():
        found = ", ".join(lookup.addresses[:4]) or "no address"
        yield Step("dns", bool(lookup.addresses), f"{lookup.host}: {found} ({_ms(lookup.took_s)})")
        if lookup.refused:
            allowed = trouble is None or trouble.code != "blocked-address"
            said = "allowed by fetch.allow_private" if allowed else "not connected to"
            yield Step("address", allowed, f"{lookup.refused}: {said}")
    for number, hop in enumerate(hops):
        secure = "TLS" if hop.url.startswith("https:") else "plain HTTP"
        if not number or hop.url.split("/")[2] != hops[number - 1].url.split("/")[2]:
            yield Step("connect", True, f"{hop.url.split('/')[2]} by {secure}")
        told = dict(hop.headers)
        to = f" to {told['location']}" if "location" in told else ""
        ok = hop.status == 200 or 300 <= hop.status < 400
        yield Step("answer", ok, f"{hop.status}{to} ({_ms(hop.took_s)}): {hop.url}")
    if trouble is not None and trouble.status is None and not isinstance(reading.fetched, Body):
        step = {"tls": "tls", "dns": "dns", "blocked-address": "address"}.get(trouble.code)
        yield Step(step or "connect", False, trouble.message)
    elif trouble is not None and not isinstance(reading.fetched, Body):
        yield Step("status", False, trouble.message)
    if hops:
        yield _caching(hops[-1])


def _caching(hop: Hop) -> Step:
    """Say whether a server can tell that nothing changed, and what it asks for."""
    told = dict(hop.headers)
    validators = [name for name in ("etag", "last-modified") if name in told]
    wishes = [f"{name}: {told[name]}" for name in ("cache-control", "expires", "retry-after")
              if name in told]  # fmt: skip
    said = f"it can say unchanged by {' and '.join(validators)}" if validators else (
        "no validator: the whole document comes at every look"
    )  # fmt: skip
    return Step("caching", bool(validators) or None, "; ".join([said, *wishes]))


def _document(reading: Reading) -> Iterator[Step]:
    """Give the steps of the document: size, encoding, whether it is a feed."""
    body, trouble = reading.fetched, reading.trouble
    if not isinstance(body, Body):
        return
    large = len(body.content) > LARGE_BYTES
    yield Step("size", None if large else True, f"{len(body.content):,} bytes, unpacked")
    yield Step("type", None, body.content_type or "no Content-Type")
    yield _encoding(body)
    if trouble is not None:
        yield Step("parse", False, trouble.message)
    elif reading.parsed is not None:
        parsed = reading.parsed
        cut = f"; {parsed.cut:,} over the bound were left out" if parsed.cut else ""
        yield Step("parse", True, f"a feed that calls itself {parsed.title!r}{cut}")


def _encoding(body: Body) -> Step:
    declared = [found[1] for found in [_CHARSET.search(body.content_type)] if found]
    declared += [name.decode("ascii") for name in _DECLARED.findall(body.content[:400])]
    names = " and ".join(dict.fromkeys(name.lower() for name in declared)) or "none"
    try:
        body.content.decode("utf-8")
    except UnicodeDecodeError:
        ok = None if declared else False
        return Step("encoding", ok, f"not UTF-8; declared: {names}")
    ok = all(name.lower().replace("-", "") in {"utf8", "usascii"} for name in declared)
    return Step("encoding", ok or None, f"valid UTF-8; declared: {names}")


def _content(seen: Candidate, feed: Feed) -> Iterator[Step]:
    """Give the steps of the items: how many, dates, links, language, repetitions, watches."""
    yield Step("items", seen.items > 0, f"{seen.items:,}")
    newest = f"; the newest of {seen.newest:%Y-%m-%d %H:%M} UTC" if seen.newest else ""
    yield Step("dates", not seen.undated or None, f"{seen.items - seen.undated:,} with one{newest}")
    yield Step("links", not seen.unlinked or None, f"{seen.items - seen.unlinked:,} with one")
    if seen.repeated:
        yield Step("repeats", None, f"{seen.repeated:,} have the link of another item")
    said = seen.language or "cannot be told"
    fits = not feed.language or not seen.language or same_language(feed.language, seen.language)
    configured = f"; configured is {feed.language}" if feed.language else ""
    yield Step("language", fits, f"{said}{configured}")
    hits = ", ".join(f"{watch} {count}" for watch, (count, _) in seen.hits.items())
    yield Step("watches", None, hits or "none would have taken any of them")


def _schedule(feed: Feed, reading: Reading, seen: Candidate, now: datetime) -> Step:
    """Give when the daemon would look next, and why."""
    if feed.pace not in PACES_S:
        raise ValueError("a feed has a pace when it is looked at")
    due = DueFeed(feed.name, "", "", "", 0, first_contact=True)
    poll = Poll(feed, now, reading.fetched, reading.parsed, first_contact=True, due=due)
    check = check_of(poll, seen.items)
    minutes = (check.next_check_at - now).total_seconds() / 60.0
    return Step("schedule", None, f"next look after {minutes:.1f} min: {check.why}")


def _advice(feed: Feed, reading: Reading, seen: Candidate | None) -> Iterator[str]:
    """Give what to do, the most important first."""
    trouble, body = reading.trouble, reading.fetched
    if trouble is not None:
        yield _about(trouble)
        if isinstance(body, Body) and (links := links_of(body)):
            yield f"the page names {links[0].url} as a feed"
        return
    if isinstance(body, Body) and body.moved_to:
        yield f"it has moved for good: write {body.moved_to}"
    if seen is None:
        return
    if not seen.items:
        yield "the feed is empty: nothing will come of it until it has items"
    if seen.language and feed.language and not same_language(feed.language, seen.language):
        yield f"write language: {seen.language}, or leave it out"
    if seen.items and seen.undated == seen.items:
        yield "no item has a date: each counts as published when it is seen"
    if seen.known and seen.known != feed.name:
        yield f"it is configured already, as {seen.known}"


def _about(trouble: Failure) -> str:
    kind = kind_of(trouble.code, trouble.message)
    if kind in ADVICE:
        return ADVICE[kind]
    if trouble.status is not None and trouble.status >= 500:
        return "the server has trouble of its own: try again later"
    return "nothing that could be set here helps: the other side has to mend it"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
