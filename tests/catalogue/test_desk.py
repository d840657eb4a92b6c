"""The work of publishers and of operators with applications, through the interface."""

from typing import Any, Final

import pytest

from chalicelib.access import budgets
from chalicelib.access.applications import ApplicationRow, application_key
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.catalogue.model import Criteria, State
from chalicelib.core import ids, rows
from chalicelib.http.field_texts import FIELD_TEXTS
from chalicelib.http.principal import ActorKind
from tests import double
from tests.builders import Actor, a_publisher, an_operator
from tests.catalogue.samples import BODY, OTHER_SIRET, SIRET, an_application
from tests.http_client import Client, Reply
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("aws")  # the clock runs: entries are in its order
OWN: Final = "/v1/publishers/me/applications"
ALL: Final = "/v1/operators/applications"


@pytest.fixture
def alix() -> Actor:
    return a_publisher()


@pytest.fixture
def salome() -> Actor:
    return an_operator()


def register(http: Client, who: Actor, *, key: str = "", **said: Any) -> Reply:
    headers = {"Idempotency-Key": key or ids.new_id()}
    return http.post(OWN, as_=who.principal, json=BODY | said, headers=headers)


def change(http: Client, who: Actor, known: dict[str, Any], **said: Any) -> Reply:
    headers = {"If-Match": f'"v{said.pop("version", None) or version(http, who, known)}"'}
    return http.request(
        "PATCH", f"{OWN}/{known['id']}", as_=who.principal, json=said, headers=headers
    )


def version(http: Client, who: Actor, known: dict[str, Any]) -> str:
    tag = http.get(f"{OWN}/{known['id']}", as_=who.principal).header("ETag")
    return str(tag).strip('"v')


def decide(
    http: Client,
    who: Actor,
    one: str,
    state: str,
    reason: str = "Revue faite.",
    *,
    of: int | None = None,
) -> Reply:
    """Decide of a version, or of what is there now."""
    body, headers = {"state": state, "reason": reason}, match(one, of)
    return http.post(f"{ALL}/{one}/state", as_=who.principal, json=body, headers=headers)


def review(http: Client, who: Actor, one: str, *satisfied: str, of: int | None = None) -> Reply:
    body, headers = {"satisfied": list(satisfied)}, match(one, of)
    return http.put(f"{ALL}/{one}/review", as_=who.principal, json=body, headers=headers)


def match(one: str, version: int | None) -> dict[str, str]:
    return {"If-Match": f'"v{version or at_the_gate(one).version}"'}


def online(http: Client, publisher: Actor, operator: Actor, **said: Any) -> dict[str, Any]:
    made = register(http, publisher, **said).json()
    review(http, operator, made["id"], *Criteria)
    reply = decide(http, operator, made["id"], "online")
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json()
    return found


def at_the_gate(application_id: str) -> ApplicationRow:
    row = rows.get(ApplicationRow, *application_key(application_id))
    assert row is not None
    return row


def history_of(actor: Actor) -> list[str]:
    return [one.action for one in traces_of(actor)]


def traces_of(actor: Actor) -> list[Trace]:
    found = double.tables()[rows.table_name("audit")]
    return [
        open_row(TraceRow.from_raw_data(item), actor.id)
        for (pk, _), item in sorted(found.items())
        if pk == f"A#{actor.id}"
    ]


def test_a_publisher_registers_a_candidate_that_acts_for_nobody(http: Client, alix: Actor) -> None:
    reply = register(http, alix)

    made = reply.json()
    assert (reply.status, reply.header("Location")) == (201, f"{OWN}/{made['id']}")
    assert reply.header("ETag") == '"v1"'
    assert (made["client_id"], made["state"], made["acts"]) == (made["id"], "candidate", False)
    assert (made["siret"], made["authentication"]) == (SIRET, "private_key_jwt")
    assert made["missing"] == [one.value for one in Criteria]
    assert made["redirect_uris"] == BODY["redirect_uris"]
    (event,) = made["history"]
    assert event["by"] == {
        "kind": "publisher",
        "id": alix.id,
        "name": "Alix EXEMPLE",
        "siret": SIRET,
    }
    assert (event["what"], event["after"]) == ("application:register", "candidate")
    assert at_the_gate(made["id"]).status == "candidate"


def test_without_keys_it_is_a_public_client(http: Client, alix: Actor) -> None:
    made = register(http, alix, jwks=None).json()

    assert (made["authentication"], made["jwks"]) == ("none", None)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://balance.example/retour", "address_https"),
        ("https://169.254.169.254/", "address_private"),
        ("https://[::1]/", "address_private"),
        ("https://2130706433/", "address_private"),
        ("https://localhost/retour", "address_local"),
        ("https://moi:secret@balance.example/", "address_user"),
        ("https://*.balance.example/", "address_wildcard"),
        ("https://balance.example/#jeton", "address_fragment"),
        ("https://balance.example/../a", "address_dots"),
        ("https://balance.example:22/", "address_port"),
        ("//evil.example/retour", "address_relative"),
        ("https:evil", "address_host_missing"),
        ("file:///etc/passwd", "redirect_scheme"),
        ("javascript:alert(1)", "redirect_scheme"),
    ],
)
def test_a_redirect_address_is_refused_with_its_reason(  # A24, A29
    http: Client, alix: Actor, address: str, code: str
) -> None:
    reply = register(http, alix, redirect_uris=["https://balance.example/retour", address])

    assert reply.status == 422
    (error,) = reply.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/redirect_uris/1", code)
    assert set(FIELD_TEXTS[code]) <= set(error.values())
    assert http.get(OWN, as_=alix.principal).json() == {"items": []}


def test_an_address_of_keys_is_not_taken_for_the_keys(http: Client, alix: Actor) -> None:  # A24
    reply = register(http, alix, jwks="https://balance.example/jwks.json")

    (error,) = reply.json()["errors"]
    assert (reply.status, error["pointer"], error["code"]) == (422, "/jwks", "keys_inline")


def test_who_works_at_an_establishment_shares_its_applications_and_nobody_else_sees_them(
    http: Client, alix: Actor
) -> None:
    colleague = a_publisher(name="Camille EXEMPLE")
    stranger = a_publisher(siret=OTHER_SIRET)
    made = register(http, alix).json()

    assert [one["id"] for one in http.get(OWN, as_=colleague.principal).json()["items"]] == [
        made["id"]
    ]
    assert change(http, colleague, made, purpose="Peser.").json()["purpose"] == "Peser."
    assert http.get(OWN, as_=stranger.principal).json() == {"items": []}
    unknown = http.get(f"{OWN}/{ids.new_id()}", as_=stranger.principal)
    others = http.get(f"{OWN}/{made['id']}", as_=stranger.principal)
    patched = change(http, stranger, made, version="1", purpose="À moi.")
    assert (others.status, others.body) == (unknown.status, unknown.body) == (404, patched.body)
    assert patched.status == 404
    assert at_the_gate(made["id"]).version == 2


def test_applications_the_operator_registered_are_nobody_s_establishment(
    http: Client, alix: Actor, salome: Actor
) -> None:
    one = an_application()

    assert http.get(f"{OWN}/{one.id}", as_=alix.principal).status == 404
    assert http.get(f"{ALL}/{one.id}", as_=salome.principal).json()["siret"] is None


def test_a_registration_repeated_makes_one_and_gets_its_first_answer(
    http: Client, alix: Actor
) -> None:
    first = register(http, alix, key="the-same-key")
    change(http, alix, first.json(), purpose="Autre chose.")

    again = register(http, alix, key="the-same-key")
    other = register(http, alix, key="the-same-key", name="Autre")

    assert (again.status, again.json()["id"]) == (201, first.json()["id"])
    assert (other.status, other.problem) == (422, "idempotency-key-reused")
    assert len(http.get(OWN, as_=alix.principal).json()["items"]) == 1


def test_an_establishment_registers_so_many_a_day(
    http: Client, alix: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {ActorKind.PUBLISHER: 2}
    monkeypatch.setattr(budgets, "REGISTRATIONS", budgets.Budget("register", limits))
    colleague, stranger = a_publisher(name="Camille EXEMPLE"), a_publisher(siret=OTHER_SIRET)

    statuses = [register(http, one).status for one in (alix, colleague, alix, stranger)]

    assert statuses == [201, 201, 429, 201]


def test_what_is_refused_as_wrong_uses_up_no_registration_of_the_day(
    http: Client, alix: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {ActorKind.PUBLISHER: 1}
    monkeypatch.setattr(budgets, "REGISTRATIONS", budgets.Budget("register", limits))

    wrong = [register(http, alix, redirect_uris=["http://balance.example/"]) for _ in range(3)]

    assert {one.status for one in wrong} == {422}
    assert register(http, alix).status == 201


def test_a_change_says_only_what_changes_and_holds_on_the_version_that_was_read(
    http: Client, alix: Actor
) -> None:
    made = register(http, alix).json()

    after = change(http, alix, made, name="Balance 2", jwks=None)
    stale = change(http, alix, made, version="1", name="Balance 3")
    again = change(http, alix, made, version="1", name="Balance 2")

    assert after.json()["name"] == "Balance 2"
    assert after.json()["authentication"] == "none"
    assert after.json()["purpose"] == BODY["purpose"]
    assert after.header("ETag") == '"v2"'
    assert (stale.status, stale.problem) == (412, "stale")
    assert (again.status, again.header("ETag")) == (200, '"v2"')
    assert after.json()["history"][0]["about"] == ["name", "jwks"]


def test_a_change_that_is_wrong_says_why_and_changes_nothing(http: Client, alix: Actor) -> None:
    made = register(http, alix).json()

    reply = change(http, alix, made, name="", site="http://10.0.0.1/", platforms=[])

    assert reply.status == 422
    assert [(one["pointer"], one["code"]) for one in reply.json()["errors"]] == [
        ("/name", "string_too_short"),
        ("/site", "address_https"),
        ("/platforms", "none_chosen"),
    ]
    assert change(http, alix, made, version="1").json()["name"] == BODY["name"]


def test_what_is_changed_of_an_online_application_sends_it_back_to_review(  # R-SVC-04
    http: Client, alix: Actor, salome: Actor
) -> None:
    made = online(http, alix, salome)
    assert made["acts"]
    asked = [*BODY["data_asked"], {"permission": "document:read", "why": "Pour comparer."}]

    after = change(http, alix, made, data_asked=asked).json()

    assert (after["state"], after["acts"], after["checked"]) == ("candidate", False, [])
    assert at_the_gate(made["id"]).status == "candidate"
    latest = after["history"][0]
    assert (latest["what"], latest["about"]) == ("application:change", ["data_asked"])
    assert (latest["before"], latest["after"]) == ("online", "candidate")
    assert decide(http, salome, made["id"], "online").problem == "application-unchecked"
    cards = http.get("/v1/catalogue").json()["items"]
    assert [one["id"] for one in cards] == []


def test_what_was_delisted_is_not_changed(http: Client, alix: Actor, salome: Actor) -> None:
    made = register(http, alix).json()
    decide(http, salome, made["id"], "delisted", "Hors du champ.")

    reply = change(http, alix, made, name="Encore")

    assert (reply.status, reply.problem) == (409, "application-fixed")


def test_the_queue_has_what_waits_longest_first(http: Client, alix: Actor, salome: Actor) -> None:
    first, second = register(http, alix, name="Z").json(), register(http, alix, name="A").json()
    kept = online(http, alix, salome)

    def listed(query: str) -> list[str]:
        found = http.get(f"{ALL}{query}", as_=salome.principal).json()["items"]
        return [one["id"] for one in found]

    assert listed("?state=candidate") == [first["id"], second["id"]]
    assert listed("?state=online") == [kept["id"]]
    assert listed("?state=suspended") == []
    assert set(listed("")) == {first["id"], second["id"], kept["id"]}
    assert http.get(f"{ALL}?state=other", as_=salome.principal).status == 422


def test_a_decision_says_who_and_why_to_operators_and_why_to_the_publisher(
    http: Client, alix: Actor, salome: Actor
) -> None:
    made = online(http, alix, salome)

    told = decide(http, salome, made["id"], "suspended", "Incident signalé.").json()
    read = http.get(f"{OWN}/{made['id']}", as_=alix.principal).json()

    by = {"kind": "operator", "id": salome.id, "name": "Salomé EXEMPLE", "siret": None}
    assert told["history"][0]["by"] == by
    assert (told["state"], at_the_gate(made["id"]).status) == ("suspended", "suspended")
    assert read["history"][0]["reason"] == "Incident signalé."
    assert read["history"][0]["by"] == {
        "kind": "operator",
        "id": None,
        "name": None,
        "siret": None,
    }
    assert "Salom" not in str(read)
    assert [one["what"] for one in told["history"]] == [
        "application:state",
        "application:state",
        "application:review",
        "application:register",
    ]


def test_an_operator_decides_only_of_what_she_read(
    http: Client, alix: Actor, salome: Actor
) -> None:
    made = register(http, alix).json()
    read = at_the_gate(made["id"]).version
    change(http, alix, made, purpose="Tout autre chose.")

    unread = review(http, salome, made["id"], *Criteria, of=read)
    assert (unread.status, unread.problem) == (412, "stale")
    reviewed = review(http, salome, made["id"], *Criteria)
    assert reviewed.status == 200
    stale = decide(http, salome, made["id"], "online", of=read)
    assert (stale.status, stale.problem) == (412, "stale")
    assert at_the_gate(made["id"]).status == State.CANDIDATE

    seen = int(str(reviewed.header("ETag")).strip('"v'))
    first = decide(http, salome, made["id"], "online", of=seen)
    again = decide(http, salome, made["id"], "online", of=seen)
    assert (first.status, again.status) == (200, 200)
    assert len(again.json()["history"]) == len(first.json()["history"])


def test_a_decision_that_names_no_version_is_refused(
    http: Client, alix: Actor, salome: Actor
) -> None:
    one = f"{ALL}/{register(http, alix).json()['id']}"

    noted = http.put(f"{one}/review", as_=salome.principal, json={"satisfied": ["ethics"]})
    decided = http.post(
        f"{one}/state", as_=salome.principal, json={"state": "delisted", "reason": "Hors champ."}
    )

    assert {(noted.status, noted.problem), (decided.status, decided.problem)} == {
        (428, "precondition-required")
    }


@pytest.mark.parametrize(
    ("state", "reason", "problem"),
    [
        ("online", "Revue faite.", "application-unchecked"),
        ("suspended", "Incident.", "application-move"),
        ("delisted", " ", "invalid"),
        ("delisted", "x" * 501, "invalid"),
        ("delisted", "Hors\u202echamp", "invalid"),
        ("elsewhere", "Revue faite.", "invalid"),
    ],
)
def test_a_decision_that_cannot_be_changes_nothing(
    http: Client, alix: Actor, salome: Actor, state: str, reason: str, problem: str
) -> None:
    made = register(http, alix).json()

    reply = decide(http, salome, made["id"], state, reason)

    assert reply.problem == problem
    assert at_the_gate(made["id"]).status == State.CANDIDATE


def test_what_was_found_satisfied_may_be_taken_back(
    http: Client, alix: Actor, salome: Actor
) -> None:
    made = register(http, alix, data_asked=[]).json()

    some = review(http, salome, made["id"], "security", "ethics").json()
    less = review(http, salome, made["id"], "ethics").json()

    assert some["missing"] == ["data_protection"]
    assert [one["criteria"] for one in less["checked"]] == ["ethics"]
    assert less["missing"] == ["security", "data_protection"]


def test_nobody_else_is_let_near_the_work_of_the_others(
    http: Client, world: World, alix: Actor, salome: Actor
) -> None:
    made = register(http, alix).json()
    mine, every = f"{OWN}/{made['id']}", f"{ALL}/{made['id']}"

    others = (world.person, world.doctor, world.laboratory)
    for who in (salome, *others):
        assert {http.get(one, as_=who.principal).status for one in (OWN, mine)} == {403}
        assert register(http, who).status == 403
    for who in (alix, *others):
        assert {http.get(one, as_=who.principal).status for one in (ALL, every)} == {403}
        assert decide(http, who, made["id"], "delisted").status == 403
        assert review(http, who, made["id"], "ethics").status == 403
    assert at_the_gate(made["id"]).version == 1


def test_who_may_not_is_told_so_and_her_own_history_says_that_she_tried(
    http: Client, world: World, alix: Actor
) -> None:
    made = register(http, alix).json()
    every = f"{ALL}/{made['id']}"

    for who in (alix, world.person, world.doctor, world.laboratory):
        before = len(traces_of(who))
        assert http.get(every, as_=who.principal).status == 403
        assert decide(http, who, made["id"], "delisted").status == 403
        tried = [(one.action, one.outcome, one.reason) for one in traces_of(who)[before:]]
        assert tried == [
            ("catalogue:application:read", "refused", "no_right"),
            ("catalogue:application:decide", "refused", "no_right"),
        ]


def test_all_of_it_is_in_the_history_of_who_did_it(
    http: Client, alix: Actor, salome: Actor
) -> None:
    made = register(http, alix).json()
    http.get(OWN, as_=alix.principal)
    change(http, alix, made, version="1", name="Autre")
    http.get(f"{ALL}?state=candidate", as_=salome.principal)
    review(http, salome, made["id"], "ethics")
    decide(http, salome, made["id"], "delisted", "Hors du champ.")

    assert history_of(alix) == [
        "catalogue:application:register",
        "catalogue:application:list",
        "catalogue:application:change",
    ]
    assert history_of(salome)[1:] == [
        "catalogue:application:list",
        "catalogue:application:review",
        "catalogue:application:decide",
    ]
