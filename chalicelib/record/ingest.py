"""From parts received to a document of the record, or to why it is not one.

Called by a worker, as often as the queue says: the state of the announcement decides, and changes
in the transaction that makes the document. It goes on for who sent the last part, whose session may
have ended; her right to deposit is decided again, as of now.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from chalicelib.access import files, gate
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.store import RECORD_KIND, subject_of_record
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, ids, parallel, rows
from chalicelib.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Unauthenticated
from chalicelib.record import deposit, large, rules, store, uploads
from chalicelib.record.model import Draft
from chalicelib.record.uploads import Part, PartRow, Sender, TriesRow, UploadRow
from chalicelib.storage import blobs
from chalicelib.storage.inspect import Limits
from chalicelib.vault import envelope
from chalicelib.vault.errors import Tampered

LIMITS: Final = Limits(size_bytes=rules.MOST_BYTES)
# P: what ended two workers (killed, out of time or of memory) is not looked into a third time.
MOST_LOST: Final = 2
_NOT_PROCESSED: Final = (
    "Ce document n’a pas pu être examiné. Envoyez-le à nouveau.",
    "This document could not be inspected. Send it again.",
)


def ingest(pid: str, document_id: str) -> None:
    """Inspect what was sent and put it in the record, or note why not; then remove the parts.

    Nothing is done for what is not waiting: done by another, removed, or forgotten. A try is noted
    before it begins, and as ended if it fails in order: the host may be long to answer.

    Raises:
        Unavailable, StoreUnavailable: to be done again.
        BlobMissing, Tampered, KeyMissing: a part or a row is lost, or not ours (an incident).
    """
    wanted = (uploads.upload_wish(document_id), uploads.tries_wish(document_id))
    row, tries = rows.fetch(wanted)
    if not isinstance(row, UploadRow) or not row.is_processing:
        return
    value = envelope.open_row(
        bytes(row.sealed or b""),
        subject=subject_of_record(pid),
        kind=RECORD_KIND,
        pk=row.pk,
        sk=row.sk,
    )
    sender, draft = uploads.open_sender(value), uploads.draft_of(value)
    is_spent = isinstance(tries, TriesRow) and tries.lost >= MOST_LOST
    try:
        with _noted(document_id):
            gone = until_it_holds(
                lambda: _ingest(pid, document_id, sender, draft, is_spent=is_spent)
            )
    except (NotFound, Forbidden, Unauthenticated):
        gone = _give_up(row, document_id)
    except blobs.BlobMissing:
        if _waiting(document_id):
            raise
        return  # who finished it meanwhile removed its parts
    with parallel.none_outlives() as discarding:
        discarding += [parallel.start(files.discard, name) for name in gone]
    for discarded in discarding:
        discarded.result()


@contextmanager
def _noted(document_id: str) -> Iterator[None]:
    """Note that a try begins, and that it ended if it fails otherwise than by its worker's end."""
    name = ids.new_id()
    rows.write([uploads.note_try(document_id, name, how="begun")])
    try:
        yield
    except MemoryError:
        raise
    except Exception:
        with suppress(rows.StoreUnavailable):
            rows.write([uploads.note_try(document_id, name, how="ended")])
        raise


def _waiting(document_id: str) -> UploadRow | None:
    row = rows.get(*uploads.upload_wish(document_id))
    return row if row is not None and row.is_processing else None


def _ingest(
    pid: str, document_id: str, sender: Sender, draft: Draft, *, is_spent: bool
) -> list[str]:
    """Do it once, in one transaction; return the files to remove."""
    with (
        files.kept_only_if_committed() as written,
        gate.enter(
            sender.principal,
            Action.DOCUMENT_INGEST,
            pid,
            target=uploads.upload_wish(document_id),
            wanted=deposit.wanted(sender.principal, pid, draft.sha256 or ""),
            queries=[uploads.parts_query(document_id)],
            about=document_id,
            session=sender.session,
            keep=uploads.keep,
        ) as unit,
    ):
        row = unit.target(UploadRow)
        if not row.is_processing:
            unit.go_on()
            return []
        parts, found = uploads.open_parts(unit)
        try:
            _check_may_try(unit, row, is_spent=is_spent)
            content = _assembled(unit, document_id, draft, parts)
            document = deposit.new_document(unit, document_id, draft, content, LIMITS)
            deposit.write(unit, document, content, written)
            unit.put(uploads.done(unit, row), lost=Conflict())
        except (Invalid, Conflict) as refused:
            if refused.slug == Conflict.slug:
                raise
            _refuse(unit, row, refused)
        uploads.forget_parts(unit, found)
    return [part.blob for part in parts]


def _refuse(unit: Unit, row: UploadRow, refused: Problem) -> None:
    unit.outcome = Refusal.CONFLICT if isinstance(refused, Conflict) else Refusal.INVALID
    unit.put(uploads.refused(unit, row, large.why(refused)), lost=Conflict())


def _check_may_try(unit: Unit, row: UploadRow, *, is_spent: bool) -> None:
    """Refuse what ends its workers, or what nothing could inspect for days: it would go on."""
    if is_spent or unit.now >= uploads.completed_at(row) + uploads.PROCESSING_LIFE:
        french, english = _NOT_PROCESSED
        raise Invalid(
            "document-refused", reason="not_processed", explanation=french, explanation_en=english
        )


def _assembled(unit: Unit, document_id: str, draft: Draft, parts: list[Part]) -> bytes:
    """Read the parts one by one; each is the one received.

    Raises:
        Conflict: some are no longer there: who finished it meanwhile removed them.
    """
    if len(parts) != rules.parts_of(draft.size_bytes or 0):
        raise Conflict
    return b"".join(_opened(unit, document_id, part) for part in parts)


def _opened(unit: Unit, document_id: str, part: Part) -> bytes:
    name = uploads.part_name(document_id, part.number)
    content = unit.open_piece(blobs.get(part.blob), name)
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise Tampered("not the part received")
    return content


def _give_up(row: UploadRow, document_id: str) -> list[str]:
    """Forget what was sent by who may no longer deposit: why is in the history."""
    asked, now = uploads.parts_query(document_id), clock.now()
    found = [PartRow.from_raw_data(item) for item in rows.query(asked).items]
    gone = [rows.replace(store.gone_row(part.blob, now)) for part in found]
    rows.write([rows.put(uploads.given_up(row, now)), *gone, *map(rows.forget, found)])
    return [part.blob for part in found]
