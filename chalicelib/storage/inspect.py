"""What a file really is, decided from its bytes, and whether it may enter.

Why it exists: names and declared types are claims. Nine kinds enter — PDF, JPEG, PNG, TIFF, HEIC,
RTF, DOCX, plain text and CDA R2 — each within budgets of size, pixels, pages and nesting (A16–A19,
A21; ADR 0031); all the rest is refused with a reason. It knows nothing of who sends, and looks for
no virus: that is another port.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final
from xml.etree.ElementTree import Element

from chalicelib.storage import docx, heic, images, rtf, tiff, xml_gate
from chalicelib.storage.pdf import check_pdf
from chalicelib.storage.pdf_syntax import PdfLimits
from chalicelib.storage.refusals import Code, Refused


class Kind(StrEnum):
    """The media types that may enter."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"
    HEIC = "image/heic"
    RTF = "text/rtf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    TEXT = "text/plain"
    CDA = "text/xml"


EXTENSIONS: Final = {
    Kind.PDF: "pdf",
    Kind.JPEG: "jpg",
    Kind.PNG: "png",
    Kind.TIFF: "tif",
    Kind.HEIC: "heic",
    Kind.RTF: "rtf",
    Kind.DOCX: "docx",
    Kind.TEXT: "txt",
    Kind.CDA: "xml",
}
_SYNONYMS: Final = {
    "image/jpg": Kind.JPEG,
    "image/pjpeg": Kind.JPEG,
    "application/x-pdf": Kind.PDF,
    "image/tif": Kind.TIFF,
    "image/heif": Kind.HEIC,
    "application/rtf": Kind.RTF,
    "application/xml": Kind.CDA,
    "application/hl7-cda+xml": Kind.CDA,
    "application/hl7-v3+xml": Kind.CDA,
}
_UNDECLARED: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The budgets of a deposit: bytes, pixels of one image, then those of PDF and XML."""

    size_bytes: int = 4 * 1024 * 1024
    pixels: int = 100_000_000
    pdf: PdfLimits = field(default_factory=PdfLimits)
    xml: xml_gate.XmlLimits = field(default_factory=xml_gate.XmlLimits)


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is known of a file that may enter. `sha256` is its identity as content, in hex."""

    kind: Kind
    sha256: str
    size_bytes: int
    pages: int | None = None
    width: int | None = None
    height: int | None = None
    encoding: str | None = None
    tree: Element | None = field(default=None, repr=False, compare=False)


def inspect(content: bytes, declared: str | None, limits: Limits | None = None) -> Inspected:
    """Decide what a file is and whether it may enter.

    `declared` is the media type the sender announced; None or `application/octet-stream` announce
    nothing. For a CDA document, `tree` is its parsed XML, so that it is parsed once.

    Raises:
        Refused: the only exception, whatever the bytes.
    """
    limits = limits or Limits()
    if not content:
        raise Refused(Code.EMPTY)
    if len(content) > limits.size_bytes:
        raise Refused(Code.TOO_LARGE, limit_mib=limits.size_bytes // 1_048_576)
    kind = _detect(content)
    _check_declared(kind, declared)
    facts = Inspected(kind, hashlib.sha256(content).hexdigest(), len(content))
    return _CHECKS[kind](content, limits, facts)


_BOM = b"\xef\xbb\xbf"
_WINDOW = 1024
_MARKUP_START = re.compile(rb"\s*<[a-z!?/]", re.IGNORECASE)
_MARKUP = re.compile(
    rb"<\s*+(?:/\s*+)?(?:!doctype|html|head|body|script|style|iframe|object|embed|svg|img|link|meta|"
    rb"form|input|base|applet|math|video|audio|template|\?xml|\?php)\b",
    re.IGNORECASE,
)
_HIDDEN_MARKUP = re.compile(rb"<(?:script|html|iframe|!doctype\s|svg\s)", re.IGNORECASE)
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")  # ZIP, and what is kept in one
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # and all that one encrypts
_OTHER_TEXTS = (b"{\\rt", b"GIF8", b"%!PS", b"#!", b"\xff\xfe", b"\xfe\xff")
_MARKUP_ROOTS = frozenset({"html", "svg", "stylesheet", "transform", "script"})


_SIGNATURES = {
    b"%PDF-": Kind.PDF,
    images.PNG_SIGNATURE: Kind.PNG,
    images.JPEG_SIGNATURE: Kind.JPEG,
    tiff.SIGNATURES[0]: Kind.TIFF,
    tiff.SIGNATURES[1]: Kind.TIFF,
    rtf.SIGNATURE: Kind.RTF,
}


def _detect(content: bytes) -> Kind:
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    if content.startswith(_ARCHIVES) and docx.is_office_package(content):
        return Kind.DOCX
    if content.startswith(_OLD_OFFICE):
        raise Refused(Code.OFFICE_OLD)
    if heic.SIGNATURE.match(content):
        return Kind.HEIC
    if b"%PDF-" in content[:_WINDOW]:
        raise Refused(Code.LEADING_DATA)
    return _detect_text(content)


def _detect_text(content: bytes) -> Kind:
    start = content.removeprefix(_BOM)
    if start.startswith(_ARCHIVES):
        raise Refused(Code.ARCHIVE)
    if start.startswith(b"<?xml") or b"ClinicalDocument" in start[:_WINDOW]:
        return Kind.CDA
    if _looks_like_utf16_xml(content):
        raise Refused(Code.XML_ENCODING)
    if start.startswith(_OTHER_TEXTS) or b"\x00" in content:
        raise Refused(Code.TYPE_UNSUPPORTED)
    if _MARKUP_START.match(start) or _MARKUP.search(content):
        raise Refused(Code.MARKUP)
    return Kind.TEXT


def _looks_like_utf16_xml(content: bytes) -> bool:
    head = content[:4]
    return head in {b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00?\x00", b"\x00<\x00?"}


def _check_declared(kind: Kind, declared: str | None) -> None:
    announced = (declared or "").partition(";")[0].strip().lower()
    if announced in _UNDECLARED:
        return
    if _SYNONYMS.get(announced, announced) != kind:
        raise Refused(Code.TYPE_MISMATCH)


def _check_pdf(content: bytes, limits: Limits, facts: Inspected) -> Inspected:
    _refuse_other_formats(content)
    return replace(facts, pages=check_pdf(content, limits.pdf))


def _check_png(content: bytes, limits: Limits, facts: Inspected) -> Inspected:
    width, height = images.check_png(content, limits.pixels)
    _refuse_other_formats(content)
    return replace(facts, width=width, height=height)


def _check_jpeg(content: bytes, limits: Limits, facts: Inspected) -> Inspected:
    width, height = images.check_jpeg(content, limits.pixels)
    _refuse_other_formats(content)
    return replace(facts, width=width, height=height)


def _check_tiff(content: bytes, limits: Limits, facts: Inspected) -> Inspected:
    pages, width, height = tiff.check_tiff(content, limits.pixels)
    _refuse_other_formats(content)
    return replace(facts, pages=pages, width=width, height=height)


def _check_heic(content: bytes, limits: Limits, facts: Inspected) -> Inspected:
    width, height = heic.check_heic(content, limits.pixels)
    _refuse_other_formats(content)
    return replace(facts, width=width, height=height)


def _check_rtf(content: bytes, limits: Limits, facts: Inspected) -> Inspected:
    rtf.check_rtf(content, limits.pixels)
    _refuse_other_formats(content)
    return facts


def _check_docx(content: bytes, limits: Limits, facts: Inspected) -> Inspected:
    docx.check_docx(content, limits.pixels)
    return facts


def _check_text(content: bytes, _: Limits, facts: Inspected) -> Inspected:
    return replace(facts, encoding=text_encoding(content))


def _check_cda(content: bytes, limits: Limits, facts: Inspected) -> Inspected:
    tree = xml_gate.parse(content, limits.xml)
    if tree.tag != xml_gate.CDA_ROOT:
        is_markup = tree.tag.rpartition("}")[2].lower() in _MARKUP_ROOTS
        raise Refused(Code.MARKUP if is_markup else Code.TYPE_UNSUPPORTED)
    return replace(facts, tree=tree)


_CHECKS = {
    Kind.PDF: _check_pdf,
    Kind.PNG: _check_png,
    Kind.JPEG: _check_jpeg,
    Kind.TIFF: _check_tiff,
    Kind.HEIC: _check_heic,
    Kind.RTF: _check_rtf,
    Kind.DOCX: _check_docx,
    Kind.TEXT: _check_text,
    Kind.CDA: _check_cda,
}

_ZIP_END = b"PK\x05\x06"
_ZIP_ENTRY = b"PK\x01\x02"
_ZIP_END_BYTES = 22
_ZIP_COMMENT_BYTES = 65_535


def _refuse_other_formats(content: bytes) -> None:
    """Refuse a file that is also a web page or an archive (A18)."""
    if _HIDDEN_MARKUP.search(content):
        raise Refused(Code.POLYGLOT)
    position = content.find(_ZIP_END, max(0, len(content) - _ZIP_END_BYTES - _ZIP_COMMENT_BYTES))
    while position >= 0:
        size = int.from_bytes(content[position + 12 : position + 16], "little")
        directory = content[max(0, position - size) :][: len(_ZIP_ENTRY)]
        if directory == _ZIP_ENTRY or (size == 0 and position + _ZIP_END_BYTES <= len(content)):
            raise Refused(Code.POLYGLOT)
        position = content.find(_ZIP_END, position + 1)


_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_TEXT_ENCODINGS = ("utf-8", "iso-8859-1", "windows-1252")


def text_encoding(content: bytes) -> str:
    """Find the first encoding that gives text without control characters.

    Raises:
        Refused: none does.
    """
    decoded = False
    for encoding in _TEXT_ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        decoded = True
        if not _CONTROLS.search(text):
            return encoding
        if encoding == "utf-8":
            break
    raise Refused(Code.TEXT_CONTROL if decoded else Code.TEXT_ENCODING)
