"""Bodies of what publishers and operators do with applications, as JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.catalogue import rules
from chalicelib.catalogue.desk import File
from chalicelib.catalogue.model import (
    Application,
    Author,
    Criteria,
    Event,
    Happened,
    Platform,
    Pricing,
    State,
    Theme,
)
from chalicelib.catalogue.schemas import (
    ApplicationDraft,
    AskedBody,
    Card,
    Page,
    PriceBody,
    PublisherBody,
    card_out,
    draft_of,
)
from chalicelib.http.endpoint import Schema

_ABSENT = ApplicationDraft(
    name="",
    publisher=PublisherBody(name="", website=""),
    purpose="",
    theme=Theme.HEALTH_RECORD,
    platforms=[],
    price=PriceBody(kind=Pricing.FREE, detail=""),
    data_asked=[],
    retention="",
    site="",
    privacy="",
    attestations=[],
    redirect_uris=[],
)


class ApplicationChanges(ApplicationDraft):
    """What to change: what is absent stays; null `jwks` makes a public client.

    Anything changed of an application that is online sends it back to review: until it is decided
    anew it is a candidate, and acts no more (R-SVC-04). What people allowed it stays, and no more.
    """

    name: str = Field("", json_schema_extra={"maxLength": rules.MAX_NAME})
    publisher: PublisherBody = _ABSENT.publisher
    purpose: str = Field("", json_schema_extra={"maxLength": rules.MAX_PURPOSE})
    theme: Theme = _ABSENT.theme
    platforms: list[Platform] = Field(default_factory=list)
    price: PriceBody = _ABSENT.price
    data_asked: list[AskedBody] = Field(default_factory=list)
    retention: str = Field("", json_schema_extra={"maxLength": rules.MAX_RETENTION})
    site: Page = ""
    privacy: Page = ""

    def changes(self) -> dict[str, Any]:
        """Return what is said, by the members of a draft."""
        said = draft_of(self)
        return {name: getattr(said, name) for name in self.model_fields_set}


class QueueQuery(Schema):
    """Of which state; without, all of them."""

    state: State | None = None


class ReviewBody(Schema):
    """The families of criteria found satisfied, all of them: those left out no longer are."""

    satisfied: list[Criteria]


class DecisionBody(Schema):
    """A state, and why: the publisher reads the reason."""

    state: State
    reason: Annotated[str, Field(json_schema_extra={"maxLength": rules.MAX_REASON})]


class ByOut(Schema):
    """Who did something: publishers are not told which operator."""

    kind: Literal["publisher", "operator"]
    id: str | None
    name: str | None
    siret: str | None


class EventOut(Schema):
    """One entry of the own history of an application.

    `about` names what changed: members of what the publisher says, or families of criteria.
    """

    id: str
    at: datetime
    what: Happened
    by: ByOut
    before: State | None
    after: State | None
    about: list[str]
    reason: str | None


class ApplicationLine(Schema):
    """An application in a list of work."""

    id: str
    name: str
    publisher: str
    siret: str | None
    theme: Theme
    state: State
    state_since: datetime
    can_connect: bool
    missing: list[Criteria]


class ApplicationLines(Schema):
    """Applications, all of them: there is no further page."""

    items: list[ApplicationLine]


class ApplicationFile(Card):
    """All of an application: what its publisher says, what was decided, and its history.

    `client_id` and `authentication` are what its software says to the authorisation server. Unless
    `acts`, it is refused everything: only what is online acts. `missing` is what is still to be
    found satisfied before it may be online. `history` has its fifty latest entries.
    """

    siret: str | None
    client_id: str
    authentication: Literal["private_key_jwt", "none"]
    redirect_uris: list[str]
    jwks: dict[str, Any] | None
    acts: bool
    missing: list[Criteria]
    history: list[EventOut]


def line_out(one: Application) -> ApplicationLine:
    """Return the line of an application."""
    return ApplicationLine(
        id=one.id,
        name=one.draft.name,
        publisher=one.draft.publisher.name,
        siret=one.owner,
        theme=one.draft.theme,
        state=one.state,
        state_since=one.state_since,
        can_connect=one.can_connect,
        missing=rules.missing_checks(one),
    )


def file_out(found: File, *, to_publisher: bool) -> ApplicationFile:
    """Return all of an application."""
    one = found.application
    return ApplicationFile(
        **dict(card_out(one)),
        siret=one.owner,
        client_id=one.id,
        authentication="private_key_jwt" if one.draft.jwks else "none",
        redirect_uris=list(one.draft.redirect_uris),
        jwks=dict(one.draft.jwks) if one.draft.jwks else None,
        acts=one.state is State.ONLINE and one.can_connect,
        missing=rules.missing_checks(one),
        history=[_event_out(event, to_publisher=to_publisher) for event in found.history],
    )


def _event_out(event: Event, *, to_publisher: bool) -> EventOut:
    return EventOut(
        id=event.id,
        at=event.at,
        what=event.what,
        by=_by_out(event.by, is_named=not (to_publisher and event.by.is_operator)),
        before=event.before,
        after=event.after,
        about=list(event.about),
        reason=event.reason,
    )


def _by_out(by: Author, *, is_named: bool) -> ByOut:
    return ByOut(
        kind="operator" if by.is_operator else "publisher",
        id=by.id if is_named else None,
        name=by.name if is_named else None,
        siret=by.siret,
    )
