"""The container's front answers what the gateway answers, and hands on what it hands on (D3)."""

import json
import time
from io import BytesIO
from typing import Any

import pytest
from chalice.app import AuthRequest, AuthResponse, Chalice, Response

from chalicelib.runtime.gateway import MAX_BODY_BYTES, Gateway
from infra.gateway import api_property
from tests.http.edge import ALICE, THING, client, sign
from tests.http_client import Client, Reply


@pytest.fixture(scope="module")
def edge() -> Client:
    return client()


@pytest.mark.parametrize(
    "token",
    [None, "", "Bearer", "Bearer nonsense", "Basic YTpi", "bearer"],
)
def test_a_missing_or_denied_token_is_a_401_of_our_shape(token: str | None, edge: Client) -> None:
    headers = {} if token is None else {"Authorization": token}
    reply = edge.get(f"/things/{THING}", headers=headers)
    assert (reply.status, reply.problem) == (401, "unauthenticated")
    assert reply.header("WWW-Authenticate") == "Bearer"


def test_a_401_is_the_same_from_the_gateway_and_from_the_edge(edge: Client) -> None:
    ended = edge.get(f"/things/{THING}", headers={"Authorization": f"Bearer {_ended()}"})
    missing = edge.get(f"/things/{THING}")
    assert ended.body == missing.body
    names = {name for name, _ in missing.headers} - {"Access-Control-Allow-Origin"}
    assert {name for name, _ in ended.headers} == names


def _ended() -> str:
    kind, actor, session, _ = json.loads(sign(ALICE))
    return json.dumps([kind, actor, session, 0])


def test_a_401_comes_before_the_request_is_read(edge: Client) -> None:
    reply = edge.post("/things", body=b"{", headers={"Content-Type": "text/plain"})
    assert reply.status == 401


def test_an_authorizer_that_fails_is_a_503(
    edge: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = edge.get(f"/things/{THING}", headers={"Authorization": "Bearer broken"})
    assert (reply.status, reply.problem, reply.header("Retry-After")) == (503, "unavailable", "5")
    written = capsys.readouterr()
    assert "secret-detail" not in written.out + written.err


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/unknown", "/things/a/b", "//things", "/things//content"])
def test_an_unknown_path_is_a_404_with_or_without_token(
    method: str, path: str, edge: Client
) -> None:
    for caller in (None, ALICE):
        reply = edge.request(method, path, as_=caller)
        assert (reply.status, reply.problem) == (404, "not-found")


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "GET"])
def test_an_unknown_method_is_a_404(method: str, edge: Client) -> None:
    reply = edge.request(method, "/things", as_=ALICE)
    assert (reply.status, reply.problem) == (404, "not-found")


@pytest.mark.parametrize("path", ["/things", "/unknown"])
def test_an_answer_to_head_has_the_headers_and_no_body(path: str, edge: Client) -> None:
    reply, whole = edge.request("HEAD", path), edge.get(path)
    assert (reply.status, reply.body) == (404, b"")
    assert reply.header("Content-Type") == "application/problem+json"
    assert reply.header("Content-Length") == str(len(whole.body))


def test_a_fixed_segment_wins_over_a_parameter(edge: Client) -> None:
    assert edge.get("/things/search", as_=ALICE).json() == {"fixed": True}


def test_a_trailing_slash_is_dropped(edge: Client) -> None:
    assert edge.get(f"/things/{THING}/", as_=ALICE).status == 200


def test_a_head_over_the_gateways_limit_is_a_431(edge: Client) -> None:
    for name in ("X-Any", "Cookie", "Authorization", "Idempotency-Key"):
        reply = edge.get(f"/things/{THING}", headers={name: "a" * 40_000})
        assert (reply.status, reply.problem) == (431, "head-too-large")
        assert reply.json()["limit_bytes"] == 10 * 1024
    assert edge.get("/nothing", headers={"X-Any": "a" * 8_000}).status == 404


def test_a_body_over_the_gateways_limit_is_a_413(edge: Client) -> None:
    reply = edge.put(f"/things/{THING}/content", as_=ALICE, body=bytes(MAX_BODY_BYTES + 1))
    assert (reply.status, reply.problem) == (413, "too-large")
    assert reply.json()["limit_bytes"] == 10 * 1024 * 1024


@pytest.mark.parametrize(
    ("kind", "target", "options"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", "/unknown", {}),
        ("UNAUTHORIZED", f"/things/{THING}", {}),
        ("ACCESS_DENIED", f"/things/{THING}", {"headers": {"Authorization": "Bearer x"}}),
        ("AUTHORIZER_FAILURE", f"/things/{THING}", {"headers": {"Authorization": "Bearer broken"}}),
        ("REQUEST_TOO_LARGE", "/form", {"body": bytes(MAX_BODY_BYTES + 1)}),
    ],
)
def test_what_the_front_answers_by_itself_is_what_the_gateway_is_told_to(
    kind: str, target: str, options: dict[str, Any], edge: Client
) -> None:
    told = api_property()[kind]
    method = "POST" if "body" in options else "GET"
    reply = edge.request(method, target, **options)
    assert reply.status == told["StatusCode"]
    assert reply.body.decode() == told["ResponseTemplates"]["application/json"]
    for name, value in told["ResponseParameters"]["Headers"].items():
        literal = value.startswith("'")
        assert reply.header(name) == value.strip("'") if literal else reply.header(name), name
    assert told["ResponseParameters"]["Headers"]["X-Request-Id"] == "context.requestId"


def test_a_server_that_keeps_only_the_decoded_path_serves_the_same() -> None:
    seen = _events()
    _call(seen.gateway, PATH_INFO="/echo/caf\xc3\xa9")
    assert seen.last["pathParameters"] == {"name": "caf%C3%A9"}


class _Seen:
    def __init__(self, gateway: Gateway, events: list[dict[str, Any]]) -> None:
        self.gateway = gateway
        self.events = events

    @property
    def last(self) -> dict[str, Any]:
        return self.events[-1]


def _events() -> _Seen:
    """Keep each event the application gets."""
    app = Chalice(app_name="echo")
    app.api.binary_types = ["application/octet-stream"]
    events: list[dict[str, Any]] = []

    @app.authorizer()
    def anybody(request: AuthRequest) -> AuthResponse:
        context: dict[str, Any] = {"number": 12, "flag": True, "arn": request.method_arn}
        return AuthResponse(routes=["*"], principal_id="someone", context=context)

    @app.route("/echo/{name}", methods=["GET", "POST"], authorizer=anybody,
               content_types=["application/json", "application/octet-stream"])  # fmt: skip
    def echo(name: str) -> Response:
        assert app.current_request is not None
        events.append(app.current_request.to_original_event())
        return Response(name, {"Content-Type": "text/plain"})

    return _Seen(Gateway(app), events)


def _call(gateway: Gateway, body: bytes = b"", **environ: Any) -> Reply:
    started: list[Any] = []
    sent = {
        "REQUEST_METHOD": "POST",
        "HTTP_AUTHORIZATION": "Bearer x",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "192.0.2.7",
        "wsgi.input": BytesIO(body),
    } | environ
    chunks = gateway(sent, lambda status, headers: started.append((status, headers)))
    return Reply(int(started[0][0].split()[0]), started[0][1], b"".join(chunks))


def test_an_event_is_that_of_a_rest_proxy() -> None:
    seen = _events()
    reply = _call(
        seen.gateway,
        b'{"a":1}',
        RAW_URI="/echo/a%20b?q=1&q=2&r=%C3%A9&s=",
        QUERY_STRING="q=1&q=2&r=%C3%A9&s=",
        PATH_INFO="/echo/a b",
        HTTP_X_REQUEST_ID="x",
    )
    event = seen.last
    assert reply.body == b"a%20b"
    assert event["resource"] == "/echo/{name}"
    assert event["pathParameters"] == {"name": "a%20b"}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"], "r": ["é"], "s": [""]}
    assert event["queryStringParameters"] == {"q": "2", "r": "é", "s": ""}
    assert event["headers"]["X-Request-Id"] == "x"
    assert event["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert (event["body"], event["isBase64Encoded"]) == ("eyJhIjoxfQ==", True)
    context = event["requestContext"]
    assert context["identity"] == {"sourceIp": "192.0.2.7"}
    assert len(context["requestId"]) == 26


def test_a_request_without_query_or_body_has_none() -> None:
    seen = _events()
    _call(seen.gateway, RAW_URI="/echo/a", PATH_INFO="/echo/a", REQUEST_METHOD="GET")
    assert seen.last["multiValueQueryStringParameters"] is None
    assert (seen.last["body"], seen.last["isBase64Encoded"]) == (None, False)


def test_the_authorizers_context_arrives_as_strings() -> None:
    seen = _events()
    _call(seen.gateway, RAW_URI="/echo/a%2Fb", PATH_INFO="/echo/a/b")
    context = seen.last["requestContext"]["authorizer"]
    arn = "arn:aws:execute-api:local:000000000000:gateway/carnet/POST/echo/a%2Fb"
    assert context == {"number": "12", "flag": "true", "principalId": "someone", "arn": arn}


def test_a_chunked_body_without_a_length_is_read_when_the_server_ends_it() -> None:
    seen = _events()
    _call(seen.gateway, b"[]", RAW_URI="/echo/a", CONTENT_LENGTH="",
          **{"wsgi.input_terminated": True})  # fmt: skip
    assert seen.last["body"] == "W10="
    _call(seen.gateway, b"[]", RAW_URI="/echo/a", CONTENT_LENGTH="")
    assert seen.last["body"] is None


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "١", "9" * 5000, str(MAX_BODY_BYTES + 1)])
def test_a_length_that_is_not_one_is_refused(length: str) -> None:
    seen = _events()
    reply = _call(seen.gateway, b"[]", RAW_URI="/echo/a", CONTENT_LENGTH=length)
    assert (reply.status, reply.problem) == (413, "too-large")
    assert seen.events == []


def test_requests_pass_one_at_a_time() -> None:
    seen = _events()
    seen.gateway._lock.acquire()
    assert not seen.gateway._lock.acquire(blocking=False)
    seen.gateway._lock.release()
    for _ in range(2):
        assert _call(seen.gateway, RAW_URI="/echo/a").status == 200


def test_health_does_not_wait_for_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    app, answers = Chalice(app_name="slow"), []
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)

    @app.route("/health")
    def health() -> Response:
        return Response("from the app", {"Content-Type": "text/plain"})

    @app.route("/slow", methods=["POST"])
    def slow() -> Response:
        nonlocal now
        for passed in (0, 61):
            now += passed
            answers.append(_call(front, RAW_URI="/health", REQUEST_METHOD="GET"))
        return Response("", {"Content-Type": "text/plain"})

    front = Gateway(app)
    assert _call(front, b"{}", RAW_URI="/slow").status == 200
    assert (answers[0].status, answers[0].json()) == (200, {"status": "ok"})
    assert (answers[1].status, answers[1].problem) == (503, "unavailable")
    assert _call(front, RAW_URI="/health", REQUEST_METHOD="GET").body == b"from the app"
