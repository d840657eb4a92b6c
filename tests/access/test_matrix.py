"""Cells written by hand from R-MAT-01 and domain §2.3 (`s` cells), not from the data file."""

import pytest

from chalicelib.access.matrix import may_read

NURSES = ("60", "69")
READS = [
    ("10", "11502-2"), ("10", "68599-0"), ("10", "18748-4"), ("10", "REMB"), ("10", "75496-0"),
    *((nurse, code) for nurse in NURSES for code in
      ("83981-1", "DOCPAT03", "47420-5", "11502-2", "15507-7", "56445-0", "PROT_ALD")),
    ("21", "57833-6"), ("21", "11502-2"), ("40", "60591-5"), ("50", "87273-9"),
    ("70", "PRESC-KINE"), ("80", "PRESC-PEDI"), ("91", "PRESC-ORTHOPHO"), ("92", "PRESC-ORTHOPTIE"),
    ("81", "18748-4"), ("83", "18748-4"), ("85", "18748-4"), ("81", "57833-6"),
]  # fmt: skip
READS_NOT = [
    ("10", "ATTEST-RESID"),
    *((nurse, code) for nurse in NURSES for code in
      ("75496-0", "68599-0", "83901-9", "68817-6", "89601-9", "CERT_DECL")),
    *(("40", code) for code in ("80788-3", "75496-0", "83981-1", "83901-9", "68599-0")),
    ("70", "11502-2"), ("91", "11502-2"), ("70", "PRESC-PEDI"), ("21", "68599-0"),
    ("26", "11502-2"), ("84", "11502-2"), ("98", "87273-9"),
]  # fmt: skip


@pytest.mark.parametrize(("profession", "code"), READS)
def test_lets_a_profession_read_a_type(profession: str, code: str) -> None:
    assert may_read(profession, code)


@pytest.mark.parametrize(("profession", "code"), READS_NOT)
def test_keeps_a_type_from_a_profession(profession: str, code: str) -> None:
    assert not may_read(profession, code)


@pytest.mark.parametrize("code", ["", "00000-0", "bilan"])
def test_keeps_an_unknown_type_for_doctors(code: str) -> None:
    readers = {str(number) for number in range(100) if may_read(str(number), code)}
    assert readers == {"10"}


@pytest.mark.parametrize("profession", ["", "00", "35", "86", "99", "010", "1O", "81-85"])
def test_lets_an_unknown_profession_read_nothing(profession: str) -> None:
    for code in ("11502-2", "60591-5", "18748-4", "unknown"):
        assert not may_read(profession, code)
