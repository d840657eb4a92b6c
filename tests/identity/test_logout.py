"""One session for one browser, ended here and at the provider (A28, A29, A39)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine

from chalicelib.core import aws
from chalicelib.identity import oidc
from chalicelib.identity.model import Person, Professional
from tests import double
from tests.http_client import Client, Reply
from tests.identity.conftest import OWN_PAGE, Browser
from tests.identity.provider import Provider
from tests.injector import Faults

pytestmark = pytest.mark.enable_socket
Insured = tuple[str, Person]
COOKIE = "__Host-carnet_refresh"
IDENTITY = "carnet-test-identity"


def _kept(kind: str) -> list[dict[str, dict[str, str]]]:
    return [item for item in double.tables()[IDENTITY].values() if item["kind"] == {"S": kind}]


def _leave(browser: Browser) -> Reply:
    return browser.post("/v1/auth/logout", **OWN_PAGE)


def _status(http: Client, token: str) -> int:
    return http.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status


def _logged_in(browser: Browser, provider: Provider, insured: Insured) -> str:
    del insured
    assert browser.log_in(provider) == "/accueil"
    return browser.token()


def test_a_second_login_in_the_same_browser_ends_the_former_session(
    http: Client, browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    former = _logged_in(browser, franceconnect, insured)
    location = browser.begin()
    strict = browser.cookies.pop(COOKIE)  # not sent by a browser that another site sends back
    browser.come_back(franceconnect.authorise(location))

    assert browser.cookies[COOKIE] != strict
    assert _status(http, browser.token()) == 200
    assert _status(http, former) == 401
    assert len(_kept("session")) == len(_kept("provider_session")) == 1


def test_a_login_in_another_browser_ends_nothing(
    http: Client, browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    here = _logged_in(browser, franceconnect, insured)
    there = _logged_in(Browser(http), franceconnect, insured)

    assert (_status(http, here), _status(http, there)) == (200, 200)


def test_a_login_that_is_not_finished_leaves_the_session(
    http: Client, browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    token = _logged_in(browser, franceconnect, insured)
    state = parse_qs(urlsplit(browser.begin()).query)["state"][0]
    browser.come_back({"error": "access_denied", "state": state})

    assert _status(http, token) == 200


def test_a_login_that_cannot_end_the_former_session_opens_none(
    http: Client, browser: Browser, franceconnect: Provider, insured: Insured, faults: Faults
) -> None:
    _logged_in(browser, franceconnect, insured)
    before = _kept("session")
    brought = franceconnect.authorise(browser.begin())
    faults.on("dynamodb.TransactWriteItems", "before")

    assert browser.come_back(brought).header("Location") == "/connexion?probleme=technique"
    assert _kept("session") == before
    del http


def test_logout_sends_to_the_provider_with_what_it_asks_and_comes_back_to_the_end(
    http: Client, browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    token = _logged_in(browser, franceconnect, insured)

    left = _leave(browser)

    where = urlsplit(left.json()["end_session_url"])
    query = {name: values[0] for name, values in parse_qs(where.query).items()}
    assert left.status == 200
    assert where._replace(query="").geturl() == f"{franceconnect.issuer}/logout"
    assert set(query) == {"id_token_hint", "post_logout_redirect_uri", "state"}
    assert query["post_logout_redirect_uri"] == "https://carnet.test/v1/auth/logged-out"
    assert query["id_token_hint"].count(".") == 2
    assert _status(http, token) == 401
    assert _kept("session") == _kept("provider_session") == []
    back = http.get(f"/v1/auth/logged-out?{urlencode({'state': query['state'], 'x': 'y'})}")
    assert (back.status, back.header("Location")) == (303, "/connexion?etat=fin")


@pytest.mark.parametrize("query", ["", "?state=", "?state=1.AAAA", "?state=%C3%A9"])
def test_who_did_not_log_out_is_not_told_that_she_did(http: Client, query: str) -> None:
    reply = http.get(f"/v1/auth/logged-out{query}")

    assert (reply.status, reply.header("Location")) == (303, "/connexion")


def test_the_state_of_a_logout_ends_after_ten_minutes(
    http: Client,
    clock: time_machine.Traveller,
    browser: Browser,
    franceconnect: Provider,
    insured: Insured,
) -> None:
    _logged_in(browser, franceconnect, insured)
    where = urlsplit(_leave(browser).json()["end_session_url"])
    state = urlencode({"state": parse_qs(where.query)["state"][0]})
    clock.shift(timedelta(minutes=10))

    assert http.get(f"/v1/auth/logged-out?{state}").header("Location") == "/connexion"


def test_professionals_log_out_at_their_own_provider(
    browser: Browser, psc: Provider, doctor: Professional
) -> None:
    del doctor
    browser.log_in(psc, "psc")

    assert _leave(browser).json()["end_session_url"].startswith(f"{psc.issuer}/logout?")


def test_the_id_token_is_kept_sealed_and_never_logged(
    browser: Browser,
    franceconnect: Provider,
    insured: Insured,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _logged_in(browser, franceconnect, insured)
    stored = str(double.tables())
    hint = parse_qs(urlsplit(_leave(browser).json()["end_session_url"]).query)["id_token_hint"][0]

    assert hint not in stored
    assert hint.split(".")[1] not in stored + capsys.readouterr().out


def test_a_secret_copied_long_ago_ends_the_session_and_gets_no_id_token(
    http: Client, browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    _logged_in(browser, franceconnect, insured)
    copied = browser.cookies[COOKIE]
    browser.token()
    current = browser.token()

    left = http.post("/v1/auth/logout", headers={**OWN_PAGE, "Cookie": f"{COOKIE}={copied}"})

    assert (left.status, left.body) == (204, b"")
    assert _status(http, current) == 401


def test_row_of_another_session_gives_no_id_token(
    browser: Browser, http: Client, franceconnect: Provider, insured: Insured
) -> None:
    _logged_in(browser, franceconnect, insured)
    _logged_in(Browser(http), franceconnect, insured)
    one, other = _kept("provider_session")
    for row, sealed in ((one, other["sealed"]), (other, one["sealed"])):
        aws.client("dynamodb").put_item(TableName=IDENTITY, Item={**row, "sealed": sealed})

    assert _leave(browser).status == 204


def test_a_provider_that_is_down_or_has_no_such_place_does_not_keep_the_session(
    browser: Browser, http: Client, franceconnect: Provider, insured: Insured
) -> None:
    token = _logged_in(browser, franceconnect, insured)
    oidc.forget()
    franceconnect.edit_metadata = lambda said: said.pop("end_session_endpoint")
    assert _leave(browser).status == 204
    assert _status(http, token) == 401

    token = _logged_in(browser, franceconnect, insured)
    oidc.forget()
    franceconnect.edit_metadata = lambda said: said.pop("issuer")
    assert _leave(browser).status == 204
    assert _status(http, token) == 401


def test_a_place_to_log_out_off_tls_refuses_the_provider(
    browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    del insured
    oidc.forget()
    franceconnect.edit_metadata = lambda said: said.update(
        end_session_endpoint="http://elsewhere.test/logout"
    )

    reply = browser.get("/v1/auth/login?provider=franceconnect")
    assert reply.header("Location") == "/connexion?probleme=technique"
