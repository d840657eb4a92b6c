"""What is joined to a message: inspected as a document is, sealed, and read by both sides."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from chalicelib.access import files, gate
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.core import ids
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal
from chalicelib.identity import spaces
from chalicelib.messaging import payloads, store, threads
from chalicelib.messaging.model import File
from chalicelib.messaging.references import Reference
from chalicelib.messaging.store import FileRow, WaitingFileRow
from chalicelib.storage import blobs
from chalicelib.storage.antivirus import Verdict
from chalicelib.storage.inspect import Inspected, inspect
from chalicelib.storage.refusals import Refused
from chalicelib.vault.errors import Tampered


@dataclass(frozen=True, slots=True)
class Content:
    """The readable bytes of a file, and its name and what scanned it where that is known."""

    data: bytes
    name: str = ""
    antivirus: Verdict | None = None


def add_attachment(
    principal: Principal,
    ref: Reference,
    bring: Callable[[Unit], Content],
    accept: Callable[[Unit, Inspected], None],
    idempotency: Idempotency | None,
) -> File:
    """Keep a file for the message that will come with it, within fifty minutes.

    `bring` is called once it is known that the caller may write here, `accept` with what the bytes
    really are; the person's identity may be opened in both.

    Raises:
        What `bring` and `accept` raise.
        Invalid: the content is refused; says why.
        NotFound: no such conversation, or one may not write to this person; traced.
        Conflict: `conversation-closed`, `conversation-blocked`.
        Unavailable.
    """
    try:
        with (
            files.kept_only_if_committed() as written,
            threads.enter(
                principal,
                Action.ATTACHMENT_ADD,
                ref,
                wanted=[spaces.person_wish(ref.pid)],
                idempotency=idempotency,
            ) as unit,
        ):
            threads.check_may_write(unit, threads.conversation(unit))
            content = bring(unit)
            inspected, verdict = _inspected(unit, content, accept)
            return _keep(unit, ref, replace(content, antivirus=verdict), inspected, written)
    except Replayed as replayed:
        return _waiting(principal, ref, replayed.reference)


def _inspected(
    unit: Unit, content: Content, accept: Callable[[Unit, Inspected], None]
) -> tuple[Inspected, Verdict]:
    """Look at what a file is, as a deposit is looked at.

    Raises:
        Invalid: it is refused; says why.
        Unavailable: the antivirus gives no answer.
    """
    try:
        inspected = inspect(content.data, None)
        verdict = files.scanned(unit, content.data, content.antivirus)
        accept(unit, inspected)
    except Refused as refused:
        raise files.refusal(refused) from refused
    return inspected, verdict


def _keep(
    unit: Unit, ref: Reference, content: Content, inspected: Inspected, written: list[str]
) -> File:
    """Seal and write a file, and add to the transaction that it waits. Raises Unavailable."""
    file_id = ids.new_id()
    made = File(
        id=file_id,
        thread=ref.thread,
        format=inspected.kind,
        size_bytes=inspected.size_bytes,
        sha256=inspected.sha256,
        blob=blobs.new_name(unit.pid, file_id, unit.now),
        name=content.name,
        antivirus=content.antivirus,
    )
    written.append(made.blob)
    blobs.put_once(made.blob, unit.seal_content(content.data))
    unit.put(payloads.new_waiting_file(unit, made))
    unit.about(file_id)
    return made


def _waiting(principal: Principal, ref: Reference, file_id: str) -> File:
    """Answer a repeated request: the file that waits."""
    wish = (WaitingFileRow, *store.waiting_file_key(file_id))
    with threads.enter(principal, Action.CONVERSATION_READ, ref, wanted=[wish]) as unit:
        row = unit.row(*wish)
        if row is None:
            raise unit.refuse(Refusal.ABSENT)
        return payloads.open_file(unit, row)


def open_attachment(
    principal: Principal,
    ref: Reference,
    file_id: str,
    action: Literal[Action.ATTACHMENT_OPEN, Action.ATTACHMENT_SAVE] = Action.ATTACHMENT_OPEN,
) -> tuple[File, bytes]:
    """Read an attachment of a message, whole and verified; to save it, as its person only.

    The file is fetched while the trace is written, and opened only once it is.

    Raises:
        NotFound, Unavailable.
        BlobMissing, Tampered: the file is lost, or not the one that was joined; traced.
    """
    wish = (FileRow, *store.file_key(ref.pid, file_id))
    with threads.enter(principal, action, ref, wanted=[wish]) as unit:
        row = unit.row(*wish)
        if row is None:
            raise unit.refuse(Refusal.ABSENT)
        made = payloads.open_file(unit, row)
        unit.require(holds=made.thread == ref.thread, reason=Refusal.ABSENT)
        sealed = blobs.get_later(made.blob)
        unit.about(file_id)
    try:
        return made, files.verified(unit.open_content(sealed.result()), made.sha256)
    except (blobs.BlobMissing, Tampered):
        gate.trace_not_shown(unit, ref.id, Refusal.ALTERED)
        raise
