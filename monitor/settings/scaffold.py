"""The configuration that comes with the program: written out, and compared with one's own."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import CommandError

_PACKAGE = Path(__file__).resolve().parent.parent
_ENV = ".env.example"


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One file that differs from what is shipped. `state`: changed, missing (only shipped), added.

    `text` is a unified diff from the shipped file to one's own; empty for an added file.
    """

    name: str
    state: str
    text: str


def shipped_config() -> Path:
    """Give the folder of the shipped configuration: in the package, else beside it in a checkout.

    Raises `CommandError` where neither is there.
    """
    for folder in (_PACKAGE / "shipped", _PACKAGE.parent / "config"):
        if folder.is_dir():
            return folder
    raise CommandError("this installation holds no configuration to copy; reinstall Parley")


def env_example() -> str:
    """Give the text of the shipped `.env.example`; empty where an installation has none."""
    for path in (_PACKAGE / "shipped" / _ENV, _PACKAGE.parent / _ENV):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


def init(target: Path) -> list[Path]:
    """Write the shipped configuration and `.env.example` into a folder; gives the files written.

    Raises `CommandError`, before anything is written, naming the files that are there already, and
    where the folder cannot be written.
    """
    contents = {name: path.read_bytes() for name, path in _files(shipped_config()).items()}
    example = env_example()
    if example:
        contents[_ENV] = example.encode()
    there = [name for name in contents if (target / name).exists() or (target / name).is_symlink()]
    if there:
        listed = ", ".join(there[:10]) + (f" and {len(there) - 10} more" if len(there) > 10 else "")
        raise CommandError(f"{target} holds already: {listed}. Nothing was written")
    written: list[Path] = []
    try:
        for name, content in contents.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(content)
            written.append(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        said = f"{target} cannot be written: {why}; {len(written)} files were"
        raise CommandError(said) from error
    return written


def diff(config_dir: Path) -> list[FileDiff]:
    """Give what differs between the shipped configuration and a folder, by name of file.

    Raises `CommandError` where the folder is not there or a file cannot be read.
    """
    if not config_dir.is_dir():
        raise CommandError(f"{config_dir} is not a folder; `parley init DIR` writes one")
    shipped, own = _files(shipped_config()), _files(config_dir)
    result: list[FileDiff] = []
    for name in sorted({*shipped, *(name for name in own if name.endswith(".yaml"))}):
        if name not in shipped:
            result.append(FileDiff(name, "added", ""))
            continue
        before = _lines(shipped[name])
        after = _lines(own[name]) if name in own else []
        if before != after or name not in own:
            new = str(config_dir / name) if name in own else "/dev/null"
            text = "".join(difflib.unified_diff(before, after, f"shipped/{name}", new))
            result.append(FileDiff(name, "changed" if name in own else "missing", text))
    return result


def _files(folder: Path) -> dict[str, Path]:
    """Give the files of a configuration folder by their names within it, hidden ones left out."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    }


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    lines = text.splitlines(keepends=True)
    return [*lines[:-1], lines[-1].rstrip("\n") + "\n"] if lines else []
