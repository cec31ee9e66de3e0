"""What all tests share: their order, and dictionaries, which take seconds to load."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.language import lexicon
from monitor.language.dictionaries import Dictionaries

#: Files whose tests wait for processes and clocks: where several processes run tests, these begin,
#: so that the others' work fills the waits and no long file is left for the end.
FIRST = ("test_process.py", "test_torture_small.py", "test_mutations.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring the files that take longest to the front, in every process alike."""
    if hasattr(config, "workerinput"):  # pytest-xdist's; one process keeps the order of the files
        items.sort(key=lambda item: item.path.name not in FIRST)


@pytest.fixture(scope="session", autouse=True)
def shared_dictionaries() -> Iterator[None]:
    """Let every lexicon of this process look words up in the same dictionaries, loaded once."""
    shared = Dictionaries()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "Dictionaries", lambda: shared)
        yield
