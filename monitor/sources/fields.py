"""From an entry as the parser of record gives it to the fields of an item, clean and bounded."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, TypeVar
from urllib.parse import urljoin

from monitor.core.identity import clean_link
from monitor.core.model import MAX_CONTENT
from monitor.core.text import ELLIPSIS, clean_line, clean_text
from monitor.sources import jsonfeed
from monitor.sources.dates import epoch_of

TITLE_CHARS = 1_000
SUMMARY_CHARS = 64 * 1024
GUID_CHARS = 1_024
CATEGORIES = 50
NAME_CHARS = 200
#: Markup may be many times longer than the text within; beyond this no more of it is looked at.
_RAW_TITLE_CHARS = 64 * 1024
_RAW_SUMMARY_CHARS = 1024 * 1024
_RAW_CONTENT_CHARS = 128 * 1024
#: Markup of full contents that is looked at in one document; the entries behind it have none. A
#: document of nothing but unclosed tags would else cost more than the parser may take.
_RAW_CONTENTS_CHARS = 4 * 1024 * 1024

#: What reading a field of a poisoned entry raises, in feedparser or in the cleaning. Anything else
#: (MemoryError before all) ends the document.
POISON = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
_PRIMARY = re.compile(r"([a-z]{2,3})(?:[-_]|$)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff]+")
_T = TypeVar("_T")


class EntryFields(TypedDict):
    """A `ParsedItem` as JSON; `published` in epoch seconds."""

    guid: str
    link: str
    title: str
    summary: str
    published: float | None
    author: str
    categories: list[str]
    language: str
    position: int
    content: str


def items_of(
    entries: Iterable[tuple[int, Mapping[str, Any]]], url: str, language: str
) -> list[EntryFields]:
    """Give the items of raw entries, each with its place; entries that say nothing are left out.

    `url` is what links are resolved against, `language` that of entries that name none.
    """
    items: list[EntryFields] = []
    spent = 0  # characters of full contents looked at so far
    for position, entry in entries:
        item = _fields(entry, position, url, language)
        if item is None:
            continue
        spent += safely(lambda: _content_chars(dict(entry)), 0)  # noqa: B023 - called at once
        if spent <= _RAW_CONTENTS_CHARS:
            item["content"] = safely(lambda: _content(dict(entry), item["summary"]), "")  # noqa: B023
        items.append(item)
    _drop_shared_guids(items)
    return items


def _fields(
    entry: Mapping[str, Any], position: int, base: str, language: str
) -> EntryFields | None:
    """Clean one entry. A field that cannot be read is empty; an entry of empty fields is None."""
    raw = dict(entry)  # feedparser's own `get` gives one field for another
    item = EntryFields(
        guid=safely(lambda: _guid(_text(raw, "id")), ""),
        link=safely(lambda: _link(raw, base), ""),
        title=safely(
            lambda: clean_line(str(raw.get("title") or "")[:_RAW_TITLE_CHARS], TITLE_CHARS), ""
        ),
        summary=safely(lambda: _summary(raw), ""),
        published=safely(lambda: _published(raw), None),
        author=safely(lambda: clean_line(_author(raw)[:4096], NAME_CHARS), ""),
        categories=safely(lambda: list(_categories(raw)), []),
        language=safely(lambda: _language(raw, language), ""),
        position=position,
        content="",
    )
    return item if item["title"] or item["summary"] or item["link"] else None


def safely(field: Callable[[], _T], otherwise: _T) -> _T:
    """Give what `field` gives, or `otherwise` where this entry's content makes it fail."""
    try:
        return field()
    except POISON:
        return otherwise


def _text(raw: Mapping[str, Any], name: str) -> str:
    return str(raw.get(name) or "")


def _guid(text: str) -> str:
    """Give an id without blanks at its ends; a very long one as a hash of the whole."""
    guid = _CONTROLS.sub(" ", text).strip()
    if len(guid) <= GUID_CHARS:
        return guid
    return "sha256:" + hashlib.sha256(guid.encode("utf-8", "replace")).hexdigest()


def _link(raw: Mapping[str, Any], base: str) -> str:
    """Give the entry's link, resolved; an id that feedparser takes for one must look like one."""
    offered = [raw.get("link")]
    if offered[0] == raw.get("id") and "/" not in str(offered[0]):
        offered = []
    links = raw.get("links") or ()
    offered += [link.get("href") for link in links if link.get("rel") == "alternate"]
    resolved = (urljoin(base, str(url).strip()) for url in offered if url)
    return next((link for url in resolved if (link := clean_link(url))), "")


def _summary(raw: Mapping[str, Any]) -> str:
    """Give the summary, or the text of the content where there is none."""
    offered = [raw.get("summary"), *(part.get("value") for part in raw.get("content") or ())]
    texts = (clean_text(str(text or "")[:_RAW_SUMMARY_CHARS], SUMMARY_CHARS) for text in offered)
    return next((text for text in texts if text), "")


def _content(raw: Mapping[str, Any], summary: str) -> str:
    """Give the longest text that stands beside the summary, "" where there is no other than it.

    feedparser keeps full texts, second descriptions and captions in one list. What is no text
    (Atom may carry a picture there) is passed over.
    """
    parts = [part for part in raw.get("content") or () if _is_text(str(part.get("type") or ""))]
    said = _text(raw, "summary")
    if not parts or not said.strip():  # without a summary the content is it
        return ""
    values = (str(part.get("value") or "") for part in parts)
    fullest = max(
        (
            summary if value == said else clean_text(value[:_RAW_CONTENT_CHARS], SUMMARY_CHARS)
            for value in values
        ),
        key=len,
    )
    if fullest.split() == summary.split():
        return ""
    cut = len(fullest) > MAX_CONTENT
    return fullest[: MAX_CONTENT - 1].rstrip() + ELLIPSIS if cut else fullest


def _content_chars(raw: Mapping[str, Any]) -> int:
    """Give how many characters `_content` looks at."""
    parts = raw.get("content") or ()
    return sum(min(len(str(part.get("value") or "")), _RAW_CONTENT_CHARS) for part in parts)


def _is_text(media_type: str) -> bool:
    """Whether a part of that type is read; JSON Feed names none."""
    return not media_type or media_type.startswith("text/") or media_type.endswith(("xml", "html"))


def _author(raw: Mapping[str, Any]) -> str:
    """Give who wrote it; feedparser's own `author` is only the last of several."""
    named = (one.get("name") or one.get("email") for one in raw.get("authors") or ())
    names = list(dict.fromkeys(str(name) for name in named if name))
    return ", ".join(names) if len(names) > 1 else _text(raw, "author")


def _published(raw: Mapping[str, Any]) -> float | None:
    if "published_s" in raw:
        return jsonfeed.seconds(raw["published_s"])
    for name in ("published", "updated", "created"):
        # A year before Christ is read as one of this century, which would make news look old.
        readable = not _text(raw, name).lstrip().startswith("-")
        epoch_s = epoch_of(raw.get(f"{name}_parsed")) if readable else None
        if epoch_s is not None:
            return epoch_s
    return None


def _categories(raw: Mapping[str, Any]) -> Iterable[str]:
    seen: set[str] = set()
    for tag in raw.get("tags") or ():
        name = clean_line(str(tag.get("label") or tag.get("term") or "")[:1024], NAME_CHARS)
        if name and name not in seen and len(seen) < CATEGORIES:
            seen.add(name)
            yield name


def _language(raw: Mapping[str, Any], otherwise: str) -> str:
    """Give the primary tag of a language, lower case: the configured one, else the document's."""
    for offered in (otherwise, (raw.get("title_detail") or {}).get("language")):
        match = _PRIMARY.match(str(offered or ""))
        if match is not None:
            return match[1].lower()
    return ""


def _drop_shared_guids(items: Iterable[EntryFields]) -> None:
    """Empty an id that different entries of one document share: it identifies none of them."""
    bearers: dict[str, list[EntryFields]] = defaultdict(list)
    for item in items:
        bearers[item["guid"]].append(item)
    for group in bearers.values():
        if len({(item["link"], item["title"]) for item in group}) > 1:
            for item in group:
                item["guid"] = ""
