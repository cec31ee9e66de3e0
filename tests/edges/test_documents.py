from __future__ import annotations

import json
import time

import pytest

from monitor.sources.markup import TooComplex, scan, tidy, without_doctype
from tests.edges.documents import item, parse, rss, titles

# --- entities and shape ----------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>'
BOMB_ITEM = "<item><title>Real news &l11;</title><link>http://feed.example/1</link></item>"


@pytest.mark.parametrize(
    "prolog",
    [
        f'<?xml version="1.0"?>\n{BOMB}\n',
        f'<?xml version="1.0"?>{BOMB.replace("DOCTYPE", "doctype")}',
        f'<?xml version="1.0"?><!-- > ]> -->{BOMB.replace("[", "[<!-- ]> -->", 1)}',
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l11 SYSTEM "file:///etc/passwd">]>',
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;]>',
        '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//a//b" "x>y" [<!ENTITY l11 "]>">]>',
        '<?xml version="1.0"?><!DOCTYPE a><!DOCTYPE rss [<!ENTITY l11 "x">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_entity_is_ever_declared(prolog: str, encoding: str) -> None:
    began = time.monotonic()
    got = parse(rss(BOMB_ITEM, prolog=prolog).decode().encode(encoding))
    assert titles(got) == ["Real news &l11;"]
    assert time.monotonic() - began < 2.0


def test_a_quadratic_blow_up_stays_small() -> None:
    prolog = f'<!DOCTYPE r [<!ENTITY a "{"a" * 100_000}">]>'
    got = parse(
        rss(
            f"<item><title>t</title><description>{'&a;' * 100_000}</description></item>",
            prolog=prolog,
        )
    )
    assert len(json.dumps(got)) < 200_000


def test_doctypes_quoted_in_an_entry_are_text() -> None:
    page = "<![CDATA[<!DOCTYPE html><p>How to write HTML</p>]]>"
    got = parse(rss(item(1, f"<description>{page}</description>")))
    assert "How to write HTML" in got["items"][0]["summary"]
    kept = "<a><!-- <!DOCTYPE x [ --><b/></a>"
    assert without_doctype(kept) == kept


def test_a_document_of_doctypes_alone_is_refused() -> None:
    with pytest.raises(TooComplex):
        without_doctype("<!DOCTYPE a>" * 1000)


@pytest.mark.parametrize(
    "body",
    [
        "<a>" * 200_000,
        "<a b='1'>" * 200_000 + "</a>" * 200_000,
        "<item " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/>",
        "<item " + " ".join(f'xmlns:n{n}="http://n/{n}"' for n in range(20_000)) + "/>",
    ],
    ids=["nested", "nested-closed", "attributes", "namespaces"],
)
def test_documents_built_to_exhaust_a_parser_are_refused_at_once(body: str) -> None:
    began = time.monotonic()
    got = parse(rss(body))
    assert got["code"] == "too-complex"
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize(
    "text",
    [
        "<a '" * 200_000,
        '<a "' * 200_000,
        '<a b="' * 200_000,
        "<!--" * 200_000,
        "<![CDATA[" * 200_000,
        "&" * 100_000,
        "&lt;" * 300_000,
        "<" * 500_000,
        "</a" * 200_000,
        "<!DOCTYPE a [" * 100_000,
        "<a/" * 200_000,
    ],
)
def test_scans_take_time_in_proportion_to_the_text(text: str) -> None:
    began = time.monotonic()
    scan(tidy(text))
    assert time.monotonic() - began < 4.0


@pytest.mark.parametrize("stray", ["&", "&a;"])
def test_a_document_of_stray_ampersands_is_refused(stray: str) -> None:
    assert parse(rss(item(1) + stray * 100_000))["items"]
    assert parse(rss(item(1) + stray * 100_001))["code"] == "too-complex"


# --- names and categories --------------------------------------------------------------------


def held(*elements: str, head: str = "") -> tuple[str, list[str]]:
    """The author and the categories of an entry that holds these, read within a second or two."""
    began = time.monotonic()
    got = parse(rss(item(1) + item(2, "".join(elements)) + item(3), head))
    assert time.monotonic() - began < 4.0
    assert titles(got) == ["Story 1", "Story 2", "Story 3"]
    return got["items"][1]["author"], got["items"][1]["categories"]


DC = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
ITUNES = "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"


@pytest.mark.parametrize(
    "elements",
    [
        f"<author>Ann {'b' * 2**20}</author>",
        f"<dc:creator {DC}>Ann {'b' * 2**20}</dc:creator>",
        f"<author>Ann <![CDATA[{'b' * 2**20}]]></author>",
        f"<author>Ann {'&amp;b.' * 100_000}</author>",
        f"<author>Ann {'b' * 4_000}{'<x/>b' * 20_000}</author>",
        "".join(f"<author>Ann {n} {'b' * 300}</author>" for n in range(2_000)),
        f"<author>Ann {'b' * 300}</author><author><author>x</author>{'b' * 2**20}</author>",
    ],
    ids="text creator cdata references children many nested".split(),
)
def test_names_of_a_megabyte_are_cut_before_they_are_read(elements: str) -> None:
    author, _ = held(elements)
    assert author.startswith("Ann ")
    assert len(author) <= 200


@pytest.mark.parametrize(
    ("head", "elements"),
    [
        ("", "".join(f"<category>c{n}</category>" for n in range(20_000))),
        ("", "".join(f"<dc:subject {DC}>c{n}</dc:subject>" for n in range(20_000))),
        ("", "".join(f"<itunes:category {ITUNES} text='c{n}'/>" for n in range(20_000))),
        ("", f"<itunes:keywords {ITUNES}>{','.join(f'c{n}' for n in range(99_999))}</itunes:keywords>"),
        ("".join(f"<category>c{n}</category>" for n in range(20_000)),
         "".join(f"<category>c{n}</category>" for n in range(60))),
    ],
    ids="category subject empty keywords head".split(),
)  # fmt: skip
def test_thousands_of_categories_are_cut_before_they_are_read(head: str, elements: str) -> None:
    assert held(elements, head=head)[1] == [f"c{n}" for n in range(50)]


def test_what_is_within_the_bounds_is_read_as_it_stands() -> None:
    people = "".join(f"<author>Person {n} &amp; Co, p{n}@x.example</author>" for n in range(80))
    tags = "".join(f"<category><![CDATA[c & {n}]]></category>" for n in range(100))
    text = rss(item(1, people + tags) + item(2, "<webMaster>w@x.example</webMaster>"))
    assert scan(tidy(text.decode())).surplus == []


def test_a_greater_than_sign_within_an_attribute_is_no_end() -> None:
    text = "<rss><channel>" + "<item><a t='x > y' /></item>" * 300 + "</channel></rss>"
    shape = scan(text)
    assert len(shape.entries) == 300
    assert not shape.truncated


# --- everyday dirt ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        rss(item(1) + "<item><title>Q & A</title><link>http://x/?a=1&b=2</link></item>" + item(2)),
        b"<br />\n<b>Warning</b>: include() in <b>/a.php</b><br />\n"
        + rss(item(1) + item(2) + item(3)),
        rss(item(1) + item(2) + item(3)) + b"\n<br />Fatal error: out of memory",
        b"\r\n\r\n  \xef\xbb\xbf" + rss(item(1) + item(2) + item(3)),
        rss(item(1) + item(2) + item(3), prolog="<!DOCTYPE html PUBLIC '-//W3C//DTD'>"),
        rss(item(1) + item(2, "<foo:bar>x</foo:bar>") + item(3)),
        rss(item(1) + item(2, "<description>a&nbsp;b &eacute; &unknown;</description>") + item(3)),
        rss(
            item(1)
            + item(2, "<description>\x00\x08 &#0; &#x1b; &#xD800; &#xFFFF;</description>")
            + item(3)
        ),
        rss(item(1) + item(2, "<description><p>unclosed<br></description>") + item(3)),
    ],
    ids=[
        "ampersand",
        "php-before",
        "php-after",
        "blank-lines",
        "html-doctype",
        "prefix",
        "html-entities",
        "control-characters",
        "unclosed-html",
    ],
)
def test_dirty_feeds_keep_all_their_items(content: bytes) -> None:
    assert len(titles(parse(content))) == 3


def test_a_bare_ampersand_loses_no_text() -> None:
    got = parse(
        rss(
            "<item><title>Rock & roll &nbsp; &copy; Q&A</title><link>http://x/?a=1&b=2</link></item>"
        )
    )
    (one,) = got["items"]
    assert one["title"] == "Rock & roll © Q&A"
    assert one["link"] == "http://x/?a=1&b=2"


def test_an_ampersand_within_cdata_is_not_touched() -> None:
    got = parse(rss("<item><title>x</title><link><![CDATA[http://x/?a=1&b=2]]></link></item>"))
    assert got["items"][0]["link"] == "http://x/?a=1&b=2"


@pytest.mark.parametrize("cut_at", ["<item><title>Story 3</ti", "Story 3</title><li", "<guid>g3"])
def test_a_truncated_document_gives_its_whole_entries(cut_at: str) -> None:
    whole = rss(item(1) + item(2) + item(3)).decode()
    got = parse(whole[: whole.index(cut_at) + len(cut_at)].encode())
    assert titles(got) == ["Story 1", "Story 2"]


def test_a_truncated_rdf_and_atom_document() -> None:
    rdf = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>T</title></channel><item><title>One</title><link>http://x/1</link></item><item><title>Tw'
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>One</title><link href="http://x/1"/></entry><entry><title>Tw'
    assert titles(parse(rdf)) == titles(parse(atom)) == ["One"]


def test_an_unclosed_cdata_section_costs_only_its_entry() -> None:
    got = parse(rss(item(1) + item(2, "<description><![CDATA[open") + item(3)))
    assert "Story 1" in titles(got)


def test_a_large_document_that_is_not_well_formed_is_read_in_part() -> None:
    filler = "<description>" + "words " * 2000 + "</description>"
    content = rss("".join(item(n, filler + "<x:y>z</x:y>") for n in range(300)))
    began = time.monotonic()
    got = parse(content, most=1000)
    assert 100 < len(got["items"]) < 300
    assert len(got["items"]) + got["cut"] == 300
    assert time.monotonic() - began < 15.0


# --- encodings -------------------------------------------------------------------------------

UKRAINIAN, TURKISH, CHINESE, JAPANESE = (
    "Обмін полоненими: 1000 на 1000, ґ є ї",
    "İstanbul'da görüşmeler ığşç",
    "停火谈判在伊斯坦布尔",
    "停戦交渉はイスタンブールで",
)
POLISH, FRENCH = "Zawieszenie broni: jeńcy, łódź", "Cessez-le-feu à Genève, l’été"


def declared(text: str, encoding: str, label: str | None = None) -> bytes:
    name = label or encoding
    prolog = f'<?xml version="1.0" encoding="{name}"?>'
    return rss(f"<item><title>{text}</title></item>", prolog=prolog).decode().encode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (UKRAINIAN, "windows-1251"),
        (UKRAINIAN, "koi8-u"),
        (UKRAINIAN, "utf-8"),
        (UKRAINIAN, "utf-8-sig"),
        (UKRAINIAN, "utf-16"),
        (UKRAINIAN, "utf-16-le"),
        (UKRAINIAN, "utf-16-be"),
        (UKRAINIAN, "utf-32"),
        (UKRAINIAN, "utf-32-le"),
        (UKRAINIAN, "utf-32-be"),
        (TURKISH, "iso-8859-9"),
        (TURKISH, "windows-1254"),
        (POLISH, "iso-8859-2"),
        (CHINESE, "gb18030"),
        (CHINESE, "gbk"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "iso-2022-jp"),
        (FRENCH, "windows-1252"),
    ],
)
def test_declared_encodings_are_exact(text: str, encoding: str) -> None:
    assert titles(parse(declared(text, encoding))) == [text]


@pytest.mark.parametrize(
    ("content", "content_type", "language", "text"),
    [
        (declared(UKRAINIAN, "utf-8", "windows-1251"), "", "", UKRAINIAN),
        (declared(UKRAINIAN, "utf-8", "iso-8859-1"), "text/xml; charset=iso-8859-1", "", UKRAINIAN),
        (declared(UKRAINIAN, "utf-16", "utf-8"), "text/xml; charset=utf-8", "", UKRAINIAN),
        (declared(UKRAINIAN, "windows-1251", "utf-8"), "", "uk", UKRAINIAN),
        (
            declared(UKRAINIAN, "windows-1251", "utf-8"),
            "text/xml; charset=windows-1251",
            "",
            UKRAINIAN,
        ),
        (declared(FRENCH, "windows-1252", "utf-8"), "", "", FRENCH),
        (declared(FRENCH, "windows-1252", "iso-8859-1"), "", "fr", FRENCH),
        (declared(TURKISH, "windows-1254", "x-unknown"), "", "tr", TURKISH),
        (declared(UKRAINIAN, "utf-8", "unicode_escape"), "", "", UKRAINIAN),
        (declared(UKRAINIAN, "utf-8", "zlib_codec"), "", "", UKRAINIAN),
        (declared("plain +ADw-b+AD4-", "ascii", "utf-7"), "", "", "plain +ADw-b+AD4-"),
    ],
)
def test_wrong_declarations_lose_no_text(
    content: bytes, content_type: str, language: str, text: str
) -> None:
    assert titles(parse(content, content_type, language)) == [text]


def test_a_few_bad_bytes_cost_only_themselves() -> None:
    content = declared(UKRAINIAN + "|", "utf-8").replace(b"|", b"\xff\xfe!")
    (title,) = titles(parse(content))
    assert title.startswith(UKRAINIAN)
