"""National identifiers of persons, professionals and organisations, and the traits of a person.

Why it exists: an identifier that was parsed here is well formed and its check key is right, so no
other code looks at digits again. It refuses to guess: no trimming, no other alphabet than ASCII
(A32), nothing derived from the digits of a number (R-INS-03). Messages never repeat the value.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, NewType

RPPS = NewType("RPPS", str)
FINESS = NewType("FINESS", str)
SIRET = NewType("SIRET", str)

OID_INS_NIR = "1.2.250.1.213.1.4.8"
OID_INS_NIA = "1.2.250.1.213.1.4.9"
OID_INS_NIR_TEST = "1.2.250.1.213.1.4.10"
OID_INS_NIR_DEMO = "1.2.250.1.213.1.4.11"
OIDS_INS = frozenset({OID_INS_NIR, OID_INS_NIA, OID_INS_NIR_TEST, OID_INS_NIR_DEMO})
OID_PROFESSIONAL = "1.2.250.1.71.4.2.1"
OID_ORGANISATION = "1.2.250.1.71.4.2.2"

Sex = Literal["M", "F", "U"]

_NIR = re.compile(
    r"[12][0-9]{2}(?:0[1-9]|1[0-2]|[2-9][0-9])(?:[0-9]{2}|2A|2B)[0-9]{6}",
)
# NNP (first digit 7 or 8) and MIG (5 or 6): persons waiting for their NIR.
_TEMPORARY = re.compile(r"(?:[78][012]|[56][12])[0-9]{11}")
_INS_CHARACTERS = re.compile(r"[0-9AB]*")
_DIGITS = re.compile(r"[0-9]+")
_LA_POSTE = "356000000"
_FINESS = re.compile(r"(?:[0-9]{2}|2A|2B)[0-9]{7}")


class InvalidIdentifier(ValueError):  # noqa: N818  it says what is wrong with a value
    """An identifier is refused; `code` is one of `length`, `characters`, `format`, `key`."""

    def __init__(self, code: str, kind: str) -> None:
        """Take the reason and the kind of identifier, never its value."""
        super().__init__(f"{kind}: {code}")
        self.code = code
        self.kind = kind


@dataclass(frozen=True, slots=True, repr=False)
class INS:
    """A matricule INS: 13 characters and a key of two digits. Source: R-INS-01, R-INS-02."""

    matricule: str

    def __repr__(self) -> str:
        return "INS(…)"


class IdKind(StrEnum):
    """What a PS_IdNat or a Struct_IdNat holds after its prefix. Source: domain §3.2."""

    ADELI = "ADELI"
    CABINET_ADELI = "CABINET_ADELI"
    FINESS_LOCAL = "FINESS_LOCAL"
    SIREN_LOCAL = "SIREN_LOCAL"
    SIRET_LOCAL = "SIRET_LOCAL"
    CABINET_RPPS = "CABINET_RPPS"
    RPPS = "RPPS"
    FINESS = "FINESS"
    SIREN = "SIREN"
    SIRET = "SIRET"
    RPPS_RANK = "RPPS_RANK"


@dataclass(frozen=True, slots=True)
class NationalId:
    """A national identifier of a professional or an organisation, without its prefix."""

    kind: IdKind
    number: str

    @property
    def key_is_right(self) -> bool:
        """Tell whether the key holds; True for kinds that have none."""
        return self.kind not in _WITH_LUHN or luhn_is_right(self.number)


_WITH_LUHN = frozenset({IdKind.RPPS, IdKind.FINESS, IdKind.SIREN, IdKind.SIRET})
_PROFESSIONAL_PREFIXES = {
    "0": IdKind.ADELI,
    "1": IdKind.CABINET_ADELI,
    "3": IdKind.FINESS_LOCAL,
    "4": IdKind.SIREN_LOCAL,
    "5": IdKind.SIRET_LOCAL,
    "6": IdKind.CABINET_RPPS,
    "8": IdKind.RPPS,
}
_ORGANISATION_PREFIXES = {
    "0": IdKind.CABINET_ADELI,
    "1": IdKind.FINESS,
    "2": IdKind.SIREN,
    "3": IdKind.SIRET,
    "4": IdKind.RPPS_RANK,
}
_SHAPES = {
    IdKind.RPPS: re.compile(r"[0-9]{11}"),
    IdKind.FINESS: _FINESS,
    IdKind.SIREN: re.compile(r"[0-9]{9}"),
    IdKind.SIRET: re.compile(r"[0-9]{14}"),
    IdKind.ADELI: re.compile(r"[0-9AB]{9}"),
}
_FREE_SHAPE = re.compile(r"[0-9A-Za-z/_.-]{1,40}")


def ins_key(number: str) -> str:
    """Compute the two-digit key of the 13 first characters. Source: R-INS-02."""
    digits = number.replace("2A", "19").replace("2B", "18")
    return f"{97 - int(digits) % 97:02d}"


def parse_ins(text: str) -> INS:
    """Read a matricule INS of 15 characters, key included.

    Source: R-INS-01, R-INS-02.

    Raises:
        InvalidIdentifier: with code `length`, `characters`, `format` or `key`.
    """
    _require_shape(text, 15, _INS_CHARACTERS, "INS")
    number, key = text[:13], text[13:]
    if not (_NIR.fullmatch(number) or _TEMPORARY.fullmatch(number)) or not _DIGITS.fullmatch(key):
        raise InvalidIdentifier("format", "INS")
    if key != ins_key(number):
        raise InvalidIdentifier("key", "INS")
    return INS(text)


def luhn_is_right(number: str) -> bool:
    """Check a Luhn key; letters (Corsican FINESS) make it unverifiable, hence accepted."""
    if not _DIGITS.fullmatch(number):
        return True
    total = 0
    for rank, digit in enumerate(reversed(number)):
        total += sum(divmod(int(digit) * (1 + rank % 2), 10))
    return total % 10 == 0


def parse_rpps(text: str, *, check_key: bool = True) -> RPPS:
    """Read an RPPS number: 11 digits, the last one being a Luhn key.

    Many fictitious samples carry a wrong key: `check_key=False` makes it the caller's warning.
    Source: domain §3.2.

    Raises:
        InvalidIdentifier: with code `length`, `characters` or `key`.
    """
    _require_shape(text, 11, _DIGITS, "RPPS")
    if check_key and not luhn_is_right(text):
        raise InvalidIdentifier("key", "RPPS")
    return RPPS(text)


def parse_finess(text: str, *, check_key: bool = True) -> FINESS:
    """Read a FINESS number: 9 characters, Luhn key, `2A` and `2B` allowed in front.

    Source: domain §3.2 (the key of Corsican numbers is not checked: no public rule found).

    Raises:
        InvalidIdentifier: with code `length`, `characters`, `format` or `key`.
    """
    _require_shape(text, 9, re.compile(r"[0-9AB]+"), "FINESS")
    if not _FINESS.fullmatch(text):
        raise InvalidIdentifier("format", "FINESS")
    if check_key and not luhn_is_right(text):
        raise InvalidIdentifier("key", "FINESS")
    return FINESS(text)


def parse_siret(text: str) -> SIRET:
    """Read a SIRET number: 14 digits, the last one being a Luhn key.

    The establishments of La Poste have numbers that no longer hold in that key: the sum of their
    digits is a multiple of five. Source: INSEE, Sirene.

    Raises:
        InvalidIdentifier: with code `length`, `characters` or `key`.
    """
    _require_shape(text, 14, _DIGITS, "SIRET")
    is_of_la_poste = text.startswith(_LA_POSTE) and sum(map(int, text)) % 5 == 0
    if not luhn_is_right(text) and not is_of_la_poste:
        raise InvalidIdentifier("key", "SIRET")
    return SIRET(text)


def parse_professional_id(text: str, *, check_key: bool = True) -> NationalId:
    """Read a PS_IdNat such as `899700245667` (prefix 8, then an RPPS number).

    Raises:
        InvalidIdentifier: with code `length`, `characters`, `format` or `key`.
    """
    return _prefixed(text, _PROFESSIONAL_PREFIXES, "PS_IdNat", check_key=check_key)


def parse_organisation_id(text: str, *, check_key: bool = True) -> NationalId:
    """Read a Struct_IdNat such as `1750803447` (prefix 1, then a FINESS number).

    Raises:
        InvalidIdentifier: with code `length`, `characters`, `format` or `key`.
    """
    return _prefixed(text, _ORGANISATION_PREFIXES, "Struct_IdNat", check_key=check_key)


def _require_shape(text: str, length: int, allowed: re.Pattern[str], kind: str) -> None:
    if len(text) != length:
        raise InvalidIdentifier("length", kind)
    if not allowed.fullmatch(text):
        raise InvalidIdentifier("characters", kind)


def _prefixed(text: str, prefixes: dict[str, IdKind], label: str, *, check_key: bool) -> NationalId:
    if not text:
        raise InvalidIdentifier("length", label)
    kind = prefixes.get(text[0])
    if kind is None:
        raise InvalidIdentifier("format", label)
    number = text[1:]
    if not _SHAPES.get(kind, _FREE_SHAPE).fullmatch(number):
        raise InvalidIdentifier("format", label)
    found = NationalId(kind, number)
    if check_key and not found.key_is_right:
        raise InvalidIdentifier("key", label)
    return found


@dataclass(frozen=True, slots=True, repr=False)
class Traits:
    """The identity traits of a person, as civil status writes them. Source: domain §3.1.

    `birth_place` is an INSEE code: of the town, or of the country for those born abroad. In what a
    document claims, an empty string or None means that it does not say.
    """

    family_name: str
    given_names: tuple[str, ...]
    birth_date: date | None
    sex: Sex
    birth_place: str = ""

    def __repr__(self) -> str:
        return "Traits(…)"


def fold(name: str) -> str:
    """Reduce a name to what comparison keeps: case, accents, hyphens and spaces are dropped."""
    expanded = name.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    decomposed = unicodedata.normalize("NFKD", expanded).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum())


def compare_traits(record: Traits, claimed: Traits) -> tuple[str, ...]:
    """Name the traits that differ, among `family_name`, `given_name`, `birth_date`, `sex`.

    The first given name alone is compared; when the claim gives all of them in one string
    (`DOMINIQUE MARIE-LOUISE`), it must begin with the record's first one. A trait that is missing
    differs. Values are never returned.
    """
    checks = {
        "family_name": _same_name(record.family_name, claimed.family_name),
        "given_name": _same_given(record.given_names, claimed.given_names),
        "birth_date": record.birth_date is not None and record.birth_date == claimed.birth_date,
        "sex": record.sex == claimed.sex,
    }
    return tuple(name for name, same in checks.items() if not same)


def traits_key(traits: Traits) -> str:
    """Write traits as one canonical string, the input of a blind index (blinded elsewhere).

    Two persons with the same key are the same person or need a human decision (R-FC-03).
    """
    born = traits.birth_date.isoformat() if traits.birth_date else ""
    first = fold(traits.given_names[0]) if traits.given_names else ""
    place = fold(traits.birth_place).upper()
    return "|".join(("1", fold(traits.family_name), first, born, traits.sex, place))


def name_key(family_name: str, given_name: str, birth_date: date) -> str:
    """Write birth name, first given name and birth date as one canonical string, to be blinded.

    It is what one adult knows of another (R-MIN-02); several persons may have the same.
    """
    return "|".join(("1", fold(family_name), fold(given_name), birth_date.isoformat()))


def _same_name(ours: str, theirs: str) -> bool:
    folded = fold(ours)
    return bool(folded) and folded == fold(theirs)


def _same_given(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if not ours or not theirs or not fold(ours[0]):
        return False
    first = fold(ours[0])
    if fold(theirs[0]) == first:
        return True
    words = re.split(r"[\s\-’']+", theirs[0].strip())
    return any(fold("".join(words[:count])) == first for count in range(1, len(words)))
