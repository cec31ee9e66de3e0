"""The documentation names what there is, and what it points to is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from monitor import errors
from monitor.app.wiring import read_settings
from monitor.cli.main import COMMANDS, parley
from monitor.cli.outbox import STATUSES
from monitor.core.model import Reason, Verdict
from monitor.notify import registry
from monitor.settings.environment import overrides
from monitor.settings.schema import schemas
from monitor.telemetry.metrics import Metrics

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
TEXT = {path: path.read_text(encoding="utf-8") for path in PAGES}


def page(name: str) -> str:
    return TEXT[DOCS / name]


def named(text: str, word: str) -> bool:
    """Whether a word stands in the text as code, alone or with what belongs to it."""
    return re.search(rf"`[^`\n]*(?<![\w-]){re.escape(word)}(?![\w-])[^`\n]*`", text) is not None


# --- commands --------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that can be typed, with its subcommands."""
    context = click.Context(parley)
    for name in (name for group in COMMANDS.values() for name in group):
        command = parley.get_command(context, name)  # type: ignore[attr-defined]
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                yield f"parley {name} {inner}", found
        else:
            yield f"parley {name}", command


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=str)
def test_every_command_and_every_option_of_it_is_documented(
    name: str, command: click.Command
) -> None:
    text = page("commands.md")
    assert f"`{name}" in text
    options = [option for p in command.params if isinstance(p, click.Option) for option in p.opts]
    assert [option for option in options if not named(text, option)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_pages_tell_to_type_exist(path: Path) -> None:
    known = {name for group in COMMANDS.values() for name in group}
    full = {name for name, _ in commands()}
    typed = re.findall(
        r"(?:^|`|bin/)parley ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", TEXT[path], re.MULTILINE
    )
    assert {name for name, _ in typed} <= known
    groups = {"baseline", "outbox", "config"}
    assert {f"parley {a} {b}" for a, b in typed if a in groups and b} <= full


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_targets_that_pages_tell_to_make_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    blocks = re.findall(r"```[a-z]*\n(.*?)```", TEXT[path], re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("make ")]
    inline = re.findall(r"`(make [^`\n]+)`", TEXT[path])
    wanted = [
        word
        for line in [*lines, *inline]
        for word in line.partition("#")[0].split()[1:]
        if "=" not in word
    ]
    assert set(wanted) <= targets


# --- words that programs say -----------------------------------------------------------------


def test_the_table_of_reasons_is_that_of_the_program() -> None:
    section = page("alerts.md").partition("\n## Reasons\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)) == set(Reason)


def test_every_verdict_and_every_status_of_a_delivery_is_explained() -> None:
    assert [
        word for word in (*Verdict, *STATUSES) if f"| `{word}` |" not in page("alerts.md")
    ] == []


def tree(kind: type[errors.ParleyError]) -> Iterator[type[errors.ParleyError]]:
    yield kind
    for inner in kind.__subclasses__():
        if inner.__module__ == "monitor.errors":
            yield from tree(inner)


@pytest.mark.parametrize("kind", list(tree(errors.ParleyError)), ids=lambda kind: kind.code)
def test_every_error_has_its_line(kind: type[errors.ParleyError]) -> None:
    assert f"| `{kind.code}` |" in page("errors.md")


def test_every_code_of_a_failure_or_receipt_in_the_program_has_its_line() -> None:
    made = set()
    for path in (ROOT / "monitor").rglob("*.py"):
        if (
            "demo" in path.parts
            or "shipped" in path.parts
            or path.name in {"replay.py", "asking.py"}
        ):
            continue  # a play and a stand-in: nobody meets their codes
        source = path.read_text(encoding="utf-8")
        made |= set(re.findall(r'Failure\(\s*"([a-z-]+)"', source))
        made |= set(re.findall(r'Receipt\(\s*Outcome\.[A-Z]+,\s*"([a-z-]+)"', source))
    assert len(made) > 10
    assert {code for code in made if f"| `{code}` |" not in page("errors.md")} == set()


def test_every_metric_is_listed_and_none_that_is_not_there() -> None:
    text = page("operations.md")
    names = set()
    for family in Metrics().registry.collect():
        names.add(family.name + ("_total" if family.type == "counter" else ""))
    ours = {name for name in names if not name.startswith("parley_process_")}
    assert {name for name in ours if f"| `{name}` |" not in text} == set()
    listed = set(re.findall(r"^\| `(parley_[a-z_]+)` \|", text, re.MULTILINE))
    assert listed == ours


# --- configuration ---------------------------------------------------------------------------


def keys(schema: Any) -> Iterator[str]:
    """Every key of a JSON schema's objects, at any depth."""
    if isinstance(schema, dict):
        yield from (
            schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else ()
        )
        for value in schema.values():
            yield from keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys(value)


@pytest.mark.parametrize("name", list(schemas()))
def test_every_key_of_the_configuration_is_explained(name: str) -> None:
    wanted = set(keys(json.loads(schemas()[name])))
    assert wanted
    assert {key for key in wanted if not named(page("configuration.md"), key)} == set()


@pytest.mark.parametrize("kind", list(registry.KINDS))
def test_every_option_of_every_kind_of_channel_is_explained(kind: str) -> None:
    fields = registry.options_model(kind).model_fields
    wanted = {field.alias or name for name, field in fields.items()}
    assert {key for key in wanted if not named(page("configuration.md"), key)} == set()


def test_every_variable_that_stands_for_a_top_level_key_is_named() -> None:
    top = [name for name, path in overrides().items() if len(path) == 1]
    assert [name for name in top if not named(page("configuration.md"), name)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_yaml_in_pages_about_watches_is_taken(path: Path, tmp_path: Path) -> None:
    watches = [
        block
        for block in re.findall(r"```yaml\n(.*?)```", TEXT[path], re.DOTALL)
        if re.search(r"^query:", block, re.MULTILINE)
    ]
    folder = tmp_path / "watches"
    folder.mkdir()
    for number, block in enumerate(watches):
        (folder / f"w{number}.yaml").write_text(block, encoding="utf-8")
    assert len(read_settings(tmp_path, {}).rules.watches) == len(watches)


# --- links -----------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors that headings of a page get."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    bare = [re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings]
    return {heading.replace(" ", "-") for heading in bare}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXT[path]):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        known = TEXT.get(file)
        if not file.exists() or (anchor and (known is None or anchor not in anchors(known))):
            broken.append(target)
    assert broken == []


def test_every_page_can_be_reached_from_the_index() -> None:
    linked = set(re.findall(r"\]\(([\w./-]+)", page("index.md")))
    pages = {path.name for path in DOCS.glob("*.md")} - {"index.md"}
    assert pages <= linked
    assert "decisions/" in linked
