"""The operator's commands on the running product, as `make operator` runs them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from infra.local import config, deploy
from infra.local.client import Caller, Reply
from infra.local.journey import TRAITS
from infra.local.sample_documents import a_pdf_document
from infra.local.seed import FINESS
from tests.stack import Stack

pytestmark = pytest.mark.cloud


def _operate(stack: Stack, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.operate", *arguments],
        cwd=config.ROOT,
        env=stack.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr + stack.tail()
    return done.stdout


def _handle(caller: Caller) -> str:
    found = caller.request("POST", "/v1/patients/lookup", json_body=TRAITS)
    return str(found.json()["handle"])


def _deposit(caller: Caller, handle: str, title: str) -> Reply:
    content = a_pdf_document(title, ["Exemple."])
    return caller.deposit(handle, content, title=title, type_code="11502-2")


def test_a_suspended_laboratory_deposits_nothing_from_its_next_request_until_it_is_resumed(
    stack: Stack,
) -> None:
    file = stack.config.state / "laboratory" / "client.json"
    laboratory = Caller(stack.url)
    laboratory.authenticate(file)
    handle = _handle(laboratory)
    assert _deposit(laboratory, handle, "Avant").status == HTTPStatus.CREATED
    client_id = _operate(stack, "list-clients", FINESS).split()[0]

    try:
        said = _operate(stack, "suspend-client", client_id)
        refused = _deposit(laboratory, handle, "Pendant")
        with pytest.raises(OSError, match=r"401.*invalid_client"):
            Caller(stack.url).authenticate(file)
    finally:
        _operate(stack, "resume-client", client_id)

    assert f"{client_id} suspended" in said
    assert refused.status == HTTPStatus.UNAUTHORIZED
    assert refused.json()["type"] == "/problems/session-ended"
    laboratory.authenticate(file)
    assert _deposit(laboratory, handle, "Après").status == HTTPStatus.CREATED


@pytest.fixture
def dead_letters(stack: Stack) -> Iterator[str]:
    """Give the queue of notices put aside, and empty it whatever happened: others look at it."""
    name = f"{deploy.PREFIX}-notify-dead"
    url = stack.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    yield url
    stack.client("sqs").purge_queue(QueueUrl=url)


def test_a_notice_put_aside_goes_back_and_is_not_there_any_more(
    stack: Stack, dead_letters: str
) -> None:
    event = '{"id":"%s","type":"document.added","patient_id":"%s","reference":"x"}'
    body = event % ("01JDF0000000000000000000AA", "0" * 26)
    stack.client("sqs").send_message(QueueUrl=dead_letters, MessageBody=body)

    told = _operate(stack, "dead-letters", "notify")
    done = _operate(stack, "redrive", "notify")

    assert "event 01JDF0000000000000000000AA document.added" in told
    assert "1 done again, 0 left" in done
    assert _operate(stack, "dead-letters", "notify").strip() == "no dead letters in notify"


def test_an_application_is_suspended_in_the_catalogue_and_its_history_says_why(
    stack: Stack,
) -> None:
    file = stack.config.state / "applications" / "balance" / "client.json"
    known = str(json.loads(file.read_text(encoding="utf-8"))["client_id"])
    caller = Caller(stack.url)

    try:
        _operate(stack, "application", "state", known, "suspended", "--reason", "Essai (exemple).")
        suspended = caller.request("GET", f"/v1/catalogue/{known}")
    finally:
        _operate(stack, "application", "state", known, "online", "--reason", "Fin de l’essai.")

    assert suspended.json()["state"] == "suspended"
    assert caller.request("GET", f"/v1/catalogue/{known}").json()["state"] == "online"
    told = _operate(stack, "application", "history", known)
    assert "operator state online > suspended: Essai (exemple)." in told
    assert f"{known} online Balance" in _operate(stack, "application", "list", "--state", "online")
