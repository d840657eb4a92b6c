"""An operation is a request anybody could send, about what was made before; only it is counted."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from chalicelib.core import ids
from tests.builders import Actor
from tests.http_client import Client, Reply
from tests.worlds import World

Send = Callable[[World, Client], Reply]
Before = Callable[[World, Client], None]
Who = Callable[[World], Actor]


def _nothing(world: World, http: Client) -> None:
    """Ask for nothing before: what every operation finds was enough."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One request: its name in `budgets.toml`, who sends it, and the status it must have.

    What it is about, beside what every operation finds, is made `before`, which is not counted.
    """

    name: str
    send: Send
    status: int = 200
    before: Before = _nothing


# What was made for each world, by the name that a path has for it.
_known: Final[dict[str, dict[str, str]]] = {}


def remember(world: World, **made: str) -> None:
    """Let paths name what was made: `{appointment}` once an `appointment` was."""
    _known.setdefault(world.person.pid, {}).update(made)


def known(world: World) -> dict[str, str]:
    """Return what paths may name: the person, her document, and what was made since."""
    own = {"pid": world.person.pid, "document": world.document}
    return own | _known.get(world.person.pid, {})


# Who asks, in a world.
person: Final[Who] = attrgetter("person")
doctor: Final[Who] = attrgetter("doctor")
colleague: Final[Who] = attrgetter("colleague")
laboratory: Final[Who] = attrgetter("laboratory")
publisher: Final[Who] = attrgetter("publisher")
operator: Final[Who] = attrgetter("operator")


def ask(
    method: str, path: str, who: Who | None = person, *, version: int = 1, **options: object
) -> Send:
    """Return what sends a request, as somebody or as anybody, with all that some routes require."""

    def send(world: World, http: Client) -> Reply:
        return http.request(
            method,
            path.format_map(known(world)),
            as_=who(world).principal if who else None,
            headers={"Idempotency-Key": ids.new_id(), "If-Match": f'"v{version}"'},
            **options,  # type: ignore[arg-type]
        )

    return send


def get(path: str, who: Who | None = person) -> Send:
    """Return what reads something."""
    return ask("GET", path, who)
