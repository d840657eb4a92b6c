"""One key sent twenty times at once, and one content deposited by rivals (A13, R03)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.core import aws, rows
from chalicelib.core.errors import Conflict
from chalicelib.core.outbox import OutboxRow
from chalicelib.core.settings import settings
from chalicelib.http.idempotency import Idempotency
from chalicelib.record import usecases
from chalicelib.record.model import Document, Draft, Filter
from tests.builders import Patient, a_laboratory, a_pdf, a_person

pytestmark = pytest.mark.usefixtures("aws")
TIMES = 20
DRAFT = Draft(
    title="Résultat",
    type_code="11502-2",
    care_date=None,
    declared_format=None,
    size_bytes=None,
    sha256=None,
)


def _listed(person: Patient) -> list[Document]:
    found = usecases.list_documents(person.principal, person.pid, Filter(), None, 100)
    return found.documents


def _objects() -> int:
    found = aws.client("s3").list_objects_v2(Bucket=settings().documents_bucket)
    return len(found.get("Contents", []))


def _announced() -> int:
    found = aws.client("dynamodb").scan(TableName=rows.table_name(OutboxRow.TABLE))["Items"]
    return sum(item["kind"]["S"] == "event" for item in found)


def test_one_key_sent_twenty_times_at_once_makes_one_document() -> None:
    person, laboratory, content = a_person(), a_laboratory(), a_pdf()
    key = Idempotency(key="k" * 64, request_hash="h" * 64)

    def send(_: int) -> str:
        return usecases.add_document(laboratory.principal, person.pid, DRAFT, content, key).id

    with ThreadPoolExecutor(TIMES) as pool:
        made = list(pool.map(send, range(TIMES)))

    assert len(set(made)) == 1
    assert [document.id for document in _listed(person)] == made[:1]
    assert _objects() == 1
    assert _announced() == 1


def test_one_content_under_twenty_keys_is_one_document_and_refused_otherwise() -> None:
    person, laboratory, content = a_person(), a_laboratory(), a_pdf()

    def send(number: int) -> str | None:
        key = Idempotency(key=f"{number:064d}", request_hash="h" * 64)
        try:
            return usecases.add_document(laboratory.principal, person.pid, DRAFT, content, key).id
        except Conflict as conflict:
            return None if conflict.slug == "already-deposited" else conflict.slug

    with ThreadPoolExecutor(TIMES) as pool:
        made = [one for one in pool.map(send, range(TIMES)) if one]

    assert len(made) == 1
    assert [document.id for document in _listed(person)] == made
    assert _objects() == 1
