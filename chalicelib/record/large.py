"""Sending a long document in parts, and what its depositor knows of it until it is one.

Each part is sealed on arrival. What is in the history is the announcement, the sending and its
outcome: a part is none of these, and leaves no line of its own unless it is refused.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.access import files, gate
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, rows
from chalicelib.core.errors import Conflict, FieldError, Invalid, Problem
from chalicelib.core.events import EventType
from chalicelib.http import problems
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal
from chalicelib.record import rules, secrecy, store, uploads, usecases
from chalicelib.record.model import Document, Draft
from chalicelib.record.store import DocumentRow
from chalicelib.record.uploads import Part, State, UploadRow
from chalicelib.storage import blobs

# Members of a refusal that are of the answer it would have been.
_OF_ANSWER: Final = ("status", "type", "title", "title_en")


@dataclass(frozen=True, slots=True)
class Progress:
    """What its depositor knows of a document sent in parts. `why` is as a problem's members."""

    id: str
    state: State
    size_bytes: int | None
    expires_at: str | None
    version: int
    why: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """The parts received so far, of how many bytes in all."""

    size_bytes: int
    parts: list[Part]
    expires_at: str
    state: State


def put_part(principal: Principal, pid: str, document_id: str, number: int, content: bytes) -> None:
    """Receive a part of an announced document, numbered from 1.

    The same bytes again change nothing; others replace it, until the document is complete.

    Raises:
        NotFound: nothing was announced, it expired, or it has no such part.
        Invalid: it is not as long as that part is.
        Conflict: the document was completed.
        Unavailable.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    until_it_holds(
        lambda: _put(principal, pid, document_id, Part(number, len(content), sha256, ""), content)
    )


def _put(principal: Principal, pid: str, document_id: str, part: Part, content: bytes) -> None:
    wish = uploads.part_wish(document_id, part.number)
    with (
        files.kept_only_if_committed() as written,
        gate.enter(
            principal,
            Action.DOCUMENT_PART,
            pid,
            target=uploads.upload_wish(document_id),
            wanted=[wish],
            about=document_id,
            size=part.size_bytes,
            keep=uploads.keep,
        ) as unit,
    ):
        announced = unit.target(UploadRow)
        draft, known = _awaited(unit, announced), unit.row(*wish)
        _check_length(unit, draft, part)
        if known is not None and uploads.open_part(unit, known).sha256 == part.sha256:
            unit.go_on()
            return
        row = uploads.new_part(unit, document_id, part.number, content, part.sha256)
        rows.at_version(row, known.version if known else None)
        written.append(row.blob)
        name = uploads.part_name(document_id, part.number)
        blobs.put_once(row.blob, unit.seal_piece(content, name))
        unit.put(row, lost=Conflict())
        unit.write(rows.unchanged(announced), lost=Conflict())  # not once it was completed
        if known is not None:
            unit.write(rows.replace(store.gone_row(known.blob, unit.now)))
        unit.go_on(row)
    if known is not None:
        files.discard(known.blob)


def list_parts(principal: Principal, pid: str, document_id: str) -> Received:
    """Tell which parts were received, so that an interrupted sending goes on.

    Raises:
        NotFound, Unavailable.
    """
    with gate.enter(
        principal,
        Action.DOCUMENT_PART,
        pid,
        target=uploads.upload_wish(document_id),
        queries=[uploads.parts_query(document_id)],
        about=document_id,
        keep=uploads.keep,
    ) as unit:
        row = unit.target(UploadRow)
        progress = _progress(unit, row)
        unit.require(holds=progress.size_bytes is not None, reason=Refusal.ABSENT)
        parts, _ = uploads.open_parts(unit)
        unit.go_on()
    return Received(progress.size_bytes or 0, parts, row.expires_at, progress.state)


def complete(
    principal: Principal, pid: str, document_id: str, idempotency: Idempotency | None
) -> None:
    """Say that every part was sent: the document is inspected, and then is in the record or not.

    Repeating it changes nothing.

    Raises:
        NotFound, Unavailable.
        Conflict: parts are missing (`errors` name them), or it was inspected already.
    """
    with suppress(Replayed):
        until_it_holds(lambda: _complete(principal, pid, document_id, idempotency))


def _complete(
    principal: Principal, pid: str, document_id: str, idempotency: Idempotency | None
) -> None:
    with gate.enter(
        principal,
        Action.DOCUMENT_COMPLETE,
        pid,
        target=uploads.upload_wish(document_id),
        queries=[uploads.parts_query(document_id)],
        about=document_id,
        keep=uploads.keep,
        idempotency=idempotency,
    ) as unit:
        row = unit.target(UploadRow)
        if row.is_processing:
            return
        draft = _awaited(unit, row)
        received = {part.number for part in uploads.open_parts(unit)[0]}
        missing = sorted(set(range(1, rules.parts_of(draft.size_bytes or 0) + 1)) - received)
        if missing:
            errors = tuple(FieldError(f"/parts/{number}", "missing") for number in missing)
            raise Conflict("parts-missing", errors=errors)
        unit.put(uploads.processing(unit, row, draft), lost=Conflict())
        unit.emit(EventType.DOCUMENT_SENT, document_id)


def read_state(principal: Principal, pid: str, document_id: str) -> Document | Progress:
    """Read what is known of a document; of one that is not in the record yet, by who sends it.

    Raises:
        NotFound, Unavailable.
    """
    with gate.enter(
        principal,
        Action.DOCUMENT_READ,
        pid,
        target=(DocumentRow, *store.document_key(pid, document_id)),
        instead=uploads.upload_wish(document_id),
        about=document_id,
        keep=uploads.keep,
    ) as unit:
        row = uploads.acted_upon(unit)
        return _progress(unit, row) if row else usecases.open_visible(unit)


def _progress(unit: Unit, row: UploadRow) -> Progress:
    """Tell what became of an announcement in parts; of the others there is nothing to tell."""
    state = State(row.state or State.PENDING)
    draft = uploads.open_upload(unit, row) if row.sealed else None
    is_awaited = state is not State.PENDING or clock.iso(unit.now) < row.expires_at
    is_told = draft is not None and rules.is_in_parts(draft) and is_awaited
    why = uploads.why_refused(unit, row)
    unit.require(holds=is_told or bool(why), reason=Refusal.ABSENT)
    ends = row.expires_at if state is State.PENDING else None
    document_id = row.pk.removeprefix("UP#")
    size = draft.size_bytes if draft else None
    return Progress(document_id, state, size, ends, row.version or 0, why)


def _awaited(unit: Unit, row: UploadRow) -> Draft:
    """Return the draft of an announcement whose parts are awaited.

    Raises:
        NotFound: it expired, or comes whole.
        Conflict: it was completed.
    """
    if row.state or not row.sealed:
        raise Conflict("already-uploaded")
    draft = uploads.open_upload(unit, row)
    secrecy.declare(unit, draft)
    is_awaited = rules.is_in_parts(draft) and clock.iso(unit.now) < row.expires_at
    unit.require(holds=is_awaited, reason=Refusal.ABSENT)
    return draft


def _check_length(unit: Unit, draft: Draft, part: Part) -> None:
    size = draft.size_bytes or 0
    unit.require(holds=part.number <= rules.parts_of(size), reason=Refusal.ABSENT)
    expected = rules.part_length(part.number, size)
    if part.size_bytes != expected:
        figures = {"expected": expected, "received": part.size_bytes}
        raise Invalid(errors=(FieldError("/content", "part_length", figures),))


def why(refused: Problem) -> dict[str, Any]:
    """Return why a content is refused, as it would have been answered to who sends it whole."""
    members: dict[str, Any] = json.loads(problems.render(refused)[0])
    kept = {name: value for name, value in members.items() if name not in _OF_ANSWER}
    return kept | {
        "reason": members.get("reason", refused.slug),
        "explanation": members.get("explanation", members["detail"]),
        "explanation_en": members.get("explanation_en", members["detail_en"]),
    }
