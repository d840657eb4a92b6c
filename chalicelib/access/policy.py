"""Who may do what: one table, read by one pure function; anything not in it is refused.

The table gives, for each action, the rights that allow it, the strongest first. A right is a
relation between the actor and the record, established from facts. Changing a rule is changing a
row here, and the expected cell of `tests/policy/matrix.csv`, which is written by hand.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.access.model import Action, Decision, Facts, Refusal, Right
from chalicelib.http.principal import ActorKind

# The person, or for her, while she is a minor, who represents her.
_HERS: Final = (Right.SELF, Right.REPRESENTATIVE)

# Sources: R-ACC (the person), R-MIN-01 and R-MIN-02 (who represents a minor), R1111-46 and R-AUT-01
# (authorisation), R-MAT-02 (feeding needs no authorisation), R-PRF-01 (what is hers alone),
# R-VER-01 (only the depositor withdraws), R1111-49 (the depositor still reads), R-AGE-01 (an
# appointment is its author's and the person's), ADR 0017 (a secret link outlives who made it, so
# nobody makes one for a minor), R-MSG-02 (only professionals open and close a conversation; whoever
# takes part goes on reading what she was written, as in any mailbox: ADR 0020).
_ALLOWED: Final[Mapping[Action, tuple[Right, ...]]] = {
    Action.PATIENT_READ: (*_HERS, Right.AUTHORISATION),
    Action.IDENTITY_READ: _HERS,
    Action.PATIENT_LOOKUP: (Right.AUTHORISATION, Right.FEEDING),
    Action.HOME_READ: _HERS,
    Action.NEWS_READ: (Right.AUTHORISATION,),
    Action.NEWS_SEEN: (Right.AUTHORISATION,),
    Action.DOCUMENT_LIST: (*_HERS, Right.AUTHORISATION),
    Action.DOCUMENT_READ: (*_HERS, Right.AUTHORISATION, Right.DEPOSITOR),
    Action.DOCUMENT_OPEN: (*_HERS, Right.AUTHORISATION, Right.DEPOSITOR),
    Action.DOCUMENT_ADD: (*_HERS, Right.AUTHORISATION, Right.FEEDING),
    Action.DOCUMENT_ANNOUNCE: (*_HERS, Right.AUTHORISATION, Right.FEEDING),
    Action.DOCUMENT_UPLOAD: (Right.DEPOSITOR,),
    # By who did not deposit it: only what a parent did (`record.rules.may_delete`).
    Action.DOCUMENT_WITHDRAW: (Right.DEPOSITOR, *_HERS),
    Action.AUTHORISATION_LIST: _HERS,
    Action.AUTHORISATION_GIVE: _HERS,
    Action.AUTHORISATION_WITHDRAW: _HERS,
    Action.TRACE_READ: _HERS,
    Action.NOTICE_LIST: _HERS,
    Action.NOTICE_READ: _HERS,
    Action.NOTICE_DELETE: _HERS,
    Action.PREFERENCES_READ: _HERS,
    Action.PREFERENCES_SET: _HERS,
    Action.PREVENTION_READ: _HERS,
    Action.PREVENTION_ANSWER: _HERS,
    Action.APPOINTMENT_LIST: (*_HERS, Right.AUTHORISATION),
    Action.APPOINTMENT_READ: (*_HERS, Right.DEPOSITOR),
    Action.APPOINTMENT_EXPORT: (*_HERS, Right.DEPOSITOR),
    Action.APPOINTMENT_ADD: (*_HERS, Right.AUTHORISATION, Right.FEEDING),
    Action.APPOINTMENT_CHANGE: (*_HERS, Right.DEPOSITOR),
    Action.APPOINTMENT_CANCEL: (*_HERS, Right.DEPOSITOR),
    Action.CHILD_LIST: (Right.SELF,),
    Action.CHILD_MANAGE: (Right.COVERAGE,),
    Action.CHILD_LEAVE: (Right.REPRESENTATIVE, Right.COVERAGE, Right.INVITATION),
    Action.REPRESENTATIVE_LIST: _HERS,
    Action.REPRESENTATIVE_INVITE: (Right.REPRESENTATIVE,),
    Action.REPRESENTATIVE_END: (Right.REPRESENTATIVE, Right.COVERAGE),
    Action.INVITATION_LIST: (Right.REPRESENTATIVE, Right.COVERAGE),
    Action.INVITATION_RECEIVED: (Right.SELF,),
    Action.INVITATION_ACCEPT: (Right.INVITATION,),
    Action.INVITATION_REFUSE: (Right.INVITATION,),
    Action.FEED_LIST: (Right.SELF,),
    Action.FEED_ADD: (Right.SELF,),
    Action.FEED_REVOKE: (Right.SELF,),
    Action.FEED_READ: (Right.LINK,),
    Action.CONVERSATION_LIST: _HERS,
    Action.CONVERSATION_OPEN: (Right.AUTHORISATION, Right.FEEDING),
    Action.CONVERSATION_READ: (*_HERS, Right.PARTICIPANT),
    Action.CONVERSATION_CLOSE: (Right.PARTICIPANT,),
    Action.CONVERSATION_REOPEN: (Right.PARTICIPANT,),
    Action.CONVERSATION_MARK: (*_HERS, Right.PARTICIPANT),
    Action.SENDER_BLOCK: _HERS,
    Action.SENDER_UNBLOCK: _HERS,
    Action.MESSAGE_SEND: (*_HERS, Right.PARTICIPANT),
    Action.ATTACHMENT_ADD: (*_HERS, Right.PARTICIPANT),
    Action.ATTACHMENT_OPEN: (*_HERS, Right.PARTICIPANT),
    Action.ATTACHMENT_SAVE: _HERS,
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
    Right.REPRESENTATIVE: ActorKind.PERSON,
    Right.COVERAGE: ActorKind.PERSON,
    Right.INVITATION: ActorKind.PERSON,
    Right.AUTHORISATION: ActorKind.PROFESSIONAL,
    Right.FEEDING: ActorKind.ORGANISATION,
    Right.LINK: ActorKind.CALENDAR,
}


# They look after applications, and no record: not even what anybody may be given there.
_WITHOUT_RECORDS: Final = frozenset((ActorKind.PUBLISHER, ActorKind.OPERATOR))


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
        return Decision(Right.NONE, Refusal.ABSENT, held=right)
    return Decision(right, held=right)


def is_open_to(action: Action, actor: ActorKind) -> bool:
    """Tell whether such an actor may ever be allowed an action, whatever the record."""
    return any(_may_hold(right, actor) for right in _ALLOWED.get(action, ()))


def _may_hold(right: Right, actor: ActorKind) -> bool:
    return actor not in _WITHOUT_RECORDS and _HOLDERS.get(right, actor) is actor


def _holds(right: Right, facts: Facts) -> bool:
    held = {
        Right.SELF: facts.holds_record,
        Right.REPRESENTATIVE: facts.represents_holder,
        Right.COVERAGE: facts.covers_holder,
        Right.INVITATION: facts.invited_to_represent,
        Right.AUTHORISATION: facts.grant_active,
        Right.DEPOSITOR: facts.target_deposited_by_actor and _is_at_home(facts),
        Right.LINK: facts.link_live,
        Right.PARTICIPANT: facts.takes_part,
        Right.FEEDING: True,
    }
    return _may_hold(right, facts.actor) and held.get(right, False)


def _is_at_home(facts: Facts) -> bool:
    """Tell whether what an actor deposited is still hers: a parent's no longer, once she left."""
    is_person = facts.actor is ActorKind.PERSON
    return not is_person or facts.holds_record or facts.represents_holder
