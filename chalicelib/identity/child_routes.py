"""Children on a person's insurance file, and who represents a minor."""

from typing import Literal

from pydantic import Field

from chalicelib.access import gate
from chalicelib.core import clock
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity import children, rules
from chalicelib.identity.children import Child

_LIST = "/v1/patients/{pid}/children"
_ONE = _LIST + "/{child_id}"


class ChildOut(Schema):
    """A child on one's insurance file; `active` while one manages her space, until `ends_at`.

    With `invited`, she is on somebody else's: one came by an invitation.
    """

    patient_id: str
    given_name: str
    family_name: str
    birth_date: str
    age: int
    status: Literal["on_file", "active"]
    ends_at: str | None
    invited: bool


class ChildList(Schema):
    """The minors on one's insurance file, the youngest first."""

    items: list[ChildOut]


class ManageBody(Schema):
    """What the parent states, on her honour: she is a legal representative of the child."""

    certifies: Literal[True]


class RepresentativeOut(Schema):
    """Somebody who manages a minor's space."""

    name: str
    is_you: bool
    since: str
    invitation_id: str | None = Field(
        description="By which she came, for those on whose insurance file the minor is: they may "
        "end it."
    )


class RepresentativeList(Schema):
    """Who manages a minor's space, the first one first."""

    items: list[RepresentativeOut]


@endpoint("GET", _LIST, answers={200: ChildList})
def list_children(call: Call[None, NoQuery]) -> Answer:
    """List the children on one's insurance file."""
    pid = gate.resolve(call.principal, call.path["pid"])
    found = children.list_children(call.principal, pid)
    return Answer(ChildList(items=[_child(one) for one in found]))


@endpoint("PUT", _ONE, body=ManageBody, answers={200: ChildOut, 201: ChildOut})
def manage_child(call: Call[ManageBody, NoQuery]) -> Answer:
    """Begin to manage a child's space, as her legal representative; repeating is harmless."""
    pid, child = (gate.resolve(call.principal, call.path[name]) for name in ("pid", "child_id"))
    made, is_new = children.manage(call.principal, pid, child)
    return Answer(_child(made), status=201 if is_new else 200)


@endpoint("DELETE", _ONE, answers={204: None})
def leave_child(call: Call[None, NoQuery]) -> Answer:
    """Stop managing a child's space, at once."""
    pid, child = (gate.resolve(call.principal, call.path[name]) for name in ("pid", "child_id"))
    children.leave(call.principal, pid, child)
    return Answer(status=204)


@endpoint("GET", "/v1/patients/{pid}/representatives", answers={200: RepresentativeList})
def list_representatives(call: Call[None, NoQuery]) -> Answer:
    """List who manages a minor's space."""
    pid = gate.resolve(call.principal, call.path["pid"])
    found = children.list_representatives(call.principal, pid)
    return Answer(
        RepresentativeList(
            items=[
                RepresentativeOut(
                    name=one.name,
                    is_you=one.is_reader,
                    since=clock.iso(one.since),
                    invitation_id=one.invitation,
                )
                for one in found
            ]
        )
    )


def _child(child: Child) -> ChildOut:
    now = clock.now()
    return ChildOut(
        patient_id=child.pid,
        given_name=child.given_name,
        family_name=child.family_name,
        birth_date=child.birth_date.isoformat(),
        age=rules.age_on(child.birth_date, clock.paris_date(now)),
        status="active" if child.is_managed(now) else "on_file",
        ends_at=clock.iso(child.ends_at) if child.ends_at else None,
        invited=child.is_invited,
    )
