"""What can be done with the documents of a record. Every function passes the gate exactly once."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Final

from chalicelib.access import files, gate, tokens
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.store import SessionRow
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.errors import Conflict, Stale
from chalicelib.core.events import EventType
from chalicelib.core.rows import Item, Page, Query
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.identity import spaces
from chalicelib.record import deposit, rules, secrecy, store, uploads, versions
from chalicelib.record.model import Document, Draft, Filter, WithdrawalReason
from chalicelib.record.store import DocumentRow
from chalicelib.record.uploads import UploadRow
from chalicelib.vault.errors import Tampered

_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of documents and the cursor of the next one."""

    documents: list[Document]
    next: str | None


@dataclass(frozen=True, slots=True)
class Upload:
    """A document announced, whose content is awaited until `expires_at`."""

    document_id: str
    expires_at: str


def list_documents(
    principal: Principal, pid: str, wanted: Filter, cursor: str | None, limit: int
) -> Listing:
    """List the documents the reader may see, last deposited (or last care date) first.

    A page is always full if there is enough to fill it: what the reader may not see leaves no gap,
    no count and no cursor (D15).

    Raises:
        NotFound, BadRequest (cursor), Unavailable.
    """
    scope = (principal.id, pid, "documents", repr(wanted))
    narrowed = wanted.by_content or principal.kind is not ActorKind.PERSON
    asked = max(limit + 1, _PAGE) if narrowed else limit + 1
    query = _query(pid, wanted, asked, tokens.open_cursor(cursor, *scope))
    with gate.enter(principal, Action.DOCUMENT_LIST, pid, queries=[query]) as unit:
        found: list[tuple[Item, Document]] = []
        for position, document in _visible(unit, query, unit.pages[0]):
            if rules.matches(document, wanted):
                found.append((position, document))
            if len(found) > limit:
                break
    more = len(found) > limit
    after = found[limit - 1][0] if more else None
    return Listing([document for _, document in found[:limit]], tokens.new_cursor(after, *scope))


def read_document(principal: Principal, pid: str, document_id: str) -> Document:
    """Read what is known of one document.

    Raises:
        NotFound, Unavailable.
    """
    target = (DocumentRow, *store.document_key(pid, document_id))
    with gate.enter(principal, Action.DOCUMENT_READ, pid, target=target, about=document_id) as unit:
        return open_visible(unit)


def add_document(
    principal: Principal, pid: str, draft: Draft, content: bytes, idempotency: Idempotency | None
) -> Document:
    """Deposit a document whose content came with the request.

    Raises:
        NotFound, Unavailable.
        Invalid: the draft or the content is refused; says why.
        Conflict: this depositor already deposited this content.
    """
    rules.check_draft(draft, principal.kind, clock.paris_date(clock.now()))
    return until_it_holds(lambda: _add(principal, pid, draft, content, idempotency))


def _add(
    principal: Principal, pid: str, draft: Draft, content: bytes, idempotency: Idempotency | None
) -> Document:
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        with (
            files.kept_only_if_committed() as written,
            gate.enter(
                principal,
                Action.DOCUMENT_ADD,
                pid,
                wanted=deposit.wanted(principal, pid, sha256),
                idempotency=idempotency,
                size=len(content),
                keep=partial(secrecy.foresee, draft=draft),
            ) as unit,
        ):
            document = deposit.new_document(unit, ids.new_id(), draft, content)
            deposit.write(unit, document, content, written)
    except Replayed as replayed:
        return read_document(principal, pid, replayed.reference)
    return document


def announce_document(
    principal: Principal, pid: str, draft: Draft, idempotency: Idempotency | None
) -> Upload:
    """Announce a document whose content follows in a request of its own.

    Raises:
        NotFound, Unavailable.
        Invalid: the draft is refused.
    """
    rules.check_draft(draft, principal.kind, clock.paris_date(clock.now()))
    try:
        with gate.enter(
            principal,
            Action.DOCUMENT_ANNOUNCE,
            pid,
            wanted=_wanted_to_announce(principal, pid, draft),
            idempotency=idempotency,
            size=draft.size_bytes or 0,
            keep=partial(secrecy.foresee, draft=draft),
        ) as unit:
            secrecy.declare(unit, draft)
            if rules.is_in_parts(draft):
                deposit.check_unique(unit, draft.sha256 or "")
            row = uploads.new_upload(unit, ids.new_id(), draft)
            unit.put(row)
            unit.about(row.pk.removeprefix("UP#"))
            upload = Upload(row.pk.removeprefix("UP#"), row.expires_at)
    except Replayed as replayed:
        ends = uploads.upload_end(replayed.reference)
        return Upload(replayed.reference, clock.iso(ends))
    return upload


def _wanted_to_announce(principal: Principal, pid: str, draft: Draft) -> list[Wanted]:
    """Name the person of what is kept secret, and the twin of what would be sent for nothing."""
    if rules.is_in_parts(draft):
        return deposit.wanted(principal, pid, draft.sha256 or "")
    return [spaces.person_wish(pid)] if draft.visibility else []


def upload_content(principal: Principal, pid: str, document_id: str, content: bytes) -> Document:
    """Receive the content of an announced document; repeating it gives the same answer.

    Raises:
        NotFound: nothing was announced, or it expired.
        Invalid: the content is refused; the announcement stays, to be tried again.
        Conflict: this depositor already deposited this content.
        Unavailable.
    """
    try:
        return until_it_holds(lambda: _receive(principal, pid, document_id, content))
    except Conflict as conflict:
        if conflict.slug != "already-uploaded":
            raise
    return _receive(principal, pid, document_id, content)  # a rival was faster: its answer is ours


def _receive(principal: Principal, pid: str, document_id: str, content: bytes) -> Document:
    sha256 = hashlib.sha256(content).hexdigest()
    existing = (DocumentRow, *store.document_key(pid, document_id))
    wanted = deposit.wanted(principal, pid, sha256)
    wanted.append(existing)
    with (
        files.kept_only_if_committed() as written,
        gate.enter(
            principal,
            Action.DOCUMENT_UPLOAD,
            pid,
            target=uploads.upload_wish(document_id),
            wanted=wanted,
            about=document_id,
            size=len(content),
            keep=uploads.keep,
        ) as unit,
    ):
        row = unit.target(UploadRow)
        if row.is_done:
            return _received(unit, unit.row(*existing), sha256)
        if row.state:
            raise Conflict("already-uploaded")
        draft = uploads.open_upload(unit, row)
        secrecy.declare(unit, draft)
        unit.require(holds=clock.iso(unit.now) < row.expires_at, reason=Refusal.ABSENT)
        document = deposit.new_document(unit, document_id, draft, content)
        deposit.write(unit, document, content, written)
        unit.put(uploads.done(unit, row), lost=Conflict("already-uploaded"))
    return document


def _received(unit: Unit, row: DocumentRow | None, sha256: str) -> Document:
    """Answer a repeated upload: the document, if it is this content and was not withdrawn since."""
    document = store.open_row(unit, row) if row else None
    if document is None or document.sha256 != sha256:
        raise Conflict("already-uploaded")
    return document


def withdraw_document(
    principal: Principal, pid: str, document_id: str, reason: WithdrawalReason, version: int
) -> None:
    """Take back one's own deposit: gone for every reader.

    What a person deposited in her own record is deleted, its file too. What others deposited is
    declared an error: kept as an incident, and the operator is told. What a parent deposited may
    also be deleted by another one, and by the child once she is of age. What is being sent, or was
    refused, is forgotten.

    Raises:
        NotFound, Unavailable.
        Stale: it changed since it was read.
        Conflict: it was sent, and is being inspected.
    """
    target = (DocumentRow, *store.document_key(pid, document_id))
    with gate.enter(
        principal,
        Action.DOCUMENT_WITHDRAW,
        pid,
        target=target,
        instead=uploads.upload_wish(document_id),
        about=document_id,
        keep=uploads.keep,
    ) as unit:
        if uploads.acted_upon(unit):
            uploads.forget(unit, version)
            return
        row = unit.target(DocumentRow)
        document = store.open_row(unit, row)
        unit.require(holds=not secrecy.hides(unit, document), reason=Refusal.ABSENT)
        unit.require(holds=document.is_deletable, reason=Refusal.NO_RIGHT)
        if document.version != version:
            raise Stale
        unit.write(rows.delete(row), lost=Stale())
        unit.write(rows.forget(store.new_content_row(unit, document, row.depositor)))
        versions.close_up(unit, document)
        if principal.kind is ActorKind.PERSON:
            unit.write(rows.replace(store.gone_row(document.blob, unit.now)))
        else:
            unit.put(store.new_incident(unit, document, reason, unit.now))
            unit.emit(EventType.DOCUMENT_WITHDRAWN, document_id)
    if principal.kind is ActorKind.PERSON:
        files.discard(document.blob)


def _query(pid: str, wanted: Filter, limit: int, after: Item | None) -> Query:
    if wanted.by_care_date:
        return store.by_care_date(pid, wanted.first, wanted.last, limit, after)
    return store.newest_first(pid, limit, after)


def _visible(unit: Unit, query: Query, page: Page) -> Iterator[tuple[Item, Document]]:
    """Open rows one by one, reading on while the consumer asks; what is hidden does not exist.

    Former versions are left out: they are read by their id.
    """
    while True:
        for row, document in _opened(unit, store.read_rows(page.items)):
            if document.replaced_by is None and _is_visible(unit, document):
                yield rows.position(row, query.index), document
        if page.last_key is None:
            return
        page = rows.query(rows.following(replace(query, limit=_PAGE), page.last_key))


def _opened(unit: Unit, found: Iterable[DocumentRow]) -> Iterator[tuple[DocumentRow, Document]]:
    """Open rows; one that was altered is left out and told to the operator, not to everybody."""
    for row in found:
        try:
            yield row, store.open_row(unit, row)
        except Tampered as error:
            log.exception("document does not open", error, patient=unit.pid)


def open_visible(unit: Unit) -> Document:
    """Open the document acted upon, if the reader may see it.

    Raises:
        NotFound: she may not.
        Tampered, Unavailable.
    """
    document = store.open_row(unit, unit.target(DocumentRow))
    unit.require(holds=not secrecy.hides(unit, document), reason=Refusal.ABSENT)
    kind = unit.entry.principal.kind
    unit.require(
        holds=rules.may_see(document, kind, _profession(unit)),
        reason=Refusal.ABSENT if kind is ActorKind.APPLICATION else Refusal.PROFESSION,
    )
    return document


def _is_visible(unit: Unit, document: Document) -> bool:
    """Tell whether a document is in what the reader lists; a list is traced for everybody."""
    if secrecy.is_hidden(unit, document):
        return False
    return rules.may_see(document, unit.entry.principal.kind, _profession(unit))


def _profession(unit: Unit) -> str | None:
    session = unit.entry.session
    return session.profession_code if isinstance(session, SessionRow) else None


def visible(unit: Unit, query: Query, page: Page) -> Iterator[Document]:
    """Return what the reader may see of a page and those after it, while the consumer asks."""
    return (document for _, document in _visible(unit, query, page))


def newest(unit: Unit, query: Query, page: Page, limit: int) -> list[Document]:
    """Return the last documents deposited, of a page read for another screen (home)."""
    return list(islice(visible(unit, query, page), limit))


def titles(unit: Unit, document_ids: set[str]) -> dict[str, str]:
    """Return the titles of documents still in the record, by id; those gone are left out."""
    found = store.read_again(store.document_key(unit.pid, known) for known in document_ids)
    shown = (document for _, document in _opened(unit, found) if _is_visible(unit, document))
    return {document.id: document.title for document in shown}
