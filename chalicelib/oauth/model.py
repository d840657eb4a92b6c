"""What passes between an application, the person and us, and what a consent is."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.access.applications import Terms as InForce
from chalicelib.access.permissions import Permission
from chalicelib.catalogue.terms import Terms


class PageProblem(StrEnum):
    """Why nobody can be asked for a consent: shown to the person, who is sent nowhere (A29)."""

    APPLICATION = "application"  # no application of the catalogue has this identifier
    SUSPENDED = "suspendue"
    ADDRESS = "adresse"  # not one where this application may be sent back to


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of an application, checked: what the person is shown, and where she goes after.

    `challenge` is its proof key's (RFC 7636), `scope` in the words of SMART, `ends` in epoch
    seconds; `terms` names the words that she reads.
    """

    id: str
    application: str
    redirect_uri: str
    state: str
    challenge: str
    scope: str
    ends: int
    terms: str


@dataclass(frozen=True, slots=True)
class Code:
    """What an application gets for a consent, and exchanges once within five minutes."""

    id: str
    pid: str
    generation: int
    redirect_uri: str
    challenge: str
    scope: str
    ends: int


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a refresh token says: of which application, record and device, and its secret of now."""

    application: str
    pid: str
    family: str
    secret: str
    scope: str


@dataclass(frozen=True, slots=True)
class About:
    """The application that a consent is about, in its publisher's public words.

    `words` are what it says now, if the person is asked to agree to that.
    """

    id: str
    name: str
    publisher: str
    state: str
    terms: InForce = field(default_factory=dict)
    words: Terms | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """How often an application did what one line of a consent allows, and when last."""

    permission: Permission
    calls: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class NewTerms:
    """What an application says now, of lines that are off until the person agrees to it.

    `version` names it; `answer_by` is exclusive, and the first of those of the lines.
    """

    former: Terms
    now: Terms
    lines: tuple[Permission, ...]
    version: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person let one application do; `valid_until` is exclusive.

    `unanswered` are lines that went off for want of an answer to new terms; with no other left, it
    ended then, of which `valid_until` is the instant.

    Of a minor's, by who represented her: `given_by` is that one's name, and it ends with the
    minority, which `ends_at_majority` says.
    """

    ref: str
    application: About
    permissions: tuple[Permission, ...]
    is_withdrawn: bool
    given_at: datetime
    valid_until: datetime
    changed_at: datetime
    given_by: str | None
    ends_at_majority: bool
    uses: tuple[Use, ...]
    version: int
    unanswered: tuple[Permission, ...] = ()
    new_terms: NewTerms | None = None

    def is_active(self, now: datetime) -> bool:
        """Tell whether it holds at an instant."""
        return not self.is_withdrawn and now < self.valid_until


@dataclass(frozen=True, slots=True)
class Given:
    """A consent just given, and where the browser brings the application its code."""

    consent: Consent
    redirect_url: str
