"""What a newcomer reads once the product runs: who there is, how to log in as them, what to try."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra.local.config import USUAL_STATE
from infra.local.issuer import personas

if TYPE_CHECKING:
    from infra.local.config import Config

WIDTH: Final = 96
DOORS: Final = {
    "franceconnect": "« Je suis un particulier », FranceConnect+",
    "psc": "« Je suis un professionnel de santé », Pro Santé Connect",
    "proconnect": "« Vous éditez une application », ProConnect",
    "operator": "« Vous exploitez le service », ProConnect",
}
_SOUGHT: Final = "dominique"
_SEXES: Final = {"female": "Féminin", "male": "Masculin"}


def directions(running: Config) -> str:
    """Return the fictitious people by their way in, the doctor's search, and where the rest is."""
    people = personas()
    column = max(len(person["display"]) for person in people.values())
    state = _from_here(running.state)
    lines = []
    for provider, door in DOORS.items():
        lines += ["", f"Log in by {door}, as:"]
        lines += [
            _row(column, person["display"], person["try"])
            for person in people.values()
            if person["provider"] == provider
        ]
    lines += [
        "",
        f"What a doctor finds Dominique with: {_traits(people[_SOUGHT])}",
        "",
        "make journey  plays the whole story, with the software of the Laboratoire Exemple",
        "make examples runs three applications of the catalogue, to link with her space",
        "make stop     or Ctrl-C; what was done is kept",
        f"make logs     what its functions said; of the launcher and its processes: {state}/logs",
        f"The laboratory's key: {state}/laboratory (docs/depositing.md)",
    ]
    if running.state != USUAL_STATE:
        lines.append(f"After each of these commands: CARNET_STATE={state}")
    return "\n".join(lines)


def _row(column: int, who: str, attempt: str) -> str:
    first = f"  {who:<{column}}  "
    return textwrap.fill(attempt, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))


def _traits(person: dict[str, Any]) -> str:
    """Write what the search form asks for, in its order and in its words."""
    claims = person["claims"]
    year, month, day = claims["birthdate"].split("-")
    names = (claims["family_name"], claims["given_name_array"][0])
    return ", ".join((person["ins"], *names, f"{day}/{month}/{year}", _SEXES[claims["gender"]]))


def _from_here(folder: Path) -> str:
    """Write a path as short as it can be typed from where the command was given."""
    here = Path.cwd()
    return os.path.relpath(folder) if folder.is_relative_to(here) else str(folder)
