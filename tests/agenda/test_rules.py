"""What is wrong in an appointment is said whole, each thing at its field (A23)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from chalicelib.agenda import rules
from chalicelib.core.errors import Invalid
from tests.agenda.test_times import a_draft, settled

TODAY = date(2026, 11, 23)


def wrong(**changes: Any) -> set[tuple[str, str]]:
    draft = a_draft(changes.pop("start", "2026-12-03T09:30"), changes.pop("end", None), **changes)
    with pytest.raises(Invalid) as refused:
        rules.check(draft, TODAY)
    return {(error.pointer, error.code) for error in refused.value.errors}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"end": "2026-12-03T09:29"}, "/end", "end_order"),
        ({"end": "2026-12-03T09:30"}, "/end", "end_order"),
        ({"start": "2026-12-03", "end": "2026-12-02", "all_day": True}, "/end", "end_order"),
        ({"start": "2027-03-28T02:30", "end": "2027-03-28T03:10"}, "/end", "end_order"),
        ({"start": "2027-02-29T09:30"}, "/start", "date_unknown"),
        ({"start": "2027-02-29", "all_day": True}, "/start", "date_unknown"),
        ({"start": "9999-12-31T23:59"}, "/start", "date_too_far"),
        ({"start": "9999-12-31", "all_day": True}, "/start", "date_too_far"),
        ({"start": "2037-01-01T09:00"}, "/start", "date_too_far"),
        ({"start": "1899-12-31T09:00"}, "/start", "date_too_old"),
        ({"start": "0000-01-01T09:00"}, "/start", "date_unknown"),
        ({"start": "0001-01-01T00:00"}, "/start", "date_too_old"),
        ({"start": "2026-12-03T24:00"}, "/start", "date_unknown"),
        ({"start": "2026-12-03T09:30Z"}, "/start", "time_form"),
        ({"start": "2026-12-03"}, "/start", "time_form"),
        ({"start": "2026-W49-4"}, "/start", "time_form"),
        ({"start": "٢٠٢٦-12-03T09:30"}, "/start", "time_form"),
        ({"start": "2026-12-03T09:30", "all_day": True}, "/start", "date_form"),
        ({"end": "2027-01-04T09:30"}, "/end", "event_too_long"),
        ({"start": "2026-12-01", "end": "2027-01-01", "all_day": True}, "/end", "event_too_long"),
        ({"zone": "Europe/Nowhere"}, "/zone", "unknown_zone"),
        ({"title": ""}, "/title", "string_too_short"),
        ({"title": "x" * 101}, "/title", "string_too_long"),
        ({"title": "a\r\nDTSTART:1"}, "/title", "control_character"),
        ({"title": "a\nb"}, "/title", "control_character"),
        ({"title": "a\u202eb"}, "/title", "control_character"),
        ({"title": "a\u2028ATTACH:b"}, "/title", "control_character"),  # A23
        ({"note": "a\u2029ATTACH:b"}, "/note", "control_character"),
        ({"place": "a\r\nb"}, "/place", "control_character"),
        ({"place": "x" * 201}, "/place", "string_too_long"),
        ({"note": "a\rb"}, "/note", "control_character"),
        ({"note": "a\x00b"}, "/note", "control_character"),
        ({"note": "x" * 1001}, "/note", "string_too_long"),
        ({"link": "http://exemple.test"}, "/link", "link_https"),
        ({"link": "http://127.0.0.1:8101/salle/1"}, "/link", "link_https"),
        ({"link": "javascript:alert(1)"}, "/link", "link_https"),
        ({"link": "https://user@exemple.test/"}, "/link", "link_https"),
        ({"link": "https://"}, "/link", "link_https"),
        ({"link": "https://exemple.test:99999/"}, "/link", "link_https"),
        ({"link": "https://exemple.test/\r\nX: 1"}, "/link", "link_https"),
        ({"link": "https://exеmple.test/"}, "/link", "link_https"),
        ({"reminders": (1, 2, 3, 4, 5, 6)}, "/reminders", "too_many_leads"),
        ({"reminders": (60, 60)}, "/reminders", "repeated_lead"),
        ({"reminders": (-1,)}, "/reminders", "lead_range"),
        ({"reminders": (40_321,)}, "/reminders", "lead_range"),
    ],
)
def test_refuses(changes: Mapping[str, Any], pointer: str, code: str) -> None:
    assert wrong(**changes) == {(pointer, code)}


def test_a_link_to_this_machine_is_taken_where_all_of_it_runs_there() -> None:
    draft = a_draft("2026-12-03T09:30", link="http://127.0.0.1:8101/salle/a-1_b")
    assert rules.check(draft, TODAY, allows_loopback=True).link == draft.link


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:8101@exemple.test/",
        "http://127.0.0.1.exemple.test:8101/",
        "http://localhost:8101/",
        "http://10.0.0.1:8101/",
    ],
)
def test_no_other_link_is_taken_there(link: str) -> None:
    with pytest.raises(Invalid):
        rules.check(a_draft("2026-12-03T09:30", link=link), TODAY, allows_loopback=True)


def test_everything_wrong_is_said_at_once() -> None:
    found = wrong(
        title="",
        start="2027-02-29T09:00",
        end="9999-01-01T00:00",
        zone="X",
        place="\x00",
        note="\r",
        link="ftp://x",
        reminders=(-1, -1, 0, 0, 0, 0),
    )
    assert {pointer for pointer, _ in found} == {
        "/title", "/start", "/end", "/zone", "/place", "/note", "/link", "/reminders",
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"start": "2028-02-29T09:30"},
        {"start": "1900-01-01T09:30"},
        {"start": "2036-11-22T09:30"},
        {"title": "x" * 100, "place": "x" * 200, "note": "ligne 1\nligne 2"},
        {"link": "https://exemple.test:8443/a?b=c#d"},
        {"reminders": (0, 40_320)},
        {"start": "2026-12-01", "end": "2026-12-31", "all_day": True},
        {"start": "2026-12-01T09:00", "end": "2027-01-01T09:00"},
    ],
)
def test_accepts(changes: Mapping[str, Any]) -> None:
    values = {"start": "2026-12-03T09:30"} | dict(changes)
    assert settled(today=TODAY, **values).title


def test_what_was_settled_asks_for_itself_again() -> None:
    for draft in (
        a_draft("2026-10-25T02:30", fold=1),
        a_draft("2026-12-01", "2026-12-03", all_day=True),
        a_draft("2027-03-28T02:30", reminders=(60, 1440)),
    ):
        details = rules.check(draft, TODAY)
        again = rules.check(rules.draft_of(details), TODAY)
        assert again.slot == details.slot
        assert again.reminders == details.reminders


@pytest.mark.parametrize(
    ("zone", "first", "last", "expected"),
    [
        ("Europe/Paris", date(2026, 12, 3), date(2026, 12, 3), True),
        ("Europe/Paris", date(2026, 12, 4), None, False),
        ("Europe/Paris", None, date(2026, 12, 2), False),
        ("Pacific/Noumea", date(2026, 12, 4), date(2026, 12, 4), True),
        ("Pacific/Tahiti", date(2026, 12, 3), date(2026, 12, 3), True),
    ],
)
def test_days_are_those_of_the_reader(
    zone: str, first: date | None, last: date | None, expected: object
) -> None:
    slot = settled("2026-12-03T23:00", "2026-12-04T00:00", today=TODAY).slot
    assert rules.touches(slot, first, last, zone) is expected
