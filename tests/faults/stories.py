"""What a client asks for, and how to tell afterwards what really happened.

Each story is one request with its retry: the same key, the same content. Nothing here knows how
the product commits; what is checked is what anybody could see: lists, contents, the history.
"""

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from functools import cache
from typing import Any, Final

import time_machine

from chalicelib.access import store, usecases
from chalicelib.access.store import GrantRow
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TraceRow, open_row
from chalicelib.core import clock, outbox, rows
from chalicelib.core.errors import Problem
from chalicelib.core.outbox import OutboxRow
from chalicelib.core.rows import StoreUnavailable, table_name
from chalicelib.http.idempotency import Idempotency
from chalicelib.identity.store import ProfessionalRow, professional_key
from chalicelib.record import reading
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft, Filter
from chalicelib.workers import relay, sweep
from chalicelib.workers.notify import notify
from tests import double
from tests.builders import a_pdf
from tests.faults.reminder_stories import Unclear
from tests.injector import KilledError
from tests.workers.lambda_events import from_queue, serve, tick
from tests.worlds import World

MARKER: Final = "MARQUEUR-KWXQ"  # in every name and title of the world these stories are played in
CONTENT: Final = a_pdf("deposited under faults")
TRIES, TRIES_WITH_RIVAL = 2, 3
_in_flight: Final[list[str]] = []
KEY: Final = Idempotency("k" * 64, "h" * 64)


@dataclass(frozen=True, slots=True)
class Story:
    """One request, how to see its effect, and the traces it must leave."""

    name: str
    ask: Callable[[World], object]
    effect: Callable[[World], object]
    old: object  # before, and after a request that failed without effect
    new: object
    traces: Callable[[World, int], str | None]
    settle: Callable[[World, "Travel"], None] = field(default=lambda _world, _travel: None)
    prepare: Callable[[World, "Travel"], None] = field(default=lambda _world, _travel: None)
    retried_by_client: bool = True  # else the queue and the sweep do it, later
    rival: Callable[[World], object] | None = None  # who acts meanwhile; by default, the same again
    has_key: bool = False  # the client's own rival retry must be answered like the first
    only_rival: bool = False  # another story plays the other faults of the same request
    # What was there when the rival took back the right to ask: it is there in the end, and no more.
    left: Callable[[World], object] | None = None


Travel = time_machine.Traveller


def attempt(story: Story, world: World) -> bool:
    """Ask once, as a client does, and tell whether the answer said that it was done."""
    try:
        story.ask(world)
    except (Problem, StoreUnavailable, Unclear):
        return False
    return True


def remembered() -> str:
    """Return what the stories keep in mind from one step to the next."""
    return repr(_memories())


@cache
def _memories() -> list[tuple[str, str, object]]:
    """Return what the modules of stories keep, which is changed and never another."""
    modules = [module for name, module in sys.modules.items() if name.startswith("tests.faults.")]
    return [
        (module.__name__, name, value)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, dict | list) and not name.startswith("__")
    ]


# Deposit, by a laboratory, with an idempotency key.


def deposit(world: World) -> object:
    draft = Draft(MARKER, "11502-2", clock.now().date(), "application/pdf", None, None)
    return record.add_document(world.laboratory.principal, world.person.pid, draft, CONTENT, KEY).id


def deposited(world: World) -> object:
    """Return the contents, as the person reads them, of what bears the title."""
    person = world.person
    listing = record.list_documents(person.principal, person.pid, Filter(), None, 50)
    found = [one for one in listing.documents if one.title == MARKER]
    return [reading.open_document(person.principal, person.pid, one.id)[1] for one in found]


def one_trace_of_adding(world: World, tries: int) -> str | None:
    """The world's own deposits left two traces."""
    del tries
    added = [trace for trace in history(world) if trace.action == "record:document:add"]
    fresh = [trace for trace in added if trace.reference not in (world.document, world.own)]
    allowed = [trace for trace in fresh if trace.reference != world.upload]
    return None if len(allowed) == 1 else f"{len(allowed)} traces of one deposit"


def no_orphan(world: World, travel: Travel) -> None:
    """Run the sweep at each of the next hours, then look for files without a row."""
    del world
    for _ in range(4):
        travel.shift(timedelta(hours=1))
        sweep.delete_orphans(clock.now())
    tables = [double.tables()[table_name(name)] for name in ("record", "messaging")]
    kept = {item["blob"]["S"] for table in tables for item in table.values() if "blob" in item}
    stored = {name.split("/", 1)[1] for name in double.objects()}
    assert stored == kept, "files and rows differ after the sweep"


# Authorisations, given and taken back.


def authorise(world: World) -> object:
    directory = (ProfessionalRow, *professional_key(world.colleague.id))
    person = world.person
    return usecases.give_authorisation(person.principal, person.pid, world.colleague.id, directory)


def withdraw(world: World) -> object:
    person = world.person
    usecases.withdraw_authorisation(person.principal, person.pid, world.doctor.id)
    return None


def grant_of(world: World, rpps: str) -> GrantRow | None:
    return rows.get(GrantRow, *store.grant_key(world.person.pid, rpps))


def authorised(world: World) -> object:
    row = grant_of(world, world.colleague.id)
    return "none" if row is None else row.status


def withdrawn(world: World) -> object:
    row = grant_of(world, world.doctor.id)
    return None if row is None else row.status


def one_trace_per_version(world: World, tries: int) -> str | None:
    """Giving again renews: each commit is a version of the row, and a trace."""
    del tries
    row = grant_of(world, world.colleague.id)
    given = [t for t in history(world) if t.action == "access:authorisation:give"]
    versions = int(row.version or 0) if row else 0
    return None if len(given) == versions else f"{len(given)} traces of {versions} versions"


def one_change_in_the_end(world: World, tries: int) -> str | None:
    row = grant_of(world, world.doctor.id)
    taken = [t for t in history(world) if t.action == "access:authorisation:withdraw"]
    if row is None or row.version != 2:  # written once, then withdrawn once
        return "the row was not changed exactly once"
    return None if 1 <= len(taken) <= tries else f"{len(taken)} traces of {tries} tries"


def never_used(world: World, travel: Travel) -> None:
    """Let the professional not have used her authorisation yet."""
    del travel
    row = grant_of(world, world.doctor.id)
    assert row is not None
    row.first_used_at = None
    rows.write([rows.put(row)])


def use(world: World) -> object:
    return record.list_documents(world.doctor.principal, world.person.pid, Filter(), None, 50)


def a_use_is_not_forgotten(world: World, tries: int) -> str | None:
    """Withdrawing changes the row once, after the first use if there was one, which stays known."""
    row, found = grant_of(world, world.doctor.id), history(world)
    used = any((t.action, t.outcome) == ("record:document:list", "allowed") for t in found)
    if row is None or bool(row.first_used_at) != used or row.version != 3 + used:  # 2 as prepared
        return "a first use was forgotten, or the row changed more than once"
    taken = [t for t in found if t.action == "access:authorisation:withdraw"]
    return None if 1 <= len(taken) <= tries else f"{len(taken)} traces of {tries} tries"


# A notice, from the outbox to the mailbox.


def notice(world: World) -> object:
    """Carry the events that wait to the queue, and serve what is there."""
    del world
    for event in waiting():
        relay.carry(outbox.event_of(event))
    serve_queue()
    if unsent() or double.messages():
        raise Unclear
    return None


def waiting() -> list[OutboxRow]:
    items = double.tables()[table_name("work")].values()
    found = [OutboxRow.from_raw_data(item) for item in items if item["kind"]["S"] == "event"]
    return sorted((row for row in found if row.pend_pk), key=lambda row: str(row.event_id))


def serve_queue() -> list[str]:
    """Hand the queue's messages over, and put back what failed, as the queue does."""
    bodies = double.take_messages()
    _in_flight[:] = bodies
    try:
        failed = serve(notify, from_queue(*bodies)) if bodies else []
    except KilledError:
        double.put_messages(bodies)  # nobody acknowledged them
        raise
    finally:
        _in_flight.clear()
    again = [bodies[int(name.removeprefix("m"))] for name in failed]
    double.put_messages(again)
    return again


def deliver_again(world: World) -> object:
    """Let another process be handed what this one is serving, as a queue may do."""
    if not _in_flight:
        return notice(world)
    return serve(notify, from_queue(*_in_flight))


def told(world: World) -> object:
    """Return how many events reached the person's mailbox, one mail for each Message-ID."""
    del world
    return len({message["Message-ID"] for message in mails()})


def mails() -> list[Message]:
    raw = [mail.raw_data for mail in double.mails()]
    return [message_from_bytes(one if isinstance(one, bytes) else one.encode()) for one in raw]


def no_doubles_but_one(world: World, tries: int) -> str | None:
    """One mail for each event; a crash between sending and noting may send one twice, no rival."""
    del world
    counts = Counter(message["Message-ID"] for message in mails())
    most = 1 if tries == TRIES_WITH_RIVAL else 2
    return None if max(counts.values()) <= most else f"mails sent {sorted(counts.values())} times"


def one_event(world: World, travel: Travel) -> None:
    """Keep the announcement of one document only."""
    del world, travel
    for row in waiting()[1:]:
        rows.write([rows.delete(row)])


def until_quiet(world: World, travel: Travel) -> None:
    """Let the hourly sweep and the queue finish what was lost."""
    del world
    for _ in range(4):
        if not (waiting() or double.messages() or unsent()):
            break
        travel.shift(timedelta(hours=1))
        with suppress(Unclear):
            tick(sweep.sweep)
        serve_queue()
    assert waiting() == [], "an event still waits"
    assert double.messages() == [], "a message still waits"
    assert not unsent(), "a notice was not sent"


def unsent() -> list[str]:
    items = double.tables()[table_name("work")].values()
    states = [item["status"]["S"] for item in items if item["kind"]["S"] == "notice"]
    return [state for state in states if state != "sent"]


# Reading everything, whoever wrote it.


def told_too_much() -> list[str]:
    """Return where the marker is: keys, files' names, events, notices, queues or mails.

    The public directory's rows alone are found by a name.
    """
    seen = {"files": "".join(double.objects()), "queue": "".join(double.messages())}
    for table, items in double.tables().items():
        for (pk, sk), item in items.items():
            kind = item.get("kind", {}).get("S")
            whole = str(item) if kind in {"event", "notice", "inbox"} else f"{pk} {sk}"
            seen[table] = seen.get(table, "") + ("" if kind == "directory" else whole)
    seen["mails"] = "".join(
        str(part.get_payload(decode=True)) + str(part.items())
        for mail in mails()
        for part in mail.walk()
    )
    return [where for where, text in seen.items() if MARKER.casefold() in text.casefold()]


def history(world: World) -> list[Trace]:
    """Open every trace of the person's history; one that does not open raises (I5)."""
    found = []
    for (pk, sk), item in sorted(double.tables()[table_name("audit")].items()):
        if pk == f"P#{world.person.pid}" and item["kind"]["S"] == "trace":
            row: Any = TraceRow.from_raw_data(item)
            assert row.sk == sk
            found.append(open_row(row, world.person.pid))
    return found
