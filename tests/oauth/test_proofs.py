"""Applications prove who they are, or have no keys: A26, A27.

Assertions themselves are tried in `tests/identity/test_oauth.py`.
"""

import pytest
import time_machine
from joserfc.jwk import ECKey

from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.model import OPERATOR, State
from chalicelib.core import clock as wall
from chalicelib.identity import registration
from tests.http_client import Client
from tests.identity.software import EC, LAB, OTHER, RSA, assertion, claims_of, key_set
from tests.oauth.play import (
    ASSERTION_TYPE,
    KEY,
    Play,
    acting,
    an_application,
    may,
    refused,
)


def assertions(application_id: str) -> dict[str, str]:
    now = wall.epoch(wall.now())
    good = claims_of(application_id)
    return {
        "none": assertion(good, KEY, "none"),
        "HS256": assertion(good, KEY, "HS256"),
        "other key": assertion(good, OTHER),
        "other kid": assertion(good, KEY, kid="rsa-1"),
        "own jwk": assertion(good, KEY, jwk=KEY.as_dict(private=False)),
        "own jku": assertion(good, KEY, jku="https://evil.test/jwks"),
        "crit": assertion(good, KEY, crit=["exp"]),
        "audience": assertion(good | {"aud": "https://evil.test/oauth/token"}, KEY),
        "subject": assertion(good | {"sub": "0" * 26}, KEY),
        "ended": assertion(good | {"exp": now - 61}, KEY),
        "early": assertion(good | {"nbf": now + 61}, KEY),
        "future": assertion(good | {"iat": now + 61}, KEY),
        "long": assertion(good | {"exp": now + 361}, KEY),
        "text": "nonsense",
    }


@pytest.mark.parametrize("name", list(assertions("0" * 26)))
def test_assertions_that_prove_nothing_are_all_refused_alike_and_spend_no_code(
    signing: Play, clock: time_machine.Traveller, name: str
) -> None:
    del clock
    code = signing.code()
    signed = assertions(signing.application.id)[name]

    reply = signing.exchange(code, client_assertion=signed)

    assert (reply.status, reply.json()) == (401, {"error": "invalid_client"})
    assert signing.exchange(code).status == 200


def test_an_assertion_serves_once(signing: Play) -> None:
    signed = assertion(claims_of(signing.application.id), KEY)
    first = signing.connect()["refresh_token"]
    assert signing.renew(first, client_assertion=signed).status == 200

    assert refused(signing.renew(first, client_assertion=signed)) == (401, "invalid_client")


def test_an_application_with_keys_is_not_known_by_its_name(signing: Play) -> None:
    code = signing.code()
    unsigned = {"client_id": signing.application.id, "client_assertion": None}

    reply = signing.exchange(code, client_assertion_type=None, **unsigned)

    assert refused(reply) == (401, "invalid_client")


def test_an_application_without_keys_signs_nothing(play: Play) -> None:
    signed = assertion(claims_of(play.application.id), KEY)
    more = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}

    assert refused(play.exchange(play.code(), **more)) == (401, "invalid_client")


def test_an_application_signs_for_itself(signing: Play, http: Client) -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec-1"})
    other = an_application(jwks={"keys": [key.as_dict(private=False)]})
    code = signing.code()
    theirs = Play(http, other, signing.person, keys=key)

    assert refused(theirs.exchange(code)) == (400, "invalid_grant")
    named = theirs.exchange(code, client_id=signing.application.id)
    assert refused(named) == (401, "invalid_client")


def test_software_of_an_organisation_is_no_application(signing: Play) -> None:
    client_id = registration.register_client("Laboratoire Exemple", LAB, key_set(EC, RSA))
    signed = assertion(claims_of(client_id))

    reply = signing.exchange(signing.code(), client_assertion=signed)
    assert refused(reply) == (401, "invalid_client")
    form = {"grant_type": "client_credentials", "scope": "deposit"}
    assert refused(signing.token(form)) == (401, "invalid_client")  # type: ignore[arg-type]


def test_an_application_without_keys_need_not_say_who_it_is_to_renew(play: Play) -> None:
    held = play.connect()["refresh_token"]

    renewed = play.renew(held, client_id=None)

    assert renewed.status == 200
    assert play.renew(renewed.json()["refresh_token"], client_id="").status == 200


def test_an_application_with_keys_signs_to_renew(signing: Play) -> None:
    held = signing.connect()["refresh_token"]

    reply = signing.renew(held, client_assertion=None, client_assertion_type=None)

    assert refused(reply) == (401, "invalid_client")


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DELISTED])
def test_an_application_that_is_suspended_gets_nothing_and_does_nothing(
    play: Play, state: State
) -> None:
    got = play.connect()
    code = play.code()
    catalogue.set_state(OPERATOR, play.application.id, state, "Incident signalé.")

    assert refused(play.renew(got["refresh_token"])) == (401, "invalid_client")
    assert refused(play.exchange(code)) == (401, "invalid_client")
    assert not may(acting(got["access_token"]), play.person.pid)
