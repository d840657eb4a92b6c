"""Put a backup into an installation that holds nothing, under the same prefix and the same keys.

All of the folder is checked before anything is written. What streams announce (traces, events)
comes last, once the places and the notices that say what became of it are there: a worker
that runs meanwhile gives no second place and tells nobody twice. Each row is put if it is absent,
so that the same command goes on after a kill. Sessions are left out: one that was ended since would
open again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError

from chalicelib.core import aws, clock, tables
from chalicelib.core.settings import settings
from infra.backup import folder as folders
from infra.backup.folder import Held, Item, Manifest, place_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

AT_ONCE: Final = 16
_BUNCH: Final = 1000
_ANNOUNCED: Final = frozenset({"trace", "event"})
SESSIONS: Final = frozenset({"session", "provider_session"})
T = TypeVar("T")
_LOST: Final = "ConditionalCheckFailedException"


@dataclass(slots=True)
class Restored:
    """What a restore did: by table, rows put and rows that were there otherwise."""

    manifest: Manifest
    put: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)  # the same already
    differing: Counter[str] = field(default_factory=Counter)  # left as they are
    left_out: Counter[str] = field(default_factory=Counter)  # sessions
    expired: Counter[str] = field(default_factory=Counter)  # the host may remove them at any time
    objects: Counter[str] = field(default_factory=Counter)
    missing: dict[str, tuple[int, int]] = field(default_factory=dict)  # wanted, found


def restore(folder: Path, sha256: str = "") -> Restored:
    """Put everything back, or go on with it, then count; `sha256` of the manifest, if noted.

    Raises:
        ValueError: the backup is not whole, not the one noted, or another installation's, or
            something is there already; nothing was done.
        OSError, ClientError, BotoCoreError: what is done stays; the same command goes on.
    """
    manifest = folders.read_manifest(folder)
    if sha256 and folders.measure(folder / folders.MANIFEST).sha256 != sha256.lower():
        raise ValueError(f"{folder} is not the backup of which you noted this; nothing was done")
    _require_same_installation(manifest)
    _require_whole(folder, manifest)
    begun = folder.with_name(f"{folder.name}.restoring")
    mark = _mark(folder)
    goes_on = begun.exists() and begun.read_text(encoding="utf-8") == mark
    if not goes_on:
        _require_empty()
        begun.touch(mode=0o600)
        begun.write_text(mark, encoding="utf-8")
    done = Restored(manifest)
    with ThreadPoolExecutor(AT_ONCE) as beside:
        _put_rows(folder, done, beside, announced=False)
        _put_objects(folder, done, beside, goes_on=goes_on)
        _put_rows(folder, done, beside, announced=True)
    _count(done)
    if not done.missing:
        begun.unlink()
    return done


def _mark(folder: Path) -> str:
    return json.dumps(
        {**folders.installation(), "manifest": folders.measure(folder / folders.MANIFEST).sha256}
    )


def _require_same_installation(manifest: Manifest) -> None:
    here = folders.installation()
    other = [name for name, value in manifest.installation.items() if here.get(name) != value]
    if other:
        why = "what is sealed opens under the same prefix and keys only"
        raise ValueError(f"{', '.join(other)}: not that of the backup; {why}; nothing was done")


def _require_whole(folder: Path, manifest: Manifest) -> None:
    for name, listed in manifest.files.items():
        _require(folder / name, listed.sha256, listed.size)
    for held in folders.held_in(folder):
        _require(place_of(folder, held.sha256), held.sha256, held.size)


def _require(file: Path, sha256: str, size: int) -> None:
    again = "bring the folder back from where it was kept, or use another; nothing was done"
    try:
        found = folders.measure(file)
    except FileNotFoundError as error:
        raise ValueError(f"{file} is missing; {again}") from error
    if (found.sha256, found.size) != (sha256, size):
        raise ValueError(f"{file} is not as it was written; {again}")


def _require_empty() -> None:
    for table in tables.TABLES:
        name = table.physical_name(settings().table_prefix)
        if aws.client("dynamodb").scan(TableName=name, Limit=1, ConsistentRead=True)["Items"]:
            raise ValueError(f"the table {name} is not empty; {_NEVER_OVER}")
    for bucket in folders.buckets().values():
        found = aws.client("s3").list_object_versions(Bucket=bucket, MaxKeys=1)
        if found.get("Versions"):
            raise ValueError(f"the bucket {bucket} is not empty; {_NEVER_OVER}")


_NEVER_OVER: Final = (
    "a backup is never put over what is there: make tables and buckets anew, without init, and"
    " keep the product stopped; nothing was done"
)


def _put_rows(folder: Path, done: Restored, beside: ThreadPoolExecutor, *, announced: bool) -> None:
    for table in tables.TABLES:
        rows = (
            row
            for name in done.manifest.files
            if name.startswith(f"rows/{table.name}.")
            for row in map(row_of, folders.lines_of(folder / name))
            if (_kind(row) in _ANNOUNCED) is announced
        )
        for every in _bunches(rows):
            some = [row for row in every if _kind(row) not in SESSIONS]
            done.left_out[table.name] += len(every) - len(some)
            for row, outcome in zip(some, beside.map(partial(_put_row, table), some), strict=True):
                getattr(done, outcome)[table.name] += 1
                done.expired[table.name] += _is_expired(table, row)


def _kind(row: Item) -> str:
    return str(row.get("kind", {}).get("S", ""))


def _bunches(every: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(every)
    while some := list(islice(rest, _BUNCH)):
        yield some


def _is_expired(table: tables.Table, row: Item) -> bool:
    return bool(table.ttl in row and int(row[table.ttl]["N"]) <= clock.epoch(clock.now()))


def _put_row(table: tables.Table, row: Item) -> str:
    """Put a row if it is absent; return the name of the count it belongs to."""
    name = table.physical_name(settings().table_prefix)
    try:
        aws.client("dynamodb").put_item(
            TableName=name,
            Item=row,
            ConditionExpression="attribute_not_exists(#k)",
            ExpressionAttributeNames={"#k": table.hash_key},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != _LOST:
            raise
    else:
        return "put"
    key = {part: row[part] for part in (table.hash_key, table.range_key)}
    found = aws.client("dynamodb").get_item(TableName=name, Key=key, ConsistentRead=True)
    return "there" if found.get("Item") == row else "differing"


def _put_objects(
    folder: Path, done: Restored, beside: ThreadPoolExecutor, *, goes_on: bool
) -> None:
    """Put objects by name, side by side; versions of one name one after the other."""
    named = groupby(folders.held_in(folder), key=lambda held: (held.bucket, held.key))
    put = partial(_put_versions, folder, goes_on=goes_on)
    for some in _bunches(list(versions) for _, versions in named):
        for bucket, count in beside.map(put, some):
            done.objects[bucket] += count


def _put_versions(folder: Path, versions: list[Held], *, goes_on: bool) -> tuple[str, int]:
    bucket, key = versions[0].bucket, versions[0].key
    there = _versions_there(bucket, key) if goes_on else 0
    for held in versions[there:]:
        content = place_of(folder, held.sha256).read_bytes()
        given: dict[str, Any] = {"ContentType": held.content_type} if held.content_type else {}
        digest = hashlib.sha256(content).digest()
        if digest.hex() != held.sha256:
            raise ValueError(f"{held.sha256} changed since it was checked; bring it back, repeat")
        aws.client("s3").put_object(
            Bucket=folders.buckets()[bucket],
            Key=key,
            Body=content,
            ChecksumAlgorithm="SHA256",  # a locked bucket asks for it by name
            ChecksumSHA256=base64.b64encode(digest).decode("ascii"),
            **given,
        )
    return bucket, len(versions)


def _versions_there(bucket: str, key: str) -> int:
    """Count the versions that an interrupted restore put under a name."""
    named = folders.buckets()[bucket]
    found = aws.client("s3").list_object_versions(Bucket=named, Prefix=key)
    return sum(one["Key"] == key for one in found.get("Versions", []))


def _count(done: Restored) -> None:
    """Count what is there now, and note what is fewer than in the backup."""
    for table in tables.TABLES:
        wanted = done.manifest.rows[table.name] - done.left_out[table.name]
        found = sum(
            page["Count"]
            for page in aws.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=table.physical_name(settings().table_prefix),
                Select="COUNT",
                ConsistentRead=True,
            )
        )
        if found < wanted - done.expired[table.name]:
            done.missing[table.name] = (wanted, found)
    for bucket, named in folders.buckets().items():
        pages = aws.client("s3").get_paginator("list_object_versions").paginate(Bucket=named)
        found = sum(len(page.get("Versions", [])) for page in pages)
        if found < done.manifest.objects[bucket]:
            done.missing[bucket] = (done.manifest.objects[bucket], found)
