"""Routes of what is recommended: vaccinations, screenings, exams."""

import re
from typing import Final

from chalicelib.access import gate
from chalicelib.http.endpoint import Answer, Call, NoQuery, endpoint
from chalicelib.prevention import usecases
from chalicelib.prevention.model import Choice
from chalicelib.prevention.schemas import AnswerBody, FollowUpOut, follow_up_out

_LIST: Final = "/v1/patients/{pid}/prevention"
_TOKEN: Final = re.compile(r"[0-9]{1,3}\.[a-z2-7]{32}", re.ASCII)


@endpoint("GET", _LIST, answers={200: FollowUpOut})
def list_recommendations(call: Call[None, NoQuery]) -> Answer:
    """Read what is recommended to the person, why, and until when."""
    pid = gate.resolve(call.principal, call.path["pid"])
    found = usecases.list_recommendations(call.principal, pid)
    return Answer(follow_up_out(found), version=found.version)


@endpoint(
    "PUT",
    _LIST + "/{key}",
    body=AnswerBody,
    if_match=True,
    patterns={"key": _TOKEN},
    answers={200: FollowUpOut},
)
def answer_recommendation(call: Call[AnswerBody, NoQuery]) -> Answer:
    """Say that something is done, does not concern one, or waits; `to_plan` takes it back."""
    pid, said = gate.resolve(call.principal, call.path["pid"]), call.body
    found = usecases.answer_recommendation(
        call.principal,
        pid,
        call.path["key"],
        choice=None if said.state == "to_plan" else Choice(said.state),
        on=said.on,
        until=said.until,
        version=call.if_match or 0,
    )
    return Answer(follow_up_out(found), version=found.version)
