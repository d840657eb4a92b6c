"""What the rows of messaging hold: sealed on the way in, opened on the way out."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.access import boxes
from chalicelib.access.gate import Unit
from chalicelib.core import clock, ids, log
from chalicelib.core.rows import Item, key
from chalicelib.messaging.model import (
    Attachment,
    Conversation,
    Correspondent,
    File,
    Line,
    Marks,
    Message,
    Sender,
    Side,
    Status,
)
from chalicelib.messaging.references import Reference
from chalicelib.messaging.store import (
    FIRST_OF_ALL,
    EntryRow,
    FileRow,
    HeadRow,
    MessageRow,
    ThreadRow,
    WaitingFileRow,
    entry_key,
    file_key,
    head_of_box,
    head_of_person,
    message_key,
    thread_key,
    waiting_file_key,
)
from chalicelib.storage.antivirus import Verdict
from chalicelib.storage.inspect import Kind
from chalicelib.vault import envelope, keys
from chalicelib.vault.errors import Tampered

# The sweep looks for orphans among files that are an hour old: a message on its way is long done.
FILE_LIFE: Final = timedelta(minutes=50)
# As long as an Idempotency-Key: its answer is made of the row.
_FILE_KNOWN: Final = timedelta(days=2)
_BOX_KIND: Final = "box"


def new_thread(unit: Unit, ref: Reference, said: dict[str, Any]) -> ThreadRow:
    """Seal a new conversation; nobody has written in it yet."""
    pk, sk = thread_key(ref)
    return ThreadRow(
        pk=pk,
        sk=sk,
        kind="thread",
        box=boxes.token(ref.pid, ref.box),
        status=Status.OPEN,
        inbox_sk=last_of(ids.new_id(), ref),
        sealed=unit.seal(said | {"id": ref.id, "box": ref.box}, pk, sk),
    )


def open_thread(unit: Unit, row: ThreadRow) -> Conversation:
    """Open a conversation.

    Raises:
        Tampered, Unavailable: it does not open.
    """
    value = unit.open(row.sealed, row.pk, row.sk)
    return Conversation(
        id=value["id"],
        box=value["box"],
        subject=value["subject"],
        status=Status(row.status),
        correspondent=Correspondent(**value["correspondent"]),
        patient_name=value["patient_name"],
        opened_at=clock.instant(value["opened_at"]),
        last_at=_last_at(row.inbox_sk),
        marks=marks_of(row),
    )


def lines_of(unit: Unit, found: Iterable[ThreadRow]) -> list[Line]:
    """Open conversations for the person's list; one that was altered is left out, and told."""
    lines = []
    for row in found:
        try:
            one = open_thread(unit, row)
        except Tampered as error:
            log.exception("conversation does not open", error, patient=unit.pid)
            continue
        lines.append(
            Line(
                id=one.id,
                subject=one.subject,
                status=one.status,
                patient_name=one.patient_name,
                correspondent=one.correspondent,
                last_at=one.last_at,
                is_unread=one.marks.is_unread(Side.PATIENT),
            )
        )
    return lines


def marks_of(row: ThreadRow) -> Marks:
    """Read what each side wrote and read last."""
    return Marks(
        last={Side.PATIENT: row.patient_last, Side.PROFESSIONAL: row.professional_last},
        read={Side.PATIENT: row.patient_read, Side.PROFESSIONAL: row.professional_read},
    )


def read_threads(items: Iterable[Item]) -> list[ThreadRow]:
    """Read the rows of a page; those altered are left out, and told to the operator."""
    return [row for row in map(_thread, items) if row is not None]


def _thread(item: Item) -> ThreadRow | None:
    try:
        return ThreadRow.from_raw_data(item)
    except Tampered as error:
        log.exception("conversation row does not verify", error)
        return None


def new_box(box: str) -> HeadRow:
    """Make the head of a box that nobody ever wrote from, with a key of its own.

    Raises:
        Unavailable: the key service does not answer; trying again is safe.
    """
    subject = subject_of_box(box)
    keys.create_branch_key(subject)
    _, pk, sk = head_of_box(box)
    return HeadRow(
        pk=pk,
        sk=sk,
        kind="head",
        unread=0,
        inbox_sk=FIRST_OF_ALL,
        box_key=envelope.new_data_key(subject, _BOX_KIND),
    )


def new_head(pid: str) -> HeadRow:
    """Make the head of a person's conversations, before the first."""
    _, pk, sk = head_of_person(pid)
    return HeadRow(pk=pk, sk=sk, kind="head", unread=0)


def new_entry(head: HeadRow, ref: Reference, line: dict[str, Any]) -> EntryRow:
    """Seal what a box shows of a conversation, under the box's own key.

    Raises:
        Tampered, KeyMissing, Unavailable: as `envelope.seal`.
    """
    pk, sk = entry_key(ref)
    sealed = envelope.seal_row(
        line | {"id": ref.id},
        subject=subject_of_box(ref.box),
        kind=_BOX_KIND,
        data_key=bytes(head.box_key or b""),
        pk=pk,
        sk=sk,
    )
    return EntryRow(pk=pk, sk=sk, kind="entry", is_unread=False, sealed=sealed)


def follow(entry: EntryRow, thread: ThreadRow) -> EntryRow:
    """Make a box's line say what its conversation has become."""
    entry.inbox_sk, entry.status = thread.inbox_sk, thread.status
    entry.is_unread = marks_of(thread).is_unread(Side.PROFESSIONAL)
    return entry


def open_entries(box: str, items: Iterable[Item]) -> list[Line]:
    """Open the lines of a box; one that was altered is left out, and told to the operator.

    Raises:
        Unavailable: the key service does not answer.
    """
    found = []
    for item in items:
        try:
            found.append(_line(EntryRow.from_raw_data(item), box))
        except Tampered as error:
            log.exception("line of a box does not open", error)
    return found


def _line(row: EntryRow, box: str) -> Line:
    value = envelope.open_row(
        bytes(row.sealed), subject=subject_of_box(box), kind=_BOX_KIND, pk=row.pk, sk=row.sk
    )
    return Line(
        id=value["id"],
        subject=value["subject"],
        status=Status(row.status),
        patient_name=value["patient_name"],
        correspondent=Correspondent(**value["correspondent"]),
        last_at=_last_at(row.inbox_sk),
        is_unread=bool(row.is_unread),
    )


def new_message(unit: Unit, ref: Reference, message: Message) -> MessageRow:
    """Seal a message into its row."""
    pk, sk = message_key(ref, message.id)
    value = {
        "sender": asdict(message.sender),
        "body": message.body,
        "attachments": [asdict(one) for one in message.attachments],
    }
    return MessageRow(pk=pk, sk=sk, kind="message", sealed=unit.seal(value, pk, sk))


def open_message(unit: Unit, row: MessageRow) -> Message:
    """Open a message.

    Raises:
        Tampered, Unavailable: it does not open.
    """
    value = unit.open(row.sealed, row.pk, row.sk)
    message_id, sender = row.sk.rpartition("#")[2], value["sender"]
    return Message(
        id=message_id,
        sent_at=ids.ulid_instant(message_id),
        sender=Sender(**(sender | {"side": Side(sender["side"])})),
        body=value["body"],
        attachments=tuple(Attachment(**_of_file(one)) for one in value["attachments"]),
    )


def new_waiting_file(unit: Unit, made: File) -> WaitingFileRow:
    """Seal what is known of an attachment, until its message comes."""
    pk, sk = waiting_file_key(made.id)
    return WaitingFileRow(
        pk=pk,
        sk=sk,
        kind="waiting_file",
        depositor=unit.entry.depositor_token(),
        expires_at=clock.iso(unit.now + FILE_LIFE),
        sealed=unit.seal(asdict(made), pk, sk),
        ttl=clock.epoch(unit.now + _FILE_KNOWN),
    )


def new_file(unit: Unit, made: File) -> FileRow:
    """Seal what is known of an attachment that goes with its message."""
    pk, sk = file_key(unit.pid, made.id)
    return FileRow(
        pk=pk, sk=sk, kind="file", blob=made.blob, sealed=unit.seal(asdict(made), pk, sk)
    )


def open_file(unit: Unit, row: FileRow | WaitingFileRow) -> File:
    """Open what is known of an attachment.

    Raises:
        Tampered, Unavailable: it does not open.
    """
    value = unit.open(row.sealed, row.pk, row.sk)
    said = value.get("sent_by")
    sent_by = Sender(**(said | {"side": Side(said["side"])})) if said else None
    return File(**(_of_file(value) | {"sent_by": sent_by}))


def _of_file(value: dict[str, Any]) -> dict[str, Any]:
    """Read what is kept of any attachment: its format, and what scanned it."""
    said = value.get("antivirus")
    return value | {
        "format": Kind(value["format"]),
        "antivirus": Verdict(**said) if said else None,
    }


def last_of(message_id: str, ref: Reference) -> str:
    """Return the place of a conversation in lists, after its last message."""
    return key(message_id, ref.thread)


def new_message_id(row: ThreadRow, now: datetime) -> str:
    """Return the id of a message that comes after those of its conversation, whatever the clock."""
    made = ids.new_id()
    last = max(row.patient_last or "", row.professional_last or "")
    if made > last:
        return made
    return ids.ulid_at(ids.ulid_instant(last) + timedelta(milliseconds=1), clock.epoch(now))


def subject_of_box(box: str) -> str:
    """Return the vault subject under which a box's lines are sealed."""
    return f"O.{box}"


def _last_at(inbox_sk: str) -> datetime:
    return ids.ulid_instant(inbox_sk.partition("#")[0])
