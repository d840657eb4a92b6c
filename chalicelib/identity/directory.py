"""The public directory of professionals: read by number, searched by family name.

It holds public data only, and tells nothing of who authorised whom.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from chalicelib.core import log, rows
from chalicelib.core.rows import Item, Query
from chalicelib.identity import store
from chalicelib.identity.model import Activity, Professional
from chalicelib.identity.store import DirectoryRow, ProfessionalRow
from chalicelib.identity.values import RPPS, fold
from chalicelib.vault.errors import Tampered

MAX_FOUND: Final = 20
_PAGE: Final = 100
# A common family name has a few thousand bearers: a first name or a town is then needed.
_PAGES: Final = 5
_KEY_CHARS: Final = 80
_BETWEEN_NAMES: Final = re.compile(r"[\s'’‐‑-]+")
_SHORTEST: Final = 3  # letters of a name that is searched alone: « de », « le » are none


def professional(rpps: str) -> Professional | None:
    """Return a professional of the directory, active or not.

    Raises:
        Tampered: her row was forged or altered.
        StoreUnavailable: the store did not answer.
    """
    row = rows.get(ProfessionalRow, *store.professional_key(rpps))
    return of_row(row) if row else None


def search(family_name: str, given_name: str | None, city: str | None) -> list[Professional]:
    """Find active professionals by family name, first letters of the given name, and town.

    The name is exact, or one of those a compound name is made of. At most 20, by given name; names
    are compared without case, accents or hyphens.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    family = folded(family_name)
    if not family:
        return []
    numbers = _numbers(family, folded(given_name or ""), folded(city or ""))
    return [one for one in professionals(numbers) if one.is_active and _bears(one, family)]


def professionals(numbers: Sequence[str]) -> list[Professional]:
    """Return the professionals of these numbers, in order; unknown ones are left out.

    So is one whose row was forged or altered, and the operator is told: nobody gives a key to a
    name that this product did not load (A46).

    Raises:
        StoreUnavailable: the store did not answer.
    """
    if not numbers:
        return []
    wanted = [(ProfessionalRow, *store.professional_key(rpps)) for rpps in numbers]
    found = map(_read, rows.fetch_items(wanted))
    return [one for one in found if one is not None]


def _read(item: Item) -> Professional | None:
    try:
        return of_row(ProfessionalRow.from_raw_data(item))
    except Tampered as error:
        log.exception("directory row does not verify", error)
        return None


def of_row(row: ProfessionalRow) -> Professional:
    """Read a professional from her row."""
    return Professional(
        rpps=RPPS(row.pk.removeprefix("PRO#")),
        civility=row.civility or "",
        family_name=row.family_name,
        given_name=row.given_name,
        profession_code=row.profession_code,
        profession=row.profession,
        activities=tuple(Activity(**one) for one in row.activities),
        is_active=row.status == "active",
    )


def rows_of(one: Professional, load_id: str) -> tuple[ProfessionalRow, *tuple[DirectoryRow, ...]]:
    """Make the row of a professional, as one extract describes her, and those she is found by."""
    pk, sk = store.professional_key(one.rpps)
    described = ProfessionalRow(
        pk=pk,
        sk=sk,
        kind="professional",
        status="active" if one.is_active else "inactive",
        civility=one.civility or None,
        family_name=one.family_name,
        given_name=one.given_name,
        profession_code=one.profession_code,
        profession=one.profession,
        activities=json.loads(json.dumps([asdict(place) for place in one.activities])),
        load_id=load_id,
    )
    cities = sorted({folded(place.city) for place in one.activities if place.city})
    keys = [
        store.directory_key(name, folded(one.given_name), one.rpps)
        for name in sorted(_names(one.family_name))
    ]
    return described, *(
        DirectoryRow(pk=dir_pk, sk=dir_sk, kind="directory", rpps=one.rpps, cities=cities)
        for dir_pk, dir_sk in keys
    )


def _names(family_name: str) -> set[str]:
    """Return what a family name is found by: whole, and each name it is made of; no particle."""
    parts = map(folded, _BETWEEN_NAMES.split(family_name))
    return {folded(family_name) or "-", *(part for part in parts if len(part) >= _SHORTEST)}


def folded(name: str) -> str:
    """Reduce a name to what a key may hold: folded, ASCII, bounded."""
    return "".join(letter for letter in fold(name) if letter.isascii())[:_KEY_CHARS]


def _numbers(family: str, given: str, city: str) -> list[str]:
    numbers: list[str] = []
    after = None
    for _ in range(_PAGES):
        pk, _unused = store.directory_key(family, given, "0")
        page = rows.query(Query(DirectoryRow, pk, prefix=given, limit=_PAGE, after=after))
        for item in page.items:
            pointer = DirectoryRow.from_raw_data(item)
            if not city or city in pointer.cities:
                numbers.append(pointer.rpps)
        after = page.last_key
        if after is None or len(numbers) >= MAX_FOUND:
            break
    return list(dict.fromkeys(numbers))[:MAX_FOUND]


def _bears(one: Professional, family: str) -> bool:
    """Tell whether she bears the name searched: a pointer may have been forged."""
    return family in _names(one.family_name)
