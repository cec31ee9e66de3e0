from __future__ import annotations

import pytest

from monitor.language import SimplemmaLexicon


@pytest.fixture(scope="session")
def lexicon() -> SimplemmaLexicon:
    """The real one, shared: its dictionaries take seconds to load."""
    return SimplemmaLexicon(None)
