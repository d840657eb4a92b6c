"""What makes an application acceptable, and what may become of it. Pure.

The order of the catalogue is published (R-CAT-06): alphabetical, by name, whatever was paid.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from chalicelib.access.permissions import Permission
from chalicelib.catalogue import addresses
from chalicelib.catalogue.model import Application, Checked, Criteria, Draft, State, Theme
from chalicelib.core.errors import Conflict, FieldError, Invalid
from chalicelib.core.text import is_printable
from chalicelib.identity import public_keys
from chalicelib.identity.public_keys import RefusedKeys

# P: bounds of ours; a card is read on a phone.
MAX_NAME: Final = 60
MAX_PUBLISHER: Final = 120
MAX_PURPOSE: Final = 500
MAX_WHY: Final = 300
MAX_RETENTION: Final = 300
MAX_PRICE: Final = 120
MAX_REFERENCE: Final = 160
MAX_REASON: Final = 500
MAX_REDIRECTS: Final = 5
ORDER: Final = "alphabetical"

MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.CANDIDATE: frozenset({State.ONLINE, State.DELISTED}),
    State.ONLINE: frozenset({State.SUSPENDED, State.DELISTED}),
    State.SUSPENDED: frozenset({State.ONLINE, State.DELISTED}),
    # For good: registered anew, it has another id, and asks people anew.
    State.DELISTED: frozenset(),
}
# What is listed unless a state is asked for: a person sees why what she uses has stopped.
LISTED: Final = frozenset({State.ONLINE, State.SUSPENDED})
# R-CAT-04: to be presented; then, to exchange data.
_TO_BE_PRESENTED: Final = frozenset({Criteria.SECURITY, Criteria.DATA_PROTECTION, Criteria.ETHICS})
_TO_EXCHANGE: Final = _TO_BE_PRESENTED | {Criteria.URBANISATION, Criteria.INTEROPERABILITY}


def check(draft: Draft, *, allows_loopback: bool = False) -> None:
    """Check what a publisher says of an application.

    `allows_loopback`: its own pages may be served by this machine (a development stage).

    Raises:
        Invalid: everything that is wrong, at once, each with its field.
    """
    errors = (
        *_texts(draft),
        *_pages(draft, allows_loopback=allows_loopback),
        *_redirects(draft.redirect_uris),
        *_lists(draft),
        *_keys(draft),
    )
    if errors:
        raise Invalid(errors=errors)


def check_reason(reason: str) -> None:
    """Check the reason of a decision: people are told it.

    Raises:
        Invalid: none, too long, or not to be read.
    """
    errors = tuple(_text("/reason", reason, MAX_REASON))
    if errors:
        raise Invalid(errors=errors)


def check_move(application: Application, state: State) -> None:
    """Check that an application may come into a state (R-CAT-03, R-CAT-04).

    Raises:
        Conflict: `application-move`: not from where it is; `application-unchecked`: what a review
            looks at is not all found satisfied.
    """
    if state not in MOVES[application.state]:
        raise Conflict("application-move", state=application.state)
    if state is State.ONLINE and missing_checks(application):
        raise Conflict("application-unchecked", missing=", ".join(missing_checks(application)))


def missing_checks(application: Application) -> list[Criteria]:
    """Return what is still to be found satisfied before an application goes online."""
    needed = _TO_EXCHANGE if application.draft.data_asked else _TO_BE_PRESENTED
    found = {one.criteria for one in application.checked}
    return [one for one in Criteria if one in needed - found]


def check_change(application: Application) -> None:
    """Check that an application may be changed now.

    Raises:
        Conflict: `application-fixed`: what was delisted stays as it was.
    """
    if application.state is State.DELISTED:
        raise Conflict("application-fixed", state=application.state)


def state_after(application: Application, *, by_publisher: bool) -> State:
    """Return the state of an application once it was changed.

    What people consent to does not change under their eyes (R-SVC-04): whatever its publisher
    changes of what is online, it is a candidate again, and acts no more until it was reviewed.
    """
    is_reviewed_again = by_publisher and application.state is State.ONLINE
    return State.CANDIDATE if is_reviewed_again else application.state


def published(application: Application) -> Application:
    """Return an application as everybody sees it: no link of one that nobody has looked at yet.

    Anybody may ask to be referenced: a candidate must not lead people anywhere in our name.
    """
    if application.state is not State.CANDIDATE:
        return application
    draft = application.draft
    publisher = replace(draft.publisher, website="")
    return replace(application, draft=replace(draft, publisher=publisher, site="", privacy=""))


def chosen(
    applications: Iterable[Application], theme: Theme | None, state: State | None
) -> list[Application]:
    """Return the applications of a theme and state, in the published order."""
    states = {state} if state else LISTED
    found = [
        one
        for one in applications
        if one.state in states and (theme is None or one.draft.theme is theme)
    ]
    return sorted(found, key=lambda one: (folded(one.draft.name), one.id))


def folded(name: str) -> str:
    """Return a name for comparing: without case or accents."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def permissions(draft: Draft) -> list[Permission]:
    """Return what an application may ask for, in the order of the permissions."""
    asked = {one.permission for one in draft.data_asked}
    return [one for one in Permission if one in asked]


def checks_after(before: Collection[Checked], now: Iterable[Checked]) -> tuple[Checked, ...]:
    """Return what is found satisfied after a review; what already was keeps its day."""
    known = {one.criteria: one for one in before}
    found = {one.criteria: known.get(one.criteria, one) for one in now}
    return tuple(found[one] for one in Criteria if one in found)


def _texts(draft: Draft) -> Iterator[FieldError]:
    yield from _text("/name", draft.name, MAX_NAME)
    yield from _text("/publisher/name", draft.publisher.name, MAX_PUBLISHER)
    yield from _text("/purpose", draft.purpose, MAX_PURPOSE)
    yield from _text("/retention", draft.retention, MAX_RETENTION)
    yield from _text("/price/detail", draft.price.detail, MAX_PRICE)
    for place, asked in enumerate(draft.data_asked):
        yield from _text(f"/data_asked/{place}/why", asked.why, MAX_WHY)
    for place, attested in enumerate(draft.attestations):
        yield from _text(f"/attestations/{place}/reference", attested.reference, MAX_REFERENCE)


def _text(pointer: str, text: str, most: int) -> Iterator[FieldError]:
    if not text.strip():
        yield FieldError(pointer, "string_too_short", {"min_length": 1})
    elif len(text) > most:
        yield FieldError(pointer, "string_too_long", {"max_length": most})
    elif not is_printable(text):
        yield FieldError(pointer, "control_character")


def _pages(draft: Draft, *, allows_loopback: bool) -> Iterator[FieldError]:
    pages = (
        ("/publisher/website", draft.publisher.website),
        ("/site", draft.site),
        ("/privacy", draft.privacy),
    )
    for pointer, address in pages:
        code = addresses.why_not_page(address, allows_loopback=allows_loopback)
        if code:
            yield _of_address(pointer, code)


def _redirects(given: tuple[str, ...]) -> Iterator[FieldError]:
    if len(given) > MAX_REDIRECTS:
        yield FieldError("/redirect_uris", "too_many_redirects", {"limit": MAX_REDIRECTS})
    for place, address in enumerate(given):
        pointer = f"/redirect_uris/{place}"
        code = addresses.why_not_redirect(address)
        if code:
            yield _of_address(pointer, code)
        elif address in given[:place]:
            yield FieldError(pointer, "repeated")


def _of_address(pointer: str, code: str) -> FieldError:
    return FieldError(pointer, code, {"min_length": 1, "max_length": addresses.MAX_CHARS})


def _lists(draft: Draft) -> Iterator[FieldError]:
    if not draft.platforms:
        yield FieldError("/platforms", "none_chosen")
    yield from _repeated("/platforms", draft.platforms, "")
    yield from _repeated("/data_asked", [one.permission for one in draft.data_asked], "/permission")
    yield from _repeated("/attestations", [one.kind for one in draft.attestations], "/kind")


def _repeated(pointer: str, values: Collection[str], member: str) -> Iterator[FieldError]:
    known = set()
    for place, value in enumerate(values):
        if value in known:
            yield FieldError(f"{pointer}/{place}{member}", "repeated")
        known.add(value)


def _keys(draft: Draft) -> Iterator[FieldError]:
    if draft.jwks is None:
        return
    try:
        public_keys.check_together(public_keys.read(draft.jwks))
    except RefusedKeys as refused:
        yield FieldError("/jwks", refused.code, {"limit": public_keys.MAX_KEYS})
