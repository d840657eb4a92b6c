"""Reads the body of a CDA R2 document: its narrative, or the one file it embeds.

Why it exists: a file inside a document gets the same inspection as a file sent alone, under the
type its bytes show and not the one it declares. RTF and TIFF, which level 1 allows, may be
downloaded but are never shown.
"""

import binascii
import hashlib
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

from chalicelib.record.cda.model import Attachment, Body
from chalicelib.record.cda.narrative import read_sections
from chalicelib.storage.inspect import Kind, Limits, inspect
from chalicelib.storage.names import plain_line
from chalicelib.storage.refusals import Code, Refused
from chalicelib.storage.xml_gate import HL7

NS: Final = {"": HL7}
EMBEDDED_KEY: Final = "body"
_MAX_ATTACHMENTS = 50
_MAX_PADS = 100
_MOST_WORDS = 6_000_000  # characters: the bytes of one answer at most
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_INSIDE = frozenset({Kind.PDF, Kind.JPEG, Kind.PNG})
_LEVEL_1 = _INSIDE | {Kind.TEXT, Kind.RTF, Kind.TIFF}  # value set TRE_R222, and PNG


def read_body(tree: Element, limits: Limits | None = None) -> Body:
    """Read what the document shows.

    An attachment that may not enter is listed with the code of its refusal, and its words around it
    still show; an embedded body that may not enter refuses the document.

    Raises:
        Refused: the embedded file is refused, there is no body, its words are too long to be shown,
            or there are too many attachments.
    """
    limits = limits or Limits()
    embedded = tree.find("component/nonXMLBody/text", NS)
    if embedded is not None:
        return Body(embedded=_embedded(embedded, limits))
    structured = tree.find("component/structuredBody", NS)
    if structured is None:
        raise Refused(Code.CDA_BODY)
    _check_length(structured)
    return Body(sections=read_sections(tree), attachments=tuple(_attachments(tree, limits)))


def _check_length(structured: Element) -> None:
    """Refuse words that no screen could be sent, before they are copied section by section."""
    told = (section.find("text", NS) for section in structured.iter(f"{{{HL7}}}section"))
    if sum(len(piece) for one in told if one is not None for piece in one.itertext()) > _MOST_WORDS:
        raise Refused(Code.CDA_TOO_LONG)


def files_inside(tree: Element, body: Body) -> list[bytes]:
    """List what a scanner of the XML does not see: the body's files, and all that is in base64.

    Shown or not, under whatever element: who takes the document away may take them out of it.

    Raises:
        Refused: there are too many.
    """
    found = dict.fromkeys(body.contents())
    for element in tree.iter():
        if element.get("representation", "").upper() == "B64":
            found[_taken_out(element)] = None
            if len(found) > _MAX_ATTACHMENTS:
                raise Refused(Code.XML_COMPLEX, limit=_MAX_ATTACHMENTS)
    return [content for content in found if content]


def _taken_out(element: Element) -> bytes:
    """Decode as a forgiving reader would: what is no base64 is passed over, padding is not needed.

    Of a few pieces that are padded each, all of them; among many, padding is passed over too.
    """
    text = _own_text(element)
    pieces = text.split("=") if text.count("=") <= _MAX_PADS else [text]
    return b"".join(_decoded(_NOT_BASE64.sub("", piece)) for piece in pieces)


def _decoded(letters: str) -> bytes:
    return b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + "==")


def _embedded(element: Element, limits: Limits) -> Attachment:
    content = _content(element)
    kind = inspect(content, None, limits).kind
    if kind not in _LEVEL_1:
        raise Refused(Code.CDA_BODY)
    return _stored(EMBEDDED_KEY, kind.value, content)


def _attachments(tree: Element, limits: Limits) -> Iterator[Attachment]:
    """List the files of `observationMedia` entries, which share the budget of one document."""
    values: dict[str, Element] = {}
    for media in tree.iter(f"{{{HL7}}}observationMedia"):
        key, value = plain_line(media.get("ID", "")), media.find("value", NS)
        if key and value is not None:
            values.setdefault(key, value)
    if len(values) > _MAX_ATTACHMENTS:
        raise Refused(Code.XML_COMPLEX, limit=_MAX_ATTACHMENTS)
    shared = _shared(limits, len(values) or 1)
    for key, value in values.items():
        yield _attachment(key, value, shared)


def _shared(limits: Limits, count: int) -> Limits:
    """Divide what reading PDFs may cost between several of them."""
    pdf = replace(
        limits.pdf,
        tokens=limits.pdf.tokens // count,
        read_bytes=limits.pdf.read_bytes // count,
        inflated_bytes=limits.pdf.inflated_bytes // count,
    )
    return replace(limits, pdf=pdf)


def _attachment(key: str, value: Element, limits: Limits) -> Attachment:
    try:
        content = _content(value)
        kind = inspect(content, None, limits).kind
    except Refused as refusal:
        return Attachment(key, refused=refusal.code.value)
    if kind not in _INSIDE:
        return Attachment(key, refused=Code.TYPE_UNSUPPORTED.value)
    return _stored(key, kind.value, content)


def _stored(key: str, media_type: str, content: bytes) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(key, media_type, len(content), digest, content=content)


def _own_text(element: Element) -> str:
    """Return its own text alone: files nested in one another would be read many times."""
    return "".join(filter(None, (element.text, *(child.tail for child in element))))


def _content(element: Element) -> bytes:
    text = _own_text(element)
    if not text.strip():
        raise Refused(Code.CDA_BODY)
    if element.get("representation") != "B64":
        return text.strip().encode()
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refused(Code.CDA_BODY) from None
