"""Two providers on the loopback, somebody insured, and a browser that keeps cookies."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.core.settings import settings
from chalicelib.identity import directory, spaces
from chalicelib.identity.model import Activity, Person, Professional
from chalicelib.identity.values import RPPS
from tests import builders, double
from tests.http_client import Client, Reply
from tests.identity.provider import Provider, served
from tests.recorder import Recorder

OWN_PAGE = {"X-Carnet": "1", "Origin": "https://carnet.test"}
DOCTOR = RPPS("99700218896")
CHECKED = "https://proconnect.gouv.fr/assurance/consistency-checked-2fa"
SIRET_OF_ALIX = "99999901400015"


@dataclass
class Browser:
    """A browser: keeps cookies, follows what a login sends it to."""

    http: Client
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, target: str) -> Reply:
        return self._kept(self.http.get(target, headers=self._headers()))

    def post(self, target: str, **headers: str) -> Reply:
        return self._kept(self.http.post(target, headers={**self._headers(), **headers}))

    def begin(self, provider: str = "franceconnect", return_to: str = "/accueil") -> str:
        query = urlencode({"provider": provider, "return_to": return_to})
        reply = self.get(f"/v1/auth/login?{query}")
        assert reply.status == 303, reply.body
        return str(reply.header("Location"))

    def come_back(self, brought: dict[str, Any]) -> Reply:
        return self.get(f"/v1/auth/callback?{urlencode(brought)}")

    def log_in(self, provider: Provider, name: str = "franceconnect") -> str:
        """Log in and return where one ends."""
        reply = self.come_back(provider.authorise(self.begin(name)))
        assert reply.status == 303, reply.body
        return str(reply.header("Location"))

    def refresh(self) -> Reply:
        return self.post("/v1/auth/refresh", **OWN_PAGE)

    def token(self) -> str:
        reply = self.refresh()
        assert reply.status == 200, reply.body
        return str(reply.json()["access_token"])

    def me(self) -> Reply:
        return self.http.get("/v1/me", headers={"Authorization": f"Bearer {self.token()}"})

    @property
    def has_session(self) -> bool:
        return "__Host-carnet_refresh" in self.cookies

    def _headers(self) -> dict[str, str]:
        if not self.cookies:
            return {}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _kept(self, reply: Reply) -> Reply:
        for line in reply.all("Set-Cookie"):
            pair, _, attributes = line.partition("; ")
            name, _, value = pair.partition("=")
            assert "Secure; HttpOnly" in attributes
            assert attributes.startswith("Path=/;")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return reply


@pytest.fixture
def providers(
    aws: Recorder,  # noqa: ARG001  the settings are those of the test
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[dict[str, Provider]]:
    found = {
        "franceconnect": Provider(),
        "psc": Provider(acr="eidas1"),
        "proconnect": Provider(acr=CHECKED),
        "operator": Provider(acr=CHECKED),
    }
    with served(found):
        for name, provider in found.items():
            monkeypatch.setenv(f"OIDC_{name.upper()}_ISSUER", provider.issuer)
        settings.cache_clear()
        yield found


@pytest.fixture
def franceconnect(providers: dict[str, Provider]) -> Provider:
    return providers["franceconnect"]


@pytest.fixture
def psc(providers: dict[str, Provider]) -> Provider:
    return providers["psc"]


@pytest.fixture
def proconnect(providers: dict[str, Provider]) -> Provider:
    """Make ProConnect know somebody who publishes applications."""
    providers["proconnect"].claims = {
        "sub": "pc-1",
        "given_name": "ALIX",
        "usual_name": "Exemple",
        "email": "alix@balance.test",
        "siret": SIRET_OF_ALIX,
    }
    return providers["proconnect"]


@pytest.fixture
def at_operator(providers: dict[str, Provider]) -> Provider:
    """Make the operator's provider know somebody, whom nobody enrolled yet."""
    providers["operator"].claims = {
        "sub": "ex-1",
        "given_name": "Salomé",
        "usual_name": "EXEMPLE",
        "email": "salome@carnet.test",
        "email_verified": True,
    }
    return providers["operator"]


@pytest.fixture
def browser(http: Client) -> Browser:
    return Browser(http)


_opened: list[tuple[str, Person, double.Snapshot]] = []


@pytest.fixture
def insured(franceconnect: Provider) -> tuple[str, Person]:
    """Put back the space of a person whom FranceConnect knows; ask for it before others."""
    if not _opened:
        made = builders.an_identity()
        _opened.append((spaces.open_space(made), made, double.snapshot()))
    pid, person, saved = _opened[0]
    double.restore(saved)
    franceconnect.claims = claims_of(person)
    return pid, person


@pytest.fixture
def doctor(psc: Provider) -> Professional:
    """Put a doctor in the directory, whom Pro Santé Connect knows."""
    one = Professional(
        rpps=DOCTOR,
        civility="DR",
        family_name="EXEMPLE",
        given_name="CLAIRE",
        profession_code="10",
        profession="Médecin",
        activities=(Activity("Hôpital Exemple", "750712184", "Paris"),),
        is_active=True,
    )
    builders._write(*directory.rows_of(one, "test"))
    psc.claims = {
        "sub": f"f:5:8{DOCTOR}",
        "SubjectNameID": f"8{DOCTOR}",
        "given_name": "CLAIRE",
        "family_name": "EXEMPLE",
        "SubjectOrganization": "CABINET EXEMPLE",
        "SubjectOrganizationID": "R1",
    }
    return one


def claims_of(person: Person, sub: str = "sub-1") -> dict[str, Any]:
    """Return what FranceConnect says of a person."""
    traits = person.traits
    assert traits.birth_date is not None
    return {
        "sub": sub,
        "given_name": " ".join(traits.given_names),
        "family_name": traits.family_name,
        "birthdate": traits.birth_date.isoformat(),
        "gender": {"F": "female", "M": "male", "U": ""}[traits.sex],
        "birthplace": traits.birth_place,
        "birthcountry": "99100",
        "email": "camille@exemple.test",
    }
