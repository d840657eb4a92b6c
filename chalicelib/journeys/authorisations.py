"""Authorisations as the person reads them: with the professional's public name and place."""

import re
from typing import Final, Literal

from pydantic import Field

from chalicelib.access import gate, rules, usecases
from chalicelib.access.model import Grant, GrantStatus
from chalicelib.core import clock
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity import directory
from chalicelib.identity.model import Professional
from chalicelib.identity.store import ProfessionalRow, professional_key
from chalicelib.identity.values import RPPS
from chalicelib.record.schemas import Labelled

_NUMBER: Final = re.compile(r"[0-9]{11}", re.ASCII)
_LIST: Final = "/v1/patients/{pid}/authorisations"
_ONE: Final = "/v1/patients/{pid}/authorisations/{rpps}"


class AuthorisationOut(Schema):
    """Who may read the record, since when and until when; the professional's name is public."""

    rpps: str
    name: str
    profession: Labelled | None
    place: str | None
    status: Literal["active", "withdrawn", "expired"]
    since: str
    valid_until: str
    first_used_at: str | None
    last_change_at: str
    given_by: str | None = Field(
        description="Of a minor's, who gave it for her: it ends on the day she is of age."
    )
    ends_at_majority: bool = Field(description="It does, or did, before its own term.")
    version: int


class AuthorisationList(Schema):
    """All authorisations of a record, the last change first."""

    items: list[AuthorisationOut]
    next: None = None


@endpoint("GET", _LIST, answers={200: AuthorisationList})
def list_authorisations(call: Call[None, NoQuery]) -> Answer:
    """List whom the person authorised, now and before."""
    pid = gate.resolve(call.principal, call.path["pid"])
    grants = usecases.list_authorisations(call.principal, pid)
    names = _names([grant.rpps for grant in grants])
    return Answer(AuthorisationList(items=[_out(grant, names) for grant in grants]))


@endpoint(
    "PUT",
    _ONE,
    patterns={"rpps": _NUMBER},
    answers={200: AuthorisationOut, 201: AuthorisationOut},
)
def give_authorisation(call: Call[None, NoQuery]) -> Answer:
    """Authorise a professional for a year; again renews."""
    pid, rpps = gate.resolve(call.principal, call.path["pid"]), call.path["rpps"]
    entry = (ProfessionalRow, *professional_key(rpps))
    given = usecases.give_authorisation(call.principal, pid, rpps, entry)
    out = _out(given.grant, _names([rpps]))
    return Answer(out, status=201 if given.is_new else 200, version=given.grant.version)


@endpoint("DELETE", _ONE, patterns={"rpps": _NUMBER}, answers={204: None})
def withdraw_authorisation(call: Call[None, NoQuery]) -> Answer:
    """Take the key back, effective on the professional's next request."""
    pid = gate.resolve(call.principal, call.path["pid"])
    usecases.withdraw_authorisation(call.principal, pid, call.path["rpps"])
    return Answer(status=204)


def _names(numbers: list[str]) -> dict[RPPS, Professional]:
    return {one.rpps: one for one in directory.professionals(numbers)}


def _out(grant: Grant, names: dict[RPPS, Professional]) -> AuthorisationOut:
    known = names.get(RPPS(grant.rpps))
    return AuthorisationOut(
        rpps=grant.rpps,
        name=known.name if known else f"RPPS {grant.rpps}",
        profession=_profession(known),
        place=known.place if known else None,
        status=rules.shown_status(
            active=grant.is_active(clock.now()),
            withdrawn=grant.status is GrantStatus.WITHDRAWN,
        ),
        since=clock.iso(grant.given_at),
        valid_until=clock.iso(grant.valid_until),
        first_used_at=clock.iso(grant.first_used_at) if grant.first_used_at else None,
        last_change_at=clock.iso(grant.changed_at),
        given_by=grant.given_by,
        ends_at_majority=grant.lapses_at_majority,
        version=grant.version,
    )


def _profession(known: Professional | None) -> Labelled | None:
    return Labelled(code=known.profession_code, label=known.profession) if known else None
