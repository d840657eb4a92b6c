"""Logins of who publishes applications and of operators: who is let in, as whom, and who is not."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from chalicelib.access.store import SessionRow
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import rows
from chalicelib.identity import staff, suspension
from chalicelib.identity.model import AccountAction, SessionAction
from chalicelib.vault.errors import Tampered
from tests import builders, double
from tests.builders import Actor
from tests.http_client import Client
from tests.identity.conftest import CHECKED, SIRET_OF_ALIX, Browser
from tests.identity.provider import Provider
from tests.recorder import Recorder

pytestmark = pytest.mark.enable_socket
CANCELLED = "/connexion?probleme=annulee"
EXPIRED = "/connexion?probleme=expiree"
NOT_ENROLLED = "/connexion?probleme=exploitant-inconnu"
NO_COMPANY = "/connexion?probleme=etablissement-inconnu"
TOO_WEAK = "/connexion?probleme=niveau-pro"
TECHNICAL = "/connexion?probleme=technique"
OTHER_SIRET = "99999902200018"


def _items(kind: str) -> list[dict[str, dict[str, str]]]:
    items = (item for table in double.tables().values() for item in table.values())
    return [item for item in items if item.get("kind") == {"S": kind}]


def _history(uid: str) -> list[str]:
    found = double.tables()[rows.table_name("audit")]
    return [
        open_row(TraceRow.from_raw_data(item), uid).action
        for (pk, _), item in sorted(found.items())
        if pk == f"A#{uid}"
    ]


def _uid(kind: str = "account") -> str:
    (account,) = _items(kind)
    return account["pk"]["S"].removeprefix("U#")


def _no_session(browser: Browser) -> bool:
    return not browser.has_session and not _items("session")


@pytest.fixture
def enrolled(at_operator: Provider) -> staff.Member:
    return staff.enrol(at_operator.claims["sub"])


def test_a_publisher_logs_in_for_her_establishment(browser: Browser, proconnect: Provider) -> None:
    where = browser.log_in(proconnect, "proconnect")
    me = browser.me().json()

    assert where == "/accueil"
    del me["session"]
    assert me == {
        "role": "publisher",
        "id": _uid(),
        "display_name": "Alix EXEMPLE",
        "siret": SIRET_OF_ALIX,
    }
    assert _history(_uid()) == [SessionAction.OPEN]


def test_an_enrolled_operator_logs_in(
    browser: Browser, at_operator: Provider, enrolled: staff.Member
) -> None:
    where = browser.log_in(at_operator, "operator")
    me = browser.me().json()

    assert where == "/accueil"
    del me["session"]
    assert me == {"role": "operator", "id": enrolled.id, "display_name": "Salomé EXEMPLE"}
    assert _history(enrolled.id) == [AccountAction.ENROL, SessionAction.OPEN]


@pytest.mark.parametrize("name", ["proconnect", "operator"])
def test_the_level_is_asked_for_as_essential_and_no_more_than_is_needed(
    browser: Browser, providers: dict[str, Provider], name: str
) -> None:
    del providers
    query = parse_qs(urlsplit(browser.begin(name)).query)

    assert query["acr_values"] == [CHECKED]
    wanted = json.loads(query["claims"][0])["id_token"]["acr"]
    assert wanted == {"essential": True, "values": [CHECKED, "eidas2", "eidas3"]}
    assert query["code_challenge_method"] == ["S256"]
    asked = set(query["scope"][0].split())
    own = {"proconnect": "siret", "operator": "email"}[name]
    assert asked == {"openid", "given_name", "usual_name", own}


def test_names_of_who_is_at_work_are_nowhere_in_clear(
    browser: Browser, proconnect: Provider
) -> None:
    browser.log_in(proconnect, "proconnect")

    stored = repr(double.tables())
    assert "EXEMPLE" not in stored
    assert "alix@" not in stored
    assert "pc-1" not in stored


@pytest.mark.parametrize("name", ["proconnect", "operator"])
def test_a_login_given_up_at_the_provider_says_so(
    browser: Browser, providers: dict[str, Provider], name: str
) -> None:
    brought = providers[name].authorise(browser.begin(name))

    reply = browser.come_back({"error": "access_denied", "state": brought["state"]})

    assert reply.header("Location") == CANCELLED
    assert _no_session(browser)


@pytest.mark.parametrize("name", ["proconnect", "operator"])
def test_an_answer_played_again_opens_nothing(  # A28
    browser: Browser,
    proconnect: Provider,
    at_operator: Provider,
    enrolled: staff.Member,
    name: str,
) -> None:
    del enrolled
    provider = {"proconnect": proconnect, "operator": at_operator}[name]
    brought = provider.authorise(browser.begin(name))
    cookies = dict(browser.cookies)
    assert browser.come_back(brought).header("Location") == "/accueil"
    thief = Browser(browser.http, cookies)

    reply = thief.come_back(brought)

    assert reply.header("Location") == EXPIRED
    assert not thief.has_session
    assert len(_items("session")) == 1


@pytest.mark.parametrize("name", ["franceconnect", "psc", "operator"])
def test_an_answer_of_another_provider_is_refused(  # A28: mix-up
    browser: Browser, proconnect: Provider, providers: dict[str, Provider], name: str
) -> None:
    brought = proconnect.authorise(browser.begin("proconnect")) | {"iss": providers[name].issuer}

    assert browser.come_back(brought).header("Location") == TECHNICAL
    assert _no_session(browser)


@pytest.mark.parametrize("name", ["proconnect", "operator"])
@pytest.mark.parametrize(
    "acr",
    [
        "eidas1",
        CHECKED.removesuffix("-2fa"),
        CHECKED.replace("consistency-checked", "self-asserted"),
        "",
    ],
)
def test_one_factor_or_an_unchecked_establishment_is_not_enough(
    browser: Browser, proconnect: Provider, at_operator: Provider, acr: str, name: str
) -> None:
    staff.enrol(at_operator.claims["sub"])
    provider = {"proconnect": proconnect, "operator": at_operator}[name]
    provider.acr = acr

    assert browser.log_in(provider, name) == TOO_WEAK
    assert _no_session(browser)


@pytest.mark.parametrize(
    "siret", [None, "", "99999901400016", "999999014", 99999901400015, [SIRET_OF_ALIX]]
)
def test_without_a_right_siret_there_is_no_account(
    browser: Browser, proconnect: Provider, siret: object
) -> None:
    proconnect.claims["siret"] = siret

    assert browser.log_in(proconnect, "proconnect") == NO_COMPANY
    assert _no_session(browser)
    assert not _items("account")


@pytest.mark.parametrize(
    "claims",
    [
        {"usual_name": ""},
        {"usual_name": "-"},
        {"usual_name": "X" * 130},
        {"usual_name": "EX\u202eELPME"},
        {"given_name": "ALIX\u0000"},
    ],
)
def test_a_name_that_signs_nothing_opens_nothing(
    browser: Browser, proconnect: Provider, claims: dict[str, str]
) -> None:
    proconnect.claims |= claims

    assert browser.log_in(proconnect, "proconnect") == TECHNICAL
    assert _no_session(browser)


def test_one_person_at_two_establishments_has_two_accounts(
    http: Client, proconnect: Provider
) -> None:
    first, again, other = Browser(http), Browser(http), Browser(http)
    first.log_in(proconnect, "proconnect")
    again.log_in(proconnect, "proconnect")
    assert len(_items("account")) == 1

    proconnect.claims["siret"] = OTHER_SIRET
    other.log_in(proconnect, "proconnect")

    assert len(_items("account")) == 2
    assert [one.me().json()["siret"] for one in (first, again, other)] == [
        SIRET_OF_ALIX,
        SIRET_OF_ALIX,
        OTHER_SIRET,
    ]


def test_a_publisher_of_the_operator_s_provider_is_no_operator(
    browser: Browser, at_operator: Provider, proconnect: Provider
) -> None:
    """Both registrations may be at one issuer: the way in decides, not the subject."""
    browser.log_in(proconnect, "proconnect")
    at_operator.claims = dict(proconnect.claims)

    assert Browser(browser.http).log_in(at_operator, "operator") == NOT_ENROLLED


def test_who_was_never_enrolled_is_told_so(browser: Browser, at_operator: Provider) -> None:
    assert browser.log_in(at_operator, "operator") == NOT_ENROLLED
    assert _no_session(browser)
    assert not _items("account")


def test_an_address_enrols_whatever_its_case_and_once(http: Client, at_operator: Provider) -> None:
    staff.enrol("SALOME@carnet.test")
    assert Browser(http).log_in(at_operator, "operator") == "/accueil"
    assert Browser(http).log_in(at_operator, "operator") == "/accueil"

    at_operator.claims["sub"] = "ex-2"  # somebody else, who got the address later

    assert Browser(http).log_in(at_operator, "operator") == NOT_ENROLLED
    assert len(_items("account")) == 1


@pytest.mark.parametrize(
    "said", [{}, {"email_verified": False}, {"email_verified": "true"}], ids=str
)
def test_an_address_its_provider_does_not_vouch_for_lets_nobody_in(
    http: Client, at_operator: Provider, said: dict[str, object]
) -> None:
    staff.enrol("salome@carnet.test")
    del at_operator.claims["email_verified"]
    at_operator.claims |= said

    assert Browser(http).log_in(at_operator, "operator") == NOT_ENROLLED
    staff.enrol("ex-1")
    assert Browser(http).log_in(at_operator, "operator") == "/accueil"


def test_a_dismissed_operator_is_refused_at_once_and_comes_back_when_enrolled_again(
    http: Client, at_operator: Provider, enrolled: staff.Member
) -> None:
    browser = Browser(http)
    browser.log_in(at_operator, "operator")
    headers = {"Authorization": f"Bearer {browser.token()}"}

    staff.dismiss("ex-1")

    assert http.get("/v1/me", headers=headers).status == 403
    assert browser.refresh().status == 403
    assert Browser(http).log_in(at_operator, "operator") == NOT_ENROLLED
    staff.dismiss("ex-1")
    assert staff.enrol("ex-1").status == "active"
    assert browser.refresh().status == 401  # what was open stays dead
    assert Browser(http).log_in(at_operator, "operator") == "/accueil"
    assert _history(enrolled.id) == [
        AccountAction.ENROL,
        SessionAction.OPEN,
        AccountAction.DISMISS,
        AccountAction.ENROL,
        SessionAction.OPEN,
    ]


def test_who_was_dismissed_before_she_ever_came_stays_out(
    browser: Browser, at_operator: Provider, enrolled: staff.Member
) -> None:
    del enrolled
    staff.dismiss("ex-1")

    assert browser.log_in(at_operator, "operator") == NOT_ENROLLED
    staff.enrol("ex-1")
    assert browser.log_in(at_operator, "operator") == "/accueil"


def test_the_list_says_who_was_enrolled_and_who_came(
    browser: Browser, at_operator: Provider, enrolled: staff.Member
) -> None:
    staff.enrol("noe@carnet.test")
    staff.dismiss("noe@carnet.test")
    browser.log_in(at_operator, "operator")

    found = {one.who: (one.status, one.has_logged_in) for one in staff.members()}

    assert found == {"ex-1": ("active", True), "noe@carnet.test": ("suspended", False)}
    assert enrolled.who == "ex-1"


@pytest.mark.parametrize("who", ["", "a b", "x" * 255, "a\u0000b", "a\nb"])
def test_what_names_nobody_is_not_enrolled(who: str, at_operator: Provider) -> None:
    del at_operator
    with pytest.raises(ValueError, match="needed"):
        staff.enrol(who)
    with pytest.raises(ValueError, match="enrolled"):
        staff.dismiss("nobody")
    assert not _items("enrolment")


def test_a_suspended_publisher_is_refused_until_she_is_let_in_again(
    http: Client, proconnect: Provider
) -> None:
    browser = Browser(http)
    browser.log_in(proconnect, "proconnect")
    headers = {"Authorization": f"Bearer {browser.token()}"}

    shown = suspension.suspend_account(_uid())

    assert (shown.role, shown.of, shown.status) == ("publisher", SIRET_OF_ALIX, "suspended")
    assert http.get("/v1/me", headers=headers).status == 403
    assert Browser(http).log_in(proconnect, "proconnect") == "/connexion?probleme=suspendue"
    suspension.resume_account(shown.id)
    assert Browser(http).log_in(proconnect, "proconnect") == "/accueil"
    assert AccountAction.SUSPEND in _history(shown.id)


def test_sessions_refresh_and_end_like_others(
    browser: Browser, proconnect: Provider, clock: time_machine.Traveller
) -> None:
    browser.log_in(proconnect, "proconnect")
    first = browser.token()
    copied = dict(browser.cookies)
    browser.token()
    clock.shift(timedelta(seconds=31))
    assert Browser(browser.http, copied).refresh().status == 401  # a copy: ends the session
    assert browser.refresh().status == 401
    headers = {"Authorization": f"Bearer {first}"}
    assert browser.http.get("/v1/me", headers=headers).status == 401


def test_logging_out_ends_the_session_at_the_provider_too(
    browser: Browser, proconnect: Provider
) -> None:
    browser.log_in(proconnect, "proconnect")

    reply = browser.post("/v1/auth/logout", **{"X-Carnet": "1", "Origin": "https://carnet.test"})

    assert reply.json()["end_session_url"].startswith(f"{proconnect.issuer}/logout?")
    assert not _items("session")


def test_a_name_moved_to_another_session_does_not_open(aws: Recorder) -> None:
    del aws
    one, other = builders.a_publisher(), builders.a_publisher(name="Noé EXEMPLE")
    moved, target = _session(one), _session(other)
    target.sealed_name = moved.sealed_name

    with pytest.raises(Tampered):
        staff.name_of(target)


def _session(actor: Actor) -> SessionRow:
    (row,) = [
        SessionRow.from_raw_data(item) for item in _items("session") if item["uid"]["S"] == actor.id
    ]
    return row
