"""A client's promise that its retries are one request (A13); known without importing the edge."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A client's promise that its retries are one request (A13)."""

    key: str
    request_hash: str
