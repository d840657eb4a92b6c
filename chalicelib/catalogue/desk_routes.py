"""Routes of who works with applications: publishers on their own, operators on all."""

from typing import Final

from chalicelib.catalogue import desk
from chalicelib.catalogue.desk import File
from chalicelib.catalogue.desk_schemas import (
    ApplicationChanges,
    ApplicationFile,
    ApplicationLines,
    DecisionBody,
    QueueQuery,
    ReviewBody,
    file_out,
    line_out,
)
from chalicelib.catalogue.model import Application
from chalicelib.catalogue.schemas import ApplicationDraft, draft_of
from chalicelib.core.errors import Conflict, Forbidden, Invalid, TooMany
from chalicelib.http.endpoint import Answer, Call, NoQuery, endpoint

_OWN: Final = "/v1/publishers/me/applications"
_OWN_ONE: Final = "/v1/publishers/me/applications/{application_id}"
_ALL: Final = "/v1/operators/applications"
_ONE: Final = "/v1/operators/applications/{application_id}"
_FIXED: Final = Conflict("application-fixed")


@endpoint("GET", _OWN, answers={200: ApplicationLines}, problems=(Forbidden(),))
def list_own_applications(call: Call[None, NoQuery]) -> Answer:
    """List the applications of one's establishment, whatever their state, by name."""
    return _lines(desk.own_applications(call.principal))


@endpoint(
    "POST",
    _OWN,
    body=ApplicationDraft,
    idempotent=True,
    answers={201: ApplicationFile},
    problems=(Forbidden(), TooMany()),
)
def register_application(call: Call[ApplicationDraft, NoQuery]) -> Answer:
    """Register a candidate: it acts for nobody until it was reviewed."""
    if call.idempotency is None:
        raise Invalid("idempotency-key-required")
    found = desk.register(call.principal, draft_of(call.body), call.idempotency)
    place = {"Location": f"{_OWN}/{found.application.id}"}
    return _file(found, to_publisher=True, status=201, headers=place)


@endpoint("GET", _OWN_ONE, answers={200: ApplicationFile}, problems=(Forbidden(),))
def read_own_application(call: Call[None, NoQuery]) -> Answer:
    """Read an application of one's establishment, with what was decided and why."""
    found = desk.own_application(call.principal, call.path["application_id"])
    return _file(found, to_publisher=True)


@endpoint(
    "PATCH",
    _OWN_ONE,
    body=ApplicationChanges,
    if_match=True,
    answers={200: ApplicationFile},
    problems=(Forbidden(), _FIXED),
)
def change_own_application(call: Call[ApplicationChanges, NoQuery]) -> Answer:
    """Change what is said of an application; online, it goes back to review and acts no more."""
    one, version = call.path["application_id"], call.if_match or 0
    found = desk.change(call.principal, one, call.body.changes(), version)
    return _file(found, to_publisher=True)


@endpoint("GET", _ALL, query=QueueQuery, answers={200: ApplicationLines}, problems=(Forbidden(),))
def list_applications_to_review(call: Call[None, QueueQuery]) -> Answer:
    """List applications, those that have been in their state for longest first."""
    return _lines(desk.queue(call.principal, call.query.state))


@endpoint("GET", _ONE, answers={200: ApplicationFile}, problems=(Forbidden(),))
def read_application_to_review(call: Call[None, NoQuery]) -> Answer:
    """Read all of an application, with its history."""
    return _file(desk.file(call.principal, call.path["application_id"]), to_publisher=False)


@endpoint(
    "PUT",
    f"{_ONE}/review",
    body=ReviewBody,
    if_match=True,
    answers={200: ApplicationFile},
    problems=(Forbidden(),),
)
def review_application(call: Call[ReviewBody, NoQuery]) -> Answer:
    """Note which families of criteria are found satisfied, in the version that was read."""
    one, version = call.path["application_id"], call.if_match or 0
    found = desk.review(call.principal, one, call.body.satisfied, version)
    return _file(found, to_publisher=False)


@endpoint(
    "POST",
    f"{_ONE}/state",
    body=DecisionBody,
    if_match=True,
    answers={200: ApplicationFile},
    problems=(Forbidden(), Conflict("application-move"), Conflict("application-unchecked")),
)
def decide_application(call: Call[DecisionBody, NoQuery]) -> Answer:
    """Decide of the version that was read, with a reason; in force from its next request on."""
    one, body, version = call.path["application_id"], call.body, call.if_match or 0
    found = desk.decide(call.principal, one, body.state, body.reason, version)
    return _file(found, to_publisher=False)


def _lines(found: list[Application]) -> Answer:
    return Answer(ApplicationLines(items=[line_out(one) for one in found]))


def _file(
    found: File, *, to_publisher: bool, status: int = 200, headers: dict[str, str] | None = None
) -> Answer:
    return Answer(
        file_out(found, to_publisher=to_publisher),
        status=status,
        version=found.application.version,
        headers=headers or {},
    )
