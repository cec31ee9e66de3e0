"""URLs as the fetcher takes them: http and https, nothing hidden inside, no secrets in texts."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from monitor.sources.guard import WireFault

MAX_URL_CHARS = 4096
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A URL that passed: without userinfo and fragment. `origin` is scheme, host and port."""

    url: str
    origin: tuple[str, str, int]

    @property
    def host(self) -> str:
        """The host, for messages."""
        return self.origin[1]


def read_address(url: str, code: str = "bad-url") -> Address:
    """Check a URL. Raises `WireFault` with `code`; its text quotes nothing of the URL."""
    if len(url) > MAX_URL_CHARS:
        raise WireFault(code, "the address is longer than 4,096 characters")
    if _UNSAFE.search(url):
        raise WireFault(code, "the address holds blanks, backslashes or control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WireFault(code, "the address cannot be read") from None
    if parts.scheme not in _PORTS:
        raise WireFault(code, "only http and https are fetched")
    if not parts.hostname:
        raise WireFault(code, "the address names no host")
    if "@" in parts.netloc:
        raise WireFault(code, "the address holds a user name or password")
    clean = urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
    return Address(clean, (parts.scheme, parts.hostname, port or _PORTS[parts.scheme]))


def split_login(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Take a user name and password out of a configured URL, and give them as a header."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ()  # read_address says what is wrong with it
    login, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, ()
    token = base64.b64encode(unquote(login).encode()).decode("ascii")
    bare = urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
    return bare, (("Authorization", f"Basic {token}"),)


def redirected(current: Address, location: str | None) -> Address:
    """Give where a redirect leads. Raises `WireFault` with `bad-redirect`."""
    if not location:
        raise WireFault("bad-redirect", "a redirect that names no address")
    location = location.strip(" ").replace(" ", "%20")  # many servers send blanks as they are
    if len(location) > MAX_URL_CHARS or _UNSAFE.search(location):
        raise WireFault("bad-redirect", "a redirect to an address that cannot be read")
    try:
        parts = urlsplit(location)
        hostless = not parts.netloc and (parts.scheme or location.startswith("//"))
        target = urljoin(current.url, location)
    except ValueError:
        raise WireFault("bad-redirect", "a redirect to an address that cannot be read") from None
    if hostless and parts.scheme in _PORTS | {"": 0}:
        raise WireFault("bad-redirect", "a redirect to an address without a host")
    try:
        return read_address(target, "bad-redirect")
    except WireFault as fault:
        raise WireFault(fault.code, f"a redirect is not followed: {fault.message}") from None
