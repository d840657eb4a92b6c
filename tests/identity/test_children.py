"""A parent and the space of her child: begun by certifying, ended by leaving, the file or age."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from chalicelib.access import store as access_store
from chalicelib.access.store import AccountRow, SettingsRow, account_key
from chalicelib.core import aws, ids, rows
from chalicelib.core import clock as product_clock
from chalicelib.core.events import EventType
from chalicelib.core.outbox import event_of
from chalicelib.core.rows import table_name
from chalicelib.identity import accounts, coverage, directory, rules, spaces
from chalicelib.identity.values import RPPS
from chalicelib.notifications import inbox
from chalicelib.workers.notify import recipients
from tests import double
from tests.builders import (
    ISSUER,
    Actor,
    Minor,
    Patient,
    a_doctor,
    a_draft,
    a_minor,
    a_person,
    a_session,
)
from tests.faults.stories import waiting
from tests.http_client import Client, Reply
from tests.injector import Faults, meanwhile

PARIS = ZoneInfo("Europe/Paris")
COMES_OF_AGE = date(2008, 11, 28)  # five days after the day of the stopped clock, in 2026


@pytest.fixture
def mother(http: Client, clock: time_machine.Traveller) -> Patient:
    del http, clock
    return a_person()


@pytest.fixture
def father(mother: Patient) -> Patient:
    del mother
    return a_person()


def manage(http: Client, parent: Patient, child: Minor) -> Reply:
    return http.put(
        f"/v1/patients/{parent.pid}/children/{child.pid}",
        as_=parent.principal,
        json={"certifies": True},
    )


def documents(http: Client, who: Actor, child: Minor) -> Reply:
    return http.get(f"/v1/patients/{child.pid}/documents", as_=who.principal)


def add_document(http: Client, who: Actor, child: Minor) -> Reply:
    return http.post(
        f"/v1/patients/{child.pid}/documents",
        as_=who.principal,
        json=a_draft(type_code=None),
        headers={"Idempotency-Key": ids.new_id()},
    )


def named(who: Patient) -> str:
    return f"Camille {who.name.title()}"


def trace(http: Client, who: Actor, pid: str) -> list[tuple[str, str, str]]:
    listed = http.get(f"/v1/patients/{pid}/trace", as_=who.principal).json()["items"]
    return [(one["actor"]["name"], one["label"], one["right"]) for one in listed]


def test_a_child_on_the_file_is_listed_and_not_open_before_it_is_certified(
    http: Client, mother: Patient
) -> None:
    child = a_minor(mother)

    listed = http.get(f"/v1/patients/{mother.pid}/children", as_=mother.principal).json()

    assert listed["items"] == [
        {
            "patient_id": child.pid,
            "given_name": "CAMILLE",
            "family_name": child.identity.traits.family_name,
            "birth_date": "2019-02-11",
            "age": 7,
            "status": "on_file",
            "ends_at": None,
            "invited": False,
        }
    ]
    assert documents(http, mother, child).status == 404
    assert len(http.get("/v1/me", as_=mother.principal).json()["profiles"]) == 1


def test_a_parent_who_certifies_manages_the_space_from_then_on(
    http: Client, mother: Patient
) -> None:
    child = a_minor(mother)

    made, again = manage(http, mother, child), manage(http, mother, child)
    profiles = http.get("/v1/me", as_=mother.principal).json()["profiles"]

    assert (made.status, again.status) == (201, 200)
    assert made.json() == again.json()
    assert made.json()["ends_at"] == "2037-02-10T23:00:00.000Z"
    assert [(one["relation"], one["patient_id"]) for one in profiles] == [
        ("self", mother.pid),
        ("representative", child.pid),
    ]
    added = add_document(http, mother, child)
    assert added.status == 201
    assert documents(http, mother, child).json()["items"][0]["author"]["name"] is not None


@pytest.mark.parametrize("body", [{}, {"certifies": False}, {"certifies": "yes"}])
def test_nothing_is_opened_without_the_certificate(
    http: Client, mother: Patient, body: dict[str, object]
) -> None:
    child = a_minor(mother)
    target = f"/v1/patients/{mother.pid}/children/{child.pid}"

    reply = http.put(target, as_=mother.principal, json=body)

    assert (reply.status, reply.problem) == (422, "invalid")
    assert documents(http, mother, child).status == 404


def test_somebody_else_cannot_come_to_manage_a_child_and_the_parents_see_the_attempt(
    http: Client, mother: Patient, father: Patient
) -> None:
    child, stranger = a_minor(mother, father), a_person()
    manage(http, mother, child)

    own = manage(http, stranger, child)
    through = http.put(
        f"/v1/patients/{mother.pid}/children/{child.pid}",
        as_=stranger.principal,
        json={"certifies": True},
    )

    assert (own.status, through.status) == (404, 404)
    assert documents(http, stranger, child).status == 404
    refused = [line for line in trace(http, mother, child.pid) if "demandé" in line[1]]
    assert len(refused) == 2
    assert refused[0][0] == "Une autre personne"
    assert "n’a pas d’autorisation" in refused[0][2]


def test_a_parent_cannot_name_another_persons_list_as_her_own(
    http: Client, mother: Patient, father: Patient
) -> None:
    child = a_minor(mother, father)
    documents(http, mother, child)  # makes the day's signing key
    before = double.tables()[table_name("identity")]

    reply = http.put(
        f"/v1/patients/{father.pid}/children/{child.pid}",
        as_=mother.principal,
        json={"certifies": True},
    )

    assert reply.status == 404
    assert double.tables()[table_name("identity")] == before


def test_every_act_says_who_acted_for_whom(http: Client, mother: Patient, father: Patient) -> None:
    child = a_minor(mother, father)
    manage(http, mother, child)
    manage(http, father, child)
    documents(http, mother, child)

    seen = trace(http, father, child.pid)

    name = "Camille " + mother.name.title()
    assert (
        f"{name} pour Camille",
        "a consulté la liste des documents",
        "Représente légalement une personne mineure",
    ) in seen
    mine = trace(http, mother, child.pid)
    assert ("Vous pour Camille", "avez consulté la liste des documents") in [
        line[:2] for line in mine
    ]


def test_nothing_in_a_childs_history_is_said_of_the_reader(http: Client, mother: Patient) -> None:
    child, doctor = a_minor(mother), a_doctor()
    manage(http, mother, child)
    http.put(f"/v1/patients/{child.pid}/authorisations/{doctor.id}", as_=mother.principal, json={})
    documents(http, doctor, child)
    documents(http, a_doctor(), child)

    lines = trace(http, mother, child.pid)

    assert not [line for line in lines if "votre" in f"{line[1]} {line[2]}"]
    given = f"{named(mother)} a donné son autorisation le "
    assert any(line[2].startswith(given) for line in lines)


def test_both_parents_are_told_and_named(http: Client, mother: Patient, father: Patient) -> None:
    child = a_minor(mother, father)
    manage(http, mother, child)
    manage(http, father, child)

    listed = http.get(f"/v1/patients/{child.pid}/representatives", as_=mother.principal).json()
    events = [row for row in waiting() if row.type == EventType.REPRESENTATIVE_ADDED]
    notices = http.get(f"/v1/patients/{child.pid}/notices", as_=father.principal)

    assert sorted(one["is_you"] for one in listed["items"]) == [False, True]
    assert len({one["name"] for one in listed["items"]}) == 2
    assert len(events) == 2
    assert notices.status == 200
    now = product_clock.now()
    assert sorted(spaces.notice_targets(child.pid, now)) == sorted([mother.id, father.id])


def test_a_childs_mail_goes_to_each_who_represents_her_and_to_none_once_she_is_of_age(
    http: Client, mother: Patient, father: Patient, clock: time_machine.Traveller
) -> None:
    child = a_minor(mother, father, birth_date=COMES_OF_AGE)
    manage(http, mother, child)
    manage(http, father, child)
    (event, *_) = [row for row in waiting() if row.type == EventType.REPRESENTATIVE_ADDED]
    told = {one.id for one in recipients(event_of(event))}
    clock.move_to(datetime(2026, 11, 28, 0, 0, tzinfo=PARIS))

    assert told == {mother.id, father.id}
    assert {one.id for one in recipients(event_of(event))} == {"nobody"}


def test_access_ends_at_midnight_of_the_eighteenth_birthday_in_the_open_session(  # A41
    http: Client, mother: Patient, clock: time_machine.Traveller
) -> None:
    child = a_minor(mother, birth_date=COMES_OF_AGE)
    manage(http, mother, child)
    midnight = datetime(2026, 11, 28, 0, 0, tzinfo=PARIS)
    clock.move_to(midnight - timedelta(hours=1))
    mother = _again(mother)
    own = add_document(http, mother, child).json()["id"]
    clock.move_to(midnight - timedelta(seconds=1))
    before = documents(http, mother, child).status
    clock.move_to(midnight)

    after = documents(http, mother, child).status
    hers = http.get(f"/v1/patients/{child.pid}/documents/{own}", as_=mother.principal).status
    taken = http.delete(
        f"/v1/patients/{child.pid}/documents/{own}?reason=wrong_document",
        as_=mother.principal,
        headers={"If-Match": '"v1"'},
    ).status
    profiles = http.get("/v1/me", as_=mother.principal).json()["profiles"]
    listed = http.get(f"/v1/patients/{mother.pid}/children", as_=mother.principal).json()

    assert (before, after) == (200, 404)
    assert (hers, taken) == (404, 404), "what a parent added is no longer hers to read"
    assert [one["relation"] for one in profiles] == ["self"]
    assert listed["items"] == []
    assert manage(http, mother, child).status == 404


def _again(parent: Patient) -> Patient:
    """Log in again: a session lives twelve hours."""
    account = rows.get(AccountRow, *account_key(parent.id))
    assert account is not None
    return replace(parent, principal=a_session(account))


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("Europe/Paris", datetime(2037, 2, 10, 23, 0, tzinfo=UTC)),
        ("Pacific/Noumea", datetime(2037, 2, 10, 13, 0, tzinfo=UTC)),
        ("America/Martinique", datetime(2037, 2, 10, 23, 0, tzinfo=UTC)),  # not later
    ],
)
def test_a_parent_makes_the_end_earlier_by_the_childs_zone_and_never_later(
    http: Client, mother: Patient, zone: str, until: datetime
) -> None:
    child = a_minor(mother)
    manage(http, mother, child)
    path = f"/v1/patients/{child.pid}/preferences"
    chosen = http.get(path, as_=mother.principal).json()
    body = {name: chosen[name] for name in ("quiet_from", "quiet_until", "mail", "remind")}

    reply = http.put(
        path,
        as_=mother.principal,
        json=body | {"zone": zone},
        headers={"If-Match": f'"v{chosen["version"]}"'},
    )

    settings = rows.get(SettingsRow, *access_store.settings_key(child.pid))
    assert reply.status == 200
    assert settings is not None
    assert settings.represented_until == product_clock.iso(until)


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2008, 2, 28), date(2026, 2, 28)),
        (date(2008, 3, 1), date(2026, 3, 1)),
        (date(2008, 12, 31), date(2026, 12, 31)),
    ],
)
def test_the_day_one_comes_of_age(born: date, of_age: date) -> None:  # R20
    assert rules.majority_on(born) == of_age
    assert rules.age_on(born, of_age) == 18
    assert rules.age_on(born, of_age - timedelta(days=1)) == 17


def test_a_parent_who_leaves_is_out_at_once_and_may_come_back(
    http: Client, mother: Patient
) -> None:
    child = a_minor(mother)
    manage(http, mother, child)
    target = f"/v1/patients/{mother.pid}/children/{child.pid}"

    left = http.delete(target, as_=mother.principal)
    out = documents(http, mother, child)
    again = http.delete(target, as_=mother.principal)
    back = manage(http, mother, child)

    assert (left.status, out.status, again.status, back.status) == (204, 404, 204, 201)
    assert documents(http, mother, child).status == 200


def test_who_is_no_longer_on_the_file_is_out_at_once_and_the_history_says_so(
    http: Client, mother: Patient, father: Patient
) -> None:
    child = a_minor(mother, father)
    manage(http, mother, child)
    manage(http, father, child)

    coverage.cover(child.pid, [mother.pid])

    assert documents(http, father, child).status == 404
    assert manage(http, father, child).status == 404
    listed = http.get(f"/v1/patients/{father.pid}/children", as_=father.principal).json()
    assert listed["items"] == []
    said = [line for line in trace(http, mother, child.pid) if line[0] == "Un opérateur"]
    assert [line[1] for line in said] == [
        f"a retiré, d’après l’assurance maladie, la gestion de cet espace à {named(father)}"
    ]


def test_a_file_read_again_changes_nothing(http: Client, mother: Patient) -> None:
    child = a_minor(mother)
    manage(http, mother, child)
    before = double.tables()

    coverage.cover(child.pid, [mother.pid])

    assert double.tables() == before


def test_an_altered_coverage_opens_nothing(http: Client, mother: Patient) -> None:  # A46
    child, stranger = a_minor(mother), a_person()
    pk, sk = access_store.coverage_key(child.pid)
    aws.client("dynamodb").update_item(
        TableName=table_name("identity"),
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression="SET subscribers = :s",
        ExpressionAttributeValues={":s": {"S": f'["{stranger.pid}"]'}},
    )

    assert manage(http, stranger, child).status == 500
    assert documents(http, stranger, child).status == 404


def test_an_end_that_is_past_never_moves_again(
    http: Client, mother: Patient, clock: time_machine.Traveller
) -> None:  # A41
    child = a_minor(mother, birth_date=COMES_OF_AGE)
    manage(http, mother, child)
    clock.move_to(datetime(2026, 11, 28, 0, 5, tzinfo=PARIS))
    subject = ids.new_secret_id()
    account = accounts.of_person(
        ISSUER, subject, child.identity.traits, "adulte@exemple.test", product_clock.now()
    )
    adult, path = a_session(account), f"/v1/patients/{child.pid}/preferences"
    chosen = http.get(path, as_=adult).json()
    body = {name: chosen[name] for name in ("quiet_from", "quiet_until", "mail", "remind")}

    moved = http.put(
        path,
        as_=adult,
        json=body | {"zone": "America/Martinique"},
        headers={"If-Match": f'"v{chosen["version"]}"'},
    )

    assert moved.status == 200
    assert documents(http, _again(mother), child).status == 404


def test_what_a_parent_writes_while_the_file_lets_the_child_go_is_not_done(
    http: Client, mother: Patient, father: Patient, faults: Faults
) -> None:
    child, doctor = a_minor(mother, father), a_doctor()
    manage(http, mother, child)
    manage(http, father, child)
    documents(http, father, child)
    faults.on(
        "dynamodb.TransactWriteItems", meanwhile(lambda: coverage.cover(child.pid, [mother.pid]))
    )

    reply = http.put(
        f"/v1/patients/{child.pid}/authorisations/{doctor.id}", as_=father.principal, json={}
    )

    assert reply.status == 404
    assert documents(http, doctor, child).status == 404


def test_who_comes_after_a_change_of_zone_makes_the_end_no_later(
    http: Client, mother: Patient, father: Patient
) -> None:  # A41
    child = a_minor(mother, father)
    manage(http, mother, child)
    path = f"/v1/patients/{child.pid}/preferences"
    chosen = http.get(path, as_=mother.principal).json()
    body = {name: chosen[name] for name in ("quiet_from", "quiet_until", "mail", "remind")}
    http.put(
        path,
        as_=mother.principal,
        json=body | {"zone": "America/Martinique"},
        headers={"If-Match": f'"v{chosen["version"]}"'},
    )

    assert manage(http, father, child).status == 201

    settings = rows.get(SettingsRow, *access_store.settings_key(child.pid))
    assert settings is not None
    assert settings.represented_until == "2037-02-10T23:00:00.000Z"


def authorise(http: Client, who: Actor, child: Minor, doctor: Actor) -> Reply:
    return http.put(
        f"/v1/patients/{child.pid}/authorisations/{doctor.id}", as_=who.principal, json={}
    )


def grown(child: Minor) -> Actor:
    """The child herself, who logs in."""
    traits = child.identity.traits
    account = accounts.of_person(
        ISSUER, f"S{child.pid}", traits, "adulte@exemple.test", product_clock.now()
    )
    return Actor(a_session(account), traits.family_name)


def listed(http: Client, who: Actor, child: Minor) -> dict[str, dict[str, object]]:
    found = http.get(f"/v1/patients/{child.pid}/authorisations", as_=who.principal).json()["items"]
    return {one["rpps"]: one for one in found}


def test_what_a_parent_allowed_lapses_when_the_child_is_of_age_and_her_own_word_stays(
    http: Client, mother: Patient, clock: time_machine.Traveller
) -> None:  # A41, R-MIN-06
    child = a_minor(mother, birth_date=COMES_OF_AGE)
    manage(http, mother, child)
    by_parent, by_herself, prolonged = a_doctor(), a_doctor(), a_doctor()
    given = authorise(http, mother, child, by_parent)
    authorise(http, grown(child), child, by_herself)
    authorise(http, mother, child, prolonged)
    authorise(http, grown(child), child, prolonged)
    authorise(http, mother, child, by_herself)  # prolonged by a parent, it stays her own
    midnight = datetime(2026, 11, 28, 0, 0, tzinfo=PARIS)
    clock.move_to(midnight - timedelta(hours=1))
    doctors = [by_parent, by_herself, prolonged]
    again = [_session_again(one) for one in doctors]
    clock.move_to(midnight - timedelta(seconds=1))
    before = [documents(http, one, child).status for one in again]
    clock.move_to(midnight)

    after = [documents(http, one, child).status for one in again]
    adult = grown(child)
    known = listed(http, adult, child)

    assert (before, after) == ([200, 200, 200], [404, 200, 200])
    assert given.json()["valid_until"] == product_clock.iso(midnight)
    assert (known[by_parent.id]["status"], known[by_parent.id]["ends_at_majority"]) == (
        "expired",
        True,
    )
    assert known[by_parent.id]["given_by"] == named(mother)
    assert [known[one.id]["given_by"] for one in doctors[1:]] == [None, None]
    assert http.get(f"/v1/patients/{child.pid}/home", as_=adult.principal).json()[
        "active_authorisations"
    ] == 2  # fmt: skip
    assert authorise(http, adult, child, by_parent).status == 201
    assert documents(http, again[0], child).status == 200


def _session_again(doctor: Actor) -> Actor:
    account = accounts.known_professional(RPPS(doctor.id))
    assert account is not None
    found = directory.professional(doctor.id)
    return Actor(a_session(account, professional=found), doctor.name)


def test_what_a_parent_who_left_allowed_stays_for_the_others(
    http: Client, mother: Patient, father: Patient
) -> None:
    child, doctor = a_minor(mother, father), a_doctor()
    manage(http, mother, child)
    manage(http, father, child)
    authorise(http, mother, child, doctor)

    coverage.cover(child.pid, [father.pid])

    assert documents(http, doctor, child).status == 200
    assert listed(http, father, child)[doctor.id]["given_by"] == named(mother)
    gone = http.delete(f"/v1/patients/{child.pid}/authorisations/{doctor.id}", as_=father.principal)
    assert (gone.status, documents(http, doctor, child).status) == (204, 404)


def test_a_history_names_the_parent_whose_word_opened_the_record(
    http: Client, mother: Patient, father: Patient
) -> None:
    child, doctor = a_minor(mother, father), a_doctor()
    manage(http, mother, child)
    manage(http, father, child)
    authorise(http, mother, child, doctor)
    documents(http, doctor, child)

    for reader in (father, grown(child)):
        rights = [line[2] for line in trace(http, reader, child.pid) if line[0] == doctor.name]
        assert rights == [f"{named(mother)} a donné son autorisation le 23 novembre 2026"]


def test_what_a_parent_who_left_added_is_deleted_by_another_or_by_the_child_of_age(
    http: Client, mother: Patient, father: Patient, clock: time_machine.Traveller
) -> None:
    child = a_minor(mother, father, birth_date=COMES_OF_AGE)
    manage(http, mother, child)
    manage(http, father, child)
    added = [add_document(http, mother, child).json()["id"] for _ in range(2)]
    hers = add_document(http, grown(child), child).json()["id"]
    http.delete(f"/v1/patients/{mother.pid}/children/{child.pid}", as_=mother.principal)

    seen = {
        one["id"]: one["abilities"]["withdraw"]
        for one in documents(http, father, child).json()["items"]
    }
    by_who_left = _delete(http, mother, child, added[0])
    by_another = _delete(http, father, child, added[0])
    of_the_child = _delete(http, father, child, hers)
    clock.move_to(datetime(2026, 11, 28, 12, 0, tzinfo=PARIS))
    adult = grown(child)
    by_herself = _delete(http, adult, child, added[1])

    assert seen == {added[0]: True, added[1]: True, hers: False}
    assert (by_who_left, by_another, of_the_child, by_herself) == (404, 204, 404, 204)
    left = [one["id"] for one in documents(http, adult, child).json()["items"]]
    assert left == [hers]
    kept = [sk for (_, sk) in double.tables()[table_name("record")] if sk.startswith("HASH#")]
    assert len(kept) == 1, "the same file may be deposited anew"


def _delete(http: Client, who: Actor, child: Minor, one: str) -> int:
    return http.delete(
        f"/v1/patients/{child.pid}/documents/{one}?reason=wrong_document",
        as_=who.principal,
        headers={"If-Match": '"v1"'},
    ).status


def test_nothing_is_said_to_begin_or_to_end_that_did_not(
    http: Client, mother: Patient, father: Patient
) -> None:
    child = a_minor(mother, father)
    target = f"/v1/patients/{father.pid}/children/{child.pid}"
    for _ in range(2):
        manage(http, mother, child)
    for _ in range(2):  # he never managed it
        assert http.delete(target, as_=father.principal).status == 204

    said = [line[1] for line in trace(http, mother, child.pid)]

    begun = [line for line in said if "commencé à gérer" in line]
    assert (len(begun), [line for line in said if "cessé de gérer" in line]) == (1, [])
    assert any("comme c’était déjà le cas" in line for line in said)


def test_what_the_child_did_herself_is_said_of_her_to_a_parent(
    http: Client, mother: Patient
) -> None:
    child = a_minor(mother)
    manage(http, mother, child)
    documents(http, grown(child), child)

    lines = [line[:2] for line in trace(http, mother, child.pid)]

    assert ("Camille", "a consulté la liste des documents") in lines
    assert "Une autre personne" not in {line[0] for line in lines}


def test_notices_of_a_child_are_said_of_her_to_a_parent(http: Client, mother: Patient) -> None:
    child, doctor = a_minor(mother), a_doctor()
    manage(http, mother, child)
    authorise(http, mother, child, doctor)
    documents(http, doctor, child)
    for row in waiting():
        inbox.keep(event_of(row))

    told = http.get(f"/v1/patients/{child.pid}/notices", as_=mother.principal).json()["items"]

    texts = [one["text"] for one in told]
    assert not [text for text in texts if "votre" in text or "vos " in text]
    assert any("son dossier" in text for text in texts)


def test_the_end_in_the_childs_own_zone_is_the_one_that_is_listed(
    http: Client, mother: Patient, clock: time_machine.Traveller
) -> None:
    child = a_minor(mother, birth_date=COMES_OF_AGE)
    manage(http, mother, child)
    path = f"/v1/patients/{child.pid}/preferences"
    chosen = http.get(path, as_=mother.principal).json()
    body = {name: chosen[name] for name in ("quiet_from", "quiet_until", "mail", "remind")}
    http.put(
        path,
        as_=mother.principal,
        json=body | {"zone": "Pacific/Noumea"},
        headers={"If-Match": f'"v{chosen["version"]}"'},
    )
    shown = http.get(f"/v1/patients/{mother.pid}/children", as_=mother.principal).json()["items"]
    clock.move_to(datetime(2026, 11, 27, 15, 0, tzinfo=UTC))  # of age in Noumea, not yet in Paris
    mother = _again(mother)

    after = http.get(f"/v1/patients/{mother.pid}/children", as_=mother.principal).json()["items"]
    profiles = http.get("/v1/me", as_=mother.principal).json()["profiles"]

    assert shown[0]["ends_at"] == "2026-11-27T13:00:00.000Z"
    assert (after, [one["relation"] for one in profiles]) == ([], ["self"])
