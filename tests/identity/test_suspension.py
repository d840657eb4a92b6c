"""What the operator does with accounts: suspend, resume, show (A05, A42, A46)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chalicelib.access.store import AccountRow, account_key
from chalicelib.audit.store import TraceRow, as_row, open_row
from chalicelib.core import aws, clock, rows
from chalicelib.core.rows import StoreUnavailable
from chalicelib.identity import accounts, directory, sessions, suspension
from chalicelib.identity.model import AccountAction
from chalicelib.vault.errors import Tampered
from tests import builders, double
from tests.builders import Actor, Patient
from tests.http_client import Client, Reply
from tests.identity.conftest import OWN_PAGE
from tests.injector import Faults
from tests.recorder import Recorder

IDENTITY = "carnet-test-identity"
SUSPENDED = (403, "account-suspended")
ENDED = (401, "session-ended")


@pytest.fixture
def person(aws: Recorder) -> Patient:  # noqa: ARG001  the cloud comes first
    return builders.a_person()


@pytest.fixture
def doctor(aws: Recorder) -> Actor:  # noqa: ARG001  makes the double of the cloud
    return builders.a_doctor()


def _row(actor: Actor) -> AccountRow:
    row = rows.get(AccountRow, *account_key(actor.principal.account or actor.id))
    assert row is not None
    return row


def _cookie(actor: Actor) -> str:
    professional = directory.professional(actor.id)
    row, cookie = sessions.new_session(_row(actor), clock.now(), professional)
    rows.write([rows.put(row)])
    return cookie


def _refresh(http: Client, cookie: str) -> Reply:
    sent = {**OWN_PAGE, "Cookie": f"__Host-carnet_refresh={cookie}"}
    return http.post("/v1/auth/refresh", headers=sent)


def _outcome(reply: Reply) -> tuple[int, str]:
    return reply.status, "" if reply.status < 300 else reply.problem


def _history(owner: str, partition: str) -> list[str]:
    items = {sk: one for (pk, sk), one in double.tables()["carnet-test-audit"].items()
             if pk == f"{partition}#{owner}" and one["kind"]["S"] == "trace"}  # fmt: skip
    found = rows.fetch([(TraceRow, f"{partition}#{owner}", sk) for sk in sorted(items)])
    assert all(as_row(one) for one in items.values())
    return [open_row(row, owner).action for row in found if isinstance(row, TraceRow)]


def test_every_session_of_a_suspended_person_is_refused_from_its_next_request(
    http: Client, person: Patient
) -> None:
    tokens = [_refresh(http, _cookie(person)).json()["access_token"] for _ in range(2)]
    headers = [{"Authorization": f"Bearer {token}"} for token in tokens]
    paths = ("/v1/me", f"/v1/patients/{person.pid}/documents")
    assert {http.get(path, headers=one).status for path in paths for one in headers} == {200}

    suspension.suspend_account(person.pid)

    replies = [http.get(path, headers=one) for path in paths for one in headers]
    searched = {"family_name": "exemple"}
    replies.append(http.post("/v1/professionals/search", headers=headers[0], json=searched))
    assert {_outcome(reply) for reply in replies} == {SUSPENDED}
    assert "Appelez l’assistance" in replies[0].json()["detail"]
    assert len({reply.body for reply in replies}) == 1


def test_a_suspended_professional_is_refused_and_her_patients_keep_their_authorisations(
    http: Client, person: Patient, doctor: Actor
) -> None:
    builders.a_grant(person, doctor)
    path = f"/v1/patients/{person.pid}"
    assert http.get(path, as_=doctor.principal).status == 200

    suspension.suspend_account(doctor.id)

    assert _outcome(http.get(path, as_=doctor.principal)) == SUSPENDED
    assert _outcome(http.get("/v1/me", as_=doctor.principal)) == SUSPENDED
    listed = http.get(f"{path}/authorisations", as_=person.principal).json()["items"]
    assert [one["status"] for one in listed] == ["active"]


@pytest.mark.parametrize("is_doctor", [False, True])
def test_resumed_an_account_begins_again_and_what_it_held_stays_dead(
    http: Client, person: Patient, doctor: Actor, *, is_doctor: bool
) -> None:  # A05
    actor, who = (doctor, doctor.id) if is_doctor else (person, person.pid)
    cookie = _cookie(actor)
    suspension.suspend_account(who)
    assert _outcome(_refresh(http, cookie)) == SUSPENDED
    suspension.resume_account(who)

    assert _outcome(http.get("/v1/me", as_=actor.principal)) == ENDED
    assert _outcome(_refresh(http, cookie)) == ENDED
    fresh = _refresh(http, _cookie(actor)).json()["access_token"]
    assert http.get("/v1/me", headers={"Authorization": f"Bearer {fresh}"}).status == 200


def test_a_session_written_while_its_account_was_being_suspended_opens_nothing(
    http: Client, person: Patient
) -> None:
    row, cookie = sessions.new_session(_row(person), clock.now())
    suspension.suspend_account(person.pid)
    rows.write([rows.put(row)])
    suspension.resume_account(person.pid)

    assert _outcome(_refresh(http, cookie)) == ENDED


def test_nobody_else_is_touched(http: Client, person: Patient, doctor: Actor) -> None:
    suspension.suspend_account(builders.a_person().pid)

    assert http.get("/v1/me", as_=person.principal).status == 200
    assert http.get("/v1/me", as_=doctor.principal).status == 200


def test_another_s_account_does_not_stand_for_one_s_own(
    http: Client, person: Patient, doctor: Actor
) -> None:  # A06
    crossed = replace(doctor.principal, account=person.id)

    assert _outcome(http.get("/v1/me", as_=crossed)) == ENDED


def test_a_session_whose_account_is_gone_opens_nothing(http: Client, person: Patient) -> None:
    pk, sk = account_key(person.id)
    aws.client("dynamodb").delete_item(TableName=IDENTITY, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    assert _outcome(http.get("/v1/me", as_=person.principal)) == ENDED


def test_an_account_resumed_by_hand_in_the_table_opens_nothing(
    http: Client, person: Patient
) -> None:  # A46
    suspension.suspend_account(person.pid)
    pk, sk = account_key(person.id)
    item = double.tables()[IDENTITY][pk, sk] | {"status": {"S": "active"}}
    aws.client("dynamodb").put_item(
        TableName=IDENTITY, Item={"pk": {"S": pk}, "sk": {"S": sk}, **item}
    )

    documents = f"/v1/patients/{person.pid}/documents"
    assert http.get(documents, as_=person.principal).status == 500
    with pytest.raises(Tampered):
        suspension.resume_account(person.pid)


def test_the_person_reads_in_her_history_what_the_operator_did(
    http: Client, person: Patient
) -> None:
    suspension.suspend_account(person.identity.ins.matricule)
    suspension.resume_account(person.identity.ins.matricule)

    fresh = _refresh(http, _cookie(person)).json()["access_token"]
    headers = {"Authorization": f"Bearer {fresh}"}
    lines = http.get(f"/v1/patients/{person.pid}/trace", headers=headers).json()["items"]
    told = [f"{one['actor']['name']} {one['label']}" for one in lines]
    assert "Un opérateur a suspendu l’accès à votre espace" in told
    assert "Un opérateur a rétabli l’accès à votre espace" in told


def test_repeating_changes_nothing_and_traces_nothing(person: Patient, doctor: Actor) -> None:
    for _ in range(2):
        suspension.suspend_account(person.pid)
        suspension.suspend_account(doctor.id)
    for _ in range(2):
        suspension.resume_account(doctor.id)

    assert _history(person.pid, "P") == [AccountAction.SUSPEND]
    assert _history(doctor.id, "A") == [AccountAction.SUSPEND, AccountAction.RESUME]


def test_a_professional_who_never_logged_in_is_suspended_before_she_does(aws: Recorder) -> None:
    del aws
    doctor = builders.a_professional()
    with pytest.raises(ValueError, match="ever logged in"):
        suspension.show_account(doctor.rpps)

    told = suspension.suspend_account(doctor.rpps)

    assert (told.status, told.of) == ("suspended", doctor.rpps)
    assert accounts.of_professional(doctor.rpps, clock.now()).status == "suspended"


@pytest.mark.parametrize("who", ["", "x", "0" * 26, "89999999999", "279035121518980", "é" * 15])
def test_an_unknown_account_is_refused(aws: Recorder, who: str) -> None:
    del aws
    for act in (suspension.suspend_account, suspension.resume_account, suspension.show_account):
        with pytest.raises(ValueError, match=r"."):
            act(who)


def test_a_number_that_no_professional_bears_gets_no_account(aws: Recorder) -> None:
    del aws
    before = double.tables()

    with pytest.raises(ValueError, match="no professional of the directory"):
        suspension.suspend_account("89999999999")

    assert double.tables() == before


def test_a_space_whose_holder_never_came_has_no_account(person: Patient) -> None:
    pk, sk = f"P#{person.pid}", "HOLDER"
    aws.client("dynamodb").delete_item(TableName=IDENTITY, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    with pytest.raises(ValueError, match="never logged in"):
        suspension.suspend_account(person.pid)


def test_rivals_leave_one_act_in_the_history(person: Patient) -> None:
    def suspend(_: int) -> None:
        try:
            suspension.suspend_account(person.pid)
        except StoreUnavailable:
            return  # too many rivals: said, and nothing was done

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(suspend, range(4)))

    assert _row(person).generation == 1
    assert _history(person.pid, "P") == [AccountAction.SUSPEND]


@pytest.mark.parametrize("mode", ["before", "after", "lost_once", "throttled", "conflict"])
def test_a_command_that_fails_is_repeated(faults: Faults, person: Patient, mode: str) -> None:
    faults.on("dynamodb.TransactWriteItems", mode)
    try:
        suspension.suspend_account(person.pid)
    except StoreUnavailable:
        suspension.suspend_account(person.pid)

    assert _row(person).status == "suspended"
    assert _history(person.pid, "P") == [AccountAction.SUSPEND]


def test_what_the_operator_does_is_logged_without_saying_who(
    person: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    suspension.suspend_account(person.identity.ins.matricule)

    said = capsys.readouterr().out
    assert '"action":"identity:account:suspend"' in said
    for secret in (person.pid, person.identity.ins.matricule, person.identity.traits.family_name):
        assert secret not in said
