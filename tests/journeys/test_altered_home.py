"""Somebody who can write tables, but has no key, takes no more than a part of the first screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from chalicelib.core import rows
from chalicelib.core.rows import Item, Wanted, table_name
from chalicelib.identity.spaces import person_wish
from chalicelib.prevention.store import FollowUpRow, follow_up_key
from chalicelib.reminders.store import preferences_wish
from tests import double
from tests.agenda.test_appointments import added
from tests.builders import Patient, a_person
from tests.http_client import Client
from tests.journeys.test_preferences import choose
from tests.prevention.test_routes import put, to_plan
from tests.worlds import World

Change = Callable[[Item, Item], Item]


def _flipped(item: Item, other: Item) -> Item:
    del other
    name = "sealed" if "sealed" in item else "mac"
    ((kind, value),) = item[name].items()
    raw = bytearray(value if kind == "B" else value.encode())
    raw[len(raw) // 2] ^= 1
    return item | {name: {kind: bytes(raw) if kind == "B" else raw.decode("latin-1")}}


def _cut(item: Item, other: Item) -> Item:
    del other
    return {name: value for name, value in item.items() if name not in ("sealed", "mac")}


def _anothers(item: Item, other: Item) -> Item:
    return other | {"pk": item["pk"], "sk": item["sk"]}


def _follow_up(pid: str) -> Wanted[FollowUpRow]:
    return (FollowUpRow, *follow_up_key(pid))


def _fill(person: Patient, http: Client, world: World) -> None:
    mine = World(**{**{name: getattr(world, name) for name in world.__slots__}, "person": person})
    assert choose(http, mine, zone="Indian/Reunion").status == 200
    added(mine, http)
    put(mine, http, to_plan(mine, http)["key"], state="not_concerned")


@pytest.mark.slow
@pytest.mark.parametrize("change", [_flipped, _cut, _anothers])
@pytest.mark.parametrize(
    ("wish", "parts"),
    [
        (preferences_wish, {"next_appointment", "to_do", "cards"}),
        (_follow_up, {"to_do"}),
        (person_wish, {"to_do"}),
    ],
)
def test_an_altered_row_beside_the_record_empties_its_own_part_only(
    world: World,
    http: Client,
    clock: time_machine.Traveller,
    wish: Callable[[str], Wanted[rows.Row]],
    parts: set[str],
    change: Change,
) -> None:
    clock.shift(timedelta(0))
    person, other = world.person, a_person()
    for one in (person, other):
        _fill(one, http, world)
    model, pk, sk = wish(person.pid)
    table = double.tables()[table_name(model.TABLE)]
    forged = change(table[pk, sk], table[wish(other.pid)[1:]])
    rows.write([{"Put": {"TableName": table_name(model.TABLE), "Item": forged}}])

    reply = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal)

    assert reply.status == 200, reply.body
    assert set(reply.json()["unreadable"]) == parts
    assert reply.json()["documents"] is not None


def test_a_notice_of_no_kind_of_ours_is_passed_by(world: World, http: Client) -> None:
    pk, sk = f"NTC#{world.person.pid}", "01J00000000000000000000000"
    item = {"pk": {"S": pk}, "sk": {"S": sk}, "kind": {"S": "inbox"}, "type": {"S": "forged"}}
    rows.write([{"Put": {"TableName": table_name("work"), "Item": item}}])

    home = http.get(f"/v1/patients/{world.person.pid}/home", as_=world.person.principal).json()
    notices = http.get(f"/v1/patients/{world.person.pid}/notices", as_=world.person.principal)

    assert (home["unread_notices"], home["unreadable"]) == (0, [])
    assert notices.json()["items"] == []
