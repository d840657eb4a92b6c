"""How a FHIR interaction is answered, and one that makes something made only once."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from chalicelib.core.errors import Invalid, NotFound
from chalicelib.fhir.reading import placed
from chalicelib.fhir.subjects import base
from chalicelib.http.endpoint import Answer, Call
from chalicelib.http.idempotency import Idempotency

_TIMES: Final = 5  # a resource made, deleted and sent again, in one day
T = TypeVar("T")


def answered(resource: dict[str, Any]) -> Answer:
    """Return what was read."""
    return Answer(resource, version=int(resource["meta"]["versionId"]))


def changed(call: Call[Any, Any], resource: dict[str, Any], *, status: int = 200) -> Answer:
    """Return what was made or changed; nothing of it, to who prefers that."""
    headers = {}
    if status == 201:  # noqa: PLR2004  created
        headers["Location"] = f"{base()}/{resource['resourceType']}/{resource['id']}"
    wants_none = "return=minimal" in call.headers.get("prefer", "").replace(" ", "").lower()
    return Answer(
        None if wants_none else resource,
        status=status,
        version=int(resource["meta"]["versionId"]),
        headers=headers,
    )


def made(call: Call[Any, Any], make: Callable[[Idempotency | None], T]) -> T:
    """Make something once, however often it is sent.

    A client that sends no key of its own has its resource for key (`http.endpoint`): then the same
    resource, sent again after what it made is gone, makes another.

    Raises:
        NotFound: what a client's own key made is gone.
    """
    idempotency = call.idempotency
    for _ in range(_TIMES):
        try:
            return make(idempotency)
        except NotFound:
            if idempotency is None or "idempotency-key" in call.headers:
                raise
            again = hashlib.sha256(f"{idempotency.key}|again".encode()).hexdigest()
            idempotency = replace(idempotency, key=again)
    raise NotFound


def told(places: Mapping[str, str], act: Callable[[], T]) -> T:
    """Do something, and tell what it refuses by places of the resource it came in.

    Raises:
        Invalid: its own, placed.
    """
    try:
        return act()
    except Invalid as refused:
        raise placed(refused, places) from refused
