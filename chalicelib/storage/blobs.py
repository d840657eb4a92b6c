"""Sealed files in the object store: written once under a random name, never overwritten.

A name starts with the hour of its deposit, so that the sweep of orphans lists two hours and never
the bucket. What is stored is already sealed; this module never sees a readable byte.
"""

from concurrent.futures import Future
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws, ids, parallel
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings

_TAKEN: Final = "PreconditionFailed"
_ABSENT: Final = frozenset({"NoSuchKey", "404", "InvalidRange", "416"})
# Of what is received in parts, until it is one file: listed apart, a day later.
_PARTS: Final = "parts/"


class BlobMissing(Exception):  # noqa: N818  the log code is the class name
    """A file a row refers to is not in the store: a loss, for an operator to look at (R26)."""


def hour_prefix(moment: datetime) -> str:
    """Return the prefix of the files written during an hour (UTC)."""
    return moment.strftime("%Y-%m-%dT%H/")


def new_name(pid: str, document_id: str, now: datetime) -> str:
    """Return a name nobody used: hour, record, document, and 128 random bits."""
    return f"{hour_prefix(now)}{pid}.{document_id}.{ids.new_secret_id()}"


def parts_prefix(moment: datetime) -> str:
    """Return the prefix of the parts received during an hour (UTC)."""
    return f"{_PARTS}{hour_prefix(moment)}"


def new_part_name(pid: str, document_id: str, now: datetime) -> str:
    """Return a name nobody used, for a part of a document: as `new_name`, elsewhere."""
    return f"{_PARTS}{new_name(pid, document_id, now)}"


def put_once(name: str, sealed: bytes) -> None:
    """Write a file under a new name.

    Raises:
        Unavailable: no clear answer; the name is random, so a leftover is an orphan for the sweep.
    """
    try:
        aws.client("s3").put_object(
            Bucket=settings().documents_bucket,
            Key=name,
            Body=sealed,
            ContentType="application/octet-stream",
            IfNoneMatch="*",
        )
    except ClientError as error:
        # The SDK retries lost answers: our own first try may already be there, and it is ours.
        if error.response["Error"]["Code"] != _TAKEN:
            raise Unavailable from error
    except BotoCoreError as error:
        raise Unavailable from error


def get(name: str, first: int = 0, last: int | None = None) -> bytes:
    """Read a whole file; or the bytes of it from one to another, included, or to its end.

    Raises:
        BlobMissing: it is not there, or those bytes of it are not.
        Unavailable: the store does not answer.
    """
    part: dict[str, Any] = {}
    if first or last is not None:
        part = {"Range": f"bytes={first}-{'' if last is None else last}"}
    try:
        answer = aws.client("s3").get_object(Bucket=settings().documents_bucket, Key=name, **part)
        return answer["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            raise BlobMissing from error
        raise Unavailable from error
    except BotoCoreError as error:
        raise Unavailable from error


def get_later(name: str, first: int = 0, last: int | None = None) -> Future[bytes]:
    """Start reading a file while something else is done (the trace is written, D14)."""
    return parallel.start(get, name, first, last)


def discard(name: str) -> None:
    """Delete a file that no row refers to; a failure leaves it to the sweep.

    Raises:
        Unavailable: the store does not answer.
    """
    try:
        aws.client("s3").delete_object(Bucket=settings().documents_bucket, Key=name)
    except (ClientError, BotoCoreError) as error:
        raise Unavailable from error
