"""Sealing and opening: what opens, what never does, and what each costs in calls."""

import base64
import subprocess
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from io import BytesIO
from threading import Event, Thread
from typing import Any

import pytest
from aws_cryptographic_material_providers.keystore.client import KeyStore
from aws_cryptographic_material_providers.keystore.config import KeyStoreConfig
from aws_cryptographic_material_providers.keystore.models import KMSConfigurationKmsKeyArn
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsHierarchicalKeyringInput
from aws_encryption_sdk import EncryptionSDKClient
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy
from aws_encryption_sdk.internal.formatting.deserialize import deserialize_header
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chalicelib.core import aws, clock
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings
from chalicelib.vault import envelope, keys, sdk
from chalicelib.vault.envelope import WrappedKey
from chalicelib.vault.errors import KeyMissing, Tampered
from chalicelib.vault.subjects import key_table
from tests.vault.host import OTHER, PATIENT, Host

KIND = "document"
MIB = 1 << 20
SHARED = hypothesis_settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("aéz_"), inner),
    max_leaves=6,
)  # fmt: skip


@pytest.fixture
def data_key(patient: str) -> bytes:
    return envelope.new_data_key(patient, KIND)


def _seal(payload: bytes, data_key: bytes, subject: str = PATIENT, kind: str = KIND) -> bytes:
    return envelope.seal(payload, subject=subject, kind=kind, data_key=data_key)


def _open(sealed: bytes, subject: str = PATIENT, kind: str = KIND) -> bytes:
    return envelope.open_(sealed, subject=subject, kind=kind)


def _row(data_key: bytes, **change: Any) -> bytes:
    where = {"subject": PATIENT, "kind": KIND, "pk": "P#1", "sk": "DOC#1", "value": {"t": "é"}}
    return envelope.seal_row(**(where | {"data_key": data_key} | change))


def _open_row(sealed: bytes, **change: Any) -> dict[str, Any]:
    where = {"subject": PATIENT, "kind": KIND, "pk": "P#1", "sk": "DOC#1"}
    return envelope.open_row(sealed, **(where | change))


def _plain_sdk() -> tuple[Any, Any]:
    """Return an SDK client and keyring that know nothing of our materials manager."""
    store = KeyStore(
        config=KeyStoreConfig(
            ddb_client=aws.client("dynamodb"),
            ddb_table_name=key_table(),
            logical_key_store_name=key_table(),
            kms_client=aws.client("kms"),
            kms_configuration=KMSConfigurationKmsKeyArn(settings().kms_root_key_arn),
        )
    )
    keyring = AwsCryptographicMaterialProviders(
        config=MaterialProvidersConfig()
    ).create_aws_kms_hierarchical_keyring(
        CreateAwsKmsHierarchicalKeyringInput(
            key_store=store, branch_key_id=PATIENT, ttl_seconds=300
        )
    )
    return EncryptionSDKClient(), keyring


@SHARED
@given(payload=st.binary(max_size=3000))
def test_bytes_come_back_as_they_were(payload: bytes, data_key: bytes) -> None:
    assert _open(_seal(payload, data_key)) == payload


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB, 3 * MIB + 7])
def test_files_come_back_at_frame_boundaries(size: int, data_key: bytes) -> None:
    content = (bytes(range(251)) * (size // 251 + 1))[:size]
    sealed = _seal(content, data_key)
    assert _open(sealed) == content
    assert len(sealed) < size + 400 + 40 * (size // MIB + 1)


@SHARED
@given(value=st.dictionaries(st.text("abcé"), JSON))
def test_rows_come_back_as_they_were(value: dict[str, Any], data_key: bytes) -> None:
    assert _open_row(_row(data_key, value=value)) == value


@pytest.mark.parametrize(
    "value", [{"a": float("nan")}, {"a": "\ud800"}, {"a": date(2026, 1, 1)}, {"a": b""}]
)
def test_a_row_that_is_not_json_is_refused(value: dict[str, Any], data_key: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        _row(data_key, value=value)


@pytest.mark.parametrize("change", [{"pk": "P#2"}, {"sk": "DOC#2"}, {"kind": "profile"}])
def test_a_row_moved_elsewhere_does_not_open(change: dict[str, str], data_key: bytes) -> None:
    sealed = _row(data_key)
    assert _open_row(sealed) == {"t": "é"}
    with pytest.raises(Tampered):
        _open_row(sealed, **change)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b"null", b"{}", b'{"pk":"P#1"}'])
def test_sealed_bytes_other_than_a_row_do_not_open_as_one(payload: bytes, data_key: bytes) -> None:
    with pytest.raises(Tampered):
        _open_row(_seal(payload, data_key))


def test_bytes_swapped_between_patients_do_not_open(data_key: bytes, other: str) -> None:  # R13
    other_key = envelope.new_data_key(other, KIND)
    mine, theirs = _row(data_key), _row(other_key, subject=other)
    for sealed, subject in ((mine, other), (theirs, PATIENT)):
        with pytest.raises(Tampered):
            _open_row(sealed, subject=subject)


def test_a_message_of_another_kind_or_patient_is_refused_without_asking_for_keys(
    data_key: bytes, other: str, host: Host
) -> None:
    sealed = _row(data_key)
    keys.forget()
    host.calls.clear()
    for change in ({"subject": other}, {"kind": "profile"}):
        with pytest.raises(Tampered):
            _open_row(sealed, **change)
    assert host.calls == {}


def test_a_data_key_serves_its_subject_and_kind_only(data_key: bytes, other: str) -> None:
    for subject, kind in ((other, KIND), (PATIENT, "profile")):
        with pytest.raises(Tampered):
            _seal(b"x", data_key, subject, kind)


def test_bits_flipped_at_each_percent_are_refused(data_key: bytes, host: Host) -> None:  # R13
    content = bytes(2 * MIB + 100)
    for sealed in (_row(data_key), _seal(content, data_key)):
        header = range(min(len(sealed), 400))
        for offset in {*header, *(len(sealed) * percent // 100 for percent in range(100))}:
            altered = bytearray(sealed)
            altered[offset] ^= 1 << offset % 8
            with pytest.raises(Tampered):
                _open(bytes(altered))
    assert _open(_seal(content, data_key)) == content
    assert host.calls["Decrypt"] >= 1


def test_cut_or_lengthened_bytes_are_refused(data_key: bytes) -> None:  # R13
    sealed = _seal(bytes(2 * MIB + 100), data_key)
    for length in {len(sealed) * percent // 100 for percent in range(100)} | {len(sealed) - 1}:
        with pytest.raises(Tampered):
            _open(sealed[:length])
    for more in (b"\0", sealed):
        with pytest.raises(Tampered):
            _open(sealed + more)


@SHARED
@given(noise=st.binary(max_size=600))
@pytest.mark.usefixtures("patient")
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(Tampered):
        _open(noise)


@pytest.mark.parametrize(
    "algorithm",
    [
        Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA256,
        Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
    ],
)
def test_another_suite_is_refused(algorithm: Algorithm, patient: str) -> None:
    _, keyring = _plain_sdk()
    policy = CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
    if not algorithm.is_committing():
        policy = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
    sealed, _ = EncryptionSDKClient(commitment_policy=policy).encrypt(
        source=b"x",
        keyring=keyring,
        algorithm=algorithm,
        encryption_context={"subject": patient, "kind": KIND},
    )
    with pytest.raises(Tampered):
        _open(sealed)


@pytest.mark.parametrize("extra", [{}, {"more": "x"}])
def test_any_other_context_is_refused(extra: dict[str, str], patient: str) -> None:
    client, keyring = _plain_sdk()
    context = {"subject": patient} | extra
    sealed, _ = client.encrypt(
        source=b"x",
        keyring=keyring,
        algorithm=Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
        encryption_context=context,
    )
    with pytest.raises(Tampered):
        _open(sealed)


def test_a_plain_sdk_opens_our_messages(data_key: bytes) -> None:
    client, keyring = _plain_sdk()
    for content in (b"", b"x" * 300, bytes(MIB + 1)):
        opened, header = client.decrypt(source=_seal(content, data_key), keyring=keyring)
        assert opened == content
        assert header.algorithm is Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
        assert header.encryption_context == {"subject": PATIENT, "kind": KIND}


def test_we_open_the_messages_of_a_plain_sdk(patient: str) -> None:
    client, keyring = _plain_sdk()
    sealed, _ = client.encrypt(
        source=b"x" * 300,
        keyring=keyring,
        algorithm=Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
        encryption_context={"subject": patient, "kind": KIND},
    )
    assert _open(sealed) == b"x" * 300


def test_nothing_readable_but_ids_is_in_sealed_bytes(data_key: bytes) -> None:  # A46, D13
    marker = "Glycémie-canari-1234567890"
    sealed = _row(data_key, pk="P#canari-pk", sk="DOC#canari-sk", value={"titre": marker})
    for text in (marker, "titre", "canari-pk", "canari-sk"):
        for encoding in ("utf-8", "utf-16-le", "latin-1"):
            raw = text.encode(encoding)
            assert raw not in sealed
            assert base64.b64encode(raw)[:-4] not in sealed
    header, raw_header = deserialize_header(BytesIO(sealed))
    (key,) = header.encrypted_data_keys
    assert key.key_provider.key_info == PATIENT.encode()
    assert header.encryption_context == {"subject": PATIENT, "kind": KIND}
    assert PATIENT.encode() in raw_header  # the search itself finds what is there


def test_two_seals_of_one_value_differ(data_key: bytes) -> None:
    assert _row(data_key)[100:] != _row(data_key)[100:]


def test_cold_opening_costs_one_read_and_one_unwrapping(data_key: bytes, host: Host) -> None:
    sealed = _row(data_key)
    keys.forget()
    assert host.measure(lambda: _open_row(sealed)) == {"GetItem": 1, "Decrypt": 1}
    assert host.measure(lambda: _open_row(sealed)) == {}
    assert host.measure(lambda: _row(data_key)) == {}


def test_cold_sealing_costs_one_read_and_one_unwrapping(data_key: bytes, host: Host) -> None:
    keys.forget()
    assert host.measure(lambda: _row(data_key)) == {"GetItem": 1, "Decrypt": 1}


def test_making_a_data_key_and_sealing_costs_one_unwrapping(patient: str, host: Host) -> None:
    calls = host.measure(lambda: _row(envelope.new_data_key(patient, KIND)))
    assert calls == {"GetItem": 1, "Decrypt": 1}


def test_two_kinds_of_one_patient_share_the_unwrapping(
    data_key: bytes, patient: str, host: Host
) -> None:
    profile = envelope.new_data_key(patient, "profile")
    rows = [_row(data_key), _row(profile, kind="profile")]
    keys.forget()
    calls = host.measure(
        lambda: [_open_row(rows[0]), _open_row(rows[1], kind="profile")],
    )
    assert calls == {"GetItem": 1, "Decrypt": 1}


def test_fifty_rows_of_fifty_processes_open_with_one_unwrapping(
    data_key: bytes, host: Host
) -> None:
    rows = []
    for number in range(50):
        keys.forget()
        rows.append(_row(data_key, sk=f"DOC#{number}"))
    keys.forget()
    calls = host.measure(
        lambda: [_open_row(row, sk=f"DOC#{number}") for number, row in enumerate(rows)]
    )
    assert calls == {"GetItem": 1, "Decrypt": 1}


def test_rows_of_renewed_data_keys_open_with_one_unwrapping(patient: str, host: Host) -> None:
    rows = [_row(envelope.new_data_key(patient, KIND)) for _ in range(5)]
    keys.forget()
    calls = host.measure(lambda: [_open_row(row) for row in rows])
    assert calls == {"GetItem": 1, "Decrypt": 1}


def test_threads_opening_at_once_unwrap_once(data_key: bytes, host: Host) -> None:
    sealed = _row(data_key)
    keys.forget()
    host.calls.clear()
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: _open_row(sealed), range(64)))
    assert opened == [{"t": "é"}] * 64
    assert host.calls == {"GetItem": 1, "Decrypt": 1}


@pytest.mark.usefixtures("other")
def test_branch_keys_read_ahead_come_in_one_request_and_serve_once(
    data_key: bytes, host: Host
) -> None:
    sealed = _row(data_key)
    wanted = [
        WrappedKey(PATIENT, KIND, data_key),
        WrappedKey(OTHER, KIND, envelope.new_data_key(OTHER, KIND)),
    ]
    keys.forget()
    assert host.measure(lambda: envelope.read_ahead(wanted)) == {"BatchGetItem": 1}
    assert host.measure(lambda: envelope.read_ahead(wanted)) == {}
    assert host.measure(lambda: deque(map(envelope.unwrap, wanted))) == {"Decrypt": 2}
    assert host.measure(lambda: _open_row(sealed)) == {}
    assert not envelope.read_ahead(wanted)
    keys.forget(PATIENT)
    assert host.measure(lambda: _open_row(sealed)) == {"GetItem": 1, "Decrypt": 1}


def test_a_key_destroyed_after_it_was_read_ahead_opens_nothing(data_key: bytes) -> None:
    keys.forget()
    envelope.read_ahead([WrappedKey(PATIENT, KIND, data_key)])
    keys.delete_branch_key(PATIENT)
    with pytest.raises(KeyMissing):
        _row(data_key)


@pytest.mark.usefixtures("patient")
def test_reading_ahead_a_key_that_does_not_exist_says_nothing(data_key: bytes, host: Host) -> None:
    absent = WrappedKey(OTHER, KIND, data_key)
    assert host.measure(lambda: envelope.read_ahead([absent])) == {"BatchGetItem": 1}
    with pytest.raises(KeyMissing):
        envelope.unwrap(absent)
    with pytest.raises(Tampered):
        envelope.read_ahead([WrappedKey(PATIENT, KIND, data_key[:20])])


def test_with_the_key_table_down_nothing_is_read_ahead(data_key: bytes, host: Host) -> None:  # R10
    keys.forget()
    host.down("BatchGetItem")
    with pytest.raises(Unavailable):
        envelope.read_ahead([WrappedKey(PATIENT, KIND, data_key)])


def test_threads_of_many_persons_at_once_unwrap_each_key_once(host: Host) -> None:
    subjects = [f"P.{number:026d}" for number in range(12)]
    wanted = []
    for subject in subjects:
        keys.create_branch_key(subject)
        wanted.append(WrappedKey(subject, KIND, envelope.new_data_key(subject, KIND)))
    sealed = {key: _seal(key.subject.encode(), key.data_key, key.subject) for key in wanted}
    keys.forget()
    host.calls.clear()
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda key: _open(sealed[key], key.subject), wanted * 4))
    assert opened == [key.subject.encode() for key in wanted * 4]
    assert host.calls == {"GetItem": 12, "Decrypt": 12}


def test_keys_made_while_another_thread_waits_are_not_made_again(
    patient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.forget()
    first: list[sdk.SubjectKeys] = []
    thread = Thread(target=lambda: first.append(sdk.keys_of(patient)))
    real, started = clock.now, Event()

    def now() -> datetime:
        read = real()
        if not started.is_set():
            started.set()
            time.sleep(0.005)  # our clock counts milliseconds
            thread.start()
            thread.join(0.2)
        return read

    monkeypatch.setattr(clock, "now", now)
    ours = sdk.keys_of(patient)
    thread.join()
    assert first == [ours]


@pytest.mark.parametrize("operation", ["Decrypt", "GetItem"])
def test_with_the_host_down_a_cold_process_waits_and_a_warm_one_serves(  # R10
    operation: str, data_key: bytes, host: Host
) -> None:
    sealed = _row(data_key)
    host.down(operation)
    assert _open_row(sealed) == {"t": "é"}
    keys.forget()
    for act in (lambda: _open_row(sealed), lambda: _row(data_key)):
        with pytest.raises(Unavailable):
            act()
    with pytest.raises(Unavailable):
        envelope.new_data_key(PATIENT, KIND)
    host.up()
    assert _open_row(sealed) == {"t": "é"}


@pytest.mark.parametrize(
    "code",
    [
        "DisabledException",
        "KMSInvalidStateException",
        "ThrottlingException",
        "AccessDeniedException",
    ],
)
def test_a_root_key_out_of_use_is_unavailable_not_tampered(  # R11
    code: str, data_key: bytes, host: Host
) -> None:
    sealed = _row(data_key)
    keys.forget()
    host.refuse("Decrypt", code)
    with pytest.raises(Unavailable):
        _open_row(sealed)


def test_a_branch_key_altered_in_its_table_is_tampered(data_key: bytes, host: Host) -> None:
    sealed = _row(data_key)
    keys.forget()
    host.refuse("Decrypt", "InvalidCiphertextException")
    with pytest.raises(Tampered):
        _open_row(sealed)


@pytest.mark.usefixtures("host")
def test_a_subject_without_branch_key_has_no_data_key() -> None:
    with pytest.raises(KeyMissing):
        envelope.new_data_key(PATIENT, KIND)


@pytest.mark.parametrize("kind", ["", "Document", "1a", "a b", "a" * 33, "é", "a\n"])
def test_what_is_not_a_kind_is_refused(kind: str, data_key: bytes) -> None:
    with pytest.raises(ValueError, match="kind"):
        envelope.new_data_key(PATIENT, kind)
    with pytest.raises(ValueError, match="kind"):
        _seal(b"x", data_key, kind=kind)
    with pytest.raises(ValueError, match="kind"):
        _open(b"x", kind=kind)


@pytest.mark.parametrize(
    "damaged", [b"", b"\1\0", b"\2\0\x0b\x49\x5a" + bytes(92), b"\1\xff\xff\xff\xff", b"\1\0\0\0\0"]
)
@pytest.mark.usefixtures("patient")
def test_a_damaged_data_key_is_refused(damaged: bytes) -> None:
    with pytest.raises(Tampered):
        _seal(b"x", damaged)


def test_a_data_key_with_altered_bytes_seals_nothing(data_key: bytes) -> None:
    for offset in range(5, len(data_key)):
        altered = bytearray(data_key)
        altered[offset] ^= 1
        with pytest.raises(Tampered):
            _seal(b"x", bytes(altered))


def test_importing_the_vault_does_not_import_the_sdk() -> None:
    program = (
        "import sys; import chalicelib.vault.envelope, chalicelib.vault.keys,"
        " chalicelib.vault.blind;"
        " print([m for m in sys.modules if m.startswith(('aws_crypto', 'aws_enc', '_dafny'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
