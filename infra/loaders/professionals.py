"""Read the public extract `PS_LibreAcces_Personne_activite` into the directory.

One line is one activity of one professional, columns are found by their French headers, lines are
read one at a time. Only people with an RPPS number are kept: others cannot log in through Pro
Santé Connect with one. Who is absent from a newer extract stays as the former one described her.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from chalicelib.core import ids, log, rows
from chalicelib.identity import directory, store
from chalicelib.identity.model import Activity, Professional
from chalicelib.identity.store import DirectoryRow, ProfessionalRow
from chalicelib.identity.values import InvalidIdentifier, fold, parse_finess, parse_rpps
from chalicelib.vault.errors import Tampered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

KIND: Final = "Type d'identifiant PP"
NUMBER: Final = "Identifiant PP"
CIVILITY: Final = "Code civilité d'exercice"
FAMILY_NAME: Final = "Nom d'exercice"
GIVEN_NAME: Final = "Prénom d'exercice"
PROFESSION_CODE: Final = "Code profession"
PROFESSION: Final = "Libellé profession"
FINESS: Final = "Numéro FINESS site"
STRUCTURE: Final = "Identifiant technique de la structure"
ORGANISATION: Final = "Raison sociale site"
SIGN: Final = "Enseigne commerciale site"
CITY: Final = "Libellé commune (coord. structure)"
COLUMNS: Final = (
    KIND,
    NUMBER,
    CIVILITY,
    FAMILY_NAME,
    GIVEN_NAME,
    PROFESSION_CODE,
    PROFESSION,
    FINESS,
    STRUCTURE,
    ORGANISATION,
    SIGN,
    CITY,
)
_RPPS_KIND: Final = "8"


@dataclass(slots=True)
class Report:
    """What a load did: how many professionals it wrote, and the lines it refused, with reasons."""

    written: int = 0
    without_rpps: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def load(file: Path) -> Report:
    """Write every professional of an extract into the directory.

    Raises:
        ValueError: a column is missing; nothing was done.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return load_lines(lines)


def load_lines(lines: Iterable[str]) -> Report:
    """Write every professional of the lines of an extract; raises as `load`."""
    reader = csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ValueError(f"missing columns: {', '.join(missing)}")
    report, load_id = Report(), ids.new_id()
    # Lines of one professional follow each other, mostly; a later one is merged with the row.
    for _, found in groupby(_read(reader, report), key=lambda one: one.rpps):
        _write(_merged(list(found)), load_id)
        report.written += 1
    return report


def _read(reader: csv.DictReader[str], report: Report) -> Iterator[Professional]:
    for line in reader:
        if line[KIND] != _RPPS_KIND:
            report.without_rpps += 1
            continue
        try:
            yield _professional(line)
        except InvalidIdentifier as error:
            report.refused.append((reader.line_num, f"rpps: {error.code}"))
        except ValueError as error:
            report.refused.append((reader.line_num, str(error)))


def _professional(line: Mapping[str, str | None]) -> Professional:
    values = {name: (line.get(name) or "").strip() for name in COLUMNS}
    needed = (FAMILY_NAME, PROFESSION_CODE, PROFESSION)
    absent = [name for name in needed if not values[name]]
    if absent or not fold(values[FAMILY_NAME]):
        raise ValueError(f"missing: {', '.join(absent) or FAMILY_NAME}")
    return Professional(
        rpps=parse_rpps(values[NUMBER]),
        civility=values[CIVILITY],
        family_name=values[FAMILY_NAME],
        given_name=values[GIVEN_NAME],
        profession_code=values[PROFESSION_CODE],
        profession=values[PROFESSION],
        activities=_activities(values),
        is_active=True,
    )


def _activities(values: Mapping[str, str]) -> tuple[Activity, ...]:
    name = values[ORGANISATION] or values[SIGN]
    if not name:
        return ()
    try:
        identifier: str = parse_finess(values[FINESS])
    except InvalidIdentifier:
        identifier = values[STRUCTURE]
    return (Activity(name, identifier, values[CITY]),)


def _merged(found: list[Professional]) -> Professional:
    places = dict.fromkeys(place for one in found for place in one.activities)
    return replace(found[0], activities=tuple(places))


def _write(one: Professional, load_id: str) -> None:
    """Replace what the directory says of a professional, and the pointers of her old name."""
    known = _known(one)
    if known is not None and known.load_id == load_id:
        one = _merged([directory.of_row(known), one])
    described, *pointers = directory.rows_of(one, load_id)
    rows.write([rows.replace(described), *map(rows.replace, pointers)])
    if known is not None:
        _, *former = directory.rows_of(directory.of_row(known), load_id)
        gone = {(row.pk, row.sk) for row in former} - {(row.pk, row.sk) for row in pointers}
        if gone:
            rows.write([rows.delete(DirectoryRow(pk=pk, sk=sk)) for pk, sk in sorted(gone)])


def _known(one: Professional) -> ProfessionalRow | None:
    """Read what the directory says; a row that does not verify is replaced, and told."""
    try:
        return rows.get(ProfessionalRow, *store.professional_key(one.rpps))
    except Tampered as error:
        log.exception("directory row does not verify", error)
        return None
