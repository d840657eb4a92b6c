"""Whether a scanner knows a content as a virus: a port, and the one adapter there is (`clamd`).

Why it exists: a document says what scanned it, or that nothing did. Without a scanner configured it
enters, and says so; with one that does not answer, nothing enters (ADR 0030).

One that has fallen silent is not waited for again by each deposit: one request runs at a time in a
process, and readers would wait behind.
"""

import time
from dataclasses import dataclass
from typing import Final, Literal

from chalicelib.core import log
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings
from chalicelib.storage import clamd
from chalicelib.storage.refusals import Code, Refused

Outcome = Literal["clean", "infected", "not_scanned"]
_RETRY_SECONDS: Final = 30
# By address: until when a scanner is not asked that let one wait and did not say that it is there.
_silent_until: Final[dict[str, float]] = {}
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
    if _is_silent(address):
        log.write("scanner gives no answer", reason="silent")
        raise Unavailable(_RETRY_SECONDS)
    try:
        answer = clamd.ask(address, content)
    except clamd.Unanswered as error:
        if error.reason == "timeout":
            # A file may be long to scan: others only wait no more if nothing at all is answered.
            _look(address)
        log.exception("scanner gives no answer", error, reason=error.reason)
        raise Unavailable(_RETRY_SECONDS) from error
    if answer.signature is None:
        return Verdict("clean", answer.engine)
    if answer.signature.startswith(_LIMITS):
        raise Refused(Code.SCAN_LIMIT)
    return Verdict("infected", answer.engine, answer.signature)


def _is_silent(address: str) -> bool:
    until = _silent_until.get(address)
    if until is None:
        return False
    return time.monotonic() < until or not _look(address)


def _look(address: str) -> bool:
    """Tell whether the scanner is there, and remember for a while that it is not."""
    if clamd.is_there(address):
        _silent_until.pop(address, None)
        return True
    _silent_until[address] = time.monotonic() + _RETRY_SECONDS
    return False
