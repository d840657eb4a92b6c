"""A parent manages the space of her child, leaves it, and invites somebody to do so too."""

from typing import Final

from chalicelib.access.store import InvitationRow, ProxyRow, proxy_key
from chalicelib.audit.model import Audience, Trace
from chalicelib.audit.store import TraceRow, history_key, open_row
from chalicelib.core import clock, rows
from chalicelib.core.rows import patient_key, table_name
from chalicelib.http.idempotency import Idempotency
from chalicelib.identity import children, invitations
from chalicelib.identity import invited as invited_side
from chalicelib.identity.invitations import Invitee
from chalicelib.identity.store import ChildRow, child_key
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft, Visibility
from tests import double
from tests.builders import a_minor
from tests.faults.stories import CONTENT, MARKER, Travel, waiting
from tests.worlds import World

_known: Final[dict[str, str]] = {}
_left: Final[dict[str, object]] = {}  # what was there when a link or an invitation ended
KEY: Final = Idempotency("i" * 64, "h" * 64)
NOT_MANAGED: Final = (False, False, 0)
MANAGED: Final = (True, True, 1)
LEFT: Final = (False, False, 1)


def prepare(world: World, travel: Travel) -> None:
    """Put a child on the person's file."""
    del travel
    _known["child"] = a_minor(world.person).pid


def prepare_managed(world: World, travel: Travel) -> None:
    """Let the person manage the child already."""
    prepare(world, travel)
    manage(world)


def manage(world: World) -> None:
    person = world.person
    children.manage(person.principal, person.pid, _known["child"])


def leave(world: World) -> None:
    person = world.person
    children.leave(person.principal, person.pid, _known["child"])


def seen(world: World) -> tuple[bool, bool, int]:
    """Return whether there is a link, whether her own list says so, and how often it was told."""
    person, child = world.person, _known["child"]
    proxy = rows.get(ProxyRow, *proxy_key(child, person.id))
    listed = rows.get(ChildRow, *child_key(person.pid, child))
    told = [row for row in waiting() if row.type == "representative.added"]
    return proxy is not None, listed is not None and bool(listed.is_managed), len(told)


def history(world: World) -> list[Trace]:
    """Return the traces of the child's own history."""
    del world
    child, items = _known["child"], double.tables()[table_name("audit")]
    found = [item for (pk, _), item in items.items() if pk == patient_key(child)]
    traces = [TraceRow.from_raw_data(item) for item in found if item["kind"]["S"] == "trace"]
    return [open_row(row, child) for row in traces]


# Under the child's secrecy: a deposit that her parents never learn of.

NOT_DEPOSITED: Final = (0, 0)
DEPOSITED: Final = (1, 0)


def deposit_secret(world: World) -> None:
    hidden = Visibility.NOT_REPRESENTATIVES
    draft = Draft(MARKER, "11502-2", clock.now().date(), "application/pdf", None, None, hidden)
    laboratory = world.laboratory.principal
    record.add_document(laboratory, _known["child"], draft, CONTENT, KEY)


def kept_secret(world: World) -> tuple[int, int]:
    """Return how many documents the child has, and how much anybody was told of it."""
    del world
    child = _known["child"]
    told = [row for row in waiting() if row.patient_id == child and row.type == "document.added"]
    return _documents(), len(told)


def _documents() -> int:
    items = double.tables()[table_name("record")].items()
    found = [item for (pk, _), item in items if pk == patient_key(_known["child"])]
    return sum(item["kind"]["S"] == "document" for item in found)


def secret_history(world: World) -> list[Trace]:
    """Return what the child alone reads; the history that her parents read has none of it."""
    assert "record:document:add" not in {one.action for one in history(world)}
    child, items = _known["child"], double.tables()[table_name("audit")]
    pk_of_hers = history_key(child, Audience.MINOR)
    rows_of_hers = [item for (pk, _), item in items.items() if pk == pk_of_hers]
    return [open_row(TraceRow.from_raw_data(item), child) for item in rows_of_hers]


# What a parent writes while she leaves, from elsewhere.


def deposit(world: World) -> None:
    draft = Draft(MARKER, None, clock.now().date(), "application/pdf", None, None)
    record.add_document(world.person.principal, _known["child"], draft, CONTENT, KEY)


def deposited(world: World) -> bool:
    del world
    return _documents() == 1


def leave_meanwhile(world: World) -> None:
    leave(world)
    _left["deposit"] = deposited(world)


def left_by_parent(world: World) -> object:
    """Return what was there when the parent left."""
    del world
    return _left["deposit"]


# By invitation: the world's other person, whom its person invites.

NOT_INVITED: Final[tuple[list[str], int, bool, int]] = ([], 0, False, 0)
INVITED: Final = (["pending"], 1, False, 0)
ACCEPTED: Final = (["accepted"], 1, True, 1)
REFUSED: Final = (["refused"], 1, False, 1)
WITHDRAWN: Final = (["withdrawn"], 1, False, 0)
ENDED: Final = (["ended"], 1, False, 2)
RETURNED: Final = (["ended"], 1, False, 1)


def prepare_invited(world: World, travel: Travel) -> None:
    """Let the person manage the child, and invite the other one."""
    prepare_managed(world, travel)
    invite(world)


def prepare_accepted(world: World, travel: Travel) -> None:
    """Let the other one have accepted."""
    prepare_invited(world, travel)
    accept(world)


def invite(world: World) -> None:
    person, known = world.person, world.other.identity.traits
    assert known.birth_date is not None
    whom = Invitee(known.family_name, known.given_names[0], known.birth_date)
    invitations.invite(person.principal, _known["child"], whom, KEY)


def accept(world: World) -> None:
    other = world.other
    invited_side.accept(other.principal, other.pid, _sent()[0].sk.removeprefix("INVITE#"))


def refuse(world: World) -> None:
    other = world.other
    invited_side.refuse(other.principal, other.pid, _sent()[0].sk.removeprefix("INVITE#"))


def end(world: World) -> None:
    one = _sent()[0].sk.removeprefix("INVITE#")
    invitations.end(world.person.principal, _known["child"], one)


def withdraw_meanwhile(world: World) -> None:
    end(world)
    _left["link"] = is_linked(world)


def left_by_inviter(world: World) -> object:
    """Return what was there when the invitation was taken back."""
    del world
    return _left["link"]


def is_linked(world: World) -> bool:
    return invited(world)[2]


def standing(world: World) -> tuple[bool, bool]:
    """Return whether the invitation holds, answered or not, and the link."""
    return _sent()[0].status in ("pending", "accepted"), is_linked(world)


def one_end(world: World, tries: int) -> str | None:
    """Require one trace of what came to an end: an invitation, or the link it made meanwhile."""
    del tries
    ends = {"access:invitation:withdraw", "access:representative:end"}
    found = [one.action for one in history(world) if one.action in ends]
    return None if len(found) == 1 else f"{len(found)} traces of one end"


def leave_invited(world: World) -> None:
    other = world.other
    children.leave(other.principal, other.pid, _known["child"])


def invited(world: World) -> tuple[list[str], int, bool, int]:
    """Return what became of the invitations, and how many were received and told; the link."""
    other, child = world.other, _known["child"]
    items = double.tables()[table_name("identity")].items()
    received = [sk for (_, sk), item in items if item["kind"]["S"] == "received"]
    proxy = rows.get(ProxyRow, *proxy_key(child, other.id))
    listed = rows.get(ChildRow, *child_key(other.pid, child))
    is_listed = listed is not None and bool(listed.is_managed)
    assert is_listed == (proxy is not None), "half a link"
    told = [row for row in waiting() if row.patient_id == child][1:]  # not of the person herself
    return [row.status for row in _sent()], len(received), is_listed, len(told)


def _sent() -> list[InvitationRow]:
    items = double.tables()[table_name("identity")].values()
    found = [item for item in items if item["kind"]["S"] == "invitation"]
    return [InvitationRow.from_raw_data(item) for item in found]
