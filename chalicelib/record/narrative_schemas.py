"""A clinical document as the interface shows it: what `cda_view` writes, described.

What is usual is left out of the answer (no style, one column); the defaults here say what that is.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.http.endpoint import Schema
from chalicelib.record.cda.model import Precision


class _Part(Schema):
    model_config = ConfigDict(defer_build=True)  # for the description alone: no cold start pays


class TextRun(_Part):
    """Some text in one style. `target` is where a link led: to read, never to follow."""

    type: Literal["text"]
    text: str
    styles: tuple[str, ...] = ()
    target: str = ""


class LineBreak(_Part):
    """A line break."""

    type: Literal["break"]


Inline = Annotated[TextRun | LineBreak, Field(discriminator="type")]


class ParagraphBlock(_Part):
    """A paragraph; `footnote` is the number of the note it is."""

    type: Literal["paragraph"]
    runs: list[Inline]
    caption: tuple[Inline, ...] = ()
    footnote: int = 0


class ListBlock(_Part):
    """A list; each item is a sequence of blocks."""

    type: Literal["list"]
    items: list[list["Block"]]
    ordered: bool = False
    caption: tuple[Inline, ...] = ()


class TableCell(_Part):
    """A cell of a table."""

    type: Literal["cell"]
    blocks: tuple["Block", ...] = ()
    header: bool = False
    colspan: int = 1
    rowspan: int = 1


class TableBlock(_Part):
    """A table: rows of cells, in three groups."""

    type: Literal["table"]
    head: tuple[list[TableCell], ...] = ()
    body: tuple[list[TableCell], ...] = ()
    foot: tuple[list[TableCell], ...] = ()
    caption: tuple[Inline, ...] = ()


class MediaBlock(_Part):
    """Where an attachment is shown: its key."""

    type: Literal["media"]
    key: str
    caption: tuple[Inline, ...] = ()


Block = Annotated[ParagraphBlock | ListBlock | TableBlock | MediaBlock, Field(discriminator="type")]


class SectionCode(_Part):
    """A coded value with the label its author gave."""

    code: str
    system: str = ""
    label: str = ""


class NarrativeSection(_Part):
    """A section: its title, or a label when it has none, then its text and sub-sections."""

    type: Literal["section"]
    title: str
    code: SectionCode | None = None
    blocks: tuple[Block, ...] = ()
    sections: tuple["NarrativeSection", ...] = ()


class NarrativeAuthor(_Part):
    """Who wrote the document, as it says."""

    name: str
    role: str | None
    organisation: str | None


class NarrativePatient(_Part):
    """Whom the document is about, as it says."""

    family_name: str
    given_names: list[str]
    birth_date: str | None
    sex: Literal["F", "M", "U"]


class NarrativeHeader(_Part):
    """Who says what of whom, and when."""

    title: str
    effective_time: str
    precision: Precision
    authors: list[NarrativeAuthor]
    custodian: str | None
    patient: NarrativePatient


class NarrativeAttachment(_Part):
    """A file inside the document, in base64; `refused` is why it may not be opened.

    Where `data` and `refused` are null, it is too long for this answer: the original has it, in
    base64; `sha256` is of its bytes.
    """

    key: str
    media_type: str | None
    size_bytes: int
    sha256: str | None
    refused: str | None
    data: str | None


class NarrativeOut(_Part):
    """A clinical document's sections; `embedded` is the key of the file that it is instead."""

    header: NarrativeHeader
    sections: list[NarrativeSection]
    embedded: str | None
    attachments: list[NarrativeAttachment]
