"""The words of an item that a message gives for its being told: words, never a query."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.decide import why_lines
from monitor.core.model import Hit, Span
from tests.builders import item


def spans_of(text: str, field: str, *terms: tuple[str, str]) -> tuple[Span, ...]:
    """A span for each (term, words) of a text."""
    return tuple(
        Span(field, text.index(words), text.index(words) + len(words), term)
        for term, words in terms
    )


def test_words_come_from_the_field_in_which_they_stand() -> None:
    one = replace(item("Truce"), author="Ada Lovelace", categories=("War", "Truce talks"),
                  content="A truce")  # fmt: skip
    spans = (
        *spans_of("Truce", "title", ("$truce", "Truce")),
        *spans_of("A truce", "content", ("$truce", "truce")),
        *spans_of("War\nTruce talks", "category", ("talks", "talks")),
        *spans_of("Ada Lovelace", "author", ("Ada", "Ada")),
    )
    assert why_lines(one, Hit("w", spans)) == ("$truce: Truce, truce", "talks: talks", "Ada: Ada")


def test_what_a_near_found_reads_as_words() -> None:
    title = "Kremlin: no truce, not even for thirty days"
    near = "$truce NEAR/5 (/\\b(30|thirty)\\b/ OR $front-line)"
    spans = spans_of(title, "title", ("$kremlin", "Kremlin"), (near, title[9:]), ("no", "no"))
    assert why_lines(item(title), Hit("w", spans)) == (
        "$kremlin: Kremlin", "near each other: no truce not even for thirty days", "no: no",
    )  # fmt: skip


def test_a_long_stretch_is_told_by_its_ends() -> None:
    title = "Truce " + "and more words " * 10 + "until Easter"
    (line,) = why_lines(item(title), Hit("w", (Span("title", 0, len(title), "a NEAR/S b"),)))
    assert (
        line == "near each other: Truce and more words and more \u2026 and more words until Easter"
    )
    solid = "a" * 90
    (line,) = why_lines(item(solid), Hit("w", (Span("title", 0, 90, "a"),)))
    assert line == f"a: {'a' * 30} \u2026 {'a' * 30}"
