"""What publishers and operators ask for, as requests anybody of theirs could send."""

from collections.abc import Callable
from typing import Final

from chalicelib.catalogue import usecases
from chalicelib.catalogue.model import OPERATOR, Author, Criteria
from chalicelib.core import ids
from tests.builders import Actor
from tests.catalogue.samples import BODY, DRAFT, SIRET
from tests.http_client import Client, Reply
from tests.worlds import World

_OWN: Final = "/v1/publishers/me/applications"
_ALL: Final = "/v1/operators/applications"
_ONE: Final = "/{candidate}"
_prepared: Final[dict[str, str]] = {}


def prepare(world: World) -> None:
    """Present a candidate that a review found right."""
    made = usecases.register(Author("publisher", "0" * 26, "Alix EXEMPLE", SIRET), DRAFT)
    _prepared[world.publisher.id] = usecases.review(OPERATOR, made.id, list(Criteria)).id


def _ask(
    method: str, path: str, who: Callable[[World], Actor], **options: object
) -> Callable[[World, Client], Reply]:
    def send(world: World, http: Client) -> Reply:
        return http.request(
            method,
            path.format(candidate=_prepared[world.publisher.id]),
            as_=who(world).principal,
            headers={"Idempotency-Key": ids.new_id(), "If-Match": '"v2"'},
            **options,  # type: ignore[arg-type]
        )

    return send


def _publisher(world: World) -> Actor:
    return world.publisher


def _operator(world: World) -> Actor:
    return world.operator


me = _ask("GET", "/v1/me", _publisher)
own_list = _ask("GET", _OWN, _publisher)
own_one = _ask("GET", _OWN + _ONE, _publisher)
register = _ask("POST", _OWN, _publisher, json=BODY)
change = _ask("PATCH", _OWN + _ONE, _publisher, json={"name": "Balance 2 (exemple)"})
queue = _ask("GET", f"{_ALL}?state=candidate", _operator)
file = _ask("GET", _ALL + _ONE, _operator)
review = _ask("PUT", f"{_ALL}{_ONE}/review", _operator, json={"satisfied": ["ethics"]})
decide = _ask(
    "POST", f"{_ALL}{_ONE}/state", _operator, json={"state": "online", "reason": "Usage clair."}
)
