"""A weight to reach: who sets one, what it may be, and that nothing of it is in clear."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.access.permissions import Permission
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.rows import table_name
from chalicelib.measures import rules
from tests import double
from tests.builders import Actor, a_consent, a_minor, an_application, represent
from tests.http_client import Client, Reply
from tests.worlds import World

TODAY = date(2026, 11, 23)
BORN = date(1985, 6, 12)


def wrong(weight: str, by: date | None = None, born_on: date | None = BORN) -> list[FieldError]:
    with pytest.raises(Invalid) as refused:
        rules.check_target(Decimal(weight), by, TODAY, born_on)
    return list(refused.value.errors)


@pytest.mark.parametrize("weight", ["30", "68.5", "300"])
@pytest.mark.parametrize("by", [None, date(2026, 11, 24), date(2031, 12, 31)])
def test_what_may_be_wanted(weight: str, by: date | None) -> None:
    rules.check_target(Decimal(weight), by, TODAY, BORN)


@pytest.mark.parametrize(
    ("weight", "code"),
    [
        ("29.9", "greater_than_equal"),
        ("0", "greater_than_equal"),
        ("-60", "greater_than_equal"),
        ("300.1", "less_than_equal"),
        ("68.55", "too_many_decimals"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
    ],
)
def test_what_cannot_be_wanted(weight: str, code: str) -> None:
    assert [(one.pointer, one.code) for one in wrong(weight)] == [("/weight", code)]


@pytest.mark.parametrize(("by", "code"), [(TODAY, "date_past"), (date(2032, 1, 1), "date_too_far")])
def test_a_day_is_to_come_and_within_years(by: date, code: str) -> None:
    assert [(one.pointer, one.code) for one in wrong("1000", by)] == [
        ("/weight", "less_than_equal"),
        ("/by", code),
    ]


@pytest.mark.parametrize("born_on", [None, date(2008, 11, 24)])
def test_nobody_sets_one_who_is_not_known_to_be_of_age(born_on: date | None) -> None:
    assert [one.code for one in wrong("68.5", None, born_on)] == ["not_an_adult"]


def test_one_sets_one_from_the_day_one_is_of_age() -> None:
    rules.check_target(Decimal("68.5"), None, TODAY, date(2008, 11, 23))


def path(pid: str) -> str:
    return f"/v1/patients/{pid}/target"


def put(http: Client, who: Actor, pid: str, version: int, **said: Any) -> Reply:
    headers = {"If-Match": f'"v{version}"'}
    return http.put(path(pid), as_=who.principal, json=said, headers=headers)


def read(http: Client, who: Actor, pid: str) -> tuple[Any, str | None]:
    reply = http.get(path(pid), as_=who.principal)
    assert reply.status == 200, reply.body
    return reply.json(), reply.header("ETag")


def test_a_target_is_set_changed_and_removed_under_its_version(world: World, http: Client) -> None:
    me, pid = world.person, world.person.pid
    assert read(http, me, pid) == ({"target": None, "abilities": {"set": True}}, '"v0"')
    made = put(http, me, pid, 0, weight=68.5, by="2027-06-01")
    assert made.status == 200
    assert made.json()["target"] | {"set_at": "…"} == {
        "weight": 68.5,
        "by": "2027-06-01",
        "set_at": "…",
    }
    assert read(http, me, pid) == (made.json(), '"v1"')
    assert put(http, me, pid, 0, weight=60).status == 412
    changed = put(http, me, pid, 1, weight=70)
    assert (changed.json()["target"]["weight"], changed.json()["target"]["by"]) == (70.0, None)
    for _ in range(2):
        assert http.delete(path(pid), as_=me.principal).status == 204
    assert read(http, me, pid) == ({"target": None, "abilities": {"set": True}}, '"v3"')
    assert put(http, me, pid, 1, weight=60).status == 412
    assert put(http, me, pid, 3, weight=60).status == 200


def test_everything_wrong_is_told_at_once(world: World, http: Client) -> None:
    reply = put(http, world.person, world.person.pid, 0, weight=1000, by="demain")
    assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [
        ("/by", "date_form"),
        ("/weight", "less_than_equal"),
    ]
    reply = put(http, world.person, world.person.pid, 0, weight="lourd", by="2000-01-01")
    assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [
        ("/weight", "float_type"),
        ("/by", "date_past"),
    ]


def test_a_minor_has_none_and_who_represents_her_sets_none(world: World, http: Client) -> None:
    parent = world.other
    child = a_minor(parent)
    represent(parent, child.pid)
    represent(parent, world.person.pid)
    assert read(http, parent, child.pid) == ({"target": None, "abilities": {"set": False}}, '"v0"')
    assert put(http, parent, child.pid, 0, weight=30).status == 404
    assert put(http, parent, world.person.pid, 0, weight=60).status == 404


def test_an_application_sees_none_whatever_was_consented_to(world: World, http: Client) -> None:
    app = a_consent(world.person, an_application(), *Permission)
    assert put(http, world.person, world.person.pid, 0, weight=68.5).status == 200
    seen = http.get(path(world.person.pid), as_=app.principal)
    assert seen.status == http.get(path("0" * 26), as_=app.principal).status
    assert seen.status in {401, 404}


def test_nothing_of_it_is_in_clear(world: World, http: Client) -> None:
    put(http, world.person, world.person.pid, 0, weight=68.5, by="2027-06-01")
    rows = double.tables()[table_name("record")].values()
    row = next(one for one in rows if one["kind"]["S"] == "target")
    assert set(row) == {"pk", "sk", "kind", "sealed", "version", "mac"}
    assert row["sk"]["S"] == "TARGET"
    assert not any(
        word in bytes(row["sealed"]["B"]) for word in (b"68.5", b"2027-06-01", b"weight")
    )


def test_it_is_in_the_history(world: World, http: Client) -> None:
    me, pid = world.person, world.person.pid
    put(http, me, pid, 0, weight=68.5)
    http.delete(path(pid), as_=me.principal)
    read(http, me, pid)
    history = http.get(f"/v1/patients/{pid}/trace", as_=me.principal)
    told = sorted(one["action"] for one in history.json()["items"] if "target" in one["action"])
    assert told == ["measures:target:read", "measures:target:remove", "measures:target:set"]
    assert b"68.5" not in history.body
