"""What identity speaks of: a person, a professional, and how a login may end."""

import re
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.identity.values import INS, RPPS, Traits

# French words of TRE_G15 (professions) come with the directory's rows; these two are titles.
_TITLES = {"DR": "Dr", "PR": "Pr"}


class Provider(StrEnum):
    """Who proves an identity to us."""

    FRANCECONNECT = "franceconnect"
    PSC = "psc"
    PROCONNECT = "proconnect"  # of who works for a company or an administration
    OPERATOR = "operator"  # the same, registered apart: of who works for the operator


class LoginProblem(StrEnum):
    """Why a login gave no session; each has a French page with a next step."""

    CANCELLED = "annulee"
    EXPIRED = "expiree"
    UNKNOWN = "inconnue"
    TAKEN = "doublon"
    ASSURANCE = "niveau"
    ASSURANCE_AT_WORK = "niveau-pro"
    UNKNOWN_PROFESSIONAL = "professionnel-inconnu"
    UNKNOWN_COMPANY = "etablissement-inconnu"
    UNKNOWN_OPERATOR = "exploitant-inconnu"
    SUSPENDED = "suspendue"
    TECHNICAL = "technique"


class LoginRefused(Exception):  # noqa: N818  an outcome, not a fault
    """A login ends here, without a session."""

    def __init__(self, problem: LoginProblem) -> None:
        """Take the problem whose page is shown."""
        super().__init__(problem.value)
        self.problem = problem


class SessionAction(StrEnum):
    """What somebody's trace says of her own connections (R-LOG-03)."""

    OPEN = "identity:session:open"


class AccountAction(StrEnum):
    """What somebody's trace says of what the operator did to her account."""

    SUSPEND = "identity:account:suspend"
    RESUME = "identity:account:resume"
    ENROL = "identity:account:enrol"
    DISMISS = "identity:account:dismiss"


class CoverageAction(StrEnum):
    """What a history says of what the insurer's file did to who represents the person."""

    END = "identity:coverage:end"


class UnchangedAction(StrEnum):
    """What a history says of who asked for what was so already: nothing began or ended."""

    MANAGE = "access:child:manage_again"
    LEAVE = "access:child:leave_again"
    ANSWER = "access:invitation:answer_again"
    END = "access:representative:end_again"


class InvitationAction(StrEnum):
    """What a history says of who takes back an invitation that nobody answered."""

    WITHDRAW = "access:invitation:withdraw"


class InvitationStatus(StrEnum):
    """What became of an invitation to represent a minor; `ENDED`: accepted, and no more."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


def shown(name: str) -> str:
    """Write a name as people do: `MARIE-LOUISE` is shown `Marie-Louise`."""
    return re.sub(r"\w+", lambda word: word[0].capitalize(), name)


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A person's civil identity and national number; never printed, logged or in a key."""

    traits: Traits
    ins: INS
    ins_oid: str

    def __repr__(self) -> str:
        return "Person(…)"


@dataclass(frozen=True, slots=True)
class Activity:
    """One place where a professional works."""

    organisation: str
    organisation_id: str
    city: str


@dataclass(frozen=True, slots=True)
class Professional:
    """A professional as the public directory describes her."""

    rpps: RPPS
    civility: str
    family_name: str
    given_name: str
    profession_code: str
    profession: str
    activities: tuple[Activity, ...]
    is_active: bool

    @property
    def name(self) -> str:
        """How she is called: `Dr Claire EXEMPLE`."""
        title = _TITLES.get(self.civility, "")
        return " ".join(filter(None, (title, shown(self.given_name), self.family_name.upper())))

    @property
    def place(self) -> str | None:
        """Where she works first: an organisation and a town, or None."""
        if not self.activities:
            return None
        first = self.activities[0]
        return ", ".join(filter(None, (first.organisation, first.city))) or None
