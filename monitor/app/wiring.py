"""Parts for those who run: settings from a folder, channels from settings, secrets to be hidden."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel, SecretStr

from monitor.app.trials import refuse_failing
from monitor.core.floods import FloodLimits
from monitor.core.match import Index
from monitor.core.model import Feed
from monitor.core.words import Lexicon
from monitor.errors import ConfigError, ParleyError, Problem, QueryError
from monitor.ingest import InForce
from monitor.language import SimplemmaLexicon
from monitor.notify import registry
from monitor.notify.plugin import Options
from monitor.ports import Clock, Http, Notifier
from monitor.settings import Settings, load
from monitor.settings.access import login_of
from monitor.settings.dotenv import read_dotenv
from monitor.settings.loader import SEED

#: The channel that is always there, and where an alert goes that no other takes.
CONSOLE = "console"
#: Variables that the command line reads itself.
OWN_VARIABLES = ("PARLEY_CONFIG", "PARLEY_LOG", "PARLEY_LOG_LEVEL")
DOTENV = Path(".env")
#: Where, in the data folder, lemmas are remembered from one start to the next.
WORDS_FOLDER = "words"


def environment() -> dict[str, str]:
    """Give the environment over the `.env` of the working folder. Raises `ConfigError`."""
    return {**read_dotenv(DOTENV), **os.environ}


def channel_kinds() -> Mapping[str, type[Options]]:
    """Give the options' model of every kind of channel, each read when it is asked for."""
    return registry.OptionsModels()


def read_settings(config_dir: Path, env: Mapping[str, str] | None = None) -> Settings:
    """Read a configuration folder. Raises `ConfigError` with every problem."""
    return load(
        config_dir,
        channel_kinds=channel_kinds(),
        env=environment() if env is None else env,
        other_variables=OWN_VARIABLES,
    )


def build_channels(
    settings: Settings, *, http: Http, clock: Clock, stream: TextIO | None = None
) -> dict[str, Notifier]:
    """Give the enabled channels by name; the console is always one of them.

    Raises `ConfigError` for one that its kind cannot make: what an option names may have changed
    since the option was read.
    """
    channels: dict[str, Notifier] = {}
    for channel in settings.channels:
        if channel.enabled and isinstance(channel.options, Options):
            try:
                channels[channel.name] = registry.build(
                    channel.name,
                    channel.kind,
                    channel.options,
                    http=http,
                    clock=clock,
                    stream=stream,
                )
            except ParleyError:
                raise
            except Exception as error:
                said = f"the channel {channel.name} cannot be made: {type(error).__name__}: {error}"
                raise ConfigError([Problem("channels", None, None, said)]) from error
    if CONSOLE not in channels:
        channels[CONSOLE] = registry.build(
            CONSOLE, "console", {}, http=http, clock=clock, stream=stream
        )
    return channels


def lexicon_of(settings: Settings) -> SimplemmaLexicon:
    """Give the dictionaries; what they said of a word is kept in the data folder.

    Of the words of the shipped rules, set-up has kept it already.
    """
    return SimplemmaLexicon(settings.data / WORDS_FOLDER, SEED / WORDS_FOLDER)


def in_force(
    settings: Settings,
    channels: Mapping[str, Notifier],
    lexicon: Lexicon | None = None,
    *,
    tested: bool = True,
) -> InForce:
    """Compile the rules of settings. A console that is not enabled is the last resort alone.

    A reload hands its `lexicon` on: dictionaries that are in memory stay there. Raises
    `ConfigError` where a watch fails one of its tests, which are not run unless `tested`.
    """
    console = settings.channel(CONSOLE)
    resort = frozenset() if console is not None and console.enabled else frozenset({CONSOLE})
    try:
        index = Index(settings.rules, lexicon or lexicon_of(settings))
    except QueryError as error:  # what shows only when all is put together
        raise ConfigError([Problem("watches", None, None, error.message, error.hint)]) from error
    if tested:
        refuse_failing(index, settings)
    flood = FloodLimits(settings.fetch.flood_share, settings.fetch.flood_items)
    return InForce(settings.rules, index, channels, resort, flood)


def paced(settings: Settings) -> dict[str, Feed]:
    """Give the feeds by name, those without a pace of their own at the pace of `fetch:`."""
    return {
        feed.name: replace(feed, pace=feed.pace or settings.fetch.pace)
        for feed in settings.rules.feeds
    }


def secrets_of(settings: Settings) -> Iterator[str]:
    """Give every secret that the settings hold, so that logs can hide it."""
    for channel in settings.channels:
        if channel.options is not None:
            yield from _secrets(channel.options)
    if settings.heartbeat is not None:
        yield settings.heartbeat.url.get_secret_value()
    for feed in settings.rules.feeds:
        yield from (value for _, value in feed.headers)
        yield from login_of(feed.proxy)


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _secrets(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _secrets(each)
