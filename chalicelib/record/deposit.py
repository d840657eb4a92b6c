"""Depositing: from bytes and a draft to a sealed file, a row, and the announcement of both.

Row, uniqueness, trace, idempotency and outbox are one transaction, beside the file (`files`).
"""

from dataclasses import replace

from chalicelib.access import files
from chalicelib.access.entry import Wanted, depositor_token
from chalicelib.access.gate import Unit
from chalicelib.access.store import ClientRow, SessionRow
from chalicelib.core import clock, rows
from chalicelib.core.errors import Conflict
from chalicelib.core.events import EventType
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import spaces
from chalicelib.record import cda_deposit, rules, secrecy, specialties, store, versions
from chalicelib.record.model import (
    Author,
    Depositor,
    Description,
    Document,
    Draft,
)
from chalicelib.record.store import ContentRow, DocumentRow
from chalicelib.storage import blobs, pieces
from chalicelib.storage.inspect import Inspected, Kind, Limits, inspect
from chalicelib.storage.refusals import Refused


def wanted(principal: Principal, pid: str, sha256: str) -> list[Wanted]:
    """Return the rows a deposit needs besides those that decide."""
    token = depositor_token(pid, principal)
    return [
        (ContentRow, *store.content_key(pid, token, sha256)),
        spaces.person_wish(pid),
    ]


def new_document(
    unit: Unit, document_id: str, draft: Draft, content: bytes, limits: Limits | None = None
) -> Document:
    """Inspect a content and describe it; it may be the next version of another document.

    Raises:
        Invalid: the content is refused, or is not what was announced.
        Conflict: this depositor already deposited it.
        Unavailable: the antivirus gives no answer.
    """
    secrecy.declare(unit, draft)
    try:
        inspected = inspect(content, draft.declared_format, limits)
        cda_deposit.declare(unit, draft, inspected)
        rules.check_announced(draft, size_bytes=inspected.size_bytes, sha256=inspected.sha256)
        check_unique(unit, inspected.sha256)
        verdict = files.scanned(unit, content, draft.antivirus)
        described = _description(unit, draft, inspected, limits)
    except Refused as refused:
        raise files.refusal(refused) from refused
    document = Document(
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
        author_ref=store.author_ref(unit.pid, described.author),
        warnings=described.warnings,
        antivirus=verdict,
        blob=blobs.new_name(unit.pid, document_id, unit.now),
        is_own_deposit=True,
        is_deletable=True,
        version=1,
        visibility=secrecy.visibility(unit),
        withheld=secrecy.withheld(unit, draft),
        secret_until=secrecy.until(unit),
    )
    return versions.placed(unit, document, described.source, described.parents)


def write(unit: Unit, document: Document, content: bytes, written: list[str]) -> None:
    """Write the sealed file, and add the rows to the transaction, with what tells the person.

    Of her own deposits she is not told, nor is anybody of what is secret or withheld. Who
    loses to the same content of the same depositor tries again, and is told which document has it.
    """
    written.append(document.blob)
    if len(content) > rules.PART_BYTES:
        document, sealed = _in_pieces(unit, document, content)
    else:
        sealed = unit.seal_content(content)
    blobs.put_once(document.blob, sealed)
    unit.about(document.id)
    unit.put(store.new_row(unit, document), lost=Conflict("already-uploaded"))
    unit.put(store.new_content_row(unit, document), lost=Conflict())
    is_kept = unit.is_secret or unit.is_withheld
    if unit.entry.principal.kind is not ActorKind.PERSON and not is_kept:
        unit.emit(EventType.DOCUMENT_ADDED, document.id)


def piece_name(document_id: str, number: int) -> str:
    """Return the name under which a piece of a long document alone opens; all are as long."""
    return f"{document_id}.{number:06}"


def _in_pieces(unit: Unit, document: Document, content: bytes) -> tuple[Document, bytes]:
    """Seal a long content piece by piece, one after the other: a slice opens those it takes."""
    sealed, stride = bytearray(), 0
    for number, piece in enumerate(pieces.cut(content)):
        sealed += unit.seal_piece(piece, piece_name(document.id, number))
        stride = stride or len(sealed)
    return replace(document, stride=stride), bytes(sealed)


def check_unique(unit: Unit, sha256: str) -> None:
    """Refuse what this depositor already deposited; the row of `wanted` was named on entering.

    Raises:
        Conflict: says which document has it.
    """
    token = unit.entry.depositor_token()
    twin = unit.row(ContentRow, *store.content_key(unit.pid, token, sha256))
    if twin is not None:
        known = rows.get(DocumentRow, *store.document_key(unit.pid, twin.document_id))
        if known is not None:  # that it is there already is as secret as the document is
            secrecy.hides(unit, store.open_row(unit, known))
        raise Conflict("already-deposited", document_id=twin.document_id)


def _description(
    unit: Unit, draft: Draft, inspected: Inspected, limits: Limits | None
) -> Description:
    if inspected.kind is Kind.CDA:
        return cda_deposit.describe(unit, draft, inspected, limits)
    today = clock.paris_date(unit.now)
    author = draft.author or _author(unit)
    return rules.describe_plain(draft, unit.entry.principal.kind, author, today)


def _depositor(unit: Unit) -> Depositor:
    session, kind = unit.entry.session, unit.entry.principal.kind
    return Depositor(kind.value, session.name if kind is not ActorKind.PERSON else unit.actor_name)


def _author(unit: Unit) -> Author:
    session = unit.entry.session
    if isinstance(session, ClientRow):
        return Author(None, None, session.name)
    code = session.profession_code if isinstance(session, SessionRow) else None
    specialty = specialties.of_profession(code)
    return Author(unit.actor_name, session.profession, session.organisation, specialty)
