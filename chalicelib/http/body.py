"""The one gate through which JSON bodies pass before anything looks at them (A33).

It bounds bytes, depth, marks, keys and the length of numbers, and refuses what JSON parsers
disagree on: duplicate keys, NaN, lone surrogates, other encodings than UTF-8.
"""

import json
import math
import re
from typing import Any, Final, NoReturn

from chalicelib.core.errors import FieldError, Invalid, TooLarge

MAX_INLINE_BYTES: Final = 3 * 1024 * 1024
MAX_BYTES: Final = 4_400_000  # that much content in base64, and its metadata
MAX_DEPTH: Final = 32
MAX_MARKS: Final = 10_000  # strings, commas and brackets: no body of ours comes near
MAX_KEYS: Final = 2_000
MAX_NUMBER: Final = 32
# A string that nothing ends goes to the end of the text, so that it is looked at once.
_MARK: Final = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_OPENING: Final = frozenset("[{")
_CLOSING: Final = frozenset("]}")


def parse(raw: bytes, most: int = MAX_BYTES) -> str:
    """Return the text of a body that is safe to hand to a JSON parser.

    Raises:
        TooLarge: more than `most` bytes. Only a file in base64 comes near `MAX_BYTES`: the limit
            of its content is said.
        Invalid: not JSON as RFC 8259 wants it, or beyond our bounds; the code says which.
    """
    if len(raw) > most:
        raise TooLarge(limit_bytes=min(most, MAX_INLINE_BYTES))
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        _refuse("encoding")
    _check_marks(text)
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


def _check_marks(text: str) -> None:
    depth = 0
    for count, mark in enumerate(_MARK.finditer(text), start=1):
        if mark[0] in _OPENING:
            depth += 1
        elif mark[0] in _CLOSING:
            depth -= 1
        if depth > MAX_DEPTH:
            _refuse("too_deep", limit=MAX_DEPTH)
        if count > MAX_MARKS:
            _refuse("too_many_marks", limit=MAX_MARKS)


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
