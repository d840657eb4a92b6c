"""The append-only table of traces: put once, read; no function may update or delete (D6)."""

from typing import ClassVar, Final

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.audit.model import Audience, Trace, commitment, from_dict, to_dict
from chalicelib.core import ids
from chalicelib.core.rows import Item, Row, key
from chalicelib.vault import envelope
from chalicelib.vault.errors import Tampered

TRACE_KIND: Final = "trace"
PREFIXES: Final = {Audience.GENERAL: "P", Audience.MINOR: "PS", Audience.WITHHELD: "PW"}
_SEALED: Final = ("sealed", "commitment")


class TraceRow(Row):
    """One trace: sealed under the trace key of its owner, with its commitment in clear."""

    TABLE: ClassVar[str] = "audit"

    sealed = BinaryAttribute(legacy_encoding=False)
    commitment = BinaryAttribute(legacy_encoding=False)


class LeafRow(Row):
    """One place of the sequence, and the tree as it was with it."""

    TABLE: ClassVar[str] = "audit"

    trace_id = UnicodeAttribute()
    commitment = BinaryAttribute(legacy_encoding=False)
    previous = BinaryAttribute(legacy_encoding=False)
    leaf = BinaryAttribute(legacy_encoding=False)
    peaks = BinaryAttribute(legacy_encoding=False)
    root = BinaryAttribute(legacy_encoding=False)
    sealed_at = UnicodeAttribute()
    key_id = UnicodeAttribute()
    signature = BinaryAttribute(legacy_encoding=False)

    @property
    def seq(self) -> int:
        """Its place, from 0."""
        return int(self.sk.removeprefix("SEQ#"))


class MarkRow(Row):
    """That a trace has its place."""

    TABLE: ClassVar[str] = "audit"

    seq = NumberAttribute()


class SealingKeyRow(Row):
    """One sealing key: public part in clear, private part wrapped."""

    TABLE: ClassVar[str] = "audit"

    public_jwk = UnicodeAttribute()
    mac = UnicodeAttribute(null=True)  # of the public part: only the product publishes keys
    wrapped = BinaryAttribute(legacy_encoding=False)
    created_at = UnicodeAttribute()


def subject_of_trace(owner: str) -> str:
    """Return the vault subject of somebody's trace: a patient's, or an actor's own."""
    return f"T.{owner}"


def history_key(pid: str, audience: Audience = Audience.GENERAL) -> str:
    """Return the partition of a patient's traces, of one audience."""
    return key(PREFIXES[audience], pid)


def partition(owner: str, *, is_patient: bool, audience: Audience = Audience.GENERAL) -> str:
    """Return the partition of a patient's traces, or of an actor's own refusals."""
    return history_key(owner, audience) if is_patient else key("A", owner)


def application_history_key(application_id: str) -> str:
    """Return the partition of what was decided of an application, apart from its refusals."""
    return key("APP", application_id)


def new_row(
    owner: str,
    *,
    is_patient: bool,
    trace: Trace,
    data_key: bytes,
    audience: Audience = Audience.GENERAL,
) -> TraceRow:
    """Seal a trace in a patient's partition, or in the actor's own when no record is concerned.

    Raises:
        Unavailable: the key service does not answer.
    """
    pk = partition(owner, is_patient=is_patient, audience=audience)
    return row_in(pk, owner, trace=trace, data_key=data_key)


def row_in(pk: str, owner: str, *, trace: Trace, data_key: bytes) -> TraceRow:
    """Seal a trace of an owner in a partition; raises as `new_row`."""
    sealed = envelope.seal_row(
        to_dict(trace),
        subject=subject_of_trace(owner),
        kind=TRACE_KIND,
        data_key=data_key,
        pk=pk,
        sk=trace.id,
    )
    return TraceRow(pk=pk, sk=trace.id, kind="trace", sealed=sealed, commitment=commitment(trace))


def as_row(item: Item) -> TraceRow:
    """Read a trace's row; whoever can write the table can put anything in it.

    Raises:
        Tampered: the row has not the shape of one.
    """
    ours = ids.instant_or_none(item["sk"]["S"]) and all(
        "B" in item.get(name, {}) for name in _SEALED
    )
    if not ours:
        raise Tampered("a trace")
    return TraceRow.from_raw_data(item)


def open_row(row: TraceRow, owner: str) -> Trace:
    """Open a trace of an owner's partition.

    Raises:
        Tampered: the row was altered or moved.
        Unavailable: the key service does not answer.
    """
    return from_dict(
        envelope.open_row(
            row.sealed, subject=subject_of_trace(owner), kind=TRACE_KIND, pk=row.pk, sk=row.sk
        )
    )
