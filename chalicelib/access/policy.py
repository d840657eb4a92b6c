"""Who may do what: one table, read by one pure function; anything not in it is refused.

The table gives, for each action, the rights that allow it, the strongest first. A right is a
relation between the actor and the record, established from facts. Changing a rule is changing a
row here, and the expected cell of `tests/policy/matrix.csv`, which is written by hand.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.access.model import Action, Decision, Facts, Refusal, Right
from chalicelib.http.principal import ActorKind

# Sources: R-ACC (the person), R1111-46 and R-AUT-01 (authorisation), R-MAT-02 (feeding needs no
# authorisation), R-PRF-01 (what is hers alone), R-VER-01 (only the depositor withdraws), R1111-49
# (the depositor still reads), R-AGE-01 (an appointment is its author's and the person's).
_ALLOWED: Final[Mapping[Action, tuple[Right, ...]]] = {
    Action.PATIENT_READ: (Right.SELF, Right.AUTHORISATION),
    Action.IDENTITY_READ: (Right.SELF,),
    Action.PATIENT_LOOKUP: (Right.AUTHORISATION, Right.FEEDING),
    Action.HOME_READ: (Right.SELF,),
    Action.DOCUMENT_LIST: (Right.SELF, Right.AUTHORISATION),
    Action.DOCUMENT_READ: (Right.SELF, Right.AUTHORISATION, Right.DEPOSITOR),
    Action.DOCUMENT_OPEN: (Right.SELF, Right.AUTHORISATION, Right.DEPOSITOR),
    Action.DOCUMENT_ADD: (Right.SELF, Right.AUTHORISATION, Right.FEEDING),
    Action.DOCUMENT_ANNOUNCE: (Right.SELF, Right.AUTHORISATION, Right.FEEDING),
    Action.DOCUMENT_UPLOAD: (Right.DEPOSITOR,),
    Action.DOCUMENT_WITHDRAW: (Right.DEPOSITOR,),
    Action.AUTHORISATION_LIST: (Right.SELF,),
    Action.AUTHORISATION_GIVE: (Right.SELF,),
    Action.AUTHORISATION_WITHDRAW: (Right.SELF,),
    Action.TRACE_READ: (Right.SELF,),
    Action.NOTICE_LIST: (Right.SELF,),
    Action.NOTICE_READ: (Right.SELF,),
    Action.NOTICE_DELETE: (Right.SELF,),
    Action.PREFERENCES_READ: (Right.SELF,),
    Action.PREFERENCES_SET: (Right.SELF,),
    Action.PREVENTION_READ: (Right.SELF,),
    Action.PREVENTION_ANSWER: (Right.SELF,),
    Action.APPOINTMENT_LIST: (Right.SELF, Right.AUTHORISATION),
    Action.APPOINTMENT_READ: (Right.SELF, Right.DEPOSITOR),
    Action.APPOINTMENT_EXPORT: (Right.SELF, Right.DEPOSITOR),
    Action.APPOINTMENT_ADD: (Right.SELF, Right.AUTHORISATION, Right.FEEDING),
    Action.APPOINTMENT_CHANGE: (Right.SELF, Right.DEPOSITOR),
    Action.APPOINTMENT_CANCEL: (Right.SELF, Right.DEPOSITOR),
    Action.FEED_LIST: (Right.SELF,),
    Action.FEED_ADD: (Right.SELF,),
    Action.FEED_REVOKE: (Right.SELF,),
    Action.FEED_READ: (Right.LINK,),
}

# Actions that also need a right to another one: taking the key back stops an upload under way, and
# what is said in an appointment; its author may still cancel it.
_FIRST: Final[Mapping[Action, Action]] = {
    Action.DOCUMENT_UPLOAD: Action.DOCUMENT_ANNOUNCE,
    Action.APPOINTMENT_CHANGE: Action.APPOINTMENT_ADD,
}


# Who may hold a right at all; a depositor may be anybody.
_HOLDERS: Final[Mapping[Right, ActorKind]] = {
    Right.SELF: ActorKind.PERSON,
    Right.AUTHORISATION: ActorKind.PROFESSIONAL,
    Right.FEEDING: ActorKind.ORGANISATION,
    Right.LINK: ActorKind.CALENDAR,
}


def decide(action: Action, facts: Facts) -> Decision:
    """Decide from facts; default deny.

    A missing target is refused like a forbidden one, so that nobody can tell them apart (D15).
    """
    if not facts.space_open:
        return Decision(Right.NONE, Refusal.SPACE_CLOSED)
    if action in _FIRST and not any(_holds(right, facts) for right in _ALLOWED[_FIRST[action]]):
        return Decision(Right.NONE, Refusal.NO_RIGHT)
    right = next((one for one in _ALLOWED.get(action, ()) if _holds(one, facts)), None)
    if right is None:
        return Decision(Right.NONE, Refusal.NO_RIGHT)
    if facts.target_wanted and not facts.target_exists:
        return Decision(Right.NONE, Refusal.ABSENT)
    return Decision(right)


def is_open_to(action: Action, actor: ActorKind) -> bool:
    """Tell whether such an actor may ever be allowed an action, whatever the record."""
    return any(_may_hold(right, actor) for right in _ALLOWED.get(action, ()))


def _may_hold(right: Right, actor: ActorKind) -> bool:
    return _HOLDERS.get(right, actor) is actor


def _holds(right: Right, facts: Facts) -> bool:
    if not _may_hold(right, facts.actor):
        return False
    if right is Right.SELF:
        return facts.holds_record
    if right is Right.AUTHORISATION:
        return facts.grant_active
    if right is Right.DEPOSITOR:
        return facts.target_deposited_by_actor
    if right is Right.LINK:
        return facts.link_live
    return right is Right.FEEDING
