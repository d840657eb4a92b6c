"""Prevention over HTTP: what is recommended, what a person answers, and what follows from it."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from chalicelib.core import clock as now_clock
from chalicelib.core import rows
from chalicelib.core.errors import Conflict
from chalicelib.core.rows import table_name
from chalicelib.prevention.store import follow_up_key
from chalicelib.prevention.usecases import SUBJECT, following
from chalicelib.reminders import usecases as reminders
from chalicelib.reminders.model import Following
from chalicelib.reminders.store import PreferencesRow, ReminderRow, preferences_key, reminder_key
from tests import double
from tests.builders import Actor
from tests.http_client import Client, Reply
from tests.injector import Faults, KilledError
from tests.worlds import World

# The world's person is a woman born on 1985-06-12; the clock stands on Monday 2026-11-23.
TODAY = date(2026, 11, 23)
BOOSTER_AT_45 = "2030-06-12"


@pytest.fixture(autouse=True)
def _monday(clock: time_machine.Traveller) -> None:
    """Stop the clock before anybody is made."""
    del clock


def read(world: World, http: Client, actor: Actor | None = None) -> Reply:
    who = actor or world.person
    subject = world.handle(actor) if actor in (world.laboratory, world.rival) else world.person.pid
    return http.get(f"/v1/patients/{subject}/prevention", as_=who.principal)


def to_plan(world: World, http: Client) -> dict[str, Any]:
    items: list[dict[str, Any]] = read(world, http).json()["items"]
    return next(one for one in items if one["state"] == "to_plan")


def put(
    world: World, http: Client, key: str, actor: Actor | None = None, version: int = 0, **body: Any
) -> Reply:
    who = actor or world.person
    return http.put(
        f"/v1/patients/{world.person.pid}/prevention/{key}",
        as_=who.principal,
        json=body,
        headers={"If-Match": f'"v{version}"'},
    )


def one_of(reply: Reply, key: str) -> dict[str, Any]:
    assert reply.status == 200, reply.body
    found: dict[str, Any] = next(one for one in reply.json()["items"] if one["key"] == key)
    return found


def armed(world: World) -> list[str]:
    row = rows.get(ReminderRow, *reminder_key(world.person.pid, SUBJECT))
    return [at[:10] for at in row.at] if row else []


def kept(world: World) -> Any:
    return double.tables()[table_name("record")].get(follow_up_key(world.person.pid))


def test_what_is_recommended_says_why_until_when_by_which_source_and_how_sure(
    world: World, http: Client
) -> None:
    reply = read(world, http)

    one = next(one for one in reply.json()["items"] if one["state"] == "to_plan")
    assert reply.header("ETag") == '"v0"'
    assert (one["kind"], one["state_label"]) == ("screening", "À planifier")
    assert one["reason"]
    assert one["window_opens_on"] <= str(TODAY) <= one["window_closes_on"]
    assert one["source"]["text"]
    assert one["source"]["certainty"] in {"A", "B", "M", "P"}


def test_what_comes_next_is_told_by_age_with_its_first_day(world: World, http: Client) -> None:
    assert read(world, http).json()["coming"] == [
        {
            "kind": "vaccination",
            "title": "Rappel diphtérie, tétanos, poliomyélite, à 45\u00a0ans",
            "opens_on": BOOSTER_AT_45,
            "age_months": 45 * 12,
            "is_conditional": False,
        }
    ]


@pytest.mark.parametrize(
    ("body", "label", "reminded"),
    [
        ({"state": "done", "on": "2026-11-23"}, "Réalisé", None),
        ({"state": "not_concerned"}, "Non concerné", BOOSTER_AT_45),
        ({"state": "later", "until": "2027-01-05"}, "Plus tard", "2027-01-06"),
        ({"state": "to_plan"}, "À planifier", BOOSTER_AT_45),
    ],
)
def test_each_answer_is_kept_and_moves_the_reminder_with_it(
    world: World, http: Client, body: dict[str, Any], label: str, reminded: str | None
) -> None:
    key = to_plan(world, http)["key"]
    assert armed(world) == [BOOSTER_AT_45]

    reply = put(world, http, key, **body)

    one = one_of(reply, key)
    assert (one["state"], one["state_label"]) == (body["state"], label)
    said_on = str(TODAY) if body["state"] == "not_concerned" else body.get("on")
    assert (one["on"], one["until"]) == (said_on, body.get("until"))
    assert (reply.json()["version"], reply.header("ETag")) == (1, '"v1"')
    assert one_of(read(world, http), key) == one
    (next_at,) = armed(world)
    assert next_at == (reminded or next_at)
    assert next_at > str(TODAY)


def test_what_is_done_reminds_of_the_next_round_if_that_comes_first(
    world: World, http: Client
) -> None:
    """Source: R-SCR-01; five years after, unless something else opens before."""
    key = to_plan(world, http)["key"]

    put(world, http, key, state="done", on="2024-11-23")
    assert armed(world) == ["2029-11-23"]
    put(world, http, key, version=1, state="done", on="2026-11-23")
    assert armed(world) == [BOOSTER_AT_45]


def test_an_answer_is_taken_back_by_saying_to_plan(world: World, http: Client) -> None:
    before = to_plan(world, http)
    put(world, http, before["key"], state="not_concerned")

    back = put(world, http, before["key"], version=1, state="to_plan")

    assert one_of(back, before["key"]) == before
    assert back.json()["version"] == 2
    assert armed(world) == [BOOSTER_AT_45]


def test_an_answer_put_off_to_plan_again_cancels_the_reminder_of_the_delay(
    world: World, http: Client
) -> None:
    key = to_plan(world, http)["key"]
    put(world, http, key, state="later", until="2027-01-05")
    assert armed(world) == ["2027-01-06"]

    put(world, http, key, version=1, state="to_plan")

    assert armed(world) == [BOOSTER_AT_45]


def test_two_answers_at_once_do_not_hide_one_another(world: World, http: Client) -> None:
    key = to_plan(world, http)["key"]
    assert put(world, http, key, state="not_concerned").status == 200

    rival = put(world, http, key, state="done", on="2026-11-23")

    assert (rival.status, rival.problem) == (412, "stale")
    assert one_of(read(world, http), key)["state"] == "not_concerned"


def test_an_answer_without_a_version_is_refused(world: World, http: Client) -> None:
    key = to_plan(world, http)["key"]
    target = f"/v1/patients/{world.person.pid}/prevention/{key}"
    reply = http.put(target, as_=world.person.principal, json={"state": "not_concerned"})
    assert reply.status == 428
    assert kept(world) is None


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"state": "done"}, ["/on"]),
        ({"state": "done", "on": "1985-06-11"}, ["/on"]),  # the day before her birth
        ({"state": "done", "on": "2026-11-24"}, ["/on"]),
        ({"state": "done", "on": "9999-12-31"}, ["/on"]),
        ({"state": "done", "on": "0000-01-01"}, ["/on"]),
        ({"state": "done", "on": "2026-02-29"}, ["/on"]),
        ({"state": "done", "on": "2026-11-23T10:00:00"}, ["/on"]),
        ({"state": "done", "on": 0}, ["/on"]),
        ({"state": "done", "on": "23/11/2026"}, ["/on"]),
        ({"state": "done", "on": "2026-11-23\r\nX: 1"}, ["/on"]),
        ({"state": "done", "on": "1985-06-11", "until": "2027-01-05"}, ["/on", "/until"]),
        ({"state": "done", "on": "2027-02-29", "until": "2026-02-30"}, ["/on", "/until"]),
        ({"state": "later"}, ["/until"]),
        ({"state": "later", "until": "2026-11-22"}, ["/until"]),
        ({"state": "later", "until": "2027-11-24"}, ["/until"]),
        ({"state": "later", "until": "9999-12-31"}, ["/until"]),
        ({"state": "later", "until": "2027-02-29"}, ["/until"]),
        ({"state": "later", "on": "2026-11-23"}, ["/on", "/until"]),
        ({"state": "not_concerned", "on": "2026-11-23"}, ["/on"]),
        ({"state": "not_concerned", "on": "2026-11-23", "until": "2026-11-24"}, ["/on", "/until"]),
        ({"state": "to_plan", "on": "2026-11-23", "until": "2026-11-24"}, ["/on", "/until"]),
        ({"state": "late"}, ["/state"]),
        ({"state": "upcoming", "on": "x", "until": "y", "why": 1},
         ["/on", "/state", "/until", "/why"]),
        ({}, ["/state"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_whole_and_nothing_is_saved(
    world: World, http: Client, body: dict[str, Any], wrong: list[str]
) -> None:
    key = to_plan(world, http)["key"]
    before = double.tables()

    reply = put(world, http, key, **body)

    assert (reply.status, reply.problem) == (422, "invalid")
    assert sorted(one["pointer"] for one in reply.json()["errors"]) == wrong
    assert all(one["detail"] for one in reply.json()["errors"])
    after = double.tables()
    for table in ("record", "work"):
        assert after[table_name(table)] == before[table_name(table)]


@pytest.mark.parametrize("on", ["2014-06-12", "2024-02-29", "2026-11-23"])
def test_a_day_on_which_it_counts_is_taken(world: World, http: Client, on: str) -> None:
    key = to_plan(world, http)["key"]
    assert one_of(put(world, http, key, state="done", on=on), key)["on"] == on


@pytest.mark.parametrize("on", ["1577836800", "2026-01-01T00:00:00", "2026-1-1", "２０２６-01-01"])
def test_only_a_day_is_a_day(world: World, http: Client, on: str) -> None:
    key = to_plan(world, http)["key"]
    (error,) = put(world, http, key, state="done", on=on).json()["errors"]
    assert (error["pointer"], error["code"]) == ("/on", "date_form")


@pytest.mark.parametrize(
    ("zone", "status"), [("Pacific/Noumea", 200), ("Europe/Paris", 422), ("Pacific/Tahiti", 422)]
)
def test_today_is_the_persons_own(
    world: World, http: Client, clock: time_machine.Traveller, zone: str, status: int
) -> None:
    """At 15 h in UTC it is tomorrow already in Nouméa."""
    clock.move_to(now_clock.now().replace(hour=15))
    chosen = {
        "zone": zone, "quiet_from": "21:00", "quiet_until": "08:00",
        "mail": {"document": True, "appointment": True, "prevention": True},
        "remind": {"vaccination": True, "screening": True},
    }  # fmt: skip
    preferences = f"/v1/patients/{world.person.pid}/preferences"
    http.put(preferences, as_=world.person.principal, json=chosen, headers={"If-Match": '"v0"'})
    assert rows.get(PreferencesRow, *preferences_key(world.person.pid)) is not None
    key = to_plan(world, http)["key"]
    assert put(world, http, key, state="done", on="2026-11-24").status == status


def test_only_the_person_reads_and_answers_and_the_refusal_is_always_the_same(  # A01, D15
    world: World, http: Client
) -> None:
    """A doctor she authorises sees her documents, not what she says of her prevention."""
    key = to_plan(world, http)["key"]
    others = (world.doctor, world.colleague, world.laboratory, world.rival, world.other)
    refused = [read(world, http, actor) for actor in others]
    refused += [put(world, http, key, actor, state="not_concerned") for actor in others]
    refused.append(put(world, http, "1." + "a" * 32, state="not_concerned"))

    assert {(one.status, one.body) for one in refused} == {(404, refused[0].body)}
    assert kept(world) is None


def test_what_she_answers_is_sealed_and_its_row_says_nothing(world: World, http: Client) -> None:
    one = to_plan(world, http)
    put(world, http, one["key"], state="done", on="2026-11-20")

    row = kept(world)
    assert set(row) == {"pk", "sk", "kind", "sealed", "version", "mac"}
    said = (b"2026-11-20", b"done", b"cervix", one["title"].encode())
    assert not any(word in bytes(row["sealed"]["B"]) for word in said)
    assert one["title"] not in repr(double.tables())


def test_each_look_and_answer_is_in_her_history_in_french_without_which(
    world: World, http: Client
) -> None:
    one = to_plan(world, http)
    put(world, http, one["key"], state="not_concerned")
    put(world, http, one["key"], world.doctor, version=1, state="not_concerned")

    target = f"/v1/patients/{world.person.pid}/trace"
    trace = http.get(target, as_=world.person.principal).json()
    lines = [f"{line['actor']['name']} {line['label']}" for line in trace["items"]]

    assert "Vous avez répondu à un rappel de prévention" in lines
    assert "Vous avez consulté les rappels de prévention" in lines
    assert any(world.doctor.name in line and "répondre à un rappel" in line for line in lines)
    assert one["title"] not in json.dumps(trace, ensure_ascii=False)


@pytest.mark.parametrize(
    ("way", "expected"),
    [("before", ("to_plan", [BOOSTER_AT_45])), ("crash", ("later", ["2027-01-06"]))],
)
def test_the_answer_and_its_reminder_are_written_together_or_not_at_all(
    world: World, http: Client, faults: Faults, way: str, expected: tuple[str, list[str]]
) -> None:
    key = to_plan(world, http)["key"]
    assert armed(world) == [BOOSTER_AT_45]
    faults.on("dynamodb.TransactWriteItems", way, nth=0 if way == "before" else 1)

    with suppress(KilledError):
        assert put(world, http, key, state="later", until="2027-01-05").status == 503
    faults.clear()

    state = one_of(read(world, http), key)["state"]
    assert (state, armed(world)) == expected


def choose(
    world: World, http: Client, version: int = 0, zone: str = "Europe/Paris", **remind: bool
) -> Reply:
    chosen = {
        "zone": zone, "quiet_from": "21:00", "quiet_until": "08:00",
        "mail": {"document": True, "appointment": True, "prevention": True},
        "remind": {"vaccination": True, "screening": True, **remind},
    }  # fmt: skip
    target = f"/v1/patients/{world.person.pid}/preferences"
    headers = {"If-Match": f'"v{version}"'}
    reply = http.put(target, as_=world.person.principal, json=chosen, headers=headers)
    assert reply.status == 200, reply.body
    return reply


def test_what_she_refuses_is_neither_told_nor_on_her_first_screen_and_stays_on_its_page(  # R-AGE-06
    world: World, http: Client
) -> None:
    """Refused, nothing of that kind is armed: there is neither mail nor notice."""
    key = to_plan(world, http)["key"]
    put(world, http, key, state="later", until="2027-01-05")
    assert armed(world) == ["2027-01-06"]

    assert choose(world, http, screening=False).json()["remind"]["screening"] is False
    assert armed(world) == [BOOSTER_AT_45]
    choose(world, http, 1, screening=False, vaccination=False)
    assert armed(world) == []
    home = http.get(f"/v1/patients/{world.person.pid}/home", as_=world.person.principal).json()
    assert home["to_do"] == []
    assert one_of(read(world, http), key)["state"] == "later"
    choose(world, http, 2)
    assert armed(world) == ["2027-01-06"]


def test_after_telling_the_worker_arms_only_what_she_does_not_refuse(
    world: World, http: Client
) -> None:
    key = to_plan(world, http)["key"]
    put(world, http, key, state="later", until="2027-01-05")
    choose(world, http, vaccination=False)
    day = datetime(2027, 1, 6, 12, tzinfo=UTC)
    # The test waits since 2015: told again at its next interval, not at the booster of 45.
    assert [at.date() for at in following(world.person.pid, day).at] == [date(2030, 6, 12)]
    choose(world, http, 1, screening=False)
    assert [str(at.date()) for at in following(world.person.pid, day).at] == [BOOSTER_AT_45]
    choose(world, http, 2, screening=False, vaccination=False)
    assert following(world.person.pid, day) == Following(is_due=False)


@pytest.mark.parametrize("zone", ["Europe/Paris", "Pacific/Noumea", "America/Cayenne"])
def test_she_is_told_by_day_in_her_own_zone(world: World, http: Client, zone: str) -> None:
    read(world, http)
    choose(world, http, zone=zone)
    row = rows.get(ReminderRow, *reminder_key(world.person.pid, SUBJECT))
    assert row is not None
    local = now_clock.instant(row.at[0]).astimezone(ZoneInfo(zone))
    assert str(local.date()) == BOOSTER_AT_45
    assert 9 <= local.hour < 20


def test_a_rival_who_arms_first_makes_her_read_again_not_fail(
    world: World, http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lost = reminders.arm, iter([True])

    def arm(*args: Any, **named: Any) -> None:
        if next(lost, False):
            raise Conflict
        real(*args, **named)

    monkeypatch.setattr(reminders, "arm", arm)
    assert read(world, http).status == 200
    assert armed(world) == [BOOSTER_AT_45]
