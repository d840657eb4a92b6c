"""The one edge: every request bounded and understood once, every answer in one shape."""

import json
from typing import Any

import pytest

from chalicelib.http.principal import ActorKind, Principal
from tests.http.edge import ALICE, THING
from tests.http_client import SECURITY_HEADERS, Client, Reply

KEY = {"Idempotency-Key": "a-new-key-1"}


def add(edge: Client, body: object, **headers: str) -> Reply:
    return edge.post("/things", as_=ALICE, json=body, headers=KEY | headers)


def errors(reply: Reply) -> set[tuple[str, str]]:
    assert reply.status == 422, reply.body
    return {(error["pointer"], error["code"]) for error in reply.json()["errors"]}


def test_a_good_body_reaches_the_use_case(edge: Client) -> None:
    body = {"title": "é" * 10, "count": 3, "on": "2026-11-23", "detail": {"colour": "red"}}
    reply = add(edge, body)
    assert reply.status == 201
    assert reply.json() == body | {"tags": []}
    assert reply.header("ETag") == '"v1"'
    assert reply.header("Location") == f"/things/{THING}"


def test_every_error_of_a_body_is_said_at_once(edge: Client) -> None:
    body = {"title": "", "count": 10, "on": "23/11/2026", "detail": {"colour": "x"}, "tags": [1]}
    reply = add(edge, body)
    assert errors(reply) == {
        ("/title", "string_too_short"),
        ("/count", "less_than_equal"),
        ("/on", "date_parsing"),
        ("/detail/colour", "literal_error"),
        ("/tags/0", "string_type"),
    }
    for error in reply.json()["errors"]:
        assert error["detail"]
        assert error["detail_en"]
        assert "{" not in error["detail"] + error["detail_en"]


def test_values_given_are_not_echoed(edge: Client) -> None:
    reply = add(edge, {"title": "x" * 11 + "MARKER", "on": "MARKER", "count": "MARKER"})
    assert reply.status == 422
    assert b"MARKER" not in reply.body


def test_unknown_fields_are_refused(edge: Client) -> None:  # A38
    reply = add(edge, {"title": "a", "owner": "x", "detail": {"colour": "red", "version": 3}})
    assert errors(reply) == {("/owner", "extra_forbidden"), ("/detail/version", "extra_forbidden")}


def test_a_body_of_unknown_names_gets_a_small_answer_that_counts_the_rest(edge: Client) -> None:
    reply = add(edge, {"title": "a"} | {f"{n:04}" + "~" * 2_000: n for n in range(1_000)})

    listed = reply.json()["errors"]
    assert (reply.status, reply.problem) == (422, "invalid")
    assert len(listed) == 50
    assert reply.json()["more_errors"] == 950
    assert listed[0]["pointer"] == "/0000" + "~0" * 60 + "…"
    assert len(reply.body) < 20_000


def test_a_few_errors_are_all_listed_and_none_is_counted(edge: Client) -> None:
    reply = add(edge, {"title": "a"} | {f"n{n}": n for n in range(50)})

    assert len(reply.json()["errors"]) == 50
    assert "more_errors" not in reply.json()


@pytest.mark.parametrize("count", ["3", 3.0, True])
def test_types_are_not_guessed(count: Any, edge: Client) -> None:
    assert {pointer for pointer, _ in errors(add(edge, {"title": "a", "count": count}))} == {
        "/count"
    }


@pytest.mark.parametrize("body", [[], "a", 1, None])
def test_a_body_that_is_not_an_object_is_refused(body: object, edge: Client) -> None:
    raw = json.dumps(body)
    headers = KEY | {"Content-Type": "application/json"}
    reply = edge.post("/things", as_=ALICE, body=raw, headers=headers)
    assert errors(reply) == {("", "model_type")}


def test_a_deeply_nested_body_is_a_422(edge: Client) -> None:  # A33
    raw = '{"a":' * 5000 + "1" + "}" * 5000
    headers = KEY | {"Content-Type": "application/json"}
    reply = edge.post("/things", as_=ALICE, body=raw, headers=headers)
    assert (reply.status, reply.problem) == (422, "invalid-json")


def test_an_empty_body_is_a_422(edge: Client) -> None:
    reply = edge.post("/things", as_=ALICE, headers=KEY)
    assert (reply.status, reply.problem) == (422, "invalid-json")


def test_a_body_where_none_is_expected_is_a_422(edge: Client) -> None:
    for raw in ("{}", " ", ""):
        headers = {"Content-Type": "application/json"}
        assert edge.delete(f"/things/{THING}", as_=ALICE, body=raw, headers=headers).status == 204
    reply = edge.delete(f"/things/{THING}", as_=ALICE, json={"a": 1})
    assert (reply.status, reply.problem) == (422, "invalid")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x"]
)
def test_another_content_type_is_a_415_of_our_shape(kind: str, edge: Client) -> None:
    reply = add(edge, {"title": "a"}, **{"Content-Type": kind})
    assert (reply.status, reply.problem) == (415, "unsupported-media-type")


def test_a_form_is_read_where_a_form_is_expected(edge: Client) -> None:
    assert edge.post("/form", body="a=1&b=%C3%A9").json() == {"raw": "a=1&b=%C3%A9"}


# Paths.


@pytest.mark.parametrize(
    "segment",
    [
        "",
        "%23",
        "%00",
        "%2F",
        "a%2Fb",
        "..",
        "%2E%2E",
        "%0A",
        THING + "%0A",
        THING + "%00",
        THING.lower(),
        THING[:-1],
        THING + "0",
        "%EF%BC%90" + THING[1:],
        "A" * 2048,
        "%E2%80%AE" * 20,
        "P%23" + THING,
        "attribute_not_exists(pk)",
        "h.aaaaaaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_an_id_of_another_shape_is_the_constant_404(segment: str, edge: Client) -> None:  # A31
    constant = edge.get(f"/things/{'0' * 25}", as_=ALICE)
    reply = edge.get(f"/things/{segment}", as_=ALICE)
    assert (reply.status, reply.problem) == (404, "not-found")
    assert reply.body == constant.body


def test_an_id_is_unquoted_once(edge: Client) -> None:
    quoted = "".join(f"%{ord(letter):02X}" for letter in THING)
    assert edge.get(f"/things/{quoted}", as_=ALICE).json()["path"] == {"thing_id": THING}
    twice = quoted.replace("%", "%25")
    assert edge.get(f"/things/{twice}", as_=ALICE).status == 404


# Queries.


def test_a_query_is_read_by_its_names(edge: Client) -> None:
    assert edge.get(f"/things/{THING}?limit=7&from=2026-01-01", as_=ALICE).json()["limit"] == 7


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=0", {("/query/limit", "greater_than_equal")}),
        ("limit=101", {("/query/limit", "less_than_equal")}),
        ("limit=x&from=y", {
            ("/query/limit", "int_parsing"), ("/query/from", "date_from_datetime_parsing"),
        }),
        ("limit=", {("/query/limit", "int_parsing")}),
        ("offset=3", {("/query/offset", "extra_forbidden")}),
        ("first=2026-01-01", {("/query/first", "extra_forbidden")}),
        ("a~b=1", {("/query/a~0b", "extra_forbidden")}),
    ],
)  # fmt: skip
def test_a_wrong_query_says_each_error(
    query: str, expected: set[tuple[str, str]], edge: Client
) -> None:
    assert errors(edge.get(f"/things/{THING}?{query}", as_=ALICE)) == expected


def test_a_repeated_parameter_is_a_400(edge: Client) -> None:
    reply = edge.get(f"/things/{THING}?limit=1&limit=2", as_=ALICE)
    assert (reply.status, reply.problem) == (400, "bad-request")


# Versions.


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ('"v7"', 7),
        (' "v7" ', 7),
        ('"v0"', 0),  # of what is there by default, and was never written
        ("v7", -1),
        ("7", -1),
        ('W/"v7"', -1),
        ('"v07"', -1),
        ('"v99999999999"', -1),
        ('"v７"', -1),
        ("*", -1),
        ("", -1),
    ],
)
def test_if_match_names_one_version_or_nobodys(given: str, read: int, edge: Client) -> None:
    headers = {"If-Match": given}
    reply = edge.put(f"/things/{THING}", as_=ALICE, json={"title": "a"}, headers=headers)
    assert reply.json() == {"if_match": read}


def test_without_if_match_it_is_a_428(edge: Client) -> None:
    reply = edge.put(f"/things/{THING}", as_=ALICE, json={"title": "a"})
    assert (reply.status, reply.problem) == (428, "precondition-required")


# Idempotency.


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "white space", "é" * 8, "a/b/c/d/e"])
def test_a_creation_without_a_good_key_is_refused(key: str, edge: Client) -> None:  # A13
    reply = edge.post("/things", as_=ALICE, json={"title": "a"}, headers={"Idempotency-Key": key})
    assert (reply.status, reply.problem) == (422, "idempotency-key-required")


def test_a_key_is_the_callers_own_and_its_hash_the_bodys(edge: Client) -> None:  # A13
    bob = Principal(ActorKind.PERSON, "C" * 26, "B" * 26, 2**40)
    first, again, other_body, other_key = (
        add(edge, {"title": "a"}),
        add(edge, {"title": "a"}),
        add(edge, {"title": "b"}),
        add(edge, {"title": "a"}, **{"Idempotency-Key": "another-key"}),
    )
    of_bob = edge.post("/things", as_=bob, json={"title": "a"}, headers=KEY)
    key, request = "X-Key", "X-Hash"
    assert first.header(key) == again.header(key) == other_body.header(key)
    assert first.header(request) == again.header(request) != other_body.header(request)
    assert len({reply.header(key) for reply in (first, other_key, of_bob)}) == 3


# Callers.


@pytest.mark.parametrize(
    "caller",
    [
        Principal(ActorKind.PERSON, "A" * 26, "B" * 26, 0),
        Principal(ActorKind.PERSON, "lower-case", "B" * 26, 2**40),
        Principal(ActorKind.PERSON, "A" * 26, "no-session", 2**40),
        Principal(ActorKind.PERSON, "A#" * 13, "B" * 26, 2**40),
    ],
)
def test_a_context_that_is_not_ours_or_has_ended_is_a_401(caller: Principal, edge: Client) -> None:
    reply = edge.get(f"/things/{THING}", as_=caller)
    assert (reply.status, reply.problem) == (401, "unauthenticated")


# Answers.


def test_bytes_come_out_as_they_are_whatever_is_accepted(edge: Client) -> None:
    for accept in ("*/*", "application/pdf", "application/json", "text/html,image/*"):
        reply = edge.get(f"/things/{THING}/content", as_=ALICE, headers={"Accept": accept})
        assert reply.status == 200
        assert reply.body == bytes(range(256))
        assert reply.header("Content-Type") == "application/pdf"


def test_bytes_go_in_as_they_are(edge: Client) -> None:
    reply = edge.put(f"/things/{THING}/content", as_=ALICE, body=bytes(range(64)))
    assert reply.json() == {"hex": bytes(range(64)).hex(), "size": 64}


def test_bytes_over_four_mebibytes_are_a_413(edge: Client) -> None:
    at_limit = edge.put(f"/things/{THING}/content", as_=ALICE, body=bytes(4 * 1024 * 1024))
    over = edge.put(f"/things/{THING}/content", as_=ALICE, body=bytes(4 * 1024 * 1024 + 1))
    assert at_limit.json()["size"] == 4 * 1024 * 1024
    assert (over.status, over.problem) == (413, "too-large")
    assert over.json()["limit_bytes"] == 4 * 1024 * 1024


def test_json_of_anybody_is_short(edge: Client) -> None:
    sent = json.dumps({"title": "a", "tags": ["b"]}).encode()
    kind = {"Content-Type": "application/json"}
    at_limit = edge.post("/greetings", body=sent.ljust(64 * 1024), headers=kind)
    over = edge.post("/greetings", body=sent.ljust(64 * 1024 + 1), headers=kind)
    known = edge.post("/things", as_=ALICE, body=sent.ljust(10**6), headers=kind | KEY)
    assert (at_limit.status, known.status) == (200, 201)
    assert (over.status, over.problem) == (413, "too-large")
    assert over.json()["limit_bytes"] == 64 * 1024
    assert "64\u00a0Ko" in over.json()["detail"]


def test_two_cookies_are_two_headers(edge: Client) -> None:
    reply = edge.get("/cookies", headers={"Cookie": "x=1; y=2"})
    assert reply.all("Set-Cookie") == ["a=1; Secure", "b=2; Secure"]
    assert reply.json() == {"cookie": "x=1; y=2"}


ANSWERS = [
    ("GET", f"/things/{THING}", 200),
    ("GET", "/things/short", 404),
    ("GET", "/unknown", 404),
    ("PATCH", "/things", 404),
    ("DELETE", f"/things/{THING}", 204),
    ("GET", f"/things/{THING}/content", 200),
    ("POST", "/things", 422),
    ("PUT", f"/things/{THING}/content", 415),
    ("GET", "/cookies", 200),
    ("GET", "/fail/incident", 500),
    ("GET", "/fail/store", 503),
    ("GET", "/fail/many", 429),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_has_the_security_headers_and_an_id(
    method: str, path: str, status: int, edge: Client
) -> None:
    reply = edge.request(method, path, as_=ALICE, headers={"X-Request-Id": "chosen-by-client"})
    assert reply.status == status
    for name, value in SECURITY_HEADERS.items():
        assert reply.all(name) == [value]
    (request_id,) = reply.all("X-Request-Id")
    assert len(request_id) == 26
    assert reply.all("Content-Length") == ([str(len(reply.body))] if status != 204 else [])


@pytest.mark.parametrize(("method", "path", "status"), [a for a in ANSWERS if a[2] >= 400])
def test_every_refusal_has_one_shape(method: str, path: str, status: int, edge: Client) -> None:
    reply = edge.request(method, path, as_=ALICE)
    assert reply.header("Content-Type") == "application/problem+json"
    body = reply.json()
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert all(body[name] for name in ("title", "detail", "title_en", "detail_en"))
    assert "{" not in body["detail"] + body["detail_en"]


def test_two_equal_refusals_are_equal_byte_for_byte(edge: Client) -> None:
    first, second = (edge.get("/things/short", as_=ALICE) for _ in range(2))
    assert first.body == second.body
    assert first.header("X-Request-Id") != second.header("X-Request-Id")


@pytest.mark.parametrize(
    ("failure", "status", "slug", "retry"),
    [
        ("store", 503, "unavailable", "5"),
        ("late", 503, "unavailable", "7"),
        ("many", 429, "too-many", "60"),
        ("incident", 500, "internal", None),
    ],
)
def test_a_failure_tells_nothing_of_its_cause(  # A35
    failure: str, status: int, slug: str, retry: str | None, edge: Client,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    reply = edge.get(f"/fail/{failure}")
    written = capsys.readouterr()
    assert (reply.status, reply.problem, reply.header("Retry-After")) == (status, slug, retry)
    assert b"secret-detail" not in reply.body
    assert "secret-detail" not in written.out + written.err
    assert "Traceback" not in written.out + written.err


def test_a_request_is_one_log_line_with_its_route_and_no_path(
    edge: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = edge.get(f"/things/{THING}?limit=3", as_=ALICE)
    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert logged.pop("at").endswith("Z")
    assert logged.pop("duration_ms") >= 0
    assert logged == {
        "event": "request",
        "route": "GET /things/{thing_id}",
        "status": 200,
        "request_id": reply.header("X-Request-Id"),
    }
