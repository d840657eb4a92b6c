"""What the product asks of S3: objects written once, read in part, kept as long as said."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from infra.qualify.promise import BrokenError, Promise, expect, refused

if TYPE_CHECKING:
    from infra.qualify.promise import Host

_BODY: Final = bytes(range(256)) * 1024


def _written_once(host: Host) -> None:
    files, bucket = host.client("s3"), host.settings["DOCUMENTS_BUCKET"]
    files.put_object(Bucket=bucket, Key="once/a", Body=_BODY, IfNoneMatch="*")
    with refused("PreconditionFailed"):
        files.put_object(Bucket=bucket, Key="once/a", Body=b"other", IfNoneMatch="*")
    expect(_read(host, "once/a"), _BODY, "what stays")


def _in_part(host: Host) -> None:
    files, bucket = host.client("s3"), host.settings["DOCUMENTS_BUCKET"]
    files.put_object(Bucket=bucket, Key="part/a", Body=_BODY)
    answer = files.get_object(Bucket=bucket, Key="part/a", Range="bytes=1000-1999")
    expect(answer["Body"].read(), _BODY[1000:2000], "a thousand bytes")
    expect(answer["ContentRange"], f"bytes 1000-1999/{len(_BODY)}", "where they are")


def _absent(host: Host) -> None:
    with refused("NoSuchKey"):
        _read(host, "absent/a")


def _listed(host: Host) -> None:
    files, bucket = host.client("s3"), host.settings["DOCUMENTS_BUCKET"]
    names = [f"list/{number:02}" for number in range(7)]
    for name in names:
        files.put_object(Bucket=bucket, Key=name, Body=b"x")
    pages = files.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="list/", PaginationConfig={"PageSize": 3}
    )
    found = [one["Key"] for page in pages for one in page.get("Contents", [])]
    expect(found, names, "names, page by page")


def _damaged(host: Host) -> None:
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    with refused("BadDigest", "InvalidRequest", "XAmzContentChecksumMismatch", "InvalidDigest"):
        host.client("s3").put_object(
            Bucket=host.settings["DOCUMENTS_BUCKET"],
            Key="damaged/a",
            Body=_BODY,
            ChecksumSHA256=wrong,
        )


def _versions(host: Host) -> None:
    files, bucket = host.client("s3"), host.settings["DOCUMENTS_BUCKET"]
    files.put_object(Bucket=bucket, Key="version/a", Body=_BODY)
    files.delete_object(Bucket=bucket, Key="version/a")
    with refused("NoSuchKey"):
        _read(host, "version/a")
    listed = files.list_object_versions(Bucket=bucket, Prefix="version/")
    kept = [one["VersionId"] for one in listed.get("Versions", [])]
    expect(len(kept), 1, "versions behind the mark of deletion")
    answer = files.get_object(Bucket=bucket, Key="version/a", VersionId=kept[0])
    expect(answer["Body"].read(), _BODY, "the version")


def _locked(host: Host) -> None:
    files, bucket = host.client("s3"), host.settings["ARCHIVE_BUCKET"]
    until = datetime.now(UTC) + timedelta(minutes=1)
    put = files.put_object(
        Bucket=bucket,
        Key="locked/a",
        Body=b"head",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=until,
    )
    if "VersionId" not in put:
        raise BrokenError("no version")
    with refused("AccessDenied"):
        files.delete_object(Bucket=bucket, Key="locked/a", VersionId=put["VersionId"])


def _read(host: Host, key: str) -> bytes:
    answer = host.client("s3").get_object(Bucket=host.settings["DOCUMENTS_BUCKET"], Key=key)
    return bytes(answer["Body"].read())


PROMISES: Final = (
    Promise("S3", "an object is written once (`If-None-Match: *`)", _written_once),
    Promise("S3", "an object is read in part (`Range`)", _in_part),
    Promise("S3", "an object that is not there is said so", _absent),
    Promise("S3", "names are listed in order, page by page", _listed),
    Promise("S3", "what does not have its SHA-256 is refused", _damaged, "sealing notices it"),
    Promise("S3", "a deleted object is kept as a version", _versions),
    Promise("S3", "an object under a lock is deleted by nobody", _locked),
)
