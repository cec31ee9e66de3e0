"""`feeds doctor`: each step of a look, and advice."""

from __future__ import annotations

import pytest

from tests.cli.place import Done, Place, free_port
from tests.cli.web import Page, Web, rss

LINES = ("The bridge over the strait opens at dawn", "Council votes on the new harbour budget",
         "Storm closes the northern ferry line")  # fmt: skip


def steps(done: Done) -> dict[str, tuple[bool | None, str]]:
    return {step["step"]: (step["ok"], step["said"]) for step in done.data["steps"]}


def test_every_step_of_a_good_feed_is_told(place: Place, web: Web) -> None:
    web.pages["/feed.xml"] = Page(
        rss("Harbour Post", *LINES), "application/rss+xml; charset=utf-8",
        headers={"ETag": '"1"', "Cache-Control": "max-age=120"},
    )  # fmt: skip
    done = place.cli("feeds", "doctor", web.url("/feed.xml"), "--json")
    assert (done.code, done.data["ok"], done.data["advice"]) == (0, True, [])
    told = steps(done)
    assert list(told) == [
        "dns", "address", "connect", "answer", "caching", "size", "type", "encoding", "parse",
        "items", "dates", "links", "language", "watches", "schedule",
    ]  # fmt: skip
    assert told["address"] == (True, "loopback: allowed by fetch.allow_private")
    assert told["caching"] == (True, "it can say unchanged by etag; cache-control: max-age=120")
    assert told["encoding"] == (True, "valid UTF-8; declared: utf-8")
    assert told["parse"] == (True, "a feed that calls itself 'Harbour Post'")
    assert told["dates"] == (True, "3 with one; the newest of 2025-06-03 09:00 UTC")
    assert told["language"] == (True, "en")
    assert told["watches"] == (None, "bridge 1")
    assert told["schedule"][1].startswith("next look after ")
    assert web.paths == ["/feed.xml"]


def test_the_table_for_people(place: Place, web: Web) -> None:
    web.redirect("/old.xml", "/feed.xml")
    web.feed("/feed.xml", "Harbour Post", *LINES)
    done = place.cli("feeds", "doctor", web.url("/old.xml"))
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == web.url("/old.xml")
    assert lines[1].split() == ["step", "what", "was", "seen"]
    answers = [line for line in lines if line.startswith("answer")]
    assert "301 to /feed.xml" in answers[0]
    assert "200" in answers[1]
    assert f"Advice: it has moved for good: write {web.url('/feed.xml')}" in lines
    assert any(line.startswith("caching   -") for line in lines)


@pytest.mark.parametrize(
    ("page", "step", "said", "advice"),
    [
        (Page("no", status=404), "status", "knows no such page (404)", "address is wrong or old"),
        (Page("no", status=401), "status", "asks for credentials", "wants a login"),
        (Page("no", status=502), "status", "the server failed (502)", "trouble of its own"),
        (Page("<!DOCTYPE html><html><body>Hi"), "parse", "HTML instead of a feed", "this is a page"),
        (Page("{}", "application/json"), "parse", "JSON that is no feed", "something else"),
        (Page("", "text/xml"), "parse", "empty document", "something else"),
    ],
)  # fmt: skip
def test_the_step_that_fails_is_named_with_advice(
    place: Place, web: Web, page: Page, step: str, said: str, advice: str
) -> None:
    web.pages["/feed.xml"] = page
    done = place.cli("feeds", "doctor", web.url("/feed.xml"), "--json")
    assert done.code == 1
    ok, seen = steps(done)[step]
    assert ok is False
    assert said in seen
    assert advice in done.data["advice"][0]


def test_a_page_that_names_a_feed_is_told_so(place: Place, web: Web) -> None:
    web.pages["/"] = Page("<html><link rel=alternate type=application/atom+xml href=/a.xml>")
    done = place.cli("feeds", "doctor", web.url(), "--json")
    assert done.data["advice"][1] == f"the page names {web.url('/a.xml')} as a feed"


def test_what_may_not_be_connected_to_is_named(place: Place) -> None:
    port = free_port()
    done = place.cli("feeds", "doctor", f"http://127.0.0.1:{port}/feed.xml", "--json")
    assert done.code == 1
    assert steps(done)["address"][0] is False
    assert "allow_private" in done.data["advice"][0]


def test_a_port_where_nothing_listens(place: Place) -> None:
    port = free_port()
    place.edit(
        "parley.yaml", "timezone", f'fetch: {{allow_private: ["127.0.0.1:{port}"]}}\ntimezone'
    )
    done = place.cli("feeds", "doctor", f"http://127.0.0.1:{port}/feed.xml", "--json")
    assert steps(done)["connect"] == (False, "the connection was refused")
    assert done.data["advice"] == ["nothing listens there: check host and port"]


def test_a_configured_feed_is_meant_by_its_name(place: Place, web: Web) -> None:
    web.feed("/feed.xml", "Hafenblatt", *LINES)
    place.write(
        "feeds.yaml",
        "version: 1\nfeeds:\n  - {name: Hafenblatt, language: de, pace: slow,"
        f' url: "http://ada:secret99@{web.address}/feed.xml"}}\n',
    )
    done = place.cli("feeds", "doctor", "hafen", "--json")
    assert done.code == 0
    assert steps(done)["language"] == (False, "en; configured is de")
    assert done.data["advice"] == ["write language: en, or leave it out"]
    assert "secret99" not in done.out
    missing = place.cli("feeds", "doctor", "nobody")
    assert missing.code == 2
    assert "there is no feed 'nobody'" in missing.err
