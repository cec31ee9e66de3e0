from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.errors import CommandError
from monitor.settings import scaffold
from monitor.settings.schema import SHAPES, schemas, write_schemas
from tests.settings.home import Home

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shipped(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package whose shipped configuration is the sample."""
    package = tmp_path / "site" / "monitor"
    package.mkdir(parents=True)
    home.root.rename(package / "shipped")
    (package / "shipped" / ".env.example").write_text("#PARLEY_MAIL_TO=a@example.org\n")
    monkeypatch.setattr(scaffold, "_PACKAGE", package)
    return package / "shipped"


def test_init_writes_what_is_shipped(shipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "config"
    written = scaffold.init(target)
    assert {path.relative_to(target).as_posix() for path in written} == {
        ".env.example", "parley.yaml", "feeds.yaml", "concepts/shared.yaml",
        "watches/ceasefire.yaml", "watches/pow-exchange.yaml", "baselines/2025-06-02.yaml",
    }  # fmt: skip
    assert (target / "feeds.yaml").read_bytes() == (shipped / "feeds.yaml").read_bytes()
    assert scaffold.diff(target) == []


def test_init_overwrites_nothing_and_says_what_is_there(shipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "config"
    target.mkdir()
    (target / "feeds.yaml").write_text("mine")
    with pytest.raises(CommandError, match=r"holds already: feeds\.yaml\. Nothing was written"):
        scaffold.init(target)
    assert [path.name for path in target.iterdir()] == ["feeds.yaml"]


def test_init_says_where_it_cannot_write(shipped: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="cannot be written: Not a directory"):
        scaffold.init(tmp_path / "file" / "config")


def test_diff_tells_what_is_changed_missing_and_added(shipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "config"
    scaffold.init(target)
    feeds = target / "feeds.yaml"
    feeds.write_text(feeds.read_text().replace("tier: 1", "tier: 2"))
    (target / "concepts" / "shared.yaml").unlink()
    (target / "watches" / "mine.yaml").write_text("title: x\n")
    changed = {one.name: one for one in scaffold.diff(target)}
    assert {name: one.state for name, one in changed.items()} == {
        "feeds.yaml": "changed", "concepts/shared.yaml": "missing", "watches/mine.yaml": "added",
    }  # fmt: skip
    assert changed["feeds.yaml"].text.startswith("--- shipped/feeds.yaml\n+++ ")
    assert sum(line.startswith("+ ") for line in changed["feeds.yaml"].text.splitlines()) == 1
    with pytest.raises(CommandError, match="is not a folder"):
        scaffold.diff(tmp_path / "nowhere")


def test_a_checkout_ships_its_own_folder() -> None:
    assert scaffold.shipped_config() == ROOT / "config"


def test_the_schemas_in_the_configuration_folder_are_current(tmp_path: Path) -> None:
    write_schemas(tmp_path / "schema")
    for name, text in schemas().items():
        assert (tmp_path / "schema" / name).read_text(encoding="utf-8") == text
        assert (ROOT / "config" / "schema" / name).read_text(encoding="utf-8") == text, (
            "python -c 'from pathlib import Path; from monitor.settings.schema import write_schemas; "
            'write_schemas(Path("config/schema"))\''
        )


def test_a_schema_knows_the_keys_and_refuses_others() -> None:
    watch = json.loads(schemas()["watch.json"])
    assert watch["required"] == ["title", "query"]
    assert watch["additionalProperties"] is False
    assert watch["properties"]["alerts"]["enum"] == ["fast", "careful", "complete"]
    assert set(SHAPES) == {"parley", "feeds", "concepts", "watch", "baseline"}
