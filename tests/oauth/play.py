"""An application and a person as the tests play them, request by request."""

import base64
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc.jwk import ECKey

from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.access.permissions import Permission
from chalicelib.catalogue.model import Application, Asked, State
from chalicelib.core import clock, ids
from chalicelib.core.errors import Forbidden
from chalicelib.http.principal import ActorKind, Principal, from_context
from chalicelib.identity import tokens
from tests.builders import Patient
from tests.catalogue import samples
from tests.http_client import Client, Reply
from tests.identity.software import assertion, claims_of

KEY: Final = ECKey.generate_key("P-256", {"kid": "ec-1"})
BACK: Final = "https://balance.example/retour"
AUD: Final = "https://carnet.test/fhir/R4"
STATE: Final = "state-of-eight-or-more"
VERIFIER: Final = "v" * 43
SCOPE: Final = "launch/patient offline_access patient/Observation.crs"
LINES: Final = [
    Permission.WEIGHT_READ,
    Permission.WEIGHT_WRITE,
    Permission.BLOOD_PRESSURE_READ,
    Permission.BLOOD_PRESSURE_WRITE,
]
ASKED: Final = tuple(Asked(one, f"Pour {one}.") for one in Permission)
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def challenge(verifier: str = VERIFIER) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def an_application(**said: Any) -> Application:
    """Reference an application that may ask for everything and has no keys, unless told so."""
    told = {"data_asked": ASKED, "redirect_uris": (BACK,), "jwks": None}
    return samples.an_application(**{"state": State.ONLINE} | told | said)


@dataclass(frozen=True, slots=True)
class Play:
    """One application, one person, and what each sends."""

    http: Client
    application: Application
    person: Patient
    keys: Any = None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def consents(self) -> str:
        return f"/v1/patients/{self.person.pid}/consents"

    def asking(self, **changes: str) -> "Play":
        """Let the application ask for something else."""
        return replace(self, query=self.query | changes)

    def ask(self, **changes: str | None) -> str:
        """Ask, and return where the browser goes."""
        query: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.application.id,
            "redirect_uri": BACK,
            "scope": SCOPE,
            "state": STATE,
            "aud": AUD,
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
        }
        query = query | self.query | changes
        sent = {name: value for name, value in query.items() if value is not None}
        reply = self.http.get(f"/oauth/authorize?{urlencode(sent)}")
        assert (reply.status, reply.body) == (303, b"")
        return str(reply.header("Location"))

    def request(self) -> str:
        """Return the sealed request that the person's browser is given."""
        page, _, text = self.ask().partition("#")
        assert page == "/applications/demande"
        return text

    def describe(self, request: str) -> Reply:
        return self.http.post("/v1/consent-requests", json={"request": request})

    def give(
        self,
        request: str | None = None,
        *,
        lines: list[Permission] | None = None,
        months: int = 6,
        as_: Principal | None = None,
        key: str | None = None,
    ) -> Reply:
        body = {
            "request": self.request() if request is None else request,
            "permissions": LINES if lines is None else lines,
            "months": months,
        }
        caller = as_ or self.person.principal
        headers = {"Idempotency-Key": key or ids.new_id()}
        return self.http.post(self.consents, as_=caller, json=body, headers=headers)

    def code(self, **options: Any) -> str:
        """Consent, and return the code that the browser brings to the application."""
        reply = self.give(**options)
        assert reply.status == 201, reply.body
        return answer(reply.json()["redirect_url"])["code"]

    def exchange(self, code: str, **changes: str | None) -> Reply:
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        }
        return self.token(form | changes)

    def connect(self, **options: Any) -> dict[str, Any]:
        """Consent, and return what the application gets."""
        reply = self.exchange(self.code(**options))
        assert reply.status == 200, reply.body
        found: dict[str, Any] = reply.json()
        return found

    def renew(self, refresh_token: str, **changes: str | None) -> Reply:
        form: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        return self.token(form | changes)

    def token(self, form: dict[str, str | None]) -> Reply:
        return self.http.post("/oauth/token", body=urlencode(self.signed(form)))

    def signed(self, form: dict[str, str | None]) -> dict[str, str]:
        """Say who asks: by the keys, if there are any."""
        if self.keys is None:
            who: dict[str, str | None] = {"client_id": self.application.id}
        else:
            signed = assertion(claims_of(self.application.id), self.keys)
            who = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
        return {name: value for name, value in (who | form).items() if value is not None}

    def list(self, as_: Principal | None = None) -> list[dict[str, Any]]:
        reply = self.http.get(self.consents, as_=as_ or self.person.principal)
        assert reply.status == 200, reply.body
        found: list[dict[str, Any]] = reply.json()["items"]
        return found

    def withdraw(self) -> Reply:
        (one,) = self.list()
        return self.http.delete(f"{self.consents}/{one['id']}", as_=self.person.principal)


def answer(url: str, back: str = BACK) -> dict[str, str]:
    """Return what a browser brings back to the application."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == back.partition("?")[0]
    assert parts.fragment == ""
    found = parse_qs(parts.query, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def acting(token: str) -> Principal:
    """Return who the gate sees behind an access token of an application."""
    principal = from_context(tokens.verify(token, clock.now()))
    assert principal.kind is ActorKind.APPLICATION
    return principal


def may(principal: Principal, pid: str, permission: Permission = Permission.WEIGHT_READ) -> bool:
    """Tell whether an application passes the gate, by a line that its action does not say."""
    try:
        with gate.enter(principal, Action.APPOINTMENT_LIST, pid, permission=permission):
            return True
    except Forbidden:
        return False


def refused(reply: Reply) -> tuple[int, str]:
    assert reply.header("Cache-Control") == "no-store"
    return reply.status, reply.json()["error"]
