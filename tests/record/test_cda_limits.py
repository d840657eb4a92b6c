"""CDA documents made to hurt their reader: too long for an answer, or holding what could run."""

import json

from chalicelib.identity import spaces
from chalicelib.identity.model import Person
from tests.builders import Actor, a_laboratory
from tests.http_client import Client, Reply
from tests.record.cda.samples import DOMINIQUE, DOMINIQUE_INS, a_cda
from tests.record.test_documents import check_content_headers, deposit, handle_of

ANSWER_BYTES = 6 * 1024 * 1024  # what a Lambda function may answer
SCRIPT = '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'


def _deposited(http: Client, narrative: str) -> tuple[Actor, Reply]:
    identity = Person(DOMINIQUE, DOMINIQUE_INS, "1.2.250.1.213.1.4.10")
    spaces.open_space(identity)
    laboratory = a_laboratory()
    content = a_cda(sections=[("Bilan", narrative)])
    handle = handle_of(http, laboratory, identity)
    return laboratory, deposit(http, laboratory, handle, content)


def test_a_narrative_too_long_for_one_answer_is_refused_at_deposit(http: Client) -> None:
    _, reply = _deposited(http, "é" * 1_000_000)

    assert (reply.status, reply.problem) == (422, "document-refused")
    assert reply.json()["reason"] == "cda_too_long"
    assert reply.json()["detail"].startswith("Ce document CDA est trop long pour être affiché. ")


def test_the_longest_narrative_that_enters_fits_one_answer(http: Client) -> None:
    laboratory, made = _deposited(http, "é" * 999_000)
    assert made.status == 201, made.body

    read = http.get(f"{made.header('Location')}/narrative", as_=laboratory.principal)

    answer = {"statusCode": read.status, "headers": read.headers, "body": read.body.decode()}
    assert read.status == 200
    assert len(json.dumps(answer)) < ANSWER_BYTES
    assert read.body.decode().count("é") == 999_000


def test_a_script_in_a_narrative_is_words_on_screen_and_a_download_in_the_original(
    http: Client,
) -> None:
    laboratory, made = _deposited(http, f"avant {SCRIPT} après")
    at = made.header("Location")

    shown = http.get(f"{at}/narrative", as_=laboratory.principal).json()
    original = http.get(f"{at}/content", as_=laboratory.principal)

    (block,) = shown["sections"][0]["blocks"]
    assert [run["type"] for run in block["runs"]] == ["text"] * len(block["runs"])
    assert "".join(run["text"] for run in block["runs"]) == "avant alert(1) après"
    assert b"<script" in original.body
    check_content_headers(original, "text/xml", "attachment")  # A19
