"""Minors' secrecy: a document that those who represent a minor never learn of (R-MIN-03, D15).

For them it does not exist: no line, no count, no notice, no trace. What is done to it is in a
history of its own, which the minor herself reads. See ADR 0019.
"""

from typing import Final

from chalicelib.access.gate import Unit
from chalicelib.access.model import Right
from chalicelib.core import clock
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.zones import PARIS
from chalicelib.http.principal import ActorKind
from chalicelib.identity import rules, spaces
from chalicelib.record.model import Document, Draft, Visibility

# How a document's own header says it (value set TRE_A07).
HEADER_CODE: Final = "INVISIBLE_REPRESENTANTS_LEGAUX"


def declare(unit: Unit, draft: Draft) -> None:
    """Keep a deposit secret, and its trace, if its depositor says so; the person is named.

    Raises:
        Invalid: she is no minor, or the depositor represents her.
    """
    if draft.visibility is not Visibility.NOT_REPRESENTATIVES:
        return
    if unit.right is Right.REPRESENTATIVE:
        raise Invalid(errors=(FieldError("/visibility", "visibility_reserved"),))
    if not _keep(unit):
        raise Invalid(errors=(FieldError("/visibility", "not_a_minor"),))


def declare_in_header(unit: Unit, confidentiality: str) -> None:
    """Keep a deposit secret if the header of the document says so; of an adult's, that is void.

    Raises:
        Invalid: an application says so, which could not read it back (R-SVC-09).
    """
    if confidentiality == HEADER_CODE and unit.right is not Right.REPRESENTATIVE:
        is_kept = _keep(unit)
        if is_kept and unit.entry.principal.kind is ActorKind.APPLICATION:
            unit.is_secret = False
            raise Invalid(errors=(FieldError("/visibility", "visibility_reserved"),))


def until(unit: Unit) -> str | None:
    """Return the instant to which what is deposited is kept secret, None if it is not."""
    return _majority(unit) if unit.is_secret else None


def hides(unit: Unit, document: Document) -> bool:
    """Tell whether a document does not exist for the reader; keep secret what else is done to it.

    Once the person is of age nobody represents her any more, and her history is one again.
    """
    if document.visibility is Visibility.NORMAL:
        return False
    if unit.right is Right.REPRESENTATIVE:
        return True
    settings = unit.entry.settings
    represented = (settings.represented_until if settings else None) or ""
    unit.is_secret = clock.iso(unit.now) < max(document.secret_until or "", represented)
    return False


def _keep(unit: Unit) -> bool:
    settings = unit.entry.settings
    represented = (settings.represented_until if settings else None) or ""
    unit.is_secret = clock.iso(unit.now) < max(_majority(unit) or "", represented)
    return unit.is_secret


def _majority(unit: Unit) -> str | None:
    born = spaces.person_of(unit)[0].traits.birth_date
    return clock.iso(rules.majority_at(born, PARIS.key)) if born else None
