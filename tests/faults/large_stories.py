"""A document sent in parts: a part, the last word, and the worker that makes it a document.

Parts are of `PART` bytes in these stories, so that the faults are many and the bytes few.
"""

import json
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Final

from chalicelib.core import clock, events, rows
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.events import EventType
from chalicelib.core.rows import table_name
from chalicelib.record import large, reading, uploads
from chalicelib.record import usecases as record
from chalicelib.record.ingest import MOST_LOST
from chalicelib.record.model import Draft, Filter, WithdrawalReason
from chalicelib.record.uploads import UploadRow
from chalicelib.storage.pieces import Range
from chalicelib.workers import ingest, sweep
from tests import double
from tests.faults import stories
from tests.faults.reminder_stories import Unclear
from tests.faults.stories import KEY, MARKER, Travel
from tests.storage import files
from tests.workers.lambda_events import from_queue, serve, tick
from tests.worlds import World

PART: Final = 2048
CONTENT: Final = files.a_pdf("sent in parts", objects=(b"(" + b"x" * PART + b")",))
HOSTILE: Final = CONTENT.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction 9 0 R")
WRONG: Final = CONTENT[PART:][::-1]
LAST: Final = 2
_known: Final[dict[str, str]] = {}
_left: Final[dict[str, bool]] = {}


def announce(world: World, travel: Travel, content: bytes = CONTENT) -> None:
    del travel
    size, digest = len(content), sha256(content).hexdigest()
    draft = Draft(MARKER, "11502-2", clock.now().date(), "application/pdf", size, digest)
    laboratory, pid = world.laboratory.principal, world.person.pid
    _known["sent"] = record.announce_document(laboratory, pid, draft, None).document_id


def send_last_part(world: World) -> None:
    _send(world, LAST, CONTENT)


def _send(world: World, number: int, content: bytes) -> None:
    part = content[(number - 1) * PART : number * PART]
    large.put_part(world.laboratory.principal, world.person.pid, _known["sent"], number, part)


def received(world: World) -> object:
    """Return the parts received, as their depositor is told."""
    laboratory, pid = world.laboratory.principal, world.person.pid
    try:
        found = large.list_parts(laboratory, pid, _known["sent"]).parts
    except NotFound:  # expired, in the end
        found = []
    return [(one.number, one.sha256) for one in found] or _rows_of_parts()


def _rows_of_parts() -> list[tuple[int, str]]:
    kept = double.tables()[table_name("work")]
    there = (f"UP#{_known['sent']}", f"PART#{LAST:03}") in kept
    return RECEIVED if there else []


RECEIVED: Final = [(LAST, sha256(CONTENT[PART:]).hexdigest())]


def no_part_in_the_end(world: World, travel: Travel) -> None:
    """Let the day pass, and the hourly sweep with it: no part is left of what was not completed."""
    del world
    travel.shift(timedelta(hours=26))
    sweep.delete_old_parts(clock.now())
    left = [name for name in double.objects() if "/parts/" in name]
    assert left == [], "a part is left that nobody awaits"


def announce_wrong(world: World, travel: Travel) -> None:
    """Send a last part that is replaced before it is completed."""
    announce(world, travel)
    _send(world, LAST, CONTENT[:PART] + WRONG)


def announce_all_wrong(world: World, travel: Travel) -> None:
    """Send every part, the last of which is replaced."""
    announce_wrong(world, travel)
    _send(world, 1, CONTENT)


def is_replaced(world: World) -> bool:
    """Tell whether the last part is the right one."""
    laboratory, pid = world.laboratory.principal, world.person.pid
    try:
        found = large.list_parts(laboratory, pid, _known["sent"]).parts
    except NotFound:  # expired, in the end
        return bool(_rows_of_parts())
    return RECEIVED[0] in [(one.number, one.sha256) for one in found]


def complete_meanwhile(world: World) -> None:
    """Complete it, if it can be, and note which part was there."""
    with suppress(NotFound, Conflict):
        complete(world)
    _left["replaced"] = is_replaced(world)


def left_once_completed(world: World) -> bool:
    del world
    return _left["replaced"]


def take_back(world: World) -> None:
    """Take the announcement back as a client does: what is gone is taken back."""
    laboratory, pid = world.laboratory.principal, world.person.pid
    try:
        one = large.read_state(laboratory, pid, _known["sent"])
    except NotFound:
        return
    record.withdraw_document(laboratory, pid, _known["sent"], WithdrawalReason.OTHER, one.version)


def kept_of_it(world: World) -> tuple[str | None, bool]:
    """Return the state of the announcement, and whether anything of the draft is left."""
    del world
    row = rows.get(*uploads.upload_wish(_known["sent"]))
    assert isinstance(row, UploadRow)
    return row.state, bool(row.sealed)


def send_all(world: World, travel: Travel) -> None:
    _send_all(world, travel, CONTENT)


def _send_all(world: World, travel: Travel, content: bytes) -> None:
    announce(world, travel, content)
    for number in range(1, LAST + 1):
        _send(world, number, content)


def complete(world: World) -> None:
    large.complete(world.laboratory.principal, world.person.pid, _known["sent"], KEY)


def state(world: World) -> object:
    """Return what became of it, and how many times it was announced to the worker."""
    del world
    row = rows.get(*uploads.upload_wish(_known["sent"]))
    assert isinstance(row, UploadRow)
    items = double.tables()[table_name("work")].values()
    told = [one for one in items if one.get("type", {}).get("S") == EventType.DOCUMENT_SENT]
    return row.state, len([one for one in told if one["reference"]["S"] == _known["sent"]])


def complete_before(world: World, travel: Travel) -> None:
    send_all(world, travel)
    complete(world)


def complete_hostile_before(world: World, travel: Travel) -> None:
    _send_all(world, travel, HOSTILE)
    complete(world)


def complete_deadly_before(world: World, travel: Travel) -> None:
    """Let two workers have begun with it, and never say how it ended."""
    complete_before(world, travel)
    for name in ("first", "second", "third")[:MOST_LOST]:
        rows.write([uploads.note_try(_known["sent"], name, how="begun")])


def inspect(world: World) -> None:
    """Hand the document over to the worker, as the queue does."""
    if _serve(events.new_event(EventType.DOCUMENT_SENT, world.person.pid, _known["sent"])):
        raise Unclear


def _serve(event: events.Event) -> list[str]:
    return serve(ingest.ingest, from_queue(json.dumps(events.to_dict(event))))


def read(world: World) -> object:
    """Return the contents, as the person reads them, of what bears the title."""
    person = world.person
    listing = record.list_documents(person.principal, person.pid, Filter(), None, 50)
    found = [one.id for one in listing.documents if one.title == MARKER]
    return [
        reading.open_slice(person.principal, person.pid, one, Range(0, None))[1] for one in found
    ]


def open_slice(world: World) -> None:
    """Read the first bytes of a document, which is the line of all of its reading."""
    person = world.person
    reading.open_asked(person.principal, person.pid, world.own, "bytes=0-9")


def is_in_history(world: World) -> bool:
    return any(one.action == "record:document:open" for one in stories.history(world))


def until_inspected(world: World, travel: Travel) -> None:
    """Let the hourly sweep send it again until it is finished, and remove what is left."""
    for _ in range(2):
        travel.shift(timedelta(hours=1))
        tick(sweep.sweep)
        for body in double.take_messages():
            event = events.from_dict(json.loads(body))
            assert event.type is not EventType.DOCUMENT_SENT or _serve(event) == []
    stories.no_orphan(world, travel)


def refused_once(world: World, tries: int) -> str | None:
    del tries
    found = [one for one in stories.history(world) if one.action == "record:document:ingest"]
    said = [one.outcome for one in found]
    return None if said == ["refused"] else f"{said} instead of one refusal"
