"""Lists of feeds from anybody: what is read of them, and what is refused."""

from __future__ import annotations

import pytest

from monitor.errors import CommandError
from monitor.sources.opml import MAX_BYTES, MAX_DEPTH, Outline, read_opml, written_opml

NESTED = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<OPML version="1.1"><head><title>Mine</title></head><body>
<outline text="News &amp; Views"><outline text="Ports">
  <outline text="Hafen f\xfcr alle" type="rss" xmlUrl="https://hafen.example.org/rss?a=1&amp;b=2"
    category="/sea/north,harbour" language="de-DE"/>
</outline></outline>
<outline title="Alone" xmlURL="https://alone.example.org/"/>
<outline text="a page" type="link" url="https://page.example.org/"/>
</body></OPML>"""


def test_folders_and_categories_become_tags() -> None:
    assert read_opml(NESTED) == (
        Outline(
            "Hafen für alle", "https://hafen.example.org/rss?a=1&b=2",
            ("news-views", "ports", "sea", "north", "harbour"), "de-DE",
        ),
        Outline("Alone", "https://alone.example.org/"),
    )  # fmt: skip


BOMB = (
    b'<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<opml><body><outline text="&b;" xmlUrl="https://a.example.org/"/></body></opml>'
)
OUTSIDE = (
    b'<!DOCTYPE opml SYSTEM "file:///etc/passwd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<opml><body/></opml>"
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOMB, "it declares a document type"),
        (OUTSIDE, "it declares a document type"),
        (b"<opml><body>&b;</body></opml>", "undefined entity (line 1, column 13)"),
        (b"", "no element found"),
        (b"<rss><channel/></rss>", "this is no OPML: its root is <rss>"),
        (b"<opml><body><outline text='a'></body></opml>", "mismatched tag"),
        (b"<opml>" + b"<outline text='a'>" * MAX_DEPTH, f"nest more than {MAX_DEPTH} deep"),
        (b" " * (MAX_BYTES + 1), "larger than 1,048,576 bytes"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(content: bytes, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        read_opml(content)
    assert said in str(refused.value)


def test_a_list_of_too_many_feeds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.sources.opml.MAX_OUTLINES", 2)
    many = b"<outline xmlUrl='https://a.example.org/'/>" * 3
    with pytest.raises(CommandError, match="more than 2 feeds"):
        read_opml(b"<opml><body>" + many + b"</body></opml>")


def test_what_is_written_is_read_again() -> None:
    text = written_opml(
        'My "list" <1>',
        [
            {"name": 'A "b" & c\x00', "url": "https://a.example.org/?x=1&copy=2", "tags": "sea,north"},
            {"name": "Ünder", "url": "https://b.example.org/", "tags": "", "language": "uk"},
        ],
    )  # fmt: skip
    assert text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0">\n'
        '  <head><title>My "list" &lt;1&gt;</title></head>\n'
        "  <body>\n"
        '    <outline type="rss" text=\'A "b" &amp; c\' title=\'A "b" &amp; c\''
        ' xmlUrl="https://a.example.org/?x=1&amp;copy=2" category="sea,north"/>\n'
        '    <outline type="rss" text="Ünder" title="Ünder" xmlUrl="https://b.example.org/"'
        ' language="uk"/>\n'
        "  </body>\n"
        "</opml>\n"
    )
    assert read_opml(text.encode()) == (
        Outline('A "b" & c', "https://a.example.org/?x=1&copy=2", ("sea", "north")),
        Outline("Ünder", "https://b.example.org/", (), "uk"),
    )
