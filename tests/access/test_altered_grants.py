"""An authorisation altered in the table: set aside, told, and overruled by the person's word."""

import pytest

from chalicelib.access import store, usecases
from chalicelib.access.model import GrantStatus
from chalicelib.access.store import GrantRow
from chalicelib.core import aws, rows
from tests.builders import Actor, Patient, a_doctor, a_grant
from tests.http_client import Client

ALTERED = [
    {"valid_until": {"S": "2099-01-01T00:00:00.000Z"}},  # ten years more
    {"version": {"S": "a"}},
    {"version": {"N": "7"}},
    {"version": {"N": "1e30"}},
    {"version": {"NULL": True}},
]


@pytest.fixture(params=ALTERED, ids=str)
def altered(person: Patient, doctor: Actor, request: pytest.FixtureRequest) -> Actor:
    """Alter a doctor's authorisation without the product's secret."""
    a_grant(person, doctor)
    pk, sk = store.grant_key(person.pid, doctor.id)
    ((name, value),) = request.param.items()
    aws.client("dynamodb").update_item(
        TableName=rows.table_name("record"),
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression="SET #n = :v",
        ExpressionAttributeNames={"#n": name},
        ExpressionAttributeValues={":v": value},
    )
    return doctor


def test_an_altered_authorisation_is_left_out_of_the_list_and_told(
    person: Patient, altered: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    other = a_doctor()
    a_grant(person, other)
    grants = usecases.list_authorisations(person.principal, person.pid)
    assert [grant.rpps for grant in grants] == [other.id]
    assert altered.id not in [grant.rpps for grant in grants]
    assert "Tampered" in capsys.readouterr().out


def test_withdrawing_overrules_an_altered_authorisation(person: Patient, altered: Actor) -> None:
    usecases.withdraw_authorisation(person.principal, person.pid, altered.id)
    row = rows.get(GrantRow, *store.grant_key(person.pid, altered.id))
    assert row is not None
    assert row.status == GrantStatus.WITHDRAWN


def test_giving_again_overrules_an_altered_authorisation(person: Patient, altered: Actor) -> None:
    directory = (store.SettingsRow, *store.settings_key(person.pid))  # any row that is there
    given = usecases.give_authorisation(person.principal, person.pid, altered.id, directory)
    row = rows.get(GrantRow, *store.grant_key(person.pid, altered.id))
    assert given.is_new
    assert row is not None
    assert row.status == GrantStatus.ACTIVE
    assert row.valid_until < "2099"


def test_home_opens_without_an_altered_authorisation(
    http: Client, person: Patient, altered: Actor
) -> None:
    home = http.get(f"/v1/patients/{person.pid}/home", as_=person.principal)
    assert altered.id not in str(home.json())
    assert home.status == 200
    assert home.json()["active_authorisations"] == 0
