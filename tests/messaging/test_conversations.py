"""A conversation: who opens it, answers, closes it, and who may not (R-MSG-02, A14, A15)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from chalicelib.access import tokens
from chalicelib.access import usecases as access
from chalicelib.core import clock as now
from chalicelib.core import ids, rows
from chalicelib.core.events import EventType
from chalicelib.core.rows import table_name
from chalicelib.http.idempotency import Idempotency
from chalicelib.messaging import messages, references, store, usecases
from chalicelib.messaging.model import Draft
from tests import double
from tests.builders import Actor, a_doctor, a_grant, a_minor, a_person, represent
from tests.faults.stories import history, waiting
from tests.http_client import Client
from tests.injector import Faults, meanwhile
from tests.journeys.test_notices import announce, listed
from tests.messaging.correspondence import (
    ANSWER,
    HELLO,
    begin,
    begun,
    bodies,
    in_team,
    inbox,
    page,
    path,
    read,
    send,
    states,
)
from tests.worlds import World

UNKNOWN = "c.1." + "A" * 146


def withdraw(http: Client, world: World) -> None:
    target = f"/v1/patients/{world.person.pid}/authorisations/{world.doctor.id}"
    assert http.delete(target, as_=world.person.principal).status == 204


def block(http: Client, world: World, made: dict[str, object], *, blocked: bool) -> None:
    reply = http.put(
        path(str(made["id"]), "blocked"), as_=world.person.principal, json={"blocked": blocked}
    )
    assert reply.status == 200
    assert reply.json()["is_blocked"] is blocked


def test_a_professional_opens_one_the_person_answers_and_both_read_the_same(
    world: World, http: Client
) -> None:
    made = begun(world, http)
    assert send(http, world.person, made).status == 201

    assert bodies(http, world.person, made) == bodies(http, world.doctor, made) == [HELLO, ANSWER]
    assert made["subject"] == "Votre bilan"
    assert made["correspondent"] == {
        "kind": "professional",
        "name": world.doctor.name,
        "profession": "Médecin",
        "organisation": "Cabinet Exemple",
    }


def test_a_message_says_who_wrote_it_and_nobody_chooses_her_sender(  # A14
    world: World, http: Client
) -> None:
    made = begun(world, http)
    reply = http.post(
        path(made, "messages"),
        as_=world.person.principal,
        json={"body": ANSWER, "attachments": [], "sender": {"name": "Dr AUTRE"}},
        headers={"Idempotency-Key": ids.new_id()},
    )
    assert reply.status == 422
    assert send(http, world.person, made).status == 201

    first, second = page(http, world.person, made)["items"]
    assert (first["sender"]["name"], first["sender"]["is_you"]) == (world.doctor.name, False)
    assert (second["sender"]["side"], second["sender"]["is_you"]) == ("patient", True)
    assert second["sender"]["name"] == made["patient_name"]


def test_a_person_opens_no_conversation(world: World, http: Client) -> None:  # R-MSG-02
    reply = begin(http, world.person, world.person.pid)
    assert (reply.status, reply.problem) == (404, "not-found")
    assert inbox(http, world.person)["items"] == []


@pytest.mark.parametrize("who", ["colleague", "other"])
def test_who_has_no_authorisation_is_answered_as_for_nobody(
    world: World, http: Client, who: str
) -> None:
    actor: Actor = getattr(world, who)
    known = begin(http, actor, world.person.pid)
    unknown = begin(http, actor, ids.new_secret_id())
    assert (known.status, known.body) == (unknown.status, unknown.body) == (404, known.body)


def test_software_of_an_organisation_opens_one_for_its_team_with_a_handle(
    world: World, http: Client
) -> None:
    reply = begin(http, world.laboratory, world.handle(world.laboratory))
    assert reply.status == 201
    made = reply.json()
    assert made["correspondent"]["kind"] == "team"
    assert made["correspondent"]["name"] == world.laboratory.name
    assert made["patient_id"] is None, "software never learns the id of a record"
    assert [one["id"] for one in inbox(http, world.person)["items"]] == [made["id"]]


def test_the_other_side_is_unread_until_it_reads_and_states_follow(
    world: World, http: Client
) -> None:
    made = begun(world, http)
    assert inbox(http, world.person)["unread"] == 1
    assert states(http, world.doctor, made) == ["delivered"]

    assert read(http, world.person, made).status == 204

    assert inbox(http, world.person)["unread"] == 0
    assert states(http, world.doctor, made) == ["read"]
    assert send(http, world.person, made).status == 201
    assert states(http, world.person, made) == ["read", "delivered"]
    assert (inbox(http, world.doctor)["unread"], inbox(http, world.person)["unread"]) == (1, 0)
    assert read(http, world.doctor, made).status == 204
    assert inbox(http, world.doctor)["unread"] == 0


def test_what_one_wrote_oneself_is_not_to_be_read(world: World, http: Client) -> None:
    begun(world, http)
    assert inbox(http, world.doctor)["unread"] == 0
    assert inbox(http, world.doctor)["items"][0]["unread"] is False


def test_unread_counts_conversations_and_not_messages_whatever_is_repeated(
    world: World, http: Client
) -> None:
    made = begun(world, http)
    for _ in range(3):
        assert send(http, world.doctor, made).status == 201
    begun(world, http)
    assert inbox(http, world.person)["unread"] == 2
    for _ in range(2):
        assert read(http, world.person, made).status == 204
    assert inbox(http, world.person)["unread"] == 1


def test_reading_up_to_an_old_message_leaves_a_newer_one_unread(world: World, http: Client) -> None:
    made = begun(world, http)
    first = page(http, world.person, made)["items"][0]["id"]
    assert send(http, world.doctor, made).status == 201
    reply = http.post(path(made, "read"), as_=world.person.principal, json={"up_to": first})
    assert reply.status == 204
    assert inbox(http, world.person)["unread"] == 1
    assert states(http, world.doctor, made) == ["read", "delivered"]


def test_a_message_to_a_space_that_nobody_ever_opened_is_sent_and_no_more(  # D17
    world: World, http: Client
) -> None:
    asleep = a_minor()
    made = begin(http, world.laboratory, handle_of(world, asleep.pid)).json()
    assert states(http, world.laboratory, made) == ["sent"]


def handle_of(world: World, pid: str) -> str:
    return tokens.new_handle(pid, world.laboratory.id, now.now())[0]


def test_the_professional_closes_and_reopens_and_the_person_does_neither(
    world: World, http: Client
) -> None:
    made = begun(world, http)
    for verb in ("close", "reopen"):
        assert http.post(path(made, verb), as_=world.person.principal).status == 404

    closed = http.post(path(made, "close"), as_=world.doctor.principal)
    assert (closed.status, closed.json()["status"]) == (200, "closed")
    for writer in (world.person, world.doctor):
        refused = send(http, writer, made)
        assert (refused.status, refused.problem) == (409, "conversation-closed")
    shown = http.get(path(made), as_=world.person.principal).json()
    assert (shown["may_write"], shown["may_close"]) == (False, False)

    assert http.post(path(made, "reopen"), as_=world.doctor.principal).json()["may_write"] is True
    assert send(http, world.person, made).status == 201


def test_closing_twice_is_closing_once(world: World, http: Client) -> None:
    made = begun(world, http)
    for _ in range(2):
        assert http.post(path(made, "close"), as_=world.doctor.principal).status == 200


def test_a_withdrawn_professional_reads_what_she_was_written_and_writes_no_more(  # A15
    world: World, http: Client
) -> None:
    made = begun(world, http)
    assert send(http, world.person, made).status == 201
    withdraw(http, world)

    assert bodies(http, world.doctor, made) == [HELLO, ANSWER]
    shown = http.get(path(made), as_=world.doctor.principal).json()
    assert (shown["may_write"], shown["patient_id"]) == (False, None)
    refused = send(http, world.doctor, made)
    assert (refused.status, refused.problem) == (404, "not-found")
    assert http.post(path(made, "close"), as_=world.doctor.principal).status == 200
    assert http.post(path(made, "reopen"), as_=world.doctor.principal).status == 404


def test_blocked_a_correspondent_is_answered_as_one_who_was_never_let_in(  # A14
    world: World, http: Client
) -> None:
    made = begun(world, http)
    block(http, world, made, blocked=True)

    for refused in (send(http, world.doctor, made), begin(http, world.doctor, world.person.pid)):
        assert (refused.status, refused.problem) == (404, "not-found")
    assert http.get(path(made), as_=world.doctor.principal).json()["is_blocked"] is False
    hers = send(http, world.person, made)
    assert (hers.status, hers.problem) == (409, "conversation-blocked")

    block(http, world, made, blocked=False)
    assert send(http, world.doctor, made).status == 201
    assert send(http, world.person, made).status == 201


def test_a_blocked_team_is_silent_whoever_of_it_writes(world: World, http: Client) -> None:
    made = begin(http, world.laboratory, world.handle(world.laboratory)).json()
    block(http, world, made, blocked=True)
    again = begin(http, world.laboratory, world.handle(world.laboratory))
    assert again.status == 404
    member = in_team(a_doctor(), world.laboratory.id)
    assert send(http, member, made).status == 404


@pytest.mark.slow
@pytest.mark.parametrize("who", ["colleague", "laboratory", "other"])
@pytest.mark.parametrize(
    ("method", "verb", "body"),
    [
        ("GET", "", None),
        ("GET", "messages", None),
        ("POST", "messages", {"body": "Bonjour", "attachments": []}),
        ("POST", "close", None),
        ("POST", "reopen", None),
        ("POST", "read", {"up_to": "0" * 26}),
        ("PUT", "blocked", {"blocked": True}),
    ],
)
def test_who_takes_no_part_is_answered_as_for_no_conversation(  # A14, D15
    world: World, http: Client, who: str, method: str, verb: str, body: object
) -> None:
    made = begun(world, http)
    actor: Actor = getattr(world, who)
    answers = [
        http.request(
            method,
            path(known, *filter(None, [verb])),
            as_=actor.principal,
            json=body,
            headers={"Idempotency-Key": ids.new_id()},
        )
        for known in (made["id"], UNKNOWN, references.new(ids.new_secret_id(), "PRO.1").id)
    ]
    assert {(one.status, one.body) for one in answers} == {(404, answers[0].body)}


def test_a_refusal_is_in_the_persons_history_with_who_tried(world: World, http: Client) -> None:
    made = begun(world, http)
    assert http.get(path(made), as_=world.colleague.principal).status == 404
    tried = [one for one in history(world) if one.actor_id == world.colleague.id]
    assert [(one.action, one.outcome) for one in tried] == [
        ("messaging:conversation:read", "refused")
    ]


def test_each_act_is_told_to_the_person_in_french(world: World, http: Client) -> None:
    made = begun(world, http)
    page(http, world.doctor, made)
    target = f"/v1/patients/{world.person.pid}/trace"
    lines = http.get(target, as_=world.person.principal).json()["items"]
    said = [(one["actor"]["name"], one["label"], one["right"]) for one in lines]
    assert (world.doctor.name, "a lu une conversation", "Participe à cette conversation") in said
    assert any(label == "a ouvert une conversation" for _, label, _ in said)


def test_one_key_sends_one_message_and_gives_the_first_answer_again(  # A13, R03
    world: World, http: Client
) -> None:
    made, key = begun(world, http), ids.new_id()
    first, again = (send(http, world.person, made, key=key) for _ in range(2))
    assert (first.status, again.status, again.json()) == (201, 201, first.json())
    assert bodies(http, world.doctor, made) == [HELLO, ANSWER]
    other = send(http, world.person, made, "Autre texte", key=key)
    assert (other.status, other.problem) == (422, "idempotency-key-reused")


def test_twenty_sendings_at_once_with_one_key_are_one_message(  # A13
    world: World, http: Client
) -> None:
    ref = references.read(begun(world, http)["id"])
    asked, start = Idempotency("a" * 64, "same"), threading.Barrier(20)

    def once(_: int) -> messages.Told:
        start.wait(timeout=10)
        return messages.send_message(world.person.principal, ref, Draft(ANSWER), asked)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(once, range(20)))

    assert all(told == answers[0] for told in answers)
    assert bodies(http, world.doctor, ref.id) == [HELLO, ANSWER]
    assert inbox(http, world.doctor)["unread"] == 1


def test_one_key_opens_one_conversation(world: World, http: Client) -> None:
    key = ids.new_id()
    first, again = (begin(http, world.doctor, world.person.pid, key=key) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert len(inbox(http, world.person)["items"]) == 1


def test_a_parent_reads_and_answers_for_a_child_and_is_named(world: World, http: Client) -> None:
    child = a_minor(world.other)
    represent(world.other, child.pid)
    made = begin(http, world.laboratory, handle_of(world, child.pid)).json()
    assert send(http, world.other, made).status == 201

    answer = page(http, world.laboratory, made)["items"][-1]["sender"]
    assert answer["name"] == world.other.name
    assert answer["on_behalf_of"] == made["patient_name"]
    assert [one["id"] for one in inbox(http, world.other, pid=child.pid)["items"]] == [made["id"]]
    assert inbox(http, world.other)["items"] == []


def test_at_eighteen_the_parent_is_out_and_the_conversation_stays(  # A41
    clock: time_machine.Traveller, world: World, http: Client
) -> None:
    child = a_minor(world.other)
    represent(world.other, child.pid, until=now.now() + timedelta(minutes=5))
    made = begin(http, world.laboratory, handle_of(world, child.pid)).json()
    assert bodies(http, world.other, made) == [HELLO]
    clock.shift(timedelta(minutes=5))
    assert http.get(path(made), as_=world.other.principal).status == 404
    assert send(http, world.other, made).status == 404
    assert states(http, world.laboratory, made) == ["sent"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "string_too_short"),
        (" \n ", "string_too_short"),
        ("a" * 5001, "string_too_long"),
        ("Bonjour\x00", "control_character"),
        ("Bonjour \u202e", "control_character"),
    ],
)
def test_a_message_that_cannot_be_shown_is_refused_with_its_reason(
    world: World, http: Client, body: str, code: str
) -> None:
    made = begun(world, http)
    refused = send(http, world.person, made, body)
    assert refused.status == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/body", code)]
    assert bodies(http, world.person, made) == [HELLO]


def test_html_and_ends_of_lines_are_text(world: World, http: Client) -> None:
    made = begun(world, http, subject="<b>Bilan</b>")
    text = "<script>alert(1)</script>\r\nDeuxième ligne\rTroisième"
    assert send(http, world.person, made, text).status == 201
    assert bodies(http, world.doctor, made)[-1] == (
        "<script>alert(1)</script>\nDeuxième ligne\nTroisième"
    )
    assert inbox(http, world.person)["items"][0]["subject"] == "<b>Bilan</b>"


def test_a_subject_with_a_line_break_or_too_long_is_refused(world: World, http: Client) -> None:
    for subject in ("Bilan\r\nBcc: tous", "a" * 101):
        assert begin(http, world.doctor, world.person.pid, subject=subject).status == 422
    assert begin(http, world.doctor, world.person.pid, subject="").status == 201


def test_everything_wrong_in_an_opening_is_said_at_once(world: World, http: Client) -> None:
    refused = begin(http, world.doctor, world.person.pid, subject="a" * 101, body="")
    assert {one["pointer"] for one in refused.json()["errors"]} == {"/subject", "/body"}


def test_pages_lead_to_earlier_messages_and_none_is_missing_or_twice(
    world: World, http: Client
) -> None:
    made = begun(world, http)
    for number in range(7):
        assert send(http, world.person, made, f"Message {number}").status == 201
    found: list[str] = []
    cursor = ""
    while True:
        target = path(made, f"messages?limit=3{cursor}")
        reply = http.get(target, as_=world.person.principal).json()
        found = [one["body"] for one in reply["items"]] + found
        if reply["next"] is None:
            break
        cursor = f"&cursor={reply['next']}"
    assert found == [HELLO, *(f"Message {number}" for number in range(7))]


def test_lists_give_the_last_written_first_page_by_page(world: World, http: Client) -> None:
    made = [begun(world, http, subject=f"Sujet {number}") for number in range(5)]
    assert send(http, world.person, made[0]).status == 201
    expected = [made[0]["id"], *(one["id"] for one in reversed(made[1:]))]
    for reader in (world.person, world.doctor):
        first = inbox(http, reader, "limit=3")
        second = inbox(http, reader, f"limit=3&cursor={first['next']}")
        assert [one["id"] for one in first["items"] + second["items"]] == expected
        assert (second["unread"], second["next"]) == (None, None)


def test_an_altered_conversation_hides_none_of_the_others(  # A46
    world: World, http: Client
) -> None:
    made = [begun(world, http, subject=f"Sujet {number}")["id"] for number in range(4)]
    name = table_name("messaging")
    where = store.thread_key(references.read(made[3]))
    forged = dict(double.tables()[name][where]) | {"status": {"S": "closed"}}
    rows.write([{"Put": {"TableName": name, "Item": forged}}])
    first = inbox(http, world.person, "limit=2")
    second = inbox(http, world.person, f"limit=2&cursor={first['next']}")
    assert [one["id"] for one in first["items"] + second["items"]] == made[2::-1]


def test_messages_written_in_one_instant_keep_their_order(
    clock: time_machine.Traveller, world: World, http: Client
) -> None:
    del clock
    made = begun(world, http)
    for number in range(4):
        assert send(http, world.person, made, f"Message {number}").status == 201
    assert bodies(http, world.person, made)[1:] == [f"Message {number}" for number in range(4)]


def test_a_clock_that_goes_back_does_not_hide_a_message(
    clock: time_machine.Traveller, world: World, http: Client
) -> None:
    made = begun(world, http)
    assert read(http, world.person, made).status == 204
    clock.shift(-timedelta(minutes=1))
    assert send(http, world.doctor, made, "Encore un mot").status == 201
    assert inbox(http, world.person)["unread"] == 1
    assert bodies(http, world.person, made) == [HELLO, "Encore un mot"]


def test_two_who_write_at_once_lose_nothing_and_each_is_counted(  # R03
    world: World, http: Client, faults: Faults
) -> None:
    made = begun(world, http)
    assert read(http, world.person, made).status == 204
    ref = references.read(made["id"])
    theirs = Draft("Et encore ceci")
    faults.on(
        "dynamodb.TransactWriteItems",
        meanwhile(lambda: messages.send_message(world.doctor.principal, ref, theirs, None)),
        nth=1,
    )
    assert send(http, world.person, made).status == 201
    assert sorted(bodies(http, world.person, made)) == sorted([HELLO, ANSWER, "Et encore ceci"])
    assert (inbox(http, world.person)["unread"], inbox(http, world.doctor)["unread"]) == (1, 1)


def test_a_message_on_its_way_while_it_is_closed_is_refused(  # A15
    world: World, http: Client, faults: Faults
) -> None:
    made = begun(world, http)
    ref = references.read(made["id"])
    faults.on(
        "dynamodb.TransactWriteItems",
        meanwhile(lambda: usecases.close_conversation(world.doctor.principal, ref)),
        nth=1,
    )
    refused = send(http, world.person, made)
    assert (refused.status, refused.problem) == (409, "conversation-closed")
    assert bodies(http, world.person, made) == [HELLO]


def test_a_message_on_its_way_while_the_key_is_taken_back_is_refused(  # A15
    world: World, http: Client, faults: Faults
) -> None:
    made = begun(world, http)
    person = world.person
    faults.on(
        "dynamodb.TransactWriteItems",
        meanwhile(
            lambda: access.withdraw_authorisation(person.principal, person.pid, world.doctor.id)
        ),
        nth=1,
    )
    assert send(http, world.doctor, made).status == 404
    assert bodies(http, person, made) == [HELLO]


@pytest.mark.parametrize("verb", ["send", "open", "reopen"])
def test_what_is_on_its_way_while_she_blocks_is_refused(  # A14
    world: World, http: Client, faults: Faults, verb: str
) -> None:
    made = begun(world, http)
    ref, person = references.read(made["id"]), world.person
    if verb == "reopen":
        assert http.post(path(made, "close"), as_=world.doctor.principal).status == 200
    faults.on(
        "dynamodb.TransactWriteItems",
        meanwhile(lambda: usecases.set_blocked(person.principal, ref, is_blocked=True)),
        nth=1,
    )
    tries = {
        "send": lambda: send(http, world.doctor, made),
        "open": lambda: begin(http, world.doctor, person.pid),
        "reopen": lambda: http.post(path(made, "reopen"), as_=world.doctor.principal),
    }
    assert tries[verb]().status == 404
    assert bodies(http, person, made) == [HELLO]
    assert len(inbox(http, person)["items"]) == 1


def test_a_person_is_asked_whose_record(world: World, http: Client) -> None:
    refused = http.get("/v1/conversations", as_=world.person.principal)
    assert refused.status == 422
    assert refused.json()["errors"][0]["pointer"] == "/query/patient_id"


def test_what_does_not_go_with_who_asks_is_refused(world: World, http: Client) -> None:
    person, doctor = world.person, world.doctor
    for actor, query, pointer in (
        (person, f"patient_id={person.pid}&box=own", "/query/box"),
        (doctor, f"patient_id={person.pid}", "/query/patient_id"),
        (doctor, "box=everybody", "/query/box"),
    ):
        refused = http.get(f"/v1/conversations?{query}", as_=actor.principal)
        assert refused.status == 422
        assert refused.json()["errors"][0]["pointer"] == pointer


def test_no_row_in_clear_tells_who_writes_to_whom_or_what(
    world: World, http: Client
) -> None:  # D13
    made = begun(world, http, subject="MARQUEUR", body="MARQUEUR")
    assert send(http, world.person, made, "MARQUEUR").status == 201
    for (pk, _), item in double.tables()[table_name("messaging")].items():
        assert "MARQUEUR" not in str(item)
        if pk.startswith("P#"):
            assert world.doctor.id not in str(item)
        else:
            assert world.person.pid not in str(item)


def test_a_notice_names_the_correspondent_and_leads_to_the_conversation(
    world: World, http: Client
) -> None:
    made = begun(world, http)
    announce(world, EventType.MESSAGE_ADDED, made["id"])
    (item,) = listed(http, world).json()["items"]
    assert item["text"] == f"Nouveau message de {world.doctor.name}"
    assert item["target"] == {"kind": "conversation", "id": made["id"]}


def test_the_first_screen_counts_conversations_not_read(world: World, http: Client) -> None:
    target = f"/v1/patients/{world.person.pid}/home"
    assert http.get(target, as_=world.person.principal).json()["unread_messages"] == 0
    assert listed(http, world).json()["unread_messages"] == 0
    begun(world, http)
    assert http.get(target, as_=world.person.principal).json()["unread_messages"] == 1
    assert listed(http, world).json()["unread_messages"] == 1  # beside the bell of any screen


def test_another_persons_list_is_nobodys(world: World, http: Client) -> None:
    stranger = a_person()
    target = f"/v1/conversations?patient_id={world.person.pid}"
    assert http.get(target, as_=stranger.principal).status == 404


def test_a_page_that_the_store_ends_early_leads_to_the_earlier_messages(
    world: World, http: Client
) -> None:
    """DynamoDB ends a page at 1 MB, whatever its limit: long messages in other scripts reach it."""
    made = begun(world, http)
    long = "\U0001f33f" * 5000
    for _ in range(55):
        assert send(http, world.person, made, long).status == 201
    page_of_all = http.get(path(made, "messages?limit=100"), as_=world.doctor.principal).json()
    assert len(page_of_all["items"]) < 56
    rest = http.get(
        path(made, f"messages?limit=100&cursor={page_of_all['next']}"), as_=world.doctor.principal
    ).json()
    assert len(page_of_all["items"]) + len(rest["items"]) == 56
    assert rest["items"][0]["body"] == HELLO


def test_a_blocked_professional_is_silent_from_the_box_of_her_team_too(  # A14
    world: World, http: Client
) -> None:
    doctor = in_team(world.doctor, "750000001")
    own, shared = begun(world, http), begun(world, http, as_team=True)
    block(http, world, own, blocked=True)
    assert send(http, doctor, shared).status == 404
    assert begin(http, doctor, world.person.pid, as_team=True).status == 404
    colleague = in_team(world.colleague, "750000001")
    assert send(http, colleague, shared).status == 201


def test_what_was_so_already_is_not_said_to_be_done_again(world: World, http: Client) -> None:
    made = begun(world, http)
    for _ in range(2):
        assert http.post(path(made, "close"), as_=world.doctor.principal).status == 200
    closed = [one for one in history(world) if one.action == "messaging:conversation:close"]
    assert len(closed) == 1


def test_writing_to_somebody_is_not_told_as_a_first_reading_of_her_record(
    world: World, http: Client
) -> None:
    a_grant(world.person, world.colleague, used=False)
    begun(world, http, sender=world.colleague)
    assert "access.first" not in [row.type for row in waiting()]
    target = f"/v1/patients/{world.person.pid}/documents"
    assert http.get(target, as_=world.colleague.principal).status == 200
    assert [row.type for row in waiting()].count("access.first") == 1
