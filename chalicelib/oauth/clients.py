"""Applications at the token endpoint: with keys, each signs; without, it is known by its proof key.

Every refusal that concerns who asks is the same `invalid_client`, as for software of organisations.
"""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.access import applications
from chalicelib.access.applications import ApplicationRow
from chalicelib.core import ids, log
from chalicelib.identity.clients import OAuthRefused, check_assertion_type, check_present, prove
from chalicelib.identity.jose import BadToken, claimed_issuer


def claimed_id(form: Mapping[str, str]) -> str:
    """Return which application says that it asks, which proves nothing.

    Raises:
        OAuthRefused: it does not say, or says two.
    """
    if "client_assertion" not in form:
        check_present(form, "client_id")
        claimed = form["client_id"]
    else:
        check_assertion_type(form)
        try:
            claimed = claimed_issuer(form["client_assertion"])
        except BadToken as refused:
            raise _refused(refused.reason) from refused
    if not ids.is_id(claimed) or form.get("client_id", claimed) != claimed:
        raise _refused("client")
    return claimed


def check(form: Mapping[str, str], application: ApplicationRow | None, now: datetime) -> None:
    """Check that an application may act, and is who it says: by its keys, if it has any.

    Raises:
        OAuthRefused: `invalid_client`, whatever is wrong.
        StoreUnavailable: no clear answer; sign another assertion.
    """
    assertion = form.get("client_assertion")
    if application is None or application.status != applications.ONLINE:
        raise _refused("client")
    if (application.jwks is None) != (assertion is None):
        raise _refused("keys")
    if assertion is None or application.jwks is None:
        return
    try:
        prove(assertion, application.pk.removeprefix("APP#"), application.jwks, now)
    except BadToken as refused:
        raise _refused(refused.reason) from refused


def _refused(reason: str) -> OAuthRefused:
    log.write("client refused", reason=reason)
    return OAuthRefused("invalid_client", status=401)
