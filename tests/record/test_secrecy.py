"""Minors' secrecy (R-MIN-03, D15): for who represents her, what is secret does not exist."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest
import time_machine

from chalicelib.access import tokens
from chalicelib.access.store import AccountRow, account_key
from chalicelib.audit import keys, seal
from chalicelib.audit.model import Audience
from chalicelib.core import clock as product_clock
from chalicelib.core import ids, rows
from chalicelib.core.rows import table_name
from chalicelib.http.principal import Principal
from chalicelib.identity import accounts
from chalicelib.workers.archive import archive
from tests import double
from tests.builders import (
    ISSUER,
    Actor,
    Minor,
    Patient,
    a_doctor,
    a_draft,
    a_laboratory,
    a_minor,
    a_pdf,
    a_person,
    a_session,
)
from tests.faults.stories import waiting
from tests.http_client import Client, Reply
from tests.record.cda.samples import a_cda
from tests.recorder import recorder
from tests.workers.lambda_events import from_stream, serve

WITHDRAWN: Final = "document.withdrawn"
SECRET: Final = {"visibility": "invisible_to_representatives"}


@pytest.fixture
def mother(http: Client, clock: time_machine.Traveller) -> Patient:
    del http, clock
    return a_person()


@pytest.fixture
def child(http: Client, mother: Patient) -> Minor:
    made = a_minor(mother, birth_date=date(2010, 5, 4))
    http.put(
        f"/v1/patients/{mother.pid}/children/{made.pid}",
        as_=mother.principal,
        json={"certifies": True},
    )
    return made


@pytest.fixture
def doctor(http: Client, mother: Patient, child: Minor) -> Actor:
    """A doctor whom the mother authorised."""
    made = a_doctor()
    http.put(f"/v1/patients/{child.pid}/authorisations/{made.id}", as_=mother.principal, json={})
    return made


def subject(who: Actor, pid: str) -> str:
    if who.principal.kind == "organisation":
        return tokens.new_handle(pid, who.id, product_clock.now())[0]
    return pid


def deposit(http: Client, who: Actor, child: Minor, **fields: Any) -> Reply:
    return http.post(
        f"/v1/patients/{subject(who, child.pid)}/documents",
        as_=who.principal,
        json=a_draft(**fields),
        headers={"Idempotency-Key": ids.new_id()},
    )


def secretly(http: Client, who: Actor, child: Minor, **fields: Any) -> str:
    reply = deposit(http, who, child, **SECRET, **fields)
    assert (reply.status, reply.json()["visibility"]) == (201, SECRET["visibility"])
    one: str = reply.json()["id"]
    return one


def get(http: Client, who: Actor, child: Minor, path: str) -> Reply:
    return http.get(f"/v1/patients/{subject(who, child.pid)}{path}", as_=who.principal)


def her_own(child: Minor) -> Principal:
    """The session of the child herself, once she has an account."""
    account = accounts.of_person(
        ISSUER,
        f"S{child.pid}",
        child.identity.traits,
        "e@exemple.test",
        product_clock.now(),
    )
    return a_session(account)


def labels(reply: Reply) -> list[str]:
    return [one["label"] for one in reply.json()["items"]]


def seen_by_a_parent(http: Client, parent: Patient, child: Minor, known: list[str]) -> list[Any]:
    """Everything that a parent can be told of the child's record."""
    paths = ["/documents", "/documents?limit=1", "/documents?from=2026-01-01&limit=2"]
    paths += ["/documents?category=BIOLOGIE", "/home", "/notices", "/trace?others=true"]
    paths += ["/trace?outcome=refused&others=true", "/authorisations"]
    paths += ["/trace/proof", "/trace/proof?audience=minor"]
    paths += [f"/documents/{one}{part}" for one in known for part in ("", "/content", "/narrative")]
    paths += ["/appointments", "/appointments?limit=1", "/prevention"]
    told = [comparable(get(http, parent, child, path)) for path in paths]
    return told + [comparable(one) for one in conversations(http, parent, child)]


def conversations(http: Client, parent: Patient, child: Minor) -> list[Reply]:
    """Return the list of the child's conversations, and what is written in each."""
    listed = http.get(f"/v1/conversations?patient_id={child.pid}", as_=parent.principal)
    targets = [f"/v1/conversations/{one['id']}/messages" for one in listed.json()["items"]]
    return [listed, *(http.get(target, as_=parent.principal) for target in targets)]


def comparable(reply: Reply) -> tuple[int, Any, list[tuple[str, str]]]:
    """Leave out what is drawn anew at each request: ids, cursors, hashes and instants of traces."""
    headers = [pair for pair in reply.headers if pair[0] not in {"X-Request-Id", "Content-Length"}]
    is_json = "json" in (reply.header("Content-Type") or "")
    return reply.status, _without_chance(reply.json()) if is_json else reply.body, headers


DRAWN: Final = {"id", "next", "trace_id", "commitment", "leaf", "trace", "unsealed", "archived"}


def _without_chance(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: bool(part) if name in DRAWN else _without_chance(part)
            for name, part in value.items()
        }
    return [_without_chance(part) for part in value] if isinstance(value, list) else value


Step = Callable[[bool], None]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
def test_what_a_parent_is_told_is_what_she_would_be_if_the_secret_did_not_exist(  # D15
    http: Client,
    mother: Patient,
    child: Minor,
    doctor: Actor,
    clock: time_machine.Traveller,
    *,
    number: int,
    record_property: Callable[[str, object], None],
) -> None:
    """The same acts are played twice: with what is secret, and without it."""
    chance = random.Random(number)  # noqa: S311  a repeatable draw
    laboratory = a_laboratory()
    contents = [a_pdf(f"{number}.{n}") for n in range(5)]
    kinds = [chance.choice(["plain", "plain", "secret", "secret", "announced"]) for _ in contents]
    if not {"secret", "announced"} & set(kinds):
        kinds[3] = "secret"
    acts = [(chance.choice([laboratory, doctor]), kind) for kind in kinds]
    begun, told, at = double.snapshot(), [], product_clock.now()
    for with_secret in (True, False):
        double.restore(begun)
        double.new_process()
        clock.move_to(at)
        made: list[str] = []
        written = _ordinary_life(http, doctor, child, clock)
        for (who, kind), content in zip(acts, contents, strict=True):
            clock.shift(timedelta(minutes=1))
            if kind == "plain":
                made.append(deposit(http, who, child, content=content).json()["id"])
                clock.shift(timedelta(seconds=1))  # their lines are in this order
                get(http, doctor, child, f"/documents/{made[-1]}/content")
            elif with_secret:
                one = _secret_life(http, who, doctor, child, content, announced=kind != "secret")
                _not_joined(http, doctor, written, one)
                _taken_back(http, who, child, one)
        known = [*made[:1], ids.new_id()]
        told.append(seen_by_a_parent(http, mother, child, known))
        told[-1].append(announced_to_parents())

    assert told[0] == told[1]
    record_property("survived", f"minors' secrecy, play {number}: {len(told[0])} answers alike")


def announced_to_parents() -> list[tuple[str, str]]:
    """Return the events that wait to be told; a withdrawal is told to the operator only."""
    return sorted((row.type, row.patient_id) for row in waiting() if row.type != WITHDRAWN)


def _ordinary_life(http: Client, doctor: Actor, child: Minor, clock: time_machine.Traveller) -> str:
    """Set an appointment and open a conversation, which parents see; return its id."""
    draft = {"title": "Suivi", "start": "2027-03-01T09:00", "zone": "Europe/Paris"}
    opening = {"patient_id": child.pid, "subject": "Suivi", "body": "Bonjour"}
    at = f"/v1/patients/{child.pid}/appointments"
    for target, body in ((at, draft), ("/v1/conversations", opening)):
        key = {"Idempotency-Key": ids.new_id()}
        made = http.post(target, as_=doctor.principal, json=body, headers=key)
        assert made.status == 201, made.body
        clock.shift(timedelta(seconds=1))
    one: str = made.json()["id"]
    return one


def _not_joined(http: Client, doctor: Actor, conversation: str, document: str) -> None:
    """Try to join what is secret to a conversation that parents read, in vain (R-MSG-06)."""
    reply = http.post(
        f"/v1/conversations/{conversation}/attachments/from-record",
        as_=doctor.principal,
        json={"document_id": document},
        headers={"Idempotency-Key": ids.new_id()},
    )
    assert (reply.status, reply.json()["errors"][0]["code"]) == (422, "secret_document")


def _secret_life(
    http: Client,
    who: Actor,
    reader: Actor,
    child: Minor,
    content: bytes,
    *,
    announced: bool,
) -> str:
    """Deposit, deposit again, read by who may and who may not; return its id."""
    at = f"/v1/patients/{subject(who, child.pid)}/documents"
    key = {"Idempotency-Key": ids.new_id()}
    if announced:
        body = a_draft(content, **SECRET) | {"content": None, "size_bytes": len(content)}
        one = http.post(at, as_=who.principal, json=body, headers=key).json()["id"]
        for sent in (b"not this", content, content, b"another"):
            headers = {"Content-Type": "application/octet-stream"}
            http.put(f"{at}/{one}/content", as_=who.principal, body=sent, headers=headers)
    else:
        body = a_draft(content, **SECRET)
        one = http.post(at, as_=who.principal, json=body, headers=key).json()["id"]
    # The same bytes again, without a word of secrecy: refused, and no parent learns of it.
    again = {"Idempotency-Key": ids.new_id()}
    assert http.post(at, as_=who.principal, json=a_draft(content), headers=again).status == 409
    for path in ("", "/content"):
        assert get(http, who, child, f"/documents/{one}{path}").status == 200
        assert get(http, reader, child, f"/documents/{one}{path}").status == 200
    return str(one)


def _taken_back(http: Client, who: Actor, child: Minor, one: str) -> None:
    target = f"/v1/patients/{subject(who, child.pid)}/documents/{one}?reason=other"
    reply = http.delete(target, as_=who.principal, headers={"If-Match": '"v1"'})
    assert reply.status == 204, reply.body


def test_a_secret_document_is_for_a_parent_one_that_does_not_exist(
    http: Client, mother: Patient, child: Minor, doctor: Actor
) -> None:
    one = secretly(http, a_laboratory(), child)
    answers, costs = [], []
    get(http, mother, child, f"/documents/{ids.new_id()}")
    for path in (f"/documents/{one}", f"/documents/{ids.new_id()}"):
        for part in ("", "/content", "/narrative"):
            recorder.clear()
            reply = get(http, mother, child, path + part)
            costs.append(sorted(recorder.names))
            answers.append((reply.status, reply.body))
        recorder.clear()
        reply = http.delete(
            f"/v1/patients/{child.pid}{path}?reason=other",
            as_=mother.principal,
            headers={"If-Match": '"v1"'},
        )
        costs.append(sorted(recorder.names))
        answers.append((reply.status, reply.body))

    assert answers[:4] == answers[4:]
    assert costs[:4] == costs[4:]
    assert get(http, mother, child, "/documents").json()["items"] == []
    (listed,) = get(http, doctor, child, "/documents").json()["items"]
    assert (listed["id"], listed["visibility"]) == (one, SECRET["visibility"])


def test_pages_are_filled_whatever_is_secret_between(
    http: Client, mother: Patient, child: Minor, clock: time_machine.Traveller
) -> None:
    laboratory = a_laboratory()
    plain = []
    for n in range(9):
        secretly(http, laboratory, child)
        clock.shift(timedelta(seconds=1))
        if n % 3 == 0:
            plain.append(deposit(http, laboratory, child).json()["id"])
    pages, path = [], "/documents?limit=2"
    while path:
        page = get(http, mother, child, path).json()
        pages.append([one["id"] for one in page["items"]])
        path = f"/documents?limit=2&cursor={page['next']}" if page["next"] else ""

    assert pages == [plain[:0:-1], plain[:1]]


def test_the_trace_of_what_is_secret_is_the_minors_own(
    http: Client, mother: Patient, child: Minor, doctor: Actor
) -> None:
    one = secretly(http, doctor, child)
    get(http, doctor, child, f"/documents/{one}/content")

    hers = http.get(f"/v1/patients/{child.pid}/trace?others=true", as_=her_own(child))
    parents = get(http, mother, child, "/trace?others=true")

    assert {"a ouvert un document", "a déposé un document"} <= set(labels(hers))
    assert {one} == {line["document"]["id"] for line in hers.json()["items"] if line["document"]}
    said = [line for line in labels(parents) if "document" in line]
    assert said == []
    listed = get(http, mother, child, "/authorisations").json()["items"]
    assert listed[0]["first_used_at"] is None, "a first use would tell of it"


def test_a_second_sequence_seals_what_is_secret_and_is_proved_to_her_alone(  # D6
    http: Client, mother: Patient, child: Minor
) -> None:
    keys.ensure_sealing_key()
    secretly(http, a_laboratory(), child)
    before = len(_rows_of("P#", child))
    audit = double.tables()[table_name("audit")].items()
    serve(archive, from_stream(*[item for (pk, _), item in audit if pk.endswith(child.pid)]))

    general, minor = seal.head(child.pid), seal.head(child.pid, Audience.MINOR)
    assert general is not None
    assert minor is not None
    assert (general.seq + 1, minor.seq + 1) == (before, len(_rows_of("PS#", child)))
    path = f"/v1/patients/{child.pid}/trace/proof?audience=minor"
    hers = http.get(path, as_=her_own(child)).json()
    parents = http.get(path, as_=mother.principal).json()
    assert (hers["audience"], len(hers["items"]), hers["checkpoint"]["size"]) == ("minor", 1, 1)
    assert hers["items"][0]["trace"]["action"] == "record:document:add"
    assert hers["archived"] == hers["checkpoint"]
    assert (parents["items"], parents["checkpoint"], parents["unsealed"]) == ([], None, [])


def _rows_of(prefix: str, child: Minor) -> list[str]:
    return [sk for pk, sk in double.tables()[table_name("audit")] if pk == f"{prefix}{child.pid}"]


def test_nobody_is_told_of_what_is_secret(http: Client, mother: Patient, child: Minor) -> None:
    before = len(waiting())
    secretly(http, a_laboratory(), child)
    assert len(waiting()) == before
    assert get(http, mother, child, "/home").json()["documents"] == []


def test_a_clinical_documents_header_is_enough(http: Client, mother: Patient, child: Minor) -> None:
    known = child.identity
    content = a_cda(ins=known.ins, traits=known.traits, number=7).replace(
        b'<confidentialityCode code="N"/>',
        b'<confidentialityCode code="INVISIBLE_REPRESENTANTS_LEGAUX"/>',
    )
    laboratory = a_laboratory()
    reply = deposit(
        http, laboratory, child, content=content, title=None, type_code=None, care_date=None,
        format="text/xml",
    )  # fmt: skip
    assert (reply.status, reply.json().get("visibility")) == (201, SECRET["visibility"])
    assert get(http, mother, child, "/documents").json()["items"] == []
    parents = get(http, mother, child, "/trace?others=true")
    assert labels(parents) == []


def test_only_of_a_minor_and_never_by_a_parent(http: Client, mother: Patient, child: Minor) -> None:
    adult = deposit(http, a_laboratory(), Minor(mother.pid, mother.identity), **SECRET)
    parent = deposit(http, mother, child, type_code=None, **SECRET)

    for reply, code in ((adult, "not_a_minor"), (parent, "visibility_reserved")):
        assert reply.status == 422
        assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [
            ("/visibility", code)
        ]


def test_once_of_age_her_history_is_one_and_what_was_secret_is_hers(
    http: Client, mother: Patient, doctor: Actor, child: Minor, clock: time_machine.Traveller
) -> None:
    one = secretly(http, doctor, child)
    clock.move_to(product_clock.instant("2028-05-04T10:00:00.000Z"))
    adult, later = her_own(child), a_doctor()
    at = f"/v1/patients/{child.pid}"
    http.put(f"{at}/authorisations/{later.id}", as_=adult, json={})
    assert get(http, later, child, f"/documents/{one}/content").status == 200

    home = http.get(f"{at}/home", as_=adult).json()
    said = http.get(f"{at}/trace?others=true", as_=adult)

    assert [item["id"] for item in home["documents"]] == [one]
    assert [line["label"] for line in home["accesses"]][:1] == ["a ouvert un document"]
    assert "a déposé un document" in labels(said)
    assert "access.first" in {row.type for row in waiting() if row.patient_id == child.pid}
    account = rows.get(AccountRow, *account_key(mother.id))
    assert account is not None
    again = replace(mother, principal=a_session(account))
    assert get(http, again, child, f"/documents/{one}").status == 404


def test_a_search_at_a_minors_request_is_not_told_to_her_parents(
    http: Client, mother: Patient, child: Minor
) -> None:
    traits, laboratory = child.identity.traits, a_laboratory()
    body = {
        "ins": child.identity.ins.matricule,
        "family_name": traits.family_name,
        "given_name": traits.given_names[0],
        "birth_date": str(traits.birth_date),
        "sex": "female",
        "minor_secrecy": True,
    }
    stranger = a_doctor()
    found = http.post("/v1/patients/lookup", as_=laboratory.principal, json=body)
    refused = http.post("/v1/patients/lookup", as_=stranger.principal, json=body)

    assert (found.json()["accepts_deposits"], refused.status) == (True, 404)
    assert labels(get(http, mother, child, "/trace?others=true")) == []
    hers = http.get(f"/v1/patients/{child.pid}/trace?others=true", as_=her_own(child))
    assert sorted(line for line in labels(hers) if "votre espace" in line) == [
        "a demandé à trouver votre espace",
        "a recherché votre espace",
    ]


def test_an_adult_is_told_of_every_search(http: Client, mother: Patient) -> None:
    traits, laboratory = mother.identity.traits, a_laboratory()
    body = {
        "ins": mother.identity.ins.matricule,
        "family_name": traits.family_name,
        "given_name": traits.given_names[0],
        "birth_date": str(traits.birth_date),
        "sex": "female",
        "minor_secrecy": True,
    }
    http.post("/v1/patients/lookup", as_=laboratory.principal, json=body)
    http.post(
        "/v1/patients/lookup",
        as_=laboratory.principal,
        json=body | {"birth_date": "2015-01-01"},
    )
    home = http.get(f"/v1/patients/{mother.pid}/home", as_=mother.principal).json()
    assert [line["label"] for line in home["accesses"]] == ["a recherché votre espace"]
    listed = http.get(f"/v1/patients/{mother.pid}/trace?others=true", as_=mother.principal)
    assert sorted(labels(listed)) == [
        "a demandé à trouver votre espace",
        "a recherché votre espace",
    ]
