"""Cases C01 to C07: documents that are built against parsers, and characters that break texts."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from tests.hostile.answers import XML, Later, text, whole
from tests.hostile.case import Case, either, fails, ok
from tests.hostile.checks import never_stored, titles_hold, titles_satisfy
from tests.hostile.documents import PROLOG, common_items, feed, item, items, rss, title, words

_COMPLEX = ("too-complex", "parse-timeout", "parse-memory", "parse-crashed", "not-a-feed")
_BIG = ("too-large", *_COMPLEX)
_SOME = (0, 4)


def _laughs(levels: int = 9, wide: int = 10) -> str:
    lines = ["<!ENTITY l0 'lolmark'>"]
    lines += [f"<!ENTITY l{n} '{f'&l{n - 1};' * wide}'>" for n in range(1, levels + 1)]
    return "\n".join(lines)


def _declared(dtd: str, inner: str) -> str:
    return rss(inner, prolog=f"<?xml version='1.0'?>\n<!DOCTYPE rss [\n{dtd}\n]>\n")


def _reads(reference: str, key: str) -> str:
    """Give three plain items and one whose title refers to an entity."""
    return items(key) + item(f"{key}-x", text=f"Zeppelin {reference}")


def _quadratic() -> str:
    return _declared(f"<!ENTITY a '{'a' * 50_000}'>", _reads("&a;" * 40_000, "quadratic"))


def _bomb(name: str, document: str, does: str, encoding: str = "utf-8") -> Case:
    return Case(name, "C01", does, whole(document.encode(encoding)),
                either(_SOME, *_COMPLEX, also=(never_stored("lolmarklolmark"),)))  # fmt: skip


def _xxe(name: str, dtd: str, reference: str, does: str, inner: str = "") -> Case:
    document = (
        _declared(dtd, _reads(reference, name)) if dtd else rss(_reads(reference, name) + inner)
    )
    return Case(name, "C03", does, lambda ask, out: text(ask.filled(document))(ask, out),
                either(_SOME, *_COMPLEX, also=(never_stored("root:x:", "daemon:"),)))  # fmt: skip


def _attack(name: str, ids: str, does: str, make: Callable[[], str], most: int = 4) -> Case:
    """A document that is large only when it is unpacked."""
    packed = Later(lambda: gzip.compress(make().encode(), 1))
    return Case(name, ids, does, whole(packed, XML + "Content-Encoding: gzip\r\n"),
                either((0, most), *_BIG))  # fmt: skip


def _odd(name: str, inside: str, does: str, kept: str = "Zeppelin") -> Case:
    """A character that no text may hold stands in the middle of a title, of a link, of a summary."""
    document = rss(items(name) + item(
        f"{name}-x", text=f"Zeppelin {inside} {words(name)}", link=f"https://news.example.org/{inside}x",
        extra=f"<description>{inside} {words(name + '-about')}</description>"))  # fmt: skip
    return Case(name, "C07", does, text(document),
                ok(4, titles_satisfy("clean", _clean), titles_hold(kept, words(name))))  # fmt: skip


def _clean(title: str) -> bool:
    """Whether a text is of one line, of characters that XML allows, and can be written as UTF-8."""
    return not any(
        ord(c) < 32
        or 0x7F <= ord(c) < 0xA0
        or 0xD800 <= ord(c) < 0xE000
        or c in "\u2028\u2029\uffff\ufffe"
        for c in title
    )


def _hash_sized(key: str, extra: str, **fields: str) -> str:
    return rss(items(key) + item(f"{key}-x", extra, **fields))


CASES = [
    _bomb("billion-laughs", _declared(_laughs(), _reads("&l9;", "laughs")), "entities of entities"),
    _bomb("billion-laughs-one-line", _declared(_laughs().replace("\n", ""), _reads("&l9;", "one-line"))
          .replace("\n", ""), "the same on one line"),
    _bomb("billion-laughs-utf16", _declared(_laughs(), _reads("&l9;", "laughs16")), "the same in UTF-16",
          "utf-16"),
    _bomb("billion-laughs-attribute", _declared(_laughs(), _reads("", "in-attr")).replace(
        "<channel>", "<channel title='&l9;'>"), "the same in an attribute"),
    _bomb("billion-laughs-parameter", _declared(
        "<!ENTITY % p '<!ENTITY lol \"lolmark\">'>%p;" + _laughs(), _reads("&lol;&l9;", "param")),
        "by parameter entities"),
    _bomb("entity-recursive", _declared("<!ENTITY a '&b;'><!ENTITY b '&a;'>", _reads("&a;", "recursive")),
          "entities that name each other"),
    _bomb("doctype-flood", "<!DOCTYPE a []>" * 5_000 + rss(items("doctypes"), prolog=""), "5,000 doctypes"),
    _bomb("doctype-unclosed", "<?xml version='1.0'?><!DOCTYPE rss [ <!ENTITY a 'b'> " + rss(
        items("unclosed"), prolog=""), "a doctype that never ends"),
    Case("doctype-good", "C01", "a doctype without entities, as RSS 0.91 had it", text(rss(
        items("doctype-good"), prolog="<?xml version='1.0'?><!DOCTYPE rss PUBLIC "
        "'-//Netscape Communications//DTD RSS 0.91//EN' 'http://127.0.0.1:1/rss.dtd'>")), ok()),
    Case("quadratic-blowup", "C02", "one entity of 50 kB, 40,000 times", whole(Later(lambda: _quadratic().encode())),
         either(_SOME, *_COMPLEX)),
    _attack("quadratic-blowup-many", "C02", "the same in 200 items", lambda: _declared(
        f"<!ENTITY a '{'a' * 50_000}'>", "".join(item(f"qm-{n}", text="Zeppelin " + "&a;" * 2_000)
                                                  for n in range(200))), 200),
    _xxe("xxe-file", "<!ENTITY x SYSTEM 'file:///etc/passwd'>", "&x;", "an entity that is a file"),
    _xxe("xxe-http", "<!ENTITY x SYSTEM 'http://127.0.0.1:{canary}/'>", "&x;", "an entity inside"),
    _xxe("xxe-parameter", "<!ENTITY % x SYSTEM 'http://127.0.0.1:{canary}/'>%x;", "", "by parameter"),
    Case("xxe-external-dtd", "C03", "a DTD from inside", lambda ask, out: text(ask.filled(rss(
        items("ext-dtd"), prolog="<?xml version='1.0'?><!DOCTYPE rss SYSTEM 'http://127.0.0.1:{canary}/'>")))(
            ask, out), either(_SOME, *_COMPLEX)),
    _xxe("xinclude", "", "", "XInclude of a file", "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude'"
         " href='file:///etc/passwd' parse='text'/>"),
    Case("xml-stylesheet", "C03", "a stylesheet from inside", lambda ask, out: text(ask.filled(rss(
        items("stylesheet"), prolog=PROLOG + "<?xml-stylesheet href='http://127.0.0.1:{canary}/' "
        "type='text/xsl'?>")))(ask, out), ok()),
    Case("schema-location", "C03", "a schema from inside", lambda ask, out: text(ask.filled(rss(items("schema")).replace(
        "<channel>", "<channel xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation="
        "'a http://127.0.0.1:{canary}/'>")))(ask, out), ok()),
    _attack("deep-nesting", "C04", "200,000 elements, one in the other",
            lambda: rss(items("deep") + "<a>" * 200_000 + "</a>" * 200_000)),
    _attack("deep-nesting-in-item", "C04", "the same within an item",
            lambda: rss(items("deep-i") + f"<item><title>Zeppelin</title>{'<a>' * 100_000}")),
    _attack("nested-div", "C04", "50,000 nested div in a summary", lambda: rss(items("div") + item(
        "div-x", f"<description><![CDATA[{'<div>' * 50_000}]]></description>"))),
    _attack("nested-div-xhtml", "C04", "the same as XHTML content of Atom", lambda: (
        f"{PROLOG}<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>a</id>"
        f"<title>Zeppelin</title><content type='xhtml'>{'<div>' * 50_000}</content></entry></feed>")),
    _attack("many-attributes", "C04", "200,000 attributes of one element", lambda: rss(items("attr")).replace(
        "<channel>", "<channel " + " ".join(f"a{n}='b'" for n in range(200_000)) + ">")),
    _attack("many-namespaces", "C04", "20,000 namespaces", lambda: rss(items("ns")).replace(
        "<channel>", "<channel " + " ".join(f"xmlns:n{n}='u{n}'" for n in range(20_000)) + ">")),
    _attack("many-namespaces-spread", "C04", "90 namespaces in each of 2,000 items", lambda: rss(common_items(
        "nss", 2_000).replace("<item>", "<item " + " ".join(f"xmlns:n{i}='u'" for i in range(90)) + ">")),
        2_000),
    _attack("broken-tags", "C04", "200 kB of tags that nobody closed",
            lambda: rss(items("soup") + "<b><i <c d='" * 20_000)),
    _attack("quadratic-html", "C04", "200 kB of broken tags in a summary", lambda: rss(items("qh") + item(
        "qh-x", f"<description>{'&lt;a &lt;b ' * 20_000}</description>"))),
    _attack("open-comments", "C04", "100,000 comments that begin", lambda: rss(items("oc") + "<!--" * 100_000)),
    _attack("open-cdata", "C04", "100,000 CDATA sections that begin",
            lambda: rss(items("od") + "<![CDATA[" * 100_000)),
    _attack("lone-ampersands", "C04", "a million ampersands", lambda: rss(items("amp") + "&" * 1_000_000)),
    _attack("many-instructions", "C04", "200,000 processing instructions",
            lambda: rss("<?a b?>" * 200_000 + items("pi"))),
    _attack("huge-entry", "C05", "an entry of 100 MB", lambda: rss(
        items("huge") + item("huge-x", f"<description>{'zeppelin ' * 11_000_000}</description>"))),
    _attack("100k-entries", "C05", "100,000 entries",
            lambda: rss("".join(f"<item><title>Zeppelin {n}</title><guid>k{n}</guid></item>"
                                for n in range(100_000))), 1_000),
    Case("5000-entries", "C05", "5,000 entries of words that nobody has heard: the newest 1,000 are kept",
         whole(Later(lambda: _five_thousand().encode())), ok(1_000)),
    Case("huge-wire", "C05", "11 MB on the wire", whole(feed("huge-wire") + b" " * 11 * 2**20),
         fails("too-large")),
    Case("title-2-mb", "C06", "a title of 2 MB", text(_hash_sized("t2", "", text=f"Zeppelin {'x' * 2**21}")),
         ok(4, titles_satisfy("at most 1,000 characters", lambda t: len(t) <= 1_000))),
    Case("url-1-mb", "C06", "a link of 1 MB", text(_hash_sized("u1", "", link=f"https://x.example/{'y' * 2**20}")),
         ok(4)),
    Case("guid-1-mb", "C06", "two guids of 1 MB that differ at the end", text(rss(items("g1") + item(
        "g1-x", guid="g" * 2**20 + "a") + item("g1-y", guid="g" * 2**20 + "b"))), ok(5)),
    Case("50k-categories", "C06", "50,000 categories", text(_hash_sized(
        "c50", "".join(f"<category>c{n}</category>" for n in range(50_000)))), ok(4)),
    Case("author-1-mb", "C06", "an author of 1 MB", text(_hash_sized("au", f"<author>{'a' * 2**20}</author>")), ok(4)),
    _odd("char-nul", "a\x00b", "a NUL"), _odd("char-esc", "a\x1b[31mb", "an escape sequence"),
    _odd("char-bel", "a\x07b\x08c", "BEL and BS"), _odd("char-c1", "a\x85\x9bb", "control characters of C1"),
    _odd("char-reference-nul", "a&#0;b&#x1b;c", "references to NUL and ESC"),
    _odd("char-reference-surrogate", "a&#xD800;b", "a reference to half a character"),
    _odd("char-reference-huge", "a&#x110000;b&#99999999999;c", "references beyond Unicode"),
    _odd("char-surrogate", "a\ud800b", "half a character, encoded"), _odd("char-ffff", "a\uffffb", "U+FFFF"),
    _odd("char-line-separator", "a\u2028b\u2029c", "U+2028 and U+2029"),
    _odd("char-newlines", "a\r\n\x0b\x0cb", "every kind of line break"),
    Case("good-cdata", "C07", "CDATA with what looks like markup", text(rss(items("cdata") + item(
        "cdata-x", text="<![CDATA[Zeppelin &amp; <b>bold</b> text]]>"))), ok(4)),
    Case("good-rdf", "C11", "RSS 1.0", text(
        f"{PROLOG}<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'><title>t</title></channel>"
        + "".join(f"<item rdf:about='https://news.example.org/rdf{n}'><title>{title(f'rdf{n}')}</title>"
                  f"<link>https://news.example.org/rdf{n}</link></item>" for n in range(3)) + "</rdf:RDF>"),
         ok()),
    Case("good-old", "C11", "RSS 0.91", text(rss(items("old")).replace("version='2.0'", "version='0.91'")), ok()),
    Case("good-many", "C05", "a good feed of 200 items", text(rss(common_items("good-many", 200))), ok(200)),
]  # fmt: skip


def _five_thousand() -> str:
    return rss(
        "".join(
            item(f"f5-{n}", f"<description>{words(f'f5-{n}', 20)}</description>")
            for n in range(5_000)
        )
    )
