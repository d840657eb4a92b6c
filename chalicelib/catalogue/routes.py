"""Routes of the catalogue: public, the same for everybody, and kept a minute by who asks."""

import hashlib
from typing import Final

from pydantic import BaseModel

from chalicelib.catalogue import rules, usecases
from chalicelib.catalogue.model import State
from chalicelib.catalogue.schemas import Card, CatalogueOut, CatalogueQuery, card_out
from chalicelib.http.conditions import is_unchanged
from chalicelib.http.endpoint import Answer, Call, NoQuery, endpoint

# A suspension is effective at once at the gate; a card may say so a minute later.
_FRESH_SECONDS: Final = 60


@endpoint(
    "GET",
    "/v1/catalogue",
    public=True,
    query=CatalogueQuery,
    answers={200: CatalogueOut, 304: None},
)
def list_catalogue(call: Call[None, CatalogueQuery]) -> Answer:
    """List the referenced applications, by name."""
    state = State(call.query.state) if call.query.state else None
    found = usecases.list_applications(call.query.theme, state)
    return _kept(call, CatalogueOut(order=rules.ORDER, items=[card_out(one) for one in found]))


@endpoint("GET", "/v1/catalogue/{application_id}", public=True, answers={200: Card, 304: None})
def read_catalogue_card(call: Call[None, NoQuery]) -> Answer:
    """Read what a referenced application is, and what it asks for."""
    return _kept(call, card_out(usecases.read_application(call.path["application_id"])))


def _kept(call: Call[None, CatalogueQuery] | Call[None, NoQuery], body: BaseModel) -> Answer:
    """Answer with a strong tag of the very bytes, or that they are what the client has."""
    raw = body.model_dump_json().encode()
    tag = f'"{hashlib.sha256(raw).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={_FRESH_SECONDS}"}
    if is_unchanged(call.headers.get("if-none-match"), tag):
        return Answer(status=304, headers=headers)
    return Answer(raw, headers=headers | {"Content-Type": "application/json"})
