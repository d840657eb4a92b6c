"""Keep what the local cloud acknowledged: numbered snapshots, and a journal of writes since.

`current` names the generation in force: the folder `gen-N` a snapshot was written to and the
file `journal-N` of writes acknowledged since. A snapshot is complete before `current` names it,
so a kill at any moment leaves one whole generation.

Appending reaches the kernel's page cache before it returns, and that survives the death of any
process. It does not survive a power cut: this is a developer's machine, not a database.
"""

from __future__ import annotations

import base64
import os
import shutil
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A restarted relay reads some hundred redone writes a second before the first new one.
WRITES_AT_MOST: Final = 500


class Write(NamedTuple):
    """One acknowledged write: when (Unix seconds), the operation's wire name and its body."""

    at: int
    target: str
    body: bytes


class Journal:
    """The generations of one state folder; one process at a time may hold it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._number = self._read_current()
        self._remove_others()
        self._file = self._open()

    @property
    def snapshot(self) -> Path:
        """Return the folder of the snapshot in force, which may not exist yet."""
        return self._folder / f"gen-{self._number}"

    def append(self, write: Write) -> None:
        """Record a write; when this returns, killing any process cannot lose it."""
        line = _encode(write)
        if os.write(self._file, line) != len(line):
            raise OSError("the journal could not be written: is the disk full?")

    def replay(self) -> Iterator[Write]:
        """Yield the writes since the snapshot, in order, and drop a torn last one."""
        whole = 0
        with self._path.open("rb") as lines:
            for line in lines:
                write = _decode(line)
                if write is None:
                    break
                whole += len(line)
                yield write
        os.ftruncate(self._file, whole)

    @property
    def next_snapshot(self) -> Path:
        """Return the folder of the snapshot being made."""
        return self._folder / f"gen-{self._number + 1}"

    def begin(self) -> Path:
        """Return the next snapshot's folder, holding the present one until it is written over.

        Files are hard links: writers must replace them, never change them.
        """
        folder = self.next_snapshot
        shutil.rmtree(folder, ignore_errors=True)
        if self.snapshot.exists():
            shutil.copytree(self.snapshot, folder, copy_function=os.link)
        else:
            folder.mkdir()
        return folder

    def kept(self, name: str) -> bool:
        """Tell whether a file of the next snapshot is missing, or still the present one's."""
        fresh, present = self.next_snapshot / name, self.snapshot / name
        return not fresh.exists() or (present.exists() and fresh.samefile(present))

    def commit(self) -> None:
        """Put the next snapshot in force and forget the writes it holds."""
        os.close(self._file)
        self._number += 1
        self._path.unlink(missing_ok=True)
        self._file = self._open()
        pointer = self._folder / "current.new"
        pointer.write_text(str(self._number), encoding="ascii")
        pointer.replace(self._folder / "current")
        self._remove_others()

    @property
    def _path(self) -> Path:
        return self._folder / f"journal-{self._number}"

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _read_current(self) -> int:
        pointer = self._folder / "current"
        return int(pointer.read_text(encoding="ascii")) if pointer.exists() else 0

    def _remove_others(self) -> None:
        for folder in self._folder.glob("gen-*"):
            if folder != self.snapshot:
                shutil.rmtree(folder, ignore_errors=True)
        for path in self._folder.glob("journal-*"):
            if path != self._path:
                path.unlink(missing_ok=True)


def _encode(write: Write) -> bytes:
    payload = f"{write.at} {write.target} ".encode() + base64.b64encode(write.body)
    return b"%08x %s\n" % (zlib.crc32(payload), payload)


def _decode(line: bytes) -> Write | None:
    crc, _, payload = line.removesuffix(b"\n").partition(b" ")
    if not line.endswith(b"\n") or crc != b"%08x" % zlib.crc32(payload):
        return None
    at, target, body = payload.split(b" ")
    return Write(int(at), target.decode(), base64.b64decode(body))
