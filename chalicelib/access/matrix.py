"""What each profession may read, by type of document: data, not code (R-MAT-01, R-SET-04).

The file is a proposal: cells end with `s` (sourced from articles on the arrêté of 26 Oct 2023) or
`p` (proposed). Replace it by the official table before any real use; nothing else changes.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent / "data" / "habilitation_read_matrix_PROPOSED.csv"
_DOCTOR: Final = "10"


def may_read(profession_code: str, type_code: str) -> bool:
    """Tell whether a profession (TRE_G15) may read a type of document (LOINC or TRE_A05).

    An unknown type is for doctors only; an unknown profession reads nothing. Source: R-MAT-01.
    """
    allowed = _matrix().get(type_code)
    if allowed is None:
        return profession_code == _DOCTOR
    return profession_code in allowed


def is_doctor(profession_code: str | None) -> bool:
    """Tell whether a profession (TRE_G15) is that of doctors."""
    return profession_code == _DOCTOR


@cache
def _matrix() -> dict[str, frozenset[str]]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return {row["typeCode"]: _readers(row) for row in csv.DictReader(lines)}


def _readers(row: dict[str, str]) -> frozenset[str]:
    found: set[str] = set()
    for column, cell in row.items():
        if column.startswith("p") and cell.startswith("R"):
            found.update(_professions(column))
    return frozenset(found)


def _professions(column: str) -> list[str]:
    """Read a column's name: `p10` is one profession, `p81-85` a range."""
    first, _, last = column.removeprefix("p").partition("-")
    return [str(code) for code in range(int(first), int(last or first) + 1)]
