from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from monitor.app import candidate
from monitor.core import terms
from monitor.core.query import parse_term
from monitor.settings import concepts, loader
from monitor.settings.reading import Reading
from monitor.settings.vocabulary import read_vocabulary
from tests.cli.place import FeedServer, Place
from tests.cli.web import Web


@pytest.fixture(scope="session", autouse=True)
def vocabulary_of_now(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Check the shipped vocabulary once, where it was edited since set-up has."""
    seed = tmp_path_factory.mktemp("seed")
    kept = seed / loader.CACHE_FOLDER
    read_vocabulary(loader.LEXICON, Reading({}), kept, loader.SEED / loader.CACHE_FOLDER)
    with pytest.MonkeyPatch.context() as patch:
        if kept.is_dir():  # set-up's was not the one
            patch.setattr(loader, "SEED", seed)
            patch.setattr(candidate, "SEED", seed)
        yield


@pytest.fixture(scope="session", autouse=True)
def terms_read_once() -> Iterator[None]:
    """Read each entry of the vocabulary once for all commands of this process, not for each."""
    remembered = lru_cache(maxsize=65536)(parse_term)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(concepts, "parse_term", remembered)
        patch.setattr(terms, "parse_term", remembered)
        yield


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name in list(os.environ):
        if name.startswith("PARLEY_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    running = FeedServer()
    yield running
    running.close()


@pytest.fixture
def fed(place: Place, server: FeedServer) -> Place:
    """The place, with one feed that the server answers for."""
    place.edit(
        "parley.yaml", "timezone", f'fetch: {{allow_private: ["{server.address}"]}}\ntimezone'
    )
    place.write(
        "feeds.yaml",
        "version: 1\nfeeds:\n  - {name: First Gazette, language: en, pace: fast,"
        f' url: "http://{server.address}/feed.xml"}}\n',
    )
    return place


@pytest.fixture
def web(place: Place) -> Iterator[Web]:
    """A web server of ours that the place may read."""
    running = Web()
    place.edit(
        "parley.yaml", "timezone",
        f'fetch: {{allow_private: ["{running.address}"], host_spacing_s: 0}}\ntimezone',
    )  # fmt: skip
    yield running
    running.close()
