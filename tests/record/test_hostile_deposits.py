"""Hostile files through the whole application: refused in French, nothing kept, all still works.

Abuse cases A17 to A21; the files are those of `tests/storage/hostile.py`.
"""

import base64

import pytest

from chalicelib.core import aws
from chalicelib.core.settings import settings
from chalicelib.storage.refusals import SENTENCES
from tests.builders import Patient, a_draft, a_pdf, a_person
from tests.http_client import Client, Reply
from tests.storage.hostile import HOSTILE, HOSTILE_NAMES, Hostile

_INLINE = 3 * 1024 * 1024


def _objects() -> list[str]:
    found = aws.client("s3").list_objects_v2(Bucket=settings().documents_bucket)
    return [item["Key"] for item in found.get("Contents", [])]


def _send(http: Client, person: Patient, hostile: Hostile, n: int) -> Reply:
    """Deposit as a client would: inline when it fits, else announced then uploaded."""
    path, content = f"/v1/patients/{person.pid}/documents", hostile.content_factory()
    headers = {"Idempotency-Key": f"hostile-{n}"}
    draft = a_draft(type_code="DOCPAT05", format=hostile.declared)
    if 0 < len(content) <= _INLINE:
        draft["content"] = base64.b64encode(content).decode()
        return http.post(path, as_=person.principal, json=draft, headers=headers)
    draft |= {"content": None, "size_bytes": max(1, min(len(content), 4 * 1024 * 1024))}
    announced = http.post(path, as_=person.principal, json=draft, headers=headers)
    href = announced.json()["upload"]["href"]
    return http.put(href, as_=person.principal, body=content)


def _is_as_expected(reply: Reply, hostile: Hostile) -> bool:
    told = reply.json()
    if reply.problem == "document-refused":
        french = SENTENCES[hostile.code][0]
        is_french = told["detail"].split(" ")[0] == french.split(" ")[0]
        return reply.status == 422 and told["reason"] == hostile.code.value and is_french
    return reply.problem in {"too-large", "invalid"} and 400 <= reply.status < 500


def test_each_hostile_file_is_refused_in_french_and_nothing_is_kept(http: Client) -> None:
    person = a_person()
    path = f"/v1/patients/{person.pid}/documents"

    replies = {hostile.name: _send(http, person, hostile, n) for n, hostile in enumerate(HOSTILE)}
    wrong = {
        hostile.name: replies[hostile.name].body
        for hostile in HOSTILE
        if not _is_as_expected(replies[hostile.name], hostile)
    }
    normal = http.post(
        path,
        as_=person.principal,
        json=a_draft(a_pdf(), type_code="DOCPAT05"),
        headers={"Idempotency-Key": "normal-01"},
    )

    assert wrong == {}
    assert normal.status == 201
    listed = http.get(path, as_=person.principal).json()["items"]
    assert [item["id"] for item in listed] == [normal.json()["id"]]
    assert len(_objects()) == 1


def test_there_are_at_least_forty_of_them() -> None:
    assert len({hostile.name for hostile in HOSTILE}) >= 40


def test_a_hostile_title_is_refused_or_shown_as_data_only(http: Client) -> None:
    person = a_person()
    path = f"/v1/patients/{person.pid}/documents"
    wrong = []

    for n, title in enumerate(HOSTILE_NAMES):
        draft = a_draft(type_code="DOCPAT05", title=title)
        headers = {"Idempotency-Key": f"hostile-{n}"}
        reply = http.post(path, as_=person.principal, json=draft, headers=headers)
        if reply.status == 422:
            # A lone surrogate is refused before anybody knows that it is a title.
            wrong += [] if reply.json()["errors"][0]["pointer"] in {"", "/title"} else [title]
            continue
        one = http.get(f"{path}/{reply.json()['id']}/content", as_=person.principal)
        disposition = one.header("Content-Disposition") or ""
        if set(disposition) & set("\r\n/\\\u202e\u2066") or one.header("Set-Cookie"):
            wrong.append(title)

    assert wrong == []


@pytest.mark.parametrize("title", ["a\r\nSet-Cookie: vol=1", "facture\u202efdp.exe", "avis\u2066"])
def test_a_title_that_breaks_lines_or_turns_text_around_is_refused(
    http: Client, title: str
) -> None:
    person = a_person()

    reply = http.post(
        f"/v1/patients/{person.pid}/documents",
        as_=person.principal,
        json=a_draft(type_code="DOCPAT05", title=title),
        headers={"Idempotency-Key": "hostile-1"},
    )

    assert reply.status == 422
    assert reply.json()["errors"][0]["code"] == "control_character"


def test_a_limit_plus_one_byte_is_refused(http: Client) -> None:
    person = a_person()
    path = f"/v1/patients/{person.pid}/documents"
    draft = a_draft(type_code="DOCPAT05") | {"content": None, "size_bytes": 4 * 1024 * 1024 + 1}

    announced = http.post(
        path, as_=person.principal, json=draft, headers={"Idempotency-Key": "too-big-1"}
    )

    assert announced.status == 422
    assert announced.json()["errors"][0]["pointer"] == "/size_bytes"
