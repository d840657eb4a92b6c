"""Copy an installation into a folder: rows, sealed files, archive. It opens nothing.

It reads whole tables, which nothing else may do. What is written meanwhile may be half there: stop
the product first (`docs/operating.md`). Where the host can copy a table as of an instant, that is
for every day; this is for leaving a host, and for trying that one can.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from chalicelib.core import aws, clock, tables
from chalicelib.core.settings import settings
from infra.backup import folder as folders
from infra.backup.folder import Held, Listed, Manifest, line_of, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chalicelib.core.tables import Table

SEGMENTS: Final = 4
AT_ONCE: Final = 8
_BUNCH: Final = 1000
_OWNER_ONLY: Final = 0o700
_GONE: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404"})


def take(folder: Path) -> Manifest:
    """Copy everything into a folder; one whose backup did not end is begun again.

    Raises:
        ValueError: the folder holds something else, or a file went while it was copied.
        OSError: it cannot be written; begin again.
        ClientError, BotoCoreError: the host; begin again.
    """
    _begin(folder)
    began = clock.iso(clock.now())
    rows: dict[str, int] = {}
    files: dict[str, Listed] = {}
    # Keys come last: what was sealed while tables were read has its key in the backup.
    for table in tables.TABLES:
        for name, listed in _rows(folder, table).items():
            files[name] = listed
            rows[table.name] = rows.get(table.name, 0) + listed.lines
    counts, sizes = _objects(folder)
    files[folders.OBJECTS] = folders.measure(folder / folders.OBJECTS)
    manifest = Manifest(
        format=folders.FORMAT,
        installation=folders.installation(),
        began=began,
        ended=clock.iso(clock.now()),
        rows=rows,
        objects=counts,
        bytes=sizes,
        files=files,
    )
    folders.write_manifest(folder, manifest)
    return manifest


def _begin(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / folders.UNFINISHED
    if any(folder.iterdir()) and not unfinished.exists():
        raise ValueError(f"{folder} is not empty; give another; nothing was done")
    folder.chmod(_OWNER_ONLY)
    unfinished.touch(mode=0o600)
    for part in ("rows", "objects"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(mode=_OWNER_ONLY)


def _rows(folder: Path, table: Table) -> dict[str, Listed]:
    names = [f"rows/{table.name}.{segment}.jsonl" for segment in range(SEGMENTS)]
    with ThreadPoolExecutor(SEGMENTS) as beside:
        copied = beside.map(lambda one: _segment(folder / one[1], table, one[0]), enumerate(names))
        return dict(zip(names, copied, strict=True))


def _segment(file: Path, table: Table, segment: int) -> Listed:
    pages = aws.client("dynamodb").get_paginator("scan")
    with open(file, "wb", opener=folders.private) as out:
        for page in pages.paginate(
            TableName=table.physical_name(settings().table_prefix),
            Segment=segment,
            TotalSegments=SEGMENTS,
            ConsistentRead=True,
        ):
            out.writelines(map(line_of, page["Items"]))
    return folders.measure(file)


def _objects(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Copy the objects; return how many each bucket has, and how many bytes."""
    counts: dict[str, int] = dict.fromkeys(folders.buckets(), 0)
    sizes = dict(counts)
    with (
        open(folder / folders.OBJECTS, "w", encoding="utf-8", opener=folders.private) as out,
        ThreadPoolExecutor(AT_ONCE) as beside,
    ):
        for bucket in counts:
            for some in _bunches(bucket):
                for held in beside.map(partial(_object, folder, bucket), some):
                    out.write(json.dumps(asdict(held), sort_keys=True) + "\n")
                    counts[bucket] += 1
                    sizes[bucket] += held.size
    return counts, sizes


def _bunches(bucket: str) -> Iterator[list[dict[str, str]]]:
    every = _read_of(bucket)
    while some := list(islice(every, _BUNCH)):
        yield some


def _read_of(bucket: str) -> Iterator[dict[str, str]]:
    """List what is read of a bucket.

    Of documents, what is there now: former versions are what their person deleted. Of the archive,
    every version under every name, oldest first: that is what is believed of it, whoever marked it
    deleted.
    """
    named = folders.buckets()[bucket]
    files = aws.client("s3")
    if bucket == "documents":
        for page in files.get_paginator("list_objects_v2").paginate(Bucket=named):
            yield from ({"Bucket": named, "Key": one["Key"]} for one in page.get("Contents", []))
        return
    pages = files.get_paginator("list_object_versions").paginate(Bucket=named)
    listed = (one for page in pages for one in page.get("Versions", []))
    for key, versions in groupby(listed, key=itemgetter("Key")):
        for one in reversed(list(versions)):
            yield {"Bucket": named, "Key": key, "VersionId": one["VersionId"]}


def _object(folder: Path, bucket: str, where: dict[str, Any]) -> Held:
    try:
        answer = aws.client("s3").get_object(**where)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            gone = f"an object of {bucket} went while it was copied"
            raise ValueError(f"{gone}: stop the product, then repeat the command") from error
        raise
    digest, size = hashlib.sha256(), 0
    fresh = folder / "objects" / f"{id(answer)}.new"
    with open(fresh, "wb", opener=folders.private) as out:
        for piece in answer["Body"].iter_chunks(folders.PIECE):
            digest.update(piece)
            size += out.write(piece)
    place = place_of(folder, digest.hexdigest())
    place.parent.mkdir(mode=_OWNER_ONLY, exist_ok=True)
    fresh.replace(place)
    return Held(bucket, where["Key"], digest.hexdigest(), size, answer.get("ContentType", ""))
