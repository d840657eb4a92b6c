"""Write `docs/access-policy.md`, who may do what, by asking the policy itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.access.model import Action, Facts, Right
from chalicelib.access.permissions import Permission
from chalicelib.access.policy import decide, is_open_to
from chalicelib.http.principal import ActorKind

if TYPE_CHECKING:
    from collections.abc import Mapping


def _who(kind: ActorKind, *, holds: bool = False, granted: bool = False) -> Facts:
    return Facts(kind, space_open=True, holds_record=holds, grant_active=granted)


_SOMEBODY: Final = _who(ActorKind.PERSON)
_ROLES: Final[Mapping[str, Facts]] = {
    "the person": _who(ActorKind.PERSON, holds=True),
    "who represents her, a minor": replace(_SOMEBODY, represents_holder=True),
    "on whose insurance file she is": replace(_SOMEBODY, covers_holder=True),
    "who is invited to represent her": replace(_SOMEBODY, invited_to_represent=True),
    "somebody else": _SOMEBODY,
    "authorised professional": _who(ActorKind.PROFESSIONAL, granted=True),
    "other professional": _who(ActorKind.PROFESSIONAL),
    "organisation": _who(ActorKind.ORGANISATION),
    "who takes part in the conversation": replace(_who(ActorKind.PROFESSIONAL), takes_part=True),
    "application, by her consent": replace(
        _who(ActorKind.APPLICATION), permissions=frozenset(Permission)
    ),
    "who publishes applications": _who(ActorKind.PUBLISHER),
    "who reviews applications": _who(ActorKind.OPERATOR),
    "calendar link": replace(_who(ActorKind.CALENDAR), link_live=True),
}
_INTRODUCTION: Final = """\
# Access policy

Who may do what in an open space: what `chalicelib/access/policy.py` decides, written from it by
`python -m infra.describe`. A cell names the right by which it is allowed, as the person's history
shows it; an empty one is refused. `depositor` is for what the caller deposited or set, only. An
application is shown with a consent to everything; each line takes what the person turned on.

In a space that is closed, everything is refused. What a professional may read is then narrowed by
type of document and profession (`chalicelib/access/data`). What each route answers to each role is
in `tests/policy/matrix.csv`.

An application acts by the consent of the person, and by the one permission that each action takes
(`_NEEDED` in the policy; for measures, that of their kind): with all of them, its column says what
it could do at most (ADR 0025).

Lists of one's own belong to no record, and this table is not asked. A professional reads her own
box of conversations; the members of a team, and the software of its organisation, read the team's;
a professional lists the records open to her (ADR 0018). Persons have neither. What such a
list shows was sealed for its box, or names nobody; it is traced in the history of who reads it.
Opening what it leads to passes this table, and is traced in the person's.

"""


def text() -> str:
    """Return the page: a line for each action, a column for each role."""
    head = ["action", *_ROLES]
    lines = [head, ["---"] * len(head)]
    lines += [
        [f"`{action}`", *(_cell(action, facts) for facts in _ROLES.values())] for action in Action
    ]
    return _INTRODUCTION + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(action: Action, facts: Facts) -> str:
    may_deposit = is_open_to(Action.DOCUMENT_ADD, facts.actor)
    own = replace(facts, target_deposited_by_actor=may_deposit)
    decisions = (decide(action, facts), decide(action, own))
    right = next((one.right for one in decisions if one.is_allowed), Right.NONE)
    return "" if right is Right.NONE else right.value
