"""Every hour, finish what something lost: events, notices, documents sent in parts, files.

Nothing here scans a table.

Each part is small when all goes well, and stops at its bound when not. Events and notices leave
their list once handled, so the next hour takes those left. Files are looked at in two hours only:
of an hour with more than `FILES_PER_HOUR`, those after are not looked at, and cost their storage.
Parts that are left go by the bucket's own rule, days later (`infra/stores.py`).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Final, TypeVar

from chalice.app import Blueprint, Rate

from chalicelib.core import aws, clock, ids, log, outbox, rows, tables
from chalicelib.core.outbox import OutboxRow
from chalicelib.core.rows import Query, Row
from chalicelib.core.settings import settings
from chalicelib.messaging import store as messaging
from chalicelib.messaging.store import FileRow
from chalicelib.notifications import queue, rules
from chalicelib.notifications import store as notices
from chalicelib.notifications.store import NoticeRow
from chalicelib.record import store as record
from chalicelib.record import uploads
from chalicelib.record.store import DocumentRow, IncidentRow
from chalicelib.record.uploads import UploadRow
from chalicelib.storage import blobs
from chalicelib.workers.batch import job
from chalicelib.workers.relay import carry

blueprint = Blueprint(__name__)

# The stream carries an event in a second or two; after this it was lost.
RELAYED_BY: Final = timedelta(minutes=5)
# After the queue's own five tries: what it still holds is not sent twice.
INSPECTED_BY: Final = timedelta(minutes=90)
# A whole hour of files is looked at twice: when its youngest is one hour old, and an hour later.
ORPHAN_HOURS: Final = (3, 2)
ROWS_PER_SHARD: Final = 1000
FILES_PER_HOUR: Final = 50_000
_PAGE: Final = 100
_FILES_AT_ONCE: Final = _PAGE // 3  # each is looked for in three rows

R = TypeVar("R", bound=Row)
T = TypeVar("T")


@blueprint.schedule(Rate(1, Rate.HOURS))
@job
def sweep() -> None:
    """Do each part, even if another fails."""
    now = clock.now()
    parts: list[Callable[[datetime], int]] = [
        relay_stragglers,
        retry_notices,
        inspect_stragglers,
        delete_orphans,
        delete_old_parts,
    ]
    failed: list[Exception] = []
    for part in parts:
        try:
            log.write("swept", function=part.__name__, count=part(now))
        except Exception as error:  # noqa: BLE001  the other parts go on; raised below
            log.exception("sweep failed", error, function=part.__name__)
            failed.append(error)
    if failed:
        raise failed[0]


def relay_stragglers(now: datetime) -> int:
    """Relay the events the stream lost, and return how many."""
    until = f"{clock.iso(now - RELAYED_BY)}~"
    found = 0
    for shard in range(outbox.SHARDS):
        pk = rows.key("PEND", str(shard))
        query = Query(OutboxRow, pk, low="0", high=until, index=tables.PENDING)
        for row in _pointed(query, OutboxRow):
            if row.pend_pk:  # an index tells late: the row says whether it still waits
                carry(outbox.event_of(row))
                found += 1
    return found


def retry_notices(now: datetime) -> int:
    """Queue again the events whose notices are due, and return how many."""
    found = 0
    for shard in range(notices.SHARDS):
        for row in _pointed(notices.due(shard, now), NoticeRow):
            if rules.may_try(row.status, notices.next_at(row), now):
                queue.send(notices.event_of(row))
                found += 1
    return found


def inspect_stragglers(now: datetime) -> int:
    """Queue again the documents sent in parts that nobody finished; return how many."""
    found = 0
    for shard in range(uploads.SHARDS):
        for keys in _pointers(uploads.waiting(shard, now - INSPECTED_BY)):
            # Raw: this function has no key, and the worker checks the row.
            for item in rows.fetch_items([(UploadRow, pk, sk) for pk, sk in keys]):
                if "pend_pk" in item:  # an index tells late: the row says whether it still waits
                    queue.send(uploads.sent_event(item))
                    found += 1
    return found


def delete_orphans(now: datetime) -> int:
    """Delete files written or given up hours ago that nothing refers to (R01); return how many."""
    deleted = 0
    for hours in ORPHAN_HOURS:
        moment = now - timedelta(hours=hours)
        names = chain(_files_gone_in(moment), _files_under(blobs.hour_prefix(moment)))
        deleted += _delete(islice(names, FILES_PER_HOUR), _unreferenced, _FILES_AT_ONCE)
    return deleted


def delete_old_parts(now: datetime) -> int:
    """Delete the parts of what was never completed, once it is no longer awaited; say how many.

    Those of what still waits to be inspected stay.
    """
    deleted = 0
    for hours in ORPHAN_HOURS:
        moment = now - uploads.UPLOAD_LIFE - timedelta(hours=hours)
        names = islice(_files_under(blobs.parts_prefix(moment)), FILES_PER_HOUR)
        deleted += _delete(names, _unawaited, _PAGE)
    return deleted


def _delete(names: Iterator[str], choose: Callable[[list[str]], list[str]], at_once: int) -> int:
    deleted = 0
    for some in _chunks(names, at_once):
        for name in choose(some):
            blobs.discard(name)
            deleted += 1
    return deleted


def _pointed(query: Query, model: type[R]) -> Iterator[R]:
    """Read again, consistently, the rows an index points to, up to the bound."""
    for keys in _pointers(query):
        found = rows.fetch([(model, pk, sk) for pk, sk in keys])
        yield from (row for row in found if isinstance(row, model))


def _pointers(query: Query) -> Iterator[list[tuple[str, str]]]:
    """Give the keys of the rows an index points to, page by page, up to the bound."""
    for _ in range(ROWS_PER_SHARD // _PAGE):
        page = rows.query(query)
        if page.items:
            yield [(item["pk"]["S"], item["sk"]["S"]) for item in page.items]
        if page.last_key is None:
            return
        query = rows.following(query, page.last_key)


def _files_under(prefix: str) -> Iterator[str]:
    pages = (
        aws.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=settings().documents_bucket, Prefix=prefix)
    )
    for page in pages:
        for entry in page.get("Contents", []):
            yield entry["Key"]


def _files_gone_in(moment: datetime) -> Iterator[str]:
    """Give the files that their persons deleted; most are, and deleting one again is harmless."""
    asked = record.gone_in(moment)
    for item in rows.all_items(asked, rows.query(asked)):
        yield item["blob"]["S"]


def _unreferenced(names: list[str]) -> list[str]:
    """Return the files that no document, incident or attachment refers to."""
    named = [name for name in names if _is_ours(name)]
    wanted: list[tuple[type[Row], str, str]] = []
    for name in named:
        pid, document_id = _owner(name)
        wanted += [
            (DocumentRow, *record.document_key(pid, document_id)),
            (IncidentRow, *record.incident_key(pid, document_id)),
            (FileRow, *messaging.file_key(pid, document_id)),
        ]
    # Raw: this function has no key, so it cannot tell a forged row; keeping a file is harmless.
    found = rows.fetch_items(wanted) if wanted else []
    kept = {item["blob"]["S"] for item in found if "blob" in item}
    return [name for name in named if name not in kept]


def _unawaited(names: list[str]) -> list[str]:
    """Return the parts that no announcement waiting to be inspected refers to."""
    named = [name for name in names if _is_ours(name)]
    wanted = list(dict.fromkeys(uploads.upload_wish(_owner(name)[1]) for name in named))
    found = rows.fetch_items(wanted) if wanted else []
    waiting = [item["pk"]["S"].removeprefix("UP#") for item in found if "pend_pk" in item]
    kept: set[str] = set()
    for document_id in waiting:
        rows_of = rows.fetch_items(uploads.all_part_wishes(document_id))
        kept.update(item["blob"]["S"] for item in rows_of)
    return [name for name in named if name not in kept]


def _owner(name: str) -> tuple[str, str]:
    pid, document_id, _ = name.rpartition("/")[2].split(".")
    return pid, document_id


def _is_ours(name: str) -> bool:
    """Tell whether a name is one `blobs.new_name` makes: what is not is never deleted."""
    parts = name.rpartition("/")[2].split(".")
    return len(parts) == 3 and all(ids.is_id(part) for part in parts)  # noqa: PLR2004  its parts


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(values)
    while some := list(islice(source, size)):
        yield some
