"""An HTTP client without a network: requests go through the container's WSGI front (D3)."""

import json as json_codec
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from chalicelib.core import clock
from chalicelib.http.principal import Principal
from tests.contract import Contract, Exchange
from tests.stock import stocked

SECURITY_HEADERS = {  # by hand: what is promised, not what the code says
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}

Application = Callable[[dict[str, Any], Callable[[str, list[tuple[str, str]]], Any]], Any]
TYPES: Final = {bytes: "application/octet-stream", str: "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back on the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        return json_codec.loads(self.body)

    def header(self, name: str) -> str | None:
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        return [v for k, v in self.headers if k.lower() == name.lower()]

    @property
    def problem(self) -> str:
        """Return the slug of a problem, or the code of the first issue of an outcome."""
        if self.header("Content-Type") == "application/fhir+json":
            return str(self.json()["issue"][0]["details"]["coding"][0]["code"])
        assert self.header("Content-Type") == "application/problem+json", self.body
        return str(self.json()["type"]).removeprefix("/problems/")


def bearer(principal: Principal) -> str:
    """Sign an access token for a caller, with the product's own key."""
    from chalicelib.identity import signing_keys, tokens  # noqa: PLC0415  loads libraries

    if clock.now().date().isoformat() not in signing_keys._private:
        stocked(signing_keys.ensure)(clock.now().date())
    return tokens.issue(
        principal.kind,
        principal.id,
        principal.session,
        clock.now(),
        generation=principal.generation,
        account=principal.account,
        patient=principal.patient,
        permissions=principal.permissions,
    )


def _exchange(
    method: str, target: str, sent: Mapping[str, str], raw: bytes, reply: Reply
) -> Exchange:
    lower = {name.lower(): value for name, value in sent.items()}
    headers = {name.lower(): value for name, value in reply.headers}
    return Exchange(method, target, lower, raw, reply.status, headers, reply.body)


class Client:
    """Calls a WSGI application; `as_` is a caller whose token is signed on the way.

    With a contract, every exchange is held against it.
    """

    def __init__(
        self,
        application: Application,
        sign: Callable[[Principal], str] = bearer,
        contract: Contract | None = None,
    ) -> None:
        self._application = application
        self._sign = sign
        self._contract = contract

    def request(
        self,
        method: str,
        target: str,
        *,
        as_: Principal | None = None,
        json: object = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        sent = {"Accept": "*/*"}
        raw = b""
        if json is not None:
            raw, sent["Content-Type"] = json_codec.dumps(json).encode(), "application/json"
        elif body is not None:
            raw = body.encode() if isinstance(body, str) else body
            sent["Content-Type"] = TYPES[type(body)]
        if as_ is not None:
            sent["Authorization"] = f"Bearer {self._sign(as_)}"
        sent |= headers or {}
        reply = self._send(method, target, sent, raw)
        if self._contract is not None:
            faults = self._contract.faults(_exchange(method, target, sent, raw, reply))
            assert not faults, f"{method} {target}: {reply.status}, {faults}"
        return reply

    def get(self, target: str, **options: Any) -> Reply:
        return self.request("GET", target, **options)

    def post(self, target: str, **options: Any) -> Reply:
        return self.request("POST", target, **options)

    def put(self, target: str, **options: Any) -> Reply:
        return self.request("PUT", target, **options)

    def delete(self, target: str, **options: Any) -> Reply:
        return self.request("DELETE", target, **options)

    def _send(self, method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Reply:
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "RAW_URI": target,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(raw)),
            "REMOTE_ADDR": "192.0.2.1",
            "wsgi.input": BytesIO(raw),
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        started: list[tuple[str, list[tuple[str, str]]]] = []
        chunks = self._application(environ, lambda status, found: started.append((status, found)))
        body = b"".join(chunks)
        status, found = started[0]
        return Reply(int(status.split()[0]), found, body)
