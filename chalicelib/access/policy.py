"""Who may do what: one table, read by one pure function; anything not in it is refused.

The table gives, for each action, the rights that allow it, the strongest first. A right is a
relation between the actor and the record, established from facts. Changing a rule is changing a
row here, and the expected cell of `tests/policy/matrix.csv`, which is written by hand.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.access.model import Action, Decision, Facts, Refusal, Right
from chalicelib.access.permissions import Permission
from chalicelib.http.principal import ActorKind

# The person, or for her, while she is a minor, who represents her.
_HERS: Final = (Right.SELF, Right.REPRESENTATIVE)

# Sources: R-ACC (the person), R-MIN-01 and R-MIN-02 (who represents a minor), R1111-46 and R-AUT-01
# (authorisation), R-MAT-02 (feeding needs no authorisation), R-PRF-01 (what is hers alone),
# R-VER-01 (only the depositor withdraws), R1111-49 (the depositor still reads), R-AGE-01 (an
# appointment is its author's and the person's), ADR 0017 (a secret link outlives who made it, so
# nobody makes one for a minor), R-MSG-02 (only professionals open and close a conversation; whoever
# takes part goes on reading what she was written, as in any mailbox: ADR 0020), R-SVC-02 (an
# application does what the person allowed it one by one, as `permissions` says; ADR 0025).
_ALLOWED: Final[Mapping[Action, tuple[Right, ...]]] = {
    Action.PATIENT_READ: (*_HERS, Right.AUTHORISATION, Right.CONSENT),
    Action.IDENTITY_READ: _HERS,
    Action.PATIENT_LOOKUP: (Right.AUTHORISATION, Right.FEEDING),
    Action.HOME_READ: _HERS,
    Action.NEWS_READ: (Right.AUTHORISATION,),
    Action.NEWS_SEEN: (Right.AUTHORISATION,),
    Action.DOCUMENT_LIST: (*_HERS, Right.AUTHORISATION, Right.CONSENT),
    Action.DOCUMENT_READ: (*_HERS, Right.AUTHORISATION, Right.DEPOSITOR, Right.CONSENT),
    Action.DOCUMENT_OPEN: (*_HERS, Right.AUTHORISATION, Right.DEPOSITOR, Right.CONSENT),
    Action.DOCUMENT_ADD: (*_HERS, Right.AUTHORISATION, Right.FEEDING, Right.CONSENT),
    Action.DOCUMENT_ANNOUNCE: (*_HERS, Right.AUTHORISATION, Right.FEEDING),
    Action.DOCUMENT_UPLOAD: (Right.DEPOSITOR,),
    Action.DOCUMENT_PART: (Right.DEPOSITOR,),
    Action.DOCUMENT_COMPLETE: (Right.DEPOSITOR,),
    Action.DOCUMENT_INGEST: (Right.DEPOSITOR,),
    # Then narrowed to its depositor and doctors (`record.rules.may_reveal`).
    Action.DOCUMENT_REVEAL: (Right.AUTHORISATION, Right.DEPOSITOR),
    # By who did not deposit it: only what a parent did (`record.rules.may_delete`).
    Action.DOCUMENT_WITHDRAW: (Right.DEPOSITOR, *_HERS),
    Action.AUTHORISATION_LIST: _HERS,
    Action.AUTHORISATION_GIVE: _HERS,
    Action.AUTHORISATION_WITHDRAW: _HERS,
    Action.CONSENT_LIST: _HERS,
    Action.CONSENT_GIVE: _HERS,
    Action.CONSENT_CHANGE: _HERS,
    Action.CONSENT_AGREE: _HERS,
    Action.CONSENT_WITHDRAW: _HERS,
    Action.TRACE_READ: _HERS,
    Action.NOTICE_LIST: _HERS,
    Action.NOTICE_READ: _HERS,
    Action.NOTICE_DELETE: _HERS,
    Action.PREFERENCES_READ: _HERS,
    Action.PREFERENCES_SET: _HERS,
    Action.PREVENTION_READ: _HERS,
    Action.PREVENTION_ANSWER: _HERS,
    Action.APPOINTMENT_LIST: (*_HERS, Right.AUTHORISATION, Right.CONSENT),
    Action.APPOINTMENT_READ: (*_HERS, Right.DEPOSITOR, Right.CONSENT),
    Action.APPOINTMENT_EXPORT: (*_HERS, Right.DEPOSITOR),
    Action.APPOINTMENT_ADD: (*_HERS, Right.AUTHORISATION, Right.FEEDING, Right.CONSENT),
    # By consent, of what somebody else set: its link only (`agenda.rules.may_set_link`).
    Action.APPOINTMENT_CHANGE: (*_HERS, Right.DEPOSITOR, Right.CONSENT),
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
    Action.MEASURE_LIST: (*_HERS, Right.CONSENT),
    Action.MEASURE_READ: (*_HERS, Right.CONSENT),
    Action.MEASURE_ADD: (*_HERS, Right.CONSENT),
    # Then narrowed to what is hers, or what she wrote (`measures.rules.may_delete`).
    Action.MEASURE_DELETE: (*_HERS, Right.DEPOSITOR),
    Action.TARGET_READ: _HERS,
    # A minor has none, so who represents her sets none (ADR 0028).
    Action.TARGET_SET: (Right.SELF,),
    Action.TARGET_REMOVE: (Right.SELF,),
}

# Actions that also need a right to another one: taking the key back stops an upload under way, and
# what is said in an appointment; its author may still cancel it.
_FIRST: Final[Mapping[Action, Action]] = {
    Action.DOCUMENT_UPLOAD: Action.DOCUMENT_ANNOUNCE,
    Action.DOCUMENT_PART: Action.DOCUMENT_ANNOUNCE,
    Action.DOCUMENT_COMPLETE: Action.DOCUMENT_ANNOUNCE,
    Action.DOCUMENT_INGEST: Action.DOCUMENT_ANNOUNCE,
    Action.APPOINTMENT_CHANGE: Action.APPOINTMENT_ADD,
}


# What each action takes, for who acts by consent. The kind of a measure is said by the use case.
_NEEDED: Final[Mapping[Action, Permission]] = {
    Action.APPOINTMENT_LIST: Permission.APPOINTMENT_READ,
    Action.APPOINTMENT_READ: Permission.APPOINTMENT_READ,
    Action.APPOINTMENT_ADD: Permission.APPOINTMENT_WRITE,
    Action.APPOINTMENT_CHANGE: Permission.APPOINTMENT_WRITE,
    Action.APPOINTMENT_CANCEL: Permission.APPOINTMENT_WRITE,
    Action.DOCUMENT_LIST: Permission.DOCUMENT_READ,
    Action.DOCUMENT_READ: Permission.DOCUMENT_READ,
    Action.DOCUMENT_OPEN: Permission.DOCUMENT_READ,
    Action.DOCUMENT_ADD: Permission.DOCUMENT_WRITE,
}
# Who wrote something reads it back by the permission to write.
_NEEDED_BY_AUTHOR: Final[Mapping[Action, Permission]] = {
    Action.APPOINTMENT_READ: Permission.APPOINTMENT_WRITE,
    Action.DOCUMENT_READ: Permission.DOCUMENT_WRITE,
    Action.DOCUMENT_OPEN: Permission.DOCUMENT_WRITE,
}
# Of these, any live consent is enough: they tell only that there is one.
_ANY: Final = frozenset({Action.PATIENT_READ})

# Who may hold a right at all; a depositor may be anybody.
_HOLDERS: Final[Mapping[Right, ActorKind]] = {
    Right.SELF: ActorKind.PERSON,
    Right.REPRESENTATIVE: ActorKind.PERSON,
    Right.COVERAGE: ActorKind.PERSON,
    Right.INVITATION: ActorKind.PERSON,
    Right.AUTHORISATION: ActorKind.PROFESSIONAL,
    Right.FEEDING: ActorKind.ORGANISATION,
    Right.LINK: ActorKind.CALENDAR,
    Right.CONSENT: ActorKind.APPLICATION,
}


# They look after applications, and no record: not even what anybody may be given there.
_WITHOUT_RECORDS: Final = frozenset((ActorKind.PUBLISHER, ActorKind.OPERATOR))


def decide(action: Action, facts: Facts) -> Decision:
    """Decide from facts; default deny.

    A missing target is refused like a forbidden one, so that nobody can tell them apart (D15).
    """
    if not facts.space_open:
        return Decision(Right.NONE, Refusal.SPACE_CLOSED)
    first = _FIRST.get(action)
    if first and not any(_holds(right, first, facts) for right in _ALLOWED[first]):
        return Decision(Right.NONE, Refusal.NO_RIGHT)
    right = next((one for one in _ALLOWED.get(action, ()) if _holds(one, action, facts)), None)
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


def _holds(right: Right, action: Action, facts: Facts) -> bool:
    held = {
        Right.SELF: facts.holds_record,
        Right.REPRESENTATIVE: facts.represents_holder,
        Right.COVERAGE: facts.covers_holder,
        Right.INVITATION: facts.invited_to_represent,
        Right.AUTHORISATION: facts.grant_active,
        Right.DEPOSITOR: facts.target_deposited_by_actor and _is_at_home(facts),
        Right.LINK: facts.link_live,
        Right.CONSENT: True,
        Right.PARTICIPANT: facts.takes_part,
        Right.FEEDING: True,
    }
    return (
        _may_hold(right, facts.actor)
        and held.get(right, False)
        and _is_permitted(right, action, facts)
    )


def _is_permitted(right: Right, action: Action, facts: Facts) -> bool:
    """Tell whether who acts by consent was allowed this; what she wrote is hers by it as well."""
    if facts.actor is not ActorKind.APPLICATION:
        return True
    needed = permission_of(action, right, facts.permission)
    return needed in facts.permissions or (action in _ANY and bool(facts.permissions))


def permission_of(action: Action, right: Right, asked: Permission | None) -> Permission | None:
    """Return what an action takes of an application, by consent or as its author; None: no line.

    `asked` is what the use case says that it takes, when the action alone does not say.
    """
    by_author = _NEEDED_BY_AUTHOR.get(action) if right is Right.DEPOSITOR else None
    return asked or by_author or _NEEDED.get(action)


def _is_at_home(facts: Facts) -> bool:
    """Tell whether what an actor deposited is still hers: a parent's no longer, once she left."""
    is_person = facts.actor is ActorKind.PERSON
    return not is_person or facts.holds_record or facts.represents_holder
