"""Requests made from the description of the interface, and what is wrong with the answers.

Schemathesis draws them, half as described and half astray, from a seed; ids that were seen in
answers, and words that a rule may take, stand in for most of what it draws, so that more than
refusals come back. Judged are: a server error, an answer that strays from the description, an
answer without a session where one is asked for, a secret that comes back, and a slow answer.
"""

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from shlex import quote
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from fuzz import plausible
from tests.contract import Contract, Exchange

NOBODY: Final = "nobody"
_SERVER_ERROR: Final = 500
_REFUSED: Final = 400
_UNAUTHENTICATED: Final = 401
# Told before anybody asks who calls: no such path, a line or headers too long.
_BEFORE: Final = frozenset({400, 404, 405, 413, 414, 431})
_SLOW_SECONDS: Final = 10
_NATURAL, _NOBODY = 0.65, 0.8  # the shares of who an operation is for, then of nobody
_LAST: Final = {"DELETE": 2, "GET": 1, "HEAD": 1}
_PLAIN: Final = frozenset(range(32, 127)) - frozenset(b"\\'")  # in quotes of a shell
_BASE: Final = "http://carnet.test"
_DROPPED: Final = frozenset(
    {"user-agent", "accept-encoding", "connection", "x-schemathesis-testcaseid", "content-length"}
)
_MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it goes; `who` is whose session it has."""

    who: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Got:
    """One answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class World:
    """Whom to ask, as whom, about what; `authorization` is the header of somebody's session.

    `known` are ids by the parameter that takes them, `good` bodies by operation.
    """

    send: Callable[[Sent], Got]
    authorization: Callable[[str], str]
    subject: Callable[[str], str]
    known: Mapping[str, Collection[str]]
    spared: Collection[str] = ()
    good: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Findings:
    """What a run saw: statuses by operation and by caller, and each fault with one request."""

    statuses: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    callers: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    faults: dict[tuple[str, str], Sent] = field(default_factory=dict)
    undrawn: int = 0

    @property
    def total(self) -> Counter[int]:
        """How many answers of each status."""
        return sum(self.statuses.values(), Counter())

    def add(self, operation: str, sent: Sent, got: Got, faults: Collection[str]) -> None:
        """Count an answer, and keep the shortest request of each fault."""
        self.statuses[operation][got.status] += 1
        self.callers[sent.who][got.status] += 1
        for fault in faults:
            kept = self.faults.setdefault((operation, fault), sent)
            if len(sent.target) + len(sent.body) < len(kept.target) + len(kept.body):
                self.faults[operation, fault] = sent


class Fuzzer:
    """Asks every operation of a description, `examples` times in each mode, until a deadline."""

    def __init__(self, document: dict[str, Any], world: World, *, number: int = 1) -> None:
        """Take the description, the world, and the seed."""
        self._world = world
        self._contract = Contract(document)
        self._random = Random(number)
        self._number = number
        self._schema = schemathesis.openapi.from_dict(document)
        self._paths = tuple(document["paths"])
        self._document = document
        self._known = {name: list(values) for name, values in world.known.items()}
        self.findings = Findings()

    def run(self, examples: int, seconds: float = float("inf")) -> Findings:
        """Ask, creations first and deletions last; return what was seen."""
        deadline = time.monotonic() + seconds
        for operation in self._operations():
            for mode in _MODES:
                left = deadline - time.monotonic()
                if left > 0 and operation.label not in self._world.spared:
                    self._ask(operation, mode, examples, deadline)
        return self.findings

    def _operations(self) -> list[Any]:
        found: list[Any] = [one.ok() for one in self._schema.get_all_operations()]  # type: ignore[union-attr]  # ours is sound
        return sorted(found, key=lambda one: _LAST.get(one.method.upper(), 0))

    def _ask(self, operation: Any, mode: GenerationMode, examples: int, deadline: float) -> None:
        @seed(self._number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def each(case: Any) -> None:
            if time.monotonic() < deadline:
                self._play(operation, case)

        try:
            each()
        except Unsatisfiable:
            self.findings.undrawn += 1  # nothing can be wrong in a request without parameters

    def _play(self, operation: Any, case: Any) -> None:
        who = self._caller(operation.path)
        sent = self._written(operation, case, who)
        if sent is None:
            return
        began = time.monotonic()
        got = self._world.send(sent)
        took = time.monotonic() - began
        faults = list(self._faults(operation, sent, got))
        if took > _SLOW_SECONDS:
            faults.append(f"an answer took more than {_SLOW_SECONDS} s")
        self.findings.add(operation.label, sent, got, faults)
        self._learn(operation.path, got)

    def _caller(self, path: str) -> str:
        draw = self._random.random()
        if draw < _NATURAL:
            return plausible.caller(path, self._random)
        return NOBODY if draw < _NOBODY else self._random.choice(plausible.CALLERS)

    def _written(self, operation: Any, case: Any, who: str) -> Sent | None:
        """Write a drawn case; None if it cannot be written as HTTP."""
        subject = self._world.subject(who)
        case.query = plausible.query(case.query or {}, subject, self._random)
        for name in case.path_parameters or {}:
            known = [subject] if name == "pid" else self._known.get(name)
            if known and self._random.random() < plausible.SHARE:
                case.path_parameters[name] = self._random.choice(known)
        try:
            asked = requests.Request(**case.as_transport_kwargs(base_url=_BASE)).prepare()
        except (requests.RequestException, UnicodeError, ValueError):
            return None
        headers = {k.lower(): str(v) for k, v in asked.headers.items() if k.lower() not in _DROPPED}
        if who != NOBODY:
            headers["authorization"] = self._world.authorization(who)
        if "if-match" in headers:
            headers["if-match"] = plausible.version(operation.path, self._random)
        body: Any = asked.body or b""
        raw = body.encode() if isinstance(body, str) else body
        raw = plausible.body(operation.label, raw, subject, self._world.good, self._random)
        url = urlsplit(str(asked.url))
        target = url.path + (f"?{url.query}" if url.query else "")
        return Sent(who, operation.method.upper(), target, headers, raw)

    def _faults(self, operation: Any, sent: Sent, got: Got) -> Iterator[str]:
        if got.status >= _SERVER_ERROR:
            yield f"{got.status}"
        exchange = Exchange(
            sent.method, sent.target, sent.headers, sent.body, got.status, got.headers, got.body
        )
        try:
            yield from (_general(one) for one in self._contract.faults(exchange))
        except ValueError:
            yield "the answer is not JSON"
        asked = self._document["paths"][operation.path][operation.method.lower()]
        is_open = asked.get("security") == []
        if not is_open and sent.who == NOBODY and got.status not in {_UNAUTHENTICATED, *_BEFORE}:
            yield f"{got.status} without a session"
        said = got.body + json.dumps(dict(got.headers)).encode()
        secret = self._world.authorization(sent.who).removeprefix("Bearer ").encode()
        if secret and secret in said:
            yield "the token comes back"

    def _learn(self, path: str, got: Got) -> None:
        """Keep the ids of what an answer lists or made, by the parameter that names it."""
        if got.status >= _REFUSED or not got.body:
            return
        child = re.compile(re.escape(path) + r"/\{(\w+)\}")
        names = {match[1] for one in self._paths if (match := child.match(one))}
        if names and "json" in got.headers.get("content-type", ""):
            for name in names:
                found = plausible.ids_in(json.loads(got.body), name)
                self._known.setdefault(name, []).extend(found)


def _general(fault: str) -> str:
    """Say a fault without what differs from one request to another."""
    return re.sub(r"\[\d+\]", "[…]", fault)[:200]


def curl(sent: Sent, origin: str) -> str:
    """Write a request as a command, without its session."""
    shown = {k: v for k, v in sent.headers.items() if k != "authorization"}
    given = "".join(f" -H {quote(f'{name}: {value}')}" for name, value in shown.items())
    token = (
        "" if sent.who == NOBODY else f' -H "Authorization: Bearer $TOKEN_OF_{sent.who.upper()}"'
    )
    escaped = "".join(chr(one) if one in _PLAIN else f"\\x{one:02x}" for one in sent.body)
    body = f" --data-binary $'{escaped}'" if sent.body else ""
    return f"curl -i -X {sent.method}{given}{token}{body} {quote(origin + sent.target)}"
