"""The whole story, told with words planted in every field; `test_canary` then looks for them."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import time_machine

from chalicelib.access.permissions import Permission
from chalicelib.audit.store import TraceRow
from chalicelib.core import ids, outbox
from chalicelib.core.outbox import OutboxRow
from chalicelib.core.rows import table_name
from chalicelib.identity import staff
from chalicelib.identity.values import Traits
from chalicelib.record.rules import PART_BYTES
from chalicelib.workers import relay
from chalicelib.workers.archive import archive
from chalicelib.workers.notify import notify
from chalicelib.workers.plan import plan
from chalicelib.workers.remind import remind
from chalicelib.workers.sweep import sweep
from infra.local.sample_documents import (
    Analysis,
    SampleLaboratory,
    SamplePatient,
    a_laboratory_report,
)
from tests import builders, double
from tests.builders import INS_OID, Actor, Minor, Patient, a_doctor, a_draft, a_laboratory, a_rpps
from tests.catalogue.samples import BODY
from tests.contracts.markers import MARKERS
from tests.fhir import resources as fhir
from tests.http_client import Client, Reply
from tests.oauth import asked
from tests.storage import files
from tests.workers.lambda_events import from_queue, from_stream, serve, tick

# The clock stands at half past nine, UTC; sessions last longer than that.
UNTIL_DUE: Final = timedelta(minutes=5)


@dataclass
class Seen:
    """What left the product, apart from what is stored."""

    good: list[bytes] = field(default_factory=list)
    problems: list[bytes] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)

    def keep(self, reply: Reply) -> Reply:
        (self.good if reply.status < 400 else self.problems).append(reply.body)
        # The name of a file is part of the answer to whoever may read it.
        kept = [pair for pair in reply.headers if pair[0] != "Content-Disposition"]
        self.headers.append(str(kept))
        return reply


@dataclass(frozen=True)
class Cast:
    """Who plays."""

    person: Patient
    child: Minor
    doctor: Actor
    laboratory: Actor


def cast_with_markers(monkeypatch: pytest.MonkeyPatch) -> Cast:
    traits = Traits(
        family_name=MARKERS["family name"],
        given_names=(MARKERS["given name"], "LOU"),
        birth_date=date(1985, 6, 12),
        sex="F",
        birth_place="75056",
    )
    with monkeypatch.context() as patched:
        patched.setattr(builders, "Traits", lambda **_: traits)
        person = builders.a_person(email=f"{MARKERS['e-mail address']}@exemple.test")
        hers = replace(
            traits, given_names=(MARKERS["given name of a child"],), birth_date=date(2019, 2, 11)
        )
        patched.setattr(builders, "Traits", lambda **_: hers)
        child = builders.a_minor(person)
    return Cast(person, child, a_doctor(), a_laboratory())


def lookup(cast: Cast, **changes: str) -> dict[str, str]:
    traits = cast.person.identity.traits
    return {
        "ins": cast.person.identity.ins.matricule,
        "family_name": traits.family_name,
        "given_name": traits.given_names[0],
        "birth_date": "1985-06-12",
        "sex": "female",
    } | changes


def report(cast: Cast) -> bytes:
    identity = cast.person.identity
    patient = SamplePatient(
        ins=identity.ins.matricule,
        ins_root=INS_OID,
        family_name=identity.traits.family_name,
        given_names=identity.traits.given_names,
        sex="F",
        birth_date=date(1985, 6, 12),
        birth_place="75056",
    )
    biologist = SampleLaboratory("Laboratoire Exemple", "750000001", "BIO", "LOGISTE", a_rpps())
    analysis = Analysis("3016-3", MARKERS["name of an analysis"], "m", 1.95, "mUI/L", 0.4, 4.0)
    return a_laboratory_report(
        patient,
        biologist,
        number=1,
        sampled_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        analyses=(analysis,),
        comment=MARKERS["comment of a report"],
    )


def play(cast: Cast, http: Client, travel: time_machine.Traveller) -> Seen:
    """Play the story, with its refusals; then everything that runs by itself."""
    seen = Seen()
    deposit(cast, http, seen)
    appoint(cast, http, seen)
    connect(cast, http, seen)
    manage(cast, http, seen)
    measure(cast, http, seen)
    answer(cast, http, seen)
    let_in(cast, http, seen)
    read(cast, http, seen)
    present(http, seen)
    fail(cast, http, seen)
    tell(seen)
    travel.shift(UNTIL_DUE)
    remind_due(seen)
    tell(seen)
    read_notices(cast, http, seen)
    seal_and_sweep()
    return seen


def key() -> dict[str, str]:
    return {"Idempotency-Key": ids.new_id()}


def draft(raw: bytes, kind: str, **more: Any) -> dict[str, object]:
    content = base64.b64encode(raw).decode()
    return a_draft(format=kind, title=MARKERS["title"], **more) | {"content": content}


def deposit(cast: Cast, http: Client, seen: Seen) -> None:
    laboratory, person = cast.laboratory.principal, cast.person
    found = seen.keep(http.post("/v1/patients/lookup", as_=laboratory, json=lookup(cast))).json()
    target = f"/v1/patients/{found['handle']}/documents"
    note = f"Tension 12/8. {MARKERS['text of a PDF or note']}".encode()
    pdf = files.a_pdf(text=MARKERS["text of a PDF or note"])
    cda = {"format": "text/xml", "content": base64.b64encode(report(cast)).decode()}
    for body in (draft(note, "text/plain"), draft(pdf, "application/pdf"), cda):
        reply = seen.keep(http.post(target, as_=laboratory, json=body, headers=key()))
        assert reply.status == 201, reply.body
    waits = draft(note + b" (6)", "text/plain", visibility="invisible_to_patient")
    word = MARKERS["reason of an announcement"]
    for reason, status in ((word, 201), (f"{word}\u0007", 422)):
        said = waits | {"visibility_reason": reason}
        reply = seen.keep(http.post(target, as_=laboratory, json=said, headers=key()))
        assert reply.status == status, reply.body
    own = draft(note + b" (2)", "text/plain", type_code=None)
    to_self = f"/v1/patients/{person.pid}/documents"
    seen.keep(http.post(to_self, as_=person.principal, json=own, headers=key()))
    later = own | {"content": None, "size_bytes": len(note) + 4, "sha256": None}
    pending = seen.keep(http.post(to_self, as_=person.principal, json=later, headers=key())).json()
    sent = http.put(pending["upload"]["href"], as_=person.principal, body=note + b" (3)")
    assert seen.keep(sent).status == 201, sent.body
    long = later | {"size_bytes": PART_BYTES + len(note), "sha256": "0" * 64}
    pending = seen.keep(http.post(to_self, as_=person.principal, json=long, headers=key())).json()
    target = f"{pending['upload']['parts_href']}/2"
    assert seen.keep(http.put(target, as_=person.principal, body=note)).status == 204


def an_appointment(**changes: Any) -> dict[str, Any]:
    return {
        "title": MARKERS["title of an appointment"],
        "start": "2026-12-03T09:30",
        "zone": "Europe/Paris",
        "place": MARKERS["place of an appointment"],
        "note": MARKERS["note of an appointment"],
        "link": f"https://exemple.test/{MARKERS['link of an appointment']}",
        "reminders": [1440],
    } | changes


def appoint(cast: Cast, http: Client, seen: Seen) -> None:
    """Set, change, export and cancel appointments, and read them by a secret link."""
    person, laboratory = cast.person.principal, cast.laboratory.principal
    record = f"/v1/patients/{cast.person.pid}"
    handle = http.post("/v1/patients/lookup", as_=laboratory, json=lookup(cast)).json()["handle"]
    body = an_appointment()
    theirs = http.post(
        f"/v1/patients/{handle}/appointments", as_=laboratory, json=body, headers=key()
    )
    assert seen.keep(theirs).status == 201, theirs.body
    own = seen.keep(http.post(f"{record}/appointments", as_=person, json=body, headers=key()))
    one = f"{record}/appointments/{own.json()['id']}"
    match = {"If-Match": '"v1"'}
    for path in (f"{record}/appointments", one, f"{one}/ics", f"{record}/home"):
        assert seen.keep(http.get(path, as_=person)).status == 200
    for changes in ({"place": "Ailleurs"}, {"title": body["title"] * 9}, {"zone": body["title"]}):
        seen.keep(http.request("PATCH", one, as_=person, json=changes, headers=match))
    forged = body | {"title": f"{body['title']}\r\n", "link": f"ftp://{body['note']}"}
    refused = http.post(f"{record}/appointments", as_=person, json=forged, headers=key())
    assert seen.keep(refused).status == 422
    feed = http.post(f"{record}/calendar-feeds", as_=person, json={"detail": "full"}, headers=key())
    calendar = seen.keep(http.get(feed.json()["url"].removeprefix("https://carnet.test")))
    assert calendar.status == 200
    cancelled = http.delete(one, as_=person, headers={"If-Match": '"v2"'})
    assert seen.keep(cancelled).status == 204


def connect(cast: Cast, http: Client, seen: Seen) -> None:
    """Let an application write, read, and say the planted words where they are refused."""
    app = builders.a_consent(cast.person, builders.an_application(), *Permission).principal
    for kind, body, wrong in full_resources(f"Patient/{app.patient}"):
        made = seen.keep(http.post(f"/fhir/R4/{kind}", as_=app, json=body))
        assert made.status == 201, made.body
        one = f"/fhir/R4/{kind}/{made.json()['id']}"
        query = "?code=29463-7" if kind == "Observation" else ""
        for target in (one, f"/fhir/R4/{kind}{query}"):
            assert seen.keep(http.get(target, as_=app)).status == 200
        word = MARKERS["title"]
        for member in (wrong, "subject", "participant"):
            bad = body | {member: word}
            refused = http.post(f"/fhir/R4/{kind}", as_=app, json=bad)
            assert seen.keep(refused).status == 422
        for name in ("_cursor", "date", "period", "_count", "patient"):
            reply = http.get(f"/fhir/R4/{kind}?{name}={word}", as_=app)
            assert seen.keep(reply).status in {400, 403}
    assert seen.keep(http.get(one.replace(kind, "Binary"), as_=app)).status == 200
    bundle = fhir.a_transaction(f"Patient/{app.patient}")
    bundle["entry"][0]["resource"]["deviceName"][0]["name"] = MARKERS["device of a measure"]
    assert seen.keep(http.post("/fhir/R4", as_=app, json=bundle)).status == 200


def full_resources(whose: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give resources full of planted words, and of each the element to say wrongly."""
    comment = [{"text": MARKERS["comment of a measure"]}]
    device = {"display": MARKERS["device of a measure"]}
    yield "Observation", fhir.a_weight(whose, note=comment, device=device), "status"
    appointment = fhir.an_appointment(
        whose,
        description=MARKERS["title of an appointment"],
        patientInstruction=MARKERS["note of an appointment"],
        extension=fhir.joined_at(f"https://exemple.test/{MARKERS['link of an appointment']}"),
    )
    yield "Appointment", appointment, "start"
    document = fhir.a_document(whose, files.a_pdf(text=f"{MARKERS['text of a PDF or note']} (5)"))
    document["content"][0]["attachment"]["title"] = MARKERS["title"]
    yield "DocumentReference", document, "date"


def manage(cast: Cast, http: Client, seen: Seen) -> None:
    """Manage a child, and set what will be due for her and for her mother."""
    person, word = cast.person.principal, MARKERS["given name of a child"]
    mine, hers = (f"/v1/patients/{pid}" for pid in (cast.person.pid, cast.child.pid))
    one = f"{mine}/children/{cast.child.pid}"
    assert seen.keep(http.get(f"{mine}/children", as_=person)).status == 200
    refused = http.put(one, as_=person, json={"certifies": word})
    assert seen.keep(refused).status == 422
    assert seen.keep(http.put(one, as_=person, json={"certifies": True})).status == 201
    invited = f"{hers}/representatives/invitations"
    whom = {"family_name": word, "given_name": word, "birth_date": "1980-01-31"}
    assert seen.keep(http.post(invited, as_=person, json=whom, headers=key())).status == 201
    wrong = whom | {"birth_date": word}
    assert seen.keep(http.post(invited, as_=person, json=wrong, headers=key())).status == 422
    assert seen.keep(http.get(invited, as_=person)).status == 200
    assert seen.keep(http.get(f"{mine}/invitations", as_=person)).status == 200
    soon = an_appointment(start="2026-11-23T11:35", reminders=[60])
    for record in (mine, hers):
        made = http.post(f"{record}/appointments", as_=person, json=soon, headers=key())
        assert seen.keep(made).status == 201, made.body
    for path in ("", "/identity", "/home", "/prevention", "/representatives", "/appointments"):
        assert seen.keep(http.get(hers + path, as_=person)).status == 200


def measure(cast: Cast, http: Client, seen: Seen) -> None:
    """Note measures, hers and the child's, wrong ones too; read and delete some."""
    person, word = cast.person.principal, MARKERS["comment of a measure"]
    draft = {
        "kind": "blood_pressure",
        "at": "2026-11-23T07:35+01:00",
        "values": {"systolic": 128, "diastolic": 79},
        "comment": word,
        "device": MARKERS["device of a measure"],
    }
    for pid in (cast.person.pid, cast.child.pid):
        measures = f"/v1/patients/{pid}/measures"
        made = seen.keep(http.post(measures, as_=person, json=draft, headers=key()))
        assert made.status == 201, made.body
        one = f"{measures}/{made.json()['id']}"
        for wrong in (
            {"kind": word},
            {"at": word},
            {"values": {word: 1}},
            {"values": {"systolic": word}},
            {"comment": f"{word}\u0007"},
            {"device": word * 20},
        ):
            refused = http.post(measures, as_=person, json=draft | wrong, headers=key())
            assert seen.keep(refused).status == 422
        for path in (measures, f"{measures}?kind=blood_pressure&limit=1", one):
            assert seen.keep(http.get(path, as_=person)).status == 200
        assert seen.keep(http.get(f"{measures}?kind={word}", as_=person)).status == 422
        assert seen.keep(http.get(f"{measures}?cursor={word}", as_=person)).status == 400
    assert seen.keep(http.delete(one, as_=person)).status == 204
    target, first = f"/v1/patients/{cast.person.pid}/target", {"If-Match": '"v0"'}
    for said in ({"weight": word}, {"weight": 68.5, "by": word}, {"weight": 68.5}):
        reply = http.put(target, as_=person, json=said, headers=first)
        assert seen.keep(reply).status == (200 if word not in said.values() else 422)
    assert seen.keep(http.get(target, as_=person)).status == 200
    assert seen.keep(http.delete(target, as_=person)).status == 204


def answer(cast: Cast, http: Client, seen: Seen) -> None:
    """Answer what is recommended, to her and to the child, and choose what she is told."""
    person, word, first = cast.person.principal, MARKERS["title"], {"If-Match": '"v0"'}
    for pid in (cast.person.pid, cast.child.pid):
        record = f"/v1/patients/{pid}"
        found = seen.keep(http.get(f"{record}/prevention", as_=person)).json()["items"]
        asked = next(one for one in found if one["state"] in {"to_plan", "late"})
        seen.answered[f"what is recommended in {pid}"] = asked["title"]
        path = f"{record}/prevention/{asked['key']}"
        for wrong in ({"state": word}, {"state": "done", "on": word}):
            assert seen.keep(http.put(path, as_=person, json=wrong, headers=first)).status == 422
        later = {"state": "later", "until": "2027-01-05"}
        assert seen.keep(http.put(path, as_=person, json=later, headers=first)).status == 200
        chosen = seen.keep(http.get(f"{record}/preferences", as_=person)).json()
        del chosen["address"], chosen["version"]
        for unknown in ({"zone": word}, {"quiet_from": word}, {"mail": word}):
            body = chosen | unknown
            reply = http.put(f"{record}/preferences", as_=person, json=body, headers=first)
            assert seen.keep(reply).status == 422
        reply = http.put(f"{record}/preferences", as_=person, json=chosen, headers=first)
        assert seen.keep(reply).status == 200


def let_in(cast: Cast, http: Client, seen: Seen) -> None:
    """Let an application in, for her and for the child, reduce that, and take it back."""
    person, word = cast.person.principal, MARKERS["title"]
    lines = ["weight:read", "weight:write"]
    for pid in (cast.person.pid, cast.child.pid):
        consents, asking = f"/v1/patients/{pid}/consents", asked.request()
        body: dict[str, Any] = {"request": asking, "permissions": lines, "months": 6}
        for wrong in ({"request": word}, {"permissions": [word]}, {"months": word}):
            refused = http.post(consents, as_=person, json=body | wrong, headers=key())
            assert seen.keep(refused).status == 422
        assert seen.keep(http.post("/v1/consent-requests", json={"request": word})).status == 422
        given = seen.keep(http.post(consents, as_=person, json=body, headers=key())).json()
        one = f"{consents}/{given['consent']['id']}"
        less, match = {"permissions": lines[:1]}, {"If-Match": '"v1"'}
        reduced = http.request("PATCH", one, as_=person, json=less, headers=match)
        assert seen.keep(reduced).status == 200
        read, match = {"version": word}, {"If-Match": '"v2"'}
        agreed = http.request("PUT", f"{one}/terms", as_=person, json=read, headers=match)
        assert seen.keep(agreed).status == 412
        form = {"grant_type": "authorization_code", "client_id": word, "code": word}
        assert seen.keep(http.post("/oauth/token", body=urlencode(form))).status >= 400
        assert seen.keep(http.get(consents, as_=person)).status == 200
        assert seen.keep(http.delete(one, as_=person)).status == 204
    nobody = http.get(f"/oauth/authorize?client_id={word}&redirect_uri={word}&state={word}")
    assert seen.keep(nobody).status == 303


def read(cast: Cast, http: Client, seen: Seen) -> None:
    person, doctor = cast.person, cast.doctor
    record = f"/v1/patients/{person.pid}"
    grant = f"{record}/authorisations/{doctor.id}"
    assert seen.keep(http.put(grant, as_=person.principal, json={})).status == 201
    write(cast, http, seen)
    seen.keep(http.post("/v1/patients/lookup", as_=doctor.principal, json=lookup(cast)))
    for actor in (person, doctor):
        listed = seen.keep(http.get(f"{record}/documents", as_=actor.principal)).json()["items"]
        for one in listed:
            for part in ("", "/content", "/narrative"):
                path = f"{record}/documents/{one['id']}{part}"
                seen.keep(http.get(path, as_=actor.principal))
    for path in ("", "/identity", "/home", "/trace", "/authorisations"):
        seen.keep(http.get(record + path, as_=person.principal))
    seen.keep(http.get("/v1/me", as_=person.principal))
    seen.keep(http.delete(grant, as_=person.principal))
    assert seen.keep(http.get(f"{record}/documents", as_=doctor.principal)).status == 404
    mine = next(
        one
        for one in http.get(f"{record}/documents", as_=person.principal).json()["items"]
        if one["abilities"]["withdraw"]
    )
    withdrawal = http.delete(
        f"{record}/documents/{mine['id']}?reason=duplicate",
        as_=person.principal,
        headers={"If-Match": '"v1"'},
    )
    assert seen.keep(withdrawal).status == 204


def write(cast: Cast, http: Client, seen: Seen) -> None:
    """Open a conversation, join a file, keep it, answer wrongly; read lists of both sides."""
    person, doctor, word = cast.person, cast.doctor, MARKERS["body of a message"]
    opening = {
        "patient_id": person.pid,
        "subject": MARKERS["subject of a conversation"],
        "body": word,
    }
    opened = http.post("/v1/conversations", as_=doctor.principal, json=opening, headers=key())
    one = f"/v1/conversations/{seen.keep(opened).json()['id']}"
    pdf = files.a_pdf(text=f"{MARKERS['text of a PDF or note']} (4)")
    joined = http.post(f"{one}/attachments", as_=doctor.principal, body=pdf, headers=key())
    named = {"id": seen.keep(joined).json()["id"], "name": MARKERS["name of an attachment"]}
    for body in (
        {"body": word, "attachments": [named]},
        {"body": word * 600},
        {"body": f"{word}\u0000"},
        {"body": word, "attachments": [named | {"name": f"{named['name']}\r\n"}]},
        {"body": word, "attachments": [{"id": word, "name": named["name"]}]},
    ):
        reply = http.post(f"{one}/messages", as_=doctor.principal, json=body, headers=key())
        assert (seen.keep(reply).status == 201) is (
            body["body"] == word and len(body) == 2 and body["attachments"] == [named]
        )
    attachment = f"{one}/attachments/{named['id']}"
    assert seen.keep(http.get(f"{attachment}/content", as_=person.principal)).status == 200
    assert seen.keep(http.put(f"{attachment}/saved", as_=person.principal)).status == 201
    for path, actor in (
        (f"{one}/messages", person),
        (f"/v1/conversations?patient_id={person.pid}", person),
        ("/v1/conversations", doctor),
    ):
        assert seen.keep(http.get(path, as_=actor.principal)).status == 200
    assert (
        seen.keep(http.get(f"/v1/conversations/c.1.{word * 5}", as_=person.principal)).status == 404
    )


def present(http: Client, seen: Seen) -> None:
    """Present an application, and refuse it; what it says of itself is public, who acts is not."""
    publisher = builders.a_publisher(name=f"Alix {MARKERS['name of a publisher']}").principal
    operator = builders.an_operator(name=f"Zoé {MARKERS['name of an operator']}").principal
    staff.enrol(f"{MARKERS['e-mail address']}@carnet.test")
    own, every = "/v1/publishers/me/applications", "/v1/operators/applications"
    made = seen.keep(http.post(own, as_=publisher, json=BODY, headers=key())).json()
    seen.keep(http.get("/v1/me", as_=operator))
    body = {"state": "delisted", "reason": MARKERS["reason of a decision"]}
    read = {"If-Match": '"v1"'}
    decided = http.post(f"{every}/{made['id']}/state", as_=operator, json=body, headers=read)
    assert seen.keep(decided).status == 200
    wrong = {"state": MARKERS["reason of a decision"], "reason": "Non."}
    refused = http.post(f"{every}/{made['id']}/state", as_=operator, json=wrong, headers=read)
    assert seen.keep(refused).status == 422


def fail(cast: Cast, http: Client, seen: Seen) -> None:
    """Say the planted words where they are refused."""
    laboratory, person = cast.laboratory.principal, cast.person
    own = f"/v1/patients/{person.pid}/documents"
    word = MARKERS["title"]
    bodies: list[dict[str, Any]] = [
        {"title": word * 40},
        {"title": f"{word}\u0000"},
        {"type_code": word},
        {"care_date": word},
        {"sha256": word},
        {"content": word},
        {"format": word},
        draft(f"<html>{MARKERS['text of a PDF or note']}".encode(), "text/html"),
        draft(b"\x00\x01" + MARKERS["text of a PDF or note"].encode(), "text/plain"),
        draft(report(cast)[:-40], "text/xml"),
    ]
    for body in bodies:
        reply = seen.keep(http.post(own, as_=person.principal, json=body, headers=key()))
        assert 400 <= reply.status < 500, reply.body
    broken = f'{{"title": "{word}", "title": 1}}'
    headers = key() | {"Content-Type": "application/json"}
    seen.keep(http.post(own, as_=person.principal, body=broken, headers=headers))
    for changes in ({"family_name": word}, {"ins": word}, {"birth_date": word}, {"sex": word}):
        seen.keep(http.post("/v1/patients/lookup", as_=laboratory, json=lookup(cast, **changes)))
    someone = builders.a_person().identity.ins.matricule
    body = lookup(cast, ins=someone)
    refused = seen.keep(http.post("/v1/patients/lookup", as_=laboratory, json=body))
    assert refused.json() == {"accepts_deposits": False}
    for path in (word, f"{word}%20x", "%00" + word):
        seen.keep(http.get(f"/v1/patients/{path}/documents", as_=person.principal))
    seen.keep(http.get(f"{own}?category={word}%20&cursor={word}", as_=person.principal))


def tell(seen: Seen) -> None:
    """Relay what waits, and tell of it."""
    work = double.tables()[table_name("work")].values()
    for one in [OutboxRow.from_raw_data(one) for one in work if one["kind"]["S"] == "event"]:
        relay.carry(outbox.event_of(one))
    bodies = double.take_messages()
    assert bodies
    seen.queued += bodies
    assert serve(notify, from_queue(*bodies)) == []
    seen.queued += double.take_messages()  # what is told a quarter of an hour later


def remind_due(seen: Seen) -> None:
    """Plan a minute, and claim what is due in it."""
    tick(plan)
    pairs = double.take_messages()
    assert pairs
    seen.queued += pairs
    assert serve(remind, from_queue(*pairs)) == []


def read_notices(cast: Cast, http: Client, seen: Seen) -> None:
    """Read what was told, hers and the child's; say it was read, and delete it."""
    person, word = cast.person.principal, MARKERS["title"]
    for pid in (cast.person.pid, cast.child.pid):
        notices = f"/v1/patients/{pid}/notices"
        found = seen.keep(http.get(notices, as_=person)).json()["items"]
        assert "reminder.due" in {one["type"] for one in found}
        last = found[0]["id"]
        wrong = http.put(f"{notices}/read", as_=person, json={"up_to": word})
        assert seen.keep(wrong).status == 422
        assert seen.keep(http.get(f"{notices}?cursor={word}", as_=person)).status >= 400
        for path, body in (("/read", {"up_to": last}), (f"/{last}", {"deleted": True})):
            assert seen.keep(http.put(notices + path, as_=person, json=body)).status == 204


def seal_and_sweep() -> None:
    """Seal every trace and sweep, as the platform does."""
    traces = [
        one
        for one in double.tables()[table_name("audit")].values()
        if one["kind"]["S"] == "trace" and TraceRow.from_raw_data(one)
    ]
    serve(archive, from_stream(*traces))
    tick(sweep)
