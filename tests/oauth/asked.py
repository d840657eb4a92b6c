"""A request for consent, and a consent, for tests that are about something else."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from chalicelib.access.permissions import Permission
from chalicelib.catalogue import terms
from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.model import OPERATOR
from chalicelib.core import clock
from chalicelib.http.idempotency import Idempotency
from chalicelib.oauth import authorize, consents
from tests.builders import Patient
from tests.catalogue.samples import DRAFT
from tests.oauth.play import ASKED, AUD, BACK, SCOPE, STATE, an_application, challenge

_PURPOSE: Final = "Autre chose."
GIVEN: Final = [Permission.WEIGHT_READ, Permission.WEIGHT_WRITE]


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
        permissions=GIVEN,
        months=6,
        idempotency=idempotency,
    )
    return given.consent.ref


def change(application_id: str) -> None:
    """Let an application be for something else, online at once."""
    draft = replace(catalogue.find(application_id).draft, purpose=_PURPOSE)
    catalogue.change(OPERATOR, application_id, draft)


def new_terms() -> str:
    """Name what is read of weights once an application of these tests is for something else."""
    draft = replace(DRAFT, data_asked=ASKED, purpose=_PURPOSE)
    return terms.version(terms.digests(terms.of(draft)), GIVEN)


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
