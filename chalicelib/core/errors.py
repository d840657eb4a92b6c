"""The problems a use case may raise; the edge turns each into RFC 9457.

Problem
├─ Invalid 422              ├─ Unauthenticated 401      ├─ Conflict 409
├─ NotFound 404             ├─ Forbidden 403            ├─ Stale 412
├─ PreconditionRequired 428 ├─ TooLarge 413             ├─ TooMany 429
├─ BadRequest 400           ├─ NotAcceptable 406        ├─ Unavailable 503
└─ RangeNotSatisfiable 416

`NotFound` is also the answer for what exists but not for the caller (D15): it takes no detail.
The words are in `http/problems.py`, by slug: a problem carries a slug and figures, never prose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong in a request: where (JSON pointer), what (code) and the figures to say it."""

    pointer: str
    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


class Problem(Exception):  # noqa: N818  RFC 9457 calls it a problem
    """An answer other than success, known in advance."""

    status: ClassVar[int]
    slug: str

    def __init__(
        self,
        slug: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        retry_after_seconds: int | None = None,
        **extra: str | float | None,
    ) -> None:
        """Take the slug of its page, and the extra members of the answer (never personal data)."""
        self.slug = slug or type(self).slug
        super().__init__(self.slug)
        self.errors = errors
        self.retry_after_seconds = retry_after_seconds
        self.extra = extra


class BadRequest(Problem):
    """The request itself is malformed (query, header, cursor)."""

    status = 400
    slug = "bad-request"


class Unauthenticated(Problem):
    """No usable proof of who is asking."""

    status = 401
    slug = "unauthenticated"


class Forbidden(Problem):
    """The caller may know of the thing, but may not do this to it; or is suspended."""

    status = 403
    slug = "forbidden"


class NotFound(Problem):
    """It does not exist, or not for the caller: nobody can tell which."""

    status = 404
    slug = "not-found"

    def __init__(self) -> None:
        """Take nothing, so that all such answers are byte for byte the same."""
        super().__init__()


class NotAcceptable(Problem):
    """There is no such representation of the thing."""

    status = 406
    slug = "not-acceptable"


class Conflict(Problem):
    """The state of the thing does not allow it."""

    status = 409
    slug = "conflict"


class Stale(Problem):
    """Somebody changed it first (If-Match)."""

    status = 412
    slug = "stale"


class TooLarge(Problem):
    """More bytes than allowed."""

    status = 413
    slug = "too-large"


class RangeNotSatisfiable(Problem):
    """None of the bytes asked for is in the thing, or too many ranges of them."""

    status = 416
    slug = "range-not-satisfiable"


class Invalid(Problem):
    """Understood, and refused for what it says; every error at once."""

    status = 422
    slug = "invalid"


class PreconditionRequired(Problem):
    """If-Match is missing."""

    status = 428
    slug = "precondition-required"


class TooMany(Problem):
    """Too many requests; wait `retry_after_seconds`."""

    status = 429
    slug = "too-many"


class Unavailable(Problem):
    """A part of the host does not answer; nothing was done, or the retry will find it done."""

    status = 503
    slug = "unavailable"

    def __init__(self, retry_after_seconds: int = 5) -> None:
        """Take the delay after which trying again makes sense."""
        super().__init__(retry_after_seconds=retry_after_seconds)
