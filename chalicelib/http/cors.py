"""What pages of other origins may ask of us: what applications in browsers need, nothing else (D9).

No cookie is read on these paths: who asks is proven by a token or a code in the request itself,
which a foreign page cannot make its visitor's browser send. So any origin may ask (ADR 0025). All
other paths answer no other origin.
"""

from collections.abc import Iterable
from typing import Final

_ROOTS: Final = ("/fhir/", "/oauth/token", "/oauth/revoke", "/.well-known/")
ANY_ORIGIN: Final = {"Access-Control-Allow-Origin": "*"}
_READABLE: Final = {
    "Access-Control-Expose-Headers": "Content-Location, Content-Range, ETag, Last-Modified,"
    " Location, Repr-Digest, Retry-After, WWW-Authenticate, X-Request-Id"
}
_ASKED_WITH: Final = (
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Exist, If-None-Match,"
    " Prefer, Range"
)
_DAY_SECONDS: Final = 86_400


def is_open(path: str) -> bool:
    """Tell whether pages of other origins may ask for a path."""
    return path.startswith(_ROOTS)


def headers(path: str) -> dict[str, str]:
    """Return what an answer of a path adds, so that the page that asked may read it."""
    return ANY_ORIGIN | _READABLE if is_open(path) else {}


def preflight(methods: Iterable[str]) -> dict[str, str]:
    """Return what a browser is told that asks first, before it sends another site's request."""
    return ANY_ORIGIN | {
        "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
        "Access-Control-Allow-Headers": _ASKED_WITH,
        "Access-Control-Max-Age": str(_DAY_SECONDS),
    }
