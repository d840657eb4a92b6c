"""Applications in browsers: what pages of other origins may ask, and may not (D9, A39)."""

import pytest

import app
from chalicelib.http.endpoint import ENDPOINTS
from infra.gateway import api_property
from tests.http_client import SECURITY_HEADERS, Client
from tests.oauth.play import Play

assert app.app.routes  # declares every endpoint

OPEN = ("/fhir/", "/oauth/token", "/oauth/revoke", "/.well-known/")
PAGE = {"Origin": "https://application.example"}


def paths(*, is_open: bool) -> list[str]:
    return sorted({one.path for one in ENDPOINTS if one.path.startswith(OPEN) is is_open})


@pytest.mark.parametrize("path", paths(is_open=True))
def test_a_browser_is_told_what_it_may_ask_before_it_asks(http: Client, path: str) -> None:
    asking = PAGE | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    target = path.replace("{", "").replace("}", "")

    reply = http.request("OPTIONS", target, headers=asking)

    methods = sorted(one.method for one in ENDPOINTS if one.path == path)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.header("Access-Control-Allow-Origin") == "*"
    assert reply.header("Access-Control-Allow-Methods") == ", ".join(methods)
    assert "Authorization" in str(reply.header("Access-Control-Allow-Headers"))
    assert reply.header("Access-Control-Allow-Credentials") is None
    for header, value in SECURITY_HEADERS.items():
        assert reply.all(header) == [value], header


@pytest.mark.parametrize("path", paths(is_open=False))
def test_no_other_path_answers_another_origin(http: Client, path: str) -> None:  # A39
    target = path.replace("{", "").replace("}", "")

    reply = http.request("OPTIONS", target, headers=PAGE)

    assert (reply.status, reply.problem) == (404, "not-found")
    assert reply.header("Access-Control-Allow-Methods") is None


def test_answers_and_refusals_are_read_by_the_page_that_asked(play: Play) -> None:
    replies = [
        play.http.get("/fhir/R4/.well-known/smart-configuration", headers=PAGE),
        play.http.post("/oauth/token", body="grant_type=password", headers=PAGE),
        play.http.post("/oauth/token", json={}, headers=PAGE),
        play.exchange(play.code()),
    ]

    assert [one.status for one in replies] == [200, 400, 400, 200]
    for reply in replies:
        assert reply.header("Access-Control-Allow-Origin") == "*"
        assert "WWW-Authenticate" in str(reply.header("Access-Control-Expose-Headers"))


@pytest.mark.parametrize("target", ["/health", "/v1/me", "/v1/auth/jwks", "/oauth/authorize"])
def test_answers_of_other_paths_are_not(play: Play, target: str) -> None:  # A39
    reply = play.http.get(target, headers=PAGE, as_=play.person.principal)

    assert reply.header("Access-Control-Allow-Origin") is None


def test_what_the_gateway_refuses_by_itself_is_read_too() -> None:
    for told in api_property().values():
        headers = told["ResponseParameters"]["Headers"]
        assert headers["Access-Control-Allow-Origin"] == "'*'"
        assert "Access-Control-Allow-Credentials" not in headers
