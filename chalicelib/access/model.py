"""What the policy speaks of: actions, rights, and the facts a decision is made from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.access.permissions import Permission
from chalicelib.http.principal import ActorKind


class Action(StrEnum):
    """Everything that can be asked of a record, as `domain:object:verb`; also what traces name."""

    PATIENT_READ = "identity:patient:read"
    IDENTITY_READ = "identity:number:read"
    PATIENT_LOOKUP = "identity:patient:lookup"
    HOME_READ = "record:home:read"
    NEWS_READ = "record:news:read"
    NEWS_SEEN = "record:news:mark_seen"
    DOCUMENT_LIST = "record:document:list"
    DOCUMENT_READ = "record:document:read"
    DOCUMENT_OPEN = "record:document:open"
    DOCUMENT_ADD = "record:document:add"
    DOCUMENT_ANNOUNCE = "record:document:announce"
    DOCUMENT_UPLOAD = "record:document:upload"
    DOCUMENT_PART = "record:document:part"
    DOCUMENT_COMPLETE = "record:document:complete"
    DOCUMENT_INGEST = "record:document:ingest"
    DOCUMENT_REVEAL = "record:document:reveal"
    DOCUMENT_WITHDRAW = "record:document:withdraw"
    AUTHORISATION_LIST = "access:authorisation:list"
    AUTHORISATION_GIVE = "access:authorisation:give"
    AUTHORISATION_WITHDRAW = "access:authorisation:withdraw"
    TRACE_READ = "trace:trace:read"
    NOTICE_LIST = "notifications:notice:list"
    NOTICE_READ = "notifications:notice:mark_read"
    NOTICE_DELETE = "notifications:notice:delete"
    PREFERENCES_READ = "notifications:preferences:read"
    PREFERENCES_SET = "notifications:preferences:set"
    PREVENTION_READ = "prevention:recommendation:list"
    PREVENTION_ANSWER = "prevention:recommendation:answer"
    APPOINTMENT_LIST = "agenda:appointment:list"
    APPOINTMENT_READ = "agenda:appointment:read"
    APPOINTMENT_EXPORT = "agenda:appointment:export"
    APPOINTMENT_ADD = "agenda:appointment:add"
    APPOINTMENT_CHANGE = "agenda:appointment:change"
    APPOINTMENT_CANCEL = "agenda:appointment:cancel"
    CHILD_LIST = "access:child:list"
    CHILD_MANAGE = "access:child:manage"
    CHILD_LEAVE = "access:child:leave"
    REPRESENTATIVE_LIST = "access:representative:list"
    REPRESENTATIVE_INVITE = "access:representative:invite"
    REPRESENTATIVE_END = "access:representative:end"
    INVITATION_LIST = "access:invitation:list"
    INVITATION_RECEIVED = "access:invitation:received"
    INVITATION_ACCEPT = "access:invitation:accept"
    INVITATION_REFUSE = "access:invitation:refuse"
    CONSENT_LIST = "access:consent:list"
    CONSENT_GIVE = "access:consent:give"
    CONSENT_CHANGE = "access:consent:change"
    CONSENT_AGREE = "access:consent:agree"
    CONSENT_WITHDRAW = "access:consent:withdraw"
    FEED_LIST = "agenda:feed:list"
    FEED_ADD = "agenda:feed:add"
    FEED_REVOKE = "agenda:feed:revoke"
    FEED_READ = "agenda:feed:read"
    CONVERSATION_LIST = "messaging:conversation:list"
    CONVERSATION_OPEN = "messaging:conversation:open"
    CONVERSATION_READ = "messaging:conversation:read"
    CONVERSATION_CLOSE = "messaging:conversation:close"
    CONVERSATION_REOPEN = "messaging:conversation:reopen"
    CONVERSATION_MARK = "messaging:conversation:mark_read"
    SENDER_BLOCK = "messaging:sender:block"
    SENDER_UNBLOCK = "messaging:sender:unblock"
    MESSAGE_SEND = "messaging:message:send"
    ATTACHMENT_ADD = "messaging:attachment:add"
    ATTACHMENT_OPEN = "messaging:attachment:open"
    ATTACHMENT_SAVE = "messaging:attachment:save"
    MEASURE_LIST = "measures:measure:list"
    MEASURE_READ = "measures:measure:read"
    MEASURE_ADD = "measures:measure:add"
    MEASURE_DELETE = "measures:measure:delete"
    TARGET_READ = "measures:target:read"
    TARGET_SET = "measures:target:set"
    TARGET_REMOVE = "measures:target:remove"


# Of no record: a professional's own list, in her own history.
RELATION_LIST: Final = "access:relation:list"
BOX_LIST: Final = "messaging:box:list"


class Right(StrEnum):
    """By what right something was done; shown to the person in the trace."""

    SELF = "self"
    REPRESENTATIVE = "representative"  # of a minor, until the day she comes of age
    COVERAGE = "coverage"  # she is on this person's insurance file: enough to become the former
    INVITATION = "invitation"  # of who manages a minor's space, to represent her as well
    AUTHORISATION = "authorisation"
    PARENTAL = "parental"  # the same, given by who represented her: what the trace of its use says
    DEPOSITOR = "depositor"
    FEEDING = "feeding"
    LINK = "link"
    CONSENT = "consent"  # of the person, for an application
    PARTICIPANT = "participant"  # of a conversation: of her own box, or of her team's
    OPERATOR = "operator"  # of accounts and software only: no policy gives it anything of a record
    NONE = "none"


class Refusal(StrEnum):
    """Why something was refused; kept in the trace for the person.

    The caller is told of the last five only: what is invalid, conflicts or is too long, because it
    may know of the record; a row that does not verify (an incident, 500); a spent budget, because
    that says nothing of any record.
    """

    SPACE_CLOSED = "space_closed"
    ABSENT = "absent"
    NO_RIGHT = "no_right"
    PROFESSION = "profession"
    TRAITS = "traits"
    ADULT = "adult"  # nobody comes to represent somebody who is of age
    INVALID = "invalid"
    CONFLICT = "conflict"
    TOO_LONG = "too_long"  # asked for at once, while it is read in slices
    ALTERED = "altered"
    BUDGET = "budget"


class GrantStatus(StrEnum):
    """What the person last said of a professional."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Grant:
    """An authorisation of a professional by the person (R-ACS-00: given by the person herself).

    Of a minor's, by who represented her: `given_by` is the name of that one, where it was opened;
    it lapses on the day she is of age (R-MIN-06, A41).
    """

    rpps: str
    status: GrantStatus
    given_at: datetime
    valid_until: datetime
    changed_at: datetime
    first_used_at: datetime | None
    version: int
    lapses_at_majority: bool = False  # it would have gone on for longer
    given_by: str | None = None

    def is_active(self, now: datetime) -> bool:
        """Tell whether it opens the record at an instant; `valid_until` is exclusive."""
        return self.status is GrantStatus.ACTIVE and now < self.valid_until


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides: read consistently on each request, never cached, never from the token."""

    actor: ActorKind
    space_open: bool
    holds_record: bool
    grant_active: bool
    represents_holder: bool = False
    covers_holder: bool = False
    invited_to_represent: bool = False
    target_wanted: bool = False
    target_exists: bool = False
    target_deposited_by_actor: bool = False
    link_live: bool = False
    takes_part: bool = False
    permissions: frozenset[Permission] = frozenset()  # of a live consent, for an application
    permission: Permission | None = None  # what the use case takes, when the action does not say


@dataclass(frozen=True, slots=True)
class Decision:
    """The right that allows, or the reason that refuses.

    `held` is the right of who asks for what is not there: so that she is told the same, and as
    soon, as of what is hidden from her (D15).
    """

    right: Right
    refusal: Refusal | None = None
    held: Right = Right.NONE

    @property
    def is_allowed(self) -> bool:
        """Tell whether the action may go on."""
        return self.refusal is None
