"""What calendars read: one appointment, or a secret link; read back by another library (A22)."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from chalicelib.access import budgets, tokens
from chalicelib.access.store import feeds_key
from chalicelib.access.tokens import Link
from chalicelib.agenda import feeds
from chalicelib.core import aws, ids
from chalicelib.core.clock import now as clock_now
from chalicelib.core.events import EventType
from chalicelib.core.outbox import event_of
from chalicelib.core.rows import table_name
from chalicelib.http.principal import ActorKind
from chalicelib.workers import relay
from chalicelib.workers.notify import notify
from tests import double
from tests.access.notes import traces
from tests.agenda.test_appointments import added, cancel, change, path
from tests.faults.stories import waiting
from tests.http_client import Client, Reply
from tests.journeys.test_preferences import DEFAULTS, choose
from tests.recorder import Recorder
from tests.workers.lambda_events import from_queue, serve
from tests.worlds import World


def read(reply: Reply) -> Calendar:
    assert reply.status == 200, reply.body
    assert reply.header("Content-Type") == "text/calendar; charset=utf-8"
    return IcsCalendarStream.calendar_from_ics(reply.body.decode())


def links(world: World) -> str:
    return f"/v1/patients/{world.person.pid}/calendar-feeds"


def link(world: World, http: Client, detail: str = "busy", key: str = "") -> dict[str, Any]:
    reply = http.post(
        links(world),
        as_=world.person.principal,
        json={"detail": detail},
        headers={"Idempotency-Key": key or ids.new_id()},
    )
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.json()
    return made


def feeds_kept(world: World) -> list[dict[str, Any]]:
    row = double.tables()[table_name("record")][feeds_key(world.person.pid)]
    kept: list[dict[str, Any]] = json.loads(row["feeds"]["S"])
    return kept


def target(made: dict[str, Any]) -> str:
    return str(made["url"]).removeprefix("https://carnet.test")


def test_one_appointment_with_its_alarms(world: World, http: Client) -> None:
    made = added(
        world,
        http,
        title="Cardiologue; suivi, « annuel »",
        place="12, rue d’Exemple",
        note="À jeun\nApporter l’ordonnance\\",
        link="https://exemple.test/rdv",
        reminders=[1440, 60],
    )
    reply = http.get(path(world, appointment=made["id"]) + "/ics", as_=world.person.principal)
    (event,) = read(reply).events
    assert event.summary == "Cardiologue; suivi, « annuel »"
    assert event.url == "https://exemple.test/rdv"
    assert event.location == "12, rue d’Exemple"
    assert event.description == "À jeun\nApporter l’ordonnance\\"
    assert event.dtstart == datetime(2026, 12, 3, 8, 30, tzinfo=UTC)
    assert event.dtend == datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert sorted(alarm.trigger for alarm in event.alarm) == [
        timedelta(days=-1), timedelta(hours=-1),
    ]  # fmt: skip
    disposition = reply.header("Content-Disposition") or ""
    assert "rendez-vous.ics" in disposition
    assert "Cardiologue" not in str(reply.headers)  # D13


def test_a_backslash_and_a_letter_begin_no_line(world: World, http: Client) -> None:
    made = added(world, http, title=r"Apporter D:\NOTES", place=r"Salle \N", note="\\N\n\\n\\\\N;")
    reply = http.get(path(world, appointment=made["id"]) + "/ics", as_=world.person.principal)
    (event,) = read(reply).events
    assert (event.summary, event.location) == (r"Apporter D:\NOTES", r"Salle \N")
    assert event.description == "\\N\n\\n\\\\N;"


def test_whole_days_are_days(world: World, http: Client) -> None:
    made = added(
        world, http, start="2026-12-03", end="2026-12-05", all_day=True, zone="Pacific/Noumea",
        reminders=[0],
    )  # fmt: skip
    reply = http.get(path(world, appointment=made["id"]) + "/ics", as_=world.person.principal)
    (event,) = read(reply).events
    assert (event.dtstart, event.dtend) == (date(2026, 12, 3), date(2026, 12, 6))
    assert [alarm.trigger for alarm in event.alarm] == [timedelta(hours=9)]


def test_a_link_says_no_word_of_what_by_default(world: World, http: Client) -> None:  # A22
    added(world, http, title="Psychiatre", place="Clinique", note="Secret",
          link="https://exemple.test/psychiatre")  # fmt: skip
    reply = http.get(target(link(world, http)))
    (event,) = read(reply).events
    assert event.summary == "Rendez-vous"
    assert (event.location, event.description, event.url) == (None, None, None)
    for word in (b"Psychiatre", b"psychiatre", b"Clinique", b"Secret", world.person.pid.encode()):
        assert word not in reply.body
    assert reply.header("Referrer-Policy") == "no-referrer"
    assert reply.header("Set-Cookie") is None


def test_a_link_made_without_a_word_says_none(world: World, http: Client) -> None:  # A22
    added(world, http, title="Psychiatre", place="Clinique")
    reply = http.post(
        links(world),
        as_=world.person.principal,
        json={},
        headers={"Idempotency-Key": ids.new_id()},
    )
    assert (reply.status, reply.json()["detail"]) == (201, "busy")
    (event,) = read(http.get(target(reply.json()))).events
    assert (event.summary, event.location) == ("Rendez-vous", None)


def test_a_link_that_says_what_tells_title_and_place_alone(world: World, http: Client) -> None:
    added(world, http, title="Dentiste", place="Clinique", note="Secret",
          link="https://exemple.test/psychiatre")  # fmt: skip
    (event,) = read(http.get(target(link(world, http, "full")))).events
    assert (event.summary, event.location) == ("Dentiste", "Clinique")
    assert (event.description, event.url) == (None, None)


def test_a_link_gives_what_is_to_come_within_a_year(
    world: World, http: Client, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for start in ("2026-11-01T09:00", "2026-12-01T09:00", "2027-06-01T09:00", "2028-06-01T09:00"):
        added(world, http, title=start, start=start, reminders=[])
    made = link(world, http, "full")
    titles = [event.summary for event in read(http.get(target(made))).events]
    assert titles == ["2026-12-01T09:00", "2027-06-01T09:00"]
    monkeypatch.setattr(feeds, "MAX_EVENTS", 1)
    assert len(read(http.get(target(made))).events) == 1
    del clock


def test_a_link_that_is_cut_is_at_once_an_address_that_never_was(  # A22
    world: World, http: Client
) -> None:
    made, other = link(world, http), link(world, http)
    assert http.get(target(made)).status == 200
    revoked = http.delete(f"{links(world)}/{made['id']}", as_=world.person.principal)
    assert revoked.status == 204
    (kept,) = [one for one in feeds_kept(world) if one["id"] == other["id"]]
    texts = [
        tokens.write_link(link)
        for link in (
            Link(ids.new_secret_id(), made["id"], ids.new_token()),
            Link(world.other.pid, other["id"], ids.new_token()),
            # Whoever read the row and holds the product's secret.
            Link(world.person.pid, other["id"], ids.new_token()),
            Link(world.person.pid, other["id"], kept["proof"]),
            Link(world.person.pid, other["id"], ""),
        )
    ]
    altered = target(other)[:-6] + ("AA" if target(other)[-6:-4] != "AA" else "BB") + ".ics"
    replies = [
        http.get(one)
        for one in (
            target(made),
            *(f"/v1/calendar/{text}.ics" for text in texts),
            altered,
            "/v1/calendar/x.ics",
        )
    ]
    assert {(one.status, one.body) for one in replies} == {(404, replies[0].body)}
    assert http.get(target(other)).status == 200
    again = http.delete(f"{links(world)}/{made['id']}", as_=world.person.principal)
    assert again.status == 404


def test_who_goes_on_with_a_cut_link_is_seen_in_the_history_and_must_wait(  # A22
    world: World, http: Client
) -> None:
    made = link(world, http)
    http.delete(f"{links(world)}/{made['id']}", as_=world.person.principal)

    most = budgets.FEED_READS.limits[ActorKind.CALENDAR]
    replies = [http.get(target(made)).status for _ in range(most + 1)]
    listed = http.get(
        f"/v1/patients/{world.person.pid}/trace?outcome=refused", as_=world.person.principal
    ).json()["items"]

    assert replies == [*[404] * most, 429]
    assert [(one["action"], one["actor"]["kind"]) for one in listed] == [
        ("agenda:feed:read", "calendar")
    ]
    assert listed[0]["count"] == most


def test_a_calendar_that_asks_for_headers_alone_is_told_what_reading_would(
    world: World, http: Client
) -> None:
    added(world, http)
    made = link(world, http)
    whole, head = (http.request(method, target(made)) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    told = ("Content-Type", "Content-Length", "ETag", "Cache-Control")
    assert [head.header(name) for name in told] == [whole.header(name) for name in told]
    tag = str(whole.header("ETag"))
    assert http.request("HEAD", target(made), headers={"If-None-Match": tag}).status == 304
    assert http.delete(f"{links(world)}/{made['id']}", as_=world.person.principal).status == 204
    cut = http.request("HEAD", target(made))
    assert (cut.status, cut.body) == (404, b"")


def test_nothing_kept_opens_a_link_and_no_log_has_it(  # A22
    world: World, http: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    made = link(world, http)
    http.get(target(made))
    secret = target(made).removeprefix("/v1/calendar/").removesuffix(".ics")
    assert len(secret) > 100
    kept = str(double.tables()) + str(double.messages())
    assert secret not in kept
    assert secret[10:40] not in kept
    opened = tokens.read_link(secret)
    assert opened is not None
    assert opened.secret not in kept
    logged = capsys.readouterr()
    assert secret not in logged.out + logged.err
    assert "GET /v1/calendar/{link}" in logged.out
    listed = http.get(links(world), as_=world.person.principal).json()
    assert "url" not in listed["items"][0]
    assert listed["items"][0]["last_read_at"] is not None


def test_the_same_key_makes_one_link_whose_address_is_not_lost(  # A13
    world: World, http: Client
) -> None:
    first, again = link(world, http, key="k" * 20), link(world, http, key="k" * 20)
    assert first["id"] == again["id"]
    assert http.get(target(first)).status == http.get(target(again)).status == 200
    secrets = {
        tokens.read_link(target(one).split("/")[-1].removesuffix(".ics")) for one in (first, again)
    }
    assert len(secrets) == 1
    assert len(http.get(links(world), as_=world.person.principal).json()["items"]) == 1


def test_a_sixth_link_is_refused(world: World, http: Client) -> None:
    for _ in range(feeds.MAX_FEEDS):
        link(world, http)
    reply = http.post(
        links(world),
        as_=world.person.principal,
        json={},
        headers={"Idempotency-Key": ids.new_id()},
    )
    assert (reply.status, reply.problem) == (409, "too-many-feeds")


def test_reads_by_a_link_are_one_line_a_day_in_the_history(world: World, http: Client) -> None:
    made = link(world, http)
    for _ in range(3):
        assert http.get(target(made)).status == 200
    trace = http.get(f"/v1/patients/{world.person.pid}/trace", as_=world.person.principal).json()
    line = trace["items"][0]
    assert line["actor"]["kind"] == "calendar"
    assert f"{line['actor']['name']} {line['label']}" == (
        "Un calendrier que vous avez relié a lu les rendez-vous à venir par un lien secret"
    )
    assert (line["count"], line["right"]) == (3, "Vous avez créé ce lien de calendrier")


def test_what_did_not_change_is_not_sent_again(world: World, http: Client) -> None:
    appointment = added(world, http)
    made = link(world, http)
    first = http.get(target(made))
    tag = {"If-None-Match": first.header("ETag") or ""}
    same = http.get(target(made), headers=tag)
    assert (same.status, same.body) == (304, b"")
    assert same.header("Cache-Control") == "private, max-age=900"
    change(world, http, appointment["id"], start="2026-12-04T09:30", end=None)
    assert http.get(target(made), headers=tag).status == 200
    cancel(world, http, appointment["id"], version=2)
    assert read(http.get(target(made))).events == []


def test_a_forged_list_of_links_opens_nothing(world: World, http: Client) -> None:  # A46
    made = link(world, http)
    table = double.tables()[table_name("record")]
    row = dict(table[f"P#{world.person.pid}", "FEEDS"])
    row["feeds"] = {"S": row["feeds"]["S"].replace("busy", "full")}
    from chalicelib.core import rows  # noqa: PLC0415  to plant a row

    rows.write([{"Put": {"TableName": table_name("record"), "Item": row}}])
    assert http.get(target(made)).status >= 400


def test_a_link_asked_without_end_waits_and_fills_no_history(  # A22, A44
    world: World, http: Client, calls: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    made, other = link(world, http), link(world, http)
    assert http.get(target(made)).status == 200
    pk, sk = budgets._key(budgets.FEED_READS, made["id"], clock_now())
    spent = {"pk": {"S": pk}, "sk": {"S": sk}, "kind": {"S": "rate"}, "ttl": {"N": "1"}}
    aws.client("dynamodb").put_item(
        TableName=table_name("work"), Item=spent | {"count": {"N": "59"}}
    )
    assert http.get(target(made)).status == 200
    before = len(traces(world.person.pid))
    calls.clear()
    replies = [http.get(target(made)) for _ in range(3)]
    assert [one.status for one in replies] == [429, 429, 429]
    assert int(replies[0].header("Retry-After") or 0) > 0
    assert "dynamodb.PutItem" not in calls.counted
    assert len(traces(world.person.pid)) == before
    assert capsys.readouterr().out.count('"overuse"') == 1
    assert http.get(target(other)).status == 200


def test_a_link_that_is_made_is_told_to_the_person(world: World, http: Client) -> None:  # A22
    """Source: abuse case: who holds her phone for a moment makes one, and reads for years."""
    chosen = choose(http, world, mail=dict.fromkeys(DEFAULTS["mail"], False))
    assert chosen.status == 200
    key = ids.new_id()
    made = link(world, http, key=key)
    assert link(world, http, key=key)["id"] == made["id"]
    told = [row for row in waiting() if row.type == EventType.CALENDAR_LINKED]
    assert [row.reference for row in told] == [made["id"]]
    before = len(double.mails())
    relay.carry(event_of(told[0]))
    (body,) = double.take_messages()
    assert serve(notify, from_queue(body)) == []
    assert len(double.mails()) == before + 1  # whatever mails she chose
    mail = str(double.mails()[-1].raw_data)
    assert made["id"] not in mail
    assert "calendrier" not in mail
    (notice,) = http.get(
        f"/v1/patients/{world.person.pid}/notices", as_=world.person.principal
    ).json()["items"]
    assert notice["text"].startswith("Un lien de calendrier a été créé")
    assert notice["target"] == {"kind": "calendar", "id": None}


def test_links_are_listed_in_the_zone_she_chose(world: World, http: Client) -> None:
    by_default = http.get(links(world), as_=world.person.principal).json()["zone_shown"]

    assert choose(http, world, zone="Pacific/Noumea").status == 200

    chosen = http.get(links(world), as_=world.person.principal).json()["zone_shown"]
    assert (by_default, chosen) == ("Europe/Paris", "Pacific/Noumea")
