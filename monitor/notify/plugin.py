"""What every kind of channel shares: the base of its options, and the tools it is given.

A kind is a class with `options_model` (a subclass of `Options`) and a constructor that takes the
channel's name, its options and the `Tools`; its instances are `ports.Notifier`s. The built-in kinds
come in by the same door.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import ClassVar, Protocol, TextIO

from pydantic import BaseModel, ConfigDict

from monitor.core.model import Note
from monitor.ports import Clock, Http, Receipt


class Options(BaseModel):
    """Base of a kind's options: unknown keys are refused, secrets never show in an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )


@dataclass(frozen=True, slots=True)
class Tools:
    """What a channel may use: the guarded HTTP client, both clocks, the terminal's stream."""

    http: Http
    clock: Clock
    stream: TextIO


class Plugin(Protocol):
    """The class of a kind of channel: a `ports.Notifier` that knows its options."""

    options_model: ClassVar[type[Options]]

    def __init__(self, name: str, options: Options, tools: Tools) -> None: ...

    name: str
    kind: str
    recipients: tuple[str, ...]
    one_event_each: bool
    deadline_s: float

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the bytes to send; see `ports.Notifier`."""
        ...

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Try once to deliver; see `ports.Notifier`."""
        ...

    async def close(self) -> None:
        """Let go of connections; see `ports.Notifier`."""
        ...


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine and nothing else."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:  # a name
        return False
