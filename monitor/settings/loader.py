"""From a folder and the environment to one frozen `Settings`: all of it, or all problems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from pydantic import BaseModel, SecretStr

from monitor.core.ledger import seed_content
from monitor.core.model import Severity
from monitor.core.rules import Digest, Escalation, FetchPolicy, Route, RuleBook
from monitor.errors import ConfigError, Problem
from monitor.settings.channels import is_off, read_channels, readable_channels
from monitor.settings.document import Document
from monitor.settings.document import Path as Inner
from monitor.settings.environment import (
    ENV_CHANNELS,
    expanded,
    note_references,
    overridden,
    warn_of_unknown,
    with_channels,
)
from monitor.settings.explain import fitted
from monitor.settings.fields import host_port
from monitor.settings.findings import hint_for, shown
from monitor.settings.kept import Keeper
from monitor.settings.machine import ParleyFile
from monitor.settings.model import ChannelConfig, Heartbeat, Settings
from monitor.settings.reading import Reading, digest, display, is_there, look_around, open_document
from monitor.settings.vocabulary import vocabulary_key, vocabulary_of
from monitor.settings.written import Written

#: The vocabulary that comes with the program.
LEXICON = Path(__file__).resolve().parent.parent / "lexicon"
#: Where set-up keeps what is dear to make, in the form of a data folder; it may be missing.
SEED = LEXICON.parent / "seed"
#: The folder of checked forms, in a data folder and in the seed.
CACHE_FOLDER = "cache"


def load(
    config_dir: Path,
    *,
    channel_kinds: Mapping[str, type[BaseModel]],
    env: Mapping[str, str],
    shipped: Path | None = None,
    other_variables: Collection[str] = (),
    use_cache: bool = True,
) -> Settings:
    """Read a configuration folder. `shipped` is the folder of the vocabulary beneath the user's.

    `other_variables` are names of `PARLEY_*` variables that the caller reads itself. Where the data
    folder is there already, the checked form of vocabulary and rules is kept in it, and what set-up
    kept is used; neither where `use_cache` is false. Raises `ConfigError` with every problem there
    is, none of which shows a secret.
    """
    reading = Reading(env)
    shipped = shipped or LEXICON
    settings = _read(
        config_dir, shipped, channel_kinds, reading, other_variables, use_cache=use_cache
    )
    if reading.findings.errors or settings is None:
        raise ConfigError(_told(reading.findings.errors, reading))
    return replace(settings, warnings=tuple(_told(reading.findings.warnings, reading)))


def _read(
    config_dir: Path, shipped: Path, kinds: Mapping[str, type[BaseModel]], reading: Reading,
    others: Collection[str], *, use_cache: bool,
) -> Settings | None:  # fmt: skip
    """The path: machine, vocabulary, all other files, and how they fit together."""
    if not look_around(config_dir, reading):
        return None
    document, parley = _machine(config_dir, reading)
    listed = parley.channels if parley is not None else readable_channels(document)
    channels = read_channels(document, listed, kinds, config_dir, reading)
    cache_dir = _cache_dir(parley) if use_cache else None
    key = vocabulary_key(shipped, reading) if use_cache else ""
    beneath, right = vocabulary_of(key, shipped, reading, cache_dir, SEED / CACHE_FOLDER)
    keeper = Keeper(config_dir, cache_dir, key, beneath) if cache_dir and key and right else None
    written = _recalled(parley, keeper, reading)
    broken: Collection[str] = ()
    if written is None:
        # what reads files takes a while to load
        from monitor.settings.folder import read_folder  # noqa: PLC0415

        folder = read_folder(config_dir, beneath, reading, right=right)
        broken = folder.watches.broken
        if parley is not None:
            folder.check_notify(_channel_names(parley), reading)
        written = keeper.keep(folder, reading) if keeper is not None else folder.written
    warn_of_unknown(reading, others)
    if parley is None:
        return None
    _check_names(document, parley, {*written.watches, *broken}, reading)
    channels = (*channels, *_named_and_off(parley, written))
    return _settings(config_dir, parley, channels, written, reading)


def _recalled(parley: ParleyFile | None, keeper: Keeper | None, reading: Reading) -> Written | None:
    """Give what was kept of the files, None where they have to be read.

    They have to where anything is wrong, for the places of what is wrong are in them.
    """
    if parley is None or keeper is None or reading.findings.errors:
        return None
    written = keeper.recalled(reading)
    if written is None:
        return None
    known = _channel_names(parley)
    if any(name not in known for one in written.watches.values() for name in one.notify or ()):
        return None
    reading.findings.warnings += written.warnings
    reading.used |= written.used
    reading.files += keeper.files
    return written


def _machine(config_dir: Path, reading: Reading) -> tuple[Document, ParleyFile | None]:
    """Read `parley.yaml`, where there is one, and what the environment says over it."""
    path = config_dir / "parley.yaml"
    document = Document(display(path))
    if is_there(path):
        opened = open_document(path, config_dir, reading)
        if opened is None:
            return document, None
        document = opened
    note_references(document, reading)
    document = with_channels(document, reading)
    raw = document.data.get("channels")
    off = {name for name, one in raw.items() if is_off(one)} if isinstance(raw, dict) else set()
    origins = document.origins

    def skip(inner: Inner) -> bool:
        return inner in origins or (len(inner) > 1 and inner[0] == "channels" and inner[1] in off)

    data = {
        key: expanded(document, value, (key,), reading, skip)
        for key, value in document.data.items()
    }
    document = overridden(replace(document, data=data), reading)
    shape, problems = fitted(document, ParleyFile, document.data)
    for _, problem in problems:
        reading.findings.error(problem)
    return document, shape


def _cache_dir(parley: ParleyFile | None) -> Path | None:
    """Give where to keep what is dear to make; None where the data folder is not there yet."""
    data = Path(parley.data).expanduser() if parley is not None else None
    return data / CACHE_FOLDER if data is not None and data.is_dir() else None


def _channel_names(parley: ParleyFile) -> set[str]:
    """Give the channels that may be named: the environment can turn two of them on."""
    return {*parley.channels, "console", *ENV_CHANNELS}


def _named_and_off(parley: ParleyFile, written: Written) -> Iterator[ChannelConfig]:
    """Give those channels of the environment that are named, and that it has not turned on."""
    named = {*parley.ops, *parley.editors}
    named.update(name for route in parley.routes for name in route.to)
    named.update(name for watch in written.watches.values() for name in watch.notify or ())
    for name, kind in ENV_CHANNELS.items():
        if name in named and name not in parley.channels:
            yield ChannelConfig(name, kind, False, None)


def _check_names(
    document: Document, parley: ParleyFile, watches: Collection[str], reading: Reading
) -> None:
    """Say where routes, `ops` and `editors` name what is not there."""
    known = _channel_names(parley)

    def check(path: Inner, names: Iterable[str], among: Collection[str], what: str) -> None:
        for index, name in enumerate(names):
            if name not in among:
                said = f"there is no {what} {shown(name)}"
                hint = hint_for(name, among, what=f"{what}s" if what == "channel" else "watches")
                reading.findings.error(document.problem((*path, index), said, hint))

    check(("ops",), parley.ops, known, "channel")
    check(("editors",), parley.editors, known, "channel")
    if parley.escalate is not None:
        check(("escalate", "to"), parley.escalate.to, known, "channel")
    for index, route in enumerate(parley.routes):
        check(("routes", index, "to"), route.to, known, "channel")
        check(("routes", index, "watch"), route.watch, watches, "watch")


def _rules(parley: ParleyFile, written: Written) -> RuleBook:
    """Put the rules together; their version is a hash of all but the values of headers."""
    hour, minute = parley.digest.at.split(":")
    rules = RuleBook(
        watches=tuple(watch for name, watch in written.watches.items() if name not in written.off),
        concepts=written.concepts,
        seeds=written.seeds,
        routes=tuple(
            Route(
                channels=tuple(dict.fromkeys(route.to)),
                watches=tuple(dict.fromkeys(route.watch)),
                severity=Severity(route.severity) if route.severity else None,
            )
            for route in parley.routes
        ),
        feeds=written.feeds,
        timezone=parley.timezone,
        language=parley.language,
        digest=Digest(int(hour), int(minute)),
        ops=tuple(dict.fromkeys(parley.ops)),
        editors=tuple(dict.fromkeys(parley.editors)),
        escalate=(
            Escalation(parley.escalate.after_min * 60.0, tuple(dict.fromkeys(parley.escalate.to)))
            if parley.escalate is not None
            else None
        ),
        queries=written.queries,
    )
    said = [
        [(watch.id, watch.version) for watch in rules.watches],
        written.prints,
        [seed_content(seed) for seed in rules.seeds],
        [asdict(route) for route in rules.routes],
        [{**asdict(feed), "headers": [name for name, _ in feed.headers]} for feed in rules.feeds],
        [rules.timezone, rules.language, parley.digest.at, rules.ops, rules.editors],
        asdict(rules.escalate) if rules.escalate else None,
    ]
    return replace(rules, version=digest(said))


def _settings(
    config_dir: Path, parley: ParleyFile, channels: tuple[ChannelConfig, ...], written: Written,
    reading: Reading,
) -> Settings:  # fmt: skip
    values = parley.fetch.model_dump()
    values["allow_private"] = tuple(parley.fetch.allow_private)
    return Settings(
        config_dir=config_dir,
        data=Path(parley.data).expanduser(),
        listen=host_port(parley.listen),
        fetch=FetchPolicy(**values, parse_workers=parley.workers.parse),
        heartbeat=(
            Heartbeat(SecretStr(parley.heartbeat.url), parley.heartbeat.every_s)
            if parley.heartbeat is not None
            else None
        ),
        channels=channels,
        rules=_rules(parley, written),
        files=tuple(dict.fromkeys(reading.files)),
        warnings=(),
        off=tuple(watch for name, watch in written.watches.items() if name in written.off),
        off_feeds=written.off_feeds,
    )


def _told(problems: Iterable[Problem], reading: Reading) -> list[Problem]:
    """Give problems in the order of files and lines, each once, without secrets."""
    unique = dict.fromkeys(reading.vault.blotted(problem) for problem in problems)
    return sorted(unique, key=lambda one: (one.file, one.line or 0, one.column or 0))
