"""What a person has of her own beside documents: who she is, measures, notices, wishes, history."""

from typing import Final

from bench.asking import Operation, Who, ask, doctor, get, known, laboratory, remember
from chalicelib.audit import keys
from chalicelib.core import clock, events
from chalicelib.core.events import EventType
from chalicelib.notifications import inbox
from chalicelib.prevention import usecases as prevention
from tests.audit import histories
from tests.http_client import Client, Reply
from tests.worlds import World, measure

_PATIENT: Final = "/v1/patients/{pid}"
_MEASURES: Final = _PATIENT + "/measures"
_NOTICES: Final = _PATIENT + "/notices"
_MEASURE: Final = {
    "kind": "weight",
    "at": "2026-11-20T07:30+01:00",
    "values": {"weight": 72.4},
}
_PREFERENCES: Final = {
    "zone": "Indian/Reunion",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "mail": {"document": True, "appointment": True, "prevention": False},
    "remind": {"vaccination": True, "screening": True},
}


def prepare(world: World, _: Client) -> None:
    """Add a measure, tell of a reminder, and look what prevention recommends."""
    who, pid = world.person.principal, world.person.pid
    event = events.new_event(EventType.REMINDER_DUE, pid, known(world)["appointment"])
    inbox.keep(event)
    prevention.begin(pid, clock.now())
    recommended = prevention.list_recommendations(who, pid).items
    remember(world, notice=event.id, measure=measure(who, pid), recommendation=recommended[0][0])


def _up_to(path: str) -> Operation:
    def send(world: World, http: Client) -> Reply:
        body = {"up_to": known(world)["notice"]}
        return ask("PUT", f"{_NOTICES}/{path}", json=body)(world, http)

    return Operation({"read": "read_notices", "deleted": "delete_notices"}[path], send, 204)


def _deleted(world: World, http: Client) -> None:
    ask("DELETE", f"{_NOTICES}/{{notice}}")(world, http)


def _sealed(world: World, _: Client) -> None:
    """Seal the history, as its worker does within seconds."""
    if not keys.published()["keys"]:
        keys.ensure_sealing_key()
    histories.seal(world.person.pid)


def _lookup(name: str, who: Who) -> Operation:
    def send(world: World, http: Client) -> Reply:
        return ask("POST", "/v1/patients/lookup", who, json=world.lookup())(world, http)

    return Operation(name, send)


_answer = ask(
    "PUT", f"{_PATIENT}/prevention/{{recommendation}}", version=0, json={"state": "not_concerned"}
)
_hide = ask("PUT", f"{_PATIENT}/home/cards", version=0, json={"hidden": ["documents"]})
_choose = ask("PUT", f"{_PATIENT}/preferences", version=0, json=_PREFERENCES)
_search = ask("POST", "/v1/professionals/search", json={"family_name": "EXEMPLE"})
_restore = ask("PUT", f"{_NOTICES}/{{notice}}", json={"deleted": False})

OPERATIONS: Final = (
    Operation("me", get("/v1/me")),
    Operation("patient", get(_PATIENT, doctor)),
    Operation("identity", get(f"{_PATIENT}/identity")),
    _lookup("lookup_by_laboratory", laboratory),
    _lookup("lookup_by_doctor", doctor),
    Operation("search_professionals", _search),
    Operation("home", get(f"{_PATIENT}/home")),
    Operation("set_home_cards", _hide),
    Operation("trace_page", get(f"{_PATIENT}/trace")),
    Operation("trace_proof", get(f"{_PATIENT}/trace/proof"), 200, _sealed),
    Operation("measures", get(f"{_MEASURES}?kind=weight")),
    Operation("one_measure", get(f"{_MEASURES}/{{measure}}")),
    Operation("add_measure", ask("POST", _MEASURES, json=_MEASURE), 201),
    Operation("delete_measure", ask("DELETE", f"{_MEASURES}/{{measure}}"), 204),
    Operation("target", get(f"{_PATIENT}/target")),
    Operation("set_target", ask("PUT", f"{_PATIENT}/target", version=0, json={"weight": 68.5})),
    Operation("remove_target", ask("DELETE", f"{_PATIENT}/target"), 204),
    Operation("notices", get(_NOTICES)),
    _up_to("read"),
    Operation("delete_notice", ask("DELETE", f"{_NOTICES}/{{notice}}"), 204),
    Operation("restore_notice", _restore, 204, _deleted),
    _up_to("deleted"),
    Operation("preferences", get(f"{_PATIENT}/preferences")),
    Operation("set_preferences", _choose),
    Operation("prevention", get(f"{_PATIENT}/prevention")),
    Operation("answer_prevention", _answer),
)
