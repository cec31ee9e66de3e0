"""From the bytes of a file to text, or to what is wrong with them."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Trouble(Exception):
    """A file cannot be read. Line and column count from 1."""

    def __init__(self, message: str, line: int, column: int, hint: str = "") -> None:
        """Keep what is wrong, where, and what helps."""
        super().__init__(message)
        self.message, self.line, self.column, self.hint = message, line, column, hint


def decoded(content: bytes) -> str:
    """Give the text of UTF-8 bytes, a byte order mark dropped. Raises `Trouble`."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Trouble("the file is saved as UTF-16", 1, 1, "save it as UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = _place(before, len(before))
        said = f"the byte 0x{content[error.start]:02x} is not UTF-8"
        raise Trouble(said, line, column, "save the file as UTF-8") from error
    text = text.removeprefix("\N{BYTE ORDER MARK}")
    found = _FORBIDDEN.search(text)
    if found:
        line, column = _place(text, found.start())
        code = ord(found.group())
        said = (
            "the file holds a NUL byte"
            if not code
            else f"the file holds a control character U+{code:04X}"
        )
        hint = "it may be saved as UTF-16 or be cut off" if not code else "remove it"
        raise Trouble(said, line, column, hint)
    return text


def _place(text: str, offset: int) -> tuple[int, int]:
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1
