"""The key that signs what a history holds: apart from those of tokens, and published for ever.

A signature must still be checked years after, so keys are added and never removed; the private
part is wrapped by a root key of its own, which the sealing worker's role alone may decrypt with;
it is unwrapped once per process.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from joserfc.jwk import ECKey

from chalicelib.audit.store import SealingKeyRow
from chalicelib.core import clock, log, rows
from chalicelib.core.aws import client
from chalicelib.core.rows import ConditionLost, Query, key
from chalicelib.core.settings import settings
from chalicelib.vault import blind
from chalicelib.vault.errors import KeyMissing, Tampered, host_call

ALGORITHM: Final = "ES256"
Keys = Sequence[dict[str, Any]]
_PARTITION: Final = "SEAL"
_PREFIX: Final = "KEY#"


@dataclass(frozen=True, slots=True)
class Signer:
    """The newest sealing key, ready to sign."""

    key_id: str
    key: ECKey

    def sign(self, statement: bytes) -> bytes:
        """Return an ES256 signature: 64 bytes, r then s, as browsers and JWS write it."""
        from joserfc.jws import JWSRegistry  # noqa: PLC0415  only the sealing worker signs

        signature: bytes = JWSRegistry.algorithms[ALGORITHM].sign(statement, self.key)
        return signature


def ensure_sealing_key(number: int = 1) -> None:
    """Create a sealing key if it is not there; an operator command, and the seed. Repeatable.

    A higher number is a newer key: processes started from then on sign with it.

    Raises:
        Unavailable: it may not have been created; repeat.
    """
    kid = f"seal-{number:04d}"
    made = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": ALGORITHM})
    with host_call():
        wrapped = client("kms").encrypt(
            KeyId=settings().kms_seal_key_arn,
            Plaintext=json.dumps(made.as_dict(private=True)).encode(),
            EncryptionContext=_context(kid),
        )["CiphertextBlob"]
    public = json.dumps(made.as_dict(private=False))
    row = SealingKeyRow(
        pk=_PARTITION,
        sk=key("KEY", kid),
        kind="sealing_key",
        public_jwk=public,
        mac=_mac(kid, public),
        wrapped=wrapped,
        created_at=clock.iso(clock.now()),
    )
    try:
        rows.write([rows.put(row)])
    except ConditionLost:
        return  # it is there already


def add_sealing_key() -> str:
    """Create a sealing key newer than all others, and return its name; an operator command.

    Raises:
        Unavailable, StoreUnavailable: it may not have been created; look, then repeat.
    """
    found = _rows(descending=True, limit=1)
    number = int(found[0].sk.rpartition("-")[2]) + 1 if found else 1
    ensure_sealing_key(number)
    return f"seal-{number:04d}"


@cache
def signer() -> Signer:
    """Return the newest sealing key, read and unwrapped once per process.

    Raises:
        KeyMissing: no sealing key was created.
        Unavailable, StoreUnavailable: a part of the host does not answer.
    """
    found = _rows(descending=True, limit=1)
    if not found:
        raise KeyMissing("sealing key")
    kid = found[0].sk.removeprefix(_PREFIX)
    with host_call():
        opened = client("kms").decrypt(
            CiphertextBlob=bytes(found[0].wrapped),
            KeyId=settings().kms_seal_key_arn,
            EncryptionContext=_context(kid),
        )
    return Signer(kid, ECKey.import_key(json.loads(opened["Plaintext"])))


def published() -> dict[str, list[dict[str, Any]]]:
    """Return the set of all sealing keys (RFC 7517), the oldest first.

    One that this product did not make is left out, and rings the alarm: whoever can write the
    table must not sign histories (A47).

    Raises:
        StoreUnavailable, Unavailable: the host did not answer.
    """
    found = _rows(descending=False, limit=100)
    return {"keys": [json.loads(row.public_jwk) for row in found if _is_ours(row)]}


def is_signed(statement: bytes, signature: bytes, key_id: str, keys: Keys) -> bool:
    """Tell whether one of our keys signed a statement."""
    from joserfc.jws import JWSRegistry  # noqa: PLC0415  only sealing and its proof need it

    known = next((one for one in keys if one["kid"] == key_id), None)
    if known is None:
        return False
    key_ = ECKey.import_key(known)
    return bool(JWSRegistry.algorithms[ALGORITHM].verify(statement, signature, key_))


def _is_ours(row: SealingKeyRow) -> bool:
    kid = row.sk.removeprefix(_PREFIX)
    if hmac.compare_digest(row.mac or "", _mac(kid, row.public_jwk)):
        return True
    log.exception("sealing key does not verify", Tampered("sealing key"))
    return False


def _mac(kid: str, public_jwk: str) -> str:
    return blind.blind("sealing-key", f"{kid}|{public_jwk}")


def _rows(*, descending: bool, limit: int) -> list[SealingKeyRow]:
    query = Query(SealingKeyRow, _PARTITION, prefix=_PREFIX, descending=descending, limit=limit)
    return [SealingKeyRow.from_raw_data(item) for item in rows.query(query).items]


def _context(kid: str) -> dict[str, str]:
    return {"sealing-key": kid}
