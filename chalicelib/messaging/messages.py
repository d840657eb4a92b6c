"""The messages of a conversation: read by pages, sent exactly once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.access import tokens
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action, Refusal, Right
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.events import EventType
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal
from chalicelib.identity.store import HolderRow, holder_key
from chalicelib.messaging import payloads, rules, store, threads
from chalicelib.messaging.model import (
    Attachment,
    Conversation,
    Draft,
    Joined,
    Message,
    Sender,
    Shown,
    Side,
    State,
)
from chalicelib.messaging.references import Reference
from chalicelib.messaging.store import MessageRow, ThreadRow, WaitingFileRow
from chalicelib.vault.errors import Tampered


@dataclass(frozen=True, slots=True)
class Told:
    """A message as one reader sees it."""

    message: Message
    is_own: bool
    state: State


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages in order of time, their conversation, and where earlier ones begin."""

    shown: Shown
    messages: list[Told]
    next: str | None


def list_messages(
    principal: Principal, ref: Reference, cursor: str | None, limit: int
) -> MessagePage:
    """Read the last messages of a conversation, or those before a place.

    Raises:
        NotFound, BadRequest (cursor), Unavailable.
    """
    scope = (principal.id, ref.id, "messages")
    query = store.messages_of(ref, limit + 1, tokens.open_cursor(cursor, *scope))
    with threads.enter(
        principal,
        Action.CONVERSATION_READ,
        ref,
        wanted=[_holder_wish(ref)],
        queries=[query],
    ) as unit:
        one = threads.conversation(unit)
        found = [MessageRow.from_raw_data(item) for item in unit.pages[0].items]
        told = [_told(unit, one, message) for message in _opened(unit, reversed(found[:limit]))]
        page = threads.shown(unit, one)
    # The store may end a page before its limit, and there is more.
    more = len(found) > limit or unit.pages[0].last_key is not None
    after = rows.position(found[:limit][-1], None) if more else None
    return MessagePage(page, told, tokens.new_cursor(after, *scope))


def read_message(principal: Principal, ref: Reference, message_id: str) -> Told:
    """Read one message of a conversation.

    Raises:
        NotFound, Unavailable.
    """
    wish = (MessageRow, *store.message_key(ref, message_id))
    with threads.enter(
        principal, Action.CONVERSATION_READ, ref, wanted=[wish, _holder_wish(ref)]
    ) as unit:
        one, row = threads.conversation(unit), unit.row(*wish)
        if row is None:
            raise unit.refuse(Refusal.ABSENT)
        return _told(unit, one, payloads.open_message(unit, row))


def send_message(
    principal: Principal, ref: Reference, draft: Draft, idempotency: Idempotency | None
) -> Told:
    """Send a message to the other side; its sender is who asks, never what is said (A14).

    Raises:
        Invalid: everything that is wrong; an attachment that does not wait for it.
        NotFound: no such conversation, or one may not write to this person; traced.
        Conflict: `conversation-closed`, `conversation-blocked`.
        Unavailable.
    """
    sound = rules.checked(draft)
    try:
        return until_it_holds(lambda: _send(principal, ref, sound, idempotency))
    except Replayed as replayed:
        return read_message(principal, ref, replayed.reference)


def _send(
    principal: Principal, ref: Reference, draft: Draft, idempotency: Idempotency | None
) -> Told:
    wanted = [*threads.wanted_to_change(ref), _holder_wish(ref), *_files_wanted(draft)]
    with threads.enter(
        principal, Action.MESSAGE_SEND, ref, wanted=wanted, idempotency=idempotency
    ) as unit:
        row, one = unit.target(ThreadRow), threads.conversation(unit)
        threads.check_may_write(unit, one)
        if threads.side_of(unit) is Side.PROFESSIONAL:
            threads.bind_to_choices(unit, ref.box)
        message = post(unit, ref, row, draft)
        unit.about(message.id)
        return _told(unit, payloads.open_thread(unit, row), message)


def post(unit: Unit, ref: Reference, row: ThreadRow, draft: Draft) -> Message:
    """Add a message to a conversation, in the transaction; the person is told of a professional's.

    Raises:
        Invalid: an attachment does not wait for it.
        Tampered, Unavailable.
    """
    side, was = threads.side_of(unit), threads.unread_sides(row)
    message_id = payloads.new_message_id(row, unit.now)
    sender = _sender(unit, payloads.open_thread(unit, row), side)
    message = Message(
        id=message_id,
        sent_at=ids.ulid_instant(message_id),
        sender=sender,
        body=draft.body,
        attachments=_attached(unit, ref, draft.attachments, sender),
    )
    setattr(row, f"{side}_last", message_id)
    row.inbox_sk = payloads.last_of(message_id, ref)
    unit.put(payloads.new_message(unit, ref, message))
    threads.write(unit, ref, row, was)
    if side is Side.PROFESSIONAL:
        unit.emit(EventType.MESSAGE_ADDED, ref.id)
    return message


def _told(unit: Unit, one: Conversation, message: Message) -> Told:
    """Return a message as who acts sees it."""
    side = message.sender.side
    is_reachable = side is Side.PATIENT or _is_activated(unit)
    return Told(
        message,
        is_own=message.sender.actor_id == unit.entry.principal.id,
        state=rules.state(message.id, side, one.marks, is_reachable=is_reachable),
    )


def _is_activated(unit: Unit) -> bool:
    """Tell whether somebody ever came to read what the person receives."""
    until = unit.entry.settings.represented_until if unit.entry.settings else None
    is_represented = until is not None and clock.iso(unit.now) < until
    return is_represented or unit.row(HolderRow, *holder_key(unit.pid)) is not None


def _holder_wish(ref: Reference) -> Wanted:
    return (HolderRow, *holder_key(ref.pid))


def _opened(unit: Unit, found: Iterable[MessageRow]) -> Iterator[Message]:
    """Open messages; one that was altered is left out, and told to the operator."""
    for row in found:
        try:
            yield payloads.open_message(unit, row)
        except Tampered as error:
            log.exception("message does not open", error, patient=unit.pid)


def _sender(unit: Unit, one: Conversation, side: Side) -> Sender:
    is_for_minor = unit.right is Right.REPRESENTATIVE
    if side is Side.PATIENT:
        name = unit.actor_name if is_for_minor else None
        own = one.patient_name
        return Sender(
            side, unit.entry.principal.id, name or own, own if is_for_minor else None, None, None
        )
    name, profession, organisation = threads.name_of(unit)
    return Sender(side, unit.entry.principal.id, name, None, profession, organisation)


def _files_wanted(draft: Draft) -> list[Wanted]:
    return [(WaitingFileRow, *store.waiting_file_key(one.id)) for one in draft.attachments]


def _attached(
    unit: Unit, ref: Reference, joined: Sequence[Joined], sender: Sender
) -> tuple[Attachment, ...]:
    """Let what waits go with its message.

    Raises:
        Invalid: it does not wait, or not here, or not for who sends.
    """
    made = []
    for position, one in enumerate(joined):
        unknown = Invalid(errors=(FieldError(f"/attachments/{position}/id", "unknown_attachment"),))
        row = unit.row(WaitingFileRow, *store.waiting_file_key(one.id))
        if row is None or row.depositor != unit.entry.depositor_token():
            raise unknown
        if clock.iso(unit.now) >= row.expires_at:
            raise unknown
        found = payloads.open_file(unit, row)
        if found.thread != ref.thread:
            raise unknown
        # It goes once: a second message with it finds the row there.
        named = replace(found, name=one.name.strip(), sent_by=sender)
        unit.put(payloads.new_file(unit, named), lost=unknown)
        made.append(Attachment(one.id, named.name, named.format, named.size_bytes, named.antivirus))
    return tuple(made)
