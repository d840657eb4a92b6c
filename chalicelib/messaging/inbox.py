"""A professional's or a team's box: its conversations, and how many it has not read.

A box belongs to no record: it is traced in the history of who reads it, and shows the names that
were sealed for it when each conversation was opened. Opening one passes the gate of its record.
"""

from chalicelib.access import boxes, gate, tokens
from chalicelib.access.model import BOX_LIST
from chalicelib.core import rows
from chalicelib.core.errors import Forbidden
from chalicelib.core.rows import Item
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.messaging import payloads, store
from chalicelib.messaging.store import HeadRow
from chalicelib.messaging.usecases import Listing


def list_box(principal: Principal, *, is_team: bool, cursor: str | None, limit: int) -> Listing:
    """List the conversations of one's own box or one's team's, the last written first.

    Nobody but its professional, its members and the software of its organisation reads a box; who
    has no team has an empty one.

    Raises:
        Forbidden: persons have no such box.
        BadRequest: the cursor.
        Unauthenticated, Unavailable.
    """
    if principal.kind not in (ActorKind.PROFESSIONAL, ActorKind.ORGANISATION):
        raise Forbidden
    with gate.enter_own(principal, BOX_LIST) as own:
        box = boxes.choose(own.boxes, team=is_team)
        return _page(principal, box, cursor, limit) if box else Listing([], 0, None)


def _page(principal: Principal, box: str, cursor: str | None, limit: int) -> Listing:
    scope = (principal.id, box, "box")
    after = tokens.open_cursor(cursor, *scope)
    query = store.of_box(box, limit + 2, after)  # its head, a page, and one to know of the next
    items = rows.query(query).items
    head = next((item for item in items if item["sk"]["S"] == "HEAD"), None)
    listed = [item for item in items if item is not head]
    lines = payloads.open_entries(box, listed[:limit])
    position = store.place(listed[limit - 1]) if len(listed) > limit else None
    return Listing(
        lines,
        _unread(head) if after is None else None,
        tokens.new_cursor(position, *scope),
    )


def _unread(head: Item | None) -> int:
    return int(HeadRow.from_raw_data(head).unread) if head else 0
