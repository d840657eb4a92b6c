"""Hostile files through the whole application: refused in French, nothing kept, all still works.

Abuse cases A17 to A21; the files are those of `tests/storage/hostile.py`.
"""

import base64
import json

import pytest

from chalicelib.core import aws
from chalicelib.core.settings import settings
from chalicelib.storage.refusals import SENTENCES, Code
from tests.builders import Patient, a_draft, a_pdf, a_person
from tests.http_client import Client, Reply
from tests.storage.hostile import HOSTILE, HOSTILE_NAMES, LIMIT, Hostile

_INLINE = 3 * 1024 * 1024
# Written by hand: what a person reads first.
FIRST_WORDS = {
    Code.EMPTY: "Ce fichier est vide.",
    Code.TOO_LARGE: "Ce fichier est trop gros\u00a0: la limite est de 4\u00a0Mo.",
    Code.TYPE_UNSUPPORTED: "Ce type de fichier n’est pas accepté.",
    Code.ARCHIVE: "Ce fichier est une archive ZIP, ou un document de bureautique autre que Word",
    Code.TYPE_MISMATCH: "Le contenu du fichier ne correspond pas",
    Code.MARKUP: "Les pages web et les images SVG ne sont pas acceptées",
    Code.LEADING_DATA: "Ce fichier contient des données avant le début",
    Code.TRAILING_DATA: "Ce fichier contient des données après la fin",
    Code.POLYGLOT: "Ce fichier mélange plusieurs formats",
    Code.TEXT_CONTROL: "Ce texte contient des caractères invisibles",
    Code.IMAGE_DAMAGED: "Cette image est abîmée ou incomplète.",
    Code.IMAGE_TOO_BIG: "Cette image est trop grande\u00a0: 100 millions de pixels au plus.",
    Code.PDF_DAMAGED: "Ce PDF est abîmé ou incomplet.",
    Code.PDF_ENCRYPTED: "Ce PDF est protégé par un mot de passe",
    Code.PDF_ACTIVE: "Ce PDF contient des éléments actifs",
    Code.PDF_ATTACHMENT: "Ce PDF contient d’autres fichiers en pièce jointe.",
    Code.PDF_PAGES: "Ce PDF a trop de pages\u00a0: ",
    Code.PDF_EXPANDS: "Le contenu de ce PDF est trop volumineux",
    Code.PDF_COMPLEX: "Ce PDF est trop complexe",
    Code.XML_DAMAGED: "Ce document CDA est mal formé",
    Code.XML_DTD: "Ce document CDA contient une définition de type (DTD)",
    Code.XML_INCLUDE: "Ce document CDA inclut d’autres fichiers (XInclude)",
    Code.XML_ENCODING: "L’encodage de ce document CDA n’est pas accepté.",
    Code.XML_DEPTH: "Ce document CDA a trop de niveaux imbriqués\u00a0: 100 au plus.",
    Code.XML_COMPLEX: "Ce document CDA est trop complexe",
    Code.IMAGE_PAGES: "Cette image a trop de pages\u00a0: 200 au plus.",
    Code.IMAGE_VARIANT: "Cette image est d’une variante peu répandue",
    Code.OFFICE_DAMAGED: "Ce document de traitement de texte est abîmé ou mal formé.",
    Code.OFFICE_OLD: "Ce document est d’un ancien format (DOC, XLS…), ou protégé par un mot",
    Code.OFFICE_MACROS: "Ce document contient des macros, c’est-à-dire un programme.",
    Code.OFFICE_OBJECT: "Ce document contient d’autres fichiers (objet, tableur,",
    Code.OFFICE_EXTERNAL: "Ce document va chercher un contenu ailleurs",
    Code.OFFICE_FIELD: "Ce document contient un champ qui peut agir",
    Code.OFFICE_PICTURE: "Ce document contient une image abîmée, ou d’un autre format",
    Code.OFFICE_EXPANDS: "Le contenu de ce document est trop volumineux une fois décompressé.",
    Code.OFFICE_COMPLEX: "Ce document est trop complexe pour être vérifié.",
    Code.CDA_TOO_LONG: "Ce document CDA est trop long pour être affiché.",
}
# The figures each sentence says.
FIGURES: dict[Code, dict[str, int]] = {
    Code.TOO_LARGE: {"limit_mib": 4},
    Code.IMAGE_TOO_BIG: {"limit_millions": 100},
    Code.PDF_PAGES: {"limit": 2000},
    Code.IMAGE_PAGES: {"limit": 200},
    Code.XML_DEPTH: {"limit": 100},
}


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
    if len(hostile.content_factory()) > LIMIT:  # the gate of the body, before anybody inspects
        said = "Le contenu dépasse la limite de 4\u00a0Mo. Rien n’a été enregistré."
        return (reply.status, reply.problem, told["detail"]) == (413, "too-large", said)
    figures = FIGURES.get(hostile.code, {})
    sentence = SENTENCES[hostile.code].french.format_map(figures)
    is_french = told["detail"].startswith(FIRST_WORDS[hostile.code])
    same = (told["reason"], told["detail"]) == (hostile.code.value, sentence)
    return (reply.status, reply.problem) == (422, "document-refused") and same and is_french


@pytest.mark.slow
def test_each_hostile_file_is_refused_in_french_and_nothing_is_kept(http: Client) -> None:
    person = a_person()
    path = f"/v1/patients/{person.pid}/documents"

    wrong, kept = {}, []
    for n, hostile in enumerate(HOSTILE):
        reply = _send(http, person, hostile, n)
        normal = http.post(
            path,
            as_=person.principal,
            json=a_draft(a_pdf(hostile.name), type_code="DOCPAT05"),
            headers={"Idempotency-Key": f"normal-{n:03d}"},
        )
        kept.append(normal.json().get("id"))
        if not _is_as_expected(reply, hostile) or normal.status != 201:
            wrong[hostile.name] = reply.body, normal.body

    assert wrong == {}
    listed = http.get(f"{path}?limit=100", as_=person.principal).json()["items"]
    assert [item["id"] for item in listed] == kept[::-1]
    assert len(_objects()) == len(kept)


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


def _titled(title: str) -> bytes:
    return json.dumps(a_draft(type_code="DOCPAT05", title=title)).encode()


_UNSEEN = "Retirez les caractères invisibles ou de contrôle."
_DEEP = "Plus de 32 niveaux imbriqués."


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        (_titled("a\r\nSet-Cookie: vol=1"), "/title", _UNSEEN),
        (_titled("facture\u202efdp.exe"), "/title", _UNSEEN),
        (_titled("avis\u2066"), "/title", _UNSEEN),
        (_titled("\u3164\u3164"), "/title", _UNSEEN),
        (_titled("\u2800"), "/title", _UNSEEN),
        (b'{"title":' * 3_000 + b"1" + b"}" * 3_000, "", _DEEP),
        (b'{"title":"x","content":' + b"[" * 15_000 + b"]" * 15_000 + b"}", "", _DEEP),
    ],
    ids=["lines", "turned", "isolated", "filler", "blank", "nested objects", "nested lists"],
)
def test_a_title_that_deceives_and_a_body_that_nests_are_refused_in_french_and_nothing_is_kept(
    http: Client, body: bytes, pointer: str, said: str
) -> None:
    person = a_person()
    path = f"/v1/patients/{person.pid}/documents"
    headers = {"Idempotency-Key": "hostile-1", "Content-Type": "application/json"}

    refused = http.post(path, as_=person.principal, body=body, headers=headers)
    empty = http.get(path, as_=person.principal).json()["items"], _objects()
    # With the same key: the refusal holds no place.
    normal = http.post(
        path,
        as_=person.principal,
        json=a_draft(type_code="DOCPAT05"),
        headers={"Idempotency-Key": "hostile-1"},
    )

    (error,) = refused.json()["errors"]
    assert (refused.status, error["pointer"], error["detail"]) == (422, pointer, said)
    assert empty == ([], [])
    assert normal.status == 201
    listed = http.get(path, as_=person.principal).json()["items"]
    assert [item["id"] for item in listed] == [normal.json()["id"]]


def test_a_limit_plus_one_byte_is_refused(http: Client) -> None:
    person = a_person()
    path = f"/v1/patients/{person.pid}/documents"
    draft = a_draft(type_code="DOCPAT05") | {"content": None, "size_bytes": 25 * 1024 * 1024 + 1}

    announced = http.post(
        path, as_=person.principal, json=draft, headers={"Idempotency-Key": "too-big-1"}
    )

    assert announced.status == 422
    assert announced.json()["errors"][0]["pointer"] == "/size_bytes"


@pytest.mark.parametrize("size", [_INLINE + 1, _INLINE * 7 // 6])
def test_an_inline_content_over_the_limit_is_refused_in_mo_whatever_its_size(
    http: Client, size: int
) -> None:
    person = a_person()
    path = f"/v1/patients/{person.pid}/documents"
    within = a_draft(b"x" * _INLINE, type_code="DOCPAT05", format="text/plain")
    over = a_draft(b"x" * size, type_code="DOCPAT05", format="text/plain")

    kept, refused = (
        http.post(
            path, as_=person.principal, json=draft, headers={"Idempotency-Key": f"inline-{n}"}
        )
        for n, draft in enumerate((within, over))
    )

    assert kept.status == 201
    assert (refused.status, refused.problem) == (413, "too-large")
    said = "Le contenu dépasse la limite de 3\u00a0Mo. Rien n’a été enregistré."
    assert (refused.json()["detail"], refused.json()["limit_bytes"]) == (said, _INLINE)
