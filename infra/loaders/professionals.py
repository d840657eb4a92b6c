"""Read the public extract `PS_LibreAcces_Personne_activite` into the directory.

One line is one activity of one professional, columns are found by their French headers, lines are
read one at a time. Only people with an RPPS number are kept: others cannot log in through Pro
Santé Connect with one. Who is absent from a newer extract stays as the former one described her.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.core import log, rows
from chalicelib.identity import directory, store
from chalicelib.identity.model import Activity, Professional
from chalicelib.identity.store import DirectoryRow, ProfessionalRow
from chalicelib.identity.values import InvalidIdentifier, fold, parse_finess, parse_rpps
from chalicelib.vault.errors import Tampered
from infra.loaders import bulk, importing
from infra.loaders.importing import Kept
from infra.loaders.source import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from chalicelib.core.rows import Action, Item
    from infra.loaders.importing import Report
    from infra.loaders.source import Line

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


def load(file: Path) -> Report:
    """Write every professional of an extract into the directory; raises as `importing.load`."""
    return importing.load(file, Professionals())


class Professionals:
    """What `importing` must know of the extract."""

    layout = Layout(COLUMNS, "|", lambda text: text.split("|"), has_others=True)
    lines_at_once = 250

    def know(self, line: Line) -> None:
        """Need nothing of a line kept before: her row says which load wrote it."""

    def belong(self, line: Line, to: Line) -> bool:
        """Tell whether two lines are of one professional: mostly, hers follow each other."""
        return line.values.get(NUMBER) == to.values.get(NUMBER)

    def keep(self, lines: list[Line], load_id: str) -> Kept:
        """Write professionals; one whom this load wrote before is merged with what it wrote."""
        kept, found = Kept(), dict[str, list[Professional]]()
        for line in lines:
            if line.values[KIND] != _RPPS_KIND:
                kept.left_out += 1
                continue
            try:
                one = _professional(line.values)
            except InvalidIdentifier as error:
                kept.refused.append((line.number, f"rpps: {error.code}"))
            except ValueError as error:
                kept.refused.append((line.number, str(error)))
            else:
                found.setdefault(one.rpps, []).append(one)
        _write([_merged(ones) for ones in found.values()], load_id)
        kept.done = list(found)
        return kept


def _professional(line: Mapping[str, str]) -> Professional:
    values = {name: line[name].strip() for name in COLUMNS}
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


def _write(found: list[Professional], load_id: str) -> None:
    """Replace what the directory says of professionals, and the pointers of their old names.

    Their own rows come last: until then a load that is repeated still knows the old names.
    """
    described: list[Action] = []
    pointers: dict[tuple[str, str], Action] = {}
    former: set[tuple[str, str]] = set()
    for one, known in zip(found, _known(found), strict=True):
        if known is not None:
            _, *old = directory.rows_of(directory.of_row(known), load_id)
            former |= {(row.pk, row.sk) for row in old}
            if known.load_id == load_id:
                one = _merged([directory.of_row(known), one])  # noqa: PLW2901  all that is known of her
        row, *named = directory.rows_of(one, load_id)
        described.append(rows.replace(row))
        pointers |= {(pointer.pk, pointer.sk): rows.replace(pointer) for pointer in named}
    gone = sorted(former - pointers.keys())
    bulk.write(list(pointers.values()))
    bulk.write([rows.forget(DirectoryRow(pk=pk, sk=sk)) for pk, sk in gone])
    bulk.write(described)


def _known(found: list[Professional]) -> list[ProfessionalRow | None]:
    """Read what the directory says; a row that does not verify is replaced, and told."""
    wanted = [(ProfessionalRow, *store.professional_key(one.rpps)) for one in found]
    return [_verified(item) if item else None for item in rows.fetch_raw(wanted)]


def _verified(item: Item) -> ProfessionalRow | None:
    try:
        return ProfessionalRow.from_raw_data(item)
    except Tampered as error:
        log.exception("directory row does not verify", error)
        return None
