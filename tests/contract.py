"""The contract, held against what is really said: each request taken and each answer given.

`Contract.faults` says how one exchange strays from the description of the interface. The client of
the tests asks it of every exchange, so that every test of the suite is also a test of the contract.
"""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

Json = dict[str, Any]

_REFUSED: Final = 400
# Told by `default`: a body of another type than is described, an incident of ours.
_ANYWHERE: Final = frozenset({415, 500})
# Identity providers add to these addresses what they like; OAuth has what it does not know ignored
# (RFC 6749, 3.1).
_OF_PROVIDERS: Final = frozenset({"/v1/auth/callback", "/v1/auth/logged-out", "/oauth/authorize"})
_FORM: Final = "application/x-www-form-urlencoded"
# What any HTTP answer has: no contract lists them.
_ORDINARY: Final = frozenset(
    {
        "set-cookie",  # of browsers: software has none
        "access-control-allow-origin",  # for browsers
        "access-control-expose-headers",
        "cache-control",
        "content-length",
        "content-security-policy",
        "content-type",
        "cross-origin-resource-policy",
        "referrer-policy",
        "strict-transport-security",
        "x-content-type-options",
    }
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, and the answer it got; header names are in lower case."""

    method: str
    target: str
    sent: Mapping[str, str]
    sent_body: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Route:
    pattern: re.Pattern[str]
    operation: Json


@dataclass(frozen=True, slots=True)
class Contract:
    """A description of an interface (OpenAPI 3.1)."""

    document: Json
    _routes: dict[tuple[str, str], _Route] = field(default_factory=dict)
    _components: Json = field(default_factory=dict)
    _validators: dict[int, Draft202012Validator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._components.update(deepcopy(self.document["components"]))
        # Clients ignore members they do not know (RFC 9457): we know all of ours.
        self._components["schemas"]["Problem"]["additionalProperties"] = False
        for path, operations in self.document["paths"].items():
            pattern = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path))
            for method, operation in operations.items():
                self._routes[method.upper(), path] = _Route(pattern, operation)

    def faults(self, exchange: Exchange) -> list[str]:
        """Say how an exchange strays from the description; nothing when it does not."""
        if exchange.method == "OPTIONS":
            return []  # of browsers, before a request: no operation of ours
        found = self._route(exchange)
        if found is None:
            is_fhir = exchange.target.startswith("/fhir/")
            name = "Outcome" if is_fhir else "Problem"
            name += "401" if is_fhir and exchange.status == 401 else ""
            return [*self._of_answer(exchange, self.document["components"]["responses"][name])]
        path, operation = found
        responses = operation["responses"]
        answer = responses.get(str(exchange.status), responses["default"])
        said = list(self._of_answer(exchange, self._followed(answer)))
        told = {int(one) for one in responses if one.isdecimal()} | _ANYWHERE
        if exchange.status not in told:
            said.append(f"{exchange.status} is not described")
        if exchange.status < _REFUSED:
            said += self._of_request(exchange, operation, path)
        return said

    def _route(self, exchange: Exchange) -> tuple[Mapping[str, str], Json] | None:
        path = exchange.target.partition("?")[0]
        path = path.removesuffix("/") or "/"
        fits = [
            (name, match.groupdict(), route.operation)
            for (method, name), route in self._routes.items()
            if method == exchange.method and (match := route.pattern.fullmatch(path))
        ]
        # A fixed segment wins over a parameter.
        fits.sort(key=lambda one: [part.startswith("{") for part in one[0].split("/")])
        return fits[0][1:] if fits else None

    def _of_answer(self, exchange: Exchange, answer: Json) -> Iterator[str]:
        yield from self._of_headers(exchange, answer.get("headers", {}))
        contents = answer.get("content", {})
        kind = exchange.headers.get("content-type", "").partition(";")[0]
        is_brief = exchange.method == "HEAD" or "prefer" in exchange.sent
        if not exchange.body and (is_brief or not contents):
            return
        if kind not in contents:
            yield f"{kind or 'no type'} is not among {list(contents)}"
        elif schema := contents[kind].get("schema"):
            yield from self._of_value(json.loads(exchange.body), schema)

    def _of_headers(self, exchange: Exchange, described: Json) -> Iterator[str]:
        named = {name.lower(): self._followed(one) for name, one in described.items()}
        for name in exchange.headers.keys() - named.keys() - _ORDINARY:
            yield f"the header {name} is not described"
        for name, one in named.items():
            if name in exchange.headers:
                yield from self._of_value(exchange.headers[name], one["schema"])
            elif one.get("required"):
                yield f"the header {name} is missing"

    def _of_request(
        self, exchange: Exchange, operation: Json, path: Mapping[str, str]
    ) -> Iterator[str]:
        place, _, asked = exchange.target.partition("?")
        query = dict(parse_qsl(asked, keep_blank_values=True))
        given = {"path": path, "query": query, "header": exchange.sent}
        described = operation.get("parameters", [])
        for one in described:
            name = one["name"].lower() if one["in"] == "header" else one["name"]
            value = given[one["in"]].get(name)
            if value is None and one["required"]:
                yield f"taken without {one['name']}"
            elif value is not None and one["in"] != "query":
                yield from self._of_value(unquote(value), one["schema"])
        named = {one["name"] for one in described if one["in"] == "query"}
        if place not in _OF_PROVIDERS and not query.keys() <= named:
            yield f"parameters were taken: {query.keys() - named}"
        yield from self._of_body(exchange, operation.get("requestBody", {}).get("content", {}))

    def _of_body(self, exchange: Exchange, contents: Json) -> Iterator[str]:
        kind = exchange.sent.get("content-type", "").partition(";")[0]
        if exchange.sent_body in (b"", b"{}") and not contents:
            return
        if kind not in contents:
            yield f"a body of {kind or 'no type'} was taken"
        elif schema := contents[kind].get("schema"):
            yield from self._of_value(_read(kind, exchange.sent_body), schema)

    def _of_value(self, value: object, schema: Json) -> Iterator[str]:
        known = self._validators.get(id(schema))  # a part of the document, which lasts
        if known is None:
            known = Draft202012Validator({**schema, "components": self._components})
            self._validators[id(schema)] = known
        error = best_match(known.iter_errors(value))
        if error is not None:
            yield f"at {error.json_path}: {error.validator} of {error.validator_value!r:.200}"

    def _followed(self, described: Json) -> Json:
        if "$ref" not in described:
            return described
        found: Any = self.document
        for part in described["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)


def _read(kind: str, body: bytes) -> object:
    return dict(parse_qsl(body.decode())) if kind == _FORM else json.loads(body)
