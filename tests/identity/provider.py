"""A small OpenID provider on the loopback, which does as a test says: it may lie in every way."""

import base64
import hashlib
import hmac
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from chalicelib.core import clock

CLIENT: Final = "carnet"
SECRET: Final = "secret-of-the-double"
Claims = dict[str, Any]


@dataclass
class Provider:
    """One issuer and its lies."""

    issuer: str = ""
    claims: Claims = field(default_factory=dict)
    acr: str = "eidas2"
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    published: list[Any] | None = None
    edit: Callable[[Claims], None] = lambda _: None
    edit_header: Callable[[Claims], None] = lambda _: None
    edit_userinfo: Callable[[Claims], None] = lambda _: None
    edit_metadata: Callable[[Claims], None] = lambda _: None
    algorithm: str = "ES256"
    signed_userinfo: bool = False
    status: dict[str, int] = field(default_factory=dict)
    padding: str = ""
    pending: dict[str, Claims] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def authorise(self, location: str) -> Claims:
        """Do what a person does there: agree; return what the browser brings back."""
        query = dict(parse_qsl(urlsplit(location).query))
        code = f"code-{len(self.pending)}"
        self.pending[code] = query
        return {"code": code, "state": query["state"], "iss": self.issuer}

    def exchange(self, form: Claims) -> Claims | None:
        query = self.pending.pop(form.get("code", ""), None)
        if query is None or form.get("redirect_uri") != query["redirect_uri"]:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if query["code_challenge_method"] != "S256" or challenge != query["code_challenge"]:
            return None
        now = clock.epoch(clock.now())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.claims["sub"],
            "nonce": query["nonce"],
            "acr": self.acr,
            "iat": now,
            "exp": now + 60,
        }
        self.edit(claims)
        return {
            "access_token": "opaque",
            "token_type": "Bearer",
            "id_token": self.sign(claims),
            "padding": self.padding,
        }

    def userinfo(self) -> tuple[str, bytes]:
        about = dict(self.claims)
        self.edit_userinfo(about)
        if not self.signed_userinfo:
            return "application/json", json.dumps(about).encode()
        return "application/jwt", self.sign({**about, "iss": self.issuer, "aud": CLIENT}).encode()

    def sign(self, claims: Claims) -> str:
        header = {"alg": self.algorithm, "kid": self.key.kid}
        self.edit_header(header)
        payload = json.dumps(claims)
        header = {name: value for name, value in header.items() if value is not None}
        return compact(header, payload, self.key)

    def keys(self) -> Claims:
        keys = self.published if self.published is not None else [self.key]
        return {"keys": [key.as_dict(private=False) for key in keys]}

    def metadata(self) -> Claims:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        self.edit_metadata(found)
        return found


class Anything(jws.JWSRegistry):
    """Signs headers that no honest library would."""

    def check_header(self, header: Claims) -> None:
        del header


def compact(header: Claims, payload: str, key: Any) -> str:
    """Sign with any header; `none` and `HS256` are done by hand, as an attacker would."""
    if header["alg"] not in {"none", "HS256"}:
        registry = Anything(algorithms=[header["alg"]])
        return jws.serialize_compact(header, payload, key, registry=registry)
    parts = [_b64(json.dumps(header).encode()), _b64(payload.encode())]
    secret = key.as_pem(private=False)
    mac = hmac.digest(secret, ".".join(parts).encode(), "sha256")
    return ".".join([*parts, "" if header["alg"] == "none" else _b64(mac)])


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def rsa() -> Any:
    return RSAKey.generate_key(2048, {"kid": "r1"})


@contextmanager
def served(providers: dict[str, Provider]) -> Iterator[None]:
    """Serve providers by the first segment of the path, on a free port."""
    server = _Server(("127.0.0.1", 0), _handler(providers))
    for name, provider in providers.items():
        provider.issuer = f"http://127.0.0.1:{server.server_port}/{name}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert server.broken == [], "the double itself failed"


class _Server(ThreadingHTTPServer):
    """Remembers its own failures, which would look like refusals."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.broken: list[BaseException | None] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        del request, client_address
        error = sys.exception()
        if not isinstance(error, ConnectionError):  # our client hangs up on long answers
            self.broken.append(error)


def _handler(providers: dict[str, Provider]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider, action = self._asked()
            answers: dict[str, Callable[[], tuple[str, bytes]]] = {
                ".well-known/openid-configuration": lambda: _json(provider.metadata()),
                "jwks": lambda: _json(provider.keys()),
                "userinfo": provider.userinfo,
            }
            self._answer(provider, action, *answers[action]())

        def do_POST(self) -> None:
            provider, action = self._asked()
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body))
            known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            known = known or self.headers.get("Authorization") == f"Basic {basic}"
            found = provider.exchange(form) if known else None
            if found is None:
                provider.status = {**provider.status, "token": 400}
            self._answer(provider, action, *_json(found or {"error": "invalid_grant"}))

        def _asked(self) -> tuple[Provider, str]:
            _, name, action = self.path.split("/", 2)
            providers[name].requests.append(action)
            return providers[name], action

        def _answer(self, provider: Provider, action: str, kind: str, body: bytes) -> None:
            status = provider.status.get(action, 200)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", f"{provider.issuer}/{action}")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _json(value: Claims) -> tuple[str, bytes]:
    return "application/json", json.dumps(value).encode()
