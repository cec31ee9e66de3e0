"""Cases C14 to C28: identity over several looks, dates, floods, and texts that want to be code."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from tests.hostile.answers import good, text, turns
from tests.hostile.case import Ask, Case, ok
from tests.hostile.checks import (
    asked_again,
    links_satisfy,
    never_stored,
    titles_hold,
    titles_satisfy,
    told,
    told_together,
)
from tests.hostile.documents import PROLOG, common_items, item, items, rss, title, words

_QUIET = told(0, 0)


def _each(make: Callable[[int], str]) -> object:
    """A document that depends on how often it was asked for."""
    return text(lambda ask: rss(make(ask.number)))


def _case(
    name: str, ids: str, does: str, make: Callable[[int], str], must: object, **more: object
) -> Case:
    return Case(name, ids, does, _each(make), must, **more)  # type: ignore[arg-type]


def _many(key: str, count: int, **fields: Callable[[int], str]) -> str:
    """Give items of which some fields are made from their number."""
    return "".join(
        item(f"{key}-{n}", **{name: make(n) for name, make in fields.items()}) for n in range(count)
    )


def _said(name: str, ids: str, said: str, does: str, *checks: object) -> Case:
    """A feed that already has items gets one whose title wants to be something else than text."""
    held = items(name)
    new = item(f"{name}-x", text=f"<![CDATA[Zeppelin {said} {words(name)}]]>")
    return Case(name, ids, does, turns(text(rss(held)), text(rss(new + held))),
                ok(4, titles_hold(words(name)), told(1, 1), *checks))  # type: ignore[arg-type]  # fmt: skip


def _as_is(name: str, said: str) -> Case:
    """It arrives as it stands, and nothing that it asks for happens."""
    return _said(name, "C25", said, f"a title that holds {said!r}", titles_hold(said))


def _dated(name: str, date: str, does: str, least: int = 1) -> Case:
    """A new item under an odd date alerts like any other, once; one that is old news need not."""
    held = items(name)
    return Case(name, "C19", does, turns(text(rss(held)), text(rss(item(f"{name}-x", date=date) + held))),
                ok(4, told(least, 1)))  # fmt: skip


def _linked(name: str, link: str, does: str, kept: bool = False) -> Case:
    del kept
    return Case(name, "C26", does, text(rss(items(name) + item(f"{name}-x", link=f"<![CDATA[{link}]]>"))),
                ok(4, links_satisfy("http(s) or none", _is_web)))  # fmt: skip


def _is_web(link: str) -> bool:
    plain = not any(ord(c) <= 32 or c in '"<>\\' for c in link)
    return not link or (link.startswith(("http://", "https://")) and plain)


def _one_line(title: str) -> bool:
    return "\n" not in title and "\r" not in title


def _no_bidi(title: str) -> bool:
    return not any(unicodedata.bidirectional(c) in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI",
                                                    "FSI", "PDI"} for c in title)  # fmt: skip


def _edited(ask: Ask) -> str:
    said = (
        "Zeppelin talks continue, no deal signed"
        if ask.number < 3
        else "Zeppelin ceasefire signed by both"
    )
    return rss(
        item("em", text=said, extra=f"<description>{said}.</description>") + items("em-rest", 4)
    )


def _commas(ask: Ask) -> str:
    mark = "" if ask.number < 3 else ","
    return rss(item("ec", text=f"Zeppelin talks{mark} in {words('ec')}") + items("ec-rest", 4))


def _syndicated(ask: Ask) -> str:
    feed = ask.base.rpartition("/")[2]
    own = items(f"own-{feed}", 2)
    return rss((item(f"syn-{feed}", text=title("syndicated")) if ask.number > 1 else "") + own)


CASES = [
    _case("guid-absent", "C14", "ten stories without guids", lambda n: _many("ga", 10, guid=lambda i: ""),
          ok(10, _QUIET)),
    _case("guid-empty", "C14", "ten stories with empty guids",
          lambda n: _many("ge", 10, guid=lambda i: " "), ok(10, _QUIET)),
    _case("guid-duplicate", "C14", "ten stories under one guid",
          lambda n: _many("gd", 10, guid=lambda i: "same"), ok(10, _QUIET)),
    _case("guid-and-link-absent", "C14", "ten stories with neither",
          lambda n: _many("gl", 10, guid=lambda i: "", link=lambda i: ""), ok(10, _QUIET)),
    _case("guid-and-link-duplicate", "C14", "ten stories under one guid and one link", lambda n: _many(
        "gld", 10, guid=lambda i: "same", link=lambda i: "https://news.example.org/"), ok(10, _QUIET)),
    _case("guid-duplicate-new", "C14", "one more story under the shared guid at the second look",
          lambda n: _many("gdn", 5 + (n > 1), guid=lambda i: "same"), ok(6, told(1, 1))),
    _case("guid-regenerated", "C15", "ten stories whose guids are new each time",
          lambda n: _many("gr", 10, guid=lambda i: f"gr-{i}-{n}"), ok(10, _QUIET)),
    _case("guid-and-link-regenerated", "C15", "guids and links are new each time", lambda n: _many(
        "glr", 10, guid=lambda i: f"glr-{i}-{n}", link=lambda i: f"https://news.example.org/{n}/{i}"),
        ok(10, _QUIET)),
    _case("link-regenerated", "C15", "links with a session in them",
          lambda n: _many("lr", 10, link=lambda i: f"https://news.example.org/{i}?sid={n}"), ok(10, _QUIET)),
    _case("dates-regenerated", "C15", "every date is now", lambda n: _many(
        "dr", 10, date=lambda i: f"Mon, 02 Jun 2025 10:{n % 60:02}:00 GMT"), ok(10, _QUIET)),
    _case("guid-reused", "C16", "another story under the first one's guid at the third look", lambda n: (
        item(f"reuse-{n > 2}", guid="reused", link="https://news.example.org/live") + items("reuse-rest", 4)),
        ok(5, told(1, 1), most=6)),
    Case("edited-cosmetic", "C17", "a comma is added at the third look", text(_commas), ok(5, _QUIET)),
    Case("edited-material", "C17", "it becomes `ceasefire signed` at the third look", text(_edited),
         ok(5, told(1, 1), most=6)),
    _case("reordered", "C18", "another order each time", lambda n: "".join(
        item(f"ro-{(i * 3 + n) % 10}") for i in range(10)), ok(10, _QUIET)),
    _case("vanishing", "C18", "half of the items vanish and return", lambda n: items(
        "va", 10 if n % 2 else 5), ok(10, _QUIET)),
    _case("empties-and-returns", "C18", "all items vanish and return", lambda n: items(
        "er", 5) if n % 2 else "", ok(5, _QUIET)),
    Case("updated-bump", "C18", "Atom whose `updated` is new each time", text(lambda ask: (
        f"{PROLOG}<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>" + "".join(
            f"<entry><id>ub{i}</id><title>{title(f'ub{i}')}</title><updated>2025-06-02T10:{ask.number % 60:02}:00Z"
            "</updated></entry>" for i in range(5)) + "</feed>")), ok(5, _QUIET)),
    _dated("date-2099", "Wed, 02 Jan 2099 10:00:00 GMT", "a date in 2099"),
    _dated("date-1601", "Mon, 01 Jan 1601 00:00:00 GMT", "a date in 1601", 0),
    _dated("date-99999", "Mon, 01 Jan 99999 00:00:00 GMT", "the year 99999"),
    _dated("date-minus", "-0001-01-01T00:00:00Z", "the year -1", 0),
    _dated("date-garbage", "yesterday, about noon &#x2603;", "a date that is none"),
    _dated("date-none", "", "no date"),
    _dated("date-dst-gap", "Sun, 30 Mar 2025 02:30:00 CET", "an hour that there was not", 0),
    _dated("date-trt", "02.06.2025 13:45 TRT", "a Turkish date", 0),
    _dated("date-msk", "Пн, 02 июн 2025 13:45:00 MSK", "a Russian date", 0),
    _dated("date-zone", "Mon, 02 Jun 2025 10:00:00 +9999", "a zone of 99 hours", 0),
    _dated("date-long", "0" * 5_000, "a date of 5,000 digits"),
    _case("backlog", "C20", "500 matching items at first contact", lambda n: common_items("bl", 500), ok(500, _QUIET)),
    _case("flood", "C21", "100 new matches at the second and the third look",
          lambda n: items("fl", 100, first=1 + 100 * min(n, 3)), ok(300, asked_again(3))),
    Case("syndicated", "C22", "one story in thirty outlets at the second look", text(_syndicated),
         ok(3, most=3), feeds=30, together=(told_together(1, 1),)),
    _said("title-crlf-bcc", "C23", "a\r\nBcc: x@example.org\r\n\r\nb", "a header in a title",
          titles_satisfy("of one line", _one_line)),
    Case("feed-title-crlf", "C23", "a header in the feed's title", text(rss(items("ft")).replace(
        "<title>Hostile</title>", "<title>Hostile&#13;&#10;Bcc: x@example.org</title>")), ok()),
    _said("title-script", "C24", "&lt;script>alert(1)&lt;/script>", "a script"),
    _said("title-script-twice", "C24", "&amp;lt;img onerror=x&amp;gt;", "a tag, escaped twice"),
    _said("title-rtl", "C24", "\u202edetoor\u202c \u2066x\u2069", "an override of direction",
          titles_satisfy("free of bidi controls", _no_bidi)),
    _said("title-zero-width", "C24", "zep\u200bpel\u200din cease\u2060fire \ufeff", "zero-width characters"),
    _said("title-nfd", "C24", "baris\u0327 go\u0308ru\u0308s\u0327mesi", "decomposed letters"),
    _said("title-homoglyph", "C24", "zерреlin Ｚｅｐｐｅｌｉｎ", "letters that only look alike"),
    _said("title-zalgo", "C24", "z" + "\u0301\u0302\u0303" * 300, "a letter under 900 accents"),
    *(_as_is(f"title-{name}", said) for name, said in (
        ("jinja", "{{7*7}} {% raw %}"), ("printf", "%s %n %d %%"), ("format", "{0} {__class__} {}"),
        ("jndi", "${jndi:ldap://127.0.0.1/a}"), ("sql", "'); DROP TABLE items; --"),
        ("fts", 'a" OR "b* NEAR('), ("csv", "=cmd|' /C calc'!A0"), ("shell", "$(reboot) `id`"),
        ("everyone", "@everyone @here"), ("markdown", "[click](http://x.example) **bold**"),
        ("path", "../../../../etc/passwd"), ("json", '","injected":"yes'))),
    _linked("link-javascript", "javascript:alert(1)", "a script as link"),
    _linked("link-javascript-mixed", "\n jAvAsCrIpT:alert(1)", "the same in mixed case, with blanks"),
    _linked("link-data", "data:text/html,<script>alert(1)</script>", "a document as link"),
    _linked("link-file", "file:///etc/passwd", "a file as link"),
    _linked("link-vbscript-newline", "vbscript:msg\nbox", "vbscript with a newline"),
    _linked("link-protocol-relative", "//news.example.org/a", "no scheme"),
    _linked("link-relative", "/a/b?c=1", "relative"),
    _linked("link-crlf", "https://news.example.org/a\r\nBcc: x@example.org", "a line break"),
    _linked("link-quote", 'https://news.example.org/"><script>', "a quote and a tag"),
    _linked("link-userinfo", "https://user:secret@news.example.org/", "a password in it"),
    _linked("link-unparsable", "http://[::1", "no address at all"),
    _linked("link-port", "http://news.example.org:99999999/", "a port that there is not"),
    _linked("link-unicode", "https://новости.example/статья", "letters of Cyrillic"),
    _case("regex-bait", "C27", "50,000 letters for a pattern to choke on", lambda n: items("rb") + item(
        "rb-x", f"<description>{'a' * 50_000}!</description>", text="Zeppelin " + "a" * 50_000), ok(4)),
    _case("regex-bait-blanks", "C27", "50,000 blanks, dashes and quotes", lambda n: items("rbb") + item(
        "rbb-x", f"<description>{' -' * 25_000}{'“' * 10_000}</description>"), ok(4)),
    _case("empty-then-items", "C28", "no items, then three, which are news", lambda n: items(
        "eti") if n > 1 else "", ok(3, told(3, 3))),
    Case("empty-channel", "C28", "never an item", text(rss("")), ok(0, asked_again(3), _QUIET)),
    Case("poisoned-among-good", "C26", "one item of nothing but trouble among good ones", text(rss(
        items("pg") + "<item><title/><link>http://[</link><guid/><pubDate>x</pubDate></item>")),
        ok(3, never_stored("\x00"), most=4)),
    Case("good-changing", "C28", "a new item at each look", text(lambda ask: rss(
        items("gc", min(ask.number, 4)))), ok(4, told(3, 3))),
    Case("good-unchanged", "C28", "the same bytes each time", good("gu"), ok(3, _QUIET, asked_again(3))),
]  # fmt: skip
