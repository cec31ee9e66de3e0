"""JSON Schemas of the configuration files, for editors that complete and check while one types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from monitor.settings.files import BaselineFile, ConceptsFile, FeedsFile, WatchFile
from monitor.settings.machine import ParleyFile

#: The name of each schema's file, without its ending, and the shape that it describes.
SHAPES: Mapping[str, type[BaseModel]] = {
    "parley": ParleyFile,
    "feeds": FeedsFile,
    "concepts": ConceptsFile,
    "watch": WatchFile,
    "baseline": BaselineFile,
}


def schemas() -> dict[str, str]:
    """Give the text of each schema by the name of its file."""
    result: dict[str, str] = {}
    for name, shape in SHAPES.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **shape.model_json_schema(mode="validation"),
        }
        result[f"{name}.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return result


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder, made where it is missing; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written
