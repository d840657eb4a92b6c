"""Children of the person, of another one who invites her, and who represents them."""

from datetime import date
from typing import Final

from bench.asking import Operation, ask, get, remember
from chalicelib.identity import children, invitations, invited
from chalicelib.identity.invitations import Invitee
from tests.builders import Patient, a_minor
from tests.http_client import Client, Reply
from tests.worlds import World

_CHILDREN: Final = "/v1/patients/{pid}/children"
_CHILD: Final = _CHILDREN + "/{child}"
_REPRESENTATIVES: Final = "/v1/patients/{child}/representatives"
_SENT: Final = _REPRESENTATIVES + "/invitations"
_RECEIVED: Final = "/v1/patients/{pid}/invitations"
_ACCEPTS: Final = {"answer": "accept", "certifies": True}


def _born(world: World, _: Client) -> None:
    """Put a child on the person's file, that she does not manage yet."""
    remember(world, child=a_minor(world.person).pid)


def _managed(world: World, _: Client) -> None:
    """Let the person manage a child, on another one's file as well, who does the same."""
    child = a_minor(world.person, world.other).pid
    for parent in (world.person, world.other):
        children.manage(parent.principal, parent.pid, child)
    remember(world, child=child)


def _two(world: World, http: Client) -> None:
    """Let the person manage two children, with a third on her file."""
    _managed(world, http)
    _managed(world, http)
    _born(world, http)


def _known_as(who: Patient) -> Invitee:
    traits = who.identity.traits
    return Invitee(traits.family_name, traits.given_names[0], traits.birth_date or date.max)


def _invite(by: Patient, whom: Patient) -> tuple[str, str]:
    """Let one who manages a child invite somebody, and return the child and the invitation."""
    child = a_minor(by).pid
    children.manage(by.principal, by.pid, child)
    return child, invitations.invite(by.principal, child, _known_as(whom), None).id


def _received(world: World, _: Client) -> None:
    """Let the person be invited twice."""
    for _again in range(2):
        _child, made = _invite(world.other, world.person)
        remember(world, invitation=made)


def _accepted(world: World, _: Client) -> None:
    """Let another person come, by an invitation of the person."""
    child, made = _invite(world.person, world.other)
    invited.accept(world.other.principal, world.other.pid, made)
    remember(world, child=child, invitation=made)


def _send(world: World, http: Client) -> Reply:
    whom = _known_as(world.other)
    body = {
        "family_name": whom.family_name,
        "given_name": whom.given_name,
        "birth_date": str(whom.birth_date),
    }
    return ask("POST", _SENT, json=body)(world, http)


_manage = ask("PUT", _CHILD, json={"certifies": True})
_answer = ask("PUT", f"{_RECEIVED}/{{invitation}}", json=_ACCEPTS)
_end = ask("DELETE", f"{_SENT}/{{invitation}}")
OPERATIONS: Final = (
    Operation("children", get(_CHILDREN), 200, _two),
    Operation("manage_child", _manage, 201, _born),
    Operation("leave_child", ask("DELETE", _CHILD), 204, _managed),
    Operation("representatives", get(_REPRESENTATIVES), 200, _managed),
    Operation("invite_representative", _send, 201, _managed),
    Operation("sent_invitations", get(_SENT), 200, _accepted),
    Operation("end_invitation", _end, 204, _accepted),
    Operation("received_invitations", get(_RECEIVED), 200, _received),
    Operation("answer_invitation", _answer, 204, _received),
)
