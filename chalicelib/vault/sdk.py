"""The only module that imports the encryption SDK: half a second, so import it on first use.

Messages are the SDK's own and any SDK with the same keyring opens them; what is ours is who holds
the unwrapped data keys. Opening fifty rows of one patient unwraps one data key, once, whatever
number of processes sealed them; a message under another data key is unwrapped in its turn.
Nothing unwrapped outlives 300 s, branch keys and data keys together.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from io import BytesIO
from threading import RLock
from typing import Any, Final
from uuid import UUID

from aws_cryptographic_material_providers.keystore.client import KeyStore
from aws_cryptographic_material_providers.keystore.config import KeyStoreConfig
from aws_cryptographic_material_providers.keystore.models import (
    CreateKeyInput,
    KMSConfigurationKmsKeyArn,
)
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CacheTypeSingleThreaded,
    CreateAwsKmsHierarchicalKeyringInput,
    CreateDefaultCryptographicMaterialsManagerInput,
    SingleThreadedCache,
)
from aws_encryption_sdk import EncryptionSDKClient
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy
from aws_encryption_sdk.materials_managers import (
    DecryptionMaterials,
    DecryptionMaterialsRequest,
    EncryptionMaterials,
    EncryptionMaterialsRequest,
)
from aws_encryption_sdk.materials_managers.base import CryptoMaterialsManager
from aws_encryption_sdk.materials_managers.mpl.cmm import CryptoMaterialsManagerFromMPL
from aws_encryption_sdk.structures import DataKey, EncryptedDataKey, MasterKeyInfo
from botocore.exceptions import ClientError

from chalicelib.core import clock
from chalicelib.core.aws import client
from chalicelib.core.tables import KEYS
from chalicelib.vault.errors import KeyMissing, Tampered, host_call
from chalicelib.vault.subjects import ACTIVE, key_table, root_key_arn

SUITE: Final = Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
POLICY: Final = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
# Fastest of 4 KiB to 4 MiB on 10 MB; a shorter payload is one frame of its own length.
FRAME_BYTES: Final = 1 << 20
TTL: Final = timedelta(seconds=300)
SUBJECTS_KEPT: Final = 256
BRANCH_KEYS_KEPT: Final = 8
DATA_KEYS_KEPT: Final = 64

_PROVIDER: Final = "aws-kms-hierarchy"
_SDK: Final = EncryptionSDKClient(commitment_policy=POLICY, max_encrypted_data_keys=1)
# What a host without ReEncrypt answers; never an access refusal, which must stay one.
_UNKNOWN_ACTION: Final = frozenset(
    {"InvalidAction", "NotImplemented", "UnknownOperation", "UnknownOperationException"}
)


class _Kms:
    """The host's key management service, for the key store: typed failures, no `ReEncrypt` needed.

    Where `ReEncrypt` exists it is used, and the policy needs no `Encrypt` permission.
    """

    def __init__(self) -> None:
        self._client = client("kms")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the SDK asks of a client
        return getattr(self._client, name)

    def decrypt(self, **request: Any) -> Any:  # noqa: ANN401  passed through
        """Unwrap; see `host_call` for what it raises."""
        with host_call():
            return self._client.decrypt(**request)

    def re_encrypt(self, **request: Any) -> Any:  # noqa: ANN401  passed through
        """Change the context or key of wrapped bytes, in the host if it can."""
        try:
            return self._client.re_encrypt(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _UNKNOWN_ACTION:
                raise
        opened = self._client.decrypt(
            CiphertextBlob=request["CiphertextBlob"],
            KeyId=request["SourceKeyId"],
            EncryptionContext=request["SourceEncryptionContext"],
        )
        closed = self._client.encrypt(
            KeyId=request["DestinationKeyId"],
            Plaintext=opened["Plaintext"],
            EncryptionContext=request["DestinationEncryptionContext"],
        )
        return closed | {"SourceKeyId": opened["KeyId"]}


class _KeyTable:
    """The key-store table: consistent reads, so that a key just created is found."""

    def __init__(self) -> None:
        self._client = client("dynamodb")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the SDK asks of a client
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> Any:  # noqa: ANN401  passed through
        """Read one version of a branch key.

        Raises:
            KeyMissing: the subject has no branch key, or no longer.
            Tampered: it has one, but never had this version: a message's header was altered.
        """
        subject, version = (request["Key"][n]["S"] for n in (KEYS.hash_key, KEYS.range_key))
        ahead = keys_of(subject).read_ahead.pop(version, None)
        answer = {"Item": ahead} if ahead else self._read(request)
        if "Item" in answer:
            return answer
        active = request["Key"] | {KEYS.range_key: {"S": ACTIVE}}
        if "Item" in self._read(request | {"Key": active}):
            raise Tampered("no such version")
        raise KeyMissing("branch key")

    def _read(self, request: dict[str, Any]) -> Any:  # noqa: ANN401  passed through
        with host_call():
            return self._client.get_item(**request | {"ConsistentRead": True})


@cache
def _providers() -> Any:  # noqa: ANN401  the SDK ships no types
    return AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())


@cache
def key_store(arn: str) -> Any:  # noqa: ANN401  the SDK ships no types
    """Return the key store of one root key."""
    return KeyStore(
        config=KeyStoreConfig(
            ddb_client=_KeyTable(),
            ddb_table_name=key_table(),
            logical_key_store_name=key_table(),
            kms_client=_Kms(),
            kms_configuration=KMSConfigurationKmsKeyArn(arn),
        )
    )


def create_key(subject: str, arn: str) -> None:
    """Write the first version of a branch key: three calls to the key service, one transaction.

    Raises:
        Exception: whatever the SDK makes of a failure, "already exists" included.
    """
    key_store(arn).create_key(
        CreateKeyInput(branch_key_identifier=subject, encryption_context={"family": subject[0]})
    )


class SubjectKeys:
    """One subject's keys in this process, from first use until 300 s later."""

    def __init__(self, subject: str) -> None:
        """Prepare the keyring; nothing is read before the first data key is needed."""
        self._subject = subject
        self.loaded_at = clock.now()
        self._lock = RLock()
        self._unwrapped: dict[tuple[str, bytes], bytes] = {}
        self.read_ahead: dict[str, Any] = {}  # rows of the key store by version, each used once
        keyring = _providers().create_aws_kms_hierarchical_keyring(
            CreateAwsKmsHierarchicalKeyringInput(
                key_store=key_store(root_key_arn(subject)),
                branch_key_id=subject,
                ttl_seconds=int(TTL.total_seconds()),
                # Our lock serves; the default cache re-reads in the last ten seconds of its life.
                cache=CacheTypeSingleThreaded(
                    SingleThreadedCache(entry_capacity=BRANCH_KEYS_KEPT, entry_pruning_tail_size=1)
                ),
            )
        )
        self._backing = CryptoMaterialsManagerFromMPL(
            _providers().create_default_cryptographic_materials_manager(
                CreateDefaultCryptographicMaterialsManagerInput(keyring=keyring)
            )
        )

    def generate(self, context: dict[str, str]) -> bytes:
        """Make a data key, remember it, and return it wrapped."""
        request = EncryptionMaterialsRequest(
            encryption_context=context,
            frame_length=FRAME_BYTES,
            algorithm=SUITE,
            commitment_policy=POLICY,
        )
        with self._lock:
            materials = self._backing.get_encryption_materials(request)
            (key,) = materials.encrypted_data_keys
            wrapped = bytes(key.encrypted_data_key)
            self._remember(context["kind"], wrapped, materials.data_encryption_key.data_key)
        return wrapped

    def unwrap(self, context: dict[str, str], wrapped: bytes) -> bytes:
        """Return a data key, asking the branch key only the first time."""
        with self._lock:
            known = self._unwrapped.get((context["kind"], wrapped))
            if known is not None:
                return known
            request = DecryptionMaterialsRequest(
                encrypted_data_keys={self.encrypted(wrapped)},
                algorithm=SUITE,
                encryption_context=context,
                commitment_policy=POLICY,
            )
            plain = self._backing.decrypt_materials(request).data_key.data_key
            return self._remember(context["kind"], wrapped, plain)

    def is_unwrapped(self, kind: str, wrapped: bytes) -> bool:
        """Tell whether `unwrap` would ask nobody."""
        with self._lock:
            return (kind, wrapped) in self._unwrapped

    def encrypted(self, wrapped: bytes) -> Any:  # noqa: ANN401  the SDK ships no types
        """Return a wrapped data key as the keyring writes it in a message's header."""
        return EncryptedDataKey(MasterKeyInfo(_PROVIDER, self._subject), wrapped)

    def _remember(self, kind: str, wrapped: bytes, plain: bytes) -> bytes:
        if len(self._unwrapped) >= DATA_KEYS_KEPT:
            self._unwrapped.pop(next(iter(self._unwrapped)))
        return self._unwrapped.setdefault((kind, wrapped), bytes(plain))


class _Materials(CryptoMaterialsManager):  # type: ignore[misc]  # the SDK ships no types
    """Hand the SDK one stored data key to seal with, and the right one to open with."""

    def __init__(self, keys: SubjectKeys, context: dict[str, str], wrapped: bytes = b"") -> None:
        self._keys = keys
        self._context = context
        self._wrapped = wrapped

    def get_encryption_materials(self, request: Any) -> Any:  # noqa: ANN401  the SDK ships no types
        """Return the stored data key; the SDK derives a fresh key per message from it."""
        return EncryptionMaterials(
            algorithm=request.algorithm,
            data_encryption_key=_data_key(self._keys.unwrap(self._context, self._wrapped)),
            encrypted_data_keys={self._keys.encrypted(self._wrapped)},
            encryption_context=request.encryption_context,
        )

    def decrypt_materials(self, request: Any) -> Any:  # noqa: ANN401  the SDK ships no types
        """Return the data key of a message, if the message is of this subject and kind."""
        if request.encryption_context != self._context:
            raise Tampered("not of this subject and kind")
        (key,) = request.encrypted_data_keys
        plain = self._keys.unwrap(self._context, key.encrypted_data_key)
        return DecryptionMaterials(_data_key(plain))


def _data_key(plain: bytes) -> Any:  # noqa: ANN401  the SDK ships no types
    return DataKey(MasterKeyInfo("", b""), plain, b"")


_lock: Final = RLock()
_subjects: Final[OrderedDict[str, SubjectKeys]] = OrderedDict()


def keys_of(subject: str) -> SubjectKeys:
    """Return a subject's keys, fresh ones when they are 300 s old or the clock went back."""
    with _lock:
        # Read inside: a thread that waited here would else see keys made after its "now".
        now = clock.now()
        keys = _subjects.get(subject)
        if keys is None or not keys.loaded_at <= now < keys.loaded_at + TTL:
            keys = _subjects[subject] = SubjectKeys(subject)
        _subjects.move_to_end(subject)
        while len(_subjects) > SUBJECTS_KEPT:
            _subjects.popitem(last=False)
        return keys


def read_ahead(wanted: Sequence[tuple[str, str, bytes]]) -> bool:
    """Read in one request the branch keys of wrapped data keys: subject, kind, bytes.

    What is not found is left to `_KeyTable`, which tells why. Returns whether any was needed.
    """
    needed = {
        (subject, _version(wrapped))
        for subject, kind, wrapped in wanted
        if not keys_of(subject).is_unwrapped(kind, wrapped)
    }
    unread = [
        {KEYS.hash_key: {"S": subject}, KEYS.range_key: {"S": version}}
        for subject, version in needed
        if version not in keys_of(subject).read_ahead
    ]
    if unread:
        with host_call():
            answer = client("dynamodb").batch_get_item(
                RequestItems={key_table(): {"Keys": unread, "ConsistentRead": True}}
            )
        for item in answer["Responses"].get(key_table(), ()):
            ahead = keys_of(item[KEYS.hash_key]["S"]).read_ahead
            ahead[item[KEYS.range_key]["S"]] = item
    return bool(needed)


def _version(wrapped: bytes) -> str:
    """Return the row of the branch key a data key is under: bytes 28 to 44, after salt and nonce.

    Source: AWS Encryption SDK specification, "AWS KMS hierarchical keyring", ciphertext structure.
    """
    return f"branch:version:{UUID(bytes=wrapped[28:44])}"


def forget(subject: str | None) -> None:
    """Drop a subject's keys from this process; None drops everything, the host's clients too."""
    with _lock:
        if subject is not None:
            _subjects.pop(subject, None)
            return
        _subjects.clear()
        key_store.cache_clear()


def encrypt(payload: bytes, keys: SubjectKeys, context: dict[str, str], wrapped: bytes) -> bytes:
    """Return one message of the SDK under a wrapped data key."""
    stream = _SDK.stream(
        mode="encrypt",
        source=BytesIO(payload),
        materials_manager=_Materials(keys, context, wrapped),
        algorithm=SUITE,
        encryption_context=context,
        frame_length=FRAME_BYTES,
    )
    # In one read: the SDK's own `encrypt` reads 8 KiB lines and copies the rest at each of them.
    return bytes(stream.read(2 * len(payload) + FRAME_BYTES))


def decrypt(sealed: bytes, keys: SubjectKeys, context: dict[str, str]) -> bytes:
    """Return the payload of one message, wholly verified: nothing leaves before the last frame.

    Raises:
        Exception: anything, on bytes that are not such a message.
    """
    source = BytesIO(sealed)
    stream = _SDK.stream(
        mode="decrypt-unsigned", source=source, materials_manager=_Materials(keys, context)
    )
    payload = bytes(stream.read(len(sealed) + 1))
    if source.tell() != len(sealed):
        raise Tampered("bytes after the end")
    return payload
