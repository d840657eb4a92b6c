"""The public directory: searched by name or number, by people with a session only."""

from typing import Any

import pytest

from chalicelib.http.principal import ActorKind, Principal
from tests import builders
from tests.builders import Actor, Patient
from tests.http_client import Client
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def person(world: World) -> Patient:
    return world.person


@pytest.fixture
def doctor(world: World) -> Actor:
    return world.colleague


@pytest.fixture
def laboratory(world: World) -> Actor:
    return world.laboratory


def test_directory_finds_a_family_name_whatever_its_spelling(http: Client, person: Patient) -> None:
    found = builders.a_doctor(family_name="DE L'ÉPÉE-MODÈLE")
    builders.a_doctor(family_name="DE L'ÉPÉE")

    reply = http.post(
        "/v1/professionals/search",
        as_=person.principal,
        json={"family_name": "de l epee modele", "given_name": "Cl", "city": "PARIS"},
    )

    assert reply.json() == {
        "items": [
            {
                "rpps": found.id,
                "name": "Dr Claire DE L'ÉPÉE-MODÈLE",
                "profession": {"code": "10", "label": "Médecin"},
                "place": "Cabinet Exemple, Paris",
            }
        ]
    }


@pytest.mark.parametrize("name", ["Martin", "exemple", "EXEMPLE MARTIN", "Exemple-Martin"])
def test_directory_finds_each_part_of_a_compound_name(
    http: Client, person: Patient, name: str
) -> None:
    found = builders.a_doctor(family_name="EXEMPLE-MARTIN")

    reply = http.post(
        "/v1/professionals/search",
        as_=person.principal,
        json={"family_name": name, "given_name": "Claire"},
    )

    assert found.id in [item["rpps"] for item in reply.json()["items"]]


@pytest.mark.parametrize(
    "body",
    [
        {"family_name": "EXEMPL"},
        {"family_name": "DE"},
        {"family_name": "EXEMPLE", "given_name": "Marc"},
        {"family_name": "EXEMPLE", "city": "Lyon"},
        {"family_name": "例え"},
        {"rpps": "99700245667"},
    ],
)
def test_directory_finds_nobody_else(
    http: Client, person: Patient, doctor: Actor, body: dict[str, str]
) -> None:
    del doctor
    reply = http.post("/v1/professionals/search", as_=person.principal, json=body)

    assert (reply.status, reply.json()) == (200, {"items": []})


@pytest.mark.slow
def test_directory_finds_a_number_and_at_most_twenty_names(
    http: Client, person: Patient, doctor: Actor
) -> None:
    for _ in range(25):
        builders.a_doctor()

    one = http.post("/v1/professionals/search", as_=doctor.principal, json={"rpps": doctor.id})
    many = http.post(
        "/v1/professionals/search", as_=person.principal, json={"family_name": "Exemple"}
    )

    assert [item["rpps"] for item in one.json()["items"]] == [doctor.id]
    assert len(many.json()["items"]) == 20


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"family_name": "A", "rpps": "99700218896"}, ""),
        ({"rpps": "99700218897"}, "/rpps"),
        ({"rpps": "９9700218896"}, "/rpps"),
        ({"family_name": ""}, "/family_name"),
        ({"family_name": "A", "limit": 1000}, "/limit"),
    ],
)
def test_search_that_makes_no_sense_is_refused(
    http: Client, person: Patient, body: dict[str, Any], pointer: str
) -> None:
    reply = http.post("/v1/professionals/search", as_=person.principal, json=body)

    assert reply.status == 422
    assert reply.json()["errors"][0]["pointer"] == pointer


def test_directory_is_closed_to_software_and_to_ended_sessions(
    http: Client, person: Patient, laboratory: Actor
) -> None:
    body = {"family_name": "Exemple"}
    ended = Principal(ActorKind.PERSON, person.id, "0" * 26, person.principal.expires_at)

    assert http.post("/v1/professionals/search", as_=laboratory.principal, json=body).status == 403
    assert http.post("/v1/professionals/search", as_=ended, json=body).status == 401
    assert http.post("/v1/professionals/search", json=body).status == 401
