"""The rows that decide: who is asking, what the space says, what the person granted.

They are read by the gate on every request, in one consistent request, and written by the use
cases of this domain and of `identity`.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.condition import Condition

from chalicelib.access.model import Grant, GrantStatus, Right
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, log
from chalicelib.core.rows import Item, Row, VersionedRow, key, patient_key
from chalicelib.http.idempotency import Idempotency
from chalicelib.vault import blind, envelope
from chalicelib.vault.errors import Tampered

ACTIVE: Final = "active"
SUSPENDED: Final = "suspended"
IDEMPOTENCY_SECONDS: Final = 24 * 3600
RECORD_KIND: Final = "record"  # the kind under which all rows and files of a record are sealed


class KeyedRow(Row):
    """A row with a keyed hash of all it says and of its key.

    Whoever can write tables but not use keys cannot forge one, nor move or alter one: it is refused
    when it is read (A46). An older version put back whole still verifies.
    """

    mac = UnicodeAttribute(null=True)

    def get_save_kwargs_from_instance(
        self,
        condition: Condition | None = None,
        return_values_on_condition_failure: str | None = None,
    ) -> dict[str, Any]:
        """Add the keyed hash to what is written."""
        write: dict[str, Any] = super().get_save_kwargs_from_instance(
            condition, return_values_on_condition_failure
        )
        write["Item"]["mac"] = {"S": _mac(write["Item"])}
        return write

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Read a row that this product wrote.

        Raises:
            Tampered: it was forged, moved or altered.
        """
        if not hmac.compare_digest(data.get("mac", {}).get("S", ""), _mac(data)):
            raise Tampered("a row that decides rights")
        return super().from_raw_data(data)


class AuthenticatedRow(KeyedRow, VersionedRow):
    """A row that decides rights, changed under the version that was read, which is hashed too."""


def _mac(item: Mapping[str, Any]) -> str:
    said = {name: value for name, value in item.items() if name != "mac"}
    text = json.dumps(said, sort_keys=True, default=lambda raw: bytes(raw).hex())
    return blind.blind("row", text)


class StandingRow(AuthenticatedRow):
    """Who or what the operator may suspend: what was issued to it before stays dead."""

    status = UnicodeAttribute()
    generation = NumberAttribute(null=True)  # of what it was issued: an earlier one is dead

    def suspend(self) -> None:
        """Refuse it everything, and for good all that it holds now."""
        self.status = SUSPENDED
        self.generation = generation_of(self) + 1


class SettingsRow(AuthenticatedRow):
    """The space itself: whether it is open, and its two wrapped data keys."""

    TABLE: ClassVar[str] = "record"

    status = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    record_key = BinaryAttribute(legacy_encoding=False)
    trace_key = BinaryAttribute(legacy_encoding=False)
    represented_until = UnicodeAttribute(null=True)  # of a minor somebody represents


class GrantRow(AuthenticatedRow):
    """An authorisation; indexed by professional, by its end, so that she finds her own patients."""

    TABLE: ClassVar[str] = "record"

    rpps = UnicodeAttribute()
    status = UnicodeAttribute()
    given_at = UnicodeAttribute()
    valid_until = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    first_used_at = UnicodeAttribute(null=True)
    grantee_pk = UnicodeAttribute()
    grantee_sk = UnicodeAttribute()
    given_by = BinaryAttribute(null=True, legacy_encoding=False)  # a representative's name, sealed


class OwnGrantRow(GrantRow):
    """An authorisation as the person reads it to change it: her word replaces an altered one."""

    is_altered = False

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Read a row; of one that does not verify, keep only its place."""
        try:
            return super().from_raw_data(data)
        except Tampered as error:
            log.exception("grant row does not verify", error)
        row = cls(pk=data["pk"]["S"], sk=data["sk"]["S"])
        row.is_altered = True
        return row


class ProxyRow(AuthenticatedRow):
    """The link between an account and a record; `relation` is `self`, or `representative`.

    The name of a representative is sealed with the record's history, which names her. Of who came
    by invitation, the row says which one, and whose (the record of who invited).
    """

    TABLE: ClassVar[str] = "identity"

    uid = UnicodeAttribute()
    relation = UnicodeAttribute()
    since = UnicodeAttribute(null=True)
    sealed = BinaryAttribute(null=True, legacy_encoding=False)
    invitation = UnicodeAttribute(null=True)
    invited_by = UnicodeAttribute(null=True)


class CoverageRow(AuthenticatedRow):
    """On whose insurance files a person is, as records: one of them may come to represent her."""

    TABLE: ClassVar[str] = "identity"

    subscribers = JSONAttribute()


class InvitationRow(AuthenticatedRow):
    """An invitation to represent a minor, from one record to another, who may be nobody's.

    The names that were typed are sealed under the minor's record; `uid` is who accepted.
    """

    TABLE: ClassVar[str] = "identity"

    inviter = UnicodeAttribute()
    invitee = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    uid = UnicodeAttribute(null=True)
    sealed = BinaryAttribute(legacy_encoding=False)
    ttl = NumberAttribute(null=True)


class SessionRow(AuthenticatedRow):
    """Somebody's session. The name is kept for professionals only (public).

    That of a publisher or an operator is sealed, with her own history.
    """

    TABLE: ClassVar[str] = "identity"

    actor = UnicodeAttribute()
    uid = UnicodeAttribute()
    refresh_hash = UnicodeAttribute()
    previous_hash = UnicodeAttribute(null=True)
    rotated_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    ttl = NumberAttribute()
    generation = NumberAttribute(null=True)  # its account's when it was opened
    trace_key = BinaryAttribute(legacy_encoding=False)
    rpps = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    profession_code = UnicodeAttribute(null=True)  # TRE_G15, for the access matrix
    profession = UnicodeAttribute(null=True)  # its label, for traces
    organisation = UnicodeAttribute(null=True)
    organisation_id = UnicodeAttribute(null=True)  # of a publisher: the SIRET
    sealed_name = BinaryAttribute(null=True, legacy_encoding=False)


class AccountRow(StandingRow):
    """Somebody who logs in.

    A person (`pid`: her own record), a professional (`rpps`), who publishes applications for an
    establishment (`siret`), or an operator of the product.
    """

    TABLE: ClassVar[str] = "identity"

    role = UnicodeAttribute()
    created_at = UnicodeAttribute()
    pid = UnicodeAttribute(null=True)
    rpps = UnicodeAttribute(null=True)
    siret = UnicodeAttribute(null=True)
    contact_key = BinaryAttribute(legacy_encoding=False, null=True)
    trace_key = BinaryAttribute(legacy_encoding=False)


class ClientRow(StandingRow):
    """Software of an organisation: its public keys, and the organisation it deposits for."""

    TABLE: ClassVar[str] = "identity"

    name = UnicodeAttribute()
    organisation_id = UnicodeAttribute()
    jwks = UnicodeAttribute()
    trace_key = BinaryAttribute(legacy_encoding=False)


class FeedsRow(AuthenticatedRow):
    """The secret links by which calendars read a record's appointments: one row, few links.

    Each is `id`, `detail`, `created_at`, `last_read_at`, the hash of its secret (`proof`), and the
    secret under the record's key (`sealed`). To the gate, it is the session of a calendar, whom
    nothing names.
    """

    TABLE: ClassVar[str] = "record"
    name: ClassVar[str | None] = None
    profession: ClassVar[str | None] = None
    organisation: ClassVar[str | None] = None

    feeds = JSONAttribute()
    trace_key = BinaryAttribute(legacy_encoding=False)  # the space's: where its reads are traced


class NotedRow(Row):
    """Hours in which traces about a thing were kept apart, or the traces of one of these hours."""

    TABLE: ClassVar[str] = "record"

    noted = UnicodeSetAttribute()


class IdempotencyRow(Row):
    """That a request was done, and what it made; kept 24 hours."""

    TABLE: ClassVar[str] = "work"

    request_hash = UnicodeAttribute()
    reference = UnicodeAttribute()
    ttl = NumberAttribute()


class RateRow(Row):
    """How many times an actor did something in one hour or day, and with how many bytes."""

    TABLE: ClassVar[str] = "work"

    count_ = NumberAttribute(attr_name="count")
    bytes_ = NumberAttribute(attr_name="bytes", null=True)
    ttl = NumberAttribute()


def generation_of(row: StandingRow | SessionRow) -> int:
    """Return the generation that a row lets live, or that of a session; from 0."""
    return int(row.generation or 0)


def settings_key(pid: str) -> tuple[str, str]:
    """Return the key of a space's settings."""
    return patient_key(pid), "SETTINGS"


def grant_key(pid: str, rpps: str) -> tuple[str, str]:
    """Return the key of an authorisation."""
    return patient_key(pid), key("GRANT", "PRO", rpps)


def proxy_key(pid: str, uid: str) -> tuple[str, str]:
    """Return the key of the link between an account and a record."""
    return patient_key(pid), key("PROXY", uid)


def coverage_key(pid: str) -> tuple[str, str]:
    """Return the key of what insurance files a person is on."""
    return patient_key(pid), "COVERAGE"


def invitation_key(pid: str, invitation_id: str) -> tuple[str, str]:
    """Return the key of an invitation to represent the minor of a record."""
    return patient_key(pid), key("INVITE", invitation_id)


def session_key(sid: str) -> tuple[str, str]:
    """Return the key of a session: who reads the table does not learn the id a token needs."""
    return key("S", hashlib.sha256(sid.encode()).hexdigest()), "SESSION"


def account_key(uid: str) -> tuple[str, str]:
    """Return the key of an account."""
    return key("U", uid), "ACCOUNT"


def client_key(client_id: str) -> tuple[str, str]:
    """Return the key of an organisation's software."""
    return key("CLIENT", client_id), "CLIENT"


def feeds_key(pid: str) -> tuple[str, str]:
    """Return the key of a record's calendar links."""
    return patient_key(pid), "FEEDS"


def idempotency_key(idempotency: Idempotency) -> tuple[str, str]:
    """Return the key of the row that remembers a request."""
    return key("IDEM", idempotency.key), "IDEM"


def idempotency_row(idempotency: Idempotency, reference: str, now: datetime) -> IdempotencyRow:
    """Make the row that remembers what a request made."""
    pk, sk = idempotency_key(idempotency)
    return IdempotencyRow(
        pk=pk,
        sk=sk,
        kind="idempotency",
        request_hash=idempotency.request_hash,
        reference=reference,
        ttl=clock.epoch(now) + IDEMPOTENCY_SECONDS,
    )


def rate_key(what: str, who: str, period: str) -> tuple[str, str]:
    """Return the key of a count for an hour such as `2026-11-23T18`, or a day."""
    return key("RATE", what, who, period), "RATE"


def subject_of_record(pid: str) -> str:
    """Return the vault subject under which a record's payloads are sealed."""
    return f"P.{pid}"


def grant_of(row: GrantRow, settings: SettingsRow | None, *, given_by: str | None = None) -> Grant:
    """Read an authorisation from its row: one given for a minor ends with her minority."""
    majority = settings.represented_until if settings and row.given_by else None
    until = min(row.valid_until, majority or row.valid_until)
    return Grant(
        rpps=row.rpps,
        status=GrantStatus(row.status),
        given_at=clock.instant(row.given_at),
        valid_until=clock.instant(until),
        lapses_at_majority=until < row.valid_until,
        given_by=given_by,
        changed_at=clock.instant(row.changed_at),
        first_used_at=clock.instant(row.first_used_at) if row.first_used_at else None,
        version=row.version or 0,
    )


def represents(proxy: ProxyRow | None, settings: SettingsRow | None, now: datetime) -> bool:
    """Tell whether an account represents a record's minor at an instant; the end is exclusive."""
    until = settings.represented_until if settings else None
    is_proxy = proxy is not None and proxy.relation == Right.REPRESENTATIVE
    return is_proxy and until is not None and clock.iso(now) < until


def name_of(proxy: ProxyRow, pid: str) -> str:
    """Open the name of who represents the minor of a record.

    Raises:
        Tampered, KeyMissing, Unavailable: it does not open.
    """
    return open_name(bytes(proxy.sealed or b""), pid, proxy)


def giver_of(grant: GrantRow, pid: str) -> str:
    """Open the name of who gave an authorisation for a minor. Raises as `name_of`."""
    return open_name(bytes(grant.given_by or b""), pid, grant)


def seal_name(name: str | None, pid: str, settings: SettingsRow, row: Row) -> bytes:
    """Seal, for one row, the name of who represents the minor of a record, with its history.

    Raises:
        Unavailable: the key service does not answer.
    """
    return envelope.seal_row(
        {"name": name},
        subject=subject_of_trace(pid),
        kind=TRACE_KIND,
        data_key=bytes(settings.trace_key),
        pk=row.pk,
        sk=row.sk,
    )


def open_name(sealed: bytes, pid: str, row: Row) -> str:
    """Open what `seal_name` sealed for that row. Raises as `name_of`."""
    subject = subject_of_trace(pid)
    opened = envelope.open_row(sealed, subject=subject, kind=TRACE_KIND, pk=row.pk, sk=row.sk)
    return str(opened["name"])


def read_grants(
    items: list[Item], settings: SettingsRow | None, *, named_of: str | None = None
) -> list[Grant]:
    """Read authorisations; one that was forged or altered is left out, and told.

    With the id of the record as `named_of`, each has the name of the parent who gave it.
    """
    found = []
    for item in items:
        try:
            row = GrantRow.from_raw_data(item)
            name = giver_of(row, named_of) if named_of and row.given_by else None
            found.append(grant_of(row, settings, given_by=name))
        except Tampered as error:
            log.exception("grant row does not verify", error)
    return found


def new_grant_row(pid: str, rpps: str, *, now: datetime, until: datetime) -> GrantRow:
    """Make the row of a first authorisation."""
    pk, sk = grant_key(pid, rpps)
    return GrantRow(
        pk=pk,
        sk=sk,
        kind="grant",
        rpps=rpps,
        status=GrantStatus.ACTIVE,
        given_at=clock.iso(now),
        valid_until=clock.iso(until),
        changed_at=clock.iso(now),
        grantee_pk=key("PRO", rpps),
        grantee_sk=grantee_sk(until, pid),
    )


def grantee_sk(until: datetime, pid: str) -> str:
    """Return the place of an authorisation among its professional's: by when it ends."""
    return key("GRANT", clock.iso(until), pid)
