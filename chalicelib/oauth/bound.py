"""What a code or a refresh token is bound to, read as it is now, and the devices it connects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.access import applications
from chalicelib.access.applications import ApplicationRow, ConsentRow, Terms
from chalicelib.access.store import ProxyRow, SettingsRow, settings_key
from chalicelib.core import clock, log, rows
from chalicelib.core.rows import Action, Row
from chalicelib.identity.clients import OAuthRefused
from chalicelib.oauth import clients, rules, sealed, store
from chalicelib.oauth.model import Renewal
from chalicelib.oauth.store import RenewalsRow

Family = dict[str, str]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a code or a refresh token is bound to, as it is now."""

    application_id: str
    pid: str
    ref: str
    application: ApplicationRow | None
    settings: SettingsRow | None
    consent: ConsentRow | None
    renewals: RenewalsRow | None
    giver_link: ProxyRow | None

    @property
    def families(self) -> list[Family]:
        """The devices connected by the consent."""
        return [dict(one) for one in self.renewals.families] if self.renewals else []

    @property
    def terms(self) -> Terms:
        """What people read of the application now."""
        return self.application.terms if self.application else {}

    def keep(self, families: list[Family]) -> Action:
        """Return what writes the devices connected by the consent."""
        return rows.put(store.renewals_row(self.pid, self.ref, families, self.renewals))


def brought(form: Mapping[str, str], text: str) -> tuple[str, Renewal | None]:
    """Return who asks, and what its refresh token says; None: it is not its own.

    Who says nothing of itself is whom the token names, and has no keys or is refused for it.

    Raises:
        OAuthRefused: `invalid_request`, `invalid_client`.
    """
    renewal = sealed.open_renewal(text)
    if renewal and "client_id" not in form and "client_assertion" not in form:
        return renewal.application, renewal
    application_id = clients.claimed_id(form)
    is_own = renewal is not None and renewal.application == application_id
    return application_id, renewal if is_own else None


def read(application_id: str, pid: str | None) -> Bound:
    """Read an application and, if it brings something of ours, what that is bound to.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    application = (ApplicationRow, *applications.application_key(application_id))
    if pid is None:
        row = rows.get(*application)
        return Bound(application_id, "", "", row, None, None, None, None)
    ref = applications.consent_ref(pid, application_id)
    found = rows.fetch(
        [
            application,
            (SettingsRow, *settings_key(pid)),
            (ConsentRow, *applications.consent_key(pid, ref)),
            (RenewalsRow, *store.renewals_key(pid, ref)),
        ]
    )
    application_row, settings, consent, renewals = _typed(found)
    link = applications.link_of(consent, pid)
    return Bound(application_id, pid, ref, application_row, settings, consent, renewals, link)


def _typed(
    found: list[Row | None],
) -> tuple[ApplicationRow | None, SettingsRow | None, ConsentRow | None, RenewalsRow | None]:
    application, settings, consent, renewals = found
    return (
        application if isinstance(application, ApplicationRow) else None,
        settings if isinstance(settings, SettingsRow) else None,
        consent if isinstance(consent, ConsentRow) else None,
        renewals if isinstance(renewals, RenewalsRow) else None,
    )


def live(bound: Bound, now: datetime) -> ConsentRow:
    """Return the consent, which holds.

    Raises:
        OAuthRefused: `invalid_grant`.
    """
    consent = bound.consent
    if consent is None or not store.is_connectable(consent, bound.settings, bound.giver_link, now):
        raise refused("consent")
    if not applications.is_answered(consent, bound.pid, bound.terms, now):
        raise refused("terms")
    return consent


def turned(families: list[Family], family_id: str, secret: str, now: datetime) -> list[Family]:
    """Return the devices with the new secret of one, last; of too many, the first ones go."""
    former = next((one["proof"] for one in families if one["id"] == family_id), "")
    latest = {
        "id": family_id,
        "proof": sealed.proof(secret),
        "former": former,
        "rotated_at": clock.iso(now),
    }
    others = [one for one in families if one["id"] != family_id]
    return [*others, latest][-rules.MAX_FAMILIES :]


def refused(reason: str) -> OAuthRefused:
    """Return `invalid_grant`; the reason goes to the logs only."""
    log.write("grant refused", reason=reason)
    return OAuthRefused("invalid_grant")
