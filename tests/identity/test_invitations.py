"""A second representative by invitation (R-MIN-02): whom it opens what, and until when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine

from chalicelib.access.store import AccountRow, account_key
from chalicelib.core import aws, ids, rows
from chalicelib.core import clock as product_clock
from chalicelib.core.rows import table_name
from chalicelib.identity import accounts, coverage, spaces
from chalicelib.identity.values import Traits
from tests import double
from tests.builders import (
    ISSUER,
    Actor,
    Minor,
    Patient,
    a_doctor,
    a_minor,
    a_person,
    a_session,
    an_identity,
)
from tests.faults.stories import waiting
from tests.http_client import Client, Reply
from tests.recorder import recorder

NOBODY = {"family_name": "PERSONNE", "given_name": "ALBAN", "birth_date": "1980-01-31"}


@pytest.fixture
def mother(http: Client, clock: time_machine.Traveller) -> Patient:
    del http, clock
    return a_person()


@pytest.fixture
def father(mother: Patient) -> Patient:
    del mother
    return a_person()


@pytest.fixture
def child(http: Client, mother: Patient) -> Minor:
    """A child on her mother's file alone, who manages her space."""
    made = a_minor(mother)
    manage(http, mother, made)
    return made


def manage(http: Client, parent: Patient, child: Minor) -> Reply:
    return http.put(
        f"/v1/patients/{parent.pid}/children/{child.pid}",
        as_=parent.principal,
        json={"certifies": True},
    )


def traits(who: Patient) -> dict[str, str]:
    known = who.identity.traits
    return {
        "family_name": known.family_name,
        "given_name": known.given_names[0],
        "birth_date": str(known.birth_date),
    }


def sent_path(child: Minor, one: str = "") -> str:
    path = f"/v1/patients/{child.pid}/representatives/invitations"
    return f"{path}/{one}" if one else path


def invite(
    http: Client, who: Patient, child: Minor, whom: dict[str, str], key: str | None = None
) -> Reply:
    return http.post(
        sent_path(child),
        as_=who.principal,
        json=whom,
        headers={"Idempotency-Key": key or ids.new_id()},
    )


def received(http: Client, who: Patient) -> list[dict[str, str]]:
    found = http.get(f"/v1/patients/{who.pid}/invitations", as_=who.principal)
    assert found.status == 200
    items: list[dict[str, str]] = found.json()["items"]
    return items


def answer(http: Client, who: Patient, one: str, *, accepts: bool = True) -> Reply:
    body = {"answer": "accept", "certifies": True} if accepts else {"answer": "refuse"}
    return http.put(f"/v1/patients/{who.pid}/invitations/{one}", as_=who.principal, json=body)


def end(http: Client, who: Patient, child: Minor, one: str) -> Reply:
    return http.delete(sent_path(child, one), as_=who.principal)


def leave(http: Client, who: Patient, child: Minor) -> Reply:
    return http.delete(f"/v1/patients/{who.pid}/children/{child.pid}", as_=who.principal)


def documents(http: Client, who: Actor, child: Minor) -> int:
    return http.get(f"/v1/patients/{child.pid}/documents", as_=who.principal).status


def statuses(http: Client, who: Patient, child: Minor) -> list[str]:
    listed = http.get(sent_path(child), as_=who.principal)
    assert listed.status == 200
    return [one["status"] for one in listed.json()["items"]]


def invited(http: Client, mother: Patient, father: Patient, child: Minor) -> str:
    """Let the father come by an invitation, and return its id."""
    one: str = invite(http, mother, child, traits(father)).json()["id"]
    assert answer(http, father, one).status == 204
    return one


def trace(http: Client, who: Actor, pid: str) -> list[tuple[str, str]]:
    listed = http.get(f"/v1/patients/{pid}/trace", as_=who.principal).json()["items"]
    return [(one["actor"]["name"], one["label"]) for one in listed]


def profiles(http: Client, who: Patient) -> list[str]:
    return [one["patient_id"] for one in http.get("/v1/me", as_=who.principal).json()["profiles"]]


def test_who_accepts_an_invitation_represents_the_child_as_her_parent_does(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    made = invite(http, mother, child, traits(father))
    before = (documents(http, father, child), received(http, father))
    accepted = answer(http, father, made.json()["id"])

    assert made.status == 201
    assert made.json()["status"] == "pending"
    assert before[0] == 404
    assert [(one["child"], one["invited_by"]) for one in before[1]] == [
        ("Camille", f"Camille {mother.name.title()}")
    ]
    assert (accepted.status, documents(http, father, child)) == (204, 200)
    assert profiles(http, father) == [father.pid, child.pid]
    assert (statuses(http, mother, child), received(http, father)) == (["accepted"], [])
    (listed,) = http.get(f"/v1/patients/{father.pid}/children", as_=father.principal).json()[
        "items"
    ]
    assert (listed["status"], listed["invited"]) == ("active", True)
    assert listed["ends_at"] == "2037-02-10T23:00:00.000Z"
    said = trace(http, mother, child.pid)
    name = f"Camille {father.name.title()}"
    assert (f"{name} pour Camille", "a consulté la liste des documents") in said
    assert (
        name,
        "a accepté une invitation, et commencé à gérer cet espace comme représentant légal",
    ) in said
    assert ("Vous pour Camille", "avez envoyé une invitation à gérer cet espace") in said


def test_the_inviter_is_told_the_same_of_who_exists_and_of_nobody(  # A36, D15
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    answers: list[object] = []
    costs, stored = [], []
    for whom in (traits(father), NOBODY, traits(mother)):
        invite(http, mother, child, whom) if not answers else None  # keys are warm afterwards
        before = double.tables()
        recorder.clear()
        reply = invite(http, mother, child, whom)
        costs.append(sorted(recorder.names))  # some run side by side
        now = double.tables()
        stored.append(
            sorted(
                (table, pk.partition("#")[0], item["kind"]["S"])
                for table, items in now.items()
                for (pk, sk), item in items.items()
                if (pk, sk) not in before[table]
            )
        )
        shape = reply.json() | {"id": "", "name": ""}
        answers.append((reply.status, shape, sorted(name for name, _ in reply.headers)))

    assert answers[0] == answers[1] == answers[2]
    assert costs[0] == costs[1] == costs[2]
    assert stored[0] == stored[1] == stored[2]
    assert len(received(http, father)) == 2
    assert received(http, mother) == []
    assert set(statuses(http, mother, child)) == {"pending"}


@pytest.mark.parametrize(
    "change",
    [{"family_name": "EXEMPL"}, {"given_name": "LOU"}, {"birth_date": "1985-06-13"}],
)
def test_only_an_exact_match_finds_somebody(
    http: Client, mother: Patient, father: Patient, child: Minor, change: dict[str, str]
) -> None:
    assert invite(http, mother, child, traits(father) | change).status == 201
    assert received(http, father) == []


def test_case_and_accents_are_no_difference(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    known = traits(father)
    invite(
        http, mother, child, known | {"family_name": known["family_name"].lower(),
                                      "given_name": " Cámille "}
    )  # fmt: skip
    assert len(received(http, father)) == 1


def test_two_people_of_the_same_name_and_birth_date_are_not_invited(
    http: Client, mother: Patient, child: Minor
) -> None:
    one = a_person(family_name="JUMEAU")
    other = an_identity(family_name="JUMEAU")
    born_elsewhere = replace(other.traits, birth_place="69381")  # which tells them apart
    spaces.open_space(replace(other, traits=born_elsewhere))
    accounts.of_person(
        ISSUER, ids.new_secret_id(), born_elsewhere, "j@exemple.test", product_clock.now()
    )

    assert invite(http, mother, child, traits(one)).status == 201
    assert received(http, one) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"birth_date": "2010-02-01"}, ("/birth_date", "not_an_adult")),
        ({"family_name": "A\u0000B"}, ("/family_name", "control_character")),
        ({"given_name": "--"}, ("/given_name", "refused")),
        ({"given_name": ""}, ("/given_name", "string_too_short")),
        ({"birth_date": "1985-02-30"}, ("/birth_date", "date_parsing")),
    ],
)
def test_what_cannot_be_an_adults_name_is_said(
    http: Client, mother: Patient, child: Minor, change: dict[str, str], code: tuple[str, str]
) -> None:
    reply = invite(http, mother, child, NOBODY | change)
    assert reply.status == 422
    assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [code]
    assert statuses(http, mother, child) == []


def test_the_same_request_twice_is_one_invitation(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    key = ids.new_id()
    first = invite(http, mother, child, traits(father), key)
    again = invite(http, mother, child, traits(father), key)
    assert first.json() == again.json()
    assert len(received(http, father)) == 1


def test_a_child_has_five_invitations_a_month_whatever_became_of_them(
    http: Client, mother: Patient, child: Minor, clock: time_machine.Traveller
) -> None:
    sent = [invite(http, mother, child, NOBODY).json()["id"] for _ in range(5)]
    for one in sent:
        assert end(http, mother, child, one).status == 204
    refused = invite(http, mother, child, NOBODY)
    clock.shift(timedelta(days=30))
    mother = again(mother)

    assert (refused.status, refused.problem) == (409, "too-many-invitations")
    assert statuses(http, mother, child) == ["withdrawn"] * 5
    assert invite(http, mother, child, NOBODY).status == 201


def test_a_person_sends_ten_invitations_a_day(http: Client, mother: Patient) -> None:  # A37
    children = [a_minor(mother) for _ in range(3)]
    for one in children:
        manage(http, mother, one)
    sent = [invite(http, mother, children[n // 4], NOBODY).status for n in range(11)]
    assert sent == [201] * 10 + [429]


def again(who: Patient) -> Patient:
    """Log in again: a session lives twelve hours."""
    account = rows.get(AccountRow, *account_key(who.id))
    assert account is not None
    return replace(who, principal=a_session(account))


def test_nothing_is_opened_without_the_certificate(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one = invite(http, mother, child, traits(father)).json()["id"]
    path = f"/v1/patients/{father.pid}/invitations/{one}"
    for body in ({"answer": "accept"}, {"answer": "accept", "certifies": False}):
        assert http.put(path, as_=father.principal, json=body).status == 422
    assert documents(http, father, child) == 404


def test_a_refusal_is_told_and_opens_nothing(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one = invite(http, mother, child, traits(father)).json()["id"]

    replies = [answer(http, father, one, accepts=False).status for _ in range(2)]

    assert replies == [204, 204]
    assert (statuses(http, mother, child), received(http, father)) == (["refused"], [])
    told = [row.type for row in waiting() if row.patient_id == child.pid]
    assert told.count("invitation.refused") == 1
    late = answer(http, father, one)
    assert (late.status, late.problem) == (409, "invitation-closed")
    assert documents(http, father, child) == 404
    repeated = [line for _, line in trace(http, mother, child.pid) if "refusé une" in line]
    assert len(repeated) == 1


def test_an_invitation_withdrawn_or_expired_is_no_longer_there_to_be_answered(
    http: Client, mother: Patient, father: Patient, child: Minor, clock: time_machine.Traveller
) -> None:
    one, other = (invite(http, mother, child, traits(father)).json()["id"] for _ in range(2))
    assert [end(http, mother, child, one).status for _ in range(2)] == [204, 204]
    left = [item["id"] for item in received(http, father)]
    clock.shift(timedelta(days=30))
    mother, father = again(mother), again(father)

    assert left == [other]
    assert received(http, father) == []
    assert sorted(statuses(http, mother, child)) == ["expired", "withdrawn"]
    assert [answer(http, father, id_).status for id_ in (one, other)] == [409, 409]
    assert documents(http, father, child) == 404


def test_somebody_else_answers_nothing(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one, stranger = invite(http, mother, child, traits(father)).json()["id"], a_person()
    own = answer(http, stranger, one)
    through = http.put(
        f"/v1/patients/{father.pid}/invitations/{one}",
        as_=stranger.principal,
        json={"answer": "accept", "certifies": True},
    )
    assert (own.status, through.status, end(http, stranger, child, one).status) == (404, 404, 404)
    assert documents(http, stranger, child) == 404
    assert statuses(http, mother, child) == ["pending"]


def test_who_came_by_invitation_neither_invites_nor_ends_nor_sees_invitations(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one = invited(http, mother, father, child)
    listed = http.get(f"/v1/patients/{child.pid}/representatives", as_=father.principal).json()

    assert invite(http, father, child, NOBODY).status == 404
    assert http.get(sent_path(child), as_=father.principal).status == 404
    assert end(http, father, child, one).status == 404
    assert [item["invitation_id"] for item in listed["items"]] == [None, None]
    assert documents(http, father, child) == 200


def test_whoever_has_the_child_on_file_ends_the_link_of_who_was_invited_at_once(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one = invited(http, mother, father, child)
    listed = http.get(f"/v1/patients/{child.pid}/representatives", as_=mother.principal).json()
    leave(http, mother, child)  # she has her on file still, and does not manage the space

    replies = [end(http, mother, child, one).status for _ in range(2)]

    assert {item["invitation_id"] for item in listed["items"]} == {None, one}
    assert replies == [204, 204]
    assert documents(http, father, child) == 404
    assert profiles(http, father) == [father.pid]
    assert statuses(http, mother, child) == ["ended"]
    manage(http, mother, child)
    ended = [line for line in trace(http, mother, child.pid) if "mis fin" in line[1]]
    assert ended == [("Vous", "avez mis fin à la gestion de cet espace par une personne invitée")]


def test_who_came_by_invitation_leaves_and_comes_back_only_by_another(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one = invited(http, mother, father, child)

    left = [leave(http, father, child).status for _ in range(2)]

    assert left == [204, 204]
    assert (documents(http, father, child), profiles(http, father)) == (404, [father.pid])
    assert statuses(http, mother, child) == ["ended"]
    assert manage(http, father, child).status == 404
    assert answer(http, father, one).status == 409
    gone = [line for _, line in trace(http, mother, child.pid) if "cessé de gérer" in line]
    assert len(gone) == 1
    invited(http, mother, father, child)
    assert documents(http, father, child) == 200


def test_who_was_invited_is_out_when_the_file_no_longer_has_who_invited(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    pending, partner = invite(http, mother, child, traits(a_person())), a_person()
    invited(http, mother, partner, child)
    late = invite(http, mother, child, traits(partner)).json()["id"]

    coverage.cover(child.pid, [father.pid])

    assert pending.status == 201
    assert [documents(http, one, child) for one in (mother, partner)] == [404, 404]
    assert received(http, partner) == []
    assert answer(http, partner, late).status == 409
    manage(http, father, child)
    said = [line for _, line in trace(http, father, child.pid) if "assurance maladie" in line]
    assert len(said) == 2
    assert any(line.endswith(f"à Camille {partner.name.title()}") for line in said)


def test_who_comes_onto_the_file_owes_nothing_more_to_an_invitation(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one = invited(http, mother, father, child)
    coverage.cover(child.pid, [mother.pid, father.pid])

    refused = end(http, mother, child, one)
    shown = http.get(f"/v1/patients/{child.pid}/representatives", as_=mother.principal).json()
    coverage.cover(child.pid, [father.pid])

    assert refused.status == 404
    assert [item["invitation_id"] for item in shown["items"]] == [None, None]
    assert (documents(http, father, child), documents(http, mother, child)) == (200, 404)
    (listed,) = http.get(f"/v1/patients/{father.pid}/children", as_=father.principal).json()[
        "items"
    ]
    assert listed["invited"] is False


def test_an_invitation_ends_with_the_minority_and_so_does_what_it_opened(  # A41
    http: Client, mother: Patient, father: Patient, clock: time_machine.Traveller
) -> None:
    child = a_minor(mother, birth_date=date(2008, 11, 28))
    manage(http, mother, child)
    invited(http, mother, father, child)
    other = a_person()
    late = invite(http, mother, child, traits(other)).json()["id"]
    clock.shift(timedelta(days=5))
    father, other = again(father), again(other)

    assert documents(http, father, child) == 404
    assert received(http, other) == []
    assert answer(http, other, late).status == 404
    assert profiles(http, father) == [father.pid]


def test_a_professional_of_the_same_number_has_no_part_in_it(
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one = invite(http, mother, child, traits(father)).json()["id"]
    reply = http.put(
        f"/v1/patients/{father.pid}/invitations/{one}",
        as_=a_doctor().principal,
        json={"answer": "accept", "certifies": True},
    )
    assert reply.status == 404


def test_an_altered_invitation_opens_nothing(  # A46
    http: Client, mother: Patient, father: Patient, child: Minor
) -> None:
    one, thief = invite(http, mother, child, traits(father)).json()["id"], a_person()
    pk, sk = f"P#{child.pid}", f"INVITE#{one}"
    aws.client("dynamodb").update_item(
        TableName=table_name("identity"),
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression="SET invitee = :s",
        ExpressionAttributeValues={":s": {"S": thief.pid}},
    )
    assert received(http, father) == []
    assert answer(http, father, one).status == 500
    assert documents(http, thief, child) == 404


def test_an_account_made_before_is_found_by_name_from_its_next_login_on(
    http: Client, clock: time_machine.Traveller
) -> None:
    del http, clock
    identity, subject = an_identity(), ids.new_secret_id()
    spaces.open_space(identity)
    now = product_clock.now()
    assert find(identity.traits) is None, "nobody is found who never came"
    account = accounts.of_person(ISSUER, subject, identity.traits, "a@exemple.test", now)
    row = spaces.named_row(str(account.pid), identity.traits)
    assert row is not None
    rows.write([rows.forget(row)])
    assert find(identity.traits) is None

    accounts.of_person(ISSUER, subject, identity.traits, "a@exemple.test", now)

    assert find(identity.traits) == account.pid


def find(known: Traits) -> str | None:
    assert known.birth_date is not None
    return spaces.find_by_name(known.family_name, known.given_names[0], known.birth_date)
