"""People, software, authorisations and documents, with defaults: written by the real store code.

Everybody here is fictitious. Numbers are valid in form and are not those of anybody.
"""

import base64
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final

from chalicelib.access import applications, rules, store, tokens
from chalicelib.access.applications import ApplicationRow, ConsentRow
from chalicelib.access.model import Right
from chalicelib.access.permissions import Permission
from chalicelib.access.store import (
    AccountRow,
    ClientRow,
    GrantRow,
    ProxyRow,
    SessionRow,
    SettingsRow,
)
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, ids, rows
from chalicelib.core.rows import Row
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import accounts, coverage, directory, spaces, staff
from chalicelib.identity.model import Activity, Person, Professional
from chalicelib.identity.values import (
    RPPS,
    Traits,
    ins_key,
    luhn_is_right,
    parse_ins,
    parse_rpps,
    parse_siret,
)
from chalicelib.vault import envelope, keys
from tests.stock import stocked
from tests.storage import files

ISSUER: Final = "https://franceconnect.test"
INS_OID: Final = "1.2.250.1.213.1.4.10"
SESSION_LIFE: Final = timedelta(hours=12)
_BIRTH: Final = date(1985, 6, 12)
_numbers: Final = count(1)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a session; `principal` is what a token of hers proves."""

    principal: Principal
    name: str

    @property
    def id(self) -> str:
        return self.principal.id


@dataclass(frozen=True, slots=True)
class Patient(Actor):
    """Somebody with a space of her own, who has logged in once."""

    pid: str
    identity: Person


@stocked
def a_person(
    *, family_name: str | None = None, email: str | None = None, birth_date: date = _BIRTH
) -> Patient:
    """Open a space and make the account of the person who holds it, with a session."""
    identity = an_identity(family_name=family_name, birth_date=birth_date)
    pid = spaces.open_space(identity)
    subject, now = ids.new_secret_id(), clock.now()
    address = email or f"{subject.lower()}@exemple.test"
    account = accounts.of_person(ISSUER, subject, identity.traits, address, now)
    principal = a_session(account)
    return Patient(principal, identity.traits.family_name, pid, identity)


def an_identity(*, family_name: str | None = None, birth_date: date = _BIRTH) -> Person:
    """Return traits and a national number that nobody else has in this process."""
    number = next(_numbers)
    stem = f"2850675{number:06d}"
    return Person(
        traits=Traits(
            family_name=family_name or f"EXEMPLE-{_letters(number)}",
            given_names=("CAMILLE", "LOU"),
            birth_date=birth_date,
            sex="F",
            birth_place="75056",
        ),
        ins=parse_ins(stem + ins_key(stem)),
        ins_oid=INS_OID,
    )


@dataclass(frozen=True, slots=True)
class Minor:
    """A child with a space, on the insurance files of her parents."""

    pid: str
    identity: Person


def a_minor(*parents: Patient, birth_date: date = date(2019, 2, 11)) -> Minor:
    """Open the space of a child, on these persons' files; nobody manages it yet."""
    identity = an_identity(birth_date=birth_date)
    pid = spaces.open_space(identity)
    coverage.cover(pid, [parent.pid for parent in parents])
    return Minor(pid, identity)


def represent(parent: Patient, pid: str, *, until: datetime | None = None) -> None:
    """Let a person act for a record, as who manages a minor's; for ten years by default."""
    settings = rows.get(SettingsRow, *store.settings_key(pid))
    assert settings is not None
    where = store.proxy_key(pid, parent.id)
    sealed = envelope.seal_row(
        {"name": parent.name},
        subject=subject_of_trace(pid),
        kind=TRACE_KIND,
        data_key=bytes(settings.trace_key),
        pk=where[0],
        sk=where[1],
    )
    settings.represented_until = clock.iso(until or clock.now() + timedelta(days=3653))
    proxy = ProxyRow(
        *where,
        kind="proxy",
        uid=parent.id,
        relation=Right.REPRESENTATIVE,
        since=clock.iso(clock.now()),
        sealed=sealed,
    )
    rows.write([rows.replace(proxy), rows.put(settings)])


@stocked
def a_doctor(*, profession_code: str = "10", family_name: str = "EXEMPLE") -> Actor:
    """Put a professional in the directory, and give her an account and a session."""
    one = a_professional(profession_code=profession_code, family_name=family_name)
    account = accounts.of_professional(one.rpps, clock.now())
    principal = a_session(account, professional=one)
    return Actor(principal, one.name)


def a_professional(*, profession_code: str = "10", family_name: str = "EXEMPLE") -> Professional:
    """Put a professional in the directory; she never logged in."""
    one = Professional(
        rpps=a_rpps(),
        civility="DR",
        family_name=family_name,
        given_name="CLAIRE",
        profession_code=profession_code,
        profession="Médecin" if profession_code == "10" else "Infirmier",
        activities=(Activity("Cabinet Exemple", "750000001", "Paris"),),
        is_active=True,
    )
    _write(*directory.rows_of(one, "test"))
    return one


@stocked
def a_laboratory(*, name: str = "Laboratoire Exemple") -> Actor:
    """Register the software of an organisation."""
    number, client_id = f"{next(_numbers):09d}", ids.new_secret_id()
    _write(
        ClientRow(
            *store.client_key(client_id),
            kind="client",
            status="active",
            name=name,
            organisation_id=number,
            jwks="{}",
            trace_key=_trace_key(number),
        )
    )
    return Actor(_principal(ActorKind.ORGANISATION, number, client_id), name)


@stocked
def a_publisher(*, siret: str = "99999901400015", name: str = "Alix EXEMPLE") -> Actor:
    """Log somebody in who publishes applications for an establishment."""
    account = staff.of_publisher("issuer", ids.new_id(), parse_siret(siret), clock.now())
    return Actor(a_session(account, name=name), name)


@stocked
def an_operator(*, name: str = "Salomé EXEMPLE") -> Actor:
    """Enrol somebody as an operator, and log her in."""
    subject = ids.new_id()
    staff.enrol(subject)
    account = staff.of_operator("issuer", subject, "")
    assert account is not None
    return Actor(a_session(account, name=name), name)


def a_session(
    account: AccountRow, *, professional: Professional | None = None, name: str = ""
) -> Principal:
    """Open a session, as a login does, and say what its tokens prove."""
    uid = accounts.uid_of(account)
    kind = ActorKind(account.role)
    sid, now = ids.new_secret_id(), clock.now()
    public: dict[str, Any] = {}
    if professional is not None:
        public = {
            "rpps": professional.rpps,
            "name": professional.name,
            "profession_code": professional.profession_code,
            "profession": professional.profession,
            "organisation": professional.activities[0].organisation,
        }
    row = SessionRow(
        *store.session_key(sid),
        kind="session",
        actor=kind.value,
        uid=uid,
        refresh_hash=ids.new_token(),
        rotated_at=clock.iso(now),
        expires_at=clock.iso(now + SESSION_LIFE),
        ttl=clock.epoch(now + SESSION_LIFE),
        generation=store.generation_of(account),
        trace_key=account.trace_key,
        organisation_id=account.siret,
        **public,
    )
    row.sealed_name = staff.seal_name(row, name) if name else None
    _write(row)
    if professional:
        return replace(_principal(kind, professional.rpps, sid), account=uid)
    return _principal(kind, uid, sid)


def a_grant(
    person: Patient, doctor: Actor, *, until: datetime | None = None, used: bool = True
) -> GrantRow:
    """Authorise a professional; by default she has used it once, so reads do not notify."""
    now = clock.now()
    row = store.new_grant_row(person.pid, doctor.id, now=now, until=until or rules.until(now))
    row.first_used_at = clock.iso(now) if used else None
    _write(row)
    found = rows.get(GrantRow, row.pk, row.sk)
    assert found is not None
    return found


@stocked
def an_application(*, name: str = "Balance Exemple", status: str = applications.ONLINE) -> Actor:
    """Register an application that may ask for everything; its principal has no consent yet."""
    application_id = ids.new_id()
    pk, sk = applications.application_key(application_id)
    keys.create_branch_key(subject_of_trace(application_id))
    _write(
        ApplicationRow(
            pk=pk,
            sk=sk,
            kind="application",
            status=status,
            name=name,
            organisation="Éditeur Exemple",
            permissions=list(Permission),
            terms={
                one.value: {"digest": name, "since": "2026-01-01", "stood": []}
                for one in Permission
            },
            redirect_uris=["https://application.exemple/retour"],
            trace_key=_trace_key(application_id),
        )
    )
    return Actor(_principal(ActorKind.APPLICATION, application_id, application_id), name)


def a_consent(
    patient: Patient | Minor,
    application: Actor,
    *permissions: Permission,
    until: datetime | None = None,
) -> Actor:
    """Let an application do what is named, as the person would; return it as it then acts."""
    now, pid = clock.now(), patient.pid
    settings = rows.get(SettingsRow, *store.settings_key(pid))
    assert settings is not None
    pk, sk = applications.consent_key(pid, applications.consent_ref(pid, application.id))
    former = rows.get(ConsentRow, pk, sk)
    known = rows.get(ApplicationRow, *applications.application_key(application.id))
    assert known is not None
    words = {"name": application.name, "publisher": "", "purpose": "", "retention": ""}
    sealed = envelope.seal_row(
        {"application": application.id, "terms": words | {"reasons": {}}},
        subject=store.subject_of_record(pid),
        kind=store.RECORD_KIND,
        data_key=bytes(settings.record_key),
        pk=pk,
        sk=sk,
    )
    row = ConsentRow(
        pk=pk,
        sk=sk,
        kind="consent",
        status=applications.GIVEN,
        permissions=applications.permission_tokens(pid, permissions),
        agreed=applications.agreed_tokens(pid, permissions, known.terms),
        agreed_at=applications.agreed_at(permissions, known.terms, now),
        given_at=clock.iso(now),
        valid_until=clock.iso(until or now + timedelta(days=365)),
        changed_at=clock.iso(now),
        generation=int(former.generation) + 1 if former else 1,
        sealed=sealed,
    )
    rows.write([rows.put(rows.at_version(row, former.version if former else None))])
    principal = replace(
        application.principal,
        generation=int(row.generation),
        patient=tokens.patient_name(pid, application.id),
        permissions=frozenset(permissions),
    )
    return replace(application, principal=principal)


def withdraw_consent(patient: Patient, application: Actor) -> None:
    """Take back what an application may do, as the person would."""
    ref = applications.consent_ref(patient.pid, application.id)
    row = rows.get(ConsentRow, *applications.consent_key(patient.pid, ref))
    assert row is not None
    row.status = applications.WITHDRAWN
    rows.write([rows.put(row)])


def a_rpps() -> RPPS:
    """Return a number of eleven digits with a right check key."""
    stem = f"899{next(_numbers):07d}"
    number = next(f"{stem}{digit}" for digit in range(10) if luhn_is_right(f"{stem}{digit}"))
    return parse_rpps(number)


def a_pdf(text: str = "") -> bytes:
    """Return a one-page PDF; another text makes another content."""
    return files.a_pdf(text or ids.new_secret_id())


def a_draft(content: bytes | None = None, **fields: object) -> dict[str, object]:
    """Return the body of a deposit."""
    raw = base64.b64encode(content if content is not None else a_pdf()).decode()
    return {
        "title": "Compte rendu",
        "type_code": "11502-2",
        "care_date": "2026-11-20",
        "format": "application/pdf",
        "content": raw,
    } | fields


def _trace_key(owner: str) -> bytes:
    subject = subject_of_trace(owner)
    keys.create_branch_key(subject)
    return envelope.new_data_key(subject, TRACE_KIND)


def _principal(kind: ActorKind, actor_id: str, session: str) -> Principal:
    return Principal(kind, actor_id, session, clock.epoch(clock.now()) + 600)


def _letters(number: int) -> str:
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in str(number))


def _write(*made: Row) -> None:
    rows.write([rows.put(row) for row in made])
