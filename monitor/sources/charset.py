"""From bytes to text: a byte order mark, then the bytes themselves, then what is declared.

Servers and documents lie about encodings so often that valid UTF-8 outweighs both. Only encodings
of the web are decoded: Python's registry also holds codecs that decompress or evaluate escapes.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (  # the longer marks first: the mark of UTF-16 begins that of UTF-32
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How a document that begins with "<" or "{" looks in encodings of wide characters, without a mark.
_WIDE = (
    (re.compile(rb"[<{\s]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<{\s]"), "utf-32-be"),
    (re.compile(rb"[<{\s]\0"), "utf-16-le"),
    (re.compile(rb"\0[<{\s]"), "utf-16-be"),
)
#: Python's names of what may be decoded. A label is often used for the larger set that contains it.
_ALLOWED = {
    **{f"iso8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"cp{n}": f"cp{n}" for n in (866, 874, 932, 949, 950, *range(1250, 1259))},
    **{name: name for name in ("koi8-r", "koi8-u", "mac-cyrillic", "mac-roman", "tis-620")},
    **{name: name for name in ("big5hkscs", "euc_jp", "euc_kr", "iso2022_jp", "gb18030")},
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "utf-8": "utf-8",
}
#: What a page without a usable declaration is most likely written in, by language.
_BY_LANGUAGE = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "sr", "mk"), "cp1251"),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "hr", "sl"), "cp1250"),
    **dict.fromkeys(("ar", "fa"), "cp1256"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    "tr": "cp1254",
    "el": "cp1253",
    "he": "cp1255",
    "vi": "cp1258",
    "th": "cp874",
    "ja": "cp932",
    "zh": "gb18030",
    "ko": "cp949",
}
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:-]*")
#: A sequence of UTF-8 that stands for one character beyond ASCII.
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")


def decode(content: bytes, content_type: str = "", language: str = "") -> str:
    """Give the text of a document; what cannot be decoded becomes U+FFFD. Never raises."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    for pattern, name in _WIDE:
        if pattern.match(content):
            return content.decode(name, "replace")
    if b"\x1b$" in content and _named(content, content_type)[:1] == ["iso2022_jp"]:
        return content.decode("iso2022_jp", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(content, content_type, language)


def _decode_legacy(content: bytes, content_type: str, language: str) -> str:
    """Decode what is not valid UTF-8: mostly UTF-8 with scars, else what is declared or likely."""
    named = _named(content, content_type)
    well_formed = sum(len(match) for match in _MULTIBYTE.findall(content))
    if well_formed > 0.9 * len(_HIGH.findall(content)):
        return content.decode("utf-8", "replace")
    likely = _BY_LANGUAGE.get(language[:2].lower(), "cp1252")
    candidates = [name for name in named if name != "utf-8"] + [likely]
    second = len(candidates) > 2  # what the document says besides
    if candidates[0] == "cp1252" and (second or not content_type.lower().startswith("text/")):
        # Latin-1 is what servers and tools say when nobody told them; the second word may know.
        candidates = [*candidates[1:], "cp1252"]
    for name in candidates:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    return content.decode(candidates[0], "replace")


def _named(content: bytes, content_type: str) -> list[str]:
    """Give the allowed encodings that the server and the document name, in this order."""
    in_header = _CHARSET.search(content_type)
    in_document = _DECLARED.search(content[:1024])
    labels = [in_header[1] if in_header else ""]
    labels.append(in_document[1].decode("ascii") if in_document else "")
    found = []
    for label in labels:
        if _LABEL.fullmatch(label):
            try:
                name = _ALLOWED.get(codecs.lookup(label).name)
            except LookupError:
                continue
            if name is not None:
                found.append(name)
    return found
