"""What is joined to a message: inspected as a document is, sealed, and read by both sides."""

from chalicelib.access import files, gate
from chalicelib.access.model import Action, Refusal
from chalicelib.core import ids
from chalicelib.http.principal import Principal
from chalicelib.messaging import store, threads
from chalicelib.messaging.model import File
from chalicelib.messaging.references import Reference
from chalicelib.messaging.store import FileRow
from chalicelib.storage import blobs
from chalicelib.storage.inspect import inspect
from chalicelib.storage.refusals import Refused
from chalicelib.vault.errors import Tampered


def add_attachment(principal: Principal, ref: Reference, content: bytes) -> File:
    """Keep a file for the message that will come with it, within an hour.

    Raises:
        Invalid: the content is refused; says why.
        NotFound: no such conversation, or one may not write to this person; traced.
        Conflict: `conversation-closed`, `conversation-blocked`.
        Unavailable.
    """
    with (
        files.kept_only_if_committed() as written,
        threads.enter(principal, Action.ATTACHMENT_ADD, ref) as unit,
    ):
        threads.check_may_write(unit, threads.conversation(unit))
        try:
            inspected = inspect(content, None)
        except Refused as refused:
            raise files.refusal(refused) from refused
        file_id = ids.new_id()
        made = File(
            id=file_id,
            thread=ref.thread,
            format=inspected.kind,
            size_bytes=inspected.size_bytes,
            sha256=inspected.sha256,
            blob=blobs.new_name(unit.pid, file_id, unit.now),
        )
        written.append(made.blob)
        blobs.put_once(made.blob, unit.seal_content(content))
        unit.put(store.new_waiting_file(unit, made))
    return made


def open_attachment(principal: Principal, ref: Reference, file_id: str) -> tuple[File, bytes]:
    """Read an attachment of a message, whole and verified.

    The file is fetched while the trace is written, and opened only once it is.

    Raises:
        NotFound, Unavailable.
        BlobMissing, Tampered: the file is lost, or not the one that was joined; traced.
    """
    wish = (FileRow, *store.file_key(ref.pid, file_id))
    with threads.enter(principal, Action.ATTACHMENT_OPEN, ref, wanted=[wish]) as unit:
        row = unit.row(*wish)
        if row is None:
            raise unit.refuse(Refusal.ABSENT)
        made = store.open_file(unit, row)
        unit.require(holds=made.thread == ref.thread, reason=Refusal.ABSENT)
        sealed = blobs.get_later(made.blob)
    try:
        return made, files.verified(unit.open_content(sealed.result()), made.sha256)
    except (blobs.BlobMissing, Tampered):
        gate.trace_not_shown(unit, ref.id, Refusal.ALTERED)
        raise
