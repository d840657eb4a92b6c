"""Documents of a record, and who may read them."""

from typing import Final

from bench.asking import Operation, ask, colleague, doctor, get, laboratory, person, remember
from chalicelib.core import ids
from chalicelib.record import usecases
from chalicelib.record.model import Draft
from tests.builders import a_draft
from tests.http_client import Client, Reply
from tests.record.cda.samples import a_cda
from tests.worlds import UPLOADED, World, announce

_LIST: Final = "/v1/patients/{pid}/documents"
_ONE: Final = _LIST + "/{document}"
_GRANTS: Final = "/v1/patients/{pid}/authorisations"


def _deposit(world: World, http: Client) -> Reply:
    return http.post(
        f"/v1/patients/{world.handle(world.laboratory)}/documents",
        as_=world.laboratory.principal,
        json=a_draft(),
        headers={"Idempotency-Key": ids.new_id()},
    )


def _announced(world: World, _: Client) -> None:
    upload = announce(world.laboratory.principal, world.person.pid, UPLOADED)
    remember(world, upload=upload)


def _upload(world: World, http: Client) -> Reply:
    handle = world.handle(world.laboratory)
    path = f"/v1/patients/{handle}/documents/{{upload}}/content"
    return ask("PUT", path, laboratory, body=UPLOADED)(world, http)


def _narrated(world: World, _: Client) -> None:
    """Deposit a clinical document of the person."""
    known = world.person.identity
    content, draft = a_cda(ins=known.ins, traits=known.traits), Draft(*[None] * 6)
    who = world.laboratory.principal
    made = usecases.add_document(who, world.person.pid, draft, content, None)
    remember(world, narrated=made.id)


def _authorise(world: World, http: Client) -> Reply:
    return ask("PUT", f"{_GRANTS}/{world.colleague.id}", json={})(world, http)


def _withdraw(world: World, http: Client) -> Reply:
    return ask("DELETE", f"{_GRANTS}/{world.doctor.id}")(world, http)


def _remove(world: World, http: Client) -> Reply:
    path = f"{_LIST}/{world.own}?reason=wrong_document"
    return ask("DELETE", path)(world, http)


def _withheld(world: World, http: Client) -> None:
    """Deposit what the person sees once it was announced to her."""
    draft = a_draft(visibility="invisible_to_patient", visibility_reason="Consultation à venir")
    made = ask("POST", _LIST, doctor, json=draft)(world, http)
    remember(world, withheld=made.json()["id"])


def _seen(world: World, http: Client) -> Reply:
    body = {"up_to": world.document}
    return ask("PUT", "/v1/patients/{pid}/news", doctor, json=body)(world, http)


_REVEAL: Final = ask(
    "PUT", f"{_LIST}/{{withheld}}/visibility", doctor, json={"visibility": "normal"}
)

OPERATIONS: Final = (
    Operation("list_of_50", get(_LIST)),
    Operation("one_document", get(_ONE)),
    Operation("content", get(f"{_ONE}/content")),
    Operation("narrative", get(f"{_LIST}/{{narrated}}/narrative"), 200, _narrated),
    Operation("deposit", _deposit, 201),
    Operation("upload_content", _upload, 201, _announced),
    Operation("withdraw_document", _remove, 204),
    Operation("reveal_document", _REVEAL, 200, _withheld),
    Operation("refusal", get(_LIST, colleague), 404),
    Operation("authorisations", get(_GRANTS, person)),
    Operation("authorise", _authorise, 201),
    Operation("withdraw_authorisation", _withdraw, 204),
    Operation("own_patients", get("/v1/professionals/me/patients", doctor)),
    Operation("news", get("/v1/patients/{pid}/news", doctor)),
    Operation("see_news", _seen, 204),
)
