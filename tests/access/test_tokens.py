"""Handles and cursors: unreadable, unalterable, and of use to one holder only (A30)."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.access import gate, tokens
from chalicelib.core import clock as product_clock
from chalicelib.core import ids
from chalicelib.core.errors import BadRequest
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.vault import blind
from tests import double
from tests.recorder import Recorder

PID = "01J00000000000000000000000"
SCOPE = ("A" * 26, PID, "documents", "no filter")
POSITION = {"pk": {"S": f"P#{PID}"}, "sk": {"S": "DOC#1"}}
pytestmark = pytest.mark.usefixtures("aws")


def a_handle(organisation: str = "750000001") -> str:
    handle, _ = tokens.new_handle(PID, organisation, product_clock.now())
    return handle


def opened(handle: str, organisation: str = "750000001") -> str | None:
    return tokens.open_handle(handle, organisation, product_clock.now())


def altered(text: str) -> list[str]:
    """Change each character in turn; cut, and add."""
    swapped = [
        text[:n] + ("A" if text[n] != "A" else "B") + text[n + 1 :] for n in range(len(text))
    ]
    return [*swapped, text[:-1], text[:10], text + "A", text + "=", text + "\n", " " + text, ""]


def test_a_handle_stands_for_its_patient_towards_its_organisation() -> None:
    handle = a_handle()
    assert opened(handle) == PID
    assert opened(handle, "750000002") is None
    assert opened(handle, "75000000") is None


def test_a_handle_says_nothing_and_is_new_each_time() -> None:
    first, second = a_handle(), a_handle()
    assert first != second
    assert PID not in first
    assert len(first) < 400


def test_an_altered_handle_opens_nothing() -> None:
    handle = a_handle()
    others = [text for text in altered(handle) if not text.startswith("h.") or text != handle]
    assert [opened(text) for text in others] == [None] * len(others)


def test_a_handle_ends_after_fifteen_minutes(clock: time_machine.Traveller) -> None:
    handle = a_handle()
    clock.shift(timedelta(minutes=15) - timedelta(seconds=1))
    assert opened(handle) == PID
    clock.shift(timedelta(seconds=1))
    assert opened(handle) is None


def test_a_handle_survives_the_process_that_made_it() -> None:
    handle = a_handle()
    double.new_process()
    assert opened(handle) == PID


def test_a_cursor_is_not_a_handle_and_a_handle_not_a_cursor() -> None:
    cursor = blind.seal_token("cursor", b"9999999999." + PID.encode(), b"750000001")
    assert opened("h." + cursor) is None
    with pytest.raises(BadRequest):
        tokens.open_cursor(a_handle().removeprefix("h."), "750000001")


@pytest.mark.parametrize("kind", list(ActorKind))
def test_what_does_not_resolve_becomes_an_id_of_nobody(kind: ActorKind) -> None:
    actor = Principal(kind, "750000009", "B" * 26, 2**40)
    for subject in (a_handle(), "h." + "A" * 60, "h.é"):
        first, second = gate.resolve(actor, subject), gate.resolve(actor, subject)
        assert first != second
        assert ids.is_id(first)
        assert first != PID


def test_a_cursor_goes_on_from_its_place() -> None:
    cursor = tokens.new_cursor(POSITION, *SCOPE)
    assert cursor is not None
    assert tokens.open_cursor(cursor, *SCOPE) == POSITION
    assert b"DOC#" not in base64.urlsafe_b64decode(cursor.partition(".")[2] + "==")
    assert tokens.new_cursor(None, *SCOPE) is None
    assert tokens.open_cursor(None, *SCOPE) is None


def test_a_cursor_ends_after_a_day(clock: time_machine.Traveller) -> None:
    cursor = tokens.new_cursor(POSITION, *SCOPE)
    clock.shift(timedelta(days=1) - timedelta(seconds=1))
    assert tokens.open_cursor(cursor, *SCOPE) == POSITION
    clock.shift(timedelta(seconds=1))
    with pytest.raises(BadRequest) as caught:
        tokens.open_cursor(cursor, *SCOPE)
    assert caught.value.slug == "bad-cursor"


@pytest.mark.parametrize("part", range(4))
def test_a_cursor_of_another_caller_record_list_or_filter_is_refused(part: int) -> None:
    cursor = tokens.new_cursor(POSITION, *SCOPE)
    other: list[Any] = list(SCOPE)
    other[part] = "another"
    with pytest.raises(BadRequest) as caught:
        tokens.open_cursor(cursor, *other)
    assert caught.value.slug == "bad-cursor"


def test_parts_of_a_scope_do_not_run_together() -> None:
    cursor = tokens.new_cursor(POSITION, "a", "bc")
    with pytest.raises(BadRequest):
        tokens.open_cursor(cursor, "ab", "c")


def test_an_altered_cursor_is_refused() -> None:
    cursor = tokens.new_cursor(POSITION, *SCOPE)
    assert cursor is not None
    for text in altered(cursor):
        with pytest.raises(BadRequest):
            tokens.open_cursor(text, *SCOPE)


@pytest.mark.parametrize(
    "payload", [b"", b"x", b"1", b"[1]", b"{}", b'["a", {}]', b"[9999999999, 3]", b"[null, null]"]
)
def test_a_cursor_of_another_release_is_refused(payload: bytes) -> None:
    old = blind.seal_token("cursor", payload, "\n".join(SCOPE).encode())
    with pytest.raises(BadRequest) as caught:
        tokens.open_cursor(old, *SCOPE)
    assert caught.value.slug == "bad-cursor"


def test_a_handle_costs_no_call_once_the_secret_is_known(calls: Recorder) -> None:
    a_handle()
    calls.clear()
    opened(a_handle())
    assert calls.counted == {}
