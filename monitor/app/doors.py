"""The adapters of one daemon, made in one place; whoever tests it puts others in their stead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from monitor import __version__
from monitor.app.wiring import build_channels
from monitor.core.rules import FetchPolicy
from monitor.ports import Clock, Http, Notifier, Parser, Source
from monitor.settings import Settings
from monitor.sources.http import HttpClient
from monitor.sources.pool import ParserPool
from monitor.store import SqliteStore


class Client(Source, Http, Protocol):
    """The one client that both fetches feeds and posts to webhooks."""

    async def close(self) -> None:
        """Close every connection."""
        ...


class ClosingParser(Parser, Protocol):
    """A parser with processes to end."""

    async def close(self) -> None:
        """End every process."""
        ...


def http_client(policy: FetchPolicy, clock: Clock) -> HttpClient:
    """Give the guarded client, under an honest name."""
    return HttpClient(policy, user_agent=agent_of(policy), wire_now=clock.wire)


def agent_of(policy: FetchPolicy) -> str:
    """Give the name that all requests carry."""
    about = f"; {policy.contact}" if policy.contact else ""
    return f"parley-monitor/{__version__} (feed monitor{about})"


def parser_pool(policy: FetchPolicy) -> ParserPool:
    """Give the parser's processes, within the policy's bounds."""
    return ParserPool(
        policy.parse_workers, policy.parse_s, policy.parse_memory_bytes, policy.max_items
    )


def channels(settings: Settings, http: Http, clock: Clock, stream: TextIO) -> dict[str, Notifier]:
    """Give the enabled channels by name."""
    return build_channels(settings, http=http, clock=clock, stream=stream)


@dataclass(frozen=True, slots=True)
class Doors:
    """How each adapter is made."""

    client: Callable[[FetchPolicy, Clock], Client] = http_client
    parser: Callable[[FetchPolicy], ClosingParser] = parser_pool
    store: Callable[[Path], SqliteStore] = SqliteStore
    channels: Callable[[Settings, Http, Clock, TextIO], dict[str, Notifier]] = channels
