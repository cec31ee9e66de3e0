"""Who is who: links in one form, names and keys that stand on content alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.identity import (
    alert_id,
    canonical_link,
    clean_link,
    content_print,
    delivery_key,
    development_key,
    digest,
    item_identity,
    period_key,
)

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)
PAGES = st.builds(
    "https://{}.example.org{}{}".format,
    st.sampled_from(["www", "m", "amp", "news", "mobile"]),
    st.lists(st.sampled_from(["a", "amp", "News", "2025", "x.amp"]), max_size=3).map(
        lambda parts: "".join(f"/{part}" for part in parts)
    ),
    st.sampled_from(["", "/", "?b=2&a=1", "?utm_source=rss&a=1", "#top", "?fbclid=1"]),
)


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "https://www.example.org/a/truce/",
            "http://example.org/a/truce?utm_source=rss&utm_medium=feed",
            "https://m.example.org/a/truce#comments",
            "https://EXAMPLE.org/a/truce/amp",
            "https://amp.example.org/a/truce.amp",
            "https://example.org:443/a/truce?at_medium=RSS&at_campaign=rss",
        ),
        ("https://example.org/?b=2&a=1", "https://example.org/?a=1&b=2&fbclid=xyz"),
    ],
)
def test_links_to_one_page_have_one_form(spellings: tuple[str, ...]) -> None:
    forms = {canonical_link(link) for link in spellings}
    assert len(forms) == 1
    assert "" not in forms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/?id=1", "https://example.org/?id=2"),
        ("https://example.org/A", "https://example.org/a"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"),
        ("https://uk.example.org/a", "https://example.org/a"),
    ],
)
def test_links_to_two_pages_have_two_forms(one: str, other: str) -> None:
    assert canonical_link(one) != canonical_link(other)


@given(PAGES)
def test_the_form_of_a_link_says_neither_scheme_nor_tracking(link: str) -> None:
    form = canonical_link(link)
    assert form.endswith("example.org") or ".org/" in form or ".org?" in form
    assert "utm_" not in form
    assert canonical_link(link.replace("https:", "http:")) == form


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://e.org/",
        "https://user:pw@example.org/", "https://exa mple.org/", "https://example.org/\r\nBcc: x",
        "https://[::1", "https://example.org:99999999/", "https://", "//example.org/a", "",
        "https://example.org\\@evil.example/", "https://e.org/\u2028x", "https://e.org/\ud800",
        "https://example.org/" + "a" * 5000,
    ],
)  # fmt: skip
def test_a_link_that_is_not_plain_http_is_none(link: str) -> None:
    assert clean_link(link) == ""
    assert canonical_link(link) == ""


@given(ANYTHING)
def test_no_text_breaks_a_link_or_a_name(text: str) -> None:
    link = clean_link(text)
    assert link in {"", text.strip()}
    assert isinstance(canonical_link(f"https://example.org/{text}"), str)
    assert len(item_identity("bbc", text, text, text, text)) == 24


def test_an_item_is_known_by_guid_else_by_link_else_by_its_words() -> None:
    by_guid = item_identity("bbc", "g1", "https://e.org/a", "Truce", "")
    assert by_guid == item_identity("bbc", "g1", "https://e.org/b", "Another", "text")
    by_link = item_identity("bbc", "", "https://www.e.org/a/", "Truce", "")
    assert by_link == item_identity("bbc", "", "http://e.org/a", "Another", "text")
    by_words = item_identity("bbc", "", "", "Truce agreed!", "")
    assert by_words == item_identity("bbc", "", "javascript:x", "TRUCE – agreed", "")
    assert len({by_guid, by_link, by_words}) == 3
    assert by_guid != item_identity("dw", "g1", "", "Truce", "")


@given(st.lists(ANYTHING, min_size=2, max_size=4))
def test_parts_of_a_name_are_kept_apart(parts: list[str]) -> None:
    assert digest(*parts) != digest("".join(parts[:-1]) + parts[-1])
    assert digest(*parts) == digest(*parts)


def test_keys_are_constant_and_stand_on_content() -> None:
    """The values are written down: a version that changed them would repeat every alert."""
    founder = item_identity("bbc", "g1", "", "", "")
    development = development_key("ceasefire", founder, "acts", "agree")
    assert founder == "6dbde1a43e44a02c468ee3f6"
    assert development == "3c3175845e5eceb3c45df2b303950742"
    others = {
        development,
        development_key("pow", founder, "acts", "agree"),
        development_key("ceasefire", founder, "acts", "reject"),
        development_key("ceasefire", founder, "numbers", "agree"),
        development_key("ceasefire", founder),
    }
    assert len(others) == 5
    one = delivery_key([("a", 1), ("b", 2)], "desk", "me@example.org")
    assert one == "153e4667ab92a9afe7653f3ad67b9cdb"
    assert one == delivery_key([("b", 2), ("a", 1)], "desk", "me@example.org")
    assert one != delivery_key([("a", 2), ("b", 1)], "desk", "me@example.org")
    assert one != delivery_key([("a", 1), ("b", 2)], "desk", "you@example.org")
    assert alert_id([("a", 1), ("b", 2)]) == alert_id([("b", 2), ("a", 1)]) == "4cf2e4e146"
    assert period_key("daily", "2025-06-03", "desk", "me") != period_key(
        "daily", "2025-06-04", "desk", "me"
    )


@given(ANYTHING)
def test_the_print_of_a_text_is_blind_to_case_and_punctuation(text: str) -> None:
    assert content_print(f"  {text} !", "") == content_print(f"{text}...", "")
