"""Opening, listing, reading, closing a conversation, and blocking who writes.

Every function passes the gate once a try; a professional's list of a box is `inbox`'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.access import boxes, gate, tokens
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, rows
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.ids import is_id
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal
from chalicelib.identity import spaces
from chalicelib.identity.model import shown as shown_name
from chalicelib.messaging import messages, payloads, references, rules, store, threads
from chalicelib.messaging.model import Draft, Line, Opening, Shown, Status
from chalicelib.messaging.references import Reference
from chalicelib.messaging.store import BlockRow, HeadRow, ThreadRow


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of conversations, how many are not read (None but on the first), where to go on."""

    lines: list[Line]
    unread: int | None
    next: str | None


def list_conversations(principal: Principal, pid: str, cursor: str | None, limit: int) -> Listing:
    """List the conversations of a person, the last written first.

    Raises:
        NotFound, BadRequest (cursor), Unavailable.
    """
    scope = (principal.id, pid, "conversations")
    query = store.of_person(pid, limit + 1, tokens.open_cursor(cursor, *scope))
    head = store.head_of_person(pid)
    with gate.enter(
        principal, Action.CONVERSATION_LIST, pid, wanted=[head], queries=[query]
    ) as unit:
        items = unit.pages[0].items
        lines = payloads.lines_of(unit, payloads.read_threads(items[:limit]))
        unread = None if cursor else unread_of(unit, pid)
    more = len(items) > limit or unit.pages[0].last_key is not None
    after = store.place(items[:limit][-1]) if more else None
    return Listing(lines, unread, tokens.new_cursor(after, *scope))


def unread_of(unit: Unit, pid: str) -> int:
    """Return how many conversations a person has not read; `head_of_person` must be wanted."""
    head = unit.row(*store.head_of_person(pid))
    return int(head.unread) if isinstance(head, HeadRow) else 0


def correspondents(unit: Unit, ids: Iterable[str]) -> dict[str, str]:
    """Return whom a person writes with in conversations of hers, by their ids; for her notices."""
    refs = [ref for ref in map(references.read, ids) if ref.pid == unit.pid]
    wanted = [(ThreadRow, *store.thread_key(ref)) for ref in refs]
    found = (
        payloads.lines_of(unit, payloads.read_threads(rows.fetch_items(wanted))) if wanted else []
    )
    return {line.id: line.correspondent.name for line in found}


def open_conversation(
    principal: Principal, pid: str, opening: Opening, idempotency: Idempotency | None
) -> Shown:
    """Open a conversation with a person, from one's own box or one's team's (R-MSG-02).

    Raises:
        Invalid: everything that is wrong.
        NotFound: no such record, no right, or the person blocks this box; traced.
        Unavailable.
    """
    sound = rules.checked_opening(opening)
    try:
        return until_it_holds(lambda: _open(principal, pid, sound, idempotency))
    except Replayed as replayed:
        return read_conversation(principal, references.read(replayed.reference))


def _open(
    principal: Principal, pid: str, opening: Opening, idempotency: Idempotency | None
) -> Shown:
    with gate.enter(
        principal,
        Action.CONVERSATION_OPEN,
        pid,
        wanted=[spaces.person_wish(pid), store.head_of_person(pid)],
        idempotency=idempotency,
    ) as unit:
        ref = references.new(pid, _box(unit, opening))
        # The box is known once the session is read: its head and the block are read now.
        asked = [store.head_of_box(ref.box), *threads.blocks_wanted(principal, pid, ref.box)]
        for wish, row in zip(asked, rows.fetch(asked), strict=True):
            if row is not None:
                unit.entry.found[wish] = row
        unit.require(holds=not threads.is_blocking(unit, ref.box), reason=Refusal.NO_RIGHT)
        row = _new_rows(unit, ref, opening)
        threads.bind_to_choices(unit, ref.box)
        unit.about(ref.id)
        messages.post(unit, ref, row, Draft(opening.body))
        return threads.shown(unit, payloads.open_thread(unit, row))


def _box(unit: Unit, opening: Opening) -> str:
    """Return the box it is opened from.

    Raises:
        Invalid: a professional without a team wants to write for it.
    """
    mine = unit.entry.boxes
    found = boxes.choose(mine, team=opening.as_team)
    if found is None and opening.as_team:
        raise Invalid(errors=(FieldError("/as_team", "no_team"),))
    return found or mine[0]  # of software, its team's whatever it says


def _new_rows(unit: Unit, ref: Reference, opening: Opening) -> ThreadRow:
    """Make a conversation, and its line in its box, which is made with its first."""
    head = unit.row(*store.head_of_box(ref.box))
    if not isinstance(head, HeadRow):
        head = payloads.new_box(ref.box)
        unit.put(head)
    name, profession, organisation = threads.name_of(unit)
    is_team = boxes.is_team(ref.box)
    correspondent = {
        "kind": "team" if is_team else "professional",
        "name": (organisation or name) if is_team else name,
        "profession": None if is_team else profession,
        "organisation": organisation,
    }
    traits = spaces.person_of(unit)[0].traits
    said = {
        "subject": opening.subject,
        "patient_name": shown_name(f"{traits.given_names[0]} {traits.family_name}"),
        "correspondent": correspondent,
    }
    entry = payloads.new_entry(head, ref, said)
    unit.entry.found[store.entry_wish(ref)] = entry
    return payloads.new_thread(unit, ref, said | {"opened_at": clock.iso(unit.now)})


def read_conversation(principal: Principal, ref: Reference) -> Shown:
    """Read what is known of one conversation, without its messages.

    Raises:
        NotFound, Unavailable.
    """
    with threads.enter(principal, Action.CONVERSATION_READ, ref) as unit:
        return threads.shown(unit, threads.conversation(unit))


def close_conversation(principal: Principal, ref: Reference) -> Shown:
    """Close a conversation: nobody writes in it until it is reopened. Repeating is harmless.

    Raises:
        NotFound, Unavailable.
    """
    return until_it_holds(lambda: _set(principal, ref, Action.CONVERSATION_CLOSE, Status.CLOSED))


def reopen_conversation(principal: Principal, ref: Reference) -> Shown:
    """Let the person answer again. Repeating is harmless.

    Raises:
        NotFound: no such conversation, or one may no longer write to this person; traced.
        Unavailable.
    """
    return until_it_holds(lambda: _set(principal, ref, Action.CONVERSATION_REOPEN, Status.OPEN))


def _set(principal: Principal, ref: Reference, action: Action, status: Status) -> Shown:
    wanted = threads.wanted_to_change(ref)
    with threads.enter(principal, action, ref, wanted=wanted) as unit:
        row, one = unit.target(ThreadRow), threads.conversation(unit)
        if status is Status.OPEN and not threads.may_reach(unit, one):
            raise unit.refuse(Refusal.NO_RIGHT)
        if row.status != status:
            was = threads.unread_sides(row)
            row.status = status
            if status is Status.OPEN:
                threads.bind_to_choices(unit, ref.box)
            threads.write(unit, ref, row, was)
        else:
            unit.traced_as = Action.CONVERSATION_READ  # nothing changed: it was only looked at
        return threads.shown(unit, payloads.open_thread(unit, row))


def mark_read(principal: Principal, ref: Reference, up_to: str) -> None:
    """Note that one's side has read a conversation up to a message; never back.

    Raises:
        Invalid: not the id of a message.
        NotFound, Unavailable.
    """
    if not is_id(up_to):
        raise Invalid(errors=(FieldError("/up_to", "refused"),))
    until_it_holds(lambda: _mark(principal, ref, up_to))


def _mark(principal: Principal, ref: Reference, up_to: str) -> None:
    wanted = threads.wanted_to_change(ref)
    with threads.enter(principal, Action.CONVERSATION_MARK, ref, wanted=wanted) as unit:
        row, side = unit.target(ThreadRow), threads.side_of(unit)
        marks, was = payloads.marks_of(row), threads.unread_sides(row)
        read, written = marks.read[side] or "", marks.last[side.other] or ""
        until = min(up_to, written)  # never beyond what there is
        if until > read:
            setattr(row, f"{side}_read", until)
            threads.write(unit, ref, row, was)
        else:
            unit.traced_as = Action.CONVERSATION_READ


def set_blocked(principal: Principal, ref: Reference, *, is_blocked: bool) -> Shown:
    """Want nothing more from the other side of a conversation, or take that back.

    It holds for all that this box would write. Repeating is harmless.

    Raises:
        NotFound, Unavailable.
    """
    return until_it_holds(lambda: _block(principal, ref, is_blocked=is_blocked))


def _block(principal: Principal, ref: Reference, *, is_blocked: bool) -> Shown:
    action = Action.SENDER_BLOCK if is_blocked else Action.SENDER_UNBLOCK
    with threads.enter(principal, action, ref) as unit:
        one, wish = threads.conversation(unit), store.block_wish(ref.pid, ref.box)
        row = unit.row(*wish)
        if not isinstance(row, BlockRow):
            row = BlockRow(pk=wish[1], sk=wish[2], kind="block", is_blocked=False)
            unit.entry.found[wish] = row
        if row.is_blocked != is_blocked:
            row.is_blocked = is_blocked
            unit.put(row)
        else:
            unit.traced_as = Action.CONVERSATION_READ
        return threads.shown(unit, one)
