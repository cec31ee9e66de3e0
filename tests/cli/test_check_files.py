"""Files that are not what they should be: a pipe that nobody writes to, a disk that is full."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.app.new import Request, draft, write
from monitor.app.wiring import lexicon_of
from monitor.errors import CommandError
from monitor.settings import loader
from monitor.settings.vocabulary import FILE
from tests.cli.place import Place


def test_a_pipe_in_the_place_of_the_kept_vocabulary_is_passed_over(place: Place) -> None:
    cache = place.database.parent / loader.CACHE_FOLDER
    cache.mkdir(parents=True)
    os.mkfifo(cache / FILE)
    done = place.run("check", "--quick", timeout_s=30)
    assert (done.code, done.out) == (0, "1 watch, 2 feeds, 2 facts, 3 tests: not run\n")


@contextmanager
def files_no_longer_than(size_bytes: int) -> Iterator[None]:
    """Refuse to write more to any file, as a full disk or a quota would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_watch_that_could_not_be_written_whole_leaves_no_file(place: Place) -> None:
    settings = place.settings
    made = draft(Request("storm", "storm, flood, hail", "en"), settings, lexicon_of(settings))
    with files_no_longer_than(64), pytest.raises(CommandError, match="cannot be written"):
        write(made)
    assert not made.path.exists()
    assert place.cli("check", "--quick").code == 0
    write(made)
    assert Path(made.path).read_text(encoding="utf-8") == made.text
