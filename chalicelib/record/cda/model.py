"""What a CDA R2 document says, once read: a header, then a body to show or to open.

Why it exists: the web client and the rules work on plain values, never on XML. The narrative is a
tree of the few shapes the client knows how to draw; there is no way to write anything else in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import ClassVar, Literal

from chalicelib.identity.values import NationalId, Traits

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
Precision = Literal["year", "month", "day", "hour", "minute", "second"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """A root and its optional extension."""

    root: str
    extension: str = ""

    def __str__(self) -> str:
        return f"{self.root}^{self.extension}" if self.extension else self.root


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value with the label its author gave."""

    code: str
    system: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant known to a precision: its first second, with a time zone."""

    instant: datetime
    precision: Precision


@dataclass(frozen=True, slots=True)
class Organisation:
    """A health organisation: its name and, when it has one, its national identifier."""

    name: str = ""
    national_id: NationalId | None = None


@dataclass(frozen=True, slots=True)
class Contributor:
    """Who wrote or vouches for the document: a person or a device, and for whom they act."""

    family_name: str = ""
    given_name: str = ""
    role: Code | None = None
    national_id: NationalId | None = None
    organisation: Organisation | None = None
    device: str = ""
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom the document is about. `partial_birth_date` is set when the day is not known."""

    ins: tuple[Identifier, ...]
    traits: Traits = field(repr=False)
    partial_birth_date: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a document; `other_ins` are the INS found outside the patient's own."""

    document_id: Identifier
    type: Code
    effective: Moment
    patient: Patient
    title: str = ""
    set_id: Identifier | None = None
    version: int | None = None
    replaces: tuple[Identifier, ...] = ()
    confidentiality: tuple[str, ...] = ()  # every code, in capitals
    language: str = "fr-FR"
    authors: tuple[Contributor, ...] = ()
    custodian: Organisation | None = None
    authenticator: Contributor | None = None
    care_start: Moment | None = None
    care_end: Moment | None = None
    location: str = ""
    location_type: Code | None = None
    other_ins: tuple[Identifier, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Run:
    """Some text in one style. `target` is where a link led: text to read, never to follow."""

    text: str
    styles: frozenset[str] = frozenset()
    target: str = ""
    type: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Break:
    """A line break."""

    type: ClassVar[str] = "break"


Inline = Run | Break


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `footnote` is the number of the note it is, 0 for ordinary text."""

    runs: tuple[Inline, ...]
    caption: tuple[Inline, ...] = ()
    footnote: int = 0
    type: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; each item is a sequence of blocks."""

    items: tuple[tuple["Block", ...], ...]
    ordered: bool = False
    caption: tuple[Inline, ...] = ()
    type: ClassVar[str] = "list"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    blocks: tuple["Block", ...] = ()
    header: bool = False
    colspan: int = 1
    rowspan: int = 1
    type: ClassVar[str] = "cell"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: rows of cells, in three groups."""

    head: tuple[tuple[Cell, ...], ...] = ()
    body: tuple[tuple[Cell, ...], ...] = ()
    foot: tuple[tuple[Cell, ...], ...] = ()
    caption: tuple[Inline, ...] = ()
    type: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class Media:
    """A place where an attachment is shown: the key of that attachment in the document."""

    key: str
    caption: tuple[Inline, ...] = ()
    type: ClassVar[str] = "media"


Block = Paragraph | Bullets | Table | Media


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its title, or a label when it has none, then its text and sub-sections."""

    title: str
    code: Code | None = None
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()
    type: ClassVar[str] = "section"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file held inside the document; `refused` is the code of its refusal when it may not open.

    `media_type` is decided by content; it is empty when the file is refused.
    """

    key: str
    media_type: str = ""
    size_bytes: int = 0
    sha256: str = ""
    refused: str = ""
    content: bytes = field(default=b"", repr=False)
    type: ClassVar[str] = "attachment"


@dataclass(frozen=True, slots=True)
class Body:
    """What the document shows: sections (structured) or one embedded file, and attachments."""

    sections: tuple[Section, ...] = ()
    embedded: Attachment | None = None
    attachments: tuple[Attachment, ...] = ()
    type: ClassVar[str] = "body"

    def contents(self) -> list[bytes]:
        """Return the bytes of the files inside, those refused left out."""
        files = [*self.attachments, *([self.embedded] if self.embedded else [])]
        return [file.content for file in files if file.content]


def to_json(value: object) -> Json:
    """Write a body, or any part of it, for the client: defaults are left out, bytes never sent."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, frozenset | tuple):
        return [
            to_json(item) for item in (sorted(value) if isinstance(value, frozenset) else value)
        ]
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError("not a part of a document")
    kind = getattr(value, "type", None)
    shown: dict[str, Json] = {"type": kind} if isinstance(kind, str) else {}
    for entry in fields(value):
        part = getattr(value, entry.name)
        if entry.name != "content" and part != entry.default:
            shown[entry.name] = to_json(part)
    return shown


# What each `styleCode` means, in lower case; the others change nothing.
STYLES: Mapping[str, frozenset[str]] = {
    "bold": frozenset({"bold"}),
    "italics": frozenset({"italic"}),
    "emphasis": frozenset({"italic"}),
    "underline": frozenset({"underline"}),
    "bolditalics": frozenset({"bold", "italic"}),
    "boldunderline": frozenset({"bold", "underline"}),
    "italicsunderline": frozenset({"italic", "underline"}),
    "bolditalicsunderline": frozenset({"bold", "italic", "underline"}),
    "strikethrough": frozenset({"strikethrough"}),
}
