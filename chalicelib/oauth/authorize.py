"""An application sends the person here: what it asks is checked before she sees anything.

Nobody is sent to an address that was not registered (A29): without a known application and one of
its addresses, the person stays on a page of ours, which leads nowhere. Everything else that is
wrong is told to the application. What is right becomes a sealed request in the fragment of our
page's address, which no server is ever sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.access import applications
from chalicelib.access.applications import ApplicationRow
from chalicelib.access.permissions import Permission
from chalicelib.catalogue import terms
from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.addresses import is_same_redirect
from chalicelib.catalogue.model import Application, State
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.errors import Invalid, NotFound
from chalicelib.core.settings import settings
from chalicelib.oauth import rules, scopes, sealed
from chalicelib.oauth.model import Asked, PageProblem
from chalicelib.oauth.scopes import Scopes, UnknownScope

PAGE: Final = "/applications/demande"


@dataclass(frozen=True, slots=True)
class Described:
    """What the person is asked, before she is even known: public words only."""

    application: Application
    asked: list[Permission]
    decline_url: str
    ends: datetime


def base_url() -> str:
    """Return the address of the FHIR facade: what tokens of applications are for."""
    return f"{settings().public_base_url}/fhir/R4"


def begin(query: Mapping[str, str], now: datetime) -> str:
    """Check a request for consent; return where the browser goes next.

    Raises:
        Unavailable, StoreUnavailable: the host does not answer.
    """
    application_id, redirect_uri = query.get("client_id", ""), query.get("redirect_uri", "")
    row = find(application_id)
    problem = _why_nowhere(row, redirect_uri)
    if row is None or problem:
        log.write("consent not asked", reason=problem)
        return f"{PAGE}?probleme={problem or PageProblem.APPLICATION}"
    fault = rules.fault_of(query, base_url())
    asked = None if fault else _read(query.get("scope", ""), row)
    if asked is None:
        error, why = fault or ("invalid_scope", "a scope is unknown, or not registered")
        return _answer(redirect_uri, query, error=error, error_description=why)
    request = Asked(
        id=ids.new_secret_id(),
        application=application_id,
        redirect_uri=redirect_uri,
        state=query["state"],
        challenge=query["code_challenge"],
        scope=asked.given(asked.permissions),
        ends=clock.epoch(now + rules.REQUEST_LIFE),
        terms=terms.version_in_force(row.terms, asked.permissions),
    )
    return f"{PAGE}#{sealed.seal_request(request)}"


def describe(text: str, now: datetime) -> Described:
    """Say who asks for what, and where she goes who declines.

    Raises:
        Invalid: `consent-request-over`: not ours, ended, or of an application that was changed.
        Unavailable, StoreUnavailable: the host does not answer.
    """
    asked = opened(text)
    try:
        known = catalogue.read_application(asked.application)
    except NotFound as error:
        raise Invalid("consent-request-over") from error
    is_registered = may_return(asked.redirect_uri, known.draft.redirect_uris)
    if known.state is not State.ONLINE or not is_registered or sealed.has_ended(asked, now):
        raise Invalid("consent-request-over")
    lines = scopes.read(asked.scope).permissions
    if asked.terms != terms.version(terms.digests(terms.of(known.draft)), lines):
        raise Invalid("consent-request-over")
    return Described(
        application=known,
        asked=lines,
        decline_url=answer(asked, error="access_denied"),
        ends=datetime.fromtimestamp(asked.ends, now.tzinfo),
    )


def opened(text: str) -> Asked:
    """Return the request behind a text, even one that has ended.

    Raises:
        Invalid: `consent-request-over`: not one of ours.
    """
    asked = sealed.open_request(text)
    if asked is None:
        raise Invalid("consent-request-over")
    return asked


def find(application_id: str) -> ApplicationRow | None:
    """Read an application; a text that is no id reads nothing. Raises StoreUnavailable."""
    if not ids.is_id(application_id):
        return None
    return rows.get(ApplicationRow, *applications.application_key(application_id))


def may_return(redirect_uri: str, registered: Iterable[str]) -> bool:
    """Tell whether an application may be sent back to an address: one it registered (A29)."""
    return any(is_same_redirect(one, redirect_uri) for one in registered)


def answer(asked: Asked, **said: str) -> str:
    """Return where a browser brings an application the answer to its request."""
    return _answer(asked.redirect_uri, {"state": asked.state}, **said)


def _why_nowhere(row: ApplicationRow | None, redirect_uri: str) -> PageProblem | None:
    if row is None:
        return PageProblem.APPLICATION
    if row.status != applications.ONLINE:
        return PageProblem.SUSPENDED
    return None if may_return(redirect_uri, row.redirect_uris) else PageProblem.ADDRESS


def _read(text: str, row: ApplicationRow) -> Scopes | None:
    try:
        asked = scopes.read(text)
    except UnknownScope:
        return None
    return asked if set(asked.permissions) <= set(row.permissions) else None


def _answer(redirect_uri: str, query: Mapping[str, str], **said: str) -> str:
    """Return where the browser goes back to; the issuer is named against mix-ups (RFC 9207)."""
    state = {"state": query["state"][: rules.MAX_STATE]} if query.get("state") else {}
    return rules.answer_url(redirect_uri, said | state | {"iss": settings().public_base_url})
