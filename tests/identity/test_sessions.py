"""Sessions: prolonged by a cookie that changes, ended at once (A39, D7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from chalicelib.access.store import AccountRow, account_key, session_key
from chalicelib.core import clock as wall
from chalicelib.core import rows
from chalicelib.identity import rules, sessions
from chalicelib.identity.rules import Refresh, SessionFacts, judge_refresh
from tests import builders, double
from tests.http_client import Client, Reply
from tests.identity.conftest import OWN_PAGE
from tests.injector import Faults
from tests.recorder import Recorder
from tests.worlds import World

COOKIE = "__Host-carnet_refresh"


@pytest.fixture
def cookie(clock: time_machine.Traveller, world: World) -> str:
    """Open a session as a login does; the clock stands still."""
    del clock
    account = rows.get(AccountRow, *account_key(world.person.id))
    assert account is not None
    row, value = sessions.new_session(account, wall.now())
    rows.write([rows.put(row)])
    return value


def _refresh(http: Client, cookie: str) -> Reply:
    sent = {**OWN_PAGE, "Cookie": f"{COOKIE}={cookie}"}
    return http.post("/v1/auth/refresh", headers=sent)


def _next(reply: Reply) -> str:
    assert reply.status == 200, reply.body
    return str(reply.header("Set-Cookie")).partition(";")[0].partition("=")[2]


def _secret(cookie: str) -> str:
    return sessions._opened(cookie).secret


def _me(http: Client, reply: Reply) -> int:
    token = reply.json()["access_token"]
    return http.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status


def _lives(cookie: str) -> bool:
    pk, sk = session_key(sessions._opened(cookie).sid)
    return (pk, sk) in double.tables()["carnet-test-identity"]


def test_refresh_gives_a_token_and_changes_the_secret(http: Client, cookie: str) -> None:
    reply = _refresh(http, cookie)

    assert reply.json()["expires_in"] == 600
    assert set(reply.json()) == {"access_token", "expires_in"}
    assert _secret(_next(reply)) != _secret(cookie)
    assert _me(http, reply) == 200
    assert reply.header("Cache-Control") == "no-store"


def test_two_tabs_with_the_same_cookie_end_with_the_same_secret(http: Client, cookie: str) -> None:
    first, second = _refresh(http, cookie), _refresh(http, cookie)

    assert _secret(_next(first)) == _secret(_next(second))
    assert _refresh(http, _next(first)).status == 200


def test_ten_tabs_at_once_all_stay_connected(http: Client, cookie: str) -> None:
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: _refresh(http, cookie), range(10)))

    assert {reply.status for reply in replies} == {200}
    assert len({_secret(_next(reply)) for reply in replies}) == 1


def test_rivals_in_the_store_agree_on_the_next_secret(http: Client, cookie: str) -> None:
    del http

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: sessions.refresh(cookie, wall.now()), range(8)))

    assert len({_secret(one.cookie) for one in made}) == 1


def test_lost_answer_is_recovered_by_trying_again(
    http: Client, cookie: str, faults: Faults
) -> None:
    _refresh(http, cookie)
    cookie = _next(_refresh(http, cookie))
    faults.on("dynamodb.PutItem", "after", nth=1)

    assert _refresh(http, cookie).status == 503
    assert _refresh(http, cookie).status == 200


def test_former_secret_used_again_after_thirty_seconds_ends_the_session(
    http: Client, cookie: str, clock: time_machine.Traveller
) -> None:
    thief = cookie
    owner = _refresh(http, cookie)
    clock.shift(timedelta(seconds=30))

    stolen = _refresh(http, thief)

    assert (stolen.status, stolen.problem) == (401, "session-ended")
    assert _refresh(http, _next(owner)).status == 401
    assert _me(http, owner) == 401
    assert not _lives(thief)


def test_former_secret_used_again_within_thirty_seconds_is_forgiven(
    http: Client, cookie: str, clock: time_machine.Traveller
) -> None:
    _refresh(http, cookie)
    clock.shift(timedelta(seconds=29))

    assert _refresh(http, cookie).status == 200


def test_secret_two_changes_old_ends_the_session_at_once(http: Client, cookie: str) -> None:
    second = _next(_refresh(http, cookie))
    third = _next(_refresh(http, second))

    assert _refresh(http, cookie).status == 401
    assert _refresh(http, third).status == 401


@pytest.mark.parametrize("forged", ["", "x", "1.AAAA", "1." + "A" * 120, "é"])
def test_forged_cookie_ends_nothing(http: Client, cookie: str, forged: str) -> None:
    assert _refresh(http, forged).status == 401
    assert _refresh(http, cookie[:-1] + ("A" if cookie[-1] != "A" else "B")).status == 401
    assert _refresh(http, cookie).status == 200


def test_cookies_of_others_beside_ours_do_not_matter(http: Client, cookie: str) -> None:
    header = f'theme=dark; bad"value=[1,2]; {COOKIE}={cookie}; =; x'

    assert http.post("/v1/auth/refresh", headers={**OWN_PAGE, "Cookie": header}).status == 200


def test_missing_cookie_is_a_session_that_ended(http: Client) -> None:
    reply = http.post("/v1/auth/refresh", headers=OWN_PAGE)

    assert (reply.status, reply.problem) == (401, "session-ended")


def test_session_ends_after_half_an_hour_without_activity(
    http: Client, cookie: str, clock: time_machine.Traveller
) -> None:
    clock.shift(rules.SESSION_IDLE)

    assert _refresh(http, cookie).status == 401


def test_session_in_use_lives_twelve_hours_and_no_longer(
    http: Client, cookie: str, clock: time_machine.Traveller
) -> None:
    began = wall.now()
    while (wall.now() - began) < rules.SESSION_WHOLE - timedelta(minutes=20):
        clock.shift(timedelta(minutes=20))
        reply = _refresh(http, cookie)
        cookie = _next(reply)
    clock.shift(timedelta(minutes=20))

    assert _refresh(http, cookie).status == 401


def test_logout_ends_the_session_for_the_next_request(http: Client, cookie: str) -> None:
    reply = _refresh(http, cookie)
    assert _me(http, reply) == 200

    sent = {**OWN_PAGE, "Cookie": f"{COOKIE}={_next(reply)}"}
    left = http.post("/v1/auth/logout", headers=sent)

    assert left.status == 204
    assert str(left.header("Set-Cookie")).startswith(f"{COOKIE}=; Path=/; Max-Age=0;")
    assert _me(http, reply) == 401
    assert _refresh(http, _next(reply)).status == 401
    assert http.post("/v1/auth/logout", headers=sent).status == 204


def test_logout_without_a_session_is_no_error(http: Client) -> None:
    assert http.post("/v1/auth/logout", headers=OWN_PAGE).status == 204


@pytest.mark.parametrize("route", ["/v1/auth/refresh", "/v1/auth/logout"])
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Carnet": "1"},
        {"Origin": "https://carnet.test"},
        {"X-Carnet": "1", "Origin": "null"},
        {"X-Carnet": "1", "Origin": "https://evil.test"},
        {"X-Carnet": "1", "Origin": "https://sub.carnet.test"},
        {"X-Carnet": "1", "Origin": "https://carnet.test.evil.test"},
        {"X-Carnet": "1", "Origin": "http://carnet.test"},
        {"X-Carnet": "0", "Origin": "https://carnet.test"},
    ],
)
def test_other_sites_cannot_use_the_cookie(
    http: Client, cookie: str, route: str, headers: dict[str, str]
) -> None:
    reply = http.post(route, headers={**headers, "Cookie": f"{COOKIE}={cookie}"})

    assert (reply.status, reply.problem) == (403, "forbidden")
    assert reply.all("Set-Cookie") == []
    assert _lives(cookie)


def test_claims_added_to_a_request_give_no_role(http: Client) -> None:
    person = builders.a_person()

    reply = http.get(
        "/v1/me",
        as_=person.principal,
        headers={"X-Role": "professional", "X-Rpps": "99700218896"},
    )

    assert reply.json()["role"] == "patient"


def test_refresh_costs_one_read_and_one_write(http: Client, cookie: str, calls: Recorder) -> None:
    _refresh(http, cookie)
    cookie = _next(_refresh(http, cookie))

    counted = calls.measure(lambda: _refresh(http, cookie))

    assert counted == {"dynamodb.BatchGetItem": 1, "dynamodb.PutItem": 1}


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("presented", "seconds", "verdict"),
    [
        ("now", 0, Refresh.ROTATE),
        ("now", 3599, Refresh.ROTATE),
        ("now", 3600, Refresh.ENDED),
        ("before", 29, Refresh.REPEAT),
        ("before", 30, Refresh.REUSED),
        ("older", 0, Refresh.REUSED),
        ("older", 3600, Refresh.ENDED),
    ],
)
def test_refresh_is_judged_to_the_second(presented: str, seconds: int, verdict: Refresh) -> None:
    facts = SessionFacts("now", "before", NOON, NOON + timedelta(hours=1))

    assert judge_refresh(facts, presented, NOON + timedelta(seconds=seconds)) is verdict
