"""Bodies of the catalogue's routes, as JSON.

What a publisher says is described here and checked by `rules`, so that everything wrong in it is
said at once. Theme, price and so on are closed lists: a client can filter and translate them.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from chalicelib.access.permissions import Permission
from chalicelib.catalogue import rules
from chalicelib.catalogue.addresses import MAX_CHARS
from chalicelib.catalogue.model import (
    Application,
    Asked,
    Attestation,
    Attested,
    Criteria,
    Draft,
    Platform,
    Price,
    Pricing,
    Publisher,
    Theme,
)
from chalicelib.http.endpoint import Schema


def _most(length: int) -> Any:  # noqa: ANN401  pydantic's own type
    return Field(json_schema_extra={"maxLength": length})


def _inline(value: object) -> object:
    """Refuse the address of a key set with its own words: it would have to be fetched (A24)."""
    if isinstance(value, str):
        raise PydanticCustomError("keys_inline", "keys are given themselves")
    return value


Page = Annotated[str, _most(MAX_CHARS)]
# Not the enumeration, whose name in the description is already that of another.
StateName = Literal["candidate", "online", "suspended", "delisted"]
KeySet = Annotated[
    dict[str, Any],
    BeforeValidator(_inline),
    Field(description="A JWK set of public keys, itself: no address is ever fetched."),
]


class PublisherBody(Schema):
    """Who publishes an application. A candidate's website is not shown: it is empty."""

    name: Annotated[str, _most(rules.MAX_PUBLISHER)]
    website: Page


class PriceBody(Schema):
    """What an application costs, in the publisher's words."""

    kind: Pricing
    detail: Annotated[str, _most(rules.MAX_PRICE)]


class AskedBody(Schema):
    """A permission an application may ask for, and why, in the publisher's words (R-CAT-05)."""

    permission: Permission
    why: Annotated[str, _most(rules.MAX_WHY)]


class AttestationBody(Schema):
    """What the publisher attests; nobody here vouches for it."""

    kind: Attested
    reference: Annotated[str, _most(rules.MAX_REFERENCE)]


class CheckedOut(Schema):
    """A family of criteria that our review found satisfied, and on which day (R-CAT-02)."""

    criteria: Criteria
    on: date


class ApplicationDraft(Schema):
    """What a publisher says of an application."""

    name: Annotated[str, _most(rules.MAX_NAME)]
    publisher: PublisherBody
    purpose: Annotated[str, _most(rules.MAX_PURPOSE)]
    theme: Theme
    platforms: list[Platform]
    price: PriceBody
    data_asked: list[AskedBody]
    retention: Annotated[str, _most(rules.MAX_RETENTION)]
    site: Page
    privacy: Page
    attestations: Annotated[list[AttestationBody], Field(default_factory=list)]
    redirect_uris: Annotated[
        list[Page],
        Field(
            default_factory=list,
            description="Compared letter by letter, but for the port of a loopback address.",
            json_schema_extra={"maxItems": rules.MAX_REDIRECTS},
        ),
    ]
    jwks: KeySet | None = None


class CatalogueQuery(Schema):
    """Of which theme and state; without a state, what is online or suspended."""

    theme: Theme | None = None
    state: StateName | None = None


class Card(Schema):
    """What everybody reads of an application.

    The publisher says all but `state`, `state_since`, `can_connect` and `checked`, which are ours.
    `site` is where it is opened; it is there that a person begins to connect it. Until it was
    online once, it has no link.
    """

    id: str
    name: str
    publisher: PublisherBody
    purpose: str
    theme: Theme
    platforms: list[Platform]
    price: PriceBody
    data_asked: list[AskedBody]
    retention: str
    site: str
    privacy: str
    attestations: list[AttestationBody]
    state: StateName
    state_since: datetime
    can_connect: bool
    checked: list[CheckedOut]


class CatalogueOut(Schema):
    """Applications, all of them: there is no further page."""

    order: Annotated[
        Literal["alphabetical"], Field(description="By name; nobody pays for a place (R-CAT-06).")
    ]
    items: list[Card]


def draft_of(body: ApplicationDraft) -> Draft:
    """Return what a publisher says."""
    return Draft(
        name=body.name,
        publisher=Publisher(body.publisher.name, body.publisher.website),
        purpose=body.purpose,
        theme=body.theme,
        platforms=tuple(body.platforms),
        price=Price(body.price.kind, body.price.detail),
        data_asked=tuple(Asked(one.permission, one.why) for one in body.data_asked),
        retention=body.retention,
        site=body.site,
        privacy=body.privacy,
        attestations=tuple(Attestation(one.kind, one.reference) for one in body.attestations),
        redirect_uris=tuple(body.redirect_uris),
        jwks=body.jwks,
    )


def card_out(application: Application) -> Card:
    """Return the card of an application."""
    draft = application.draft
    return Card(
        id=application.id,
        name=draft.name,
        publisher=PublisherBody(name=draft.publisher.name, website=draft.publisher.website),
        purpose=draft.purpose,
        theme=draft.theme,
        platforms=list(draft.platforms),
        price=PriceBody(kind=draft.price.kind, detail=draft.price.detail),
        data_asked=[AskedBody(permission=one.permission, why=one.why) for one in draft.data_asked],
        retention=draft.retention,
        site=draft.site,
        privacy=draft.privacy,
        attestations=[
            AttestationBody(kind=one.kind, reference=one.reference) for one in draft.attestations
        ],
        state=application.state.value,
        state_since=application.state_since,
        can_connect=application.can_connect,
        checked=[CheckedOut(criteria=one.criteria, on=one.on) for one in application.checked],
    )
