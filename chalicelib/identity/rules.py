"""What identity decides, from facts alone: claims read, paths allowed, sessions judged.

Nothing here reads a clock, a store or the environment.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from typing import Any, Final
from zoneinfo import ZoneInfo

from chalicelib.core.text import is_printable
from chalicelib.identity.model import Activity, LoginProblem, LoginRefused, Provider, shown
from chalicelib.identity.values import (
    RPPS,
    SIRET,
    IdKind,
    InvalidIdentifier,
    Sex,
    Traits,
    fold,
    parse_professional_id,
    parse_siret,
)

# P: a shared computer at home or in a ward is left open; half an hour is the usual compromise.
SESSION_IDLE: Final = timedelta(minutes=30)
SESSION_WHOLE: Final = timedelta(hours=12)
# D7: two tabs, or an answer lost on the way, present the former secret once more.
FORMER_SECRET: Final = timedelta(seconds=30)
LOGIN_LIFE: Final = timedelta(minutes=10)
AT_WORK: Final = frozenset((Provider.PROCONNECT, Provider.OPERATOR))
MAJORITY_YEARS: Final = 18  # Civil Code, articles 388 and 414

# Two factors, and an establishment whose link with the person ProConnect has checked.
_CHECKED: Final = "https://proconnect.gouv.fr/assurance/consistency-checked-2fa"
_AT_WORK: Final = (_CHECKED, "eidas2", "eidas3")
# R-FC-02: substantial or high for persons. R-PSC-01: the only level Pro Santé Connect has. The
# lowest that is enough comes first.
_LEVELS: Final = {
    Provider.FRANCECONNECT: ("eidas2", "eidas3"),
    Provider.PSC: ("eidas1", "eidas2", "eidas3"),
    Provider.PROCONNECT: _AT_WORK,
    Provider.OPERATOR: _AT_WORK,
}
# A29: the screens one may return to, by their first segment; no other shape of path passes.
_SCREENS: Final = (
    "accueil|acces|agenda|aide|applications|documents|editeur|editeurs|messages|mesures"
    "|notifications|plus|pro|proches|professionnels|reprise|revue"
)
# A word or an id of ours; or a conversation's, the only one with dots, none of which is alone.
_SEGMENT: Final = r"(?:[0-9A-Za-z_-]{1,64}|c\.[0-9]{1,3}\.[0-9A-Za-z_-]{20,300})"
_RETURN: Final = re.compile(
    rf"/(?:(?:{_SCREENS})(?:/{_SEGMENT}){{0,4}}(?:\?[0-9A-Za-z_=&.-]{{1,200}})?)?",
    re.ASCII,
)
_SEXES: Final[Mapping[str, Sex]] = {"female": "F", "male": "M"}
_WORDS: Final = re.compile(r"[\s\-’']+")
MAX_WORDS: Final = 12
NAME_CHARS: Final = 120


def is_own_path(path: str) -> bool:
    """Tell whether a path is one of our screens; nothing is corrected or unescaped. A29."""
    return _RETURN.fullmatch(path) is not None


def level_is_enough(provider: Provider, acr: object) -> bool:
    """Tell whether a proof of identity is strong enough. Source: R-FC-02, R-PSC-01."""
    return isinstance(acr, str) and acr in _LEVELS[provider]


def requested_levels(provider: Provider) -> str:
    """Return the `acr_values` to ask for: the lowest that is enough."""
    return _LEVELS[provider][0]


def essential_levels(provider: Provider) -> tuple[str, ...]:
    """Return the levels that ProConnect must reach or fail; a wish elsewhere (ADR 0024)."""
    return _LEVELS[provider] if provider in AT_WORK else ()


def too_weak(provider: Provider) -> LoginProblem:
    """Name the page for who did not prove enough: what to do differs with the provider."""
    return LoginProblem.ASSURANCE_AT_WORK if provider in AT_WORK else LoginProblem.ASSURANCE


def traits_of_claims(claims: Mapping[str, Any]) -> Traits:
    """Read the pivot identity of FranceConnect. Source: R-FC-01.

    Raises:
        LoginRefused: a trait is missing or partial, hence matches nobody.
    """
    family, birth = _text(claims, "family_name"), _text(claims, "birthdate")
    listed = claims.get("given_name_array")
    given = listed if isinstance(listed, list) else _text(claims, "given_name").split()
    names = tuple(name for name in given if isinstance(name, str) and fold(name))
    try:
        born = date.fromisoformat(birth)
    except ValueError as error:
        raise LoginRefused(LoginProblem.UNKNOWN) from error
    if not fold(family) or not names:
        raise LoginRefused(LoginProblem.UNKNOWN)
    return Traits(
        family_name=family,
        given_names=names,
        birth_date=born,
        sex=_SEXES.get(_text(claims, "gender"), "U"),
        birth_place=_text(claims, "birthplace") or _text(claims, "birthcountry"),
    )


def rpps_of_claims(claims: Mapping[str, Any]) -> RPPS:
    """Read a professional's national number in the claims of Pro Santé Connect. Source: R-PSC-02.

    Raises:
        LoginRefused: no RPPS number, or a malformed one.
    """
    others = claims.get("otherIds")
    listed = [
        _text(other, "identifiant")
        for other in (others if isinstance(others, list) else [])
        if isinstance(other, Mapping) and other.get("origine") == "RPPS"
    ]
    for text in (_text(claims, "SubjectNameID"), _text(claims, "preferred_username"), *listed):
        try:
            found = parse_professional_id(text)
        except InvalidIdentifier:
            continue
        if found.kind is IdKind.RPPS:
            return RPPS(found.number)
    raise LoginRefused(LoginProblem.UNKNOWN_PROFESSIONAL)


def activity_of_claims(claims: Mapping[str, Any]) -> Activity | None:
    """Read the first place of work in the claims. Source: R-PSC-02, R-PSC-03."""
    details = claims.get("SubjectRefPro")
    practices = details.get("exercices") if isinstance(details, Mapping) else None
    for practice in practices if isinstance(practices, list) else []:
        places = practice.get("activities") if isinstance(practice, Mapping) else None
        for place in places if isinstance(places, list) else []:
            if isinstance(place, Mapping) and _text(place, "raisonSocialeSite"):
                number = _text(place, "numeroFinessSite")
                identifier = number or _text(place, "identifiantTechniqueDeLaStructure")
                return Activity(_text(place, "raisonSocialeSite"), identifier, "")
    name = _text(claims, "SubjectOrganization")
    return Activity(name, _text(claims, "SubjectOrganizationID"), "") if name else None


def siret_of_claims(claims: Mapping[str, Any]) -> SIRET:
    """Read for which establishment somebody logs in, in the claims of ProConnect.

    Raises:
        LoginRefused: none, or a malformed number.
    """
    try:
        return parse_siret(_text(claims, "siret"))
    except InvalidIdentifier as error:
        raise LoginRefused(LoginProblem.UNKNOWN_COMPANY) from error


def name_at_work(claims: Mapping[str, Any]) -> str:
    """Read how colleagues call somebody, in the claims of ProConnect: `Alix EXEMPLE`.

    Raises:
        LoginRefused: no name to sign acts with, or one that does not show what it says.
    """
    given, usual = _text(claims, "given_name"), _text(claims, "usual_name")
    name = " ".join(filter(None, (shown(given) if fold(given) else "", usual.upper())))
    if not fold(usual) or len(name) > NAME_CHARS or not is_printable(name):
        raise LoginRefused(LoginProblem.TECHNICAL)
    return name


def age_on(birth_date: date, day: date) -> int:
    """Return an age in whole years; 29 February counts from 1 March in common years."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)


def majority_on(birth_date: date) -> date:
    """Return the first day on which a person is of age: 1 March for who was born a 29 February.

    Source: Civil Code, article 414; ADR 0017.
    """
    year = birth_date.year + MAJORITY_YEARS
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def majority_at(birth_date: date, zone: str) -> datetime:
    """Return the instant at which a person is of age: 00:00 of that day in her zone, in UTC."""
    midnight = datetime.combine(majority_on(birth_date), time.min, ZoneInfo(zone))
    return midnight.astimezone(UTC)


def lookup_key(traits: Traits) -> str:
    """Write the traits that go with a national number as one canonical text, to be blinded."""
    first = fold(traits.given_names[0]) if traits.given_names else ""
    return _lookup_text(traits, first)


def lookup_candidates(claimed: Traits) -> list[str]:
    """Write what a caller claims as the canonical texts that would match a record.

    Like `values.compare_traits`: all given names in one text must begin with the record's first.
    """
    words = _WORDS.split(claimed.given_names[0].strip())[:MAX_WORDS]
    firsts = [fold("".join(words[:count])) for count in range(1, len(words) + 1)]
    return [_lookup_text(claimed, first) for first in dict.fromkeys(firsts) if first]


def _lookup_text(traits: Traits, first: str) -> str:
    born = traits.birth_date.isoformat() if traits.birth_date else ""
    return "|".join(("1", fold(traits.family_name), first, born, traits.sex))


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What a refresh is judged on."""

    refresh_hash: str
    previous_hash: str | None
    rotated_at: datetime
    expires_at: datetime


class Refresh(Enum):
    """What to do with a refresh."""

    ROTATE = auto()
    REPEAT = auto()
    ENDED = auto()
    REUSED = auto()


def judge_refresh(session: SessionFacts, presented_hash: str, now: datetime) -> Refresh:
    """Judge a refresh secret that we issued.

    The current one rotates; the former one, for 30 s, gets the same answer again; any older one
    was copied, and ends the whole session (D7).
    """
    if now >= session.expires_at:
        return Refresh.ENDED
    if presented_hash == session.refresh_hash:
        return Refresh.ROTATE
    if presented_hash == session.previous_hash and now < session.rotated_at + FORMER_SECRET:
        return Refresh.REPEAT
    return Refresh.REUSED


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
