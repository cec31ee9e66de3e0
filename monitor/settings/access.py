"""How a feed is reached: with which login, by which proxy, and whether its certificate counts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path as FilePath
from urllib.parse import unquote, urlsplit

from monitor.settings.document import Document, Path
from monitor.settings.files import FeedFile
from monitor.settings.findings import shown
from monitor.settings.hidden import SecretText
from monitor.settings.reading import Reading
from monitor.settings.secret_file import secret_of

#: The options of a feed in which `${NAME}` is filled in.
ASKING = frozenset({"url", "headers", "user_agent", "auth", "proxy"})
#: Those of them that a feed which is off does without.
UNREAD = ASKING - {"url"}


def keep_secrets(feed: Mapping[object, object], reading: Reading) -> None:
    """Remember what may not be shown, before anything is said about a feed."""
    for key in ("headers", "auth"):
        inner = feed.get(key)
        if isinstance(inner, Mapping):
            named = inner.items()
            reading.vault.keep(
                value
                for name, value in named
                if isinstance(value, str) and (key == "headers" or name == "password")
            )
    proxy = feed.get("proxy")
    if isinstance(proxy, str) and "@" in proxy:
        reading.vault.keep([proxy, *login_of(proxy)])


def login_of(url: str) -> tuple[str, ...]:
    """Give the password of an address, as it is written and as it is meant; nothing without one."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return ()
    return (password, unquote(password)) if password else ()


def headers_of(
    document: Document, path: Path, file: FeedFile, reading: Reading
) -> tuple[tuple[str, str], ...]:
    """Give the headers of a feed, the one that `auth` makes among them; what is wrong is said."""
    headers = tuple((name, SecretText(value)) for name, value in file.headers.items())
    auth, where = file.auth, (*path, "auth")
    if auth is None:
        return headers
    if urlsplit(file.url).username is not None:
        said, hint = "the address holds a login too", "keep one"
        reading.findings.error(document.problem(where, said, hint, at_key=True))
    if any(name.lower() == "authorization" for name in file.headers):
        said, hint = "`headers` has an Authorization too", "keep one"
        reading.findings.error(document.problem(where, said, hint, at_key=True))
    if (auth.password is None) == (auth.password_file is None):
        said = "`password` and `password_file` are both given"
        if auth.password is None:
            said = "neither `password` nor `password_file` is given"
        reading.findings.error(document.problem(where, said, "keep one of them", at_key=True))
        return headers
    password = auth.password
    if password is None:
        beside = FilePath(document.file).parent / (auth.password_file or "")
        password = secret_of(document, (*where, "password_file"), beside, reading)
    token = b64encode(f"{auth.user}:{password}".encode()).decode("ascii")
    reading.vault.keep([token])
    return (*headers, ("Authorization", SecretText(f"Basic {token}")))


def proxy_of(document: Document, path: Path, file: FeedFile) -> str:
    """Give the proxy of a feed, hidden where it holds a login or comes from the environment."""
    proxy = file.proxy or ""
    asked = "${" in document.literal((*path, "proxy"))
    return SecretText(proxy) if asked or "@" in proxy else proxy


def warn_of_no_trust(document: Document, path: Path, file: FeedFile, reading: Reading) -> None:
    """Say of a feed that is on that whoever answers for it is believed."""
    if not file.verify:
        said = f"the feed {shown(file.name)} is read without checking its certificate"
        hint = "whoever stands between may change what it says; mend the certificate instead"
        reading.findings.warn(document.problem((*path, "verify"), said, hint))
