"""Secrets that stand in files of their own."""

from __future__ import annotations

from pathlib import Path as FilePath

from monitor.settings.document import Document, Path
from monitor.settings.reading import MAX_SECRET_BYTES, Reading, read_bytes, readable_by_all


def secret_of(document: Document, path: Path, file: FilePath, reading: Reading) -> str:
    """Give the text of a secret's file. An unreadable one is said at the key that names it."""
    before = len(reading.findings.errors)
    content = read_bytes(file, reading, limit=MAX_SECRET_BYTES) if "\0" not in str(file) else None
    said = [problem.message for problem in reading.findings.errors[before:]]
    del reading.findings.errors[before:]
    try:
        text = "" if content is None else content.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        text, said = "", ["it is not UTF-8 text"]
    if not text:
        why = said[0] if said else "it is empty"
        reading.findings.error(document.problem(path, f"the secret's file: {why}"))
    reading.vault.keep([text])
    if readable_by_all(file) and not file.is_relative_to("/run/secrets"):
        message = "the secret's file can be read by everybody on this machine"
        reading.findings.warn(document.problem(path, message, "chmod 600"))
    return text
