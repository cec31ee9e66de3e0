"""What a document says of itself outside of its entries: its title, its schedule, its archives."""

from __future__ import annotations

import html
import re
from typing import TypedDict
from urllib.parse import urljoin

from monitor.core.identity import clean_link
from monitor.sources.cut import ATTRIBUTE, without

_PERIODS_S = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HISTORY = "purl.org/syndication/history/1.0"
#: Parts of a channel with titles and links of their own.
_INNER = ("image", "textinput", "textInput")

_TITLE = re.compile(r"<title(?:\s[^<>]*)?(?<!/)>")
_TTL = re.compile(r"<ttl\s*>\s*(\d{1,6})\s*<", re.IGNORECASE)
_PERIOD = re.compile(r"<(?:[\w.-]+:)?updatePeriod\s*>\s*(\w{1,10})\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(r"<(?:[\w.-]+:)?updateFrequency\s*>\s*(\d{1,6})\s*<", re.IGNORECASE)
_HOUR = re.compile(r"<hour\s*>\s*(\d{1,2})\s*<", re.IGNORECASE)
_DAY = re.compile(r"<day\s*>\s*([a-z]{3})[a-z]{0,6}\s*<", re.IGNORECASE)
_LINK = re.compile(r"<(?:[\w.-]+:)?link\s([^<>]*)>", re.IGNORECASE)
_ROOT_BASE = re.compile(
    r"<(?:[\w.-]+:)?(?:rss|rdf|feed)\s(?:[^<>]*?\s)?xml:base\s*=\s*[\"']([^\"'<>]*)", re.IGNORECASE
)
_COMPLETE = re.compile(r"<[\w.-]+:complete[\s/>]", re.IGNORECASE)


class HintFields(TypedDict, total=False):
    """`ports.Hints` as JSON; what is not said is not in it."""

    ttl_s: float
    period_s: float
    skip_hours: list[int]
    skip_days: list[int]
    archive: str
    older: str
    complete: bool


def hints_of(frame: str, url: str) -> HintFields:
    """Give what a document says of its schedule and its archives.

    `frame` is its text without the entries, `url` where it came from.
    """
    frame = without(frame, "<!--", "-->")
    found = HintFields()
    ttl = _TTL.search(frame)
    if ttl is not None and int(ttl[1]):
        found["ttl_s"] = int(ttl[1]) * 60.0
    period_s = _period_s(frame)
    if period_s is not None:
        found["period_s"] = period_s
    hours = _HOUR.findall(_inside(frame, "skipHours"))
    if hours:  # RSS 0.91 counts them to 24, which is midnight
        found["skip_hours"] = sorted({int(hour) % 24 for hour in hours if int(hour) <= 24})
    days = {name.lower() for name in _DAY.findall(_inside(frame, "skipDays"))}
    if days:
        found["skip_days"] = [index for index, name in enumerate(_DAYS) if name in days]
    links = _links(frame, url)
    if "prev-archive" in links:
        found["archive"] = links["prev-archive"]
    if "next" in links:
        found["older"] = links["next"]
    if _HISTORY in frame and _COMPLETE.search(frame):
        found["complete"] = True
    return found


def title_of(frame: str) -> str | None:
    """Give a document's title, as text or HTML; None where only the parser could tell it."""
    frame = without(frame, "<!--", "-->")
    for name in _INNER:
        frame = without(frame, f"<{name}>", f"</{name}>")
    if ":title" in frame:
        return None
    tag = _TITLE.search(frame)
    if tag is None:
        return ""
    end = frame.find("</title", tag.end())
    return _unescaped(frame[tag.end() : end]).strip() if end >= 0 else None


def absolute(href: str, url: str) -> str:
    """Give a link of a document as an absolute address; "" for what is none."""
    try:
        return clean_link(urljoin(url, href.strip())) if href.strip() else ""
    except ValueError:
        return ""


def _unescaped(value: str) -> str:
    """Give the text of an element: references outside of CDATA are characters."""
    parts = []
    for index, part in enumerate(value.split("<![CDATA[")):
        inside, mark, after = part.partition("]]>")
        parts.append(inside + html.unescape(after) if index and mark else html.unescape(part))
    return "".join(parts)


def _inside(frame: str, name: str) -> str:
    """Give what stands in the first element of that name, "" without one."""
    start = frame.find(f"<{name}>")
    end = frame.find(f"</{name}", start)
    return frame[start:end] if start >= 0 and end >= 0 else ""


def _period_s(frame: str) -> float | None:
    """Give the time between updates; where one half is unsaid, the module's default for it."""
    period, frequency = _PERIOD.search(frame), _FREQUENCY.search(frame)
    if period is None and frequency is None:
        return None
    length_s = _PERIODS_S.get(period[1].lower() if period else "daily")
    times = int(frequency[1]) if frequency else 1
    return length_s / times if length_s and times else None


def _links(frame: str, url: str) -> dict[str, str]:
    """Give the document's links by relation, absolute; of each the first."""
    base = _ROOT_BASE.search(frame)
    if base is not None:
        url = absolute(html.unescape(base[1]), url) or url
    links: dict[str, str] = {}
    for inside in _LINK.findall(frame):
        attributes = {
            name.lower(): html.unescape(a or b) for name, a, b in ATTRIBUTE.findall(inside)
        }
        link = absolute(attributes.get("href", ""), url)
        for relation in attributes.get("rel", "").lower().split() if link else ():
            links.setdefault(relation.rpartition("/")[2], link)  # relations may be written as IRIs
    return links
