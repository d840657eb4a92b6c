"""Files written beside a transaction: kept only if it commits, and given back only as they were.

Order (D4, R01): inspect, seal, write the file once, then one transaction. A file whose transaction
fails is removed at once when that is certain, and by the hourly sweep when it is not.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.access.unit import Replayed, Unit
from chalicelib.core import log
from chalicelib.core.errors import Invalid, Problem, Unavailable
from chalicelib.http.principal import ActorKind
from chalicelib.storage import antivirus, blobs
from chalicelib.storage.antivirus import Verdict
from chalicelib.storage.refusals import Code, Refused
from chalicelib.vault.errors import Tampered


@contextmanager
def kept_only_if_committed() -> Iterator[list[str]]:
    """Remove the files written inside when the transaction is known not to have happened.

    `Unavailable` is not knowing: those are left to the sweep, which looks for their row.
    """
    files: list[str] = []
    try:
        yield files
    except (Problem, Replayed) as outcome:
        if not isinstance(outcome, Unavailable):
            for name in files:
                discard(name)
        raise


def discard(name: str) -> None:
    """Delete a file that no row refers to; if the store does not answer, a young one is swept."""
    try:
        blobs.discard(name)
    except Unavailable as error:
        log.exception("orphan left behind", error)


def verified(content: bytes, sha256: str) -> bytes:
    """Return a content that is the one deposited.

    Raises:
        Tampered: its hash is not the one kept in the sealed row (R13).
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Tampered("not the file deposited")
    return content


def scanned(unit: Unit, content: bytes, before: Verdict | None = None) -> Verdict:
    """Have a content scanned; a virus is told to the operator by its name, without the content.

    `before` is what was said of the same bytes when they came: it stands where nothing scans now.

    Raises:
        Refused: it is infected, or could not be scanned whole.
        Unavailable: the scanner gives no answer.
    """
    verdict = antivirus.examine(content)
    if verdict.verdict == "infected":
        who = unit.entry.principal
        named = {"client": who.id} if who.kind is ActorKind.ORGANISATION else {}
        log.write(
            "infected",
            action=unit.action,
            code=who.kind,
            reason=verdict.signature,
            patient=unit.pid,
            **named,
        )
        raise Refused(Code.INFECTED)
    if verdict.verdict == "not_scanned" and before is not None:
        return before
    return verdict


def refusal(refused: Refused) -> Invalid:
    """Turn a refused file into its problem: a code for machines, two sentences for people."""
    return Invalid(
        "document-refused",
        reason=refused.code.value,
        explanation=refused.sentence("fr"),
        explanation_en=refused.sentence("en"),
    )
