"""Cases C08 to C13: encodings, everyday dirt, salvage, JSON Feed."""

from __future__ import annotations

import json

from tests.hostile.answers import XML, good, text, turns, whole
from tests.hostile.case import Case, either, fails, ok
from tests.hostile.checks import never_stored, titled, titles_hold
from tests.hostile.documents import PROLOG, feed, item, items, rss

_JSON = "Content-Type: application/feed+json\r\n"
_TEXTS = {
    "cp1251": "Zeppelin: переговоры в Стамбуле", "koi8-r": "Zeppelin: обмен пленными",
    "iso8859-9": "Zeppelin: İstanbul'da görüşme sürüyor", "utf-16-le": "Zeppelin: Київ і Москва",
    "utf-16-be": "Zeppelin: Київ і мир", "utf-32-le": "Zeppelin: мир", "utf-32-be": "Zeppelin: мир и",
    "gb18030": "Zeppelin: 停火谈判在伊斯坦布尔", "shift_jis": "Zeppelin: 停戦交渉",
    "euc-kr": "Zeppelin: 휴전 협상", "iso8859-2": "Zeppelin: rozmowy w Łodzi", "cp1252": "Zeppelin: “Gespräche” – Genève",
    "big5": "Zeppelin: 停火談判", "iso8859-15": "Zeppelin: coût 5 €", "utf-8": "Zeppelin: 停火 – мир – barış",
}  # fmt: skip
_PLAIN_XML = "Content-Type: application/xml\r\n"


def _one(said: str, declared: str = "") -> str:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    return rss(item("one-" + said, text=said, extra="<description></description>"), prolog=prolog)


def _encoded(codec: str) -> Case:
    said = _TEXTS[codec]
    wide = codec.startswith(("utf-16", "utf-32"))
    mark = ("\ufeff" if wide else "").encode(codec) if wide else b""
    body = mark + _one(said, codec.rpartition("-")[0] if wide else codec).encode(codec)
    return Case(
        f"enc-{codec}", "C08", f"{codec}, declared", whole(body, _PLAIN_XML), ok(1, titled(said))
    )


def _wrong(name: str, said: str, codec: str, declared: str, headers: str, does: str) -> Case:
    return Case(f"enc-{name}", "C09", does, whole(_one(said, declared).encode(codec), headers),
                ok(1, titled(said)))  # fmt: skip


def _label(label: str) -> Case:
    """A label that is none of the web's; Python knows some of them as codecs that do other things."""
    return Case(f"enc-label-{label}", "C10", f"declares {label}", whole(
        _one(f"Zeppelin: мир {label}", label).encode(), f"Content-Type: text/xml; charset={label}\r\n"),
        ok(1, titled(f"Zeppelin: мир {label}")))  # fmt: skip


def _dirt(name: str, document: str, does: str, count: int = 3) -> Case:
    return Case(f"dirt-{name}", "C11", does, text(document), ok(count))


def _cut(name: str, at: str, does: str, least: int) -> Case:
    """A document that ends in the middle, in an answer that is whole."""
    document = rss(items(f"cut-{name}"))
    return Case(
        f"cut-{name}", "C12", does, text(document[: document.rindex(at)]), ok(least, most=3)
    )


def _json_feed(**fields: object) -> dict[str, object]:
    return {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [], **fields}


def _json_item(n: int, **fields: object) -> dict[str, object]:
    return {"id": f"j{n}", "url": f"https://news.example.org/j{n}", "title": f"Zeppelin {n} json",
            "content_text": f"text {n}", **fields}  # fmt: skip


def _json(name: str, document: object, does: str, must: object) -> Case:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Case(f"json-{name}", "C13", does, whole(body, _JSON), must)  # type: ignore[arg-type]


_GOOD = [_json_item(n) for n in range(3)]
_NO_PARSE = ("not-a-feed", "too-complex", "parse-timeout", "parse-memory", "parse-crashed")

CASES = [
    *(_encoded(codec) for codec in _TEXTS),
    _wrong("declared-wrong", "Zeppelin: мир и перемирие", "utf-8", "windows-1251", XML, "UTF-8, says 1251"),
    _wrong("conflicting", "Zeppelin: пленные вернулись", "cp1251", "utf-8",
           "Content-Type: text/xml; charset=windows-1251\r\n", "the server is right, the document is not"),
    _wrong("conflicting-other", "Zeppelin: снова переговоры", "cp1251", "windows-1251",
           "Content-Type: text/xml; charset=iso-8859-1\r\n", "the document is right, the server is not"),
    _wrong("latin-as-utf8", "Zeppelin: Gespräche in Genève", "cp1252", "utf-8", _PLAIN_XML, "Latin-1, says UTF-8"),
    _wrong("undeclared", "Zeppelin: talks in Genève", "utf-8", "", _PLAIN_XML, "UTF-8, says nothing"),
    _wrong("bom", "Zeppelin: barış görüşmesi", "utf-8-sig", "iso-8859-1", XML, "a BOM against the declaration"),
    _wrong("utf16-says-8", "Zeppelin: мир в UTF-16", "utf-16", "utf-8", XML, "UTF-16, says UTF-8"),
    Case("enc-bad-bytes", "C09", "a few bytes that are no UTF-8", whole(
        feed("bad-bytes").replace(b"<title>Zeppelin", b"<title>Zeppelin \xff\xfe", 2)), ok(3, titles_hold("Zeppelin"))),
    Case("enc-mixed", "C09", "one item of 1251 among others of UTF-8", whole(
        _one("Zeppelin: мир и ещё много слов о переговорах, обмене и возвращении пленных", "utf-8").encode()
        .replace(b"</channel>", item("mixed-b", text="Zeppelin: ад").encode("cp1251") + b"</channel>")),
         ok(2, titles_hold("переговорах"))),
    *(_label(label) for label in ("utf-7", "x-unknown", "zlib_codec", "unicode_escape", "rot13", "hex", "idna",
                                  "punycode", "undefined")),
    Case("enc-utf7-attack", "C10", "markup as UTF-7", whole(_one("Zeppelin +ADw-script+AD4-", "utf-7").encode()),
         ok(1, never_stored("<script>"))),
    _dirt("ampersand", rss(items("amp1") + item("amp1-x", text="Zeppelin at A&B & C")), "a bare ampersand", 4),
    _dirt("ampersand-link", rss(items("amp2") + item("amp2-x", link="https://news.example.org/?a=1&b=2&copy=3")),
          "ampersands in a link", 4),
    _dirt("php-before", "<br />\n<b>Warning</b>: mysql_connect() in /var/www on line 3<br />\n" + rss(items("php1")),
          "a warning of PHP before"),
    _dirt("php-after", rss(items("php2")) + "\n<b>Fatal error</b>: out of memory", "a warning of PHP behind"),
    _dirt("php-between", rss(items("php3") + "<br />\n<b>Notice</b>: undefined <br />" + item("php3-x")),
          "a notice of PHP between items", 4),
    _dirt("blank-lines", "\r\n\r\n \t" + rss(items("blank-l")), "blank lines before"),
    _dirt("bom-and-blanks", "\ufeff\n" + rss(items("bom-b")), "a BOM, then a blank line"),
    _dirt("prefixes", rss(items("pre") + item("pre-x", "<media:content url='x'/><foo:bar>1</foo:bar>")),
          "prefixes that nobody declared", 4),
    _dirt("html-doctype", "<!DOCTYPE html>\n" + rss(items("hd"), prolog=""), "the doctype of HTML"),
    _dirt("html-entities", rss(items("he") + item("he-x", text="Zeppelin &nbsp;&eacute;&mdash;&bogus;")),
          "entities of HTML", 4),
    _dirt("attributes-bare", rss(items("ab") + item("ab-x", "<enclosure url=http://x.example/a length=1>")),
          "attributes without quotes", 4),
    _dirt("mismatched", rss(items("mm") + item("mm-x").replace("</description>", "</descr>")), "an end tag that is none", 4),
    _dirt("comments", "<!-- generated -->" + rss(items("cm"), prolog="") + "<!-- 0.3 s -->", "comments around"),
    _dirt("upper-case", rss(items("uc")).replace("<item>", "<ITEM>").replace("</item>", "</ITEM>"), "ITEM in capitals"),
    _dirt("no-channel", f"{PROLOG}<rss version='2.0'>{items('nc')}</rss>", "no channel"),
    _dirt("double-prolog", PROLOG + rss(items("dp")), "two prologs"),
    _cut("mid-title", "</title>", "ends in the last title", 2),
    _cut("mid-tag", "tle>", "ends in a tag", 2),
    _cut("no-end", "</channel>", "only the end of the channel is missing", 3),
    _cut("mid-guid", "</guid>", "ends in the last guid", 2),
    Case("cut-then-whole", "C12", "cut off, then whole", turns(
        text(rss(items("ctw"))[:-300]), good("ctw")), ok(3, at_last=True)),
    Case("two-roots", "C12", "two documents in one", text(rss(items("r1", 2)) + rss(items("r2", 1))), ok(2, most=3)),
    Case("cdata-open", "C12", "a CDATA section that never ends", text(
        rss(items("co") + "<item><title><![CDATA[Zeppelin and no end")), ok(3, most=4)),
    _json("good", _json_feed(items=_GOOD), "a good JSON Feed", ok()),
    _json("bom", b"\xef\xbb\xbf" + json.dumps(_json_feed(items=_GOOD)).encode(), "with a BOM", ok()),
    _json("types", _json_feed(title=5, items=[*_GOOD, 7, None, [], {"id": {}, "title": []},
                                              _json_item(8, authors="x", tags=9, date_published=[])]),
          "wrong types everywhere", ok(3, most=5)),
    _json("items-object", _json_feed(items={"a": 1}), "items is no list", fails("not-a-feed")),
    _json("deep", b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 200_000, "200,000 lists deep",
          fails(*_NO_PARSE)),
    _json("integer", json.dumps(_json_feed(items=_GOOD)).replace('"j0"', "9" * 500_000).encode(),
          "an id of 500,000 digits", either((0, 3), *_NO_PARSE)),
    _json("nan", json.dumps(_json_feed(items=_GOOD, x=float("nan"), y=float("inf"))).encode(), "NaN and Infinity",
          either((0, 3), *_NO_PARSE)),
    _json("truncated", json.dumps(_json_feed(items=_GOOD)).encode()[:-30], "cut off",
          either((0, 3), "not-a-feed")),
    _json("surrogate", json.dumps(_json_feed(items=[*_GOOD, _json_item(5, title="Zeppelin \ud800 half")])).encode(),
          "half a character", ok(4)),
    _json("duplicate-keys", b'{"version":"https://jsonfeed.org/version/1","items":[],"items":' +
          json.dumps(_GOOD).encode() + b"}", "a key that comes twice", ok()),
    _json("huge-exponent", json.dumps(_json_feed(items=_GOOD)).replace('"j0"', "1e999999").encode(),
          "an id of 1e999999", ok(2, most=3)),
]  # fmt: skip
