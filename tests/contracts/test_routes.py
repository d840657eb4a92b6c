"""What must hold of every route, whoever writes the next one."""

import re
from typing import Any

import pytest

import app
from chalicelib.http.endpoint import ENDPOINTS, Endpoint, NoQuery, Schema
from chalicelib.messaging import references
from tests.http_client import SECURITY_HEADERS, Client
from tests.policy.requests import ask
from tests.worlds import World

assert app.app.routes  # declares every endpoint

# Routes that anybody may call, by hand: adding one here is a decision.
PUBLIC = {
    "GET /health",
    "GET /openapi.json",
    "GET /problems/{slug}",
    "GET /v1/auth/login",
    "GET /v1/auth/callback",
    "POST /v1/auth/refresh",
    "POST /v1/auth/logout",
    "GET /v1/auth/logged-out",
    "GET /v1/auth/jwks",
    "POST /oauth/token",
    "POST /oauth/revoke",
    "GET /oauth/authorize",
    "GET /fhir/R4/.well-known/smart-configuration",
    "GET /.well-known/smart-configuration",
    "POST /v1/consent-requests",
    "GET /v1/trace/keys",
    "GET /fhir/R4/metadata",
    "GET /v1/calendar/{link}",
    "HEAD /v1/calendar/{link}",
    "GET /v1/catalogue",
    "GET /v1/catalogue/{application_id}",
}
SERVER_OWNED = (
    "owner",
    "author",
    "created",
    "masked",
    "role",
    "version",
    "status",
    "id",
    "depositor",
    "patient_id",
    "__proto__",
)


def name(declared: Endpoint) -> str:
    return f"{declared.method} {declared.path}"


def test_debug_is_off() -> None:  # C24
    assert app.app.debug is False


def test_routes_without_token_are_on_the_list_and_only_they() -> None:
    open_to_all = {
        f"{method} {path}"
        for path, methods in app.app.routes.items()
        for method, entry in methods.items()
        if entry.authorizer is None and method != "OPTIONS"  # `tests/oauth/test_browsers.py`
    }
    assert open_to_all == PUBLIC
    assert {name(one) for one in ENDPOINTS if one.public} == PUBLIC


def test_one_authorizer_guards_all_the_others() -> None:
    guards = {
        id(entry.authorizer)
        for methods in app.app.routes.values()
        for entry in methods.values()
        if entry.authorizer is not None
    }
    assert len(guards) == 1


def test_no_route_answers_other_origins() -> None:  # A39
    entries = [entry for methods in app.app.routes.values() for entry in methods.values()]
    assert all(entry.cors is None for entry in entries)


def test_names_of_handlers_are_unique() -> None:
    names = [one.name for one in ENDPOINTS]
    assert len(set(names)) == len(names)


def test_paths_hold_ids_only() -> None:  # D13
    held = {part for one in ENDPOINTS for part in re.findall(r"{(\w+)}", one.path)}
    things = {"pid", "child_id", "invitation_id", "document_id", "appointment_id", "feed_id"}
    things |= {"notice_id", "measure_id", "observation_id", "patient_id"}
    things |= {"conversation_id", "attachment_id", "application_id"}
    # `key` and `ref` are keyed hashes: they tell neither a vaccine nor an application.
    assert held <= {*things, "rpps", "slug", "link", "key", "ref", "number"}


def test_creations_ask_for_an_idempotency_key() -> None:  # A13
    creating = {name(one) for one in ENDPOINTS if one.method == "POST" and 201 in one.answers}
    # A transaction of FHIR creates too, and answers 200.
    creating.add("POST /fhir/R4")
    # What is made of the parts is made later.
    creating.add("POST /v1/patients/{pid}/documents/{document_id}/complete")
    assert creating == {name(one) for one in ENDPOINTS if one.idempotent}


def test_every_schema_refuses_unknown_fields() -> None:  # A38
    for declared in ENDPOINTS:
        if declared.body is not None:
            assert issubclass(declared.body, Schema), name(declared)
            assert declared.body.model_config["extra"] == "forbid", name(declared)


WITH_BODY = [one for one in ENDPOINTS if one.body is not None]
# Of OAuth, whose other side may add what it likes (RFC 6749, 3.1).
OF_OAUTH = ("/v1/auth/callback", "/v1/auth/logged-out", "/oauth/authorize")
WITH_QUERY = [one for one in ENDPOINTS if one.method == "GET" and one.path not in OF_OAUTH]


def role_for(declared: Endpoint) -> str:
    """Choose somebody whose well-formed request would pass."""
    if declared.serves_applications:
        return "application"
    return "depositor" if "lookup" in declared.path else "person_self"


@pytest.mark.slow
@pytest.mark.parametrize("declared", WITH_BODY, ids=name)
def test_server_owned_fields_are_refused_and_change_nothing(  # A38
    declared: Endpoint, world: World, http: Client
) -> None:
    assert declared.body is not None
    foreign = [field for field in SERVER_OWNED if field not in declared.body.model_fields]
    request = ask(world, declared, role_for(declared))
    body = request.options["json"]
    for field in foreign:
        request.options["json"] = {**body, field: "chosen by the client"}
        reply = request.send(http)
        assert reply.status == 422, field
        errors: list[dict[str, Any]] = reply.json()["errors"]
        assert {(one["pointer"], one["code"]) for one in errors} >= {
            (f"/{field}", "extra_forbidden")
        }


@pytest.mark.parametrize("declared", WITH_QUERY, ids=name)
def test_unknown_parameters_are_refused(declared: Endpoint, world: World, http: Client) -> None:
    request = ask(world, declared, role_for(declared))
    joint = "&" if "?" in request.target else "?"
    target = f"{request.target}{joint}role=admin"
    reply = http.request(declared.method, target, as_=request.caller, **request.options)
    if declared.serves_applications:
        (issue,) = reply.json()["issue"]
        assert (reply.status, issue["code"], issue["expression"]) == (
            400,
            "not-supported",
            ["http.role"],
        )
        return
    assert reply.status == 422
    assert ("/query/role", "extra_forbidden") in {
        (one["pointer"], one["code"]) for one in reply.json()["errors"]
    }
    if declared.query is NoQuery:
        assert len(reply.json()["errors"]) == 1


# Answers that a cache may keep, by hand: adding one here is a decision.
MAY_BE_KEPT = {
    "GET /openapi.json": "max-age=300",
    "GET /v1/auth/jwks": "public, max-age=300",
    "GET /fhir/R4/.well-known/smart-configuration": "public, max-age=300",
    "GET /.well-known/smart-configuration": "public, max-age=300",
    "GET /v1/calendar/{link}": "private, max-age=900",
    "HEAD /v1/calendar/{link}": "private, max-age=900",
    "GET /v1/trace/keys": "max-age=300",
    "GET /fhir/R4/metadata": "public, max-age=300",
    "GET /v1/catalogue": "public, max-age=60",
    "GET /v1/catalogue/{application_id}": "public, max-age=60",
}


@pytest.mark.parametrize("declared", ENDPOINTS, ids=name)
def test_every_route_answers_with_the_security_headers(
    declared: Endpoint, world: World, http: Client
) -> None:
    reply = ask(world, declared, "anonymous").send(http)
    cached = MAY_BE_KEPT.get(name(declared))
    expected = SECURITY_HEADERS | ({"Cache-Control": cached} if cached else {})
    for header, value in expected.items():
        assert reply.all(header) == [value], header
    assert reply.header("X-Request-Id")


STRANGE = ["%23", "%00", "a%2Fb", "%0A", "..", "A" * 2048, "%EF%BC%91" * 11, "P%23X", "h.%20"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "declared", [one for one in ENDPOINTS if "{" in one.path and not one.public], ids=name
)
def test_strange_path_parameters_are_the_constant_404(  # A31
    declared: Endpoint, world: World, http: Client
) -> None:
    request = ask(world, declared, role_for(declared))
    for parameter in re.findall(r"{(\w+)}", declared.path):
        for strange in STRANGE:
            values = {"pid": world.person.pid, "document_id": world.document,
                      "appointment_id": world.document, "feed_id": world.document,
                      "conversation_id": references.new(world.person.pid, "PRO.1").id,
                      "attachment_id": world.document, "child_id": world.other.pid,
                      "invitation_id": world.document,
                      "measure_id": "1." + "a" * 32 + "." + world.document,
                      "observation_id": "1." + "a" * 32 + "." + world.document,
                      "patient_id": world.person.pid, "number": "1",
                          "notice_id": world.document, "key": "1." + "a" * 32,
                      "ref": "1." + "a" * 32,
                      "rpps": world.doctor.id} | {parameter: strange}  # fmt: skip
            query = request.target.partition("?")[1:]
            target = declared.path.format_map(values) + "".join(query)
            reply = http.request(declared.method, target, as_=request.caller, **request.options)
            assert (reply.status, reply.problem) == (404, "not-found"), strange
