"""Nothing said of a person can be read outside the answers to those who may (D13, A35, A46).

The whole story is played with words planted in every field; then every byte stored, queued,
logged, mailed or answered as a problem is searched for them, in several encodings.
"""

import base64
import gzip
import zlib
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine

from chalicelib.core.rows import table_name
from tests import double
from tests.contracts.markers import MARKERS, forms, hunt
from tests.contracts.planted_story import cast_with_markers, play
from tests.http_client import Client


def texts_of_mails() -> dict[str, Any]:
    """Return the mails without the line that says to whom."""
    found: dict[str, Any] = {}
    for number, mail in enumerate(double.mails()):
        raw = mail.raw_data if isinstance(mail.raw_data, bytes) else mail.raw_data.encode()
        message = message_from_bytes(raw, policy=policy.default)
        del message["To"]
        found[f"mail {number}"] = [message.as_bytes(), message.get_content()]
    return found


def stored() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table, items in double.tables().items():
        found |= {f"{table} {pk} {sk}": [pk, sk, item] for (pk, sk), item in items.items()}
    for name, content in double.objects().items():
        found[f"object {name}"] = [name, content]
    found["queue"] = double.messages()
    return found


@pytest.mark.slow
def test_no_planted_word_can_be_read_outside_the_answers(
    clock: time_machine.Traveller,
    aws: object,
    http: Client,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    del aws
    cast = cast_with_markers(monkeypatch)
    numbers = {
        "national number": cast.person.identity.ins.matricule[:13],
        "national number of a child": cast.child.identity.ins.matricule[:13],
    }
    seen = play(cast, http, clock)
    written = capfd.readouterr()

    inside = {"answers": [*seen.good, *map(unfolded, seen.good)]}
    shown = {one.split(" in ")[0] for one in hunt(inside, MARKERS)}
    assert shown == set(MARKERS) - {"e-mail address"}, "the story shows every planted word"

    outside = stored() | texts_of_mails()
    outside["log"] = [written.out, written.err, *written.out.splitlines()]
    outside["queued"] = seen.queued
    outside["headers"] = seen.headers
    outside["problems"] = seen.problems
    assert len(outside) > 40
    assert hunt(outside, MARKERS | numbers | seen.answered) == []


def unfolded(body: bytes) -> bytes:
    """Return a PDF's streams, which are compressed, or nothing."""
    found = b""
    for part in body.split(b"stream")[1:]:
        try:
            found += zlib.decompress(part.strip())
        except zlib.error:
            continue
    return found


@pytest.mark.parametrize("form", list(forms("x")))
def test_the_hunt_finds_a_word_planted_in_each_form(form: str) -> None:
    word = MARKERS["title"]
    for shift in range(4):
        hidden = {
            "UTF-16LE": word.encode("utf-16-le"),
            "UTF-16BE": word.encode("utf-16-be"),
            "hexadecimal": word.encode().hex().encode(),
            "reversed": word.encode()[::-1],
            "upper case": word.upper().encode(),
            "lower case": word.lower().encode(),
        }.get(form, word.encode())
        raw = b"x" * shift + hidden
        if form.startswith("base64"):
            inner = word.encode("utf-16-le") if "UTF-16" in form else word.encode()
            raw = base64.b64encode(b"x" * shift + inner)
        found = hunt({"row": {"a": {"S": "y"}, "b": {"B": raw}}}, {"title": word})
        assert found, (form, shift)


def test_the_hunt_finds_a_word_in_a_stored_row_an_object_and_a_message(aws: object) -> None:
    """A positive control in the very places that are searched."""
    del aws
    from chalicelib.core import aws as cloud  # noqa: PLC0415  the fixture has this name

    word = MARKERS["comment of a report"]
    cloud.client("dynamodb").put_item(
        TableName=table_name("record"),
        Item={
            "pk": {"S": "P"},
            "sk": {"S": "S"},
            "kind": {"S": "x"},
            "sealed": {"B": word.encode()},
        },
    )
    cloud.client("s3").put_object(
        Bucket="carnet-test-documents", Key="k", Body=word.encode("utf-16")
    )
    double.put_messages([f'{{"a": "{base64.b64encode(word.encode()).decode()}"}}'])
    places = " ".join(hunt(stored(), {"comment": word}))
    assert "carnet-test-record" in places
    assert "object" in places
    assert "queue" in places


def test_nothing_is_found_where_nothing_was_planted() -> None:
    assert hunt({"a": [gzip.compress(b"nothing"), {"b": "cGxhaW4="}]}, MARKERS) == []
