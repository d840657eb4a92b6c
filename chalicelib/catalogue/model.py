"""An application of the catalogue: what its publisher says of it, and what we decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from chalicelib.access.permissions import Permission

_OPERATOR: Final = "operator"


class State(StrEnum):
    """Where an application is in its life (R-CAT-03); only one that is online may act."""

    CANDIDATE = "candidate"  # PRESERIE: under review
    ONLINE = "online"  # EN_LIGNE
    SUSPENDED = "suspended"  # SUSPENDUE
    DELISTED = "delisted"  # DEREFERENCEE, HORS_LIGNE; also a candidate that was refused


class Theme(StrEnum):
    """What an application is about. Source: R-CAT-06, and R-CAT-01 for the last three."""

    HEALTH_RECORD = "health_record"
    VACCINATION = "vaccination"
    APPOINTMENTS = "appointments"
    ADHERENCE = "adherence"
    CHRONIC_DISEASE = "chronic_disease"
    PREVENTION = "prevention"
    FACILITY_PORTAL = "facility_portal"
    TELEHEALTH = "telehealth"
    CONNECTED_DEVICES = "connected_devices"
    WELL_BEING = "well_being"


class Platform(StrEnum):
    """Where an application runs."""

    WEB = "web"
    IOS = "ios"
    ANDROID = "android"
    DEVICE = "device"  # a connected device of its own


class Pricing(StrEnum):
    """How an application is paid for by the person."""

    FREE = "free"
    FREEMIUM = "freemium"  # free, with parts that are paid for
    PAID = "paid"


class Attested(StrEnum):
    """What a publisher attests, with a reference that can be checked elsewhere."""

    HDS = "hds"  # certified host of health data
    ISO_27001 = "iso_27001"
    CE_MEDICAL = "ce_medical"  # marking of a medical device
    ACCESSIBILITY = "accessibility"  # declared rate of RGAA
    IMPACT_ASSESSMENT = "impact_assessment"  # of data protection


class Criteria(StrEnum):
    """Families of criteria that a review looks at. Source: R-CAT-02."""

    URBANISATION = "urbanisation"
    INTEROPERABILITY = "interoperability"
    SECURITY = "security"
    DATA_PROTECTION = "data_protection"
    ETHICS = "ethics"


class Happened(StrEnum):
    """What the own history of an application says was done to it."""

    REGISTER = "application:register"
    CHANGE = "application:change"
    REVIEW = "application:review"
    STATE = "application:state"


class Desk(StrEnum):
    """What the own history of a publisher or an operator says of her work."""

    LIST = "catalogue:application:list"
    READ = "catalogue:application:read"
    REGISTER = "catalogue:application:register"
    CHANGE = "catalogue:application:change"
    REVIEW = "catalogue:application:review"
    DECIDE = "catalogue:application:decide"


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts on an application: an operator, or somebody of the establishment that keeps it.

    `siret` is of that establishment: whoever works there keeps its applications.
    """

    kind: str
    id: str
    name: str | None = None
    siret: str | None = None

    @property
    def is_operator(self) -> bool:
        """Tell whether it reviews and decides; others say what their own applications are."""
        return self.kind == _OPERATOR


# At the commands: who it is, the host's own journal knows.
OPERATOR: Final = Author(_OPERATOR, _OPERATOR)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes an application, and where it presents itself."""

    name: str
    website: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A permission an application may ask a person for, and why it needs it (R-CAT-05)."""

    permission: Permission
    why: str


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a publisher attests."""

    kind: Attested
    reference: str


@dataclass(frozen=True, slots=True)
class Price:
    """What an application costs, in the publisher's words."""

    kind: Pricing
    detail: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a publisher says of an application, as it came.

    `site` is where a person opens it, `privacy` the page that says how to withdraw and to be
    erased. Without redirect addresses it is presented only (R-CAT-04). Without keys it is a public
    client. `jwks` is the key set itself: it is never fetched.
    """

    name: str
    publisher: Publisher
    purpose: str
    theme: Theme
    platforms: tuple[Platform, ...]
    price: Price
    data_asked: tuple[Asked, ...]
    retention: str
    site: str
    privacy: str
    attestations: tuple[Attestation, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    jwks: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A family of criteria that the operator found satisfied, and on which day."""

    criteria: Criteria
    on: date


@dataclass(frozen=True, slots=True)
class Application:
    """An application: what its publisher says, and what was decided.

    `owner` is the SIRET of the establishment that keeps it; None: the operator registered it.
    """

    id: str
    draft: Draft
    state: State
    state_since: datetime
    checked: tuple[Checked, ...]
    owner: str | None
    version: int

    @property
    def can_connect(self) -> bool:
        """Tell whether it may ask a person for data, once it is online."""
        return bool(self.draft.redirect_uris and self.draft.data_asked)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the own history of an application; `before` and `after` are states.

    A change by the publisher of what is online has both: it goes back to review.

    `about` names what changed: members of what its publisher says, or families of criteria.
    """

    id: str
    at: datetime
    by: Author
    what: Happened
    before: State | None = None
    after: State | None = None
    about: tuple[str, ...] = ()
    reason: str | None = None
