"""A backup: a folder of rows and sealed files, and a manifest that says what must be in it.

    manifest.json          written last: a folder without it is no backup
    rows/TABLE.N.jsonl     rows as the database spells them, bytes in base64, one a line
    objects.jsonl          one line for each object: bucket, key, SHA-256, bytes
    objects/ab/ab12…       what they hold, named by its SHA-256

Nothing in it is readable without the host's keys; ids, decisions and public numbers are in clear.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from chalicelib.core.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
UNFINISHED: Final = "unfinished"
OBJECTS: Final = "objects.jsonl"
PIECE: Final = 1024 * 1024
_OWNER_ONLY: Final = 0o600
_AT_ONCE_BYTES: Final = 8 * 1024 * 1024

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a backup: its lines, bytes and SHA-256."""

    lines: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Held:
    """One object of a bucket; `bucket` is `documents` or `archive`, whatever its name is here."""

    bucket: str
    key: str
    sha256: str
    size: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, and of which installation it is."""

    format: int
    installation: dict[str, str]
    began: str
    ended: str
    rows: dict[str, int]  # by table
    objects: dict[str, int]  # by bucket
    bytes: dict[str, int]  # of objects, by bucket
    files: dict[str, Listed]


def installation() -> dict[str, str]:
    """Return what must be the same where rows are put back: it is bound into all that is sealed."""
    here = settings()
    return {
        "CARNET_PREFIX": here.table_prefix,
        "KMS_ROOT_KEY_ARN": here.kms_root_key_arn,
        "KMS_TRACE_KEY_ARN": here.kms_trace_key_arn,
        "KMS_SEAL_KEY_ARN": here.kms_seal_key_arn,
        "KMS_TOKEN_KEY_ARN": here.kms_token_key_arn,
    }


def buckets() -> dict[str, str]:
    """Name the buckets of this installation by what they hold."""
    return {"documents": settings().documents_bucket, "archive": settings().archive_bucket}


def line_of(item: Item) -> bytes:
    """Spell a row: the same row, the same line."""
    text = json.dumps(item, default=_base64, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _base64(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return base64.b64encode(value).decode("ascii")


def row_of(line: bytes) -> Item:
    """Read what `line_of` spelt.

    Raises:
        ValueError: it is not one.
    """
    return {name: _value(one) for name, one in json.loads(line).items()}


def _value(spelt: Any) -> Any:  # noqa: ANN401  the database's own nesting
    ((kind, held),) = spelt.items()
    match kind:
        case "B":
            return {kind: base64.b64decode(held, validate=True)}
        case "BS":
            return {kind: [base64.b64decode(one, validate=True) for one in held]}
        case "M":
            return {kind: {name: _value(one) for name, one in held.items()}}
        case "L":
            return {kind: [_value(one) for one in held]}
    return {kind: held}


def private(file: str, flags: int) -> int:
    """Open a file that its owner alone may read: the `opener` of all that a backup writes."""
    return os.open(file, flags, mode=_OWNER_ONLY)


def place_of(folder: Path, sha256: str) -> Path:
    """Return where the content of an object is."""
    return folder / "objects" / sha256[:2] / sha256


def lines_of(file: Path) -> Iterator[bytes]:
    """Read the lines of a file, one at a time."""
    with file.open("rb") as lines:
        yield from lines


def held_in(folder: Path) -> Iterator[Held]:
    """Read the list of objects."""
    for line in lines_of(folder / OBJECTS):
        yield Held(**json.loads(line))


def measure(file: Path) -> Listed:
    """Count and hash a file."""
    digest, lines, size = hashlib.sha256(), 0, 0
    with file.open("rb") as content:
        while piece := content.read(_AT_ONCE_BYTES):
            digest.update(piece)
            lines += piece.count(b"\n")
            size += len(piece)
    return Listed(lines, size, digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, which makes the folder a backup; it is there whole or not at all."""
    fresh = folder / f"{MANIFEST}.new"
    with open(fresh, "w", encoding="utf-8", opener=private) as file:
        json.dump(asdict(manifest), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / MANIFEST)
    (folder / UNFINISHED).unlink()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        ValueError: the folder is no backup, or of another version of the product.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        unfinished = (folder / UNFINISHED).exists()
        why = "its backup did not end: make it again" if unfinished else f"there is no {MANIFEST}"
        raise ValueError(f"{folder} is no backup: {why}; nothing was done") from error
    except ValueError as error:
        raise ValueError(f"{folder / MANIFEST} cannot be read; nothing was done") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"{folder / MANIFEST} is not of format {FORMAT}; nothing was done")
    files = {name: Listed(**one) for name, one in found.pop("files").items()}
    return Manifest(**found, files=files)
