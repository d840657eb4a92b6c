"""Rows of messaging: all of a person's in her partition, and the lists of professionals' boxes.

A person's rows are sealed under her record's key, which every reader reaches through the gate. A
box keeps of each conversation one line, sealed under a key of its own, so that its thirty newest
open with one key and not with thirty (ADR 0020). Clear: what orders a list, what is read, and a
keyed hash of the box.
"""

from typing import ClassVar, Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from chalicelib.access import boxes
from chalicelib.access.entry import Wanted
from chalicelib.access.store import AuthenticatedRow, KeyedRow
from chalicelib.core import tables
from chalicelib.core.rows import Item, Query, Row, key, patient_key
from chalicelib.messaging.references import Reference

FIRST_OF_ALL: Final = "~"  # the head of a box is in front of its newest conversation


class ThreadRow(AuthenticatedRow):
    """A conversation, in the person's partition. `*_last`, `*_read`: ids of messages."""

    TABLE: ClassVar[str] = "messaging"

    box = UnicodeAttribute()
    status = UnicodeAttribute()
    inbox_sk = UnicodeAttribute()
    patient_last = UnicodeAttribute(null=True)
    professional_last = UnicodeAttribute(null=True)
    patient_read = UnicodeAttribute(null=True)
    professional_read = UnicodeAttribute(null=True)
    sealed = BinaryAttribute(legacy_encoding=False)


class EntryRow(KeyedRow):
    """The line of a conversation in its box, written whole beside the thread."""

    TABLE: ClassVar[str] = "messaging"

    inbox_sk = UnicodeAttribute()
    status = UnicodeAttribute()
    is_unread = BooleanAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class MessageRow(Row):
    """One message: put once, never changed."""

    TABLE: ClassVar[str] = "messaging"

    sealed = BinaryAttribute(legacy_encoding=False)


class FileRow(KeyedRow):
    """An attachment of a message that was sent."""

    TABLE: ClassVar[str] = "messaging"

    blob = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class WaitingFileRow(KeyedRow):
    """An attachment that waits for its message, until `expires_at`."""

    TABLE: ClassVar[str] = "work"

    depositor = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)
    ttl = NumberAttribute()


class HeadRow(AuthenticatedRow):
    """How many conversations a side has not read (R-MSG-04); of a box, its wrapped key too."""

    TABLE: ClassVar[str] = "messaging"

    unread = NumberAttribute()
    inbox_sk = UnicodeAttribute(null=True)
    box_key = BinaryAttribute(legacy_encoding=False, null=True)


class BlockRow(AuthenticatedRow):
    """Whether a person wants nothing more from a box."""

    TABLE: ClassVar[str] = "messaging"

    is_blocked = BooleanAttribute()


def thread_key(ref: Reference) -> tuple[str, str]:
    """Return the key of a conversation."""
    return patient_key(ref.pid), key("THR", ref.thread)


def entry_key(ref: Reference) -> tuple[str, str]:
    """Return the key of a conversation's line in its box."""
    return key("B", ref.box), key("THR", ref.thread)


def message_key(ref: Reference, message_id: str) -> tuple[str, str]:
    """Return the key of a message."""
    return patient_key(ref.pid), key("MSG", ref.thread, message_id)


def file_key(pid: str, file_id: str) -> tuple[str, str]:
    """Return the key of an attachment."""
    return patient_key(pid), key("ATT", file_id)


def waiting_file_key(file_id: str) -> tuple[str, str]:
    """Return the key of an attachment that waits for its message."""
    return key("ATT", file_id), "ATT"


def head_of_person(pid: str) -> Wanted:
    """Return what to read to know how many conversations a person has not read."""
    return (HeadRow, patient_key(pid), "HEAD")


def head_of_box(box: str) -> Wanted:
    """Return what to read to know a box: how many are not read, and its key."""
    return (HeadRow, key("B", box), "HEAD")


def block_wish(pid: str, box: str) -> Wanted:
    """Return what to read to know whether a person blocks a box."""
    return (BlockRow, patient_key(pid), key("BLOCK", boxes.token(pid, box)))


def entry_wish(ref: Reference) -> Wanted:
    """Return what to read to change a conversation's line in its box."""
    return (EntryRow, *entry_key(ref))


def of_person(pid: str, limit: int, after: Item | None) -> Query:
    """Return the query of a person's conversations, the last written first; consistent."""
    return Query(
        ThreadRow,
        patient_key(pid),
        low="0",
        high="ZZ",
        descending=True,
        limit=limit,
        after=after,
        index=tables.INBOX,
    )


def of_box(box: str, limit: int, after: Item | None) -> Query:
    """Return the query of a box: its head, then its conversations, the last written first."""
    return Query(
        EntryRow,
        key("B", box),
        low="0",
        high=FIRST_OF_ALL,
        descending=True,
        limit=limit,
        after=after,
        index=tables.INBOX,
    )


def messages_of(ref: Reference, limit: int, after: Item | None) -> Query:
    """Return the query of a conversation's messages, the last first; consistent."""
    prefix = key("MSG", ref.thread) + "#"
    pk = patient_key(ref.pid)
    return Query(MessageRow, pk, prefix=prefix, descending=True, limit=limit, after=after)


def place(item: Item) -> Item:
    """Return the place of a line in its list, from which the next page goes on."""
    return {name: item[name] for name in ("pk", "sk", tables.INBOX.range_key)}
