"""The rows of consents, and of the devices that stay connected by them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final, Self

from pynamodb.attributes import JSONAttribute

from chalicelib.access import applications
from chalicelib.access import store as access_store
from chalicelib.access.applications import ApplicationRow, ConsentRow, UseRow
from chalicelib.access.model import Right
from chalicelib.access.permissions import Permission
from chalicelib.access.store import AuthenticatedRow, ProxyRow, SettingsRow
from chalicelib.access.unit import Unit
from chalicelib.core import clock, log, rows
from chalicelib.core.rows import Action, Item, key, patient_key
from chalicelib.oauth.model import About, Consent, Use
from chalicelib.vault.errors import Tampered

_UNKNOWN: Final = About("", "", "", "delisted")


class OwnConsentRow(ConsentRow):
    """A consent as the person reads it to change it: her word replaces an altered one."""

    is_altered = False

    @classmethod
    def from_raw_data(cls, data: Item) -> Self:
        """Read a row; of one that does not verify, keep only its place."""
        try:
            return super().from_raw_data(data)
        except Tampered as error:
            log.exception("consent row does not verify", error)
        row = cls(pk=data["pk"]["S"], sk=data["sk"]["S"])
        row.is_altered = True
        return row


class RenewalsRow(AuthenticatedRow):
    """The devices that stay connected by one consent; few, and gone when the consent ends.

    Each is `id`, the hash of its secret (`proof`), of the one before (`former`), and when it
    changed (`rotated_at`). Apart from the consent's own row, which changes only by the person.
    """

    TABLE: ClassVar[str] = "record"

    families = JSONAttribute()


def renewals_key(pid: str, ref: str) -> tuple[str, str]:
    """Return the key of the devices connected by a consent."""
    return patient_key(pid), key("REFRESH", ref)


def forget_renewals(pid: str, ref: str) -> Action:
    """Return what disconnects every device of a consent, whatever rivals do."""
    pk, sk = renewals_key(pid, ref)
    return rows.forget(RenewalsRow(pk=pk, sk=sk))


def renewals_row(
    pid: str, ref: str, families: Sequence[Mapping[str, str]], former: RenewalsRow | None
) -> RenewalsRow:
    """Make the row of the devices connected by a consent, after the one that was read."""
    pk, sk = renewals_key(pid, ref)
    row = RenewalsRow(pk=pk, sk=sk, kind="renewals", families=[dict(one) for one in families])
    return rows.at_version(row, former.version if former else None)


def new_consent(
    unit: Unit, application_id: str, permissions: Collection[Permission], until: datetime
) -> OwnConsentRow:
    """Make the row of a consent given now, before it follows a former one."""
    ref = applications.consent_ref(unit.pid, application_id)
    pk, sk = applications.consent_key(unit.pid, ref)
    row = OwnConsentRow(
        pk=pk,
        sk=sk,
        kind="consent",
        status=applications.GIVEN,
        permissions=applications.permission_tokens(unit.pid, permissions),
        given_at=clock.iso(unit.now),
        valid_until=clock.iso(until),
        changed_at=clock.iso(unit.now),
        generation=clock.epoch(unit.now),  # after any former one, even one that is gone
        sealed=unit.seal({"application": application_id}, pk, sk),
    )
    settings = unit.entry.settings
    if unit.right is Right.REPRESENTATIVE and settings is not None:
        row.giver = unit.entry.principal.id
        row.given_by = access_store.seal_name(unit.actor_name, unit.pid, settings, row)
    return row


def application_of(unit: Unit, row: ConsentRow) -> str:
    """Return the id of the application that a consent is about.

    Raises:
        Tampered, Unavailable: it does not open.
    """
    return str(unit.open(row.sealed, row.pk, row.sk)["application"])


def consents_of(unit: Unit, items: Sequence[Item], uses: Sequence[Item]) -> list[Consent]:
    """Read consents with what was done by them; one that was altered is left out, and told.

    Raises:
        Unavailable, StoreUnavailable: they cannot be read.
    """
    found: dict[str, ConsentRow] = {}
    for item in items:
        try:
            row = ConsentRow.from_raw_data(item)
            found[application_of(unit, row)] = row
        except Tampered as error:
            log.exception("consent row does not verify", error)
    known, links = abouts(found), _links_of(unit.pid, found.values())
    return [
        consent_of(unit, row, known[one], uses, link=links.get(row.giver))
        for one, row in found.items()
    ]


def consent_of(
    unit: Unit,
    row: ConsentRow,
    about: About,
    uses: Sequence[Item],
    *,
    link: ProxyRow | None,
    version: int | None = None,
) -> Consent:
    """Read a consent from its row, with its part of the uses; `version`, once it is written.

    `link` is that of who gave it for a minor, if somebody did.

    Raises:
        Tampered, Unavailable: the name of who gave it does not open.
    """
    ends_at = applications.ends_at(row, unit.entry.settings)
    represents = access_store.represents(link, unit.entry.settings, unit.now)
    is_left = row.giver is not None and not represents
    by = access_store.open_name(bytes(row.given_by), unit.pid, row) if row.given_by else None
    return Consent(
        ref=ref_of(row),
        application=about,
        permissions=_in_order(applications.permissions_of(row, unit.pid)),
        is_withdrawn=row.status == applications.WITHDRAWN
        or (is_left and ends_at > clock.iso(unit.now)),
        given_at=clock.instant(row.given_at),
        valid_until=clock.instant(ends_at),
        changed_at=clock.instant(row.changed_at),
        given_by=by,
        ends_at_majority=ends_at < row.valid_until,
        uses=_uses(unit.pid, ref_of(row), uses),
        version=version or row.version or 0,
    )


def ref_of(row: ConsentRow) -> str:
    """Return what names a consent: the end of its key."""
    return row.sk.removeprefix("CONSENT#")


def about(row: ApplicationRow) -> About:
    """Return the public words of an application."""
    application_id = row.pk.removeprefix("APP#")
    return About(application_id, row.name, row.organisation, row.status)


def abouts(application_ids: Collection[str]) -> dict[str, About]:
    """Return the public words of applications, by id; of one that is gone, nothing but that."""
    if not application_ids:
        return {}
    wanted = [(ApplicationRow, *applications.application_key(one)) for one in application_ids]
    found = zip(application_ids, rows.fetch(wanted), strict=True)
    return {one: about(row) if isinstance(row, ApplicationRow) else _UNKNOWN for one, row in found}


def _links_of(pid: str, found: Collection[ConsentRow]) -> dict[str | None, ProxyRow]:
    """Read, at once, the links of all who gave consents for a minor, by their accounts."""
    givers = sorted({row.giver for row in found if row.giver})
    if not givers:
        return {}
    read = rows.fetch([(ProxyRow, *access_store.proxy_key(pid, one)) for one in givers])
    links = zip(givers, read, strict=True)
    return {one: link for one, link in links if isinstance(link, ProxyRow)}


def is_connectable(
    row: ConsentRow | None,
    settings: SettingsRow | None,
    link: ProxyRow | None,
    now: datetime,
) -> bool:
    """Tell whether a device may be connected by a consent: it holds, in a space that is open."""
    is_open = settings is not None and settings.status == "open"
    return is_open and applications.is_live(row, settings, link, now)


def _in_order(permissions: Collection[Permission]) -> tuple[Permission, ...]:
    return tuple(one for one in Permission if one in permissions)


def _uses(pid: str, ref: str, items: Sequence[Item]) -> tuple[Use, ...]:
    """Return what was done by one consent; rows name it and its lines by keyed hashes only."""
    known = {row.sk: row for row in map(UseRow.from_raw_data, items)}
    found = [(one, known.get(applications.use_key(pid, ref, one)[1])) for one in Permission]
    return tuple(Use(one, int(row.count_), clock.instant(row.last_at)) for one, row in found if row)
