"""The locked archive: one object for each sealed place, which nobody can delete for years (D6).

It is written after the place's transaction, so that a head in the archive was a head in the table,
whoever lost a race; a retry writes what a crash left out. A name holds opaque ids, the place
counted downwards, so that the newest comes first in a list, and the hash of its leaf, so that a
place given twice shows as two names. Versions are listed and read: a delete marker hides nothing.

Whoever may write there, and sign nothing, can drop any object: it is a stranger, told and passed
by. Only a checkpoint that one of our keys signed, in the place it counts, is believed.

The signature is over this text, in ASCII, each line ended by a line feed:

    carnet/trace/1
    <patient id>
    <audience>
    <number of leaves>
    <root, in hexadecimal>
    <instant of sealing>
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.audit import tree
from chalicelib.audit.keys import Keys, is_signed
from chalicelib.audit.model import Audience
from chalicelib.audit.store import LeafRow
from chalicelib.core import aws
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings

_DIGITS: Final = 12
_LAST: Final = 10**_DIGITS - 1
_FEW: Final = 10
# Each is read: who drops more makes a proof say that it cannot tell, and does not make it slow.
_MOST_STRANGERS: Final = 20
_MOST_BYTES: Final = 64 * 1024
_REFUSED: Final = (400, 403, 404, 405)
_NAME: Final = re.compile(r"heads/[0-9A-Z]{26}(?:\.minor)?/([0-9]{12})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed size and root of a record's sequence."""

    size: int
    root: bytes
    sealed_at: str
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Stranger:
    """An archived object that is no signed checkpoint of its place; what its name says of it.

    `is_read` is false of one that the archive does not let us read: it might be ours.
    """

    seq: int | None
    leaf: bytes
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of one archived object; `seq` is None if its name is not one of ours."""

    key: str
    id: str
    seq: int | None
    leaf: bytes


def statement(pid: str, audience: Audience, size: int, root: bytes, sealed_at: str) -> bytes:
    """Return what is signed."""
    lines = ("carnet/trace/1", pid, audience, str(size), root.hex(), sealed_at, "")
    return "\n".join(lines).encode("ascii")


def checkpoint_of(leaf: LeafRow) -> Checkpoint:
    """Return what was signed when a place was given."""
    return Checkpoint(
        size=leaf.seq + 1,
        root=bytes(leaf.root),
        sealed_at=leaf.sealed_at,
        key_id=leaf.key_id,
        signature=bytes(leaf.signature),
    )


def put(pid: str, audience: Audience, leaf: LeafRow, sealed: bytes) -> None:
    """Archive a place and the ciphertext of its trace; safe to repeat.

    Whatever has that name already, this is one more version of it: nothing tells whether what is
    there is ours without reading it, and who writes the archive may not read it.

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
            Key=f"{_prefix(pid, audience)}{_inverted(leaf.seq)}.{bytes(leaf.leaf).hex()}",
            Body=json.dumps(body, sort_keys=True).encode(),
            ContentType="application/json",
        )
    except (ClientError, BotoCoreError) as error:
        raise Unavailable from error


def newest(pid: str, audience: Audience, keys: Keys) -> tuple[Checkpoint | None, list[Stranger]]:
    """Return the newest archived head of a record, and the strangers met before it.

    One list, and one read if there is no stranger; after `_MOST_STRANGERS`, no head is found.

    Raises:
        Unavailable: the archive does not answer.
    """
    strangers: list[Stranger] = []
    versions = _versions(_prefix(pid, audience), most=_FEW)
    for _, same in groupby(versions, key=lambda version: version.key):
        head, stranger = _first(pid, audience, same, keys)
        if head:
            return head, strangers
        strangers.append(stranger)
        if len(strangers) == _MOST_STRANGERS:
            break
    return None, strangers


def _first(
    pid: str, audience: Audience, same: Iterable[_Version], keys: Keys
) -> tuple[Checkpoint | None, Stranger]:
    """Return the checkpoint among the versions of one name, or what to say of them."""
    read, stranger = True, Stranger(None, b"")
    for version in islice(same, _MOST_STRANGERS):
        stranger = Stranger(version.seq, version.leaf)
        if version.seq is None:
            break
        content = _content(Bucket=settings().archive_bucket, Key=version.key, VersionId=version.id)
        read = read and content is not None
        head = _checkpoint(pid, audience, version, content or b"", keys)
        if head:
            return head, stranger
    return None, replace(stranger, is_read=read)


def _content(**where: Any) -> bytes | None:  # noqa: ANN401  the SDK's
    """Read an object; None if the archive refuses this one. Raises Unavailable."""
    try:
        body: bytes = aws.client("s3").get_object(**where)["Body"].read(_MOST_BYTES)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in _REFUSED:
            return None
        raise Unavailable from error
    except BotoCoreError as error:
        raise Unavailable from error
    return body


def _checkpoint(
    pid: str, audience: Audience, version: _Version, content: bytes, keys: Keys
) -> Checkpoint | None:
    """Read a checkpoint of ours, of this record and of the place and leaf that its name says."""
    try:
        body = json.loads(content)
        head = Checkpoint(
            size=int(body["size"]),
            root=bytes.fromhex(body["root"]),
            sealed_at=str(body["sealed_at"]),
            key_id=str(body["key_id"]),
            signature=bytes.fromhex(body["signature"]),
        )
        commitment, previous = (bytes.fromhex(body[name]) for name in ("commitment", "previous"))
        bound = tree.leaf_input(head.size - 1, body["trace_id"], commitment, previous)
        said = statement(pid, audience, head.size, head.root, head.sealed_at)
        ours = head.size - 1 == version.seq and tree.leaf_hash(bound) == version.leaf
        return head if ours and is_signed(said, head.signature, head.key_id, keys) else None
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def leaves(
    pid: str, audience: Audience, places: Sequence[LeafRow], keys: Keys
) -> tuple[dict[int, set[bytes]], list[Stranger]]:
    """Return the leaf hashes archived for places that follow each other, and the strangers there.

    A name that is another leaf than the place's is read: two leaves in one place, signed under two
    roots, tell of a fork; any other is a stranger. Names of the very leaf are not read.

    Raises:
        Unavailable: the archive does not answer.
    """
    expected = {leaf.seq: bytes(leaf.leaf) for leaf in places}
    found: dict[int, dict[bytes, list[_Version]]] = {}
    strangers: list[Stranger] = []
    first, last = places[0].seq, places[-1].seq
    for hundred in range((_LAST - last) // 100, (_LAST - first) // 100 + 1):
        for version in _versions(f"{_prefix(pid, audience)}{hundred:0{_DIGITS - 2}d}"):
            if version.seq is None:
                strangers.append(Stranger(None, b""))
            elif version.seq in expected:
                found.setdefault(version.seq, {}).setdefault(version.leaf, []).append(version)
    archived: dict[int, set[bytes]] = {}
    for seq, names in found.items():
        archived[seq], others = _told_apart(
            pid, audience, expected[seq], names, keys, len(strangers)
        )
        strangers += others
    return archived, strangers


def _told_apart(
    pid: str,
    audience: Audience,
    expected: bytes,
    names: dict[bytes, list[_Version]],
    keys: Keys,
    met: int,
) -> tuple[set[bytes], list[Stranger]]:
    """Tell the leaves that were signed in one place from its strangers."""
    if names.keys() <= {expected}:
        return set(names), []
    ours = _first(pid, audience, names.get(expected, []), keys)[0]
    signed = {expected} & names.keys()
    strangers: list[Stranger] = []
    for leaf, versions in names.items():
        if leaf == expected:
            continue
        if met + len(strangers) >= _MOST_STRANGERS:
            strangers.append(Stranger(versions[0].seq, leaf, is_read=False))
            continue
        head, stranger = _first(pid, audience, versions, keys)
        if head and (ours is None or head.root != ours.root):
            signed.add(leaf)
        else:
            strangers.append(stranger)
    return signed, strangers


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
    found = _NAME.fullmatch(name)
    if found is None:
        return _Version(name, version_id, None, b"")
    return _Version(name, version_id, _LAST - int(found[1]), bytes.fromhex(found[2]))


def _prefix(pid: str, audience: Audience) -> str:
    return f"heads/{pid}/" if audience is Audience.GENERAL else f"heads/{pid}.{audience}/"


def _inverted(seq: int) -> str:
    return f"{_LAST - seq:0{_DIGITS}d}"
