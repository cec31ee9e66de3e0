"""The kinds of values in configuration files: each reads one, or says what is wrong."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from monitor.settings.findings import near_miss, shown

#: Longest address, and value of a header, in characters.
MAX_SECRET = 4_000
#: Longest phrase of a headline, in characters.
MAX_PHRASE = 60
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FACT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LANGUAGE = re.compile(r"([a-z]{2,3})(-[A-Za-z0-9]{2,8})*")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,252})")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ].+)?)?)?")
_IN_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")

#: ISO 639-1; languages without a code of two letters have one of three (ISO 639-3).
LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh "
    "zu".split()
)


def fault(message: str, hint: str = "") -> PydanticCustomError:
    """Make the error that a field raises: a sentence about the value, and what would help."""
    return PydanticCustomError("parley", "{message}", {"message": message, "hint": hint})


def one_line(value: str) -> str:
    """Refuse line breaks and control characters: such text ends up in headers and subjects."""
    if _CONTROL.search(value):
        raise fault("line breaks and control characters are not allowed here", "write one line")
    return value


def filled(value: str) -> str:
    """Refuse text that is empty or blank."""
    if not value.strip():
        raise fault("must not be empty")
    return value.strip()


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        made = re.sub(r"[^a-z0-9_-]+", "-", value.lower()).strip("-_")[:64]
        hint = f"for example {made}" if made else "for example prisoner-exchange"
        raise fault(f"{shown(value)} is no name: letters a-z, digits, - and _ only", hint)
    return value


def _fact_id(value: str) -> str:
    if not _FACT_ID.fullmatch(value):
        raise fault(f"{shown(value)} is no id: letters, digits, '.', '-' and '_', at most 100")
    return value


def _phrase(value: str) -> str:
    """Read a phrase of a headline; what is in brackets is left out without a number."""
    said = filled(one_line(value))
    outside = _IN_BRACKETS.sub("", said)
    inside = "".join(_IN_BRACKETS.findall(said)).replace("{number}", "")
    hint = "for example [{number} a side] agreed"
    if re.search(r"[\[\]]", outside):
        raise fault("a bracket is open or closed alone", hint)
    if re.search(r"[{}]", outside + inside):
        raise fault("only {number} stands in braces, and that within brackets", hint)
    if not outside.strip():
        raise fault("says nothing where no number is known: let words stand outside of [...]", hint)
    return said


def language(value: str) -> str:
    """Read a language code such as `en` or `pt-BR`."""
    found = _LANGUAGE.fullmatch(value)
    if not found or (len(found[1]) == 2 and found[1] not in LANGUAGES):
        close = re.match(r"[A-Za-z]{2}(?![A-Za-z])", value)
        near = close.group().lower() if close and close.group().lower() in LANGUAGES else ""
        hint = f"did you mean '{near}'?" if near else "two letters (ISO 639-1) such as en, uk, tr"
        raise fault(f"{shown(value)} is not the code of a language", hint)
    return value


def _clock(value: str) -> str:
    found = _CLOCK.fullmatch(value)
    if not found:
        raise fault(f"{shown(value)} is not a time of day", "write it as 07:00, at most 23:59")
    return f"{int(found[1]):02}:{found[2]}"


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        zones = available_timezones()
        cities = {zone.rsplit("/", 1)[-1]: zone for zone in zones}
        near = near_miss(value, zones)
        if not near and value.replace(" ", "_").title() in cities:
            near = f"did you mean '{cities[value.replace(' ', '_').title()]}'?"
        hint = near or "a name such as Europe/Istanbul or UTC"
        raise fault(f"{shown(value)} is not a known time zone", hint) from error
    return value


def _folder(value: str) -> str:
    try:
        Path(value).expanduser()
    except RuntimeError:
        raise fault(f"{shown(value)} begins with the home of nobody known here") from None
    return value


def host_port(value: str) -> tuple[str, int]:
    """Split `host:port` (an IPv6 address in brackets). Raises the error of a field."""
    host, colon, port = value.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        good = _is_address(host) and ":" in host
    else:
        good = bool(_HOST.fullmatch(host))
    if not colon or not good or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        hint = "write host:port, for example 127.0.0.1:8420; IPv6 in brackets"
        raise fault(f"{shown(value)} is not a host and a port", hint)
    return host, int(port)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _listen(value: str) -> str:
    host_port(value)
    return value


def _private(value: str) -> str:
    if host_port(value)[1] == 0:
        raise fault(f"{shown(value)} has no port", "write host:port, for example 192.168.1.5:8080")
    return value


def http_url(value: str) -> str:
    """Refuse what is no http(s) address of a host. It is not shown: it may hold a key."""
    if re.search(r"[\s\x00-\x20\x7f<>\"\\^`{|}]", value):
        raise fault("the address holds blanks or characters that no URL has", "encode them with %")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise fault("the address cannot be read", "check the host and the port") from None
    if parts.scheme.lower() not in {"http", "https"}:
        raise fault("the address must begin with http:// or https://")
    if not host or port == 0:
        raise fault("the address names no host" if not host else "the address has port 0")
    return value


def _moment(value: object) -> datetime:
    hint = "write it as 2025-06-02T20:00:00Z"
    if not isinstance(value, str):
        raise fault("must be a date and time", hint)
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            raise fault(f"{shown(value)} does not say its zone", "end it with Z or +03:00")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, PydanticCustomError):
            raise
        raise fault(f"{shown(value)} is not a date and time", hint) from None


def _day(value: str) -> str:
    fits = _DAY.fullmatch(value)
    try:
        if fits and fits[3]:
            datetime.fromisoformat(value)
        elif fits:
            date.fromisoformat(value + "-01-01"[len(value) - 4 :][: 10 - len(value)])
    except ValueError:
        fits = None
    if not fits:
        raise fault(f"{shown(value)} is not a date", "write 2025-06-02, or 2025-06, or 2025")
    return value


def _names(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _number(value: object) -> object:
    """Read digits in text: what comes from the environment is text always."""
    if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,12}", value.strip()):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,12}\.[0-9]{1,6}", value.strip()):
        return float(value)
    return value


def header_name(value: str) -> str:
    """Refuse what is no name of an HTTP header."""
    if not _HEADER.fullmatch(value):
        raise fault(f"{shown(value)} is not the name of a header")
    return value


def header_value(value: str) -> str:
    """Refuse what is no value of an HTTP header; give it without blanks around it."""
    one_line(value)
    if not value.isascii():
        raise fault("the value of a header must be plain ASCII", "encode it as the server asks")
    return value.strip()


def _proxy(value: str) -> str:
    """Refuse what is no address of an HTTP proxy. It is not shown: it may hold a password."""
    if value.lower().startswith("socks"):
        raise fault("SOCKS proxies are not spoken to", "name an HTTP proxy: http://host:port")
    parts = urlsplit(http_url(value))
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise fault("the address of a proxy ends with its port", "write http://host:port")
    return value


def _login_name(value: str) -> str:
    if ":" in one_line(value):
        raise fault("the user's name may hold no colon: HTTP ends it there")
    return filled(value)


Line = Annotated[str, AfterValidator(one_line), Field(max_length=2000)]
Filled = Annotated[Line, AfterValidator(filled)]
Text = Annotated[str, AfterValidator(filled), Field(max_length=20_000)]
Id = Annotated[str, AfterValidator(_id)]
FactId = Annotated[str, AfterValidator(_fact_id)]
Language = Annotated[str, AfterValidator(language)]
#: Words for a headline: in it a number may stand, as `[{number} a side] agreed`.
Phrase = Annotated[str, Field(max_length=MAX_PHRASE), AfterValidator(_phrase)]
ClockTime = Annotated[str, AfterValidator(_clock)]
Folder = Annotated[Filled, AfterValidator(_folder)]
Timezone = Annotated[Line, AfterValidator(_timezone)]
Listen = Annotated[Line, AfterValidator(_listen)]
Private = Annotated[Line, AfterValidator(_private)]
Url = Annotated[str, AfterValidator(http_url), Field(max_length=MAX_SECRET)]
ProxyUrl = Annotated[str, AfterValidator(_proxy), Field(max_length=MAX_SECRET)]
LoginName = Annotated[str, AfterValidator(_login_name), Field(max_length=MAX_SECRET)]
Secret = Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=MAX_SECRET)]
Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=str)]
Day = Annotated[str, AfterValidator(_day)]
HeaderName = Annotated[str, AfterValidator(header_name)]
HeaderValue = Annotated[str, AfterValidator(header_value), Field(max_length=MAX_SECRET)]
#: One name, several after commas, or a list.
Names = Annotated[list[Filled], BeforeValidator(_names, json_schema_input_type=str | list[str])]
Privates = Annotated[list[Private], BeforeValidator(_names, json_schema_input_type=str | list[str])]
Number = BeforeValidator(_number)
Flag = BeforeValidator(lambda value: {"true": True, "false": False}.get(str(value).lower(), value))
Pace = Literal["fast", "normal", "slow"]
SeverityWord = Literal["low", "medium", "high", "critical"]
