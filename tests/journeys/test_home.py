"""The first screen and the authorisations, as a person reads them."""

from datetime import date
from typing import Any

import pytest

from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.catalogue import usecases as catalogue
from chalicelib.catalogue.model import OPERATOR
from chalicelib.catalogue.model import State as CatalogueState
from tests.audit.histories import look
from tests.builders import Patient, a_doctor, a_draft, a_grant, a_pdf, a_person
from tests.http_client import Client, Reply
from tests.journeys.test_preferences import choose
from tests.oauth import asked, play
from tests.worlds import World


def test_an_empty_space_proposes_three_first_steps(http: Client) -> None:
    person = a_person()

    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal).json()

    assert home["documents"] == []
    assert home["first_steps"] == ["authorise_doctor", "add_document", "see_trace"]


def test_home_shows_the_last_documents_and_accesses(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    for n in range(6):
        http.post(
            f"/v1/patients/{person.pid}/documents",
            as_=person.principal,
            json=a_draft(a_pdf(), type_code="DOCPAT05", title=f"Résultat {n}"),
            headers={"Idempotency-Key": f"deposit-{n}"},
        )
    http.get(f"/v1/patients/{person.pid}/documents", as_=doctor.principal)

    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal).json()

    assert [one["title"] for one in home["documents"]] == [f"Résultat {n}" for n in (5, 4, 3, 2, 1)]
    assert home["accesses"][0]["actor"]["name"] == doctor.name
    assert home["active_authorisations"] == 1
    assert home["first_steps"] == []


def test_home_says_that_an_application_awaits_her_or_was_stopped(http: Client) -> None:
    person, changed, stopped = a_person(), play.an_application().id, play.an_application().id
    for one in (changed, stopped):
        asked.consented(person, application_id=one)
    asked.change(changed)
    catalogue.set_state(OPERATOR, stopped, CatalogueState.SUSPENDED, "Incident.")

    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal).json()

    assert home["applications"] == {"to_answer": 1, "stopped": 1}


def test_her_own_visits_do_not_push_the_doctor_out(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    look(doctor.principal, person.pid)
    for action in (Action.DOCUMENT_LIST, Action.TRACE_READ, Action.AUTHORISATION_LIST) * 40:
        with gate.enter(person.principal, action, person.pid):
            pass

    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal).json()

    assert [one["actor"]["name"] for one in home["accesses"]] == [doctor.name]


def test_home_shows_a_refused_stranger_and_never_the_reader(http: Client) -> None:
    person, stranger = a_person(), a_doctor()
    look(person.principal, person.pid)
    look(stranger.principal, person.pid)
    look(person.principal, person.pid)

    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal).json()

    assert [(one["actor"]["name"], one["outcome"]) for one in home["accesses"]] == [
        (stranger.name, "refused")
    ]


@pytest.mark.usefixtures("clock")
def test_what_is_to_do_comes_by_urgency_and_holds_nothing_that_was_answered(
    http: Client,
) -> None:
    """A season that ends in two months, before screenings of twenty years and what is late."""
    person = a_person(birth_date=date(1959, 6, 1))
    home = f"/v1/patients/{person.pid}/home"
    follow_up = f"/v1/patients/{person.pid}/prevention"
    to_do = http.get(home, as_=person.principal).json()["to_do"]
    assert "grippe" in to_do[0]["title"]
    assert len(to_do) == 3

    read = http.get(follow_up, as_=person.principal)
    http.put(
        f"{follow_up}/{to_do[0]['key']}",
        as_=person.principal,
        json={"state": "not_concerned"},
        headers={"If-Match": read.header("ETag")},
    )
    after = http.get(home, as_=person.principal).json()["to_do"]
    assert [one["state"] for one in after] == ["to_plan"] * 2 + ["late"]
    assert to_do[0]["key"] not in {one["key"] for one in after}


def test_a_deposit_that_was_wrong_is_in_the_history_and_not_on_home(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    refused = http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=doctor.principal,
        json=a_draft(a_pdf()) | {"sha256": "0" * 64},
        headers={"Idempotency-Key": "deposit-0"},
    )
    assert refused.status == 422, refused.body

    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal).json()
    history = http.get(f"/v1/patients/{person.pid}/trace?outcome=refused", as_=person.principal)

    assert home["accesses"] == []
    assert [one["actor"]["name"] for one in history.json()["items"]] == [doctor.name]


def test_home_is_the_persons_only(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)

    assert http.get(f"/v1/patients/{person.pid}/home", as_=doctor.principal).status == 404


def test_authorisations_show_the_public_name_and_place(http: Client) -> None:
    person, doctor = a_person(), a_doctor()
    path = f"/v1/patients/{person.pid}/authorisations"

    given = http.put(f"{path}/{doctor.id}", as_=person.principal, json={})
    renewed = http.put(f"{path}/{doctor.id}", as_=person.principal, json={})
    unknown = http.put(f"{path}/99900000000", as_=person.principal, json={})
    http.delete(f"{path}/{doctor.id}", as_=person.principal)
    (listed,) = http.get(path, as_=person.principal).json()["items"]

    assert (given.status, renewed.status, unknown.status) == (201, 200, 422)
    assert given.json()["name"] == doctor.name
    assert given.json()["place"] == "Cabinet Exemple, Paris"
    assert given.header("ETag") == '"v1"'
    assert listed["status"] == "withdrawn"


def _cards(http: Client, person: Patient, version: int, *hidden: str) -> Reply:
    return http.put(
        f"/v1/patients/{person.pid}/home/cards",
        as_=person.principal,
        json={"hidden": hidden},
        headers={"If-Match": f'"v{version}"'},
    )


def _home(http: Client, person: Patient) -> dict[str, Any]:
    home: dict[str, Any] = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal).json()
    return home


def test_a_card_put_away_stays_so_until_it_is_put_back(http: Client) -> None:
    person = a_person()
    assert _home(http, person)["cards"] == {"hidden": [], "version": 0}

    put_away = _cards(http, person, 0, "accesses", "documents", "documents")

    assert put_away.json() == {"hidden": ["documents", "accesses"], "version": 1}
    assert put_away.header("ETag") == '"v1"'
    assert _home(http, person)["cards"] == put_away.json()
    assert _cards(http, person, 1).json() == {"hidden": [], "version": 2}
    assert _home(http, person)["cards"] == {"hidden": [], "version": 2}


def test_cards_follow_the_version_of_the_preferences_and_change_nothing_else(
    http: Client, world: World
) -> None:
    chosen = choose(http, world, zone="Indian/Reunion", quiet_from="22:30").json()

    assert _cards(http, world.person, 0, "documents").status == 412
    assert _cards(http, world.person, 1, "documents").status == 200

    kept = http.get(
        f"/v1/patients/{world.person.pid}/preferences", as_=world.person.principal
    ).json()
    assert kept == chosen | {"version": 2}
    assert choose(http, world, 2, zone="Europe/Paris").status == 200
    assert _home(http, world.person)["cards"] == {"hidden": ["documents"], "version": 3}


def test_only_a_card_of_the_first_screen_can_be_put_away(http: Client) -> None:
    person = a_person()

    refused = _cards(http, person, 0, "documents", "everything")

    assert refused.status == 422
    assert refused.json()["errors"][0]["pointer"] == "/hidden/1"
    assert _home(http, person)["cards"] == {"hidden": [], "version": 0}
