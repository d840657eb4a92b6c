"""The notice centre: what happened is there once, in French, until it is deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from chalicelib.core import events, ids
from chalicelib.core.events import EventType
from chalicelib.core.outbox import event_of
from chalicelib.notifications import inbox
from tests import double
from tests.builders import Patient, a_minor, a_person, represent
from tests.faults.stories import waiting
from tests.http_client import Client, Reply
from tests.journeys.test_preferences import choose
from tests.oauth import asked
from tests.recorder import Recorder
from tests.worlds import World


def announce(world: World, kind: EventType, reference: str) -> str:
    """Let an event reach the centre, as the worker of notices does; return its id."""
    event = events.new_event(kind, world.person.pid, reference)
    inbox.keep(event)
    return event.id


def listed(http: Client, world: World, query: str = "") -> Reply:
    return http.get(f"/v1/patients/{world.person.pid}/notices{query}", as_=world.person.principal)


def put(http: Client, world: World, path: str, body: dict[str, object]) -> Reply:
    target = f"/v1/patients/{world.person.pid}/notices{path}"
    return http.put(target, as_=world.person.principal, json=body)


def test_an_empty_centre_says_nothing_happened(http: Client, world: World) -> None:
    assert listed(http, world).json() == {
        "items": [],
        "unread": 0,
        "unread_messages": 0,
        "next": None,
    }


def test_a_new_document_is_told_by_its_title_and_leads_to_it(http: Client, world: World) -> None:
    announce(world, EventType.DOCUMENT_ADDED, world.document)

    (item,) = listed(http, world).json()["items"]

    assert item["text"] == "Nouveau document\u00a0: «\u00a0Compte rendu\u00a0»"
    assert item["target"] == {"kind": "document", "id": world.document}
    assert item["is_read"] is False


def test_a_notice_is_shown_in_the_zone_she_chose(http: Client, world: World) -> None:
    announce(world, EventType.DOCUMENT_ADDED, world.document)
    by_default = listed(http, world).json()["items"][0]["zone_shown"]

    assert choose(http, world, zone="Indian/Reunion").status == 200

    assert by_default == "Europe/Paris"
    assert listed(http, world).json()["items"][0]["zone_shown"] == "Indian/Reunion"


def test_a_document_that_is_gone_leaves_a_notice_without_its_title(
    http: Client, world: World
) -> None:
    announce(world, EventType.DOCUMENT_ADDED, world.own)
    gone = http.delete(
        f"/v1/patients/{world.person.pid}/documents/{world.own}?reason=other",
        as_=world.person.principal,
        headers={"If-Match": '"v1"'},
    )

    (item,) = listed(http, world).json()["items"]

    assert gone.status == 204
    assert item["text"] == "Un document a été ajouté, qui n’est plus dans votre espace"
    assert item["target"] is None


def test_a_first_access_is_told_by_the_professionals_name(http: Client, world: World) -> None:
    announce(world, EventType.FIRST_ACCESS, world.doctor.id)

    (item,) = listed(http, world).json()["items"]

    # Authorised anew, he would be told of again: « first » is said of this authorisation only.
    assert item["text"] == (
        "Dr Claire EXEMPLE a consulté votre dossier pour la première fois depuis votre autorisation"
    )
    assert item["target"] == {"kind": "trace", "id": None}


def test_a_consent_is_news_to_the_other_parent_only_and_names_the_application(
    http: Client,
) -> None:
    mother, father = a_person(), a_person()
    child = a_minor()
    for parent in (mother, father):
        represent(parent, child.pid)
    asked.consented(replace(mother, pid=child.pid))
    (row,) = [one for one in waiting() if one.type == "consent.given"]
    inbox.keep(event_of(row))

    def told(parent: Patient) -> tuple[int, list[tuple[bool, str]]]:
        found = http.get(f"/v1/patients/{child.pid}/notices", as_=parent.principal).json()
        return found["unread"], [(one["is_read"], one["text"]) for one in found["items"]]

    text = (
        "Un accord a été donné à l’application «\u00a0Balance (exemple)\u00a0»\u00a0: "
        "elle peut accéder à son espace"
    )
    assert told(mother) == (0, [(True, text)])
    assert told(father) == (1, [(False, text)])
    assert "Balance" not in str(event_of(row))


def test_an_event_delivered_ten_times_is_there_once(http: Client, world: World) -> None:  # R05
    event = events.new_event(EventType.DOCUMENT_ADDED, world.person.pid, world.document)
    for _ in range(10):
        inbox.keep(event)

    assert len(listed(http, world).json()["items"]) == 1


def test_reading_marks_up_to_what_was_on_the_screen(
    clock: time_machine.Traveller, http: Client, world: World
) -> None:
    first = announce(world, EventType.DOCUMENT_ADDED, world.document)
    clock.shift(timedelta(minutes=1))
    announce(world, EventType.PREVENTION_DUE, "prevention")

    assert listed(http, world).json()["unread"] == 2
    assert put(http, world, "/read", {"up_to": first}).status == 204

    found = listed(http, world).json()
    assert found["unread"] == 1
    assert [item["is_read"] for item in found["items"]] == [False, True]


def test_a_mark_never_covers_what_is_still_to_come(
    clock: time_machine.Traveller, http: Client, world: World
) -> None:
    assert put(http, world, "/read", {"up_to": "7" + "Z" * 25}).status == 204
    assert put(http, world, "/deleted", {"up_to": "7" + "Z" * 25}).status == 204
    clock.shift(timedelta(seconds=1))
    announce(world, EventType.DOCUMENT_ADDED, world.document)

    assert listed(http, world).json()["unread"] == 1


def test_a_deleted_notice_does_not_come_back_when_its_event_does(  # R05
    http: Client, world: World
) -> None:
    event = events.new_event(EventType.DOCUMENT_ADDED, world.person.pid, world.document)
    inbox.keep(event)
    path = f"/v1/patients/{world.person.pid}/notices/{event.id}"

    gone = http.delete(path, as_=world.person.principal)
    inbox.keep(event)

    assert gone.status == 204
    assert listed(http, world).json() == {
        "items": [],
        "unread": 0,
        "unread_messages": 0,
        "next": None,
    }


def test_deleting_a_notice_can_be_taken_back(http: Client, world: World) -> None:
    event = announce(world, EventType.DOCUMENT_ADDED, world.document)
    path = f"/v1/patients/{world.person.pid}/notices/{event}"

    http.delete(path, as_=world.person.principal)
    back = http.put(path, as_=world.person.principal, json={"deleted": False})

    assert back.status == 204
    assert [item["id"] for item in listed(http, world).json()["items"]] == [event]


def test_deleting_all_is_one_write_however_many_there_are(
    clock: time_machine.Traveller, http: Client, world: World, calls: Recorder
) -> None:
    for _ in range(30):
        clock.shift(timedelta(seconds=1))
        last = announce(world, EventType.DOCUMENT_ADDED, world.document)
    calls.clear()

    assert put(http, world, "/deleted", {"up_to": last}).status == 204

    assert calls.names.count("dynamodb.TransactWriteItems") == 1
    assert listed(http, world).json()["items"] == []


def test_pages_are_full_and_nothing_is_shown_twice(
    clock: time_machine.Traveller, http: Client, world: World
) -> None:
    made = []
    for _ in range(25):
        clock.shift(timedelta(seconds=1))
        made.append(announce(world, EventType.DOCUMENT_ADDED, world.document))
    for one in made[::5]:
        http.delete(f"/v1/patients/{world.person.pid}/notices/{one}", as_=world.person.principal)

    found, query = [], "?limit=7"
    while query:
        page = listed(http, world, query).json()
        found.append([item["id"] for item in page["items"]])
        query = f"?limit=7&cursor={page['next']}" if page["next"] else ""

    assert [len(page) for page in found] == [7, 7, 6]
    shown = [one for page in found for one in page]
    assert shown == sorted((one for one in made if one not in made[::5]), reverse=True)


def test_nobody_else_reads_or_touches_the_centre(http: Client, world: World) -> None:  # A01
    event = announce(world, EventType.DOCUMENT_ADDED, world.document)
    path = f"/v1/patients/{world.person.pid}/notices"
    for actor in (world.other, world.doctor, world.laboratory):
        assert http.get(path, as_=actor.principal).status == 404
        assert http.delete(f"{path}/{event}", as_=actor.principal).status == 404
    assert len(listed(http, world).json()["items"]) == 1


@pytest.mark.parametrize("up_to", ["", "x", "0" * 27, "🙂" * 5])
def test_a_mark_that_is_no_id_is_refused(up_to: str, http: Client, world: World) -> None:
    assert put(http, world, "/read", {"up_to": up_to}).status == 422


def test_a_notice_holds_ids_and_our_own_words_only(http: Client, world: World) -> None:  # D13
    announce(world, EventType.DOCUMENT_ADDED, world.document)
    listed(http, world)

    rows = [row for (key, _), row in double.tables()["carnet-test-work"].items() if "NTC#" in key]

    assert rows
    assert all("Compte rendu" not in str(row) for row in rows)
    assert all(ids.is_id(row["reference"]["S"]) for row in rows if "reference" in row)
