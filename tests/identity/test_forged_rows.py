"""Rows written by somebody with rights on tables and none on keys decide nothing (A46, A47)."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey

from chalicelib.audit import keys as sealing_keys
from chalicelib.core import clock, rows
from chalicelib.core.aws import client
from chalicelib.identity import accounts, signing_keys, spaces, store
from chalicelib.identity.store import TraitsRow
from chalicelib.identity.values import traits_key
from chalicelib.vault import blind
from chalicelib.vault.errors import Tampered
from tests import double
from tests.builders import ISSUER, a_person, an_identity
from tests.recorder import Recorder

TABLE = "carnet-test-identity"


def _put(item: dict[str, Any], table: str = TABLE) -> None:
    client("dynamodb").put_item(TableName=table, Item=item)


def test_an_index_pointed_at_somebody_elses_record_gives_no_account(aws: Recorder) -> None:
    del aws
    victim, attacker = a_person(), an_identity()
    own = spaces.open_space(attacker)
    pk, _ = store.traits_key(blind.blind("traits", traits_key(attacker.traits)), own)
    (item,) = [row for (p, _), row in double.tables()[TABLE].items() if p == pk]
    _put(item | {"pid": {"S": victim.pid}})

    with pytest.raises(Tampered):
        accounts.of_person(ISSUER, "new-subject", attacker.traits, "a@exemple.test", clock.now())


def test_a_genuine_index_row_moved_to_other_traits_gives_no_account(aws: Recorder) -> None:
    del aws
    victim, attacker = a_person(), an_identity()
    spaces.open_space(attacker)
    pk, _ = store.traits_key(blind.blind("traits", traits_key(attacker.traits)), "-")
    moved = TraitsRow(pk=pk, sk=f"P#{victim.pid}", kind="traits", pid=victim.pid)
    for partition, sort in [key for key in double.tables()[TABLE] if key[0] == pk]:
        key = {"pk": {"S": partition}, "sk": {"S": sort}}
        client("dynamodb").delete_item(TableName=TABLE, Key=key)
    rows.write([rows.put(moved)])  # as if the product itself had been led to write it

    with pytest.raises(Tampered):
        accounts.of_person(ISSUER, "new-subject", attacker.traits, "a@exemple.test", clock.now())


def test_a_signing_key_that_is_not_ours_verifies_nothing(aws: Recorder) -> None:  # A26
    del aws
    now = clock.now()
    tomorrow = signing_keys._days(now)[2]
    key = ECKey.generate_key("P-256", {"kid": tomorrow, "use": "sig", "alg": "ES256"})
    pk, sk = store.signing_key(tomorrow)
    _put(
        {
            "pk": {"S": pk},
            "sk": {"S": sk},
            "kind": {"S": "signing_key"},
            "public_jwk": {"S": json.dumps(key.as_dict(private=False))},
            "wrapped": {"B": b"x"},
            "ttl": {"N": "9999999999"},
            "version": {"N": "1"},
        }
    )

    assert signing_keys.public_key(tomorrow, now) is None


def test_a_sealing_key_that_is_not_ours_is_not_published(aws: Recorder) -> None:  # A47
    del aws
    sealing_keys.ensure_sealing_key()
    key = ECKey.generate_key("P-256", {"kid": "seal-0000", "use": "sig", "alg": "ES256"})
    _put(
        {
            "pk": {"S": "SEAL"},
            "sk": {"S": "KEY#seal-0000"},
            "kind": {"S": "sealing_key"},
            "public_jwk": {"S": json.dumps(key.as_dict(private=False))},
            "mac": {"S": "1.forged"},
            "wrapped": {"B": b"x"},
            "created_at": {"S": clock.iso(clock.now())},
        },
        "carnet-test-audit",
    )

    assert [one["kid"] for one in sealing_keys.published()["keys"]] == ["seal-0001"]
