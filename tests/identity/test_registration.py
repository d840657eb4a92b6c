"""What the operator does with software of organisations: rotate keys, suspend, resume (A27)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc.jwk import ECKey

from chalicelib.access import store as access_store
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import aws, rows
from chalicelib.core.rows import StoreUnavailable
from chalicelib.identity import registration, store
from chalicelib.identity.store import ClientKeyRow
from chalicelib.identity.values import FINESS
from chalicelib.vault.errors import Tampered
from tests import double
from tests.http_client import Client
from tests.identity.software import (
    EC,
    HOSPITAL,
    LAB,
    OTHER,
    RSA,
    ask,
    assertion,
    claims_of,
    key_set,
    look_up,
    refused,
)
from tests.injector import Faults
from tests.recorder import Recorder

NEW = ECKey.generate_key("P-256", {"kid": "ec-2"})
IDENTITY = "carnet-test-identity"
INVALID = (401, {"error": "invalid_client"})


@pytest.fixture
def client_id(http: Client) -> str:
    del http
    return registration.register_client("Laboratoire Exemple", LAB, key_set(EC))


def _token(http: Client, client_id: str, key: Any = EC) -> str:
    return str(ask(http, assertion(claims_of(client_id), key)).json()["access_token"])


def _serves(http: Client, client_id: str, key: Any) -> bool:
    reply = ask(http, assertion(claims_of(client_id), key))
    assert reply.status == 200 or refused(reply) == INVALID
    return reply.status == 200


def _owners() -> dict[str, str]:
    """Return whose each registered key is, by thumbprint."""
    return {
        pk.partition("#")[2]: item["client_id"]["S"]
        for (pk, sk), item in double.tables()[IDENTITY].items()
        if sk == "CLIENTKEY"
    }


def _traces() -> list[Trace]:
    items = [
        item for (pk, _), item in double.tables()["carnet-test-audit"].items() if pk == f"A#{LAB}"
    ]
    keys = [(TraceRow, item["pk"]["S"], item["sk"]["S"]) for item in items]
    found = [row for row in rows.fetch(keys) if isinstance(row, TraceRow)]
    return [open_row(row, LAB) for row in sorted(found, key=lambda row: row.sk)]


def test_suspended_software_gets_no_token_and_its_token_opens_nothing_from_the_next_request(
    http: Client, client_id: str
) -> None:
    token = _token(http, client_id)
    assert look_up(http, token).status == 200

    registration.suspend_client(client_id)

    assert refused(ask(http, assertion(claims_of(client_id)))) == INVALID
    used = look_up(http, token)
    assert (used.status, used.problem) == (401, "session-ended")


def test_resumed_software_is_served_again_with_another_token_only(
    http: Client, client_id: str
) -> None:  # A27
    stolen = []
    for _ in range(2):
        stolen.append(_token(http, client_id))
        registration.suspend_client(client_id)
        registration.resume_client(client_id)

        replies = [look_up(http, token) for token in stolen]
        assert {(one.status, one.problem) for one in replies} == {(401, "session-ended")}
        assert look_up(http, _token(http, client_id)).status == 200


def test_a_token_lives_on_while_keys_are_replaced(http: Client, client_id: str) -> None:
    token = _token(http, client_id)
    registration.replace_keys(client_id, key_set(NEW), keeps_former=True)

    assert look_up(http, token).status == 200


def test_one_organisation_s_suspension_touches_no_other(http: Client, client_id: str) -> None:
    other = registration.register_client("Hôpital Exemple", HOSPITAL, key_set(OTHER))
    registration.suspend_client(client_id)

    assert _serves(http, other, OTHER)


def test_repeating_changes_nothing_and_traces_nothing(aws: Recorder, client_id: str) -> None:
    del aws
    for _ in range(2):
        registration.suspend_client(client_id)
        registration.replace_keys(client_id, key_set(NEW), keeps_former=False)
        registration.register_client("Laboratoire Exemple", LAB, key_set(NEW))

    assert registration.find_client(client_id).version == 3
    assert [(one.action, one.actor, one.reference) for one in _traces()] == [
        ("client:register", "operator", client_id),
        ("client:suspend", "operator", client_id),
        ("client:replace-keys", "operator", client_id),
    ]


def test_software_in_another_state_is_neither_suspended_nor_resumed(client_id: str) -> None:
    row = registration.find_client(client_id)
    row.status = "ended"
    rows.write([rows.put(row)])

    for act in (registration.suspend_client, registration.resume_client):
        with pytest.raises(ValueError, match="the client is ended"):
            act(client_id)


def test_replaced_keys_sign_nothing_from_the_next_request_for_a_token(
    http: Client, client_id: str
) -> None:
    left = registration.replace_keys(client_id, key_set(NEW), keeps_former=False)

    assert left == [NEW.thumbprint()]
    assert (_serves(http, client_id, NEW), _serves(http, client_id, EC)) == (True, False)
    assert _owners() == {NEW.thumbprint(): client_id}


def test_former_keys_serve_beside_the_new_ones_until_they_are_dropped(
    http: Client, client_id: str
) -> None:
    registration.replace_keys(client_id, key_set(NEW), keeps_former=True)
    both = [_serves(http, client_id, NEW), _serves(http, client_id, EC)]
    registration.replace_keys(client_id, key_set(NEW), keeps_former=False)

    assert both == [True, True]
    assert (_serves(http, client_id, NEW), _serves(http, client_id, EC)) == (True, False)


def test_keys_of_suspended_software_are_replaced_without_serving_it(
    http: Client, client_id: str
) -> None:
    registration.suspend_client(client_id)
    registration.replace_keys(client_id, key_set(NEW), keeps_former=False)
    assert not _serves(http, client_id, NEW)

    registration.resume_client(client_id)
    assert _serves(http, client_id, NEW)


def test_a_dropped_key_may_be_registered_again_and_one_in_use_may_not(
    http: Client, client_id: str
) -> None:
    registration.replace_keys(client_id, key_set(NEW), keeps_former=False)
    other = registration.register_client("Hôpital Exemple", HOSPITAL, key_set(EC))

    assert _serves(http, other, EC)
    for keeps in (True, False):
        with pytest.raises(ValueError, match="other software"):
            registration.replace_keys(client_id, key_set(EC), keeps_former=keeps)
    assert _owners() == {NEW.thumbprint(): client_id, EC.thumbprint(): other}
    assert _serves(http, client_id, NEW)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([OTHER], "kid"),
        ([ECKey.generate_key("P-256", {"kid": str(n)}) for n in range(10)], "more than 10"),
    ],
)
def test_keys_that_an_assertion_could_not_choose_among_are_refused(
    client_id: str, given: list[Any], reason: str
) -> None:
    before = double.tables()

    with pytest.raises(ValueError, match=reason):
        registration.replace_keys(client_id, key_set(*given), keeps_former=True)

    assert double.tables() == before


def test_rivals_leave_the_keys_of_one_of_them(http: Client, client_id: str) -> None:
    made = [ECKey.generate_key("P-256", {"kid": f"r-{n}"}) for n in range(4)]

    def replace(key: ECKey) -> None:
        try:
            registration.replace_keys(client_id, key_set(key), keeps_former=False)
        except StoreUnavailable:
            return  # too many rivals: said, and nothing was done

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(replace, made))

    (left,) = registration.thumbprints_of(registration.find_client(client_id))
    assert _owners() == {left: client_id}
    assert [_serves(http, client_id, key) for key in made].count(True) == 1


@pytest.mark.parametrize("mode", ["before", "after", "lost_once", "throttled", "conflict"])
def test_a_command_that_fails_is_repeated(
    faults: Faults, http: Client, client_id: str, mode: str
) -> None:
    faults.on("dynamodb.TransactWriteItems", mode)
    try:
        registration.replace_keys(client_id, key_set(NEW), keeps_former=False)
    except StoreUnavailable:
        registration.replace_keys(client_id, key_set(NEW), keeps_former=False)

    assert _owners() == {NEW.thumbprint(): client_id}
    assert (_serves(http, client_id, NEW), _serves(http, client_id, EC)) == (True, False)
    assert Counter(one.action for one in _traces())["client:replace-keys"] == 1


def test_software_whose_row_was_changed_by_hand_is_not_changed_further(client_id: str) -> None:
    pk, sk = access_store.client_key(client_id)
    item = double.tables()[IDENTITY][pk, sk] | {"status": {"S": "suspended"}}
    aws.client("dynamodb").put_item(
        TableName=IDENTITY, Item={"pk": {"S": pk}, "sk": {"S": sk}, **item}
    )

    with pytest.raises(Tampered):  # A46
        registration.resume_client(client_id)


@pytest.mark.parametrize("unknown", ["0" * 26, "../CLIENT", ""])
def test_unknown_software_is_refused(http: Client, unknown: str) -> None:
    del http
    with pytest.raises(ValueError, match="no client"):
        registration.suspend_client(unknown)


def test_the_software_of_an_organisation_is_listed_and_no_other_s(client_id: str) -> None:
    second = registration.register_client("Second logiciel", LAB, key_set(RSA))
    other = registration.register_client("Hôpital Exemple", HOSPITAL, key_set(OTHER))
    # Pointers carry no keyed hash: what they point at says whose it is.
    rows.write([rows.put(registration._listing(other, LAB))])

    assert set(registration.clients_of(LAB)) == {client_id, second}
    assert set(registration.clients_of(HOSPITAL)) == {other}
    assert registration.clients_of(FINESS("750000001")) == {}


def test_software_registered_before_there_were_lists_is_listed_once_registered_again(
    client_id: str,
) -> None:
    pk, sk = store.client_of_key(LAB, client_id)
    aws.client("dynamodb").delete_item(TableName=IDENTITY, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    assert registration.clients_of(LAB) == {}

    assert registration.register_client("Laboratoire Exemple", LAB, key_set(EC)) == client_id
    assert set(registration.clients_of(LAB)) == {client_id}


def test_a_key_s_pointer_that_was_lost_is_made_again(client_id: str) -> None:
    pk, sk = store.client_key_key(EC.thumbprint())
    aws.client("dynamodb").delete_item(TableName=IDENTITY, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    registration.replace_keys(client_id, key_set(EC), keeps_former=False)

    assert rows.get(ClientKeyRow, pk, sk) is not None


def test_what_the_operator_does_is_logged_by_ids_only(
    client_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    registration.suspend_client(client_id)

    said = capsys.readouterr().out
    assert client_id in said
    assert "Laboratoire" not in said
    assert str(LAB) not in said
