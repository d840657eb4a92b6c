"""Spaces of insured persons: opened once per national number, found by it or by traits.

A space is opened by the operator for everybody insured (R-ACC-01), before its holder ever logs in.
A second space for the same number, or a second holder for the same space, cannot be written.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from chalicelib.access import store as access_store
from chalicelib.access.model import Right
from chalicelib.access.store import RECORD_KIND, ProxyRow, SettingsRow, subject_of_record
from chalicelib.access.unit import Unit
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, ids, rows
from chalicelib.core.rows import ConditionLost, Query
from chalicelib.identity import rules, store
from chalicelib.identity.model import Person
from chalicelib.identity.store import HolderRow, InsRow, NamedRow, PersonRow, TraitsRow
from chalicelib.identity.values import INS, Traits, name_key, traits_key
from chalicelib.vault import blind, envelope, keys
from chalicelib.vault.errors import Tampered

_TWINS: Final = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What a national number leads to: a record, and a keyed hash of its traits."""

    pid: str
    traits: str


def open_space(person: Person) -> str:
    """Open the space of an insured person and return its id; the same one if it is already open.

    Raises:
        Unavailable, StoreUnavailable: it may not have been opened; trying again is safe.
    """
    found = find_by_ins(person.ins)
    if found is not None:
        return found.pid
    pid = ids.new_secret_id()
    keys.create_branch_key(subject_of_record(pid))
    keys.create_branch_key(subject_of_trace(pid))
    try:
        store.write_all(_new_rows(pid, person))
    except ConditionLost:
        found = find_by_ins(person.ins)
        if found is None:
            raise
        return found.pid
    return pid


def find_by_ins(ins: INS) -> Found | None:
    """Find the record of a national number: one read, whether it exists or not (A36).

    Raises:
        Unavailable, StoreUnavailable: the host does not answer.
    """
    row = rows.get(InsRow, *store.ins_key(blind.blind("ins", ins.matricule)))
    return Found(row.pid, row.traits) if row else None


def find_by_traits(traits: Traits) -> str | None:
    """Find the one record with these traits; None for nobody, and for twins of civil status.

    Source: R-FC-03: two persons with the same traits need a human decision.

    Raises:
        Unavailable, StoreUnavailable: the host does not answer.
    """
    mac = blind.blind("traits", traits_key(traits))
    partition, _ = store.traits_key(mac, "-")
    page = rows.query(Query(TraitsRow, partition, prefix="P#", limit=_TWINS))
    found = [TraitsRow.from_raw_data(item).pid for item in page.items]
    return found[0] if len(found) == 1 else None


def find_by_name(family_name: str, given_name: str, birth_date: date) -> str | None:
    """Find the one person with an account of this name and birth date; None for none and several.

    One query, whether she exists or not (A36).

    Raises:
        Tampered: the row is not as the product wrote it.
        Unavailable, StoreUnavailable: the host does not answer.
    """
    partition, _ = store.named_key(_name_mac(family_name, given_name, birth_date), "-")
    page = rows.query(Query(NamedRow, partition, prefix="P#", limit=_TWINS))
    found = [NamedRow.from_raw_data(item).sk.removeprefix("P#") for item in page.items]
    return found[0] if len(found) == 1 else None


def named_row(pid: str, traits: Traits) -> NamedRow | None:
    """Make the row by which a person with an account is found; None without a birth date."""
    if traits.birth_date is None or not traits.given_names:
        return None
    mac = _name_mac(traits.family_name, traits.given_names[0], traits.birth_date)
    pk, sk = store.named_key(mac, pid)
    return NamedRow(pk=pk, sk=sk, kind="named")


def _name_mac(family_name: str, given_name: str, birth_date: date) -> str:
    return blind.blind("named", name_key(family_name, given_name, birth_date))


def require_traits(pid: str, traits: Traits) -> None:
    """Require that a record found by traits is that of the person who has them.

    Whoever can write the tables could point the index at somebody else's record; he cannot write
    the identity sealed in it.

    Raises:
        Tampered: it is somebody else's.
        Unavailable, StoreUnavailable: the host does not answer.
    """
    person = read_person(pid)
    if person is None or traits_key(person.traits) != traits_key(traits):
        raise Tampered("a record that traits lead to")


def holder(pid: str) -> str | None:
    """Return the account of a record's holder, if she ever came.

    Raises:
        Tampered: the row is not as the product wrote it.
        StoreUnavailable: the store did not answer.
    """
    row = rows.get(HolderRow, *store.holder_key(pid))
    return row.uid if row else None


def notice_targets(pid: str, now: datetime) -> list[str]:
    """Return the accounts to tell of what happens in a record.

    Its holder, if she ever came, and who represents her while she is a minor.

    Raises:
        Tampered: a row is not as the product wrote it.
        StoreUnavailable: the store did not answer.
    """
    linked = proxies(pid)
    told = [one.uid for one in linked if one.relation == Right.SELF]
    others = [one for one in linked if one.relation != Right.SELF]
    if not others:
        return told
    space = rows.get(SettingsRow, *access_store.settings_key(pid))
    return told + [one.uid for one in others if access_store.represents(one, space, now)]


def proxies(pid: str) -> list[ProxyRow]:
    """Return the links of accounts with a record. Raises as `notice_targets`."""
    query = store.proxies_of(pid)
    return [ProxyRow.from_raw_data(item) for item in rows.all_items(query, rows.query(query))]


def person_wish(pid: str) -> tuple[type[PersonRow], str, str]:
    """Return what to name on entering the gate, to read a person's identity on the way."""
    return (PersonRow, *store.person_key(pid))


def person_of(unit: Unit) -> tuple[Person, int]:
    """Open the identity named on entering, and its version.

    Raises:
        Tampered, Unavailable: it does not open.
    """
    pk, sk = store.person_key(unit.pid)
    row = unit.row(PersonRow, pk, sk)
    if row is None:
        raise LookupError("an open space without a person")
    return _person(unit.open(bytes(row.sealed or b""), pk, sk)), row.version or 0


def read_person(pid: str) -> Person | None:
    """Open a person's identity outside the gate, for a worker that shows it to nobody.

    Raises:
        Tampered, Unavailable, StoreUnavailable: it does not open, or the host does not answer.
    """
    row = rows.get(PersonRow, *store.person_key(pid))
    return open_person(pid, row) if row else None


def open_person(pid: str, row: PersonRow) -> Person:
    """Open an identity of another record than the one entered; raises as `read_person`."""
    payload = envelope.open_row(
        bytes(row.sealed or b""),
        subject=subject_of_record(pid),
        kind=RECORD_KIND,
        pk=row.pk,
        sk=row.sk,
    )
    return _person(payload)


def matches(found: Found | None, claimed: Traits) -> bool:
    """Tell whether claimed traits go with a national number; as much work for an unknown one."""
    macs = [blind.blind("lookup", text) for text in rules.lookup_candidates(claimed)]
    return found is not None and found.traits in macs


def _new_rows(pid: str, person: Person) -> list[rows.Row]:
    """Make every row of a new space; the first one makes it unique."""
    now = clock.now()
    subject = subject_of_record(pid)
    record_key = envelope.new_data_key(subject, RECORD_KIND)
    pk, sk = store.person_key(pid)
    sealed = envelope.seal_row(
        _payload(person), subject=subject, kind=RECORD_KIND, data_key=record_key, pk=pk, sk=sk
    )
    ins_pk, ins_sk = store.ins_key(blind.blind("ins", person.ins.matricule))
    traits = person.traits
    traits_pk, traits_sk = store.traits_key(blind.blind("traits", traits_key(traits)), pid)
    settings_pk, settings_sk = access_store.settings_key(pid)
    return [
        InsRow(
            pk=ins_pk,
            sk=ins_sk,
            kind="ins",
            pid=pid,
            traits=blind.blind("lookup", rules.lookup_key(traits)),
        ),
        TraitsRow(pk=traits_pk, sk=traits_sk, kind="traits", pid=pid),
        PersonRow(pk=pk, sk=sk, kind="person", sealed=sealed),
        SettingsRow(
            pk=settings_pk,
            sk=settings_sk,
            kind="settings",
            status="open",
            opened_at=clock.iso(now),
            record_key=record_key,
            trace_key=envelope.new_data_key(subject_of_trace(pid), TRACE_KIND),
        ),
    ]


def _payload(person: Person) -> dict[str, Any]:
    traits = person.traits
    return {
        "ins": person.ins.matricule,
        "ins_oid": person.ins_oid,
        "family_name": traits.family_name,
        "given_names": list(traits.given_names),
        "birth_date": traits.birth_date.isoformat() if traits.birth_date else None,
        "sex": traits.sex,
        "birth_place": traits.birth_place,
    }


def _person(payload: dict[str, Any]) -> Person:
    born = payload["birth_date"]
    return Person(
        traits=Traits(
            family_name=payload["family_name"],
            given_names=tuple(payload["given_names"]),
            birth_date=date.fromisoformat(born) if born else None,
            sex=payload["sex"],
            birth_place=payload["birth_place"],
        ),
        ins=INS(payload["ins"]),
        ins_oid=payload["ins_oid"],
    )
