"""`feeds export` and `feeds import`."""

from __future__ import annotations

import pytest

from tests.cli.place import Place

LIST = """<?xml version="1.0"?>
<opml version="2.0"><head/><body>
<outline text="Sea News">
  <outline text="Harbour Post" type="rss" xmlUrl="https://harbour.example.org/rss"/>
  <outline text="Again" type="rss" xmlUrl="http://www.harbour.example.org/rss/"/>
  <outline text="First Gazette" type="rss" xmlUrl="https://first.example.net/feed"/>
</outline>
<outline text="Known" type="rss" xmlUrl="http://127.0.0.1:9/second.xml"/>
<outline text="Odd" type="rss" xmlUrl="ftp://odd.example.org/"/>
</body></opml>
"""


@pytest.fixture
def listed(place: Place) -> Place:
    (place.root / "list.opml").write_text(LIST)
    return place


def test_a_dry_run_shows_what_would_be_added_and_writes_nothing(listed: Place) -> None:
    before = (listed.config / "feeds.yaml").read_bytes()
    done = listed.cli("feeds", "import", "list.opml", "--dry-run")
    assert done.code == 0
    rows = [line.split(maxsplit=1) for line in done.out.splitlines()[1:]]
    assert [row[0] for row in rows] == ["new", "skipped", "new", "skipped", "skipped"]
    assert "in the list already, as Harbour Post" in rows[1][1]
    assert "First Gazette 2" in rows[2][1]
    assert "there already, as Second Gazette" in rows[3][1]
    assert "must begin with http:// or https://" in rows[4][1]
    assert done.err == "2 feeds would be added; 3 skipped: nothing was written (--dry-run)\n"
    assert (listed.config / "feeds.yaml").read_bytes() == before


def test_new_feeds_are_added_below_the_others(listed: Place) -> None:
    before = (listed.config / "feeds.yaml").read_text()
    done = listed.cli("feeds", "import", "list.opml")
    assert (done.code, done.err) == (0, "2 feeds added; 3 skipped\n")
    assert (listed.config / "feeds.yaml").read_text() == before + (
        '  - {name: Harbour Post, url: "https://harbour.example.org/rss",\n'
        "     tags: [sea-news]}\n"
        '  - {name: First Gazette 2, url: "https://first.example.net/feed",\n'
        "     tags: [sea-news]}\n"
    )
    assert len(listed.settings.rules.feeds) == 4
    again = listed.cli("feeds", "import", "-", "--json", stdin=LIST).data
    assert (again["added"], again["new"]) == (0, 0)


def test_a_list_that_is_refused_says_why(listed: Place) -> None:
    (listed.root / "bomb.opml").write_text("<!DOCTYPE opml><opml/>")
    done = listed.cli("feeds", "import", "bomb.opml")
    assert done.code == 1
    assert "bomb.opml cannot be taken: it declares a document type" in done.err
    assert "no such file" in listed.cli("feeds", "import", "nowhere.opml").err


def test_what_is_exported_can_be_imported_elsewhere(place: Place) -> None:
    place.edit("feeds.yaml", "language: de}", "language: de, tags: [sea, north]}")
    done = place.cli("feeds", "export", "mine.opml")
    assert (done.code, done.out) == (0, "mine.opml: 2 feeds\n")
    assert place.cli("feeds", "export").out == (place.root / "mine.opml").read_text()
    there = place.cli("feeds", "export", "mine.opml")
    assert there.code == 1
    assert "mine.opml is there already" in there.err
    before = place.settings.rules.feeds
    place.write("feeds.yaml", "version: 1\n")
    assert place.cli("feeds", "import", "mine.opml").code == 0
    after = place.settings.rules.feeds
    assert [(f.name, f.url, f.language, f.tags) for f in after] == [
        (f.name, f.url, f.language, f.tags) for f in before
    ]


def test_an_address_with_a_password_is_not_exported(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED_KEY", "s3cr3t-key")
    place.write(
        "feeds.yaml",
        "version: 1\nfeeds:\n  - {name: Open, url: 'https://open.example.org/'}\n"
        "  - {name: Login, url: 'https://ada:pass99@closed.example.org/'}\n"
        "  - {name: Key, url: 'https://key.example.org/?k=${FEED_KEY}'}\n",
    )
    for done in (place.cli("feeds", "export"), place.cli("feeds", "export", "--json")):
        assert "https://open.example.org/" in done.out
        assert "pass99" not in done.out + done.err
        assert "s3cr3t" not in done.out + done.err
        assert "left out, because its address holds a secret: Login" in done.err
        assert "left out, because its address holds a secret: Key" in done.err
