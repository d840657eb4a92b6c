"""Lists: filters, order and pages agree with the whole; what is hidden leaves no gap (D15)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.http.principal import Principal
from chalicelib.record import document_types, usecases
from chalicelib.record.model import Document, Draft, Filter, WithdrawalReason
from tests.builders import (
    Actor,
    Patient,
    a_doctor,
    a_draft,
    a_grant,
    a_laboratory,
    a_pdf,
    a_person,
)
from tests.http_client import Client, Reply
from tests.recorder import Recorder

NURSE = "60"
# Type and care date of each document, in the order of their deposit. A nurse reads neither
# psychiatric summaries (68599-0), nor certificates (89601-9).
POOL = [
    ("11502-2", date(2026, 3, 1)),
    ("68599-0", date(2026, 5, 5)),
    ("11488-4", date(2024, 1, 31)),
    ("11502-2", date(2026, 5, 5)),
    ("57833-6", date(2026, 5, 5)),
    ("89601-9", date(2026, 5, 6)),
    ("68599-0", date(2025, 12, 31)),
    ("18748-4", date(2026, 1, 1)),
    ("11502-2", date(2025, 12, 31)),
    ("89601-9", date(2024, 2, 29)),
    ("34133-9", date(2026, 11, 1)),
    ("68599-0", date(2026, 11, 20)),
]
BY_DOCTOR = {2, 4, 7, 10}  # the others are the laboratory's, whose author nobody names
HIDDEN_FROM_NURSES = {"68599-0", "89601-9"}
DAYS = sorted({day for _, day in POOL})
EDGES = [day + timedelta(days=shift) for day in DAYS for shift in (-1, 0, 1)]
FILTERS = st.builds(
    Filter,
    st.sampled_from([None, "BIOLOGIE", "CPT_REND", "SYNTHESE", "CERT_MED", "CAR_VAC", "INCONNUE"]),
    st.none() | st.sampled_from(EDGES),
    st.none() | st.sampled_from(EDGES),
    st.sampled_from([None, None, "S30", "S42", "S02", "S99"]),
    st.sampled_from([None, None, "professional", "organisation", "nobody"]),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """A record with documents of several types and days, and its readers."""

    person: Patient
    doctor: Actor
    nurse: Actor
    laboratory: Actor
    documents: list[Document]

    def visible(self, reader: Actor) -> list[Document]:
        """Return what a reader may see, by the table above and nothing of the product."""
        hidden = HIDDEN_FROM_NURSES if reader is self.nurse else set()
        return [one for one in self.documents if one.type_code not in hidden]


@pytest.fixture
def pool(clock: time_machine.Traveller, aws: Recorder) -> Pool:  # noqa: ARG001  the cloud is first
    person, doctor, nurse = a_person(), a_doctor(), a_doctor(profession_code=NURSE)
    for reader in (doctor, nurse):
        a_grant(person, reader)
    laboratory = a_laboratory()
    documents = []
    for rank, (type_code, day) in enumerate(POOL):
        clock.shift(timedelta(seconds=1))
        depositor = doctor if rank in BY_DOCTOR else laboratory
        documents.append(deposited(depositor, person, type_code, day))
    return Pool(person, doctor, nurse, laboratory, documents)


def deposited(depositor: Actor, person: Patient, type_code: str, day: date) -> Document:
    draft = Draft("Compte rendu", type_code, day, "application/pdf", None, None)
    return usecases.add_document(depositor.principal, person.pid, draft, a_pdf(), None)


def expected(documents: list[Document], wanted: Filter) -> list[str]:
    """Filter and sort as the contract says: by care date if dates are asked, else by deposit."""
    first, last = wanted.first or date.min, wanted.last or date.max
    found = [
        one
        for one in documents
        if first <= one.care_date <= last
        and wanted.category in (None, document_types.shown(one.type_code).category)
        and wanted.specialty in (None, "S30" if one.depositor.kind == "professional" else "S42")
        and wanted.author in (None, one.depositor.kind)
    ]
    by_care = wanted.first is not None or wanted.last is not None
    found.sort(
        key=lambda one: (one.care_date, one.id) if by_care else (date.min, one.id), reverse=True
    )
    return [one.id for one in found]


def pages(reader: Principal, pid: str, wanted: Filter, limit: int) -> Iterator[list[str]]:
    cursor: str | None = None
    for _ in range(len(POOL) + 1):
        listing = usecases.list_documents(reader, pid, wanted, cursor, limit)
        yield [one.id for one in listing.documents]
        cursor = listing.next
        if cursor is None:
            return
    raise AssertionError("pages without end")


def test_pages_put_together_are_the_filtered_whole_in_order(pool: Pool) -> None:
    readers = st.sampled_from([pool.person, pool.doctor, pool.nurse])
    refs: dict[str | None, str | None] = {
        one.depositor.kind: one.author_ref for one in pool.documents
    }

    @settings(max_examples=25, deadline=None)
    @given(readers, FILTERS, st.integers(1, 13))
    def check(reader: Actor, wanted: Filter, limit: int) -> None:
        whole = expected(pool.visible(reader), wanted)
        asked = replace(wanted, author=refs.get(wanted.author, wanted.author))
        found = list(pages(reader.principal, pool.person.pid, asked, limit))

        assert [one for page in found for one in page] == whole
        assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
        assert found[-1] or len(found) == 1

    check()


def listed(http: Client, reader: Actor, pid: str, query: str = "") -> Reply:
    return http.get(f"/v1/patients/{pid}/documents{query}", as_=reader.principal)


@pytest.mark.slow
@pytest.mark.parametrize(
    "query", ["", "?from=2024-01-01&to=2026-12-31", "?category=SYNTHESE", "?specialty=S42"]
)
def test_what_a_profession_hides_changes_no_byte_of_the_list(
    http: Client, pool: Pool, query: str
) -> None:
    pid, hidden = pool.person.pid, HIDDEN_FROM_NURSES
    with_them = listed(http, pool.nurse, pid, query)
    cut = {limit: _walk(pool, limit) for limit in (1, 2, 3, 7)}

    for one in pool.documents:
        if one.type_code in hidden:
            usecases.withdraw_document(
                pool.laboratory.principal, pid, one.id, WithdrawalReason.WRONG_DOCUMENT, one.version
            )
    without = listed(http, pool.nurse, pid, query)

    assert with_them.status == 200
    assert with_them.body == without.body
    assert with_them.json()["next"] is None
    assert with_them.json()["items"]
    assert cut == {limit: _walk(pool, limit) for limit in cut}
    assert len(listed(http, pool.doctor, pid).json()["items"]) == len(pool.visible(pool.nurse))


def _walk(pool: Pool, limit: int) -> list[list[str]]:
    return list(pages(pool.nurse.principal, pool.person.pid, Filter(), limit))


def test_a_cursor_serves_only_its_caller_its_list_and_its_filter(http: Client, pool: Pool) -> None:
    pid = pool.person.pid
    by_biology = "?category=BIOLOGIE&limit=1"
    cursor = listed(http, pool.doctor, pid, by_biology).json()["next"]
    other = a_person()

    own = listed(http, pool.doctor, pid, f"{by_biology}&cursor={cursor}")
    refused = [
        listed(http, pool.nurse, pid, f"{by_biology}&cursor={cursor}"),
        listed(http, pool.person, pid, f"{by_biology}&cursor={cursor}"),
        listed(http, other, other.pid, f"{by_biology}&cursor={cursor}"),
        listed(http, pool.doctor, pid, f"?limit=1&cursor={cursor}"),
        listed(http, pool.doctor, pid, f"?category=CPT_REND&limit=1&cursor={cursor}"),
        listed(http, pool.doctor, pid, f"{by_biology}&from=2024-01-01&cursor={cursor}"),
        listed(http, pool.doctor, pid, f"{by_biology}&cursor={cursor[:-2]}AA"),
    ]

    assert own.status == 200
    assert len(own.json()["items"]) == 1
    assert [(reply.status, reply.problem) for reply in refused] == [(400, "bad-cursor")] * 7


def test_an_author_is_found_in_this_record_only(http: Client, pool: Pool) -> None:
    other, pid = a_person(), pool.person.pid
    a_grant(other, pool.doctor)
    deposited(pool.doctor, other, "11488-4", date(2026, 1, 1))
    mine = {one["author"]["ref"] for one in listed(http, pool.person, pid).json()["items"]}
    hers = listed(http, other, other.pid).json()["items"][0]["author"]

    by_doctor = listed(http, pool.person, pid, "?specialty=S30").json()["items"]
    again = listed(http, pool.person, pid, f"?author={by_doctor[0]['author']['ref']}")
    elsewhere = listed(http, pool.person, pid, f"?author={hers['ref']}")

    assert hers["name"] == by_doctor[0]["author"]["name"]
    assert len(mine) == 2
    assert hers["ref"] not in mine
    assert again.json()["items"] == by_doctor
    assert len(by_doctor) == len(BY_DOCTOR)
    assert by_doctor[0]["author"]["specialty"] == {"code": "S30", "label": "Autre médecin"}
    assert elsewhere.json() == {"items": [], "next": None}


def test_a_period_that_ends_before_it_starts_is_refused(http: Client) -> None:
    person = a_person()

    one_day = listed(http, person, person.pid, "?from=2026-05-05&to=2026-05-05")
    backwards = listed(http, person, person.pid, "?from=2026-05-05&to=2026-05-04")

    assert one_day.status == 200
    assert backwards.status == 422
    assert [(error["pointer"], error["code"]) for error in backwards.json()["errors"]] == [
        ("/query/to", "date_order")
    ]


def _add(http: Client, person: Patient, n: int, **fields: object) -> Reply:
    return http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=person.principal,
        json=a_draft(type_code="DOCPAT05") | fields,
        headers={"Idempotency-Key": f"draft-{n:04d}"},
    )


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"type_code": "INCONNU-1"}, "/type_code", "unknown_type"),
        ({"type_code": "11502-2"}, "/type_code", "type_reserved"),
        ({"type_code": "REMB"}, "/type_code", "type_reserved"),
        ({"care_date": "2026-11-24"}, "/care_date", "date_future"),
        ({"care_date": "1899-12-31"}, "/care_date", "date_too_old"),
    ],
)
@pytest.mark.usefixtures("clock")
def test_a_deposit_of_an_impossible_type_or_day_is_refused(
    http: Client, fields: dict[str, object], pointer: str, code: str
) -> None:
    person = a_person()

    refused = _add(http, person, 1, **fields)
    announced = _add(http, person, 2, content=None, size_bytes=10, **fields)
    today = _add(http, person, 3, care_date="2026-11-23")

    for reply in (refused, announced):
        assert reply.status == 422, reply.body
        assert [(e["pointer"], e["code"]) for e in reply.json()["errors"]] == [(pointer, code)]
    assert today.status == 201
    assert len(listed(http, person, person.pid).json()["items"]) == 1


def test_an_announcement_said_again_gives_the_same_upload(
    http: Client, clock: time_machine.Traveller
) -> None:
    person, content = a_person(), a_pdf()

    first = _add(http, person, 1, content=None, size_bytes=len(content))
    clock.shift(timedelta(minutes=5))
    again = _add(http, person, 1, content=None, size_bytes=len(content))
    other = _add(http, person, 2, content=None, size_bytes=len(content))

    assert (first.status, again.status) == (202, 202)
    assert again.body == first.body
    assert again.header("Location") == first.header("Location")
    assert other.json()["id"] != first.json()["id"]


def test_another_content_after_the_first_is_refused_and_changes_nothing(http: Client) -> None:
    person, content, another = a_person(), a_pdf("un"), a_pdf("deux")
    announced = _add(http, person, 1, content=None, size_bytes=len(content))
    upload = announced.json()["upload"]["href"]

    made = http.put(upload, as_=person.principal, body=content)
    refused = http.put(upload, as_=person.principal, body=another)
    repeated = http.put(upload, as_=person.principal, body=content)
    read = http.get(upload, as_=person.principal)

    assert made.status == 201, made.body
    assert (refused.status, refused.problem) == (409, "already-uploaded")
    assert (repeated.status, repeated.body) == (201, made.body)
    assert read.body == content
