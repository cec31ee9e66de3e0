"""Cases N25 to N36 and N41: statuses, validators, freshness, and answers that are no feed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.hostile.answers import XML, good, paths, raw, status, text, to, turns, whole
from tests.hostile.case import Answer, Ask, Case, either, fails, ok
from tests.hostile.checks import asked_again, asked_at_most, never_stored, rests, sends_back
from tests.hostile.documents import feed, items, rss

_PAGE = (
    b"<!doctype html><html><head><title>Sign in to zeppelin wifi</title></head>"
    b"<body><h1>Welcome</h1><p>Please accept the terms.</body></html>"
)
_HTML = "Content-Type: text/html\r\n"
_PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(range(256)) * 8
#: Of news time, in seconds; a run is long enough to see that they are kept.
_REST_S = 240


def _ages(name: str, headers: str, ids: str, does: str) -> Case:
    """A feed of pace fast says that it changes slowly: that is no reason to look less often."""
    return Case(name, ids, does, good(name, headers=XML + headers), ok(3, asked_again(3)))


def _busy_until(seconds: float) -> Answer:
    """429 with a date so many real seconds ahead of each request."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        await status("429 Slow", f"Retry-After: {at}\r\n")(ask, out)

    return answer


def _conditional(name: str, etag: str) -> Case:
    """304 to whoever sends the validator back byte for byte."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        same = ask.headers.get("if-none-match") == etag
        line = "304 Not Modified" if same else "200 OK"
        body = b"" if same else feed(name)
        await whole(body, f"{XML}ETag: {etag}\r\n", line, length=not same)(ask, out)

    return Case(
        name, "N31", f"ETag {etag[:40]!r}", answer, ok(3, sends_back("if-none-match", etag))
    )


CASES = [
    Case("401", "N25", "asks for credentials", status("401 Unauthorized", "WWW-Authenticate: Basic\r\n"),
         fails("http-401")),
    Case("401-with-feed", "N25", "asks for credentials above a good feed",
         whole(feed("401"), XML, "401 Unauthorized"), fails("http-401")),
    Case("403", "N25", "refuses", status("403 Forbidden"), fails("http-403")),
    Case("403-challenge", "N25", "a bot challenge",
         whole(_PAGE, _HTML + "cf-mitigated: challenge\r\n", "403 Forbidden"),
         fails("http-403", "bot-challenge")),
    Case("407", "N25", "asks for a proxy's credentials", status("407 Proxy"), fails("http-407")),
    Case("404", "N26", "is not there", status("404 Not Found", "", b"nothing here"), fails("http-404")),
    Case("404-with-feed", "N26", "a good feed under 404", whole(feed("404"), XML, "404 Not Found"),
         fails("http-404")),
    Case("404-then-back", "N26", "gone for two looks, then back",
         turns(status("404 N"), status("404 N"), good("404-back")), ok(3, at_last=True)),
    Case("410", "N27", "gone for good",
         status("410 Gone"), fails("http-410", also=(asked_at_most(3),))),
    Case("410-twice", "N27", "good, then gone for good",
         turns(good("410-later"), status("410 Gone")),
         fails("http-410", stay=3, at_last=True)),
    Case("429-seconds", "N28", f"429, Retry-After: {_REST_S}",
         status("429 Slow", f"Retry-After: {_REST_S}\r\n"), fails("http-429", also=(rests(_REST_S),))),
    Case("429-date", "N28", "429, Retry-After as a date that is the real time's",
         _busy_until(3000), fails("http-429", also=(asked_at_most(1),))),
    Case("429-huge", "N28", "429, Retry-After of 20 digits",
         status("429 Slow", "Retry-After: 99999999999999999999\r\n"),
         fails("http-429", also=(asked_at_most(1),))),
    Case("429-negative", "N28", "429, Retry-After: -5", status("429 Slow", "Retry-After: -5\r\n"),
         fails("http-429", also=(rests(50),))),
    Case("429-garbage", "N28", "429, Retry-After: soon", status("429 Slow", "Retry-After: soon\r\n"),
         fails("http-429", also=(rests(50),))),
    Case("429-bare", "N28", "429 and no more", status("429 Slow"), fails("http-429", also=(rests(50),))),
    Case("429-once", "N28", "429 once, then good",
         turns(status("429 Slow", "Retry-After: 30\r\n"), good("429-once")), ok(3, at_last=True)),
    Case("503-seconds", "N28", f"503, Retry-After: {_REST_S}",
         status("503 Down", f"Retry-After: {_REST_S}\r\n"), fails("http-503", also=(rests(_REST_S),))),
    Case("503-year-9999", "N28", "503, Retry-After in the year 9999",
         status("503 Down", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n"),
         fails("http-503", also=(asked_at_most(1),))),
    Case("200-retry-after", "N28", "a good feed with a Retry-After",
         good("200-ra", headers=XML + "Retry-After: 99999999\r\n"), ok()),
    *(Case(f"status-{code}", "N29", f"status {code}", status(f"{code} Some Thing", "", b"trouble"),
           fails(f"http-{code}")) for code in (500, 502, 504, 520, 418, 400, 451)),
    Case("status-999", "N29", "status 999", status("999 Request Denied"), fails("http-999", "protocol")),
    Case("500-with-feed", "N29", "a good feed under 500", whole(feed("500"), XML, "500 Oops"),
         fails("http-500")),
    Case("206", "N29", "part of a feed", whole(feed("206"), XML + "Content-Range: bytes 0-99/900\r\n",
                                             "206 Partial Content"), fails("http-206")),
    Case("203", "N29", "a feed out of a transforming proxy", whole(feed("203"), XML, "203 Odd"),
         either((0, 3), "http-203")),
    Case("300", "N29", "several choices", status("300 Multiple Choices"), fails("http-300", "bad-redirect")),
    Case("304-unasked", "N30", "unchanged, unasked", status("304 Not Modified"),
         fails("not-modified-unasked", "http-304")),
    Case("304-with-body", "N30", "304 with a document behind it",
         raw(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n<rss/>   "),
         fails("not-modified-unasked", "http-304", "protocol")),
    Case("204", "N30", "no content", raw(b"HTTP/1.1 204 No Content\r\n\r\n"), fails("http-204", "not-a-feed")),
    Case("205", "N30", "reset content", status("205 Reset"), fails("http-205", "not-a-feed")),
    Case("etag-lies", "N31", "always 304 to a conditional request, whatever is new",
         lambda ask, out: (status("304 Not Modified") if "if-none-match" in ask.headers else
                           good("etag-lies", headers=XML + 'ETag: "same"\r\n'))(ask, out), ok()),
    Case("etag-crlf", "N31", "an ETag with control characters",
         good("etag-crlf", headers=XML + 'ETag: "a\x01b\x0bX-Evil: 1"\r\n'),
         either((0, 3), "protocol", also=(sends_back("if-none-match", None),))),
    Case("etag-huge", "N31", "an ETag of 30,000 characters",
         good("etag-huge", headers=f'{XML}ETag: "{"e" * 30_000}"\r\n'),
         ok(3, sends_back("if-none-match", None))),
    _conditional("etag-weak", 'W/"abc"'), _conditional("etag-bare", "abc"),
    _conditional("etag-latin", '"\xe9t\xe9"'), _conditional("etag-blank", '"a b"'),
    Case("modified-garbage", "N31", "a Last-Modified that is no date",
         good("lm", headers=XML + "Last-Modified: yesterday\r\n"), ok()),
    _ages("cache-year", "Cache-Control: max-age=31536000\r\n", "N32", "max-age of a year"),
    _ages("cache-garbage", "Cache-Control: max-age=many, ,=;\r\n", "N32", "max-age that is no number"),
    _ages("cache-huge", f"Cache-Control: max-age={'9' * 400}\r\n", "N32", "max-age of 400 digits"),
    _ages("expires-9999", "Expires: Fri, 31 Dec 9999 23:59:59 GMT\r\n", "N32", "Expires in 9999"),
    Case("ttl-year", "N32", "a ttl of a year", text(rss(items("ttl"), head="<ttl>525600</ttl>")),
         ok(3, asked_again(3))),
    Case("ttl-garbage", "N32", "a ttl of 500 digits", text(rss(items("ttl-g"), head=f"<ttl>{'9' * 500}</ttl>")),
         ok(3, asked_again(3))),
    Case("skip-all-hours", "N32", "every hour and day is to be skipped", text(rss(
        items("skip"), head="<skipHours>" + "".join(f"<hour>{h}</hour>" for h in range(25))
        + "</skipHours><skipDays>" + "".join(f"<day>{d}</day>" for d in (
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
        + "</skipDays>")), ok(3, asked_again(1))),
    Case("sy-yearly", "N32", "sy:updatePeriod yearly, frequency 0", text(rss(
        items("sy"), head="<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>yearly"
        "</sy:updatePeriod><sy:updateFrequency xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>0"
        "</sy:updateFrequency>")), ok(3, asked_again(3))),
    Case("captive-portal", "N33", "a sign-in page instead of a feed", whole(_PAGE, _HTML), fails("not-a-feed")),
    Case("captive-portal-redirect", "N33", "a redirect to a sign-in page",
         paths(to("{base}/login"), login=whole(_PAGE, _HTML)), fails("not-a-feed")),
    Case("html-as-xml", "N33", "a page that calls itself RSS", whole(_PAGE), fails("not-a-feed")),
    Case("xhtml", "N33", "a well-formed page", text(
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>zeppelin</title>'
        "</head><body><p>zeppelin</p></body></html>"), fails("not-a-feed")),
    Case("html-with-items", "N33", "a page with the word item in it", text(
        "<html><body><item><title>zeppelin</title><link>http://x.example/1</link></item></body></html>",
        _HTML), fails("not-a-feed", also=(never_stored("zeppelin"),))),
    Case("portal-then-back", "N33", "a feed, a sign-in page, the feed again",
         turns(good("portal"), whole(_PAGE, _HTML), good("portal")), ok(3, at_last=True)),
    Case("empty", "N34", "no bytes", whole(b""), fails("not-a-feed")),
    Case("blanks", "N34", "blanks only", whole(b" \r\n\t" * 500), fails("not-a-feed")),
    Case("bom-only", "N34", "a byte order mark only", whole(b"\xef\xbb\xbf"), fails("not-a-feed")),
    Case("json-error", "N34", "an error as JSON", whole(b'{"error": "quota"}'), fails("not-a-feed")),
    Case("json-list", "N34", "a list as JSON", whole(b"[1, 2, 3]"), fails("not-a-feed")),
    Case("plain-text", "N34", "an error as text", whole(b"Database error"), fails("not-a-feed")),
    Case("png", "N34", "a picture", whole(_PNG, "Content-Type: image/png\r\n"), fails("not-a-feed")),
    Case("binary", "N34", "noise", whole(bytes(range(256)) * 400), fails("not-a-feed")),
    Case("zip", "N34", "a zip file", whole(b"PK\x03\x04" + bytes(5000)), fails("not-a-feed")),
    Case("other-xml", "N34", "XML that is no feed", text("<?xml version='1.0'?><svg><g/></svg>"),
         fails("not-a-feed")),
    *(Case(f"ctype-{name}", "N35", f"a good feed, {headers.strip() or 'no content type'}",
           good(f"ctype-{name}", headers=headers), ok()) for name, headers in (
        ("missing", ""), ("html", _HTML), ("octets", "Content-Type: application/octet-stream\r\n"),
        ("json", "Content-Type: application/json\r\n"), ("empty", "Content-Type: \r\n"),
        ("garbage", "Content-Type: ;;=/\xff\r\n"), ("twice", XML + _HTML),
        ("long", f"Content-Type: text/{'x' * 5000}\r\n"))),
    Case("http09", "N36", "HTTP/0.9: a document and no head", raw(feed("http09")),
         fails("protocol", "connection-lost")),
    Case("ssh-banner", "N36", "an SSH server", raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
         fails("protocol", "connection-lost")),
    Case("status-broken", "N36", "HTTP/1.1 OK", raw(b"HTTP/1.1 OK\r\n\r\n" + feed("broken")),
         fails("protocol")),
    Case("status-long", "N36", "status 2000", raw(b"HTTP/1.1 2000 OK\r\n\r\n" + feed("long")),
         fails("protocol")),
    Case("version-9", "N36", "HTTP/9.9", raw(b"HTTP/9.9 200 OK\r\n\r\n" + feed("v9")),
         either((0, 3), "protocol")),
    Case("lf-only", "N36", "lines end with LF", raw(b"HTTP/1.1 200 OK\nX-A: b\n\n" + feed("lf")),
         either((0, 3), "protocol")),
    Case("nul-in-header", "N36", "a NUL in a header",
         raw(b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\n\r\n" + feed("nul")), either((0, 3), "protocol")),
    Case("header-no-colon", "N36", "a header without a colon",
         raw(b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n" + feed("colon")), either((0, 3), "protocol")),
    Case("header-folded", "N36", "a folded header",
         raw(b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n" + feed("folded")), either((0, 3), "protocol")),
    Case("header-blank-name", "N36", "a blank before a colon",
         raw(b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n" + feed("blank-name")),
         either((0, 3), "protocol")),
    Case("http2-frames", "N36", "HTTP/2 without having been asked",
         raw(bytes.fromhex("000012040000000000000300000064") + bytes(40)),
         fails("protocol", "connection-lost")),
    Case("cookie-flood", "N41", "1,000 cookies",
         good("cookies", headers=XML + "".join(f"Set-Cookie: c{n}=v; Path=/\r\n" for n in range(1000))),
         ok(3, sends_back("cookie", None))),
    Case("cookie-super", "N41", "a cookie for a whole top-level domain",
         good("cookie-super", headers=XML + "Set-Cookie: a=b; Domain=.test; Max-Age=99999999\r\n"),
         ok(3, sends_back("cookie", None))),
]  # fmt: skip
