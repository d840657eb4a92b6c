"""A code serves once, for who asked for it, within a minute: A28."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from tests.http_client import Client
from tests.oauth.play import (
    BACK,
    VERIFIER,
    Play,
    acting,
    an_application,
    may,
    refused,
)


def test_a_code_ends_after_five_minutes(play: Play, clock: time_machine.Traveller) -> None:
    code = play.code()
    clock.shift(300)

    assert refused(play.exchange(code)) == (400, "invalid_grant")


def test_a_code_brought_again_is_refused_and_ends_what_it_gave(play: Play) -> None:
    code = play.code()
    got = play.exchange(code).json()

    assert refused(play.exchange(code)) == (400, "invalid_grant")

    assert refused(play.renew(got["refresh_token"])) == (400, "invalid_grant")
    assert not may(acting(got["access_token"]), play.person.pid)
    assert [one["status"] for one in play.list()] == ["active"]


def test_a_code_brought_again_leaves_other_devices_connected(
    play: Play, clock: time_machine.Traveller
) -> None:
    first = play.connect()
    clock.shift(1)
    code = play.code()
    play.exchange(code)
    play.exchange(code)

    assert play.renew(first["refresh_token"]).status == 200


def test_a_code_brought_twenty_times_at_once_serves_once_at_most(play: Play) -> None:
    code = play.code()

    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: play.exchange(code), range(20)))

    assert sorted({one.status for one in replies}) in ([200, 400], [400])
    assert [one.status for one in replies].count(200) <= 1
    for got in (one.json() for one in replies if one.status == 200):
        assert refused(play.renew(got["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": VERIFIER + "v"},
        {"code_verifier": VERIFIER[:-1]},
        {"code_verifier": "é" * 43},
        {"redirect_uri": BACK + "/"},
        {"redirect_uri": "https://evil.test/"},
        {"code": "1."},
        {"code": "nonsense"},
        {"client_id": "0" * 26},
        {"client_id": "nobody"},
    ],
)
def test_a_code_serves_who_asked_for_it_and_a_wrong_try_spends_nothing(
    play: Play, changes: dict[str, str]
) -> None:
    code = play.code()

    reply = play.exchange(**({"code": code} | changes))

    expected = (401, "invalid_client") if "client_id" in changes else (400, "invalid_grant")
    assert refused(reply) == expected
    assert play.exchange(code).status == 200


def test_a_code_without_proof_key_is_malformed(play: Play) -> None:
    for missing in ("code", "redirect_uri", "code_verifier"):
        form = {"code": play.code()} | {missing: None}
        assert refused(play.exchange(**form)) == (400, "invalid_request")  # type: ignore[arg-type]


def test_a_code_of_another_application_is_none(play: Play, http: Client) -> None:
    other = Play(http, an_application(), play.person)
    code = play.code()

    assert refused(other.exchange(code)) == (400, "invalid_grant")
    assert play.exchange(code).status == 200


def test_a_code_of_a_consent_given_anew_or_taken_back_is_none(
    play: Play, clock: time_machine.Traveller
) -> None:
    code = play.code()
    clock.shift(1)
    latest = play.code()
    assert refused(play.exchange(code)) == (400, "invalid_grant")

    play.withdraw()

    assert refused(play.exchange(latest)) == (400, "invalid_grant")
