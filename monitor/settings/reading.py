"""What all steps of one reading share, and the reading of files from a folder, carefully."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from monitor.core.rules import Concept
from monitor.errors import Problem
from monitor.settings.document import Document, read
from monitor.settings.findings import Findings, near_miss
from monitor.settings.hidden import Vault

MAX_FILE_BYTES = 1024 * 1024
MAX_SECRET_BYTES = 64 * 1024
#: Files of one folder, and characters of all of them together.
MAX_FILES = 20_000
MAX_FOLDER = 64 * 1024 * 1024
FOLDERS = ("concepts", "watches", "baselines")
TOP_FILES = ("parley.yaml", "feeds.yaml")


@dataclass(slots=True)
class Reading:
    """One reading of a configuration: the environment, what was found, what must not be shown.

    `used` holds the names of the variables that files ask for, `files` every file that was read.
    """

    env: Mapping[str, str] = field(repr=False)
    findings: Findings = field(default_factory=Findings)
    vault: Vault = field(default_factory=Vault)
    used: set[str] = field(default_factory=set)
    files: list[Path] = field(default_factory=list)
    _prints: dict[int, tuple[Concept, str]] = field(default_factory=dict, repr=False)

    def print_of(self, concept: Concept) -> str:
        """Give a hash of what a concept finds; made once, for thousands of watches may name it."""
        known = self._prints.get(id(concept))
        if known is None:  # kept with its concept, so that no other takes over its id()
            known = self._prints[id(concept)] = (concept, digest(content(concept)))
        return known[1]


def content(concept: Concept) -> dict[str, object]:
    """Give what a concept finds: its words by language, and its query if any."""
    return {**concept.words, **({"query": concept.query} if concept.query else {})}


def digest(value: object) -> str:
    """Give a short hash of plain values, the same for the same content."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


class Found(NamedTuple):
    """A file of a folder: its name within the configuration, its stem, what it holds."""

    name: str
    stem: str
    document: Document


def display(path: Path) -> str:
    """Give a path as printable text, whatever bytes its name consists of."""
    return os.fsencode(path).decode("utf-8", "replace")


def read_bytes(path: Path, reading: Reading, *, limit: int = MAX_FILE_BYTES) -> bytes | None:
    """Give a regular file's bytes, or None after saying why it cannot be read."""
    reading.files.append(path)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            reading.findings.error(_whole(path, "this is not a file", "remove or rename it"))
            return None
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        hint = (
            "who runs Parley must be able to read it" if isinstance(error, PermissionError) else ""
        )
        reading.findings.error(_whole(path, f"cannot be read: {why}", hint))
        return None
    if len(content) > limit:
        said = f"the file is larger than {limit // 1024} KiB"
        reading.findings.error(_whole(path, said, "split it into several files"))
        return None
    return content


def open_document(path: Path, root: Path, reading: Reading) -> Document | None:
    """Read one YAML file beneath `root`, or give None after saying why not."""
    try:
        inside = path.resolve(strict=False).is_relative_to(root.resolve())
    except (OSError, RuntimeError) as error:
        said = (
            f"cannot be read: {error.strerror if isinstance(error, OSError) else 'a loop of links'}"
        )
        reading.findings.error(_whole(path, said, ""))
        return None
    if not inside:
        said = "the link leads out of the configuration folder"
        reading.findings.error(_whole(path, said, "copy the file into the folder"))
        return None
    content = read_bytes(path, reading)
    if content is None:
        return None
    document = read(display(path), content)
    for problem in document.problems:
        reading.findings.error(problem)
    return None if document.problems and not document.data else document


def list_folder(folder: Path, root: Path, reading: Reading) -> tuple[list[Found], set[str]]:
    """Read the YAML files of a folder in order of name; the set names what could not be read."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return [], set()
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        reading.findings.error(_whole(folder, f"cannot be read: {why}", "it should be a folder"))
        return [], {folder.name}
    if len(names) > MAX_FILES:
        said = f"there are {len(names):,} files in it, more than {MAX_FILES:,}"
        reading.findings.error(_whole(folder, said, "put what belongs together into one"))
        return [], {folder.name}
    found: list[Found] = []
    lost: set[str] = set()
    room = MAX_FOLDER
    for name in names:
        path = folder / name
        if name.startswith(".") or name.endswith("~"):
            continue  # what editors leave beside a file
        if not name.endswith(".yaml"):
            if name.lower().endswith((".yml", ".yaml")):
                reading.findings.warn(_whole(path, "is not read", "its name must end in .yaml"))
            continue
        document = open_document(path, root, reading)
        room -= len(document.text) if document is not None else 0
        if room < 0:
            said = f"the files up to {name} are larger than {MAX_FOLDER // 1024**2} MiB together"
            reading.findings.error(_whole(folder, said, "take some of them out"))
            return found, {*lost, folder.name}
        if document is None or document.problems:
            lost.add(name[:-5])
        if document is not None:
            found.append(Found(f"{folder.name}/{display(Path(name))}", name[:-5], document))
    return found, lost


def look_around(config_dir: Path, reading: Reading) -> bool:
    """Whether the folder can be read; says so if not, and names files that look like its own.

    A `feed.yaml` or a folder `watch` that nothing reads is most likely a slip.
    """
    known = (*TOP_FILES, *FOLDERS)
    try:
        entries = {path.name: path.is_dir() for path in config_dir.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        hint = "`parley init DIR` writes one"
        reading.findings.error(_whole(config_dir, "there is no such folder", hint))
        return False
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        hint = "who runs Parley must be able to read and enter it"
        reading.findings.error(_whole(config_dir, f"cannot be read: {why}", hint))
        return False
    for name, is_folder in sorted(entries.items()):
        yaml_file = name.lower().endswith((".yaml", ".yml")) and not name.startswith(".")
        folder = "." not in name and is_folder
        near = near_miss(name, known)
        if name not in known and (yaml_file or (folder and near and name != "schema")):
            hint = near or f"files here: {', '.join(TOP_FILES)}"
            reading.findings.warn(_whole(config_dir / name, "is not read", hint))
    return True


def is_there(path: Path) -> bool:
    """Whether there is something of this name, readable or not."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # reading it will say why not
    return True


def readable_by_all(path: Path) -> bool:
    """Whether everybody on this machine may read a file."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _whole(path: Path, message: str, hint: str) -> Problem:
    return Problem(display(path), None, None, message, hint)
