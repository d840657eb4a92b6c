"""An OpenID Connect client for FranceConnect+, Pro Santé Connect and ProConnect (D7, A28).

Authorization code with PKCE S256, state and nonce. What it refuses to do: follow a redirect, talk
without TLS off this machine, read more than 64 kB or wait more than 3 s, accept an algorithm or a
key that the provider's own metadata does not give, or a level of assurance below the one needed.
Every failure is a `LoginRefused`: the person sees a French page, the log a word.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chalicelib.core import clock, log
from chalicelib.core.settings import OidcProvider, settings
from chalicelib.identity import fetcher, rules
from chalicelib.identity.fetcher import FetchFailed
from chalicelib.identity.jose import BadToken, check_times, claims_of, header_of, key_for
from chalicelib.identity.model import LoginProblem, LoginRefused, Provider

ALGORITHMS: Final = frozenset({"ES256", "RS256"})
METADATA_SECONDS: Final = 300
# A new key of the provider is looked for at most this often, whoever asks.
KEYS_SECONDS: Final = 30
_SCOPES: Final = {
    Provider.FRANCECONNECT: "openid given_name family_name birthdate gender birthplace "
    "birthcountry preferred_username email",
    Provider.PSC: "openid scope_all",
    Provider.PROCONNECT: "openid given_name usual_name siret",
    Provider.OPERATOR: "openid given_name usual_name email",
}
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
_END_SESSION: Final = "end_session_endpoint"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself, checked, and its keys."""

    endpoints: Mapping[str, str]
    basic_authentication: bool
    keys: KeySet
    read_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Identified:
    """Who somebody is, and the ID token that later ends her session at the provider."""

    claims: dict[str, Any]
    id_token: str


_cache: Final[dict[Provider, Metadata]] = {}


def forget() -> None:
    """Drop what is known of the providers, as a new process would."""
    _cache.clear()


def callback_url() -> str:
    """Return the one redirect URI registered with every provider."""
    return f"{settings().public_base_url}/v1/auth/callback"


def after_logout_url() -> str:
    """Return the one address registered for coming back from a logout, compared exactly there."""
    return f"{settings().public_base_url}/v1/auth/logged-out"


def authorization_url(provider: Provider, state: str, nonce: str, verifier: str) -> str:
    """Return where to send the browser.

    Raises:
        LoginRefused: the provider does not answer.
    """
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    query = {
        "response_type": "code",
        "client_id": _config(provider).client_id,
        "redirect_uri": callback_url(),
        "scope": _SCOPES[provider],
        "state": state,
        "nonce": nonce,
        "acr_values": rules.requested_levels(provider),
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    levels = rules.essential_levels(provider)
    if levels:
        wanted = {"id_token": {"acr": {"essential": True, "values": levels}}}
        query["claims"] = json.dumps(wanted, separators=(",", ":"))
    endpoint = _metadata(provider, clock.now()).endpoints["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def is_issuer(provider: Provider, issuer: str) -> bool:
    """Tell whether an answer's `iss` is the provider that was asked (mix-up, RFC 9207)."""
    return hmac.compare_digest(_config(provider).issuer.encode(), issuer.encode())


def end_session_url(provider: Provider, id_token: str, state: str) -> str | None:
    """Return where the browser ends its session at the provider, if the provider has such a place.

    Raises:
        LoginRefused: the provider does not answer.
    """
    endpoint = _metadata(provider, clock.now()).endpoints.get(_END_SESSION)
    if endpoint is None:
        return None
    query = {
        "id_token_hint": id_token,
        "post_logout_redirect_uri": after_logout_url(),
        "state": state,
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def identify(provider: Provider, code: str, nonce: str, verifier: str) -> Identified:
    """Exchange a code and return what is proven: the ID token's checks, then userinfo.

    Raises:
        LoginRefused: the exchange failed, a check failed, or the assurance is too low.
    """
    try:
        tokens = _exchange(provider, code, verifier)
        id_token = str(tokens.get("id_token", ""))
        proven = _id_token(provider, id_token, nonce)
        about = _userinfo(provider, str(tokens.get("access_token", "")))
    except (BadToken, FetchFailed) as error:
        log.exception("login failed", error, reason=error.reason)
        raise LoginRefused(LoginProblem.TECHNICAL) from error
    if about.get("sub") != proven["sub"]:
        log.write("login failed", reason="sub")
        raise LoginRefused(LoginProblem.TECHNICAL)
    return Identified(about, id_token)


def _config(provider: Provider) -> OidcProvider:
    here = settings()
    return {
        Provider.FRANCECONNECT: here.franceconnect,
        Provider.PSC: here.psc,
        Provider.PROCONNECT: here.proconnect,
        Provider.OPERATOR: here.operator,
    }[provider]


def _exchange(provider: Provider, code: str, verifier: str) -> dict[str, Any]:
    config, metadata = _config(provider), _metadata(provider, clock.now())
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url(),
        "code_verifier": verifier,
    }
    headers = {}
    if metadata.basic_authentication:
        pair = urlencode({"u": config.client_id, "p": config.client_secret})
        user, secret = (part[2:] for part in pair.split("&"))
        text = base64.b64encode(f"{user}:{secret}".encode()).decode()
        headers["Authorization"] = f"Basic {text}"
    else:
        form |= {"client_id": config.client_id, "client_secret": config.client_secret}
    return _json(fetcher.post_form(metadata.endpoints["token_endpoint"], form, headers).body)


def _id_token(provider: Provider, token: str, nonce: str) -> dict[str, Any]:
    """Check everything OpenID Connect Core 3.1.3.7 asks, then the level of assurance."""
    claims = _verified(provider, token)
    check_times(claims, clock.now(), required=("exp", "iat"))
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise BadToken("sub")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise BadToken("nonce")
    if not rules.level_is_enough(provider, claims.get("acr")):
        raise LoginRefused(rules.too_weak(provider))
    return claims


def _userinfo(provider: Provider, access_token: str) -> dict[str, Any]:
    endpoint = _metadata(provider, clock.now()).endpoints["userinfo_endpoint"]
    answer = fetcher.get(endpoint, {"Authorization": f"Bearer {access_token}"})
    if answer.media_type == "application/jwt":
        return _verified(provider, answer.body.decode("ascii", "replace").strip())
    return _json(answer.body)


def _verified(provider: Provider, token: str) -> dict[str, Any]:
    """Verify a token of the provider: its key, itself as issuer, us as the audience."""
    header = header_of(token)
    now = clock.now()
    metadata = _metadata(provider, now)
    key = key_for(header, metadata.keys)
    if key is None and (now - metadata.read_at).total_seconds() >= KEYS_SECONDS:
        _cache.pop(provider, None)
        key = key_for(header, _metadata(provider, now).keys)
    if key is None:
        raise BadToken("kid")
    claims = claims_of(token, key, ALGORITHMS)
    config = _config(provider)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != config.issuer:
        raise BadToken("iss")
    if config.client_id not in audiences:
        raise BadToken("aud")
    party = claims.get("azp")
    if (len(audiences) > 1 or party is not None) and party != config.client_id:
        raise BadToken("azp")
    return claims


def _metadata(provider: Provider, now: datetime) -> Metadata:
    known = _cache.get(provider)
    if known is None or not 0 <= (now - known.read_at).total_seconds() < METADATA_SECONDS:
        try:
            known = _cache[provider] = _read_metadata(_config(provider).issuer, now)
        except (FetchFailed, BadToken) as error:
            log.exception("provider unavailable", error, reason=error.reason)
            raise LoginRefused(LoginProblem.TECHNICAL) from error
    return known


def _read_metadata(issuer: str, now: datetime) -> Metadata:
    described = _json(fetcher.get(f"{issuer}/.well-known/openid-configuration", {}).body)
    if described.get("issuer") != issuer:
        raise FetchFailed("issuer")
    endpoints = {name: described.get(name) for name in _NEEDED}
    if _END_SESSION in described:
        endpoints[_END_SESSION] = described[_END_SESSION]
    for endpoint in endpoints.values():
        fetcher.check_address(str(endpoint))
    methods = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    found = _json(fetcher.get(str(endpoints["jwks_uri"]), {}).body)
    try:
        keys = KeySet.import_key_set(found)  # type: ignore[arg-type]  # checked by the library
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise FetchFailed("keys") from error
    return Metadata(
        endpoints={name: str(endpoint) for name, endpoint in endpoints.items()},
        basic_authentication="client_secret_post" not in methods,
        keys=keys,
        read_at=now,
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FetchFailed("json") from error
    if not isinstance(value, dict):
        raise FetchFailed("json")
    return value
