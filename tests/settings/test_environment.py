"""Secrets and settings from the environment, and that secrets never show."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from monitor.core.model import Feed
from monitor.errors import ConfigError
from monitor.settings.hidden import SecretText, Vault
from tests.settings.home import Home, options, sure

MAIL = {
    "PARLEY_SMTP_URL": "smtps://me%40example.org:p%40ss%2Fw%23rd@smtp.example.org:465",
    "PARLEY_MAIL_TO": "a@example.org, b@example.org",
}
HOOK = {
    "PARLEY_WEBHOOK_URL": "https://example.org/hook?token=t0psecret",
    "PARLEY_WEBHOOK_SECRET": "whsec_abcdef",
}


def on(home: Home) -> None:
    home.edit("parley.yaml", "kind: email, enabled: false", "kind: email")


def test_a_reference_is_filled_in(home: Home) -> None:
    on(home)
    (home.root / "parley.yaml").chmod(0o644)
    settings = home.load({"PARLEY_SMTP_PASSWORD": "hunter2"})
    assert settings.warnings == ()
    desk = sure(settings.channel("desk"))
    assert desk.enabled
    assert options(desk).password.get_secret_value() == "hunter2"


def test_a_missing_variable_names_itself_and_its_place(
    home: Home, place: Callable[[str, str], str]
) -> None:
    on(home)
    where = place("parley.yaml", '"${PARLEY_SMTP_PASSWORD}"').split(":")
    column = int(where[2]) - len(", enabled: false")
    assert home.only() == (
        f"parley.yaml:{where[1]}:{column}: the environment variable PARLEY_SMTP_PASSWORD is not set"
        " (set it in the environment or in .env, or write ${PARLEY_SMTP_PASSWORD:-default})"
    )
    assert "PARLEY_SMTP_PASSWORD is empty" in home.only({"PARLEY_SMTP_PASSWORD": ""})


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("${HOST:-localhost}", "localhost"),
        ("${SET:-localhost}", "there"),
        ("${EMPTY:-}x", "x"),
        ("a${SET}b${SET}", "athereb" + "there"),
        ("$${SET}", "${SET}"),
        ("$SET", "$SET"),
    ],
)
def test_the_ways_to_write_a_reference(home: Home, written: str, host: str) -> None:
    on(home)
    home.edit("parley.yaml", "host: smtp.example.org", f'host: "{written}"')
    env = {"SET": "there", "EMPTY": "", "PARLEY_SMTP_PASSWORD": "p"}
    assert options(home.load(env).channel("desk")).host == host


@pytest.mark.parametrize("written", ["${", "${}", "${A B}", "${SET", "${1}"])
def test_a_reference_that_cannot_be_read_is_said(home: Home, written: str) -> None:
    on(home)
    home.edit("parley.yaml", "host: smtp.example.org", f'host: "{written}"')
    assert "'${' begins a reference that cannot be read" in home.only(
        {"SET": "x", "PARLEY_SMTP_PASSWORD": "p"}
    )


def test_a_number_may_come_from_the_environment(home: Home) -> None:
    home.edit("parley.yaml", "{parse: 2}", '{parse: "${N}"}')
    home.edit("parley.yaml", "kind: console", 'kind: console, enabled: "${ON}"')
    settings = home.load({"N": "4", "ON": "false"})
    assert settings.fetch.parse_workers == 4
    assert not sure(settings.channel("console")).enabled


def test_queries_and_texts_of_watches_are_left_alone(home: Home) -> None:
    home.edit("watches/ceasefire.yaml", "title: A ceasefire", "title: A ${HOME} ceasefire")
    assert sure(home.load({"HOME": "x"}).rules.watch("ceasefire")).title.startswith(
        "A ${HOME} ceasefire"
    )


def test_a_secret_may_stand_in_a_file(home: Home, tmp_path: Path) -> None:
    on(home)
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    secret.chmod(0o600)
    home.edit("parley.yaml", 'password: "${PARLEY_SMTP_PASSWORD}"', f"password_file: {secret}")
    settings = home.load()
    assert options(settings.channel("desk")).password.get_secret_value() == "hunter2"
    assert secret in settings.files
    assert settings.warnings == ()
    secret.chmod(0o644)
    assert "can be read by everybody on this machine (chmod 600)" in home.warnings()[0]
    secret.write_text("")
    assert "the secret's file: it is empty" in home.only()
    secret.unlink()
    assert home.only().startswith("parley.yaml:11:")
    assert "the secret's file: cannot be read: no such file or directory" in home.only()


def test_a_secret_has_one_source(home: Home) -> None:
    on(home)
    home.edit("parley.yaml", "user: parley", "user: parley, password_file: x")
    assert "'password' and 'password_file' are both given" in home.only(
        {"PARLEY_SMTP_PASSWORD": "p"}
    )


def test_a_disabled_channel_is_still_checked_but_for_its_secrets(home: Home) -> None:
    home.edit("parley.yaml", 'url: "https://example.org/hook"', 'url: "${HOOK}"')
    assert sure(home.load().channel("hook")).options is None
    home.edit("parley.yaml", "port: 587", "prot: 587")
    assert "there is no key 'prot' here (did you mean 'port'?)" in home.only()


def test_a_secret_in_a_file_that_all_may_read_is_a_warning(home: Home) -> None:
    on(home)
    home.edit("parley.yaml", '"${PARLEY_SMTP_PASSWORD}"', "hunter2")
    (home.root / "parley.yaml").chmod(0o644)
    [warning] = home.warnings()
    assert "a secret stands in a file that everybody on this machine can read" in warning
    assert "hunter2" not in warning
    (home.root / "parley.yaml").chmod(0o600)
    assert home.warnings() == []


def test_the_environment_wins_over_the_file(home: Home) -> None:
    settings = home.load(
        {
            "PARLEY_DATA": "/data", "PARLEY_LISTEN": "0.0.0.0:9000", "PARLEY_TIMEZONE": "UTC",
            "PARLEY_LANGUAGE": "de", "PARLEY_FETCH__PACE": "slow", "PARLEY_FETCH__TOTAL_S": "12.5",
            "PARLEY_WORKERS__PARSE": "4", "PARLEY_DIGEST__AT": "6:15", "PARLEY_OPS": "console, desk",
            "PARLEY_FETCH__ALLOW_PRIVATE": "127.0.0.1:80,[::1]:81",
        }
    )  # fmt: skip
    assert str(settings.data) == "/data"
    assert settings.listen == ("0.0.0.0", 9000)
    assert (settings.rules.timezone, settings.rules.language) == ("UTC", "de")
    assert (settings.fetch.pace, settings.fetch.total_s, settings.fetch.parse_workers) == (
        "slow",
        12.5,
        4,
    )
    assert settings.fetch.allow_private == ("127.0.0.1:80", "[::1]:81")
    assert (settings.rules.digest.hour, settings.rules.digest.minute) == (6, 15)
    assert settings.rules.ops == ("console", "desk")


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"PARLEY_LISTEN": "nowhere"}, "PARLEY_LISTEN: 'nowhere' is not a host and a port"),
        ({"PARLEY_FETCH__PACE": "fsat"}, "PARLEY_FETCH__PACE: 'fsat' is not one of fast, normal, slow (did you mean 'fast'?)"),
        ({"PARLEY_WORKERS__PARSE": "many"}, "PARLEY_WORKERS__PARSE: must be a whole number, not text"),
        ({"PARLEY_DATA": "~nobody-at-all/x"}, "PARLEY_DATA: '~nobody-at-all/x' begins with the home of nobody"),
        ({"PARLEY_TIMEZONE": "\udcff"}, "PARLEY_TIMEZONE: "),
        ({"PARLEY_OPS": "consle"}, "PARLEY_OPS: there is no channel 'consle' (did you mean 'console'?)"),
        ({"PARLEY_SMTP_URL": "smtps://x.example.org"}, "PARLEY_SMTP_URL: PARLEY_MAIL_TO is not set: the channel needs both"),
        ({"PARLEY_MAIL_TO": "a@example.org"}, "PARLEY_MAIL_TO: PARLEY_SMTP_URL is not set: the channel needs both"),
        ({"PARLEY_WEBHOOK_SECRET": "x"}, "PARLEY_WEBHOOK_SECRET: PARLEY_WEBHOOK_URL is not set"),
        ({**MAIL, "PARLEY_SMTP_URL": "http://x.example.org"}, "PARLEY_SMTP_URL: the address is not smtp:// or smtps://"),
        ({**MAIL, "PARLEY_SMTP_URL": "smtp://me:p/w@x.example.org"}, "PARLEY_SMTP_URL: the address"),
        ({**MAIL, "PARLEY_SMTP_URL": "smtp://me:pw@x.example.org:port"}, "PARLEY_SMTP_URL: the address cannot be read"),
        ({**MAIL, "PARLEY_MAIL_TO": " , "}, "PARLEY_MAIL_TO: must not be empty"),
        ({**MAIL, "PARLEY_MAIL_TO": "a@example.org\r\nBcc: x"}, "PARLEY_MAIL_TO: line breaks and control characters"),
        ({**HOOK, "PARLEY_WEBHOOK_URL": "gopher://x"}, "PARLEY_WEBHOOK_URL: "),
    ],
)  # fmt: skip
def test_a_bad_variable_is_named(home: Home, env: Mapping[str, str], says: str) -> None:
    assert home.only(env).startswith(says)


def test_mail_by_the_environment_alone(empty: Home) -> None:
    desk = sure(empty.load(MAIL).channel("desk"))
    assert (desk.kind, desk.enabled) == ("email", True)
    read = options(desk)
    assert (read.host, read.port, read.tls) == ("smtp.example.org", 465, "tls")
    assert (read.user, read.password.get_secret_value()) == ("me@example.org", "p@ss/w#rd")
    assert (read.sender, read.to) == ("me@example.org", ["a@example.org", "b@example.org"])
    assert [one.name for one in empty.load(MAIL).channels if one.enabled] == ["console", "desk"]


def test_mail_by_starttls_without_a_user(empty: Home) -> None:
    env = {"PARLEY_SMTP_URL": "smtp://relay.example.org", "PARLEY_MAIL_TO": "a@example.org"}
    read = options(empty.load(env).channel("desk"))
    assert (read.port, read.tls, read.user) == (587, "starttls", "")
    assert read.sender == "parley@relay.example.org"
    read = options(empty.load({**env, "PARLEY_MAIL_FROM": "x@example.org"}).channel("desk"))
    assert read.sender == "x@example.org"


def test_the_environment_wins_over_channels_of_the_file(home: Home) -> None:
    settings = home.load({**MAIL, **HOOK})
    assert options(settings.channel("desk")).user == "me@example.org"
    hook = sure(settings.channel("hook"))
    assert hook.enabled
    assert options(hook).url == HOOK["PARLEY_WEBHOOK_URL"]
    assert options(hook).secret.get_secret_value() == "whsec_abcdef"


def test_a_password_that_looks_like_a_reference_is_taken_as_it_is(empty: Home) -> None:
    env = {**MAIL, "PARLEY_SMTP_URL": "smtps://me:%24%7BHOME%7D@smtp.example.org"}
    assert options(empty.load(env).channel("desk")).password.get_secret_value() == "${HOME}"


def test_unknown_variables_are_told(home: Home) -> None:
    env = {"PARLEY_TIMEZON": "UTC", "PARLEY_SMTP_PASSWORD": "x", "PARLEY_CONFIG": "x", "HOME": "/"}
    assert home.warnings(env) == [
        "PARLEY_TIMEZON: this environment variable is not read (did you mean 'PARLEY_TIMEZONE'?)"
    ]


def test_feeds_take_secrets_and_do_not_show_them(home: Home) -> None:
    home.edit(
        "feeds.yaml", "https://president.example.org/rss", "https://president.example.org/${KEY}"
    )
    home.edit(
        "feeds.yaml",
        "note: found on the site",
        'headers: {Authorization: "Bearer ${TOKEN}", X-Key: literal-key}',
    )
    settings = home.load({"TOKEN": "t0ken-value", "KEY": "k3y-value"})
    feed = settings.rules.feeds[1]
    assert feed.headers == (("Authorization", "Bearer t0ken-value"), ("X-Key", "literal-key"))
    assert feed.url == "https://president.example.org/k3y-value"
    for secret in ("t0ken-value", "literal-key", "k3y-value"):
        assert secret not in repr(feed) + repr(settings) + repr(settings.rules)
    again = pickle.loads(pickle.dumps(feed))
    assert again == feed
    assert type(again.headers[0][1]) is str


SECRETS = (
    "hunter2-pass",
    "whsec-from-file",
    "t0psecret",
    "p@ss/w#rd",
    "bearer-s3cret",
    "env-s3cret",
)


def test_no_secret_in_anything_that_is_said(home: Home, tmp_path: Path) -> None:
    """Six planted secrets, and as much wrong around them as fits."""
    (tmp_path / "hook-secret").write_text("whsec-from-file")
    home.write(
        "parley.yaml",
        f"""\
        channels:
          a: {{kind: email, hots: x, password: hunter2-pass, port: hunter2-pass, to: [hunter2-pass], from: 1}}
          b: {{kind: webhook, url: "hooks://example.org/env-s3cret", secret_file: {tmp_path}/hook-secret, headers: [bearer-s3cret]}}
          c: {{kind: webhook, url: "https://example.org/", secret: "${{S}}", headers: {{Authorization: [bearer-s3cret]}}, "${{S}}": 1}}
          d: {{kind: "${{S}}"}}
        timezone: "${{S}}"
        ops: ["${{S}}"]
        """,
    )
    home.write(
        "feeds.yaml",
        'feeds: [{name: x, url: "ftp://${S}", headers: {Authorization: "bearer-s3cret é", "b c": bearer-s3cret}}]',
    )
    env = {"S": "env-s3cret", **MAIL, **HOOK, "PARLEY_MAIL_TO": "", "PARLEY_LISTEN": "env-s3cret"}
    with pytest.raises(ConfigError) as caught:
        home.load(env)
    said = f"{caught.value} {caught.value!r} {caught.value.problems!r}"
    assert len(caught.value.problems) > 8
    assert [secret for secret in SECRETS if secret in said] == []


def test_a_vault_blots_the_longest_secret_first() -> None:
    vault = Vault()
    vault.keep(["abc", "abcdef", "", "x"])
    assert vault.blot("abcdef abc x") == "*** *** x"
    assert "abc" not in repr(vault)


def test_hidden_text_works_as_text() -> None:
    value = SecretText("token")
    assert f"{value}" == "token"
    assert repr(Feed("a", "b", headers=(("A", value),))).count("token") == 0
