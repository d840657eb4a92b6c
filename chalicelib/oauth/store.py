"""The rows of consents, and of the devices that stay connected by them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
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
from chalicelib.catalogue import store as catalogue
from chalicelib.catalogue import terms
from chalicelib.catalogue.terms import Terms
from chalicelib.core import clock, log, rows
from chalicelib.core.rows import Action, Item, key, patient_key
from chalicelib.oauth.model import About, Consent, NewTerms, Use
from chalicelib.vault.errors import Tampered

_STOPPED: Final = ("suspended", "delisted")
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
    unit: Unit,
    about: About,
    words: Terms,
    permissions: Collection[Permission],
    until: datetime,
) -> OwnConsentRow:
    """Make the row of a consent given now, before it follows a former one.

    `words` are what she read of the terms in force.
    """
    ref = applications.consent_ref(unit.pid, about.id)
    pk, sk = applications.consent_key(unit.pid, ref)
    row = OwnConsentRow(
        pk=pk,
        sk=sk,
        kind="consent",
        status=applications.GIVEN,
        permissions=applications.permission_tokens(unit.pid, permissions),
        agreed=applications.agreed_tokens(unit.pid, permissions, about.terms),
        agreed_at=applications.agreed_at(permissions, about.terms, unit.now),
        given_at=clock.iso(unit.now),
        valid_until=clock.iso(until),
        changed_at=clock.iso(unit.now),
        generation=clock.epoch(unit.now),  # after any former one, even one that is gone
        sealed=sealed_terms(unit, about.id, words, (pk, sk)),
    )
    settings = unit.entry.settings
    if unit.right is Right.REPRESENTATIVE and settings is not None:
        row.giver = unit.entry.principal.id
        row.given_by = access_store.seal_name(unit.actor_name, unit.pid, settings, row)
    return row


def sealed_terms(unit: Unit, application_id: str, words: Terms, at: tuple[str, str]) -> bytes:
    """Seal which application a consent is about, and what she read of it.

    Raises:
        Unavailable: the key service does not answer.
    """
    return unit.seal({"application": application_id, "terms": asdict(words)}, *at)


def application_of(unit: Unit, row: ConsentRow) -> str:
    """Return the id of the application that a consent is about.

    Raises:
        Tampered, Unavailable: it does not open.
    """
    return str(unit.open(row.sealed, row.pk, row.sk)["application"])


def agreed_terms(unit: Unit, row: ConsentRow) -> Terms:
    """Return what she read when she agreed; raises as `application_of`."""
    said = dict(unit.open(row.sealed, row.pk, row.sk)["terms"])
    reasons = {Permission(one): why for one, why in said.pop("reasons").items()}
    return Terms(**said, reasons=reasons)


def consents_of(unit: Unit, items: Sequence[Item], uses: Sequence[Item]) -> list[Consent]:
    """Read consents with what was done by them; one that was altered is left out, and told.

    Raises:
        Unavailable, StoreUnavailable: they cannot be read.
    """
    found = _by_application(unit, items)
    known, links = asking(unit, found), _links_of(unit.pid, found.values())
    return [
        consent_of(unit, row, known[one], uses, link=links.get(row.giver))
        for one, row in found.items()
    ]


def to_see(unit: Unit, items: Sequence[Item]) -> tuple[int, int]:
    """Count consents that hold: those that ask for an answer to new terms, and those stopped.

    Stopped is what is suspended or delisted: what is under review asks nothing of her.

    Raises:
        Unavailable, StoreUnavailable: as `consents_of`.
    """
    found, entry = _by_application(unit, items), unit.entry
    known, links = abouts(found), _links_of(unit.pid, found.values())
    live = [
        (row, known[one])
        for one, row in found.items()
        if applications.is_live(row, entry.settings, links.get(row.giver), unit.now)
        and applications.is_answered(row, unit.pid, known[one].terms, unit.now)
    ]
    waiting = sum(_waits(unit, row, about) for row, about in live)
    return waiting, sum(about.state in _STOPPED for _, about in live)


def _by_application(unit: Unit, items: Sequence[Item]) -> dict[str, ConsentRow]:
    """Read consents by their applications; one that was altered is left out, and told."""
    found: dict[str, ConsentRow] = {}
    for item in items:
        try:
            row = ConsentRow.from_raw_data(item)
            found[application_of(unit, row)] = row
        except Tampered as error:
            log.exception("consent row does not verify", error)
    return found


def _waits(unit: Unit, row: ConsentRow, about: About) -> bool:
    """Tell whether she is asked to agree to what an application says now; not while it is away."""
    if row.status != applications.GIVEN or about.state != applications.ONLINE:
        return False
    return bool(applications.waiting(row, unit.pid, about.terms, unit.now))


def asking(unit: Unit, found: Mapping[str, ConsentRow]) -> dict[str, About]:
    """Return applications by id, with what those say now that she is asked to agree anew.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    known = abouts(found)
    waiting = [one for one, row in found.items() if _waits(unit, row, known[one])]
    for card in catalogue.read_some(waiting):
        known[card.id] = replace(known[card.id], words=terms.of(card.draft))
    return known


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
        Tampered, Unavailable: the name of who gave it, or what she agreed to, does not open.
    """
    ends_at = applications.ends_at(row, unit.entry.settings)
    given = applications.permissions_of(row, unit.pid)
    off = applications.unanswered(row, unit.pid, about.terms, unit.now)
    if not applications.is_answered(row, unit.pid, about.terms, unit.now):
        last = max(applications.answer_by(row, one, about.terms) for one in off)
        ends_at = min(ends_at, clock.iso(last))
    represents = access_store.represents(link, unit.entry.settings, unit.now)
    is_left = row.giver is not None and not represents
    by = access_store.open_name(bytes(row.given_by), unit.pid, row) if row.given_by else None
    return Consent(
        ref=ref_of(row),
        application=about,
        permissions=_in_order(given - off),
        unanswered=_in_order(off),
        new_terms=_new_terms(unit, row, about, about.words) if about.words else None,
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


def _new_terms(unit: Unit, row: ConsentRow, about: About, words: Terms) -> NewTerms:
    lines = applications.waiting(row, unit.pid, about.terms, unit.now)
    return NewTerms(
        former=agreed_terms(unit, row),
        now=words,
        lines=_in_order(lines),
        version=terms.version(terms.digests(words), lines),
        answer_by=min(applications.answer_by(row, one, about.terms) for one in lines),
    )


def names_of(unit: Unit, refs: Collection[str]) -> dict[str, str]:
    """Return the names of the applications of consents, by what names these; not of one altered.

    Raises:
        Unavailable, StoreUnavailable: they cannot be read.
    """
    if not refs:
        return {}
    wanted = [(ConsentRow, *applications.consent_key(unit.pid, one)) for one in refs]
    found = _by_application(unit, [item for item in rows.fetch_raw(wanted) if item])
    known = abouts(found)
    return {ref_of(row): known[one].name for one, row in found.items() if known[one].name}


def ref_of(row: ConsentRow) -> str:
    """Return what names a consent: the end of its key."""
    return row.sk.removeprefix("CONSENT#")


def about(row: ApplicationRow) -> About:
    """Return the public words of an application."""
    application_id = row.pk.removeprefix("APP#")
    return About(application_id, row.name, row.organisation, row.status, row.terms)


def abouts(application_ids: Collection[str]) -> dict[str, About]:
    """Return the public words of applications, by id; of one that is gone, nothing but that.

    So it is of one that was altered, which acts no more: it hides no other, and is told.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    if not application_ids:
        return {}
    wanted = [(ApplicationRow, *applications.application_key(one)) for one in application_ids]
    found = zip(application_ids, rows.fetch_raw(wanted), strict=True)
    return {one: _about_raw(item) for one, item in found}


def _about_raw(item: Item | None) -> About:
    try:
        return about(ApplicationRow.from_raw_data(item)) if item else _UNKNOWN
    except Tampered as error:
        log.exception("application row does not verify", error)
        return _UNKNOWN


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
