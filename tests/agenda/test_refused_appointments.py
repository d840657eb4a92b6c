"""What is wrong in an appointment is told whole over HTTP, and nothing of it is saved (A23)."""

from typing import Any

import pytest

from chalicelib.core.rows import Item, table_name
from tests import double
from tests.agenda.test_appointments import DRAFT, add, added, change
from tests.http_client import Client
from tests.worlds import World

WRONG: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    # Issue by issue, each with something else wrong beside it: both are told.
    (
        {"end": "2026-12-03T09:29", "title": ""},
        [("/end", "end_order"), ("/title", "string_too_short")],
    ),
    (
        {"start": "2027-02-29T09:30", "end": "2027-02-30T09:30"},
        [("/end", "date_unknown"), ("/start", "date_unknown")],
    ),
    (
        {"start": "2027-02-29", "end": "2026-02-29", "all_day": True, "zone": "Paris"},
        [("/end", "date_unknown"), ("/start", "date_unknown"), ("/zone", "unknown_zone")],
    ),
    (
        {"start": "9999-12-31T23:59", "reminders": [-1]},
        [("/reminders", "lead_range"), ("/start", "date_too_far")],
    ),
    (
        {"zone": "Europe/Nowhere", "end": "2026-12-03T08:00", "link": "http://exemple.test/"},
        [("/end", "end_order"), ("/link", "link_https"), ("/zone", "unknown_zone")],
    ),
    (
        {"title": "Radio\r\nATTENDEE:x", "place": "a\r\nb", "note": "a\rb"},
        [
            ("/note", "control_character"),
            ("/place", "control_character"),
            ("/title", "control_character"),
        ],
    ),
    (
        {"reminders": [60, 60, 1, 2, 3, 4], "title": "x" * 101},
        [
            ("/reminders", "repeated_lead"),
            ("/reminders", "too_many_leads"),
            ("/title", "string_too_long"),
        ],
    ),
]


@pytest.mark.parametrize(
    "link",
    ['https://a"><script>alert(1)</script>', "https://a.fr/<b>", "https://a_b.fr", "https://"],
)
def test_a_link_that_other_software_could_misread_is_refused(
    world: World, http: Client, link: str
) -> None:
    (error,) = add(world, http, link=link).json()["errors"]
    assert (error["pointer"], error["code"]) == ("/link", "link_https")


def kept() -> dict[tuple[str, str], Item]:
    """Every row of the record and of work, but for the counts of who asks too often (A44)."""
    tables = double.tables()
    return {
        place: row
        for table in ("record", "work")
        for place, row in tables[table_name(table)].items()
        if not place[0].startswith("RATE#")
    }


@pytest.mark.parametrize(("changes", "expected"), WRONG)
@pytest.mark.parametrize("verb", ["add", "change"])
def test_everything_wrong_is_told_at_once_and_nothing_is_kept(  # A23
    world: World,
    http: Client,
    verb: str,
    changes: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    made = added(world, http)["id"]
    before = kept()

    if verb == "add":
        reply = add(world, http, **changes)
    else:
        reply = change(world, http, made, **DRAFT | changes)

    assert (reply.status, reply.problem) == (422, "invalid")
    said = [(one["pointer"], one["code"]) for one in reply.json()["errors"]]
    assert sorted(said) == expected
    assert all(one["detail"] for one in reply.json()["errors"])
    assert kept() == before


@pytest.mark.parametrize("verb", ["add", "change"])
def test_a_full_day_and_another_are_both_named_and_nothing_is_kept(  # R-AGE-02
    world: World, http: Client, verb: str
) -> None:
    made = added(world, http, start="2026-12-20T09:30")["id"]
    for day in ("2026-12-03", "2026-12-04"):
        for leads in ([1440, 1441, 1442, 1443, 1444], [1445, 1446, 1447, 1448, 1449]):
            added(world, http, start=f"{day}T09:30", reminders=leads)
    before = kept()
    eleventh: dict[str, Any] = {"start": "2026-12-04T10:30", "reminders": [1440, 2880]}

    reply = add(world, http, **eleventh) if verb == "add" else change(world, http, made, **eleventh)

    assert reply.status == 422
    said = [(one["code"], one["detail"]) for one in reply.json()["errors"]]
    assert [code for code, _ in said] == ["too_many_reminders"] * 2
    assert ("2026-12-02" in said[0][1], "2026-12-03" in said[1][1]) == (True, True)
    assert kept() == before
