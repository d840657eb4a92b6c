"""A person and an application that asks her."""

import pytest

from tests.builders import Patient, a_person
from tests.http_client import Client
from tests.oauth.play import KEY, Play, an_application


@pytest.fixture
def person(http: Client) -> Patient:
    del http
    return a_person()


@pytest.fixture
def play(http: Client, person: Patient) -> Play:
    return Play(http, an_application(), person)


@pytest.fixture
def signing(http: Client, person: Patient) -> Play:
    """Let the application have keys."""
    jwks = {"keys": [KEY.as_dict(private=False)]}
    return Play(http, an_application(jwks=jwks), person, keys=KEY)
