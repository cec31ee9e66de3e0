"""What the environment adds to files: `${NAME}` in values, `PARLEY_*` overrides, two channels."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel

from monitor.errors import Problem
from monitor.settings.document import Document, Path
from monitor.settings.findings import near_miss
from monitor.settings.machine import ParleyFile
from monitor.settings.reading import Reading

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)

SMTP_URL, MAIL_TO, MAIL_FROM = "PARLEY_SMTP_URL", "PARLEY_MAIL_TO", "PARLEY_MAIL_FROM"
HOOK_URL, HOOK_SECRET = "PARLEY_WEBHOOK_URL", "PARLEY_WEBHOOK_SECRET"
#: The channels that the environment alone can turn on, and their kinds.
ENV_CHANNELS: Mapping[str, str] = {"desk": "email", "hook": "webhook"}
#: Variables of the program itself, which are no settings.
PROGRAM = frozenset({"PARLEY_CONFIG", "PARLEY_LOG", "PARLEY_LOG_LEVEL", "PARLEY_LOG_FORMAT"})


def expanded(
    document: Document, value: object, path: Path, reading: Reading, skip: Callable[[Path], bool]
) -> object:
    """Give a value with `${NAME}` and `${NAME:-default}` filled in; `$${` stands for `${`.

    Where `skip` says so a value stays as it is. A variable that is unset or empty is an error.
    """
    if skip(path):
        return value
    if isinstance(value, dict):
        return {
            key: expanded(document, inner, (*path, key), reading, skip)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [
            expanded(document, inner, (*path, index), reading, skip)
            for index, inner in enumerate(value)
        ]
    if isinstance(value, str) and "${" in value:
        return _REFERENCE.sub(lambda found: _filled(document, path, found, reading), value)
    return value


def _filled(document: Document, path: Path, found: re.Match[str], reading: Reading) -> str:
    """Give what one reference stands for."""
    if found.group() == "$${":
        return "${"
    parts = _NAME.fullmatch(found[1])
    if not parts or not found[2]:
        said = "'${' begins a reference that cannot be read"
        hint = "write ${NAME} or ${NAME:-default}; $${ for the characters themselves"
        reading.findings.error(document.problem(path, said, hint))
        return ""
    name, default = parts[1], parts[2]
    held = reading.env.get(name, "")
    if held:
        reading.vault.keep([held])
        return held
    if default is None:
        state = "is empty" if name in reading.env else "is not set"
        near = near_miss(name, [known for known in reading.env if known.startswith(name[:3])])
        hint = near or f"set it in the environment or in .env, or write ${{{name}:-default}}"
        message = f"the environment variable {name} {state}"
        reading.findings.error(document.problem(path, message, hint))
        return ""
    return default


def note_references(document: Document, reading: Reading) -> None:
    """Remember which variables a file asks for, in its disabled parts too."""
    reading.used.update(re.findall(r"\$\{([A-Za-z_][A-Za-z0-9_]*)", document.text))


def overrides() -> dict[str, Path]:
    """Give the variable of each setting of `parley.yaml` that can be overridden, and its path."""
    names: dict[str, Path] = {}
    for key, field in ParleyFile.model_fields.items():
        shape = field.annotation
        if key in {"version", "channels", "routes"}:
            continue
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            for inner in shape.model_fields:
                names[f"PARLEY_{key}__{inner}".upper()] = (key, inner)
        else:
            names[f"PARLEY_{key}".upper()] = (key,)
    return names


def overridden(document: Document, reading: Reading) -> Document:
    """Give the document with what `PARLEY_*` variables say in place of what the file says."""
    data: dict[str, Any] = dict(deepcopy(document.data))
    origins = dict(document.origins)
    for name, path in overrides().items():
        if not reading.env.get(name):
            continue
        holder = data
        for key in path[:-1]:
            inner = holder.get(str(key))
            holder[str(key)] = holder = dict(inner) if isinstance(inner, Mapping) else {}
        holder[str(path[-1])] = reading.env[name]
        origins[path] = name
    return replace(document, data=data, origins=origins)


def warn_of_unknown(reading: Reading, others: Collection[str] = ()) -> None:
    """Warn of `PARLEY_*` variables that nothing reads: they are mostly misspelt."""
    known = {*overrides(), SMTP_URL, MAIL_TO, MAIL_FROM, HOOK_URL, HOOK_SECRET, *PROGRAM, *others}
    for name in sorted(reading.env):
        if name.startswith("PARLEY_") and name not in known and name not in reading.used:
            hint = near_miss(name, known)
            problem = Problem(name, None, None, "this environment variable is not read", hint)
            reading.findings.warn(problem)


def with_channels(document: Document, reading: Reading) -> Document:
    """Give the document with the channels `desk` and `hook`, where the environment sets them."""
    document = _with_mail(document, reading)
    return _with_hook(document, reading)


def _with_mail(document: Document, reading: Reading) -> Document:
    if not _both(SMTP_URL, MAIL_TO, reading):
        return document
    url = reading.env[SMTP_URL].strip()
    reading.vault.keep([url])
    hint = (
        "write smtps://user:password@host:465; @ : / # % in user or password as %40 %3A %2F %23 %25"
    )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        user = unquote(parts.username or "", errors="strict")
        password = unquote(parts.password or "", errors="strict")
    except ValueError:
        reading.findings.error(Problem(SMTP_URL, None, None, "the address cannot be read", hint))
        return document
    reading.vault.keep([parts.password or "", password])
    tls = {"smtps": "tls", "smtp": "starttls"}.get(parts.scheme.lower())
    if tls is None or not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
        said = "the address is not smtp:// or smtps:// and a host"
        reading.findings.error(Problem(SMTP_URL, None, None, said, hint))
        return document
    sender = reading.env.get(MAIL_FROM) or (user if "@" in user else f"parley@{host}")
    recipients = [part.strip() for part in reading.env[MAIL_TO].split(",") if part.strip()]
    values = {
        "host": (host, SMTP_URL), "port": (port or (465 if tls == "tls" else 587), SMTP_URL),
        "tls": (tls, SMTP_URL), "user": (user or None, SMTP_URL),
        "password": (password or None, SMTP_URL),
        "from": (sender, MAIL_FROM if reading.env.get(MAIL_FROM) else SMTP_URL),
        "to": (recipients, MAIL_TO),
    }  # fmt: skip
    return _overlaid(document, "desk", "email", values)


def _with_hook(document: Document, reading: Reading) -> Document:
    if not _both(HOOK_URL, HOOK_SECRET, reading):
        return document
    url, secret = reading.env[HOOK_URL].strip(), reading.env[HOOK_SECRET].strip()
    reading.vault.keep([url, secret])
    values = {"url": (url, HOOK_URL), "secret": (secret, HOOK_SECRET)}
    return _overlaid(document, "hook", "webhook", values)


def _both(first: str, second: str, reading: Reading) -> bool:
    """Whether both variables are set; one without the other is an error."""
    given = [name for name in (first, second) if reading.env.get(name, "").strip()]
    if len(given) == 1:
        missing = second if given == [first] else first
        said = f"{missing} is not set: the channel needs both"
        reading.findings.error(Problem(given[0], None, None, said, f"set {missing} or remove this"))
    return len(given) == 2


def _overlaid(
    document: Document, name: str, kind: str, values: Mapping[str, tuple[object, str]]
) -> Document:
    """Put values (None: none) and the variables they come from over a channel of the file."""
    data = dict(document.data)
    held = data.get("channels")
    channels: dict[str, object] = dict(held) if isinstance(held, Mapping) else {}
    if "channels" not in data:
        channels = {"console": {"kind": "console"}}
    there = channels.get(name)
    mine = isinstance(there, Mapping) and there.get("kind") == kind
    channel: dict[str, object] = dict(cast("Mapping[str, object]", there)) if mine else {}
    origins = dict(document.origins)
    source = next(iter(values.values()))[1]
    for key, (value, origin) in values.items():
        channel.pop(key, None)
        channel.pop(f"{key}_file", None)
        if value is not None:
            channel[key] = value
            origins["channels", name, key] = origin
    channels[name] = {**channel, "kind": kind, "enabled": True}
    data["channels"] = channels
    for key in ("kind", "enabled"):
        origins["channels", name, key] = source
    if not mine:
        origins["channels", name] = source
    return replace(document, data=data, origins=origins)
