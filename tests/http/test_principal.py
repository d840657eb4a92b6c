"""A caller is what a signature proved, for as long as it said, plus a minute of other clocks."""

from datetime import timedelta

import pytest
import time_machine

from chalicelib.core import clock as product_clock
from chalicelib.core.errors import Unauthenticated
from chalicelib.http.endpoint import Call, NoQuery
from chalicelib.http.principal import SKEW_SECONDS, ActorKind, from_context

CONTEXT = {"kind": "person", "id": "A" * 26, "session": "B" * 26, "exp": str(2**40)}


def test_a_context_of_strings_is_read(clock: time_machine.Traveller) -> None:
    del clock
    principal = from_context(CONTEXT)
    assert (principal.kind, principal.id, principal.expires_at) == (
        ActorKind.PERSON,
        "A" * 26,
        2**40,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "admin"},
        {"kind": "Person"},
        {"id": ""},
        {"id": "short"},
        {"id": "A" * 27},
        {"id": "A" * 25 + "#"},
        {"id": "A" * 26 + "\n"},
        {"id": "１" * 11},
        {"session": "short"},
        {"session": "b" * 26},
        {"exp": "soon"},
        {"exp": "1e9"},
        {"exp": ""},
        {"generation": "x"},
    ],
)
def test_a_context_of_another_shape_is_nobody(changes: dict[str, str]) -> None:  # A26
    with pytest.raises(Unauthenticated):
        from_context(CONTEXT | changes)


@pytest.mark.parametrize("missing", list(CONTEXT))
def test_a_context_with_a_part_missing_is_nobody(missing: str) -> None:
    with pytest.raises(Unauthenticated):
        from_context({name: value for name, value in CONTEXT.items() if name != missing})


def test_a_token_is_good_a_minute_after_its_end_and_no_more(  # A27
    clock: time_machine.Traveller,
) -> None:
    ends = product_clock.epoch(product_clock.now())
    context = CONTEXT | {"exp": str(ends)}
    clock.shift(timedelta(seconds=SKEW_SECONDS))
    assert from_context(context)
    clock.shift(timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        from_context(context)


def test_nobody_is_known_on_a_public_route() -> None:
    call = Call(caller=None, path={}, query=NoQuery(), body=None, raw=b"", headers={})
    with pytest.raises(Unauthenticated):
        _ = call.principal
