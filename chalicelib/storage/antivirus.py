"""Whether a scanner knows a content as a virus: a port, and the one adapter there is (`clamd`).

Why it exists: a document says what scanned it, or that nothing did. Without a scanner configured it
enters, and says so; with one that does not answer, nothing enters (ADR 0030).
"""

from dataclasses import dataclass
from typing import Final, Literal

from chalicelib.core import log
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings
from chalicelib.storage import clamd
from chalicelib.storage.refusals import Code, Refused

Outcome = Literal["clean", "infected", "not_scanned"]
_RETRY_SECONDS: Final = 30
# What clamd finds, where it is asked to say so (AlertExceedsMax), of a file it did not read whole.
_LIMITS: Final = "Heuristics.Limits.Exceeded"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of a content, and by which engine with which signatures.

    `signature` names the virus: it says nothing of the person, and is for operators only.
    """

    verdict: Outcome
    engine: str | None = None
    signature: str | None = None


def examine(content: bytes) -> Verdict:
    """Ask the scanner, if there is one.

    Raises:
        Refused: the scanner could not read it whole.
        Unavailable: a scanner is configured and gives no answer.
    """
    address = settings().clamd_address
    if not address:
        return Verdict("not_scanned")
    try:
        answer = clamd.ask(address, content)
    except clamd.Unanswered as error:
        log.exception("scanner gives no answer", error, reason=error.reason)
        raise Unavailable(_RETRY_SECONDS) from error
    if answer.signature is None:
        return Verdict("clean", answer.engine)
    if answer.signature.startswith(_LIMITS):
        raise Refused(Code.SCAN_LIMIT)
    return Verdict("infected", answer.engine, answer.signature)
