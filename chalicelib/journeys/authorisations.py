"""Authorisations as the person reads them: with the professional's public name and place."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from chalicelib.access import gate, rules, usecases
from chalicelib.access.model import Grant, GrantStatus
from chalicelib.core import clock, rows
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity.store import ProfessionalRow, professional_key
from chalicelib.record.schemas import Labelled

_RPPS: Final = re.compile(r"[0-9]{11}", re.ASCII)
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
    version: int


class AuthorisationList(Schema):
    """All authorisations of a record, the last change first."""

    items: list[AuthorisationOut]
    next: None = None


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    profession: Labelled | None
    place: str | None


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
    patterns={"rpps": _RPPS},
    answers={200: AuthorisationOut, 201: AuthorisationOut},
)
def give_authorisation(call: Call[None, NoQuery]) -> Answer:
    """Authorise a professional for a year; again renews."""
    pid, rpps = gate.resolve(call.principal, call.path["pid"]), call.path["rpps"]
    directory = (ProfessionalRow, *professional_key(rpps))
    given = usecases.give_authorisation(call.principal, pid, rpps, directory)
    out = _out(given.grant, _names([rpps]))
    return Answer(out, status=201 if given.is_new else 200, version=given.grant.version)


@endpoint("DELETE", _ONE, patterns={"rpps": _RPPS}, answers={204: None})
def withdraw_authorisation(call: Call[None, NoQuery]) -> Answer:
    """Take the key back, effective on the professional's next request."""
    pid = gate.resolve(call.principal, call.path["pid"])
    usecases.withdraw_authorisation(call.principal, pid, call.path["rpps"])
    return Answer(status=204)


def _names(numbers: list[str]) -> dict[str, _Named]:
    wanted: list[Any] = [(ProfessionalRow, *professional_key(rpps)) for rpps in numbers]
    found = rows.fetch(wanted) if wanted else []
    return {
        rpps: _named(row)
        for rpps, row in zip(numbers, found, strict=True)
        if isinstance(row, ProfessionalRow)
    }


def _named(row: ProfessionalRow) -> _Named:
    return _Named(
        name=" ".join(filter(None, (row.civility, row.given_name, row.family_name))),
        profession=Labelled(code=row.profession_code, label=row.profession),
        place=None,
    )


def _out(grant: Grant, names: dict[str, _Named]) -> AuthorisationOut:
    named = names.get(grant.rpps, _Named(f"RPPS {grant.rpps}", None, None))
    return AuthorisationOut(
        rpps=grant.rpps,
        name=named.name,
        profession=named.profession,
        place=named.place,
        status=rules.shown_status(
            active=grant.is_active(clock.now()),
            withdrawn=grant.status is GrantStatus.WITHDRAWN,
        ),
        since=clock.iso(grant.given_at),
        valid_until=clock.iso(grant.valid_until),
        first_used_at=clock.iso(grant.first_used_at) if grant.first_used_at else None,
        last_change_at=clock.iso(grant.changed_at),
        version=grant.version,
    )
