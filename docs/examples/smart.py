"""SMART App Launch 2 and FHIR R4, as an application of the catalogue needs them.

To read, then to adapt. The standard library does it all, but the signature of who has keys.

    client = Client(Path("client.json"))         what registration gave: who we are, and where
    address, launch = client.launch(SCOPE)       send the person there; keep `launch` for her return
    access = client.answer(launch, query)        what the query of her return is worth
    client.call(access, "POST", "Observation", {…})
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

Resource = dict[str, Any]
FHIR = "application/fhir+json"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
OVER = "Votre accord a pris fin, ou vous l’avez retiré\u00a0: plus rien n’est lu ni écrit."
NOT_GIVEN = "Vous n’avez pas donné cet accord, ou vous l’avez retiré\u00a0: rien n’a été fait."
UNAUTHORIZED, FORBIDDEN = 401, 403


class RefusedError(Exception):
    """A request was refused, or not answered; its text is for the person. Nothing was done."""

    def __init__(self, text: str, status: int = 0, *, is_over: bool = False) -> None:
        super().__init__(text)
        self.status, self.is_over = status, is_over  # over: these tokens are worth nothing any more


@dataclass
class Access:
    """What a person gave us. `patient` is her name in our requests: no other application's."""

    patient: str
    scope: str
    token: str
    ends_at: float
    refresh_token: str

    def may(self, resource: str, letter: str) -> bool:
        """Tell whether she allowed it: she may leave out any line of what was asked."""
        given = [word.partition("?")[0].rpartition(".") for word in self.scope.split()]
        return any(
            kind == f"patient/{resource}" and letter in letters for kind, _, letters in given
        )


class Client:
    """An application registered in the catalogue; with a private key (JWK), or a public client."""

    def __init__(self, file: Path) -> None:
        said = json.loads(file.read_text(encoding="utf-8"))
        self.id, self.redirect_uri = said["client_id"], said["redirect_uri"]
        self.fhir = said["fhir_base_url"]
        self._key_file: str | None = said.get("private_key")
        self._places: dict[str, Any] = {}
        self._renewing = threading.Lock()  # a refresh token serves once: never two at a time

    def place(self, name: str) -> str:
        """Return one of the addresses that the product publishes of itself."""
        if not self._places:
            self._places = send(Request(f"{self.fhir}/.well-known/smart-configuration"))
        return str(self._places[name])

    def launch(self, scope: str) -> tuple[str, dict[str, str]]:
        """Return where the person consents, and what her session keeps until she is back."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.redirect_uri,
            "scope": scope,
            "aud": self.fhir,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        address = f"{self.place('authorization_endpoint')}?{urlencode(query)}"
        return address, {"state": state, "verifier": verifier}

    def answer(self, launch: dict[str, str], query: dict[str, str]) -> Access:
        """Exchange the code that the person came back with; `launch` serves once."""
        if query.get("state") != launch.get("state", "-"):
            raise RefusedError("Cette réponse n’est pas celle de votre demande. Recommencez.")
        if query.get("iss") != self.place("issuer"):
            raise RefusedError("Cette réponse ne vient pas de votre espace. Recommencez.")
        if query.get("error") == "access_denied":
            raise RefusedError("Vous avez refusé\u00a0: rien n’est relié.")
        if "error" in query:
            raise RefusedError(f"Votre espace n’a pas pris la demande ({query['error']}).")
        form = {"grant_type": "authorization_code", "redirect_uri": self.redirect_uri}
        form |= {"code": query["code"], "code_verifier": launch["verifier"]}
        said = self._ask_tokens(form)
        return Access(said["patient"], said["scope"], **_kept(said))

    def call(
        self, access: Access, method: str, path: str, resource: Resource | None = None
    ) -> Resource:
        """Send a FHIR request; a resource that has a version replaces that version, or nothing.

        A refusal is looked into: without a consent, no new token is given either.
        """
        if access.ends_at < time.time():
            self._renew(access)
        headers = {"Accept": FHIR, "Authorization": f"Bearer {access.token}"}
        body = None
        if resource is not None:
            body, headers["Content-Type"] = json.dumps(resource).encode(), FHIR
        if method == "PUT" and resource:
            headers["If-Match"] = f'W/"{resource["meta"]["versionId"]}"'
        try:
            return send(Request(f"{self.fhir}/{path}", body, headers, method=method))
        except RefusedError as refused:
            if refused.status in (UNAUTHORIZED, FORBIDDEN):
                self._renew(access)
            raise

    def _renew(self, access: Access) -> None:
        with self._renewing:
            form = {"grant_type": "refresh_token", "refresh_token": access.refresh_token}
            said = self._ask_tokens(form)
            vars(access).update(_kept(said), scope=said["scope"])

    def _ask_tokens(self, form: dict[str, str]) -> dict[str, Any]:
        endpoint = self.place("token_endpoint")
        form |= self._assertion(endpoint) if self._key_file else {"client_id": self.id}
        return send(Request(endpoint, urlencode(form).encode()))

    def _assertion(self, endpoint: str) -> dict[str, str]:
        """Prove who we are by a signature of our own, new each time, instead of a shared secret."""
        from joserfc import jwt  # noqa: PLC0415  any JOSE library will do
        from joserfc.jwk import ECKey  # noqa: PLC0415

        key = ECKey.import_key(json.loads(Path(self._key_file or "").read_text(encoding="utf-8")))
        now = int(time.time())
        claims = {"iss": self.id, "sub": self.id, "aud": endpoint, "iat": now, "exp": now + 60}
        claims["jti"] = secrets.token_urlsafe(16)
        signed = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)
        return {"client_assertion_type": ASSERTION, "client_assertion": signed}


def _kept(said: dict[str, Any]) -> dict[str, Any]:
    ends_at = time.time() + said["expires_in"] - 30  # renewed a little before it ends
    return {
        "token": said["access_token"],
        "ends_at": ends_at,
        "refresh_token": said["refresh_token"],
    }


def send(request: Request) -> dict[str, Any]:
    """Send a request; say a refusal in words for the person."""
    try:
        with urlopen(request, timeout=30) as answer:
            return dict(json.loads(answer.read() or b"{}"))
    except HTTPError as refused:
        raise _words(refused.code, refused.read()) from refused
    except OSError as silence:
        raise RefusedError("Votre espace ne répond pas. Réessayez dans un instant.") from silence


def _words(status: int, body: bytes) -> RefusedError:
    said = json.loads(body) if body.startswith(b"{") else {}
    if said.get("error") == "invalid_grant":
        return RefusedError(OVER, status, is_over=True)
    if status == FORBIDDEN:
        return RefusedError(NOT_GIVEN, status)
    told = " ".join(one["details"]["text"] for one in said.get("issue", []))
    return RefusedError(told or f"Votre espace a refusé ({said.get('error', status)}).", status)
