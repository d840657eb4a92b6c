"""Opening a document: whole if it goes in one answer, else slice by slice."""

from typing import Final

from chalicelib.access import files, gate
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.core import rows
from chalicelib.core.errors import Conflict, NotFound, RangeNotSatisfiable
from chalicelib.http.principal import Principal
from chalicelib.record import deposit, store, uploads, usecases
from chalicelib.record.model import Document
from chalicelib.record.store import DocumentRow
from chalicelib.storage import blobs, pieces
from chalicelib.storage.inspect import Kind
from chalicelib.storage.pieces import Range, Span
from chalicelib.vault.errors import Tampered

_GONE: Final = (blobs.BlobMissing, Tampered)


def open_asked(
    principal: Principal, pid: str, document_id: str, header: str | None
) -> tuple[Document, bytes, Span | None]:
    """Read what a `Range` header asks for of a document: a slice of a long one, all of another.

    Raises:
        As `open_document`, without a header, and as `open_slice`.
        RangeNotSatisfiable: several ranges at once.
    """
    asked = _range(header)
    if asked is not None:
        return open_slice(principal, pid, document_id, asked)
    return *open_document(principal, pid, document_id), None


def open_document(
    principal: Principal, pid: str, document_id: str, *, only: Kind | None = None
) -> tuple[Document, bytes]:
    """Read a document's content, whole and verified; of one kind only, if asked, however long.

    The file is fetched while the trace is written, and opened only once it is.

    Raises:
        NotFound, Unavailable.
        Conflict: it is too long for one answer.
        BlobMissing, Tampered: the file is lost, or not the one deposited; traced.
    """
    target = (DocumentRow, *store.document_key(pid, document_id))
    with gate.enter(principal, Action.DOCUMENT_OPEN, pid, target=target, about=document_id) as unit:
        document = usecases.open_visible(unit)
        unit.require(holds=only in (None, document.format), reason=Refusal.ABSENT)
        if document.stride and only is None:
            unit.refusal = Refusal.TOO_LONG
            raise Conflict("too-long-at-once", size_bytes=document.size_bytes)
        sealed = blobs.get_later(document.blob)
    try:
        content = _whole(unit, document, sealed.result())
        return document, files.verified(content, document.sha256)
    except _GONE as error:
        _trace_gone(unit, document_id, error)
        raise


def open_slice(
    principal: Principal, pid: str, document_id: str, asked: Range
) -> tuple[Document, bytes, Span | None]:
    """Read some bytes of a document, each piece of it verified; all of one that is not long.

    One line of the history says it for all the slices of one reading (`uploads.READING_LIFE`).

    Raises:
        NotFound, Unavailable.
        RangeNotSatisfiable: no byte of it is in the range.
        BlobMissing, Tampered: as `open_document`.
    """
    target = (DocumentRow, *store.document_key(pid, document_id))
    reading = uploads.reading_wish(pid, document_id, principal)
    with gate.enter(
        principal, Action.DOCUMENT_OPEN, pid, target=target, wanted=[reading], about=document_id
    ) as unit:
        document = usecases.open_visible(unit)
        span = _span(document, asked)
        if uploads.is_read_on(unit, unit.row(*reading)):
            unit.go_on()
        else:
            unit.write(rows.replace(uploads.new_reading(unit, document_id)))
        sealed = blobs.get_later(document.blob, *_sealed_bytes(document, span))
    try:
        if span is None:
            return (
                document,
                files.verified(unit.open_content(sealed.result()), document.sha256),
                None,
            )
        return document, _opened(unit, document, span, sealed.result()), span
    except _GONE as error:
        _trace_gone(unit, document_id, error)
        raise


def _range(header: str | None) -> Range | None:
    try:
        return pieces.parse(header) if header else None
    except pieces.Unsatisfiable as error:
        raise RangeNotSatisfiable from error


def _span(document: Document, asked: Range) -> Span | None:
    if document.stride is None:
        return None
    try:
        return pieces.span(asked, document.size_bytes)
    except pieces.Unsatisfiable as error:
        raise RangeNotSatisfiable(size_bytes=document.size_bytes) from error


def _sealed_bytes(document: Document, span: Span | None) -> tuple[int, int | None]:
    """Return which bytes of its file to read: from, to; None, to its end."""
    if span is None or document.stride is None:
        return 0, None
    last = span.pieces[-1]
    is_end = (last + 1) * pieces.PIECE_BYTES >= document.size_bytes
    return span.pieces[0] * document.stride, None if is_end else (last + 1) * document.stride - 1


def _whole(unit: Unit, document: Document, sealed: bytes) -> bytes:
    if document.stride is None:
        return unit.open_content(sealed)
    return _opened(unit, document, pieces.everything(document.size_bytes), sealed)


def _opened(unit: Unit, document: Document, span: Span, sealed: bytes) -> bytes:
    """Open the pieces of a span, each as long and in the place it was sealed for."""
    view, stride, content = memoryview(sealed), document.stride or 0, bytearray()
    for place, number in enumerate(span.pieces):
        end = (place + 1) * stride if number != span.pieces[-1] else len(sealed)
        name = deposit.piece_name(document.id, number)
        piece = unit.open_piece(view[place * stride : end], name)
        if len(piece) != pieces.length(number, document.size_bytes):
            raise Tampered("not that long")
        content += piece
    start = span.first - span.pieces[0] * pieces.PIECE_BYTES
    return bytes(memoryview(content)[start : start + span.end - span.first])


def _trace_gone(unit: Unit, document_id: str, error: Exception) -> None:
    """Write that what was let through could not be shown.

    Raises:
        NotFound: it was deleted while it was opened.
    """
    is_missing = isinstance(error, blobs.BlobMissing)
    target = unit.entry.target_wish
    is_gone = is_missing and target is not None and rows.get(*target) is None
    gate.trace_not_shown(unit, document_id, Refusal.ABSENT if is_gone else Refusal.ALTERED)
    if is_gone:
        raise NotFound from error
