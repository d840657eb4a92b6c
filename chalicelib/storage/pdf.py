"""What a PDF may hold: pages, text and pictures; nothing that runs, hides or opens something else.

Why it exists: patients and doctors open these files on trust. It refuses scripts, actions other
than going to a page or showing a link, dynamic forms, media, attached files, encryption, and bombs
(A16–A18). It reads structure only; see `pdf_objects` for how objects are found.
"""

import re
from dataclasses import dataclass, field

from chalicelib.storage.images import too_many_pixels
from chalicelib.storage.pdf_objects import Found, PdfObjects
from chalicelib.storage.pdf_syntax import Budget, PdfLimits, Reference, Value
from chalicelib.storage.refusals import Code, Refused

_HEADER = re.compile(rb"%PDF-[12]\.[0-9]")
_TAIL = re.compile(rb"startxref[\x00\t\n\x0c\r ]+[0-9]{1,10}[\x00\t\n\x0c\r ]+%%EOF[\r\n\t ]*\Z")
_EOF = b"%%EOF"
_TAIL_BYTES = 1_024

_ACTIVE_KEYS = frozenset(
    {"JS", "JavaScript", "AA", "XFA", "RichMediaContent", "RichMediaSettings", "Rendition"}
)
_ACTIVE_ACTIONS = frozenset(
    {"JavaScript", "Launch", "SubmitForm", "ImportData", "Rendition", "Movie", "Sound", "Thread",
     "GoToR", "GoTo3DView", "RichMediaExecute", "RichMedia", "Trans", "SetOCGState", "ResetForm"}
)  # fmt: skip
_LEADING_ACTIONS = frozenset({"GoTo", "URI", "Named"})
_ACTIVE_SUBTYPES = frozenset({"RichMedia", "3D", "Movie", "Sound", "Screen", "PS", "U3D", "PRC"})
_ATTACHMENT_KEYS = frozenset({"EmbeddedFiles", "EF", "Collection", "FFilter"})
_ATTACHMENT_TYPES = frozenset({"EmbeddedFile", "FileAttachment"})
_LINKS = re.compile(rb"\s*+(?:https?:|mailto:|tel:|#|/|[^:]*+\Z)", re.IGNORECASE)


@dataclass(slots=True)
class _Findings:
    limits: PdfLimits
    page_objects: int = 0
    declared_pages: int = 0
    children: int = 0
    has_catalog: bool = False
    kinds: dict[int, set[str]] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)

    def visit(self, read: dict[str, Value]) -> None:
        """Judge one dictionary as soon as it is read, so that a bad file stops early."""
        _refuse_active(read)
        _refuse_attached(read)
        if isinstance(read.get("Encrypt"), Reference | dict):
            raise Refused(Code.PDF_ENCRYPTED)
        self._count(read)
        if "OpenAction" in read:
            self._opens(read["OpenAction"])

    def _count(self, read: dict[str, Value]) -> None:
        kind, count = read.get("Type"), read.get("Count")
        if kind == "Page":
            self.page_objects += 1
        elif kind == "Pages":
            kids = read.get("Kids")
            self.children += len(kids) if isinstance(kids, list) else 0
            if isinstance(count, int) and "Parent" not in read:
                self.declared_pages = max(self.declared_pages, count)
        elif kind == "Catalog":
            self.has_catalog = self.has_catalog or "Pages" in read
        pages = max(self.page_objects, self.declared_pages)
        if pages > self.limits.pages or self.children > 2 * self.limits.pages:
            raise Refused(Code.PDF_PAGES, limit=self.limits.pages)
        self._check_pixels(read)

    def _check_pixels(self, read: dict[str, Value]) -> None:
        width, height = read.get("Width"), read.get("Height")
        if (
            read.get("Subtype") == "Image"
            and isinstance(width, int)
            and isinstance(height, int)
            and width * height > self.limits.pixels
        ):
            raise too_many_pixels(self.limits.pixels)

    def _opens(self, target: Value) -> None:
        """Allow a document that opens at a page, and nothing else."""
        if isinstance(target, Reference):
            self.opened.append(target.number)
        elif _kind(target) not in {"destination", "nothing"}:
            raise Refused(Code.PDF_ACTIVE)

    def keep(self, found: Found) -> None:
        """Remember what kind of value an object number holds, for the opening action."""
        if found.number and not found.has_stream:
            self.kinds.setdefault(found.number, set()).add(_kind(found.value))

    def conclude(self) -> int:
        """Return the number of pages once every object was seen."""
        for number in self.opened:
            if not self.kinds.get(number, {"unseen"}) <= {"destination", "nothing"}:
                raise Refused(Code.PDF_ACTIVE)
        if not self.has_catalog or not self.page_objects:
            raise Refused(Code.PDF_DAMAGED)
        return self.declared_pages or self.page_objects


def check_pdf(content: bytes, limits: PdfLimits | None = None) -> int:
    """Read the structure of a PDF and return its number of pages.

    Raises:
        Refused: damaged, encrypted, active, with attachments, too long, too big or too complex,
            or with data after its end.
    """
    _check_ends(content)
    findings = _Findings(limits or PdfLimits())
    for found in PdfObjects(content, Budget(findings.limits), findings.visit):
        findings.keep(found)
    return findings.conclude()


def _check_ends(content: bytes) -> None:
    if not _HEADER.match(content):
        raise Refused(Code.PDF_DAMAGED)
    if _TAIL.search(content, max(0, len(content) - _TAIL_BYTES)):
        return
    if content.rstrip(b"\r\n\t ").endswith(_EOF) or _EOF not in content:
        raise Refused(Code.PDF_DAMAGED)
    raise Refused(Code.TRAILING_DATA)


def _refuse_active(read: dict[str, Value]) -> None:
    action, subtype, link = read.get("S"), read.get("Subtype"), read.get("URI")
    if (
        not _ACTIVE_KEYS.isdisjoint(read)
        or (isinstance(action, str) and action in _ACTIVE_ACTIONS)
        or (isinstance(subtype, str) and subtype in _ACTIVE_SUBTYPES)
        or (isinstance(action, str) and action in _LEADING_ACTIONS and "Next" in read)
        or (isinstance(link, bytes) and not _LINKS.match(link))
    ):
        raise Refused(Code.PDF_ACTIVE)


def _refuse_attached(read: dict[str, Value]) -> None:
    if (
        not _ATTACHMENT_KEYS.isdisjoint(read)
        or read.get("S") == "GoToE"
        or read.get("Type") in ("EmbeddedFile", "Filespec")
        or (isinstance(read.get("Subtype"), str) and read["Subtype"] in _ATTACHMENT_TYPES)
        or ("Length" in read and isinstance(read.get("F"), bytes | dict))
    ):
        raise Refused(Code.PDF_ATTACHMENT)


def _kind(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list) or (isinstance(value, dict) and value.get("S") == "GoTo"):
        return "destination"
    return "other"
