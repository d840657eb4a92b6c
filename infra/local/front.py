"""Serve the product from one origin: the web client's files, and the API behind it.

In production a content network does this. Files get the client's strict policy; API paths go to
the local cloud's gateway, body bounded and answers streamed. While the cloud restarts the API
answers 503 with a problem, and the files stay.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from chalicelib.core import ids
from chalicelib.http import problems
from infra.local import asgi, config

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from infra.local.asgi import Headers, Receive, Scope, Send

API_ROOTS: Final = (
    "/v1",
    "/oauth",
    "/problems",
    "/.well-known",
    "/fhir",
    "/health",
    "/openapi.json",
)
STAGE: Final = "carnet"
# API Gateway's own limits.
BODY_BYTES: Final = 10 * 1024 * 1024
HEAD_BYTES: Final = 10 * 1024
BODY_SECONDS: Final = 20
LONGEST_PATH: Final = 200
# A little more than the functions' own time-out.
ANSWER_SECONDS: Final = 30
CONNECT_SECONDS: Final = 1
# The local cloud starts a process per concurrent call: more than this only slows all of them.
CONCURRENT_CALLS: Final = 4
QUEUE_SECONDS: Final = 15
# Escaped separators never reach an id of ours, and decoders disagree about them; no client sends
# a fragment.
_AMBIGUOUS: Final = re.compile(r"#|%2f|%5c|%00|%2e|/\.\.?(/|$)|//", re.IGNORECASE)
# The client's own files end so; opaque ids, which have dots too, are longer.
_NAMED_FILE: Final = re.compile(r"\.[0-9a-z]{1,12}$", re.ASCII)
_REFUSAL_HEADERS: Final[dict[int, Headers]] = {
    405: [(b"allow", b"GET, HEAD")],  # of a file
    503: [(b"retry-after", b"2")],
}
_HOP_BY_HOP: Final = frozenset(
    (b"connection", b"date", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
# What only the gateway may say about the client.
_UNTRUSTED: Final = frozenset((b"host", b"content-length", b"forwarded"))

CLIENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self' {providers}; "
    "require-trusted-types-for 'script'; trusted-types carnet"
)
CLIENT_HEADERS: Final = (
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class Front:
    """The one origin."""

    def __init__(self, running: config.Config, files: Path) -> None:
        self._config = running
        self._files = files
        self._places = asyncio.Semaphore(CONCURRENT_CALLS)
        self._api_id = (0, "")
        policy = CLIENT_POLICY.format(providers=running.providers_url)
        self._headers: Headers = [(b"content-security-policy", policy.encode()), *CLIENT_HEADERS]
        timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await asgi.lifespan(receive, send)
            return
        if scope["type"] == "websocket":
            await self._refuse(_to_socket(send), 404, "not-found")
            return
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEAD_BYTES:
            await self._refuse(send, 431, "head-too-large", limit_bytes=HEAD_BYTES)
            return
        path = scope["raw_path"].decode("latin-1").partition("?")[0]
        if _AMBIGUOUS.search(path) or b"#" in scope["query_string"]:
            await self._refuse(send, 404, "not-found")
        elif any(path == root or path.startswith(f"{root}/") for root in API_ROOTS):
            await self._forward(scope, receive, send, path)
        elif scope["method"] in {"GET", "HEAD"}:
            await self._file(scope, send, path)
        else:
            await self._refuse(send, 405, "method-not-allowed")

    async def _forward(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        try:
            body = await asgi.read_body(receive, BODY_BYTES, BODY_SECONDS)
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._places.acquire()
        except asgi.DisconnectedError:
            return
        except asgi.TooLargeError:
            await self._refuse(send, 413, "too-large", limit_bytes=BODY_BYTES)
            return
        except TimeoutError:
            await self._refuse(send, 503, "unavailable")
            return
        try:
            await self._relay(self._request(scope, path, body), send)
        finally:
            self._places.release()

    def _request(self, scope: Scope, path: str, body: bytes) -> httpx.Request:
        query = scope["query_string"]
        target = f"/{STAGE}{path}".encode("latin-1") + (b"?" + query if query else b"")
        api, port = self._current_api(), self._config.cloud_port
        headers = [
            (name, value)
            for name, value in scope["headers"]
            if name not in _HOP_BY_HOP | _UNTRUSTED and not name.startswith(b"x-forwarded-")
        ]
        headers.append((b"host", f"{api}.execute-api.localhost:{port}".encode()))
        url = httpx.URL(self._config.cloud_url).copy_with(raw_path=target)
        return httpx.Request(scope["method"], url, headers=headers, content=body)

    async def _relay(self, request: httpx.Request, send: Send) -> None:
        try:
            response = await self._client.send(request, stream=True)
        except httpx.HTTPError:
            await self._refuse(send, 503, "unavailable")
            return
        try:
            headers = [
                (name.lower(), value)
                for name, value in response.headers.raw
                if name.lower() not in _HOP_BY_HOP
            ]
            status = response.status_code
            await send({"type": "http.response.start", "status": status, "headers": headers})
            async for part in response.aiter_raw():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await response.aclose()

    def _current_api(self) -> str:
        """Return the deployed API's id, read again after each deployment."""
        try:
            changed = self._config.stack_file.stat().st_mtime_ns
            if changed != self._api_id[0]:
                stack = json.loads(self._config.stack_file.read_text(encoding="utf-8"))
                self._api_id = (changed, stack["outputs"]["RestAPIId"])
        except FileNotFoundError:
            return "none"
        return self._api_id[1]

    async def _file(self, scope: Scope, send: Send, path: str) -> None:
        if len(path) > LONGEST_PATH:
            await self._refuse(send, 404, "not-found")
            return
        file = (self._files / path.lstrip("/")).resolve()
        if not (file.is_relative_to(self._files) and file.is_file()):
            # A screen of the client; a missing file of the build is simply missing.
            if _NAMED_FILE.search(path):
                await self._refuse(send, 404, "not-found")
                return
            file = self._files / "index.html"
        if not file.is_file():
            await self._refuse(send, 503, "unavailable")
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith(("javascript", "json")):
            kind += "; charset=utf-8"
        hashed = path.startswith("/assets/")
        cache = b"public, max-age=31536000, immutable" if hashed else b"no-cache"
        headers = [
            *self._headers,
            (b"content-type", kind.encode()),
            (b"cache-control", cache),
        ]
        body = await asyncio.to_thread(file.read_bytes)
        await asgi.answer(send, 200, body, headers, head=scope["method"] == "HEAD")

    async def _refuse(self, send: Send, status: int, slug: str, **figures: int) -> None:
        body = json.dumps(problems.body(slug, status, **figures), ensure_ascii=False).encode()
        headers = [
            *self._headers,
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"cache-control", b"no-store"),
            (b"x-request-id", ids.new_id().encode()),
        ]
        headers += _REFUSAL_HEADERS.get(status, [])
        await asgi.answer(send, status, body, headers)


def _to_socket(send: Send) -> Send:
    """Answer an upgrade to a web socket, which nothing here serves, as any other request."""

    async def answer(message: MutableMapping[str, Any]) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    return answer


def main() -> None:
    """Serve until told to stop."""
    mimetypes.add_type("application/manifest+json", ".webmanifest")
    mimetypes.add_type("text/javascript", ".mjs")
    running = config.from_environment()
    asgi.serve(Front(running, Path(sys.argv[1]).resolve()), running.port)


if __name__ == "__main__":
    main()
