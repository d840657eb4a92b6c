"""The gate of JSON bodies: bounded and unambiguous, or a 4xx with a reason (A33)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import Invalid, TooLarge
from chalicelib.http import body


def refusal(raw: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        body.parse(raw)
    (error,) = caught.value.errors
    assert caught.value.slug == "invalid-json"
    return error.code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "syntax"),
        (b"   ", "syntax"),
        (b"{", "syntax"),
        (b'{"a":1}x', "syntax"),
        (b"{'a':1}", "syntax"),
        (b'{"a":1,}', "syntax"),
        (b"\xef\xbb\xbf{}", "syntax"),
        (b'{"a":"\x01"}', "syntax"),
        (b'{"a":"\\x"}', "syntax"),
        (b'{"a":01}', "syntax"),
        (b"\xff\xfe{\x00}\x00", "encoding"),
        ('{"a":"é"}'.encode("latin-1"), "encoding"),
        ('{"a":"é"}'.encode("utf-16"), "encoding"),
        (b'{"a":"\xed\xa0\x80"}', "encoding"),
        (b'{"a":"\\ud800"}', "lone_surrogate"),
        (b'{"\\udfff":1}', "lone_surrogate"),
        (b'[["\\udc00x"]]', "lone_surrogate"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b'{"a":{"b":1,"b":1}}', "duplicate_key"),
        (b'{"a":1,"\\u0061":2}', "duplicate_key"),
        (b'{"a":NaN}', "not_a_number"),
        (b'{"a":Infinity}', "not_a_number"),
        (b'{"a":-Infinity}', "not_a_number"),
        (b'{"a":1e999}', "not_a_number"),
        (b'{"a":-1e999}', "not_a_number"),
        (b'{"a":' + b"9" * 33 + b"}", "number_too_long"),
        (b'{"a":' + b"9" * 5000 + b"}", "number_too_long"),
        (b'{"a":0.' + b"1" * 40 + b"}", "number_too_long"),
        (b"[" * 33 + b"]" * 33, "too_deep"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (json.dumps({str(n): n for n in range(2001)}).encode(), "too_many_keys"),
        (json.dumps([{"a": 1}] * 2001).encode(), "too_many_keys"),
        (json.dumps([0] * 10_000).encode(), "too_many_marks"),
        (b'{"a":[' + b'"",' * 1_400_000, "too_many_marks"),
        (b"[]" * 2_000_000, "too_many_marks"),
        (b'"" ' * 1_000_000, "too_many_marks"),
        # An end of each string is looked for once, though every quote might begin one.
        (b'"' + b'\\"' * 2_000_000, "syntax"),
        (b'"\\', "syntax"),
    ],
)
def test_a_hostile_body_is_refused_with_its_reason(raw: bytes, code: str) -> None:
    assert refusal(raw) == code


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"null",
        b"[" * 32 + b"]" * 32,
        b'{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}',
        b'{"a":"\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}',
        b'{"a":"\\\\","b":[]}',
        json.dumps({str(n): n for n in range(2000)}).encode(),
        json.dumps([0] * 9_999).encode(),
        b'{"a":' + b"9" * 32 + b"}",
        b'{"a":"\\ud83d\\ude00"}',
        '{"a":"é\u202e"}'.encode(),
    ],
)
def test_a_body_within_the_bounds_passes_unchanged(raw: bytes) -> None:
    assert body.parse(raw) == raw.decode()


def test_a_body_of_the_limit_passes_and_one_byte_more_does_not() -> None:
    padding = b" " * (body.MAX_BYTES - 2)
    assert body.parse(b"{}" + padding)
    with pytest.raises(TooLarge) as caught:
        body.parse(b"{} " + padding)
    assert caught.value.extra == {"limit_bytes": body.MAX_INLINE_BYTES}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)


@pytest.mark.slow
@given(_JSON)
def test_ordinary_json_passes(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert json.loads(body.parse(text.encode())) == value


@given(
    st.binary(max_size=200)
    | st.text(alphabet='{}[]",:\\u0019eEd-.xN ', max_size=80).map(str.encode)
)
def test_any_bytes_are_json_or_an_invalid_body(raw: bytes) -> None:
    try:
        text = body.parse(raw)
    except Invalid:
        return
    text.encode()
    json.loads(text)
