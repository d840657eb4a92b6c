"""What is joined to a message: inspected, sealed, read by both sides, saved in one step."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.access import tokens
from chalicelib.core import clock as now
from chalicelib.core import ids
from chalicelib.core.rows import table_name
from chalicelib.record.cda.rules import PARENTS_CODE
from chalicelib.workers import sweep
from tests import double
from tests.builders import a_draft, a_minor, a_pdf, represent
from tests.http_client import Client, Reply
from tests.messaging.correspondence import attach, begin, begun, inbox, joined, page, path, send
from tests.record.cda.samples import a_cda
from tests.worlds import World, deposit

LIMIT = 4 * 1024 * 1024
HOSTILE_NAMES = {
    "": "string_too_short",
    " \u00a0": "string_too_short",
    "Photo\r\nX: y": "control_character",
    "\u202egpj.exe": "control_character",
    "a" * 121: "string_too_long",
}


def content(http: Client, world: World, made: dict[str, object], one: str, who: str) -> Reply:
    target = path(str(made["id"]), "attachments", one, "content")
    return http.get(target, as_=getattr(world, who).principal)


def save(http: Client, world: World, made: dict[str, object], one: str, who: str) -> Reply:
    target = path(str(made["id"]), "attachments", one, "saved")
    return http.put(target, as_=getattr(world, who).principal)


def refusals(reply: Reply) -> list[tuple[str, str]]:
    assert reply.status == 422, reply.body
    return [(one["pointer"], one["code"]) for one in reply.json()["errors"]]


def documents(http: Client, world: World) -> list[str]:
    target = f"/v1/patients/{world.person.pid}/documents"
    found = http.get(target, as_=world.person.principal).json()["items"]
    return [one["title"] for one in found]


def test_both_sides_read_the_bytes_that_were_joined(world: World, http: Client) -> None:
    made, pdf = begun(world, http), a_pdf()
    one = joined(http, world.doctor, made, pdf, "Ordonnance")
    for who in ("person", "doctor"):
        reply = content(http, world, made, one["id"], who)
        assert (reply.status, reply.body) == (200, pdf)
        assert "Ordonnance.pdf" in str(reply.header("Content-Disposition"))
        assert "sandbox" in str(reply.header("Content-Security-Policy"))


def test_an_attachment_is_saved_to_the_record_in_one_step_and_once(
    world: World, http: Client
) -> None:
    made = begun(world, http)
    one = joined(http, world.doctor, made, a_pdf(), "Ordonnance")
    first, again = (save(http, world, made, one["id"], "person") for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.json() == again.json()
    assert documents(http, world).count("Ordonnance") == 1


def test_what_is_saved_says_who_sent_it(world: World, http: Client) -> None:
    made = begun(world, http)
    one = joined(http, world.doctor, made, a_pdf("received"), "Ordonnance")
    hers = joined(http, world.person, made, a_pdf("sent"), "Photo")

    authors = {
        kept["title"]: kept["author"]
        for file in (one, hers)
        for kept in [saved_document(http, world, made, file["id"])]
    }
    assert authors["Ordonnance"]["name"] == world.doctor.name
    assert authors["Ordonnance"]["organisation"] == "Cabinet Exemple"
    assert authors["Photo"]["organisation"] is None


def saved_document(http: Client, world: World, made: dict[str, object], one: str) -> Any:
    kept = save(http, world, made, one, "person").json()["document_id"]
    target = f"/v1/patients/{world.person.pid}/documents/{kept}"
    return http.get(target, as_=world.person.principal).json()


def test_only_the_persons_side_saves_to_her_record(world: World, http: Client) -> None:
    made = begun(world, http)
    one = joined(http, world.person, made, a_pdf(), "Photo")
    before = documents(http, world)
    assert content(http, world, made, one["id"], "doctor").status == 200  # she takes part
    for who in ("doctor", "other"):
        assert save(http, world, made, one["id"], who).status == 404
    assert documents(http, world) == before


def test_a_document_of_the_record_is_joined_as_a_copy(world: World, http: Client) -> None:
    made = begun(world, http)
    reply = http.post(
        path(made, "attachments", "from-record"),
        as_=world.person.principal,
        json={"document_id": world.document},
        headers={"Idempotency-Key": ids.new_id()},
    )
    assert reply.status == 201
    one = {"id": reply.json()["id"], "name": reply.json()["name"]}
    assert one["name"] == "Compte rendu"
    assert send(http, world.person, made, "Le voici", attachments=[one]).status == 201
    shown = page(http, world.doctor, made)["items"][-1]["attachments"]
    assert [item["name"] for item in shown] == ["Compte rendu"]
    assert content(http, world, made, one["id"], "doctor").status == 200


def test_a_document_of_somebody_else_is_not_joined(world: World, http: Client) -> None:
    made, before = begun(world, http), len(double.objects())
    theirs = deposit(world.other.principal, world.other.pid)
    answers = []
    for document in (theirs, ids.new_id()):
        reply = http.post(
            path(made, "attachments", "from-record"),
            as_=world.person.principal,
            json={"document_id": document},
            headers={"Idempotency-Key": ids.new_id()},
        )
        assert (reply.status, reply.problem) == (404, "not-found")
        answers.append(reply.body)
    assert answers[0] == answers[1]
    assert len(double.objects()) == before + 1  # their document's, and no copy of it


def test_a_document_hidden_from_parents_does_not_reach_a_conversation_they_read(  # R-MSG-06
    world: World, http: Client
) -> None:
    child = a_minor(world.other)
    represent(world.other, child.pid)
    handle = tokens.new_handle(child.pid, world.laboratory.id, now.now())[0]
    hidden = http.post(
        f"/v1/patients/{handle}/documents",
        as_=world.laboratory.principal,
        json=a_draft(visibility="invisible_to_representatives"),
        headers={"Idempotency-Key": ids.new_id()},
    )
    assert hidden.status == 201, hidden.body
    made = begin(http, world.laboratory, handle).json()
    reply = http.post(
        path(made, "attachments", "from-record"),
        as_=world.laboratory.principal,
        json={"document_id": hidden.json()["id"]},
        headers={"Idempotency-Key": ids.new_id()},
    )
    assert reply.status == 422
    assert reply.json()["errors"][0]["code"] == "secret_document"
    told = http.get(f"/v1/patients/{child.pid}/trace", as_=world.other.principal)
    assert "pièce jointe" not in told.body.decode()


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        (b"", 422),
        (b"<html><script>alert(1)</script></html>", 422),
        (b"%PDF-1.7 not really", 422),
        (b"\x00" * 100, 422),
        (b"%PDF-1.7" + b"0" * LIMIT, 413),
    ],
)
def test_a_file_that_may_not_enter_is_refused_and_leaves_nothing(
    world: World, http: Client, bad: bytes, status: int
) -> None:
    made = begun(world, http)
    before = double.objects()
    assert attach(http, world.person, made, bad).status == status
    assert double.objects() == before


@pytest.mark.parametrize(
    ("size", "file_limit", "json_limit"),
    [
        (5 * 1024 * 1024, LIMIT, 3 * 1024 * 1024),  # by the route itself
        (10 * 1024 * 1024 + 1, 10 * 1024 * 1024, 10 * 1024 * 1024),  # by what is in front of it
    ],
)
def test_five_or_ten_megabytes_are_refused_clearly_and_nothing_is_kept(
    world: World, http: Client, size: int, file_limit: int, json_limit: int
) -> None:
    made = begun(world, http)
    before = rows_and_files()
    refused = (
        (attach(http, world.person, made, b"%PDF-1.7".ljust(size, b"0")), file_limit),
        (send(http, world.person, made, "a" * size), json_limit),
    )

    for reply, limit in refused:
        assert (reply.status, reply.problem) == (413, "too-large")
        assert reply.json()["limit_bytes"] == limit
        assert "Rien n’a été enregistré." in reply.json()["detail"]
    assert rows_and_files() == before


def rows_and_files() -> tuple[list[tuple[str, str]], list[str]]:
    """Return what is kept of conversations, and of what waits for its message."""
    tables = double.tables()
    found = [key for name in ("messaging", "work") for key in tables[table_name(name)]]
    return sorted(key for key in found if not key[0].startswith("RATE#")), sorted(double.objects())


def test_an_attachment_goes_once_and_only_with_its_senders_message_in_its_conversation(
    world: World, http: Client
) -> None:
    made, other = begun(world, http), begun(world, http)
    waiting = {"id": attach(http, world.person, made, a_pdf()).json()["id"], "name": "Photo"}
    for sender, where in ((world.doctor, made), (world.person, other)):
        refused = send(http, sender, where, attachments=[waiting])
        assert refused.status == 422
        assert refused.json()["errors"][0]["code"] == "unknown_attachment"
    assert send(http, world.person, made, attachments=[waiting]).status == 201
    again = send(http, world.person, made, attachments=[waiting])
    assert again.status == 422
    assert len(page(http, world.person, made)["items"]) == 2


def test_an_attachment_waits_fifty_minutes_for_its_message_then_is_swept(
    clock: time_machine.Traveller, world: World, http: Client
) -> None:
    made = begun(world, http)
    kept = joined(http, world.person, made, a_pdf(), "Gardée")
    waiting = {"id": attach(http, world.person, made, a_pdf()).json()["id"], "name": "Photo"}
    stored = len(double.objects())
    clock.shift(timedelta(minutes=50))
    assert send(http, world.person, made, attachments=[waiting]).status == 422
    for _ in range(3):
        clock.shift(timedelta(hours=1))
        sweep.delete_orphans(now.now())
    assert len(double.objects()) == stored - 1
    assert content(http, world, made, kept["id"], "person").status == 200


def test_one_key_keeps_one_file(world: World, http: Client) -> None:  # A13
    made, pdf, key = begun(world, http), a_pdf(), ids.new_id()
    first, again = (attach(http, world.person, made, pdf, key=key) for _ in range(2))
    assert (first.status, again.status, again.json()) == (201, 201, first.json())
    assert attach(http, world.person, made, a_pdf(), key=key).status == 422


def test_what_waits_is_opened_by_nobody(world: World, http: Client) -> None:
    made = begun(world, http)
    waiting = attach(http, world.person, made, a_pdf()).json()["id"]
    for who in ("person", "doctor"):
        assert content(http, world, made, waiting, who).status == 404


def test_an_attachment_of_another_conversation_does_not_exist_here(
    world: World, http: Client
) -> None:
    made, other = begun(world, http), begun(world, http)
    one = joined(http, world.doctor, made, a_pdf(), "Ordonnance")
    assert content(http, world, other, one["id"], "person").status == 404


def test_who_takes_no_part_joins_opens_and_saves_nothing(world: World, http: Client) -> None:
    made = begun(world, http)
    one = joined(http, world.doctor, made, a_pdf(), "Ordonnance")
    for who in ("colleague", "other", "laboratory"):
        assert content(http, world, made, one["id"], who).status == 404
        assert save(http, world, made, one["id"], who).status == 404
        assert attach(http, getattr(world, who), made, a_pdf()).status == 404


def test_six_attachments_or_a_hostile_name_are_refused_and_the_rest_is_kept(
    world: World, http: Client
) -> None:
    made = begun(world, http)
    six = [{"id": ids.new_id(), "name": "Photo"} for _ in range(6)]
    assert refusals(send(http, world.person, made, attachments=six)) == [
        ("/attachments", "too_long")
    ]
    waiting = attach(http, world.person, made, a_pdf()).json()["id"]
    for name, code in HOSTILE_NAMES.items():
        one = {"id": waiting, "name": name}
        refused = send(http, world.person, made, attachments=[one])
        assert refusals(refused) == [("/attachments/0/name", code)], name
    assert (
        send(http, world.person, made, attachments=[{"id": waiting, "name": "Photo"}]).status == 201
    )
    assert inbox(http, world.doctor)["unread"] == 1


def test_a_clinical_document_that_hides_itself_from_parents_is_not_joined(  # R-MSG-06
    world: World, http: Client
) -> None:
    child = a_minor(world.other)
    represent(world.other, child.pid)
    handle = tokens.new_handle(child.pid, world.laboratory.id, now.now())[0]
    made = begin(http, world.laboratory, handle).json()
    hidden = a_cda(ins=child.identity.ins, traits=child.identity.traits).replace(
        b'<confidentialityCode code="N"/>',
        f'<confidentialityCode code="{PARENTS_CODE}"/>'.encode(),
    )
    refused = attach(http, world.laboratory, made, hidden)
    assert refused.status == 422
    assert refused.json()["errors"][0]["code"] == "secret_document"
    told = http.get(f"/v1/patients/{child.pid}/trace", as_=world.other.principal)
    assert "pièce jointe" not in told.body.decode()


def test_the_clinical_document_of_somebody_else_is_not_joined(world: World, http: Client) -> None:
    made = begun(world, http)
    theirs = a_cda(ins=world.other.identity.ins, traits=world.other.identity.traits)
    hers = a_cda(ins=world.person.identity.ins, traits=world.person.identity.traits)
    refused = attach(http, world.doctor, made, theirs)
    assert (refused.status, refused.problem) == (422, "document-refused")
    for sender in (world.doctor, world.person):
        assert attach(http, sender, made, hers).status == 201
