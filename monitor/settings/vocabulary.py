"""The shipped vocabulary, read once: its checked form is kept, in the data folder or by set-up.

Reading and checking it takes longer than all else of a start. What was kept is used only while the
files, and the code that reads them, are the same to the byte, and its checksum and shape are right;
otherwise it is made anew. Where it cannot be written, it is made at every start. What set-up has
made (the seed) is looked at where the data folder has nothing right, and is never written here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from monitor import __version__
from monitor.core.rules import Concept
from monitor.settings.reading import Reading, list_folder, read_bytes
from monitor.settings.shelf import keep, kept

FILE = "vocabulary.json"
#: The code that says what is right: a change of it, while it is worked on, makes the form anew. By
#: its content, for a copy of an installation, such as the layer of an image, has other dates.
_CODE = tuple(
    Path(__file__).parents[1] / name
    for name in (
        "core/text.py", "core/query.py", "core/grammar.py", "core/slips.py", "core/regex.py",
        "core/rules.py", "core/compile.py", "core/common_words.py", "core/markup.py",
        "settings/concepts.py", "settings/queries.py",
        "settings/letters.py", "settings/files.py", "settings/machine.py", "settings/fields.py",
        "settings/document.py", "settings/composer.py", "settings/syntax.py", "settings/nodes.py",
        "settings/vocabulary.py",
    )
)  # fmt: skip


def read_vocabulary(
    folder: Path, reading: Reading, cache_dir: Path | None, seed_dir: Path | None = None
) -> tuple[dict[str, Concept], bool]:
    """Give the concepts of the shipped folder; the flag says that all were right.

    `cache_dir` is where the checked form is kept, None to keep none; `seed_dir` is where set-up may
    have kept one. Both have the same form, and the first that is right is taken.
    """
    key = vocabulary_key(folder, reading) if cache_dir or seed_dir else ""
    return vocabulary_of(key, folder, reading, cache_dir, seed_dir)


def vocabulary_of(
    key: str, folder: Path, reading: Reading, cache_dir: Path | None, seed_dir: Path | None
) -> tuple[dict[str, Concept], bool]:
    """Do as `read_vocabulary` does, with the `vocabulary_key` of the folder at hand."""
    before = len(reading.findings.errors) + len(reading.findings.warnings)
    for place in (cache_dir, seed_dir) if key else ():
        known = _kept(place / FILE, key) if place is not None else None
        if known is not None:
            return known, True
    # most starts need none of what reads it
    from monitor.settings.concepts import read_concepts  # noqa: PLC0415

    found, lost = list_folder(folder, folder, reading)
    concepts, whole = read_concepts(found, {}, reading, whole=not lost)
    clean = before == len(reading.findings.errors) + len(reading.findings.warnings)
    if cache_dir is not None and key and whole and clean:
        _keep(cache_dir, key, concepts)
    return concepts, whole


def vocabulary_key(folder: Path, reading: Reading) -> str:
    """Give a hash of the files and of the code that reads them; empty where one cannot be read."""
    hashed = hashlib.blake2b(__version__.encode(), digest_size=16)
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
        for path in _CODE:
            hashed.update(path.read_bytes())
    except OSError:
        return ""  # what is wrong is said when the folder is read
    for path in files:
        content = read_bytes(path, reading)
        if content is None:
            return ""
        hashed.update(f"{path.name} {len(content)} ".encode())
        hashed.update(content)
    return hashed.hexdigest()


def _kept(path: Path, key: str) -> dict[str, Concept] | None:
    """Give the concepts that were kept under a key; None where they are not there, or not whole."""
    body = kept(path, key)
    if body is None:
        return None
    try:
        return _concepts(json.loads(body))
    except (ValueError, TypeError, RecursionError):
        return None  # written by something else


def _concepts(value: object) -> dict[str, Concept]:
    """Turn JSON into concepts. Raises `TypeError` or `ValueError` for another shape."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    concepts = {}
    for one in value:
        if [type(part) for part in one] != _SHAPE:
            raise TypeError("not a concept")
        name, about, words, side, recurs, query = one
        for entries in words.values():
            if type(entries) is not list or not all(type(entry) is str for entry in entries):
                raise TypeError("not words")
        listed = {code: tuple(entries) for code, entries in words.items()}
        concepts[name] = Concept(name, about, listed, side, recurs, query)
    return concepts


_SHAPE = [str, str, dict, str, bool, str]


def _keep(cache_dir: Path, key: str, concepts: Mapping[str, Concept]) -> None:
    rows = [
        [one.id, one.about, one.words, one.side, one.recurs, one.query] for one in concepts.values()
    ]
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    keep(cache_dir / FILE, key, body)
