"""What a document may not be known of: by who represents a minor, or by the person herself (D15).

Minors' secrecy (R-MIN-03): for who represents her it does not exist, and what is done to it is in a
history of its own, which the minor herself reads (ADR 0019). Withheld until the consultation in
which it is announced (R-CNF-05): it does not exist for the person, who represents her and her
applications, until it is made visible (ADR 0037).
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Right
from chalicelib.core import clock
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.zones import PARIS
from chalicelib.http.principal import ActorKind
from chalicelib.identity import rules, spaces
from chalicelib.record.cda.rules import PARENTS_CODE, WITHHELD_CODE
from chalicelib.record.model import Document, Draft, Visibility, Withheld

# P: when who deposited it is to look at it again (R-CNF-05).
REVIEW_AFTER: Final = timedelta(days=30)
# What the announcement of a content said, and its header cannot say otherwise: it was traced so.
_ANNOUNCED: Final = (Action.DOCUMENT_UPLOAD, Action.DOCUMENT_INGEST)
# Who reads as the person does; the others are her professionals.
_HER_SIDE: Final = (ActorKind.PERSON, ActorKind.APPLICATION)


def declare(unit: Unit, draft: Draft) -> None:
    """Keep a deposit secret or withheld, and its trace, if its depositor says so.

    The person is named on entering. A reason without a visibility is of a header that says it:
    withheld from the first line on, and `declare_in_header` is to find it there.

    Raises:
        Invalid: it is secret and she is no minor; the depositor is of her side.
    """
    if draft.is_withheld:
        if unit.entry.principal.kind in _HER_SIDE:
            raise _refused("visibility_reserved") if draft.visibility else _not_withheld()
        unit.is_withheld = True
    if draft.visibility is not Visibility.NOT_REPRESENTATIVES:
        return
    if unit.right is Right.REPRESENTATIVE:
        raise _refused("visibility_reserved")
    if not _keep(unit):
        raise _refused("not_a_minor")


def foresee(unit: Unit, draft: Draft) -> None:
    """Keep apart what is refused of a deposit before its declaration is looked at."""
    unit.is_withheld = draft.is_withheld and unit.entry.principal.kind not in _HER_SIDE
    is_secret = draft.visibility is Visibility.NOT_REPRESENTATIVES
    unit.is_secret = is_secret and unit.right is not Right.REPRESENTATIVE


def declare_in_header(unit: Unit, confidentiality: Collection[str]) -> None:
    """Keep a deposit secret or withheld if the header of the document says so, by any of its codes.

    Secrecy is void of an adult's; a copy that the person has is withheld from nobody.

    Raises:
        Invalid: an application says so, which could not read it back (R-SVC-09); the depositor
            asked for the other beside; or it was announced otherwise, and her history, or that of
            who represents her, has lines of it.
    """
    kind, announced = unit.entry.principal.kind, visibility(unit)
    if WITHHELD_CODE in confidentiality and kind is not ActorKind.PERSON:
        if kind is ActorKind.APPLICATION:
            raise _refused("visibility_reserved")
        unit.is_withheld = True
    if PARENTS_CODE in confidentiality and unit.right is not Right.REPRESENTATIVE:
        is_kept = _keep(unit)
        if is_kept and kind is ActorKind.APPLICATION:
            unit.is_secret = False
            raise _refused("visibility_reserved")
    if unit.is_withheld and unit.is_secret:
        raise _refused("visibility_both")
    if unit.action in _ANNOUNCED and visibility(unit) is not announced:
        raise _refused("visibility_not_announced")


def check_reason(draft: Draft, confidentiality: Collection[str] = ()) -> None:
    """Refuse a reason to withhold what neither its depositor nor its header says is withheld.

    Raises:
        Invalid: it is so.
    """
    is_of_header = draft.is_withheld and draft.visibility is None
    if is_of_header and WITHHELD_CODE not in confidentiality:
        raise _not_withheld()


def visibility(unit: Unit) -> Visibility:
    """Return to whom what is deposited is not shown, once all was declared."""
    if unit.is_withheld:
        return Visibility.NOT_PATIENT
    return Visibility.NOT_REPRESENTATIVES if unit.is_secret else Visibility.NORMAL


def withheld(unit: Unit, draft: Draft) -> Withheld | None:
    """Return why a deposit is withheld and when to look at it again, None if it is not."""
    if not unit.is_withheld:
        return None
    return Withheld(draft.visibility_reason, clock.paris_date(unit.now + REVIEW_AFTER))


def until(unit: Unit) -> str | None:
    """Return the instant to which what is deposited is kept secret, None if it is not."""
    return _majority(unit) if unit.is_secret else None


def is_hidden(unit: Unit, document: Document) -> bool:
    """Tell whether a document does not exist for the reader."""
    if document.visibility is Visibility.NOT_PATIENT:
        return unit.entry.principal.kind in _HER_SIDE
    is_secret = document.visibility is Visibility.NOT_REPRESENTATIVES
    return is_secret and unit.right is Right.REPRESENTATIVE


def hides(unit: Unit, document: Document) -> bool:
    """Tell whether a document does not exist for the reader; keep secret what else is done to it.

    Once a minor is of age nobody represents her any more, and her history is one again.
    """
    if is_hidden(unit, document):
        return True
    unit.is_withheld = document.visibility is Visibility.NOT_PATIENT
    if document.visibility is Visibility.NOT_REPRESENTATIVES:
        unit.is_secret = in_effect(unit, document) is document.visibility
    return False


def in_effect(unit: Unit, document: Document) -> Visibility:
    """Return to whom a document is not shown now: a minor's secrecy ends once nobody represents."""
    if document.visibility is not Visibility.NOT_REPRESENTATIVES:
        return document.visibility
    is_kept = _is_represented(unit, document.secret_until)
    return document.visibility if is_kept else Visibility.NORMAL


def _not_withheld() -> Invalid:
    return Invalid(errors=(FieldError("/visibility_reason", "not_withheld"),))


def _refused(code: str) -> Invalid:
    return Invalid(errors=(FieldError("/visibility", code),))


def _keep(unit: Unit) -> bool:
    unit.is_secret = _is_represented(unit, _majority(unit))
    return unit.is_secret


def _is_represented(unit: Unit, majority: str | None) -> bool:
    """Tell whether somebody represents her, or still may: the later of the two instants counts."""
    settings = unit.entry.settings
    until = (settings.represented_until if settings else None) or ""
    return clock.iso(unit.now) < max(majority or "", until)


def _majority(unit: Unit) -> str | None:
    born = spaces.person_of(unit)[0].traits.birth_date
    return clock.iso(rules.majority_at(born, PARIS.key)) if born else None
