"""A document of the record, and what is asked when one is deposited."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.storage.antivirus import Verdict
from chalicelib.storage.inspect import Kind


class WithdrawalReason(StrEnum):
    """Why a depositor says that its document was deposited in error."""

    WRONG_PATIENT = "wrong_patient"
    WRONG_DOCUMENT = "wrong_document"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Visibility(StrEnum):
    """To whom a document is not shown at all (value set TRE_A07)."""

    NORMAL = "normal"
    NOT_PATIENT = "invisible_to_patient"
    NOT_REPRESENTATIVES = "invisible_to_representatives"


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why a document was shown to the person only once announced, and when to look at it again.

    Kept once it was; the reason is None where only the document's header asked for it.
    """

    reason: str | None
    review_on: date


@dataclass(frozen=True, slots=True)
class Depositor:
    """Who deposited: the kind of actor and, except for the person herself, its name."""

    kind: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote the document, as the document says (R-CDA); never who sent it.

    `specialty` is a code of JDV_J01: `G15_10/SM26`, or a profession alone, `G15_60`.
    """

    name: str | None
    profession: str | None
    organisation: str | None
    specialty: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a depositor says of a document before its content is looked at."""

    title: str | None
    type_code: str | None
    care_date: date | None
    declared_format: str | None
    size_bytes: int | None
    sha256: str | None
    visibility: Visibility | None = None
    visibility_reason: str | None = None
    author: Author | None = None  # where our own use cases know that the depositor is another
    antivirus: Verdict | None = None  # where they know what was said of it elsewhere

    @property
    def is_withheld(self) -> bool:
        """Tell whether it is said to be withheld: a reason alone is of a header that says so."""
        is_of_header = self.visibility is None and self.visibility_reason is not None
        return is_of_header or self.visibility is Visibility.NOT_PATIENT


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a document once its content was inspected.

    `source` is the id that a CDA gives itself, `parents` those of what it says that it replaces.
    """

    title: str
    type_code: str
    care_date: date
    author: Author
    warnings: tuple[str, ...] = ()
    source: str | None = None
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a record. `sha256` is of its readable bytes, in hex.

    `author_ref` stands for the name of its author, in this record only; None if it has none.
    `is_deletable`: by this reader, who deposited it, or may take back what a parent did.
    `is_revealable`: by this reader, to the person from whom it is withheld.
    `replaces` is its former version, `replaced_by` the next one (R-VER-02). `covers` is a former
    one too, told to nobody: it is hidden from who may read this one (D15). `behind` is how many
    changes, while it was withheld, its version does not count.
    """

    id: str
    title: str
    type_code: str
    format: Kind
    size_bytes: int
    sha256: str
    care_date: date
    deposited_at: datetime
    depositor: Depositor
    author: Author
    author_ref: str | None
    warnings: tuple[str, ...]
    antivirus: Verdict
    blob: str
    is_own_deposit: bool
    is_deletable: bool
    version: int
    visibility: Visibility = Visibility.NORMAL
    secret_until: str | None = None
    stride: int | None = None  # sealed in pieces: how long each of them but the last is, sealed
    replaces: str | None = None
    replaced_by: str | None = None
    covers: str | None = None
    behind: int = 0
    withheld: Withheld | None = None
    is_revealable: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; dates are care dates, both included.

    `specialty` is one of our groups, `author` an `author_ref`.
    """

    category: str | None = None
    first: date | None = None
    last: date | None = None
    specialty: str | None = None
    author: str | None = None
    type_code: str | None = None

    @property
    def by_care_date(self) -> bool:
        """Tell whether the list follows care dates rather than deposits."""
        return self.first is not None or self.last is not None

    @property
    def by_content(self) -> bool:
        """Tell whether only opening a document says if it is of the list."""
        return any((self.category, self.specialty, self.author, self.type_code))
