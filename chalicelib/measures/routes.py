"""Routes of measures."""

from decimal import Decimal
from functools import partial
from typing import Final

from chalicelib.access import gate
from chalicelib.http.endpoint import Answer, Call, NoQuery, endpoint
from chalicelib.measures import targets, usecases
from chalicelib.measures.model import MEASURE_ID
from chalicelib.measures.schemas import (
    MeasureDraft,
    MeasureOut,
    MeasurePage,
    MeasuresQuery,
    TargetBody,
    TargetOut,
    measure_out,
    page_out,
    target_out,
)

_ALL: Final = "/v1/patients/{pid}/measures"
_TARGET: Final = "/v1/patients/{pid}/target"
_of_one = partial(endpoint, path=f"{_ALL}/{{measure_id}}", patterns={"measure_id": MEASURE_ID})


@endpoint("GET", _ALL, query=MeasuresQuery, answers={200: MeasurePage})
def list_measures(call: Call[None, MeasuresQuery]) -> Answer:
    """List weights, blood pressures or both, in the order of when they were taken."""
    pid, query = gate.resolve(call.principal, call.path["pid"]), call.query
    listing = usecases.list_measures(call.principal, pid, query.window(), query.cursor, query.limit)
    return Answer(page_out(listing))


@endpoint("POST", _ALL, body=MeasureDraft, idempotent=True, answers={201: MeasureOut})
def add_measure(call: Call[MeasureDraft, NoQuery]) -> Answer:
    """Add a measure; what is unusual is said, and accepted."""
    pid = gate.resolve(call.principal, call.path["pid"])
    measure = usecases.add_measure(call.principal, pid, call.body.draft(), call.idempotency)
    location = f"/v1/patients/{call.path['pid']}/measures/{measure.id}"
    return Answer(measure_out(measure), status=201, headers={"Location": location})


@_of_one("GET", answers={200: MeasureOut})
def read_measure(call: Call[None, NoQuery]) -> Answer:
    """Read one measure."""
    pid = gate.resolve(call.principal, call.path["pid"])
    return Answer(measure_out(usecases.read_measure(call.principal, pid, call.path["measure_id"])))


@_of_one("DELETE", answers={204: None})
def delete_measure(call: Call[None, NoQuery]) -> Answer:
    """Delete a measure, for everybody."""
    pid = gate.resolve(call.principal, call.path["pid"])
    usecases.delete_measure(call.principal, pid, call.path["measure_id"])
    return Answer(status=204)


@endpoint("GET", _TARGET, answers={200: TargetOut})
def read_target(call: Call[None, NoQuery]) -> Answer:
    """Read the weight that a person wants to reach, if any."""
    pid = gate.resolve(call.principal, call.path["pid"])
    found = targets.read_target(call.principal, pid)
    return Answer(target_out(found), version=found.version)


@endpoint("PUT", _TARGET, body=TargetBody, if_match=True, answers={200: TargetOut})
def set_target(call: Call[TargetBody, NoQuery]) -> Answer:
    """Set the weight to reach, in place of the former one; only who is of age, for herself."""
    pid, said = gate.resolve(call.principal, call.path["pid"]), call.body
    weight, version = Decimal(str(said.weight)), call.if_match or 0
    found = targets.set_target(call.principal, pid, weight, said.by, version)
    return Answer(target_out(found), version=found.version)


@endpoint("DELETE", _TARGET, answers={204: None})
def remove_target(call: Call[None, NoQuery]) -> Answer:
    """Want to reach nothing any more; repeating is harmless."""
    pid = gate.resolve(call.principal, call.path["pid"])
    targets.remove_target(call.principal, pid)
    return Answer(status=204)
