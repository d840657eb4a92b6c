import io
import zlib
from base64 import a85encode
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from chalicelib.storage.inspect import Inspected, Kind, Limits, inspect
from chalicelib.storage.pdf_syntax import PdfLimits
from chalicelib.storage.refusals import SENTENCES, Code, Refused
from tests.endless import ends
from tests.storage.files import (
    a_jpeg,
    a_pdf,
    a_png,
    a_stream,
    a_text,
    an_object_stream,
    an_xml,
    zeros_compressed,
)
from tests.storage.hostile import HOSTILE, Hostile

VALID = [a_pdf(), a_png(), a_jpeg(), a_text(), an_xml().encode()]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_refuses_a_hostile_file_with_its_reason_in_time(hostile: Hostile) -> None:
    content = hostile.content_factory()
    with ends(), pytest.raises(Refused) as caught:
        inspect(content, hostile.declared)
    assert caught.value.code is hostile.code
    for language in ("fr", "en"):
        assert "{" not in caught.value.sentence(language)


def test_holds_more_than_forty_hostile_files_of_different_names() -> None:
    assert len(HOSTILE) >= 40
    assert Counter(hostile.name for hostile in HOSTILE).most_common(1)[0][1] == 1


def test_has_a_sentence_in_both_languages_for_every_reason() -> None:
    assert set(SENTENCES) == set(Code)
    for sentence in SENTENCES.values():
        assert sentence.french.endswith(".")
        assert sentence.english.endswith(".")


@pytest.mark.parametrize(
    ("content", "declared", "kind"),
    [
        (a_pdf(), "application/pdf", Kind.PDF),
        (a_pdf(), None, Kind.PDF),
        (a_pdf(), "application/octet-stream", Kind.PDF),
        (a_png(), "image/png", Kind.PNG),
        (a_jpeg(), "image/jpg", Kind.JPEG),
        (a_text(), "text/plain; charset=utf-8", Kind.TEXT),
        (an_xml().encode(), "application/xml", Kind.CDA),
        (an_xml(encoding="ISO-8859-15").encode("iso-8859-15"), "text/xml", Kind.CDA),
        (b"\xef\xbb\xbf" + an_xml().encode(), "text/xml", Kind.CDA),
    ],
)
def test_tells_what_a_valid_file_is(content: bytes, declared: str | None, kind: Kind) -> None:
    found = inspect(content, declared)
    assert (found.kind, found.size_bytes) == (kind, len(content))
    assert len(found.sha256) == 64


def test_tells_pages_and_dimensions() -> None:
    assert inspect(a_pdf(page_count=3), None).pages == 3
    png, jpeg = inspect(a_png(640, 16), None), inspect(a_jpeg(24, 8), None)
    assert (png.width, png.height) == (640, 16)
    assert (jpeg.width, jpeg.height) == (24, 8)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Glycémie".encode(), "utf-8"),
        ("\ufeffGlycémie".encode(), "utf-8"),
        ("Glycémie".encode("latin-1"), "iso-8859-1"),
        ("Cœur, 10 €".encode("cp1252"), "windows-1252"),
    ],
)
def test_finds_the_encoding_of_a_text(content: bytes, encoding: str) -> None:
    assert inspect(content, "text/plain").encoding == encoding


def test_takes_the_antivirus_test_text_for_the_text_it_is() -> None:
    eicar = next(item for item in HOSTILE if "antivirus" in item.name).content_factory()
    assert inspect(eicar, None).kind is Kind.TEXT


def test_accepts_a_file_of_exactly_the_limit() -> None:
    assert inspect(b"a" * 100, None, Limits(size_bytes=100)).size_bytes == 100
    with pytest.raises(Refused, match="file_too_large"):
        inspect(b"a" * 101, None, Limits(size_bytes=100))


def test_accepts_an_image_of_exactly_the_pixel_budget() -> None:
    assert inspect(a_png(100, 10), None, Limits(pixels=1000)).width == 100
    with pytest.raises(Refused, match="image_too_many_pixels"):
        inspect(a_png(101, 10), None, Limits(pixels=1000))


def test_accepts_a_pdf_of_exactly_the_page_budget() -> None:
    limits = Limits(pdf=PdfLimits(pages=5))
    assert inspect(a_pdf(page_count=5), None, limits).pages == 5
    with pytest.raises(Refused, match="pdf_too_many_pages"):
        inspect(a_pdf(page_count=6), None, limits)


@pytest.mark.parametrize(
    "harmless",
    [
        a_pdf(catalog=b"/OpenAction [3 0 R /Fit]"),
        a_pdf(catalog=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"),
        a_pdf(catalog=b"/OpenAction 6 0 R", objects=(b"[3 0 R /Fit]",)),
        a_pdf(catalog=b"/OpenAction 50 0 R", objects=(an_object_stream(b"[3 0 R /Fit]"),)),
        a_pdf(page=b"/Annots [<< /Subtype /Link /A << /S /URI /URI (https://sante.fr) >> >>]"),
        a_pdf(catalog=b"/AcroForm << /Fields [] >>"),
        a_pdf("Le mot /JavaScript \\(entre parenthèses\\) n'est qu'un mot"),
        a_pdf() + b"\r\n",
    ],
)
def test_accepts_links_and_openings_at_a_page(harmless: bytes) -> None:
    assert inspect(harmless, "application/pdf").pages == 1


def test_ignores_the_stylesheet_instruction_of_a_cda() -> None:
    prolog = '<?xml-stylesheet type="text/xsl" href="http://example.org/x.xsl"?>'
    assert inspect(an_xml(prolog=prolog).encode(), "text/xml").kind is Kind.CDA


def test_counts_pages_as_an_independent_reader_does() -> None:
    content = a_pdf("Résultat", objects=(an_object_stream(b"<< /A 1 >>"),))
    with_two = content.replace(b"/Kids [3 0 R]", b"/Kids [3 0 R 3 0 R]").replace(
        b"/Count 1", b"/Count 2"
    )
    for pdf in (content, with_two):
        assert inspect(pdf, None).pages == len(PdfReader(_seekable(pdf)).pages)


def _seekable(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


def test_knows_the_same_content_by_the_same_hash_only() -> None:
    assert inspect(a_pdf("un"), None).sha256 == inspect(a_pdf("un"), None).sha256
    assert inspect(a_pdf("un"), None).sha256 != inspect(a_pdf("deux"), None).sha256


FLATE = b"/Filter /FlateDecode"
PACKED = zlib.compress(b"1 0 << /S /JavaScript >>")


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (a_stream(b"/Filter /LZWDecode", b"\x80" * 300_000), Code.PDF_EXPANDS),
        (a_stream(b"/Filter /Crypt", b"x"), Code.PDF_COMPLEX),
        (a_stream(b"/Filter 9 0 R", b"x"), Code.PDF_COMPLEX),
        (a_stream(b"/F /FlateDecode /Filter /DCTDecode", b"x"), Code.PDF_COMPLEX),
        (a_stream(b"/Filter [/ASCII85Decode /FlateDecode]", b"~~not base 85~>"), Code.PDF_COMPLEX),
        (a_stream(b"/Filter [/A85 /Fl]", a85encode(zeros_compressed(300)) + b"~>"),
         Code.PDF_EXPANDS),
        (a_stream(b"/Filter [/AHx /Fl]", b"0" * 1_100_000 + b">"), Code.PDF_COMPLEX),
        (a_stream(b"/Type /ObjStm /N 1 /First 4 /Filter /LZWDecode", PACKED), Code.PDF_COMPLEX),
        (a_stream(b"/N 1 /First 4 /DP << /Predictor 12 >> " + FLATE, PACKED), Code.PDF_COMPLEX),
        (a_stream(b"/N 1 /First 9 0 R " + FLATE, PACKED), Code.PDF_DAMAGED),
        (a_stream(b"/N 1 /First 4 " + FLATE, PACKED), Code.PDF_ACTIVE),
        (a_stream(b"/N 1 /First 4 " + FLATE, PACKED).replace(b"stream\n", b"stream !\n", 1),
         Code.PDF_DAMAGED),
        (a_stream(b"/Type /ObjStm /N 0 /First 0 " + FLATE, zeros_compressed(30)),
         Code.PDF_EXPANDS),
        (a_stream(b"/Subtype /Image /Width 20000 /Height 20000", b"x"), Code.IMAGE_TOO_BIG),
        (a_stream(b"/F (other.pdf)", b"x"), Code.PDF_ATTACHMENT),
    ],
)  # fmt: skip
def test_refuses_a_stream_it_cannot_judge_or_that_expands(stream: bytes, code: Code) -> None:
    with pytest.raises(Refused) as caught:
        inspect(a_pdf(objects=(stream,)), None)
    assert caught.value.code is code


@pytest.mark.parametrize(
    "stream",
    [
        a_stream(b"/Filter [/ASCII85Decode /FlateDecode]", a85encode(zlib.compress(b"x")) + b"~>"),
        a_stream(b"/Filter /ASCIIHexDecode", b"41 42>"),
        a_stream(b"/Subtype /Image /Width 10 /Height 10 /Filter /DCTDecode", b"x"),
        a_stream(b"/Subtype /Image /Width 10 /Height 10 /Filter [/FlateDecode /DCTDecode]", b"x"),
        a_stream(b"/Filter /RunLengthDecode", b"\x00a\x80"),
        a_stream(FLATE, b"not a zlib stream"),
    ],
)
def test_accepts_the_streams_that_ordinary_software_writes(stream: bytes) -> None:
    assert inspect(a_pdf(objects=(stream,)), None).pages == 1


def _answers(content: bytes, declared: str | None = None) -> Inspected | None:
    try:
        return inspect(content, declared)
    except Refused:
        return None


@given(st.binary(max_size=2_000), st.none() | st.text(max_size=40))
def test_answers_or_refuses_any_bytes(content: bytes, declared: str | None) -> None:
    found = _answers(content, declared)
    assert found is None or found.size_bytes == len(content)


@given(
    st.sampled_from([b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"<?xml"]), st.binary()
)
def test_answers_or_refuses_any_bytes_after_a_signature(head: bytes, body: bytes) -> None:
    found = _answers(head + body)
    assert found is None or found.size_bytes == len(head + body)


@settings(max_examples=400)
@given(st.sampled_from(VALID), st.data())
def test_answers_or_refuses_a_valid_file_with_bytes_changed(
    content: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 12))
    put = data.draw(st.binary(max_size=12))
    changed = content[:start] + put + content[start + length :]
    found = _answers(changed)
    assert found is None or found.size_bytes == len(changed)


@settings(max_examples=60)
@given(st.sampled_from([a_pdf(), a_png(), a_jpeg()]), st.binary(min_size=1, max_size=40))
def test_never_accepts_anything_after_the_end(content: bytes, extra: bytes) -> None:
    accepted = _answers(content + extra)
    assert accepted is None or (accepted.kind is Kind.PDF and not extra.strip(b"\r\n\t "))
