"""What may be written, by whom, and how far a message went. Pure."""

from collections.abc import Iterator
from typing import Final

from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.text import is_printable
from chalicelib.messaging.model import Draft, Joined, Marks, Opening, Side, State

# P: two screens of text; what is longer is a document.
MAX_BODY: Final = 5_000
MAX_SUBJECT: Final = 100
MAX_NAME: Final = 120
# P (R-MSG-07 allows 20 of a mail): five of 4 MiB.
MAX_ATTACHMENTS: Final = 5


def checked_opening(opening: Opening) -> Opening:
    """Return what opens a conversation, its ends of lines made one.

    Raises:
        Invalid: everything that is wrong.
    """
    body = one_end_of_line(opening.body)
    errors = (*_subject(opening.subject), *_body(body))
    if errors:
        raise Invalid(errors=errors)
    return Opening(opening.subject.strip(), body, opening.as_team)


def checked(draft: Draft) -> Draft:
    """Return a message to send, its ends of lines made one.

    Raises:
        Invalid: everything that is wrong.
    """
    body = one_end_of_line(draft.body)
    errors = (*_body(body), *_attachments(draft.attachments))
    if errors:
        raise Invalid(errors=errors)
    return Draft(body, draft.attachments)


def one_end_of_line(text: str) -> str:
    """Write ends of lines as one line feed, whatever the device writes."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def may_reach(*, is_team: bool, is_authorised: bool, is_blocked: bool) -> bool:
    """Tell whether a professional's side may write to a person at all.

    From her own box she needs the person's authorisation, so that taking it back silences her. A
    team writes as it deposits, without one (R-MAT-02); the person may block either.
    """
    return not is_blocked and (is_team or is_authorised)


def state(message_id: str, side: Side, marks: Marks, *, is_reachable: bool) -> State:
    """Return how far a message of a side went; `is_reachable`: the other side has a reader."""
    if message_id <= (marks.read[side.other] or ""):
        return State.READ
    return State.DELIVERED if is_reachable else State.SENT


def _subject(subject: str) -> Iterator[FieldError]:
    if len(subject) > MAX_SUBJECT:
        yield FieldError("/subject", "string_too_long", {"max_length": MAX_SUBJECT})
    elif subject.strip() and not is_printable(subject):
        yield FieldError("/subject", "control_character")


def _body(body: str) -> Iterator[FieldError]:
    if not body.strip():
        yield FieldError("/body", "string_too_short", {"min_length": 1})
    elif len(body) > MAX_BODY:
        yield FieldError("/body", "string_too_long", {"max_length": MAX_BODY})
    elif not is_printable(body.replace("\n", " ").replace("\t", " ")):
        yield FieldError("/body", "control_character")


def _attachments(joined: tuple[Joined, ...]) -> Iterator[FieldError]:
    if len(joined) > MAX_ATTACHMENTS:
        yield FieldError("/attachments", "too_long")
    seen: set[str] = set()
    for position, one in enumerate(joined):
        if one.id in seen:
            yield FieldError(f"/attachments/{position}/id", "twice")
        seen.add(one.id)
        yield from _name(position, one.name)


def _name(position: int, name: str) -> Iterator[FieldError]:
    pointer = f"/attachments/{position}/name"
    if not name.strip():
        yield FieldError(pointer, "string_too_short", {"min_length": 1})
    elif len(name) > MAX_NAME:
        yield FieldError(pointer, "string_too_long", {"max_length": MAX_NAME})
    elif not is_printable(name):
        yield FieldError(pointer, "control_character")
