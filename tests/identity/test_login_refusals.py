"""Logins that must give no session: A28, A29, and every way a person may not be let in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from joserfc.jwk import ECKey

from chalicelib.core import rows
from chalicelib.identity import directory, spaces, suspension
from chalicelib.identity.model import Person, Professional
from tests import double
from tests.http_client import Client
from tests.identity.conftest import Browser, claims_of
from tests.identity.provider import Provider

pytestmark = pytest.mark.enable_socket
Insured = tuple[str, Person]
TECHNICAL = "/connexion?probleme=technique"
EXPIRED = "/connexion?probleme=expiree"
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "k1"})


def _kinds() -> set[str]:
    items = (item for table in double.tables().values() for item in table.values())
    return {item.get("kind", {}).get("S", "") for item in items}


def _stored_of_people() -> dict[str, Any]:
    tables = double.tables()
    return {name: tables[rows.table_name(name)] for name in ("identity", "record")}


def _no_session(browser: Browser) -> bool:
    return not browser.has_session and "session" not in _kinds()


def _later(seconds: int) -> Callable[[dict[str, Any]], None]:
    def edit(claims: dict[str, Any]) -> None:
        claims["exp"] += seconds
        claims["iat"] += seconds

    return edit


def _set(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update(values)


def _drop(name: str) -> Callable[[dict[str, Any]], None]:
    def edit(claims: dict[str, Any]) -> None:
        claims.pop(name)

    return edit


LIES: dict[str, Callable[[Provider], None]] = {
    "wrong nonce": lambda p: setattr(p, "edit", _set(nonce="other")),
    "no nonce": lambda p: setattr(p, "edit", _drop("nonce")),
    "wrong issuer": lambda p: setattr(p, "edit", _set(iss="https://evil.test")),
    "other audience": lambda p: setattr(p, "edit", _set(aud="someone-else")),
    "audiences without azp": lambda p: setattr(p, "edit", _set(aud=["carnet", "other"])),
    "other azp": lambda p: setattr(p, "edit", _set(azp="other")),
    "ended": lambda p: setattr(p, "edit", _later(-121)),
    "from the future": lambda p: setattr(p, "edit", _later(61)),
    "no exp": lambda p: setattr(p, "edit", _drop("exp")),
    "no iat": lambda p: setattr(p, "edit", _drop("iat")),
    "exp as text": lambda p: setattr(p, "edit", _set(exp="9999999999")),
    "no sub": lambda p: setattr(p, "edit", _drop("sub")),
    "alg none": lambda p: setattr(p, "edit_header", _set(alg="none")),
    "HS256 with the public key": lambda p: setattr(p, "edit_header", _set(alg="HS256")),
    "unknown kid": lambda p: setattr(p, "edit_header", _set(kid="k9")),
    "kid as a path": lambda p: setattr(p, "edit_header", _set(kid="../../k1")),
    "key in the header": lambda p: setattr(p, "edit_header", _set(jwk=OTHER_KEY.as_dict())),
    "key address": lambda p: setattr(p, "edit_header", _set(jku="https://evil.test/jwks")),
    "signed by another key": lambda p: p.__dict__.update(published=[p.key], key=OTHER_KEY),
    "userinfo of somebody else": lambda p: setattr(p, "edit_userinfo", _set(sub="other")),
    "userinfo too long": lambda p: setattr(p, "edit_userinfo", _set(filler="x" * 70_000)),
    "token too long": lambda p: setattr(p, "padding", "x" * 70_000),
    "token refused": lambda p: setattr(p, "status", {"token": 500}),
    "token redirected": lambda p: setattr(p, "status", {"token": 302}),
    "userinfo refused": lambda p: setattr(p, "status", {"userinfo": 401}),
}


@pytest.mark.parametrize("lie", LIES)
def test_lying_provider_gives_no_session(
    browser: Browser, franceconnect: Provider, insured: Insured, lie: str
) -> None:
    del insured
    brought = franceconnect.authorise(browser.begin())
    LIES[lie](franceconnect)

    reply = browser.come_back(brought)

    assert (reply.status, reply.header("Location")) == (303, TECHNICAL)
    assert _no_session(browser)
    assert "account" not in _kinds()


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        ("token_endpoint", "http://evil.test/token"),
        ("jwks_uri", "file:///etc/passwd"),
        ("userinfo_endpoint", "https://user@evil.test/"),
        ("authorization_endpoint", None),
        ("issuer", "https://evil.test"),
    ],
)
def test_metadata_that_would_leak_our_secret_is_refused(
    browser: Browser, franceconnect: Provider, endpoint: str, address: str | None
) -> None:
    franceconnect.edit_metadata = _set(**{endpoint: address})

    reply = browser.get("/v1/auth/login?provider=franceconnect")

    assert (reply.status, reply.header("Location")) == (303, TECHNICAL)
    assert browser.cookies == {}


def test_provider_that_is_down_gives_a_page_with_a_next_step(
    browser: Browser, franceconnect: Provider
) -> None:
    franceconnect.status = {".well-known/openid-configuration": 503}

    assert browser.begin() == TECHNICAL


@pytest.mark.parametrize(
    ("change", "page"),
    [
        ({"state": "altered"}, EXPIRED),
        ({"state": ""}, EXPIRED),
        ({"state": None}, EXPIRED),
        ({"iss": "https://evil.test"}, TECHNICAL),
        ({"code": None}, TECHNICAL),
        ({"code": "x" * 3000}, TECHNICAL),
        ({"code": "made-up"}, TECHNICAL),
    ],
)
def test_altered_callback_gives_no_session(
    browser: Browser,
    franceconnect: Provider,
    insured: Insured,
    change: dict[str, Any],
    page: str,
) -> None:
    del insured
    brought = franceconnect.authorise(browser.begin()) | change

    reply = browser.come_back({name: value for name, value in brought.items() if value is not None})

    assert (reply.status, reply.header("Location")) == (303, page)
    assert _no_session(browser)


def test_callback_of_another_browser_gives_no_session(
    http: Client, browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    del insured
    attacker = franceconnect.authorise(Browser(http).begin())
    browser.begin()

    assert browser.come_back(attacker).header("Location") == EXPIRED
    assert Browser(http).come_back(attacker).header("Location") == EXPIRED
    assert _no_session(browser)


def test_replayed_callback_gives_no_second_session(
    browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    del insured
    location = browser.begin()
    cookie = dict(browser.cookies)
    brought = franceconnect.authorise(location)
    assert browser.come_back(brought).header("Location") == "/accueil"

    thief = Browser(browser.http, cookie)
    franceconnect.pending[brought["code"]] = {}  # even if the provider would take it again
    reply = thief.come_back(brought)

    assert reply.header("Location") == EXPIRED
    assert not thief.has_session


def test_cancelled_login_says_so_and_burns_its_state(
    browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    del insured
    brought = franceconnect.authorise(browser.begin())
    cookie = dict(browser.cookies)

    reply = browser.come_back({"error": "access_denied", "state": brought["state"]})

    assert reply.header("Location") == "/connexion?probleme=annulee"
    assert Browser(browser.http, cookie).come_back(brought).header("Location") == EXPIRED
    assert _no_session(browser)


def test_error_of_the_provider_is_not_a_cancellation(
    browser: Browser, franceconnect: Provider
) -> None:
    brought = franceconnect.authorise(browser.begin())

    reply = browser.come_back({"error": "server_error", "state": brought["state"]})

    assert reply.header("Location") == TECHNICAL


def test_login_that_took_more_than_ten_minutes_is_over(
    browser: Browser, franceconnect: Provider, insured: Insured, clock: time_machine.Traveller
) -> None:
    del insured
    brought = franceconnect.authorise(browser.begin())
    clock.shift(timedelta(minutes=10))

    assert browser.come_back(brought).header("Location") == EXPIRED
    assert _no_session(browser)


@pytest.mark.parametrize("acr", ["eidas1", "", None, "eidas20"])
def test_assurance_below_substantial_is_refused(
    browser: Browser, franceconnect: Provider, insured: Insured, acr: str | None
) -> None:
    del insured
    franceconnect.edit = _set(acr=acr)

    assert browser.log_in(franceconnect) == "/connexion?probleme=niveau"
    assert _no_session(browser)


@pytest.mark.parametrize("acr", ["eidas2", "eidas3"])
def test_substantial_and_high_assurance_are_accepted(
    browser: Browser, franceconnect: Provider, insured: Insured, acr: str
) -> None:
    del insured
    franceconnect.acr = acr

    assert browser.log_in(franceconnect) == "/accueil"


@pytest.mark.parametrize(
    "change",
    [
        {"family_name": "AUTRE"},
        {"given_name": "LOU"},
        {"birthdate": "1985-06-13"},
        {"birthdate": "1985-06"},
        {"birthdate": None},
        {"gender": "male"},
        {"birthplace": "13055"},
        {"family_name": ""},
        {"given_name": 7},
    ],
)
def test_unknown_traits_give_no_session_and_no_space(
    browser: Browser, franceconnect: Provider, insured: Insured, change: dict[str, Any]
) -> None:
    del insured
    franceconnect.claims |= change
    before = _stored_of_people()

    assert browser.log_in(franceconnect) == "/connexion?probleme=inconnue"
    assert _no_session(browser)
    assert _stored_of_people() == before


def test_second_identity_with_the_same_traits_never_takes_the_record(
    http: Client, franceconnect: Provider, insured: Insured
) -> None:
    pid, person = insured
    assert Browser(http).log_in(franceconnect) == "/accueil"
    holder, before = spaces.holder(pid), _stored_of_people()
    franceconnect.claims = claims_of(person, sub="sub-2")
    rival = Browser(http)

    assert rival.log_in(franceconnect) == "/connexion?probleme=doublon"
    assert not rival.has_session
    assert spaces.holder(pid) == holder
    assert _stored_of_people() == before


def test_professional_who_is_not_in_the_directory_is_refused(
    browser: Browser, psc: Provider
) -> None:
    psc.claims = {"sub": "f:1", "SubjectNameID": "899700245667"}

    assert browser.log_in(psc, "psc") == "/connexion?probleme=professionnel-inconnu"
    assert _no_session(browser)


@pytest.mark.parametrize(
    "number", ["", "0123456789", "899700218897", "８99700218896", 899700218896]
)
def test_professional_without_a_right_number_is_refused(
    browser: Browser, psc: Provider, doctor: Professional, number: object
) -> None:
    del doctor
    psc.claims["SubjectNameID"] = number

    assert browser.log_in(psc, "psc") == "/connexion?probleme=professionnel-inconnu"
    assert _no_session(browser)


def test_professional_struck_off_the_directory_is_refused(
    browser: Browser, psc: Provider, doctor: Professional
) -> None:
    described, *_ = directory.rows_of(doctor, "later")
    described.status = "inactive"
    rows.write([rows.replace(described)])

    assert browser.log_in(psc, "psc") == "/connexion?probleme=professionnel-inconnu"


def test_account_that_was_suspended_gets_no_session(
    http: Client, franceconnect: Provider, insured: Insured
) -> None:
    pid, _ = insured
    assert Browser(http).log_in(franceconnect) == "/accueil"
    suspension.suspend_account(pid)
    browser = Browser(http)

    assert browser.log_in(franceconnect) == "/connexion?probleme=suspendue"
    assert not browser.has_session


@pytest.mark.parametrize(
    "target",
    [
        "//evil.test",
        "/\\evil.test",
        "https:evil.test",
        "https://evil.test",
        "https://carnet.test.evil.test/accueil",
        "/accueil/../../evil",
        "/%2f%2fevil.test",
        "/accueil%0d%0aSet-Cookie:x=y",
        "/accueil\r\nSet-Cookie: x=y",
        "/accueil?x=//evil.test",
        "/v1/me",
        "/oauth/token",
        "/accueilx",
        "accueil",
        "/accueil/",
        "javascript:alert(1)",
        "/accueil#//evil.test",
        "/" + "a" * 400,
    ],
)
def test_return_to_elsewhere_is_refused_without_a_link(http: Client, target: str) -> None:

    reply = http.get(f"/v1/auth/login?provider=franceconnect&return_to={quote(target, safe='')}")

    assert reply.status in {400, 422}
    assert reply.header("Location") is None
    assert reply.all("Set-Cookie") == []
    assert "evil" not in reply.body.decode()


@pytest.mark.parametrize(
    "target", ["/", "/accueil", "/documents/01J9ZZ", "/documents?category=BIOLOGIE", "/pro"]
)
def test_return_to_one_of_our_screens_is_kept(
    browser: Browser, franceconnect: Provider, insured: Insured, target: str
) -> None:
    del insured

    reply = browser.come_back(franceconnect.authorise(browser.begin(return_to=target)))

    assert reply.header("Location") == target


def test_unknown_provider_is_refused(http: Client) -> None:
    assert http.get("/v1/auth/login?provider=other").status == 422
