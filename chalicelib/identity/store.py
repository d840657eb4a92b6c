"""The rows of identity: accounts, persons, professionals, and what makes each of them unique.

A value that must be unique is a key (`INS#…`, `LOGIN#…`, `HOLDER`), never an index. National
numbers and traits are in keys only as keyed hashes; names of persons only sealed. Names of
professionals are public directory data.
"""

import time
from collections.abc import Sequence
from typing import ClassVar, Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from chalicelib.access.store import AuthenticatedRow, InvitationRow, KeyedRow, ProxyRow
from chalicelib.core import ids, rows
from chalicelib.core.rows import (
    ConditionLost,
    Query,
    Row,
    StoreUnavailable,
    TransactionConflict,
    VersionedRow,
    key,
    patient_key,
)

_ATTEMPTS: Final = 5
_JITTER_SECONDS: Final = 0.08


class SigningKeyRow(AuthenticatedRow):
    """The key that signs one day's access tokens: public part in clear, private part wrapped."""

    TABLE: ClassVar[str] = "identity"

    public_jwk = UnicodeAttribute()
    wrapped = BinaryAttribute(legacy_encoding=False)
    ttl = NumberAttribute()


class LoginRow(AuthenticatedRow):
    """The account behind one identity of one provider; unique by its key."""

    TABLE: ClassVar[str] = "identity"

    uid = UnicodeAttribute()


class EnrolmentRow(AuthenticatedRow):
    """Somebody whom the operator lets in as one of its own, by her subject or e-mail address.

    That is in the key as a keyed hash, and sealed, to be listed. It leads to one account, once.
    """

    TABLE: ClassVar[str] = "identity"

    uid = UnicodeAttribute()
    sealed = UnicodeAttribute()
    enrolled_at = UnicodeAttribute()
    is_used = BooleanAttribute(null=True)


class ProviderSessionRow(Row):
    """What ends a session at its identity provider, sealed, beside the session's own row."""

    TABLE: ClassVar[str] = "identity"
    SORT: ClassVar[str] = "PROVIDER"

    sealed = UnicodeAttribute()
    ttl = NumberAttribute()


class ContactRow(VersionedRow):
    """One address of an account, sealed under the account's own key."""

    TABLE: ClassVar[str] = "identity"

    verified_at = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class PersonRow(VersionedRow):
    """A person's civil identity and national number, sealed under her record's key."""

    TABLE: ClassVar[str] = "identity"

    sealed = BinaryAttribute(legacy_encoding=False)


class InsRow(AuthenticatedRow):
    """The record of one national number, and a keyed hash of the traits that must go with it."""

    TABLE: ClassVar[str] = "identity"

    pid = UnicodeAttribute()
    traits = UnicodeAttribute()


class TraitsRow(AuthenticatedRow):
    """One record whose traits have this keyed hash; twins of civil status share a partition."""

    TABLE: ClassVar[str] = "identity"

    pid = UnicodeAttribute()


class HolderRow(AuthenticatedRow):
    """The one account that holds a record as `self`, and is told of what happens in it."""

    TABLE: ClassVar[str] = "identity"

    uid = UnicodeAttribute()


class ChildRow(VersionedRow):
    """A child on a person's insurance file, or whom she was invited to represent; decides nothing.

    Names and birth date are sealed under the person's own record.
    """

    TABLE: ClassVar[str] = "identity"

    sealed = BinaryAttribute(legacy_encoding=False)
    is_managed = BooleanAttribute(null=True)
    invitation = UnicodeAttribute(null=True)  # by which she came here, on no file of this person
    ttl = NumberAttribute(null=True)


class NamedRow(KeyedRow):
    """A person with an account, by the keyed hash of names and birth date alone (R-MIN-02)."""

    TABLE: ClassVar[str] = "identity"


class ReceivedRow(KeyedRow):
    """An invitation to represent a minor, as the person invited sees it; the minor's own decides.

    Who invites and the given name of the minor are sealed under the key of the minor's history:
    sealing costs the same whether there is such a person or not (A36).
    """

    TABLE: ClassVar[str] = "identity"

    child = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)
    ttl = NumberAttribute()


class ProfessionalRow(KeyedRow):
    """A professional as the public directory describes her; replaced by each extract.

    A person gives her key to the name and profession she reads here: they carry a keyed hash.
    """

    TABLE: ClassVar[str] = "identity"

    status = UnicodeAttribute()
    civility = UnicodeAttribute(null=True)
    family_name = UnicodeAttribute()
    given_name = UnicodeAttribute()
    profession_code = UnicodeAttribute()
    profession = UnicodeAttribute()
    activities = JSONAttribute()
    load_id = UnicodeAttribute()


class DirectoryRow(Row):
    """A pointer from a family name to a professional; `cities` are folded, to filter by.

    It proves nothing: what is found is compared with what was searched.
    """

    TABLE: ClassVar[str] = "identity"

    rpps = UnicodeAttribute()
    cities = JSONAttribute()


class ClientKeyRow(Row):
    """The software that registered a public key: one key is never two organisations'."""

    TABLE: ClassVar[str] = "identity"

    client_id = UnicodeAttribute()


class ClientOfRow(Row):
    """A pointer from an organisation to software of its own; its key says both."""

    TABLE: ClassVar[str] = "identity"


class UsedRow(Row):
    """A value that serves once (a login's state, an assertion's `jti`)."""

    TABLE: ClassVar[str] = "work"

    ttl = NumberAttribute()


def signing_key(day: str) -> tuple[str, str]:
    """Return the key of the signing key of a day."""
    return key("SIGN", day), "SIGN"


def contact_key(uid: str) -> tuple[str, str]:
    """Return the key of an account's e-mail address."""
    return key("U", uid), "CONTACT#email"


def contact_wish(uid: str) -> tuple[type[ContactRow], str, str]:
    """Return what to name on entering the gate, to know whether an account has an address."""
    return (ContactRow, *contact_key(uid))


def login_key(mac: str) -> tuple[str, str]:
    """Return the key of an identity at a provider, from its keyed hash."""
    return key("LOGIN", mac), "LOGIN"


def enrolment_key(mac: str) -> tuple[str, str]:
    """Return the key of an enrolment, from the keyed hash of whom it lets in."""
    return "STAFF", mac


def enrolments() -> Query:
    """Return the query of all enrolments: those who work for the operator are few."""
    return Query(EnrolmentRow, "STAFF")


def person_key(pid: str) -> tuple[str, str]:
    """Return the key of a person's civil identity."""
    return patient_key(pid), "PERSON"


def holder_key(pid: str) -> tuple[str, str]:
    """Return the key of a record's holder."""
    return patient_key(pid), "HOLDER"


def child_key(pid: str, child: str) -> tuple[str, str]:
    """Return the key of a child on a person's insurance file; both are records."""
    return patient_key(pid), key("CHILD", child)


def children_of(pid: str) -> Query:
    """Return the query of the children on a person's insurance file."""
    return Query(ChildRow, patient_key(pid), prefix="CHILD#")


def proxies_of(pid: str) -> Query:
    """Return the query of the accounts linked with a record."""
    return Query(ProxyRow, patient_key(pid), prefix="PROXY#")


def invitations_of(pid: str) -> Query:
    """Return the query of the invitations to represent the minor of a record."""
    return Query(InvitationRow, patient_key(pid), prefix="INVITE#")


def received_key(pid: str, invitation_id: str) -> tuple[str, str]:
    """Return the key of an invitation in the record of who is invited."""
    return patient_key(pid), key("RECEIVED", invitation_id)


def received_by(pid: str) -> Query:
    """Return the query of the invitations that a person received."""
    return Query(ReceivedRow, patient_key(pid), prefix="RECEIVED#")


def named_key(mac: str, pid: str) -> tuple[str, str]:
    """Return the key of a record among those of the same names and birth date."""
    return key("NAMED", mac), patient_key(pid)


def ins_key(mac: str) -> tuple[str, str]:
    """Return the key of a national number, from its keyed hash."""
    return key("INS", mac), "INS"


def traits_key(mac: str, pid: str) -> tuple[str, str]:
    """Return the key of a record among those with the same traits."""
    return key("TRAITS", mac), patient_key(pid)


def professional_key(rpps: str) -> tuple[str, str]:
    """Return the key of a professional in the directory."""
    return key("PRO", rpps), "PRO"


def directory_key(family: str, given: str, rpps: str) -> tuple[str, str]:
    """Return the key of a pointer from folded names."""
    return key("DIR", family), key(given or "-", rpps)


def client_key_key(thumbprint: str) -> tuple[str, str]:
    """Return the key of a registered public key, from its RFC 7638 thumbprint."""
    return key("CLIENTKEY", thumbprint), "CLIENTKEY"


def client_of_key(finess: str, client_id: str) -> tuple[str, str]:
    """Return the key of a pointer from an organisation to its software."""
    return key("ORG", finess), key("CLIENT", client_id)


def clients_of(finess: str) -> Query:
    """Return the query of the pointers from an organisation to its software."""
    return Query(ClientOfRow, key("ORG", finess), prefix="CLIENT#")


def used_key(*parts: str) -> tuple[str, str]:
    """Return the key of a value that serves once."""
    return key("USED", *parts), "USED"


def write_all(new: Sequence[Row]) -> None:
    """Write rows that must all be new or at the version read, or none; wait for busy rivals.

    Raises:
        ConditionLost: one of them was there first; nothing was written.
        StoreUnavailable: no clear answer, or rivals that never end.
    """
    for _ in range(_ATTEMPTS):
        try:
            rows.write([rows.put(row) for row in new])
        except TransactionConflict:
            time.sleep(ids.jitter(_JITTER_SECONDS))
            continue
        return
    raise StoreUnavailable("busy")


def use_once(ttl: int, *parts: str) -> bool:
    """Mark a value as used; False if it already was. It may be forgotten after `ttl`.

    Raises:
        StoreUnavailable: no clear answer; the value may be spent.
    """
    pk, sk = used_key(*parts)
    try:
        write_all([UsedRow(pk=pk, sk=sk, kind="used", ttl=ttl)])
    except ConditionLost:
        return False
    return True
