"""What an application asks for in FHIR, that its person lets do everything."""

from collections.abc import Callable
from typing import Any, Final

from bench.asking import Before, Operation, Send, known, remember
from bench.features.agenda import in_days
from bench.features.large import kept
from chalicelib.access.permissions import Permission
from tests.builders import Actor, a_consent, a_pdf, an_application
from tests.fhir.resources import a_document, a_transaction, a_weight, an_appointment
from tests.http_client import Client, Reply
from tests.record.sending import PART
from tests.worlds import World

Body = Callable[[World, str], dict[str, Any]]
_applications: Final[dict[str, Actor]] = {}
_NAME: Final = "urn:exemple|42"


def prepare(world: World, _: Client) -> None:
    """Let an application do everything in the person's record."""
    app = a_consent(world.person, an_application(), *Permission)
    _applications[world.person.pid] = app
    remember(world, patient=str(app.principal.patient))


def application(world: World) -> Actor | None:
    """Return the application that was let in, if one was."""
    return _applications.get(world.person.pid)


def _ask(method: str, path: str, body: Body | None = None, **headers: str) -> Send:
    def send(world: World, http: Client) -> Reply:
        app = _applications[world.person.pid].principal
        return http.request(
            method,
            f"/fhir/R4/{path}".format_map(known(world)),
            as_=app,
            json=body(world, f"Patient/{app.patient}") if body else None,
            headers={"If-Match": 'W/"1"'} | headers if "}" in path else headers,
        )

    return send


def _appointment(patient: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    day = in_days(10)
    span = {"start": f"{day}T09:30:00+01:00", "end": f"{day}T10:00:00+01:00"}
    return an_appointment(patient, **span, **more)


def _new(_: World, patient: str) -> dict[str, Any]:
    return _appointment(patient)


def _named(_: World, patient: str) -> dict[str, Any]:
    system, _sep, value = _NAME.partition("|")
    return _appointment(patient, identifier=[{"system": system, "value": value}])


def _same(world: World, patient: str) -> dict[str, Any]:
    return _appointment(patient, id=known(world)["set"], description="Bilan")


def _measured(_: World, patient: str) -> dict[str, Any]:
    return a_weight(patient)


def _sent(_: World, patient: str) -> dict[str, Any]:
    return a_transaction(patient)


def _deposited(_: World, patient: str) -> dict[str, Any]:
    return a_document(patient, a_pdf())


def _of_its_own(path: str, body: Body, name: str) -> Before:
    """Return what makes something by the application, for paths to name."""

    def before(world: World, http: Client) -> None:
        made = _ask("POST", path, body)(world, http).json()
        remember(world, **{name: made["id"]})

    return before


_set = _of_its_own("Appointment", _new, "set")
_weighed = _of_its_own("Observation", _measured, "weighed")
OPERATIONS: Final = (
    Operation("fhir_patient", _ask("GET", "Patient/{patient}")),
    Operation("fhir_patients", _ask("GET", "Patient?_id={patient}")),
    Operation("fhir_observations", _ask("GET", "Observation?code=29463-7")),
    Operation("fhir_observation", _ask("GET", "Observation/{measure}")),
    Operation("fhir_add_observation", _ask("POST", "Observation", _measured), 201),
    Operation("fhir_delete_observation", _ask("DELETE", "Observation/{weighed}"), 204, _weighed),
    Operation("fhir_transaction", _ask("POST", "", _sent)),
    Operation("fhir_appointments", _ask("GET", "Appointment")),
    Operation("fhir_appointment", _ask("GET", "Appointment/{appointment}")),
    Operation("fhir_add_appointment", _ask("POST", "Appointment", _new), 201),
    Operation("fhir_put_appointment", _ask("PUT", f"Appointment?identifier={_NAME}", _named), 201),
    Operation("fhir_change_appointment", _ask("PUT", "Appointment/{set}", _same), 200, _set),
    Operation("fhir_cancel_appointment", _ask("DELETE", "Appointment/{set}"), 204, _set),
    Operation("fhir_documents", _ask("GET", "DocumentReference")),
    Operation("fhir_document", _ask("GET", "DocumentReference/{document}")),
    Operation("fhir_deposit", _ask("POST", "DocumentReference", _deposited), 201),
    Operation("fhir_binary", _ask("GET", "Binary/{document}")),
    Operation("fhir_slice", _ask("GET", "Binary/{long}", Range=f"bytes={PART}-"), 206, kept),
)
