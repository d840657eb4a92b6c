"""What each command of the operator does with applications of the catalogue.

`infra/operator.py` reads them: `application register FILE.json` and so on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from chalicelib.catalogue import rules, usecases
from chalicelib.catalogue.model import OPERATOR, Application, Criteria, Event, State
from chalicelib.catalogue.schemas import ApplicationDraft, draft_of
from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem, Unavailable
from chalicelib.http import problems

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from chalicelib.catalogue.model import Draft

_ID: Final = "id"


def run(given: argparse.Namespace) -> int:
    """Run a command that was read; return 0.

    Raises:
        ValueError, OSError: what was given is refused, or cannot be read; nothing was done.
        Tampered, KeyMissing, Unavailable, StoreUnavailable: as `commands.run`.
    """
    try:
        return _ACTS[given.act](given)
    except Unavailable:
        raise
    except Problem as problem:
        raise ValueError(_words(problem)) from problem


def read_file(file: Path) -> tuple[str | None, Draft]:
    """Read what a publisher says of an application, and the id it is to have, if the file says.

    Raises:
        ValueError: everything that is wrong in its form.
        OSError: the file cannot be read.
    """
    return read_said(json.loads(file.read_text(encoding="utf-8")))


def read_said(said: Any) -> tuple[str | None, Draft]:  # noqa: ANN401  JSON
    """Read what a file says; raises as `read_file`."""
    if not isinstance(said, dict):
        raise ValueError("not an application: a JSON object is expected")  # noqa: TRY004  one error for all
    known = said.pop(_ID, None)
    if known is not None and not (isinstance(known, str) and ids.is_id(known)):
        raise ValueError("id: 26 characters as the product makes them, or none")
    try:
        return known, draft_of(ApplicationDraft.model_validate_json(json.dumps(said), strict=True))
    except ValidationError as error:
        raise ValueError(_words(problems.from_validation(error))) from error


def _words(problem: Problem) -> str:
    """Return the English words of a refusal, one line for each field."""
    body = json.loads(problems.render(problem)[0])
    lines = [f"{one['pointer']}: {one['detail_en']}" for one in body.get("errors", [])]
    return "\n  ".join([body["detail_en"], *lines])


def _register(given: argparse.Namespace) -> int:
    known, draft = read_file(given.file)
    _print(usecases.register(OPERATOR, draft, application_id=known))
    return 0


def _change(given: argparse.Namespace) -> int:
    known, draft = read_file(given.file)
    if known not in (None, given.application):
        raise ValueError("the file is of another application")
    _print(usecases.change(OPERATOR, given.application, draft))
    return 0


def _review(given: argparse.Namespace) -> int:
    unknown = sorted(set(given.criteria) - set(Criteria))
    if unknown:
        raise ValueError(f"no such criteria: {', '.join(unknown)}")
    criteria = [Criteria(one) for one in given.criteria]
    _print(usecases.review(OPERATOR, given.application, criteria))
    return 0


def _state(given: argparse.Namespace) -> int:
    state = State(given.state)
    _print(usecases.set_state(OPERATOR, given.application, state, given.reason))
    return 0


def _list(given: argparse.Namespace) -> int:
    for one in usecases.all_applications():
        if given.state in (None, one.state):
            _print(one)
    return 0


def _show(given: argparse.Namespace) -> int:
    one = usecases.find(given.application)
    _print(one)
    draft = one.draft
    print(f"  purpose {draft.purpose}")
    for asked in draft.data_asked:
        print(f"  asks {asked.permission}: {asked.why}")
    for address in draft.redirect_uris:
        print(f"  redirect {address}")
    print(f"  client {'with keys' if draft.jwks else 'public'}")
    for checked in one.checked:
        print(f"  checked {checked.criteria} {checked.on}")
    if one.state in (State.CANDIDATE, State.SUSPENDED):
        print(f"  to be checked {' '.join(rules.missing_checks(one)) or 'nothing'}")
    return 0


def _history(given: argparse.Namespace) -> int:
    usecases.find(given.application)
    after: str | None = None
    while events := usecases.history(given.application, after=after):
        for event in events:
            print(_line(event))
        after = events[-1].id
    return 0


def _line(event: Event) -> str:
    what = [clock.iso(event.at), event.by.kind, event.what.partition(":")[2]]
    what += [f"{event.before} > {event.after}"] if event.before else []
    what += list(event.about)
    return " ".join(what) + (f": {event.reason}" if event.reason else "")


def _print(one: Application) -> None:
    print(f"{one.id} {one.state} {one.draft.name} ({one.draft.publisher.name})")


_ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "register": _register,
    "change": _change,
    "review": _review,
    "state": _state,
    "list": _list,
    "show": _show,
    "history": _history,
}
