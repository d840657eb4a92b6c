"""Opening a conversation, writing in it, reading it, closing it, and keeping what is joined."""

from datetime import timedelta
from typing import Final

from chalicelib.core import rows
from chalicelib.http.endpoint import Call, NoQuery
from chalicelib.http.idempotency import Idempotency
from chalicelib.journeys import attachments as kept
from chalicelib.messaging import attachments, inbox, messages, references, store, usecases
from chalicelib.messaging.attachments import Content
from chalicelib.messaging.model import Draft, Joined, Opening
from chalicelib.messaging.references import Reference
from chalicelib.messaging.schemas import FromRecord
from chalicelib.messaging.store import HeadRow
from chalicelib.record import reading
from chalicelib.record import usecases as record
from chalicelib.record.model import Filter
from tests.builders import a_grant, a_pdf
from tests.faults.stories import MARKER, Travel, waiting
from tests.worlds import World

KEY: Final = Idempotency("m" * 64, "h" * 64)
CONTENT: Final = a_pdf("joined under faults")
HELLO: Final = Opening(MARKER, f"Bonjour {MARKER}", as_team=False)
ANSWER: Final = f"Je vais mieux {MARKER}"
# Lines of the person's list and of the box, what each has not read, and what was announced.
NOTHING: Final = (0, 0, 0, 0, 0)
OPENED: Final = (1, 1, 1, 0, 1)
_known: Final[dict[str, str]] = {}


def open_one(world: World) -> object:
    return usecases.open_conversation(world.doctor.principal, world.person.pid, HELLO, KEY)


def opened(world: World) -> tuple[int, int, int, int, int]:
    person, doctor = world.person, world.doctor
    hers = usecases.list_conversations(person.principal, person.pid, None, 30)
    box = inbox.list_box(doctor.principal, is_team=False, cursor=None, limit=30)
    told = [row for row in waiting() if row.type == "message.added"]
    return len(hers.lines), len(box.lines), hers.unread or 0, box.unread or 0, len(told)


def prepare(world: World, travel: Travel) -> None:
    """Open the conversation the others are about."""
    del travel
    opening = Opening("", "Bonjour", as_team=False)
    made = usecases.open_conversation(world.doctor.principal, world.person.pid, opening, None)
    _known["conversation"] = made.conversation.id


def prepare_waiting(world: World, travel: Travel) -> None:
    """Let an attachment wait for the person's answer."""
    prepare(world, travel)
    made = attachments.add_attachment(
        world.person.principal, _ref(), lambda _: Content(CONTENT), kept.accept_joined, None
    )
    _known["attachment"] = made.id


def prepare_joined(world: World, travel: Travel) -> None:
    """Send an attachment long enough before: the sweep does not look at its hour any more."""
    travel.shift(timedelta(hours=-6))
    prepare_waiting(world, travel)
    send(world)
    travel.shift(timedelta(hours=6))


def send(world: World) -> object:
    draft = Draft(ANSWER, (Joined(_known["attachment"], MARKER),))
    return messages.send_message(world.person.principal, _ref(), draft, KEY).message.id


def sent(world: World) -> tuple[list[str], list[int], int, bool]:
    """Return what the doctor reads, the box's count, and whether the attachment opens."""
    page = messages.list_messages(world.doctor.principal, _ref(), None, 50)
    bodies = [one.message.body for one in page.messages]
    joined = [len(one.message.attachments) for one in page.messages]
    is_there = any(joined) and _bytes(world) == CONTENT
    return bodies, joined, _unread(world), is_there


def _bytes(world: World) -> bytes:
    opened_one = attachments.open_attachment(world.doctor.principal, _ref(), _known["attachment"])
    return opened_one[1]


def _unread(world: World) -> int:
    head = rows.get(*store.head_of_box(f"PRO.{world.doctor.id}"))
    assert isinstance(head, HeadRow)
    return int(head.unread)


BEFORE_SENT: Final = (["Bonjour"], [0], 0, False)
SENT: Final = (["Bonjour", ANSWER], [0, 1], 1, True)


def mark(world: World) -> None:
    _mark(world, _ref())


def _mark(world: World, ref: Reference) -> None:
    page = messages.list_messages(world.person.principal, ref, None, 50)
    usecases.mark_read(world.person.principal, ref, page.messages[-1].message.id)


def unread(world: World) -> tuple[int | None, list[bool]]:
    person = world.person
    hers = usecases.list_conversations(person.principal, person.pid, None, 30)
    return hers.unread, [line.is_unread for line in hers.lines]


# Beside another conversation, which moves the same count.

_BESIDE: Final = Idempotency("b" * 64, "h" * 64)


def prepare_two_persons(world: World, travel: Travel) -> None:
    """Open one with each of two persons, both in the doctor's box."""
    a_grant(world.other, world.doctor)
    _open_other(world, world.other.pid)
    prepare(world, travel)


def prepare_two(world: World, travel: Travel) -> None:
    """Open two with the person."""
    _open_other(world, world.person.pid)
    prepare(world, travel)


def _open_other(world: World, pid: str) -> None:
    opening = Opening("", "Bonjour aussi", as_team=False)
    made = usecases.open_conversation(world.doctor.principal, pid, opening, None)
    _known["other"] = made.conversation.id


def answer(world: World) -> None:
    messages.send_message(world.person.principal, _ref(), Draft(ANSWER), KEY)


def answer_other(world: World) -> None:
    messages.send_message(world.other.principal, _ref("other"), Draft(ANSWER), _BESIDE)


def answered(world: World) -> tuple[list[str], int]:
    """Return what the doctor reads, and how far the box's count is from its lines."""
    page = messages.list_messages(world.doctor.principal, _ref(), None, 50)
    box = inbox.list_box(world.doctor.principal, is_team=False, cursor=None, limit=30)
    return [one.message.body for one in page.messages], _drift(box)


def mark_other(world: World) -> None:
    _mark(world, _ref("other"))


def marked(world: World) -> tuple[bool, int]:
    """Return whether the person has read it, and how far her count is from her list."""
    hers = usecases.list_conversations(world.person.principal, world.person.pid, None, 30)
    (line,) = [line for line in hers.lines if line.id == _known["conversation"]]
    return not line.is_unread, _drift(hers)


def _drift(listing: usecases.Listing) -> int:
    return (listing.unread or 0) - sum(line.is_unread for line in listing.lines)


def closed_beside(world: World) -> tuple[str, bool, int]:
    """Return the status, whether an answer that is read is also counted, and the count's drift."""
    bodies, drift = answered(world)
    shown = usecases.read_conversation(world.doctor.principal, _ref())
    return shown.conversation.status.value, shown.is_unread == (ANSWER in bodies), drift


def close(world: World) -> None:
    usecases.close_conversation(world.doctor.principal, _ref())


def prepare_closed(world: World, travel: Travel) -> None:
    """Open a conversation and close it."""
    prepare(world, travel)
    close(world)


def reopen(world: World) -> None:
    usecases.reopen_conversation(world.doctor.principal, _ref())


def block(world: World) -> None:
    usecases.set_blocked(world.person.principal, _ref(), is_blocked=True)


def unblock(world: World) -> None:
    usecases.set_blocked(world.person.principal, _ref(), is_blocked=False)


def prepare_blocked(world: World, travel: Travel) -> None:
    """Open a conversation, then want nothing more of who did."""
    prepare(world, travel)
    block(world)


def blocking(world: World) -> tuple[bool, bool]:
    """Return whether the person blocks the doctor, and whether he may write to her."""
    hers = usecases.read_conversation(world.person.principal, _ref())
    his = usecases.read_conversation(world.doctor.principal, _ref())
    return hers.is_blocked, his.may_write


def status(world: World) -> tuple[str, list[str]]:
    """Return what the conversation says of itself, and what its line in the box does."""
    shown = usecases.read_conversation(world.person.principal, _ref())
    box = inbox.list_box(world.doctor.principal, is_team=False, cursor=None, limit=30)
    return shown.conversation.status.value, [line.status.value for line in box.lines]


def attach(world: World) -> object:
    made = attachments.add_attachment(
        world.person.principal, _ref(), lambda _: Content(CONTENT), kept.accept_joined, KEY
    )
    return made.sha256


def attach_from_record(world: World) -> object:
    call: Call[FromRecord, NoQuery] = Call(
        caller=world.person.principal,
        path={"conversation_id": _known["conversation"]},
        query=NoQuery(),
        body=FromRecord(document_id=world.own),
        raw=b"",
        headers={},
        idempotency=KEY,
    )
    return kept.attach_document(call).status


def waiting_files(world: World) -> int:
    """Count the files that wait for the person's message."""
    from tests import double  # noqa: PLC0415  no story needs it else

    del world
    work = double.tables()[rows.table_name("work")].values()
    return sum(item["kind"]["S"] == "waiting_file" for item in work)


def save(world: World) -> object:
    return kept.save(world.person.principal, _ref(), _known["attachment"])


def saved(world: World) -> list[bytes]:
    """Return the contents of what bears the name of the attachment."""
    person = world.person
    listing = record.list_documents(person.principal, person.pid, Filter(), None, 50)
    found = [one for one in listing.documents if one.title == MARKER]
    return [reading.open_document(person.principal, person.pid, one.id)[1] for one in found]


def _ref(known: str = "conversation") -> Reference:
    return references.read(_known[known])
