"""Deposits and joined files under a scanner: what it says is kept; no answer, no deposit."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest

from chalicelib.core import aws
from chalicelib.core.settings import settings
from chalicelib.identity import spaces
from chalicelib.identity.model import Person
from tests.builders import Actor, a_draft, a_laboratory, a_pdf, a_person
from tests.http_client import Client, Reply
from tests.messaging.correspondence import attach, begun, joined, page, path, send
from tests.messaging.test_attachments import save, saved_document
from tests.record.cda.samples import DOMINIQUE, DOMINIQUE_INS, a_cda, a_media_entry, an_embedded
from tests.record.test_documents import deposit, handle_of
from tests.storage.scanners import EICAR, fake_clamd, knowing, real_clamd, received, saying
from tests.worlds import World

VERSION = b"1: ClamAV 1.4.6/27500/Thu Nov 26 09:23:41 2026\0"
CLEAN = {"verdict": "clean", "engine": "ClamAV 1.4.6/27500"}
NOT_SCANNED = {"verdict": "not_scanned", "engine": None}
KEY = {"Idempotency-Key": "scanned-0001"}
Use = Callable[[AbstractContextManager[str]], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    with ExitStack() as stack:

        def started(scanner: AbstractContextManager[str]) -> None:
            monkeypatch.setenv("CLAMD_ADDRESS", stack.enter_context(scanner))
            settings.cache_clear()

        yield started
    monkeypatch.undo()
    settings.cache_clear()


def _kept() -> list[str]:
    found = aws.client("s3").list_objects_v2(Bucket=settings().documents_bucket)
    return [item["Key"] for item in found.get("Contents", [])]


def _send(http: Client, person: Any, content: bytes) -> Reply:
    target = f"/v1/patients/{person.pid}/documents"
    draft = a_draft(content, type_code="DOCPAT05")
    return http.post(target, as_=person.principal, json=draft, headers=KEY)


def test_a_clean_document_keeps_who_scanned_it(http: Client, use: Use) -> None:
    use(fake_clamd(saying(VERSION + b"2: stream: OK\0")))
    person = a_person()
    made = _send(http, person, a_pdf())
    target = f"/v1/patients/{person.pid}/documents/{made.json()['id']}"
    assert made.json()["antivirus"] == CLEAN
    assert http.get(target, as_=person.principal).json()["antivirus"] == CLEAN


def test_without_a_scanner_the_document_says_so(http: Client) -> None:
    made = _send(http, a_person(), a_pdf())
    assert made.json()["antivirus"] == NOT_SCANNED


def test_a_virus_is_refused_in_words_kept_nowhere_and_told_to_the_operator(
    http: Client, use: Use, capsys: pytest.CaptureFixture[str]
) -> None:
    use(fake_clamd(saying(VERSION + b"2: stream: Win.Test.EICAR_HDB-1 FOUND\0")))
    person = a_person()
    reply = _send(http, person, a_pdf("CANARY words"))
    told = reply.json()
    assert (reply.status, reply.problem, told["reason"]) == (422, "document-refused", "virus_found")
    assert told["detail"].startswith("L’antivirus a reconnu un virus dans ce fichier\u00a0: ")
    assert "Win.Test" not in str(told)
    assert _kept() == []
    logged = capsys.readouterr().out
    assert '"event":"infected"' in logged
    assert '"reason":"Win.Test.EICAR_HDB-1"' in logged
    assert "CANARY" not in logged
    listed = http.get(f"/v1/patients/{person.pid}/documents", as_=person.principal)
    assert listed.json()["items"] == []


def test_no_answer_lets_nothing_in_and_the_same_request_serves_later(
    http: Client, use: Use
) -> None:
    person = a_person()
    use(fake_clamd(saying(b"")))
    refused = _send(http, person, a_pdf())
    assert (refused.status, refused.problem) == (503, "unavailable")
    assert refused.header("Retry-After") == "30"
    assert _kept() == []
    use(fake_clamd(saying(VERSION + b"2: stream: OK\0")))
    assert _send(http, person, a_pdf()).status == 201


def test_what_is_refused_for_its_structure_is_not_sent_to_the_scanner(
    http: Client, use: Use
) -> None:
    seen: list[bytes] = []
    use(fake_clamd(lambda connection, _: seen.append(received(connection))))
    assert _send(http, a_person(), b"<html><script>1</script></html>").status == 422
    assert seen == []


@pytest.fixture
def known(http: Client) -> tuple[Actor, str]:
    """A laboratory, and its handle of the person the sample documents are of."""
    identity = Person(DOMINIQUE, DOMINIQUE_INS, "1.2.250.1.213.1.4.10")
    spaces.open_space(identity)
    laboratory = a_laboratory()
    return laboratory, handle_of(http, laboratory, identity)


def test_a_file_inside_a_cda_is_scanned_too(
    http: Client, use: Use, known: tuple[Actor, str]
) -> None:
    use(real_clamd())
    for content, status, reason in ((EICAR, 422, "virus_found"), (b"Bonjour", 201, None)):
        document = a_cda(body=an_embedded(content, "text/plain"))
        reply = deposit(http, *known, document)
        assert (reply.status, reply.json().get("reason")) == (status, reason), reply.body


def test_a_file_inside_is_scanned_even_if_it_is_never_shown(
    http: Client, use: Use, known: tuple[Actor, str]
) -> None:
    use(fake_clamd(knowing(EICAR, VERSION)))
    program = b"MZ\0\0" + EICAR
    hidden = a_media_entry("piece", program, "image/png")
    document = a_cda(sections=[("Pièce", "Bonjour")], entries=hidden)
    assert EICAR not in document
    reply = deposit(http, *known, document)
    assert (reply.status, reply.json()["reason"]) == (422, "virus_found")
    assert _kept() == []
    harmless = a_cda(
        sections=[("Pièce", "Bonjour")], entries=a_media_entry("piece", b"MZ\0\0", "image/png")
    )
    assert deposit(http, *known, harmless).status == 201


def test_what_is_joined_to_a_message_is_scanned_too(world: World, http: Client, use: Use) -> None:
    made = begun(world, http)
    before = _kept()
    use(fake_clamd(knowing(EICAR, VERSION)))
    identity = world.person.identity
    inside = a_cda(body=an_embedded(EICAR, "text/plain"), ins=identity.ins, traits=identity.traits)
    for content in (a_pdf(EICAR.decode()), inside):
        reply = attach(http, world.doctor, made, content)
        assert (reply.status, reply.json()["reason"]) == (422, "virus_found")
    assert _kept() == before
    assert attach(http, world.doctor, made, a_pdf()).status == 201


def test_both_sides_see_who_scanned_what_is_joined(world: World, http: Client, use: Use) -> None:
    made = begun(world, http)
    joined(http, world.doctor, made, a_pdf("before"), "Avant")
    use(fake_clamd(saying(VERSION + b"2: stream: OK\0")))
    joined(http, world.doctor, made, a_pdf("after"), "Après")
    for reader in (world.doctor, world.person):
        sent = page(http, reader, made)["items"][1:]
        assert [one["attachments"][0]["antivirus"] for one in sent] == [NOT_SCANNED, CLEAN]


def test_saved_to_the_record_it_keeps_what_was_said_of_it(
    world: World, http: Client, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begun(world, http)
    unscanned = joined(http, world.doctor, made, a_pdf("unscanned"), "Avant")
    use(fake_clamd(saying(VERSION + b"2: stream: OK\0")))
    scanned = joined(http, world.doctor, made, a_pdf("scanned"), "Après")
    assert saved_document(http, world, made, unscanned["id"])["antivirus"] == CLEAN  # as of now
    monkeypatch.delenv("CLAMD_ADDRESS")
    settings.cache_clear()
    document = saved_document(http, world, made, scanned["id"])
    assert document["antivirus"] == CLEAN  # as of its sending: nothing scans now
    copy = http.post(
        path(made, "attachments", "from-record"),
        as_=world.person.principal,
        json={"document_id": document["id"]},
        headers=KEY,
    ).json()
    send(http, world.person, made, attachments=[{"id": copy["id"], "name": copy["name"]}])
    last = page(http, world.doctor, made)["items"][-1]["attachments"]
    assert last[0]["antivirus"] == CLEAN


def test_a_virus_known_since_its_sending_does_not_enter_the_record(
    world: World, http: Client, use: Use
) -> None:
    made = begun(world, http)
    one = joined(http, world.doctor, made, a_pdf("since"), "Bilan")
    use(fake_clamd(saying(VERSION + b"2: stream: Carnet.New FOUND\0")))
    refused = save(http, world, made, one["id"], "person")
    assert (refused.status, refused.json()["reason"]) == (422, "virus_found")
