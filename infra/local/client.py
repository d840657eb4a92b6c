"""What a person's browser and a laboratory's software do, over plain HTTP, without a browser.

Used by the journey and by the tests of the running product. It keeps cookies itself, because the
standard jar will not send `Secure` cookies to the loopback, which browsers do.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

TIMEOUT_SECONDS: Final = 30
PATIENCE_SECONDS: Final = 60
PAUSE_SECONDS: Final = 1
PART_BYTES: Final = 4 * 1024 * 1024
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401  whatever the answer holds
        """Read the body as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")


@dataclass(slots=True)
class Caller:
    """One caller of the running product: an origin, cookies by origin, and an access token."""

    origin: str
    token: str = ""
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def request(
        self,
        method: str,
        target: str,
        *,
        json_body: object = None,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send one request, following no redirect; wait while the product says it restarts (503).

        Raises:
            OSError: the product does not answer.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            reply = self._send(method, target, json_body, body, headers)
            if reply.status != http.client.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                return reply
            time.sleep(PAUSE_SECONDS)

    def _send(
        self,
        method: str,
        target: str,
        json_body: object,
        body: bytes,
        headers: dict[str, str] | None,
    ) -> Reply:
        url = urlsplit(urljoin(self.origin, target))
        origin = f"{url.scheme}://{url.netloc}"
        sent = {"Accept": "*/*"} | self._identity(origin) | (headers or {})
        if json_body is not None:
            body = json.dumps(json_body).encode()
            sent.setdefault("Content-Type", "application/json")
        elif body:
            sent.setdefault("Content-Type", "application/octet-stream")
        connection = http.client.HTTPConnection(url.netloc, timeout=TIMEOUT_SECONDS)
        try:
            path = url.path + (f"?{url.query}" if url.query else "")
            connection.request(method, path or "/", body, sent)
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.getheaders(), answer.read())
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        self._keep_cookies(origin, reply)
        return reply

    def log_in(self, provider: str, persona: str, return_to: str = "/accueil") -> Reply:
        """Log in as a persona of the sandbox, as a browser would; returns the last redirect."""
        query = urlencode({"provider": provider, "return_to": return_to})
        page = self.request("GET", f"/v1/auth/login?{query}").header("Location")
        self.request("GET", page)
        chosen = self.request(
            "POST",
            page,
            body=urlencode({"persona": persona}).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        last = self.request("GET", chosen.header("Location"))
        self.refresh()
        return last

    def refresh(self) -> Reply:
        """Exchange the refresh cookie for an access token, and keep it."""
        headers = {"X-Carnet": "1", "Origin": self.origin}
        reply = self.request("POST", "/v1/auth/refresh", headers=headers)
        if reply.status == http.client.OK:
            self.token = reply.json()["access_token"]
        return reply

    def authenticate(self, client_file: Path) -> None:
        """Get an access token for an organisation's software (`private_key_jwt`)."""
        client = json.loads(client_file.read_text(encoding="utf-8"))
        key = ECKey.import_key(json.loads(Path(client["private_key"]).read_text(encoding="utf-8")))
        now = int(time.time())
        claims = {
            "iss": client["client_id"],
            "sub": client["client_id"],
            "aud": client["token_endpoint"],
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
        }
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key),
        }
        reply = self.request(
            "POST",
            "/oauth/token",
            body=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        if reply.status != http.client.OK:
            raise OSError(f"no token: {reply.status} {reply.body[:200]!r}")
        self.token = reply.json()["access_token"]

    def deposit(
        self, subject: str, content: bytes, idempotency_key: str = "", **fields: object
    ) -> Reply:
        """Deposit a document with its content in the request."""
        draft = {"content": base64.b64encode(content).decode()} | fields
        key = idempotency_key or secrets.token_urlsafe(16)
        return self.request(
            "POST",
            f"/v1/patients/{subject}/documents",
            json_body=draft,
            headers={"Idempotency-Key": key},
        )

    def deposit_in_parts(self, subject: str, content: bytes, **fields: object) -> Reply:
        """Deposit a long document; return the last answer: 202, or what was refused."""
        documents, digest = f"/v1/patients/{subject}/documents", sha256(content).hexdigest()
        draft = {"size_bytes": len(content), "sha256": digest} | fields
        key = {"Idempotency-Key": digest}
        told = self.request("POST", documents, json_body=draft, headers=key)
        if told.status != http.client.ACCEPTED:
            return told
        document = f"{documents}/{told.json()['id']}"
        for number, start in enumerate(range(0, len(content), PART_BYTES), start=1):
            part = content[start : start + PART_BYTES]
            sent = self.request("PUT", f"{document}/parts/{number}", body=part)
            if sent.status != http.client.NO_CONTENT:
                return sent
        key = {"Idempotency-Key": f"end-{digest[:32]}"}
        return self.request("POST", f"{document}/complete", json_body={}, headers=key)

    def read_whole(self, target: str) -> Reply:
        """Read what may be too long to be read at once, then slice by slice."""
        reply = self.request("GET", target)
        if reply.status != http.client.CONFLICT or "size_bytes" not in reply.json():
            return reply
        size, whole = reply.json()["size_bytes"], b""
        while len(whole) < size:
            reply = self.request("GET", target, headers={"Range": f"bytes={len(whole)}-"})
            if reply.status != http.client.PARTIAL_CONTENT or not reply.body:
                return reply
            whole += reply.body
        return Reply(http.client.OK, reply.headers, whole)

    def _identity(self, origin: str) -> dict[str, str]:
        found = {}
        kept = self.cookies.get(origin)
        if kept:
            found["Cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
        if self.token and origin == self.origin:
            found["Authorization"] = f"Bearer {self.token}"
        return found

    def _keep_cookies(self, origin: str, reply: Reply) -> None:
        kept = self.cookies.setdefault(origin, {})
        for header, line in reply.headers:
            if header.lower() == "set-cookie":
                name, _, value = line.partition(";")[0].partition("=")
                if value:
                    kept[name] = value
                else:
                    kept.pop(name, None)
