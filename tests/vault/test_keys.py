"""Branch keys: creation that survives crashes, destruction, rotation, and whose root key."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aws_cryptographic_material_providers.keystore.models import VersionKeyInput

from chalicelib.core import aws, clock
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings
from chalicelib.vault import envelope, keys, sdk
from chalicelib.vault.errors import KeyMissing, Tampered
from chalicelib.vault.subjects import key_table, root_key_arn
from tests.vault.host import OTHER, PATIENT, Host


def _rows(subject: str) -> list[dict[str, Any]]:
    answer = aws.client("dynamodb").scan(TableName=key_table(), ConsistentRead=True)
    return [row for row in answer["Items"] if row["branch-key-id"]["S"] == subject]


def test_creating_a_key_twice_keeps_the_first(patient: str) -> None:
    before = _rows(patient)
    keys.create_branch_key(patient)
    assert _rows(patient) == before


def test_a_key_just_created_is_read_consistently(host: Host, patient: str) -> None:
    envelope.new_data_key(patient, "document")
    assert host.bodies["GetItem"]["ConsistentRead"] is True


@pytest.mark.parametrize("nth", [0, 1, 2])
@pytest.mark.parametrize("operation", ["GenerateDataKeyWithoutPlaintext", "ReEncrypt"])
def test_creation_cut_between_calls_can_be_repeated(host: Host, operation: str, nth: int) -> None:
    made = host.measure(lambda: keys.create_branch_key(OTHER))
    assert made == {
        "GenerateDataKeyWithoutPlaintext": 2,
        "ReEncrypt": 1,
        "TransactWriteItems": 1,
    }
    if nth >= made[operation]:
        operation = "TransactWriteItems"
    host.fail(operation)
    with pytest.raises(Unavailable):
        keys.create_branch_key(PATIENT)
    assert _rows(PATIENT) == []

    keys.create_branch_key(PATIENT)
    assert envelope.new_data_key(PATIENT, "document")


def test_creation_whose_answer_is_lost_is_success(host: Host) -> None:
    host.fail("TransactWriteItems", when="after")
    keys.create_branch_key(PATIENT)
    assert len(_rows(PATIENT)) == 3


def test_creation_with_the_table_down_is_unavailable(host: Host) -> None:
    host.fail("TransactWriteItems")
    host.fail("GetItem")
    with pytest.raises(Unavailable):
        keys.create_branch_key(PATIENT)


def test_a_host_without_reencrypt_makes_keys_that_work(host: Host) -> None:
    host.refuse("ReEncrypt", "InvalidAction")
    calls = host.measure(lambda: keys.create_branch_key(PATIENT))
    assert calls["Encrypt"] == 1
    data_key = envelope.new_data_key(PATIENT, "document")
    sealed = envelope.seal(b"x", subject=PATIENT, kind="document", data_key=data_key)
    keys.forget()
    assert envelope.open_(sealed, subject=PATIENT, kind="document") == b"x"


def test_reencrypt_refused_by_policy_is_not_worked_around(host: Host) -> None:
    host.refuse("ReEncrypt", "AccessDeniedException")
    with pytest.raises(Unavailable):
        keys.create_branch_key(PATIENT)
    assert host.calls["Encrypt"] == 0


@pytest.mark.parametrize(
    ("subject", "family"), [("P.a", "root"), ("U.a", "root"), ("O.a", "root"), ("T.a", "trace")]
)
def test_each_family_has_its_root_key(host: Host, subject: str, family: str) -> None:
    assert root_key_arn(subject) == getattr(settings(), f"kms_{family}_key_arn")
    keys.create_branch_key(subject)
    assert {row["kms-arn"]["S"] for row in _rows(subject)} == {root_key_arn(subject)}
    assert host.calls["ReEncrypt"] == 1


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize(
    "subject", ["", "P", "P.", "X.a", "P.a/b", "P.é", "P.a\n", "P." + "a" * 65]
)
def test_what_is_not_a_subject_is_refused(subject: str) -> None:
    for act in (keys.create_branch_key, keys.delete_branch_key):
        with pytest.raises(ValueError, match="subject"):
            act(subject)
    with pytest.raises(ValueError, match="subject"):
        envelope.new_data_key(subject, "document")


def test_after_rotation_old_and_new_values_open(host: Host, patient: str) -> None:  # R12
    old_key = envelope.new_data_key(patient, "document")
    old = envelope.seal(b"old", subject=patient, kind="document", data_key=old_key)
    store = sdk.key_store(root_key_arn(patient))
    store.version_key(VersionKeyInput(branch_key_identifier=patient))
    keys.forget()
    host.calls.clear()
    new_key = envelope.new_data_key(patient, "document")
    new = envelope.seal(b"new", subject=patient, kind="document", data_key=new_key)
    still = envelope.seal(b"still", subject=patient, kind="document", data_key=old_key)
    keys.forget()
    opened = [envelope.open_(m, subject=patient, kind="document") for m in (old, new, still)]
    assert opened == [b"old", b"new", b"still"]
    assert len(_rows(patient)) == 4


def test_deleting_removes_every_version_and_can_be_repeated(patient: str, other: str) -> None:
    store = sdk.key_store(root_key_arn(patient))
    store.version_key(VersionKeyInput(branch_key_identifier=patient))
    keys.delete_branch_key(patient)
    keys.delete_branch_key(patient)
    assert _rows(patient) == []
    assert len(_rows(other)) == 3


def test_deletion_cut_short_says_so_and_can_be_repeated(host: Host, patient: str) -> None:
    host.fail("TransactWriteItems")
    with pytest.raises(Unavailable):
        keys.delete_branch_key(patient)
    assert len(_rows(patient)) == 3
    keys.delete_branch_key(patient)
    assert _rows(patient) == []


def test_after_deletion_a_new_process_cannot_open(patient: str) -> None:  # A42
    data_key = envelope.new_data_key(patient, "document")
    sealed = envelope.seal(b"x", subject=patient, kind="document", data_key=data_key)
    keys.delete_branch_key(patient)
    with pytest.raises(KeyMissing):
        envelope.open_(sealed, subject=patient, kind="document")
    with pytest.raises(KeyMissing):
        envelope.seal(b"x", subject=patient, kind="document", data_key=data_key)
    with pytest.raises(KeyMissing):
        envelope.new_data_key(patient, "document")


def test_a_key_made_again_after_deletion_opens_nothing_old(patient: str) -> None:
    data_key = envelope.new_data_key(patient, "document")
    sealed = envelope.seal(b"x", subject=patient, kind="document", data_key=data_key)
    keys.delete_branch_key(patient)
    keys.create_branch_key(patient)
    with pytest.raises(Tampered):
        envelope.open_(sealed, subject=patient, kind="document")


@pytest.mark.parametrize("kind", ["document", "profile"])
def test_a_warm_process_opens_until_five_minutes_after_first_use(kind: str, patient: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        messages = {}
        for each in ("document", "profile"):
            data_key = envelope.new_data_key(patient, each)
            messages[each] = envelope.seal(b"x", subject=patient, kind=each, data_key=data_key)
        keys.forget()
        envelope.open_(messages["document"], subject=patient, kind="document")
        _delete_elsewhere(patient)

        travel.shift(timedelta(seconds=299))
        # The profile's data key is unwrapped late: that does not start five more minutes.
        assert envelope.open_(messages[kind], subject=patient, kind=kind) == b"x"
        travel.shift(timedelta(seconds=1))
        with pytest.raises(KeyMissing):
            envelope.open_(messages[kind], subject=patient, kind=kind)


def test_a_clock_going_back_empties_the_cache(patient: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        data_key = envelope.new_data_key(patient, "document")
        _delete_elsewhere(patient)
        travel.shift(timedelta(seconds=-1))
        with pytest.raises(KeyMissing):
            envelope.seal(b"x", subject=patient, kind="document", data_key=data_key)


def test_forgetting_one_subject_keeps_the_others(host: Host, patient: str, other: str) -> None:
    made = {who: envelope.new_data_key(who, "document") for who in (patient, other)}
    keys.forget(patient)

    def seal(who: str) -> dict[str, int]:
        return host.measure(
            lambda: envelope.seal(b"x", subject=who, kind="document", data_key=made[who])
        )

    assert seal(other) == {}
    assert seal(patient) == {"GetItem": 1, "Decrypt": 1}


def test_remembered_subjects_and_data_keys_are_bounded(
    host: Host, patient: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "SUBJECTS_KEPT", 1)
    monkeypatch.setattr(sdk, "DATA_KEYS_KEPT", 2)
    made = [envelope.new_data_key(patient, "document") for _ in range(3)]
    for data_key in made:
        sealed = envelope.seal(b"x", subject=patient, kind="document", data_key=data_key)
        assert envelope.open_(sealed, subject=patient, kind="document") == b"x"
    envelope.new_data_key(other, "document")
    calls = host.measure(
        lambda: envelope.seal(b"x", subject=patient, kind="document", data_key=made[0])
    )
    assert calls == {"GetItem": 1, "Decrypt": 1}


def _delete_elsewhere(subject: str) -> None:
    for row in _rows(subject):
        aws.client("dynamodb").delete_item(
            TableName=key_table(), Key={k: row[k] for k in ("branch-key-id", "type")}
        )
