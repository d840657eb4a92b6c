"""A notice is told once, whatever happens twice or not at all (R05, R06, R16, R30)."""

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from chalicelib.core import aws as cloud
from chalicelib.core import events, ids, rows
from chalicelib.core.events import Event, EventType
from chalicelib.core.outbox import event_of
from chalicelib.core.settings import settings
from chalicelib.identity import spaces
from chalicelib.notifications import rules
from chalicelib.notifications.store import InboxRow, inbox_key
from chalicelib.reminders.store import preferences_of, preferences_row
from chalicelib.vault import blind
from chalicelib.workers import notify as worker
from chalicelib.workers.notify import notify
from chalicelib.workers.relay import relay
from chalicelib.workers.sweep import sweep
from infra import template
from tests import double
from tests.builders import Patient, a_draft, a_laboratory, a_person, an_identity
from tests.faults.stories import waiting
from tests.http_client import Client
from tests.injector import Faults, KilledError, each, refused
from tests.messaging.correspondence import HELLO, begun
from tests.record.test_documents import handle_of
from tests.recorder import Call, Recorder
from tests.workers.lambda_events import from_queue, from_stream, serve, stored, tick
from tests.worlds import World

SEND = "sesv2.SendEmail"


@pytest.fixture
def person(aws: Recorder) -> Patient:  # noqa: ARG001  the cloud comes first
    return a_person(email="camille@exemple.test")


def an_event(pid: str, kind: EventType = EventType.DOCUMENT_ADDED) -> Event:
    return events.new_event(kind, pid, ids.new_id())


def body_of(event: Event) -> str:
    return json.dumps(events.to_dict(event))


def deliver(*some: Event, receives: int = 1) -> list[str]:
    return serve(notify, from_queue(*map(body_of, some), receives=receives))


def mails() -> list[EmailMessage]:
    return [read(mail) for mail in double.mails()]


def read(mail: Any) -> EmailMessage:
    raw = mail.raw_data
    data = raw if isinstance(raw, bytes) else raw.encode()
    return message_from_bytes(data, policy=policy.default)


def notices(event: Event) -> list[dict[str, Any]]:
    return stored("work", f"N#{event.id}.")


def statuses(event: Event) -> list[tuple[str, str | None]]:
    return [(row["status"]["S"], row.get("reason", {}).get("S")) for row in notices(event)]


def test_tells_the_holder_and_nothing_of_what_happened(person: Patient) -> None:
    event = an_event(person.pid)
    assert deliver(event) == []
    (mail,) = mails()
    text = mail.get_content()
    assert mail["To"] == "camille@exemple.test"
    assert mail["Subject"] == "Du nouveau dans votre espace de santé"
    assert "https://carnet.test/" in text
    assert "tapez vous-même l’adresse carnet.test" in text
    assert mail.get_content_type() == "text/plain"
    assert mail["Message-ID"].startswith(f"<{event.id}.")
    assert mail["Message-ID"].endswith("@carnet.test>")
    hidden = (person.pid, event.reference, person.id, person.name, "document", "CAMILLE")
    whole = mail.as_string() + text
    assert [word for word in hidden if word in whole] == []
    assert statuses(event) == [("sent", None)]


def test_the_same_text_for_every_event_told_to_a_person(person: Patient) -> None:
    deliver(an_event(person.pid), an_event(person.pid, EventType.FIRST_ACCESS))
    one, other = mails()
    assert one.get_content() == other.get_content()


def test_the_mail_of_a_message_is_that_of_any_other_notice(world: World, http: Client) -> None:
    begun(world, http, subject="Sujet de la conversation")
    (written,) = (event_of(row) for row in waiting() if row.type == EventType.MESSAGE_ADDED)
    other = an_event(world.person.pid)

    deliver(written, other)

    one, another = mails()
    assert one["To"] == another["To"]
    assert one["Subject"] == another["Subject"] == "Du nouveau dans votre espace de santé"
    assert one.get_content() == another.get_content()
    hidden = (HELLO, "Sujet", world.doctor.name, world.person.name, "message", written.reference)
    whole = one.as_string().replace(str(one["Message-ID"]), "") + one.get_content()
    assert [word for word in hidden if word in whole.replace("Ce message est", "")] == []


def test_delivered_ten_times_and_after_days_sends_one_mail(
    clock: time_machine.Traveller, person: Patient
) -> None:
    event = an_event(person.pid)
    for _ in range(5):
        deliver(event, event)
    clock.shift(timedelta(days=20))
    assert deliver(event) == []
    assert len(mails()) == 1


def test_two_deliveries_at_once_send_one_mail(person: Patient, faults: Faults) -> None:
    event = an_event(person.pid)

    def overtaken(
        call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
    ) -> AWSResponse:
        del call, request
        assert deliver(event) == []
        return send()

    faults.on("dynamodb.PutItem", overtaken, nth=2)  # the first keeps it in the centre
    assert deliver(event) == ["m0"]  # lost the claim: to be looked at again
    assert deliver(event) == []
    assert len(mails()) == 1
    assert statuses(event) == [("sent", None)]


def test_an_event_older_than_its_memory_is_never_told(
    clock: time_machine.Traveller, person: Patient
) -> None:
    event = an_event(person.pid)
    clock.shift(rules.EVENT_LIFE)
    assert deliver(event) == []
    assert (mails(), notices(event)) == ([], [])
    assert rules.EVENT_LIFE < rules.ROW_LIFE


def test_every_order_of_delivery_tells_the_same(person: Patient) -> None:
    some = [an_event(person.pid) for _ in range(4)]
    for order in itertools.permutations(some):
        assert deliver(*order) == []
    assert len(mails()) == len(some)


def test_a_record_without_account_is_recorded_as_told_to_nobody(aws: Recorder) -> None:
    del aws
    event = an_event(spaces.open_space(an_identity()))
    assert deliver(event, event) == []
    assert mails() == []
    assert statuses(event) == [("no_channel", None)]


def test_an_account_without_address_is_recorded_as_without_channel(aws: Recorder) -> None:
    del aws
    event = an_event(a_person(email="not an address").pid)
    assert deliver(event) == []
    assert mails() == []
    assert statuses(event) == [("no_channel", None)]


@pytest.mark.parametrize("choice", ["document", "appointment", "prevention"])
def test_a_mail_she_refused_is_not_sent_and_the_notice_is_there(
    person: Patient, choice: str
) -> None:
    of = {
        "document": EventType.DOCUMENT_ADDED,
        "appointment": EventType.APPOINTMENT_CHANGED,
        "prevention": EventType.PREVENTION_DUE,
    }
    refusal: dict[str, Any] = {f"mail_{choice}": False}
    chosen = replace(preferences_of(None), **refusal)
    rows.write([rows.put(preferences_row(person.pid, chosen, None))])
    unwanted = an_event(person.pid, of[choice])
    others = [an_event(person.pid, kind) for name, kind in of.items() if name != choice]
    access = an_event(person.pid, EventType.FIRST_ACCESS)  # no choice (R-NOT-02)

    assert deliver(unwanted, *others, access) == []

    assert statuses(unwanted) == [("no_channel", None)]
    assert [statuses(event) for event in (*others, access)] == [[("sent", None)]] * 3
    assert len(mails()) == 3
    assert rows.get(InboxRow, *inbox_key(person.pid, unwanted.id)) is not None


def test_a_withdrawal_is_told_to_the_operator_with_ids_only(
    person: Patient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPERATOR_EMAIL", "exploitation@carnet.test")
    settings.cache_clear()
    event = an_event(person.pid, EventType.DOCUMENT_WITHDRAWN)
    assert deliver(event, event) == []
    (mail,) = mails()
    assert mail["To"] == "exploitation@carnet.test"
    assert event.reference in mail.get_content()
    assert person.name not in mail.as_string()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    declared = [line for line in lines if line["event"] == "incident declared"]
    assert {line["event_id"] for line in declared} == {event.id}
    assert person.pid not in json.dumps(lines)


def test_a_withdrawal_without_operator_address_is_still_recorded(person: Patient) -> None:
    event = an_event(person.pid, EventType.DOCUMENT_WITHDRAWN)
    assert deliver(event) == []
    assert statuses(event) == [("no_channel", None)]


def test_every_event_has_somebody_to_tell() -> None:
    told = rules.TOLD_TO_HOLDERS | rules.TOLD_TO_OPERATOR
    assert set(EventType) - rules.SERVED == told
    assert not rules.TOLD_TO_HOLDERS & rules.TOLD_TO_OPERATOR


def test_a_provider_down_for_hours_ends_in_one_mail(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    event = an_event(person.pid)
    faults.on(SEND, "before", nth=0)
    assert deliver(event) == []
    assert statuses(event) == [("requested", "provider")]
    (queued,) = double.messages()
    assert json.loads(queued)["id"] == event.id
    assert deliver(event) == []  # too early: nothing is tried
    assert notices(event)[0]["attempts"]["N"] == "1"
    for _ in range(5):
        clock.shift(timedelta(hours=2))
        deliver(event)
    faults.clear()
    assert mails() == []
    clock.shift(timedelta(days=1))
    cloud.client("sqs").purge_queue(QueueUrl=settings().notify_queue_url)
    tick(sweep)
    assert [json.loads(body)["id"] for body in double.messages()] == [event.id]
    assert deliver(event) == []
    assert len(mails()) == 1
    assert statuses(event) == [("sent", None)]
    assert "retry_pk" not in notices(event)[0]


def test_attempts_end_with_a_reason_and_the_message_put_aside(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    event = an_event(person.pid)
    faults.on(SEND, "before", nth=0)
    tries = 0
    while statuses(event) != [("failed", "provider")]:
        failed = deliver(event)
        tries += 1
        clock.shift(timedelta(days=2))
    assert failed == ["m0"]
    assert tries == len(rules.RETRY_SECONDS) + 1
    assert "retry_pk" not in notices(event)[0]


def test_a_failed_notice_fails_again_until_it_is_redriven(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    event = an_event(person.pid)
    faults.on(SEND, refused("MessageRejected"))
    for receives in range(1, worker.MAX_RECEIVES + 1):
        assert deliver(event, receives=receives) == ["m0"]
        clock.shift(timedelta(minutes=3))
    assert statuses(event) == [("failed", "rejected")]
    clock.shift(rules.REDRIVEN_AFTER)
    assert deliver(event) == []
    assert len(mails()) == 1


def test_a_throttled_provider_is_tried_again_by_the_queue_never_by_the_sdk(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    event = an_event(person.pid)
    faults.on(SEND, "throttled")
    assert deliver(event) == []
    assert (mails(), statuses(event)) == ([], [("requested", "provider")])
    faults.clear()
    clock.shift(timedelta(minutes=5))
    assert deliver(event) == []
    assert len(mails()) == 1


def test_an_address_that_cannot_be_opened_now_is_tried_later(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    double.new_process()
    event = an_event(person.pid)
    # The process has its own secret, with which it reads whom to tell; her key does not come.
    blind.blind("row", "")
    faults.on("kms.Decrypt", "before", nth=0)
    assert deliver(event) == []
    assert statuses(event) == [("requested", "address")]
    faults.clear()
    clock.shift(timedelta(minutes=5))
    assert deliver(event) == []
    assert len(mails()) == 1


def test_poison_is_put_aside_with_its_reason_and_the_rest_is_told(person: Patient) -> None:
    event = an_event(person.pid)
    batch = from_queue("{}", "not json", '["a"]', body_of(event), receives=worker.MAX_RECEIVES)
    assert serve(notify, batch) == ["m0", "m1", "m2"]
    assert len(mails()) == 1
    kept = [row for row in stored("work", "N#m") if row["status"]["S"] == "failed"]
    assert {row["reason"]["S"] for row in kept} == {"malformed"}
    assert len(kept) == 3


def test_an_event_nobody_can_be_found_for_keeps_why(person: Patient, faults: Faults) -> None:
    event = an_event(person.pid)
    faults.on("dynamodb.GetItem", refused("InternalServerError", 500))
    assert deliver(event, receives=1) == ["m0"]
    assert notices(event) == []
    faults.on("dynamodb.GetItem", refused("InternalServerError", 500))
    assert deliver(event, receives=worker.MAX_RECEIVES) == ["m0"]
    assert statuses(event) == [("failed", "StoreUnavailable")]
    assert deliver(event) == []
    assert len(mails()) == 1


def test_the_queue_gives_up_after_the_receives_the_worker_counts_on() -> None:
    queue = template.queue_resources()["NotifyQueue"]["Properties"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == worker.MAX_RECEIVES
    visibility = timedelta(seconds=queue["VisibilityTimeout"])
    config = json.loads((Path(template.__file__).parents[1] / ".chalice/config.json").read_text())
    limit = timedelta(seconds=config["lambda_functions"]["notify"]["lambda_timeout"])
    assert limit < rules.LEASE < visibility
    assert visibility * worker.MAX_RECEIVES < rules.REDRIVEN_AFTER


@pytest.mark.slow
def test_a_mail_is_lost_by_no_fault_and_repeats_only_after_acceptance(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    """Break every call of a delivery in every way; the queue and the sweep do the rest."""
    recorder_calls = _calls_of_one_delivery(person, faults)
    modes = ("before", "after", "lost_once", "throttled", "throttled_always", "crash")
    repeats, cases = [], 0
    for number, (name, nth) in enumerate(each(recorder_calls), start=1):
        for mode in modes:
            cases += 1
            event = an_event(person.pid)
            sent = len(mails())
            double.new_process()
            _restart_recording(faults)
            faults.on(name, mode, nth=nth)
            for receives in range(1, worker.MAX_RECEIVES + 1):
                try:
                    failed = deliver(event, receives=receives)
                except KilledError:
                    failed = ["m0"]
                clock.shift(timedelta(seconds=180))
                faults.clear()
                if not failed:
                    break
            if statuses(event) != [("sent", None)]:
                clock.shift(timedelta(hours=1))
                tick(sweep)
                deliver(event)
            told = mails()[sent:]
            assert statuses(event) == [("sent", None)], (name, mode)
            assert len(told) >= 1, (name, mode)
            assert len({mail["Message-ID"] for mail in told}) == 1
            if len(told) > 1:
                repeats.append((number, mode))
    assert cases == len(recorder_calls) * len(modes)
    # Only when the provider took the mail and we did not learn it, or could not write it.
    sending = recorder_calls.index(SEND) + 1
    assert set(repeats) == {
        (sending, "after"),
        (sending, "lost_once"),
        (sending, "crash"),
        (sending + 1, "before"),
        (sending + 1, "throttled_always"),
    }


def _calls_of_one_delivery(person: Patient, faults: Faults) -> list[str]:
    double.new_process()
    recorder = _restart_recording(faults)
    deliver(an_event(person.pid))
    return list(recorder.names)


def _restart_recording(faults: Faults) -> Recorder:
    from tests.recorder import recorder  # noqa: PLC0415  the one recorder of the process

    faults.clear()
    recorder.clear()
    return recorder


def test_no_address_is_in_the_work_table_or_the_logs(
    person: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(an_event(person.pid))
    everything = str(double.tables()) + str(double.messages()) + capsys.readouterr().out
    assert "camille@exemple.test" not in everything


def test_a_withdrawn_deposit_is_kept_as_an_incident_and_told_to_the_operator_once(  # R26
    http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATOR_EMAIL", "exploitation@carnet.test")
    settings.cache_clear()
    person, laboratory = a_person(), a_laboratory()
    path = f"/v1/patients/{handle_of(http, laboratory, person.identity)}/documents"
    key = {"Idempotency-Key": "deposit-1"}
    made = http.post(path, as_=laboratory.principal, json=a_draft(), headers=key).json()
    files = double.objects()

    gone = http.delete(
        f"{path}/{made['id']}?reason=wrong_patient",
        as_=laboratory.principal,
        headers={"If-Match": '"v1"'},
    )
    assert serve(relay, from_stream(*stored("work", "EV#"))) == []
    assert serve(notify, from_queue(*double.take_messages())) == []

    incidents = [
        row for row in stored("record", "P#") if row["sk"]["S"] == f"INCIDENT#{made['id']}"
    ]
    assert gone.status == 204
    assert [row["blob"]["S"] in next(iter(files)) for row in incidents] == [True]
    assert double.objects() == files
    (told,) = [mail for mail in mails() if mail["To"] == "exploitation@carnet.test"]
    assert made["id"] in told.get_content()
