"""Nothing said of a person can be read outside the answers to those who may (D13, A35, A46).

The whole story is played with words planted in every field; then every byte stored, queued,
logged, mailed or answered as a problem is searched for them, in several encodings.
"""

import base64
import gzip
import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest

from chalicelib.audit.store import TraceRow
from chalicelib.core import ids, outbox
from chalicelib.core.outbox import OutboxRow
from chalicelib.core.rows import table_name
from chalicelib.identity.values import Traits
from chalicelib.workers import relay
from chalicelib.workers.archive import archive
from chalicelib.workers.notify import notify
from chalicelib.workers.sweep import sweep
from infra.local.sample_documents import (
    Analysis,
    SampleLaboratory,
    SamplePatient,
    a_laboratory_report,
)
from tests import builders, double
from tests.builders import INS_OID, Actor, Patient, a_doctor, a_draft, a_laboratory, a_rpps
from tests.contracts.markers import MARKERS, forms, hunt
from tests.http_client import Client, Reply
from tests.storage import files
from tests.workers.lambda_events import from_queue, from_stream, serve, tick


@dataclass
class Seen:
    """What left the product, apart from what is stored."""

    good: list[bytes] = field(default_factory=list)
    problems: list[bytes] = field(default_factory=list)
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
    return Cast(person, a_doctor(), a_laboratory())


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


def play(cast: Cast, http: Client) -> Seen:
    """Play the story, with its refusals; then everything that runs by itself."""
    seen = Seen()
    deposit(cast, http, seen)
    appoint(cast, http, seen)
    read(cast, http, seen)
    fail(cast, http, seen)
    run_workers()
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
    own = draft(note + b" (2)", "text/plain", type_code=None)
    to_self = f"/v1/patients/{person.pid}/documents"
    seen.keep(http.post(to_self, as_=person.principal, json=own, headers=key()))
    later = own | {"content": None, "size_bytes": len(note) + 4, "sha256": None}
    pending = seen.keep(http.post(to_self, as_=person.principal, json=later, headers=key())).json()
    sent = http.put(pending["upload"]["href"], as_=person.principal, body=note + b" (3)")
    assert seen.keep(sent).status == 201, sent.body


def appoint(cast: Cast, http: Client, seen: Seen) -> None:
    """Set, change, export and cancel appointments, and read them by a secret link."""
    person, laboratory = cast.person.principal, cast.laboratory.principal
    record = f"/v1/patients/{cast.person.pid}"
    handle = http.post("/v1/patients/lookup", as_=laboratory, json=lookup(cast)).json()["handle"]
    body: dict[str, Any] = {
        "title": MARKERS["title of an appointment"],
        "start": "2026-12-03T09:30",
        "zone": "Europe/Paris",
        "place": MARKERS["place of an appointment"],
        "note": MARKERS["note of an appointment"],
        "link": f"https://exemple.test/{MARKERS['link of an appointment']}",
        "reminders": [1440],
    }
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


def read(cast: Cast, http: Client, seen: Seen) -> None:
    person, doctor = cast.person, cast.doctor
    record = f"/v1/patients/{person.pid}"
    grant = f"{record}/authorisations/{doctor.id}"
    assert seen.keep(http.put(grant, as_=person.principal, json={})).status == 201
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


def run_workers() -> None:
    """Relay, notify, seal and sweep, as the platform does."""
    work = double.tables()[table_name("work")].values()
    events = [OutboxRow.from_raw_data(one) for one in work if one["kind"]["S"] == "event"]
    for row in events:
        relay.carry(outbox.event_of(row))
    bodies = double.messages()
    assert bodies
    assert serve(notify, from_queue(*bodies)) == []
    traces = [
        one
        for one in double.tables()[table_name("audit")].values()
        if one["kind"]["S"] == "trace" and TraceRow.from_raw_data(one)
    ]
    serve(archive, from_stream(*traces))
    tick(sweep)


def texts_of_mails() -> dict[str, Any]:
    """Return the mails without the line that says to whom."""
    found: dict[str, Any] = {}
    for number, mail in enumerate(double.mails()):
        raw = mail.raw_data if isinstance(mail.raw_data, bytes) else mail.raw_data.encode()
        message = message_from_bytes(raw, policy=policy.default)
        del message["To"]
        found[f"mail {number}"] = [message.as_bytes(), message.get_content()]
    return found


def stored() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table, items in double.tables().items():
        found |= {f"{table} {pk} {sk}": [pk, sk, item] for (pk, sk), item in items.items()}
    for name, content in double.objects().items():
        found[f"object {name}"] = [name, content]
    found["queue"] = double.messages()
    return found


def test_no_planted_word_can_be_read_outside_the_answers(
    aws: object, http: Client, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    del aws
    cast = cast_with_markers(monkeypatch)
    number = {"national number": cast.person.identity.ins.matricule[:13]}
    seen = play(cast, http)
    written = capfd.readouterr()

    inside = {"answers": [*seen.good, *map(unfolded, seen.good)]}
    shown = {one.split(" in ")[0] for one in hunt(inside, MARKERS)}
    assert shown == set(MARKERS) - {"e-mail address"}, "the story shows every planted word"

    outside = stored() | texts_of_mails()
    outside["log"] = [written.out, written.err, *written.out.splitlines()]
    outside["headers"] = seen.headers
    outside["problems"] = seen.problems
    assert len(outside) > 40
    assert hunt(outside, MARKERS | number) == []


def unfolded(body: bytes) -> bytes:
    """Return a PDF's streams, which are compressed, or nothing."""
    found = b""
    for part in body.split(b"stream")[1:]:
        try:
            found += zlib.decompress(part.strip())
        except zlib.error:
            continue
    return found


@pytest.mark.parametrize("form", list(forms("x")))
def test_the_hunt_finds_a_word_planted_in_each_form(form: str) -> None:
    word = MARKERS["title"]
    for shift in range(4):
        hidden = {
            "UTF-16LE": word.encode("utf-16-le"),
            "UTF-16BE": word.encode("utf-16-be"),
            "hexadecimal": word.encode().hex().encode(),
            "reversed": word.encode()[::-1],
            "upper case": word.upper().encode(),
            "lower case": word.lower().encode(),
        }.get(form, word.encode())
        raw = b"x" * shift + hidden
        if form.startswith("base64"):
            inner = word.encode("utf-16-le") if "UTF-16" in form else word.encode()
            raw = base64.b64encode(b"x" * shift + inner)
        found = hunt({"row": {"a": {"S": "y"}, "b": {"B": raw}}}, {"title": word})
        assert found, (form, shift)


def test_the_hunt_finds_a_word_in_a_stored_row_an_object_and_a_message(aws: object) -> None:
    """A positive control in the very places that are searched."""
    del aws
    from chalicelib.core import aws as cloud  # noqa: PLC0415  the fixture has this name

    word = MARKERS["comment of a report"]
    cloud.client("dynamodb").put_item(
        TableName=table_name("record"),
        Item={
            "pk": {"S": "P"},
            "sk": {"S": "S"},
            "kind": {"S": "x"},
            "sealed": {"B": word.encode()},
        },
    )
    cloud.client("s3").put_object(
        Bucket="carnet-test-documents", Key="k", Body=word.encode("utf-16")
    )
    double.put_messages([f'{{"a": "{base64.b64encode(word.encode()).decode()}"}}'])
    places = " ".join(hunt(stored(), {"comment": word}))
    assert "carnet-test-record" in places
    assert "object" in places
    assert "queue" in places


def test_nothing_is_found_where_nothing_was_planted() -> None:
    assert hunt({"a": [gzip.compress(b"nothing"), {"b": "cGxhaW4="}]}, MARKERS) == []
