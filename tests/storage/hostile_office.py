"""TIFF, HEIC, RTF and DOCX files that must never enter, each with the code of its refusal."""

import io
import struct
import zipfile
from functools import partial

from chalicelib.storage.refusals import Code
from tests.storage.files import a_jpeg, a_pdf, a_png
from tests.storage.hostile_heic import HEICS, Case
from tests.storage.office_files import (
    LONG,
    MAIN,
    SHORT,
    a_document,
    a_docx,
    a_field,
    a_picture,
    a_relation,
    a_tiff,
    an_rtf,
    complex_field,
    docx_parts,
    zipped,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
_LINK = "file:///c:/windows/system32/calc.exe"
_VBA = (
    '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
)
_ATTRIBUTES = " ".join(f"a{rank}=''" for rank in range(30))
_BIN = "application/vnd.openxmlformats-officedocument.oleObject"


def _override(name: str, kind: str) -> str:
    return f'<Override PartName="/{name}" ContentType="{kind}"/>'


def _patched(content: bytes, found: bytes, put: bytes) -> bytes:
    assert found in content
    return content.replace(found, put)


def _lying_bomb() -> bytes:
    """A part that inflates to more than it says."""
    whole = bytearray(zipped(docx_parts(parts={"word/media/zz.png": bytes(1 << 20)})))
    size = struct.pack("<I", 1 << 20)
    return bytes(whole).replace(size, struct.pack("<I", 100))


def _of_two_names() -> bytes:
    """Name an entry again in its notes, as readers that know Unicode paths would read it."""
    entry = zipfile.ZipInfo("word/media/a.png")
    entry.extra = struct.pack("<HHB", 0x7075, 10, 1) + bytes(4) + b"x.exe"
    file = io.BytesIO(zipped(docx_parts()))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(entry, a_png())
    return file.getvalue()


_FETCHING = ("a:blip r:link", "a:blip r:embed", "v:imagedata r:id", "v:imagedata o:relid",
             "x:hyperlink r:id", "a:hlinkClick r:link")  # fmt: skip


def _fetching(way: str) -> bytes:
    """Show a page that is called a link in relations."""
    drawn = "http://schemas.openxmlformats.org/drawingml/2006/main"
    return a_docx(
        a_document(f'<w:p><{way}="rId9" xmlns:a="{drawn}" xmlns:x="urn:other"/></w:p>'),
        relations=a_relation("hyperlink", "https://a.fr/x.png", "External"),
    )


def _renamed(name: bytes) -> bytes:
    """Give another name of the same length to a picture, in both places."""
    return _patched(a_docx(parts={"word/media/aaaa.png": a_png()}), b"word/media/aaaa.png", name)


TIFFS: list[Case] = [
    ("a TIFF of 30 000 × 30 000", lambda: a_tiff(30_000, 30_000), Code.IMAGE_TOO_BIG),
    ("a TIFF whose last page is too big",
     lambda: a_tiff(20_000, 20_000, pages=2), Code.IMAGE_TOO_BIG),
    ("a TIFF of 201 pages", lambda: a_tiff(pages=201), Code.IMAGE_PAGES),
    ("a TIFF whose page follows itself", lambda: a_tiff(loop=True), Code.IMAGE_DAMAGED),
    ("a TIFF that points outside", lambda: a_tiff(tags=((273, LONG, (1 << 30,)),)),
     Code.IMAGE_DAMAGED),
    ("a TIFF without a picture", lambda: a_tiff(tags=((273, LONG, (8,)), (279, LONG, (1, 2)))),
     Code.IMAGE_DAMAGED),
    ("a TIFF of half a million strips",
     lambda: a_tiff(tags=((273, SHORT, (8,) * 260_000), (279, SHORT, (1,) * 260_000))),
     Code.IMAGE_DAMAGED),
    ("a TIFF in the old JPEG way", lambda: a_tiff(tags=((259, SHORT, (6,)),)), Code.IMAGE_VARIANT),
    ("a TIFF of 64 bits", lambda: a_tiff(tags=((258, SHORT, (64,)),)), Code.IMAGE_VARIANT),
    ("a BigTIFF", lambda: b"II+\x00\x08\x00\x00\x00" + bytes(60), Code.TYPE_UNSUPPORTED),
    ("a truncated TIFF", lambda: a_tiff()[:-1], Code.IMAGE_DAMAGED),
    ("a TIFF whose notes nest for ever", lambda: a_tiff(tags=((34665, LONG, (8,)),)),
     Code.IMAGE_DAMAGED),
    ("an archive after a TIFF", lambda: a_tiff() + a_docx(), Code.TRAILING_DATA),
    ("a web page in a TIFF", lambda: a_tiff(data=b"<html><script>1</script>"), Code.POLYGLOT),
]  # fmt: skip

RTFS: list[Case] = [
    ("an RTF with an object", lambda: an_rtf(rb"{\object\objemb{\*\objdata 0105}}"),
     Code.OFFICE_OBJECT),
    ("an RTF object with a split name", lambda: an_rtf(b"{\\obj\x00ect 1}"), Code.OFFICE_OBJECT),
    ("an RTF object in what is skipped", lambda: an_rtf(rb"{\*\unknown{\objdata 01}}"),
     Code.OFFICE_OBJECT),
    ("an RTF with raw binary", lambda: an_rtf(b"{\\pict\\pngblip\\bin4 abcd}"), Code.OFFICE_OBJECT),
    ("an RTF with an embedded font", lambda: an_rtf(rb"{\*\fontemb 00}"), Code.OFFICE_OBJECT),
    ("an RTF store that is a package", lambda: an_rtf(rb"{\*\datastore 010500000200000008000000"
     + b"Package\0".hex().encode() + b"}"), Code.OFFICE_OBJECT),
    ("an RTF with a remote template", lambda: an_rtf(rb"{\*\template http://example.org/x.dotm}"),
     Code.OFFICE_EXTERNAL),
    ("an RTF that merges mails", lambda: an_rtf(rb"{\*\mailmerge\mmdatasource x}"),
     Code.OFFICE_EXTERNAL),
    ("an RTF picture from a server",
     lambda: an_rtf(rb"{\shp{\sp{\sn pibName}{\sv http://example.org/a.png}}}"),
     Code.OFFICE_EXTERNAL),
    ("an RTF picture from another machine",
     lambda: an_rtf(rb"{\shp{\sp{\sn pibName}{\sv \\\\server\\share}}}"), Code.OFFICE_EXTERNAL),
    ("an RTF picture from a server, in a group",
     lambda: an_rtf(rb"{\shp{\sp{\sn pibName}{\sv {\b http:}//example.org/a.png}}}"),
     Code.OFFICE_EXTERNAL),
    ("an RTF picture hidden in a group",
     lambda: an_rtf(b"{\\pict\\pngblip{" + b"MZ".hex().encode() + b"}}"), Code.OFFICE_PICTURE),
    ("an RTF address in other letters",
     lambda: an_rtf(rb"{\shp{\sp{\sn pibName}{\sv h\u116?tp://example.org}}}"),
     Code.OFFICE_EXTERNAL),
    ("an RTF link whose data is a file",
     lambda: an_rtf(rb'{\field{\*\fldinst{HYPERLINK "https://a.fr"}{{\*\datafield '
                    + b"\\\\server\\x".decode().encode("utf-16-le").hex().encode() + b"}}}}"),
     Code.OFFICE_EXTERNAL),
    ("an RTF field that starts a program",
     lambda: a_field(rb'DDEAUTO c:\\windows\\system32\\cmd.exe "/k"'), Code.OFFICE_FIELD),
    ("an RTF field that reads a file", lambda: a_field(rb'INCLUDETEXT "c:\\x"'),
     Code.OFFICE_FIELD),
    ("an RTF field in pieces", lambda: a_field(rb"DDE}{\i AUTO x"), Code.OFFICE_FIELD),
    ("an RTF field in other letters", lambda: a_field(rb"\'44\'44E x"), Code.OFFICE_FIELD),
    ("an RTF field in Unicode", lambda: a_field(rb"\u68?\u68?E x"), Code.OFFICE_FIELD),
    ("an RTF field with a part that is skipped", lambda: a_field(rb"{\*\x PAGE }DDE x"),
     Code.OFFICE_FIELD),
    ("an RTF field inside another", lambda: a_field(rb"PAGE {\field{\*\fldinst DDE}}"),
     Code.OFFICE_FIELD),
    ("an RTF link to a file", lambda: a_field(rb'HYPERLINK "file:///c:/x.exe"'),
     Code.OFFICE_FIELD),
    ("an RTF link to another machine", lambda: a_field(rb'HYPERLINK "\\\\\\\\server\\\\x"'),
     Code.OFFICE_FIELD),
    ("an RTF drawing of old systems", lambda: an_rtf(rb"{\pict\wmetafile8 0100}"),
     Code.OFFICE_PICTURE),
    ("an RTF picture that is a program",
     lambda: a_picture(rb"\pngblip", b"MZ" + bytes(40)), Code.OFFICE_PICTURE),
    ("an RTF picture of no kind", lambda: a_picture(b"", a_png()), Code.OFFICE_PICTURE),
    ("an RTF picture of 30 000 × 30 000",
     lambda: a_picture(rb"\pngblip", a_png(30_000, 30_000)), Code.IMAGE_TOO_BIG),
    ("an RTF picture with a page after it",
     lambda: a_picture(rb"\jpegblip", a_jpeg() + b"<html>"), Code.OFFICE_PICTURE),
    ("an RTF of 200 nested groups", lambda: an_rtf(b"{" * 200 + b"}" * 200), Code.OFFICE_COMPLEX),
    ("an RTF of 600 000 words", lambda: an_rtf(rb"\b" * 600_001), Code.OFFICE_COMPLEX),
    ("an RTF of 5 000 fonts",
     lambda: an_rtf(b"{\\fonttbl" + b"{\\f1 x;}" * 5_000 + b"}"), Code.OFFICE_COMPLEX),
    ("an RTF never closed", lambda: an_rtf()[:-3], Code.OFFICE_DAMAGED),
    ("an RTF with a backslash at its end", lambda: an_rtf(b"\\'zz"), Code.OFFICE_DAMAGED),
    ("a PDF after an RTF", lambda: an_rtf() + a_pdf(), Code.TRAILING_DATA),
    ("an RTF of a false version", lambda: rb"{\rt{\object 1}}", Code.TYPE_UNSUPPORTED),
    ("a web page in an RTF", lambda: an_rtf(b"<script>alert(1)</script>"), Code.POLYGLOT),
]  # fmt: skip

DOCXS: list[Case] = [
    ("an old or encrypted office document", lambda: _OLE, Code.OFFICE_OLD),
    ("a DOCX with macros", lambda: a_docx(types=_VBA, parts={"word/vbaProject.bin": _OLE}),
     Code.OFFICE_MACROS),
    ("a DOCM", lambda: a_docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
     Code.OFFICE_MACROS),
    ("a DOCX with macros under another type",
     lambda: a_docx(relations=a_relation("vbaProject", "document.xml")), Code.OFFICE_MACROS),
    ("a DOCX with a button of its own",
     lambda: a_docx(relations=a_relation("extensibility", "document.xml")), Code.OFFICE_MACROS),
    ("a DOCX with a control", lambda: a_docx(a_document("<w:control/>")), Code.OFFICE_MACROS),
    ("a DOCX with an object",
     lambda: a_docx(types=_override("word/embeddings/a.bin", _BIN),
                    parts={"word/embeddings/a.bin": _OLE}), Code.OFFICE_OBJECT),
    ("a DOCX with an object in its words",
     lambda: a_docx(a_document("<w:p><w:object/></w:p>")), Code.OFFICE_OBJECT),
    ("a DOCX that includes a web page",
     lambda: a_docx(a_document("<w:altChunk r:id='rId1'/>")), Code.OFFICE_OBJECT),
    ("a DOCX with a part of no type", lambda: a_docx(parts={"word/run.exe": b"MZ"}),
     Code.OFFICE_OBJECT),
    ("a DOCX with an embedded font",
     lambda: a_docx(types=_override("word/fonts/a.ttf", "application/x-font-ttf"),
                    parts={"word/fonts/a.ttf": b"x"}), Code.OFFICE_OBJECT),
    ("a DOCX with a remote template",
     lambda: a_docx(relations=a_relation("attachedTemplate", "http://a.fr/x.dotm", "External")),
     Code.OFFICE_EXTERNAL),
    ("a DOCX with a remote picture",
     lambda: a_docx(relations=a_relation("image", "https://a.fr/x.png", "External")),
     Code.OFFICE_EXTERNAL),
    ("a DOCX with a link to a file",
     lambda: a_docx(relations=a_relation("hyperlink", _LINK, "External")), Code.OFFICE_EXTERNAL),
    ("a DOCX with a link to another machine",
     lambda: a_docx(relations=a_relation("hyperlink", r"\\server\x", "External")),
     Code.OFFICE_EXTERNAL),
    ("a DOCX whose part is outside",
     lambda: a_docx(relations=a_relation("styles", "../../etc/passwd")), Code.OFFICE_EXTERNAL),
    ("a DOCX with an old drawing that fetches",
     lambda: a_docx(a_document('<v:imagedata src="http://a.fr/x.png"/>')), Code.OFFICE_EXTERNAL),
    ("a DOCX with an old drawing linked",
     lambda: a_docx(a_document('<v:imagedata o:href="http://a.fr/x.png"/>')),
     Code.OFFICE_EXTERNAL),
    *((f"a DOCX picture fetched through a link, {way}",
       partial(_fetching, way), Code.OFFICE_EXTERNAL) for way in _FETCHING),
    ("a DOCX that merges mails", lambda: a_docx(a_document("<w:mailMerge/>")),
     Code.OFFICE_EXTERNAL),
    ("a DOCX field that starts a program",
     lambda: a_docx(a_document(complex_field("DDEAUTO c:\\\\windows\\\\cmd.exe"))),
     Code.OFFICE_FIELD),
    ("a DOCX field in pieces", lambda: a_docx(a_document(complex_field("D", "DE", "AUTO x"))),
     Code.OFFICE_FIELD),
    ("a DOCX simple field that reads a file",
     lambda: a_docx(a_document("<w:fldSimple w:instr='INCLUDETEXT c:\\x'/>")), Code.OFFICE_FIELD),
    ("a DOCX field of nothing before it",
     lambda: a_docx(a_document("<w:instrText>DDE x</w:instrText>")), Code.OFFICE_FIELD),
    ("a DOCX field never ended",
     lambda: a_docx(a_document('<w:fldChar w:fldCharType="begin"/><w:instrText>LINK x'
                               "</w:instrText>")), Code.OFFICE_FIELD),
    ("a DOCX field inside the instruction of another",
     lambda: a_docx(a_document('<w:fldChar w:fldCharType="begin"/>' + complex_field("PAGE"))),
     Code.OFFICE_FIELD),
    ("a DOCX field of ordinary words",
     lambda: a_docx(a_document('<w:fldChar w:fldCharType="begin"/><w:t>DDE x</w:t>'
                               '<w:fldChar w:fldCharType="end"/>')), Code.OFFICE_FIELD),
    ("a DOCX field with data of its own",
     lambda: a_docx(a_document("<w:fldData>AAAA</w:fldData>")), Code.OFFICE_FIELD),
    ("a DOCX entry of another name for some", _of_two_names, Code.OFFICE_DAMAGED),
    ("a DOCX with a vector drawing",
     lambda: a_docx(types=_override("word/media/a.emf", "image/x-emf"),
                    parts={"word/media/a.emf": b"x"}), Code.OFFICE_PICTURE),
    ("a DOCX picture that is a program",
     lambda: a_docx(parts={"word/media/a.png": b"MZ" + bytes(90)}), Code.OFFICE_PICTURE),
    ("a DOCX picture of 30 000 × 30 000",
     lambda: a_docx(parts={"word/media/a.png": a_png(30_000, 30_000)}), Code.IMAGE_TOO_BIG),
    ("a DOCX with a DTD",
     lambda: a_docx("<!DOCTYPE x [<!ENTITY a 'b'>]>" + a_document()), Code.OFFICE_DAMAGED),
    ("a DOCX part of 300 levels",
     lambda: a_docx(a_document("<w:p>" * 300 + "</w:p>" * 300)), Code.OFFICE_COMPLEX),
    ("a DOCX of 200 000 elements",
     lambda: a_docx(a_document("<w:p/>" * 200_000)), Code.OFFICE_COMPLEX),
    ("a DOCX of 750 000 attributes",
     lambda: a_docx(a_document(f"<w:p {_ATTRIBUTES}/>" * 25_000)), Code.OFFICE_COMPLEX),
    ("a DOCX part of 17 MB of text",
     lambda: a_docx(a_document(f"<w:t>{'a' * (17 << 20)}</w:t>")), Code.OFFICE_COMPLEX),
    ("a DOCX bomb", lambda: zipped(docx_parts(parts={"word/media/a.png": bytes(65 << 20)})),
     Code.OFFICE_EXPANDS),
    ("a DOCX bomb that lies", _lying_bomb, Code.OFFICE_EXPANDS),
    ("a DOCX of 2 000 files",
     lambda: a_docx(parts={f"word/media/{n}.png": b"" for n in range(2_000)}),
     Code.OFFICE_COMPLEX),
    ("a DOCX name that climbs", lambda: _renamed(b"../../../etc/x1.png"), Code.OFFICE_DAMAGED),
    ("a DOCX name of another system", lambda: _renamed(b"word\\media\\aaaa.png"),
     Code.OFFICE_DAMAGED),
    ("a DOCX name from the root", lambda: _renamed(b"/ord/media/aaaa.png"), Code.OFFICE_DAMAGED),
    ("a DOCX name that comes twice",
     lambda: a_docx(parts={"word/media/A.png": a_png(), "word/media/a.png": a_png()}),
     Code.OFFICE_DAMAGED),
    ("bytes before a DOCX", lambda: b"PK\x03\x04" + a_docx(), Code.OFFICE_DAMAGED),
    ("bytes after a DOCX", lambda: a_docx() + b"x", Code.TRAILING_DATA),
    ("a DOCX with a comment of its archive",
     lambda: a_docx()[:-2] + b"\x04\x00<x/>", Code.TRAILING_DATA),
    ("a truncated DOCX", lambda: a_docx()[:-30], Code.OFFICE_DAMAGED),
    ("an encrypted DOCX entry",
     lambda: _patched(a_docx(), b"PK\x01\x02\x14\x03\x14\x00\x00\x00",
                      b"PK\x01\x02\x14\x03\x14\x00\x01\x00"), Code.OFFICE_OLD),
    ("a spreadsheet",
     lambda: a_docx(main=MAIN.replace("wordprocessingml.document", "spreadsheetml.sheet")),
     Code.ARCHIVE),
]  # fmt: skip

EVERY: list[Case] = [*TIFFS, *HEICS, *RTFS, *DOCXS]
