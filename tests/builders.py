"""People, software, authorisations and documents, with defaults: written by the real store code.

Everybody here is fictitious. Numbers are valid in form and are not those of anybody.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from chalicelib.access import rules, store
from chalicelib.access.store import ClientRow, GrantRow, ProxyRow, SessionRow, SettingsRow
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, ids, rows
from chalicelib.core.rows import Row, key
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity.store import (
    HolderRow,
    ProfessionalRow,
    holder_key,
    professional_key,
)
from chalicelib.identity.values import luhn_is_right
from chalicelib.vault import envelope, keys

SESSION_LIFE: Final = timedelta(hours=12)
PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
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
class Person(Actor):
    """Somebody with a space of her own."""

    pid: str = field(default="")


def a_person(*, session: bool = True) -> Person:
    """Open a space, and a session of the person who holds it."""
    pid, uid = ids.new_secret_id(), ids.new_secret_id()
    record, trace = store.subject_of_record(pid), subject_of_trace(pid)
    for subject in (record, trace):
        keys.create_branch_key(subject)
    settings = SettingsRow(
        *store.settings_key(pid),
        kind="settings",
        status="open",
        opened_at=clock.iso(clock.now()),
        record_key=envelope.new_data_key(record, store.RECORD_KIND),
        trace_key=envelope.new_data_key(trace, TRACE_KIND),
    )
    proxy = ProxyRow(
        *store.proxy_key(pid, uid),
        kind="proxy",
        uid=uid,
        relation="self",
        user_pk=key("U", uid),
        user_sk=key("PROXY", pid),
    )
    holder = HolderRow(*holder_key(pid), kind="holder", uid=uid)
    _write(settings, proxy, holder)
    principal = a_session(ActorKind.PERSON, uid) if session else _nobody(ActorKind.PERSON, uid)
    return Person(principal, "Camille EXEMPLE", pid)


def a_doctor(*, profession_code: str = "10", name: str = "Dr Claire EXEMPLE") -> Actor:
    """Put a professional in the directory, and give her a session."""
    rpps = a_rpps()
    _write(
        ProfessionalRow(
            *professional_key(rpps),
            kind="professional",
            status="active",
            civility="DR",
            family_name="EXEMPLE",
            given_name="Claire",
            profession_code=profession_code,
            profession="Médecin",
            activities=[],
            load_id="test",
        )
    )
    principal = a_session(ActorKind.PROFESSIONAL, rpps, name=name, profession_code=profession_code)
    return Actor(principal, name)


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


def a_session(
    kind: ActorKind, actor_id: str, *, name: str | None = None, profession_code: str | None = None
) -> Principal:
    """Open a session, as a login does, and say what its tokens prove."""
    sid, now = ids.new_secret_id(), clock.now()
    is_professional = kind is ActorKind.PROFESSIONAL
    _write(
        SessionRow(
            *store.session_key(sid),
            kind="session",
            actor=kind.value,
            uid=ids.new_secret_id() if is_professional else actor_id,
            refresh_hash=ids.new_token(),
            rotated_at=clock.iso(now),
            expires_at=clock.iso(now + SESSION_LIFE),
            ttl=clock.epoch(now + SESSION_LIFE),
            user_pk=key("U", actor_id),
            user_sk=key("S", clock.iso(now)),
            trace_key=_trace_key(actor_id),
            rpps=actor_id if is_professional else None,
            name=name,
            profession_code=profession_code,
            profession="Médecin" if is_professional else None,
            organisation="Cabinet Exemple" if is_professional else None,
        )
    )
    return _principal(kind, actor_id, sid)


def a_grant(
    person: Person, doctor: Actor, *, until: datetime | None = None, used: bool = True
) -> GrantRow:
    """Authorise a professional; by default she has used it once, so reads do not notify."""
    now = clock.now()
    row = store.new_grant_row(person.pid, doctor.id, now=now, until=until or rules.until(now))
    row.first_used_at = clock.iso(now) if used else None
    _write(row)
    found = rows.get(GrantRow, row.pk, row.sk)
    assert found is not None
    return found


def a_rpps() -> str:
    """Return a number of eleven digits with a right check key."""
    stem = f"899{next(_numbers):07d}"
    return next(f"{stem}{digit}" for digit in range(10) if luhn_is_right(f"{stem}{digit}"))


def a_pdf(text: str = "") -> bytes:
    """Return a one-page PDF; another text makes another content."""
    comment = f"%{text or ids.new_secret_id()}\n".encode()
    return PDF.replace(b"%PDF-1.4\n", b"%PDF-1.4\n" + comment)


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


def _nobody(kind: ActorKind, actor_id: str) -> Principal:
    return _principal(kind, actor_id, ids.new_secret_id())


def _write(*made: Row) -> None:
    rows.write([rows.put(row) for row in made])
