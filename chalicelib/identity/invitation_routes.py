"""Invitations to represent a minor as well: sent by those on whose file she is, and received."""

from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.access import gate
from chalicelib.core import clock
from chalicelib.core.errors import Conflict
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.http.fields import Day
from chalicelib.identity import invitations, invited
from chalicelib.identity.invitations import Invitation, Invitee

_SENT: Final = "/v1/patients/{pid}/representatives/invitations"
_RECEIVED: Final = "/v1/patients/{pid}/invitations"
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class InvitationBody(Schema):
    """The adult to invite, as his civil status names him; no list of people is ever shown."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"family_name": "EXEMPLE", "given_name": "CAMILLE", "birth_date": "1981-04-02"}
            ]
        }
    )

    family_name: Name = Field(description="The birth name; case, accents and hyphens aside.")
    given_name: Name = Field(description="The first of the birth given names.")
    birth_date: Day


class InvitationOut(Schema):
    """An invitation that was sent; `name` is what was typed, whether anybody bears it or not.

    It stays `pending` until `expires_at` if nobody answers.
    """

    id: str
    name: str
    status: Literal["pending", "accepted", "refused", "expired", "withdrawn", "ended"]
    created_at: str
    expires_at: str


class InvitationList(Schema):
    """The invitations to represent a minor, the last first."""

    items: list[InvitationOut]


class ReceivedOut(Schema):
    """An invitation to represent a minor, which may be answered until `expires_at`."""

    id: str
    child: str = Field(description="The given name of the minor.")
    invited_by: str
    expires_at: str


class ReceivedList(Schema):
    """The invitations that one may answer now."""

    items: list[ReceivedOut]


class AnswerBody(Schema):
    """One's answer; to accept, one certifies on one's honour to be a legal representative."""

    answer: Literal["accept", "refuse"]
    certifies: Literal[True] | None = None

    @model_validator(mode="after")
    def _certifies(self) -> Self:
        if self.answer == "accept" and not self.certifies:
            raise PydanticCustomError("missing", "certifies")
        return self


@endpoint(
    "POST",
    _SENT,
    body=InvitationBody,
    idempotent=True,
    answers={201: InvitationOut},
    problems=(Conflict("too-many-invitations", limit=invitations.MOST),),
)
def invite_representative(call: Call[InvitationBody, NoQuery]) -> Answer:
    """Invite another adult to represent a minor; the answer is the same if he has no space."""
    pid, body = gate.resolve(call.principal, call.path["pid"]), call.body
    whom = Invitee(body.family_name.strip(), body.given_name.strip(), body.birth_date)
    return Answer(_out(invitations.invite(call.principal, pid, whom, call.idempotency)), status=201)


@endpoint("GET", _SENT, answers={200: InvitationList})
def list_sent_invitations(call: Call[None, NoQuery]) -> Answer:
    """List the invitations to represent a minor who is on one's insurance file."""
    pid = gate.resolve(call.principal, call.path["pid"])
    sent = invitations.list_sent(call.principal, pid)
    return Answer(InvitationList(items=[_out(one) for one in sent]))


@endpoint("DELETE", _SENT + "/{invitation_id}", answers={204: None})
def end_invitation(call: Call[None, NoQuery]) -> Answer:
    """Withdraw an invitation, or end at once what who accepted it may do."""
    pid = gate.resolve(call.principal, call.path["pid"])
    invitations.end(call.principal, pid, call.path["invitation_id"])
    return Answer(status=204)


@endpoint("GET", _RECEIVED, answers={200: ReceivedList})
def list_received_invitations(call: Call[None, NoQuery]) -> Answer:
    """List the invitations to represent a minor that one may answer."""
    pid = gate.resolve(call.principal, call.path["pid"])
    found = invited.list_received(call.principal, pid)
    return Answer(
        ReceivedList(
            items=[
                ReceivedOut(
                    id=one.id,
                    child=one.child,
                    invited_by=one.invited_by,
                    expires_at=clock.iso(one.expires_at),
                )
                for one in found
            ]
        )
    )


@endpoint(
    "PUT",
    _RECEIVED + "/{invitation_id}",
    body=AnswerBody,
    answers={204: None},
    problems=(Conflict("invitation-closed"),),
)
def answer_invitation(call: Call[AnswerBody, NoQuery]) -> Answer:
    """Accept to represent a minor, or refuse; repeating is harmless."""
    pid = gate.resolve(call.principal, call.path["pid"])
    answer = invited.accept if call.body.answer == "accept" else invited.refuse
    answer(call.principal, pid, call.path["invitation_id"])
    return Answer(status=204)


def _out(sent: Invitation) -> InvitationOut:
    return InvitationOut(
        id=sent.id,
        name=sent.name,
        status=sent.status.value,
        created_at=clock.iso(sent.created_at),
        expires_at=clock.iso(sent.expires_at),
    )
