"""`parley alerts show`: what changed, who says so and who denies it, and what became of it."""

from __future__ import annotations

import pytest

from tests.cli.place import Done, Place
from tests.cli.told import AGREED, CONFIRMED, DENIED, WORDINGS, news, with_truce


@pytest.fixture
def truce(place: Place) -> Place:
    return with_truce(place)


def table(done: Done) -> dict[str, list[str]]:
    """The lines about the one development that is shown, by their heading."""
    assert done.code == 0, done.err
    found: dict[str, list[str]] = {}
    heading = ""
    for line in done.out.partition("\n\n")[2].splitlines():
        first, _, rest = line.partition("  ")
        heading = first or heading
        found.setdefault(heading, []).append(rest.strip())
    return found


def test_thirty_copies_of_one_ministry_are_one_alert_of_thirty_reports_and_one_claimant(
    truce: Place,
) -> None:
    news(truce, [(f"Outlet {n}", *WORDINGS[n % len(WORDINGS)]) for n in range(30)])
    (alert,) = truce.cli("alerts", "--json").data
    done = truce.cli("alerts", "show", alert["id"])
    shown = table(done)
    assert shown["what"] == ["truce: truce: rejected -> agreed"]
    assert shown["status"] == ["reported, critical; update: the state of affairs has changed"]
    assert shown["reports"][0].startswith(
        "30 reports of 30 publishers, 1 claimant, in 4 languages: Outlet 0, "
    )
    assert shown["reports"][0].endswith(" and 18 more")
    assert shown["say so"] == ["russia"]
    assert "deny it" not in shown
    assert "follow-up" not in shown
    assert shown["sentence"] == [
        f"\u201c{AGREED}\u201d",
        "Outlet 0 (en), 2025-06-10 11:00:00 +03, https://example.org/n0",
    ]
    assert "(reported, of 2025-06-10, known since 2025-06-10 11:00:00 +03)" in shown["made"][0]
    assert shown["held against"][0].startswith("refused (superseded, of 2025-06-02, known since ")
    (one,) = truce.cli("alerts", "show", alert["id"], "--json").data["developments"]
    assert (one["reports"], len(one["publishers"]), one["claimants"]) == (30, 30, ["russia"])
    assert one["made"]["state"] == "agreed"
    assert one["stood_on"]["id"] == "refused"
    assert (one["claim"]["act"], one["claim"]["sentence"]) == ("agree", AGREED)


def test_a_line_from_each_side_confirms_it_in_one_follow_up_of_its_thread(truce: Place) -> None:
    news(truce, [("First", "en", AGREED), ("Other", "en", CONFIRMED), ("Third", "en", CONFIRMED)])
    last, first = truce.cli("alerts", "--json").data
    assert last["thread"] == first["thread"]
    shown = table(truce.cli("alerts", "show", first["id"]))
    assert shown["status"][0].startswith("confirmed, critical; ")
    assert shown["reports"] == ["3 reports of 3 publishers, 2 claimants: First, Other, Third"]
    assert shown["say so"] == ["russia, ukraine"]
    assert shown["follow-up"][0].startswith(f"{last['id']} of 2025-06-10 11:05:00 +03, ")
    assert "caused by Other: CONFIRMED: truce agreed - both sides" in shown["follow-up"][0]
    assert table(truce.cli("alerts", "show", last["id"])) == shown


def test_who_denies_it_within_its_story_is_named_beside_who_says_so(truce: Place) -> None:
    news(truce, [("First", "en", AGREED), ("Other", "en", DENIED)])
    first = truce.cli("alerts", "--json").data[-1]
    shown = table(truce.cli("alerts", "show", first["id"]))
    assert (shown["say so"], shown["deny it"]) == (["russia"], ["ukraine"])


def test_a_development_is_shown_by_the_beginning_of_its_key(truce: Place) -> None:
    news(truce, [("First", "en", AGREED)])
    (alert,) = truce.cli("alerts", "--json").data
    (key,) = alert["developments"]
    done = truce.cli("alerts", "show", key[:12])
    assert done.out.splitlines()[0] == "Truce: rejected -> agreed - said by Moscow [truce]"
    assert f"development {key[:12]}, parley explain 1" in done.out
    data = truce.cli("alerts", "show", key, "--json").data
    assert [one["key"] for one in data["developments"]] == [key]
    assert "id" not in data


def test_the_id_alone_and_options_before_the_subcommand_are_taken(place: Place) -> None:
    place.publish("The bridge over the strait opens at dawn")
    (alert,) = place.cli("alerts", "--json").data
    done = place.cli("alerts", "show", alert["id"])
    assert "#1 console (console) pending, next try " in done.out
    assert place.cli("alerts", alert["id"][:5]).out == done.out
    shown = place.cli("alerts", "--json", "show", alert["id"]).data
    assert [row["channel"] for row in shown["deliveries"]] == ["console"]
    elsewhere = place.cli("alerts", "--config", "nowhere", "show", alert["id"])
    assert elsewhere.code == 2


def test_a_watch_without_trackers_tells_of_a_story(place: Place) -> None:
    place.write("watches/rain.yaml", "title: Rain\nquery: rain\n")
    place.publish("Rain floods the cellars of the old town")
    (alert,) = place.cli("alerts", "--json").data
    shown = table(place.cli("alerts", "show", alert["id"]))
    assert shown["what"] == ["rain: Rain floods the cellars of the old town"]
    assert shown["reports"] == ["1 report of 1 publisher, 0 claimants: first"]
    assert shown["say so"] == ["nobody is quoted by name"]
    assert not {"made", "held against"} & shown.keys()


def test_an_id_that_is_none_is_refused_with_the_way_to_find_one(place: Place) -> None:
    place.publish("The bridge over the strait opens at dawn")
    done = place.cli("alerts", "show", "zzz")
    assert (done.code, done.out) == (1, "")
    assert "there is no alert zzz; see: parley alerts" in done.err
