"""A small application behind the real edge and the real front, to look at the edge alone."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal
from unittest.mock import patch

from chalice.app import AuthRequest, AuthResponse, Chalice
from pydantic import Field, StringConstraints

from chalicelib.core.errors import TooMany, Unavailable
from chalicelib.core.rows import StoreUnavailable
from chalicelib.http import endpoint as declarations
from chalicelib.http.endpoint import (
    BINARY,
    FORM,
    Answer,
    Call,
    Endpoint,
    NoQuery,
    Schema,
    endpoint,
)
from chalicelib.http.mount import BINARY_TYPES, mount
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.runtime.gateway import Gateway
from tests.http_client import Client

ALICE: Final = Principal(ActorKind.PERSON, "A" * 26, "B" * 26, 2**40)
THING: Final = "01J00000000000000000000000"


class Detail(Schema):
    """A nested object."""

    colour: Literal["red", "blue"]


class Draft(Schema):
    """A body with one field of each sort."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=10)]
    count: Annotated[int, Field(ge=1, le=9)] | None = None
    on: date | None = None
    detail: Detail | None = None
    tags: tuple[str, ...] = ()


class Paging(Schema):
    """A query."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    first: Annotated[date | None, Field(alias="from")] = None


_FAILURES: Final[Mapping[str, Exception]] = {
    "store": StoreUnavailable("secret-detail"),
    "late": Unavailable(7),
    "many": TooMany(retry_after_seconds=60),
    "incident": ZeroDivisionError("secret-detail"),
}


def _declare() -> None:  # noqa: C901  a table of routes, one function each
    @endpoint("POST", "/things", body=Draft, idempotent=True, answers={201: Draft})
    def add_thing(call: Call[Draft, NoQuery]) -> Answer:
        """Add a thing."""
        assert call.idempotency is not None
        headers = {
            "Location": f"/things/{THING}",
            "X-Key": call.idempotency.key,
            "X-Hash": call.idempotency.request_hash,
        }
        return Answer(call.body, status=201, version=1, headers=headers)

    @endpoint("GET", "/things/{thing_id}", query=Paging, answers={200: None})
    def read_thing(call: Call[None, Paging]) -> Answer:
        """Read a thing."""
        return Answer({"path": dict(call.path), "limit": call.query.limit}, version=7)

    @endpoint("GET", "/things/search", answers={200: None})
    def search_things(_: Call[None, NoQuery]) -> Answer:
        """Answer on a fixed path beside a parameter."""
        return Answer({"fixed": True})

    @endpoint("PUT", "/things/{thing_id}", body=Draft, if_match=True, answers={200: None})
    def change_thing(call: Call[Draft, NoQuery]) -> Answer:
        """Change a thing."""
        return Answer({"if_match": call.if_match})

    @endpoint("DELETE", "/things/{thing_id}", answers={204: None})
    def delete_thing(_: Call[None, NoQuery]) -> Answer:
        """Delete a thing."""
        return Answer(status=204)

    @endpoint("PUT", "/things/{thing_id}/content", accepts=BINARY, answers={200: None})
    def put_content(call: Call[None, NoQuery]) -> Answer:
        """Receive bytes and send them back as hexadecimal."""
        return Answer({"hex": call.raw[:64].hex(), "size": len(call.raw)})

    @endpoint("GET", "/things/{thing_id}/content", answers={200: "application/pdf"})
    def get_content(_: Call[None, NoQuery]) -> Answer:
        """Send bytes that are not text."""
        return Answer(bytes(range(256)), headers={"Content-Type": "application/pdf"})

    @endpoint("POST", "/form", public=True, accepts=FORM, answers={200: None})
    def post_form(call: Call[None, NoQuery]) -> Answer:
        """Receive a form."""
        return Answer({"raw": call.raw.decode()})

    @endpoint("POST", "/greetings", public=True, body=Draft, answers={200: Draft})
    def greet(call: Call[Draft, NoQuery]) -> Answer:
        """Receive JSON from anybody."""
        return Answer(call.body)

    @endpoint("GET", "/cookies", public=True, answers={204: None})
    def set_cookies(call: Call[None, NoQuery]) -> Answer:
        """Set two cookies, and say which came."""
        return Answer(
            {"cookie": call.headers.get("cookie")}, cookies=("a=1; Secure", "b=2; Secure")
        )

    for failure, error in _FAILURES.items():
        endpoint("GET", f"/fail/{failure}", public=True)(_failing(failure, error))


def _failing(name: str, error: Exception) -> Any:
    def fail(_: Call[None, NoQuery]) -> Answer:
        """Fail."""
        raise error

    fail.__name__ = f"fail_{name}"
    return fail


def sign(principal: Principal) -> str:
    """Write what the authorizer below believes."""
    return json.dumps([principal.kind, principal.id, principal.session, principal.expires_at])


def client() -> Client:
    """Mount the small application behind a front of its own."""
    declared: list[Endpoint] = []
    with patch.object(declarations, "ENDPOINTS", declared):
        _declare()
    app = Chalice(app_name="edge")
    app.api.binary_types = BINARY_TYPES

    @app.authorizer()
    def believe(request: AuthRequest) -> AuthResponse:
        text = request.token.removeprefix("Bearer ")
        if text == "broken":
            raise StoreUnavailable("secret-detail")
        if not text.startswith("["):
            return AuthResponse(routes=[], principal_id="nobody")
        kind, actor, session, ends = json.loads(text)
        context: dict[str, Any] = {"kind": kind, "id": actor, "session": session, "exp": ends}
        return AuthResponse(routes=["*"], principal_id=actor, context=context)

    mount(app, believe, declared)
    return Client(Gateway(app), sign)
