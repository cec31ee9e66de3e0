"""What all tests share: dictionaries, which take seconds to load and are never changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.language import lexicon
from monitor.language.dictionaries import Dictionaries


@pytest.fixture(scope="session", autouse=True)
def shared_dictionaries() -> Iterator[None]:
    """Let every lexicon of this process look words up in the same dictionaries, loaded once."""
    shared = Dictionaries()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "Dictionaries", lambda: shared)
        yield
