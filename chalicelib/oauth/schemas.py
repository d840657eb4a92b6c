"""Bodies of the routes of consents, as JSON."""

from typing import Annotated, cast

from pydantic import Field

from chalicelib.access import rules as access_rules
from chalicelib.access.permissions import Permission
from chalicelib.access.rules import ShownStatus
from chalicelib.catalogue.schemas import AskedBody, Card, StateName, card_out
from chalicelib.core import clock
from chalicelib.http.endpoint import Schema
from chalicelib.oauth.authorize import Described
from chalicelib.oauth.model import Consent, Given
from chalicelib.oauth.rules import Months
from chalicelib.oauth.sealed import MAX_CHARS

Request = Annotated[
    str,
    Field(max_length=MAX_CHARS, description="What followed the # of our page's address, as is."),
]
Permissions = Annotated[list[Permission], Field(max_length=len(Permission))]


class ConsentRequest(Schema):
    """A request for consent that an application's address brought."""

    request: Request


class ConsentRequestOut(Schema):
    """Who asks for what, and why, in its publisher's words; nobody's consent was given yet.

    `decline_url` is where the browser goes to tell the application no.
    """

    application: Card
    asked: list[AskedBody]
    decline_url: str
    expires_at: str


class ConsentDraft(Schema):
    """Which lines of a request a person turns on, and for how long."""

    request: Request
    permissions: Permissions
    months: Months


class ConsentChanges(Schema):
    """Which lines stay on."""

    permissions: Permissions


class ConsentApplication(Schema):
    """The application that a consent is about."""

    id: str
    name: str
    publisher: str
    state: StateName


class ConsentUse(Schema):
    """How many calls a line allowed, and when the last one was."""

    permission: Permission
    calls: int
    last_at: str


class ConsentOut(Schema):
    """What a person lets an application do, until when, and what it did.

    `given_by`: of a minor's, who gave it for her; it ends on the day she is of age.
    """

    id: str
    application: ConsentApplication
    permissions: list[Permission]
    status: ShownStatus
    given_at: str
    valid_until: str
    changed_at: str
    given_by: str | None
    ends_at_majority: bool
    activity: list[ConsentUse]
    last_access_at: str | None
    version: int


class ConsentList(Schema):
    """All consents of a record, the last change first."""

    items: list[ConsentOut]
    next: None = None


class ConsentGiven(Schema):
    """A receipt: what, to whom, until when; and where the browser brings the application word.

    `redirect_url` serves once, within five minutes.
    """

    consent: ConsentOut
    redirect_url: str


def request_out(described: Described) -> ConsentRequestOut:
    """Write a request for the person who is asked."""
    card = card_out(described.application)
    return ConsentRequestOut(
        application=card,
        asked=[one for one in card.data_asked if one.permission in described.asked],
        decline_url=described.decline_url,
        expires_at=clock.iso(described.ends),
    )


def given_out(given: Given) -> ConsentGiven:
    """Write what was given."""
    return ConsentGiven(consent=consent_out(given.consent), redirect_url=given.redirect_url)


def consent_out(consent: Consent) -> ConsentOut:
    """Write a consent."""
    about = consent.application
    uses = [
        ConsentUse(permission=one.permission, calls=one.calls, last_at=clock.iso(one.last_at))
        for one in consent.uses
    ]
    status = access_rules.shown_status(
        active=consent.is_active(clock.now()), withdrawn=consent.is_withdrawn
    )
    return ConsentOut(
        id=consent.ref,
        application=ConsentApplication(
            id=about.id,
            name=about.name,
            publisher=about.publisher,
            state=cast("StateName", about.state),
        ),
        permissions=list(consent.permissions),
        status=status,
        given_at=clock.iso(consent.given_at),
        valid_until=clock.iso(consent.valid_until),
        changed_at=clock.iso(consent.changed_at),
        given_by=consent.given_by,
        ends_at_majority=consent.ends_at_majority,
        activity=uses,
        last_access_at=max((one.last_at for one in uses), default=None),
        version=consent.version,
    )
