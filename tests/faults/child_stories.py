"""A parent begins to manage the space of her child, and leaves it."""

from typing import Final

from chalicelib.access.store import ProxyRow, proxy_key
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import rows
from chalicelib.core.rows import patient_key, table_name
from chalicelib.identity import children
from chalicelib.identity.store import ChildRow, child_key
from tests import double
from tests.builders import a_minor
from tests.faults.stories import Travel, waiting
from tests.worlds import World

_known: Final[dict[str, str]] = {}
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
