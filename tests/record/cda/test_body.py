import base64

import pytest

from chalicelib.record.cda.body import files_inside, read_body
from chalicelib.record.cda.model import Attachment, Body, to_json
from chalicelib.storage.inspect import inspect
from chalicelib.storage.refusals import Refused
from tests.record.cda.samples import a_cda, a_media_entry, an_embedded
from tests.storage.files import a_jpeg, a_pdf, a_png, a_text
from tests.storage.hostile import HOSTILE
from tests.storage.office_files import a_docx, a_field, a_tiff

SHOW = "<renderMultiMedia referencedObject='piece'/>"


def _body(content: bytes) -> Body:
    tree = inspect(content, "text/xml").tree
    assert tree is not None
    return read_body(tree)


def _inside(content: bytes) -> list[bytes]:
    tree = inspect(content, "text/xml").tree
    assert tree is not None
    return files_inside(tree, read_body(tree))


def _attachment(content: bytes, declared: str) -> Attachment:
    entry = a_media_entry("piece", content, declared)
    (attachment,) = _body(a_cda(sections=[("Pièce", SHOW)], entries=entry)).attachments
    return attachment


@pytest.mark.parametrize(
    ("content", "declared", "found"),
    [
        (a_pdf(), "application/pdf", "application/pdf"),
        (a_jpeg(), "image/jpeg", "image/jpeg"),
        (a_text(), "text/plain", "text/plain"),
        (rb"{\rtf1\ansi Bonjour}", "text/rtf", "text/rtf"),
        (a_field(rb'HYPERLINK "https://sante.fr"'), "text/rtf", "text/rtf"),
        (a_tiff(), "image/tiff", "image/tiff"),
        # What a file is beats what the document says it is.
        (a_png(), "image/jpeg", "image/png"),
    ],
)
def test_gives_the_embedded_file_under_the_type_it_has(
    content: bytes, declared: str, found: str
) -> None:
    embedded = _body(a_cda(body=an_embedded(content, declared))).embedded
    assert embedded is not None
    assert (embedded.media_type, embedded.content) == (found, content)


@pytest.mark.parametrize(
    ("content", "declared", "code"),
    [
        (next(item for item in HOSTILE if "opening" in item.name).content_factory(),
         "application/pdf", "pdf_active_content"),
        (b"<html><script>alert(1)</script></html>", "text/plain", "markup_refused"),
        (rb"{\rtf1{\object\objdata 01}}", "text/rtf", "office_embedded_object"),
        (rb"{\rtf1{\field{\*\fldinst {\b0 DDEAUTO cmd}}}}", "text/rtf", "office_active_field"),
        (rb"{\rtf1{\field{\*\fldinst\f1 INCLUDEPICTURE x}}}", "text/rtf", "office_active_field"),
        (rb"{\rtf1{\*\template http://x}}", "text/rtf", "office_external_content"),
        (a_docx(), "text/rtf", "cda_body_unreadable"),
        (b"MZ\x00\x00", "image/tiff", "type_unsupported"),
        (a_cda(), "text/xml", "cda_body_unreadable"),
        (b"", "application/pdf", "cda_body_unreadable"),
    ],
)  # fmt: skip
def test_refuses_a_document_whose_embedded_file_may_not_enter(
    content: bytes, declared: str, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        _body(a_cda(body=an_embedded(content, declared)))


UNDECODABLE = "<nonXMLBody><text representation='B64'>@@@</text></nonXMLBody>"
ELSEWHERE = "<nonXMLBody><text><reference value='http://x'/></text></nonXMLBody>"


@pytest.mark.parametrize(
    "body",
    [
        "",
        UNDECODABLE,
        ELSEWHERE,
    ],
)
def test_refuses_a_document_without_a_readable_body(body: str) -> None:
    with pytest.raises(Refused, match="cda_body_unreadable"):
        _body(a_cda(body=body))


@pytest.mark.parametrize("content", [a_pdf(), a_png(), a_jpeg()])
def test_lists_an_attachment_that_may_open(content: bytes) -> None:
    attachment = _attachment(content, "application/pdf")
    assert attachment.refused == ""
    assert attachment.content == content
    assert attachment.size_bytes == len(content)
    assert len(attachment.sha256) == 64


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "markup_refused"),
        (a_text(), "type_unsupported"),
        (a_png(30_000, 30_000), "image_too_many_pixels"),
    ],
)
def test_keeps_the_document_and_names_an_attachment_that_may_not_open(
    content: bytes, code: str
) -> None:
    attachment = _attachment(content, "image/png")
    assert (attachment.refused, attachment.content, attachment.media_type) == (code, b"", "")


def test_never_sends_the_bytes_of_an_attachment_with_the_narrative() -> None:
    entry = a_media_entry("piece", a_png(), "image/png")
    shown = to_json(_body(a_cda(sections=[("Pièce", SHOW)], entries=entry)))
    assert isinstance(shown, dict)
    assert "content" not in str(shown)
    assert shown["sections"] == [
        {
            "type": "section",
            "title": "Pièce",
            "code": {"code": "18719-5", "system": "2.16.840.1.113883.6.1", "label": "Biochimie"},
            "blocks": [{"type": "media", "key": "piece"}],
        }
    ]


def test_refuses_a_document_with_too_many_attachments() -> None:
    entries = "".join(a_media_entry(f"p{rank}", a_png(), "image/png") for rank in range(51))
    with pytest.raises(Refused, match="xml_too_complex"):
        _body(a_cda(sections=[("Pièces", "x")], entries=entries))


def test_a_file_nested_in_the_value_of_another_is_read_once() -> None:
    inner = a_media_entry("dedans", a_png(), "image/png")
    outer = a_media_entry("dehors", a_jpeg(), "image/jpeg").replace("</value>", f"{inner}</value>")
    files = _body(a_cda(entries=outer)).attachments
    assert [file.content for file in files] == [a_jpeg(), a_png()]


@pytest.mark.parametrize(
    ("written", "files"),
    [
        ("TVoAAA==", [b"MZ\0\0"]),  # of a type that is never shown
        ("TVoA\n AA", [b"MZ\0\0"]),
        ("TVoAAA", [b"MZ\0\0"]),
        ("T-V.o*A A\u00e9A=", [b"MZ\0\0"]),
        ("TVo=AAA=", [b"MZ\0\0"]),
        ("TV=oAAA" + "=" * 101, [b"MZ\0\0"]),
        ("@@@", []),
        ("", []),
    ],
)
def test_all_that_is_in_base64_is_found_for_a_scanner(written: str, files: list[bytes]) -> None:
    places = [
        f"<entry><{where}><{what} representation='{code}'>{written}</{what}></{where}></entry>"
        for where, what, code in (
            ("observation", "value", "b64"),
            ("observationMedia", "value", "B64"),
            ("act", "text", "B64"),
        )
    ]
    for entry in places:
        assert _inside(a_cda(sections=[("Pièce", "")], entries=entry)) == files
    assert _inside(a_cda(sections=[("Pièce", "")], entries="".join(places))) == files


def test_the_embedded_file_is_found_whether_or_not_it_is_in_base64() -> None:
    assert _inside(a_cda(body=an_embedded(a_pdf(), "application/pdf"))) == [a_pdf()]
    plain = "<nonXMLBody><text mediaType='text/plain'>Bonj&#111;ur</text></nonXMLBody>"
    assert _inside(a_cda(body=plain)) == [b"Bonjour"]


def test_too_many_files_inside_are_refused() -> None:
    one = "<entry><act><text representation='B64'>{}</text></act></entry>"
    entries = "".join(one.format(base64.b64encode(bytes([n])).decode()) for n in range(51))
    with pytest.raises(Refused, match="xml_too_complex"):
        _inside(a_cda(sections=[("Pièce", "")], entries=entries))
