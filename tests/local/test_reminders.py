"""Reminders on the running product: the schedule, the queue, and each function's own rights.

One waiting period for all: what is due tells once, what moved tells at its new time only, what was
cancelled never does, and whoever has no address is told in the product.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from infra.local import deploy
from infra.local.client import Caller, Reply
from tests.stack import Stack

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("clock")]  # they mostly wait

ZONE: Final = "Europe/Paris"
MINUTE: Final = timedelta(minutes=1)
SETTLED: Final = timedelta(seconds=25)  # enough to set, move and cancel before anything is due
TOLD_SECONDS: Final = 90
# Nothing of it may be in a mail (D13): title, place, professional, note.
MARKS: Final = ("coloscopie", "bergamote", "exemple-leroy", "à jeun")
WORK: Final = f"{deploy.PREFIX}-work"


@dataclass(slots=True)
class Person:
    """Somebody logged in, and her record."""

    caller: Caller
    pid: str
    email: str

    def ask(
        self, method: str, path: str, status: int, body: object = None, *, version: int = 0
    ) -> Any:
        """Send one request, require how it ends, and return what came back."""
        headers = {"If-Match": f'"v{version}"', "Idempotency-Key": str(time.time_ns())}
        target = f"/v1/patients/{self.pid}/{path}"
        reply: Reply = self.caller.request(method, target, json_body=body, headers=headers)
        assert reply.status == status, reply.body
        return reply.json() if reply.body else None

    def appoint(self, name: str, start: datetime) -> Any:
        """Set an appointment with a reminder two minutes before."""
        draft = {
            "title": f"Coloscopie {name}, Dr EXEMPLE-LEROY",
            "place": "Clinique Bergamote",
            "note": "Venir à jeun",
            "start": f"{start:%Y-%m-%dT%H:%M}",
            "zone": ZONE,
            "reminders": [2],
        }
        return self.ask("POST", "appointments", 201, draft)

    def reminded_of(self) -> list[str]:
        """Return what the notice centre says of reminders, the last first."""
        notices = self.ask("GET", "notices", 200)["items"]
        return [one["text"] for one in notices if one["type"] == "reminder.due"]


@pytest.fixture
def gerard(stack: Stack) -> Iterator[Person]:
    """Log in somebody to whom no other test sends anything: each mail to him is of this one."""
    with _awake(stack, "gerard", "gerard.pat-quatre@exemple.example") as person:
        until = time.time() + TOLD_SECONDS
        assert waited_for(lambda: _seed_is_told(stack, person), until), stack.tail()
        yield person


@pytest.fixture
def dominique(stack: Stack) -> Iterator[Person]:
    """Log in somebody whose address is not known: her provider gave none."""
    address = "dominique.pat-trois@exemple.example"
    with _awake(stack, "dominique", address) as person:
        forget_addresses(stack, person)
        yield person
    Caller(stack.url).log_in("franceconnect", "dominique")  # the provider gives it again


@contextmanager
def _awake(stack: Stack, persona: str, email: str) -> Iterator[Person]:
    """Log in, without quiet hours: the test runs at night as well."""
    caller = Caller(stack.url)
    caller.log_in("franceconnect", persona)
    pid = caller.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
    person = Person(caller, pid, email)
    before = person.ask("GET", "preferences", 200)
    chosen = {
        name: before[name] for name in ("zone", "quiet_from", "quiet_until", "mail", "remind")
    }
    awake = chosen | {"zone": ZONE, "quiet_from": None, "quiet_until": None}
    saved = person.ask("PUT", "preferences", 200, awake, version=before["version"])
    yield person
    person.ask("PUT", "preferences", 200, chosen, version=saved["version"])


def forget_addresses(stack: Stack, person: Person) -> None:
    """Remove, as the administrator, the address of the account that holds a record."""
    table = f"{deploy.PREFIX}-identity"
    client = stack.client("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=table)
    contacts = [item for page in pages for item in page["Items"] if item["kind"]["S"] == "contact"]
    preferences = "preferences"
    for contact in contacts:
        key = {name: contact[name] for name in ("pk", "sk")}
        client.delete_item(TableName=table, Key=key)
        if person.ask("GET", preferences, 200)["address"] == "none":
            return
        client.put_item(TableName=table, Item=contact)
    raise AssertionError("the account has no address row")


def waited_for(found: Callable[[], object], until: float) -> bool:
    while not found():
        if time.time() > until:
            return False
        time.sleep(1)
    return True


def test_a_reminder_is_told_once_moved_with_its_appointment_and_gone_with_it(
    stack: Stack,
    gerard: Person,
    dominique: Person,
    record_property: Callable[[str, object], None],
) -> None:
    now = datetime.now(ZoneInfo(ZONE))
    due = (now + SETTLED).replace(second=0, microsecond=0) + MINUTE
    start, before = due + 2 * MINUTE, len(stack.mailbox())

    def mails() -> list[dict[str, Any]]:
        return [mail for mail in stack.mailbox()[before:] if gerard.email in str(mail["To"])]

    kept = gerard.appoint("gardée", start)
    moved = gerard.appoint("déplacée", start)
    gone = gerard.appoint("annulée", start)
    unreachable = dominique.appoint("sans adresse", start)
    later = f"{start + 2 * MINUTE:%Y-%m-%dT%H:%M}"
    new = {"start": later, "end": None}
    gerard.ask("PATCH", f"appointments/{moved['id']}", 200, new, version=1)
    gerard.ask("DELETE", f"appointments/{gone['id']}", 204, version=1)
    assert datetime.now(ZoneInfo(ZONE)) < due
    assert (kept["reminders_state"], unreachable["reminders_state"]) == ("armed", "no_channel")
    assert mails() == []

    def is_told() -> bool:
        return _reminder_states(stack, gerard) == ["sent"]

    assert waited_for(is_told, due.timestamp() + TOLD_SECONDS), stack.tail()
    record_property("seconds late", round(time.time() - due.timestamp()))
    moved_due = (due + 2 * MINUTE).timestamp()
    assert waited_for(lambda: "no_channel" in _reminder_states(stack, dominique), moved_due)
    assert dominique.reminded_of()[:1] == [_told(unreachable)]
    while time.time() < moved_due:  # the old time of what moved, and of what was cancelled
        assert is_told()
        time.sleep(2)
    two = ["sent", "sent"]
    until = moved_due + TOLD_SECONDS
    assert waited_for(lambda: _reminder_states(stack, gerard) == two, until), stack.tail()
    # The one window in which a mail may repeat: the provider took it, and its answer was lost.
    assert len(two) <= len(mails()) <= sum(_attempts(stack, gerard))

    assert gerard.reminded_of()[:2] == [_told(moved), _told(kept)]
    assert not any("annulée" in text for text in gerard.reminded_of())
    for mail in mails():
        whole = str(mail).lower()
        assert [word for word in MARKS if word in whole] == []
        assert mail["Subject"] == "Du nouveau dans votre espace de santé"
    everybody = stack.mailbox()[before:]
    assert not any(dominique.email in str(mail["To"]) for mail in everybody)
    assert stack.queue("remind-dead") + stack.queue("plan-dead") + stack.queue("notify-dead") == []


def _told(appointment: Any) -> str:
    return f"Rappel\u00a0: «\u00a0{appointment['title']}\u00a0»"


def _reminder_states(stack: Stack, person: Person) -> list[str]:
    """Return how each telling of a reminder to a person ended."""
    return [item["status"]["S"] for item in _reminder_notices(stack, person)]


def _attempts(stack: Stack, person: Person) -> list[int]:
    return [int(item["attempts"]["N"]) for item in _reminder_notices(stack, person)]


def _seed_is_told(stack: Stack, person: Person) -> bool:
    """Tell whether the mail about the sample document of his is gone."""
    notices = _notices(stack, person, "document.added")
    return [item["status"]["S"] for item in notices] == ["sent"]


def _reminder_notices(stack: Stack, person: Person) -> list[dict[str, Any]]:
    return _notices(stack, person, "reminder.due")


def _notices(stack: Stack, person: Person, event_type: str) -> list[dict[str, Any]]:
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=WORK)
    return [
        item
        for page in pages
        for item in page["Items"]
        if item.get("kind") == {"S": "notice"}
        and item.get("type") == {"S": event_type}
        and item.get("patient_id") == {"S": person.pid}
    ]


@contextmanager
def _impatient(stack: Stack) -> Iterator[str]:
    """Let the queue of reminders hand out again after one second what was not served."""
    client = stack.client("sqs")
    url = client.get_queue_url(QueueName=f"{deploy.PREFIX}-remind")["QueueUrl"]
    name = "VisibilityTimeout"
    patience = client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    client.set_queue_attributes(QueueUrl=url, Attributes={name: "1"})
    yield url
    client.set_queue_attributes(QueueUrl=url, Attributes={name: patience})


def test_a_poison_message_goes_to_the_dead_letters_with_its_reason(stack: Stack) -> None:  # R16
    client = stack.client("sqs")
    with _impatient(stack) as url:
        sent = client.send_message(QueueUrl=url, MessageBody='{"bucket": "Coloscopie"}')[
            "MessageId"
        ]
        assert waited_for(lambda: stack.queue("remind-dead"), time.time() + 60), stack.tail()

    dead = client.get_queue_url(QueueName=f"{deploy.PREFIX}-remind-dead")["QueueUrl"]
    (message,) = client.receive_message(QueueUrl=dead)["Messages"]
    client.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
    assert message["MessageId"] == sent
    reason = stack.client("dynamodb").get_item(
        TableName=WORK, Key={"pk": {"S": f"N#{sent}.undelivered"}, "sk": {"S": "N"}}
    )["Item"]
    assert (reason["status"]["S"], reason["reason"]["S"]) == ("failed", "malformed")
    logs = (stack.config.state / "logs").glob("*.log")
    assert not any("Coloscopie" in log.read_text(errors="replace") for log in logs)
