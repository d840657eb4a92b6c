"""Who is asking, as the signature of the token proves it; rights are the gate's business.

The gateway hands the authorizer's context as strings; this is the only place that reads it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.core import clock, ids
from chalicelib.core.errors import Unauthenticated

SKEW_SECONDS = 60
_ACTOR_ID = re.compile(r"[0-9A-Z]{9,26}", re.ASCII)


class ActorKind(StrEnum):
    """The kinds of actors the policy knows."""

    PERSON = "person"
    PROFESSIONAL = "professional"
    ORGANISATION = "organisation"
    APPLICATION = "application"  # of the catalogue, by a person's consent
    PUBLISHER = "publisher"  # of applications of the catalogue: has no right to any record
    OPERATOR = "operator"  # who reviews them: has none either
    CALENDAR = "calendar"  # whatever holds a person's secret link; no token ever says it


@dataclass(frozen=True, slots=True)
class Principal:
    """A proven identity: `id` is an account, a professional's RPPS, a structure's FINESS.

    `session` is the session's id, the client's id for software, or the hash of a calendar's secret:
    the gate reads that row on each request, so that ending it is immediate. `generation` is that of
    a client's tokens, `account` the account of a professional. An application's session is itself,
    `generation` that of the consent, `patient` the name of the person for this application, and
    `permissions` what was asked for where its token was given: never more, whatever is consented.
    """

    kind: ActorKind
    id: str
    session: str
    expires_at: int
    generation: int = 0
    account: str = ""
    patient: str = ""
    permissions: frozenset[str] = frozenset()


def from_context(context: Mapping[str, object]) -> Principal:
    """Read the authorizer's context; its cached answer may be 60 s old, so `exp` is rechecked.

    Raises:
        Unauthenticated: the token ended, or there is no context.
    """
    try:
        principal = Principal(
            kind=ActorKind(str(context["kind"])),
            id=str(context["id"]),
            session=str(context["session"]),
            expires_at=int(str(context["exp"])),
            generation=int(str(context.get("generation", 0))),
            account=str(context.get("account", "")),
            patient=str(context.get("patient", "")),
            permissions=frozenset(str(context.get("permissions", "")).split()),
        )
    except (KeyError, ValueError) as error:
        raise Unauthenticated from error
    if clock.epoch(clock.now()) > principal.expires_at + SKEW_SECONDS:
        raise Unauthenticated
    if not _ACTOR_ID.fullmatch(principal.id) or not ids.is_id(principal.session):
        raise Unauthenticated
    if principal.account and not ids.is_id(principal.account):
        raise Unauthenticated
    return principal
