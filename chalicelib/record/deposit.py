"""Depositing: from bytes and a draft to a sealed file, a row, and the announcement of both.

Order (D4, R01): inspect, seal, write the file once, then one transaction for row, uniqueness,
trace, idempotency and outbox. A file whose transaction fails is removed at once when that is
certain, and by the hourly sweep when it is not.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.access.entry import Wanted, depositor_token
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.store import ClientRow
from chalicelib.core import clock, log, rows
from chalicelib.core.errors import Conflict, Invalid, Problem, Unavailable
from chalicelib.core.events import EventType
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import spaces
from chalicelib.record import cda_deposit, rules, secrecy, store
from chalicelib.record.model import (
    Author,
    Depositor,
    Description,
    Document,
    Draft,
    Visibility,
)
from chalicelib.record.store import ContentRow, DocumentRow
from chalicelib.storage import blobs
from chalicelib.storage.inspect import Inspected, Kind, inspect
from chalicelib.storage.refusals import Refused
from chalicelib.vault.errors import Tampered

NOT_SCANNED = "not_scanned"


def wanted(principal: Principal, pid: str, sha256: str) -> list[Wanted]:
    """Return the rows a deposit needs besides those that decide."""
    token = depositor_token(pid, principal)
    return [
        (ContentRow, *store.content_key(pid, token, sha256)),
        spaces.person_wish(pid),
    ]


def new_document(unit: Unit, document_id: str, draft: Draft, content: bytes) -> Document:
    """Inspect a content and describe it.

    Raises:
        Invalid: the content is refused, or is not what was announced.
        Conflict: this depositor already deposited it.
    """
    secrecy.declare(unit, draft)
    try:
        inspected = inspect(content, draft.declared_format)
        rules.check_announced(draft, size_bytes=inspected.size_bytes, sha256=inspected.sha256)
        _check_unique(unit, inspected.sha256)
        described = _description(unit, draft, inspected)
    except Refused as refused:
        raise refusal(refused) from refused
    hidden = Visibility.NOT_REPRESENTATIVES if unit.is_secret else Visibility.NORMAL
    return Document(
        id=document_id,
        title=described.title,
        type_code=described.type_code,
        format=inspected.kind,
        size_bytes=inspected.size_bytes,
        sha256=inspected.sha256,
        care_date=described.care_date,
        deposited_at=unit.now,
        depositor=_depositor(unit),
        author=described.author,
        warnings=described.warnings,
        antivirus=NOT_SCANNED,
        blob=blobs.new_name(unit.pid, document_id, unit.now),
        is_own_deposit=True,
        is_deletable=True,
        version=1,
        visibility=hidden,
        secret_until=secrecy.until(unit),
    )


def write(unit: Unit, document: Document, content: bytes, files: list[str]) -> None:
    """Write the sealed file, and add the rows to the transaction, with what tells the person.

    Of her own deposits she is not told, nor is anybody of what is under a minor's secrecy. Who
    loses to the same content of the same depositor tries again, and is told which document has it.
    """
    files.append(document.blob)
    blobs.put_once(document.blob, unit.seal_content(content))
    unit.about(document.id)
    unit.put(store.new_row(unit, document), lost=Conflict("already-uploaded"))
    unit.put(store.new_content_row(unit, document), lost=Conflict())
    if unit.entry.principal.kind is not ActorKind.PERSON and not unit.is_secret:
        unit.emit(EventType.DOCUMENT_ADDED, document.id)


@contextmanager
def file_kept_only_if_committed() -> Iterator[list[str]]:
    """Remove the files written inside when the transaction is known not to have happened.

    `Unavailable` is not knowing: those are left to the sweep, which looks for their row.
    """
    files: list[str] = []
    try:
        yield files
    except (Problem, Replayed) as outcome:
        if not isinstance(outcome, Unavailable):
            for name in files:
                discard(name)
        raise


def verified(content: bytes, document: Document) -> bytes:
    """Return a content that is the one deposited.

    Raises:
        Tampered: its hash is not the one kept in the sealed row (R13).
    """
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Tampered("not the file deposited")
    return content


def refusal(refused: Refused) -> Invalid:
    """Turn a refused file into its problem: a code for machines, two sentences for people."""
    return Invalid(
        "document-refused",
        reason=refused.code.value,
        explanation=refused.sentence("fr"),
        explanation_en=refused.sentence("en"),
    )


def _check_unique(unit: Unit, sha256: str) -> None:
    token = unit.entry.depositor_token()
    twin = unit.row(ContentRow, *store.content_key(unit.pid, token, sha256))
    if twin is not None:
        known = rows.get(DocumentRow, *store.document_key(unit.pid, twin.document_id))
        if known is not None:  # that it is there already is as secret as the document is
            secrecy.hides(unit, store.open_row(unit, known))
        raise Conflict("already-deposited", document_id=twin.document_id)


def _description(unit: Unit, draft: Draft, inspected: Inspected) -> Description:
    if inspected.kind is Kind.CDA:
        return cda_deposit.describe(unit, draft, inspected)
    today = clock.paris_date(unit.now)
    return rules.describe_plain(draft, unit.entry.principal.kind, _author(unit), today)


def _depositor(unit: Unit) -> Depositor:
    session, kind = unit.entry.session, unit.entry.principal.kind
    return Depositor(kind.value, session.name if kind is not ActorKind.PERSON else unit.actor_name)


def _author(unit: Unit) -> Author:
    session = unit.entry.session
    if isinstance(session, ClientRow):
        return Author(None, None, session.name)
    return Author(unit.actor_name, session.profession, session.organisation)


def discard(name: str) -> None:
    """Delete a file that no row refers to; if the store does not answer, a young one is swept."""
    try:
        blobs.discard(name)
    except Unavailable as error:
        log.exception("orphan left behind", error)
