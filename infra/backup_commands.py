"""The operator's commands that copy an installation, and put it back (ADR 0035)."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

from infra.backup import folder as folders
from infra.backup import restoring, taking

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from infra.backup.folder import Manifest
    from infra.backup.restoring import Restored


_AS_OF: Final = """\
Left out: {sessions:,} rows of sessions; everybody logs in again.
All else is as of {began}. What was taken back since is there again: authorisations,
representatives, consents and tokens of applications, calendar links, software and accounts
suspended since, documents and keys deleted since. Before `api` is started, do what
docs/operating.md says under « What comes back »."""


def back_up(given: argparse.Namespace) -> int:
    """Copy everything into a folder, and print what there is; raises as `taking.take`."""
    began = time.monotonic()
    manifest = taking.take(given.folder)
    _print_table(manifest, manifest.rows, manifest.objects)
    digest = folders.measure(given.folder / folders.MANIFEST).sha256
    print(f"in {given.folder}, in {time.monotonic() - began:.1f} s; manifest SHA-256 {digest}")
    return 0


def restore(given: argparse.Namespace) -> int:
    """Put a backup back; return 1 if some of it is not as it was. Raises as `restoring.restore`."""
    began = time.monotonic()
    done = restoring.restore(given.folder, given.sha256)
    _print_table(done.manifest, done.put + done.there, done.objects)
    print(f"put back in {time.monotonic() - began:.1f} s")
    print(_AS_OF.format(sessions=done.left_out.total(), began=done.manifest.began))
    return _told(done)


def _told(done: Restored) -> int:
    for table, count in done.differing.items():
        said = "rows were there otherwise, and were left as they are: was the product running?"
        print(f"{table}: {count:,} {said}", file=sys.stderr)
    for what, (wanted, found) in done.missing.items():
        print(f"{what}: {found:,} of {wanted:,}: repeat the command", file=sys.stderr)
    return 1 if done.differing or done.missing else 0


def _print_table(manifest: Manifest, rows: Mapping[str, int], objects: Mapping[str, int]) -> None:
    for table in manifest.rows:
        print(f"{table:<10} {rows[table]:>12,} rows")
    for bucket in manifest.objects:
        size = manifest.bytes[bucket]
        print(f"{bucket:<10} {objects[bucket]:>12,} objects {size:>16,} bytes")
