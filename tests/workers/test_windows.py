"""One appointment changed again and again is told of a few times, whatever the order (R05, A44)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from chalicelib.core import events
from chalicelib.core.events import Event, EventType
from chalicelib.core.outbox import event_of
from chalicelib.notifications import rules
from chalicelib.notifications.queue import read
from chalicelib.workers import relay
from tests import double
from tests.agenda.test_appointments import added, cancel, change
from tests.faults.stories import waiting
from tests.http_client import Client
from tests.injector import Faults, refused
from tests.reminders.armed import stored
from tests.workers.test_notify import deliver, mails, statuses
from tests.worlds import World

ADDED, CHANGED = EventType.APPOINTMENT_ADDED, EventType.APPOINTMENT_CHANGED
LOST, CANCELLED = EventType.APPOINTMENT_REMINDER_LOST, EventType.APPOINTMENT_CANCELLED
WINDOW = rules.QUIET_WINDOW


def told() -> list[str]:
    """Return the ids of the events in the notice centre, in order."""
    return [row["sk"]["S"] for row in stored("inbox")]


@pytest.fixture
def event(world: World, clock: time_machine.Traveller) -> Callable[..., Event]:
    """Make events of one appointment, each a second after the last."""

    def made(kind: EventType = CHANGED, about: str = "a" * 26) -> Event:
        clock.shift(timedelta(seconds=1))
        return events.new_event(kind, world.person.pid, about)

    double.take_messages()
    return made


def test_fifty_one_changes_are_two_mails(
    world: World, http: Client, clock: time_machine.Traveller
) -> None:
    for row in waiting():
        relay.carry(event_of(row))
    double.take_messages()
    made = added(world, http, world.doctor)
    for version in range(1, 52):
        clock.shift(timedelta(seconds=1))
        changed = change(
            world, http, made["id"], world.doctor, version=version, place=f"Salle {version}"
        )
        assert changed.status == 200, changed.body
    for row in waiting():
        relay.carry(event_of(row))
    before = len(mails())
    sent = [read(body) for body in double.take_messages()]
    assert len(sent) == 52
    assert deliver(*sent) == []
    assert len(mails()) - before == 1
    again = [read(body) for body in double.take_messages()]
    clock.shift(WINDOW)
    assert deliver(*again) == []
    assert double.take_messages() == []
    assert len(mails()) - before == 2
    assert told()[-1] == max(sent, key=lambda one: one.id).id


def test_the_last_waits_for_the_end_of_the_window_and_is_told_then(
    event: Callable[..., Event], clock: time_machine.Traveller
) -> None:
    first, second, third = event(), event(), event()
    assert deliver(first, second, third) == []
    assert told() == [first.id]
    clock.shift(WINDOW)
    assert deliver(second, third) == []
    assert told() == [first.id, third.id]
    assert deliver(first, second, third) == []
    assert (told(), len(mails())) == ([first.id, third.id], 2)


def test_many_messages_of_one_conversation_are_told_now_and_then(  # A44
    event: Callable[..., Event], clock: time_machine.Traveller
) -> None:
    about = "c.1." + "A" * 146
    some = [event(EventType.MESSAGE_ADDED, about) for _ in range(20)]
    assert deliver(*some) == []
    assert (told(), len(mails())) == ([some[0].id], 1)
    clock.shift(WINDOW)
    assert deliver(*some) == []
    assert (told(), len(mails())) == ([some[0].id, some[-1].id], 2)


def test_other_appointments_do_not_wait(event: Callable[..., Event]) -> None:
    some = [event(about=letter * 26) for letter in "abc"]
    assert deliver(*some) == []
    assert told() == [one.id for one in some]


@pytest.mark.parametrize("kind", [LOST, CANCELLED])
def test_what_cannot_wait_does_not_and_tells_of_what_waited(
    event: Callable[..., Event], clock: time_machine.Traveller, kind: EventType
) -> None:
    first, second, third = event(ADDED), event(), event(kind)
    assert deliver(first, second, third) == []
    clock.shift(WINDOW)
    assert deliver(second) == []
    assert told() == [first.id, third.id]


def test_out_of_order_the_older_is_told_of_by_the_newer(event: Callable[..., Event]) -> None:
    first, second = event(), event()
    assert deliver(second, first) == []
    assert told() == [second.id]


def test_a_mail_to_be_tried_again_is_not_forgotten_for_a_newer_one(
    event: Callable[..., Event], clock: time_machine.Traveller, faults: Faults
) -> None:
    first = event()
    faults.on("sesv2.SendEmail", refused("ThrottlingException"))
    assert deliver(first) == []
    clock.shift(WINDOW)
    second = event()
    assert deliver(second, first) == []
    assert [statuses(one) for one in (first, second)] == [[("sent", None)]] * 2


def test_a_cancelled_one_is_told_of_after_a_change_of_the_same_minute(
    world: World, http: Client, clock: time_machine.Traveller
) -> None:
    made = added(world, http, world.doctor)
    clock.shift(timedelta(seconds=1))
    assert change(world, http, made["id"], world.doctor, place="Salle 2").status == 200
    clock.shift(timedelta(seconds=1))
    assert cancel(world, http, made["id"], world.doctor, version=2).status == 204
    for row in waiting():
        relay.carry(event_of(row))
    sent = [read(body) for body in double.take_messages()]
    kinds = {one.type for one in sent if one.reference == made["id"]}
    assert kinds == {ADDED, CHANGED, CANCELLED}
    assert deliver(*sent) == []
    said = [row["type"]["S"] for row in stored("inbox") if row["reference"]["S"] == made["id"]]
    assert said == [ADDED, CANCELLED]
