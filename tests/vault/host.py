"""The host as the vault sees it: its calls are counted, and fail when a test says so."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.core import aws

PREFIX = "carnet-test"
PATIENT = "P.01HZX3V7Q0J8K2M4N6P8R0S2T4"
OTHER = "P.01HZX3V7Q0J8K2M4N6P8R0S2T5"


class Host:
    """Counts calls by operation, and breaks the ones a test names."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.bodies: dict[str, dict[str, Any]] = {}
        self._broken: dict[tuple[str, str], list[Exception]] = {}

    def fail(self, operation: str, error: Exception | None = None, *, when: str = "before") -> None:
        """Make the next call of an operation fail, before it is sent or after it was served."""
        self._broken.setdefault((when, operation), []).append(
            error or EndpointConnectionError(endpoint_url="http://localhost")
        )

    def down(self, operation: str) -> None:
        """Make every call of an operation fail for a long while."""
        for _ in range(1000):
            self.fail(operation)

    def up(self) -> None:
        self._broken.clear()

    def refuse(self, operation: str, code: str) -> None:
        response: Any = {"Error": {"Code": code, "Message": ""}}
        for _ in range(1000):
            self.fail(operation, ClientError(response, operation))

    def measure(self, act: Callable[[], object]) -> dict[str, int]:
        self.calls.clear()
        act()
        return dict(self.calls)

    def before(self, model: Any, params: Any, **_: object) -> None:
        self.calls[model.name] += 1
        self.bodies[model.name] = json.loads(params["body"])
        self._break("before", model.name)

    def after(self, model: Any, **_: object) -> None:
        self._break("after", model.name)

    def _break(self, when: str, operation: str) -> None:
        errors = self._broken.get((when, operation))
        if errors:
            raise errors.pop()


@contextmanager
def watched() -> Iterator[Host]:
    """Watch the process's own clients, which outlive a test because making one takes long."""
    host = Host()
    hooks = [
        (aws.client(service).meta.events, f"{when}-call.{service}", hook)
        for service in ("kms", "dynamodb")
        for when, hook in (("before", host.before), ("after", host.after))
    ]
    for events, name, hook in hooks:
        events.register(name, hook)
    try:
        yield host
    finally:
        for events, name, hook in hooks:
            events.unregister(name, hook)
