"""`Appointment`: set, moved, cancelled; and the link to one that somebody else set."""

from functools import partial
from typing import Any, Final

from chalicelib.agenda import lists, rules, usecases
from chalicelib.agenda.lists import Window
from chalicelib.agenda.showing import Shown
from chalicelib.fhir import mapping_appointment, subjects
from chalicelib.fhir.answers import answered, changed, made, told
from chalicelib.fhir.bundles import Resource, searchset
from chalicelib.fhir.mapping_appointment import PLACES
from chalicelib.fhir.queries import AppointmentName, AppointmentSearch
from chalicelib.http.endpoint import FHIR, Answer, Call, NoQuery, endpoint

_ALL: Final = "/fhir/R4/Appointment"
_of_one = partial(endpoint, path=f"{_ALL}/{{appointment_id}}")


@endpoint("GET", _ALL, query=AppointmentSearch, answers={200: FHIR})
def search_appointments(call: Call[None, AppointmentSearch]) -> Answer:
    """Search appointments by the days on which they begin, soonest first."""
    query, span = call.query, call.query.span()
    pid = subjects.named(call.principal, query.patient, query.actor)
    window = Window(span.first or rules.OLDEST, span.last, begins=True)
    listing = lists.list_appointments(call.principal, pid, window, query.cursor, query.limit)
    found = [_written(call, one) for one in listing.items]
    asked = list(query.asked())
    return Answer(searchset(subjects.base(), "Appointment", asked, found, listing.next))


@endpoint("POST", _ALL, accepts=FHIR, idempotent=True, answers={201: FHIR})
def create_appointment(call: Call[dict[str, Any], NoQuery]) -> Answer:
    """Set an appointment."""
    given = mapping_appointment.read(call.body)
    pid = subjects.named(call.principal, given.patient)
    one = told(
        PLACES,
        lambda: made(
            call, lambda key: usecases.add_appointment(call.principal, pid, given.draft, key)
        ),
    )
    return changed(call, _written(call, one), status=201)


@_of_one("GET", answers={200: FHIR})
def read_fhir_appointment(call: Call[None, NoQuery]) -> Answer:
    """Read an appointment."""
    pid = subjects.own(call.principal)
    one = usecases.read_appointment(call.principal, pid, call.path["appointment_id"])
    return answered(_written(call, one))


@endpoint("PUT", _ALL, accepts=FHIR, query=AppointmentName, answers={200: FHIR, 201: FHIR})
def put_appointment(call: Call[dict[str, Any], AppointmentName]) -> Answer:
    """Set the appointment of an identifier, or make it what is sent (GAP)."""
    given = mapping_appointment.read(call.body, identifier=call.query.identifier)
    pid = subjects.named(call.principal, given.patient)
    shown, is_new = told(
        PLACES,
        lambda: usecases.put_appointment(
            call.principal,
            pid,
            given.draft,
            lambda before: mapping_appointment.changes(before, given.draft),
        ),
    )
    return changed(call, _written(call, shown), status=201 if is_new else 200)


@_of_one("PUT", accepts=FHIR, if_match=True, answers={200: FHIR})
def update_appointment(call: Call[dict[str, Any], NoQuery]) -> Answer:
    """Change or cancel an appointment that the application set; or the link of another."""
    given = mapping_appointment.read(call.body, is_new=False, known_id=call.path["appointment_id"])
    pid, one, version = subjects.named(call.principal, given.patient), call.path, call.if_match or 0
    if given.is_cancelled:
        usecases.cancel_appointment(call.principal, pid, one["appointment_id"], version)
        patient = subjects.reference(call.principal)
        gone = mapping_appointment.cancelled(one["appointment_id"], version + 1, patient)
        return changed(call, gone)
    shown = told(
        PLACES,
        lambda: usecases.change_appointment(
            call.principal,
            pid,
            one["appointment_id"],
            lambda before: mapping_appointment.changes(before, given.draft),
            version,
        ),
    )
    return changed(call, _written(call, shown))


@_of_one("DELETE", answers={204: None})
def delete_appointment(call: Call[None, NoQuery]) -> Answer:
    """Cancel an appointment that the application set."""
    pid = subjects.own(call.principal)
    usecases.cancel_appointment(call.principal, pid, call.path["appointment_id"], None)
    return Answer(status=204)


def _written(call: Call[Any, Any], one: Shown) -> Resource:
    return mapping_appointment.written(one.appointment, subjects.reference(call.principal))
