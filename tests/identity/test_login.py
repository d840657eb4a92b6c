"""Logging in: whole flows against a real provider on the loopback."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import clock
from chalicelib.identity import accounts, oidc, spaces
from chalicelib.identity.model import Person, Professional
from tests import builders, double
from tests.http_client import Client
from tests.identity.conftest import Browser, claims_of
from tests.identity.provider import Provider, rsa
from tests.recorder import Recorder

pytestmark = pytest.mark.enable_socket
Insured = tuple[str, Person]


def _rows(kind: str) -> list[dict[str, object]]:
    items = (item for table in double.tables().values() for item in table.values())
    return [item for item in items if item.get("kind") == {"S": kind}]


def _traces(partition: str, owner: str) -> list[str]:
    found = double.tables()["carnet-test-audit"]
    items = [item for (pk, _), item in found.items() if pk == partition]
    return [open_row(TraceRow.from_raw_data(item), owner).action for item in items]


def test_person_logs_in_for_the_first_time_and_finds_her_record(
    browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    pid, person = insured

    where = browser.log_in(franceconnect)
    me = browser.me().json()

    assert where == "/accueil"
    assert me["role"] == "patient"
    assert me["profiles"] == [
        {
            "patient_id": pid,
            "relation": "self",
            "given_name": "CAMILLE",
            "family_name": person.traits.family_name,
            "birth_date": "1985-06-12",
            "age": me["profiles"][0]["age"],
            "ends_at": None,
        }
    ]
    assert me["display_name"].startswith("Camille Exemple-")


def test_login_asks_for_pkce_state_nonce_and_substantial_assurance(
    browser: Browser,
    franceconnect: Provider,  # noqa: ARG001  answers
) -> None:
    query = parse_qs(urlsplit(browser.begin()).query)

    assert query["code_challenge_method"] == ["S256"]
    assert query["acr_values"] == ["eidas2"]
    assert query["response_type"] == ["code"]
    assert query["redirect_uri"] == ["https://carnet.test/v1/auth/callback"]
    assert len(query["state"][0]) >= 43
    assert len(query["nonce"][0]) >= 43
    assert len(query["code_challenge"][0]) == 43
    assert query["state"] != query["nonce"]


def test_cookies_of_a_login_are_of_this_host_only_and_unreadable(
    http: Client, franceconnect: Provider, insured: Insured
) -> None:
    del insured
    begun = http.get("/v1/auth/login?provider=franceconnect&return_to=/documents")
    cookie = begun.all("Set-Cookie")[0]
    brought = franceconnect.authorise(str(begun.header("Location")))
    target = f"/v1/auth/callback?code={brought['code']}&state={brought['state']}"
    done = http.get(target, headers={"Cookie": cookie.partition(";")[0]})
    cleared, session = done.all("Set-Cookie")

    assert done.header("Location") == "/documents"
    assert cookie.startswith("__Host-carnet_login=1.")
    assert cookie.endswith("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax")
    assert brought["state"] not in cookie
    assert cleared.startswith("__Host-carnet_login=; Path=/; Max-Age=0;")
    assert session.startswith("__Host-carnet_refresh=1.")
    assert session.endswith("; Secure; HttpOnly; SameSite=Strict")


def test_second_login_finds_the_same_account(
    http: Client, franceconnect: Provider, insured: Insured
) -> None:
    pid, _ = insured

    for _ in range(2):
        browser = Browser(http)
        assert browser.log_in(franceconnect) == "/accueil"
        assert browser.me().json()["profiles"][0]["patient_id"] == pid

    assert len(_rows("account")) == 1
    assert len(_rows("proxy")) == 1


def test_same_person_at_once_in_ten_windows_gets_one_account(
    http: Client, franceconnect: Provider, insured: Insured
) -> None:
    del insured
    browsers = [Browser(http) for _ in range(10)]
    brought = [franceconnect.authorise(browser.begin()) for browser in browsers]

    with ThreadPoolExecutor(10) as pool:
        replies = list(
            pool.map(lambda pair: pair[0].come_back(pair[1]), zip(browsers, brought, strict=True))
        )

    assert {reply.header("Location") for reply in replies} == {"/accueil"}
    assert len(_rows("account")) == len(_rows("login")) == len(_rows("holder")) == 1
    assert len(_rows("session")) == 10


def test_rival_accounts_of_one_person_at_once_are_one_in_the_store(
    providers: dict[str, Provider], insured: Insured
) -> None:
    _, person = insured
    issuer, now = providers["franceconnect"].issuer, clock.now()

    def make(_: int) -> str:
        account = accounts.of_person(issuer, "sub-1", person.traits, "a@exemple.test", now)
        return accounts.uid_of(account)

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(make, range(8)))

    assert len(made) == len(_rows("account")) == 1


def test_opening_a_space_twice_at_once_opens_one(providers: dict[str, Provider]) -> None:
    del providers
    person = builders.an_identity()

    with ThreadPoolExecutor(6) as pool:
        opened = set(pool.map(lambda _: spaces.open_space(person), range(6)))

    assert len(opened) == 1
    assert len(_rows("person")) == len(_rows("settings")) == 1


def test_login_is_in_the_trace_of_the_person(
    browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    pid, _ = insured

    browser.log_in(franceconnect)

    assert _traces(f"P#{pid}", pid) == ["identity:session:open"]


def test_address_is_kept_sealed_and_opens_for_notices(
    browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    pid, _ = insured

    browser.log_in(franceconnect)

    uid = spaces.holder(pid) or ""
    assert accounts.email_of(uid) == "camille@exemple.test"
    assert "camille@exemple.test" not in str(double.tables())


def test_an_address_the_provider_does_not_believe_in_is_not_written_to(
    browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    pid, _ = insured
    franceconnect.claims["email_verified"] = False

    browser.log_in(franceconnect)

    uid = spaces.holder(pid) or ""
    assert accounts.email_of(uid) is None


@pytest.mark.parametrize("first", ["camille@exemple.test", "", "not an address"])
def test_later_login_with_another_address_sends_notices_there(
    http: Client, franceconnect: Provider, insured: Insured, first: str
) -> None:
    pid, _ = insured
    franceconnect.claims["email"] = first
    Browser(http).log_in(franceconnect)
    uid = spaces.holder(pid) or ""
    assert accounts.email_of(uid) == (first if "@" in first else None)

    franceconnect.claims["email"] = "nouvelle@exemple.test"
    assert Browser(http).log_in(franceconnect) == "/accueil"

    assert accounts.email_of(uid) == "nouvelle@exemple.test"
    assert len(_rows("contact")) == 1
    assert "@exemple.test" not in str(double.tables())


@pytest.mark.parametrize("claim", ["camille@exemple.test", "", "not an address"])
def test_later_login_with_the_same_address_or_none_writes_no_contact(
    http: Client, franceconnect: Provider, insured: Insured, aws: Recorder, claim: str
) -> None:
    del insured
    Browser(http).log_in(franceconnect)
    (kept,) = _rows("contact")

    franceconnect.claims["email"] = claim
    browser = Browser(http)
    brought = franceconnect.authorise(browser.begin())
    calls = aws.measure(lambda: browser.come_back(brought))

    assert browser.has_session
    assert _rows("contact") == [kept]
    # The login that is used once, and the session with its trace.
    assert calls["dynamodb.PutItem"] == calls["dynamodb.TransactWriteItems"] == 1


def test_rival_logins_with_two_addresses_keep_one_of_them(
    providers: dict[str, Provider], insured: Insured
) -> None:
    pid, person = insured
    issuer, now = providers["franceconnect"].issuer, clock.now()
    accounts.of_person(issuer, "sub-1", person.traits, "a@exemple.test", now)

    def log_in(n: int) -> None:
        accounts.of_person(issuer, "sub-1", person.traits, f"{n}@exemple.test", now)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(log_in, range(6)))

    uid = spaces.holder(pid) or ""
    assert accounts.email_of(uid) in {f"{n}@exemple.test" for n in range(6)}


def test_professional_logs_in_with_the_profession_of_the_directory(
    browser: Browser, psc: Provider, doctor: Professional
) -> None:
    psc.claims["SubjectRole"] = ["21^1.2.250.1.213.1.1.5.5"]

    where = browser.log_in(psc, "psc")
    me = browser.me().json()

    assert where == "/accueil"
    del me["session"]
    assert me == {
        "role": "professional",
        "display_name": "Dr Claire EXEMPLE",
        "rpps": doctor.rpps,
        "profession": {"code": "10", "label": "Médecin"},
        "organisation": {"name": "CABINET EXEMPLE", "id": "R1"},
    }
    assert _traces(f"A#{doctor.rpps}", doctor.rpps) == ["identity:session:open"]


def test_professional_has_one_account_whatever_the_provider_calls_her(
    http: Client, psc: Provider, doctor: Professional
) -> None:
    del doctor
    for sub in ("f:1:8", "f:2:8"):
        psc.claims["sub"] = sub
        assert Browser(http).log_in(psc, "psc") == "/accueil"

    assert len(_rows("account")) == 1


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_login_works_with_the_keys_and_formats_of_both_providers(
    browser: Browser, franceconnect: Provider, insured: Insured, algorithm: str, *, signed: bool
) -> None:
    del insured
    franceconnect.signed_userinfo = signed
    if algorithm == "RS256":
        franceconnect.key, franceconnect.algorithm = rsa(), algorithm

    assert browser.log_in(franceconnect) == "/accueil"


def test_client_authenticates_in_the_header_when_the_provider_wants_it(
    browser: Browser, franceconnect: Provider, insured: Insured
) -> None:
    del insured
    franceconnect.edit_metadata = lambda found: found.pop("token_endpoint_auth_methods_supported")

    assert browser.log_in(franceconnect) == "/accueil"


def test_new_key_of_the_provider_is_read_once_and_not_at_every_unknown_one(
    http: Client,
    franceconnect: Provider,
    insured: Insured,
    clock: time_machine.Traveller,
) -> None:
    del insured
    assert Browser(http).log_in(franceconnect) == "/accueil"
    franceconnect.key, franceconnect.algorithm = rsa(), "RS256"
    franceconnect.requests.clear()

    assert Browser(http).log_in(franceconnect) == "/connexion?probleme=technique"
    assert franceconnect.requests.count("jwks") == 0
    clock.shift(timedelta(seconds=oidc.KEYS_SECONDS))
    assert Browser(http).log_in(franceconnect) == "/accueil"
    assert franceconnect.requests.count("jwks") == 1


def test_metadata_is_read_once_for_many_logins(
    http: Client, franceconnect: Provider, insured: Insured
) -> None:
    del insured
    for _ in range(3):
        Browser(http).log_in(franceconnect)

    assert franceconnect.requests.count("jwks") == 1


def test_twins_of_civil_status_are_never_guessed(browser: Browser, franceconnect: Provider) -> None:
    first, second = builders.an_identity(), builders.an_identity()
    twin = Person(first.traits, second.ins, second.ins_oid)
    assert spaces.open_space(first) != spaces.open_space(twin)
    franceconnect.claims = claims_of(first)

    assert browser.log_in(franceconnect) == "/connexion?probleme=inconnue"
    assert not browser.has_session
