"""`Observation`, alone or in the transaction that brings it with its device."""

from functools import partial
from typing import Any, Final

from chalicelib.fhir import mapping_observation, mapping_transaction, subjects
from chalicelib.fhir.answers import answered, changed, made, told
from chalicelib.fhir.bundles import Resource, searchset, transaction_response
from chalicelib.fhir.mapping_observation import Given
from chalicelib.fhir.queries import ObservationSearch
from chalicelib.http.endpoint import FHIR, Answer, Call, NoQuery, endpoint
from chalicelib.measures import usecases
from chalicelib.measures.model import MEASURE_ID, Measure, Window

_ALL: Final = "/fhir/R4/Observation"
_of_one = partial(
    endpoint, path=f"{_ALL}/{{observation_id}}", patterns={"observation_id": MEASURE_ID}
)


@endpoint("GET", _ALL, query=ObservationSearch, answers={200: FHIR})
def search_observations(call: Call[None, ObservationSearch]) -> Answer:
    """Search measures of one kind, newest first."""
    query, span = call.query, call.query.span()
    pid = subjects.named(call.principal, query.patient, query.subject)
    window = Window(
        query.kind(),
        span.first,
        span.last,
        span.since,
        span.until,
        oldest_first=query.sort == "date",
    )
    listing = usecases.list_measures(call.principal, pid, window, query.cursor, query.limit)
    patient = subjects.reference(call.principal)
    found = [mapping_observation.written(one, patient) for one in listing.items]
    asked = list(query.asked())
    return Answer(searchset(subjects.base(), "Observation", asked, found, listing.next))


@endpoint("POST", _ALL, accepts=FHIR, idempotent=True, answers={201: FHIR})
def create_observation(call: Call[dict[str, Any], NoQuery]) -> Answer:
    """Add a measure."""
    measure = _add(call, mapping_observation.read(call.body))
    return changed(call, _written(call, measure), status=201)


@_of_one("GET", answers={200: FHIR})
def read_observation(call: Call[None, NoQuery]) -> Answer:
    """Read a measure."""
    pid = subjects.own(call.principal)
    measure = usecases.read_measure(call.principal, pid, call.path["observation_id"])
    return answered(_written(call, measure))


@_of_one("DELETE", answers={204: None})
def delete_observation(call: Call[None, NoQuery]) -> Answer:
    """Delete a measure that the application added."""
    pid = subjects.own(call.principal)
    usecases.delete_measure(call.principal, pid, call.path["observation_id"])
    return Answer(status=204)


@endpoint("POST", "/fhir/R4", accepts=FHIR, idempotent=True, answers={200: FHIR})
def transact(call: Call[dict[str, Any], NoQuery]) -> Answer:
    """Add a measure that comes in a transaction, with what took it."""
    asked = mapping_transaction.read(call.body)
    measure = _add(call, asked.given)
    answers = {"Observation": _created(measure), "Device": {"status": "200 OK"}}
    return Answer(transaction_response([answers[kind] for kind in asked.kinds]))


def _created(measure: Measure) -> Resource:
    location = f"{subjects.base()}/Observation/{measure.id}"
    return {"status": "201 Created", "location": location, "etag": 'W/"1"'}


def _add(call: Call[Any, Any], given: Given) -> Measure:
    pid = subjects.named(call.principal, given.patient)
    return told(
        given.places,
        lambda: made(call, lambda key: usecases.add_measure(call.principal, pid, given.draft, key)),
    )


def _written(call: Call[Any, Any], measure: Measure) -> Resource:
    return mapping_observation.written(measure, subjects.reference(call.principal))
