"""The running product, asked over HTTP with the sessions of its fictitious people.

Everybody logs in again when a session is refused, so that no answer spoils the rest of the run. The
application is one of ours, registered as an operator does, to which the person allows everything.
"""

import http.client
import json
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from chalicelib.access.permissions import Permission
from fuzz.exchanges import NOBODY, Got, Sent, World
from infra.local.client import Caller
from infra.local.config import ROOT, Config
from infra.local.journey import TRAITS
from tests.clients.consenting import Person
from tests.clients.registered import SAID, registered

_LOGINS: Final = {
    "person": ("franceconnect", "dominique"),
    "doctor": ("psc", "claire"),
    "publisher": ("proconnect", "alix"),
    "operator": ("operator", "salome"),
}
_APPLICATION: Final = "7H3CQW5M9TB2XKDZ4RGEJ8NVFZ"
_BACK: Final = "http://127.0.0.1/retour"
_SCOPE: Final = (
    "patient/Patient.rs patient/Observation.crs?code=http://loinc.org|29463-7 "
    "patient/Observation.crs?code=http://loinc.org|85354-9 patient/Appointment.crus "
    "patient/DocumentReference.crs patient/Binary.r offline_access"
)
_TIMEOUT_SECONDS: Final = 30
# What API Gateway adds to any answer, and the front to its own.
_OF_HOST: Final = re.compile(
    r"x-amzn?-|(?:date|server|connection|transfer-encoding|permissions-policy"
    r"|cross-origin-opener-policy)$"
)


class People:
    """Who is logged in, and what stands for the person in the paths of each."""

    def __init__(self, product: Config) -> None:
        """Log nobody in yet."""
        self._product = product
        self._callers: dict[str, Caller] = {}
        self._subjects: dict[str, str] = {}
        self._client = _registered(product)

    def authorization(self, who: str) -> str:
        """Return the header of somebody's session, opened at first use."""
        if who == NOBODY:
            return ""
        if who not in self._callers:
            self._callers[who] = self._logged_in(who)
        return f"Bearer {self._callers[who].token}"

    def renew(self, who: str) -> None:
        """Open another session: this one was ended, or is over."""
        self._callers.pop(who, None)
        if who == "laboratory":
            self._subjects.pop(who, None)

    def subject(self, who: str) -> str:
        """Return the person's id, or what an organisation or an application is given for it."""
        kind = who if who in {"laboratory", "application"} else "person"
        if kind not in self._subjects:
            self.authorization(kind)
            self._subjects[kind] = self._subjects.get(kind) or self._found(kind)
        return self._subjects[kind]

    def rpps(self) -> str:
        """Return the number of the doctor, who is let in."""
        self.authorization("doctor")
        number = str(self._callers["doctor"].request("GET", "/v1/me").json()["rpps"])
        self.authorization("person")
        path = f"/v1/patients/{self.subject('person')}/authorisations/{number}"
        self._callers["person"].request("PUT", path, json_body={})
        return number

    def _found(self, kind: str) -> str:
        caller = self._callers[kind]
        if kind == "person":
            return str(caller.request("GET", "/v1/me").json()["profiles"][0]["patient_id"])
        return str(caller.request("POST", "/v1/patients/lookup", json_body=TRAITS).json()["handle"])

    def _logged_in(self, who: str) -> Caller:
        caller = Caller(self._product.url)
        if who == "laboratory":
            caller.authenticate(self._product.state / "laboratory" / "client.json")
        elif who == "application":
            caller.token, self._subjects[who] = self._linked()
        else:
            caller.log_in(*_LOGINS[who])
        if not caller.token:
            raise OSError(f"no session of {who}")
        return caller

    def _linked(self) -> tuple[str, str]:
        """Have the person allow everything to the application; return its token, and her name."""
        self.authorization("person")
        person = Person(self._callers["person"], self.subject("person"))
        address, launch = self._client.launch(_SCOPE)
        back = person.consents(address)
        access = self._client.answer(launch, dict(parse_qsl(urlsplit(back).query)))
        return str(access.token), str(access.patient)


def world(product: Config) -> World:
    """Return the running product as something to ask."""
    people = People(product)
    return World(
        send=_sender(product, people),
        authorization=people.authorization,
        subject=people.subject,
        known={
            "rpps": (people.rpps(),),
            "patient_id": (people.subject("application"),),
            "slug": ("not-found", "invalid"),
        },
        good={"POST /v1/patients/lookup": TRAITS},
    )


def _sender(product: Config, people: People) -> Callable[[Sent], Got]:
    def send(sent: Sent) -> Got:
        got = _send(product, sent)
        if got.status == http.client.UNAUTHORIZED and sent.who != NOBODY:
            people.renew(sent.who)
            again = {**sent.headers, "authorization": people.authorization(sent.who)}
            got = _send(product, Sent(sent.who, sent.method, sent.target, again, sent.body))
        return got

    return send


def _send(product: Config, sent: Sent) -> Got:
    connection = http.client.HTTPConnection("localhost", product.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(sent.method, sent.target, sent.body or None, dict(sent.headers))
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        ours = {name: value for name, value in headers.items() if not _OF_HOST.match(name)}
        return Got(answer.status, ours, answer.read())
    finally:
        connection.close()


def _registered(product: Config) -> Any:
    """Register the application, and return it as the example of the guide speaks for it."""
    sys.path.append(str(ROOT / "docs" / "examples"))
    import smart  # noqa: PLC0415  its folder is on the path from here on

    said = SAID | {
        "id": _APPLICATION,
        "name": "Essais au hasard",
        "data_asked": [{"permission": one, "why": "Essai."} for one in Permission],
    }
    with tempfile.TemporaryDirectory() as folder:
        registered(product, Path(folder), said)
        file = Path(folder) / "client.json"
        client = {"client_id": _APPLICATION, "redirect_uri": _BACK}
        file.write_text(json.dumps(client | {"fhir_base_url": f"{product.url}/fhir/R4"}))
        return smart.Client(file)
