"""Phrases of headlines in a watch: what is taken, and what is refused with a hint."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from monitor.settings.files import StateFile, TrackerFile


@pytest.mark.parametrize(
    "phrase", ["agreed", "[{number} a side] agreed", "[about] agreed, [{number} a side]"]
)
def test_a_phrase_may_hold_a_number_in_brackets(phrase: str) -> None:
    assert StateFile(act=["agree"], say={"en": phrase}).say == {"en": phrase}


@pytest.mark.parametrize(
    "phrase",
    ["", "  ", "{number} a side", "[{count}] agreed", "[{number} agreed", "agreed]", "[{number}]",
     "two\nlines", "a" * 61, "{{ 7*7 }} agreed"],
)  # fmt: skip
def test_what_could_not_be_said_is_refused(phrase: str) -> None:
    with pytest.raises(ValidationError):
        StateFile(act=["agree"], say={"en": phrase})


def test_a_language_is_a_code_and_a_way_of_heading_is_known() -> None:
    with pytest.raises(ValidationError):
        StateFile(act=["agree"], say={"English": "agreed"})
    with pytest.raises(ValidationError):
        TrackerFile(kind="state", topic="$truce", headline="title")  # type: ignore[arg-type]
