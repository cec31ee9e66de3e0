"""The tests that watches carry: one that fails refuses its watch, like a mistake in its query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.app.why import claim_words, found_words, why_not
from monitor.core.claims import Claim
from monitor.core.deeds import Modality
from monitor.core.match import Index, Scan
from monitor.core.model import Document
from monitor.core.rules import RuleBook, Watch, WatchTest
from monitor.core.text import clean_line
from monitor.errors import ConfigError, Problem
from monitor.settings import Settings
from monitor.settings.reading import display

#: Characters of a test that are read, as of a title.
LONGEST_TEST = 1_000
#: What is only possible, or was so once, brings about no state.
_NO_CHANGE = frozenset({Modality.HEDGED, Modality.HISTORICAL})
_NO_CLAIM = "no act that bears on it was read"


def refuse_failing(index: Index, settings: Settings) -> None:
    """Raise `ConfigError` with every test of a watch that fails, where one does."""
    problems = [
        replace(problem, file=display(settings.config_dir / problem.file))
        for problem in failing_tests(index, settings.rules)
    ]
    if problems:
        raise ConfigError(problems)


def failing_tests(index: Index, book: RuleBook) -> Iterator[Problem]:
    """Give a problem for each test inside a watch that does not come out as it is written.

    A test is a title alone. A state that it names must be what its first claim about that tracker
    comes to, and more than a possibility. The words of all tests are learned first, so that each
    language's dictionary is asked once. Files are named as the watches name them.
    """
    tests = [(watch, test) for watch in book.watches for test in watch.tests]
    index.prepare(_document(test) for _, test in tests)
    for watch, test in tests:
        scan = index.scan(_document(test))
        if any(hit.watch == watch.id for hit in index.hits(scan)) != test.hit:
            yield _problem(index, watch, test, scan)
        yield from _misread(index, book, watch, test, scan)


def _document(test: WatchTest) -> Document:
    return Document(clean_line(test.text, LONGEST_TEST), language=test.language)


def _misread(
    index: Index, book: RuleBook, watch: Watch, test: WatchTest, scan: Scan
) -> Iterator[Problem]:
    """Give a problem for each state of a test that is not read from its text."""
    claims = index.account(scan, [watch.id]).claims if test.states else ()
    for tracker, wanted in test.states.items():
        claim = next((each for each in claims if each.tracker == tracker), None)
        if claim is not None and claim.state == wanted and claim.modality not in _NO_CHANGE:
            continue
        text = f"\u201c{test.text}\u201d ({test.language})"
        said = f"a test of {watch.id} fails: {tracker} is not read as {wanted} in {text}"
        hint = _read_as(claim, claim_words(index, book, scan, claim)) if claim else _NO_CLAIM
        yield Problem(watch.file, test.line, None, said, hint)


def _read_as(claim: Claim, words: Sequence[str]) -> str:
    """Say what was read instead: `read as rejected: act reject at “says no”`."""
    how = "" if claim.modality is Modality.ASSERTED else f", {claim.modality}"
    at = ", ".join(f"\u201c{word}\u201d" for word in words)
    void = ", which changes nothing" if claim.modality in _NO_CHANGE else ""
    return f"read as {claim.state}{void}: act {claim.act}{how} at {at}"


def _problem(index: Index, watch: Watch, test: WatchTest, scan: Scan) -> Problem:
    """Say which test fails, and what was missing, or which words made a hit of it."""
    text = f"\u201c{test.text}\u201d ({test.language})"
    if test.hit:
        said = f"a test of {watch.id} fails: no hit for {text}"
        return Problem(watch.file, test.line, None, said, why_not(index, watch.id, scan))
    spans = [span for hit in index.hits(scan) if hit.watch == watch.id for span in hit.spans]
    said = f"a test of {watch.id} fails: a hit that should be none for {text}"
    found = "; ".join(found_words(spans, scan.document))
    hint = f"has {found}" if found else "its query holds without any of its words"
    return Problem(watch.file, test.line, None, said, hint)
