"""What is kept of a configuration: the same as what its files say, used while it is right."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from monitor.core.compile import CompiledRules
from monitor.core.match import Index
from monitor.core.model import Feed
from monitor.core.rules import Concept, SeedFact, Tracker, TrackerState, Watch, WatchTest
from monitor.errors import ConfigError, Problem
from monitor.settings import Settings, folder, kept, load, records
from monitor.settings.kept import MOST_KEPT
from monitor.settings.shelf import checksum
from tests.settings.home import KINDS, Home

ENV = {"KEY": "k3y-of-the-feed", "TOKEN": "t0ken-of-the-feed"}
ASKING = """\
title: Rain
query: rain NEAR/3 wet OR "rain season" OR /rain(s|y)/ AND NOT title:=sun AND language:en
feeds:
  - {name: Weather, url: "https://example.org/${KEY}.xml", headers: {Authorization: "Bearer ${TOKEN}"}}
"""


@pytest.fixture
def cache(home: Home, tmp_path: Path) -> Path:
    """The folder of what is kept; the data folder around it is there."""
    data = tmp_path / "data"
    data.mkdir()
    home.edit("parley.yaml", "./data", str(data))
    return data / "cache"


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it, and no file of the folder may be read as YAML any more."""

    def refuse() -> None:
        def read(*_: object, **__: object) -> None:
            raise AssertionError("the folder was read")

        monkeypatch.setattr(folder, "read_folder", read)

    return refuse


def file_in(cache: Path) -> Path:
    (file,) = cache.glob("rules-*.json")
    return file


def used(home: Home, env: Mapping[str, str] | None = None) -> Settings:
    return home.load(env, use_cache=True)


def test_what_is_kept_is_what_the_files_say(
    home: Home, cache: Path, unread: Callable[[], None]
) -> None:
    home.write("watches/rain.yaml", "title: Rain\nquery: rain AND source:nobody\nenabled: true\n")
    home.write("watches/off.yaml", "title: Off\nquery: snow\nenabled: false\n")
    home.write("watches/note.yml", "not read\n")
    plain = home.load()
    first = used(home)
    assert file_in(cache).is_file()
    unread()
    second = used(home)
    for settings in (first, second):
        assert settings == plain
        assert settings.rules.version == plain.rules.version
        assert list(settings.rules.concepts) == list(plain.rules.concepts)
        assert [str(one) for one in settings.warnings] == [str(one) for one in plain.warnings]
    assert len(plain.warnings) == 2


def test_who_compiles_reads_no_query_of_it_again(home: Home, cache: Path) -> None:
    home.write("watches/rain.yaml", ASKING)
    home.edit("concepts/shared.yaml", "gaza: {", "lull: {query: $truce NEAR/4 $gaza}\n  gaza: {")
    home.edit("watches/ceasefire.yaml", "scope: [extent, party]",
              "scope: [extent, party]\n    values: {extent: {sea: “Black Sea” OR $lull, full: ''}}")  # fmt: skip
    used(home, ENV)
    rules = used(home, ENV).rules
    book = rules.queries
    asked: list[str] = []

    class Read(CompiledRules):
        def read(self, text: str, concepts: Any, **how: bool) -> Any:
            asked.append(text)
            return super().read(text, concepts, **how)

    Read(rules)
    assert {one.text for one in book} >= set(asked)
    values = rules.watch("ceasefire").trackers[0].values  # type: ignore[union-attr]
    assert values["extent"]["sea"] == '"Black Sea" OR $lull'  # as it is meant
    assert Index(rules)._rules.watches[0].root == Index(home.load(ENV).rules)._rules.watches[0].root


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("watches/ceasefire.yaml", "alerts: fast", "alerts: careful"),
        ("concepts/shared.yaml", "[gaza]", "[gaza, rafah]"),
        ("feeds.yaml", "tier: 1", "tier: 3"),
        ("baselines/2025-06-02.yaml", "Turkey hosts", "Ankara hosts"),
    ],
)
def test_an_edit_is_read(home: Home, cache: Path, name: str, old: str, new: str) -> None:
    before = used(home)
    key = file_in(cache).read_bytes().split()[0]
    home.edit(name, old, new)
    after = used(home)
    assert after == home.load() != before
    assert after.rules.version != before.rules.version
    assert file_in(cache).read_bytes().split()[0] != key


def test_an_edit_of_the_machine_is_read_beside_it(
    home: Home, cache: Path, unread: Callable[[], None]
) -> None:
    used(home)
    unread()
    home.edit("parley.yaml", "timezone: Europe/Istanbul", "timezone: Europe/Kyiv")
    assert used(home).rules.timezone == "Europe/Kyiv"
    assert used(home, {"PARLEY_LANGUAGE": "de"}).rules.language == "de"


def test_a_new_or_another_name_is_read(home: Home, cache: Path) -> None:
    used(home)
    home.write("watches/rain.yaml", "title: Rain\nquery: rain\n")
    assert used(home).rules.watch("rain") is not None
    (home.root / "watches" / "rain.yaml").rename(home.root / "watches" / "wet.yaml")
    assert used(home).rules.watch("wet") is not None
    assert used(home).rules.watch("rain") is None


def test_no_secret_is_kept_and_what_the_environment_holds_is_filled_in(
    home: Home, cache: Path, unread: Callable[[], None]
) -> None:
    home.write("watches/rain.yaml", ASKING)
    first = used(home, ENV)
    held = file_in(cache).read_text(encoding="utf-8")
    assert "${KEY}" in held
    assert not any(secret in held for secret in ENV.values())
    assert file_in(cache).stat().st_mode & 0o777 == 0o600
    unread()
    assert used(home, ENV) == first
    other = used(home, {"KEY": "another", "TOKEN": "one"})
    feed = other.rules.feeds[-1]
    assert (str(feed.url), [str(value) for _, value in feed.headers]) == (
        "https://example.org/another.xml", ["Bearer one"],
    )  # fmt: skip
    assert "another" not in repr(feed)
    assert "one" not in repr(feed.headers)


@pytest.mark.parametrize("env", [{}, {"KEY": "k", "TOKEN": ""}, {"KEY": "two words", "TOKEN": "t"}])
def test_what_the_environment_lacks_is_said_with_its_place(
    home: Home, cache: Path, env: dict[str, str]
) -> None:
    home.write("watches/rain.yaml", ASKING)
    used(home, ENV)
    with pytest.raises(ConfigError) as kept_too:
        used(home, env)
    with pytest.raises(ConfigError) as plain:
        home.load(env)
    assert kept_too.value.problems == plain.value.problems


@pytest.mark.parametrize(
    "feed",
    [
        'url: "https://example.org/a", headers: {Authorization: Bearer in-the-open}',
        'url: "https://in-the-open@example.org/a"',
        'url: "https://me:in-the-open@example.org/a"',
        'url: "https://me:${KEY:-in-the-open}@example.org/a"',
        'url: "https://example.org/a", headers: {X-Key: "${NONE:-in-the-open}"}',
        'url: "https://example.org/a", auth: {user: me, password: in-the-open}',
        'url: "https://example.org/a", proxy: "http://me:in-the-open@127.0.0.1:3128"',
    ],
)
@pytest.mark.parametrize("off", [False, True])
def test_a_secret_in_the_open_is_not_kept(home: Home, cache: Path, feed: str, off: bool) -> None:
    home.write(
        "watches/rain.yaml",
        f"title: Rain\nquery: rain\nenabled: {'false' if off else 'true'}\n"
        f"feeds: [{{name: Rain, {feed}}}]\n",
    )
    assert used(home) == used(home) == home.load()
    for file in cache.glob("rules-*"):
        assert b"in-the-open" not in file.read_bytes()


def test_two_feeds_that_the_environment_makes_one_are_warned_of(home: Home, cache: Path) -> None:
    home.write("watches/rain.yaml", ASKING)
    home.edit("feeds.yaml", "https://feeds.example.org/world.xml", "https://example.org/same.xml")
    assert not used(home, ENV).warnings
    same = {**ENV, "KEY": "same"}
    assert "an address that another feed has too" in str(used(home, same).warnings[0])
    assert not used(home, ENV).warnings


def test_a_variable_that_only_the_folder_asks_for_is_no_slip(home: Home, cache: Path) -> None:
    home.write("watches/rain.yaml", ASKING.replace("KEY", "PARLEY_RAIN"))
    env = {**ENV, "PARLEY_RAIN": "x"}
    assert used(home, env).warnings == used(home, env).warnings == home.load(env).warnings == ()


def test_a_wrong_name_in_the_machine_is_said_with_the_places_of_all(
    home: Home, cache: Path
) -> None:
    used(home)
    home.edit("parley.yaml", "watch: [ceasefire", "watch: [ceasefires")
    with pytest.raises(ConfigError) as kept_too:
        used(home)
    with pytest.raises(ConfigError) as plain:
        home.load()
    assert kept_too.value.problems == plain.value.problems


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "folder", "binary", "pipe"])
def test_a_damaged_file_is_made_anew(home: Home, cache: Path, damage: str) -> None:
    right = used(home)
    file = file_in(cache)
    whole = file.read_bytes()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    elif damage == "pipe":
        os.mkfifo(file)
    else:
        made = {
            "empty": b"", "cut": whole[:-9], "flipped": whole.replace(b"truce", b"truck"),
            "binary": os.urandom(4000),
        }  # fmt: skip
        file.write_bytes(made[damage])
    assert used(home) == right
    if damage != "folder":
        assert file.read_bytes() == whole


@pytest.mark.parametrize(
    "change",
    [
        lambda body: {}, lambda body: 7, lambda body: body[:-1], lambda body: [*body[:-1], [[1]]],
        lambda body: [[7], *body[1:]], lambda body: [body[0], [["x"]], *body[2:]],
        lambda body: [*body[:-1], [["kyiv", [], False, False, ["term", "kyiv"]]]],
        lambda body: [*body[:-1], [["kyiv", [], False, False, ["filter", "os", ["x"]]]]],
        lambda body: [*body[:-1], [["kyiv", [], False, False, ["within", ["body"], ["ref", "a"]]]]],
        lambda body: [*body[:-1], [["kyiv", [], False, False, ["import", "os"]]]],
        lambda body: None,
    ],
)  # fmt: skip
def test_another_shape_is_made_anew(home: Home, cache: Path, change: Callable[[Any], Any]) -> None:
    right = used(home)
    file = file_in(cache)
    whole = file.read_bytes()
    head, _, body = whole.partition(b"\n")
    other = json.dumps(change(json.loads(body))).encode()
    file.write_bytes(head.split()[0] + f" {checksum(other)}\n".encode() + other)
    assert used(home) == right
    assert file.read_bytes() == whole


def test_nothing_wrong_is_kept(home: Home, cache: Path) -> None:
    home.edit("watches/ceasefire.yaml", "query: $truce", "query: $truces")
    for _ in range(2):
        with pytest.raises(ConfigError, match="truces"):
            used(home)
    assert list(cache.glob("rules-*")) == []


def test_a_link_that_comes_to_lead_out_is_refused(home: Home, cache: Path, tmp_path: Path) -> None:
    used(home)
    inside = home.root / "watches" / "ceasefire.yaml"
    outside = tmp_path / "ceasefire.yaml"
    inside.rename(outside)
    inside.symlink_to(outside)
    with pytest.raises(ConfigError, match="leads out"):
        used(home)


def test_of_many_folders_the_oldest_are_forgotten(home: Home, cache: Path) -> None:
    for number in range(MOST_KEPT + 3):
        other = home.root.parent / f"config-{number}"
        other.symlink_to(home.root)
        load(other, channel_kinds=KINDS, env={}, shipped=home.lexicon)
    assert len(list(cache.glob("rules-*.json"))) == MOST_KEPT


def test_another_version_of_the_code_reads_anew(
    home: Home, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code.py"
    code.write_text("right = 1\n")
    monkeypatch.setattr(kept, "_CODE", (code,))
    used(home)
    whole = file_in(cache).read_bytes()
    used(home)
    assert file_in(cache).read_bytes() == whole
    code.write_text("right = 2\n")
    used(home)
    assert file_in(cache).read_bytes() != whole


@pytest.mark.parametrize(
    ("made", "form"),
    [
        (Concept, records.CONCEPT), (TrackerState, records.STATE), (Tracker, records.TRACKER),
        (WatchTest, records.TEST), (Watch, records.WATCH), (SeedFact, records.SEED_FACT),
        (Feed, records.FEED), (Problem, records.PROBLEM),
    ],
)  # fmt: skip
def test_every_field_of_a_record_has_its_form(made: Any, form: records.Form) -> None:
    assert is_dataclass(made)
    assert form.names == tuple(field.name for field in fields(made) if field.init)
