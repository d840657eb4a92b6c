"""What the guide tells integrators is what happens: its example, its files, its mistakes."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from joserfc import jwt
from joserfc.jwk import ECKey

from chalicelib.core import clock as wall
from chalicelib.core import ids
from chalicelib.http.principal import Principal
from chalicelib.identity import clients, registration
from chalicelib.identity.patient_routes import LookupBody
from chalicelib.identity.values import FINESS
from tests.builders import a_draft, a_pdf
from tests.guide.samples import EXAMPLES, GUIDE, result
from tests.http_client import Client, Reply
from tests.stack import Stack
from tests.worlds import World

KEY = ECKey.generate_key("P-256", auto_kid=True)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GUIDE.splitlines()
    if line.startswith("| ") and "| what to do |" not in line
]


def told(mistake: str) -> tuple[str, str]:
    """Return the statuses and the codes that the guide gives for a mistake."""
    (row,) = (row for row in ROWS if mistake in row[0])
    return row[1], row[2]


def check(reply: Reply, mistake: str) -> None:
    statuses, codes = told(mistake)
    assert str(reply.status) in statuses, reply.body
    body = reply.json()
    code = body.get("error") or str(body.get("type", "")).removeprefix("/problems/")
    if code.startswith("too-many"):
        code = "too-many…"
    assert f"`{code}`" in codes, reply.body


def token(http: Client, client_id: str, **other: Any) -> Reply:
    now = wall.epoch(wall.now())
    claims: dict[str, Any] = {
        "iss": client_id,
        "sub": client_id,
        "aud": "https://carnet.test/oauth/token",
        "exp": now + 60,
        "jti": ids.new_token(),
    }
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": clients.ASSERTION_TYPE,
        "client_assertion": jwt.encode({"alg": "ES256", "kid": KEY.kid}, claims | other, KEY),
    }
    return http.post("/oauth/token", body=urlencode(form))


MISTAKES_OF_TOKEN: dict[str, Callable[[int], dict[str, Any]]] = {
    "another audience": lambda _: {"aud": "https://carnet.test/v1/token"},
    "a late clock": lambda now: {"iat": now - 3600, "exp": now - 3600 + 60},
    "an early clock": lambda now: {"iat": now + 120, "exp": now + 180},
    "too long": lambda now: {"exp": now + 3600},
    "another subject": lambda _: {"sub": "somebody"},
}


@pytest.mark.parametrize("mistake", MISTAKES_OF_TOKEN)
def test_a_wrong_assertion_is_answered_as_told(http: Client, mistake: str) -> None:
    public = {"keys": [KEY.as_dict(private=False)]}
    client_id = registration.register_client("Laboratoire Exemple", FINESS("750803447"), public)
    assert token(http, client_id).status == 200
    claims = MISTAKES_OF_TOKEN[mistake](wall.epoch(wall.now()))
    check(token(http, client_id, **claims), "another `aud`")


BAD_FORMS: dict[str, Callable[[Client], Reply]] = {
    "a field is missing": lambda http: http.post(
        "/oauth/token", body="grant_type=client_credentials"
    ),
    "JSON": lambda http: http.post("/oauth/token", json={"grant_type": "client_credentials"}),
}


@pytest.mark.parametrize("mistake", BAD_FORMS)
def test_a_wrong_form_is_answered_as_told(http: Client, mistake: str) -> None:
    reply = BAD_FORMS[mistake](http)
    check(reply, "the token request is not a form")
    assert reply.json()["error_description"]


def _post(world: World, http: Client, body: object, **headers: str) -> Reply:
    path = f"/v1/patients/{world.handle(world.laboratory)}/documents"
    key = {"Idempotency-Key": ids.new_id()}
    return http.post(path, as_=world.laboratory.principal, json=body, headers=key | headers)


def _lookup(world: World, http: Client, **other: str) -> Reply:
    body = world.lookup() | other
    return http.post("/v1/patients/lookup", as_=world.laboratory.principal, json=body)


def _b64(size: int) -> str:
    return base64.b64encode(bytes(size)).decode()


def _kind(code: str) -> dict[str, object]:
    return a_draft(type_code=code)


MISTAKES: dict[str, Callable[[World, Client], Reply]] = {
    "no token": lambda _, http: http.get("/v1/me"),
    "a number whose key": lambda world, http: _lookup(world, http, ins="279035121518980"),
    "the handle has ended": lambda world, http: http.post(
        f"/v1/patients/{world.handle(world.rival)}/documents",
        as_=world.laboratory.principal,
        json=a_draft(type_code="11502-2"),
        headers={"Idempotency-Key": ids.new_id()},
    ),
    "no `Idempotency-Key`": lambda world, http: _post(
        world, http, _kind("11502-2"), **{"Idempotency-Key": ""}
    ),
    "a `Content-Type` other": lambda world, http: _post(
        world, http, _kind("11502-2"), **{"Content-Type": "text/plain"}
    ),
    "a body that is not JSON": lambda world, http: http.post(
        "/v1/patients/lookup",
        as_=world.laboratory.principal,
        body='{"ins": ',
        headers={"Content-Type": "application/json"},
    ),
    "another verb than its own": lambda world, http: http.get(
        "/v1/patients/lookup", as_=world.laboratory.principal
    ),
    "more than 3 MiB": lambda world, http: _post(world, http, {"content": _b64(3_200_000)}),
    "more than 25 MiB": lambda world, http: _post(
        world, http, {"content": None, "type_code": "11502-2", "size_bytes": 26_214_401}
    ),
    "a file that is refused": lambda world, http: _post(
        world, http, {"type_code": "11502-2", "content": base64.b64encode(b"MZ\0\0").decode()}
    ),
    "a `type_code`": lambda world, http: _post(world, http, _kind("DOCPAT05")),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_answered_as_told(world: World, http: Client, mistake: str) -> None:
    check(MISTAKES[mistake](world, http), mistake)


def test_a_deposit_sent_again_is_answered_as_told(world: World, http: Client) -> None:
    draft, pdf = _kind("11502-2"), a_pdf("Autre")
    first = _post(world, http, draft, **{"Idempotency-Key": "result-0001"})
    assert first.status == 201
    check(_post(world, http, draft), "the very same bytes")
    other = a_draft(pdf, type_code="11502-2")
    check(_post(world, http, other, **{"Idempotency-Key": "result-0001"}), "the key served")
    again = _post(world, http, draft, **{"Idempotency-Key": "result-0001"})
    assert (again.status, again.json()["id"]) == (201, first.json()["id"])


def test_an_announcement_sent_again_says_what_it_said_and_its_document_says_what_is(
    world: World, http: Client
) -> None:
    pdf, laboratory = a_pdf("Annoncé"), world.laboratory.principal
    draft = {"content": None, "type_code": "11502-2", "size_bytes": len(pdf)}
    key = {"Idempotency-Key": "result-0002"}
    first = _post(world, http, draft, **key)
    document = str(first.header("Location"))
    assert http.get(document, as_=laboratory).status == 404
    put = [http.put(f"{document}/content", as_=laboratory, body=pdf) for _ in range(2)]
    assert [one.status for one in put] == [201, 201]
    again = _post(world, http, draft, **key)
    assert (again.status, again.json()["status"]) == (202, "pending")
    assert again.json()["id"] == first.json()["id"] == put[0].json()["id"]
    assert again.json()["upload"]["expires_at"] == first.json()["upload"]["expires_at"]
    assert http.get(document, as_=laboratory).json()["id"] == first.json()["id"]


def test_the_guides_conversation_is_opened_read_and_answered_as_told(
    world: World, http: Client
) -> None:
    section = GUIDE.partition("## 5. ")[2].partition("\n## ")[0]
    opening, answer = map(json.loads, re.findall(r"```json\n(.*?)```", section, re.DOTALL))
    laboratory, person = world.laboratory.principal, world.person.principal

    def post(target: str, body: object, who: Principal = laboratory) -> Reply:
        return http.post(target, as_=who, json=body, headers={"Idempotency-Key": ids.new_id()})

    made = post("/v1/conversations", opening | {"patient_id": world.handle(world.laboratory)})
    one = f"/v1/conversations/{made.json()['id']}"
    assert made.status == 201
    assert one.startswith("/v1/conversations/c.1.")
    assert post(f"{one}/messages", {"body": "Jeudi matin."}, person).status == 201

    box = http.get("/v1/conversations", as_=laboratory).json()
    assert ([line["subject"] for line in box["items"]], box["unread"]) == ([opening["subject"]], 1)
    read = http.get(f"{one}/messages", as_=laboratory).json()["items"]
    assert [message["body"] for message in read] == [opening["body"], "Jeudi matin."]
    assert http.get("/v1/conversations", as_=laboratory).json()["unread"] == 1  # marks nothing
    up_to = {"up_to": read[-1]["id"]}
    assert http.post(f"{one}/read", as_=laboratory, json=up_to).status == 204
    assert http.get("/v1/conversations", as_=laboratory).json()["unread"] == 0
    assert post(f"{one}/messages", answer).status == 201
    assert http.post(f"{one}/close", as_=laboratory).status == 200
    check(post(f"{one}/messages", answer), "in a conversation that was closed")
    assert http.post(f"{one}/reopen", as_=laboratory).status == 200
    assert post(f"{one}/messages", answer).status == 201


@pytest.mark.parametrize("asked", ["without", "suspended"])
def test_software_without_a_token_that_serves_is_told_to_ask_for_one(
    world: World, http: Client, asked: str
) -> None:
    if asked == "suspended":
        registration.suspend_client(world.laboratory.principal.session)
    caller = None if asked == "without" else world.laboratory.principal
    reply = http.post("/v1/patients/lookup", as_=caller, json=world.lookup())
    assert reply.status == 401
    assert "Un logiciel demande un nouveau jeton d’accès." in reply.json()["detail"]
    assert "POST /oauth/token" in reply.json()["detail_en"]


def test_another_trait_is_answered_as_told(world: World, http: Client) -> None:
    reply = _lookup(world, http, birth_date="1980-01-01")
    statuses, said = told("another trait")
    assert str(reply.status) == statuses
    assert json.loads(f"{{{said.strip('`')}}}") == reply.json()


def test_a_handle_of_a_quarter_of_an_hour_ends_as_told(
    clock: time_machine.Traveller, world: World, http: Client
) -> None:
    handle = world.handle(world.laboratory)
    clock.shift(timedelta(minutes=15, seconds=1))
    draft = a_draft(type_code="11502-2")
    key = {"Idempotency-Key": ids.new_id()}
    path = f"/v1/patients/{handle}/documents"
    check(
        http.post(path, as_=world.laboratory.principal, json=draft, headers=key),
        "the handle has ended",
    )


def test_the_guide_gives_files_that_are_there_and_as_they_are_made() -> None:
    linked = re.findall(r"\]\((examples/[\w.]+)\)", GUIDE)
    assert {Path(one).name for one in linked} == {"deposit.py", "person.json", "result.xml"}
    assert (EXAMPLES / "result.xml").read_bytes() == result()
    LookupBody.model_validate_json((EXAMPLES / "person.json").read_bytes(), strict=True)
    assert len((EXAMPLES / "deposit.py").read_text(encoding="utf-8").splitlines()) < 120


def run(*arguments: str) -> str:
    command = [sys.executable, str(EXAMPLES / "deposit.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_makes_a_key_that_may_be_registered(tmp_path: Path, http: Client) -> None:
    del http
    public = json.loads(run("key", str(tmp_path)))
    assert "d" not in public
    assert (tmp_path / "private.jwk.json").stat().st_mode & 0o777 == 0o600
    finess = FINESS("750803447")
    keys = {"keys": [public]}
    assert ids.is_id(registration.register_client("Laboratoire Exemple", finess, keys))


@pytest.mark.cloud
def test_the_example_deposits_a_document_and_the_same_again_is_one(stack: Stack) -> None:
    stack.wait_until_ready()
    client = str(stack.config.state / "laboratory" / "client.json")
    person, document = str(EXAMPLES / "person.json"), str(EXAMPLES / "result.xml")

    outputs = [run("send", client, person, document) for _ in range(2)]

    answers = [json.loads(output.partition("Deposited: ")[2]) for output in outputs]
    assert answers[0]["title"] == "Bilan thyroïdien"
    assert answers[0]["format"] == "text/xml"
    assert answers[0]["id"] == answers[1]["id"]


@pytest.mark.cloud
def test_the_example_tells_what_was_wrong_and_deposits_nothing(
    stack: Stack, tmp_path: Path
) -> None:
    stack.wait_until_ready()
    client = str(stack.config.state / "laboratory" / "client.json")
    person = json.loads((EXAMPLES / "person.json").read_text(encoding="utf-8"))
    other = tmp_path / "person.json"
    other.write_text(json.dumps(person | {"birth_date": "1979-03-29"}), encoding="utf-8")

    assert "No deposit" in run("send", client, str(other), str(EXAMPLES / "result.xml"))
