"""One conversation inside the gate: who reads it, what she may do, and what a message changes."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from chalicelib.access import boxes, gate
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal, Right
from chalicelib.access.store import ClientRow, grant_of
from chalicelib.core import rows
from chalicelib.core.errors import Conflict
from chalicelib.core.rows import Query
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.messaging import payloads, rules, store
from chalicelib.messaging.model import Conversation, Shown, Side, Status
from chalicelib.messaging.references import Reference
from chalicelib.messaging.store import BlockRow, EntryRow, HeadRow, ThreadRow
from chalicelib.vault.errors import Tampered


def enter(
    principal: Principal,
    action: Action,
    ref: Reference,
    *,
    wanted: Sequence[Wanted] = (),
    queries: Sequence[Query] = (),
    idempotency: Idempotency | None = None,
) -> AbstractContextManager[Unit]:
    """Open the record of a conversation for one action on it. Raises as `gate.enter`."""
    return gate.enter(
        principal,
        action,
        ref.pid,
        target=(ThreadRow, *store.thread_key(ref)),
        wanted=[*blocks_wanted(principal, ref.pid, ref.box), *wanted],
        queries=queries,
        about=ref.id,
        idempotency=idempotency,
    )


def blocks_wanted(principal: Principal, pid: str, box: str) -> list[Wanted]:
    """Return what to read to know who is blocked: a box, and who writes from her team's."""
    names = [box]
    if principal.kind is ActorKind.PROFESSIONAL:
        names.append(boxes.own_of(principal.id))
    return [store.block_wish(pid, one) for one in dict.fromkeys(names)]


def wanted_to_change(ref: Reference) -> list[Wanted]:
    """Return what to name to change a conversation: its line in the box, and both counts."""
    return [store.entry_wish(ref), store.head_of_person(ref.pid), store.head_of_box(ref.box)]


def side_of(unit: Unit) -> Side:
    """Return the side of who acts; the gate has checked that she has one."""
    return Side.PATIENT if unit.entry.principal.kind is ActorKind.PERSON else Side.PROFESSIONAL


def conversation(unit: Unit) -> Conversation:
    """Open the conversation acted upon. Raises Tampered, Unavailable."""
    return payloads.open_thread(unit, unit.target(ThreadRow))


def shown(unit: Unit, one: Conversation) -> Shown:
    """Return a conversation as who acts sees it."""
    side, is_blocked = side_of(unit), is_blocking(unit, one.box)
    is_hers = side is Side.PATIENT
    return Shown(
        conversation=one,
        patient_id=unit.pid if is_hers or is_authorised(unit) else None,
        is_unread=one.marks.is_unread(side),
        may_write=one.status is Status.OPEN and may_reach(unit, one),
        may_close=not is_hers,
        may_block=is_hers,
        is_blocked=is_blocked and is_hers,
    )


def check_may_write(unit: Unit, one: Conversation) -> None:
    """Require that who acts may write; nothing of the person's choices is told (A14, A15).

    Raises:
        NotFound: the person did not authorise, or blocks, who writes to her; traced.
        Conflict: it is closed; or, for the person only, she blocks who would answer.
    """
    if not may_reach(unit, one):
        if side_of(unit) is Side.PATIENT:
            raise Conflict("conversation-blocked")
        raise unit.refuse(Refusal.NO_RIGHT)
    if one.status is Status.CLOSED:
        raise Conflict("conversation-closed")


def may_reach(unit: Unit, one: Conversation) -> bool:
    """Tell whether who acts may write to the other side, were the conversation open."""
    is_blocked = is_blocking(unit, one.box)
    if side_of(unit) is Side.PATIENT:
        return not is_blocked
    return rules.may_reach(
        is_team=boxes.is_team(one.box),
        is_authorised=is_authorised(unit),
        is_blocked=is_blocked,
    )


def is_authorised(unit: Unit) -> bool:
    """Tell whether the person's authorisation of a professional holds at this instant."""
    grant = unit.entry.grant
    return grant is not None and grant_of(grant, unit.entry.settings).is_active(unit.now)


def bind_to_choices(unit: Unit, box: str) -> None:
    """Let what a professional's side writes go only if the person's choices are still as read.

    What changed is read again by the next try, which decides anew. The gate itself binds who acts
    by an authorisation; a team needs none.
    """
    for wish in blocks_wanted(unit.entry.principal, unit.pid, box):
        block = unit.row(*wish)
        still = rows.unchanged(block) if isinstance(block, BlockRow) else rows.absent(*wish)
        unit.write(still, lost=Conflict())
    grant, is_own = unit.entry.grant, not boxes.is_team(box)
    if grant is not None and is_own and unit.right is Right.PARTICIPANT and is_authorised(unit):
        unit.write(rows.unchanged(grant), lost=Conflict())


def is_blocking(unit: Unit, box: str) -> bool:
    """Tell whether the person wants nothing more from a box, or from who writes from it."""
    found = [unit.row(*wish) for wish in blocks_wanted(unit.entry.principal, unit.pid, box)]
    return any(isinstance(row, BlockRow) and bool(row.is_blocked) for row in found)


def write(unit: Unit, ref: Reference, row: ThreadRow, was: dict[Side, bool]) -> None:
    """Add to the transaction what a conversation has become: row, line of the box, counts.

    `was` tells which sides had something to read before.

    Raises:
        Tampered: it has no line in its box.
    """
    entry = unit.row(*store.entry_wish(ref))
    if not isinstance(entry, EntryRow):
        raise Tampered("a conversation without its line")
    unit.put(row)
    unit.write(rows.replace(payloads.follow(entry, row)))
    count(unit, ref, row, was)


def unread_sides(row: ThreadRow) -> dict[Side, bool]:
    """Tell which sides have something to read."""
    marks = payloads.marks_of(row)
    return {side: marks.is_unread(side) for side in Side}


def count(unit: Unit, ref: Reference, row: ThreadRow, was: dict[Side, bool]) -> None:
    """Move the counts of the sides for which a conversation became unread, or read.

    Written under the version that was read: whatever is retried, each is counted once.
    """
    heads = {
        Side.PATIENT: store.head_of_person(ref.pid),
        Side.PROFESSIONAL: store.head_of_box(ref.box),
    }
    for side, is_unread in unread_sides(row).items():
        if is_unread == was[side]:
            continue
        head = unit.row(*heads[side])
        if not isinstance(head, HeadRow):
            head = payloads.new_head(ref.pid)
        head.unread = max(0, int(head.unread) + (1 if is_unread else -1))
        unit.put(head)


def name_of(unit: Unit) -> tuple[str, str | None, str | None]:
    """Return the public name, profession and organisation of a professional's side."""
    session = unit.entry.session
    if isinstance(session, ClientRow):
        return session.name, None, session.name
    return unit.actor_name or "", session.profession, session.organisation
