"""What the vault raises besides `Unavailable`, and how it reads the host's errors.

Neither class is a `Problem`: nobody can act on them but an operator. They end as a 500 whose log
line carries the class name (`error=Tampered`, `error=KeyMissing`), which is what the alarms watch.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.errors import Unavailable

# KMS says so when the bytes or their context are not those it wrapped.
_ALTERED = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


class Tampered(Exception):  # noqa: N818  the log code is the class name
    """Sealed bytes do not open where they are: altered, moved, cut or of another record (R13)."""


class KeyMissing(Exception):  # noqa: N818  the log code is the class name
    """The key does not exist: never created, or destroyed on purpose (erasure)."""


@contextmanager
def host_call() -> Iterator[None]:
    """Turn the host's failures into `Unavailable`, and its refusal to unwrap into `Tampered`.

    Raises:
        Unavailable: no answer, throttled, refused, key disabled (R10, R11).
        Tampered: the wrapped bytes are not those the key management service wrapped.
    """
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _ALTERED:
            raise Tampered("wrapped key") from error
        raise Unavailable from error
    except BotoCoreError as error:
        raise Unavailable from error
