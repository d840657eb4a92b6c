"""TIFF, HEIC, RTF and DOCX: what ordinary software writes enters, what acts or fetches does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.storage.fields import is_harmless
from chalicelib.storage.headers import content_headers
from chalicelib.storage.inspect import EXTENSIONS, Inspected, Kind, inspect
from chalicelib.storage.refusals import Refused
from tests.endless import ends
from tests.storage.files import a_jpeg, a_png
from tests.storage.hostile_heic import Case
from tests.storage.hostile_office import EVERY
from tests.storage.office_files import (
    SHORT,
    a_box,
    a_document,
    a_docx,
    a_field,
    a_heic,
    a_picture,
    a_relation,
    a_tiff,
    an_rtf,
    complex_field,
    docx_parts,
    streamed,
    zipped,
)

VALID = [a_tiff(), a_heic(grid=(1, 2), kinds=(b"hvc1", b"hvc1")), an_rtf(), a_docx()]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case[0])
def test_refuses_a_hostile_file_with_its_reason_in_time(case: Case) -> None:
    _, made, code = case
    content = made()
    with ends(), pytest.raises(Refused) as caught:
        inspect(content, None)
    assert caught.value.code is code
    for language in ("fr", "en"):
        assert "{" not in caught.value.sentence(language)


@pytest.mark.parametrize(
    ("content", "declared", "kind"),
    [
        (a_tiff(), "image/tiff", Kind.TIFF),
        (a_tiff(order=">"), "image/tif", Kind.TIFF),
        (a_heic(), "image/heif", Kind.HEIC),
        (a_heic(brands=b"mif1\0\0\0\0mif1heic"), "image/heic", Kind.HEIC),
        (a_heic(boxes=a_box(b"free", bytes(8))), None, Kind.HEIC),
        (a_heic(offset=len(a_heic()) + 8, after=a_box(b"mdat", bytes(16))), None, Kind.HEIC),
        (an_rtf(), "application/rtf", Kind.RTF),
        (an_rtf() + b"\x00", "text/rtf", Kind.RTF),
        (a_docx(), None, Kind.DOCX),
        (streamed(docx_parts()), Kind.DOCX.value, Kind.DOCX),
        (zipped(docx_parts(), method=0), "application/octet-stream", Kind.DOCX),
    ],
)
def test_tells_what_a_valid_file_is(content: bytes, declared: str | None, kind: Kind) -> None:
    assert inspect(content, declared).kind is kind


def test_tells_pages_and_dimensions() -> None:
    scan = inspect(a_tiff(1_728, 2_200, pages=3), None)
    photo = inspect(a_heic(4_032, 3_024, grid=(1, 2), kinds=(b"hvc1", b"hvc1")), None)
    assert (scan.pages, scan.width, scan.height) == (3, 1_728, 2_200)
    assert (photo.pages, photo.width, photo.height) == (None, 4_032, 3_024)


def test_accepts_exactly_the_budget_of_pages() -> None:
    assert inspect(a_tiff(pages=200), None).pages == 200


@pytest.mark.parametrize(
    "content",
    [
        a_tiff(tags=((259, SHORT, (4,)),)),
        a_tiff(tags=((258, SHORT, (8, 8, 8)), (277, SHORT, (3,)))),
        a_tiff() + bytes(8),
        a_field(rb'HYPERLINK "https://www.sante.fr/"'),
        a_field(rb'HYPERLINK \\l "_Toc1"'),
        a_field(rb'HYPERLINK "mailto:a@example.org" \\o "\'"'.replace(rb"\'", b"x")),
        a_field(rb"PAGE \\* MERGEFORMAT"),
        a_picture(rb"\pngblip", a_png()),
        a_picture(rb"\jpegblip", a_jpeg()),
        an_rtf(rb"{\*\themedata 504b0304}{\*\datastore 010500000200000018000000"
               + b"MSXML2.SAXXMLReader.6.0\0".hex().encode() + b"d0cf11e0}"),
        an_rtf(rb"{\shp{\sp{\sn wzDescription}{\sv L\u233?t\'e9}}{\sp{\sn pibName}{\sv C:\\a}}}"),
        an_rtf(b"{\\shp{\\sp{\\sn pib}{\\sv {\\pict{\\*\\blipuid 00ff}\\pngblip "
               + a_png().hex().encode() + b"}}}}"),
        an_rtf(rb'{\field{\*\fldinst{HYPERLINK "https://a.fr"}{{\*\datafield 00d0c9ea}}}}'),
        an_rtf(rb"Le mot \\objdata et l'accolade \{ ne sont que des mots"),
        a_docx(a_document(complex_field(" PAGE  \\* MERGEFORMAT "))),
        a_docx(a_document(complex_field("HYPER", "LINK \\l &quot;_Toc1&quot;"))),
        a_docx(a_document("<w:p><w:hyperlink r:id='rId9'/></w:p>"),
               relations=a_relation("hyperlink", "https://www.sante.fr/", "External")),
        a_docx(a_document("<w:p><a:hlinkClick r:id='rId9' xmlns:a='http://schemas."
                          "openxmlformats.org/drawingml/2006/main'/></w:p>"),
               relations=a_relation("hyperlink", "https://www.sante.fr/", "External")),
        a_docx(relations=a_relation("hyperlink", "https://www.sante.fr/", "External"), parts={
            "word/media/a.png": a_png(),
            "customXml/item1.xml": a_document("<v:imagedata r:id='rId9'/>").encode(),
            "customXml/_rels/item1.xml.rels": docx_parts(relations=a_relation(
                "image", "/word/media/a.png"))["word/_rels/document.xml.rels"],
        }),
        a_docx(parts={"word/media/a.png": a_png()},
               relations=a_relation("image", "media/a.png")),
        a_docx(parts={"word/media/b.png": a_jpeg() + b"\0"}),
        a_docx(parts={"customXml/item1.xml": b"<x/>"}),
    ],
)  # fmt: skip
def test_accepts_what_ordinary_software_writes(content: bytes) -> None:
    assert inspect(content, None).size_bytes == len(content)


@pytest.mark.parametrize(
    ("instruction", "harmless"),
    [
        ("", True), ("PAGE", True), (' toc \\o "1-3" \\h \\z \\u ', True), ("REF a \\h", True),
        ('HYPERLINK "https://a.fr" \\t "_blank"', True), ("HYPERLINK https://a.fr", True),
        ('HYPERLINK "tel:+33100000000"', True),
        ("PAGEDDE", False), ("DDE c:\\x", False), ("dde x", False), ("IF 1=1 a b", False),
        ('HYPERLINK "a.exe"', False), ('HYPERLINK "\\\\\\\\server\\\\x"', False),
        ('HYPERLINK "javascript:x"', False), ('HYPERLINK "https://a.fr" "file:///x"', False),
        ("INCLUDEPICTURE x", False), ("MACROBUTTON a b", False), ("LINK x", False),
        ("= 1", False), ("QUOTE 68", False),
    ],
)  # fmt: skip
def test_a_field_is_harmless_by_its_whole_instruction(instruction: str, harmless: bool) -> None:  # noqa: FBT001
    assert is_harmless(instruction) is harmless


@pytest.mark.parametrize("instruction", ["HYPERLINK" + ' \\l "a"' * 20_000 + "!", "PAGE" * 50_000])
def test_a_long_instruction_is_judged_at_once(instruction: str) -> None:
    with ends():
        assert not is_harmless(instruction)


@pytest.mark.parametrize("kind", [Kind.TIFF, Kind.HEIC, Kind.RTF, Kind.DOCX])
def test_what_a_browser_does_not_show_is_for_saving(kind: Kind) -> None:
    headers = content_headers(kind, b"x", title="Lettre", on=None, sha256="00" * 32)
    assert headers["Content-Type"] == kind
    assert headers["Content-Disposition"].startswith(
        f'attachment; filename="Lettre.{EXTENSIONS[kind]}"'
    )
    assert "sandbox" in headers["Content-Security-Policy"]


def _answers(content: bytes) -> Inspected | None:
    try:
        return inspect(content, None)
    except Refused:
        return None


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(VALID), st.data())
def test_answers_or_refuses_a_valid_file_with_bytes_changed(
    content: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 12))
    changed = content[:start] + data.draw(st.binary(max_size=12)) + content[start + length :]
    found = _answers(changed)
    assert found is None or found.size_bytes == len(changed)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(VALID), st.data())
def test_answers_or_refuses_a_valid_file_with_numbers_changed(
    content: bytes, data: st.DataObject
) -> None:
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 4))
        changed[at : at + 4] = data.draw(
            st.sampled_from([b"\0\0\0\0", b"\xff" * 4, b"\0\0\0\x01", b"\x7f\xff\xff\xff"])
        )
    found = _answers(bytes(changed))
    assert found is None or found.size_bytes == len(changed)


@settings(max_examples=60)
@given(st.sampled_from(VALID), st.binary(min_size=1, max_size=40))
def test_never_accepts_anything_after_the_end(content: bytes, extra: bytes) -> None:
    assert _answers(content + extra) is None or not extra.strip(b"\x00\r\n\t\x0b\x0c ")
