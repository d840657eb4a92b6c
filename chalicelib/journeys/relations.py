"""A professional's patients: which records are open to her, until when, and what is new in each.

The list names nobody. Asking what is new in a record also tells whose it is: that is an access to
it, which its person reads in her history.
"""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from chalicelib.access import gate, relations
from chalicelib.access.model import Action
from chalicelib.access.relations import Relation
from chalicelib.access.usecases import until_it_holds
from chalicelib.core import clock, ids
from chalicelib.core.errors import FieldError, Forbidden, Invalid
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity import patients, spaces
from chalicelib.identity.patient_routes import PatientAnswer, patient_answer
from chalicelib.record import news, store

_NEWS: Final = "/v1/patients/{pid}/news"


class RelationsQuery(Schema):
    """Which of one's authorisations, from where on, and how many."""

    ends_within_days: Annotated[int | None, Field(ge=1, le=366)] = Field(
        default=None, description="Those that end before so many days only, the soonest first."
    )
    cursor: Annotated[str, StringConstraints(max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class RelationOut(Schema):
    """A record open to the caller; `opened` if she used the authorisation already."""

    patient_id: str
    since: str
    authorised_until: str
    opened: bool


class RelationList(Schema):
    """A page of them, the last given or renewed first; `next` is the cursor of the following."""

    items: list[RelationOut]
    next: str | None


class NewsOut(Schema):
    """Whose record it is and how many documents are new to the caller: at most twenty are counted.

    `has_more` if there are others; `was_seen` unless she never saw its documents.
    """

    patient: PatientAnswer
    new_documents: int
    has_more: bool
    was_seen: bool


class SeenBody(Schema):
    """The id of the newest document shown."""

    up_to: str = Field(max_length=26)


@endpoint(
    "GET",
    "/v1/professionals/me/patients",
    query=RelationsQuery,
    answers={200: RelationList},
    problems=(Forbidden(),),
)
def list_relations(call: Call[None, RelationsQuery]) -> Answer:
    """List the records open to the professional who asks; it names nobody."""
    query, days = call.query, call.query.ends_within_days
    within = timedelta(days=days) if days else None
    listed = relations.list_relations(call.principal, within, query.cursor, query.limit)
    return Answer(RelationList(items=[_out(one) for one in listed.found], next=listed.next))


@endpoint("GET", _NEWS, answers={200: NewsOut})
def read_news(call: Call[None, NoQuery]) -> Answer:
    """Tell whose record it is and whether it has new documents, without opening them."""
    pid = gate.resolve(call.principal, call.path["pid"])
    wanted = [spaces.person_wish(pid), store.seen_wish(pid, call.principal.id)]
    with gate.enter(
        call.principal, Action.NEWS_READ, pid, wanted=wanted, queries=[news.query(pid)]
    ) as unit:
        patient, found = patients.patient_of(unit), news.count(unit)
    return Answer(
        NewsOut(
            patient=patient_answer(patient),
            new_documents=found.count,
            has_more=found.has_more,
            was_seen=found.was_seen,
        )
    )


@endpoint("PUT", _NEWS, body=SeenBody, answers={204: None})
def mark_news_seen(call: Call[SeenBody, NoQuery]) -> Answer:
    """Note that the documents of a record were seen, up to one; never back."""
    pid, up_to = gate.resolve(call.principal, call.path["pid"]), call.body.up_to
    if not ids.is_id(up_to):
        raise Invalid(errors=(FieldError("/up_to", "refused"),))
    wish = store.seen_wish(pid, call.principal.id)

    def mark() -> None:
        with gate.enter(
            call.principal, Action.NEWS_SEEN, pid, wanted=[wish], opens_record=False
        ) as unit:
            news.mark_seen(unit, up_to)

    until_it_holds(mark)
    return Answer(status=204)


def _out(one: Relation) -> RelationOut:
    return RelationOut(
        patient_id=one.pid,
        since=clock.iso(one.grant.given_at),
        authorised_until=clock.iso(one.grant.valid_until),
        opened=one.grant.first_used_at is not None,
    )
