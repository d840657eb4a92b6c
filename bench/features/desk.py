"""What publishers and operators ask for, and what anybody reads of the catalogue."""

from typing import Final

from bench.asking import Operation, ask, get, operator, publisher, remember
from chalicelib.catalogue import usecases
from chalicelib.catalogue.model import OPERATOR, Author, Criteria, State
from tests.catalogue import samples
from tests.catalogue.samples import BODY, DRAFT, SIRET
from tests.http_client import Client
from tests.worlds import World

_OWN: Final = "/v1/publishers/me/applications"
_ALL: Final = "/v1/operators/applications"
_ONE: Final = _ALL + "/{candidate}"
_ONLINE: Final = {"state": "online", "reason": "Usage clair."}
_NAMED: Final = {"name": "Balance 2 (exemple)"}


def prepare(world: World, _: Client) -> None:
    """Present a candidate that a review found right; reference another application."""
    made = usecases.register(Author("publisher", "0" * 26, "Alix EXEMPLE", SIRET), DRAFT)
    candidate = usecases.review(OPERATOR, made.id, list(Criteria)).id
    online = samples.an_application(state=State.ONLINE).id
    remember(world, candidate=candidate, online=online)


_change = ask("PATCH", f"{_OWN}/{{candidate}}", publisher, version=2, json=_NAMED)
_review = ask("PUT", f"{_ONE}/review", operator, version=2, json={"satisfied": ["ethics"]})
_decide = ask("POST", f"{_ONE}/state", operator, version=2, json=_ONLINE)

OPERATIONS: Final = (
    Operation("me_publisher", get("/v1/me", publisher)),
    Operation("own_applications", get(_OWN, publisher)),
    Operation("own_application", get(f"{_OWN}/{{candidate}}", publisher)),
    Operation("register_application", ask("POST", _OWN, publisher, json=BODY), 201),
    Operation("change_application", _change),
    Operation("applications_to_review", get(f"{_ALL}?state=candidate", operator)),
    Operation("application_to_review", get(_ONE, operator)),
    Operation("review_application", _review),
    Operation("decide_application", _decide),
    Operation("catalogue", get("/v1/catalogue", None)),
    Operation("catalogue_card", get("/v1/catalogue/{online}", None)),
)
