"""Documents above 4 MiB for an application: read in slices, told how, and absent until they are."""

import pytest

from chalicelib.access.permissions import Permission
from tests.access.notes import traces
from tests.builders import Actor, withdraw_consent
from tests.fhir.conftest import Allowed
from tests.fhir.test_documents import DOCUMENTS
from tests.fhir.test_edge import refused
from tests.http_client import Client, Reply
from tests.record import sending
from tests.record.sending import LONG, PART
from tests.worlds import World, deposit

FHIR = "application/fhir+json"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def app(allowed: Allowed) -> Actor:
    return allowed(*Permission)


@pytest.fixture
def long(world: World, http: Client) -> str:
    person = world.person
    return sending.whole(http, person.principal, person.pid, LONG, type_code="DOCPAT05")


def read(http: Client, app: Actor, document_id: str, asked: str = "", kind: str = "*/*") -> Reply:
    headers = {"Accept": kind} | ({"Range": asked} if asked else {})
    return http.get(f"/fhir/R4/Binary/{document_id}", as_=app.principal, headers=headers)


def lines(world: World) -> int:
    return sum(one.action == "record:document:open" for one in traces(world.person.pid))


def test_it_is_read_in_slices_that_are_one_line_of_the_history(
    world: World, app: Actor, http: Client, long: str
) -> None:
    (one,) = (
        entry["resource"]
        for entry in http.get(DOCUMENTS, as_=app.principal).json()["entry"]
        if entry["resource"]["id"] == long
    )
    attachment, before = one["content"][0]["attachment"], lines(world)
    found = b""
    while len(found) < attachment["size"]:
        reply = read(http, app, attachment["url"].removeprefix("Binary/"), f"bytes={len(found)}-")
        assert reply.status == 206
        end = len(found) + len(reply.body)
        assert reply.header("Content-Range") == f"bytes {len(found)}-{end - 1}/{len(LONG)}"
        assert reply.header("Access-Control-Allow-Origin") == "*"
        assert (reply.header("Content-Type"), reply.header("ETag")) == ("application/pdf", 'W/"1"')
        found += reply.body
    assert found == LONG
    assert len(found) > PART
    assert lines(world) == before + 1


def test_a_consent_taken_back_ends_the_reading_at_the_next_slice(
    world: World, app: Actor, http: Client, long: str
) -> None:
    assert read(http, app, long, "bytes=0-").status == 206
    withdraw_consent(world.person, app)
    refusal = refused(read(http, app, long, f"bytes={PART}-"))
    assert refusal == (403, [("forbidden", "consent-not-given", "")])


def test_asked_for_at_once_it_says_how_to_read_it(app: Actor, http: Client, long: str) -> None:
    too_long = (409, [("too-costly", "too-long-at-once", "")])
    for reply in (
        read(http, app, long),
        read(http, app, long, kind=FHIR),
        read(http, app, long, "bytes=0-9", kind=FHIR),  # a resource has no slices
    ):
        assert refused(reply) == too_long
        said = reply.json()["issue"][0]
        for words in (said["details"]["text"], said["diagnostics"]):
            assert f" {len(LONG)}" in words
            assert "`Range` (`bytes=0-4194303`)" in words
    for asked in ("bytes=0-1,4-5", f"bytes={len(LONG)}-"):
        beyond = read(http, app, long, asked)
        assert refused(beyond) == (416, [("value", "range-not-satisfiable", "")])
    assert beyond.header("Content-Range") == f"bytes */{len(LONG)}"


def test_a_short_one_is_given_whole_whatever_range_is_asked_for(
    world: World, app: Actor, http: Client
) -> None:
    whole = read(http, app, world.document)
    ranged = read(http, app, world.document, "bytes=0-1")
    assert (ranged.status, ranged.body) == (whole.status, whole.body) == (200, whole.body)
    assert read(http, app, world.document, "bytes=0-1", kind=FHIR).json()["data"]


@pytest.mark.parametrize("may", [Permission.DOCUMENT_WRITE, Permission.WEIGHT_READ])
def test_who_may_not_read_documents_reads_no_slice_of_one(
    allowed: Allowed, http: Client, long: str, may: Permission
) -> None:
    reply = read(http, allowed(may), long, "bytes=0-9")
    assert refused(reply) == (403, [("forbidden", "consent-not-given", "")])


def test_what_is_announced_inspected_or_refused_is_of_no_application(
    world: World, app: Actor, http: Client
) -> None:
    sender, pid = world.doctor.principal, world.person.pid
    hostile = LONG.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction 9 0 R")
    told = sending.announce(http, sender, pid, hostile)

    def assert_absent() -> None:
        for path in (DOCUMENTS, "/fhir/R4/Binary"):
            seen = http.get(f"{path}/{told['id']}", as_=app.principal)
            absent = http.get(f"{path}/01ARZ3NDEKTSV4RRFFQ69G5FAV", as_=app.principal)
            assert (seen.status, seen.body) == (absent.status, absent.body) == (404, seen.body)
        listed = http.get(DOCUMENTS, as_=app.principal).json()["entry"]
        assert {one["resource"]["id"] for one in listed} == {world.document, world.own}

    assert_absent()
    sending.send(http, sender, told, hostile)
    sending.complete(http, sender, told)
    assert_absent()
    assert sending.inspect() == []
    progress = http.get(f"/v1/patients/{pid}/documents/{told['id']}", as_=sender)
    assert progress.json()["status"] == "refused"
    assert_absent()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json;q=0, */*", "application/pdf"),
        ("application/fhir+json; q=0.0, application/pdf", "application/pdf"),
        ("application/fhir+json;q=0.5", "application/fhir+json"),
    ],
)
def test_what_is_of_no_weight_is_not_asked_for(
    world: World, app: Actor, http: Client, accept: str, kind: str
) -> None:
    short = deposit(world.person.principal, world.person.pid)
    reply = read(http, app, short, kind=accept)
    assert (reply.status, (reply.header("Content-Type") or "").partition(";")[0]) == (200, kind)
