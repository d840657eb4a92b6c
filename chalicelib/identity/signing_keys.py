"""The keys that sign the product's own access tokens: one a day, made on demand.

The private part is wrapped by the key management service and unwrapped once per process; verifying
needs the public part and the secret of keyed hashes, without which whoever writes the table could
sign. A key is named by its day, so that a `kid` is a date before it is anything else: no other text
ever reaches the table.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from joserfc.jwk import ECKey

from chalicelib.core import clock, log, rows
from chalicelib.core.aws import client
from chalicelib.core.rows import ConditionLost
from chalicelib.core.settings import settings
from chalicelib.identity import store
from chalicelib.identity.store import SigningKeyRow
from chalicelib.vault.errors import Tampered, host_call

ALGORITHM: Final = "ES256"
CACHE: Final = timedelta(seconds=300)
UNKNOWN_CACHE: Final = timedelta(seconds=5)
_LIFE: Final = timedelta(days=7)
_DAY_LENGTH: Final = len("2026-11-23")


@dataclass(frozen=True, slots=True)
class _Known:
    key: ECKey | None
    read_at: datetime


_public: Final[dict[str, _Known]] = {}
_private: Final[dict[str, ECKey]] = {}


def forget() -> None:
    """Drop the keys of this process, as a new process would."""
    _public.clear()
    _private.clear()


def public_key(kid: str, now: datetime) -> ECKey | None:
    """Return the public key a token names, or None; at most one read per day and five seconds.

    Only yesterday's, today's and tomorrow's keys can have signed a token that still lives.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    if kid not in _days(now):
        return None
    known = _public.get(kid)
    if known is None or not known.read_at <= now < known.read_at + _freshness(known):
        row = _genuine(kid)
        known = _public[kid] = _Known(_imported(row), now)
    return known.key


def private_key(now: datetime) -> tuple[str, ECKey]:
    """Return today's key and its name, making it if nobody did.

    Raises:
        Unavailable: the key service does not answer.
        StoreUnavailable: the store did not answer.
    """
    day = now.date().isoformat()
    key = _private.get(day)
    if key is None:
        _private.clear()
        key = _private[day] = _unwrap(ensure(now.date()))
    return day, key


def ensure(day: date) -> SigningKeyRow:
    """Return the row of a day's key, making it if it is not there; a rival's key is as good.

    Raises:
        Unavailable: the key service does not answer.
        StoreUnavailable: the store did not answer.
    """
    where = store.signing_key(day.isoformat())
    row = rows.get(SigningKeyRow, *where)
    if row is not None:
        return row
    made = _new_row(day)
    try:
        rows.write([rows.put(made)])
    except ConditionLost:
        return _required(rows.get(SigningKeyRow, *where))
    return made


def published(now: datetime) -> dict[str, list[dict[str, str]]]:
    """Return the key set (RFC 7517) of yesterday, today and tomorrow.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    found = rows.fetch([(SigningKeyRow, *store.signing_key(day)) for day in _days(now)])
    return {"keys": [json.loads(row.public_jwk) for row in found if isinstance(row, SigningKeyRow)]}


def _genuine(kid: str) -> SigningKeyRow | None:
    """Read a day's key; one that this product did not write is none, and rings the alarm (A46)."""
    try:
        return rows.get(SigningKeyRow, *store.signing_key(kid))
    except Tampered as error:
        log.exception("signing key does not verify", error)
        return None


def _days(now: datetime) -> list[str]:
    return [(now.date() + timedelta(days=shift)).isoformat() for shift in (-1, 0, 1)]


def _freshness(known: _Known) -> timedelta:
    return CACHE if known.key else UNKNOWN_CACHE


def _imported(row: SigningKeyRow | None) -> ECKey | None:
    return ECKey.import_key(json.loads(row.public_jwk)) if row else None


def _new_row(day: date) -> SigningKeyRow:
    kid = day.isoformat()
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": ALGORITHM})
    with host_call():
        wrapped = client("kms").encrypt(
            KeyId=settings().kms_token_key_arn,
            Plaintext=json.dumps(key.as_dict(private=True)).encode(),
            EncryptionContext=_context(kid),
        )["CiphertextBlob"]
    pk, sk = store.signing_key(kid)
    return SigningKeyRow(
        pk=pk,
        sk=sk,
        kind="signing_key",
        public_jwk=json.dumps(key.as_dict(private=False)),
        wrapped=wrapped,
        ttl=clock.epoch(clock.now() + _LIFE),
    )


def _unwrap(row: SigningKeyRow) -> ECKey:
    kid = row.pk[-_DAY_LENGTH:]
    with host_call():
        opened = client("kms").decrypt(
            CiphertextBlob=bytes(row.wrapped),
            KeyId=settings().kms_token_key_arn,
            EncryptionContext=_context(kid),
        )
    return ECKey.import_key(json.loads(opened["Plaintext"]))


def _context(kid: str) -> dict[str, str]:
    return {"signing-key": kid}


def _required(row: SigningKeyRow | None) -> SigningKeyRow:
    if row is None:
        raise LookupError("a key that a rival wrote is not there")
    return row
