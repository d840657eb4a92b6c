"""Keys that do not belong to one person: blind indexes, cursors, handles, cookies (D5).

All derive from one 32-byte secret, made by the key management service, kept wrapped in a row of
the identity table and unwrapped once per process. Each use has a label and hence a key of its own.
The version is in every value written, so that a second secret can be added beside the first.
This module never returns the secret.
"""

import base64
import hmac
from functools import cache
from hashlib import sha256
from typing import Any, ClassVar, Final

from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from chalicelib.core import ids
from chalicelib.core.aws import client
from chalicelib.core.rows import Item, Row
from chalicelib.core.settings import settings
from chalicelib.core.tables import IDENTITY
from chalicelib.vault.errors import KeyMissing, host_call

_VERSION: Final = "1"
_PREFIX: Final = f"{_VERSION}."
_PK: Final = f"SECRET#{_VERSION}"
_SK: Final = "SECRET"
_KEY: Final = {"pk": {"S": _PK}, "sk": {"S": _SK}}
_CONTEXT: Final = {"secret": _VERSION}  # policies of roles name it
_SECRET_BYTES: Final = 32
# 160 bits: 32 characters of base 32, without padding.
_MAC_BYTES: Final = 20
_NONCE_BYTES: Final = 24
_opened: Final[dict[str, bytes]] = {}


class SecretRow(Row):
    """The wrapped secret; read raw."""

    TABLE: ClassVar[str] = IDENTITY.name


# Where the secret is, to be read along with other rows.
WANTED: Final = (SecretRow, _PK, _SK)


def ensure_secret() -> None:
    """Create the secret if there is none; an operator command, and the seed. Safe to repeat.

    Raises:
        Unavailable: it may not have been created; repeat.
    """
    with host_call():
        made = client("kms").generate_data_key_without_plaintext(
            KeyId=settings().kms_token_key_arn,
            NumberOfBytes=_SECRET_BYTES,
            EncryptionContext=_CONTEXT,
        )
        item = _KEY | {"kind": {"S": "secret"}, "wrapped": {"B": made["CiphertextBlob"]}}
        try:
            client("dynamodb").put_item(
                TableName=_table(), Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def forget() -> None:
    """Drop the unwrapped secret and the keys derived from it, as a new process would."""
    _opened.clear()
    _derived.cache_clear()


def is_known() -> bool:
    """Tell whether this process has unwrapped the secret."""
    return _VERSION in _opened


def learn(item: Item | None) -> None:
    """Unwrap the secret from its row, read by the caller.

    Raises:
        KeyMissing: there is no such row.
        Unavailable: the key service does not answer.
    """
    if item is None:
        raise KeyMissing("secret")
    with host_call():
        opened = client("kms").decrypt(
            CiphertextBlob=item["wrapped"]["B"],
            KeyId=settings().kms_token_key_arn,
            EncryptionContext=_CONTEXT,
        )
    _opened[_VERSION] = opened["Plaintext"]


def make_known() -> None:
    """Learn the secret unless it is known: once, before calls side by side would each ask for it.

    Raises as `blind`.
    """
    _secret()


def blind(label: str, value: str) -> str:
    """Return `1.<mac>`: equal for equal values, telling nothing of them; fit for a table key.

    The caller brings the value to one spelling first (case, spaces, Unicode form).

    Raises:
        KeyMissing: no secret was created.
        Unavailable: the key service or its table does not answer.
    """
    mac = hmac.digest(_derived(f"blind:{label}"), value.encode(), sha256)[:_MAC_BYTES]
    return _PREFIX + base64.b32encode(mac).decode().lower()


def token_key(label: str) -> bytes:
    """Return a 32-byte key for one use (signing cursors, for instance). Raises as `blind`."""
    return _derived(f"token:{label}")


def seal_token(label: str, payload: bytes, aad: bytes) -> str:
    """Encrypt and authenticate a short value for a URL or a cookie, bound to `aad`.

    Each token has a key of its own, from half of a 192-bit nonce, so that the number of tokens a
    nation draws stays far from the 2^32 that one key allows. Raises as `blind`.
    """
    nonce = ids.random_bytes(_NONCE_BYTES)
    return _PREFIX + _b64(nonce + _aead(label, nonce).encrypt(nonce[12:], payload, aad))


def open_token(label: str, text: str, aad: bytes) -> bytes:
    """Return the payload of a token sealed under the same label and `aad`.

    Raises:
        ValueError: it is not one.
        KeyMissing, Unavailable: as `blind`.
    """
    head, body = text[: len(_PREFIX)], text[len(_PREFIX) :]
    raw = base64.urlsafe_b64decode(body.encode("ascii") + b"=" * (-len(body) % 4))
    # One spelling per token: the decoder forgives stray characters and spare bits.
    if head != _PREFIX or _b64(raw) != body:
        raise ValueError("not a token")
    nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    try:
        return _aead(label, nonce).decrypt(nonce[12:], sealed, aad)
    except InvalidTag as error:
        raise ValueError("not a token") from error


def seal_name(label: str, payload: bytes, aad: bytes) -> str:
    """Encrypt a short value into a lasting name: the same each time, `[0-9a-z.]` only.

    Equal values under equal `aad` have equal names; nothing joins names of another `aad`
    (RFC 5297). Raises as `blind`.
    """
    sealed = AESSIV(_derived(f"name:{label}")).encrypt(payload, [aad])
    return _PREFIX + base64.b32encode(sealed).decode().rstrip("=").lower()


def open_name(label: str, text: str, aad: bytes) -> bytes:
    """Return the value behind a name sealed under the same label and `aad`.

    Raises:
        ValueError: it is not one.
        KeyMissing, Unavailable: as `blind`.
    """
    head, body = text[: len(_PREFIX)], text[len(_PREFIX) :]
    raw = base64.b32decode(body.upper() + "=" * (-len(body) % 8))
    # One spelling per name: the decoder forgives spare bits, and what is upper case already.
    if head != _PREFIX or base64.b32encode(raw).decode().rstrip("=").lower() != body:
        raise ValueError("not a name")
    try:
        return AESSIV(_derived(f"name:{label}")).decrypt(raw, [aad])
    except InvalidTag as error:
        raise ValueError("not a name") from error


def _aead(label: str, nonce: bytes) -> AESGCM:
    return AESGCM(hmac.digest(_derived(f"seal:{label}"), nonce[:12], sha256))


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@cache
def _derived(info: str) -> bytes:
    return HKDFExpand(SHA256(), length=_SECRET_BYTES, info=info.encode()).derive(_secret())


def _secret() -> bytes:
    if not is_known():
        with host_call():
            answer: dict[str, Any] = client("dynamodb").get_item(
                TableName=_table(), Key=_KEY, ConsistentRead=True
            )
        learn(answer.get("Item"))
    return _opened[_VERSION]


def _table() -> str:
    return IDENTITY.physical_name(settings().table_prefix)
