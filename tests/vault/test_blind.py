"""Blind indexes and tokens: stable, versioned, separate by label, and closed to anybody else."""

import re
import secrets

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chalicelib.core import aws
from chalicelib.core.errors import Unavailable
from chalicelib.vault import blind
from chalicelib.vault.errors import KeyMissing, Tampered
from tests.vault.host import PREFIX, Host

SHARED = hypothesis_settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
KEY = {"pk": {"S": "SECRET#1"}, "sk": {"S": "SECRET"}}


@pytest.fixture
def secret(host: Host) -> Host:
    blind.ensure_secret()
    host.calls.clear()
    return host


@pytest.mark.usefixtures("secret")
def test_an_index_is_the_same_in_every_process() -> None:
    first = blind.blind("ins", "255069999999934")
    blind.forget()
    assert blind.blind("ins", "255069999999934") == first
    assert re.fullmatch(r"1\.[a-z2-7]{32}", first)


@pytest.mark.usefixtures("secret")
def test_an_index_depends_on_value_and_label_and_shows_neither() -> None:
    values = [blind.blind(label, v) for label in ("ins", "mail") for v in ("", "a", "255069999")]
    assert len(set(values)) == 6
    assert not any("255069999" in value for value in values)


@pytest.mark.usefixtures("secret")
def test_keys_of_two_labels_or_uses_are_unrelated() -> None:
    keys = {blind.token_key("cursor"), blind.token_key("handle"), blind.token_key("")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
    assert blind.token_key("cursor") == blind.token_key("cursor")


def test_creating_the_secret_twice_keeps_the_first(secret: Host) -> None:
    before = blind.blind("ins", "1")
    blind.ensure_secret()
    blind.forget()
    assert blind.blind("ins", "1") == before
    assert secret.calls["PutItem"] == 1


def test_creating_the_secret_with_the_host_down_is_unavailable(host: Host) -> None:
    for operation in ("GenerateDataKeyWithoutPlaintext", "PutItem"):
        host.fail(operation)
        with pytest.raises(Unavailable):
            blind.ensure_secret()
    host.refuse("PutItem", "AccessDeniedException")
    with pytest.raises(Unavailable):
        blind.ensure_secret()


@pytest.mark.usefixtures("host")
def test_two_installations_have_unrelated_secrets() -> None:
    blind.ensure_secret()
    first = blind.blind("ins", "1")
    aws.client("dynamodb").delete_item(TableName=f"{PREFIX}-identity", Key=KEY)
    blind.forget()
    blind.ensure_secret()
    assert blind.blind("ins", "1") != first


def test_the_secret_is_unwrapped_once_per_process(secret: Host) -> None:
    calls = secret.measure(
        lambda: [blind.blind("ins", "1"), blind.token_key("a"), blind.seal_token("b", b"", b"")]
    )
    assert calls == {"GetItem": 1, "Decrypt": 1}
    assert secret.measure(lambda: blind.blind("mail", "1")) == {}


@pytest.mark.parametrize("operation", ["Decrypt", "GetItem"])
def test_with_the_host_down_a_cold_process_waits_and_a_warm_one_serves(  # R10
    operation: str, secret: Host
) -> None:
    known = blind.blind("ins", "1")
    secret.down(operation)
    assert blind.blind("ins", "1") == known
    blind.forget()
    with pytest.raises(Unavailable):
        blind.blind("ins", "1")
    secret.up()
    assert blind.blind("ins", "1") == known


@pytest.mark.usefixtures("host")
def test_without_a_secret_nothing_is_derived() -> None:
    with pytest.raises(KeyMissing):
        blind.blind("ins", "1")


@pytest.mark.usefixtures("secret")
def test_a_secret_altered_in_its_row_is_tampered() -> None:
    dynamodb = aws.client("dynamodb")
    row = dynamodb.get_item(TableName=f"{PREFIX}-identity", Key=KEY)["Item"]
    wrapped = bytearray(row["wrapped"]["B"])
    wrapped[-1] ^= 1
    dynamodb.put_item(TableName=f"{PREFIX}-identity", Item=row | {"wrapped": {"B": bytes(wrapped)}})
    with pytest.raises(Tampered):
        blind.blind("ins", "1")


@SHARED
@given(payload=st.binary(max_size=300), aad=st.binary(max_size=50))
@pytest.mark.usefixtures("secret")
def test_tokens_come_back_as_they_were(payload: bytes, aad: bytes) -> None:
    token = blind.seal_token("handle", payload, aad)
    assert re.fullmatch(r"1\.[0-9A-Za-z_-]+", token)
    assert blind.open_token("handle", token, aad) == payload
    assert blind.seal_token("handle", payload, aad) != token


@pytest.mark.usefixtures("secret")
def test_a_token_opens_under_its_label_and_data_only() -> None:
    token = blind.seal_token("handle", b"x", b"org-1")
    for label, aad in (("cookie", b"org-1"), ("handle", b"org-2"), ("handle", b"")):
        with pytest.raises(ValueError, match="token"):
            blind.open_token(label, token, aad)


@pytest.mark.usefixtures("secret")
def test_a_token_changed_in_any_character_is_refused() -> None:
    token = blind.seal_token("handle", b"some payload", b"")
    for place in range(len(token)):
        for character in {"A", "_", "1", "=", " ", "\n", "é"} - {token[place]}:
            with pytest.raises(ValueError):  # noqa: PT011  any message: the caller shows none
                blind.open_token("handle", token[:place] + character + token[place + 1 :], b"")
    for cut in range(len(token)):
        with pytest.raises(ValueError):  # noqa: PT011  idem
            blind.open_token("handle", token[:cut], b"")


@pytest.mark.usefixtures("secret")
def test_a_token_has_one_spelling() -> None:
    token = blind.seal_token("handle", b"some payload", b"")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare_bit_set = alphabet[alphabet.index(token[-1]) + 1]
    for same in (token + "\n" * 4, token[:-1] + spare_bit_set, token + "===="):
        with pytest.raises(ValueError, match="token"):
            blind.open_token("handle", same, b"")


@SHARED
@given(text=st.text(max_size=100) | st.text("1._-AZaz09=", max_size=100).map("1.".__add__))
@pytest.mark.usefixtures("secret")
def test_text_that_is_not_a_token_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any message: the caller shows none
        blind.open_token("handle", text, b"")


@pytest.mark.usefixtures("secret")
def test_a_token_shows_nothing_of_its_payload() -> None:
    marker = secrets.token_hex(8)
    token = blind.seal_token("handle", marker.encode() * 4, b"")
    assert marker not in token
