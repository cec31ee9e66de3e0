"""A configuration folder for tests: the sample that they change, and small models of channels."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from monitor.errors import ConfigError, Problem
from monitor.settings import ChannelConfig, Settings, load


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConsoleOptions(Options):
    pass


class MailOptions(Options):
    host: str
    port: int = Field(587, ge=1, le=65535)
    tls: str = "starttls"
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: str = Field(alias="from")
    to: list[str] = Field(min_length=1)


class HookOptions(Options):
    url: str = Field(pattern="^https?://")
    secret: SecretStr
    headers: dict[str, SecretStr] = Field(default_factory=dict)


KINDS: Mapping[str, type[BaseModel]] = {
    "console": ConsoleOptions,
    "email": MailOptions,
    "webhook": HookOptions,
}

SAMPLE = {
    "parley.yaml": """\
        version: 1
        data: ./data
        listen: 127.0.0.1:8420
        timezone: Europe/Istanbul
        language: en
        fetch: {pace: normal, contact: you@example.org, allow_private: []}
        digest: {at: "07:30"}
        workers: {parse: 2}
        channels:
          console: {kind: console}
          desk: {kind: email, enabled: false, host: smtp.example.org, port: 587, tls: starttls, user: parley, password: "${PARLEY_SMTP_PASSWORD}", from: parley@example.org, to: [desk@example.org]}
          hook: {kind: webhook, enabled: false, url: "https://example.org/hook", secret: "${PARLEY_WEBHOOK_SECRET}"}
        ops: [console]
        editors: [console]
        routes:
          - {watch: [ceasefire, pow-exchange], severity: high, to: [console, desk, hook]}
        """,
    "feeds.yaml": """\
        version: 1
        feeds:
          - {name: BBC World, url: "https://feeds.example.org/world.xml", language: en, publisher: bbc, tier: 1, pace: fast, tags: [world]}
          - name: Office of the President of Ukraine
            url: https://president.example.org/rss
            language: uk
            publisher: president-gov-ua
            speaks_for: ukraine
            note: found on the site
        """,
    "concepts/shared.yaml": """\
        version: 1
        concepts:
          truce: {about: a halt to the fighting, en: [ceasefire, cease-fire, truce], de: [Waffenruhe, Feuerpause], uk: [перемир'я, припинення вогню]}
          ukraine: {any: [ukrain*], uk: [україн*]}
          russia: {any: [russia*], no: [russland]}
          gaza: {en: [gaza]}
          captives: {en: [prisoners of war, POWs]}
        """,
    "watches/ceasefire.yaml": """\
        version: 1
        watch: ceasefire
        title: A ceasefire in the war against Ukraine
        query: $truce AND ($ukraine OR $russia) AND NOT ($gaza AND NOT $ukraine)
        alerts: fast
        notify: [console, desk, hook]
        trackers:
          truce:
            kind: state
            topic: $truce
            scope: [extent, party]
            confirm: both_parties
            states:
              proposed: {act: propose}
              rejected: {act: reject, severity: high}
              agreed:   {act: agree, severity: critical}
        tests:
          - {text: "Waffenruhe ab Montag vereinbart", lang: de, hit: true, truce: agreed}
        """,
    "watches/pow-exchange.yaml": """\
        title: Exchanges of prisoners of war
        query: $captives
        trackers:
          exchange: {kind: series, topic: $captives, confirm: both_parties, slots: {number: number, date: date, category: [wounded, under-25, bodies]},
            states: {agreed: {act: agree, severity: high}, carried-out: {act: carry_out, severity: high}}}
        """,
    "baselines/2025-06-02.yaml": """\
        version: 1
        as_of: 2025-06-02T20:00:00Z
        facts:
          - {id: thirty-days-refused, watch: ceasefire, tracker: truce, scope: {extent: full, party: russia}, state: rejected, values: {duration: 30 days}, date: 2025-06-02,
             text: The unconditional truce of 30 days was refused again, source: reports of 2 June 2025}
          - id: second-round
            watch: pow-exchange
            tracker: exchange
            instance: {round: 2}
            state: agreed
            values: {number: 1200, category: [wounded, under-25]}
            said_by: [ukraine, russia]
            date: 2025-06-02
            text: An exchange of 1,200 for 1,200 was agreed
          - {id: hosts, watch: ceasefire, note: true, text: Turkey hosts the talks}
        """,
}


T = TypeVar("T")


def sure(value: T | None) -> T:
    """Give what must be there."""
    assert value is not None
    return value


def options(channel: ChannelConfig | None) -> Any:
    """Give the options of a channel that must be there."""
    return sure(sure(channel).options)


class Home:
    """A configuration folder that a test may change."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lexicon = root.parent / "lexicon"
        self.lexicon.mkdir()

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
        path.write_bytes(content)
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def load(self, env: Mapping[str, str] | None = None, *, use_cache: bool = False) -> Settings:
        return load(
            self.root, channel_kinds=KINDS, env=env or {}, shipped=self.lexicon, use_cache=use_cache
        )

    def problems(self, env: Mapping[str, str] | None = None) -> list[Problem]:
        """The problems of a configuration that must be refused, files named within the folder."""
        with pytest.raises(ConfigError) as caught:
            self.load(env)
        return [self.local(problem) for problem in caught.value.problems]

    def local(self, problem: Problem) -> Problem:
        name = problem.file.replace(f"{self.root}/", "").replace(f"{self.lexicon}", "lexicon")
        return replace(problem, file=name)

    def only(self, env: Mapping[str, str] | None = None) -> str:
        problems = self.problems(env)
        assert len(problems) == 1, problems
        return str(problems[0])

    def warnings(self, env: Mapping[str, str] | None = None) -> list[str]:
        return [str(self.local(problem)) for problem in self.load(env).warnings]
