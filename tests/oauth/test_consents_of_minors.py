"""Who represents a minor consents for her, until she is of age: A41."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from chalicelib.access import applications, store
from chalicelib.access.applications import ConsentRow
from chalicelib.access.store import AccountRow
from chalicelib.core import ids, rows
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.oauth import consents
from tests.builders import (
    Patient,
    a_minor,
    a_person,
    a_session,
    represent,
)
from tests.http_client import Client
from tests.oauth.play import LINES, Play, acting, may, refused


@pytest.fixture
def parent(http: Client) -> Patient:
    del http
    return a_person()


def test_who_represents_a_minor_consents_for_her_and_is_named(play: Play, parent: Patient) -> None:
    represent(parent, play.person.pid)

    given = play.give(as_=parent.principal).json()["consent"]

    assert given["given_by"] == parent.name
    assert play.list(as_=parent.principal) == [given]


def test_what_was_given_for_a_minor_lapses_on_the_day_she_is_of_age(  # A41
    http: Client, parent: Patient, clock: time_machine.Traveller, play: Play
) -> None:
    del http
    clock.move_to(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    child = a_minor(parent, birth_date=date(2008, 12, 1))
    of_age = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)  # midnight in Paris
    represent(parent, child.pid, until=of_age)
    target = f"/v1/patients/{child.pid}/consents"
    body = {"request": play.request(), "permissions": LINES, "months": 12}
    reply = play.http.post(
        target, as_=parent.principal, json=body, headers={"Idempotency-Key": ids.new_id()}
    )
    given = reply.json()["consent"]
    assert (given["valid_until"], given["ends_at_majority"]) == ("2026-11-30T23:00:00.000Z", True)
    code = reply.json()["redirect_url"].partition("code=")[2].partition("&")[0]
    got = play.exchange(code).json()
    clock.move_to(of_age - timedelta(seconds=1))
    assert may(acting(play.renew(got["refresh_token"]).json()["access_token"]), child.pid)

    clock.move_to(of_age)

    assert refused(play.renew(got["refresh_token"])) == (400, "invalid_grant")
    assert not may(of_today(play, child.pid), child.pid)


def of_today(play: Play, pid: str) -> Principal:
    """Return what a token of the consent's generation proves, whenever it was signed."""
    row = rows.get(
        ConsentRow,
        *applications.consent_key(pid, applications.consent_ref(pid, play.application.id)),
    )
    assert row is not None
    return Principal(
        kind=ActorKind.APPLICATION,
        id=play.application.id,
        session=play.application.id,
        expires_at=1 << 40,
        generation=int(row.generation),
    )


def test_her_own_consent_outlives_her_minority(play: Play, clock: time_machine.Traveller) -> None:
    parent = a_person()
    represent(parent, play.person.pid, until=datetime(2026, 12, 1, tzinfo=UTC))
    play.connect()

    clock.move_to(datetime(2026, 12, 2, tzinfo=UTC))

    found = consents.list_consents(fresh(play), play.person.pid)
    assert [one.is_active(datetime(2026, 12, 2, tzinfo=UTC)) for one in found] == [True]


def fresh(play: Play) -> Principal:
    """Let the person have a session of today."""
    account = rows.get(AccountRow, *store.account_key(play.person.id))
    assert account is not None
    return a_session(account)


def test_a_device_a_parent_connected_does_not_outlive_the_minority_by_her_own_consent(
    play: Play, clock: time_machine.Traveller
) -> None:
    parent, of_age = a_person(), datetime(2026, 12, 1, tzinfo=UTC)
    represent(parent, play.person.pid, until=of_age)
    of_the_parent = play.connect(as_=parent.principal)
    play.connect(months=12)  # hers, on her own telephone, while the parent's still holds

    clock.move_to(of_age + timedelta(days=1))

    assert refused(play.renew(of_the_parent["refresh_token"])) == (400, "invalid_grant")


def test_a_device_a_parent_connected_stops_when_she_no_longer_represents(play: Play) -> None:
    parent, other = a_person(), a_person()
    represent(parent, play.person.pid)
    represent(other, play.person.pid)
    got = play.connect(as_=parent.principal)
    rows.write([rows.delete(_link(parent, play.person.pid))])

    assert refused(play.renew(got["refresh_token"])) == (400, "invalid_grant")
    assert not may(acting(got["access_token"]), play.person.pid)
    assert [one["status"] for one in play.list()] == ["withdrawn"]


def _link(parent: Patient, pid: str) -> store.ProxyRow:
    row = rows.get(store.ProxyRow, *store.proxy_key(pid, parent.id))
    assert row is not None
    return row
