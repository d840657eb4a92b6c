"""Files that must never enter, each with the code of its refusal; also hostile file names.

Used by the tests of inspection and of deposits. Contents are built on demand.
"""

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.storage.refusals import Code
from tests.storage.files import (
    A_SCAN,
    a_failing_stream,
    a_jpeg,
    a_jpeg_segment,
    a_pdf,
    a_png,
    a_png_chunk,
    a_stream,
    a_text,
    an_object_stream,
    an_xml,
    zeros_compressed,
)
from tests.storage.hostile_office import EVERY

__all__ = ["HOSTILE", "HOSTILE_NAMES", "LIMIT", "Hostile", "a_jpeg", "a_pdf", "a_png", "a_text"]

LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Hostile:
    name: str
    content_factory: Callable[[], bytes]
    declared: str | None
    filename: str
    code: Code


def a_zip(comment: bytes = b"", before: bytes = b"") -> bytes:
    file = io.BytesIO()
    file.write(before)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/document.xml", "<w/>")
        archive.comment = comment
    return file.getvalue()


def _pdf_inside_zip() -> bytes:
    """A file that is a PDF from its first byte to its last, and an archive too."""
    head, found, tail = a_pdf().partition(b"xref\n0")
    return a_zip(comment=found + tail, before=head)


def _hidden_in_stream() -> bytes:
    """A script whose object stands inside the data of an ordinary stream."""
    return a_pdf(objects=(a_stream(b"", b"99 0 obj << /S /JavaScript /JS (app.alert) >> endobj"),))


def _page_tree_bomb() -> bytes:
    kids = b"<< /Type /Pages /Count 1 /Parent 2 0 R /Kids [" + b"3 0 R " * 100_000 + b"] >>"
    return a_pdf(objects=(kids,))


def _flate_bomb() -> bytes:
    return a_pdf(objects=(a_stream(b"/Filter /FlateDecode", zeros_compressed(512)),))


def _nested_flate() -> bytes:
    twice = zlib.compress(zeros_compressed(64), 9)
    return a_pdf(objects=(a_stream(b"/Filter [/FlateDecode /FlateDecode]", twice),))


def _cyclic_syntax() -> bytes:
    return a_pdf(objects=(b"[" * 100_000,))


def _bad_crc() -> bytes:
    return a_png().replace(b"IDAT", b"IDAU")


def _profile_bomb() -> bytes:
    return a_png(chunks=a_png_chunk(b"iCCP", b"x\x00\x00" + zeros_compressed(64)))


def _failing_streams() -> bytes:
    """Streams that fail once each has inflated to nearly what is inflated at once."""
    stream = a_failing_stream(256 * 1024 - 64)
    one = b"1 0 obj<</Filter/FlateDecode>>stream\n" + stream
    return a_pdf(objects=(one * 1_100,))


def _failing_notes() -> bytes:
    """Notes that fail once each has inflated to nearly all that is allowed."""
    note = b"k\x00\x00" + a_failing_stream(4 * 1024 * 1024 - 64)
    return a_png(chunks=a_png_chunk(b"zTXt", note) * 4)


def _laughs() -> str:
    rounds = "".join(f'<!ENTITY l{rank} "{f"&l{rank - 1};" * 10}">' for rank in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{rounds}]>'


def _cda(name: str, content: str | bytes, code: Code) -> Hostile:
    raw = content.encode() if isinstance(content, str) else content
    return Hostile(name, lambda: raw, "text/xml", "document.xml", code)


def _pdf(name: str, factory: Callable[[], bytes], code: Code) -> Hostile:
    return Hostile(name, factory, "application/pdf", "document.pdf", code)


def _pdf_with(name: str, code: Code, *, catalog: bytes = b"", page: bytes = b"") -> Hostile:
    return _pdf(name, lambda: a_pdf(catalog=catalog, page=page), code)


def _png(name: str, factory: Callable[[], bytes], code: Code) -> Hostile:
    return Hostile(name, factory, "image/png", "photo.png", code)


def _jpeg(name: str, factory: Callable[[], bytes], code: Code) -> Hostile:
    return Hostile(name, factory, "image/jpeg", "photo.jpg", code)


def _other(name: str, content: bytes, declared: str | None, filename: str, code: Code) -> Hostile:
    return Hostile(name, lambda: content, declared, filename, code)


_HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_JS = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"

_TYPES = [
    _other("an empty file", b"", "application/pdf", "vide.pdf", Code.EMPTY),
    Hostile("one byte above the limit", lambda: b"a" * (LIMIT + 1), "text/plain", "long.txt",
            Code.TOO_LARGE),
    _other("a web page named .pdf", _HTML, "application/pdf", "resultat.pdf", Code.MARKUP),
    _other("a piece of a web page", b"bonjour <script>alert(1)</script>", "text/plain", "a.txt",
           Code.MARKUP),
    _other("an XHTML page", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
           "text/xml", "page.xml", Code.MARKUP),
    _other("an SVG image", _SVG, "image/png", "image.png", Code.MARKUP),
    _other("an SVG image with a declaration", b'<?xml version="1.0"?>' + _SVG, None, "image.svg",
           Code.MARKUP),
    Hostile("an archive", a_zip, "application/pdf", "lettre.docx", Code.ARCHIVE),
    _other("an archive cut short", b"PK\x03\x04" + b"a" * 200, "text/plain", "lettre.txt",
           Code.ARCHIVE),
    _other("an empty archive", b"PK\x05\x06" + bytes(18), None, "vide.zip", Code.ARCHIVE),
    _other("a GIF that is a script", b"GIF89a/*" + b" " * 20 + b"*/=1;alert(1)", "image/png",
           "image.gif", Code.TYPE_UNSUPPORTED),
    _other("a program", b"MZ\x90\x00\x03\x00\x00\x00", None, "visite.exe", Code.TYPE_UNSUPPORTED),
    _other("an RTF document named .txt", rb"{\rtf1 {\object\objdata 0105}}", "text/plain",
           "lettre.txt", Code.TYPE_MISMATCH),
    _other("a PostScript program", b"%!PS-Adobe-3.0\n(x) show", "text/plain", "a.ps",
           Code.TYPE_UNSUPPORTED),
    _other("an antivirus test text named .pdf", _EICAR, "application/pdf", "facture.pdf",
           Code.TYPE_MISMATCH),
    Hostile("a PNG declared as PDF", a_png, "application/pdf", "scan.pdf", Code.TYPE_MISMATCH),
    _other("a text with escape sequences", b"note \x1b[2J\x07", "text/plain", "note.txt",
           Code.TEXT_CONTROL),
    _other("a text with zero bytes", b"note\x00.exe", "text/plain", "note.txt",
           Code.TYPE_UNSUPPORTED),
    _other("a UTF-16 text", "note".encode("utf-16"), "text/plain", "note.txt",
           Code.TYPE_UNSUPPORTED),
]  # fmt: skip


def _broken_object_stream(checksum: bytes) -> bytes:
    packed = zlib.compress(b"50 0 << /S /JavaScript /JS (x) >>")
    entries = b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode"
    return a_pdf(objects=(a_stream(entries, packed[:-4] + checksum),))


_PDFS = [
    _pdf("garbage before a PDF", lambda: b"GARBAGE\n" + a_pdf(), Code.LEADING_DATA),
    _pdf("a web page after a PDF", lambda: a_pdf() + b"<b>x</b>", Code.TRAILING_DATA),
    _pdf("an archive after a PDF", lambda: a_pdf() + a_zip(), Code.POLYGLOT),
    _pdf("a PDF that is an archive too", _pdf_inside_zip, Code.POLYGLOT),
    _pdf("a PDF that is a web page too", lambda: a_pdf("<script>alert(1)</script>"), Code.POLYGLOT),
    _pdf("a truncated PDF", lambda: a_pdf()[:-60], Code.PDF_DAMAGED),
    _pdf("a PDF without any page", lambda: b"%PDF-1.4\nstartxref\n0\n%%EOF", Code.PDF_DAMAGED),
    _pdf_with("a script run on opening", Code.PDF_ACTIVE, catalog=_JS),
    _pdf_with("a script with an escaped name", Code.PDF_ACTIVE,
              catalog=b"/OpenAction << /S /J#61vaScr#69pt /#4aS (app.alert) >>"),
    _pdf("a script in an object stream",
         lambda: a_pdf(objects=(an_object_stream(b"<< /S /JavaScript /JS (x) >>"),)),
         Code.PDF_ACTIVE),
    _pdf("an object stream whose checksum is wrong", lambda: _broken_object_stream(b"\0\0\0\0"),
         Code.PDF_DAMAGED),
    _pdf("an object stream cut off", lambda: _broken_object_stream(b""), Code.PDF_DAMAGED),
    _pdf("an object stream with numbers that are none",
         lambda: a_pdf(objects=(a_stream(b"/Type /ObjStm /N 1 /First 7 /Filter /FlateDecode",
                                         zlib.compress(b"50.0 0 << /S /JavaScript /JS (x) >>")),)),
         Code.PDF_DAMAGED),
    _pdf_with("an opening action nobody can see", Code.PDF_ACTIVE, catalog=b"/OpenAction 99 0 R"),
    _pdf("a script inside the data of a stream", _hidden_in_stream, Code.PDF_ACTIVE),
    _pdf("an opening action in another object",
         lambda: a_pdf(catalog=b"/OpenAction 6 0 R", objects=(b"<< /S /Named /N /Print >>",)),
         Code.PDF_ACTIVE),
    _pdf_with("a link opened by itself", Code.PDF_ACTIVE,
              catalog=b"/OpenAction << /S /URI /URI (https://example.org) >>"),
    _pdf_with("an action of a page", Code.PDF_ACTIVE, page=b"/AA << /O << /S /Named >> >>"),
    _pdf_with("a program to launch", Code.PDF_ACTIVE,
              page=b"/Annots [<< /Subtype /Link /A << /S /Launch /F (cmd.exe) >> >>]"),
    _pdf_with("a form sent somewhere", Code.PDF_ACTIVE,
              page=b"/Annots [<< /Subtype /Widget /A << /S /SubmitForm >> >>]"),
    _pdf_with("a link to a script", Code.PDF_ACTIVE,
              page=b"/Annots [<< /Subtype /Link /A << /S /URI /URI (javascript:alert) >> >>]"),
    _pdf_with("a link to another file", Code.PDF_ACTIVE,
              page=b"/Annots [<< /Subtype /Link /A << /S /GoToR /F (a.pdf) >> >>]"),
    _pdf_with("a dynamic form", Code.PDF_ACTIVE, catalog=b"/AcroForm << /XFA [(a) 9 0 R] >>"),
    _pdf_with("a video", Code.PDF_ACTIVE, page=b"/Annots [<< /Subtype /RichMedia >>]"),
    _pdf_with("an attached file", Code.PDF_ATTACHMENT,
              catalog=b"/Names << /EmbeddedFiles << /Names [(a.exe) 9 0 R] >> >>"),
    _pdf_with("a file attached to a page", Code.PDF_ATTACHMENT,
              page=b"/Annots [<< /Subtype /FileAttachment /FS 9 0 R >>]"),
    _pdf("an encrypted PDF", lambda: a_pdf(trailer=b"/Encrypt << /Filter /Standard >>"),
         Code.PDF_ENCRYPTED),
    _pdf("a PDF of 100 000 pages", lambda: a_pdf(page_count=100_000), Code.PDF_PAGES),
    _pdf("a page tree with 100 000 children", _page_tree_bomb, Code.PDF_PAGES),
    _pdf("a stream of 512 MB once decompressed", _flate_bomb, Code.PDF_EXPANDS),
    _pdf("a PDF of streams that fail late", _failing_streams, Code.PDF_EXPANDS),
    _pdf("a stream compressed twice", _nested_flate, Code.PDF_EXPANDS),
    _pdf("100 000 nested arrays", _cyclic_syntax, Code.PDF_COMPLEX),
]  # fmt: skip

_IMAGES = [
    _png("a PNG of 30 000 × 30 000", lambda: a_png(30_000, 30_000), Code.IMAGE_TOO_BIG),
    _png("a PNG with a wrong checksum", _bad_crc, Code.IMAGE_DAMAGED),
    _png("a truncated PNG", lambda: a_png()[:-6], Code.IMAGE_DAMAGED),
    _png("data after a PNG", lambda: a_png() + b"<?php x ?>", Code.TRAILING_DATA),
    _png("a web page in a PNG",
         lambda: a_png(chunks=a_png_chunk(b"tEXt", b"c\x00" + _HTML)), Code.POLYGLOT),
    _png("a PNG with a colour profile of 64 MB", _profile_bomb, Code.IMAGE_DAMAGED),
    _png("a PNG of notes that fail late", _failing_notes, Code.IMAGE_DAMAGED),
    _jpeg("a JPEG of 65 000 × 65 000", lambda: a_jpeg(65_000, 65_000), Code.IMAGE_TOO_BIG),
    _jpeg("a truncated JPEG", lambda: a_jpeg()[:-2], Code.IMAGE_DAMAGED),
    _jpeg("a JPEG without a frame", lambda: b"\xff\xd8" + A_SCAN + b"\xff\xd9",
          Code.IMAGE_DAMAGED),
    _jpeg("an archive after a JPEG", lambda: a_jpeg() + a_zip(), Code.TRAILING_DATA),
    _jpeg("a web page in a JPEG",
          lambda: a_jpeg(segments=a_jpeg_segment(0xFE, _HTML)), Code.POLYGLOT),
    _jpeg("a JPEG of 1 000 scans", lambda: a_jpeg(scans=1_000), Code.IMAGE_DAMAGED),
]  # fmt: skip

_EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_INCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
_MANY_ATTRIBUTES = " ".join(f"a{rank}=''" for rank in range(1000))
_SOME_ATTRIBUTES = " ".join(f"a{rank}=''" for rank in range(64))
_XMLS = [
    _cda("a CDA with a DTD", an_xml(prolog="<!DOCTYPE ClinicalDocument>"), Code.XML_DTD),
    _cda("a billion laughs", an_xml("<title>&l9;</title>", prolog=_laughs()), Code.XML_DTD),
    _cda("an external entity", an_xml("<title>&e;</title>", prolog=_EXTERNAL), Code.XML_DTD),
    _cda("an entity nobody defined", an_xml("<title>&e;</title>"), Code.XML_DAMAGED),
    _cda("an inclusion", an_xml(_INCLUDE), Code.XML_INCLUDE),
    _cda("200 000 nested elements", an_xml("<a>" * 200_000 + "</a>" * 200_000), Code.XML_DEPTH),
    _cda("100 000 elements", an_xml("<a/>" * 100_000), Code.XML_COMPLEX),
    _cda("an element of 1 000 attributes",
         an_xml("<a " + _MANY_ATTRIBUTES + "/>"), Code.XML_COMPLEX),
    _cda("a CDA of 256 000 attributes",
         an_xml(("<a " + _SOME_ATTRIBUTES + "/>") * 4_000), Code.XML_COMPLEX),
    _cda("a CDA in UTF-16", an_xml(encoding="UTF-16").encode("utf-16"), Code.XML_ENCODING),
    _cda("a CDA in UTF-7", an_xml("+ADw-script+AD4-", encoding="UTF-7"), Code.XML_ENCODING),
    _cda("a CDA whose bytes are not its encoding", an_xml("é").encode("latin-1"),
         Code.XML_ENCODING),
    _cda("a truncated CDA", an_xml()[:-8], Code.XML_DAMAGED),
    _cda("another XML document", '<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"/>',
         Code.TYPE_UNSUPPORTED),
    _cda("a CDA of another namespace",
         '<?xml version="1.0"?><ClinicalDocument xmlns="urn:other"/>', Code.TYPE_UNSUPPORTED),
]  # fmt: skip

# Of the others, the first of each reason: all go through inspection, these through the product.
_OTHERS = {code: Hostile(name, made, None, "lettre", code) for name, made, code in EVERY[::-1]}

HOSTILE: list[Hostile] = [*_TYPES, *_PDFS, *_IMAGES, *_XMLS, *_OTHERS.values()]

HOSTILE_NAMES: list[str] = [
    "../../etc/passwd",
    r"..\..\windows\system32",
    "a\r\nSet-Cookie: vol=1",
    "facture\u202efdp.exe",
    "avis\u2066\u2069.pdf",
    "con.pdf",
    "NUL",
    "lpt1.txt",
    "x" * 10_000,
    "é" * 10_000,
    "👩‍⚕️" * 500,
    'a"; filename="evil.html',
    "résultat; filename*=UTF-8''evil.html",
    "\x00\x01\x1b[2J",
    " . . ",
    "",
    "\ufeff\u200b\u200d",
    "a/b\\c:d*e?f<g>h|i",
    "\ud800",
]
