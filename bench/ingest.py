"""From a document's last part to the record: inspected, sealed, put once, its parts removed."""

import hashlib
import tracemalloc
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from bench.working import Job, served
from chalicelib.record import large, usecases
from chalicelib.record.model import Draft
from chalicelib.record.rules import MOST_BYTES, PART_BYTES
from chalicelib.workers import ingest
from tests import double
from tests.record import sending
from tests.storage import files
from tests.worlds import World

_MIB: Final = 1024 * 1024
SIZES: Final = (5, MOST_BYTES // _MIB)
_AROUND: Final = 4096  # bytes of a PDF around what makes it long, or more
_PARTS: Final = "parts/"
# What the worker is handed, and which files there are before.
_sent: Final[dict[str, tuple[dict[str, Any], set[str]]]] = {}


@cache
def _content(megabytes: int) -> bytes:
    """Return a PDF that is just below a length: a comment that no reader looks at makes it long."""
    return files.a_pdf("long", objects=(b"(" + b"a" * (megabytes * _MIB - _AROUND) + b")",))


def _send(megabytes: int) -> Callable[[World], None]:
    """Announce, send and complete a document, and have its message relayed."""

    def prepare(world: World) -> None:
        who, pid, content = world.person.principal, world.person.pid, _content(megabytes)
        digest = hashlib.sha256(content).hexdigest()
        draft = Draft("Imagerie", "DOCPAT05", None, None, len(content), digest)
        document_id = usecases.announce_document(who, pid, draft, None).document_id
        for number, start in enumerate(range(0, len(content), PART_BYTES), start=1):
            large.put_part(who, pid, document_id, number, content[start : start + PART_BYTES])
        large.complete(who, pid, document_id, None)
        _sent[pid] = sending.handed_over(), double.names()

    return prepare


def _ingest(world: World) -> None:
    event, before = _sent[world.person.pid]
    served(ingest.ingest, event)
    kept = {name for name in before if not name.startswith(_PARTS)}
    if len(double.names() - kept) != 1:
        raise AssertionError("not in the record, or its parts are still there")


def held(world: World, empty: double.Snapshot) -> Iterator[str]:
    """Yield how much memory each takes at most: Python's, with what the double itself holds."""
    for megabytes, job in zip(SIZES, JOBS, strict=True):
        double.restore(empty)
        job.prepare(world)
        tracemalloc.start()
        try:
            job.run(world)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        yield f"{job.name:<24}{most / _MIB:>6.0f} MiB, of a document of {megabytes}"
    double.restore(empty)


JOBS: Final = tuple(Job(f"ingest_{one}_mib", _send(one), _ingest) for one in SIZES)
