import re
import unicodedata
from datetime import date
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.storage.names import (
    MAX_NAME_CHARACTERS,
    content_disposition,
    plain_line,
    safe_download_name,
)
from tests.storage.hostile import HOSTILE_NAMES

DAY = date(2026, 11, 23)
ANY_TITLE = st.text() | st.sampled_from(HOSTILE_NAMES)


def test_names_a_download_after_its_date_and_title() -> None:
    name = safe_download_name("Compte rendu – Dr Martin", DAY, "pdf")
    assert name == "2026-11-23 Compte rendu – Dr Martin.pdf"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc passwd.pdf"),
        ("a\r\nSet-Cookie: vol=1", "a Set-Cookie vol=1.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe.pdf"),
        ("con.pdf", "document con.pdf.pdf"),
        ("NUL", "document NUL.pdf"),
        ("", "document.pdf"),
        (" . . ", "document.pdf"),
        ("\u3164\u2800", "document.pdf"),
    ],
)
def test_makes_a_hostile_title_harmless(title: str, name: str) -> None:
    assert safe_download_name(title, None, "pdf") == name


@given(ANY_TITLE, st.none() | st.just(DAY))
def test_gives_any_title_a_name_that_every_system_accepts(title: str, on: date | None) -> None:
    name = safe_download_name(title, on, "pdf")
    assert name.endswith(".pdf")
    assert 5 <= len(name) <= MAX_NAME_CHARACTERS
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\:*?"<>|%')
    assert not any(unicodedata.category(letter)[0] == "C" for letter in name)
    assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name, re.IGNORECASE)
    assert name[0] not in " ."


@given(ANY_TITLE, st.sampled_from(["inline", "attachment"]))
def test_writes_one_header_that_gives_the_name_back(title: str, disposition: str) -> None:
    name = safe_download_name(title, DAY, "pdf")
    header = content_disposition(name, "inline" if disposition == "inline" else "attachment")
    assert header.isascii()
    assert header.isprintable()
    parsed = Message()
    parsed["Content-Disposition"] = header
    assert parsed.get_content_disposition() == (
        "inline" if disposition == "inline" else "attachment"
    )
    extended = re.search(r"filename\*=UTF-8''(\S+)$", header)
    assert extended is not None
    assert bytes.fromhex(_percent_to_hex(extended[1])).decode() == name


def _percent_to_hex(quoted: str) -> str:
    pieces = re.findall(r"%([0-9A-F]{2})|(.)", quoted)
    return "".join(code or letter.encode().hex() for code, letter in pieces)


def test_refuses_an_extension_that_is_not_ours() -> None:
    for extension in ("", "PDF", "p/f", "a" * 9, "pdf\n"):
        with pytest.raises(ValueError, match="extension"):
            safe_download_name("a", None, extension)


@given(st.text())
def test_reduces_any_text_to_one_line_once_and_for_all(text: str) -> None:
    line = plain_line(text)
    assert line == plain_line(line)
    assert len(line) <= 300
    assert "\n" not in line
    assert not set(line) & {"\u202e", "\u2066", "\u200b"}
