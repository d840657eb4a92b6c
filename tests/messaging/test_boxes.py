"""A professional's box and her team's: who reads it, what it costs, where it is traced."""

from typing import Any

import pytest

from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import aws, rows
from chalicelib.core.rows import table_name
from tests import double
from tests.builders import Actor, a_doctor, a_grant, a_person
from tests.http_client import Client
from tests.messaging.correspondence import (
    ANSWER,
    HELLO,
    begin,
    begun,
    bodies,
    in_team,
    inbox,
    page,
    path,
    read,
    send,
)
from tests.recorder import Recorder
from tests.worlds import World

TEAM = "750000001"


@pytest.fixture
def member(world: World) -> Actor:
    """The doctor, in a team, with a colleague of it."""
    in_team(world.colleague, TEAM)
    return in_team(world.doctor, TEAM)


def test_a_team_shares_its_box_and_each_keeps_her_own(
    world: World, http: Client, member: Actor
) -> None:
    own = begun(world, http, sender=member)
    shared = begun(world, http, sender=member, as_team=True)

    assert [one["id"] for one in inbox(http, member)["items"]] == [own["id"]]
    for reader in (member, world.colleague):
        assert [one["id"] for one in inbox(http, reader, "box=team")["items"]] == [shared["id"]]
    assert inbox(http, world.colleague)["items"] == []


def test_a_colleague_of_the_team_answers_in_her_own_name(
    world: World, http: Client, member: Actor
) -> None:
    shared = begun(world, http, sender=member, as_team=True)
    assert send(http, world.person, shared).status == 201
    assert inbox(http, world.colleague, "box=team")["unread"] == 1
    assert read(http, world.colleague, shared).status == 204
    assert inbox(http, member, "box=team")["unread"] == 0
    assert send(http, world.colleague, shared, "Je réponds pour l’équipe.").status == 201

    last = page(http, world.person, shared)["items"][-1]
    assert last["sender"]["name"] == world.colleague.name
    assert bodies(http, member, shared) == [HELLO, ANSWER, "Je réponds pour l’équipe."]


def test_who_left_the_team_reads_its_box_no_more(world: World, http: Client, member: Actor) -> None:
    shared = begun(world, http, sender=member, as_team=True)
    in_team(world.colleague, "750000002")
    assert http.get(path(shared), as_=world.colleague.principal).status == 404
    assert inbox(http, world.colleague, "box=team")["items"] == []


def test_without_a_team_one_writes_in_ones_own_name(world: World, http: Client) -> None:
    refused = begin(http, world.doctor, world.person.pid, as_team=True)
    assert refused.status == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/as_team", "no_team")
    ]
    assert inbox(http, world.doctor, "box=team") == {"items": [], "unread": 0, "next": None}


def test_software_and_members_of_one_organisation_share_the_box(world: World, http: Client) -> None:
    shared = begin(http, world.laboratory, world.handle(world.laboratory)).json()
    biologist = in_team(a_doctor(profession_code="21"), world.laboratory.id)
    assert [one["id"] for one in inbox(http, biologist, "box=team")["items"]] == [shared["id"]]
    assert bodies(http, biologist, shared) == [HELLO]
    assert inbox(http, world.rival)["items"] == []


def test_a_box_is_traced_in_the_history_of_who_reads_it(world: World, http: Client) -> None:
    begun(world, http)
    before = len(history_of(world.doctor))
    inbox(http, world.doctor)
    added = history_of(world.doctor)[before:]
    assert [(one.action, one.outcome) for one in added] == [("messaging:box:list", "allowed")]


def history_of(actor: Actor) -> list[Trace]:
    table = double.tables()[table_name("audit")]
    return [
        open_row(TraceRow.from_raw_data(item), actor.id)
        for (pk, _), item in sorted(table.items())
        if pk == f"A#{actor.id}" and item["kind"]["S"] == "trace"
    ]


def test_a_box_costs_three_calls_however_many_conversations_it_has(
    world: World, http: Client, calls: Recorder
) -> None:
    for _ in range(3):
        begun(world, http)
    counts = []
    for query in ("limit=1", "limit=3"):
        inbox(http, world.doctor, query)
        calls.clear()
        inbox(http, world.doctor, query)
        counts.append(dict(calls.counted))
    assert (
        counts[0]
        == counts[1]
        == {
            "dynamodb.BatchGetItem": 1,
            "dynamodb.Query": 1,
            "dynamodb.PutItem": 1,
        }
    )


@pytest.mark.slow
def test_a_box_of_thirty_costs_three_calls_with_ten_thousand_behind(
    world: World, http: Client, calls: Recorder
) -> None:
    several = [world.person, *(a_person() for _ in range(2))]
    for patient in several[1:]:
        a_grant(patient, world.doctor)
    newest = [
        begin(http, world.doctor, patient.pid).json()["id"]
        for patient in several
        for _ in range(10)  # as many as a day allows
    ]
    behind(f"B#PRO.{world.doctor.id}", 10_000)
    found = counted(http, world.doctor, calls)
    assert [one["id"] for one in found["items"]] == newest[::-1]
    assert (found["unread"], found["next"] is not None) == (0, True)


@pytest.mark.slow
def test_a_persons_thirty_cost_as_much_with_ten_thousand_behind(
    world: World, http: Client, calls: Recorder
) -> None:
    several = [world.doctor, *(a_doctor() for _ in range(3))]
    for doctor in several[1:]:
        a_grant(world.person, doctor)
    made = [
        begun(world, http, sender=several[number // 10])["id"]
        for number in range(31)  # one more tells that there is a next page
    ]
    behind(f"P#{world.person.pid}", 10_000)
    found = counted(http, world.person, calls)
    assert [one["id"] for one in found["items"]] == made[:0:-1]
    assert (found["unread"], found["next"] is not None) == (31, True)


def counted(http: Client, reader: Actor, calls: Recorder) -> dict[str, Any]:
    """Return the first page of thirty, which costs three calls whatever is behind it."""
    inbox(http, reader)
    calls.clear()
    found = inbox(http, reader)
    assert len(found["items"]) == 30
    assert sum(calls.counted.values()) == 3, calls.counted
    return found


def behind(pk: str, lines: int) -> None:
    """Put so many older conversations in a list: counted by who reads too far, never opened."""
    name = table_name("messaging")
    line = next(
        item
        for (where, sk), item in double.tables()[name].items()
        if where == pk and sk.startswith("THR#")
    )
    for start in range(0, lines, 25):
        puts = [
            {
                "PutRequest": {
                    "Item": line
                    | {"sk": {"S": f"THR#{number:026d}"}, "inbox_sk": {"S": f"{number:026d}#OLD"}}
                }
            }
            for number in range(start, start + 25)
        ]
        aws.client("dynamodb").batch_write_item(RequestItems={name: puts})


def test_a_line_moved_from_another_box_is_not_shown(world: World, http: Client) -> None:
    begun(world, http)
    patient = world.person
    a_grant(patient, world.colleague)
    begun(world, http, sender=world.colleague)
    table = double.tables()[table_name("messaging")]
    mine = next(key for key in table if key[0] == f"B#PRO.{world.doctor.id}" and key[1] != "HEAD")
    theirs = next(
        key for key in table if key[0] == f"B#PRO.{world.colleague.id}" and key[1] != "HEAD"
    )
    forged = dict(table[theirs]) | {"pk": {"S": mine[0]}, "sk": {"S": mine[1]}}
    rows.write([{"Put": {"TableName": table_name("messaging"), "Item": forged}}])
    assert inbox(http, world.doctor)["items"] == []
