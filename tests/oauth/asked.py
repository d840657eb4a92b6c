"""A request for consent, and a consent, for tests that are about something else."""

from urllib.parse import urlencode

from chalicelib.access.permissions import Permission
from chalicelib.core import clock
from chalicelib.http.idempotency import Idempotency
from chalicelib.oauth import authorize, consents
from tests.builders import Patient
from tests.oauth.play import AUD, BACK, SCOPE, STATE, an_application, challenge


def query(application_id: str | None = None) -> str:
    """Return what an application of the catalogue asks with."""
    return urlencode(_query(application_id or an_application().id))


def request(application_id: str | None = None) -> str:
    """Return the sealed request of an application of the catalogue, as the browser is given it."""
    location = authorize.begin(_query(application_id or an_application().id), clock.now())
    return location.partition("#")[2]


def consented(
    person: Patient,
    *,
    application_id: str | None = None,
    idempotency: Idempotency | None = None,
) -> str:
    """Let an application read and write weights, and return what names the consent."""
    given = consents.give_consent(
        person.principal,
        person.pid,
        request(application_id),
        permissions=[Permission.WEIGHT_READ, Permission.WEIGHT_WRITE],
        months=6,
        idempotency=idempotency,
    )
    return given.consent.ref


def _query(application_id: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": application_id,
        "redirect_uri": BACK,
        "scope": SCOPE,
        "state": STATE,
        "aud": AUD,
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
    }
