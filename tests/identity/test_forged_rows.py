"""Rows written by somebody with rights on tables and none on keys decide nothing (A46, A47)."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey

from chalicelib.audit import keys as sealing_keys
from chalicelib.core import clock, rows
from chalicelib.core.aws import client
from chalicelib.identity import accounts, signing_keys, spaces, store
from chalicelib.identity.model import Provider
from chalicelib.identity.store import TraitsRow
from chalicelib.identity.values import traits_key
from chalicelib.vault import blind
from chalicelib.vault.errors import Tampered
from tests import double
from tests.builders import ISSUER, a_doctor, a_grant, a_person, an_identity
from tests.http_client import Client
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


def test_a_login_pointed_at_somebody_elses_account_opens_nothing(aws: Recorder) -> None:
    """Though its keyed hash is right: operators of accounts may write it, not who a record is."""
    del aws
    victim, intruder = a_person(), a_person()
    where = accounts.login_place(Provider.FRANCECONNECT, ISSUER, "intruder")
    rows.write([rows.replace(accounts.login_row(where, victim.id))])

    with pytest.raises(Tampered):
        accounts.of_person(
            ISSUER, "intruder", intruder.identity.traits, "a@exemple.test", clock.now()
        )


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


def _rename(rpps: str, **values: str) -> None:
    pk, sk = store.professional_key(rpps)
    _put(double.tables()[TABLE][pk, sk] | {name: {"S": value} for name, value in values.items()})


def test_a_professional_renamed_in_the_table_is_given_no_key(  # A46
    http: Client, aws: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    person, doctor, other = a_person(), a_doctor(), a_doctor()
    _rename(doctor.id, given_name="MARIE", family_name="MEDECIN-TRAITANT")
    path = f"/v1/patients/{person.pid}/authorisations"

    given = http.put(f"{path}/{doctor.id}", as_=person.principal, json={})
    found = http.post(
        "/v1/professionals/search", as_=person.principal, json={"family_name": "Exemple"}
    )

    assert given.status == 500
    assert http.get(path, as_=person.principal).json()["items"] == []
    assert [one["rpps"] for one in found.json()["items"]] == [other.id]
    assert "Tampered" in capsys.readouterr().out


def test_a_professional_altered_later_is_shown_by_number_alone(http: Client, aws: Recorder) -> None:
    del aws
    person, doctor = a_person(), a_doctor()
    a_grant(person, doctor)
    _rename(doctor.id, profession="Pharmacien")

    reply = http.get(f"/v1/patients/{person.pid}/authorisations", as_=person.principal)

    assert [one["name"] for one in reply.json()["items"]] == [f"RPPS {doctor.id}"]


def test_a_row_of_the_directory_moved_to_another_number_is_nobody(
    http: Client, aws: Recorder
) -> None:
    del aws
    person, doctor, other = a_person(), a_doctor(), a_doctor()
    pk, _ = store.professional_key(doctor.id)
    _rename(other.id, pk=pk)

    given = http.put(
        f"/v1/patients/{person.pid}/authorisations/{doctor.id}", as_=person.principal, json={}
    )

    assert given.status == 500


def test_a_pointer_forged_in_the_directory_finds_nobody_of_another_name(
    http: Client, aws: Recorder
) -> None:
    del aws
    person, doctor = a_person(), a_doctor()
    pk, sk = store.directory_key("medecintraitant", "marie", doctor.id)
    _put(
        {
            "pk": {"S": pk},
            "sk": {"S": sk},
            "kind": {"S": "directory"},
            "rpps": {"S": doctor.id},
            "cities": {"S": "[]"},
        }
    )

    found = http.post(
        "/v1/professionals/search", as_=person.principal, json={"family_name": "Médecin-Traitant"}
    )

    assert found.json() == {"items": []}
