"""First logins when the cloud fails at any call: no half account, and trying again always works."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc.jwk import ECKey

from chalicelib.access.store import AccountRow
from chalicelib.core import clock, rows
from chalicelib.core.errors import Unavailable
from chalicelib.core.rows import StoreUnavailable
from chalicelib.identity import accounts, registration, sessions, spaces, staff, store
from chalicelib.identity.model import Person, Professional
from chalicelib.identity.values import FINESS, parse_siret
from tests import builders, double
from tests.http_client import Client
from tests.identity.conftest import Browser
from tests.identity.provider import Provider
from tests.injector import WRITES, Faults, KilledError, each
from tests.recorder import Recorder, recorder

pytestmark = pytest.mark.slow

Insured = tuple[str, Person]
MODES = ("before", "crash")
# Of what only reads, an answer lost or refused is a request lost.
MODES_OF_WRITES = (*MODES, "after", "throttled_always")
PROVIDERS = {
    "person": "franceconnect",
    "professional": "psc",
    "publisher": "proconnect",
    "operator": "operator",
}


def _kinds() -> Counter[str]:
    items = (item for table in double.tables().values() for item in table.values())
    return Counter(item.get("kind", {}).get("S", "") for item in items)


@pytest.fixture
def people(
    insured: Insured, doctor: Professional, proconnect: Provider, at_operator: Provider
) -> None:
    del insured, doctor, proconnect
    staff.enrol(at_operator.claims["sub"])


@pytest.mark.enable_socket
@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("who", PROVIDERS)
def test_first_login_survives_a_fault_at_any_call(
    http: Client, providers: dict[str, Provider], faults: Faults, who: str
) -> None:
    name = PROVIDERS[who]
    provider = providers[name]
    before, others = double.snapshot(), _kinds()
    recorder.measure(lambda: Browser(http).log_in(provider, name))
    calls, outcomes = recorder.names, Counter[str]()

    for call, nth in each(calls):
        for mode in MODES_OF_WRITES if call in WRITES else MODES:
            double.restore(before)
            double.new_process()
            recorder.clear()
            faults.on(call, mode, nth=nth)
            outcomes[_attempt(http, provider, name)] += 1
            faults.clear()
            assert Browser(http).log_in(provider, name) == "/accueil", (call, nth, mode)
            found = _kinds() - others
            assert (found["account"], found["login"]) == (who != "operator", 1), (call, nth, mode)
            assert found["holder"] == found["proxy"] == found["contact"] == (who == "person")

    writes = sum(call in WRITES for call in calls)
    assert writes > 0
    assert sum(outcomes.values()) == 2 * len(calls) + 2 * writes
    assert outcomes["killed"] == len(calls)
    assert outcomes["/connexion?probleme=technique"] > 0


def _attempt(http: Client, provider: Provider, name: str) -> str:
    """Log in under a fault; return where it ended."""
    browser = Browser(http)
    try:
        begun = browser.get(f"/v1/auth/login?provider={name}&return_to=/accueil")
        if begun.status != 303:
            return str(begun.status)
        reply = browser.come_back(provider.authorise(str(begun.header("Location"))))
    except KilledError:
        return "killed"
    assert browser.has_session is (reply.header("Location") == "/accueil")
    return str(reply.header("Location"))


def _rivals(act: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(6) as pool:
        return [one.result() for one in [pool.submit(act) for _ in range(6)]]


def test_rival_logins_of_one_professional_make_one_account(aws: Recorder) -> None:
    del aws
    rpps, now = builders.a_rpps(), clock.now()

    made = _rivals(lambda: accounts.uid_of(accounts.of_professional(rpps, now)))

    assert len(set(made)) == _kinds()["account"] == 1


def test_rival_logins_of_one_publisher_make_one_account(aws: Recorder) -> None:
    del aws
    siret, now = parse_siret("99999901400015"), clock.now()

    made = _rivals(lambda: accounts.uid_of(staff.of_publisher("i", "s", siret, now)))

    assert len(set(made)) == _kinds()["account"] == 1


def test_rival_enrolments_and_first_logins_of_one_operator_make_one_account(aws: Recorder) -> None:
    del aws

    made = _rivals(lambda: staff.enrol("salome@carnet.test").id)
    opened = _rivals(lambda: staff.of_operator("i", "ex-1", "Salome@carnet.test"))

    assert len(set(made)) == _kinds()["enrolment"] == _kinds()["login"] == 1
    assert {accounts.uid_of(one) for one in opened if isinstance(one, AccountRow)} == set(made)
    assert None not in opened


def test_rival_registrations_of_one_key_make_one_client(aws: Recorder) -> None:
    del aws
    jwks = {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}

    made = _rivals(lambda: registration.register_client("L", FINESS("750803447"), jwks))

    assert len(set(made)) == _kinds()["client"] == 1


def test_busy_rows_are_waited_for(aws: Recorder, faults: Faults) -> None:
    del aws
    faults.on("dynamodb.TransactWriteItems", "conflict", nth=3)

    person = builders.an_identity()

    assert spaces.open_space(person) == spaces.open_space(person)
    assert _kinds()["person"] == 1


def test_rows_that_stay_busy_are_unavailable(aws: Recorder, faults: Faults) -> None:
    del aws
    now = clock.now()
    account = accounts.of_professional(builders.a_rpps(), now)
    faults.on("dynamodb.TransactWriteItems", "conflict", nth=0)

    with pytest.raises(StoreUnavailable):
        store.write_all([sessions.new_session(account, now)[0], *_two_rows()])


def _two_rows() -> list[rows.Row]:
    return [store.UsedRow(pk=f"USED#{n}", sk="USED", kind="used", ttl=1) for n in "ab"]


def test_session_that_rivals_change_without_end_is_unavailable(
    aws: Recorder, faults: Faults
) -> None:
    del aws
    now = clock.now()
    account = accounts.of_professional(builders.a_rpps(), now)
    row, cookie = sessions.new_session(account, now)
    rows.write([rows.put(row)])
    faults.on("dynamodb.PutItem", "conflict", nth=0)
    faults.on("dynamodb.TransactWriteItems", "conflict", nth=0)

    with pytest.raises(Unavailable):
        sessions.refresh(cookie, now)
    with pytest.raises(Unavailable):
        sessions.end(cookie)
    faults.clear()
    sessions.end(cookie)
    assert _kinds()["session"] == 0
    sessions.end(cookie)
