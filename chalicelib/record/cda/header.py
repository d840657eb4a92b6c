"""Reads the header of a CDA R2 document, as tolerant as the official samples require.

Why it exists: what depositing needs — who, what, when, for whom — comes from the document itself
(D8). It refuses a document without identifier, type, date or patient, and nothing else: oddities
become empty fields here, and warnings in `rules`.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from typing import Final
from xml.etree.ElementTree import Element

from chalicelib.core.zones import PARIS
from chalicelib.identity.values import (
    OID_ORGANISATION,
    OID_PROFESSIONAL,
    OIDS_INS,
    InvalidIdentifier,
    NationalId,
    Sex,
    Traits,
    parse_organisation_id,
    parse_professional_id,
)
from chalicelib.record.cda.model import (
    Code,
    Contributor,
    Header,
    Identifier,
    Moment,
    Organisation,
    Patient,
    Precision,
)
from chalicelib.storage.names import plain_line
from chalicelib.storage.refusals import Code as Reason
from chalicelib.storage.refusals import Refused
from chalicelib.storage.xml_gate import HL7

NS: Final = {"": HL7}
_MAX_AUTHORS: Final = 50
# P: each that is named is looked for; one that corrects names one.
_MAX_REPLACED: Final = 5
# What lies outside is a slip, and no calendar's arithmetic overflows within.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
# Times without an offset are French civil time.
_TIME = re.compile(
    r"([0-9]{4})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2}))?)?)?)?)?"
    r"(?:\.[0-9]{1,6})?(?:([+-])([0-9]{2})([0-9]{2}))?"
)
_PRECISIONS: tuple[Precision, ...] = ("year", "month", "day", "hour", "minute", "second")
_SEXES: dict[str, Sex] = {"M": "M", "F": "F"}


def read_header(tree: Element) -> Header:
    """Read the header of a parsed document.

    Raises:
        Refused: `cda_header_incomplete` without identifier, type, date or patient.
    """
    document_id = _identifier(tree.find("id", NS))
    kind = _code(tree.find("code", NS))
    effective = read_moment(_value(tree.find("effectiveTime", NS)))
    role = _only(tree, "recordTarget/patientRole")
    if role is not None and _only(role, "patient") is None:
        role = None
    if document_id is None or kind is None or effective is None or role is None:
        raise Refused(Reason.CDA_HEADER)
    start, end = _care_period(tree)
    place = tree.find("componentOf/encompassingEncounter/location/healthCareFacility", NS)
    return Header(
        document_id=document_id,
        type=kind,
        effective=effective,
        patient=_patient(role),
        title=_text(tree.find("title", NS)),
        set_id=_identifier(tree.find("setId", NS)),
        version=_whole(_value(tree.find("versionNumber", NS))),
        replaces=tuple(islice(dict.fromkeys(_replaced(tree)), _MAX_REPLACED)),
        confidentiality=read_confidentiality(tree),
        language=_attribute(tree.find("languageCode", NS), "code") or "fr-FR",
        authors=tuple(_authors(tree)),
        custodian=_organisation(
            tree.find("custodian/assignedCustodian/representedCustodianOrganization", NS)
        ),
        authenticator=_authenticator(tree),
        care_start=start,
        care_end=end,
        location=_text(_first(place, "location/name", "serviceProviderOrganization/name")),
        location_type=_code(_first(place, "code")),
        other_ins=tuple(_other_ins(tree, role)),
    )


def read_confidentiality(tree: Element) -> tuple[str, ...]:
    """Read to whom a document says that it is not shown, even of one whose header is incomplete.

    Every code, each once, in capitals: what hides is not missed for how it is written.
    """
    codes = (_attribute(one, "code") for one in tree.findall("confidentialityCode", NS))
    return tuple(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))


def read_moment(text: str) -> Moment | None:
    """Read a CDA time such as `2021`, `20210411` or `202104111000+0200`, or None."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    parts = [int(part) for part in found.groups()[:6] if part is not None]
    zone = _zone(found[7], found[8], found[9])
    try:
        instant = datetime(*_completed(parts), tzinfo=zone or PARIS)
    except (ValueError, OverflowError):
        return None
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        return None
    return Moment(instant, _PRECISIONS[len(parts) - 1])


def _completed(parts: list[int]) -> tuple[int, int, int, int, int, int]:
    year, month, day, hour, minute, second = [*parts, *(1, 1, 1, 0, 0, 0)[len(parts) :]]
    return year, month, day, hour, minute, second


def _zone(sign: str | None, hours: str, minutes: str) -> timezone | None:
    if sign is None:
        return None
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset >= timedelta(days=1):
        return None
    return timezone(-offset if sign == "-" else offset)


def _only(tree: Element, path: str) -> Element | None:
    """Return what a path leads to, if that is one thing: a document is about one person."""
    found = tree.findall(path, NS)
    return found[0] if len(found) == 1 else None


def _patient(role: Element) -> Patient:
    ins = (_identifier(found) for found in role.findall("id", NS))
    person = role.find("patient", NS)
    birth = _value(_first(person, "birthTime"))
    moment = read_moment(birth)
    born: date | None = None
    if moment is not None and moment.precision not in {"year", "month"}:
        born = moment.instant.date()
    sex = _attribute(_first(person, "administrativeGenderCode"), "code")
    traits = Traits(
        family_name=_birth_name(person),
        given_names=_given_names(person),
        birth_date=born,
        sex=_SEXES.get(sex, "U"),
        birth_place=_text(_first(person, "birthplace/place/addr/county")),
    )
    partial = birth if moment is not None and born is None else ""
    return Patient(tuple(one for one in ins if one and one.root in OIDS_INS), traits, partial)


def _birth_name(person: Element | None) -> str:
    names = [] if person is None else person.findall("name/family", NS)
    birth = [name for name in names if "BR" in name.get("qualifier", "").split()]
    plain = [name for name in names if not name.get("qualifier")]
    return _text(next(iter(birth or plain), None))


def _given_names(person: Element | None) -> tuple[str, ...]:
    """List birth given names, the first one first; the name in use (`CL`) is not one of them."""
    names = [] if person is None else person.findall("name/given", NS)
    first = [name for name in names if "BR" in name.get("qualifier", "").split()]
    plain = [name for name in names if not name.get("qualifier")]
    texts = (_text(name) for name in first or plain)
    return tuple(text for text in texts if text)


def _authors(tree: Element) -> Iterator[Contributor]:
    for author in tree.findall("author", NS)[:_MAX_AUTHORS]:
        assigned = author.find("assignedAuthor", NS)
        if assigned is not None:
            organisation = assigned.find("representedOrganization", NS)
            yield _contributor(author, assigned, organisation)


def _authenticator(tree: Element) -> Contributor | None:
    signed = tree.find("legalAuthenticator", NS)
    entity = _first(signed, "assignedEntity")
    if signed is None or entity is None:
        return None
    return _contributor(signed, entity, entity.find("representedOrganization", NS))


def _contributor(
    participation: Element, assigned: Element, organisation: Element | None
) -> Contributor:
    name = assigned.find("assignedPerson/name", NS)
    device = assigned.find("assignedAuthoringDevice", NS)
    parts = (_text(_first(device, tag)) for tag in ("manufacturerModelName", "softwareName"))
    family = _text(_first(name, "family"))
    return Contributor(
        family_name=family or _text(name),
        given_name=_text(_first(name, "given")),
        role=_code(assigned.find("code", NS)),
        national_id=_professional_id(assigned),
        organisation=_organisation(organisation),
        device=" ".join(part for part in parts if part),
        at=read_moment(_value(participation.find("time", NS))),
    )


def _professional_id(assigned: Element) -> NationalId | None:
    for found in assigned.findall("id", NS):
        if found.get("root") == OID_PROFESSIONAL:
            try:
                return parse_professional_id(found.get("extension", ""), check_key=False)
            except InvalidIdentifier:
                return None
    return None


def _organisation(element: Element | None) -> Organisation | None:
    if element is None:
        return None
    national_id = None
    for found in element.findall("id", NS):
        if found.get("root") == OID_ORGANISATION:
            try:
                national_id = parse_organisation_id(found.get("extension", ""), check_key=False)
            except InvalidIdentifier:
                continue
    return Organisation(_text(element.find("name", NS)), national_id)


def _care_period(tree: Element) -> tuple[Moment | None, Moment | None]:
    """Find when the care took place: the first service event that says so, else the encounter."""
    paths = ("documentationOf/serviceEvent", "componentOf/encompassingEncounter")
    for path in paths:
        for event in tree.findall(path, NS):
            times = event.find("effectiveTime", NS)
            start = read_moment(_value(_first(times, "low")) or _value(times))
            if start is not None:
                return start, read_moment(_value(_first(times, "high")))
    return None, None


def _replaced(tree: Element) -> Iterator[Identifier]:
    for related in tree.findall("relatedDocument", NS):
        if related.get("typeCode") == "RPLC":
            for parent in related.findall("parentDocument/id", NS):
                identifier = _identifier(parent)
                if identifier is not None:
                    yield identifier


def _other_ins(tree: Element, role: Element) -> Iterator[Identifier]:
    """List the INS found anywhere but on the patient's own role."""
    own = {id(found) for found in role.findall("id", NS)}
    for found in tree.iter(f"{{{HL7}}}id"):
        if found.get("root") in OIDS_INS and id(found) not in own:
            identifier = _identifier(found)
            if identifier is not None:
                yield identifier


def _identifier(element: Element | None) -> Identifier | None:
    root = _attribute(element, "root")
    return Identifier(root, _attribute(element, "extension")) if root else None


def _code(element: Element | None) -> Code | None:
    code = _attribute(element, "code")
    if not code:
        return None
    return Code(code, _attribute(element, "codeSystem"), _attribute(element, "displayName"))


def _first(element: Element | None, *paths: str) -> Element | None:
    if element is None:
        return None
    found = (element.find(path, NS) for path in paths)
    return next((one for one in found if one is not None), None)


def _attribute(element: Element | None, name: str) -> str:
    return "" if element is None else plain_line(element.get(name, ""))


def _value(element: Element | None) -> str:
    return _attribute(element, "value")


def _text(element: Element | None) -> str:
    return "" if element is None else plain_line("".join(element.itertext()))


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None
