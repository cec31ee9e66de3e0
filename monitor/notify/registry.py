"""The kinds of channels, by name. A kind's module is imported when it is first asked for."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TextIO, cast

from monitor.errors import ConfigError, Problem
from monitor.notify.plugin import Options, Plugin, Tools
from monitor.ports import Clock, Http, Notifier

#: kind -> "module:Class"
KINDS: dict[str, str] = {
    "apprise": "monitor.notify.apprise_:AppriseNotifier",
    "atom": "monitor.notify.atom:AtomNotifier",
    "console": "monitor.notify.console:ConsoleNotifier",
    "email": "monitor.notify.email:EmailNotifier",
    "ntfy": "monitor.notify.ntfy:NtfyNotifier",
    "slack": "monitor.notify.slack:SlackNotifier",
    "telegram": "monitor.notify.telegram:TelegramNotifier",
    "webhook": "monitor.notify.webhook:WebhookNotifier",
}


class OptionsModels(Mapping[str, type[Options]]):
    """The model of each kind's options; its module is imported when it is asked for."""

    def __getitem__(self, kind: str) -> type[Options]:
        """Give the model of a kind. Raises `KeyError` for an unknown one."""
        if kind not in KINDS:
            raise KeyError(kind)
        return options_model(kind)

    def __iter__(self) -> Iterator[str]:
        """Give the kinds."""
        return iter(KINDS)

    def __len__(self) -> int:
        """Count the kinds."""
        return len(KINDS)

    def __contains__(self, kind: object) -> bool:
        """Say whether there is such a kind."""
        return kind in KINDS


def options_model(kind: str) -> type[Options]:
    """Give the model of a kind's options: what stands in a channel beside `kind` and `enabled`.

    Raises `ConfigError` for an unknown kind.
    """
    return _plugin(kind).options_model


def build(
    name: str,
    kind: str,
    options: Options | Mapping[str, object],
    *,
    http: Http,
    clock: Clock,
    stream: TextIO | None = None,
) -> Notifier:
    """Give the channel `name`. `stream` is where the console writes (standard output by default).

    Raises `ConfigError` for an unknown kind and pydantic's `ValidationError` for wrong options.
    """
    plugin = _plugin(kind)
    checked = plugin.options_model.model_validate(options)
    return plugin(name, checked, Tools(http, clock, stream or sys.stdout))


def _plugin(kind: str) -> type[Plugin]:
    place = KINDS.get(kind)
    if place is None:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"kinds: {', '.join(sorted(KINDS))}"
        raise ConfigError([Problem("channels", None, None, f"no channel kind {kind!r}", hint)])
    module, _, name = place.partition(":")
    return cast("type[Plugin]", getattr(import_module(module), name))
