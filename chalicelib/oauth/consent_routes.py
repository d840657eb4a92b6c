"""Routes of consents: what is asked of a person, what she gave, and how she takes it back."""

import re
from typing import Final

from chalicelib.access import gate
from chalicelib.core import clock
from chalicelib.core.errors import Conflict, Invalid
from chalicelib.http.endpoint import Answer, Call, NoQuery, endpoint
from chalicelib.oauth import agreement, authorize, consents
from chalicelib.oauth.rules import MAX_CONSENTS
from chalicelib.oauth.schemas import (
    Agreement,
    ConsentChanges,
    ConsentDraft,
    ConsentGiven,
    ConsentList,
    ConsentOut,
    ConsentRequest,
    ConsentRequestOut,
    consent_out,
    given_out,
    request_out,
)

_ALL: Final = "/v1/patients/{pid}/consents"
_ONE: Final = "/v1/patients/{pid}/consents/{ref}"
_REF: Final = {"ref": re.compile(r"1\.[a-z2-7]{32}", re.ASCII)}


@endpoint(
    "POST",
    "/v1/consent-requests",
    public=True,
    body=ConsentRequest,
    answers={200: ConsentRequestOut},
    problems=[Invalid("consent-request-over")],
)
def describe_consent_request(call: Call[ConsentRequest, NoQuery]) -> Answer:
    """Say which application asks for what, before the person is known."""
    return Answer(request_out(authorize.describe(call.body.request, clock.now())))


@endpoint("GET", _ALL, answers={200: ConsentList})
def list_consents(call: Call[None, NoQuery]) -> Answer:
    """List the applications that the person let in, now and before, and what they did."""
    pid = gate.resolve(call.principal, call.path["pid"])
    found = consents.list_consents(call.principal, pid)
    return Answer(ConsentList(items=[consent_out(one) for one in found]))


@endpoint(
    "POST",
    _ALL,
    body=ConsentDraft,
    idempotent=True,
    answers={201: ConsentGiven},
    problems=[Invalid("consent-request-over"), Conflict("too-many-consents", limit=MAX_CONSENTS)],
)
def give_consent(call: Call[ConsentDraft, NoQuery]) -> Answer:
    """Let an application do what is turned on, and nothing else."""
    pid, body = gate.resolve(call.principal, call.path["pid"]), call.body
    given = consents.give_consent(
        call.principal,
        pid,
        body.request,
        permissions=body.permissions,
        months=body.months,
        idempotency=call.idempotency,
    )
    return Answer(given_out(given), status=201, version=given.consent.version)


@endpoint(
    "PATCH",
    _ONE,
    body=ConsentChanges,
    if_match=True,
    patterns=_REF,
    answers={200: ConsentOut},
    problems=[Conflict("consent-over")],
)
def change_consent(call: Call[ConsentChanges, NoQuery]) -> Answer:
    """Turn some lines of a consent off, effective on the application's next call."""
    pid = gate.resolve(call.principal, call.path["pid"])
    changed = consents.change_consent(
        call.principal, pid, call.path["ref"], call.body.permissions, call.if_match or 0
    )
    return Answer(consent_out(changed), version=changed.version)


@endpoint(
    "PUT",
    _ONE + "/terms",
    body=Agreement,
    if_match=True,
    patterns=_REF,
    answers={200: ConsentOut},
    problems=[Conflict("consent-over"), Conflict("application-suspended")],
)
def agree_to_terms(call: Call[Agreement, NoQuery]) -> Answer:
    """Agree to what the application says now; lines that were off for it act on its next call."""
    pid = gate.resolve(call.principal, call.path["pid"])
    agreed = agreement.agree(
        call.principal, pid, call.path["ref"], call.body.version, call.if_match or 0
    )
    return Answer(consent_out(agreed), version=agreed.version)


@endpoint("DELETE", _ONE, patterns=_REF, answers={204: None})
def withdraw_consent(call: Call[None, NoQuery]) -> Answer:
    """Take a consent back, effective on the application's next call."""
    pid = gate.resolve(call.principal, call.path["pid"])
    consents.withdraw_consent(call.principal, pid, call.path["ref"])
    return Answer(status=204)
