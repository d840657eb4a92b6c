"""What waits for the consultation in which it is announced does not exist for the person (D15)."""

import base64
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine

from chalicelib.access import tokens
from chalicelib.access.permissions import Permission
from chalicelib.core import clock as product_clock
from chalicelib.core import ids
from tests import double
from tests.builders import (
    Actor,
    Minor,
    Patient,
    a_consent,
    a_doctor,
    a_draft,
    a_grant,
    a_laboratory,
    a_minor,
    a_pdf,
    a_person,
    an_application,
    represent,
)
from tests.faults.stories import waiting
from tests.http_client import Client, Reply
from tests.record import sending
from tests.record.cda.samples import a_cda
from tests.record.test_secrecy import announced_to_parents, seen_by_a_parent
from tests.record.test_versions import ROOT, a_result, withdraw

REASON: Final = "Annonce prévue lors de la consultation du 3 décembre"
WITHHELD: Final = {"visibility": "invisible_to_patient", "visibility_reason": REASON}
# A clinical document says the rest itself.
BARE: Final = {"title": None, "type_code": None, "care_date": None, "format": "text/xml"}
HIDDEN: Final = b'<confidentialityCode code="INVISIBLE_PATIENT"/>'
HIDDEN_FROM_PARENTS: Final = b'<confidentialityCode code="INVISIBLE_REPRESENTANTS_LEGAUX"/>'


@dataclass(frozen=True, slots=True)
class Around:
    """Who is around a record: her laboratory, a doctor and a nurse she authorised."""

    person: Patient
    laboratory: Actor
    doctor: Actor
    nurse: Actor


@pytest.fixture
def around(http: Client, clock: time_machine.Traveller) -> Around:
    del http, clock
    made = Around(a_person(), a_laboratory(), a_doctor(), a_doctor(profession_code="60"))
    for one in (made.doctor, made.nurse):
        a_grant(made.person, one)
    return made


def subject(http: Client, who: Actor, person: Patient | Minor) -> str:
    """Name the person as this one does; no search of hers, told at the instant of the deposit."""
    del http
    if who.principal.kind == "organisation":
        return tokens.new_handle(person.pid, who.id, product_clock.now())[0]
    return person.pid


def deposit(http: Client, who: Actor, person: Patient | Minor, **fields: Any) -> Reply:
    return http.post(
        f"/v1/patients/{subject(http, who, person)}/documents",
        as_=who.principal,
        json=a_draft(**fields),
        headers={"Idempotency-Key": ids.new_id()},
    )


def withheld(http: Client, who: Actor, person: Patient, **fields: Any) -> str:
    reply = deposit(http, who, person, **WITHHELD, **fields)
    assert reply.status == 201, reply.body
    one: str = reply.json()["id"]
    return one


def result(
    http: Client,
    around: Around,
    number: int,
    replaces: int | str | None = None,
    *,
    is_withheld: bool = True,
) -> str:
    """Deposit a CDA of the laboratory; `replaces` is the number of another one."""
    content = a_result(around.person, number, replaces)
    said = BARE | (WITHHELD if is_withheld else {})
    reply = deposit(http, around.laboratory, around.person, content=content, **said)
    assert reply.status == 201, reply.body
    one: str = reply.json()["id"]
    return one


def get(http: Client, who: Actor, person: Patient, path: str) -> Reply:
    return http.get(f"/v1/patients/{subject(http, who, person)}{path}", as_=who.principal)


def reveal(http: Client, who: Actor, person: Patient, one: str) -> Reply:
    target = f"/v1/patients/{subject(http, who, person)}/documents/{one}/visibility"
    return http.put(target, as_=who.principal, json={"visibility": "normal"})


def listed(http: Client, who: Actor, person: Patient) -> list[str]:
    return [one["id"] for one in get(http, who, person, "/documents").json()["items"]]


def told(http: Client, person: Patient) -> list[str]:
    items = get(http, person, person, "/trace?others=true").json()["items"]
    return [one["label"] for one in items if one["document"]]


def test_it_is_for_professionals_until_it_is_announced(http: Client, around: Around) -> None:
    person, before = around.person, len(waiting())
    one = withheld(http, around.laboratory, person)

    assert len(waiting()) == before, "nobody is told"
    assert listed(http, person, person) == []
    assert get(http, person, person, "/home").json()["documents"] == []
    for who, may_reveal in (
        (around.doctor, True),
        (around.nurse, False),
        (around.laboratory, True),
    ):
        reply = get(http, who, person, f"/documents/{one}")
        assert reply.status == 200
        assert (reply.json()["visibility"], reply.json()["abilities"]["reveal"]) == (
            "invisible_to_patient",
            may_reveal,
        )
        assert reply.json()["announcement"] == {"reason": REASON, "review_on": "2026-12-23"}
    assert get(http, around.doctor, person, "/news").json()["new_documents"] == 1


def test_once_announced_it_is_hers_and_so_is_what_was_done_to_it(
    http: Client, around: Around, clock: time_machine.Traveller
) -> None:
    person = around.person
    one = withheld(http, around.laboratory, person)
    get(http, around.doctor, person, f"/documents/{one}/content")
    never = withheld(http, around.laboratory, person)
    assert told(http, person) == []
    before = len(waiting())

    clock.shift(timedelta(minutes=3))
    refused = reveal(http, around.nurse, person, one)
    done = [reveal(http, around.doctor, person, one) for _ in range(2)]

    assert refused.status == 404
    assert [(one.status, one.header("ETag")) for one in done] == [(200, '"v2"')] * 2
    assert done[0].json() == done[1].json()
    assert (done[0].json()["visibility"], done[0].json()["announcement"]) == ("normal", None)
    assert [row.type for row in waiting()[before:]] == ["document.added"], "told once, as of new"
    assert listed(http, person, person) == [one]
    assert get(http, person, person, f"/documents/{one}/content").status == 200
    assert {"a rendu visible un document, après l’avoir annoncé", "a ouvert un document"} < set(
        said := told(http, person)
    )
    assert "a déposé un document" in said
    assert never in listed(http, around.doctor, person)


def test_what_was_told_stays_told_once_it_is_taken_back(http: Client, around: Around) -> None:
    person = around.person
    one, other = (withheld(http, around.laboratory, person) for _ in range(2))
    reveal(http, around.laboratory, person, one)
    handle = subject(http, around.laboratory, person)
    for known, version in ((one, 2), (other, 1)):
        reply = http.delete(
            f"/v1/patients/{handle}/documents/{known}?reason=other",
            as_=around.laboratory.principal,
            headers={"If-Match": f'"v{version}"'},
        )
        assert reply.status == 204, reply.body
    items = get(http, person, person, "/trace?others=true").json()["items"]
    labels = [line["label"] for line in items]
    assert labels.count("a déposé un document") == 1


def test_a_clinical_documents_header_is_enough(http: Client, around: Around) -> None:
    known = around.person.identity
    content = a_cda(ins=known.ins, traits=known.traits).replace(
        b'<confidentialityCode code="N"/>', HIDDEN
    )
    said = {"title": None, "type_code": None, "care_date": None, "format": "text/xml"}
    for reason in (None, REASON):
        reply = deposit(
            http, a_laboratory(), around.person, content=content, visibility_reason=reason, **said
        )
        assert reply.status == 201, reply.body
        assert reply.json()["announcement"]["reason"] == reason
    assert listed(http, around.person, around.person) == []
    own = deposit(http, around.person, around.person, content=content, **said)
    assert own.json().get("reason") == "professional_only", "a copy she has is not withheld"


def test_it_takes_a_reason_and_is_not_for_her_side_to_choose(http: Client, around: Around) -> None:
    asked = (
        (around.laboratory, {"visibility": "invisible_to_patient"}, "visibility_reason", "missing"),
        (around.laboratory, {"visibility_reason": REASON}, "visibility_reason", "not_withheld"),
        (
            around.laboratory,
            {"visibility": "normal", "visibility_reason": REASON},
            "visibility_reason",
            "not_withheld",
        ),
        (around.person, WITHHELD | {"type_code": None}, "visibility", "visibility_reserved"),
    )
    for who, said, pointer, code in asked:
        reply = deposit(http, who, around.person, **said)
        assert reply.status == 422, reply.body
        assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [
            (f"/{pointer}", code)
        ]


def test_a_minors_secrecy_and_an_announcement_are_not_both(http: Client, around: Around) -> None:
    """Made visible to her, it would be to who represents her."""
    child = a_minor(around.person)
    content = a_cda(ins=child.identity.ins, traits=child.identity.traits).replace(
        b'<confidentialityCode code="N"/>', HIDDEN
    )
    reply = deposit(
        http, around.laboratory, child, content=content, title=None, type_code=None,
        care_date=None, format="text/xml", visibility="invisible_to_representatives",
    )  # fmt: skip
    assert (reply.status, reply.json()["errors"][0]["code"]) == (422, "visibility_both")


def test_what_it_replaced_before_the_announcement_stays_unknown(
    http: Client, around: Around
) -> None:
    person = around.person
    made = [result(http, around, *one) for one in ((1,), (2, 1))]
    of_former = reveal(http, around.doctor, person, made[0])
    done = reveal(http, around.doctor, person, made[1])

    assert (of_former.status, of_former.problem) == (409, "superseded")
    assert done.json()["replaces"] is None
    assert listed(http, person, person) == [made[1]]
    assert get(http, person, person, f"/documents/{made[0]}").status == 404
    former = get(http, around.doctor, person, f"/documents/{made[0]}").json()
    assert (former["replaced_by"], former["abilities"]["reveal"]) == (made[1], False)


@pytest.mark.parametrize("is_withdrawn_first", [False, True])
def test_what_replaced_nothing_is_told_alike(  # D15
    http: Client, around: Around, *, is_withdrawn_first: bool
) -> None:
    """Once visible, nothing of a version tells that the former is there, nor that it goes."""
    person = around.person
    former = result(http, around, 1)
    after, after_none = (result(http, around, *one) for one in ((2, 1), (12, 11)))
    if is_withdrawn_first:
        withdraw(http, around.laboratory, person, former)
    for one in (after, after_none):
        reveal(http, around.doctor, person, one)
    if not is_withdrawn_first:
        before = get(http, person, person, f"/documents/{after}").header("ETag")
        withdraw(http, around.laboratory, person, former)
        assert get(http, person, person, f"/documents/{after}").header("ETag") == before

    replies = [get(http, person, person, f"/documents/{one}") for one in (after, after_none)]
    drawn = {"id", "sha256", "size_bytes", "deposited_at"}
    alike = [
        {name: part for name, part in one.json().items() if name not in drawn} for one in replies
    ]
    assert alike[0] == alike[1]
    assert (alike[0]["warnings"], alike[0]["replaces"]) == (["not_replaced"], None)
    assert replies[0].header("ETag") == replies[1].header("ETag") == '"v2"'
    withdraw(http, around.laboratory, person, after)


def test_a_hidden_version_is_not_current_beside_its_correction(
    http: Client, around: Around
) -> None:
    """Two results that contradict each other are dangerous, one of them to be announced."""
    person, laboratory = around.person, around.laboratory
    first, second = (result(http, around, *one) for one in ((1,), (2, 1)))
    reveal(http, around.doctor, person, second)
    third = result(http, around, 3, 2, is_withheld=False)
    withdraw(http, laboratory, person, second)

    assert listed(http, around.doctor, person) == listed(http, person, person) == [third]
    assert reveal(http, around.doctor, person, first).problem == "superseded"
    assert get(http, person, person, f"/documents/{third}").json()["replaces"] is None
    withdraw(http, laboratory, person, third)
    assert listed(http, around.doctor, person) == [first], "no result is lost"
    assert reveal(http, around.doctor, person, first).status == 200


def test_what_is_hidden_is_passed_over_for_another_that_is_named(
    http: Client, around: Around
) -> None:
    """As if it were not there (D15)."""
    result(http, around, 1)
    plain = result(http, around, 2, is_withheld=False)
    named = "".join(f'<id root="{ROOT}" extension="EXEMPLE-{n}"/>' for n in (1, 2))
    last = result(http, around, 3, named, is_withheld=False)
    assert get(http, around.person, around.person, f"/documents/{last}").json()["replaces"] == plain


def test_a_hidden_version_is_found_past_one_that_was_withdrawn(
    http: Client, around: Around
) -> None:
    person, laboratory = around.person, around.laboratory
    made = [result(http, around, *one) for one in ((1,), (2, 1), (3, 2))]
    reveal(http, around.doctor, person, made[2])
    for one in (made[1], made[2]):
        withdraw(http, laboratory, person, one)
    assert listed(http, around.doctor, person) == [made[0]]


@pytest.mark.parametrize("in_two_steps", [False, True])
def test_what_she_is_told_is_what_she_would_be_if_it_did_not_exist(  # D15
    http: Client,
    around: Around,
    clock: time_machine.Traveller,
    record_property: Callable[[str, object], None],
    *,
    in_two_steps: bool,
) -> None:
    """The same acts are played twice: with what waits to be announced, and without it."""
    person, doctor = around.person, a_doctor()
    a_grant(person, doctor, used=False)  # her first access would be told
    parent = a_person()
    represent(parent, person.pid)
    contents = [a_pdf(f"announced {n}") for n in range(3)]
    app = a_consent(person, an_application(), *Permission)
    begun, at, answers = double.snapshot(), product_clock.now(), []
    for with_it in (True, False):
        double.restore(begun)
        double.new_process()
        clock.move_to(at)
        subject(http, around.laboratory, person)
        clock.shift(timedelta(seconds=1))  # their lines are in this order
        plain = _sent(http, around, a_draft(contents[0]))
        clock.shift(timedelta(minutes=1))
        if with_it:
            _life(http, around, doctor, contents[1], in_two_steps=in_two_steps)
            _versions(http, around, doctor)
        clock.shift(timedelta(minutes=1))
        deposit(http, around.doctor, person, content=contents[2])
        minor, known = Minor(person.pid, person.identity), [plain, ids.new_id()]
        acted, found = double.snapshot(), list[Any]()
        for reader in (person, parent):
            double.restore(acted)
            found += seen_by_a_parent(http, reader, minor, known)
        listing = http.get("/fhir/R4/DocumentReference", as_=app.principal).json()
        found.append([one["resource"]["date"] for one in listing["entry"]])
        found.append(announced_to_parents())
        answers.append(found)

    assert answers[0] == answers[1]
    record_property("survived", f"announcement: {len(answers[0])} answers alike")


def _target(around: Around) -> str:
    """Where the laboratory deposits; that it looks for her first is in her history."""
    now = product_clock.now()
    handle, _ = tokens.new_handle(around.person.pid, around.laboratory.id, now)
    return f"/v1/patients/{handle}/documents"


def _sent(http: Client, around: Around, body: dict[str, Any]) -> str:
    key = {"Idempotency-Key": ids.new_id()}
    who = around.laboratory.principal
    reply = http.post(_target(around), as_=who, json=body, headers=key)
    assert reply.status == 201, reply.body
    one: str = reply.json()["id"]
    return one


def _versions(http: Client, around: Around, doctor: Actor) -> None:
    """Correct what a header withholds, be refused its announcement, withdraw the correction."""
    made, who = [], around.laboratory.principal
    for number in (1, 2):
        content = a_result(around.person, number, number - 1 or None)
        content = content.replace(b'<confidentialityCode code="N"/>', HIDDEN)
        made.append(_sent(http, around, BARE | {"content": base64.b64encode(content).decode()}))
    assert reveal(http, doctor, around.person, made[0]).problem == "superseded"
    assert reveal(http, around.nurse, around.person, made[1]).status == 404
    target = f"{_target(around)}/{made[1]}?reason=wrong_document"
    assert http.delete(target, as_=who, headers={"If-Match": '"v1"'}).status == 204


def _life(
    http: Client, around: Around, doctor: Actor, content: bytes, *, in_two_steps: bool
) -> None:
    """Deposit, deposit again, read, try to join to a message; none of it is hers to know."""
    target, who, person = _target(around), around.laboratory.principal, around.person
    body = a_draft(content, **WITHHELD)
    if in_two_steps:
        body |= {"content": None, "size_bytes": len(content)}
    key = {"Idempotency-Key": ids.new_id()}
    one = http.post(target, as_=who, json=body, headers=key).json()["id"]
    if in_two_steps:
        for sent, status in ((b"not this", 422), (content, 201), (content, 201), (b"other", 409)):
            headers = {"Content-Type": "application/octet-stream"}
            reply = http.put(f"{target}/{one}/content", as_=who, body=sent, headers=headers)
            assert reply.status == status, reply.body
    again = {"Idempotency-Key": ids.new_id()}
    assert http.post(target, as_=who, json=a_draft(content), headers=again).status == 409
    for path in ("", "/content"):
        assert http.get(f"{target}/{one}{path}", as_=who).status == 200
        assert get(http, doctor, person, f"/documents/{one}{path}").status == 200


def test_it_is_not_joined_to_a_message_that_she_reads(http: Client, around: Around) -> None:
    one = withheld(http, around.laboratory, around.person)
    made = http.post(
        "/v1/conversations",
        as_=around.doctor.principal,
        json={"patient_id": around.person.pid, "subject": "Suivi", "body": "Bonjour"},
        headers={"Idempotency-Key": ids.new_id()},
    ).json()
    reply = http.post(
        f"/v1/conversations/{made['id']}/attachments/from-record",
        as_=around.doctor.principal,
        json={"document_id": one},
        headers={"Idempotency-Key": ids.new_id()},
    )
    assert (reply.status, reply.json()["errors"][0]["code"]) == (422, "withheld_document")
    assert told(http, around.person) == []


def asked(http: Client, person: Patient) -> list[tuple[str, str]]:
    """Return what her history says, and how it ended."""
    items = get(http, person, person, "/trace?others=true").json()["items"]
    return [(one["label"], one["outcome"]) for one in items]


def test_who_may_not_make_it_visible_is_said_to_have_asked_for_a_document(
    http: Client, around: Around
) -> None:
    """Else the question itself would tell that something waits."""
    person, stranger = around.person, a_doctor()
    waits, gone = (withheld(http, around.laboratory, person) for _ in range(2))
    handle = subject(http, around.laboratory, person)
    http.delete(
        f"/v1/patients/{handle}/documents/{gone}?reason=other",
        as_=around.laboratory.principal,
        headers={"If-Match": '"v1"'},
    )
    before = asked(http, person)

    refused = [
        reveal(http, around.doctor, person, gone),
        reveal(http, stranger, person, waits),
        reveal(http, around.nurse, person, waits),
    ]

    assert [one.status for one in refused] == [404] * 3
    said = sorted((Counter(asked(http, person)) - Counter(before)).elements())
    assert said == [("a demandé à consulter la fiche d’un document", "refused")] * 2, (
        "the nurse's is apart"
    )


AS_SAID: Final = {"title": None, "type_code": None, "care_date": None, "format": "text/xml"}


def hidden(person: Patient | Minor, header: bytes = HIDDEN) -> bytes:
    """Return a clinical document whose header alone says to whom it is not shown."""
    known = person.identity
    content = a_cda(ins=known.ins, traits=known.traits)
    return content.replace(b'<confidentialityCode code="N"/>', header)


def announced(
    http: Client, who: Actor, person: Patient | Minor, content: bytes, **said: Any
) -> str:
    """Announce a content that follows, and return where it goes."""
    at = f"/v1/patients/{subject(http, who, person)}/documents"
    body = {"size_bytes": len(content), **said}
    headers = {"Idempotency-Key": ids.new_id()}
    reply = http.post(at, as_=who.principal, json=body, headers=headers)
    assert reply.status == 202, reply.body
    return f"{at}/{reply.json()['id']}"


def sent(http: Client, who: Actor, target: str, content: bytes) -> Reply:
    headers = {"Content-Type": "application/octet-stream"}
    return http.put(f"{target}/content", as_=who.principal, body=content, headers=headers)


def test_a_reason_announces_a_header_that_says_it_is_withheld(http: Client, around: Around) -> None:
    person, laboratory = around.person, around.laboratory
    before = asked(http, person)
    for header, status in ((HIDDEN, 201), (b'<confidentialityCode code="N"/>', 422)):
        content = hidden(person, header)
        target = announced(
            http, laboratory, person, content, visibility_reason=REASON, format="text/xml"
        )
        reply = sent(http, laboratory, target, content)
        assert reply.status == status, reply.body
    assert [one["code"] for one in reply.json()["errors"]] == ["not_withheld"]
    assert asked(http, person) == before


@pytest.mark.parametrize("of_a_minor", [False, True])
def test_a_header_hides_only_what_was_announced_so(
    http: Client, around: Around, *, of_a_minor: bool
) -> None:
    """Its announcement is told already: nothing may come of it that is not."""
    person, laboratory = around.person, around.laboratory
    child = a_minor(person)
    represent(person, child.pid)
    whose = child if of_a_minor else person
    content = hidden(whose, HIDDEN_FROM_PARENTS if of_a_minor else HIDDEN)
    target = announced(http, laboratory, whose, content, format="text/xml")
    before = http.get(f"/v1/patients/{whose.pid}/trace?others=true", as_=person.principal).json()
    reply = sent(http, laboratory, target, content)

    assert reply.status == 422, reply.body
    assert [one["code"] for one in reply.json()["errors"]] == ["visibility_not_announced"]
    after = http.get(f"/v1/patients/{whose.pid}/trace?others=true", as_=person.principal).json()
    assert after["items"] == before["items"]
    if of_a_minor:
        said = {"visibility": "invisible_to_representatives", "format": "text/xml"}
        again = announced(http, laboratory, whose, content, **said)
        assert sent(http, laboratory, again, content).status == 201


def test_what_is_refused_of_a_withheld_sending_is_not_told(http: Client, around: Around) -> None:
    """Once a key is taken back, an idempotency key used again, or a hash not the content's."""
    person, doctor, laboratory = around.person, around.doctor, around.laboratory
    content = a_pdf("later")
    target = announced(http, doctor, person, content, type_code="11502-2", **WITHHELD)
    at, key = target.rpartition("/")[0], {"Idempotency-Key": ids.new_id()}
    first = a_draft(a_pdf("first"), **WITHHELD)
    assert http.post(at, as_=doctor.principal, json=first, headers=key).status == 201
    header_only = a_draft(hidden(person), **AS_SAID, sha256="0" * 64)
    before = asked(http, person)

    other = http.post(at, as_=doctor.principal, json=a_draft(content, **WITHHELD), headers=key)
    assert (other.status, other.problem) == (422, "idempotency-key-reused")
    reply = deposit(http, laboratory, person, content=hidden(person), **AS_SAID, sha256="0" * 64)
    assert reply.json()["errors"][0]["code"] == "hash_mismatch"
    keys = f"/v1/patients/{person.pid}/authorisations/{doctor.id}"
    assert http.delete(keys, as_=person.principal).status == 204
    assert sent(http, doctor, target, content).status == 404

    assert asked(http, person) == before
    assert http.post(at, as_=doctor.principal, json=header_only, headers=key).status == 404
    assert len(asked(http, person)) == len(before) + 1, "who may not deposit hides nothing"


def test_a_withheld_sending_that_is_given_up_stays_unknown(http: Client, around: Around) -> None:
    person, doctor = around.person, around.doctor
    told_of = sending.announce(http, doctor.principal, person.pid, sending.LONG, **WITHHELD)
    href = f"/v1/patients/{person.pid}/documents/{told_of['id']}"
    before = asked(http, person)
    etag = http.get(href, as_=doctor.principal).header("ETag") or ""
    for status in (204, 404):
        gone = http.delete(f"{href}?reason=other", as_=doctor.principal, headers={"If-Match": etag})
        assert gone.status == status, gone.body
    assert http.get(href, as_=doctor.principal).status == 404
    other = sending.announce(
        http, doctor.principal, person.pid, sending.LONG, key="large-0002", **WITHHELD
    )
    sending.send(http, doctor.principal, other, sending.LONG)
    assert sending.complete(http, doctor.principal, other).status == 202
    keys = f"/v1/patients/{person.pid}/authorisations/{doctor.id}"
    assert http.delete(keys, as_=person.principal).status == 204
    assert sending.inspect() == []
    path = f"/v1/patients/{person.pid}/documents/{other['id']}"
    assert http.get(path, as_=doctor.principal).status == 404

    assert asked(http, person) == before


@pytest.mark.parametrize(
    "header",
    [
        b'<confidentialityCode code=" invisible_patient "/>',
        b'<confidentialityCode code="N"/><confidentialityCode code="INVISIBLE_PATIENT"/>',
        b'<confidentialityCode code="INVISIBLE_PATIENT"/><confidentialityCode code="MASQUE_PS"/>',
    ],
)
def test_a_header_hides_however_it_is_written(http: Client, around: Around, header: bytes) -> None:
    content = hidden(around.person, header)
    made = deposit(http, around.laboratory, around.person, content=content, **AS_SAID).json()
    assert made["visibility"] == "invisible_to_patient"
    assert ("confidentiality" in made["warnings"]) == (b"MASQUE_PS" in header)
