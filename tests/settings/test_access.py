"""How feeds are reached: login, proxy, name, trust."""

from __future__ import annotations

import pytest

from monitor.app.wiring import secrets_of
from monitor.core.model import Feed
from monitor.ports import request_of
from monitor.settings.reading import Reading, open_document
from monitor.settings.references import as_written
from tests.settings.home import Home, sure


def one_feed(home: Home, options: str, env: dict[str, str] | None = None) -> Feed:
    """Give the feed with these further keys, which are YAML within braces."""
    home.write("feeds.yaml", f'feeds: [{{name: A, url: "https://a.example.org/", {options}}}]')
    (feed,) = home.load(env or {}).rules.feeds
    return feed


def refused(home: Home, options: str, url: str = "https://a.example.org/") -> str:
    home.write("feeds.yaml", f'feeds: [{{name: A, url: "{url}", {options}}}]')
    return "\n".join(f"{one.message} ({one.hint})" for one in home.problems({}))


def test_a_feed_without_options_is_asked_for_as_it_is(home: Home) -> None:
    request = request_of(one_feed(home, "tier: 1"), '"etag"', "Mon, 02 Jun 2025 10:00:00 GMT")
    assert (request.url, request.etag) == ("https://a.example.org/", '"etag"')
    assert request.last_modified == "Mon, 02 Jun 2025 10:00:00 GMT"
    assert (request.headers, request.user_agent, request.proxy) == ((), "", "")
    assert request.verify


def test_every_option_of_a_feed_reaches_its_request(home: Home) -> None:
    feed = one_feed(
        home,
        'user_agent: "Reader/2", proxy: "http://p:${PP}@proxy.example:3128", verify: false,'
        ' auth: {user: me, password: "${PW}"}, headers: {X-Key: k}',
        {"PW": "pässword", "PP": "pr0xy-pass"},
    )
    request = request_of(feed)
    assert request.headers == (("X-Key", "k"), ("Authorization", "Basic bWU6cMOkc3N3b3Jk"))
    assert request.user_agent == "Reader/2"
    assert request.proxy == "http://p:pr0xy-pass@proxy.example:3128"
    assert not request.verify
    for secret in ("pässword", "bWU6cMOkc3N3b3Jk", "pr0xy-pass"):
        assert secret not in repr(feed)


def test_secrets_of_feeds_are_known_to_the_log(home: Home) -> None:
    one_feed(
        home,
        'proxy: "http://p:pr0xy%2Dpass@proxy.example:3128", auth: {user: me, password: pw-of-me}',
    )
    hidden = set(secrets_of(home.load({})))
    assert {"pr0xy%2Dpass", "pr0xy-pass", "Basic bWU6cHctb2YtbWU="} <= hidden


def test_a_password_may_stand_in_a_file_beside_the_one_that_names_it(home: Home) -> None:
    secret = home.root / "a.password"
    secret.write_text("from-file\n", encoding="utf-8")
    secret.chmod(0o600)
    feed = one_feed(home, "auth: {user: me, password_file: a.password}")
    assert feed.headers == (("Authorization", "Basic bWU6ZnJvbS1maWxl"),)
    assert secret in home.load({}).files, "an edit of it is seen"


@pytest.mark.parametrize(
    "options",
    [
        "auth: {user: me, password: a-secret}",
        'auth: {user: me, password: "${PW}"}',
        'proxy: "http://u:a-secret@proxy.example:3128"',
        'proxy: "http://u:${PW}@proxy.example:3128"',
        'user_agent: "${PW}"',
    ],
)
def test_no_login_is_kept_with_what_was_read(home: Home, options: str) -> None:
    feed = one_feed(home, options, {"PW": "from-env"})
    document = sure(open_document(home.root / "feeds.yaml", home.root, Reading({})))
    assert as_written(feed, document, ("feeds", 0)) is None


def test_a_feed_whose_certificate_is_not_checked_is_warned_of(home: Home) -> None:
    one_feed(home, "verify: false")
    (warning,) = [one for one in home.load({}).warnings if "certificate" in one.message]
    assert "feed 'A'" in warning.message
    assert warning.line == 1
    one_feed(home, "verify: false, enabled: true, tier: 1")


def test_a_feed_that_is_off_has_nothing_looked_up(home: Home) -> None:
    home.write(
        "feeds.yaml",
        'feeds: [{name: A, url: "https://a/", enabled: false, verify: false,'
        ' proxy: "http://${NO}/", auth: {user: "${NO}", password_file: nowhere}}]',
    )
    settings = home.load({})
    assert settings.rules.feeds == ()
    assert not any("certificate" in one.message for one in settings.warnings)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("auth: {user: me}", "neither `password` nor `password_file`"),
        ("auth: {user: me, password: a-secret, password_file: f}", "both given"),
        ("auth: {user: me, password_file: nowhere}", "no such file"),
        ('auth: {user: "a:b", password: a-secret}', "no colon"),
        ('auth: {user: "", password: a-secret}', "must not be empty"),
        ('auth: {user: me, password: ""}', "must not be empty"),
        ('auth: {user: me, password: "a-secret\\nX: y"}', "line breaks"),
        ("auth: {user: me, pasword: a-secret}", "there is no key 'pasword'"),
        ("auth: {user: me, password: a-secret}, headers: {authorization: x}", "Authorization too"),
        ('proxy: "socks5://127.0.0.1:1080"', "SOCKS"),
        ('proxy: "proxy.example:3128"', "http"),
        ('proxy: "http://u:a-secret@proxy.example:3128/path"', "ends with its port"),
        ('proxy: "http://${UNSET}/"', "UNSET is not set"),
        ('user_agent: "a\\nX: y"', "line breaks"),
        ("user_agent: é", "ASCII"),
        ("verify: maybe", "must be true or false"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(home: Home, options: str, said: str) -> None:
    problems = refused(home, options)
    assert said in problems
    assert "a-secret" not in problems


def test_a_login_in_the_address_and_another_one_are_refused(home: Home) -> None:
    problems = refused(
        home, "auth: {user: me, password: a-secret}", "https://you:other-secret@a.example.org/"
    )
    assert "holds a login too" in problems
    assert "secret" not in problems
