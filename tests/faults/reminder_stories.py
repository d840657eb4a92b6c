"""What waits for its instant, from the minute's plan to the mailbox, and what a person says of it.

Requests of a person go through the application, as her browser's do: she looks first, and has
nothing to do if it is as she wanted.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chalicelib.audit.model import Trace
from chalicelib.core import clock, events, rows
from chalicelib.core.events import EventType
from chalicelib.notifications import inbox
from chalicelib.prevention import usecases as prevention
from chalicelib.reminders import rules, store
from chalicelib.reminders.store import HeadRow, TickRow
from chalicelib.runtime.wsgi import application
from chalicelib.workers.plan import plan
from chalicelib.workers.remind import remind
from tests import double
from tests.faults.agenda_stories import armed
from tests.http_client import Client, Reply, bearer
from tests.workers.lambda_events import from_queue, serve, tick
from tests.worlds import World, appoint

DUE: Final = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)  # of the world's usual appointment
SUBJECT: Final = prevention.SUBJECT
_known: Final[dict[str, str]] = {}


class Unclear(Exception):  # noqa: N818  an outcome, not a fault
    """The client was not told that it worked."""


# One minute's plan, and the claim of what is due.


def arm_due(world: World, travel: Any) -> None:
    """Set an appointment, and let its reminder be due; other shards have nothing left to do."""
    appoint(world.person.principal, world.person.pid)
    travel.move_to(DUE)
    others = set(rules.ALL_SHARDS) - {rules.shard_of(world.person.pid)}
    for bucket in rules.buckets(rules.bucket_of(DUE - rules.GRACE), DUE + rules.BUCKET):
        row = TickRow(pk="TICK", sk=bucket, kind="tick", shards=others)
        row.ttl = clock.epoch(DUE + rules.ROW_LIFE)
        rows.write([rows.put(row)])


def pair(world: World) -> str:
    bucket, shard = rules.bucket_of(DUE), rules.shard_of(world.person.pid)
    return f'{{"bucket": "{bucket}", "shard": "{shard}"}}'


def plan_a_minute(world: World) -> None:
    del world
    tick(plan)


def planned(world: World) -> bool:
    """Tell whether the pair is in the queue; twice is no harm, since it is claimed once."""
    return pair(world) in double.messages()


def plan_again(world: World, travel: Any) -> None:
    """Let the next minute plan what this one could not."""
    for _ in range(3):
        if planned(world):
            break
        travel.shift(timedelta(minutes=1))
        tick(plan)
    row = rows.get(HeadRow, *store.HEAD_KEY)
    assert row is None or row.bucket <= rules.bucket_of(DUE), "an open bucket was forgotten"


def remind_due(world: World) -> None:
    """Serve the pair, as the queue and every minute's plan bring it again."""
    if serve(remind, from_queue(pair(world))):
        raise Unclear


# What a person answers, reads and chooses.


def sign(world: World) -> None:
    """Sign what her browser holds, before anything is counted."""
    _known["token"] = bearer(world.person.principal)


def ask(world: World, method: str, path: str, body: object = None, version: int = 0) -> Reply:
    headers = {"Authorization": f"Bearer {_known['token']}", "If-Match": f'"v{version}"'}
    target = f"/v1/patients/{world.person.pid}/{path}"
    reply = Client(application).request(method, target, json=body, headers=headers)
    if reply.status >= 400:
        raise Unclear(reply.body)
    return reply


def open_prevention(world: World, travel: Any) -> None:
    """Look once, so that her reminder of prevention is armed."""
    del travel
    sign(world)
    items = ask(world, "GET", "prevention").json()["items"]
    _known["key"] = next(one["key"] for one in items if one["state"] == "to_plan")


def follow_up(world: World) -> tuple[str, int]:
    found = ask(world, "GET", "prevention").json()
    state = next(one["state"] for one in found["items"] if one["key"] == _known["key"])
    return state, found["version"]


def put_off(world: World) -> None:
    state, version = follow_up(world)
    if state != "later":
        body = {"state": "later", "until": "2027-01-05"}
        ask(world, "PUT", f"prevention/{_known['key']}", body, version)


def answered(world: World) -> tuple[str, list[str]]:
    """Return the state, and the days of the reminders armed with it."""
    return follow_up(world)[0], [at[:10] for at in armed(world.person.pid, SUBJECT)]


def receive_notices(world: World, travel: Any) -> None:
    """Let two documents be announced to her, a minute apart."""
    sign(world)
    for name in ("older", "newer"):
        event = events.new_event(EventType.DOCUMENT_ADDED, world.person.pid, world.document)
        inbox.keep(event)
        _known[name] = event.id
        travel.shift(timedelta(minutes=1))


def centre(world: World) -> tuple[int, int]:
    """Return how many notices she has, and how many are unread."""
    found = ask(world, "GET", "notices").json()
    return len(found["items"]), found["unread"]


def read_notices(world: World) -> None:
    ask(world, "PUT", "notices/read", {"up_to": _known["newer"]})


def delete_notice(world: World) -> None:
    ask(world, "DELETE", f"notices/{_known['older']}")


def delete_notices(world: World) -> None:
    ask(world, "PUT", "notices/deleted", {"up_to": _known["newer"]})


def keep_token(world: World, travel: Any) -> None:
    del travel
    sign(world)


def choose(world: World) -> None:
    before = ask(world, "GET", "preferences").json()
    if before["zone"] != "Pacific/Noumea":
        chosen = {name: before[name] for name in ("quiet_from", "quiet_until", "mail")}
        ask(world, "PUT", "preferences", chosen | {"zone": "Pacific/Noumea"}, before["version"])


def chosen(world: World) -> tuple[str, int]:
    found = ask(world, "GET", "preferences").json()
    return found["zone"], found["version"]


# What must be in the history.


def no_trace(world: World, tries: int) -> None:
    """Workers act for nobody: who set the reminder is in the history already."""
    del world, tries


def once(action: str, history: Callable[[World], list[Trace]]) -> Callable[[World, int], Any]:
    """Require one trace: the version says that it is done."""
    return _between(action, history, lambda _: 1)


def at_each_try(
    action: str, history: Callable[[World], list[Trace]]
) -> Callable[[World, int], Any]:
    """Require a trace of each time it was done: doing it again changes nothing, and is allowed."""
    return _between(action, history, lambda tries: tries)


def _between(
    action: str, history: Callable[[World], list[Trace]], most: Callable[[int], int]
) -> Callable[[World, int], str | None]:
    def check(world: World, tries: int) -> str | None:
        done = [one for one in history(world) if (one.action, one.outcome) == (action, "allowed")]
        return None if 1 <= len(done) <= most(tries) else f"{len(done)} traces of {action}"

    return check
