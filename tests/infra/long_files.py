"""Files of any length of people who do not exist, for loads and for what they cost."""

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.identity.values import InvalidIdentifier, parse_rpps
from infra.loaders.persons import COLUMNS
from infra.loaders.professionals import COLUMNS as OF_EXTRACT

_OID = "1.2.250.1.213.1.4.11"
_FIRST_DAY = date(1930, 1, 1)


def insured(count: int) -> Iterator[str]:
    """Give the lines of a file of insured persons, its header first."""
    yield ",".join(COLUMNS) + "\n"
    for number in range(count):
        born = _FIRST_DAY + timedelta(days=number % 30_000)
        sex = "MF"[number % 2]
        place = f"{75_001 + number // 999 % 1000:05d}"
        body = f"{'12'[number % 2]}{born:%y%m}{place}{number % 999 + 1:03d}"
        key = 97 - int(body) % 97
        name = f"FICTIF-{_letters(number)}"
        yield f"{body}{key:02d},{_OID},{name},ALIX,{born.isoformat()},{sex},{place},\n"


def extract(count: int) -> Iterator[str]:
    """Give the lines of an extract: places of work, some without RPPS, some refused."""
    yield "|".join([*OF_EXTRACT, "Autre"]) + "\n"
    for number in range(count):
        kind = "0" if number % 40 == 39 else "8"
        family = "" if number % 50 == 49 else f"EXEMPLE-{_letters(number)}"
        rpps = _rpps(number)
        values = (kind, rpps, "DR", family, "CLAIRE", "10", "Médecin", "", f"R{number:014d}")
        for place in range(1 + number % 3 // 2):
            yield "|".join([*values, f"CABINET {place}", "", "PARIS", ""]) + "\n"


def _rpps(number: int) -> str:
    body = f"997{number:07d}"
    for key in "0123456789":
        try:
            return str(parse_rpps(body + key))
        except InvalidIdentifier:
            continue
    raise AssertionError("one of ten keys is right")


def _letters(number: int) -> str:
    text = ""
    while number or not text:
        number, rest = divmod(number, 26)
        text += chr(ord("A") + rest)
    return text
