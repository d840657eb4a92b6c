"""The one edge: every route passes here, in one direction, and nowhere else.

`@endpoint` declares a route; `mount` hands all of them to Chalice. A call is unquoted, bounded,
parsed and validated (all errors at once), the use case runs, and its answer or problem is written.
It decides nothing about rights: that is the gate's work.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar, get_origin
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.core import ids
from chalicelib.core.errors import (
    BadRequest,
    FieldError,
    Invalid,
    NotAcceptable,
    NotFound,
    PreconditionRequired,
    Problem,
    TooLarge,
    Unauthenticated,
)
from chalicelib.http import body as body_gate
from chalicelib.http import outcomes, problems
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal

JSON: Final = "application/json"
BINARY: Final = "application/octet-stream"
FORM: Final = "application/x-www-form-urlencoded"
FHIR: Final = outcomes.MEDIA_TYPE
MAX_RAW_BYTES: Final = 4 * 1024 * 1024
MAX_PUBLIC_BYTES: Final = 64 * 1024  # of JSON, from who is not known
HANDLE: Final = re.compile(r"h\.[0-9]{1,3}\.[0-9A-Za-z_-]{20,400}", re.ASCII)
IDEMPOTENCY_KEY: Final = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)
_ETAG: Final = re.compile(r'"v(0|[1-9][0-9]{0,9})"', re.ASCII)
_FHIR_ETAG: Final = re.compile(r'(?:W/)?"(0|[1-9][0-9]{0,9})"', re.ASCII)
_FHIR_FORMATS: Final = frozenset({FHIR, JSON, "json"})
_NO_VERSION: Final = -1
_REPEATED: Final = "repeated_parameter"

B = TypeVar("B")
Q = TypeVar("Q")


class Schema(BaseModel):
    """Base of request and answer bodies: unknown fields are refused (A38), values are frozen.

    Validators are built at first use: a cold process needs few of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class NoQuery(Schema):
    """The query of a route that takes none."""


@dataclass(frozen=True, slots=True)
class Call(Generic[B, Q]):
    """One request, validated. `caller` is None on public routes only."""

    caller: Principal | None
    path: Mapping[str, str]
    query: Q
    body: B
    raw: bytes
    headers: Mapping[str, str]
    if_match: int | None = None
    idempotency: Idempotency | None = None

    @property
    def principal(self) -> Principal:
        """The proven caller of a protected route.

        Raises:
            Unauthenticated: the route is public and nobody is known.
        """
        if self.caller is None:
            raise Unauthenticated
        return self.caller


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers. `body` is a model, raw bytes (with their own type) or nothing."""

    body: BaseModel | Mapping[str, Any] | bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Sequence[str] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A declared route: what `mount` registers and what OpenAPI and the policy matrix list."""

    method: str
    path: str
    run: Callable[[Call[Any, Any]], Answer]
    public: bool
    accepts: str
    body: type[BaseModel] | None
    query: type[BaseModel]
    answers: Mapping[int, Any]
    idempotent: bool
    if_match: bool
    patterns: Mapping[str, re.Pattern[str]]
    form: type[BaseModel] | None
    problems: Sequence[Problem]
    reasons: Sequence[str]
    name: str
    summary: str

    @property
    def max_bytes(self) -> int:
        """How much of a body is read; JSON of anybody is short."""
        if self.accepts not in {JSON, FHIR}:
            return MAX_RAW_BYTES
        return MAX_PUBLIC_BYTES if self.public else body_gate.MAX_BYTES

    @property
    def serves_applications(self) -> bool:
        """Whether its callers are applications of the catalogue, and nobody else (A09)."""
        return outcomes.is_spoken_at(self.path)


ENDPOINTS: list[Endpoint] = []


def endpoint(  # noqa: PLR0913  keyword-only declaration, read as a table
    method: str,
    path: str,
    *,
    public: bool = False,
    accepts: str = JSON,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] = NoQuery,
    answers: Mapping[int, Any] | None = None,
    idempotent: bool = False,
    if_match: bool = False,
    patterns: Mapping[str, re.Pattern[str]] | None = None,
    form: type[BaseModel] | None = None,
    problems: Sequence[Problem] = (),
    reasons: Sequence[str] = (),
) -> Callable[[Callable[[Call[Any, Any]], Answer]], Callable[[Call[Any, Any]], Answer]]:
    """Declare a route; the function below it stays a plain function of a `Call`.

    `answers` maps a status to the model of its body, to media types, or to None. Path parameters
    are our ids unless `patterns` says otherwise; what does not match is the constant 404. Only the
    description reads the last three: the fields of a form, the problems that the rest does not
    foretell or that are worth an example, and the codes of the `reason` of a 422.
    """

    def declare(run: Callable[[Call[Any, Any]], Answer]) -> Callable[[Call[Any, Any]], Answer]:
        ENDPOINTS.append(
            Endpoint(
                method=method,
                path=path,
                run=run,
                public=public,
                accepts=accepts,
                body=body,
                query=query,
                answers=answers or {200: None},
                idempotent=idempotent,
                if_match=if_match,
                patterns=patterns or {},
                form=form,
                problems=problems,
                reasons=reasons,
                name=run.__name__,
                summary=(run.__doc__ or "").strip().split("\n")[0],
            )
        )
        return run

    return declare


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as the framework saw it, before anything was believed."""

    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    raw: bytes
    caller: Principal | None


def read(declared: Endpoint, incoming: Incoming) -> Call[Any, Any]:
    """Validate a request against its declaration.

    Raises:
        Problem: 400, 404, 413, 422 or 428, with every error of the body or query at once.
    """
    if declared.serves_applications:
        incoming = _in_fhir(incoming)
    return Call(
        caller=incoming.caller,
        path=_path(declared, incoming.path),
        query=_query(declared.query, incoming.query),
        body=_body(declared, incoming.raw),
        raw=incoming.raw,
        headers=incoming.headers,
        if_match=_if_match(declared, incoming.headers),
        idempotency=_idempotency(declared, incoming),
    )


def _in_fhir(incoming: Incoming) -> Incoming:
    """Settle what FHIR lets any request say: its format, as a parameter or a header.

    Raises:
        NotAcceptable: it is not JSON.
        Invalid: it depends on what is not supported.
    """
    query = dict(incoming.query)
    formats = query.pop("_format", [])
    accept = formats[-1] if formats else incoming.headers.get("accept", "*/*")
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    if formats and not kinds <= _FHIR_FORMATS:
        raise NotAcceptable
    if kinds and all(kind.endswith("xml") for kind in kinds):
        raise NotAcceptable
    if "if-none-exist" in incoming.headers:
        raise Invalid(errors=(FieldError("/header/If-None-Exist", "fhir_unsupported"),))
    headers = {**incoming.headers, "accept": FHIR if formats else accept}
    return replace(incoming, query=query, headers=headers)


def _path(declared: Endpoint, given: Mapping[str, str]) -> dict[str, str]:
    path = {}
    for name, quoted in given.items():
        value = unquote(quoted)
        pattern = declared.patterns.get(name)
        if pattern is not None:
            known = pattern.fullmatch(value) is not None
        else:
            known = ids.is_id(value) or (name == "pid" and HANDLE.fullmatch(value) is not None)
        if not known:
            raise NotFound
        path[name] = value
    return path


def _query(model: type[BaseModel], given: Mapping[str, Sequence[str]]) -> BaseModel:
    many = {
        field.alias or name
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is tuple
    }
    repeated = [name for name in given if len(given[name]) != 1 and name not in many]
    if repeated:
        errors = [FieldError(f"/query/{problems.escaped(name)}", _REPEATED) for name in repeated]
        raise BadRequest(errors=tuple(errors))
    asked = {name: values if name in many else values[0] for name, values in given.items()}
    try:
        return model.model_validate(asked)
    except ValidationError as error:
        raise problems.from_validation(error, "/query") from error


def _body(declared: Endpoint, raw: bytes) -> BaseModel | dict[str, Any] | None:
    if declared.accepts == FHIR:
        return _resource(raw)
    if declared.accepts != JSON:
        if len(raw) > declared.max_bytes:
            raise TooLarge(limit_bytes=declared.max_bytes)
        return None
    if declared.body is None:
        if raw.strip() not in (b"", b"{}"):
            raise Invalid
        return None
    text = body_gate.parse(raw, declared.max_bytes)
    try:
        return declared.body.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise problems.from_validation(error) from error


def _resource(raw: bytes) -> dict[str, Any]:
    """Read a FHIR resource; its decimals keep the figures they were written with."""
    resource = json.loads(body_gate.parse(raw), parse_float=Decimal)
    if not isinstance(resource, dict):
        raise Invalid("invalid-json", errors=(FieldError("", "dict_type"),))
    return resource


def _if_match(declared: Endpoint, headers: Mapping[str, str]) -> int | None:
    if not declared.if_match:
        return None
    given = headers.get("if-match")
    if given is None:
        raise PreconditionRequired
    form = _FHIR_ETAG if declared.serves_applications else _ETAG
    match = form.fullmatch(given.strip())
    return int(match[1]) if match else _NO_VERSION  # stale for everybody


def _idempotency(declared: Endpoint, incoming: Incoming) -> Idempotency | None:
    if not declared.idempotent or incoming.caller is None:
        return None
    key = incoming.headers.get("idempotency-key", "")
    if declared.serves_applications and not key:
        # Few FHIR clients can send one: the resource itself is the key, so that it is made once.
        key = hashlib.sha256(incoming.raw).hexdigest()
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise Invalid("idempotency-key-required")
    # Without the patient: a handle is new at each lookup, and the gate adds who it stands for.
    path = "/".join(f"{k}={v}" for k, v in sorted(incoming.path.items()) if k != "pid")
    # But the token's: an application may send one key for each of those who connected it.
    who = f"{incoming.caller.id}|{incoming.caller.patient}"
    scope = f"{who}|{declared.method} {declared.path}|{key}"
    request = path.encode() + b"\n" + incoming.raw
    return Idempotency(
        key=hashlib.sha256(scope.encode()).hexdigest(),
        request_hash=hashlib.sha256(request).hexdigest(),
    )
