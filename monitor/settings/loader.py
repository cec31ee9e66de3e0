"""From a folder and the environment to one frozen `Settings`: all of it, or all problems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from pydantic import BaseModel

from monitor.core.ledger import seed_content
from monitor.core.model import Severity
from monitor.core.rules import Concept, Digest, FetchPolicy, Route, RuleBook
from monitor.errors import ConfigError, Problem
from monitor.settings.baselines import SeedList
from monitor.settings.channels import is_off, read_channels, readable_channels
from monitor.settings.concepts import read_concepts
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
from monitor.settings.feeds import FeedList, read_feeds
from monitor.settings.fields import host_port
from monitor.settings.files import ParleyFile
from monitor.settings.findings import hint_for, shown
from monitor.settings.model import ChannelConfig, Settings
from monitor.settings.reading import (
    Reading,
    digest,
    display,
    is_there,
    list_folder,
    look_around,
    open_document,
)
from monitor.settings.vocabulary import read_vocabulary
from monitor.settings.watches import WatchList, read_watches

#: The vocabulary that comes with the program.
LEXICON = Path(__file__).resolve().parent.parent / "lexicon"
#: Where set-up keeps what is dear to make, in the form of a data folder; it may be missing.
SEED = LEXICON.parent / "seed"
#: The folder of the vocabulary's checked form, in a data folder and in the seed.
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
    folder is there already, the checked form of the vocabulary is kept in it, and what set-up kept
    is used; neither where `use_cache` is false. Raises `ConfigError` with every problem there is,
    none of which shows a secret.
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
    """The path: machine, vocabulary, feeds, watches, baselines, and how they fit together."""
    if not look_around(config_dir, reading):
        return None
    document, parley = _machine(config_dir, reading)
    listed = parley.channels if parley is not None else readable_channels(document)
    channels = read_channels(document, listed, kinds, config_dir, reading)
    kept = (_cache_dir(parley), SEED / CACHE_FOLDER) if use_cache else (None, None)
    concepts, whole = _concepts(config_dir, shipped, kept, reading)
    feeds = FeedList()
    _feeds(config_dir, feeds, reading)
    found, lost = list_folder(config_dir / "watches", config_dir, reading)
    watches = read_watches(found, lost, concepts if whole else None, feeds, reading)
    seeds = SeedList(watches, reading)
    seeds.read_folder(list_folder(config_dir / "baselines", config_dir, reading)[0])
    seeds.read_own()
    _warn_of_nothing(config_dir, watches, feeds, reading)
    warn_of_unknown(reading, others)
    if parley is None:
        return None
    channels = _check_names(document, parley, channels, watches, reading)
    rules = _rules(parley, watches, concepts, seeds, feeds, reading)
    settings = _settings(config_dir, parley, channels, rules, reading)
    off = (watch for name, watch in watches.watches.items() if not watches.on(name))
    return replace(settings, off=tuple(off))


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


def _concepts(
    config_dir: Path, shipped: Path, kept: tuple[Path | None, Path | None], reading: Reading
) -> tuple[dict[str, Concept], bool]:
    """Give the vocabulary with the user's concepts over it; the flag says that all was right."""
    beneath, right = read_vocabulary(shipped, reading, *kept)
    found, lost = list_folder(config_dir / "concepts", config_dir, reading)
    return read_concepts(found, beneath, reading, whole=right and not lost)


def _feeds(config_dir: Path, feeds: FeedList, reading: Reading) -> None:
    """Read `feeds.yaml`, where there is one."""
    path = config_dir / "feeds.yaml"
    if is_there(path):
        document = open_document(path, config_dir, reading)
        if document is not None:
            read_feeds(document, feeds, reading)


def _warn_of_nothing(
    config_dir: Path, watches: WatchList, feeds: FeedList, reading: Reading
) -> None:
    """Say where there is nothing to read, or nothing to look for."""
    if reading.findings.errors:
        return
    if not feeds.feeds:
        path = display(config_dir / "feeds.yaml")
        reading.findings.warn(Problem(path, None, None, "no feed is configured", "list some there"))
    if not watches.watches:
        path = display(config_dir / "watches")
        hint = "a file there with `title` and `query` is a watch"
        reading.findings.warn(Problem(path, None, None, "no watch is configured", hint))


def _check_names(
    document: Document, parley: ParleyFile, channels: tuple[ChannelConfig, ...],
    watches: WatchList, reading: Reading,
) -> tuple[ChannelConfig, ...]:  # fmt: skip
    """Say where routes, `ops`, `editors` and `notify` name what is not there.

    `desk` and `hook` may always be named, for the environment can turn them on; gives the channels
    with those of them that are named and off.
    """
    known = {*parley.channels, "console", *ENV_CHANNELS}
    named: set[str] = set()

    def check(holder: Document, path: Inner, names: Iterable[str]) -> None:
        for index, name in enumerate(names):
            named.add(name)
            if name not in known:
                said = f"there is no channel {shown(name)}"
                hint = hint_for(name, known, what="channels")
                reading.findings.error(holder.problem((*path, index), said, hint))

    check(document, ("ops",), parley.ops)
    check(document, ("editors",), parley.editors)
    for index, route in enumerate(parley.routes):
        check(document, ("routes", index, "to"), route.to)
        for place, name in enumerate(route.watch):
            if watches.unknown(name):
                said = f"there is no watch {shown(name)}"
                hint = hint_for(name, watches.watches, what="watches")
                path: Inner = ("routes", index, "watch", place)
                reading.findings.error(document.problem(path, said, hint))
    for found, shape in watches.sources.values():
        check(found.document, ("notify",), shape.notify or ())
    off = [name for name in ENV_CHANNELS if name in named and name not in parley.channels]
    return (*channels, *(ChannelConfig(name, ENV_CHANNELS[name], False, None) for name in off))


def _rules(
    parley: ParleyFile, watches: WatchList, concepts: Mapping[str, Concept], seeds: SeedList,
    feeds: FeedList, reading: Reading,
) -> RuleBook:  # fmt: skip
    """Put the rules together; their version is a hash of all but the values of headers."""
    hour, minute = parley.digest.at.split(":")
    rules = RuleBook(
        watches=tuple(watch for name, watch in watches.watches.items() if watches.on(name)),
        concepts=concepts,
        seeds=tuple(seeds.seeds),
        routes=tuple(
            Route(
                channels=tuple(dict.fromkeys(route.to)),
                watches=tuple(dict.fromkeys(route.watch)),
                severity=Severity(route.severity) if route.severity else None,
            )
            for route in parley.routes
        ),
        feeds=tuple(feeds.feeds),
        timezone=parley.timezone,
        language=parley.language,
        digest=Digest(int(hour), int(minute)),
        ops=tuple(dict.fromkeys(parley.ops)),
        editors=tuple(dict.fromkeys(parley.editors)),
    )
    said = [
        [(watch.id, watch.version) for watch in rules.watches],
        {key: reading.print_of(concept) for key, concept in concepts.items()},
        [seed_content(seed) for seed in rules.seeds],
        [asdict(route) for route in rules.routes],
        [{**asdict(feed), "headers": [name for name, _ in feed.headers]} for feed in rules.feeds],
        [rules.timezone, rules.language, parley.digest.at, rules.ops, rules.editors],
    ]
    return replace(rules, version=digest(said))


def _settings(
    config_dir: Path, parley: ParleyFile, channels: tuple[ChannelConfig, ...], rules: RuleBook,
    reading: Reading,
) -> Settings:  # fmt: skip
    values = parley.fetch.model_dump()
    values["allow_private"] = tuple(parley.fetch.allow_private)
    return Settings(
        config_dir=config_dir,
        data=Path(parley.data).expanduser(),
        listen=host_port(parley.listen),
        fetch=FetchPolicy(**values, parse_workers=parley.workers.parse),
        channels=channels,
        rules=rules,
        files=tuple(dict.fromkeys(reading.files)),
        warnings=(),
    )


def _told(problems: Iterable[Problem], reading: Reading) -> list[Problem]:
    """Give problems in the order of files and lines, each once, without secrets."""
    unique = dict.fromkeys(reading.vault.blotted(problem) for problem in problems)
    return sorted(unique, key=lambda one: (one.file, one.line or 0, one.column or 0))
