"""Seal and open: everything readable about a person passes here before any store sees it (D5).

Sealed bytes are messages of the AWS Encryption SDK with key commitment, under a data key of the
(subject, kind), itself under the subject's branch key. The caller keeps the wrapped data key, made
by `new_data_key`, in a row and gives it back to seal; opening needs only the message.
Opening buffers, verifies all, then releases. What is not promised: a whole older value put back in
its own row opens (the row's `version` and the trace are what detect that).
"""

import json
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from chalicelib.core import clock
from chalicelib.core.errors import Unavailable
from chalicelib.vault.errors import KeyMissing, Tampered
from chalicelib.vault.subjects import context

_FORMAT: Final = 1
_LIFE: Final = timedelta(days=365)
_HEAD: Final = struct.Struct(">BI")
_NAME: Final = struct.Struct(">B")


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as its row keeps it, and what it is for."""

    subject: str
    kind: str
    data_key: bytes


def new_data_key(subject: str, kind: str) -> bytes:
    """Return a new wrapped data key, to be kept in a row: opaque, without secret, dated.

    Raises:
        ValueError: not a subject, or not a kind.
        KeyMissing: the subject has no branch key.
        Unavailable: the key service or its table does not answer.
        Tampered: the subject's row in the key store is damaged.
    """
    from chalicelib.vault import sdk  # noqa: PLC0415  the SDK takes half a second to import

    keys, about = sdk.keys_of(subject), context(subject, kind)
    with _or_tampered("branch key"):
        wrapped = keys.generate(about)
    return _HEAD.pack(_FORMAT, clock.now().date().toordinal()) + wrapped


def read_ahead(wanted: Sequence[WrappedKey]) -> bool:
    """Read, in one request, the branch keys that unwrapping these will need, if any is needed.

    They stay wrapped, and serve once. Returns whether anything is left to unwrap.

    Raises:
        ValueError: not a subject.
        Tampered: not a data key.
        Unavailable: the key service's table does not answer.
    """
    from chalicelib.vault import sdk  # noqa: PLC0415  the SDK takes half a second to import

    with _or_tampered("data key"):
        return sdk.read_ahead([(key.subject, key.kind, _read(key.data_key)) for key in wanted])


def unwrap(key: WrappedKey) -> None:
    """Unwrap a data key before it is used, as its first use would. Raises as `seal`."""
    from chalicelib.vault import sdk  # noqa: PLC0415  the SDK takes half a second to import

    wrapped = _read(key.data_key)
    keys, about = sdk.keys_of(key.subject), context(key.subject, key.kind)
    with _or_tampered("data key"):
        keys.unwrap(about, wrapped)


def is_due(data_key: bytes) -> bool:
    """Tell whether a data key was made a year ago or more: new values deserve a new one (D5).

    Raises:
        Tampered: not a data key.
    """
    _read(data_key)
    _, day = _HEAD.unpack_from(data_key)
    return clock.now().date() - date.fromordinal(day) >= _LIFE


def seal(payload: bytes, *, subject: str, kind: str, data_key: bytes) -> bytes:
    """Seal bytes for a subject and kind; files too (frames of 1 MiB).

    Raises:
        ValueError: not a subject, or not a kind.
        Tampered: the data key is not of this subject and kind.
        KeyMissing: the subject's branch key is gone.
        Unavailable: the key service or its table does not answer.
    """
    from chalicelib.vault import sdk  # noqa: PLC0415  the SDK takes half a second to import

    wrapped = _read(data_key)
    keys, about = sdk.keys_of(subject), context(subject, kind)
    with _or_tampered("data key"):
        return sdk.encrypt(payload, keys, about, wrapped)


def open_(sealed: bytes, *, subject: str, kind: str) -> bytes:
    """Open what `seal` returned for the same subject and kind.

    Raises:
        ValueError: not a subject, or not a kind.
        Tampered: altered, cut, or of another subject or kind.
        KeyMissing: the subject's branch key is gone.
        Unavailable: the key service or its table does not answer.
    """
    from chalicelib.vault import sdk  # noqa: PLC0415  the SDK takes half a second to import

    keys, about = sdk.keys_of(subject), context(subject, kind)
    with _or_tampered("message"):
        return sdk.decrypt(sealed, keys, about)


def seal_named(
    content: bytes | memoryview, name: str, *, subject: str, kind: str, data_key: bytes
) -> bytes:
    """Seal bytes with a name of ours inside, so that they open under that name only.

    Raises:
        ValueError, Tampered, KeyMissing, Unavailable: as `seal`.
    """
    return seal(_named(name) + content, subject=subject, kind=kind, data_key=data_key)


def open_named(sealed: bytes | memoryview, name: str, *, subject: str, kind: str) -> bytes:
    """Open what `seal_named` returned for the same name, subject and kind.

    Raises:
        Tampered: altered, or sealed under another name.
        ValueError, KeyMissing, Unavailable: as `open_`.
    """
    content = open_(bytes(sealed), subject=subject, kind=kind)
    head = _named(name)
    if not content.startswith(head):
        raise Tampered("of another name")
    return content[len(head) :]


def _named(name: str) -> bytes:
    return _NAME.pack(len(name)) + name.encode("ascii")


def seal_row(
    value: dict[str, Any], *, subject: str, kind: str, data_key: bytes, pk: str, sk: str
) -> bytes:
    """Seal a row's JSON value with its own keys inside, so that it opens in that row only.

    Raises:
        ValueError: the value is not JSON (NaN, lone surrogate, a date not written as text).
        Tampered, KeyMissing, Unavailable: as `seal`.
    """
    payload = {"pk": pk, "sk": sk, "kind": kind, "value": value}
    try:
        text = json.dumps(
            payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
        )
    except TypeError as error:
        raise ValueError("not JSON") from error
    return seal(text.encode(), subject=subject, kind=kind, data_key=data_key)


def open_row(sealed: bytes, *, subject: str, kind: str, pk: str, sk: str) -> dict[str, Any]:
    """Open a row's value, if it was sealed for this very row.

    Raises:
        Tampered: altered, or moved from another row, kind or subject.
        KeyMissing, Unavailable: as `open_`.
    """
    text = open_(sealed, subject=subject, kind=kind)
    try:
        payload = json.loads(text)
        found = (payload["pk"], payload["sk"], payload["kind"])
        value: dict[str, Any] = payload["value"]
    except (ValueError, TypeError, KeyError) as error:
        raise Tampered("not a row") from error
    if found != (pk, sk, kind):
        raise Tampered("moved from another row")
    return value


@contextmanager
def _or_tampered(what: str) -> Iterator[None]:
    """Give one name to whatever the SDK's parsers raise on altered bytes."""
    try:
        yield
    except (Tampered, KeyMissing, Unavailable):
        raise
    except Exception as error:
        raise Tampered(what) from error


def _read(data_key: bytes) -> bytes:
    """Return the wrapped key, of a data key whose format and day can be read."""
    try:
        version, day = _HEAD.unpack_from(data_key)
        date.fromordinal(day)
    except (struct.error, ValueError, OverflowError) as error:
        raise Tampered("data key") from error
    if version != _FORMAT:
        raise Tampered("data key")
    return data_key[_HEAD.size :]
