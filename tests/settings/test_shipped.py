"""What comes with the program is a good configuration, for the loader and for editors."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from monitor.notify.registry import KINDS, options_model
from monitor.settings import load
from monitor.settings.document import read
from monitor.settings.schema import schemas
from tests.settings.home import SAMPLE

ROOT = Path(__file__).parents[2]
MAIL = {
    "PARLEY_SMTP_URL": "smtps://me%40example.org:pw@smtp.example.org",
    "PARLEY_MAIL_TO": "a@example.org",
}
SCHEMA_OF = {
    "parley.yaml": "parley",
    "feeds.yaml": "feeds",
    "concepts": "concepts",
    "watches": "watch",
    "baselines": "baseline",
    "lexicon": "concepts",
}
SHIPPED = sorted(
    [*(ROOT / "config").rglob("*.yaml"), *(ROOT / "monitor" / "lexicon").glob("*.yaml")]
)


def test_the_shipped_configuration_loads_with_the_real_channels() -> None:
    kinds = {kind: options_model(kind) for kind in KINDS}
    settings = load(ROOT / "config", channel_kinds=kinds, env=MAIL)
    assert {"istanbul-talks", "ceasefire", "pow-exchange", "diplomacy"} <= {
        watch.id for watch in settings.rules.watches
    }
    assert settings.warnings == ()
    assert len(settings.rules.feeds) >= 30
    assert all(seed.tracker or not seed.state for seed in settings.rules.seeds)
    desk = settings.channel("desk")
    assert desk is not None
    assert desk.enabled
    assert desk.options is not None
    assert desk.options.model_dump()["tls"] == "tls"


def accepted(where: str, content: bytes) -> None:
    schema = json.loads(schemas()[f"{SCHEMA_OF[where]}.json"])
    Draft202012Validator.check_schema(schema)
    errors = [
        error.message
        for error in Draft202012Validator(schema).iter_errors(read(where, content).data)
    ]
    assert errors == []


@pytest.mark.parametrize("name", SAMPLE)
def test_the_schemas_accept_the_shapes_of_the_design(name: str) -> None:
    accepted(name.split("/", maxsplit=1)[0], textwrap.dedent(SAMPLE[name]).encode())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_schemas_accept_what_is_shipped(path: Path) -> None:
    accepted(path.name if path.parent.name == "config" else path.parent.name, path.read_bytes())
