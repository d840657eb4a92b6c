"""A clinical document that replaces another of the same depositor is its next version (R-VER)."""

import base64
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.core import ids, rows
from chalicelib.record import store, versions
from chalicelib.record.store import DocumentRow
from tests.builders import (
    Actor,
    Minor,
    Patient,
    a_doctor,
    a_grant,
    a_laboratory,
    a_minor,
    a_person,
)
from tests.faults.stories import waiting
from tests.http_client import Client, Reply
from tests.record.cda.samples import a_cda
from tests.record.test_documents import handle_of
from tests.recorder import recorder

ROOT = "1.2.250.1.213.1.1.9"
WARNED = ["not_replaced"]


@pytest.fixture
def person(http: Client) -> Patient:
    del http
    return a_person()


@pytest.fixture
def laboratory(http: Client) -> Actor:
    del http
    return a_laboratory()


def a_result(
    person: Patient | Minor, number: int, replaces: int | str | None = None, **said: Any
) -> bytes:
    """Write a result; `replaces` is the number of another one, or the ids of several."""
    header = ""
    if replaces is not None:
        parent = replaces
        if isinstance(replaces, int):
            parent = f'<id root="{ROOT}" extension="EXEMPLE-{replaces}"/>'
        header = (
            '<relatedDocument typeCode="RPLC"><parentDocument>'
            f"{parent}</parentDocument></relatedDocument>"
        )
    known = person.identity
    return a_cda(ins=known.ins, traits=known.traits, number=number, header=header, **said)


def deposit(
    http: Client, who: Actor, subject: str, content: bytes, key: str = "", **said: str
) -> Reply:
    return http.post(
        f"/v1/patients/{subject}/documents",
        as_=who.principal,
        json={"content": base64.b64encode(content).decode()} | said,
        headers={"Idempotency-Key": key or ids.new_id()},
    )


def sent(http: Client, who: Actor, person: Patient, *result: Any, **said: Any) -> dict[str, Any]:
    subject = person.pid
    if who.principal.kind == "organisation":
        subject = handle_of(http, who, person.identity)
    reply = deposit(http, who, subject, a_result(person, *result, **said))
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.json()
    return made


def get(http: Client, who: Patient | Actor, person: Patient, path: str) -> Reply:
    return http.get(f"/v1/patients/{person.pid}{path}", as_=who.principal)


def listed(http: Client, person: Patient) -> list[str]:
    return [one["id"] for one in get(http, person, person, "/documents").json()["items"]]


def withdraw(http: Client, who: Actor, person: Patient, document_id: str) -> None:
    at = f"/v1/patients/{handle_of(http, who, person.identity)}/documents/{document_id}"
    etag = http.get(at, as_=who.principal).header("ETag") or ""
    reply = http.delete(
        f"{at}?reason=wrong_document", as_=who.principal, headers={"If-Match": etag}
    )
    assert reply.status == 204, reply.body


def test_the_next_version_stands_for_the_former_which_is_still_read(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    first = sent(http, laboratory, person, 1)
    told = len(waiting())
    second = sent(http, laboratory, person, 2, 1)

    assert (first["status"], second["status"], second["warnings"]) == (
        "available", "available", [],
    )  # fmt: skip
    assert (second["replaces"], second["replaced_by"]) == (first["id"], None)
    assert listed(http, person) == [second["id"]]
    home = get(http, person, person, "/home").json()
    assert [one["id"] for one in home["documents"]] == [second["id"]]
    former = get(http, person, person, f"/documents/{first['id']}")
    assert (former.json()["status"], former.json()["replaced_by"]) == ("superseded", second["id"])
    assert former.header("ETag") == '"v2"'
    content = get(http, person, person, f"/documents/{first['id']}/content")
    assert content.body == a_result(person, 1)
    assert len(waiting()) == told + 1, "she is told of it as of any document"


def test_a_version_that_names_an_older_one_follows_the_last(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    made = [sent(http, laboratory, person, 1), sent(http, laboratory, person, 2, 1)]
    made.append(sent(http, laboratory, person, 3, 1))
    assert made[2]["replaces"] == made[1]["id"]
    assert listed(http, person) == [made[2]["id"]]


def test_what_is_unknown_and_what_is_anothers_are_told_alike(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    """Nothing tells a depositor whether somebody else's document is there (D15)."""
    theirs = sent(http, a_laboratory(), person, 1)
    elsewhere = a_person()
    sent(http, laboratory, elsewhere, 3)

    unknown, anothers, other_record = (
        sent(http, laboratory, person, number, parent)
        for number, parent in ((4, 9), (5, 1), (6, 3))
    )
    drawn = {"id", "sha256", "deposited_at"}
    alike = [
        {name: part for name, part in one.items() if name not in drawn}
        for one in (unknown, anothers, other_record)
    ]
    assert alike[0] == alike[1] == alike[2]
    assert (unknown["warnings"], unknown["replaces"]) == (WARNED, None)
    assert get(http, person, person, f"/documents/{theirs['id']}").json() == theirs | {
        "abilities": {"read": True, "withdraw": False, "reveal": False}
    }
    assert len(listed(http, person)) == 4


def test_another_type_is_another_document(http: Client, person: Patient, laboratory: Actor) -> None:
    """Who may read the one may not read the other: neither may tell of it (R-MAT-01, D15)."""
    first = sent(http, laboratory, person, 1)
    second = sent(http, laboratory, person, 2, 1, type_code="34874-8")
    assert (second["replaces"], second["warnings"]) == (None, WARNED)
    assert listed(http, person) == [second["id"], first["id"]]


def test_once_the_next_is_withdrawn_the_former_is_current_again(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    first, second = (sent(http, laboratory, person, *one) for one in ((1,), (2, 1)))
    withdraw(http, laboratory, person, second["id"])

    assert listed(http, person) == [first["id"]]
    assert get(http, person, person, f"/documents/{first['id']}").json()["replaced_by"] is None


def test_those_around_a_version_withdrawn_follow_each_other(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    made = [sent(http, laboratory, person, *one)["id"] for one in ((1,), (2, 1), (3, 2))]
    withdraw(http, laboratory, person, made[1])

    first, third = (
        get(http, person, person, f"/documents/{one}").json() for one in (made[0], made[2])
    )
    assert (first["replaced_by"], third["replaces"]) == (made[2], made[0])
    assert listed(http, person) == [made[2]]


@pytest.mark.parametrize(
    ("made", "withdrawn", "current"),
    [
        ([(1,), (2, 1)], [2], 1),
        ([(1,), (2, 1)], [1], 2),
        ([(1,), (2, 1), (3, 2)], [2], 3),
        ([(1,), (2, 1), (3, 2)], [2, 3], 1),
        ([(1,), (2, 1), (3, 2)], [3, 2], 1),
    ],
)
def test_what_corrects_one_that_was_withdrawn_replaces_the_others(
    http: Client,
    person: Patient,
    laboratory: Actor,
    made: list[tuple[int, ...]],
    withdrawn: list[int],
    current: int,
) -> None:
    """Two results side by side would contradict each other."""
    known = {one[0]: sent(http, laboratory, person, *one)["id"] for one in made}
    for one in withdrawn:
        withdraw(http, laboratory, person, known[one])
    last = sent(http, laboratory, person, 9, withdrawn[0])
    assert (last["replaces"], last["warnings"]) == (known[current], [])
    assert listed(http, person) == [last["id"]]


def test_what_corrects_the_only_version_once_withdrawn_is_beside(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    withdraw(http, laboratory, person, sent(http, laboratory, person, 1)["id"])
    last = sent(http, laboratory, person, 2, 1)
    assert (last["replaces"], last["warnings"]) == (None, WARNED)


def test_what_was_secret_of_a_minor_is_corrected_once_she_is_of_age(
    http: Client, clock: time_machine.Traveller, laboratory: Actor
) -> None:
    """Nobody represents her any more: both are seen by the same readers (ADR 0019)."""
    child = a_minor(a_person(), birth_date=date(2008, 12, 20))
    secret = {"visibility": "invisible_to_representatives"}
    made = [
        deposit(http, laboratory, handle_of(http, laboratory, child.identity), content, **said)
        for content, said in ((a_result(child, 1), secret), (a_result(child, 2, 1), {}))
    ]
    assert [one.json()["warnings"] for one in made] == [[], WARNED]
    clock.shift(timedelta(days=40))
    handle = handle_of(http, laboratory, child.identity)
    last = deposit(http, laboratory, handle, a_result(child, 3, 1)).json()
    assert (last["replaces"], last["warnings"]) == (made[0].json()["id"], [])


def test_the_same_request_again_makes_one_version(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    first, key = sent(http, laboratory, person, 1), ids.new_id()
    handle = handle_of(http, laboratory, person.identity)
    content = a_result(person, 2, 1)
    replies = [deposit(http, laboratory, handle, content, key=key) for _ in range(2)]
    assert replies[0].json() == replies[1].json()
    assert replies[0].json()["replaces"] == first["id"]


def test_a_professional_replaces_her_own_and_counts_one_that_is_new(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    doctor = a_doctor()
    a_grant(person, doctor)
    hers = sent(http, doctor, person, 1)
    assert sent(http, laboratory, person, 2, 1)["replaces"] is None, "of another depositor"
    assert sent(http, doctor, person, 3, 1)["replaces"] == hers["id"]
    sent(http, laboratory, person, 4, 2)
    assert get(http, doctor, person, "/news").json()["new_documents"] == 1


def test_what_it_costs_does_not_grow_with_what_it_names(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    handle = handle_of(http, laboratory, person.identity)
    sent(http, laboratory, person, 1)
    costs = []
    for number, parents in ((2, [9]), (3, range(100, 105)), (4, range(100, 400))):
        header = "".join(f'<id root="{ROOT}" extension="EXEMPLE-{n}"/>' for n in parents)
        content = a_result(person, number, header)
        recorder.clear()
        assert deposit(http, laboratory, handle, content).json()["warnings"] == WARNED
        costs.append(sorted(recorder.names))
    assert costs[0] == costs[1] == costs[2]


def test_all_that_is_named_has_one_budget_of_steps(
    http: Client, person: Patient, laboratory: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of one chain are met once, by whichever name; beyond the budget it is beside."""
    for number in range(1, 6):
        sent(http, laboratory, person, number, number - 1 or None)
    handle = handle_of(http, laboratory, person.identity)
    named = "".join(f'<id root="{ROOT}" extension="EXEMPLE-{n}"/>' for n in (1, 2, 3))
    monkeypatch.setattr(versions, "_MOST", 3)
    recorder.clear()
    reply = deposit(http, laboratory, handle, a_result(person, 10, named))
    assert reply.json()["warnings"] == WARNED
    assert recorder.names.count("dynamodb.GetItem") == 3
    monkeypatch.setattr(versions, "_MOST", 5)
    reply = deposit(http, laboratory, handle, a_result(person, 11, named))
    assert reply.json()["replaces"] is not None


@pytest.mark.parametrize("is_former", [False, True])
def test_a_version_that_was_altered_stops_no_withdrawal_and_no_correction(
    http: Client, person: Patient, laboratory: Actor, *, is_former: bool
) -> None:
    made = [sent(http, laboratory, person, *one)["id"] for one in ((1,), (2, 1))]
    altered, other = made if is_former else made[::-1]
    row = rows.get(DocumentRow, *store.document_key(person.pid, altered))
    assert row is not None
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    rows.write([rows.put(row)])

    third = sent(http, laboratory, person, 3, 1)
    assert (third["warnings"], third["replaces"]) == (WARNED, None)
    withdraw(http, laboratory, person, other)
    assert get(http, person, person, f"/documents/{other}").status == 404
