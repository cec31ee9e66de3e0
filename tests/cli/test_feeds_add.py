"""`feeds add`: the feed behind an address, and its line in feeds.yaml."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.cli.place import Place
from tests.cli.web import Page, Web

ENGLISH = (
    "The bridge over the strait opens at dawn", "Council votes on the new harbour budget today",
    "Storm closes the northern ferry line again", "Museum finds a lost map of the old town",
)  # fmt: skip
GERMAN = (
    "Die Brücke über die Meerenge ist wieder offen", "Der Stadtrat berät über den neuen Haushalt",
    "Ein Sturm legt die Fähren im Norden lahm",
)  # fmt: skip


def feeds_file(place: Place) -> str:
    return (place.config / "feeds.yaml").read_text(encoding="utf-8")


def test_a_feed_is_added_with_what_it_says_of_itself(place: Place, web: Web) -> None:
    web.feed("/feed.xml", "Harbour Post", *ENGLISH)
    before = feeds_file(place)
    done = place.cli("feeds", "add", web.url("/feed.xml"))
    assert done.code == 0, done.err
    facts = [line.split(maxsplit=1) for line in done.out.splitlines()]
    assert ["Language", "English"] in facts
    assert "4; about 4 a day" in done.out
    assert "bridge: 1 item, such as: The bridge over the strait opens at dawn" in done.out
    assert feeds_file(place) == before + (
        f'  - {{name: Harbour Post, url: "{web.url("/feed.xml")}",\n'
        "     language: en, publisher: first, tier: 2}\n"
    )
    (_, _, added) = place.settings.rules.feeds
    assert (added.name, added.language, added.tier) == ("Harbour Post", "en", 2)
    assert "written to config/feeds.yaml" in done.err


def test_a_page_is_searched_for_the_feeds_that_it_names(place: Place, web: Web) -> None:
    web.pages["/"] = Page(
        "<html><head><base href='/sub/'><!-- <link rel=alternate type='application/rss+xml'"
        " href=/old.xml> --><link rel='alternate' type='application/rss+xml' title='All' "
        "href='all.xml'><LINK HREF='/de.atom' TYPE='application/atom+xml' REL='alternate'>"
        "<link rel='stylesheet' href='/x.css'></head><body><a href='/feeds/all.xml'>x</a>"
    )
    web.feed("/sub/all.xml", "Harbour Post", *ENGLISH)
    web.feed("/de.atom", "Hafenblatt", *GERMAN)
    several = place.cli("feeds", "add", web.url())
    assert several.code == 2
    assert "2 feeds were found: take one with --choose N" in several.err
    assert "/old.xml" not in web.paths
    lines = several.out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [
        ["1", web.url("/sub/all.xml")], ["2", web.url("/de.atom")],
    ]  # fmt: skip
    done = place.cli("feeds", "add", web.url(), "--choose", "2", "--pace", "slow", "--tag", "port",
                     "--name", "Hafen: alles", "--publisher", "hafen")  # fmt: skip
    assert done.code == 0, done.err
    (_, _, added) = place.settings.rules.feeds
    assert added.url == web.url("/de.atom")
    assert (added.name, added.language, added.publisher) == ("Hafen: alles", "de", "hafen")
    assert (added.pace, added.tags) == ("slow", ("port",))


def test_common_places_are_looked_at_where_a_page_names_none(place: Place, web: Web) -> None:
    web.pages["/news"] = Page("<html><body>Hello</body></html>")
    web.feed("/rss.xml", "Harbour Post", *ENGLISH)
    data = place.cli("feeds", "add", web.url("/news"), "--dry-run", "--json").data
    assert data["feed"]["url"] == web.url("/rss.xml")
    assert data["written"] is False
    assert data["found"][0]["watches"]["bridge"]["items"] == 1
    assert "Harbour Post" not in feeds_file(place)


def test_a_permanent_redirect_is_written_down_as_where_it_leads(place: Place, web: Web) -> None:
    web.feed("/new.xml", "Harbour Post", *ENGLISH)
    web.redirect("/old.xml", "/new.xml")
    web.redirect("/today.xml", "/new.xml", 302)
    for asked, written in (("/old.xml", "/new.xml"), ("/today.xml", "/today.xml")):
        data = place.cli("feeds", "add", web.url(asked), "--dry-run", "--json").data
        assert data["feed"]["url"] == web.url(written)


def test_a_feed_that_is_there_is_not_added_again(place: Place, web: Web) -> None:
    web.feed("/feed.xml", "Harbour Post", *ENGLISH)
    assert place.cli("feeds", "add", web.url("/feed.xml")).code == 0
    again = place.cli("feeds", "add", web.url("/feed.xml"))
    assert again.code == 1
    assert "is there already, as Harbour Post" in again.err


def test_another_feed_of_the_same_title_gets_a_number(place: Place, web: Web) -> None:
    for path in ("/a.xml", "/b.xml"):
        web.feed(path, "First Gazette", *ENGLISH)
        assert place.cli("feeds", "add", web.url(path)).code == 0
    names = [feed.name for feed in place.settings.rules.feeds]
    assert names == ["First Gazette", "Second Gazette", "First Gazette 2", "First Gazette 3"]


def test_nothing_found_says_why_and_what_to_do(place: Place, web: Web) -> None:
    web.pages["/"] = Page("<html><body>Hello</body></html>")
    done = place.cli("feeds", "add", web.url())
    assert done.code == 1
    assert (
        "no feed was found: the page names no feed, and none is where feeds often are" in done.err
    )
    assert f"parley feeds doctor {web.url()}" in done.err
    gone = place.cli("feeds", "add", web.url("/nothing"))
    assert "the server knows no such page (404)" in gone.err


def test_an_address_that_may_not_be_asked_is_refused(place: Place, web: Web) -> None:
    other = Web()
    try:
        other.feed("/feed.xml", "Inside", *ENGLISH)
        done = place.cli("feeds", "add", other.url("/feed.xml"))
        assert done.code == 1
        assert "is not connected to (loopback)" in done.err
        web.pages["/"] = Page(
            f"<link rel=alternate type=application/rss+xml href='{other.url('/feed.xml')}'>"
        )
        done = place.cli("feeds", "add", web.url())
        assert done.code == 1
        assert other.asked == []
    finally:
        other.close()


def test_where_the_file_cannot_be_written_its_line_is_printed(place: Place, web: Web) -> None:
    web.feed("/feed.xml", "Harbour Post", *ENGLISH)
    place.write("feeds.yaml", "version: 1\nfeeds: [{name: One, url: 'https://one.example.org/'}]\n")
    before = feeds_file(place)
    done = place.cli("feeds", "add", web.url("/feed.xml"))
    assert done.code == 1
    assert f'  - {{name: Harbour Post, url: "{web.url("/feed.xml")}",' in done.out
    assert "no line can be put into" in done.err
    assert feeds_file(place) == before


def test_an_address_of_a_page_names_no_variable_of_the_environment(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page could ask for a secret by its name, and would be sent it at the next look."""
    monkeypatch.setenv("MY_SECRET", "hunter2")
    web.pages["/"] = Page("<link rel=alternate type=application/rss+xml href='/f?a=${MY_SECRET}'>")
    web.feed("/f?a=${MY_SECRET}", "Harbour Post", *ENGLISH)
    done = place.cli("feeds", "add", web.url())
    assert done.code == 0, done.err
    (_, _, added) = place.settings.rules.feeds
    assert added.url == web.url("/f?a=%24%7BMY_SECRET%7D")
    assert "hunter2" not in str(added.url)


def test_a_running_daemon_takes_the_feed_up(place: Place, web: Web) -> None:
    web.feed("/feed.xml", "Harbour Post", *ENGLISH)
    place.write("feeds.yaml", "version: 1\nfeeds: []\n")
    with place.daemon():
        done = place.cli("feeds", "add", web.url("/feed.xml"))
        assert "the running daemon takes it up within seconds" in done.err
        until = time.monotonic() + 20
        while not (seen := place.cli("feeds", "--json").data) or not (seen[0]["store"] or {}).get(
            "items"
        ):
            assert time.monotonic() < until
            time.sleep(0.2)
        web.feed("/feed.xml", "Harbour Post", "A new line", *ENGLISH)
        done = place.cli("feeds", "refresh", "harbour")
        assert (done.code, done.err) == (0, "")
        assert done.out.splitlines() == ["Harbour Post: looked at now", "it was read"]
    assert Path(place.database).exists()
