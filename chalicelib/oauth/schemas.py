"""Bodies of the routes of consents, as JSON."""

from collections.abc import Collection
from typing import Annotated, cast

from pydantic import Field

from chalicelib.access import rules as access_rules
from chalicelib.access.permissions import Permission
from chalicelib.access.rules import ShownStatus
from chalicelib.catalogue.schemas import AskedBody, Card, StateName, card_out
from chalicelib.catalogue.terms import Terms
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


class TermsOut(Schema):
    """What a publisher says of an application that a person reads before she agrees."""

    name: str
    publisher: str
    purpose: str
    retention: str
    reasons: list[AskedBody]


class NewTermsOut(Schema):
    """What the person agreed to, and what the application says now; `lines` are off until she does.

    `version` names what it says now, to agree to that; `answer_by` is exclusive.
    """

    former: TermsOut
    now: TermsOut
    lines: list[Permission]
    version: str
    answer_by: str


class Agreement(Schema):
    """Which terms the person agrees to: those that she was shown."""

    version: Annotated[str, Field(max_length=64)]


class ConsentOut(Schema):
    """What a person lets an application do, until when, and what it did.

    `given_by`: of a minor's, who gave it for her; it ends on the day she is of age. `unanswered`:
    lines that went off for want of an answer to new terms. `new_terms`: she is asked for one.
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
    unanswered: list[Permission]
    new_terms: NewTermsOut | None
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
        unanswered=list(consent.unanswered),
        new_terms=_new_terms_out(consent) if consent.is_active(clock.now()) else None,
        version=consent.version,
    )


def _new_terms_out(consent: Consent) -> NewTermsOut | None:
    asked = consent.new_terms
    if asked is None:
        return None
    given = (*consent.permissions, *consent.unanswered)
    return NewTermsOut(
        former=_terms_out(asked.former, given),
        now=_terms_out(asked.now, given),
        lines=list(asked.lines),
        version=asked.version,
        answer_by=clock.iso(asked.answer_by),
    )


def _terms_out(terms: Terms, lines: Collection[Permission]) -> TermsOut:
    """Write terms with the reasons of the lines that are given; those of others she never had."""
    return TermsOut(
        name=terms.name,
        publisher=terms.publisher,
        purpose=terms.purpose,
        retention=terms.retention,
        reasons=[
            AskedBody(permission=one, why=why) for one, why in terms.reasons.items() if one in lines
        ],
    )
