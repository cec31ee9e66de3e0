"""One look at a feed: what is asked, and how far back it goes where items may be missing."""

from __future__ import annotations

import asyncio
import logging

import pytest

from monitor.core.polling import MOVED_AFTER
from monitor.poller.look import MAX_PAGES, Looker
from monitor.ports import Body, DueFeed, Failure, Fetched, Hints, Parsed, Poll
from tests.builders import T0, after, entry, feed
from tests.fakes import FakeSource, FrozenClock

FEED = feed()
SITE = "https://bbc.example.org"


def pieces(*names: str) -> bytes:
    return b"".join(name.encode().ljust(8) for name in names)


class Pages:
    """A parser that knows what each address holds: names of its pieces, and the page before."""

    def __init__(self, **pages: tuple[str, str]) -> None:
        self.pages = pages
        self.known: list[bytes] = []

    async def parse(self, body: Body, feed: object, known_pieces: bytes = b"") -> Parsed | Failure:
        self.known.append(known_pieces)
        names, older = self.pages[body.url.rpartition("/")[2]]
        if names == "broken":
            return Failure("not-a-feed", "a page of HTML")
        before = {known_pieces[n : n + 8] for n in range(0, len(known_pieces), 8)}
        new = [name for name in names.split() if name.encode().ljust(8) not in before]
        entries = tuple(entry(name, guid=name) for name in new)
        known = len(names.split()) - len(new)
        return Parsed("", entries, known=known, pieces=pieces(*names.split()),
                      hints=Hints(older=older))  # fmt: skip


def due(**more: object) -> DueFeed:
    known = {"failures": 0, "first_contact": False, "whole_at": T0, "etag": '"1"', **more}
    return DueFeed("bbc", last_modified="Mon", body_hash="", **known)  # type: ignore[arg-type]


def looked(parser: Pages, was: DueFeed, minutes: float = 0) -> tuple[Poll, FakeSource, int]:
    """Look once; gives the poll, the source, and how often a pause was asked for."""
    answers: dict[str, list[Fetched]] = {
        f"{SITE}/{name}": [Body(f"{SITE}/{name}", b"x")] for name in parser.pages
    }
    source, paused = FakeSource(answers), 0

    async def pause() -> None:
        nonlocal paused
        paused += 1

    looker = Looker(source, parser, FrozenClock(after(minutes)), lambda: None)
    return asyncio.run(looker.look(FEED, was, pause)), source, paused


def test_a_document_that_shares_a_piece_with_the_last_is_read_alone() -> None:
    poll, source, paused = looked(
        Pages(feed=("c d", f"{SITE}/2"), **{"2": ("a b", "")}), due(pieces=pieces("b", "c"))
    )
    assert poll.parsed is not None
    assert [e.title for e in poll.parsed.items] == ["d"]
    assert (poll.older, paused, list(source.asked)) == (0, 0, [FEED.url])


def test_older_pages_are_read_until_something_known_appears(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pages = Pages(feed=("g h", f"{SITE}/2"), **{"2": ("e f", f"{SITE}/3"), "3": ("b c d", "x")})
    with caplog.at_level(logging.INFO, "parley.poller"):
        poll, source, paused = looked(pages, due(pieces=pieces("a", "b")))
    assert poll.parsed is not None
    assert [e.title for e in poll.parsed.items] == ["g", "h", "e", "f", "c", "d"]
    assert (poll.older, paused) == (4, 2)
    assert poll.parsed.pieces == pieces("g", "h")  # of the document, not of its pages
    assert all(request.etag == "" for request in source.asked[f"{SITE}/2"])
    assert "4 items of 2 older pages" in caplog.text


@pytest.mark.parametrize(
    "was",
    [due(pieces=b""), due(pieces=pieces("a"), first_contact=True)],
    ids=["whole before", "first contact"],
)
def test_nothing_older_is_asked_for_where_nothing_can_be_compared(was: DueFeed) -> None:
    poll, source, _ = looked(Pages(feed=("g h", f"{SITE}/2"), **{"2": ("e f", "")}), was)
    assert (poll.older, list(source.asked)) == (0, [FEED.url])


def test_pages_are_bounded_and_those_of_other_houses_or_in_a_circle_are_left_alone() -> None:
    endless = {str(n): (f"p{n}", f"{SITE}/{n + 1}") for n in range(2, 20)}
    poll, _, _ = looked(Pages(feed=("g", f"{SITE}/2"), **endless), due(pieces=pieces("a")))
    assert poll.older == MAX_PAGES
    for link in ("https://elsewhere.example.org/2", FEED.url, "http://[", "/2"):
        poll, source, _ = looked(Pages(feed=("g", link)), due(pieces=pieces("a")))
        assert (poll.older, list(source.asked)) == (0, [FEED.url])


def test_a_page_that_cannot_be_read_ends_the_search_and_loses_nothing() -> None:
    pages = Pages(feed=("g", f"{SITE}/2"), **{"2": ("f", f"{SITE}/3"), "3": ("broken", "")})
    poll, _, _ = looked(pages, due(pieces=pieces("a")))
    assert poll.parsed is not None
    assert [e.title for e in poll.parsed.items] == ["g", "f"]


def test_once_a_day_a_feed_is_asked_without_validators() -> None:
    page = Pages(feed=("a", ""))
    soon, source, _ = looked(page, due(), minutes=60)
    (request,) = source.asked[FEED.url]
    assert (request.etag, request.last_modified, soon.whole) == ('"1"', "Mon", False)
    for was, minutes in ((due(), 24 * 60), (due(whole_at=None), 1)):
        later, source, _ = looked(page, was, minutes)
        (request,) = source.asked[FEED.url]
        assert (request.etag, request.last_modified, later.whole) == ("", "", True)


def test_a_feed_that_moved_for_sure_is_asked_at_its_new_address() -> None:
    page = Pages(feed=("a", ""), new=("a", ""))
    for times, asked in ((MOVED_AFTER - 1, FEED.url), (MOVED_AFTER, f"{SITE}/new")):
        _, source, _ = looked(page, due(moved_to=f"{SITE}/new", moved_times=times))
        assert list(source.asked) == [asked]
