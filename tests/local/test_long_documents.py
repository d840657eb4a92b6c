"""24 MiB sent in parts while what inspects it is killed: there once, in bounded memory, no orphan.

Source: D8, R04, R32.
"""

import base64
import json
import os
import signal
import time
from contextlib import suppress
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

import pytest

from chalicelib.core import events
from chalicelib.core.events import EventType
from chalicelib.workers.ingest import MAX_RECEIVES
from infra.local import deploy
from infra.local.client import Caller
from infra.local.journey import TRAITS
from tests.stack import Stack
from tests.storage import files
from tests.workers.lambda_events import from_queue

PART = 4 * 1024 * 1024
MOST_RESIDENT_KB = 300 * 1024
PATIENCE_SECONDS = 240
LONG = files.a_pdf("long", objects=(b"(" + os.urandom(8).hex().encode() * (24 << 16) + b")",))

pytestmark = pytest.mark.cloud


def _announce(caller: Caller, documents: str) -> str:
    draft = {
        "title": "Imagerie",
        "type_code": "11502-2",
        "size_bytes": len(LONG),
        "sha256": sha256(LONG).hexdigest(),
    }
    key = {"Idempotency-Key": sha256(LONG).hexdigest()}
    told = caller.request("POST", documents, json_body=draft, headers=key)
    assert told.status == HTTPStatus.ACCEPTED, told.body
    return f"{documents}/{told.json()['id']}"


def _send(caller: Caller, document: str) -> None:
    raw = {"Content-Type": "application/octet-stream"}
    for number, start in enumerate(range(0, len(LONG), PART), start=1):
        part = LONG[start : start + PART]
        sent = caller.request("PUT", f"{document}/parts/{number}", body=part, headers=raw)
        assert sent.status == HTTPStatus.NO_CONTENT, sent.body
    key = {"Idempotency-Key": f"end-{sha256(LONG).hexdigest()[:32]}"}
    ended = caller.request("POST", f"{document}/complete", json_body={}, headers=key)
    assert ended.status == HTTPStatus.ACCEPTED, ended.body


def _most_resident(stack: Stack) -> int:
    """Return the most that one worker ever held, in kB."""
    held = [0]
    for pid in stack._pids("ingest"):
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
            held += [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return max(held)


def _kill_at_work(stack: Stack) -> None:
    """Kill outright what inspects it, once it runs."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (pids := stack._pids("ingest")):
        assert time.monotonic() < deadline, stack.tail()
        time.sleep(0.05)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _hand_over_again(stack: Stack, part: str) -> None:
    """Hand the document to the worker until it is served, as its queue does each six minutes.

    A local cloud busy with other tests may be too long to answer it: the message then goes back.
    """
    pid, document_id, _ = part.rpartition("/")[2].split(".")
    event = events.new_event(EventType.DOCUMENT_SENT, pid, document_id)
    message = from_queue(json.dumps(events.to_dict(event)))
    for _ in range(MAX_RECEIVES):
        answer = stack.client("lambda").invoke(
            FunctionName=f"{deploy.PREFIX}-ingest",
            Payload=json.dumps(message).encode(),
            LogType="Tail",
        )
        if json.loads(answer["Payload"].read()) == {"batchItemFailures": []}:
            return
    raise AssertionError(base64.b64decode(answer["LogResult"]).decode())


def _parts(stack: Stack, document: str) -> list[str]:
    bucket = deploy.outputs(stack.config)["DocumentsBucketName"]
    listed = stack.client("s3").list_objects_v2(Bucket=bucket, Prefix="parts/")
    about = document.rpartition("/")[2]
    return [entry["Key"] for entry in listed.get("Contents", []) if about in entry["Key"]]


def test_a_long_document_is_there_once_though_its_worker_is_killed(stack: Stack) -> None:
    caller = Caller(stack.url)
    caller.authenticate(stack.config.state / "laboratory" / "client.json")
    handle = caller.request("POST", "/v1/patients/lookup", json_body=TRAITS).json()["handle"]
    document = _announce(caller, f"/v1/patients/{handle}/documents")
    _send(caller, document)
    parts = _parts(stack, document)
    _kill_at_work(stack)
    if parts_left := _parts(stack, document):  # else it was done before it was killed
        _hand_over_again(stack, parts_left[0])
    most = _most_resident(stack)

    assert len(parts) == -(-len(LONG) // PART)
    assert caller.request("GET", document).json()["status"] == "available"
    slices = [
        caller.request(
            "GET", f"{document}/content", headers={"Range": f"bytes={start}-", "Accept": "*/*"}
        )
        for start in range(0, len(LONG), PART)
    ]
    assert {one.status for one in slices} == {HTTPStatus.PARTIAL_CONTENT}
    assert b"".join(one.body for one in slices) == LONG
    assert 0 < most < MOST_RESIDENT_KB, f"{most} kB resident"
    assert _parts(stack, document) == []
