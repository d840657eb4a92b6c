"""A long document, and its sending in parts, as a client and the workers do it."""

import hashlib
from typing import Any, Final

from chalicelib.core.events import EventType
from chalicelib.core.outbox import OutboxRow, event_of
from chalicelib.core.rows import table_name
from chalicelib.http.principal import Principal
from chalicelib.notifications import queue
from chalicelib.workers import ingest, relay
from tests import double
from tests.http_client import Client, Reply
from tests.storage import files
from tests.workers.lambda_events import from_queue, serve

PART: Final = 4 * 1024 * 1024
# Two parts, six pieces; a comment that no reader of PDF looks at makes it long.
LONG: Final = files.a_pdf("long", objects=(b"(" + b"0123456789abcdef" * (5 * 65_536 + 40) + b")",))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def draft_of(content: bytes, **fields: object) -> dict[str, object]:
    """Return the body of an announcement."""
    return {
        "title": "Imagerie",
        "type_code": "11502-2",
        "care_date": "2026-11-20",
        "size_bytes": len(content),
        "sha256": sha256(content),
    } | fields


def parts_of(content: bytes) -> list[bytes]:
    return [content[start : start + PART] for start in range(0, len(content), PART)]


def announce(
    http: Client,
    actor: Principal,
    subject: str,
    content: bytes,
    *,
    key: str = "large-0001",
    **fields: object,
) -> dict[str, Any]:
    reply = http.post(
        f"/v1/patients/{subject}/documents",
        as_=actor,
        json=draft_of(content, **fields),
        headers={"Idempotency-Key": key},
    )
    assert reply.status == 202, reply.body
    told: dict[str, Any] = reply.json()
    return told


def send(http: Client, actor: Principal, told: dict[str, Any], content: bytes) -> None:
    for number, part in enumerate(parts_of(content), start=1):
        reply = http.put(f"{told['upload']['parts_href']}/{number}", as_=actor, body=part)
        assert reply.status == 204, reply.body


def complete(
    http: Client, actor: Principal, told: dict[str, Any], *, key: str = "complete-0001"
) -> Reply:
    return http.post(
        told["upload"]["complete_href"], as_=actor, json={}, headers={"Idempotency-Key": key}
    )


def whole(http: Client, actor: Principal, subject: str, content: bytes, **fields: object) -> str:
    """Announce, send and complete a document, let the workers finish it, and return its id."""
    told = announce(http, actor, subject, content, key="large-0001", **fields)
    send(http, actor, told, content)
    reply = complete(http, actor, told)
    assert reply.status == 202, reply.body
    assert inspect() == []
    return str(told["id"])


def inspect() -> list[str]:
    """Relay what waits, hand over what is to be inspected, and return what failed."""
    event = handed_over()
    return serve(ingest.ingest, event) if event["Records"] else []


def handed_over() -> dict[str, Any]:
    """Relay what waits, and return what is to be inspected as the queue hands it over."""
    for item in list(double.tables()[table_name("work")].values()):
        if item["kind"]["S"] == "event" and item["type"]["S"] == EventType.DOCUMENT_SENT:
            row = OutboxRow.from_raw_data(item)
            if row.pend_pk:
                relay.carry(event_of(row))
    sent = [body for body in double.messages() if queue.read(body).type is EventType.DOCUMENT_SENT]
    return from_queue(*sent)
