"""The configuration in force, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, SecretStr

from monitor.core.model import Feed
from monitor.core.rules import FetchPolicy, RuleBook, Watch
from monitor.errors import Problem


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """One channel. `options` is its kind's model; None for a disabled one that was not read."""

    name: str
    kind: str
    enabled: bool
    options: BaseModel | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The address of a dead man's switch, and how often it is called, in seconds."""

    url: SecretStr = field(repr=False)
    every_s: float


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that people configured. Its `repr` holds no secret.

    `files` are all that was read, secrets' files included; `data` may be relative to the working
    folder. `off` are watches that were read and checked, and are not in `rules`; `off_feeds` are
    the feeds of theirs, which are not read.
    """

    config_dir: Path
    data: Path
    listen: tuple[str, int]
    fetch: FetchPolicy
    channels: tuple[ChannelConfig, ...]
    rules: RuleBook = field(repr=False)
    files: tuple[Path, ...] = field(repr=False)
    warnings: tuple[Problem, ...] = field(repr=False)
    off: tuple[Watch, ...] = field(default=(), repr=False)
    off_feeds: tuple[Feed, ...] = field(default=(), repr=False)
    heartbeat: Heartbeat | None = field(default=None, repr=False)

    @property
    def restart_values(self) -> dict[str, str]:
        """The keys whose change takes effect with the next start only, and what they are now."""
        host, port = self.listen
        return {
            "data": str(self.data),
            "listen": f"{host}:{port}",
            "workers.parse": str(self.fetch.parse_workers),
            # the client and the parsers are made once, with these bounds
            "fetch": repr(replace(self.fetch, pace="", parse_workers=0)),
        }

    def needs_restart(self, newer: Settings) -> tuple[str, ...]:
        """Give the keys that differ in `newer` and that a reload cannot change."""
        now, then = self.restart_values, newer.restart_values
        return tuple(key for key in now if now[key] != then[key])

    def channel(self, name: str) -> ChannelConfig | None:
        """Give the channel of that name, or None."""
        return next((channel for channel in self.channels if channel.name == name), None)
