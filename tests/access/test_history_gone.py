"""Without a table of histories nothing is shown: who cannot be seen to read, does not read."""

import pytest

from chalicelib.core import aws as cloud
from chalicelib.core.rows import table_name
from chalicelib.record import usecases
from chalicelib.record.model import Draft
from tests.builders import Actor, Patient, a_grant
from tests.http_client import Client
from tests.record.cda.samples import a_cda

SHOWN = "Phrase que seul ce compte rendu contient"


@pytest.fixture
def document(person: Patient, laboratory: Actor) -> str:
    content = a_cda(
        ins=person.identity.ins,
        traits=person.identity.traits,
        title=SHOWN,
        sections=[("Biochimie", f"<paragraph>{SHOWN}</paragraph>")],
    )
    draft = Draft(None, None, None, None, None, None)
    return usecases.add_document(laboratory.principal, person.pid, draft, content, None).id


@pytest.mark.parametrize(
    ("reader", "part"),
    [
        *(("person", part) for part in ("list", "one", "content", "narrative", "home")),
        *(("doctor", part) for part in ("list", "one", "content", "narrative")),
    ],
)
def test_what_was_shown_is_a_503_that_shows_nothing_once_the_histories_are_gone(
    http: Client, person: Patient, doctor: Actor, document: str, reader: str, part: str
) -> None:
    a_grant(person, doctor)
    caller = person.principal if reader == "person" else doctor.principal
    record = f"/v1/patients/{person.pid}"
    one = f"{record}/documents/{document}"
    path = {
        "list": f"{record}/documents",
        "one": one,
        "content": f"{one}/content",
        "narrative": f"{one}/narrative",
        "home": f"{record}/home",
    }[part]
    before = http.get(path, as_=caller)
    cloud.client("dynamodb").delete_table(TableName=table_name("audit"))

    reply = http.get(path, as_=caller)

    assert (before.status, SHOWN in before.body.decode()) == (200, True)
    assert (reply.status, reply.problem) == (503, "unavailable")
    assert reply.header("Content-Type") == "application/problem+json"
    assert set(reply.json()) == {"type", "title", "status", "detail", "title_en", "detail_en"}
    assert document not in reply.body.decode() + str(reply.headers)
    assert SHOWN not in reply.body.decode() + str(reply.headers)
