"""The history over HTTP: names, titles, rights, repeats, pages; hers alone (A01, D15)."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from chalicelib.access import tokens
from chalicelib.audit import keys
from chalicelib.core import aws as cloud
from chalicelib.core import clock as clock_of_core
from chalicelib.core.rows import table_name
from tests.audit.histories import look, seal, verifier
from tests.builders import Actor, Patient, a_doctor, a_draft, a_grant, a_laboratory, a_person
from tests.http_client import Client, bearer
from tests.injector import Faults
from tests.recorder import Recorder


@pytest.fixture
def person(aws: Recorder) -> Patient:  # noqa: ARG001  the cloud comes first
    return a_person()


@pytest.fixture
def doctor(person: Patient) -> Actor:
    doctor = a_doctor()
    a_grant(person, doctor)
    return doctor


def read(http: Client, person: Patient, query: str = "") -> dict[str, Any]:
    reply = http.get(f"/v1/patients/{person.pid}/trace{query}", as_=person.principal)
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json()
    return found


def deposited(http: Client, person: Patient, depositor: Actor) -> dict[str, Any]:
    reply = http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=depositor.principal,
        json=a_draft(title="Bilan thyroïdien"),
        headers={"Idempotency-Key": "a-key-of-the-test"},
    )
    assert reply.status == 201, reply.body
    document: dict[str, Any] = reply.json()
    return document


def test_says_who_opened_what_and_by_what_right(
    clock: time_machine.Traveller, http: Client, person: Patient, doctor: Actor
) -> None:
    document = deposited(http, person, doctor)
    target = f"/v1/patients/{person.pid}/documents/{document['id']}/content"
    for _ in range(12):
        clock.shift(timedelta(seconds=1))
        assert http.get(target, as_=doctor.principal).status == 200
    line, added = read(http, person)["items"]
    assert (added["label"], added["count"]) == ("a déposé un document", 1)
    assert line == {
        "id": line["id"],
        "at": "2026-11-23T09:30:12.000Z",
        "actor": {
            "kind": "professional",
            "id": None,
            "name": doctor.name,
            "profession": "Médecin",
            "organisation": "Cabinet Exemple",
        },
        "action": "record:document:open",
        "label": "a ouvert un document",
        "document": {"id": document["id"], "title": "Bilan thyroïdien"},
        "outcome": "allowed",
        "right": "Vous avez donné votre autorisation le 23 novembre 2026",
        "count": 12,
        "first_at": "2026-11-23T09:30:01.000Z",
        "last_at": "2026-11-23T09:30:12.000Z",
    }


def test_shows_refusals_with_their_reason(http: Client, person: Patient) -> None:
    stranger = a_doctor()
    assert http.get(f"/v1/patients/{person.pid}/documents", as_=stranger.principal).status == 404
    (line,) = read(http, person, "?outcome=refused")["items"]
    assert (line["actor"]["name"], line["label"], line["right"], line["outcome"]) == (
        stranger.name,
        "a demandé à consulter la liste des documents",
        "Demande refusée\u00a0: cette personne n’a pas votre autorisation",
        "refused",
    )


def test_names_whom_an_authorisation_was_given_to(http: Client, person: Patient) -> None:
    doctor = a_doctor()
    path = f"/v1/patients/{person.pid}/authorisations/{doctor.id}"
    assert http.put(path, as_=person.principal, json={}).status == 201
    (line,) = read(http, person)["items"]
    assert (line["actor"]["name"], line["label"]) == (
        "Vous",
        f"avez donné une autorisation à {doctor.name}",
    )


def test_a_title_is_shown_while_the_document_is_there(
    http: Client, person: Patient, doctor: Actor
) -> None:
    document = deposited(http, person, doctor)
    path = f"/v1/patients/{person.pid}/documents/{document['id']}?reason=duplicate"
    assert read(http, person)["items"][-1]["document"]["title"] == "Bilan thyroïdien"
    gone = http.delete(path, as_=doctor.principal, headers={"If-Match": '"v1"'})
    assert gone.status == 204, gone.body
    assert {line["document"] is None for line in read(http, person)["items"]} == {True}


def test_pages_are_full_and_hold_every_access_once(
    clock: time_machine.Traveller, http: Client, person: Patient
) -> None:
    for number in range(18):
        look(a_doctor().principal, person.pid, times=number % 3 + 1)
        clock.shift(timedelta(minutes=1))
    seen, query = [], "?limit=4&outcome=refused"
    while True:
        page = read(http, person, query)
        seen.append(page["items"])
        if page["next"] is None:
            break
        query = f"?limit=4&outcome=refused&cursor={page['next']}"
    assert [len(items) for items in seen] == [4, 4, 4, 4, 2]
    lines = [line for items in seen for line in items]
    assert sum(line["count"] for line in lines) == 36
    assert len({line["id"] for line in lines}) == 18
    assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)


def test_a_cursor_is_of_one_reader_one_record_and_one_filter(http: Client, person: Patient) -> None:
    look(person.principal, person.pid, times=1)
    look(a_doctor().principal, person.pid)
    cursor = read(http, person, "?limit=1")["next"]
    other = a_person()
    for reader, query in ((person, "&outcome=refused"), (other, "")):
        reply = http.get(
            f"/v1/patients/{reader.pid}/trace?limit=1&cursor={cursor}{query}", as_=reader.principal
        )
        assert (reply.status, reply.problem) == (400, "bad-cursor")


def test_others_leaves_out_what_the_reader_did_before_pages_are_cut(
    clock: time_machine.Traveller, http: Client, person: Patient
) -> None:
    for _ in range(3):
        stranger, friend = a_doctor(), a_doctor()
        a_grant(person, friend)
        for actor, times in ((stranger, 1), (friend, 2), (person, 2)):
            look(actor.principal, person.pid, times=times)
            clock.shift(timedelta(seconds=1))
    seen, query = [], "?limit=2&others=true"
    while True:
        page = read(http, person, query)
        seen.append(page["items"])
        if page["next"] is None:
            break
        query = f"?limit=2&others=true&cursor={page['next']}"
    refused = read(http, person, "?others=true&outcome=refused")["items"]
    everybody = read(http, person)["items"]

    assert [len(items) for items in seen] == [2, 2, 2]
    assert {line["actor"]["kind"] for items in seen for line in items} == {"professional"}
    assert sum(line["count"] for items in seen for line in items) == 9
    assert [line["outcome"] for line in refused] == ["refused"] * 3
    assert [line["actor"]["name"] for line in everybody].count("Vous") == 2
    assert read(http, person, "?others=false")["items"][1:] == everybody[1:]


def test_a_cursor_of_everybody_does_not_serve_for_others(http: Client, person: Patient) -> None:
    look(a_doctor().principal, person.pid)
    look(person.principal, person.pid)
    cursor = read(http, person, "?limit=1")["next"]
    path = f"/v1/patients/{person.pid}/trace?limit=1&others=true&cursor={cursor}"

    reply = http.get(path, as_=person.principal)

    assert (reply.status, reply.problem) == (400, "bad-cursor")


@pytest.mark.parametrize("path", ["/trace", "/trace/proof"])
def test_nobody_else_reads_it(http: Client, person: Patient, doctor: Actor, path: str) -> None:
    unknown = "0123456789ABCDEFGHJKMNPQRS"
    for actor in (doctor, a_laboratory(), a_person()):
        hers = http.get(f"/v1/patients/{person.pid}{path}", as_=actor.principal)
        nobodys = http.get(f"/v1/patients/{unknown}{path}", as_=actor.principal)
        assert (hers.status, hers.body) == (404, nobodys.body)
    assert http.get(f"/v1/patients/{person.pid}{path}").status == 401


def test_a_trace_that_was_altered_says_so_and_hides_no_other(http: Client, person: Patient) -> None:
    look(person.principal, person.pid, times=3)
    table = table_name("audit")
    found = cloud.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": f"P#{person.pid}"}},
    )["Items"]
    raw = bytearray(found[1]["sealed"]["B"])
    raw[-1] ^= 1
    cloud.client("dynamodb").put_item(
        TableName=table, Item=found[1] | {"sealed": {"B": bytes(raw)}}
    )
    lines = read(http, person)["items"]
    assert sum(line["count"] for line in lines) == 3
    (broken,) = [line for line in lines if line["outcome"] == "unreadable"]
    assert (broken["actor"]["kind"], broken["right"]) == ("system", None)
    assert broken["label"] == "a trouvé une ligne de votre historique qui ne peut pas être vérifiée"


FORGED: list[dict[str, Any]] = [
    {"sk": {"S": "ZZZZ"}},
    {"sk": {"S": "é|#/ <b>"}},
    {"sk": {"S": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"}},
    {"sk": {"S": "ZZZZZZZZZZZZZZZZZZZZZZZZZZ"}},
    {"sk": {"S": "0000000000ZZZZZZZZZZZZZZZZ"}, "sealed": {"B": b""}},
    {"sealed": {"S": "text"}},
    {"commitment": {"N": "1"}},
    {"sealed": {"B": b"\x01\x02\x03" * 50}},
    {"sealed": {"NULL": True}},
]


@pytest.mark.parametrize("forged", FORGED)
def test_a_line_that_somebody_forged_is_counted_and_stops_nothing(  # A46, A47
    http: Client, person: Patient, forged: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    keys.ensure_sealing_key()
    look(a_doctor().principal, person.pid)
    seal(person.pid)
    table = table_name("audit")
    (found,) = cloud.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": f"P#{person.pid}"}},
    )["Items"]
    last = "1" if found["sk"]["S"].endswith("0") else "0"
    added = {"sk": {"S": found["sk"]["S"][:-1] + last}} | forged
    cloud.client("dynamodb").put_item(TableName=table, Item=found | added)
    lines = read(http, person)["items"]
    (broken,) = [line for line in lines if line["outcome"] == "unreadable"]
    (genuine,) = [line for line in lines if line["outcome"] == "refused"]
    assert (broken["count"], genuine["count"]) == (1, 1)
    assert broken["at"] <= clock_of_core.iso(clock_of_core.now())
    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal)
    assert home.status == 200, home.body
    assert {line["outcome"] for line in home.json()["accesses"]} == {"refused", "unreadable"}
    proof = http.get(f"/v1/patients/{person.pid}/trace/proof", as_=person.principal)
    assert proof.status == 200, proof.body
    assert "Tampered" in capsys.readouterr().out


def test_pages_go_on_past_forged_lines(http: Client, person: Patient) -> None:
    look(a_doctor().principal, person.pid)
    for n in range(5):
        cloud.client("dynamodb").put_item(
            TableName=table_name("audit"),
            Item={"pk": {"S": f"P#{person.pid}"}, "sk": {"S": f"ZZ é{n}"}},
        )
    first = read(http, person, "?limit=1&others=true")
    assert (first["items"][0]["outcome"], first["items"][0]["count"]) == ("unreadable", 5)
    after = read(http, person, f"?limit=1&others=true&cursor={first['next']}")
    assert after["items"][0]["outcome"] == "refused"


@pytest.mark.parametrize("position", [{}, {"sk": {"S": "a"}}, {"seq": "x"}, {"page": 2}])
@pytest.mark.parametrize("asked", ["trace", "trace/proof"])
def test_a_cursor_made_before_a_release_is_refused_as_one(  # A30
    http: Client, person: Patient, position: dict[str, Any], asked: str
) -> None:
    scope = ["trace", "", "False"] if asked == "trace" else ["trace-proof"]
    cursor = tokens.new_cursor(position, person.id, person.pid, *scope)
    path = f"/v1/patients/{person.pid}/{asked}"
    for given in (cursor, "garbled", "1.é", f"{cursor}A", "1." + "A" * 1990):
        reply = http.get(f"{path}?cursor={quote(str(given))}", as_=person.principal)
        assert reply.status == 400, (given, reply.body)
        assert reply.json()["type"] == "/problems/bad-cursor"
    assert http.get(f"{path}?cursor={'A' * 2001}", as_=person.principal).status == 422


def test_reading_is_traced_before_it_is_answered(
    http: Client, person: Patient, faults: Faults
) -> None:
    look(person.principal, person.pid)
    bearer(person.principal)  # makes today's signing key
    faults.on("dynamodb.PutItem", "before", nth=0)
    reply = http.get(f"/v1/patients/{person.pid}/trace", as_=person.principal)
    assert reply.status == 503
    assert b"items" not in reply.body
    faults.clear()
    assert read(http, person)["items"][0]["label"] == "avez consulté la liste des documents"
    assert read(http, person)["items"][0]["label"] == "avez consulté l’historique des accès"


def test_a_page_costs_a_query_for_each_audience_beside_the_deciding_rows_and_one_more_read(
    http: Client, person: Patient, doctor: Actor, calls: Recorder
) -> None:
    deposited(http, person, doctor)
    read(http, person)
    counted = calls.measure(lambda: read(http, person))
    assert counted == {
        "dynamodb.BatchGetItem": 2,
        "dynamodb.Query": 3,
        "dynamodb.PutItem": 1,
    }


def test_the_proof_and_keys_over_http_satisfy_the_program(http: Client, person: Patient) -> None:
    keys.ensure_sealing_key()
    look(person.principal, person.pid, times=4)
    seal(person.pid)
    reply = http.get(f"/v1/patients/{person.pid}/trace/proof", as_=person.principal)
    published = http.get("/v1/trace/keys")
    assert (reply.status, published.status) == (200, 200)
    assert verifier().verify([reply.json()], published.json()) == []
    assert reply.json()["checkpoint"]["size"] == 4
