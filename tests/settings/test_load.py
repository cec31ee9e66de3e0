"""What a good configuration means once it is read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from monitor.core.model import Severity
from monitor.core.rules import Digest, FetchPolicy
from tests.settings.home import Home, sure


def test_the_shapes_of_the_design_are_read(home: Home) -> None:
    settings = home.load()
    rules = settings.rules
    assert settings.warnings == ()
    assert settings.data == Path("data")
    assert settings.listen == ("127.0.0.1", 8420)
    assert settings.fetch == FetchPolicy(contact="you@example.org", parse_workers=2)
    assert [(one.name, one.kind, one.enabled) for one in settings.channels] == [
        ("console", "console", True),
        ("desk", "email", False),
        ("hook", "webhook", False),
    ]
    assert (rules.timezone, rules.language, rules.digest) == (
        "Europe/Istanbul",
        "en",
        Digest(7, 30),
    )
    assert (rules.ops, rules.editors) == (("console",), ("console",))
    [route] = rules.routes
    assert route.watches == ("ceasefire", "pow-exchange")
    assert route.severity is Severity.HIGH
    assert route.channels == ("console", "desk", "hook")
    assert [feed.name for feed in rules.feeds] == [
        "BBC World",
        "Office of the President of Ukraine",
    ]
    assert rules.feeds[1].speaks_for == "ukraine"
    assert rules.concepts["russia"].words == {"any": ("russia*",), "no": ("russland",)}


def test_a_watch_is_read_whole(home: Home) -> None:
    watch = sure(home.load().rules.watch("ceasefire"))
    assert watch.title == "A ceasefire in the war against Ukraine"
    assert watch.notify == ("console", "desk", "hook")
    assert watch.file == "watches/ceasefire.yaml"
    [tracker] = watch.trackers
    assert (tracker.kind, tracker.question, tracker.scope) == (
        "state",
        "Truce?",
        ("extent", "party"),
    )
    assert [(one.name, one.acts, one.severity) for one in tracker.states] == [
        ("proposed", ("propose",), Severity.MEDIUM),
        ("rejected", ("reject",), Severity.HIGH),
        ("agreed", ("agree",), Severity.CRITICAL),
    ]
    [test] = watch.tests
    assert (test.language, test.hit, test.states, test.line) == (
        "de",
        True,
        {"truce": "agreed"},
        18,
    )


def test_title_and_query_are_a_whole_watch(empty: Home) -> None:
    empty.write("watches/quakes.yaml", "title: Earthquakes\nquery: earthquake OR quake*\n")
    watch = sure(empty.load().rules.watch("quakes"))
    assert (watch.alerts, watch.delivery, watch.notify, watch.feeds) == ("fast", "push", None, ())
    assert watch.trackers == ()


def test_facts_are_read(home: Home) -> None:
    seeds = {seed.id: seed for seed in home.load().rules.seeds}
    refused = seeds["thirty-days-refused"]
    assert refused.as_of == datetime(2025, 6, 2, 20, tzinfo=UTC)
    assert refused.scope == {"extent": "full", "party": "russia"}
    assert (refused.state, refused.values) == ("rejected", {"duration": "30 days"})
    assert (refused.date, refused.file) == ("2025-06-02", "baselines/2025-06-02.yaml")
    assert seeds["second-round"].instance == {"round": 2}
    assert seeds["second-round"].values["number"] == 1200
    assert seeds["second-round"].said_by == ("ukraine", "russia")
    assert seeds["hosts"].tracker is None


def test_an_empty_folder_gives_the_defaults_and_says_what_is_missing(empty: Home) -> None:
    settings = empty.load()
    assert settings.listen == ("127.0.0.1", 8420)
    assert settings.fetch == FetchPolicy()
    assert [(one.name, one.enabled) for one in settings.channels] == [("console", True)]
    assert [problem.message for problem in settings.warnings] == [
        "no feed is configured",
        "no watch is configured",
    ]


def test_no_folder_at_all_is_said(empty: Home) -> None:
    empty.root.rmdir()
    assert "there is no such folder" in empty.only()


def test_keys_with_nothing_behind_them_are_absent(home: Home) -> None:
    home.write("parley.yaml", "version: 1\nroutes:\n  # - {to: console}\nchannels:\nfetch:\n")
    home.edit("watches/ceasefire.yaml", "notify: [console, desk, hook]", "notify:")
    settings = home.load()
    assert settings.rules.routes == ()
    assert sure(settings.rules.watch("ceasefire")).notify is None
    assert sure(settings.channel("console")).enabled


def test_the_channels_of_the_environment_may_be_named_while_they_are_off(home: Home) -> None:
    home.write("parley.yaml", "")
    assert [(one.name, one.kind, one.enabled) for one in home.load().channels] == [
        ("console", "console", True), ("desk", "email", False), ("hook", "webhook", False),
    ]  # fmt: skip


def test_a_topic_may_be_one_file(empty: Home) -> None:
    empty.write(
        "watches/quakes.yaml",
        """\
        title: Earthquakes
        query: $quake
        concepts: {quake: {en: [earthquake], tr: [deprem]}}
        feeds: [{name: Kandilli, url: "https://quakes.example.org/rss", language: tr}]
        trackers: {toll: {kind: series, topic: $quake}}
        baseline:
          as_of: 2025-06-02T23:00:00+03:00
          facts: [{id: marmara, tracker: toll, instance: {place: Marmara}, text: 12 hurt, date: 2025-06-01}]
        """,
    )
    rules = empty.load().rules
    watch = sure(rules.watch("quakes"))
    assert watch.feeds == ("Kandilli",)
    assert [feed.name for feed in rules.feeds] == ["Kandilli"]
    assert set(watch.concepts) == {"quake"}
    assert "quake" not in rules.concepts
    [seed] = rules.seeds
    assert (seed.watch, seed.as_of) == ("quakes", datetime(2025, 6, 2, 20, tzinfo=UTC))


def test_a_user_concept_replaces_the_shipped_one_or_adds_to_it(home: Home) -> None:
    home.lexicon.joinpath("base.yaml").write_text(
        "concepts:\n"
        "  truce: {about: shipped, en: [armistice]}\n"
        "  rome: {about: the city, en: [rome], it: [roma]}\n"
        "  oslo: {en: [oslo]}\n"
    )
    home.write("concepts/more.yaml", "concepts: {rome: {extend: true, en: [vatican], de: [rom]}}\n")
    concepts = home.load().rules.concepts
    assert concepts["truce"].words["en"] == ("ceasefire", "cease-fire", "truce")
    assert concepts["rome"].words == {"en": ("rome", "vatican"), "it": ("roma",), "de": ("rom",)}
    assert concepts["rome"].about == "the city"
    assert concepts["oslo"].words == {"en": ("oslo",)}


def test_the_version_of_a_watch_follows_its_file_and_the_concepts_it_uses(home: Home) -> None:
    before = home.load().rules
    home.edit("concepts/shared.yaml", "[gaza]", "[gaza, rafah]")
    after = home.load().rules
    assert sure(after.watch("ceasefire")).version != sure(before.watch("ceasefire")).version
    assert sure(after.watch("pow-exchange")).version == sure(before.watch("pow-exchange")).version
    assert after.version != before.version
    home.edit("concepts/shared.yaml", "[gaza, rafah]", "[gaza]")
    assert home.load().rules.version == before.version


def test_routes_take_one_name_or_many(home: Home) -> None:
    home.edit(
        "parley.yaml",
        "{watch: [ceasefire, pow-exchange], severity: high, to: [console, desk, hook]}",
        "{watch: ceasefire, to: console}\n  - to: console, hook",
    )
    first, second = home.load().rules.routes
    assert (first.watches, first.severity, first.channels) == (("ceasefire",), None, ("console",))
    assert (second.watches, second.channels) == ((), ("console", "hook"))


def test_disabled_feeds_are_left_out_and_their_secrets_not_looked_up(home: Home) -> None:
    home.write(
        "feeds.yaml",
        """\
        feeds:
          - {name: A, url: "https://a.example.org/", enabled: false, headers: {Authorization: "${NOT_SET}"}}
          - {name: B, url: "https://${NOT_SET}/", enabled: false}
          - {name: C, url: "https://c.example.org/"}
        """,
    )
    assert [feed.name for feed in home.load().rules.feeds] == ["C"]


def test_two_feeds_with_one_address_are_kept_with_a_warning(home: Home) -> None:
    home.write(
        "feeds.yaml",
        'feeds:\n- {name: A, url: "https://a.example.org/"}\n- {name: B, url: "https://a.example.org/"}\n',
    )
    [warning] = home.warnings()
    assert warning.startswith(
        "feeds.yaml:3:18: the feed 'B' has an address that another feed has too"
    )
    assert len(home.load().rules.feeds) == 2


def test_words_stay_words(home: Home) -> None:
    home.write(
        "baselines/words.yaml",
        "as_of: 2025-06-02T20:00:00Z\n"
        "facts: [{id: a, watch: ceasefire, note: true, text: no, values: {a: no, b: on, c: 12:30:00,"
        " d: 2025-06-02, e: 0x10, f: 1_000, g: 1e999, h: .inf, i: '7', j: 1.5, k: true}}]\n",
    )
    values = next(seed for seed in home.load().rules.seeds if seed.id == "a").values
    assert values == {
        "a": "no", "b": "on", "c": "12:30:00", "d": "2025-06-02", "e": "0x10", "f": "1_000",
        "g": "1e999", "h": ".inf", "i": "7", "j": 1.5, "k": True,
    }  # fmt: skip


def test_what_needs_a_restart_is_named(home: Home) -> None:
    before = home.load()
    home.edit("parley.yaml", "127.0.0.1:8420", "127.0.0.1:9000")
    home.edit("parley.yaml", "parse: 2", "parse: 3")
    home.edit("parley.yaml", "pace: normal", "pace: fast")
    assert before.needs_restart(home.load()) == ("listen", "workers.parse")


def test_files_that_were_read_are_listed(home: Home) -> None:
    names = {path.name for path in home.load().files}
    assert {
        "parley.yaml",
        "feeds.yaml",
        "shared.yaml",
        "ceasefire.yaml",
        "2025-06-02.yaml",
    } <= names


def test_a_console_that_is_not_listed_is_the_last_resort(home: Home) -> None:
    home.edit("parley.yaml", "  console: {kind: console}\n", "")
    assert [(one.name, one.enabled) for one in home.load().channels] == [
        ("console", False), ("desk", False), ("hook", False),
    ]  # fmt: skip


def test_files_that_look_like_configuration_and_are_none_are_named(home: Home) -> None:
    home.write("feed.yaml", "feeds: []\n")
    home.write("watches/old.yml", "title: x\n")
    home.write("watches/.ceasefire.yaml.swp", "\0")
    home.write("watches/.hidden.yaml", "\0")
    home.write("watch/new.yaml", "title: x\n")
    assert home.warnings() == [
        "feed.yaml: is not read (did you mean 'feeds.yaml'?)",
        "watch: is not read (did you mean 'watches'?)",
        "watches/old.yml: is not read (its name must end in .yaml)",
    ]
