"""Hidden means absent: what is hidden from a reader changes nothing of what she is answered (D15).

For random records, readers and requests, the answer is byte for byte the one she gets once what is
hidden from her was removed from the stores; for what is asked by id, so is the number of calls.
What is hidden from whom is said here by hand, and not asked of the product.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.access import tokens
from chalicelib.access.permissions import Permission
from chalicelib.agenda import usecases as agenda
from chalicelib.agenda.model import Draft as AppointmentDraft
from chalicelib.core import aws as cloud
from chalicelib.core import clock as product_clock
from chalicelib.core.rows import table_name
from chalicelib.http.principal import ActorKind
from chalicelib.journeys.attachments import accept_joined
from chalicelib.messaging import attachments, messages, references
from chalicelib.messaging import usecases as messaging
from chalicelib.messaging.attachments import Content
from chalicelib.messaging.model import Draft as Letter
from chalicelib.messaging.model import Joined, Opening
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft, Visibility
from tests import double
from tests.builders import Actor, a_consent, a_doctor, a_grant, a_pdf, an_application, represent
from tests.fhir.resources import an_appointment
from tests.http_client import Client
from tests.recorder import recorder
from tests.worlds import World, measure

pytestmark = pytest.mark.slow

EXAMPLES: Final = 20
EXAMPLES_OF_MINORS: Final = 4
EXAMPLES_OF_WAITING: Final = 6
CLINICAL: Final = ("11488-4", "11502-2", "34874-8")
# By the proposed matrix (p80) a podologist reads no operation report, nor what patients deposit.
NOT_FOR_PODOLOGIST: Final = {"34874-8", None}
AUTHORS: Final = {
    "document": ("person", "laboratory", "doctor", "application"),
    "appointment": ("person", "laboratory", "doctor", "podologist", "application"),
    "conversation": ("laboratory", "doctor", "podologist"),
    "measure": ("person", "application"),
}
# An application that may only write: what is not its own is hidden from it.
READERS: Final = ("doctor", "podologist", "laboratory", "application")
WRITING: Final = [one for one in Permission if one.endswith(":write")]
_STATUSES: Final = ("booked", "cancelled")
_INTERACTIONS: Final = {
    "document": (("GET", "DocumentReference"), ("GET", "Binary")),
    "measure": (("GET", "Observation"), ("DELETE", "Observation")),
    "appointment": (("GET", "Appointment"), ("PUT", "Appointment"), ("DELETE", "Appointment")),
}
LAST_OF_ALL: Final = "7" + "Z" * 25
_CURSOR: Final = re.compile(r'"next":"[^"]*"')
# The id of a message is drawn as it is sent, and its instant follows from it.
_MADE: Final = re.compile(r'"id":"[^"]*","sent_at":"[^"]*"')


@dataclass(frozen=True, slots=True)
class Planned:
    """Something to put into the record: what, by whom, of which type."""

    kind: str
    author: str
    code: str | None
    is_secret: bool = False  # kept by a minor from who represents her
    is_withheld: bool = False  # from the person and her side, until it is announced


@dataclass(frozen=True, slots=True)
class Thing:
    """Something in the record; `also` names a conversation's attachment, or a measure's row."""

    planned: Planned
    id: str
    also: str = ""


def planned() -> st.SearchStrategy[Planned]:
    def of(kind: str) -> st.SearchStrategy[Planned]:
        codes = st.sampled_from(CLINICAL)
        return st.builds(Planned, st.just(kind), st.sampled_from(AUTHORS[kind]), codes)

    return st.sampled_from(list(AUTHORS)).flatmap(of)


# What a minor's professionals deposit, some of it kept from who represents her.
MINORS: Final = st.lists(
    st.builds(
        Planned,
        st.just("document"),
        st.sampled_from(("laboratory", "doctor")),
        st.sampled_from(CLINICAL),
        st.booleans(),
    ),
    min_size=2,
    max_size=4,
).filter(lambda found: any(one.is_secret for one in found))
WAITING: Final = st.lists(
    st.builds(
        Planned,
        st.just("document"),
        st.sampled_from(("laboratory", "doctor")),
        st.sampled_from(CLINICAL),
        st.just(value=False),
        st.booleans(),
    ),
    min_size=2,
    max_size=4,
).filter(lambda found: any(one.is_withheld for one in found))
# `allowed`: an application that reads what she reads.
HER_SIDE: Final = ("person", "representative", "allowed")
RECORDS: Final = st.lists(planned(), min_size=2, max_size=7)


def is_hidden(reader: str, one: Planned) -> bool:
    """Tell by hand whether something is hidden from a reader."""
    if reader in HER_SIDE:
        return one.is_withheld or (one.is_secret and reader == "representative")
    alone = reader in {"laboratory", "application"}
    if alone or one.kind in {"appointment", "conversation", "measure"}:
        return one.author != reader
    code = None if one.author == "person" else one.code
    return reader == "podologist" and code in NOT_FOR_PODOLOGIST


def put(one: Planned, actors: dict[str, Actor], pid: str, number: int) -> Thing:
    """Put something into the record, through the product."""
    actor = actors[one.author].principal
    if one.kind == "document":
        code = None if actor.kind is ActorKind.PERSON else one.code
        shown = Visibility.NOT_REPRESENTATIVES if one.is_secret else Visibility.NORMAL
        reason = "Consultation à venir" if one.is_withheld else None
        if one.is_withheld:
            shown = Visibility.NOT_PATIENT
        draft = Draft(
            f"Document {number}", code, None, "application/pdf", None, None, shown, reason
        )
        return Thing(one, record.add_document(actor, pid, draft, a_pdf(), None).id)
    if one.kind == "appointment":
        start = f"2026-12-{number + 1:02d}T09:30"
        asked = AppointmentDraft(
            "Suivi",
            False,
            start,
            None,
            "Europe/Paris",
            None,
            None,
            None,
            None,
            (),
        )
        return Thing(one, agenda.add_appointment(actor, pid, asked, None).appointment.id)
    if one.kind == "measure":
        made = measure(actor, pid)
        return Thing(one, made, made.rpartition(".")[2])
    opening = Opening(f"Sujet {number}", "Bonjour", as_team=False)
    made = messaging.open_conversation(actor, pid, opening, None).conversation.id
    ref = references.read(made)
    joined = attachments.add_attachment(actor, ref, lambda _: Content(a_pdf()), accept_joined, None)
    messages.send_message(actor, ref, Letter("Voici", (Joined(joined.id, "Pièce"),)), None)
    return Thing(one, made, joined.id)


def remove(thing: Thing) -> None:
    """Take something out of the stores, as if it had never been put there."""
    names = {thing.id, thing.also} - {""}
    if thing.planned.kind == "conversation":
        names.add(references.read(thing.id).thread)
    removed = 0
    for table in ("record", "messaging"):
        for (pk, sk), item in double.tables()[table_name(table)].items():
            about = item.get("document_id", {}).get("S")
            if names & set(sk.split("#")) or about in names:
                place = {"pk": {"S": pk}, "sk": {"S": sk}}
                cloud.client("dynamodb").delete_item(TableName=table_name(table), Key=place)
                removed += 1
    assert removed, thing


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a reader; `is_by_id` of a thing, else a list, which is followed to its end."""

    method: str
    target: str
    is_by_id: bool = True
    body: Any = None


def requests(
    reader: str, subject: str, things: list[Thing], authors: Sequence[str] = ()
) -> Iterator[Asked]:
    """Give everything a reader may ask of what is there, and of what is not for her.

    `authors`: how the record names those who wrote in it, hidden or not.
    """
    if reader in {"application", "allowed"}:
        yield from _in_fhir(subject, things)
        return
    base = f"/v1/patients/{subject}"
    if reader in HER_SIDE:
        yield from _of_her_side(base, things, authors)
        return
    for query in (
        "limit=1",
        "limit=3",
        "category=CPT_REND",
        "category=BIOLOGIE",
        "from=2026-01-01",
        "specialty=S30",
        "specialty=S42",
        *(f"author={one}" for one in authors),
    ):
        yield Asked("GET", f"{base}/documents?{query}", is_by_id=False)
    yield Asked("GET", f"{base}/news")
    yield Asked("GET", f"{base}/measures?limit=1", is_by_id=False)
    for query in ("limit=1", "limit=50"):
        yield Asked("GET", f"{base}/appointments?{query}", is_by_id=False)
        box = "team" if reader == "laboratory" else "own"
        yield Asked("GET", f"/v1/conversations?box={box}&{query}", is_by_id=False)
    for thing in things:
        yield from _of(thing, base)


def _of_her_side(base: str, things: list[Thing], authors: Sequence[str]) -> Iterator[Asked]:
    for query in ("limit=1", "category=CPT_REND", *(f"author={one}" for one in authors)):
        yield Asked("GET", f"{base}/documents?{query}", is_by_id=False)
    # Without what the reader does herself, which each page would add to.
    for query in ("others=true", "others=true&outcome=refused"):
        yield Asked("GET", f"{base}/trace?{query}", is_by_id=False)
    for path in ("/home", "/notices"):
        yield Asked("GET", base + path, is_by_id=False)
    for thing in things:
        yield Asked("PUT", f"{base}/documents/{thing.id}/visibility", body={"visibility": "normal"})
        yield from _of(thing, base)


def _in_fhir(name: str, things: list[Thing]) -> Iterator[Asked]:
    for query in ("Observation?code=29463-7", "Appointment?_count=1", "DocumentReference"):
        yield Asked("GET", f"/fhir/R4/{query}")
    for thing in things:
        for method, kind in _INTERACTIONS.get(thing.planned.kind, ()):
            one = f"/fhir/R4/{kind}/{thing.id}"
            if method != "PUT":
                yield Asked(method, one)
                continue
            body = an_appointment(f"Patient/{name}", id=thing.id)
            yield from (Asked(method, one, body=body | {"status": it}) for it in _STATUSES)


def _of(thing: Thing, base: str) -> Iterator[Asked]:
    if thing.planned.kind == "document":
        for part in ("", "/content", "/narrative"):
            yield Asked("GET", f"{base}/documents/{thing.id}{part}")
        yield Asked("PUT", f"{base}/news", body={"up_to": thing.id})
        yield Asked("DELETE", f"{base}/documents/{thing.id}?reason=duplicate")
    elif thing.planned.kind == "appointment":
        for part in ("", "/ics"):
            yield Asked("GET", f"{base}/appointments/{thing.id}{part}")
        yield Asked("PATCH", f"{base}/appointments/{thing.id}", body={"place": "Ailleurs"})
    elif thing.planned.kind == "measure":
        for method in ("GET", "DELETE"):
            yield Asked(method, f"{base}/measures/{thing.id}")
    else:
        one = f"/v1/conversations/{thing.id}"
        for part in ("", "/messages", f"/attachments/{thing.also}/content"):
            yield Asked("GET", one + part)
        yield Asked("POST", f"{one}/messages", body={"body": "Bien reçu"})
        yield Asked("POST", f"{one}/read", body={"up_to": LAST_OF_ALL})
        yield Asked("POST", f"{one}/close")


def answer(http: Client, reader: Actor, asked: Asked) -> list[tuple[object, ...]]:
    """Return all that a reader is told, page after page, and what an answer by id costs."""
    found: list[tuple[object, ...]] = []
    target: str | None = asked.target
    while target:
        recorder.clear()
        reply = http.request(
            asked.method,
            target,
            as_=reader.principal,
            json=asked.body,
            headers={
                "If-Match": 'W/"1"' if target.startswith("/fhir/") else '"v1"',
                "Idempotency-Key": "absent-or-hidden",
            },
        )
        headers = sorted(
            pair for pair in reply.headers if pair[0] not in {"X-Request-Id", "Content-Length"}
        )
        text = _CURSOR.sub('"next":"…"', reply.body.decode("latin-1"))
        if asked.method == "POST":
            text = _MADE.sub('"id":"…","sent_at":"…"', text)
        cost = sorted(recorder.counted.items()) if asked.is_by_id else None
        found.append((reply.status, text, headers, cost))
        more = None if asked.is_by_id or reply.status != 200 else json.loads(reply.body).get("next")
        target = f"{asked.target}&cursor={more}" if more else None
    return found


def answers(
    http: Client, reader: Actor, asked: list[Asked], state: double.Snapshot
) -> list[list[tuple[object, ...]]]:
    """Ask everything of one state, which only what is not a reading changes."""
    found = []
    is_fresh = False
    for one in asked:
        if not is_fresh:
            double.restore(state)
        found.append(answer(http, reader, one))
        is_fresh = one.method == "GET"
    return found


def authors_of(http: Client, world: World) -> list[str]:
    """Return how her record names each author, as the person is told."""
    target = f"/v1/patients/{world.person.pid}/documents?limit=50"
    listed = http.get(target, as_=world.person.principal).json()["items"]
    return sorted({one["author"]["ref"] for one in listed if one["author"]["ref"]})


@pytest.fixture
def around(world: World) -> dict[str, Actor]:
    """Give everybody who writes or reads, each with her right."""
    podologist = a_doctor(profession_code="80")
    a_grant(world.person, podologist)
    return {
        "person": world.person,
        "doctor": world.doctor,
        "podologist": podologist,
        "laboratory": world.laboratory,
        "application": a_consent(world.person, an_application(), *WRITING),
    }


def test_what_is_hidden_changes_nothing_of_what_is_answered(
    clock: time_machine.Traveller,
    world: World,
    http: Client,
    around: dict[str, Actor],
    record_property: Callable[[str, object], None],
) -> None:
    del clock
    fresh = double.snapshot()
    compared = {"requests": 0, "with something hidden": 0}

    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(RECORDS, st.sampled_from(READERS))
    def holds(wanted: list[Planned], reader: str) -> None:
        double.restore(fresh)
        pid, actor = world.person.pid, around[reader]
        things = [put(one, around, pid, number) for number, one in enumerate(wanted)]
        hidden = [one for one in things if is_hidden(reader, one.planned)]
        subject = pid
        if reader == "laboratory":
            subject = tokens.new_handle(pid, actor.id, product_clock.now())[0]
        if reader == "application":
            subject = actor.principal.patient
        whole = double.snapshot()
        authors = authors_of(http, world)
        double.restore(whole)
        for one in hidden:
            remove(one)
        without = double.snapshot()
        asked = list(requests(reader, subject, things, authors))
        told = [answers(http, actor, asked, state) for state in (whole, without)]
        for one, with_it, without_it in zip(asked, *told, strict=True):
            assert with_it == without_it, (reader, one)
        compared["requests"] += len(asked)
        compared["with something hidden"] += len(asked) * bool(hidden)

    holds()
    record_property("survived", f"hidden means absent: {compared} in {EXAMPLES} records")
    assert compared["with something hidden"] > EXAMPLES * 5


def test_what_a_minor_keeps_secret_changes_nothing_of_what_her_parent_is_answered(  # R-MIN-03
    clock: time_machine.Traveller, world: World, http: Client, around: dict[str, Actor]
) -> None:
    del clock
    pid, parent = world.person.pid, world.other
    represent(parent, pid)
    fresh = double.snapshot()
    hid: list[int] = []

    @settings(
        max_examples=EXAMPLES_OF_MINORS,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(MINORS)
    def holds(wanted: list[Planned]) -> None:
        double.restore(fresh)
        things = [put(one, around, pid, number) for number, one in enumerate(wanted)]
        hidden = [one for one in things if is_hidden("representative", one.planned)]
        authors = authors_of(http, world)
        whole = double.snapshot()
        for one in hidden:
            remove(one)
        without = double.snapshot()
        asked = list(requests("representative", pid, things, authors))
        told = [answers(http, parent, asked, state) for state in (whole, without)]
        for one, with_it, without_it in zip(asked, *told, strict=True):
            assert with_it == without_it, one
        hid.append(len(hidden))

    holds()
    assert sum(hid) >= EXAMPLES_OF_MINORS


def test_what_waits_to_be_announced_changes_nothing_of_what_her_side_is_answered(  # R-CNF-05
    clock: time_machine.Traveller, world: World, http: Client, around: dict[str, Actor]
) -> None:
    del clock
    pid = world.person.pid
    represent(world.other, pid)
    readers = around | {
        "representative": world.other,
        "allowed": a_consent(world.person, an_application(), *Permission),
    }
    fresh = double.snapshot()
    hid: list[int] = []

    @settings(
        max_examples=EXAMPLES_OF_WAITING,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(WAITING, st.sampled_from(HER_SIDE))
    def holds(wanted: list[Planned], reader: str) -> None:
        double.restore(fresh)
        actor = readers[reader]
        subject = actor.principal.patient if reader == "allowed" else pid
        things = [put(one, around, pid, number) for number, one in enumerate(wanted)]
        hidden = [one for one in things if is_hidden(reader, one.planned)]
        authors = authors_of(http, world)
        whole = double.snapshot()
        for one in hidden:
            remove(one)
        without = double.snapshot()
        asked = list(requests(reader, subject, things, authors))
        told = [answers(http, actor, asked, state) for state in (whole, without)]
        for one, with_it, without_it in zip(asked, *told, strict=True):
            assert with_it == without_it, (reader, one)
        hid.append(len(hidden))

    holds()
    assert sum(hid) >= EXAMPLES_OF_WAITING


def test_the_property_sees_a_hidden_thing_that_shows(
    clock: time_machine.Traveller, world: World, http: Client, around: dict[str, Actor]
) -> None:
    """A reader who sees the document is answered otherwise once it is gone."""
    del clock
    thing = put(Planned("document", "laboratory", "34874-8"), around, world.person.pid, 1)
    asked = next(requests("doctor", world.person.pid, [thing]))
    told = answer(http, around["doctor"], asked)
    remove(thing)
    assert told != answer(http, around["doctor"], asked)
