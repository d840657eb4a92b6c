"""One sandbox issuer of OpenID Connect: what a client must send, codes used once, identity tokens.

Checks what the real services check, so that a lazy client fails here as it would there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

PERSONAS: Final = Path(__file__).with_name("personas.json")
CLIENT_ID: Final = "carnet"
CODE_SECONDS: Final = 60
TOKEN_SECONDS: Final = 60


def personas() -> dict[str, dict[str, Any]]:
    """Return the fictitious people by key, in the order of the file."""
    people = json.loads(PERSONAS.read_text(encoding="utf-8"))["personas"]
    return {person["key"]: person for person in people}


@dataclass(slots=True)
class Grant:
    """What one login promised, until its code is used."""

    persona: str
    redirect_uri: str
    nonce: str
    challenge: str
    expires_at: float


class RefusedError(Exception):
    """The request is refused with an OAuth error code."""


@dataclass(slots=True)
class Provider:
    """One issuer."""

    slug: str
    issuer: str
    client_secret: str
    redirect_uri: str
    after_logout_uri: str
    key: ECKey | RSAKey
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def algorithm(self) -> str:
        """Return the algorithm of identity tokens: each service has its own."""
        return "ES256" if isinstance(self.key, ECKey) else "RS256"

    def discovery(self) -> dict[str, Any]:
        """Return the issuer's description."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [self.algorithm],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
        }

    def check_logout(self, query: dict[str, str]) -> None:
        """Check a request to end a session: ours, for a login here, back to the one address.

        Raises:
            RefusedError: something is missing or wrong.
        """
        try:
            claims = jwt.decode(
                query.get("id_token_hint", ""), self.key, algorithms=[self.algorithm]
            ).claims
        except (JoseError, ValueError) as error:
            raise RefusedError("invalid_request: id_token_hint") from error
        if (claims.get("iss"), claims.get("aud")) != (self.issuer, CLIENT_ID):
            raise RefusedError("invalid_request: id_token_hint")
        if query.get("post_logout_redirect_uri") != self.after_logout_uri:
            raise RefusedError("invalid_request: post_logout_redirect_uri")
        if len(query.get("state", "")) < 16:  # noqa: PLR2004  the least that the provider accepts
            raise RefusedError("invalid_request: state")

    def check(self, query: dict[str, str]) -> None:
        """Check an authorization request.

        Raises:
            RefusedError: something a client must send is missing or wrong.
        """
        wrong = [
            name
            for name, right in (
                ("response_type", query.get("response_type") == "code"),
                ("scope", "openid" in query.get("scope", "").split()),
                ("state", len(query.get("state", "")) >= 16),  # noqa: PLR2004  the least that the provider accepts
                ("nonce", len(query.get("nonce", "")) >= 16),  # noqa: PLR2004  the least that the provider accepts
                ("code_challenge_method", query.get("code_challenge_method") == "S256"),
                ("code_challenge", len(query.get("code_challenge", "")) == 43),  # noqa: PLR2004  the least that the provider accepts
            )
            if not right
        ]
        if wrong:
            raise RefusedError(f"invalid_request: {', '.join(wrong)}")

    def grant(self, persona: str, query: dict[str, str]) -> str:
        """Promise a login; return its code."""
        code = secrets.token_urlsafe(32)
        self.grants[code] = Grant(
            persona,
            query["redirect_uri"],
            query["nonce"],
            query["code_challenge"],
            time.time() + CODE_SECONDS,
        )
        return code

    def exchange(self, form: dict[str, str], basic: tuple[str, str] | None) -> dict[str, Any]:
        """Exchange a code, once.

        Raises:
            RefusedError: the client, the code, its address or its verifier is not the right one.
        """
        client = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        if client[0] != CLIENT_ID or not hmac.compare_digest(client[1], self.client_secret):
            raise RefusedError("invalid_client")
        promised = self.grants.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            form.get("grant_type") != "authorization_code"
            or promised is None
            or promised.expires_at < time.time()
            or promised.redirect_uri != form.get("redirect_uri")
            or not hmac.compare_digest(promised.challenge, challenge)
        ):
            raise RefusedError("invalid_grant")
        token = secrets.token_urlsafe(32)
        self.tokens[token] = promised.persona
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": self._id_token(promised),
        }

    def _id_token(self, promised: Grant) -> str:
        person, now = personas()[promised.persona], int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": person["claims"]["sub"],
            "aud": CLIENT_ID,
            "iat": now,
            "auth_time": now,
            "exp": now + TOKEN_SECONDS,
            "nonce": promised.nonce,
            "acr": person["acr"],
            "amr": ["mfa"],
        }
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
