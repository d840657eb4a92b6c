"""Mailboxes of professionals: each has her own, and a team has one, which its members share.

A box is named by a public number: `PRO.<rpps>` or `ORG.<finess>`. A conversation of a record keeps
a keyed hash of its box only; what else joins the two is told in ADR 0020.
"""

import hmac
from typing import Final

from chalicelib.http.principal import ActorKind, Principal
from chalicelib.vault import blind

_OWN: Final = "PRO"
_TEAM: Final = "ORG"


def of(principal: Principal, organisation_id: str | None) -> tuple[str, ...]:
    """Return the boxes that an actor reads; `organisation_id` is what her session says.

    Software of an organisation reads its team's.
    """
    if principal.kind is ActorKind.PROFESSIONAL:
        team = (team_of(organisation_id),) if organisation_id else ()
        return (own_of(principal.id), *team)
    if principal.kind is ActorKind.ORGANISATION:
        return (team_of(principal.id),)
    return ()


def own_of(rpps: str) -> str:
    """Return the name of a professional's own box."""
    return f"{_OWN}.{rpps}"


def team_of(organisation_id: str) -> str:
    """Return the name of a team's box."""
    return f"{_TEAM}.{organisation_id}"


def is_team(box: str) -> bool:
    """Tell whether a box is a team's."""
    return box.startswith(_TEAM)


def choose(names: tuple[str, ...], *, team: bool) -> str | None:
    """Return the team's box, or one's own, of those an actor reads; None if there is none."""
    return next((one for one in names if is_team(one) is team), None)


def token(pid: str, box: str) -> str:
    """Return the keyed hash that marks a box in a record, unlinkable between records."""
    return blind.blind("box", f"{pid}|{box}")


def holds(mark: str | None, pid: str, names: tuple[str, ...]) -> bool:
    """Tell whether one of these boxes is the one that a row of a record is marked with."""
    return mark is not None and any(hmac.compare_digest(mark, token(pid, one)) for one in names)
