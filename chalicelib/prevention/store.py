"""What a person said of her recommendations: one sealed row a record, nothing in clear.

All answers are in one row, so that reading them is part of entering the gate, and so that nobody
who sees the table can count them, nor tell one vaccine from another (D5).
"""

from datetime import date
from typing import Any, ClassVar

from pynamodb.attributes import BinaryAttribute

from chalicelib.access.gate import Unit
from chalicelib.access.store import RECORD_KIND, AuthenticatedRow, subject_of_record
from chalicelib.core import rows
from chalicelib.core.rows import patient_key
from chalicelib.prevention.model import Answer, Choice, Recommendation
from chalicelib.vault import blind, envelope


class FollowUpRow(AuthenticatedRow):
    """All answers of one person."""

    TABLE: ClassVar[str] = "record"

    sealed = BinaryAttribute(legacy_encoding=False)


def follow_up_key(pid: str) -> tuple[str, str]:
    """Return the key of a person's answers."""
    return patient_key(pid), "PREVENTION"


def token(pid: str, recommendation: Recommendation) -> str:
    """Return what stands for a recommendation in addresses and traces: a keyed hash, hers only."""
    return blind.blind("prevention", f"{pid}|{recommendation.rule_id}|{recommendation.occurrence}")


def answers_of(unit: Unit) -> tuple[list[Answer], int]:
    """Open the answers named on entering, and their version; none yet is version 0.

    Raises:
        Tampered, Unavailable: they do not open.
    """
    row = unit.row(FollowUpRow, *follow_up_key(unit.pid))
    if row is None:
        return [], 0
    return _answers(unit.open(row.sealed, row.pk, row.sk)), row.version or 0


def read_answers(pid: str) -> list[Answer]:
    """Open the answers outside the gate, for a worker that shows them to nobody.

    Raises:
        Tampered, Unavailable, StoreUnavailable: they do not open, or the host does not answer.
    """
    row = rows.get(FollowUpRow, *follow_up_key(pid))
    if row is None:
        return []
    vault = {"subject": subject_of_record(pid), "kind": RECORD_KIND}
    return _answers(envelope.open_row(row.sealed, **vault, pk=row.pk, sk=row.sk))


def answers_row(unit: Unit, answers: list[Answer]) -> FollowUpRow:
    """Seal answers into the row that follows the one read."""
    pk, sk = follow_up_key(unit.pid)
    row = unit.row(FollowUpRow, pk, sk) or FollowUpRow(pk=pk, sk=sk, kind="follow_up")
    row.sealed = unit.seal({"answers": [_payload(one) for one in answers]}, pk, sk)
    return row


def _payload(answer: Answer) -> dict[str, Any]:
    return {
        "rule_id": answer.rule_id,
        "occurrence": answer.occurrence,
        "state": answer.state,
        "on": answer.on.isoformat() if answer.on else None,
        "until": answer.until.isoformat() if answer.until else None,
        "appointment": answer.appointment,
    }


def _answers(value: dict[str, Any]) -> list[Answer]:
    return [_answer(one) for one in value["answers"]]


def _answer(value: dict[str, Any]) -> Answer:
    return Answer(
        rule_id=value["rule_id"],
        occurrence=value["occurrence"],
        state=Choice(value["state"]),
        on=date.fromisoformat(value["on"]) if value["on"] else None,
        until=date.fromisoformat(value["until"]) if value["until"] else None,
        appointment=value.get("appointment"),
    )
