"""The one gate through which JSON bodies pass before anything looks at them (A33).

It bounds bytes, depth, keys and the length of numbers, and refuses what JSON parsers disagree
on: duplicate keys, NaN, lone surrogates, other encodings than UTF-8.
"""

import json
import math
import re
from typing import Any, Final, NoReturn

from chalicelib.core.errors import FieldError, Invalid, TooLarge

MAX_INLINE_BYTES: Final = 3 * 1024 * 1024
MAX_BYTES: Final = 4_400_000  # that much content in base64, and its metadata
MAX_DEPTH: Final = 32
MAX_KEYS: Final = 2_000
MAX_NUMBER: Final = 32
_STRINGS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BRACKETS: Final = re.compile(r"[\[\]{}]")


def parse(raw: bytes) -> str:
    """Return the text of a body that is safe to hand to a JSON parser.

    Raises:
        TooLarge: more than `MAX_BYTES`. Only a file in base64 comes near: its limit is said.
        Invalid: not JSON as RFC 8259 wants it, or beyond our bounds; the code says which.
    """
    if len(raw) > MAX_BYTES:
        raise TooLarge(limit_bytes=MAX_INLINE_BYTES)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        _refuse("encoding")
    _check_depth(text)
    counter = _KeyCounter()
    try:
        value = json.loads(
            text,
            object_pairs_hook=counter.pairs,
            parse_constant=lambda _: _refuse("not_a_number"),
            parse_int=_number,
            parse_float=_number,
        )
    except json.JSONDecodeError:
        _refuse("syntax")
    _check_text(value)
    return text


class _KeyCounter:
    def __init__(self) -> None:
        self.keys = 0

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.keys += len(pairs)
        if self.keys > MAX_KEYS:
            _refuse("too_many_keys", limit=MAX_KEYS)
        found = dict(pairs)
        if len(found) != len(pairs):
            _refuse("duplicate_key")
        return found


def _check_depth(text: str) -> None:
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            _refuse("too_deep", limit=MAX_DEPTH)


def _number(text: str) -> float:
    if len(text) > MAX_NUMBER:
        _refuse("number_too_long", limit=MAX_NUMBER)
    if not any(c in text for c in ".eE"):
        return int(text)
    number = float(text)
    if math.isinf(number):
        _refuse("not_a_number")
    return number


def _check_text(value: object) -> None:
    """Refuse lone surrogates, which no UTF-8 store can hold."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            _refuse("lone_surrogate")
    elif isinstance(value, list):
        for item in value:
            _check_text(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name)
            _check_text(item)


def _refuse(code: str, **params: int) -> NoReturn:
    raise Invalid("invalid-json", errors=(FieldError("", code, params),))
