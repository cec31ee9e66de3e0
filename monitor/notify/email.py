"""E-mail: a multipart message with a constant id, handed to one submission server.

Rendered bytes are 7-bit with CRLF and lines within 998 characters (RFC 5322), so that any server
takes them unchanged. They are stored; every attempt sends the same bytes under the same Message-ID,
by which receivers drop the copy of a message whose first acceptance was lost (RFC 1047).
"""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator

from monitor.core.model import Note
from monitor.notify import message, wording
from monitor.notify.plugin import Options, Tools, is_loopback
from monitor.notify.shorter_mail import shortened
from monitor.ports import Receipt

_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+)*"
    rf"@({_DOMAIN}(?:\.{_DOMAIN})*)"
)
_LIST_ID = re.compile(rf"{_DOMAIN}(?:\.{_DOMAIN})+")
_NO_TOKEN = re.compile(r"[^A-Za-z0-9_-]")


def _listed(value: Any) -> Any:
    """Take one address where a list is meant."""
    return [value] if isinstance(value, str) else value


class EmailOptions(Options):
    """Options of a channel of kind `email`."""

    host: str = Field(min_length=1, max_length=253, description="name of the submission server")
    port: int = Field(
        default=0, ge=0, le=65535, description="0: 587 for starttls, 465 for tls, 25 for none"
    )
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="starttls: required, never in clear; tls: from the first byte; none: loopback",
    )
    user: str = Field(default="", description="name to log in with; empty: no login")
    password: SecretStr = Field(default=SecretStr(""), description="password of `user`")
    sender: str = Field(alias="from", description="who writes: address, or Name <address>")
    to: Annotated[
        tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])
    ] = Field(min_length=1, description="recipients; each gets a message of its own")
    deadline_s: float = Field(
        default=60.0, gt=0, le=600, description="seconds for one attempt, connection included"
    )
    list_id: str = Field(
        default="", description="name in List-Id, such as news.example.org; empty: from `from`"
    )
    insecure: bool = Field(
        default=False, description="allow `tls: none` to a host that is not this machine"
    )
    ca_file: str = Field(
        default="", description="PEM file of the authority that signed the server's certificate"
    )

    @field_validator("host")
    @classmethod
    def _host_on_one_line(cls, host: str) -> str:
        if re.search(r"[\s\x00-\x1f\x7f/@]", host):
            raise ValueError("is no host name: give the name alone, the port in `port`")
        return host

    @field_validator("sender")
    @classmethod
    def _sender_is_an_address(cls, sender: str) -> str:
        name, address = parseaddr(sender)
        if sender != wording.one_line(sender, 400):
            raise ValueError("must be one line of plain text")
        return f"{name} <{plain_address(address)}>" if name else plain_address(address)

    @field_validator("to")
    @classmethod
    def _recipients_are_addresses(cls, to: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(plain_address(address) for address in to)
        if len({address.lower() for address in plain}) != len(plain):
            raise ValueError("names a recipient twice")
        return plain

    @field_validator("list_id")
    @classmethod
    def _list_id_is_a_name(cls, list_id: str) -> str:
        if list_id and not _LIST_ID.fullmatch(list_id):
            raise ValueError("must be a name with a dot, such as news.example.org")
        return list_id

    @field_validator("ca_file")
    @classmethod
    def _authority_is_readable(cls, ca_file: str) -> str:
        if not ca_file:
            return ca_file
        if not Path(ca_file).is_file():
            raise ValueError("names no file")
        # Only who names an authority pays for the import: reading a configuration needs no TLS.
        import ssl  # noqa: PLC0415

        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=ca_file)
        except ssl.SSLError:
            raise ValueError("holds no certificate in PEM form") from None
        except OSError as error:
            raise ValueError(f"cannot be read: {error.strerror}") from None
        return ca_file

    @model_validator(mode="after")
    def _no_secret_in_clear(self) -> Self:
        if bool(self.user) != bool(self.password.get_secret_value()):
            raise ValueError("give `user` and `password` together, or neither")
        if self.tls == "none" and not (self.insecure or is_loopback(self.host)):
            raise ValueError(
                "`tls: none` sends mail and password in clear: use starttls or tls, "
                "or say `insecure: true`"
            )
        return self

    @property
    def address(self) -> str:
        """The address of the sender, without its name."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        """The domain of the sender, in which message ids are made."""
        return self.address.rpartition("@")[2]

    @property
    def effective_port(self) -> int:
        """The port to connect to."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.tls]


def plain_address(address: str) -> str:
    """Give a mail address in ASCII, an international domain in its encoded form.

    Raises ValueError with a sentence for people.
    """
    local, at, domain = address.strip().rpartition("@")
    if at and not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError(f"{domain!r} is no domain name") from None
    plain = f"{local}{at}{domain}"
    if len(plain) > 254 or not _ADDRESS.fullmatch(plain):
        raise ValueError(f"{address!r} is no mail address: give name@example.org")
    return plain


class EmailNotifier:
    """Renders notes as mail and hands each to the submission server for one recipient."""

    options_model: ClassVar[type[Options]] = EmailOptions
    kind = "email"
    one_event_each = False

    def __init__(self, name: str, options: EmailOptions, tools: Tools) -> None:
        """Take the channel's name and options; a connection is opened for each message."""
        # Checking a configuration reads the options alone: it needs no mail client.
        from monitor.notify.smtp import Submission  # noqa: PLC0415

        del tools  # mail needs neither the web nor a clock of its own
        self.name = name
        self.recipients = options.to
        self.deadline_s = options.deadline_s
        self._options = options
        self._submission = Submission(
            host=options.host,
            port=options.effective_port,
            tls=options.tls,
            user=options.user,
            password=options.password,
            sender=options.address,
            ca_file=options.ca_file,
            deadline_s=options.deadline_s,
        )

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give a whole RFC 5322 message. Pure: the boundary is a hash of what it parts."""
        said = message.render(note)
        mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        mail.set_content(said.text)
        mail.add_alternative(said.html, subtype="html")
        # Hashed from the content: no text can hold the boundary that its own hash makes.
        mail.set_boundary("=_" + _hash(f"{key}\n{said.text}\n{said.html}"))
        head = self._headers(note, recipient, key)
        head.append(f"Subject: {header_text(said.subject)}")
        return "".join(f"{line}\r\n" for line in head).encode("ascii") + mail.as_bytes()

    def _headers(self, note: Note, recipient: str, key: str) -> list[str]:
        """Give all headers but Subject, each one line of ASCII: addresses and ids are never cut."""
        options, domain = self._options, self._options.domain
        name, address = parseaddr(options.sender)
        if not name.isascii():
            sender = f"{header_text(name)} <{address}>"
        else:
            sender = formataddr((name, address))
        headers = [
            f"From: {sender}",
            f"To: {plain_address(recipient)}",
            f"Date: {format_datetime(note.created_at)}",
            f"Message-ID: <{_token(key)}@{domain}>",
        ]
        if note.thread:
            # A root that was never sent: clients hang every mail of the thread beneath it.
            root = f"<thread.{_hash(note.thread)}.{_hash(recipient.lower())}@{domain}>"
            headers += [f"In-Reply-To: {root}", f"References: {root}"]
        return [
            *headers,
            f"List-Id: Parley <{options.list_id or f'parley.{domain}'}>",
            "Auto-Submitted: auto-generated",  # RFC 3834: no holiday replies, no loops
            f"X-Parley-Key: {_token(key)}",
        ]

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Hand over the stored bytes for this recipient; shorter ones if they are too long."""
        del key  # it is the Message-ID inside the bytes
        return await self._submission.submit(body, recipient, shortened)

    async def close(self) -> None:
        """Nothing stays open between messages."""


def header_text(text: str) -> str:
    """Give one clean line as the value of a header: folded ASCII, or encoded words (RFC 2047).

    Done here because the folding of the standard library loses a blank between two encoded words,
    cuts long ids, and decodes a text that looks like an encoded word, line breaks included.
    """
    if text.isascii() and "=?" not in text and max(map(len, text.split(" "))) < 900:
        return textwrap.fill(
            text, 68, subsequent_indent=" ", break_long_words=False, break_on_hyphens=False
        ).replace("\n", "\r\n")
    chunks = [""]
    for character in text:
        if len((chunks[-1] + character).encode()) > 39:  # 64 characters as an encoded word
            chunks.append("")
        chunks[-1] += character
    words = (base64.b64encode(chunk.encode()).decode("ascii") for chunk in chunks)
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _token(key: str) -> str:
    """Give a key as it may stand in a header: itself if it is a plain word, else its hash."""
    return key if 0 < len(key) <= 128 and not _NO_TOKEN.search(key) else _hash(key)


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
