"""The sample applications of the catalogue, as `make examples` runs them, on the running product.

A person consents through the API, as our screens do; the visitor is her browser on their pages.
"""

import html
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from infra.local import examples
from infra.local.client import Caller, Reply
from tests.clients.consenting import Person, log_in
from tests.stack import Stack, fetch

pytestmark = pytest.mark.cloud

BALANCE: Final = "2GK9AJSFH5AX2AD2Z913WHY22Y"
OVER: Final = "Votre accord a pris fin, ou vous l’avez retiré"
SECONDS: Final = 90
TOLD_SECONDS: Final = 180
SETTLED: Final = timedelta(seconds=30)  # enough to wish for a reminder before it is due
_TAG: Final = re.compile(r"<style>.*?</style>|<[^>]+>", re.DOTALL)


@dataclass(slots=True)
class Visitor:
    """A browser on the pages of one sample application."""

    origin: str
    caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.caller = Caller(self.origin)

    def sees(self, path: str = "/") -> str:
        """Open a page; return its text."""
        return _text(self._follow(self.caller.request("GET", path)))

    def presses(self, path: str, **fields: str) -> str:
        """Press the button of a form; return the text of the page it leads to."""
        return _text(self._follow(self._post(path, fields)))

    def leaves(self, path: str) -> str:
        """Press a button that leads elsewhere; return where."""
        return self._post(path, {}).header("Location")

    def offered(self) -> list[str]:
        """Return the times that the booking site offers."""
        page = self.caller.request("GET", "/").body.decode()
        return re.findall(r'action=/choisir><input type=hidden name=start value="([^"]+)"', page)

    def _post(self, path: str, fields: dict[str, str]) -> Reply:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self.caller.request("POST", path, body=urlencode(fields).encode(), headers=headers)

    def _follow(self, reply: Reply) -> Reply:
        while reply.status == 303:
            reply = self.caller.request("GET", reply.header("Location"))
        assert reply.status == 200, reply.body
        return reply


def _text(reply: Reply) -> str:
    return html.unescape(_TAG.sub(" ", reply.body.decode()))


@dataclass(frozen=True, slots=True)
class Sites:
    """The three of them, each with a visitor."""

    scale: Visitor
    booking: Visitor
    room: Visitor


@pytest.fixture(scope="module")
def _running(stack: Stack) -> Iterator[list[str]]:
    origins = [f"http://127.0.0.1:{stack.config.port + n}" for n in (20, 21, 22)]
    with examples.started(stack.config):
        deadline = time.monotonic() + SECONDS
        while not all(map(_answers, origins)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield origins


@pytest.fixture
def sites(_running: list[str]) -> Sites:
    return Sites(*map(Visitor, _running))


@pytest.fixture
def person(stack: Stack) -> Person:
    stack.wait_until_ready()
    return log_in(stack.url)


@pytest.fixture
def awake(person: Person) -> Iterator[Person]:
    """Have no quiet hours for a while: the test runs at night as well."""
    path = f"/v1/patients/{person.pid}/preferences"
    before = person.ask("GET", "preferences")
    names = ("zone", "quiet_from", "quiet_until", "mail", "remind")
    chosen = {name: before[name] for name in names}
    none = {"quiet_from": None, "quiet_until": None}
    saved = person.send("PUT", path, chosen | none, If_Match=f'"v{before["version"]}"')
    assert saved.status == 200, saved.body
    yield person
    person.send("PUT", path, chosen, If_Match=f'"v{saved.json()["version"]}"')


def _answers(origin: str) -> bool:
    try:
        return fetch(origin, "/").status == 200
    except OSError:
        return False


def _link(person: Person, visitor: Visitor, **left_out: Any) -> str:
    """Have a person link her space to an application; return the page she ends on."""
    return visitor.sees(person.consents(visitor.leaves("/relier"), **left_out))


def _weights(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.ask("GET", "measures?kind=weight")["items"]
    return found


def test_the_scale_adds_weights_until_the_person_takes_her_consent_back(
    sites: Sites, person: Person
) -> None:
    scale = sites.scale
    assert "Reliez votre balance" in scale.sees()
    assert "Votre balance est reliée" in _link(person, scale)

    assert "c’est dans votre espace" in scale.presses("/peser")
    told = scale.presses("/peser")

    newest, former = _weights(person)[:2]
    weight, before = newest["values"]["weight"], former["values"]["weight"]
    since = f"{weight - before:+.1f}".replace("-", "−")
    assert f"{weight:.1f} kg".replace(".", ",") in told.replace("\u00a0", " ")
    assert f"précédente : {since} kg".replace(".", ",") in told.replace("\u00a0", " ")
    assert (newest["source"]["kind"], newest["device"]) == ("application", "Balance (exemple)")

    person.withdraws(BALANCE)
    assert OVER in scale.presses("/peser")
    assert _weights(person)[0]["id"] == newest["id"]
    assert "Reliez votre balance" in scale.sees()
    refused = person.told_of("Balance", "refused")[0]
    assert "n’a pas votre accord" in refused["right"]
    assert person.told_of("Balance", "allowed")[0]["label"] == "a ajouté une mesure"


def test_the_scale_does_without_what_was_left_out(sites: Sites, person: Person) -> None:
    _link(person, sites.scale, without=["weight:read"])
    sites.scale.presses("/peser")

    told = sites.scale.presses("/peser")

    assert "c’est dans votre espace" in told
    assert "précédente" not in told


def test_a_line_taken_back_is_said_and_the_rest_goes_on(sites: Sites, person: Person) -> None:
    _link(person, sites.scale)
    (consent,) = [
        one for one in person.ask("GET", "consents")["items"] if one["application"]["id"] == BALANCE
    ]
    fewer = {"permissions": ["weight:write"]}
    path, version = f"/v1/patients/{person.pid}/consents/{consent['id']}", consent["version"]
    assert person.send("PATCH", path, fewer, If_Match=f'"v{version}"').status == 200

    assert "Vous n’avez pas donné cet accord" in sites.scale.presses("/peser")
    assert "c’est dans votre espace" in sites.scale.presses("/peser")


def test_who_declines_is_told_that_nothing_is_linked(sites: Sites, person: Person) -> None:
    back = person.declines(sites.booking.leaves("/relier"))

    assert "Vous avez refusé" in sites.booking.sees(back)
    assert "horaires libres" in sites.booking.sees()


def test_an_answer_serves_once_and_for_who_asked(sites: Sites, person: Person) -> None:
    back = person.consents(sites.scale.leaves("/relier"))
    stranger = Visitor(sites.scale.origin)

    assert "n’est pas celle de votre demande" in stranger.sees(back)
    assert "Votre balance est reliée" in sites.scale.sees(back)
    assert "n’est pas celle de votre demande" in sites.scale.sees(back)


def test_tokens_are_kept_where_their_owner_alone_reads(
    sites: Sites, person: Person, stack: Stack
) -> None:
    _link(person, sites.scale)

    kept = stack.config.applications / "balance" / "sessions.json"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_form_of_another_site_is_refused(sites: Sites) -> None:
    reply = sites.scale.caller.request(
        "POST", "/relier", headers={"Origin": "http://ailleurs.test"}
    )
    assert reply.status == 403


@pytest.mark.xdist_group("clock")  # it mostly waits
def test_booked_reminded_joined_and_reported(sites: Sites, awake: Person) -> None:
    booking, room, person = sites.booking, sites.room, awake
    start = booking.offered()[-1]  # later than the reminder that is proposed for it
    booking.presses("/choisir", start=start)
    assert "Confirmer ce rendez-vous" in _link(person, booking)
    assert "noté dans votre agenda" in booking.presses("/confirmer")

    found = person.ask("GET", "appointments")["items"]
    (made,) = [one for one in found if _instant(one) == datetime.fromisoformat(start)]
    assert made["author"]["kind"] == "application"
    assert made["author"]["name"].startswith("Rendez-vous")
    assert made["reminders"] == [24 * 60]
    assert start not in booking.offered()

    _wants_to_be_reminded_now(person, made)
    assert "Vos consultations à venir" in _link(person, room)
    assert "est dans votre agenda" in room.presses("/preparer", id=made["id"])
    with_link = person.ask("GET", f"appointments/{made['id']}")
    assert with_link["link_author"]["name"].startswith("Téléconsultation")
    _is_reminded(person, made["id"])

    joined = room.sees(with_link["link"])
    assert "en ligne avec le Dr Exemple" in joined
    ended = room.presses("/terminer", room=with_link["link"].rpartition("/")[2])
    assert "Le compte rendu est dans vos documents" in ended
    assert "Cette salle n’existe pas" in room.sees(with_link["link"])
    newest = person.ask("GET", "documents")["items"][0]
    assert newest["title"] == "Compte rendu de téléconsultation (exemple)"
    content = person.send("GET", f"/v1/patients/{person.pid}/documents/{newest['id']}/content")
    assert content.body.startswith(b"%PDF")

    assert "C’est annulé" in booking.presses("/annuler", start=start)
    gone = person.send("GET", f"/v1/patients/{person.pid}/appointments/{made['id']}")
    assert gone.status == 404


def _instant(appointment: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(appointment["start_at"])


def _wants_to_be_reminded_now(person: Person, made: dict[str, Any]) -> None:
    """Ask for a reminder so long before that it is due within half a minute and a minute more."""
    left = _instant(made) - datetime.now(UTC) - SETTLED
    path = f"/v1/patients/{person.pid}/appointments/{made['id']}"
    wish = {"reminders": [int(left.total_seconds()) // 60]}
    changed = person.send("PATCH", path, wish, If_Match=f'"v{made["version"]}"')
    assert changed.status == 200, changed.body


def _is_reminded(person: Person, appointment_id: str) -> None:
    deadline = time.monotonic() + TOLD_SECONDS
    while time.monotonic() < deadline:
        notices = person.ask("GET", "notices")["items"]
        if any(appointment_id in str(one) for one in notices if one["type"] == "reminder.due"):
            return
        time.sleep(1)
    pytest.fail("no reminder")
