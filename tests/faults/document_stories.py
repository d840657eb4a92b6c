"""Announcing a document and sending it; taking it back, or deleting one's own."""

from datetime import timedelta
from typing import Final

from chalicelib.core import clock
from chalicelib.core.errors import NotFound
from chalicelib.core.events import EventType
from chalicelib.core.outbox import OutboxRow
from chalicelib.core.rows import patient_key, table_name
from chalicelib.http.principal import Principal
from chalicelib.record import announcing
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft, Visibility, WithdrawalReason
from tests import double
from tests.builders import a_pdf
from tests.faults import stories
from tests.faults.stories import KEY, MARKER, Travel
from tests.worlds import World, announce, deposit

CONTENT: Final = a_pdf("announced under faults")
Listed = tuple[int, int, int, int]
KEPT: Final[Listed] = (1, 1, 0, 0)
TAKEN_BACK: Final[Listed] = (0, 0, 1, 1)
DELETED: Final[Listed] = (0, 0, 0, 0)
_known: Final[dict[str, str]] = {}


# In two steps: what it is, then its content.


def announce_one(world: World) -> object:
    draft = Draft(MARKER, "11502-2", clock.now().date(), "application/pdf", len(CONTENT), None)
    laboratory, pid = world.laboratory.principal, world.person.pid
    _known["announced"] = record.announce_document(laboratory, pid, draft, KEY).document_id
    return None


def announced(world: World) -> int:
    """Return how many announcements there are beside the world's own."""
    kept = double.tables()[table_name("work")].items()
    found = [where for where, item in kept if item["kind"]["S"] == "upload"]
    return len([pk for pk, _ in found if pk != f"UP#{world.upload}"])


def it_may_be_sent(world: World, travel: Travel) -> None:
    """Send the content of what the client was told of, as what was announced."""
    del travel
    laboratory, pid = world.laboratory.principal, world.person.pid
    received = record.upload_content(laboratory, pid, _known["announced"], CONTENT)
    assert received.title == MARKER, "received as something else than announced"


def announce_before(world: World, travel: Travel) -> None:
    del travel
    laboratory, pid = world.laboratory.principal, world.person.pid
    _known["sent"] = announce(laboratory, pid, CONTENT, title=MARKER)


def send_content(world: World) -> object:
    laboratory, pid = world.laboratory.principal, world.person.pid
    return record.upload_content(laboratory, pid, _known["sent"], CONTENT).sha256


# Withheld from the person, then made visible once it was announced.


def withhold_before(world: World, travel: Travel) -> None:
    del travel
    hidden = Visibility.NOT_PATIENT
    draft = Draft(MARKER, "11502-2", None, None, None, None, hidden, "Consultation à venir")
    laboratory, pid = world.laboratory.principal, world.person.pid
    _known["withheld"] = record.add_document(laboratory, pid, draft, CONTENT, None).id


def reveal(world: World) -> object:
    laboratory, pid = world.laboratory.principal, world.person.pid
    return announcing.reveal(laboratory, pid, _known["withheld"]).visibility


def shown(world: World) -> object:
    """Return what the person reads of it, and how often she is told."""
    about = (EventType.DOCUMENT_ADDED, _known["withheld"])
    told = [row for row in _events() if (row.type, row.reference) == about]
    return stories.deposited(world), len(told)


# Taken back by its depositor, deleted by the person.


def deposit_by_laboratory(world: World, travel: Travel) -> None:
    del travel
    _known["gone"] = deposit(world.laboratory.principal, world.person.pid, title=MARKER)


def deposit_by_person(world: World, travel: Travel) -> None:
    """Deposit long enough before: the sweep does not look at the file's own hour any more."""
    travel.shift(timedelta(hours=-6))
    _known["gone"] = deposit(world.person.principal, world.person.pid, title=MARKER)
    travel.shift(timedelta(hours=6))


def withdraw_document(world: World) -> None:
    _take_back(world.laboratory.principal, world.person.pid)


def delete_own_document(world: World) -> None:
    _take_back(world.person.principal, world.person.pid)


def _take_back(depositor: Principal, pid: str) -> None:
    """Take it back as a client does: it looks first, and what is gone is taken back."""
    try:
        one = record.read_document(depositor, pid, _known["gone"])
    except NotFound:
        return
    reason = WithdrawalReason.WRONG_DOCUMENT
    record.withdraw_document(depositor, pid, one.id, reason, one.version)


def left_of_it(world: World) -> Listed:
    """Count its rows: the document, its unique content, the incident, the word to the operator."""
    about, pk = _known["gone"], patient_key(world.person.pid)
    kept = double.tables()[table_name("record")]
    unique = [one for one in kept.values() if one.get("document_id", {}).get("S") == about]
    told = [row for row in _events() if (row.type, row.reference) == _withdrawal(about)]
    return (pk, f"DOC#{about}") in kept, len(unique), (pk, f"INCIDENT#{about}") in kept, len(told)


def _events() -> list[OutboxRow]:
    items = double.tables()[table_name("work")].values()
    return [OutboxRow.from_raw_data(item) for item in items if item["kind"]["S"] == "event"]


def _withdrawal(about: str) -> tuple[str, str]:
    return EventType.DOCUMENT_WITHDRAWN, about


# What must be in the history.


def one_announcement(world: World, tries: int) -> str | None:
    """The key says that it is done; the world's own announcement left a trace too."""
    del tries
    action, found = "record:document:announce", stories.history(world)
    fresh = [one for one in found if one.action == action and one.reference != world.upload]
    return None if len(fresh) == 1 else f"{len(fresh)} traces of one announcement"
