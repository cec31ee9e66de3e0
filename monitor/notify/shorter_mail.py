"""A mail without what can be left out, for a server that finds it too large."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from monitor.notify import wording

#: The text of a shortened mail has so many characters at most.
SHORT_TEXT = 1500
_OF_THE_BODY = (b"content-type:", b"content-transfer-encoding:", b"mime-version:")


def shortened(mail: bytes) -> bytes | None:
    """Give a stored mail as plain text alone, cut; None where it is no shorter.

    Every header but those of the body stays as it is, byte for byte: it is the same message, under
    the same Message-ID. It depends on `mail` alone, so each attempt sends the same bytes.
    """
    part = BytesParser(policy=policy.default).parsebytes(mail).get_body(("plain",))
    if part is None:
        return None
    body = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
    body.set_content(wording.shorten(part.get_content(), SHORT_TEXT))
    short = _head(mail) + body.as_bytes()
    return short if len(short) < len(mail) else None


def _head(mail: bytes) -> bytes:
    """Give the headers of a mail that are not about its body, folded as they are."""
    kept, keeping = [], False
    for line in mail.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if not line.startswith((b" ", b"\t")):
            keeping = not line.lower().startswith(_OF_THE_BODY)
        if keeping:
            kept.append(line + b"\r\n")
    return b"".join(kept)
