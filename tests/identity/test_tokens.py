"""Access tokens and the authorizer: A26, A27, and what a day's key costs."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from chalicelib.core import clock as wall
from chalicelib.core import rows
from chalicelib.core.rows import StoreUnavailable
from chalicelib.http.principal import ActorKind
from chalicelib.identity import signing_keys, store, tokens
from chalicelib.identity.authorizer import authorize
from chalicelib.identity.jose import BadToken
from chalicelib.identity.store import SigningKeyRow
from tests import double
from tests.http_client import Client
from tests.identity.provider import compact
from tests.injector import Faults
from tests.recorder import Recorder

SESSION = "01J9ZZZZZZZZZZZZZZZZZZZZZZ"
EVENT = {"type": "TOKEN", "methodArn": "arn:aws:execute-api:eu-west-3:1:api/stage/GET/v1/me"}
Edit = Callable[[dict[str, Any], dict[str, Any]], None]


def _issued() -> str:
    return tokens.issue(ActorKind.PERSON, "A" * 26, SESSION, wall.now())


def _forged(edit: Edit, key: Any = None, algorithm: str = "ES256") -> str:
    """Sign with the product's own key what it never signs."""
    now = wall.epoch(wall.now())
    kid, own = signing_keys.private_key(wall.now())
    header = {"alg": algorithm, "typ": "at+jwt", "kid": kid}
    claims = {
        "iss": "https://carnet.test",
        "aud": "https://carnet.test/v1",
        "sub": "A" * 26,
        "kind": "person",
        "sid": SESSION,
        "iat": now,
        "nbf": now,
        "exp": now + 600,
    }
    edit(header, claims)
    return compact(header, json.dumps(claims), key or own)


def _decision(token: str) -> dict[str, Any]:
    answer: dict[str, Any] = authorize(EVENT | {"authorizationToken": f"Bearer {token}"}, None)
    return answer


def _is_let_in(token: str) -> bool:
    (statement,) = _decision(token)["policyDocument"]["Statement"]
    return bool(statement["Resource"])


def test_authorizer_hands_on_what_the_token_proves(aws: Recorder) -> None:
    del aws
    answer = _decision(_issued())

    assert answer["principalId"] == "A" * 26
    assert answer["context"] | {"exp": ""} == {
        "kind": "person",
        "id": "A" * 26,
        "session": SESSION,
        "generation": "0",
        "account": "",
        "patient": "",
        "permissions": "",
        "exp": "",
    }
    assert all(isinstance(value, str) for value in answer["context"].values())
    assert answer["policyDocument"]["Statement"][0]["Resource"] == [
        "arn:aws:execute-api:eu-west-3:1:api/stage/*/*"
    ]


def test_plain_forgery_control_is_accepted(aws: Recorder) -> None:
    del aws
    assert _is_let_in(_forged(lambda _h, _c: None))


HEADERS: dict[str, Edit] = {
    "typ of an ID token": lambda h, _: h.update(typ="JWT"),
    "no typ": lambda h, _: h.pop("typ"),
    "no kid": lambda h, _: h.pop("kid"),
    "kid as a path": lambda h, _: h.update(kid="../../2026-11-23"),
    "kid as SQL": lambda h, _: h.update(kid="' OR 1=1 --"),
    "kid as a URL": lambda h, _: h.update(kid="https://evil.test/key"),
    "kid of no text": lambda h, _: h.update(kid=20261123),
    "kid of an old day": lambda h, _: h.update(kid="2020-01-01"),
    "embedded jwk": lambda h, _: h.update(jwk={"kty": "EC"}),
    "embedded jku": lambda h, _: h.update(jku="https://evil.test/jwks"),
    "x5u": lambda h, _: h.update(x5u="https://evil.test/cert"),
    "other member": lambda h, _: h.update(cty="JWT"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_token_with_another_header_is_refused(aws: Recorder, name: str) -> None:
    del aws
    assert not _is_let_in(_forged(HEADERS[name]))


def test_token_with_critical_extensions_is_refused(aws: Recorder) -> None:
    del aws
    token = _forged(lambda _h, _c: None)
    header, payload, signature = token.split(".")
    read = json.loads(base64.urlsafe_b64decode(header + "=="))
    other = json.dumps(read | {"crit": ["exp"]}).encode()

    changed = base64.urlsafe_b64encode(other).rstrip(b"=").decode()
    assert not _is_let_in(f"{changed}.{payload}.{signature}")


@pytest.mark.parametrize("algorithm", [[], {}, ["ES256"], 7, None])
def test_token_whose_algorithm_is_no_text_is_refused(aws: Recorder, algorithm: object) -> None:
    del aws
    _, payload, signature = _issued().split(".")
    kid = signing_keys.private_key(wall.now())[0]
    header = json.dumps({"alg": algorithm, "typ": "at+jwt", "kid": kid}).encode()
    changed = base64.urlsafe_b64encode(header).rstrip(b"=").decode()

    assert not _is_let_in(f"{changed}.{payload}.{signature}")


def test_token_without_signature_is_refused(aws: Recorder) -> None:
    del aws
    _, payload, signature = _issued().split(".")
    header = json.dumps({"alg": "none", "typ": "at+jwt", "kid": "2026-11-23"}).encode()
    none = base64.urlsafe_b64encode(header).rstrip(b"=").decode()

    assert not _is_let_in(f"{none}.{payload}.")
    assert not _is_let_in(f"{none}.{payload}.{signature}")


def test_token_signed_with_the_public_key_as_a_secret_is_refused(aws: Recorder) -> None:
    del aws
    assert not _is_let_in(_forged(lambda _h, _c: None, algorithm="HS256"))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(ECKey.generate_key("P-256"), "ES256"), (RSAKey.generate_key(2048), "RS256")],
)
def test_token_signed_by_anybody_else_is_refused(aws: Recorder, key: Any, algorithm: str) -> None:
    del aws
    assert not _is_let_in(_forged(lambda _h, _c: None, key, algorithm))


def test_repeated_claims_are_refused_even_when_we_signed_them(aws: Recorder) -> None:
    del aws
    kid, own = signing_keys.private_key(wall.now())
    now = wall.epoch(wall.now())
    twice = (
        '{"iss":"https://carnet.test","aud":"https://carnet.test/v1","sub":"' + "A" * 26 + '",'
        f'"kind":"person","kind":"professional","sid":"{SESSION}",'
        f'"iat":{now},"nbf":{now},"exp":{now + 600}}}'
    )
    header = {"alg": "ES256", "typ": "at+jwt", "kid": kid}

    assert not _is_let_in(jws.serialize_compact(header, twice, own, algorithms=["ES256"]))


CLAIMS: dict[str, tuple[Edit, bool]] = {
    "other issuer": (lambda _, c: c.update(iss="https://evil.test"), False),
    "no issuer": (lambda _, c: c.pop("iss"), False),
    "other audience": (lambda _, c: c.update(aud="https://carnet.test"), False),
    "list of audiences": (lambda _, c: c.update(aud=[c["aud"]]), False),
    "no audience": (lambda _, c: c.pop("aud"), False),
    "ended a second ago": (lambda _, c: c.update(exp=c["iat"] - 1), True),
    "ended 60 s ago": (lambda _, c: c.update(exp=c["iat"] - 60), True),
    "ended 61 s ago": (lambda _, c: c.update(exp=c["iat"] - 61), False),
    "valid in 59 s": (lambda _, c: c.update(nbf=c["nbf"] + 59), True),
    "valid in 60 s": (lambda _, c: c.update(nbf=c["nbf"] + 60), True),
    "valid in 61 s": (lambda _, c: c.update(nbf=c["nbf"] + 61), False),
    "issued in 61 s": (lambda _, c: c.update(iat=c["iat"] + 61), False),
    "no exp": (lambda _, c: c.pop("exp"), False),
    "no nbf": (lambda _, c: c.pop("nbf"), False),
    "no iat": (lambda _, c: c.pop("iat"), False),
    "exp as text": (lambda _, c: c.update(exp=str(c["exp"])), False),
    "exp as true": (lambda _, c: c.update(exp=True), False),
    "unknown kind": (lambda _, c: c.update(kind="minister"), False),
    "no session": (lambda _, c: c.pop("sid"), False),
    "no number of a generation": (lambda _, c: c.update(gen="x"), False),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_are_checked_to_the_second(
    aws: Recorder, clock: time_machine.Traveller, name: str
) -> None:
    del aws, clock
    edit, expected = CLAIMS[name]

    assert _is_let_in(_forged(edit)) is expected


@pytest.mark.parametrize(
    "text", ["", "x", "a.b", "a.b.c.d", "é.é.é", "a" * 40_000, "Bearer", ". .", "a.b.c\n"]
)
def test_text_that_is_no_token_is_refused(aws: Recorder, text: str) -> None:
    del aws
    with pytest.raises(BadToken):
        tokens.verify(text, wall.now())


@pytest.mark.parametrize("header", ["Basic {}", "{}", "Bearer", "bearer  {}", "Bearer {} x"])
def test_other_ways_to_present_a_token_are_refused(aws: Recorder, header: str) -> None:
    del aws
    answer: dict[str, Any] = authorize(
        EVENT | {"authorizationToken": header.format(_issued())}, None
    )

    assert answer["policyDocument"]["Statement"][0]["Resource"] == []


def test_client_without_a_right_token_gets_401(http: Client) -> None:
    reply = http.get("/v1/me", headers={"Authorization": "Bearer x.y.z"})

    assert (reply.status, reply.problem) == (401, "unauthenticated")


def test_verifying_reads_a_key_once_per_process_and_five_minutes(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))
    token = _issued()
    double.new_process()
    aws.clear()

    for _ in range(5):
        tokens.verify(token, wall.now())
    once = list(aws.names)
    clock.shift(timedelta(seconds=300))
    tokens.verify(token, wall.now())

    # The key, and the secret that proves that it is ours: once a process.
    assert once == ["dynamodb.GetItem", "dynamodb.GetItem", "kms.Decrypt"]
    assert aws.names[3:] == ["dynamodb.GetItem"]


def test_unknown_kids_cost_one_read_per_day_and_five_seconds(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))
    aws.clear()

    for day in ("2026-11-22", "2026-11-23", "2026-11-24", "2026-11-21", "x") * 20:
        assert signing_keys.public_key(day, wall.now()) is None

    assert len(aws.names) == 3
    clock.shift(timedelta(seconds=5))
    assert signing_keys.public_key("2026-11-23", wall.now()) is None
    assert len(aws.names) == 4


def test_key_that_appears_is_found_within_five_seconds(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    assert signing_keys.public_key("2026-11-23", wall.now()) is None
    signing_keys.ensure(wall.now().date())
    clock.shift(timedelta(seconds=5))

    assert signing_keys.public_key("2026-11-23", wall.now()) is not None


def test_token_of_yesterdays_last_minute_still_opens(
    aws: Recorder, clock: time_machine.Traveller
) -> None:
    del aws
    clock.move_to(datetime(2026, 11, 23, 23, 59, 30, tzinfo=UTC))
    token = _issued()
    clock.shift(timedelta(minutes=5))

    assert tokens.verify(token, wall.now())["id"] == "A" * 26
    assert signing_keys.private_key(wall.now())[0] == "2026-11-24"


def test_rival_processes_sign_with_the_same_key(aws: Recorder) -> None:
    del aws
    first = signing_keys.ensure(wall.now().date())
    double.new_process()
    again = signing_keys.ensure(wall.now().date())

    assert first.public_jwk == again.public_jwk


def test_key_made_by_a_rival_meanwhile_wins(aws: Recorder) -> None:
    day = wall.now().date()
    rival = signing_keys._new_row(day)
    original = rows.get

    def late(model: Any, pk: str, sk: str) -> Any:
        found = original(model, pk, sk)
        if found is None:
            rows.write([rows.put(rival)])
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rows, "get", late)
        made = signing_keys.ensure(day)

    assert made.public_jwk == rival.public_jwk
    assert "dynamodb.PutItem" in aws.names


def test_private_part_is_stored_wrapped_and_bound_to_its_day(aws: Recorder) -> None:
    del aws
    today = wall.now().date()
    row = signing_keys.ensure(today)
    _, key = signing_keys.private_key(wall.now())
    stored = str(double.tables())
    moved = SigningKeyRow(**row.attribute_values)
    moved.pk, moved.sk = store.signing_key((today + timedelta(days=1)).isoformat())

    assert str(key.as_dict(private=True)["d"]) not in stored
    with pytest.raises(Exception, match="wrapped key"):
        signing_keys._unwrap(moved)


def test_signing_asks_the_key_service_once_per_process(aws: Recorder) -> None:
    _issued()
    double.new_process()
    aws.clear()

    for _ in range(10):
        _issued()

    # Today's key, and the secret that proves that it is ours: each read and unwrapped once.
    assert aws.names.count("kms.Decrypt") == 2
    assert len(aws.names) == 4


def test_published_keys_verify_our_tokens_and_hold_no_private_part(http: Client) -> None:
    token = _issued()

    reply = http.get("/v1/auth/jwks")
    (published,) = reply.json()["keys"]

    assert reply.header("Cache-Control") == "public, max-age=300"
    assert set(published) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    key = ECKey.import_key(published)
    assert jws.deserialize_compact(token, key, algorithms=["ES256"]).payload


def test_store_that_is_down_is_not_a_denial(faults: Faults) -> None:
    token = _issued()
    double.new_process()
    faults.on("dynamodb.GetItem", "before", nth=0)

    with pytest.raises(StoreUnavailable):
        _decision(token)


def test_authorizer_alone_is_importable_and_light() -> None:
    heavy = ("aws_encryption_sdk", "aws_cryptographic_material_providers", "pydantic", "app")
    program = (
        "import sys; import chalicelib.identity.authorizer as a; assert a.authorize;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=True,
    )

    assert run.stdout.strip() == "[]"
