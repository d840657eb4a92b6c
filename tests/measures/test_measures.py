"""Measures over HTTP: who adds, sees and deletes them, and what is kept of them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from chalicelib.access import budgets
from chalicelib.core import aws, ids
from chalicelib.core.rows import Item, table_name
from chalicelib.http.principal import ActorKind
from chalicelib.measures import usecases
from chalicelib.measures.model import MEASURE_ID, MeasureKind, Window
from chalicelib.measures.store import measure_key
from tests import double
from tests.builders import Actor, a_minor, a_person, represent
from tests.http_client import Client, Reply
from tests.worlds import World

WEIGHT: dict[str, Any] = {
    "kind": "weight",
    "at": "2026-11-23T07:30+01:00",
    "values": {"weight": 72.4},
}
PRESSURE: dict[str, Any] = {
    "kind": "blood_pressure",
    "at": "2026-11-23T07:35:00+01:00",
    "values": {"systolic": 128, "diastolic": 79},
}


def path(pid: str, measure: str = "") -> str:
    return f"/v1/patients/{pid}/measures" + (f"/{measure}" if measure else "")


def add(world: World, http: Client, actor: Actor | None = None, **changes: Any) -> Reply:
    who, headers = actor or world.person, {"Idempotency-Key": changes.pop("key", ids.new_id())}
    pid, draft = changes.pop("pid", world.person.pid), changes.pop("draft", WEIGHT)
    return http.post(path(pid), as_=who.principal, json=draft | changes, headers=headers)


def added(world: World, http: Client, actor: Actor | None = None, **changes: Any) -> dict[str, Any]:
    reply = add(world, http, actor, **changes)
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.json()
    return made


def listed(world: World, http: Client, query: str = "") -> list[Any]:
    """Follow a list to its end, each page but the last being full."""
    found: list[Any] = []
    target: str | None = path(world.person.pid) + f"?limit=2&{query}"
    while target:
        reply = http.get(target, as_=world.person.principal)
        assert reply.status == 200, reply.body
        page = reply.json()
        assert len(page["items"]) == 2 or page["next"] is None
        found += page["items"]
        more = page["next"]
        target = path(world.person.pid) + f"?limit=2&{query}&cursor={more}" if more else None
    return found


def stored() -> dict[tuple[str, str], Item]:
    return {
        place: row
        for place, row in double.tables()[table_name("record")].items()
        if row["kind"]["S"] == "measure"
    }


def test_a_person_adds_a_measure_and_reads_it(world: World, http: Client) -> None:
    reply = add(world, http, comment="À jeun", device="Balance de la salle de bains")
    made = reply.json()
    assert reply.status == 201
    assert reply.header("Location") == path(world.person.pid, made["id"])
    read = http.get(path(world.person.pid, made["id"]), as_=world.person.principal)
    assert read.json() == made
    assert made == {
        "id": made["id"],
        "kind": "weight",
        "at": "2026-11-23T07:30:00+01:00",
        "values": {"weight": 72.4},
        "unit": "kg",
        "comment": "À jeun",
        "device": "Balance de la salle de bains",
        "unusual": [],
        "source": {"kind": "person", "name": None},
        "is_own": True,
        "abilities": {"delete": True},
        "created_at": made["created_at"],
    }
    assert MEASURE_ID.fullmatch(made["id"])
    assert len(made["id"]) <= 64  # of FHIR


def test_a_pressure_has_two_figures(world: World, http: Client) -> None:
    made = added(world, http, draft=PRESSURE)
    assert (made["values"], made["unit"]) == ({"systolic": 128, "diastolic": 79}, "mmHg")


def test_what_is_unusual_is_said_with_what_is_usual_and_kept(world: World, http: Client) -> None:
    made = added(world, http, values={"weight": 7.24})
    assert made["unusual"] == [{"component": "weight", "low": 32, "high": 250}]
    assert listed(world, http)[0]["unusual"] == made["unusual"]


def test_the_list_says_what_is_usual_today_of_what_it_lists(world: World, http: Client) -> None:
    target = path(world.person.pid)
    both = http.get(target, as_=world.person.principal).json()["usual"]
    weight = http.get(f"{target}?kind=weight", as_=world.person.principal).json()["usual"]
    assert [one["component"] for one in both] == ["weight", "systolic", "diastolic"]
    assert weight == [{"component": "weight", "low": 32, "high": 250}]


def test_nothing_said_is_in_clear_nor_what_is_measured(world: World, http: Client) -> None:  # D13
    weight = added(world, http, comment="Secret")
    pressure = added(world, http, draft=PRESSURE)
    other = added(world, http, world.other, pid=world.other.pid)
    row = stored()[measure_key(world.person.pid, weight["id"])]
    assert set(row) == {"pk", "sk", "kind", "depositor", "sealed", "mac"}
    assert b"Secret" not in row["sealed"]["B"]
    tokens = [one["id"].rpartition(".")[0] for one in (weight, pressure, other)]
    assert len(set(tokens)) == 3  # nor does one record tell of another


def test_the_same_key_adds_it_once(world: World, http: Client) -> None:  # A13
    first, again = add(world, http, key="k" * 20), add(world, http, key="k" * 20)
    assert first.json() == again.json()
    assert len(listed(world, http)) == 1
    other = add(world, http, key="k" * 20, comment="Autre")
    assert other.problem == "idempotency-key-reused"


WRONG: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (
        {"at": "2031-01-01T07:30+01:00", "values": {"weight": -1}, "comment": "x" * 151},
        [
            ("/at", "date_future"),
            ("/comment", "string_too_long"),
            ("/values/weight", "greater_than"),
        ],
    ),
    ({"at": "1985-06-11T07:30+02:00"}, [("/at", "date_before_birth")]),
    # Misshapen and wrong, both at once.
    (
        {"kind": "glucose", "at": "demain", "comment": "\u0007"},
        [("/at", "instant_form"), ("/comment", "control_character"), ("/kind", "enum")],
    ),
    (
        {"values": {"weight": "72,4"}, "device": "x" * 101},
        [("/device", "string_too_long"), ("/values/weight", "float_type")],
    ),
    ({"values": [72.4]}, [("/values", "dict_type")]),
    ({"values": {"weight": True}}, [("/values/weight", "float_type")]),
    ({"values": {}}, [("/values/weight", "missing")]),
    ({"unit": "lb", "values": {"weight": 0}}, [("/unit", "extra_forbidden"),
                                              ("/values/weight", "greater_than")]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), WRONG)
def test_everything_wrong_is_told_at_once_and_nothing_is_kept(  # A23
    world: World, http: Client, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    reply = add(world, http, **changes)
    assert (reply.status, reply.problem) == (422, "invalid")
    said = [(one["pointer"], one["code"]) for one in reply.json()["errors"]]
    assert sorted(said) == expected
    assert all(one["detail"] for one in reply.json()["errors"])
    assert stored() == {}


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999"])
def test_what_is_no_number_is_refused_at_the_door(world: World, http: Client, text: str) -> None:
    body = f'{{"kind": "weight", "at": "2026-11-23T07:30Z", "values": {{"weight": {text}}}}}'
    reply = http.post(
        path(world.person.pid),
        as_=world.person.principal,
        body=body.encode(),
        headers={"Idempotency-Key": "k" * 20, "Content-Type": "application/json"},
    )
    assert (reply.status, reply.problem) == (422, "invalid-json")


def test_lists_follow_when_they_were_taken_and_pages_are_full(world: World, http: Client) -> None:
    for day in (3, 1, 2, 5, 4):
        added(world, http, at=f"2026-11-{day:02}T07:00+01:00", values={"weight": 70 + day})
        added(world, http, draft=PRESSURE, at=f"2026-11-{day:02}T08:00+01:00")
    weights = [one["values"]["weight"] for one in listed(world, http, "kind=weight")]
    assert weights == [75, 74, 73, 72, 71]
    assert [one["values"]["weight"] for one in listed(world, http, "kind=weight&order=oldest")] == [
        71,
        72,
        73,
        74,
        75,
    ]
    both = [(one["at"][8:10], one["kind"]) for one in listed(world, http)]
    assert both == [
        (f"{day:02}", kind) for day in (5, 4, 3, 2, 1) for kind in ("blood_pressure", "weight")
    ]
    assert listed(world, http, "order=oldest") == listed(world, http)[::-1]
    days = [one["at"][8:10] for one in listed(world, http, "from=2026-11-02&to=2026-11-03")]
    assert days == ["03", "03", "02", "02"]


def test_a_day_is_that_of_where_it_was_taken(world: World, http: Client) -> None:
    added(world, http, at="2026-11-20T23:50-10:00", values={"weight": 71})  # of Tahiti
    added(world, http, at="2026-11-21T00:10+11:00", values={"weight": 72})  # of Nouméa, earlier

    def of(day: str) -> list[int]:
        return [one["values"]["weight"] for one in listed(world, http, f"from={day}&to={day}")]

    assert (of("2026-11-20"), of("2026-11-21"), of("2026-11-22")) == ([71], [72], [])
    assert [one["values"]["weight"] for one in listed(world, http)] == [71, 72]


def test_what_is_from_before_1970_has_its_place(world: World, http: Client) -> None:
    born = a_person(birth_date=date(1940, 5, 2))
    for year in ("1969", "1941", "1970", "2026"):
        added(world, http, born, pid=born.pid, at=f"{year}-01-01T00:00Z")
    found = http.get(path(born.pid), as_=born.principal).json()["items"]
    assert [one["at"][:4] for one in found] == ["2026", "1970", "1969", "1941"]
    asked = http.get(path(born.pid) + "?to=1969-12-31", as_=born.principal).json()["items"]
    assert [one["at"][:4] for one in asked] == ["1969", "1941"]


def test_a_cursor_goes_on_where_its_measure_was_though_it_is_gone(
    world: World, http: Client
) -> None:
    made = [added(world, http, at=f"2026-11-{day:02}T07:00Z")["id"] for day in (1, 2, 3)]
    target, who = path(world.person.pid), world.person.principal
    first = http.get(f"{target}?limit=1", as_=who).json()
    assert http.delete(path(world.person.pid, made[2]), as_=who).status == 204
    second = http.get(f"{target}?limit=1&cursor={first['next']}", as_=who).json()
    assert [one["id"] for one in second["items"]] == [made[1]]


def test_a_cursor_serves_only_the_list_it_is_of(world: World, http: Client) -> None:  # A30
    for day in (1, 2):
        added(world, http, at=f"2026-11-{day:02}T07:00Z")
    target, who = path(world.person.pid), world.person.principal
    cursor = http.get(f"{target}?limit=1", as_=who).json()["next"]
    for query in ("kind=weight", "order=oldest", "from=2026-11-01"):
        reply = http.get(f"{target}?limit=1&cursor={cursor}&{query}", as_=who)
        assert reply.problem == "bad-cursor"
    other = http.get(f"{path(world.other.pid)}?cursor={cursor}", as_=world.other.principal)
    assert other.problem == "bad-cursor"


def test_a_page_says_nothing_of_other_days(world: World, http: Client) -> None:
    """Those around the bounds are read and left out: the page is full, and then the last."""
    for offset in ("-12:00", "+00:00", "+14:00"):
        for day in (19, 20, 21):
            added(world, http, at=f"2026-11-{day}T12:00{offset}")
    found = listed(world, http, "from=2026-11-20&to=2026-11-20")
    assert [one["at"][-6:] for one in found] == ["-12:00", "+00:00", "+14:00"]


def test_it_is_deleted_at_once_and_for_good(world: World, http: Client) -> None:
    one, who = path(world.person.pid, added(world, http)["id"]), world.person.principal
    assert http.delete(one, as_=who).status == 204
    assert (http.get(one, as_=who).status, http.delete(one, as_=who).status) == (404, 404)
    assert (listed(world, http), stored()) == ([], {})


def test_a_parent_adds_in_her_own_name_for_the_child(world: World, http: Client) -> None:
    child, other = a_minor(world.person, world.other).pid, world.other
    for parent in (world.person, other):
        represent(parent, child)
    made = added(world, http, pid=child, values={"weight": 22.1})
    assert made["source"] == {"kind": "person", "name": world.person.name}
    read = http.get(path(child, made["id"]), as_=other.principal).json()
    assert (read["is_own"], read["abilities"]) == (False, {"delete": True})  # ADR 0017
    assert listed(world, http) == []  # the parent's own record has none


def test_a_parent_does_not_delete_what_the_person_noted_herself(world: World, http: Client) -> None:
    made = added(world, http)
    represent(world.other, world.person.pid)
    one = path(world.person.pid, made["id"])
    assert http.get(one, as_=world.other.principal).json()["abilities"] == {"delete": False}
    assert http.delete(one, as_=world.other.principal).status == 404
    assert len(stored()) == 1


def test_professionals_see_none_whatever_she_authorised(world: World, http: Client) -> None:
    """Source: R-PRF-01."""
    one = path(world.person.pid, added(world, http)["id"])
    for target in (one, path(world.person.pid)):
        assert http.get(target, as_=world.doctor.principal).status == 404
    assert http.delete(one, as_=world.doctor.principal).status == 404
    assert add(world, http, world.doctor).status == 404


def test_one_that_was_moved_to_another_key_does_not_open(world: World, http: Client) -> None:
    """Source: A46; the others are still shown."""
    kept, moved = added(world, http), added(world, http, at="2026-11-22T07:30Z")
    row = dict(stored()[measure_key(world.person.pid, moved["id"])])
    elsewhere = moved["id"][:-1] + ("0" if moved["id"][-1] != "0" else "1")
    row["sk"] = {"S": measure_key(world.person.pid, elsewhere)[1]}
    aws.client("dynamodb").put_item(TableName=table_name("record"), Item=row)
    assert http.get(path(world.person.pid, elsewhere), as_=world.person.principal).status == 500
    assert {one["id"] for one in listed(world, http)} == {kept["id"], moved["id"]}


def test_too_many_of_one_day_are_refused_and_told_when_to_go_on(
    clock: time_machine.Traveller, world: World, http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: A44."""
    del clock
    monkeypatch.setitem(budgets.MEASURES_IN_ONE_RECORD.limits, ActorKind.PERSON, 1)
    added(world, http)
    over = add(world, http)
    assert (over.status, over.problem) == (429, "too-many-deposits-here")
    assert over.header("Retry-After") == str(14 * 3600 + 30 * 60)


def test_instants_bound_what_other_software_reads(world: World, http: Client) -> None:
    for hour in (6, 7, 8):
        added(world, http, at=f"2026-11-20T{hour:02}:00Z", values={"weight": hour})
    window = Window(
        MeasureKind.WEIGHT,
        since=datetime(2026, 11, 20, 7, tzinfo=UTC),
        until=datetime(2026, 11, 20, 8, tzinfo=UTC),
    )
    listing = usecases.list_measures(world.person.principal, world.person.pid, window, None, 50)
    assert [one.details.values["weight"] for one in listing.items] == [7]


def weigh(http: Client, parent: Actor, pid: str, at: str, weight: float) -> str:
    draft = WEIGHT | {"at": at, "values": {"weight": weight}}
    headers = {"Idempotency-Key": ids.new_id()}
    reply = http.post(path(pid), as_=parent.principal, json=draft, headers=headers)
    assert reply.status == 201, reply.body
    name: str = reply.json()["id"]
    return name


def test_weights_of_a_minor_are_placed_among_those_of_her_age(world: World, http: Client) -> None:
    """Source: girls at 12 months, percentiles 3 to 97 published: 7.1, 7.9, 8.9, 10.2, 11.3 kg."""
    parent, child = world.person, a_minor(world.person, birth_date=date(2014, 2, 11)).pid
    represent(parent, child)
    made = [
        weigh(http, parent, child, "2015-02-11T08:00+01:00", 8.4),
        weigh(http, parent, child, "2015-02-11T09:00+01:00", 13),
        weigh(http, parent, child, "2026-02-11T08:00+01:00", 36),
    ]
    shown = http.get(path(child) + "?kind=weight", as_=parent.principal).json()["growth"]
    places = {one["measure_id"]: one for one in shown["places"]}
    assert set(places) == set(made[:2])
    assert [(places[one]["above"], places[one]["below"]) for one in made[:2]] == [
        (15, 50),
        (97, None),
    ]
    assert places[made[0]]["age_days"] == 365
    assert (shown["born_on"], shown["ends_at_days"]) == ("2014-02-11", 3652)
    assert "OMS" in shown["source"]
    assert [len(one["weights"]) for one in shown["curves"]] == [len(shown["ages"])] * 5
    later = http.get(path(child) + "?kind=weight&from=2026-01-01", as_=parent.principal).json()
    assert later["growth"]["places"] == later["growth"]["curves"] == later["growth"]["ages"] == []
    for query in ("", "?kind=blood_pressure"):
        assert http.get(path(child) + query, as_=parent.principal).json()["growth"] is None


def test_weights_of_an_adult_are_placed_nowhere(world: World, http: Client) -> None:
    added(world, http)
    mine = http.get(path(world.person.pid) + "?kind=weight", as_=world.person.principal)
    assert mine.json()["growth"] is None
