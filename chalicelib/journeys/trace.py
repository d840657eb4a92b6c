"""The history as the person reads it: in French, with the titles of her documents.

Titles are joined when it is read: a trace never holds one, and a document that is gone has none.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

from pydantic import Field

from chalicelib.access import gate, tokens
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Right
from chalicelib.access.store import GrantRow, grant_key, read_grants
from chalicelib.audit.model import Audience
from chalicelib.core import clock, rows
from chalicelib.core.rows import Item, Query
from chalicelib.http.endpoint import Answer, Call, Schema, endpoint
from chalicelib.identity import directory, spaces
from chalicelib.identity import model as identity
from chalicelib.oauth import store as consents
from chalicelib.record import announcing
from chalicelib.record import store as documents
from chalicelib.record import usecases as record
from chalicelib.trace import sentences, store, usecases
from chalicelib.trace.model import Group, Kind, Outcome, Shown

_PATH = "/v1/patients/{pid}/trace"


class TraceQuery(Schema):
    """Which lines, and where to go on; `others` leaves out what the reader did herself."""

    outcome: Literal[Outcome.ALLOWED, Outcome.REFUSED] | None = None
    others: bool = False
    cursor: str | None = Field(default=None, max_length=2000)
    limit: int = Field(default=50, ge=1, le=100)


class ActorOut(Schema):
    """Who did it; public names only, and « Vous » for the reader. `id` is an application's only."""

    kind: Kind
    id: str | None
    name: str
    profession: str | None
    organisation: str | None


class TracedDocument(Schema):
    """The document a line is about, while it is in the record."""

    id: str
    title: str


class AccessOut(Schema):
    """One line of the history: what was done, by whom, by what right, and how often that day."""

    id: str
    at: str
    actor: ActorOut
    action: str
    label: str
    document: TracedDocument | None
    outcome: Outcome
    right: str | None
    count: int
    first_at: str
    last_at: str


class AccessList(Schema):
    """A page of the history, the last first."""

    items: list[AccessOut]
    next: str | None


@endpoint("GET", _PATH, query=TraceQuery, answers={200: AccessList})
def read_trace(call: Call[None, TraceQuery]) -> Answer:
    """Read who did what in one's record, when, and by what right."""
    pid, asked = gate.resolve(call.principal, call.path["pid"]), call.query
    reader = call.principal.id
    scope = (reader, pid, "trace", asked.outcome or "", str(asked.others))
    after, wanted = tokens.open_cursor(asked.cursor, *scope), [spaces.person_wish(pid)]
    hers = (Audience.GENERAL, Audience.MINOR)
    queries = [store.newest_first(pid, after, audience=audience) for audience in hers]
    queries.append(documents.announced(pid))
    with gate.enter(call.principal, Action.TRACE_READ, pid, wanted=wanted, queries=queries) as unit:
        found, after = usecases.lines(
            pid,
            queries[0],
            unit.pages[0],
            asked.limit,
            beside=_beside(unit, queries, after),
            keep=partial(_is_asked, asked=asked, reader=reader),
        )
        items = accesses(unit, found)
    return Answer(AccessList(items=items, next=tokens.new_cursor(after, *scope)))


def _beside(unit: Unit, queries: Sequence[Query], after: Item | None) -> list[Iterator[Item]]:
    """Return the other histories that are the reader's to read.

    What is under a minor's secrecy is hers, and of nobody who represents her; what was withheld,
    of either once it was announced. Of what still waits nothing is read: it would take its time.
    """
    minor = usecases.items(queries[1], unit.pages[1])
    rows_of_it = rows.all_items(queries[2], unit.pages[2])
    before = after["sk"]["S"] if after else None
    of_it = partial(store.document_of, pid=unit.pid)
    announced = announcing.told(unit, rows_of_it, before, of_it)
    return [minor, announced] if unit.right is Right.SELF else [announced]


def accesses(unit: Unit, lines: Sequence[Group]) -> list[AccessOut]:
    """Say lines of the history in French. Call it inside the gate, the person named on entering.

    Raises:
        Tampered, Unavailable, StoreUnavailable: titles or names could not be read.
    """
    shown = [line.shown for line in lines]
    titles = record.titles(unit, {one.document_id for one in shown if one.document_id})
    names = _names({one.professional_rpps for one in shown if one.professional_rpps})
    names |= _applications({one.consented.application for one in shown if one.consented})
    is_of_a_minor = unit.right is Right.REPRESENTATIVE
    is_represented = any(one.right == Right.REPRESENTATIVE for one in shown)
    minor = _given_name(unit) if is_of_a_minor or is_represented else None
    givers = _givers(unit, shown)
    said = [_access(line, unit.entry.principal.id, titles, names, minor, givers) for line in lines]
    return [_of_a_minor(one) for one in said] if is_of_a_minor else said


def is_of_others(shown: Shown, reader: str) -> bool:
    """Tell whether somebody else than the reader did it."""
    return shown.actor_id != reader


def _is_asked(shown: Shown, *, asked: TraceQuery, reader: str) -> bool:
    of_outcome = asked.outcome in {None, shown.outcome}
    return of_outcome and (not asked.others or is_of_others(shown, reader))


def _names(numbers: set[str]) -> dict[str, str]:
    return {one.rpps: one.name for one in directory.professionals(sorted(numbers))}


def _applications(ids: set[str]) -> dict[str, str]:
    """Return applications as a line names them: with their publisher."""
    found = consents.abouts(sorted(ids))
    return {
        one.id: sentences.of_publisher(one.name, one.publisher)
        for one in found.values()
        if one.name
    }


def _whom(shown: Shown) -> str:
    """Return the id of whom a line says that something was given to."""
    return shown.consented.application if shown.consented else shown.professional_rpps or ""


def _given_name(unit: Unit) -> str:
    return identity.shown(spaces.person_of(unit)[0].traits.given_names[0])


def _of_a_minor(said: AccessOut) -> AccessOut:
    right = sentences.of_a_minor(said.right) if said.right else None
    return said.model_copy(update={"label": sentences.of_a_minor(said.label), "right": right})


def _givers(unit: Unit, shown: Sequence[Shown]) -> dict[tuple[str, str | None], str]:
    """Return who gave each authorisation given for a minor, by professional and instant.

    One given again since is another: of the former, a history says only that a parent gave it.
    """
    numbers = sorted({one.actor_id for one in shown if one.right == Right.PARENTAL})
    if not numbers:
        return {}
    items = rows.fetch_items([(GrantRow, *grant_key(unit.pid, one)) for one in numbers])
    known = read_grants(items, unit.entry.settings, named_of=unit.pid)
    return {(one.rpps, clock.iso(one.given_at)): one.given_by for one in known if one.given_by}


def _access(
    line: Group,
    reader: str,
    titles: dict[str, str],
    names: dict[str, str],
    minor: str | None,
    givers: dict[tuple[str, str | None], str],
) -> AccessOut:
    shown = line.shown
    return AccessOut(
        id=line.id,
        at=clock.iso(line.last_at),
        actor=ActorOut(
            kind=shown.actor,
            id=shown.actor_id if shown.actor is Kind.APPLICATION else None,
            name=sentences.actor_name(shown, reader, minor),
            profession=shown.profession,
            organisation=shown.organisation,
        ),
        action=shown.action,
        label=sentences.label(shown, reader, names.get(_whom(shown))),
        document=_document(shown.document_id, titles),
        outcome=shown.outcome,
        right=sentences.right(shown, givers.get((shown.actor_id, shown.right_since))),
        count=line.count,
        first_at=clock.iso(line.first_at),
        last_at=clock.iso(line.last_at),
    )


def _document(document_id: str | None, titles: dict[str, str]) -> TracedDocument | None:
    if document_id is None or document_id not in titles:
        return None
    return TracedDocument(id=document_id, title=titles[document_id])
