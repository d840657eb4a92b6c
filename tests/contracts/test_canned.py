"""The answers that the browser tests give in the server's place are answers of the contract."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

import app
from chalicelib.http.endpoint import ENDPOINTS
from tests.browser.canned import DOCUMENTS, PERSON, PID, PROFESSIONAL, STRAYS, Canned, reply
from tests.browser.canned_agenda import APPOINTMENTS, FEEDS, NOTICES, RECOMMENDATIONS
from tests.browser.canned_desk import (
    ALL,
    DELISTED,
    ONLINE,
    OPERATOR,
    OWN,
    PUBLISHER,
    SUSPENDED,
    WAITING,
)
from tests.browser.canned_measures import MEASURES
from tests.browser.canned_messages import FILES, OPEN

if TYPE_CHECKING:
    from playwright.sync_api import Route

assert app.app.routes  # declares every endpoint

IDS = {
    "pid": PID,
    "document_id": DOCUMENTS["cda"]["id"],
    "appointment_id": APPOINTMENTS[0]["id"],
    "feed_id": FEEDS[0]["id"],
    "notice_id": NOTICES[0]["id"],
    "key": RECOMMENDATIONS[0]["key"],
    "measure_id": MEASURES["weight"][0]["id"],
    "rpps": "10001234567",
    "conversation_id": OPEN,
    "attachment_id": FILES[0]["id"],
}
READ = [
    one.path
    for one in ENDPOINTS
    if one.method == "GET"
    and (one.path == "/v1/me" or "{pid}" in one.path or "/v1/conversations" in one.path)
]
# Read by the running product's own tests: no screen is drawn from a canned one.
NOT_CANNED = {
    "/v1/patients/{pid}/trace/proof",
    "/v1/patients/{pid}/appointments/{appointment_id}/ics",
    "/v1/patients/{pid}/documents/{document_id}/parts",
}


@dataclass
class Request:
    """What a page asks."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    post_data_buffer: bytes | None = None


@dataclass
class Asked:
    """A request of a page, and what it is answered."""

    request: Request
    said: list[dict[str, Any]] = field(default_factory=list)

    def fulfill(self, **answer: Any) -> None:
        self.said.append(answer)


def answer(canned: Canned, path: str) -> dict[str, Any]:
    asked = Asked(Request("GET", f"https://carnet.test{path}"))
    canned._answer(cast("Route", asked))
    (said,) = asked.said
    return said


@pytest.fixture(autouse=True)
def _no_stray() -> None:
    STRAYS.clear()


@pytest.mark.parametrize("state", ["full", "empty", "error"])
@pytest.mark.parametrize("who", [PERSON, PROFESSIONAL])
@pytest.mark.parametrize("path", READ)
def test_a_canned_answer_is_one_of_the_contract(path: str, who: str, state: str) -> None:
    # Whose conversations: a person names a record, a professional a box.
    asked = {PERSON: f"?patient_id={PID}", PROFESSIONAL: "?box=own"}[who]
    query = asked if path == "/v1/conversations" else ""
    said = answer(Canned(who, state), path.format_map(IDS) + query)

    assert STRAYS == []
    if state == "full":
        assert said["status"] == (404 if path in NOT_CANNED else 200), path


@pytest.mark.parametrize("one", [*DOCUMENTS.values(), *APPOINTMENTS], ids=lambda one: one["id"])
def test_each_canned_thing_is_one_of_the_contract(one: dict[str, Any]) -> None:
    kind = "documents" if "sha256" in one else "appointments"
    said = answer(Canned(), f"/v1/patients/{PID}/{kind}/{one['id']}")

    assert (said["status"], STRAYS) == (200, [])


@pytest.mark.parametrize("state", ["full", "empty", "error"])
@pytest.mark.parametrize(
    ("who", "path"),
    [
        (PUBLISHER, "/v1/me"),
        (PUBLISHER, OWN),
        *((PUBLISHER, f"{OWN}/{one}") for one in (WAITING, ONLINE, SUSPENDED, DELISTED)),
        (OPERATOR, "/v1/me"),
        (OPERATOR, f"{ALL}?state=candidate"),
        (OPERATOR, f"{ALL}/{SUSPENDED}"),
    ],
)
def test_a_canned_answer_of_the_desk_is_one_of_the_contract(
    who: str, path: str, state: str
) -> None:
    said = answer(Canned(who, state), path)

    assert STRAYS == []
    assert state != "full" or said["status"] == 200


def test_a_canned_answer_that_drifts_is_told() -> None:
    canned = Canned()
    canned.overrides["/home$"] = lambda route: reply(route, {"documents": []})
    answer(canned, f"/v1/patients/{PID}/home")

    assert re.search("/home: .*required", " ".join(STRAYS))
