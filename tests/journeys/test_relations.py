"""A professional's own patients, and what is new in their records (ADR 0018)."""

from datetime import date, timedelta

import pytest
import time_machine

from chalicelib.access import store
from chalicelib.access.model import RELATION_LIST
from chalicelib.audit.store import TraceRow, open_row, partition
from chalicelib.core import aws, ids, rows
from chalicelib.core.clock import iso, now
from chalicelib.core.rows import Query, table_name
from chalicelib.identity import suspension
from chalicelib.record import usecases
from chalicelib.record.model import Draft
from tests import double
from tests.builders import (
    Actor,
    Patient,
    a_doctor,
    a_grant,
    a_laboratory,
    a_pdf,
    a_person,
)
from tests.http_client import Client, Reply

NURSE = "60"
HIDDEN_FROM_NURSES = "68599-0"


def listed(http: Client, doctor: Actor, query: str = "") -> Reply:
    return http.get(f"/v1/professionals/me/patients{query}", as_=doctor.principal)


def pids(reply: Reply) -> list[str]:
    return [one["patient_id"] for one in reply.json()["items"]]


def news(http: Client, doctor: Actor, person: Patient) -> Reply:
    return http.get(f"/v1/patients/{person.pid}/news", as_=doctor.principal)


def see(http: Client, doctor: Actor, person: Patient, up_to: str) -> Reply:
    path = f"/v1/patients/{person.pid}/news"
    return http.put(path, as_=doctor.principal, json={"up_to": up_to})


def add(who: Actor, person: Patient, type_code: str | None = "11488-4") -> str:
    draft = Draft("Compte rendu", type_code, date(2026, 1, 1), "application/pdf", None, None)
    return usecases.add_document(who.principal, person.pid, draft, a_pdf(), None).id


@pytest.mark.usefixtures("clock")
def test_it_lists_who_authorises_her_now_and_names_nobody(http: Client) -> None:
    doctor, other, today = a_doctor(), a_doctor(), now()
    first, second, ended, elsewhere = (a_person() for _ in range(4))
    a_grant(first, doctor, until=today + timedelta(days=20), used=False)
    a_grant(second, doctor, until=today + timedelta(days=300))
    a_grant(ended, doctor, until=today)
    a_grant(elsewhere, other)

    answer = listed(http, doctor)

    assert answer.json() == {
        "items": [
            {
                "patient_id": person.pid,
                "since": iso(today),
                "authorised_until": iso(today + timedelta(days=days)),
                "opened": opened,
            }
            for person, days, opened in ((second, 300, True), (first, 20, False))
        ],
        "next": None,
    }
    assert pids(listed(http, doctor, "?ends_within_days=30")) == [first.pid]
    assert pids(listed(http, other)) == [elsewhere.pid]


@pytest.mark.usefixtures("aws")
def test_what_is_taken_back_is_gone_at_once_and_given_again_is_back(http: Client) -> None:
    doctor, person = a_doctor(), a_person()
    path = f"/v1/patients/{person.pid}/authorisations/{doctor.id}"
    given = http.put(path, as_=person.principal).status
    before = pids(listed(http, doctor))
    http.delete(path, as_=person.principal)
    after = pids(listed(http, doctor))
    http.put(path, as_=person.principal)

    assert (given, before, after, pids(listed(http, doctor))) == (
        201,
        [person.pid],
        [],
        [person.pid],
    )


def test_renewing_moves_it_in_the_list(http: Client, clock: time_machine.Traveller) -> None:
    doctor, people = a_doctor(), [a_person(), a_person()]
    for person in people:
        path = f"/v1/patients/{person.pid}/authorisations/{doctor.id}"
        http.put(path, as_=person.principal)
        clock.shift(timedelta(seconds=1))
    before = pids(listed(http, doctor))
    path = f"/v1/patients/{people[0].pid}/authorisations/{doctor.id}"
    http.put(path, as_=people[0].principal)

    assert before == [people[1].pid, people[0].pid]
    assert pids(listed(http, doctor)) == [people[0].pid, people[1].pid]


@pytest.mark.usefixtures("clock")
def test_pages_are_full_whatever_was_taken_back_between(http: Client) -> None:
    doctor, today = a_doctor(), now()
    people = [a_person() for _ in range(7)]
    for rank, person in enumerate(people):
        a_grant(person, doctor, until=today + timedelta(days=1 + rank))
    for person in people[1:7:2]:
        path = f"/v1/patients/{person.pid}/authorisations/{doctor.id}"
        http.delete(path, as_=person.principal)

    walked, cursor = [], ""
    for _ in range(len(people)):
        page = listed(http, doctor, f"?ends_within_days=30&limit=2{cursor}")
        walked.append(pids(page))
        if page.json()["next"] is None:
            break
        cursor = f"&cursor={page.json()['next']}"
    stranger = listed(http, a_doctor(), f"?ends_within_days=30&limit=2{cursor}")
    otherwise = listed(http, doctor, f"?limit=2{cursor}")

    assert walked == [[people[0].pid, people[2].pid], [people[4].pid, people[6].pid]]
    assert [one.status for one in (stranger, otherwise)] == [400, 400]


@pytest.mark.usefixtures("aws")
def test_an_altered_authorisation_and_a_closed_space_are_left_out(http: Client) -> None:
    doctor = a_doctor()
    forged, closed, sound = (a_person() for _ in range(3))
    for person in (forged, closed, sound):
        a_grant(person, doctor)
    pk, sk = store.grant_key(forged.pid, doctor.id)
    aws.client("dynamodb").update_item(
        TableName=table_name("record"),
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression="SET valid_until = :v",
        ExpressionAttributeValues={":v": {"S": "2099-01-01T00:00:00.000Z"}},
    )
    space = rows.get(store.SettingsRow, *store.settings_key(closed.pid))
    assert space is not None
    space.status = "closed"
    rows.write([rows.put(space)])

    assert pids(listed(http, doctor)) == [sound.pid]


@pytest.mark.usefixtures("aws")
def test_the_list_is_in_her_own_history_and_in_no_record(http: Client) -> None:
    doctor, person = a_doctor(), a_person()
    a_grant(person, doctor)
    before = set(double.tables()[table_name("audit")])

    listed(http, doctor)

    made = [where for where in double.tables()[table_name("audit")] if where not in before]
    own = partition(doctor.id, is_patient=False)
    assert [pk for pk, _ in made] == [own]
    item = rows.query(Query(TraceRow, own, descending=True, limit=1)).items[0]
    trace = open_row(TraceRow.from_raw_data(item), doctor.id)
    assert (trace.action, trace.outcome, trace.actor_name) == (
        RELATION_LIST,
        "allowed",
        doctor.name,
    )


@pytest.mark.usefixtures("aws")
def test_only_a_professional_whose_session_lives_has_patients(http: Client) -> None:
    doctor, person, laboratory = a_doctor(), a_person(), a_laboratory()
    statuses = [listed(http, who).status for who in (doctor, person, laboratory)]
    suspension.suspend_account(doctor.id)

    assert statuses == [200, 403, 403]
    assert listed(http, doctor).status in {401, 403}


def test_news_are_what_came_since_she_saw_it(http: Client, clock: time_machine.Traveller) -> None:
    doctor, person, laboratory = a_doctor(), a_person(), a_laboratory()
    a_grant(person, doctor)
    empty = news(http, doctor, person).json()
    last = max(add(laboratory, person, "11502-2"), add(person, person, None))
    never_seen = news(http, doctor, person).json()
    marked = see(http, doctor, person, last)
    after = news(http, doctor, person).json()
    clock.shift(timedelta(seconds=1))
    later = add(laboratory, person, "11502-2")
    add(doctor, person)  # her own is not news to her
    came = news(http, doctor, person).json()
    see(http, doctor, person, later)
    see(http, doctor, person, last)  # never back

    counts = [one["new_documents"] for one in (empty, never_seen, after, came)]
    assert counts == [0, 2, 0, 1]
    assert [one["was_seen"] for one in (empty, never_seen, after)] == [False, False, True]
    assert marked.status == 204
    assert news(http, doctor, person).json()["new_documents"] == 0
    assert came["patient"] == http.get(f"/v1/patients/{person.pid}", as_=doctor.principal).json()


def test_a_mark_covers_nothing_still_to_come(http: Client, clock: time_machine.Traveller) -> None:
    doctor, person, laboratory = a_doctor(), a_person(), a_laboratory()
    a_grant(person, doctor)
    marked = [see(http, doctor, person, up_to).status for up_to in ("7" + "Z" * 25, "no id", "")]
    clock.shift(timedelta(seconds=1))
    add(laboratory, person, "11502-2")

    assert marked == [204, 422, 422]
    assert news(http, doctor, person).json()["new_documents"] == 1


@pytest.mark.usefixtures("clock")
def test_no_more_than_twenty_are_counted(http: Client) -> None:
    doctor, person, laboratory = a_doctor(), a_person(), a_laboratory()
    a_grant(person, doctor)
    for _ in range(20):
        add(laboratory, person, "11502-2")
    twenty = news(http, doctor, person).json()
    add(laboratory, person, "11502-2")
    more = news(http, doctor, person).json()

    assert (twenty["new_documents"], twenty["has_more"]) == (20, False)
    assert (more["new_documents"], more["has_more"]) == (20, True)


@pytest.mark.usefixtures("clock")
def test_what_her_profession_hides_changes_no_byte_of_the_news(http: Client) -> None:
    nurse, person, laboratory = a_doctor(profession_code=NURSE), a_person(), a_laboratory()
    a_grant(person, nurse)
    add(laboratory, person, "11502-2")
    without = news(http, nurse, person)
    for _ in range(25):
        add(laboratory, person, HIDDEN_FROM_NURSES)

    assert without.json()["new_documents"] == 1
    assert news(http, nurse, person).body == without.body


@pytest.mark.usefixtures("aws")
def test_asking_for_news_is_an_access_that_she_reads_in_french(http: Client) -> None:
    doctor, person = a_doctor(), a_person()
    row = a_grant(person, doctor, used=False)
    listed(http, doctor)
    untouched = rows.get(store.GrantRow, row.pk, row.sk)
    news(http, doctor, person)
    used = rows.get(store.GrantRow, row.pk, row.sk)
    see(http, doctor, person, ids.new_id())
    withdrawn = f"/v1/patients/{person.pid}/authorisations/{doctor.id}"
    http.delete(withdrawn, as_=person.principal)
    refused = [news(http, doctor, person).status, see(http, doctor, person, ids.new_id()).status]

    lines = http.get(f"/v1/patients/{person.pid}/trace?others=true", as_=person.principal).json()
    assert untouched is not None
    assert used is not None
    assert (untouched.first_used_at is None, used.first_used_at is None) == (True, False)
    assert refused == [404, 404]
    assert [line["label"] for line in lines["items"]] == [
        "a demandé à marquer les documents comme vus",
        "a demandé à savoir s’il y avait de nouveaux documents",
        "a marqué les documents comme vus",
        "a regardé s’il y avait de nouveaux documents",
    ]
