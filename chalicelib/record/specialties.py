"""What authors of documents do (JDV_J01), in groups that a person can choose from.

Why it exists: the value set has four hundred entries, of which many are shades of one (`SM44`,
`SM55`, `SM74` are radiologists). A group's code says nothing of somebody's health, so that it may
stand in an address. Groups are data (`data/README.md`); each author is in exactly one.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from chalicelib.record.model import Author

_FILE: Final = Path(__file__).parent / "data" / "author_specialties.csv"
_PROFESSIONS: Final = "G15_"  # of TRE_G15, as JDV_J01 writes them


@dataclass(frozen=True, slots=True)
class Specialty:
    """A group of professions and specialties."""

    code: str
    label: str


def every() -> tuple[Specialty, ...]:
    """Return the groups, in the order they are offered; the last one is of what is not said."""
    return tuple(_read()[0].values())


def of_author(author: Author) -> Specialty:
    """Return the group of who wrote a document."""
    groups, members = _read()
    return groups[_group(author.specialty or "", members) or next(reversed(groups))]


def of_profession(code: str | None) -> str | None:
    """Return how JDV_J01 writes a profession of TRE_G15."""
    return f"{_PROFESSIONS}{code}" if code else None


def members() -> tuple[str, ...]:
    """Return the codes of JDV_J01 that the groups name."""
    return tuple(_read()[1])


def _group(code: str, members: dict[str, str]) -> str | None:
    """Find a code, else its profession (`G15_10/SM98` is some doctor), else any professional."""
    tried = (code, code.partition("/")[0], code.partition("_")[0])
    return next((members[one] for one in tried if one in members), None)


@cache
def _read() -> tuple[dict[str, Specialty], dict[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    groups = {row["code"]: Specialty(row["code"], row["label_fr"]) for row in rows}
    members = {one: row["code"] for row in rows for one in row["author_codes"].split()}
    return groups, members
