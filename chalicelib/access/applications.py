"""Applications of the catalogue before the gate: who they are, and what a person let them do.

The row of an application is its session; its consent is in the person's own partition, under a
keyed hash of both: which applications somebody uses tells of her health (ADR 0025).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final, TypedDict

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from chalicelib.access.permissions import Permission
from chalicelib.access.store import (
    AuthenticatedRow,
    ProxyRow,
    SettingsRow,
    StandingRow,
    proxy_key,
    represents,
)
from chalicelib.core import clock, rows
from chalicelib.core.rows import Query, Row, key, patient_key
from chalicelib.vault import blind

ONLINE: Final = "online"
GIVEN: Final = "active"
WITHDRAWN: Final = "withdrawn"
# P: as long as the shortest consent (R-SVC-04 says that there is a deadline, and not which).
ANSWER_WITHIN: Final = timedelta(days=30)


class Said(TypedDict):
    """What is online of one line: the `digest` of what a person reads of it, and `since` when.

    Empty: it is asked for no more. `stood` are the instants since when former ones were online that
    stayed so for as long as one may answer: who had not agreed by then is asked no more.
    """

    digest: str
    since: str
    stood: list[str]


# Of each line that an application asks for, or once did.
Terms = Mapping[str, Said]


class ApplicationRow(StandingRow):
    """An application: its publisher, what it may ask for, where it may be sent back, its keys.

    `status` is its state in the catalogue: it acts while it is online. Without `jwks` it is a
    public client, known by its redirect addresses and by PKCE alone. `terms` are those it was last
    online with: what is under review is nobody's yet.
    """

    TABLE: ClassVar[str] = "identity"
    profession: ClassVar[str | None] = None

    name = UnicodeAttribute()
    organisation = UnicodeAttribute()
    permissions = JSONAttribute()
    terms = JSONAttribute()
    redirect_uris = JSONAttribute()
    jwks = UnicodeAttribute(null=True)
    trace_key = BinaryAttribute(legacy_encoding=False)


class ConsentRow(AuthenticatedRow):
    """What a person lets one application do; `permissions` are keyed hashes, unlinkable.

    So are `agreed`, each of a line with the terms that she read of it, at the instant `agreed_at`:
    under others, it is off.
    `generation` counts consents: tokens of an earlier one are dead. Of a minor's, `giver` is the
    account of who represents her and gave it, `given_by` her sealed name: it holds while she does.
    `sealed` has the id of the application and the words of those terms, for the person's list.
    """

    TABLE: ClassVar[str] = "record"

    status = UnicodeAttribute()
    permissions = JSONAttribute()
    agreed = JSONAttribute()
    agreed_at = UnicodeAttribute()
    given_at = UnicodeAttribute()
    valid_until = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    generation = NumberAttribute()
    giver = UnicodeAttribute(null=True)
    given_by = BinaryAttribute(null=True, legacy_encoding=False)
    sealed = BinaryAttribute(legacy_encoding=False)


class UseRow(Row):
    """How often an application did what one permission allows, and when last; decides nothing."""

    TABLE: ClassVar[str] = "record"

    count_ = NumberAttribute(attr_name="count")
    last_at = UnicodeAttribute()


def application_key(application_id: str) -> tuple[str, str]:
    """Return the key of an application."""
    return key("APP", application_id), "META"


def consent_ref(pid: str, application_id: str) -> str:
    """Return what names the consent of a person for an application, and tells neither."""
    return blind.blind("consent", f"{pid}|{application_id}")


def consent_key(pid: str, ref: str) -> tuple[str, str]:
    """Return the key of a consent."""
    return patient_key(pid), key("CONSENT", ref)


def consents_of(pid: str) -> Query:
    """Return the query of all the consents of a record."""
    return Query(ConsentRow, patient_key(pid), prefix="CONSENT#")


def uses_of(pid: str) -> Query:
    """Return the query of what applications did in a record, in counts."""
    return Query(UseRow, patient_key(pid), prefix="USE#")


def use_key(pid: str, ref: str, permission: Permission) -> tuple[str, str]:
    """Return the key of the counts of one permission of one consent."""
    return patient_key(pid), key("USE", ref, permission_token(pid, permission))


def permission_token(pid: str, permission: Permission) -> str:
    """Return the keyed hash of a permission in a record."""
    return blind.blind("permission", f"{pid}|{permission}")


def permission_tokens(pid: str, permissions: Iterable[Permission]) -> list[str]:
    """Return the keyed hashes of permissions, in an order that tells nothing."""
    return sorted(permission_token(pid, one) for one in permissions)


def permissions_of(row: ConsentRow, pid: str) -> frozenset[Permission]:
    """Return what a consent gives, live or not."""
    tokens = frozenset(row.permissions)
    return frozenset(one for one in Permission if permission_token(pid, one) in tokens)


def agreed_tokens(pid: str, permissions: Iterable[Permission], terms: Terms) -> list[str]:
    """Return the keyed hashes of lines with their terms, in an order that tells nothing.

    A line that is no longer asked for has none.
    """
    return sorted(_agreed_token(pid, one, terms) for one in permissions if _is_asked(one, terms))


def agreed_at(permissions: Iterable[Permission], terms: Terms, now: datetime) -> str:
    """Return when lines are agreed to: never before their terms, whatever clocks say."""
    return max(clock.iso(now), *(terms[one]["since"] for one in permissions if one in terms))


def acting(row: ConsentRow, pid: str, terms: Terms) -> frozenset[Permission]:
    """Return the lines of a consent, live or not, that are given under these very terms."""
    agreed = frozenset(row.agreed)
    return frozenset(
        one
        for one in permissions_of(row, pid)
        if _is_asked(one, terms) and _agreed_token(pid, one, terms) in agreed
    )


def waiting(row: ConsentRow, pid: str, terms: Terms, now: datetime) -> frozenset[Permission]:
    """Return the lines that are off until the person agrees to other terms, and may yet."""
    changed = _changed(row, pid, terms)
    return frozenset(one for one in changed if now < answer_by(row, one, terms))


def unanswered(row: ConsentRow, pid: str, terms: Terms, now: datetime) -> frozenset[Permission]:
    """Return the lines that went off for want of an answer to other terms (R-SVC-04)."""
    return _changed(row, pid, terms) - waiting(row, pid, terms, now)


def is_answered(row: ConsentRow, pid: str, terms: Terms, now: datetime) -> bool:
    """Tell whether, if lines went off for want of an answer, there is another that may act yet."""
    is_other = bool(acting(row, pid, terms) or waiting(row, pid, terms, now))
    return is_other or not unanswered(row, pid, terms, now)


def answer_by(row: ConsentRow, permission: Permission, terms: Terms) -> datetime:
    """Return until when a person may agree to other terms of a line; exclusive.

    Once that is past, it stays past: still other terms do not have her asked again.
    """
    said = terms[permission]
    return clock.instant(min(_missed(row, said), default=said["since"])) + ANSWER_WITHIN


def _changed(row: ConsentRow, pid: str, terms: Terms) -> frozenset[Permission]:
    given = permissions_of(row, pid) - acting(row, pid, terms)
    return frozenset(
        one for one in given if _is_asked(one, terms) or (one in terms and _missed(row, terms[one]))
    )


def _missed(row: ConsentRow, said: Said) -> list[str]:
    """Return since when there were terms that she did not agree to in time."""
    return [one for one in said["stood"] if row.agreed_at < one]


def _is_asked(permission: Permission, terms: Terms) -> bool:
    return permission in terms and terms[permission]["digest"] != ""


def _agreed_token(pid: str, permission: Permission, terms: Terms) -> str:
    version = terms[permission]
    said = f"{pid}|{permission}|{version['digest']}|{version['since']}"
    return blind.blind("agreed", said)


def ends_at(row: ConsentRow, settings: SettingsRow | None) -> str:
    """Return the instant at which a consent ends: one given for a minor, with her minority."""
    majority = settings.represented_until if settings and row.given_by else None
    return min(row.valid_until, majority or row.valid_until)


def link_of(row: ConsentRow | None, pid: str) -> ProxyRow | None:
    """Read the link of who gave a consent for a minor with her record, if somebody did.

    It is read on each call, after the consent that names her: nobody else's waits for it.

    Raises:
        StoreUnavailable: the store did not answer.
        Tampered: it is not as the product wrote it.
    """
    if row is None or not row.giver:
        return None
    return rows.get(ProxyRow, *proxy_key(pid, row.giver))


def is_live(
    row: ConsentRow | None,
    settings: SettingsRow | None,
    link: ProxyRow | None,
    now: datetime,
) -> bool:
    """Tell whether a consent holds at an instant; its end is exclusive.

    One given for a minor holds while who gave it represents her (`link`): A41, ADR 0025.
    """
    if row is None or row.status != GIVEN or clock.iso(now) >= ends_at(row, settings):
        return False
    return row.giver is None or represents(link, settings, now)


def count_use(pid: str, application_id: str, permission: Permission, now: datetime) -> None:
    """Count one call for the person to see; a repeated call counts again.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    where = use_key(pid, consent_ref(pid, application_id), permission)
    rows.count(UseRow, *where, kind="use", last_at=clock.iso(now))
