"""The locked archive: one object for each sealed place, which nobody can delete for years (D6).

It is written after the place's transaction, so that a head in the archive was a head in the table,
whoever lost a race; a retry writes what a crash left out. A name holds opaque ids, the place
counted downwards, so that the newest comes first in a list, and the hash of its leaf, so that a
place given twice shows as two names. Versions are listed and read: a delete marker hides nothing.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.audit.store import LeafRow
from chalicelib.core import aws
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings
from chalicelib.vault.errors import Tampered

_DIGITS: Final = 12
_LAST: Final = 10**_DIGITS - 1
_FEW: Final = 10
_TAKEN: Final = "PreconditionFailed"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed size and root of a record's sequence."""

    size: int
    root: bytes
    sealed_at: str
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of one archived object."""

    key: str
    id: str
    seq: int
    leaf: bytes


def checkpoint_of(leaf: LeafRow) -> Checkpoint:
    """Return what was signed when a place was given."""
    return Checkpoint(
        size=leaf.seq + 1,
        root=bytes(leaf.root),
        sealed_at=leaf.sealed_at,
        key_id=leaf.key_id,
        signature=bytes(leaf.signature),
    )


def put(pid: str, leaf: LeafRow, sealed: bytes) -> None:
    """Archive a place and the ciphertext of its trace; safe to repeat.

    Raises:
        Unavailable: no clear answer; repeat.
    """
    body = {
        "patient_id": pid,
        "trace_id": leaf.trace_id,
        "commitment": bytes(leaf.commitment).hex(),
        "previous": bytes(leaf.previous).hex(),
        "size": leaf.seq + 1,
        "root": bytes(leaf.root).hex(),
        "sealed_at": leaf.sealed_at,
        "key_id": leaf.key_id,
        "signature": bytes(leaf.signature).hex(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    try:
        aws.client("s3").put_object(
            Bucket=settings().archive_bucket,
            Key=f"{_prefix(pid)}{_inverted(leaf.seq)}.{bytes(leaf.leaf).hex()}",
            Body=json.dumps(body, sort_keys=True).encode(),
            ContentType="application/json",
            IfNoneMatch="*",
        )
    except ClientError as error:
        # The name binds the place and all before it: what is there already is this very head.
        if error.response["Error"]["Code"] != _TAKEN:
            raise Unavailable from error
    except BotoCoreError as error:
        raise Unavailable from error


def newest(pid: str) -> Checkpoint | None:
    """Return the newest archived head of a record: one list, one read.

    Raises:
        Tampered: an object that this program did not write is in the archive.
        Unavailable: the archive does not answer.
    """
    versions = _versions(_prefix(pid), most=_FEW)
    found = next(versions, None)
    if found is None:
        return None
    # A lock keeps what was written, and lets others be written over it: the first one counts.
    for version in (found, *takewhile(lambda one: one.key == found.key, versions)):
        head = _read(version)
        if head.size == version.seq + 1:
            return head
    raise Tampered("archived head")


def _read(found: _Version) -> Checkpoint:
    try:
        answer = aws.client("s3").get_object(
            Bucket=settings().archive_bucket, Key=found.key, VersionId=found.id
        )
        body = json.loads(answer["Body"].read())
        return Checkpoint(
            size=int(body["size"]),
            root=bytes.fromhex(body["root"]),
            sealed_at=str(body["sealed_at"]),
            key_id=str(body["key_id"]),
            signature=bytes.fromhex(body["signature"]),
        )
    except (ClientError, BotoCoreError) as error:
        raise Unavailable from error
    except (ValueError, KeyError, TypeError) as error:
        raise Tampered("archived head") from error


def leaves(pid: str, first: int, last: int) -> dict[int, set[bytes]]:
    """Return the leaf hashes archived for each place of a range; more than one tells of a fork.

    Raises:
        As `newest`.
    """
    found: dict[int, set[bytes]] = {}
    for hundred in range((_LAST - last) // 100, (_LAST - first) // 100 + 1):
        for version in _versions(f"{_prefix(pid)}{hundred:0{_DIGITS - 2}d}"):
            if first <= version.seq <= last:
                found.setdefault(version.seq, set()).add(version.leaf)
    return found


def _versions(prefix: str, most: int = 1000) -> Iterator[_Version]:
    """Yield every version under a prefix, the newest place first."""
    pages = (
        aws.client("s3")
        .get_paginator("list_object_versions")
        .paginate(
            Bucket=settings().archive_bucket, Prefix=prefix, PaginationConfig={"PageSize": most}
        )
    )
    try:
        for page in pages:
            for version in page.get("Versions", []):
                yield _version(version["Key"], version["VersionId"])
    except (ClientError, BotoCoreError) as error:
        raise Unavailable from error


def _version(name: str, version_id: str) -> _Version:
    place, _, leaf = name.rpartition("/")[2].partition(".")
    try:
        return _Version(name, version_id, _LAST - int(place), bytes.fromhex(leaf))
    except ValueError as error:
        raise Tampered("archived name") from error


def _prefix(pid: str) -> str:
    return f"heads/{pid}/"


def _inverted(seq: int) -> str:
    return f"{_LAST - seq:0{_DIGITS}d}"
