"""Stand in for the identity providers: OpenID Connect with one-click personas.

Authorization code with PKCE (S256 only), state and nonce required, exact redirect address, codes
used once. Claims have the shapes of the real services (R-FC-01, R-PSC-02). It authenticates
nobody: whoever opens the page chooses who they are.
"""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlencode

from joserfc.jwk import ECKey, RSAKey

from infra.local import asgi, config
from infra.local.issuer import CLIENT_ID, Provider, RefusedError, personas

if TYPE_CHECKING:
    from infra.local.asgi import Headers, Receive, Scope, Send

CALLBACK: Final = "/v1/auth/callback"
AFTER_LOGOUT: Final = "/v1/auth/logged-out"
BODY_BYTES: Final = 16 * 1024
BODY_SECONDS: Final = 5
NAMES: Final = {
    "franceconnect": "FranceConnect+",
    "psc": "Pro Santé Connect",
    "proconnect": "ProConnect",
    "operator": "ProConnect (exploitant)",
}
# As each service signs: FranceConnect+ with elliptic curves, the others with RSA.
KEYS: Final[dict[str, type[ECKey | RSAKey]]] = {
    "franceconnect": ECKey,
    "psc": RSAKey,
    "proconnect": RSAKey,
    "operator": RSAKey,
}

_PAGE: Final = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Bac à sable – connexion</title><link rel="stylesheet" href="/bac-a-sable.css"></head>
<body><main><p class="mark">Bac à sable — personnes fictives</p>
<h1>Qui se connecte ?</h1>
<p>Cette page remplace {name} sur cette machine. Choisissez une personne fictive.</p>
<form method="post">{choices}
<button class="cancel" name="persona" value="">Annuler la connexion</button></form>
</main></body></html>
"""
_CHOICE: Final = (
    '<button name="persona" value="{key}"><strong>{display}</strong><span>{shows}</span></button>'
)
_SHOWN: Final = ("key", "display", "shows")
_STYLE: Final = b"""
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
.mark { font-weight: 700; border: 2px solid; padding: .5rem 1rem }
button { display: block; width: 100%; margin: .75rem 0; padding: .75rem 1rem; font: inherit;
  text-align: left; border: 1px solid; border-radius: .25rem; cursor: pointer;
  background: Canvas; color: CanvasText }
button:focus-visible { outline: 3px solid Highlight; outline-offset: 2px }
button span { display: block }
.cancel { text-align: center }
"""


def _kept(running: config.Config, slug: str, kind: type[ECKey | RSAKey]) -> ECKey | RSAKey:
    """Return a provider's key, the same after it was killed: a real one does not change of keys."""
    file = running.state / f"provider-{slug}.jwk.json"
    if file.exists():
        return kind.import_key(json.loads(file.read_text(encoding="utf-8")))
    key = (
        ECKey.generate_key("P-256", auto_kid=True)
        if kind is ECKey
        else RSAKey.generate_key(2048, auto_kid=True)
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
    file.chmod(0o600)
    return key


class Providers:
    """All issuers on one port, each under its own path."""

    def __init__(self, running: config.Config, secrets_by_slug: dict[str, str]) -> None:
        keys = {slug: _kept(running, slug, kind) for slug, kind in KEYS.items()}
        self._home = running.url
        self._providers = {
            slug: Provider(
                slug,
                f"{running.providers_url}/{slug}",
                secrets_by_slug[slug],
                running.url + CALLBACK,
                running.url + AFTER_LOGOUT,
                key,
            )
            for slug, key in keys.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await asgi.lifespan(receive, send)
            return
        _, slug, action = (*scope["path"].split("/", 2), "", "")[:3]
        provider = self._providers.get(slug)
        if slug == "bac-a-sable.css":
            await asgi.answer(send, 200, _STYLE, [(b"content-type", b"text/css")])
        elif provider is None:
            await asgi.answer(send, 404, b"", [])
        else:
            await self._route(provider, action, scope, receive, send)

    async def _route(
        self, provider: Provider, action: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if action == ".well-known/openid-configuration":
            await asgi.answer_json(send, 200, provider.discovery())
        elif action == "jwks":
            await asgi.answer_json(send, 200, {"keys": [provider.key.as_dict(private=False)]})
        elif action == "authorize":
            await self._authorize(provider, scope, receive, send)
        elif action == "token" and scope["method"] == "POST":
            await self._token(provider, scope, receive, send)
        elif action == "userinfo":
            await self._userinfo(provider, scope, send)
        elif action == "logout":
            await self._logout(provider, scope, send)
        else:
            await asgi.answer(send, 404, b"", [])

    async def _authorize(
        self, provider: Provider, scope: Scope, receive: Receive, send: Send
    ) -> None:
        query = _flat(scope["query_string"].decode())
        if query.get("client_id") != CLIENT_ID or query.get("redirect_uri") != (
            provider.redirect_uri
        ):
            # Sending anyone to an unknown address is what must never happen.
            await self._page(send, 400, "<p>Demande de connexion refusée.</p>")
            return
        try:
            provider.check(query)
        except RefusedError as refusal:
            error, _, detail = str(refusal).partition(": ")
            answer = {"error": error, "error_description": detail}
            await self._return(provider, query, send, answer)
            return
        if scope["method"] == "POST":
            await self._chosen(provider, query, receive, send)
            return
        choices = "".join(
            _CHOICE.format(**{name: html.escape(str(person[name])) for name in _SHOWN})
            for person in personas().values()
            if person["provider"] == provider.slug
        )
        await self._page(send, 200, _PAGE.format(name=NAMES[provider.slug], choices=choices))

    async def _chosen(
        self, provider: Provider, query: dict[str, str], receive: Receive, send: Send
    ) -> None:
        form = _flat((await asgi.read_body(receive, BODY_BYTES, BODY_SECONDS)).decode())
        person = personas().get(form.get("persona", ""))
        if person is None or person["provider"] != provider.slug:
            await self._return(provider, query, send, {"error": "access_denied"})
            return
        await self._return(provider, query, send, {"code": provider.grant(person["key"], query)})

    async def _return(
        self, provider: Provider, query: dict[str, str], send: Send, answer: dict[str, str]
    ) -> None:
        answer = {**answer, "state": query.get("state", ""), "iss": provider.issuer}
        location = f"{provider.redirect_uri}?{urlencode(answer)}"
        await asgi.answer(send, 303, b"", [(b"location", location.encode())])

    async def _token(self, provider: Provider, scope: Scope, receive: Receive, send: Send) -> None:
        form = _flat((await asgi.read_body(receive, BODY_BYTES, BODY_SECONDS)).decode())
        try:
            tokens = provider.exchange(form, _basic(asgi.header(scope, b"authorization")))
        except RefusedError as refusal:
            status = 401 if str(refusal) == "invalid_client" else 400
            await asgi.answer_json(send, status, {"error": str(refusal)})
            return
        await asgi.answer_json(send, 200, tokens)

    async def _userinfo(self, provider: Provider, scope: Scope, send: Send) -> None:
        token = asgi.header(scope, b"authorization").removeprefix("Bearer ")
        key = provider.tokens.get(token)
        if key is None:
            await asgi.answer_json(send, 401, {"error": "invalid_token"})
            return
        await asgi.answer_json(send, 200, personas()[key]["claims"])

    async def _logout(self, provider: Provider, scope: Scope, send: Send) -> None:
        """Nobody stays logged in here; send back who comes with what the real services ask."""
        query = _flat(scope["query_string"].decode())
        try:
            provider.check_logout(query)
        except RefusedError:
            await self._page(send, 400, "<p>Demande de déconnexion refusée.</p>")
            return
        location = f"{provider.after_logout_uri}?{urlencode({'state': query['state']})}"
        await asgi.answer(send, 303, b"", [(b"location", location.encode())])

    async def _page(self, send: Send, status: int, page: str) -> None:
        policy = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {self._home}"
        )
        headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", policy.encode()),
            (b"cache-control", b"no-store"),
            (b"referrer-policy", b"no-referrer"),
        ]
        await asgi.answer(send, status, page.encode(), headers)


def _flat(encoded: str) -> dict[str, str]:
    """Return the parameters given exactly once: a repeated one counts as missing."""
    found = parse_qs(encoded, keep_blank_values=True)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return None
    name, _, secret = base64.b64decode(encoded).decode().partition(":")
    return unquote(name), unquote(secret)


def main() -> None:
    """Serve until told to stop."""
    running = config.from_environment()
    asgi.serve(Providers(running, config.PROVIDER_SECRETS), running.providers_port)


if __name__ == "__main__":
    main()
