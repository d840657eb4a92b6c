"""Logging out, here and at the identity provider (OpenID Connect RP-Initiated Logout 1.0).

Without the second, whoever opens the same browser next is logged in again without being asked.
Our own session ends first, whatever the provider does after.
"""

import json
from datetime import datetime, timedelta
from typing import Final

from chalicelib.access.store import SessionRow
from chalicelib.core import clock
from chalicelib.identity import oidc, sessions
from chalicelib.identity.model import LoginRefused, Provider
from chalicelib.identity.store import ProviderSessionRow
from chalicelib.vault import blind

_BACK_WITHIN: Final = timedelta(minutes=10)
_LONGEST_HINT: Final = 4_000  # it goes into an address; those of the providers have about 1,000
ENDED_PAGE: Final = "/connexion?etat=fin"
LOGIN_PAGE: Final = "/connexion"


def provider_session(
    session: SessionRow, provider: Provider, id_token: str
) -> ProviderSessionRow | None:
    """Make the row, sealed, of what ends a session at its provider; None if it cannot.

    Raises:
        KeyMissing, Unavailable: the product's secret cannot be read.
    """
    if len(id_token) > _LONGEST_HINT:
        return None
    text = json.dumps([provider.value, id_token]).encode()
    return ProviderSessionRow(
        pk=session.pk,
        sk=ProviderSessionRow.SORT,
        kind="provider_session",
        sealed=blind.seal_token("provider-session", text, session.pk.encode()),
        ttl=session.ttl,
    )


def end(cookie: str, now: datetime) -> str | None:
    """End a session at once, and return where the browser ends that of the provider, if it can.

    Raises:
        Unavailable, StoreUnavailable: the host does not answer; the session may live.
    """
    row = sessions.end(cookie)
    if row is None:
        return None
    try:
        text = blind.open_token("provider-session", row.sealed, row.pk.encode())
    except ValueError:
        return None  # altered: nothing to send anywhere
    slug, id_token = json.loads(text)
    ends = str(clock.epoch(now + _BACK_WITHIN)).encode()
    try:
        return oidc.end_session_url(Provider(slug), id_token, blind.seal_token("logout", ends, b""))
    except LoginRefused:
        return None  # the provider does not answer; logged, and our own session has ended


def page_after(state: str | None, now: datetime) -> str:
    """Return the screen for who comes back from a provider: the end, if a logout was under way.

    Raises:
        KeyMissing, Unavailable: the product's secret cannot be read.
    """
    try:
        ends = int(blind.open_token("logout", state or "", b""))
    except ValueError:
        return LOGIN_PAGE
    return ENDED_PAGE if clock.epoch(now) < ends else LOGIN_PAGE
