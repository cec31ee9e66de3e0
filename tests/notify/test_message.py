"""What a reader gets: whole messages compared with golden files, and the rules behind them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from monitor.core.model import Earlier, Headline, Note, Reason, Verdict
from monitor.notify import message, registry, wording
from tests.fakes_http import LoopbackHttp
from tests.notes import KEY, KNOWN, PUBLISHED, FixedClock, alert, digest, hostile_notes, section
from tests.notes import message as plain_note

GOLDEN = Path(__file__).parent / "golden"
NOTES = {"alert": alert(), "digest": digest(), "ops": plain_note("ops")}


@pytest.mark.parametrize("name", sorted(NOTES))
def test_mails_read_as_they_should(name: str) -> None:
    said = message.render(NOTES[name])
    assert said.text == (GOLDEN / f"{name}.txt").read_text("utf-8")
    assert said.html == (GOLDEN / f"{name}.html").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(NOTES))
def test_the_console_reads_as_it_should(name: str) -> None:
    console = registry.build(
        "c", "console", {}, http=LoopbackHttp(), clock=FixedClock(), stream=io.StringIO()
    )
    said = console.render(NOTES[name], "console", KEY).decode()
    assert said == (GOLDEN / f"{name}.console.txt").read_text("utf-8")


def test_a_mail_holds_both_parts_as_rendered(tmp_path: Path) -> None:
    """Leaves the mails in the test's folder, to be opened by a person."""
    mailer = registry.build(
        "desk",
        "email",
        {"host": "127.0.0.1", "tls": "none", "from": "parley@example.org", "to": "a@example.org"},
        http=LoopbackHttp(),
        clock=FixedClock(),
    )
    for name, note in NOTES.items():
        body = mailer.render(note, "a@example.org", KEY)
        (tmp_path / f"{name}.eml").write_bytes(body)
        mail = message_from_bytes(body, policy=policy.default)
        said = message.render(note)
        for kind, wanted in (("plain", said.text), ("html", said.html)):
            part = mail.get_body((kind,))
            assert part is not None
            assert part.get_content().replace("\r\n", "\n") == wanted
        assert mail["subject"] == said.subject


# --- what a reader must find, and must not ------------------------------------------------------


def test_nothing_of_our_codes_reaches_the_reader() -> None:
    for note in (alert(), digest()):
        said = message.render(note)
        for code in [*Verdict, *Reason, "critical", "CONTRADICTS"]:
            assert str(code) not in said.text.split(), code


def test_age_is_said_only_where_it_matters() -> None:
    fresh = message.render(alert(section(seen_after=timedelta(minutes=15)))).text
    assert "Published 3 June 2025, 18:05; seen 18:20 (Europe/Istanbul)." in fresh
    late = message.render(alert(section(seen_after=timedelta(minutes=16)))).text
    assert "seen 18:21, 16 min later (Europe/Istanbul)." in late
    ahead = message.render(alert(section(seen_after=-timedelta(minutes=9)))).text
    assert "seen 17:56 (Europe/Istanbul)." in ahead


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=61), "1 h 1 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=3, hours=4, minutes=50), "3 days 4 h"),
    ],
)
def test_lengths_of_time(length: timedelta, said: str) -> None:
    assert wording.duration(length) == said


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_can_be_written(at: datetime) -> None:
    for name in ("Europe/Istanbul", "America/New_York"):
        assert wording.date_time(at, ZoneInfo(name))


@pytest.mark.parametrize(
    "name", ["", "Nowhere/Town", "../../etc/passwd", "\x00", "Europe", "\ud800"]
)
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert wording.zone(name)[1] == "UTC"


@pytest.mark.parametrize(
    ("language", "attributes"),
    [
        ("he", 'dir="rtl" lang="he"'),
        ("fa-IR", 'dir="rtl" lang="fa-IR"'),
        ("ar", 'dir="rtl" lang="ar"'),
        ("uk", 'dir="ltr" lang="uk"'),
        ("", 'dir="auto"'),
        ('"><script>', 'dir="auto"'),
    ],
)
def test_a_quote_knows_its_language_and_direction(language: str, attributes: str) -> None:
    said = message.render(alert(section(language=language)))
    assert f"<blockquote {attributes}>" in said.html


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "https://", "//example.org/", "https://[", "file:///x",
     "https://e.org/a b", "https://e.org/\nx", "https://e.org/" + "a" * 2000, "HTTPS//x", "\ud800"],
)  # fmt: skip
def test_only_addresses_of_the_web_are_links(link: str) -> None:
    said = message.render(alert(section(link=link)))
    assert "href" not in said.html
    assert "Ukrinform (in Ukrainian)\n" in said.text


def test_a_link_s_own_quotes_cannot_leave_it() -> None:
    said = message.render(alert(section(link="https://e.org/?a=1&b='\"><script>")))
    assert 'href="https://e.org/?a=1&amp;b=&#x27;&quot;&gt;&lt;script&gt;"' in said.html


def test_a_message_without_anything_still_has_a_subject() -> None:
    note = Note("test", "\r\n", PUBLISHED, "")
    assert message.render(note).subject == "News from Parley"


def test_long_lists_of_what_was_known_are_counted() -> None:
    said = message.render(alert(section(known=KNOWN * 7))).text
    assert said.count("\n- ") == message.KNOWN_LIMIT + 1
    assert "- and 6 further lines" in said


def changed(**parts: object) -> Note:
    """An alert whose tracker tells it: from 1,000 to 1,200."""
    made = (
        Headline("en", "Exchange: 1,000 -> 1,200 - both sides [pow]", "1,000 agreed", "1,200"),
        Headline("de", "Austausch: 1.000 -> 1.200 - beide Seiten [pow]", "1.000", "1.200"),
    )
    return alert(replace(section(), **{"headlines": made, "said_by": ("both",), **parts}))  # type: ignore[arg-type]


def test_what_changed_is_said_by_its_two_sides_and_not_by_a_reason() -> None:
    said = message.render(changed()).text
    assert "What changed: 1,000 agreed -> 1,200.\nBoth sides say so.\n" in said
    assert "What is new" not in said
    assert "3 reports so far, from 2 publishers." in said
    german = message.render(replace(changed(), language="de"))
    assert "What changed: 1.000 -> 1.200." in german.text
    assert '<p dir="auto">What changed: 1.000 -&gt; 1.200.</p>' in german.html


@pytest.mark.parametrize(
    ("said_by", "denied_by", "words"),
    [
        (("ukraine",), (), "Said by Kyiv.\n"),
        (("turkey", "ukraine"), (), "Said by Ankara and Kyiv (2 sides).\n"),
        (("ukraine",), ("russia",), "Said by Kyiv. Denied by Moscow.\n"),
        ((), (), "Nobody is quoted.\n"),
    ],
)
def test_who_says_so_and_who_denies_it_is_told(
    said_by: tuple[str, ...], denied_by: tuple[str, ...], words: str
) -> None:
    assert words in message.render(changed(said_by=said_by, denied_by=denied_by)).text


def test_the_last_developments_are_named_again() -> None:
    told = tuple(
        Earlier(f"Exchange: {n} agreed", PUBLISHED - timedelta(days=n)) for n in range(1, 6)
    )
    said = message.render(changed(earlier=told))
    assert "Told before:\n- 2 June 2025, 18:05: Exchange: 1 agreed\n" in said.text
    assert "Exchange: 3 agreed" in said.html
    assert "Exchange: 4 agreed" not in said.text + said.html


def test_hostile_words_of_a_change_are_only_words() -> None:
    nasty = (
        "x\r\nBcc: evil@example.org \u202e<script>alert(1)</script> {{ 7*7 }} @everyone"
        + "y" * 2_000_000
    )
    made = (Headline("en", nasty, nasty, nasty),)
    said = message.render(
        changed(
            headlines=made,
            said_by=(nasty,),
            denied_by=(nasty,),
            earlier=(Earlier(nasty, PUBLISHED),),
        )
    )
    assert "<script>" not in said.html
    assert "\u202e" not in said.text + said.html
    assert "\nBcc:" not in said.text
    assert "49" not in said.text
    assert len(said.text) < 10_000


class Page(HTMLParser):
    """Checks that tags close in order, and collects what could act."""

    VOID = frozenset({"meta", "hr", "br"})
    KNOWN = frozenset(
        "html head meta title style body section h1 h2 h3 p blockquote ul li div a bdi hr".split()
    )

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.KNOWN, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name == "href":
                self.links.append(value or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(note=hostile_notes())
@settings(max_examples=150, deadline=None)
def test_no_text_becomes_markup(note: Note) -> None:
    page = Page()
    page.feed(message.render(note).html)
    page.close()
    assert page.open == []
    assert [link for link in page.links if not link.startswith(("http://", "https://"))] == []
