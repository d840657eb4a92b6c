"""What a promise of a host is, and how it is told whether it holds."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class BrokenError(Exception):
    """A promise does not hold; the message says what was seen instead."""


@dataclass(frozen=True, slots=True)
class Host:
    """The endpoints, and the names of an installation of this qualification's own."""

    client: Callable[[str], Any]
    prefix: str
    settings: dict[str, str]

    def table(self, name: str) -> str:
        """Return the physical name of a table."""
        return f"{self.prefix}-{name}"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its service, what it says, and how it is checked.

    Without one that is optional the product works, as `without` says.
    """

    service: str
    says: str
    check: Callable[[Host], None]
    without: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one promise."""

    promise: Promise
    broken: str  # empty: it holds

    @property
    def is_fatal(self) -> bool:
        """Tell whether the product cannot run on this host."""
        return bool(self.broken) and not self.promise.without


def judge(promise: Promise, host: Host) -> Verdict:
    """Check one promise; whatever the host answers is a verdict."""
    try:
        promise.check(host)
    except BrokenError as error:
        return Verdict(promise, str(error))
    except ClientError as error:
        said = error.response["Error"]
        return Verdict(promise, f"{error.operation_name}: {said['Code']} {said['Message']}"[:160])
    except Exception as error:  # noqa: BLE001  the product's own words for what the host did
        return Verdict(promise, f"{type(error).__name__} {error.__cause__ or error}"[:160])
    return Verdict(promise, "")


def expect(found: object, wanted: object, what: str) -> None:
    """Require that the host answered this.

    Raises:
        BrokenError: it answered something else.
    """
    if found != wanted:
        raise BrokenError(f"{what}: {found!r} instead of {wanted!r}"[:160])


@contextmanager
def refused(*codes: str) -> Iterator[list[ClientError]]:
    """Require that what is asked is refused with one of these codes; gives the error afterwards.

    Raises:
        BrokenError: it was accepted, or refused otherwise.
    """
    errors: list[ClientError] = []
    try:
        yield errors
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in codes:
            raise BrokenError(f"refused with {code} instead of {' or '.join(codes)}") from error
        errors.append(error)
        return
    raise BrokenError(f"accepted, instead of {' or '.join(codes)}")


TEXT: Final = "S"


def item(pk: str, sk: str, **values: str) -> dict[str, dict[str, str]]:
    """Make a row of texts."""
    return {name: {TEXT: value} for name, value in {"pk": pk, "sk": sk, **values}.items()}
